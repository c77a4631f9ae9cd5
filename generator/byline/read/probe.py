"""Measuring the files that documents refer to: what they are, how large, which bytes.

Only headers are decoded. Files that cannot be what their name says are problems, never exceptions.
"""

import hashlib
import warnings
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from byline.problems import Place, Problem
from byline.values import Medium

# Suffix -> (kind, MIME type). What is not here is not published: a name says what a file is.
TYPES: dict[str, tuple[str, str]] = {
    "jpg": ("picture", "image/jpeg"),
    "jpeg": ("picture", "image/jpeg"),
    "png": ("picture", "image/png"),
    "gif": ("picture", "image/gif"),
    "webp": ("picture", "image/webp"),
    "avif": ("picture", "image/avif"),
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
        "txt md csv json jsonl py js ts c h rs go java rb sh toml yaml yml srt tex "
        "html htm svg xml css".split(),
        ("file", "text/plain"),
    ),
}
FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "AVIF")
MAX_PIXELS = 120_000_000


def suffix_of(path: str) -> str:
    """The lower-case ending of a file's name or an address, without dot, query and fragment."""
    name = path.partition("#")[0].partition("?")[0].rpartition("/")[2]
    return name.rpartition(".")[2].lower() if "." in name else ""


def probe(root: Path, path: str, size: int) -> Medium | Problem:
    """A file measured, or what is wrong with it. Reads the file once."""
    kind, mime = TYPES.get(suffix_of(path), ("", ""))
    if not kind:
        return _problem(
            "unsupported-media", path, f'files that end in ".{suffix_of(path)}" are not published'
        )
    try:
        data = (root / path).read_bytes()
        digest = hashlib.blake2b(data, digest_size=16).hexdigest()
        if kind != "picture":
            return Medium(path, kind, mime, digest, size)
        width, height = _pixels(root / path)
    except UnidentifiedImageError:
        return _problem("broken-media", path, "this is no picture, or it is damaged")
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError) as error:
        return _problem("broken-media", path, f"this file cannot be read: {error}")
    if width * height > MAX_PIXELS:
        return _problem("broken-media", path, f"{width} × {height} pixels are more than {MAX_PIXELS:,}")
    return Medium(path, kind, mime, digest, size, width, height)


def _problem(code: str, path: str, message: str) -> Problem:
    return Problem(code, message, Place(path), "replace or leave out this file")


def _pixels(path: Path) -> tuple[int, int]:
    """Width and height as shown: a picture taken on its side is counted upright."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            image = Image.open(path, formats=FORMATS)
        except Image.DecompressionBombWarning as error:
            raise ValueError(str(error)) from error
    with image:
        turned = image.getexif().get(0x0112, 1) in (5, 6, 7, 8)
        return (image.height, image.width) if turned else (image.width, image.height)
