"""Files that documents refer to, measured once in their life: what came of it is kept by their digest.

A file that was renamed or touched is read again, to know its digest, and not measured again. Neither is one
that took too much to be measured or converted: that too is known by its digest, for as long as limits,
libraries and code are the same.
"""

import hashlib
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path

import msgspec

from byline import objects, shelf
from byline.asked import Asked
from byline.executors import Lost, each
from byline.installed import version
from byline.packs import FRESH, load, packed, put, save, whole
from byline.read.files import State
from byline.read.probe import Measure, MediaFault, probe, refused
from byline.read.suffixes import suffix_of
from byline.settings import Limits, MediaSettings

FILE = "media.msgpack"
_LIBRARIES = ("pillow", "av", "py-svg-hush", "pypdf")
_LOST = {
    "time": ("media-limit", "it takes longer than {0.seconds} seconds to be {1}"),
    "memory": ("media-limit", "it takes more than {0.memory:,} bytes of memory to be {1}"),
    "killed": ("broken-media", "it ended the process in which it was {1}"),
}
_SOURCES = (
    *("captions", "clean", "pdf", "pictures", "probe", "streams", "suffixes", "svg"),
    *("strip/film", "strip/pictures", "strip/riff", "strip/sound"),
)
_CONVERTERS = ("pictures", "footage")


class _Pack(msgspec.Struct, frozen=True):
    """`states` has the state and digest of every file, `known` what came of it by digest and suffix.

    `given_up` has, in the same way, what was too much for the version `tried`.
    """

    version: str = ""
    states: dict[str, tuple[State, str]] = {}
    known: dict[str, Measure] = {}
    tried: str = ""
    given_up: dict[str, MediaFault] = {}


def measure(
    asked: Asked, files: Sequence[str], states: Mapping[str, State], settings: MediaSettings, workers: int
) -> dict[str, Measure]:
    """What every file is, or why it is not published. Of files that are asked for no more, renditions go too.

    Where that is asked every file is read again, and tried again if it was too much.
    """
    started = time.time_ns()
    root, folder, verify = asked.root, asked.cache, asked.verify
    limits = settings.limits
    before = load(folder / FILE, _Pack) if folder else None
    pack = before or _Pack()
    now, tried = _version(limits), tried_with(settings)
    known = dict(pack.known) if pack.version == now else {}
    given_up = dict(pack.given_up) if pack.tried == tried and not verify else {}
    known |= {name: Measure(faults=(fault,)) for name, fault in given_up.items()}
    found: dict[str, Measure] = {}
    digests: dict[str, tuple[State, str]] = {}
    waiting: list[str] = []
    for path in files:
        fault = refused(path, states[path][0], limits)
        state, digest = pack.states.get(path, (None, ""))
        if fault:
            found[path] = Measure(faults=(fault,))
        elif state == states[path] and _name(path, digest) in known and not verify:
            found[path], digests[path] = known[_name(path, digest)], (states[path], digest)
        else:
            waiting.append(path)
    if waiting:  # loaded once, and not by every worker within its bounds
        from byline.read import captions, clean, pictures, streams, svg  # noqa: F401
    answers = each(
        lambda path: _measured(root, path, known, limits),
        waiting,
        workers=workers,
        chunk=4,
        seconds=limits.seconds,
        memory=limits.memory,
    )
    for number, answer in answers:
        asked.progress("measure", number, len(waiting))
        path = waiting[number]
        if isinstance(answer, Lost):
            digest, fault = digest_of(root / path), lost(answer, limits, "read")
            made: Measure | None = Measure(faults=(fault,))
            given_up[_name(path, digest)] = fault
        else:
            digest, made = answer
        found[path] = known[_name(path, digest)] if made is None else made
        if digest:
            fresh = max(states[path][1], states[path][2]) + FRESH >= started
            digests[path] = ((-1, 0, 0, 0) if fresh else states[path], digest)
    if folder is not None:
        names = {_name(path, digest): path for path, (_, digest) in digests.items()}
        given_up = {name: fault for name, fault in given_up.items() if name in names}
        kept = {name: found[path] for name, path in names.items() if name not in given_up}
        _keep(folder, before, _Pack(now, digests, kept, tried, given_up))
    return {path: _named(found[path], path) for path in files}


