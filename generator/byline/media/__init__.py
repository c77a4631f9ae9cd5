"""Media: what is published of every file, and under which name. One module a kind that is converted.

A rendition is named by the digest of its source's bytes, the operation and the encoder's version, so that
pages can name it before it exists. What makes renditions is loaded where one is made.
"""

import hashlib
import warnings
from collections.abc import Iterator, Sequence
from functools import cache

from byline import text as words
from byline.media import footage, pictures
from byline.settings import Limits, MediaSettings
from byline.values import Medium


def operations(medium: Medium, settings: MediaSettings) -> tuple[str, ...]:
    """What is published of a medium: an operation for every rendition."""
    if medium.kind == "picture":
        original = ("original",) if settings.originals and medium.clean else ()
        return (*pictures.operations(medium, settings), *original)
    return ("copy", *footage.operations(medium))


def rendition_path(medium: Medium, operation: str) -> str:
    """`media/<hash>/<name>.<ext>` for one operation on a medium."""
    name = medium.file.rpartition("/")[2]
    stem, _, suffix = name.rpartition(".")
    digest = _digest(f"{medium.digest} {key(medium, operation)}")
    suffix = "txt" if medium.mime == "text/plain" else suffix.lower()
    known = {**pictures.SUFFIXES, **footage.SUFFIXES}
    return f"media/{digest}/{words.slug(stem) or 'file'}.{known.get(operation.partition('-')[0], suffix)}"


def key(medium: Medium, operation: str) -> str:
    """What a rendition is called among those of the same source: operation, version, credit written in."""
    version = _VERSIONS.get(operation.partition("-")[0], pictures.VERSION)
    written = _digest(repr(medium.notice)) if medium.notice and version == pictures.VERSION else ""
    return f"{operation}.{_digest(f'{version} {written}')}"


# The version of a stripper is part of a name too: a file that is cleaned better has another address.
_VERSIONS = {"copy": "clean-2", "original": "clean-2", "poster": footage.VERSION, "wave": footage.VERSION}


@cache
def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def render(data: bytes, medium: Medium, wanted: Sequence[str], limits: Limits) -> Iterator[tuple[str, bytes]]:
    """The bytes of the wanted operations. Raises OSError or ValueError where the source cannot be decoded."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of damaged metadata
        yield from _render(data, medium, wanted, limits)


def _render(
    data: bytes, medium: Medium, wanted: Sequence[str], limits: Limits
) -> Iterator[tuple[str, bytes]]:
    resized = []
    for operation in wanted:
        if operation == "copy":
            yield operation, copied(data, medium)
        elif operation == "original":
            yield operation, _original(data, medium, limits)
        elif operation in footage.SUFFIXES:
            yield operation, footage.render(data, operation)
        else:
            resized.append(operation)
    if resized:
        yield from pictures.render(data, medium, resized, limits)


def copied(data: bytes, medium: Medium) -> bytes:
    """A file as it is published: without anything private."""
    from byline.read import clean, svg
    from byline.read.pictures import Unfit

    try:
        return svg.sanitised(data) if medium.kind == "drawing" else clean.stripped(data, medium.mime)
    except Unfit as unfit:
        raise ValueError(unfit.reason) from unfit


def _original(data: bytes, medium: Medium, limits: Limits) -> bytes:
    from byline.read import clean
    from byline.read.pictures import opened, orientation_of

    with opened(data, limits) as image:
        return clean.stripped(data, medium.mime, orientation_of(image))
