"""Renditions that were made before, by the digest of their source, so that a file is converted once.

A shelf is a folder of a cache, which builds and machines may share and anybody may delete:
`renditions/<2 digits>/<digest of the source>/<operation>`. Every file begins with a checksum, and is
taken only where that is right.

A store of objects (`byline.objects`) may hold the same files for machines that share no folder:
`renditions/<digest of the source>/<operation>`.
"""

import os
import re
import shutil
import time
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from pathlib import Path

import msgspec

from byline import objects
from byline.packs import PASSING, load, save, whole
from byline.packs import put as put_file

FOLDER = "renditions"
# A rendition: the digest of its source, and the operation.
Name = tuple[str, str]
_DIGEST = re.compile(r"[0-9a-f]{32}")
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


def digests(cache: Path) -> set[str]:
    """The sources of which there are renditions, as far as the folder can be listed."""
    return {Path(folder).name for folder, folders, _ in os.walk(cache / FOLDER) if not folders}


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
    for folder, _, _ in os.walk(cache / FOLDER, topdown=False) if freed else ():
        with suppress(OSError):  # it is not empty, or another build has removed it
            Path(folder).rmdir()
    return removed, freed


def fetch(cache: Path, store: str, names: Iterable[Name]) -> None:
    """Bring renditions from a store, those that are there and whole. Raises OSError."""

    def one(name: Name) -> None:
        data = objects.get(store, _path(name))
        if data is not None and whole(data):
            put_file(_file(cache, *name), data)

    for _ in objects.several(one, list(names)):
        pass


def share(cache: Path, store: str, names: Iterable[Name]) -> None:
    """Put renditions into a store, those that are here. Raises OSError."""

    def one(name: Name) -> None:
        if (file := _file(cache, *name)).exists():
            objects.put(store, _path(name), file.read_bytes())

    for _ in objects.several(one, list(names)):
        pass


def sources(store: str, wanted: Collection[str]) -> set[str]:
    """The wanted sources of which a store has renditions. Raises OSError.

    Those of others are deleted, and what a build left there that was killed.
    """
    objects.delete(store, [name for name in objects.listed(store)[1] if PASSING in name])
    there = {name for name in objects.listed(store, FOLDER)[0] if _DIGEST.fullmatch(name)}
    for digest in sorted(there - set(wanted)):
        folder = f"{FOLDER}/{digest}"
        objects.delete(store, [f"{folder}/{name}" for name in objects.listed(store, folder)[1]])
    return there & set(wanted)


def _path(name: Name) -> str:
    return f"{FOLDER}/{name[0]}/{name[1]}"


def _file(cache: Path, digest: str, operation: str) -> Path:
    return cache / FOLDER / digest[:2] / digest / operation
