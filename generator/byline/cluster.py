"""Making outputs on a cluster of machines, with Dask: same bytes, only sooner.

All sides reach the archive's folder, the output and the cache by the same paths (a shared folder), and run
the same program. A worker links the archive itself, from the cache, once; it then makes what it is sent,
and writes it into the stage. A worker that is lost costs its own work, which others do again.
"""

import threading
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from byline.assembly import Job, Made, Spread, Tools, gather, make_one
from byline.build import check
from byline.executors import Lost
from byline.values import Output
from byline.write import plain_modes

_LOCK = threading.Lock()
_KNOWN: dict[tuple[Job, bytes], Tools] = {}


def cluster(scheduler: str) -> Spread:
    """Make outputs on the workers of the Dask scheduler at an address (tcp://host:8786).

    Raises OSError where there is none, or where a worker sees another archive than this process.
    """

    def spread(
        job: Job, tools: Tools, outputs: Sequence[Output], chunk: int
    ) -> Iterator[tuple[int, Made | Lost]]:
        from distributed import KilledWorker, as_completed

        if not outputs or tools.traces is None:
            return
        whole = msgspec.structs.replace(
            job,
            root=job.root.absolute(),
            target=job.target.absolute(),
            cache=job.cache.absolute() if job.cache else None,
            shelf=job.shelf.absolute(),
        )
        state = tools.traces.state()
        with _client(scheduler) as client:

            def submit(start: int, stop: int) -> Any:
                future = client.submit(_work, whole, state, list(outputs[start:stop]), pure=False)
                ranges[future.key] = start, stop
                return future

            ranges: dict[str, tuple[int, int]] = {}
            count = len(outputs)
            first = [submit(at, min(at + chunk, count)) for at in range(0, count, chunk)]
            running = as_completed(first, loop=client.loop)  # type: ignore[no-untyped-call]
            for future in running:
                start, stop = ranges.pop(future.key)
                try:
                    yield from enumerate(future.result(), start)
                except KilledWorker:
                    if stop - start == 1:
                        yield start, Lost("killed")
                    for at in range(start, stop) if stop - start > 1 else ():
                        running.add(submit(at, at + 1))  # type: ignore[no-untyped-call]

    return spread


def _client(scheduler: str) -> Any:
    from distributed import Client

    try:
        return Client(scheduler, timeout="5s", set_as_default=False)  # type: ignore[no-untyped-call]
    except OSError as error:
        raise OSError(0, f"no scheduler answers at {scheduler}") from error


def _work(job: Job, state: bytes, outputs: Sequence[Output]) -> list[Made]:
    """On a worker: make outputs; one range at a time, as the archive notes what one page asks."""
    with _LOCK, plain_modes():
        tools = _KNOWN.get((job, state))
        if tools is None:
            _KNOWN.clear()
            checked = check(job.root, job.overrides, job.day, cache=job.cache, workers=1)
            tools = _KNOWN[job, state] = gather(job, checked)
        if tools.traces is None or tools.traces.state() != state:
            _KNOWN.clear()
            raise OSError(0, "a worker has another archive or another version of the program")
        return [make_one(tools, output) for output in outputs]
