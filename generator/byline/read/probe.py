"""Measuring the files that documents refer to: what they are, how large, which bytes.

Every file is gone through to its end, so that what is named in a page can be made later. Files that cannot be
what their name says are faults, never exceptions.
"""

import hashlib
import re

import msgspec

from byline.read.suffixes import INSTEAD, TYPES, suffix_of
from byline.settings import Limits
from byline.values import Medium

# What begins like this is nothing that is published, whatever its name says; and what to do about it.
_PICTURE = f"save it as {INSTEAD['heic']}"
_DISGUISED = (
    (rb".{4}ftyp(?:hei[cmsx]|hev[cmsx]|m[is]f1.{4}(?:.{4})*?hei[cx])", "a picture in HEIC", _PICTURE),
    (rb"II\*\0|MM\0\*", "a picture in TIFF", _PICTURE),
    (rb"BM.{4}\0{4}", "a picture in BMP", _PICTURE),
    (rb"8BPS\0", "a picture of Photoshop", _PICTURE),
    (rb"\xff\x0a|\0{3}\x0cJXL ", "a picture in JPEG XL", _PICTURE),
    (rb"\0{3}\x0cjP  ", "a picture in JPEG 2000", _PICTURE),
    (
        rb"(?i:\s*<(?:!doctype html|html)[\s>])",
        "a web page",
        "save the file itself, not its page",
    ),
    (rb"version https://git-lfs\.", "only a pointer of Git LFS", "let Git fetch the file: git lfs pull"),
    (rb"\Z", "empty", "save it again"),
)


class MediaFault(msgspec.Struct, frozen=True, gc=False):
    """What is wrong with a file; line 0: with the file as a whole, else a place in it (captions)."""

    code: str
    message: str
    hint: str = ""
    line: int = 0
    column: int = 1
    length: int = 1


class Measure(msgspec.Struct, frozen=True):
    """What came of measuring a file: the medium, unless it cannot be published, and what is wrong with it."""

    medium: Medium | None = None
    faults: tuple[MediaFault, ...] = ()


def probe(data: bytes, path: str, limits: Limits) -> Measure:
    """What a file is, or why it is not published. Its suffix says what it should be. Raises MemoryError."""
    from byline.read.pictures import Unfit  # with all that knows media, for files that nobody has looked into

    kind, mime = TYPES[suffix_of(path)]
    digest = hashlib.blake2b(data, digest_size=16).hexdigest()
    medium = Medium(path, kind, mime, digest, len(data))
    try:
        if kind == "captions":
            return _captions(medium, data)
        return Measure(_looked_into(medium, data, limits))
    except Unfit as unfit:
        fault = MediaFault(unfit.code, unfit.reason)
    except ValueError as error:
        fault = MediaFault("broken-media", f"this file is damaged ({error})")
    disguised = _disguised(data) if fault.code == "broken-media" else None
    return Measure(faults=(disguised or fault,))


def _disguised(data: bytes) -> MediaFault | None:
    """What is wrong with a file that is something else than its name says, where that can be told."""
    beginning = data[:256]
    for pattern, what, hint in _DISGUISED:
        if re.match(pattern, beginning, re.DOTALL):
            return MediaFault("broken-media", f"it is {what}", hint)
    return None


def refused(path: str, size: int, limits: Limits) -> MediaFault | None:
    """Why a file is not even read: nothing of its name is published, or it is too large."""
    suffix = suffix_of(path)
    if suffix not in TYPES:
        hint = f"save it as {INSTEAD[suffix]}" if suffix in INSTEAD else ""
        what = f'files that end in ".{suffix}" are' if suffix else "a file whose name has no ending is"
        return MediaFault("unsupported-media", f"{what} not published", hint)
    if size > limits.bytes:
        return MediaFault("media-limit", f"it has {size:,} bytes, more than {limits.bytes:,}")
    return None


def _looked_into(medium: Medium, data: bytes, limits: Limits) -> Medium:
    from byline.read import pictures, streams, svg
    from byline.read.clean import stripped

    if medium.kind == "picture":
        seen = pictures.measure(data, limits)
        clean = True
        try:
            stripped(data, medium.mime)
        except ValueError:
            clean = False
        return msgspec.structs.replace(medium, clean=clean, **msgspec.structs.asdict(seen))
    if medium.kind == "drawing":
        width, height = svg.size(svg.sanitised(data))
        return msgspec.structs.replace(medium, width=width, height=height)
    published = stripped(data, medium.mime)
    medium = msgspec.structs.replace(medium, size=len(published))
    if medium.kind in ("sound", "video") and streams.installed():
        heard = streams.look(published, medium.kind)
        return msgspec.structs.replace(medium, **msgspec.structs.asdict(heard))
    return medium


def _captions(medium: Medium, data: bytes) -> Measure:
    from byline.read import captions

    try:
        cues, faults = captions.parse(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise ValueError("its text is not UTF-8") from error
    said = tuple(
        MediaFault(one.code, one.message, one.hint, one.line, one.column, one.length) for one in faults
    )
    if cues is None:
        return Measure(None, said)
    published = len(captions.without_notes(data))
    return Measure(msgspec.structs.replace(medium, size=published, cues=cues), said)
