"""Where the files that ship with the program are: page templates and themes."""

from pathlib import Path

_PACKAGE = Path(__file__).parent


def builtin(name: str) -> Path:
    """The folder `templates` or `themes`: inside an installed package, else in the checkout above it."""
    inside = _PACKAGE / name
    return inside if inside.is_dir() else _PACKAGE.parents[1] / name
