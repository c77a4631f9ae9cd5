"""Checking an archive again and again, as a preview does: only what has changed since the last time.

The stages are those of `byline.checking`, on the same values. What is known from the last time is given to
them, only files that are said to have changed are looked at, and an archive in which nothing but words has
changed is not linked again.
"""

import time
from collections.abc import Collection, Sequence
from pathlib import Path

import msgspec

from byline import templating
from byline.archive import reworded
from byline.asked import Asked
from byline.below import SOURCES, names
from byline.cache import read_again
from byline.checking import linked, plan, read
from byline.mentions import media_of
from byline.packs import FRESH
from byline.problems import concerned
from byline.read.files import State, state_of
from byline.read.scan import Scan, Walked, rescan, scan
from byline.reading import begin, read_settings
from byline.recall import FEW
from byline.renditions import referred
from byline.settings import FILE
from byline.shards import Entry
from byline.stages import Checked, Contents, Linked
from byline.times import today
from byline.values import AnyDocument


class Memory(msgspec.Struct):
    """What is known from the last time, each with what tells whether it is still right.

    `walked` is a first walk that was begun before there was anything else.
    """

    walked: Walked | None = None
    reads: dict[str, Entry] = msgspec.field(default_factory=dict)
    contents: Contents | None = None
    linked: Linked | None = None
    checked: Checked | None = None
    templates: tuple[object, templating.Templates] | None = None


def read_changed(
    root: Path, overrides: Sequence[str], cache: Path | None, memory: Memory, paths: Collection[str] = ()
) -> Contents:
    """What `read` gives; `paths` are those that may have changed since the last time, none: any."""
    before, found = memory.contents, None
    memory.contents = None
    if before and before.scan and paths:
        configured, problems = read_settings(root, overrides)
        errors = any(one.severity == "error" for one in problems)
        if configured and _alike(configured, before.settings) and not errors:
            found = rescan(root, configured.build.content, before.scan, paths)
    quick = _some(root, before, found, memory, set(paths)) if before and found else None

    def walk(root: Path, content: str) -> Scan:
        known = found if before and before.settings.build.content == content else None
        return known or scan(root, content)

    if quick:
        memory.contents = quick
        return quick
    walked, memory.walked = memory.walked, None
    asked = Asked(root, overrides, cache=cache)
    begun = begin(asked, walked, memory.reads, walk)
    texts = begun.texts()
    if texts.scan:
        memory.reads = texts.entries
    memory.contents = read(asked, texts, compares=False)
    return memory.contents


def unchanged(root: Path, overrides: Sequence[str], memory: Memory) -> bool:
    """Whether all is as it was read the last time: nothing has changed that nobody told of."""
    before = memory.contents
    if before is None or before.scan is None:
        return False
    configured, problems = read_settings(root, overrides)
    told = [problem for problem in before.problems if problem in problems or problem.place.path == FILE]
    if not _alike(configured, before.settings) or told != list(problems):
        return False
    if memory.templates is None or memory.templates[0] != _template_key(root, before):
        return False
    now = scan(root, before.settings.build.content)
    if (now.sources, now.states, now.bundles) != (
        before.scan.sources,
        before.scan.states,
        before.scan.bundles,
    ):
        return False
    fresh = [one for one in now.sources if memory.reads[one.path].state != now.states[one.path]]
    raw_html = before.settings.markdown.raw_html
    return all(read_again(root, one, memory.reads[one.path], raw_html) is None for one in fresh)


def _some(root: Path, before: Contents, found: Scan, memory: Memory, paths: set[str]) -> Contents | None:
    """The last contents with only the documents in these files read again.

    None where more could be said of them than the documents themselves: problems, media.
    """
    old = before.scan.states if before.scan else {}
    changed = {path for path in paths if found.states.get(path) != old.get(path)}
    sources = [source for source in found.sources if source.path in paths]
    if len(sources) > FEW or changed - {source.path for source in sources}:
        return None
    if not paths.isdisjoint(concerned(before.problems)):
        return None
    documents = list(before.documents)
    again = 0
    for source in sources:
        known = memory.reads[source.path]
        entry = read_again(root, source, known, before.settings.markdown.raw_html)
        if entry is None:
            continue
        was, now = known.read.documents, entry.read.documents
        if not was or entry.read.problems or _media(was) != _media(now):
            return None
        at = next(at for at, one in enumerate(documents) if one.place.path == source.path)
        documents[at : at + len(was)] = now
        memory.reads[source.path] = entry
        again += 1
    return msgspec.structs.replace(before, scan=found, documents=documents, alike=b"", again=again, stages=())


def _media(documents: Sequence[AnyDocument]) -> list[object]:
    """What documents say of media and other files."""
    return [(list(media_of(one)), sorted({path for path, _ in referred(one)})) for one in documents]


def check_again(root: Path, contents: Contents, on: str, memory: Memory) -> Checked:
    """The same as `check` says of what was read, sooner where the memory knows of it."""
    if contents.scan is None:
        return Checked(contents, contents.problems)
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
    changed = [(was, now) for was, now in zip(old, new, strict=True) if not _alike(was, now)]
    faulty = set(concerned(before.problems))
    if any(document.place.path in faulty for document, _ in changed):
        return None
    archive = reworded(before.archive, changed)
    return msgspec.structs.replace(before, contents=contents, archive=archive, stages=()) if archive else None


def _surroundings(contents: Contents, day: str) -> tuple[object, ...]:
    """All that an archive is linked from but its documents."""
    found = contents.scan
    folder = (found.sources, found.bundles, found.files.keys()) if found else ()
    return msgspec.msgpack.encode(contents.settings), folder, contents.media, day


def _alike(one: object, other: object) -> bool:
    """Whether two values are the same and look the same: 1 is equal to true, and one order to another.

    Words are told by where they are held: those of a file that was read again are in no file.
    """
    return one is other or _encoded(one) == _encoded(other)


def _encoded(value: object) -> bytes:
    return msgspec.msgpack.encode(value, enc_hook=id)


def _templates(root: Path, contents: Contents, memory: Memory) -> templating.Templates:
    """The templates, compiled anew only where one of their files has changed."""
    key = theme, language, states = _template_key(root, contents)
    settled = time.time_ns() - FRESH
    fresh = any(max(state[1], state[2]) > settled for _, state in states)
    if memory.templates is None or fresh or memory.templates[0] != key:
        memory.templates = key, templating.load(root, theme, language)
    return memory.templates[1]


def _template_key(root: Path, contents: Contents) -> tuple[str, str, list[tuple[str, State]]]:
    """What decides which templates there are, and whether they are as they were."""
    paths = [f"{folder}/{name}" for folder in SOURCES for name in names(root / folder)]
    states = [(path, state_of((root / path).lstat())) for path in paths]
    return contents.settings.build.theme, contents.settings.archive.language, states
