"""What is asked of the program."""

from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

# Is told a stage, how much of it is done, and how much there is.
Progress = Callable[[str, int, int], None]


def silent(_stage: str, _done: int, _total: int) -> None:
    """Progress that nobody wants to see."""


class Asked(msgspec.Struct, frozen=True):
    """What is asked of the program: the archive in `root`, with settings that go before its own, on a day.

    `cache` is a folder to keep things in that can be used again, `workers` how many processes do the work
    (None: as the settings say), `verify` has every file read again; `progress` is told how far it is.
    """

    root: Path
    overrides: Sequence[str] = ()
    on: str = ""
    cache: Path | None = None
    workers: int | None = None
    verify: bool = False
    progress: Progress = silent
