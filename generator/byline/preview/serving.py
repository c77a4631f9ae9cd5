"""Handing out bytes as a static host does: ranges, and files that are opened without following links."""

import os
import re
import stat
from pathlib import Path

# The preview's own files.
STATIC = Path(__file__).parent / "static"
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


def span(header: str, size: int) -> tuple[int, int] | None:
    """The bytes that a Range header asks for, as first and one past the last (RFC 9110, section 14).

    None where it asks for nothing that is understood, or for several ranges: the answer is all of them.
    Raises LookupError where there are none of those that it asks for.
    """
    found = _RANGE.fullmatch(header.strip())
    if not found or found[0] == "bytes=-":
        return None
    first, last = found.groups()
    if last and first and int(last) < int(first):
        return None
    start = int(first) if first else max(0, size - int(last))
    if start >= size:
        raise LookupError(header)
    return start, min(int(last) + 1, size) if first and last else size


def open_inside(root: Path, path: str) -> int:
    """A file descriptor of a regular file below `root`; no element of its path may be a link.

    Raises OSError. Each element is opened from the one before it, so nothing can be swapped in between.
    """
    parts = path.split("/")
    if any(part in ("", ".", "..") or "\0" in part for part in parts):
        raise FileNotFoundError(path)
    if os.open not in os.supports_dir_fd or not hasattr(os, "O_NOFOLLOW"):
        whole = root.joinpath(*parts)
        if whole.resolve() != root.resolve().joinpath(*parts):
            raise FileNotFoundError(path)
        return _regular(os.open(whole, os.O_RDONLY | getattr(os, "O_BINARY", 0)), path)
    at = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for part in parts[:-1]:
            below = os.open(part, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=at)
            os.close(at)
            at = below
        # A pipe must not be waited for.
        return _regular(os.open(parts[-1], os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=at), path)
    finally:
        os.close(at)


def _regular(file: int, path: str) -> int:
    if not stat.S_ISREG(os.fstat(file).st_mode):
        os.close(file)
        raise FileNotFoundError(path)
    return file
