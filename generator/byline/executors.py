"""Doing the same work on many items: in this process, or in several that are forked from it.

Forked workers see all that their parent had, without a copy; only ranges of items and results travel. A
worker writes what it is at into memory that it shares with its parent, which so knows which item was too
much for it: every other item is done all the same.
"""

import mmap
import os
import pickle
import signal
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import msgspec

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

T = TypeVar("T")
R = TypeVar("R")
_Range = tuple[int, int]

# So many workers may end at the same item before it is given up: the first may have been ended by others.
ENDS = 3


class Lost(msgspec.Struct, frozen=True):
    """An item without a result: it took too long, wanted too much memory, or ended its workers."""

    reason: Literal["time", "memory", "killed"]


def cores() -> int:
    """The processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def each(
    work: Callable[[T], R],
    items: Sequence[T],
    *,
    workers: int,
    chunk: int = 64,
    first: int = 0,
    seconds: float | None = None,
    memory: int | None = None,
    joins: bool = False,
) -> Iterator[tuple[int, R | Lost]]:
    """The result of `work` for every item, with the item's number, in the order in which they are done.

    `workers` processes begin at once, whether or not anybody waits yet. They take `chunk` items at a time, to
    begin with up to `first`, for a caller who has something else to do meanwhile. One item may take
    `seconds`, and a worker may allocate `memory` bytes beyond what it inherited (where the system can hold it
    to that). What `work` raises is raised here and ends it all; results and exceptions must pickle. An item
    may be worked on twice where a worker was ended from outside. Where the system allows fewer processes
    there are fewer; raises OSError where it allows none.

    Where this process `joins` the work it is one of the workers, for what needs no bounds: what it has in
    memory is copied by every other one that looks at it, since looking counts references.

    Where one process is enough and nothing is bounded, or the platform cannot fork, all is done right here.
    """
    few = workers < 2 or len(items) <= chunk
    if not hasattr(os, "fork") or (few and seconds is None and memory is None):
        return ((number, work(item)) for number, item in enumerate(items))
    others = max(workers - joins, 1)
    answers = _answers(work, items, others, _ranges(len(items), others, chunk, first), seconds, memory, joins)
    next(answers)
    return answers


def _ranges(count: int, others: int, chunk: int, first: int) -> deque[_Range]:
    """All items in ranges: longer ones to begin with, as far as there is as much again for everybody."""
    first = max(chunk, min(first, count // (2 * others)))
    starts = [*range(0, others * first, first), *range(others * first, count, chunk)]
    return deque((at, min(stop, count)) for at, stop in pairwise([*starts, count]) if at < count)


def _answers(
    work: Callable[[T], R],
    items: Sequence[T],
    others: int,
    ranges: deque[_Range],
    seconds: float | None,
    memory: int | None,
    joins: bool,
) -> Iterator[tuple[int, R | Lost]]:
    """What others answer, and this process beside them where it joins, after a first answer to nobody."""
    ends: dict[int, int] = {}
    crew: list[_Worker] = []
    own = range(0)

    def fill() -> None:
        nonlocal others
        while ranges and len(crew) < others:
            try:
                crew.append(_Worker(lambda number: work(items[number]), memory, crew, ranges[0]))
            except OSError:
                if not crew:
                    raise
                others = len(crew)  # the system allows no more
            else:
                ranges.popleft()

    try:
        fill()
        yield -1, Lost("killed")
        while ranges or crew or own:
            fill()
            if joins and ranges and not own:
                own = range(*ranges.popleft())
            # Asking the system takes as long as a part of an item: a process that joins the work is told.
            asks = not own or any(worker.done() for worker in crew)
            for worker in _ready(crew, seconds, not own) if asks else ():
                start, stop = worker.range
                answer = worker.answer()
                if isinstance(answer, BaseException):
                    raise answer
                if answer is None:
                    crew.remove(worker)
                    at, held = worker.end()
                    ends[at] = ends.get(at, 0) + 1
                    late = seconds is not None and held >= seconds
                    lost = late or ends[at] == ENDS
                    parts = [(start, at), (at, at if lost else at + 1), (at + 1, stop)]
                    ranges.extendleft(part for part in reversed(parts) if part[0] < part[1])
                    answer, start = ([Lost("time" if late else "killed")] if lost else []), at
                elif answer[-1] == Lost("memory"):
                    crew.remove(worker)
                    worker.dismiss()
                    if start + len(answer) < stop:
                        ranges.appendleft((start + len(answer), stop))
                elif ranges:
                    worker.give(ranges.popleft())
                else:
                    crew.remove(worker)
                    worker.dismiss()
                yield from enumerate(answer, start)
            if own:
                yield own[0], work(items[own[0]])
                own = own[1:]
    finally:
        for worker in crew:
            worker.end()


def _ready(crew: Sequence["_Worker"], seconds: float | None, waits: bool) -> list["_Worker"]:
    """Workers that have answered or ended, and those that are late; `waits` until there is one."""
    from multiprocessing.connection import wait

    pause = None if waits else 0.0
    if seconds is not None:
        pause = max(0.0, min(worker.begun() for worker in crew) + seconds - time.monotonic())
    ready = set(wait([worker.pipe for worker in crew], pause))
    latest = time.monotonic() - seconds if seconds is not None else 0.0
    return [worker for worker in crew if worker.pipe in ready or worker.begun() <= latest]


class _Worker:
    """A forked process, the range of items that it holds, and what it is at."""

    def __init__(
        self, work: Callable[[int], Any], memory: int | None, others: Sequence["_Worker"], first: _Range
    ) -> None:
        """Start it with its first range; `others` run already."""
        import multiprocessing

        shared = memoryview(mmap.mmap(-1, 24))
        # The item's number; when it was begun, by a clock that all processes have; whether all is done.
        self._item, self._begun, self._done = shared[:8].cast("q"), shared[8:16].cast("d"), shared[16:]
        self.pipe, theirs = multiprocessing.Pipe()
        self._process = multiprocessing.get_context("fork").Process(
            target=self._run, args=(work, memory, theirs, (*others, self)), daemon=True
        )
        self._process.start()
        theirs.close()
        self.give(first)

    def give(self, part: _Range) -> None:
        """Hand it a range. If it has ended, its pipe says so to whoever waits for the answer."""
        self.range = part
        self._item[0], self._begun[0], self._done[0] = part[0], time.monotonic(), 0
        with suppress(OSError):
            self.pipe.send(part)

    def done(self) -> bool:
        """Whether it is done with its range, and about to answer."""
        return self._done[0] == 1

    def begun(self) -> float:
        """When it began the item that it is at."""
        return self._begun[0]

    def answer(self) -> list[Any] | BaseException | None:
        """The results of its range, as far as it came; what was raised; None where it did not answer."""
        try:
            return pickle.loads(self.pipe.recv_bytes()) if self.pipe.poll() else None
        except (EOFError, OSError):
            return None

    def dismiss(self) -> None:
        """Let it end by itself, and wait for that. It is told: others may hold this end of its pipe, too."""
        with suppress(OSError):
            self.pipe.send(None)
        self.pipe.close()
        self._process.join()
        self._process.close()

    def end(self) -> tuple[int, float]:
        """End it at once: the item that it was at, and for how many seconds if it still was."""
        alive = self._process.is_alive()
        self._process.kill()
        self.dismiss()
        return self._item[0], time.monotonic() - self._begun[0] if alive else 0.0

    def _run(
        self, work: Callable[[int], Any], memory: int | None, pipe: "Connection", crew: Iterable["_Worker"]
    ) -> None:
        """What the process does, as long as its parent listens: it must hold none of the parent's ends."""
        parent = os.getppid()
        for worker in crew:
            worker.pipe.close()
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        _bound(memory)
        with suppress(EOFError, OSError):
            worn = False
            while not worn and (part := pipe.recv()):
                answer = self._results(work, part, memory, parent)
                self._done[0] = 1
                worn = isinstance(answer, list) and answer[-1] == Lost("memory")
                pipe.send_bytes(_pickled(answer))

    def _results(
        self, work: Callable[[int], Any], part: _Range, memory: int | None, parent: int
    ) -> list[Any] | BaseException:
        results: list[Any] = []
        try:
            for number in range(*part):
                if os.getppid() != parent:
                    os._exit(1)
                self._begun[0], self._item[0] = time.monotonic(), number
                results.append(work(number))
        except MemoryError as error:
            return [*results, Lost("memory")] if memory is not None else error
        except BaseException as error:
            return error
        return results


def _pickled(answer: list[Any] | BaseException) -> bytes:
    """Results or an exception for another process; an exception says there where it was raised here."""
    try:
        if isinstance(answer, BaseException):
            answer.add_note("".join(traceback.format_exception(answer)))
            pickle.loads(pickle.dumps(answer))  # some can only be written
        return pickle.dumps(answer)
    except Exception as error:
        cause = answer if isinstance(answer, BaseException) else error
        return pickle.dumps(RuntimeError("".join(traceback.format_exception(cause))))


def _bound(memory: int | None) -> None:
    """Hold this process to so many bytes more than it has, and let it leave no picture of its memory."""
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    state = Path("/proc/self/status")
    if memory is None or not state.exists():
        return
    now = next(int(line.split()[1]) for line in state.read_text().splitlines() if line.startswith("VmData:"))
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    limit = now * 1024 + memory
    resource.setrlimit(
        resource.RLIMIT_DATA, (min(limit, hard) if hard != resource.RLIM_INFINITY else limit, hard)
    )
