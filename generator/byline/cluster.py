"""Making renditions and pages on a cluster of machines, with Dask: same bytes, only sooner.

All sides run the same program, have the archive's folder at the same path, and reach one cache: a folder or a
store. This process leaves there what it has read. A worker links the archive from that, once, makes the pages
that it is sent and sends them back; renditions it leaves in the cache. Workers write nothing else. One that
is lost costs its own work, which others do again.
"""

import asyncio
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

import msgspec

from byline import objects, packs, renditions, shelf, standing
from byline.asked import Progress, silent
from byline.assembly import Executor, Job, Made, Tools, Unable, make_one, staged, workshop
from byline.checking import linked, plan
from byline.executors import Lost
from byline.make import Workshop, make
from byline.measures import tried_with
from byline.mentions import documents
from byline.pages.registry import BY_NAME
from byline.problems import Place, Problem
from byline.read.probe import MediaFault
from byline.renditions import Task
from byline.settings import MediaSettings
from byline.stages import Contents
from byline.values import Artifact, Kept, Manifest, Output
from byline.wordless import filled, with_bodies

T = TypeVar("T")
R = TypeVar("R")

# A process that converts takes a fifth of a second to start, a photograph one or two to be converted.
FILES = 4
# So many tasks are under way at least, and two for every thread: what was made waits in workers' memory.
AHEAD = 32
# Seconds in which a scheduler answers, and in which a worker has come to it where there is none.
ANSWER = 5.0
COMING = 30.0
LOOK = 0.02  # seconds until it is looked again whether anything is done
_LOCK = threading.Lock()
_KNOWN: dict[tuple[Job, bytes], Workshop] = {}


def cluster(scheduler: str, progress: Progress = silent) -> Executor:
    """Do the work of a build on the workers of the Dask scheduler at an address (tcp://host:8786).

    Raises Unable where there is none, or where a worker has another archive than this process.
    """

    def convert(
        job: Job, tasks: Sequence[Task], settings: MediaSettings
    ) -> Iterator[tuple[int, MediaFault | None]]:
        if not tasks:
            return
        with _client(scheduler, progress) as client:
            words = _far(job), settings, tried_with(settings)
            for number, fault in _spread(client, _convert, words, tasks, FILES):
                if isinstance(fault, Lost):  # not by its file, for which there is a process of its own
                    raise _unable(f"the workers that converted {tasks[number][0].file} were ended", _MEMORY)
                yield number, fault
        if job.store:
            shelf.fetch(job.shelf, job.store, renditions.names(tasks))

    def make_there(
        job: Job, tools: Tools, outputs: Sequence[Output], chunk: int
    ) -> Iterator[tuple[int, Made | Lost]]:
        past = tools.workshop.past.files
        pages = [number for number, output in enumerate(outputs) if output.kind in BY_NAME]
        items = [(outputs[number], past.get(outputs[number].path)) for number in pages]
        state = _state(tools.workshop)
        with _client(scheduler, progress) as client, _left(job, state, tools.contents):
            answers = _spread(client, _make, (_far(job), state), items, chunk)
            for number in sorted(set(range(len(outputs))).difference(pages)):  # files, which are only copied
                yield number, make_one(tools, outputs[number])
            for at, answer in answers:
                if isinstance(answer, Lost):
                    raise _unable(f"the workers that made {items[at][0].path} were ended", _MEMORY)
                made, seconds = answer
                yield pages[at], (*staged(tools, made), seconds)

    return Executor(convert, make_there)


