"""Media: what is published of every file, and under which name. One module a kind that is converted.

A rendition is named by the digest of its source's bytes, the operation and the encoder's version, so that
pages can name it before it exists (rulings 21).
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from byline import text as words
from byline.media import pictures
from byline.values import Medium


def renditions(medium: Medium) -> Iterator[tuple[str, str]]:
    """Every published file of a medium: its path in the site, and the operation that makes it."""
    if medium.kind == "picture":
        for width in pictures.widths(medium):
            yield rendition_path(medium, f"w{width}"), f"w{width}"
    else:
        yield rendition_path(medium, "copy"), "copy"


def rendition_path(medium: Medium, operation: str) -> str:
    """`media/<hash>/<name>.<ext>` for one operation on a medium."""
    version = pictures.VERSION if operation != "copy" else ""
    name = medium.file.rpartition("/")[2]
    stem, _, suffix = name.rpartition(".")
    digest = hashlib.blake2b(f"{medium.digest} {operation} {version}".encode(), digest_size=8).hexdigest()
    suffix = "txt" if medium.mime == "text/plain" else suffix.lower()
    ending = suffix if operation == "copy" else pictures.SUFFIX
    return f"media/{digest}/{words.slug(stem) or 'file'}.{ending}"


def make(root: Path, medium: Medium, operation: str) -> bytes:
    """The bytes of one rendition. Raises OSError or ValueError where the source cannot be decoded."""
    path = root / medium.file
    if operation == "copy":
        return path.read_bytes()
    return pictures.resized(path, int(operation[1:]))