def _measured(
    root: Path, path: str, known: Mapping[str, Measure], limits: Limits
) -> tuple[str, Measure | None]:
    """The digest of a file, and what it is unless that is known; no digest: it cannot be read."""
    try:
        data = (root / path).read_bytes()
    except OSError as error:
        return "", Measure(faults=(MediaFault("broken-media", error.strerror or "it cannot be read"),))
    digest = hashlib.blake2b(data, digest_size=16).hexdigest()
    return digest, None if _name(path, digest) in known else probe(data, path, limits)


def _keep(folder: Path, before: _Pack | None, now: _Pack) -> None:
    """Keep what is known, and no renditions of files that are asked for no more."""
    # These go first, so that a build that is killed leaves no rendition of which nothing is known.
    had = {digest for _, digest in before.states.values()} if before else shelf.digests(folder)
    for digest in had - {digest for _, digest in now.states.values()}:
        shelf.forget(folder, digest)
    if now != (before or _Pack()):
        with suppress(OSError):  # a cache that cannot be written is only slower
            save(folder / FILE, now)


def digest(folder: Path) -> bytes:
    """A digest of all that is known in a cache; empty where nothing is."""
    try:
        return hashlib.blake2b((folder / FILE).read_bytes(), digest_size=16).digest()
    except OSError:
        return b""


def lost(item: Lost, limits: Limits, doing: str) -> MediaFault:
    """What was too much about a file; `doing` is what was done to it."""
    code, message = _LOST[item.reason]
    hint = "" if item.reason == "killed" else "raise that limit in [media.limits], or leave out this file"
    return MediaFault(code, message.format(limits, doing), hint)


def give_up(folder: Path, settings: MediaSettings, faults: Mapping[tuple[str, str], MediaFault]) -> None:
    """Note for the next `measure` what cannot be converted, by path and digest. Raises OSError."""
    now, tried = _version(settings.limits), tried_with(settings)
    pack = load(folder / FILE, _Pack) or _Pack(now, tried=tried)
    before = pack.given_up if pack.tried == tried else {}
    named = {_name(path, digest): fault for (path, digest), fault in faults.items()}
    save(folder / FILE, msgspec.structs.replace(pack, tried=tried, given_up={**before, **named}))


def fetch(folder: Path, store: str) -> None:
    """Begin with the measures that a store has, where a cache has none. Raises OSError."""
    if not (folder / FILE).exists() and (data := objects.get(store, FILE)) and whole(data):
        put(folder / FILE, data)


def share(folder: Path, store: str) -> None:
    """Let a store have the measures of this cache, and no others. Raises OSError."""
    data = (folder / FILE).read_bytes() if (folder / FILE).exists() else packed(_Pack())
    if data != objects.get(store, FILE):
        objects.put(store, FILE, data)


def digest_of(file: Path) -> str:
    """The digest of a file's bytes; "" where it cannot be read."""
    try:
        with file.open("rb") as stream:
            return hashlib.file_digest(stream, lambda: hashlib.blake2b(digest_size=16)).hexdigest()
    except OSError:
        return ""


def _name(path: str, digest: str) -> str:
    return f"{digest}.{suffix_of(path)}"


def _named(measure: Measure, path: str) -> Measure:
    """The measure of another file with the same bytes, for this one."""
    if measure.medium is None or measure.medium.file == path:
        return measure
    return Measure(msgspec.structs.replace(measure.medium, file=path), measure.faults)


@cache
def _code(folder: str, modules: tuple[str, ...]) -> str:
    digest = hashlib.blake2b(digest_size=16)
    here = Path(__file__).parent
    for file in (*(here / folder / f"{name}.py" for name in modules), here / "values.py"):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _version(limits: Limits) -> str:
    """All that decides what comes of measuring, beside the file: our code for it, libraries, limits."""
    versions = [version(library) for library in _LIBRARIES]
    return f"{_code('read', _SOURCES)} {versions} {limits}"


def tried_with(settings: MediaSettings) -> str:
    """All that decides what is too much, beside the file, and what its renditions are."""
    asked = (settings.formats, settings.widths, settings.originals)
    return f"{_version(settings.limits)} {_code('media', _CONVERTERS)} {asked}"
