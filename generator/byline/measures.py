"""Files that documents refer to, measured once in their life: what came of it is kept by their digest.

A file that was renamed or touched is read again, to know its digest, and not measured again.
"""

import hashlib
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import msgspec

from byline import shelf
from byline.executors import Lost, each
from byline.packs import FRESH, load, save
from byline.read.probe import Measure, MediaFault, probe, refused, suffix_of
from byline.read.scan import State
from byline.settings import Limits

FILE = "media.msgpack"
_LIBRARIES = ("pillow", "av", "py-svg-hush")
_LOST = {
    "time": ("media-limit", "it takes longer than {seconds} seconds to be read"),
    "memory": ("media-limit", "it takes more than {memory:,} bytes of memory to be read"),
    "killed": ("broken-media", "reading it ended the process that read it"),
}


class _Pack(msgspec.Struct, frozen=True):
    """`states` has the state and digest of every file, `known` what came of it by digest and suffix."""

    version: str = ""
    states: dict[str, tuple[State, str]] = {}
    known: dict[str, Measure] = {}


def measure(
    root: Path,
    files: Sequence[str],
    states: Mapping[str, State],
    limits: Limits,
    folder: Path | None,
    progress: Callable[[str, int, int], None],
    workers: int,
    verify: bool,
) -> dict[str, Measure]:
    """What every file is, or why it is not published. Of files that are asked for no more, renditions go too.

    `folder` is the cache, if any; `verify` has every file read again.
    """
    started = time.time_ns()
    pack = (load(folder / FILE, _Pack) if folder else None) or _Pack()
    now = _version(limits)
    known = pack.known if pack.version == now else {}
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

    def one(path: str) -> tuple[str, Measure | None]:
        """The digest of a file, and what it is unless that is known; no digest: it cannot be read."""
        try:
            data = (root / path).read_bytes()
        except OSError as error:
            return "", Measure(faults=(MediaFault("broken-media", error.strerror or "it cannot be read"),))
        digest = hashlib.blake2b(data, digest_size=16).hexdigest()
        return digest, None if _name(path, digest) in known else probe(data, path, limits)

    bounds = {"seconds": limits.seconds, "memory": limits.memory}
    for number, answer in each(one, waiting, workers=workers, chunk=4, **bounds):
        progress("measure", number, len(waiting))
        path = waiting[number]
        if isinstance(answer, Lost):
            code, message = _LOST[answer.reason]
            found[path] = Measure(faults=(MediaFault(code, message.format(**bounds)),))
            continue
        digest, made = answer
        found[path] = known[_name(path, digest)] if made is None else made
        if digest:
            fresh = max(states[path][1], states[path][2]) + FRESH >= started
            digests[path] = ((-1, 0, 0, 0) if fresh else states[path], digest)
    if folder is not None:
        kept = {_name(path, digest): found[path] for path, (_, digest) in digests.items()}
        if (now, digests, kept) != (pack.version, pack.states, pack.known):
            with suppress(OSError):  # a cache that cannot be written is only slower
                save(folder / FILE, _Pack(now, digests, kept))
        for digest in {d for _, d in pack.states.values()} - {d for _, d in digests.values()}:
            shelf.forget(folder, digest)
    return {path: _named(found[path], path) for path in files}


def _name(path: str, digest: str) -> str:
    return f"{digest}.{suffix_of(path)}"


def _named(measure: Measure, path: str) -> Measure:
    """The measure of another file with the same bytes, for this one."""
    if measure.medium is None or measure.medium.file == path:
        return measure
    return Measure(msgspec.structs.replace(measure.medium, file=path), measure.faults)


@cache
def _code() -> str:
    digest = hashlib.blake2b(digest_size=16)
    folder = Path(__file__).parent
    for name in ("captions", "pictures", "probe", "streams", "strip", "svg"):
        digest.update((folder / "read" / f"{name}.py").read_bytes())
    digest.update((folder / "values.py").read_bytes())
    return digest.hexdigest()


def _version(limits: Limits) -> str:
    """All that decides what comes of measuring, beside the file: our code for it, libraries, limits."""
    versions = []
    for library in _LIBRARIES:
        try:
            versions.append(version(library))
        except PackageNotFoundError:
            versions.append("-")
    return f"{_code()} {versions} {limits}"
