"""Renditions that were made before, by the digest of their source, so that a file is converted once.

A shelf is a folder of a cache, which builds and machines may share and anybody may delete:
`renditions/<2 digits>/<digest of the source>/<operation>`. Every file begins with a checksum, and is
taken only where that is right.
"""

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import msgspec

from byline.packs import load, save

FOLDER = "renditions"
# When a rendition was last of use is noted once a day at most.
_DAY = 86_400


class Kept(msgspec.Struct, frozen=True, gc=False, order=True):
    """A file of a shelf: when it was last of use, in seconds; its bytes; where it is."""

    used: float
    size: int
    path: str


def put(cache: Path, digest: str, operation: str, data: bytes) -> None:
    """Keep a rendition, whole or not at all. Raises OSError."""
    save(_file(cache, digest, operation), data)


def holds(cache: Path, digest: str, operation: str) -> bool:
    """Whether there is such a rendition, hurt or not."""
    return _file(cache, digest, operation).exists()


def take(cache: Path, digest: str, operation: str) -> bytes | None:
    """A rendition that was kept; None where there is none or it was hurt."""
    file = _file(cache, digest, operation)
    data = load(file, bytes)
    with suppress(OSError):
        if data is None:
            file.unlink(missing_ok=True)
        elif file.stat().st_mtime < time.time() - _DAY:
            os.utime(file)
    return data


def forget(cache: Path, digest: str) -> None:
    """Remove all that was made of a source."""
    shutil.rmtree(_file(cache, digest, "").parent, ignore_errors=True)


def kept(cache: Path) -> Iterator[Kept]:
    """All files of a shelf."""
    for folder, _, files in os.walk(cache / FOLDER):
        for name in files:
            try:
                found = (Path(folder) / name).stat()
            except OSError:  # another build has removed it
                continue
            yield Kept(found.st_mtime, found.st_size, f"{folder}/{name}")


def prune(cache: Path, most: int) -> tuple[int, int]:
    """Remove what was not of use for longest, until `most` bytes are left; files and bytes removed."""
    files = sorted(kept(cache))
    over = sum(one.size for one in files) - most
    removed = freed = 0
    for one in files:
        if freed >= over:
            break
        Path(one.path).unlink(missing_ok=True)
        removed, freed = removed + 1, freed + one.size
    for folder, _, _ in os.walk(cache / FOLDER, topdown=False):
        if freed and not any(Path(folder).iterdir()):
            Path(folder).rmdir()
    return removed, freed


def _file(cache: Path, digest: str, operation: str) -> Path:
    return cache / FOLDER / digest[:2] / digest / operation
