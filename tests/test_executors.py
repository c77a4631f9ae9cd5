"""Work spread over processes gives every result, whatever happens to a worker; nothing is left behind."""

import errno
import gc
import multiprocessing
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from byline.aside import aside
from byline.executors import ENDS, Lost, each

if not sys.platform.startswith("linux"):
    pytest.skip("looks into /proc", allow_module_level=True)

MIB = 1 << 20


def squares(count: int) -> dict[int, int]:
    return {n: n * n for n in range(count)}


def opened() -> set[str]:
    return {path.name for path in Path("/proc/self/fd").iterdir()}


def handles() -> int:
    return len(opened())


def children() -> set[str]:
    """The processes that this one started, and that nobody has waited for yet."""
    while True:
        tasks = list(Path("/proc/self/task").iterdir())
        try:
            return {pid for task in tasks for pid in (task / "children").read_text().split()}
        except (FileNotFoundError, ProcessLookupError):
            pass  # a thread ended in between, and its children are another one's now: look again


@pytest.fixture(autouse=True)
def nothing_is_left() -> object:
    before, others = handles(), children()
    yield
    assert not multiprocessing.active_children()
    assert children() <= others
    assert handles() <= before


@pytest.mark.parametrize("workers", [0, 1, 2, 5])
@pytest.mark.parametrize("count", [0, 1, 64, 65, 1000])
@pytest.mark.parametrize("joins", [False, True])
@pytest.mark.parametrize("first", [0, 100, 5000])
def test_every_item_has_its_result(workers: int, count: int, joins: bool, first: int) -> None:
    found = list(each(lambda n: n * n, range(count), workers=workers, first=first, joins=joins))
    assert len(found) == count
    assert dict(found) == squares(count)


def test_work_is_done_elsewhere_only_where_it_is_worth_it() -> None:
    here = os.getpid()
    assert {pid for _, pid in each(lambda _: os.getpid(), range(64), workers=4)} == {here}
    assert here not in {pid for _, pid in each(lambda _: os.getpid(), range(65), workers=4)}
    assert here not in {pid for _, pid in each(lambda _: os.getpid(), range(2), workers=1, seconds=60)}


def test_a_process_that_joins_is_one_of_the_workers() -> None:
    def work(_: int) -> int:
        time.sleep(0.0005)
        return os.getpid()

    pids = {pid for _, pid in each(work, range(640), workers=3, joins=True)}
    assert os.getpid() in pids
    assert 2 <= len(pids) <= 3


def test_others_begin_before_anybody_waits_for_them(tmp_path: Path) -> None:
    numbers = each(lambda n: (tmp_path / str(n)).touch(), range(100), workers=2)
    while not any(tmp_path.iterdir()):
        time.sleep(0.01)
    assert len(list(numbers)) == 100


@pytest.mark.parametrize(("first", "taken"), [(0, 64), (80, 80), (1000, 100)])
def test_each_takes_more_to_begin_with_as_far_as_nobody_is_left_without(first: int, taken: int) -> None:
    def work(_: int) -> int:
        time.sleep(0.001)
        return os.getpid()

    pids = dict(each(work, range(400), workers=2, first=first))
    assert next(n for n in range(400) if pids[n] != pids[0]) == taken


def test_where_the_system_allows_fewer_processes_there_are_fewer(monkeypatch: pytest.MonkeyPatch) -> None:
    forked, fork, before = [], os.fork, opened()

    def scarce() -> int:
        if len(forked) == allowed:
            raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")
        forked.append(None)
        return fork()

    monkeypatch.setattr(os, "fork", scarce)
    allowed = 2
    assert dict(each(lambda n: n * n, range(1000), workers=5)) == squares(1000)
    assert len(forked) == allowed
    assert aside(lambda: os.getpid(), int)() == os.getpid()
    with pytest.raises(BlockingIOError):
        each(lambda n: n * n, range(1000), workers=5)
    gc.collect()
    for left in opened() - before:  # by multiprocessing, where it cannot fork
        with suppress(OSError):
            os.close(int(left))


def test_work_may_go_on_aside_while_others_work() -> None:
    numbers = each(lambda n: n * n, range(1000), workers=2)
    # It began with all that its parent holds, and waits until somebody takes so much from it.
    waiting = aside(lambda: b"x" * MIB, bytes)
    assert dict(numbers) == squares(1000)
    assert waiting() == b"x" * MIB


@pytest.mark.parametrize("chunk", [1, 3, 64])
def test_an_item_that_takes_too_long_costs_only_itself(chunk: int) -> None:
    def work(n: int) -> int:
        if n in (5, 6, 90):
            time.sleep(600)
        return n * n

    found = dict(each(work, range(100), workers=3, chunk=chunk, seconds=0.5))
    assert found == squares(100) | dict.fromkeys((5, 6, 90), Lost("time"))


