"""What builds cost: cold, nothing changed, one body edited, a contributor renamed; beside a peer.

    python benchmarks/speed.py ARCHIVE [--runs N] [--set KEY=VALUE …]

ARCHIVE is copied to memory; it has episodes/*/records/*.md and contributors.jsonl. PEER (environment) is the
command of another generator over the same content, which writes to $OUT; it is run cold beside every
cold build, turn and turn about, so that a busy machine weighs on both. Prints wall and CPU seconds, the peak
memory of all processes together (the sum of their proportional shares), and the ratio of each to the peer.
"""

import compileall
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import NamedTuple

import byline


class Cost(NamedTuple):
    """Seconds by the clock, seconds of processors, peak of memory in MB."""

    wall: float
    cpu: float
    memory: float


def share(pid: int) -> int:
    """The proportional share of memory of a process and of all below it, in KiB."""
    total = 0
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
        total += int(re.search(r"^Pss:\s+(\d+)", rollup, re.MULTILINE)[1])  # type: ignore[index]
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            total += share(int(child))
    except (OSError, TypeError):
        pass
    return total


def run(command: str | list[str], environment: dict[str, str]) -> Cost:
    """Run a command to its end."""
    begun = time.perf_counter()
    process = subprocess.Popen(
        command,
        shell=isinstance(command, str),
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    peak, done = [0], threading.Event()

    def watch() -> None:
        while not done.wait(0.1):
            peak[0] = max(peak[0], share(process.pid))

    watcher = threading.Thread(target=watch)
    watcher.start()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - begun
    done.set()
    watcher.join()
    if status:
        sys.exit(f"failed: {command}")
    return Cost(wall, usage.ru_utime + usage.ru_stime, peak[0] / 1024)


def show(what: str, costs: list[Cost], peers: list[Cost]) -> None:
    wall, cpu, memory = (statistics.median(one[at] for one in costs) for at in range(3))
    line = f"{what:<16}{wall:9.2f} s {cpu:9.2f} s {memory:8.0f} MB"
    if peers:
        ratios = [
            statistics.median(one[at] / peer[at] for one, peer in zip(costs, peers, strict=False))
            for at in range(3)
        ]
        line += f"   to the peer: {ratios[0]:.3f} {ratios[1]:.3f} {ratios[2]:.3f}"
    print(line, flush=True)


def main() -> None:
    archive, *rest = sys.argv[1:]
    runs = int(rest[rest.index("--runs") + 1]) if "--runs" in rest else 3
    settings = [one for at, one in enumerate(rest) if "--set" in (one, rest[at - 1])]
    peer = os.environ.get("PEER", "")
    # As where it was installed: an environment that lets Python keep no compiled code costs 0.15 s a build.
    compileall.compile_dir(Path(byline.__file__).parent, quiet=1)
    with tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as folder:
        root, out, cache, other = (Path(folder) / name for name in ("archive", "out", "cache", "other"))
        shutil.copytree(archive, root)
        time.sleep(2.5)  # so that no file is as new as the first build
        places = ["--output", str(out), "--cache", str(cache)]
        build = [str(Path(sys.executable).with_name("byline")), "-C", str(root), "build", *places, *settings]

        def several(prepare: object, times: int = runs) -> list[Cost]:
            costs = []
            for number in range(times):
                prepare(number)  # type: ignore[operator]
                time.sleep(2.5)
                costs.append(run(build, {}))
                run(build, {})  # settles
            return costs

        cold, peers = [], []
        for _ in range(runs):
            for old in (out, cache, other):
                shutil.rmtree(old, ignore_errors=True)
            cold.append(run(build, {}))
            if peer:
                peers.append(run(peer, {"OUT": str(other)}))
        files = sum(len(names) for _, _, names in os.walk(out))
        print(f"{files:,} files      wall       CPU     memory")
        show("cold", cold, peers)
        if peer:
            show("peer, cold", peers, [])
        run(build, {})
        show("nothing changed", [run(build, {}) for _ in range(runs)], peers)
        records = sorted(root.glob("content/episodes/*/records/*.md"))
        ledger = root / "content/contributors.jsonl"

        def edit(number: int) -> None:
            with records[len(records) * (number + 1) // (runs + 1)].open("a") as file:
                file.write("\nEdited once more.\n")

        def rename(number: int) -> None:
            ledger.write_text(re.sub(r'"name": ?"', f'"name":"Dr {number} ', ledger.read_text(), count=1))

        show("one body edited", several(edit), peers)
        show("one renamed", several(rename), peers)


if __name__ == "__main__":
    main()
