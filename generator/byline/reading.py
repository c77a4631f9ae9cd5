"""An archive's folder, read: begun before anything is imported that only later stages need.

To read takes a third of the program. While other processes do it, this one has the time to import the rest.
"""

import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from byline import settings
from byline.asked import Asked
from byline.executors import cores
from byline.packs import clock
from byline.problems import Problem
from byline.read.files import nearby, read_text
from byline.read.scan import Scan, Walked, scan

if TYPE_CHECKING:
    from byline.shards import Entry


class Texts(msgspec.Struct, frozen=True):
    """What was read, by the path of its file; without `scan` it could not be. `problems` are of settings.

    `started` is when reading began (`packs.clock`), `again` counts the files that were read, `stages` are the
    seconds that each stage took.
    """

    settings: settings.Settings
    problems: tuple[Problem, ...]
    scan: Scan | None = None
    entries: "dict[str, Entry]" = {}
    started: int = 0
    again: int = 0
    stages: tuple[tuple[str, float], ...] = ()


class Reading(NamedTuple):
    """A reading under way: so many files are read now, and `texts` waits for what they give, once."""

    settings: settings.Settings
    files: int
    texts: Callable[[], Texts]


class Watch:
    """Seconds by stage."""

    def __init__(self) -> None:
        """The first stage begins now."""
        self.stages: list[tuple[str, float]] = []
        self._since = time.perf_counter()

    def __call__(self, stage: str) -> None:
        """A stage ends here, and the next one begins."""
        now = time.perf_counter()
        self.stages.append((stage, now - self._since))
        self._since = now


def read_settings(
    root: Path, overrides: Sequence[str] = ()
) -> tuple[settings.Settings | None, tuple[Problem, ...]]:
    """The settings of the archive in `root`, None where they cannot be read, and every problem in them."""
    text, problem = read_text(root, settings.FILE)
    if problem:
        if not (root / settings.FILE).exists():
            near = nearby(root, settings.FILE)
            hint = near or "byline new DIR makes an archive; -C DIR names one"
            message = "there is no byline.toml, so this is no archive"
            problem = Problem("no-settings", message, problem.place, hint)
        return None, (problem,)
    return settings.read_settings(text, overrides)


def crew_size(asked: Asked, configured: settings.Settings) -> int:
    """How many processes do the work: as asked, else as the settings say, else one for every processor."""
    return asked.workers or configured.build.workers or cores()


def begin(
    asked: Asked,
    walked: Walked | None = None,
    known: "dict[str, Entry] | None" = None,
    walk: Callable[[Path, str], Scan] = scan,
) -> Reading:
    """Walk through an archive's folder, and let other processes begin to read what stands there.

    `walked` is a walk that was begun already. Of what is `known`, and up to date, only what changed is read.
    `walk` gives the scan of a folder.
    """
    root, cache = asked.root, asked.cache
    configured, problems = read_settings(root, asked.overrides)
    if configured is None:
        nothing = Texts(settings.Settings(), problems)
        return Reading(nothing.settings, 0, lambda: nothing)
    from byline.cache import load_all, read_all

    watch, content, raw_html = Watch(), configured.build.content, configured.markdown.raw_html
    if known or walked is None or walked.content != content:
        walked = Walked(clock(cache), content, partial(walk, root, content))
    started, crew, kept = walked.started, crew_size(asked, configured), None if known else cache
    stored = known or (load_all(cache, raw_html) if cache else {})
    watch("load")
    found = walked.scan()
    watch("scan")
    again, collected = read_all(asked, found, raw_html, stored, started, crew, kept)

    def texts() -> Texts:
        nonlocal stored, found, collected
        entries, same = collected()
        del stored, found, collected  # whoever keeps this function does not keep what was read
        watch("read")
        return Texts(configured, problems, same, entries, started, again, tuple(watch.stages))

    return Reading(configured, again, texts)
