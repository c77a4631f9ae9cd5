"""Checking an archive again and again, as a preview does: only what has changed since the last time.

The stages are those of `byline.build`, on the same values. What is known from the last time is given to
them, and an archive in which nothing but words has changed is not linked again.
"""

import time
from pathlib import Path

import msgspec

from byline import templating
from byline.archive import reworded
from byline.assembly import Checked
from byline.build import Contents, Linked, linked, plan
from byline.cache import Entry
from byline.packs import FRESH
from byline.read.scan import state_of
from byline.times import today


class Memory(msgspec.Struct):
    """What is known from the last time, each with what tells whether it is still right."""

    reads: dict[str, Entry] = msgspec.field(default_factory=dict)
    linked: Linked | None = None
    checked: Checked | None = None
    templates: tuple[object, templating.Templates] | None = None


def check_again(root: Path, contents: Contents, on: str, memory: Memory) -> Checked:
    """The same as `check` says of what was read, sooner where the memory knows of it."""
    if contents.scan is None:
        return Checked(contents.settings, contents.problems)
    before, day = memory.linked, today(on)
    quick = _reworded(before, contents, day) if before else None
    memory.linked = quick or linked(contents, contents.scan, day)
    templates = _templates(root, contents, memory)
    memory.checked = plan(root, memory.linked, templates, memory.checked if quick else None)
    return memory.checked


def _reworded(before: Linked, contents: Contents, day: str) -> Linked | None:
    """The last archive with new words, where only words have changed since, in files without problems."""
    old, new = before.contents.documents, contents.documents
    same = _surroundings(before.contents, before.archive.day) == _surroundings(contents, day)
    if not same or len(old) != len(new):
        return None
    changed = [(was, now) for was, now in zip(old, new, strict=True) if was is not now and was != now]
    faulty = {problem.place.path for problem in before.problems}
    if any(document.place.path in faulty for document, _ in changed):
        return None
    archive = reworded(before.archive, changed)
    return Linked(contents, archive, before.problems, before.pages) if archive else None


def _surroundings(contents: Contents, day: str) -> tuple[object, ...]:
    """All that an archive is linked from but its documents."""
    found = contents.scan
    folder = (found.sources, found.bundles, found.files.keys()) if found else ()
    return contents.settings, folder, contents.media, day


def _templates(root: Path, contents: Contents, memory: Memory) -> templating.Templates:
    """The templates, compiled anew only where one of their files has changed."""
    theme, language = contents.settings.build.theme, contents.settings.archive.language
    paths = sorted(path for name in ("templates", "themes") for path in (root / name).rglob("*"))
    states = [(path.as_posix(), state_of(path.lstat())) for path in paths]
    settled = time.time_ns() - FRESH
    fresh = any(max(state[1], state[2]) > settled for _, state in states)
    key = theme, language, states
    if memory.templates is None or fresh or memory.templates[0] != key:
        memory.templates = key, templating.load(root, theme, language)
    return memory.templates[1]
