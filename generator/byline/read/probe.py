"""Measuring the files that documents refer to: what they are, how large, which bytes.

Every file is gone through to its end, so that what is named in a page can be made later. Files that cannot be
what their name says are faults, never exceptions.
"""

import hashlib

import msgspec

from byline.read import captions, pictures, streams, strip, svg
from byline.read.pictures import Unfit
from byline.settings import Limits
from byline.values import Medium

# Suffix -> (kind, MIME type). What is not here is not published: a name says what a file is.
TYPES: dict[str, tuple[str, str]] = {
    "jpg": ("picture", "image/jpeg"),
    "jpeg": ("picture", "image/jpeg"),
    "png": ("picture", "image/png"),
    "apng": ("picture", "image/apng"),
    "gif": ("picture", "image/gif"),
    "webp": ("picture", "image/webp"),
    "avif": ("picture", "image/avif"),
    "svg": ("drawing", "image/svg+xml"),
    "mp3": ("sound", "audio/mpeg"),
    "ogg": ("sound", "audio/ogg"),
    "oga": ("sound", "audio/ogg"),
    "opus": ("sound", "audio/ogg"),
    "wav": ("sound", "audio/wav"),
    "flac": ("sound", "audio/flac"),
    "m4a": ("sound", "audio/mp4"),
    "aac": ("sound", "audio/aac"),
    "mp4": ("video", "video/mp4"),
    "m4v": ("video", "video/mp4"),
    "webm": ("video", "video/webm"),
    "ogv": ("video", "video/ogg"),
    "vtt": ("captions", "text/vtt"),
    "pdf": ("file", "application/pdf"),
    "zip": ("file", "application/zip"),
    "epub": ("file", "application/epub+zip"),
    "mid": ("file", "audio/midi"),
    **dict.fromkeys(
        "txt md csv json jsonl py js ts c h rs go java rb sh toml yaml yml srt tex html htm xml css".split(),
        ("file", "text/plain"),
    ),
}
# What can be saved as something that is published.
_INSTEAD = {
    **dict.fromkeys("heic heif tif tiff bmp jp2 j2k jxl psd ico icns mpo avifs".split(), "JPEG or PNG"),
    **dict.fromkeys("mov avi mkv wmv mpg mpeg 3gp 3g2 flv".split(), "MP4 or WebM"),
    **dict.fromkeys("aif aiff wma m4b amr".split(), "MP3, M4A or FLAC"),
}


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


def suffix_of(path: str) -> str:
    """The lower-case ending of a file's name or an address, without dot, query and fragment."""
    if "://" in path:  # elsewhere these characters belong to a name
        path = path.partition("#")[0].partition("?")[0]
    name = path.rpartition("/")[2]
    return name.rpartition(".")[2].lower() if "." in name else ""


def probe(data: bytes, path: str, limits: Limits) -> Measure:
    """What a file is, or why it is not published. Its suffix says what it should be. Raises MemoryError."""
    kind, mime = TYPES[suffix_of(path)]
    digest = hashlib.blake2b(data, digest_size=16).hexdigest()
    medium = Medium(path, kind, mime, digest, len(data))
    try:
        if kind == "captions":
            return _captions(medium, data)
        return Measure(_looked_into(medium, data, limits))
    except Unfit as unfit:
        return Measure(faults=(MediaFault(unfit.code, unfit.reason),))
    except ValueError as error:
        return Measure(faults=(MediaFault("broken-media", f"this file is damaged ({error})"),))


def refused(path: str, size: int, limits: Limits) -> MediaFault | None:
    """Why a file is not even read: nothing of its name is published, or it is too large."""
    suffix = suffix_of(path)
    if suffix not in TYPES:
        hint = f"save it as {_INSTEAD[suffix]}" if suffix in _INSTEAD else ""
        what = f'files that end in ".{suffix}" are' if suffix else "a file whose name has no ending is"
        return MediaFault("unsupported-media", f"{what} not published", hint)
    if size > limits.bytes:
        return MediaFault("media-limit", f"it has {size:,} bytes, more than {limits.bytes:,}")
    return None


def _looked_into(medium: Medium, data: bytes, limits: Limits) -> Medium:
    if medium.kind == "picture":
        seen = pictures.measure(data, limits)
        clean = True
        try:
            strip.stripped(data, medium.mime)
        except ValueError:
            clean = False
        return msgspec.structs.replace(medium, clean=clean, **msgspec.structs.asdict(seen))
    if medium.kind == "drawing":
        width, height = svg.size(svg.sanitised(data))
        return msgspec.structs.replace(medium, width=width, height=height)
    # As large as it will be when it is published.
    medium = msgspec.structs.replace(medium, size=len(strip.stripped(data, medium.mime)))
    if medium.kind in ("sound", "video") and streams.installed():
        heard = streams.look(data, medium.kind)
        return msgspec.structs.replace(medium, **msgspec.structs.asdict(heard))
    return medium


def _captions(medium: Medium, data: bytes) -> Measure:
    try:
        cues, faults = captions.parse(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise ValueError("its text is not UTF-8") from error
    said = tuple(
        MediaFault(one.code, one.message, one.hint, one.line, one.column, one.length) for one in faults
    )
    return Measure(None if cues is None else msgspec.structs.replace(medium, cues=cues), said)
