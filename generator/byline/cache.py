"""What can be used again: documents as they were read, known by the state of their file.

A cache is a folder that may be deleted at any time. It is split into shards by the path of a file, so that an
edit reads and writes little. A shard that another version of the program wrote, or whose checksum is
wrong, counts as empty; nothing in it is ever run.
"""

import hashlib
import sys
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from zlib import crc32

import msgspec

from byline.executors import Lost, each
from byline.installed import version
from byline.packs import FRESH, PASSING, File, checksum, opened, put, spool, whole
from byline.problems import Place, Problem
from byline.read.documents import Read, read_source
from byline.read.scan import Scan, Source, State, read_text
from byline.values import Body, Held
from byline.wordless import outside, put_away, with_bodies

FOLDER = "documents"
SHARDS = 64
# A document of prose takes a tenth of a millisecond; two workers are worth their start from some hundred on.
CHUNK = 128
# Workers take so many to begin with: enough for as long as the rest of the program takes to be imported.
FIRST = 1024
# Standard mark of cache folders, which backups leave out (bford.info/cachedir).
_TAG = "CACHEDIR.TAG", b"Signature: 8a477f597d28d172789f06886806bc55\n"
_LIBRARIES = (
    *(
        "jinja2",
        "markupsafe",
        "babel",
        "msgspec",
        "markdown-it-py",
        "mdit-py-plugins",
        "mdurl",
        "nh3",
        "pyromark",
    ),
    *("yaml-rs", "pyyaml", "rapidfuzz", "pillow"),
)
_UNKNOWN: State = (-1, 0, 0, 0)