def _spread(
    client: Any, work: Callable[..., list[R]], words: tuple[Any, ...], items: Sequence[T], chunk: int
) -> Iterator[tuple[int, R | Lost]]:
    """The results of work on items, so many at a time, with their numbers; begins at once."""
    from distributed import KilledWorker, as_completed

    waiting = deque((at, min(at + chunk, len(items))) for at in range(0, len(items), chunk))
    ranges: dict[str, tuple[int, int]] = {}
    running: Any = as_completed(loop=client.loop)  # type: ignore[no-untyped-call]

    def submit() -> None:
        start, stop = waiting.popleft()
        future = client.submit(work, *words, list(items[start:stop]), pure=False)
        ranges[future.key] = start, stop
        running.add(future)

    def results() -> Iterator[tuple[int, R | Lost]]:
        for future in _done(client, running):
            start, stop = ranges.pop(future.key)
            try:
                yield from enumerate(future.result(), start)
            except KilledWorker:
                if stop - start == 1:
                    yield start, Lost("killed")
                else:
                    waiting.extendleft((at, at + 1) for at in range(start, stop))
            future.release()
            while waiting and len(ranges) < ahead:
                submit()

    ahead = max(AHEAD, 2 * sum(client.nthreads().values()))
    while waiting and len(ranges) < ahead:
        submit()
    return results()


def _done(client: Any, running: Any) -> Iterator[Any]:
    """What is done, as it is. Raises Unable where all workers were lost and none has come in their place."""
    seen = asked = time.monotonic()
    while not running.is_empty():
        if running.has_ready():
            yield next(running)
            continue
        time.sleep(LOOK)
        now = time.monotonic()
        if now > asked + min(1.0, COMING):
            asked = now
            seen = now if client.nthreads() else seen
        if asked > seen + COMING:
            raise _deserted(client.scheduler.address)


@contextmanager
def _client(scheduler: str, progress: Progress) -> Iterator[Any]:
    """A client of a scheduler that has workers with this program. Raises Unable, also where that is lost."""
    from distributed import CancelledError, Client
    from distributed.comm.core import CommClosedError

    # That what a lost worker had made is made again is no news, and of a lost scheduler we tell ourselves.
    for name in ("client", "utils"):
        logging.getLogger(f"distributed.{name}").setLevel(logging.CRITICAL)
    try:
        # A client would wait for ever for what listens there and says nothing.
        asyncio.run(asyncio.wait_for(_greeted(scheduler), 2 * ANSWER))
        client: Any = Client(scheduler, timeout=ANSWER, set_as_default=False)  # type: ignore[no-untyped-call]
    except Exception as error:  # any: what was said there may be the words of another server
        secure = "certificates for tls:// are named in Dask's own settings"
        hint = "start one with `dask scheduler`, and give the address that it names"
        raise _unable(
            f"no scheduler answers at {scheduler}", secure if scheduler.startswith("tls:") else hint
        ) from error
    try:
        with client:
            until = time.monotonic() + COMING
            while not client.nthreads():
                progress("wait for workers", 0, 0)
                if time.monotonic() > until:
                    raise _deserted(scheduler)
                time.sleep(0.2)
            for worker, answer in client.run(_here, on_error="return").items():
                # Of one that is being lost the answer is an OSError.
                if isinstance(answer, Exception) and not isinstance(answer, OSError):
                    raise _unable(f"the worker at {worker} cannot run this program: {answer}", _ALIKE)
            yield client
    except (CommClosedError, CancelledError) as error:
        raise _unable(f"the scheduler at {scheduler} was lost", "start it again, and build again") from error


async def _greeted(scheduler: str) -> None:
    """Whether a scheduler is there at all. Raises what comes of asking something else."""
    from distributed.comm.core import connect
    from distributed.core import send_recv
    from distributed.security import Security

    words = Security().get_connection_args("client")  # type: ignore[no-untyped-call]
    comm = await connect(scheduler, timeout=ANSWER, **words)  # type: ignore[no-untyped-call]
    told = await send_recv(comm, op="identity", close=True)
    if told["type"] != "Scheduler":
        raise ValueError(told["type"])


def _here() -> None:
    """On a worker: nothing; only who has this program can be asked for it."""


_ALIKE = "give all machines the same version of Byline and its libraries, and the same files of the archive"
_MEMORY = "give workers more memory"


def _unable(message: str, hint: str) -> Unable:
    return Unable(Problem("no-cluster", message, Place("--scheduler"), hint))


