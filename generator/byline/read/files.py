"""Files of an archive as they are read: their bytes, their text, their state, and what is said of one that
cannot be read."""

import os
from codecs import BOM_UTF8
from collections.abc import Callable
from operator import attrgetter
from pathlib import Path

from byline import text as words
from byline.problems import Place, Problem, Span

NO_FILE = "this is neither a file nor a folder"
_READ = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)
_PIECE = 1 << 14  # bytes that are read at a time: most files are smaller
# Size, times of change of content and of state in nanoseconds, number: of other bytes another state.
State = tuple[int, int, int, int]
# The state of a file.
state_of: Callable[[os.stat_result], State] = attrgetter("st_size", "st_mtime_ns", "st_ctime_ns", "st_ino")


def nearby(root: Path, name: str) -> str:
    """The hint for what is not in a folder: a name there that was probably meant to be this one; else ""."""
    try:
        names = sorted(one.name for one in root.iterdir() if one.name != name)
    except OSError:
        return ""
    near = words.nearest(name, names, cutoff=0.8)
    return f'rename "{near}" to "{name}"' if near else ""


def link(path: str) -> Problem:
    """What is said of a link of the file system: who wrote it may have meant any file of this machine."""
    message = "this is a link to another place; links are not followed"
    return Problem("not-followed", message, Place(path), "put the file itself here", "warning")


def unreadable(path: str, error: OSError) -> Problem:
    """What is said of a file or folder that cannot be read."""
    return Problem("unreadable-file", f"this cannot be read: {error.strerror}", Place(path))


def read_bytes(path: str) -> bytes:
    """What is in a file; a file object takes twice as long. A pipe is not waited for. Raises OSError."""
    file = os.open(path, _READ)
    try:
        data = os.read(file, _PIECE)
        while piece := os.read(file, _PIECE):
            data += piece
        return data
    finally:
        os.close(file)


def read_text(root: Path, path: str) -> tuple[str, Problem | None]:
    """The text of a file in UTF-8, or a problem that says where it is not."""
    try:
        data = read_bytes(f"{root}/{path}").removeprefix(BOM_UTF8)
    except OSError as error:
        return "", unreadable(path, error)
    try:
        return data.decode(), None
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line = before.count(b"\n") + 1
        column = len(before.rpartition(b"\n")[2].decode("utf-8", "replace")) + 1
        return "", Problem(
            "encoding", "this file is not UTF-8", Span(path, line, column), "save it again as UTF-8"
        )