class Entry(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What a file gave: which file it was, its state, the digest of its text; none if it has no text.

    `alike` is the digest of an earlier text that differed from this one in the words of bodies only.
    """

    source: Source
    state: State
    digest: bytes
    read: Read
    alike: bytes = b""


# What stands for what is not read yet.
_NOTHING = Entry(Source("", "page", "md"), _UNKNOWN, b"", Read())


class _Shard(msgspec.Struct, frozen=True, gc=False):
    version: str
    entries: dict[str, Entry]


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


def read_all(
    root: Path,
    found: Scan,
    raw_html: str,
    known: Mapping[str, Entry],
    started: int,
    progress: Callable[[str, int, int], None],
    workers: int,
    verify: bool,
    folder: Path | None = None,
) -> tuple[int, Scan, Callable[[], dict[str, Entry]]]:
    """Begin to read: so many files, and what waits for what every file gives, by path, as sources stand.

    A file is known by its state (size, times, number). Where that differs, or the file was as new as the
    build that read it (`started`, in nanoseconds), its text is read again, and parsed again only if it is
    another. `verify` reads every file. Words that were read wait in a file of the
    cache in `folder`, where there is one.

    The scan that is given back has the sources and states of entries: of 100,000 files, 50 MB are not kept
    twice.
    """
    entries: dict[str, Entry] = {}
    sources: list[Source] = []
    waiting: list[Source] = []
    states = dict(found.states)
    for source in found.sources:
        path = source.path
        entry = known.get(path, _NOTHING)
        entries[path] = entry
        if entry.state == states[path] and entry.source == source and not verify:
            sources.append(entry.source)
            states[path] = entry.state
        else:
            waiting.append(source)
            sources.append(source)
    decoder = msgspec.msgpack.Decoder(Entry)
    file = _spool(folder) if folder and waiting else None

    def again(source: Source) -> bytes | None:
        """The encoded entry of a file; None where its text is the known one."""
        entry = read_again(root, source, known.get(source.path), raw_html)
        return msgspec.msgpack.encode(entry) if entry else None

    answers = each(again, waiting, workers=workers, chunk=CHUNK, first=FIRST)

    def collected() -> dict[str, Entry]:
        for number, encoded in answers:
            progress("read", number, len(waiting))
            source = waiting[number]
            if isinstance(encoded, Lost):
                message = "reading this file ended the process that read it"
                made = _without_text(source, Problem("unreadable-file", message, Place(source.path)))
            else:
                made = known[source.path] if encoded is None else _spooled(decoder.decode(encoded), file)
            state = states[source.path]
            state = _UNKNOWN if max(state[1], state[2]) + FRESH >= started else state
            if made.state != state:
                made = msgspec.structs.replace(made, source=source, state=state)
            entries[source.path] = made
        return entries

    return len(waiting), msgspec.structs.replace(found, sources=tuple(sources), states=states), collected


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
    same = known is not None and known.source == source
    if known is None or not same or outside(known.read.documents) != outside(read.documents):
        return Entry(source, _UNKNOWN, digest, read)
    return Entry(source, _UNKNOWN, digest, read, known.alike or known.digest)


def _shard(path: str) -> int:
    return crc32(path.encode("utf-8", "surrogatepass")) % SHARDS


def _version(raw_html: str) -> str:
    return f"{code_version()} {raw_html}"


def _spool(folder: Path) -> File | None:
    try:
        return spool(folder)
    except OSError:
        return None


def _spooled(entry: Entry, file: File | None) -> Entry:
    """An entry that leaves its words in a file; unless that cannot be written."""
    try:
        return _with_bodies(entry, lambda body: put_away(body, file)) if file else entry
    except OSError:
        return entry


def _with_bodies(entry: Entry, change: Callable[[Body], Body]) -> Entry:
    documents = tuple([with_bodies(document, change) for document in entry.read.documents])
    return msgspec.structs.replace(entry, read=msgspec.structs.replace(entry.read, documents=documents))


def load_all(folder: Path, raw_html: str) -> dict[str, Entry]:
    """Everything that the cache in a folder holds, by path. Words are left there, in files that stay open."""
    known: dict[str, Entry] = {}
    for number in range(SHARDS):
        try:
            file = opened(_file(folder, number))
            known.update(_unpacked(file, _version(raw_html)))
        except (OSError, msgspec.DecodeError):
            continue
    return known


def _file(folder: Path, number: int) -> Path:
    return folder / FOLDER / f"{number:02x}.msgpack"


# The file of a shard begins with words, so that these have a place before the entries that tell it: behind
# the checksum their number of bytes, in eight, then they, then the rest.
_WORDS = len(checksum(b""))
_REST = _WORDS + 8


def _unpacked(file: File, version: str) -> dict[str, Entry]:
    """The entries in the file of a shard. Raises OSError or DecodeError where it is none of today's."""
    data = file.whole()
    if not whole(data):
        return {}
    rest = memoryview(data)[_REST + int.from_bytes(data[_WORDS:_REST]) :]
    shard = msgspec.msgpack.decode(rest, type=_Shard, dec_hook=lambda _kind, _value: file)
    return shard.entries if shard.version == version else {}


def _packed(entries: Mapping[str, Entry], version: str) -> bytes:
    """The bytes of a shard. Raises OSError where words cannot be read."""
    words = bytearray()

    def moved(body: Body) -> Body:
        if body.held is None:
            return body
        parts = body.held.file.read(body.held.at, body.held.size)
        words.extend(parts)
        at = _REST + len(words) - len(parts)
        return msgspec.structs.replace(body, held=Held(body.held.file, at, len(parts)))

    shard = _Shard(version, {path: _with_bodies(entry, moved) for path, entry in entries.items()})
    rest = msgspec.msgpack.encode(shard, enc_hook=lambda _file: None)
    data = b"".join([len(words).to_bytes(_REST - _WORDS), words, rest])
    return checksum(data) + data


def save_all(folder: Path, raw_html: str, known: Mapping[str, Entry], found: Mapping[str, Entry]) -> None:
    """Write the shards that differ from those that were `known`; what no file gives any more is in none.

    A shard is written whole or not at all; a cache that cannot be written is only slower.
    """
    changed = [path for path, entry in found.items() if known.get(path) is not entry]
    changed = [path for path in changed if found[path].digest or path in known]
    changed += known.keys() - found.keys()
    try:
        for left in (*folder.glob(f"*{PASSING}*"), *(folder / FOLDER).glob(f"*{PASSING}*")):
            left.unlink(missing_ok=True)  # by a build that was killed
        if not changed:
            return
        shards: dict[int, dict[str, Entry]] = {_shard(path): {} for path in changed}
        shards |= {number: {} for number in range(SHARDS) if not _file(folder, number).exists()}
        for path, entry in found.items():
            number = _shard(path)
            if number in shards and entry.digest:
                shards[number][path] = entry
        folder.mkdir(parents=True, exist_ok=True)
        (folder / _TAG[0]).write_bytes(_TAG[1])
        for number, entries in shards.items():
            file = _file(folder, number)
            if entries:
                put(file, _packed(entries, _version(raw_html)))
            else:
                file.unlink(missing_ok=True)
    except OSError:
        return
