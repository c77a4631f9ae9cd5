"""What can be used again: documents as they were read, known by the state of their file.

A cache is a folder that may be deleted at any time; how documents stand in it is a matter of `shards`.
"""

import hashlib
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import NamedTuple

import msgspec

from byline import shards
from byline.asked import Asked
from byline.executors import Lost, each
from byline.installed import version
from byline.named import nameless
from byline.packs import FRESH, LINKED, PASSING, SHARED
from byline.problems import Place, Problem
from byline.read.documents import Read, read_source
from byline.read.files import State, read_text
from byline.read.scan import Scan, Source
from byline.shards import Entry, row_of, shard_of
from byline.values import AnyDocument
from byline.wordless import outside

# A document of prose takes a twentieth of a millisecond: more workers pay from some hundred on.
CHUNK = 128
# Workers take so many to begin with: enough for as long as the rest of the program takes to be imported.
FIRST = 1024
# Standard mark of cache folders, which backups leave out (bford.info/cachedir).
_TAG = "CACHEDIR.TAG", b"Signature: 8a477f597d28d172789f06886806bc55\n"
_LIBRARIES = (
    "jinja2 markupsafe babel msgspec markdown-it-py mdit-py-plugins mdurl nh3 pyromark "
    "yaml-rs pyyaml rapidfuzz pillow"
).split()
_DAYS = 3 * 24 * 3600  # seconds
_UNKNOWN: State = (-1, 0, 0, 0)


@cache
def code_version() -> str:
    """A digest of the program itself, its tables and the libraries that decide what it makes."""
    digest = hashlib.blake2b(sys.version.encode(), digest_size=16)
    package = Path(__file__).parent
    for path in sorted([*package.rglob("*.py"), *(package / "data").glob("*.*")]):
        digest.update(path.relative_to(package).as_posix().encode() + b"\0" + path.read_bytes())
    for library in _LIBRARIES:
        digest.update(f"{library} {version(library)}\0".encode())
    return digest.hexdigest()


def load_all(folder: Path, raw_html: str) -> dict[str, Entry]:
    """Everything that the cache in a folder holds, by path."""
    known: dict[str, Entry] = {}
    for shard in range(shards.SHARDS):
        entries = shards.load(folder, shard, version_of(raw_html))
        if entries is None:  # nobody knows who is in it, somebody who is withdrawn now may be
            shards.forget(folder, shard)
        known.update(entries or {})
    return known


def read_all(
    asked: Asked,
    scan: Scan,
    raw_html: str,
    known: Mapping[str, Entry],
    started: int,
    workers: int,
    folder: Path | None = None,
) -> tuple[int, Callable[[], tuple[dict[str, Entry], Scan]]]:
    """Begin to read: so many files, and what waits for what every file gives, by path, as sources stand.

    A file is known by its state (size, times, number). Where that differs, or the file was as new as the
    build that read it (`started`, in nanoseconds), its text is read again, and parsed again only if it is
    another. Where that is asked every file is read. What is `known` is that of the cache in `folder`, where
    there is one; then it is brought up to date, and what was read is loaded from there (decision 42).

    With it comes the scan, with the sources and states that entries have: of 100,000 files, 50 MB are not
    kept twice.
    """
    found: dict[str, Entry] = {}
    waiting: dict[str, Source] = {}
    states = dict(scan.states)
    for source in scan.sources:
        path = source.path
        entry = known.get(path)
        if entry is not None and entry.state == states[path] and entry.source == source and not asked.verify:
            found[path] = entry
            states[path] = entry.state
        else:
            waiting[path] = source

    lot = _Lot(asked.root, raw_html, known, states, started, workers)
    if folder:
        collect = _by_shard(lot, folder, found, waiting)
    else:
        collect = _by_file(lot, tuple(waiting.values()), CHUNK, FIRST)

    def collected() -> tuple[dict[str, Entry], Scan]:
        done = 0
        for entries in collect:
            asked.progress("read", done, len(waiting))
            found.update(entries)
            done += sum(path in waiting for path in entries)
            states.update((path, one.state) for path, one in entries.items() if one.state == states[path])
        ordered = {source.path: found[source.path] for source in scan.sources} if waiting else found
        sources = tuple([entry.source for entry in ordered.values()])
        return ordered, msgspec.structs.replace(scan, sources=sources, states=states)

    return len(waiting), collected


class _Lot(NamedTuple):
    """What is asked of a reading (`read_all`)."""

    root: Path
    raw_html: str
    known: Mapping[str, Entry]
    states: Mapping[str, State]
    started: int
    workers: int

    def again(self, source: Source) -> Entry | None:
        """What a file gives, its state left open; None where its text is the known one."""
        return read_again(self.root, source, self.known.get(source.path), self.raw_html)

    def now(self, source: Source, entry: Entry | None) -> Entry:
        """What a file gives, or is known to, with the state by which it is known next time."""
        entry, state = entry or self.known[source.path], self.states[source.path]
        state = _UNKNOWN if max(state[1], state[2]) + FRESH >= self.started else state
        return entry if entry.state == state else msgspec.structs.replace(entry, state=state)


