"""An archive as it was linked the last time, where only words of bodies have changed since (decision 43).

What was linked is kept in the cache, with all that tells whether it would be linked the same again. Documents
and credits of records are unpacked when somebody asks for them: the page of an edit asks for few.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import cast

import msgspec

from byline import measures, shards, static
from byline.archive import Archive, put_in, worded
from byline.cache import code_version, prepare, read_one, tidy, version_of
from byline.lineage import NO_LINEAGE
from byline.mentions import documents
from byline.packs import FRESH, LINKED, checksum, put, whole
from byline.problems import Problem, concerned
from byline.read.files import State
from byline.read.scan import Scan, Source, Walked
from byline.reading import Watch
from byline.settings import Settings
from byline.shards import shard_of
from byline.stages import Contents, Linked
from byline.unpacked import Packed, Rows, unheld
from byline.values import AnyDocument, Contributor, CreditLine, Key, Output, Person, Record
from byline.wordless import bodies

# Where more files than this have changed since, everything is linked again, and kept.
FEW = 20
_SIZE = 8  # bytes that say how long the first part is


class _Kept(msgspec.Struct, frozen=True):
    """What was linked from.

    `given` is a digest of settings, day, measures and program, `around` one of what stands in content but for
    the states of files. Those are in `states`, if they tell one text from the next, `digests` are of texts;
    `earlier` has the digests of those from which these differed in words only. `faulty` are the files that
    something is said of.
    """

    given: bytes
    around: bytes
    states: dict[str, State]
    digests: dict[str, bytes]
    earlier: Mapping[str, bytes]
    faulty: frozenset[str]


class _Linked(msgspec.Struct, frozen=True):
    """What was linked. The `archive` is without what stands beside it, which is unpacked later.

    `read` are problems that reading found, `problems` those of linking.
    """

    archive: Archive
    records: Rows
    contributors: Rows
    people: Rows
    lines: Rows
    alike: bytes
    read: tuple[Problem, ...]
    problems: tuple[Problem, ...]
    pages: tuple[Output, ...]
    media: tuple[Output, ...]
    until: str


def keep(cache: Path, parts: Linked, said: Sequence[Problem]) -> None:
    """Keep what was linked instead of what was before, if it is sound and all words are elsewhere.

    `said` are problems in the settings. A cache that cannot be written is only slower.
    """
    contents, archive = parts.contents, parts.archive
    found, problems = contents.scan, (*contents.problems, *parts.problems)
    held = all(not body.parts for document in documents(archive.library) for body in bodies(document))
    if found is None or not held or any(problem.severity == "error" for problem in problems):
        with suppress(OSError):  # somebody who is withdrawn now may be in it
            (cache / LINKED).unlink(missing_ok=True)
        return
    library = archive.library
    linked = _Linked(
        msgspec.structs.replace(
            archive,
            settings=Settings(),
            library=msgspec.structs.replace(library, records={}, contributors={}),
            people={},
            record_credits={},
            credits=msgspec.structs.replace(archive.credits, people={}, lines={}, lineage=NO_LINEAGE),
        ),
        # What is packed by them is unpacked as rows.
        cast(Rows, library.records),
        cast(Rows, library.contributors),
        cast(Rows, archive.people),
        cast(Rows, archive.record_credits),
        contents.alike,
        contents.problems,
        parts.problems,
        parts.pages,
        parts.media,
        parts.until,
    )
    kept = _Kept(
        _given(cache, contents.settings, said, archive.day),
        _around(found),
        {path: state for path, state in found.states.items() if max(state[1:3]) + FRESH < contents.started},
        {source.path: contents.digests[source.path] for source in found.sources},
        contents.earlier,
        frozenset(concerned(problems)),
    )
    data = msgspec.msgpack.encode(kept), msgspec.msgpack.encode(linked, enc_hook=lambda _file: None)
    size = len(data[0]).to_bytes(_SIZE)
    with suppress(OSError):
        put(cache / LINKED, checksum(size, *data), size, *data)


def _load(cache: Path) -> tuple[_Kept, memoryview] | None:
    """What was linked from, and what came of it, packed; None where nothing is known, or it was hurt."""
    try:
        data = (cache / LINKED).read_bytes()
        rest = memoryview(data)[len(checksum()) :]
        end = _SIZE + int.from_bytes(rest[:_SIZE])
        return (msgspec.msgpack.decode(rest[_SIZE:end], type=_Kept), rest[end:]) if whole(data) else None
    except (OSError, msgspec.DecodeError):
        return None


def recall(
    root: Path, settings: Settings, said: Sequence[Problem], walked: Walked, cache: Path, day: str
) -> tuple[Linked | None, int]:
    """What was linked, with the words that have changed in up to `FEW` files, None where it may be another;
    and how many files were read.

    Equal to linking all documents, but that others have no words. `said` are problems in the settings. Where
    no file has changed the answer is None: something else did.
    """
    watch, started = Watch(), walked.started
    loaded = _load(cache)
    if loaded is None or loaded[0].given != _given(cache, settings, said, day):
        return None, 0
    kept, found = loaded[0], walked.scan()
    if kept.around != _around(found):
        return None, 0
    changed = {path for path, state in found.states.items() if kept.states.get(path) != state}
    sources = [source for source in found.sources if source.path in changed]
    if not 0 < len(changed) <= FEW or len(sources) < len(changed) or changed & kept.faulty:
        return None, 0
    watch("load")
    read, again = _read(root, settings, kept, found, sources, started, cache)
    watch("read")
    if read is None:
        return None, again
    digests, texts, rows = read
    linked = msgspec.msgpack.decode(loaded[1], type=_Linked, dec_hook=unheld)
    archive, words = _unpacked(linked, settings, texts)
    contents = Contents(
        settings,
        linked.read,
        archive.vocabulary,
        found,
        alike=linked.alike,
        digests=digests,
        rows=rows,
        statics=static.states(root, started),
        again=again,
        started=started,
    )
    watch("link")
    stages, rest = tuple(watch.stages), (linked.problems, linked.pages, linked.media, linked.until)
    shown = {source.path: words[source.path] for source in sources}
    return Linked(contents, archive, *rest, stages, shown), again


def _read(
    root: Path,
    settings: Settings,
    kept: _Kept,
    found: Scan,
    sources: Sequence[Source],
    started: int,
    cache: Path,
) -> tuple[tuple[dict[str, bytes], list[AnyDocument], dict[str, bytes]] | None, int]:
    """Digests of all texts, the documents of these files and digests of rows there; and how many files were
    read now.

    None where more than words has changed, or where there is something wrong in them. What was read is kept
    in any case.
    """
    raw_html = settings.markdown.raw_html
    version = version_of(raw_html)
    stored = {
        shard: shards.load(cache, shard, version) or {}
        for shard in sorted({shard_of(source.path) for source in sources})
    }
    digests, texts, again, fits = dict(kept.digests), list[AnyDocument](), list[str](), True
    rows: dict[str, bytes] = {}
    for source in sources:
        path = source.path
        entries, state = stored[shard_of(path)], found.states[path]
        if path not in entries:
            fits = False
            break
        if entries[path].state != state:
            entries[path] = read_one(root, source, entries[path], state, started, raw_html)
            again.append(path)
        entry = entries[path]
        if entry.read.problems or (entry.alike or entry.digest) != kept.earlier.get(path, digests[path]):
            fits = False
            break
        digests[path] = entry.digest
        texts += entry.read.documents
        rows.update(entry.rows)
    if again and fits:
        tidy(cache)
    elif again:
        prepare(cache)
    for shard in {shard_of(path) for path in again}:
        shards.save(cache, shard, version, stored[shard])
    return (digests, texts, rows) if fits else None, len(again)


def _unpacked(
    linked: _Linked, settings: Settings, texts: Sequence[AnyDocument]
) -> tuple[Archive, Mapping[str, Sequence[Key]]]:
    """The archive that was linked, with the words of these texts; by file, which of them it shows."""
    archive, lineage = linked.archive, linked.archive.lineage
    records = Packed[Record](Record, linked.records)
    contributors = Packed[Contributor](Contributor, linked.contributors)
    people = Packed[Person](Person, linked.people)
    lines = Packed[tuple[CreditLine, ...]](tuple[CreditLine, ...], linked.lines)
    library = msgspec.structs.replace(archive.library, records=records, contributors=contributors)
    new, words = worded(library, texts), defaultdict[str, list[Key]](list)
    for group, some in new.items():
        for key, document in some.items():
            words[document.place.path].append((group.removesuffix("s"), key))
    records.known |= new.pop("records", {})
    contributors.known |= new.pop("contributors", {})
    archive = msgspec.structs.replace(
        archive,
        settings=settings,
        library=library,
        people=people,
        record_credits=lines,
        credits=msgspec.structs.replace(archive.credits, people=people, lines=lines, lineage=lineage),
    )
    return put_in(archive, new), words


def _given(cache: Path, settings: Settings, said: Sequence[Problem], day: str) -> bytes:
    """A digest of all that decides what comes of an archive but what stands in its content."""
    parts = (code_version(), settings, said, day, measures.digest(cache))
    return blake2b(msgspec.msgpack.encode(parts), digest_size=16).digest()


def _around(found: Scan) -> bytes:
    """A digest of what stands in content, but for the states of files."""
    parts = (found.sources, found.bundles, list(found.files), found.problems)
    return blake2b(msgspec.msgpack.encode(parts), digest_size=16).digest()
