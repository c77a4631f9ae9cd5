"""Making outputs on a cluster of machines, with Dask: same bytes, only sooner.

All sides reach the archive's folder, the output and the cache by the same paths (a shared folder), and run
the same program. A worker links the archive itself, from the cache, once; it then makes what it is sent,
and writes it into the stage. A worker that is lost costs its own work, which others do again.
"""

import hashlib
import threading
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from byline.assembly import Job, Made, Spread, Tools, gather, make_one
from byline.build import check
from byline.cache import code_version
from byline.executors import Lost
from byline.resolve import documents
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

        if not outputs:
            return
        whole = msgspec.structs.replace(
            job,
            root=job.root.absolute(),
            target=job.target.absolute(),
            cache=job.cache.absolute() if job.cache else None,
            shelf=job.shelf.absolute(),
        )
        state = _state(tools)
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
    """On a worker: make outputs, one range at a time: pages of a listing share answers."""
    with _LOCK, plain_modes():
        if (job, state) not in _KNOWN:
            _KNOWN.clear()
            checked = check(job.root, job.overrides, job.day, cache=job.cache, workers=1)
            tools = gather(job, checked) if checked.sound else None
            if tools is None or _state(tools) != state:
                raise OSError(0, "a worker has another archive or another version of the program")
            _KNOWN[job, state] = tools
        return [make_one(_KNOWN[job, state], output) for output in outputs]


def _state(tools: Tools) -> bytes:
    """A digest of all that pages are made from."""
    frame, archive = tools.workshop.frame, tools.workshop.frame.archive
    parts = (
        code_version(),
        tools.workshop.templates.digest(),
        archive.settings,
        archive.day,
        list(documents(archive.library)),
        sorted(archive.media.items()),
        (frame.styles, frame.scripts, frame.icon, [face.digest for face in frame.fonts], frame.indexed),
    )
    return hashlib.blake2b(msgspec.msgpack.encode(parts), digest_size=16).digest()
