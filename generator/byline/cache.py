"""What can be used again: documents as they were read, by the digest of their file.

A cache is a folder that may be deleted at any time. One that another version of the program wrote, or whose
checksum is wrong, counts as empty; nothing in it is ever run.
"""

import hashlib
import os
import time
from collections.abc import Callable, Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path

import msgspec

from byline.problems import Problem
from byline.read.documents import Read, read_source
from byline.read.scan import Source, read_text
from byline.values import AnyDocument

FILE = "documents.msgpack"
# Standard mark of cache folders, which backups leave out (bford.info/cachedir).
_TAG = "CACHEDIR.TAG", b"Signature: 8a477f597d28d172789f06886806bc55\n"
_SUM = 16  # bytes of the checksum before the pack
_LIBRARIES = ("jinja2", "babel", "msgspec", "markdown-it-py", "mdit-py-plugins", "nh3", "yaml-rs", "pillow")


class _Entry(msgspec.Struct, frozen=True, gc=False):
    """The digest of a file, and what it gave, still encoded."""

    digest: bytes
    read: msgspec.Raw


Stamp = tuple[int, ...]
_YOUNG = 100_000_000  # ns; clocks of file systems are coarser than an editor is quick


class Known(msgspec.Struct, frozen=True, gc=False):
    """What a file gave when it was last read, and all that this depends on."""

    stamp: Stamp
    source: Source
    raw_html: str
    read: Read


def stamp(path: str | Path) -> Stamp:
    """What changes whenever a file changes; empty where it changed just now, or is not there."""
    try:
        state = os.lstat(path)
    except (OSError, ValueError):
        return ()
    if time.time_ns() - max(state.st_mtime_ns, state.st_ctime_ns) < _YOUNG:
        return ()
    return state.st_mtime_ns, state.st_ctime_ns, state.st_size, state.st_ino


class _Pack(msgspec.Struct, frozen=True):
    version: str
    entries: dict[str, _Entry]


@cache
def code_version() -> str:
    """A digest of the program itself and of the libraries that decide what it makes."""
    digest = hashlib.blake2b(digest_size=16)
    package = Path(__file__).parent
    for path in sorted(package.rglob("*.py")):
        digest.update(path.relative_to(package).as_posix().encode() + b"\0" + path.read_bytes())
    for library in _LIBRARIES:
        digest.update(f"{library} {version(library)}\0".encode())
    return digest.hexdigest()


def read_all(
    root: Path,
    sources: Sequence[Source],
    raw_html: str,
    folder: Path | None,
    progress: Callable[[str, int, int], None],
    memory: dict[str, Known] | None = None,
) -> tuple[list[AnyDocument], list[Problem]]:
    """The documents of all files with their problems; unchanged files come from the cache in `folder`.

    Files are known by the digest of their text, never by their times, and are read every time. Where there
    is a `memory` of the last time, it is used and kept up to date, and only files that changed are read.
    """
    if memory:
        return _read_again(root, sources, raw_html, memory)
    known = _load(folder)
    kept: dict[str, _Entry] = {}
    documents: list[AnyDocument] = []
    problems: list[Problem] = []
    decoder = msgspec.msgpack.Decoder(Read)
    for number, source in enumerate(sources):
        progress("read", number, len(sources))
        at = stamp(root / source.path) if memory is not None else ()
        text, problem = read_text(root, source.path)
        if problem:
            problems.append(problem)
            continue
        digest = _digest(source, raw_html, text)
        entry = known.get(source.path)
        read = _decode(decoder, entry) if entry is not None and entry.digest == digest else None
        if read is None:
            read = read_source(source, text, raw_html)
            entry = _Entry(digest, msgspec.Raw(msgspec.msgpack.encode(read))) if folder else None
        if entry is not None:
            kept[source.path] = entry
        if memory is not None:
            memory[source.path] = Known(at, source, raw_html, read)
        documents += read.documents
        problems += read.problems
    if folder and {path: one.digest for path, one in kept.items()} != {p: e.digest for p, e in known.items()}:
        _save(folder, kept)
    return documents, problems


def _read_again(
    root: Path, sources: Sequence[Source], raw_html: str, memory: dict[str, Known]
) -> tuple[list[AnyDocument], list[Problem]]:
    documents: list[AnyDocument] = []
    problems: list[Problem] = []
    folder = f"{root}/"
    for source in sources:
        at = stamp(folder + source.path)
        known = memory.get(source.path)
        if not (at and known and known.stamp == at and known.source == source and known.raw_html == raw_html):
            text, problem = read_text(root, source.path)
            read = Read((), (problem,)) if problem else read_source(source, text, raw_html)
            # A file that says the same gives the very documents of the last time.
            if known is not None and known.read == read:
                read = known.read
            known = memory[source.path] = Known(at, source, raw_html, read)
        documents += known.read.documents
        problems += known.read.problems
    gone = memory.keys() - {source.path for source in sources}
    for path in gone:
        del memory[path]
    return documents, problems


def _digest(source: Source, raw_html: str, text: str) -> bytes:
    seed = hashlib.blake2b(msgspec.msgpack.encode((source, raw_html)), digest_size=16)
    seed.update(text.encode("utf-8", "surrogatepass"))
    return seed.digest()


def _decode(decoder: "msgspec.msgpack.Decoder[Read]", entry: _Entry) -> Read | None:
    try:
        return decoder.decode(entry.read)
    except msgspec.DecodeError:
        return None


def _load(folder: Path | None) -> dict[str, _Entry]:
    if folder is None:
        return {}
    try:
        data = (folder / FILE).read_bytes()
        if _checksum(data[_SUM:]) != data[:_SUM]:
            return {}
        pack = msgspec.msgpack.decode(data[_SUM:], type=_Pack)
    except (OSError, msgspec.DecodeError):
        return {}
    return pack.entries if pack.version == code_version() else {}


def _checksum(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=_SUM).digest()


def _save(folder: Path, entries: dict[str, _Entry]) -> None:
    """Write whole or not at all; a cache that cannot be written is only slower."""
    temporary = folder / f"{FILE}.{os.getpid()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / _TAG[0]).write_bytes(_TAG[1])
        data = msgspec.msgpack.encode(_Pack(code_version(), entries))
        temporary.write_bytes(_checksum(data) + data)
        temporary.replace(folder / FILE)
    except OSError:
        temporary.unlink(missing_ok=True)
