"""All outputs made and staged, in one process or in many: the stage of a build that takes longest.

What outputs are made with and where they go (`Tools`) is gathered from a linked archive. A worker that is
forked has that from its parent; one on another machine has a workshop of its own, and stages nothing
(`byline.cluster`).
"""

import heapq
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, lru_cache
from itertools import zip_longest
from pathlib import Path
from typing import NamedTuple

import msgspec

from byline import renditions, shelf, standing, survey, wording, write
from byline.archive import Archive
from byline.asked import Progress
from byline.executors import Lost, each
from byline.make import Workshop, make
from byline.media.fonts import Face
from byline.pages import registry
from byline.pages.here import Frame, by_kind
from byline.problems import Problem
from byline.read.probe import MediaFault
from byline.renditions import Task
from byline.settings import MediaSettings
from byline.stages import Checked, Contents
from byline.survey import Survey
from byline.values import Artifact, Kept, Manifest, Output

# So many outputs are named that took longest.
SLOWEST = 10


class Job(msgspec.Struct, frozen=True):
    """What is built from where to where, for which day.

    `shelf` holds renditions, and what machines share; for those that share no folder `store`, an address.
    """

    root: Path
    target: Path
    day: str
    shelf: Path
    store: str = ""


class Tools(msgspec.Struct, frozen=True):
    """What outputs are made with: the workshop, and the stage they go to.

    `contents` is what the archive was linked from, `digest` that of the manifest of the last build; `waiting`
    are the outputs that do not stand, and `stands` has what is kept for the next build.
    """

    workshop: Workshop
    stage: write.Stage
    contents: Contents
    digest: bytes
    waiting: Sequence[Output]
    stands: standing.Stands | None = None


# What an output is now, its problem, or None where it is as the last build left it; who is named; seconds.
Made = tuple[Kept | Problem | None, bytes, float]
# Makes outputs, so many at a time, and gives what is made with its number, in any order.
Spread = Callable[[Job, Tools, Sequence[Output], int], Iterator[tuple[int, Made | Lost]]]
# Makes renditions and puts them on the job's shelf, and gives what failed with the number of its task.
Convert = Callable[[Job, Sequence[Task], MediaSettings], Iterator[tuple[int, MediaFault | None]]]


class Unable(Exception):
    """That others cannot do the work of a build, as a problem."""

    def __init__(self, problem: Problem) -> None:
        """The problem says why, and what to do."""
        super().__init__(problem)
        self.problem = problem


class Executor(NamedTuple):
    """Where the work of a build is done: files are converted, outputs are made."""

    convert: Convert
    make: Spread


def gather(job: Job, checked: Checked, known: Survey | None = None) -> Tools | None:
    """The tools for an archive that was checked and is sound; `known` is an earlier survey of the output.

    None where more has to be made than what was checked has words for.
    """
    (past, digest), contents = survey.past(job.target, known), checked.contents
    place = workshop(job.root, checked, past, job.shelf)
    stage = write.Stage(job.target, past)
    if not contents.alike:
        return Tools(place, stage, contents, digest, checked.outputs)
    around = standing.around(place)
    files = [output for output in checked.apart if output.kind not in registry.BY_NAME]
    made = standing.Made(
        standing.state(around, contents.alike, checked.apart),
        contents.digests,
        contents.statics,
        standing.state(around, contents.nameless, files) if contents.nameless else b"",
        contents.rows,
    )
    stands = standing.standing(place, checked, made, job.shelf, digest)
    if stands is None:
        return None
    stage.files = stands.files
    return Tools(place, stage, contents, digest, stands.waiting, stands)


def workshop(root: Path, checked: Checked, past: Manifest, kept: Path) -> Workshop:
    """What makes the outputs of an archive that was checked and is sound."""
    assert checked.archive is not None
    assert checked.templates is not None
    indexed = cache(lambda: registry.indexed(checked.outputs))
    frame = _frame(checked.archive, checked.apart, checked.assets, checked.fonts, indexed)
    return Workshop(root, frame, checked.templates, checked.assets, past, kept)


def differences(job: Job, checked: Checked) -> Iterator[tuple[Output, str]]:
    """The pages that the next build would write, and what will be different there.

    Raises OSError where a file of the output cannot be read.
    """
    tools = gather(job, checked)
    assert tools is not None
    place = tools.workshop
    for output in tools.waiting:
        made = make(place, output) if output.kind in registry.BY_NAME else None
        known = place.past.files.get(output.path)
        if not isinstance(made, Artifact) or made.data is None or (known and known[1] == made.digest):
            continue
        if known is None:
            yield output, "it is new"
        elif not known[1]:
            yield output, "its file is missing or was changed"
        elif (before := (job.target / output.path).read_bytes()) != made.data:  # else somebody did it by hand
            yield output, _first(before, made.data)


