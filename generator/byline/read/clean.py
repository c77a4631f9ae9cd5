"""Files without anything private, by their type; archives with every file in them so."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable

from byline.read import captions, pdf
from byline.read.strip import film, pictures, sound
from byline.read.suffixes import INSTEAD, TYPES, suffix_of

# Members of an archive get the first moment that ZIP knows.
_EPOCH = (1980, 1, 1, 0, 0, 0)


def zipped(data: bytes) -> bytes:
    """A ZIP archive (an EPUB is one) without comments, times and owners; in it every file is cleaned too.

    What is no kind of file that is published by itself stays as it is. Raises ValueError for what cannot be
    opened, and for pictures and films that only programs of their own can clean.
    """
    out = io.BytesIO()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
            for member in old.infolist():
                info = zipfile.ZipInfo(member.filename, _EPOCH)
                stored = member.compress_type == zipfile.ZIP_STORED
                info.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
                info.external_attr = member.external_attr
                new.writestr(info, _member(old.read(member), member.filename))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, zlib.error) as error:
        # RuntimeError: a password is asked for, or archives stand in archives without end.
        # NotImplementedError: it is packed in a way that zipfile does not know.
        raise ValueError(f"this archive cannot be opened: {error}") from error
    return out.getvalue()


def _member(data: bytes, name: str) -> bytes:
    suffix = suffix_of(name)
    _, mime = TYPES.get(suffix, ("", ""))
    if suffix in INSTEAD:
        raise ValueError(f'nothing takes private data out of "{name}" in it: save that as {INSTEAD[suffix]}')
    try:
        return stripped(data, mime) if data else data
    except ValueError as error:
        raise ValueError(f'"{name}" in it: {error}') from error


# MIME type -> what takes everything private out of such a file, where there is more to it than its bytes.
STRIPPERS: dict[str, Callable[[bytes], bytes]] = {
    "image/jpeg": pictures.jpeg,
    "image/png": pictures.png,
    "image/apng": pictures.png,
    "image/webp": pictures.webp,
    "image/gif": pictures.gif,
    "audio/mpeg": sound.mpeg,
    "audio/aac": sound.mpeg,
    "audio/ogg": sound.ogg,
    "video/ogg": sound.ogg,
    "audio/wav": sound.wav,
    "audio/flac": sound.flac,
    "audio/mp4": film.mp4,
    "video/mp4": film.mp4,
    "video/webm": film.webm,
    "text/vtt": captions.without_notes,
    "application/pdf": pdf.cleaned,
    "application/zip": zipped,
    "application/epub+zip": zipped,
}
_TURNED: dict[str, Callable[[bytes, int], bytes]] = {
    "image/jpeg": pictures.jpeg,
    "image/png": pictures.png,
    "image/webp": pictures.webp,
}


def stripped(data: bytes, mime: str, orientation: int = 1) -> bytes:
    """A file without anything private; a picture says how it is turned, where that has to be said.

    Raises ValueError with the reason where the file cannot be followed.
    """
    try:
        if mime in _TURNED and orientation > 1:
            return _TURNED[mime](data, orientation)
        if mime == "image/avif":  # its metadata are items among others, which nothing here takes apart
            raise ValueError("it cannot be stripped")
        return STRIPPERS.get(mime, bytes)(data)
    except (IndexError, struct.error) as error:
        raise ValueError("it is cut short") from error
