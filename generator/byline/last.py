"""The last build, and whether the next one would be the same: decided before anything else is imported.

It would be if nothing that a build reads has another state, the day decides no embargo, and the output is
as it was left. A file counts by size, times and number: one that is changed after it was looked at has
another state the next time. One that was new then may not, so a build that saw such a file is not repeated.

Where another build follows, it gets what was seen here, so that nothing is looked at twice.
"""

import hashlib
import os
import stat
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import NamedTuple

import msgspec

from byline.aside import aside
from byline.asked import Asked
from byline.builtin import builtin
from byline.installed import records
from byline.packs import FRESH, clock, load, save
from byline.problems import Located
from byline.read.scan import Walked, scan
from byline.survey import Strangers, Survey, digest_of, strangers, survey

FILE = "last.msgpack"


class Timings(msgspec.Struct, frozen=True):
    """What a build spent: seconds by stage, files read of all, pages made of all, the slowest of them."""

    stages: tuple[tuple[str, float], ...] = ()
    read: tuple[int, int] = (0, 0)
    made: tuple[int, int] = (0, 0)
    slowest: tuple[tuple[float, str], ...] = ()


class Built(msgspec.Struct, frozen=True):
    """What a build did: problems with their places, pages and files of the site, what changed.

    `templates` are those that it needed, if it made few pages.
    """

    located: tuple[Located, ...]
    done: bool
    outputs: int = 0
    changed: int = 0
    removed: int = 0
    foreign: tuple[str, ...] = ()
    timings: Timings = Timings()
    templates: tuple[str, ...] = ()


class _Last(msgspec.Struct, frozen=True):
    """A build that was done: what was asked, what it read, for which days it holds, what it left.

    `content` is the folder of content, `reads` are the other files and folders; `inputs` is a digest of how
    all of that stood, empty where it may have changed without another state.
    """

    request: bytes
    content: str
    reads: tuple[str, ...]
    inputs: bytes
    since: str
    until: str
    output: bytes
    manifest: bytes
    built: Built


class Seen(NamedTuple):
    """What a build finds that was done before: the folder of content, the output `target` and what is in it.

    `inputs` is the digest of content and of what else it `reads`, `templates` are those that the last build
    needed, if it made few pages; `again` is what it did, if this one would do the same.
    """

    walked: Walked
    reads: tuple[str, ...]
    inputs: bytes
    target: Path
    survey: Callable[[], Survey]
    strangers: Callable[[], Strangers]
    templates: tuple[str, ...] = ()
    again: Built | None = None


def look(root: Path, output: Path | None, overrides: Sequence[str], day: str, cache: Path) -> Seen | None:
    """Look at what a build reads, and at the output by other processes; None where no such build is known."""
    last = load(cache / FILE, _Last)
    if last is None or last.request != _request(output, overrides):
        return None
    started, target = clock(cache), Path(os.fsdecode(last.output))
    surveyed = aside(lambda: survey(target), Survey)
    found = scan(root, last.content)
    walked = Walked(started, last.content, lambda: found)
    inputs = inputs_of(root, walked, last.reads)
    same = inputs and inputs == last.inputs and last.since <= day < last.until
    if same and surveyed() == Survey(last.manifest):
        again = last.built
        if again.located:
            from byline.read.places import with_excerpts  # with parsers

            again = msgspec.structs.replace(again, located=with_excerpts(root, again.located))
        return Seen(walked, last.reads, inputs, target, surveyed, partial(strangers, target), again=again)
    beside = aside(lambda: strangers(target), Strangers)
    return Seen(walked, last.reads, inputs, target, surveyed, beside, last.built.templates)


def inputs_of(root: Path, walked: Walked, reads: Sequence[str]) -> bytes:
    """A digest of how all stands that a build reads: content, which was `walked` through, and the rest.

    Empty where some of that cannot be looked at, or may change without another state: a file that is as new
    as the walk, or a link outside of content, where links are followed.
    """
    found = walked.scan()
    digest = hashlib.blake2b(msgspec.msgpack.encode(found), digest_size=16)
    _, written, changed, _ = zip(*found.states.values(), strict=True) if found.states else ((0,),) * 4
    newest = max(max(written), max(changed))
    package = Path(__file__).parent
    tops = [*(root / one for one in reads), package, builtin("templates"), builtin("themes")]
    try:
        for path, state in (one for top in tops for one in _below(str(top))):
            if stat.S_ISLNK(state.st_mode):
                return b""
            newest = max(newest, state.st_mtime_ns, state.st_ctime_ns)
            digest.update(
                f"{path}\0{state.st_mode} {state.st_size} {state.st_mtime_ns} {state.st_ctime_ns} "
                f"{state.st_ino}\0".encode("utf-8", "surrogatepass")
            )
    except OSError:  # it went meanwhile, or may not be read: the build says so, if it matters
        return b""
    return digest.digest() if newest + FRESH < walked.started else b""


def remember(
    asked: Asked,
    output: Path | None,
    days: tuple[str, str],
    content: str,
    reads: tuple[str, ...],
    inputs: bytes,
    target: Path,
    built: Built,
) -> None:
    """Keep a build that was done. `days` are the first on which it holds, and the first on which not.

    It read the folder `content`, and the files and folders `reads`, by their paths in the archive; `inputs`
    is their digest. A cache that cannot be written is only slower.
    """
    cache = asked.cache
    if cache is None:
        return
    with suppress(OSError):
        (cache / FILE).unlink(missing_ok=True)
        request, where = _request(output, asked.overrides), os.fsencode(target.absolute())
        # The line of a problem may be all that somebody says who has withdrawn: it is kept nowhere.
        located = tuple([msgspec.structs.replace(one, excerpt="") for one in built.located])
        again = Built(located, True, built.outputs, templates=built.templates)
        kept = _Last(request, content, reads, inputs, *days, where, digest_of(target), again)
        save(cache / FILE, kept)


def _request(output: Path | None, overrides: Sequence[str]) -> bytes:
    """A digest of how the program was called, and of what it runs with."""
    asked = (os.fsencode(output.absolute()) if output else b"", list(overrides), sys.version, records())
    return hashlib.blake2b(msgspec.msgpack.encode(asked), digest_size=16).digest()


def _below(top: str) -> Iterator[tuple[str, os.stat_result]]:
    """Everything at and below a path, with its state, in a stable order; nothing where nothing is.

    Raises OSError where something goes meanwhile.
    """
    waiting = [top]
    while waiting:
        path = waiting.pop()
        try:
            state = os.lstat(path)
        except OSError:
            if path == top:
                return
            raise
        yield path, state
        if stat.S_ISDIR(state.st_mode):
            with suppress(OSError):
                names = sorted((entry.name for entry in os.scandir(path)), reverse=True)
                waiting += [f"{path}/{name}" for name in names if name != "__pycache__"]