def _first(before: bytes, after: bytes) -> str:
    """The first line in which two texts differ, as both have it, from shortly before they do."""
    lines = zip_longest(before.splitlines(), after.splitlines(), fillvalue=b"")
    number, pair = next((at, pair) for at, pair in enumerate(lines, 1) if pair[0] != pair[1])
    old, new = (line.decode("utf-8", "replace").strip() for line in pair)
    differ = (at for at, (one, other) in enumerate(zip_longest(old, new)) if one != other)
    start = max(0, next(differ, 0) - 60)
    said = (("…" if start else "") + text[start:][:100] for text in (old, new))
    return f"line {number}: {' → '.join(said)}"


def here(workers: int) -> Executor:
    """In processes of this machine."""

    def convert(
        job: Job, tasks: Sequence[Task], settings: MediaSettings
    ) -> Iterator[tuple[int, MediaFault | None]]:
        yield from renditions.convert(job.root, job.shelf, tasks, settings.limits, workers)
        if job.store:
            shelf.share(job.shelf, job.store, renditions.names(tasks))

    def make(
        _job: Job, tools: Tools, outputs: Sequence[Output], chunk: int
    ) -> Iterator[tuple[int, Made | Lost]]:
        return each(lambda output: make_one(tools, output), outputs, workers=workers, chunk=chunk, joins=True)

    return Executor(convert, make)


def make_one(tools: Tools, output: Output) -> Made:
    """Make an output and stage it. Raises OSError where it cannot be written."""
    begun = time.perf_counter()
    now, named = staged(tools, make(tools.workshop, output))
    return now, named, time.perf_counter() - begun


def staged(tools: Tools, made: Artifact | Problem) -> tuple[Kept | Problem | None, bytes]:
    """What was made, staged: what it is now, or None as before; and who is named there.

    Raises OSError where it cannot be written.
    """
    if not isinstance(made, Artifact):
        return made, b""
    tools.stage.put(made)
    entry = (made.key, made.digest, made.size)
    return None if tools.workshop.past.files.get(made.path) == entry else entry, made.named


def make_all(
    job: Job, tools: Tools, progress: Progress, spread: Spread
) -> tuple[list[Problem], int, list[tuple[float, str]]]:
    """Make and stage every output that does not stand: what could not be made, how many were,
    and seconds of those that took longest.

    Raises OSError where nothing can be written.
    """
    past, waiting = tools.workshop.past.files, tools.waiting
    failed: list[Problem] = []
    slowest = [(0.0, "")] * SLOWEST
    many = 0
    if any(output.kind in registry.BY_NAME for output in waiting):
        tools.workshop.templates.ready()
    for done, (number, answer) in enumerate(spread(job, tools, waiting, 64)):
        progress("make", done, len(waiting))
        path = waiting[number].path
        if isinstance(answer, Lost):
            raise OSError(0, f"the processes that made {path} were ended")
        made, named, seconds = answer
        if isinstance(made, Problem):
            failed.append(made)
            continue
        if tools.stands and waiting[number].kind in registry.BY_NAME:
            tools.stands.names.add(path, named)
        tools.stage.files[path] = made or past[path]
        if made:
            many += 1
            heapq.heappushpop(slowest, (seconds, path))
    return failed, many, [one for one in sorted(slowest, reverse=True) if one[1]]


def _frame(
    archive: Archive,
    apart: Sequence[Output],
    assets: Iterable[str],
    fonts: tuple[Face, ...],
    indexed: Callable[[], Sequence[str]],
) -> Frame:
    language = archive.settings.archive.language
    catalogue, number = wording.catalogue(language), wording.filters(language)["number"]
    icons = [o.path for o in apart if o.kind == "static" and o.path in ("favicon.svg", "favicon.ico")]
    icons += [href for href in assets if "/favicon." in href or "/icon." in href]
    return Frame(
        archive=archive,
        documents=by_kind(archive),
        styles=tuple(href for href in assets if href.endswith(".css")),
        scripts=tuple(href for href in assets if href.endswith(".js")),
        icon=sorted(icons[:2])[-1] if icons else "",
        indexed=indexed,
        say=cache(lambda text: catalogue.gettext(text) if text else ""),
        count=lru_cache(1 << 14)(lambda one, many, n: catalogue.ngettext(one, many, n) % {"num": number(n)}),
        fonts=fonts,
    )