def _deserted(scheduler: str) -> Unable:
    return _unable(
        f"the scheduler at {scheduler} has no workers", f"start one with `dask worker {scheduler}`"
    )


def _far(job: Job) -> Job:
    """A job as others understand it."""
    return msgspec.structs.replace(
        job, root=job.root.absolute(), target=job.target.absolute(), shelf=job.shelf.absolute()
    )


def _name(state: bytes) -> str:
    """The name of what an archive is linked from, in the cache while a cluster works on it."""
    return f"{packs.SHARED}{state.hex()}"


@contextmanager
def _left(job: Job, state: bytes, contents: Contents) -> Iterator[None]:
    """Leave contents in the cache for as long as workers need them. Raises OSError."""
    file = job.shelf / _name(state)
    words = [with_bodies(document, filled) for document in contents.documents]
    data = packs.packed(
        msgspec.structs.replace(
            contents, problems=(), documents=words, digests={}, earlier={}, rows={}, statics={}, stages=()
        )
    )
    if job.store:
        objects.put(job.store, file.name, data)
    else:
        packs.put(file, data)
    try:
        yield
    finally:
        if job.store:
            objects.delete(job.store, [file.name])
        else:
            file.unlink(missing_ok=True)


def _make(
    job: Job, state: bytes, items: Sequence[tuple[Output, Kept | None]]
) -> list[tuple[Artifact | Problem, float]]:
    """On a worker: make pages, one range at a time: pages of a listing share answers."""
    with _LOCK:
        if (job, state) not in _KNOWN:
            _KNOWN.clear()
            _KNOWN[job, state] = _gathered(job, state)
        past = Manifest({output.path: entry for output, entry in items if entry})
        place = msgspec.structs.replace(_KNOWN[job, state], past=past)
        made = []
        for output, _ in items:
            begun = time.perf_counter()
            made.append((make(place, output), time.perf_counter() - begun))
        return made


def _gathered(job: Job, state: bytes) -> Workshop:
    """What pages of an archive are made with, from what was left in the cache. Raises Unable."""
    file, data = job.shelf / _name(state), None
    with suppress(OSError):
        data = objects.get(job.store, file.name) if job.store else file.read_bytes()
    contents = packs.unpacked(data, Contents) if data else None
    if contents is None or contents.scan is None:
        hint = "let all machines reach one cache: a folder that they share by the same path, or a store"
        raise _unable("a worker does not find in the cache what was left there for it", hint)
    checked = plan(job.root, linked(contents, contents.scan, job.day))
    place = workshop(job.root, checked, Manifest(), job.shelf) if checked.sound else None
    if place is None or _state(place) != state:
        raise _different()
    return place


def _convert(job: Job, settings: MediaSettings, tried: str, tasks: list[Task]) -> list[MediaFault | None]:
    """On a worker: make renditions of a few files and leave them in the cache."""
    from distributed import get_worker

    if tried_with(settings) != tried:
        raise _different()
    if not job.store:
        return _converted(job, job.shelf, tasks, settings)
    with TemporaryDirectory(dir=get_worker().local_directory) as folder:
        faults = _converted(job, Path(folder), tasks, settings)
        shelf.share(Path(folder), job.store, renditions.names(tasks))
    return faults


def _converted(job: Job, kept: Path, tasks: list[Task], settings: MediaSettings) -> list[MediaFault | None]:
    faults = renditions.convert_apart(job.root, kept, tasks, settings.limits)
    made = [task for task, fault in zip(tasks, faults, strict=True) if fault is None]
    if not all(shelf.holds(kept, *name) for name in renditions.names(made)):
        raise _different()
    return faults


def _different() -> Unable:
    return _unable("a worker has another archive or another version of the program", _ALIKE)


def _state(place: Workshop) -> bytes:
    """A digest of all that pages are made from."""
    library = place.frame.archive.library
    whole = [with_bodies(document, filled) for document in documents(library)]
    return standing.state(standing.around(place), whole, place.frame.indexed())
