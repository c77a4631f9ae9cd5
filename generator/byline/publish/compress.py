"""Precompressed files for servers that hand them out: `.gz` and `.br` beside texts, cached by content."""

import gzip
from collections.abc import Iterable
from pathlib import Path

import msgspec

from byline.asked import Progress
from byline.pages.rules import hashed
from byline.publish.release import File, digest_of
from byline.publish.sending import Refused

# Smaller files fit into a packet as they are.
LEAST = 512
TEXTS = frozenset("html htm css js json xml svg txt md csv vtt srt webmanifest".split())
SUFFIXES = ("gz", "br")
INDEX = "encoded.json"


def packs(path: str, size: int) -> bool:
    """Whether there are compressed forms of a file."""
    return size >= LEAST and path.rpartition(".")[2].lower() in TEXTS


def encoded(files: Iterable[File], cache: Path, report: Progress) -> dict[str, File]:
    """The compressed forms of all texts among files, by path; forms that nobody wants any more go.

    Assets are packed as tightly as possible (Brotli 11), since they stay; pages quickly (5).
    """
    try:
        import brotli
    except ModuleNotFoundError:
        raise Refused('compressing for this host needs more: pip install "byline[publish]"') from None
    cache.mkdir(parents=True, exist_ok=True)
    index = _read_index(cache / INDEX)
    wanted = [file for file in files if packs(file.path, file.size)]
    kept: dict[str, tuple[str, int]] = {}
    made: dict[str, File] = {}
    for number, file in enumerate(wanted):
        report("compress", number, len(wanted))
        quality = 11 if hashed(file.path) else 5
        data: bytes | None = None
        for suffix, name in (("gz", f"{file.digest}.gz"), ("br", f"{file.digest}.{quality}.br")):
            if name not in index or not (cache / name).is_file():
                data = file.read() if data is None else data
                packed = (
                    gzip.compress(data, mtime=0) if suffix == "gz" else brotli.compress(data, quality=quality)
                )
                (cache / name).write_bytes(packed)
                index[name] = (digest_of(packed), len(packed))
            kept[name] = index[name]
            path = f"{file.path}.{suffix}"
            made[path] = File(path, *index[name], source=cache / name)
    (cache / INDEX).write_bytes(msgspec.json.encode(kept))
    for stale in cache.iterdir():
        if stale.name not in kept and stale.name != INDEX:
            stale.unlink()
    return made


def _read_index(path: Path) -> dict[str, tuple[str, int]]:
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, tuple[str, int]])
    except (OSError, msgspec.DecodeError):
        return {}
