"""The files of static/, which are published as they are."""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from byline.packs import FRESH
from byline.read.scan import state_of
from byline.values import Output


def outputs(root: Path) -> Iterator[Output]:
    """An output for each of them, in a stable order."""
    for path in _files(root):
        within = path.relative_to(root).as_posix()
        yield Output(within.removeprefix("static/"), "static", within)


def states(root: Path, started: int) -> dict[str, bytes]:
    """What tells a file from what it was, without reading it; not of one as new as the moment `started`."""
    found = {}
    for path in _files(root):
        with suppress(OSError):  # it went meanwhile
            state = state_of(path.lstat())
            if max(state[1], state[2]) + FRESH < started:
                found[path.relative_to(root).as_posix()] = repr(state).encode()
    return found


def _files(root: Path) -> Iterator[Path]:
    static = root / "static"
    if static.is_dir() and not static.is_symlink():
        for folder, folders, files in os.walk(static):
            folders.sort()
            for name in sorted(files):
                path = Path(folder) / name
                if not path.is_symlink() and path.is_file():
                    yield path
