"""Files of the cache: values in msgpack behind a checksum, written whole or not at all, never run."""

import os
import time
import zlib
from pathlib import Path
from typing import TypeVar

import msgspec

T = TypeVar("T")

# A file as new as the last build may have been changed after it was read without looking newer: some file
# systems keep times of two seconds.
FRESH = 2_000_000_000
_SUM = 4  # bytes of the checksum


def load(file: Path, kind: type[T]) -> T | None:
    """What a file of the cache holds; None where it is not there, hurt, or something else."""
    try:
        data = memoryview(file.read_bytes())
        if checksum(data[_SUM:]) != data[:_SUM]:
            return None
        return msgspec.msgpack.decode(data[_SUM:], type=kind)
    except (OSError, msgspec.DecodeError):
        return None


def save(file: Path, value: object) -> None:
    """Write a file of the cache. Raises OSError."""
    data = msgspec.msgpack.encode(value)
    temporary = file.with_name(f"{file.name}.{os.getpid()}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(checksum(data) + data)
        temporary.replace(file)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise


def checksum(data: bytes | memoryview) -> bytes:
    """What stands before the values: it finds what was hurt, and takes a quarter of the time of a digest."""
    return zlib.crc32(data).to_bytes(_SUM)


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