@pytest.mark.parametrize("chunk", [1, 64])
def test_an_item_that_wants_too_much_memory_costs_only_itself(chunk: int) -> None:
    def work(n: int) -> int:
        return n * n + 0 * len(bytearray((400 if n in (0, 7, 99) else 20) * MIB))

    found = dict(each(work, range(100), workers=2, chunk=chunk, memory=100 * MIB))
    assert found == squares(100) | dict.fromkeys((0, 7, 99), Lost("memory"))


@pytest.mark.parametrize(
    "end",
    [
        lambda: os.kill(os.getpid(), signal.SIGKILL),
        lambda: signal.raise_signal(signal.SIGTERM),
        lambda: os._exit(0),
    ],
)
def test_an_item_that_ends_its_worker_is_given_up(end: Callable[[], object]) -> None:
    def work(n: int) -> int:
        if n in (0, 63, 70):
            end()
        return n * n

    found = list(each(work, range(200), workers=2))
    assert len(found) == 200
    assert dict(found) == squares(200) | dict.fromkeys((0, 63, 70), Lost("killed"))


def test_a_worker_ended_by_others_costs_no_item(tmp_path: Path) -> None:
    def work(n: int) -> int:
        if n % 97 == 0 and (tries := len(list(tmp_path.glob(f"{n}-*")))) < ENDS - 1:
            (tmp_path / f"{n}-{tries}").touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return n * n

    assert dict(each(work, range(1000), workers=3)) == squares(1000)


@pytest.mark.parametrize("joins", [False, True])
def test_workers_killed_at_random_moments_cost_no_item(joins: bool) -> None:
    done = threading.Event()
    found: dict[int, int] = {}

    def kill() -> None:
        children = Path(f"/proc/self/task/{threading.main_thread().native_id}/children")
        least = 0
        while not done.wait(0.02):
            if len(found) < least:
                continue  # on a busy machine a new worker may not have come to anything yet
            least = len(found) + 100
            for pid in children.read_text().split()[:1]:
                os.kill(int(pid), signal.SIGKILL)

    killer = threading.Thread(target=kill)

    def work(n: int) -> int:
        time.sleep(0.0005)
        return n * n

    numbers = each(work, range(3000), workers=3, chunk=16, joins=joins)
    found.update([next(numbers)])
    killer.start()
    for number, square in numbers:
        found[number] = square
    done.set()
    killer.join()
    assert found == squares(3000)


class Odd(Exception):
    """What no library can make travel."""

    def __init__(self) -> None:
        super().__init__("odd")
        self.held = threading.Lock()


def test_exceptions_travel() -> None:
    def work(n: int) -> int:
        if n == 700:
            raise OSError(28, "No space left")
        return n

    with pytest.raises(OSError, match="No space left") as caught:
        list(each(work, range(1000), workers=2))
    assert caught.value.errno == 28
    assert "in work" in caught.value.__notes__[0]


def test_what_cannot_travel_says_so() -> None:
    def odd(n: int) -> int:
        raise Odd

    for work in (odd, lambda _: lambda: None):
        with pytest.raises(RuntimeError, match=r"odd|local"):
            list(each(work, range(100), workers=2))


def test_giving_up_half_way_ends_the_workers() -> None:
    numbers = each(lambda n: time.sleep(0.01), range(1000), workers=3, chunk=4)
    next(numbers)
    numbers.close()  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "call",
    [
        "list(each(work, range(100000), workers=3))",
        "others = each(work, range(100000), workers=2); "
        "waiting = aside(lambda: (work(0), b'x' * (1 << 20))[1], bytes); time.sleep(600)",
    ],
)
def test_workers_end_with_their_parent(tmp_path: Path, call: str) -> None:
    script = """
        import os, sys, time
        from pathlib import Path
        from byline.aside import aside
        from byline.executors import each
        def work(n):
            Path(sys.argv[1], str(os.getpid())).touch()
            time.sleep(0.05)
    """
    program = textwrap.dedent(script) + call
    parent = subprocess.Popen([sys.executable, "-c", program, str(tmp_path)])
    while len(list(tmp_path.iterdir())) < 3:
        assert parent.poll() is None
        time.sleep(0.01)
    parent.kill()
    parent.wait()
    workers = [Path("/proc") / path.name for path in tmp_path.iterdir()]
    for _ in range(500):
        if not any(worker.exists() and _runs(worker) for worker in workers):
            return
        time.sleep(0.01)
    pytest.fail("workers outlive their parent")


def _runs(process: Path) -> bool:
    try:
        return (process / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
