"""The files of static/, which are published as they are."""

from contextlib import suppress
from pathlib import Path

from byline.below import below
from byline.packs import FRESH
from byline.problems import Problem
from byline.read.files import state_of
from byline.values import Output

FOLDER = "static"


def outputs(root: Path) -> tuple[tuple[Output, ...], tuple[Problem, ...]]:
    """An output for each of them, in a stable order; and what cannot be published."""
    files, problems = _files(root)
    return tuple([Output(path.removeprefix(f"{FOLDER}/"), "static", path) for path in files]), problems


def states(root: Path, started: int) -> dict[str, bytes]:
    """What tells a file from what it was, without reading it; not of one as new as the moment `started`."""
    found = {}
    for path in _files(root)[0]:
        with suppress(OSError):  # it went meanwhile
            state = state_of((root / path).lstat())
            if max(state[1], state[2]) + FRESH < started:
                found[path] = repr(state).encode()
    return found


def _files(root: Path) -> tuple[tuple[str, ...], tuple[Problem, ...]]:
    return below(root, FOLDER)
