"""Which versions of libraries are installed, by the names of their records alone.

To ask for one of them in the usual way reads its whole description, and loads a parser of mail for that.
"""

import os
import sys
from contextlib import suppress
from functools import cache

_SUFFIXES = (".dist-info", ".egg-info")


@cache
def records() -> tuple[str, ...]:
    """The records of all that is installed where the program looks for libraries, nearest first."""
    found: list[str] = []
    for folder in dict.fromkeys(sys.path):
        with suppress(OSError):
            found += sorted(
                entry.name for entry in os.scandir(folder or ".") if entry.name.endswith(_SUFFIXES)
            )
    return tuple(found)


@cache
def version(library: str) -> str:
    """The version of a library, empty if it is not installed."""
    for record in records():
        name, _, rest = record.rpartition(".")[0].partition("-")
        if name.lower() == library.replace("-", "_"):
            return rest
    from importlib import metadata

    try:
        return metadata.version(library)
    except metadata.PackageNotFoundError:
        return ""
