"""The last build, and whether the next one would be the same: decided before anything else is imported.

It would be if nothing that a build reads has another state, the day decides no embargo, and the output is
as it was left. Everything counts by size, times and number, folders too, so that a file that is gone is
missed; a build whose sources changed while it ran, or just before, is not remembered.
"""

import hashlib
import os
import stat
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import msgspec

from byline.builtin import builtin
from byline.packs import FRESH, load, save
from byline.problems import Located
from byline.values import Manifest

FILE = "last.msgpack"
MANIFEST = ".byline-manifest.json"


class Timings(msgspec.Struct, frozen=True):
    """What a build spent: seconds by stage, files read of all, pages made of all, the slowest of them."""

    stages: tuple[tuple[str, float], ...] = ()
    read: tuple[int, int] = (0, 0)
    made: tuple[int, int] = (0, 0)
    slowest: tuple[tuple[float, str], ...] = ()


class Built(msgspec.Struct, frozen=True):
    """What a build did: problems with their places, pages and files of the site, what changed."""

    located: tuple[Located, ...]
    done: bool
    outputs: int = 0
    changed: int = 0
    removed: int = 0
    foreign: tuple[str, ...] = ()
    timings: Timings = Timings()


class _Last(msgspec.Struct, frozen=True):
    """A build that was done: what was asked, what it read, for which days it holds, what it left."""

    request: bytes
    reads: tuple[str, ...]
    inputs: bytes
    since: str
    until: str
    output: str
    manifest: tuple[int, ...]
    built: Built


def repeated(
    root: Path, output: Path | None, overrides: Sequence[str], day: str, cache: Path
) -> Built | None:
    """What the last build did, if the same would be done again; None where that is not known."""
    last = load(cache / FILE, _Last)
    if last is None or last.request != _request(output, overrides) or not last.since <= day < last.until:
        return None
    try:
        inputs = _inputs(root, last.reads)
    except OSError:
        return None
    if inputs is None or inputs[0] != last.inputs:
        return None
    target = Path(last.output)
    if _state(target / MANIFEST) != last.manifest:
        return None
    manifest = msgspec.json.decode((target / MANIFEST).read_bytes(), type=Manifest)
    stand = all(_size(f"{target}/{path}") == entry[2] for path, entry in manifest.files.items())
    return last.built if stand else None


def remember(
    root: Path,
    output: Path | None,
    overrides: Sequence[str],
    days: tuple[str, str],
    cache: Path,
    started: int,
    reads: Sequence[str],
    target: Path,
    built: Built,
) -> None:
    """Keep a build that was done. `days` are the first on which it holds, and the first on which not.

    `reads` are the files and folders that it read, relative to `root`; `started` is when it began. A cache
    that cannot be written is only slower.
    """
    with suppress(OSError):
        (cache / FILE).unlink(missing_ok=True)
        inputs = _inputs(root, reads)
        if inputs is None or inputs[1] + FRESH >= started:
            return
        again = Built(built.located, True, built.outputs)
        request, manifest = _request(output, overrides), _state(target / MANIFEST)
        where = str(target.absolute())
        save(cache / FILE, _Last(request, tuple(reads), inputs[0], *days, where, manifest, again))


def _request(output: Path | None, overrides: Sequence[str]) -> bytes:
    """A digest of how the program was called, and of what it runs with."""
    installed = sorted(
        entry.name
        for folder in dict.fromkeys(sys.path)
        if Path(folder).is_dir()
        for entry in os.scandir(folder)
        if entry.name.endswith((".dist-info", ".egg-info"))
    )
    asked = (str(output.absolute()) if output else "", list(overrides), sys.version, installed)
    return hashlib.blake2b(msgspec.msgpack.encode(asked), digest_size=16).digest()


def _inputs(root: Path, reads: Sequence[str]) -> tuple[bytes, int] | None:
    """A digest of the state of all that a build reads, and the newest time in it.

    None where a link is in it: what it leads to may change without it.
    """
    digest = hashlib.blake2b(digest_size=16)
    newest = 0
    package = Path(__file__).parent
    for top in (*(root / one for one in reads), package, builtin("templates"), builtin("themes")):
        for path, state in _below(str(top)):
            if stat.S_ISLNK(state.st_mode):
                return None
            newest = max(newest, state.st_mtime_ns, state.st_ctime_ns)
            digest.update(
                f"{path}\0{state.st_mode} {state.st_size} {state.st_mtime_ns} {state.st_ctime_ns} "
                f"{state.st_ino}\0".encode("utf-8", "surrogatepass")
            )
    return digest.digest(), newest


def _below(top: str) -> Iterator[tuple[str, os.stat_result]]:
    """Everything at and below a path, with its state, in a stable order; nothing where nothing is."""
    try:
        yield top, os.lstat(top)
        listed = sorted(os.scandir(top), key=lambda entry: entry.name)
    except OSError:
        return
    for entry in listed:
        if entry.name == "__pycache__":
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _below(entry.path)
        else:
            yield entry.path, entry.stat(follow_symlinks=False)


def _state(path: Path) -> tuple[int, ...]:
    try:
        found = path.stat()
    except OSError:
        return ()
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino


def _size(path: str) -> int:
    try:
        return os.lstat(path).st_size
    except OSError:
        return -1