def _by_file(
    asked: _Lot, sources: Sequence[Source], chunk: int, first: int = 0
) -> Iterator[dict[str, Entry]]:
    """What files give, in memory. They are begun with at once."""
    decode = msgspec.msgpack.Decoder(Entry).decode

    def encoded(source: Source) -> bytes | None:
        entry = asked.again(source)
        return msgspec.msgpack.encode(entry) if entry else None

    def entry_of(source: Source, answer: bytes | Lost | None) -> Entry:
        return (
            _lost(source)
            if isinstance(answer, Lost)
            else asked.now(source, decode(answer) if answer else None)
        )

    answers = each(encoded, sources, workers=asked.workers, chunk=chunk, first=first)
    return ({sources[number].path: entry_of(sources[number], answer)} for number, answer in answers)


def _by_shard(
    asked: _Lot, folder: Path, found: Mapping[str, Entry], waiting: Mapping[str, Source]
) -> Iterator[dict[str, Entry]]:
    """The entries of all shards in which files wait to be read, or are gone: who reads them writes the shard.

    They are begun with at once.
    """
    version = version_of(asked.raw_html)
    gone = [path for path in asked.known if path not in found and path not in waiting]
    members: dict[int, list[str]] = {shard_of(path): [] for path in (*waiting, *gone)}
    if members:
        prepare(folder)
        for path in (*found, *waiting):
            if (shard := shard_of(path)) in members:
                members[shard].append(path)

    def save(shard: int, read: Mapping[str, Entry]) -> bytes:
        entries = {path: read.get(path) or found[path] for path in members[shard]}
        return shards.save(folder, shard, version, entries)

    def renewed(shard: int) -> bytes:
        sources = [waiting[path] for path in members[shard] if path in waiting]
        return save(shard, {one.path: asked.now(one, asked.again(one)) for one in sources})

    def entries_of(shard: int, written: bytes | Lost) -> dict[str, Entry]:
        loaded = shards.load(folder, shard, version, written) if isinstance(written, bytes) else None
        if loaded is not None:
            return loaded
        # It cannot be written, another build has written it, or a file ended its reader: which, is found out.
        sources = [waiting[path] for path in members[shard] if path in waiting]
        if not isinstance(written, Lost):
            return _joined(_by_file(asked, sources, CHUNK))
        alone = len(sources) == 1
        read = {sources[0].path: _lost(sources[0])} if alone else _joined(_by_file(asked, sources, 1))
        save(shard, read)
        return read

    stale = tuple(members)
    first = len(stale) * FIRST // max(len(waiting), 1)
    crew = asked.workers if len(waiting) > CHUNK else 1
    answers = each(renewed, stale, workers=crew, chunk=1, first=first)
    return (entries_of(stale[number], written) for number, written in answers)


def prepare(folder: Path) -> None:
    """Make the folder of a cache, where that can be, and tidy it.

    What was linked goes, too: somebody who is withdrawn now may be in it.
    """
    with suppress(OSError):
        (folder / LINKED).unlink(missing_ok=True)
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / _TAG[0]).write_bytes(_TAG[1])
    tidy(folder)


def tidy(folder: Path) -> None:
    """Remove from a cache what builds that were killed left there."""
    for place in (folder, folder / shards.FOLDER):
        with suppress(OSError):  # a folder that cannot be listed is left to the next build
            for left in list(place.glob(f"*{PASSING}*")):
                # Machines may be helping another build of this cache; none does for days.
                if not left.name.startswith(SHARED) or left.stat().st_mtime < time.time() - _DAYS:
                    left.unlink(missing_ok=True)


def _joined(parts: Iterable[Mapping[str, Entry]]) -> dict[str, Entry]:
    return {path: entry for one in parts for path, entry in one.items()}


def _lost(source: Source) -> Entry:
    message = "reading this file ended the process that read it"
    return _without_text(source, Problem("unreadable-file", message, Place(source.path)))


def _without_text(source: Source, problem: Problem) -> Entry:
    return Entry(source, _UNKNOWN, b"", Read((), (problem,)))


def read_again(root: Path, source: Source, known: Entry | None, raw_html: str) -> Entry | None:
    """What a file gives, its state left open; None where its text is the known one."""
    text, problem = read_text(root, source.path)
    if problem:
        return _without_text(source, problem)
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
    if known is not None and known.digest == digest and known.source == source:
        return None
    read = read_source(source, text, raw_html)
    rows = _rows(read.documents) if source.form != "md" else {}
    if known is None or known.source != source:
        return Entry(source, _UNKNOWN, digest, read, rows=rows)
    before, now = known.read.documents, read.documents
    alike = known.alike or known.digest
    if outside(before) == outside(now):
        return Entry(source, _UNKNOWN, digest, read, alike, known.near, rows)
    near = known.near or alike if nameless(before) == nameless(now) else b""
    return Entry(source, _UNKNOWN, digest, read, b"", near, rows)


def _rows(documents: Sequence[AnyDocument]) -> dict[str, bytes]:
    digests = [hashlib.blake2b(msgspec.msgpack.encode(one), digest_size=16).digest() for one in documents]
    return dict(zip([row_of(one) for one in documents], digests, strict=True))


def read_one(root: Path, source: Source, known: Entry, state: State, started: int, raw_html: str) -> Entry:
    """What the file of a known entry gives now that it has this state, and what it is known by next time."""
    asked = _Lot(root, raw_html, {source.path: known}, {source.path: state}, started, 1)
    return asked.now(source, asked.again(source))


def version_of(raw_html: str) -> str:
    """What decides what comes of reading, beside the file."""
    return f"{code_version()} {raw_html}"
