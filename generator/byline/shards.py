"""Documents as they were read, in files of the cache that hold a share of them each, by their paths.

So an edit reads and writes little. A file that another version of the program wrote, or whose checksum is
wrong, counts as empty; nothing in it is ever run. It is written whole or not at all.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import cast
from zlib import crc32

import msgspec

from byline.packs import File, checksum, joined, open_files, opened, put, whole
from byline.read.documents import Read
from byline.read.files import State
from byline.read.scan import Source
from byline.values import Body, Document, Held
from byline.wordless import filled, packed_parts, with_bodies

FOLDER = "documents"
SHARDS = 64


class Entry(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What a file gave: which file it was, its state, the digest of its text; none if it has no text.

    `alike` is the digest of an earlier text that differed from this one in the words of bodies only, `near`
    that of one that differed in these, and in names and titles, only (`byline.named`); empty where there is
    none, or no other. `rows` are digests of the rows of a ledger, by their places.
    """

    source: Source
    state: State
    digest: bytes
    read: Read
    alike: bytes = b""
    near: bytes = b""
    rows: Mapping[str, bytes] = {}


class _Shard(msgspec.Struct, frozen=True, gc=False):
    version: str
    entries: dict[str, Entry]


def row_of(document: Document) -> str:
    """What a row of a ledger is known by."""
    return f"{document.place.path}:{document.place.line}"


def shard_of(path: str) -> int:
    """The shard that the entry of a file is in."""
    return crc32(path.encode("utf-8", "surrogatepass")) % SHARDS


def load(folder: Path, shard: int, version: str, written: bytes | None = None) -> dict[str, Entry] | None:
    """The entries of a shard, by path. Words are left there, in a file that stays open; where few may be
    open they are read.

    None where there is no such file, it is none of this version, or not the one that was `written`, of which
    `save` said this.
    """
    if written == b"":
        return None
    try:
        entries = _unpacked(opened(_file(folder, shard)), version, written or b"")
        if entries and open_files() < 4 * SHARDS:
            entries = {path: _with_bodies(one, filled) for path, one in entries.items()}
    except (OSError, msgspec.DecodeError):
        return None
    return entries


def save(folder: Path, shard: int, version: str, entries: Mapping[str, Entry]) -> bytes:
    """Write the file of a shard: what `load` knows it by, empty where it cannot be written."""
    file = _file(folder, shard)
    try:
        data = _packed(entries, version)
        put(file, data)
    except OSError:
        return b""
    return data[:_SUM]


def forget(folder: Path, shard: int) -> None:
    """Remove the file of a shard, where there is one."""
    with suppress(OSError):
        _file(folder, shard).unlink(missing_ok=True)


def _file(folder: Path, shard: int) -> Path:
    return folder / FOLDER / f"{shard:02x}.msgpack"


# The file begins with words, so that these have a place before the entries that tell it: behind the
# checksum their number of bytes, in eight, then they, then the rest.
_SUM = len(checksum(b""))
_WORDS = _SUM + 8


def _unpacked(file: File, version: str, written: bytes) -> dict[str, Entry] | None:
    """The entries in the file of a shard. Raises OSError or DecodeError where it is none of today's."""
    data = file.whole()
    if not data.startswith(written) or not whole(data):
        return None
    rest = memoryview(data)[_WORDS + int.from_bytes(data[_SUM:_WORDS]) :]
    shard = msgspec.msgpack.decode(rest, type=_Shard, dec_hook=lambda _kind, _value: file)
    return shard.entries if shard.version == version else None


def _packed(entries: Mapping[str, Entry], version: str) -> bytes:
    """The bytes of a shard. Raises OSError where words cannot be read."""
    words = bytearray()

    def moved(body: Body) -> Body:
        if not body:
            return body
        parts = packed_parts(body)
        words.extend(parts)
        # Which file that is, whoever opens it says.
        held = Held(cast(File, None), _WORDS + len(words) - len(parts), len(parts))
        return msgspec.structs.replace(body, parts=(), held=held)

    shard = _Shard(version, {path: _with_bodies(entry, moved) for path, entry in entries.items()})
    rest = msgspec.msgpack.encode(shard)
    return joined(len(words).to_bytes(_WORDS - _SUM), words, rest)


def _with_bodies(entry: Entry, change: Callable[[Body], Body]) -> Entry:
    documents = tuple([with_bodies(document, change) for document in entry.read.documents])
    return msgspec.structs.replace(entry, read=msgspec.structs.replace(entry.read, documents=documents))
