"""Files of the cache: values in msgpack behind a checksum, written whole or not at all, never run."""

import os
import sys
import time
import zlib
from functools import reduce
from pathlib import Path
from typing import TypeVar

import msgspec

T = TypeVar("T")

# A file as new as the last build may have been changed after it was read without looking newer: some file
# systems keep times of two seconds.
FRESH = 2_000_000_000
# What is in the names of files that no build leaves behind, unless it was killed.
PASSING = ".msgpack."
# What was linked (`byline.recall`).
LINKED = "linked.msgpack"
# How the names of those begin that a build leaves for other machines, for as long as they help it.
SHARED = f"archive{PASSING}"
_SUM = 4  # bytes of the checksum
_TRIES = 9  # to write a file whose folder others remove


class File:
    """A file that stays open: what is in it can be read by any process, whatever becomes of its name."""

    __slots__ = ("_descriptor",)

    def __init__(self, descriptor: int) -> None:
        """Take over an open file."""
        self._descriptor = descriptor

    def __del__(self) -> None:
        """Close it when nobody refers to it any more."""
        os.close(self._descriptor)

    def read(self, at: int, size: int) -> bytes:
        """So many bytes from one on. Raises OSError, also where there are fewer."""
        data = os.pread(self._descriptor, size, at)
        if len(data) < size:
            raise OSError(0, "the cache was changed while it was in use")
        return data

    def whole(self) -> bytes:
        """All that is in it. Raises OSError."""
        return self.read(0, os.fstat(self._descriptor).st_size)


def open_files() -> int:
    """How many files this process may have open."""
    try:
        import resource
    except ImportError:  # where there is no such limit
        return sys.maxsize
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return sys.maxsize if limit == resource.RLIM_INFINITY else limit


def opened(file: Path) -> File:
    """A file, to be read. Raises OSError."""
    return File(os.open(file, os.O_RDONLY))


def load(file: Path, kind: type[T]) -> T | None:
    """What a file of the cache holds; None where it is not there, hurt, or something else."""
    try:
        return unpacked(file.read_bytes(), kind)
    except OSError:
        return None


def unpacked(data: bytes, kind: type[T]) -> T | None:
    """The value that bytes hold; None where they are hurt, or something else."""
    try:
        return msgspec.msgpack.decode(memoryview(data)[_SUM:], type=kind) if whole(data) else None
    except msgspec.DecodeError:
        return None


def save(file: Path, value: object) -> None:
    """Write a file of the cache. Raises OSError."""
    data = msgspec.msgpack.encode(value)
    put(file, checksum(data), data)


def packed(value: object) -> bytes:
    """The bytes of a value, behind their checksum."""
    return joined(msgspec.msgpack.encode(value))


def joined(*parts: bytes | bytearray) -> bytes:
    """Bytes behind their checksum."""
    return b"".join([checksum(*parts), *parts])


def put(file: Path, *parts: bytes | bytearray) -> None:
    """Write bytes that were packed already. Raises OSError."""
    temporary = file.with_name(f"{file.name}.{os.getpid()}")
    for more in reversed(range(_TRIES)):
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            with temporary.open("wb") as stream:
                stream.writelines(parts)
            temporary.replace(file)
        except OSError as error:
            temporary.unlink(missing_ok=True)
            # Another build removes folders that are empty, and what looks as if nobody were writing it.
            if not (more and isinstance(error, FileNotFoundError | FileExistsError)):
                raise
        else:
            return


def whole(data: bytes) -> bool:
    """Whether the checksum of packed bytes is right."""
    return checksum(memoryview(data)[_SUM:]) == data[:_SUM]


def checksum(*parts: bytes | bytearray | memoryview) -> bytes:
    """What stands before the values: it finds what was hurt, and takes a quarter of the time of a digest."""
    return reduce(lambda known, part: zlib.crc32(part, known), parts, 0).to_bytes(_SUM)


def clock(folder: Path | None) -> int:
    """Now in nanoseconds, by the clock of the file system that the cache is on if that is behind."""
    now = time.time_ns()
    if folder is None:
        return now
    file = folder / "clock"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"")
        return min(now, file.stat().st_mtime_ns)
    except OSError:
        return now
