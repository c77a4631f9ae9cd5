"""How a cold build grows with the archive: time and peak memory at 1/4, 1/2 and all of its episodes.

    python benchmarks/growth.py ARCHIVE [--set KEY=VALUE …]

Copies the archive to a temporary folder, keeps every fourth or second episode, and builds each in a process
of its own. Prints wall and CPU seconds, the largest resident size, files, and each figure by file.
"""

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def build(archive: Path, settings: list[str]) -> tuple[float, float, int, int]:
    """Wall seconds, CPU seconds, peak KiB and files of one cold build."""
    with tempfile.TemporaryDirectory(dir=shared_memory()) as folder:
        out = Path(folder) / "out"
        command = [
            str(Path(sys.executable).with_name("byline")),
            "-C",
            str(archive),
            "build",
            "--output",
            str(out),
        ]
        start = time.perf_counter()
        child = subprocess.Popen([*command, *settings], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - start
        if status:
            sys.exit(f"the build of {archive} failed")
        files = sum(len(names) for _, _, names in os.walk(out))
        return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss, files


def shared_memory() -> str | None:
    """A file system in memory, where there is one, so that no disk is measured."""
    return "/dev/shm" if Path("/dev/shm").is_dir() else None


def part(archive: Path, target: Path, every: int) -> None:
    """A copy of an archive with every so-manieth episode, and every so-manieth row of its records."""
    shutil.copytree(archive, target)
    episodes = target / "content" / "episodes"
    folders = sorted(episodes.iterdir()) if episodes.is_dir() else []
    for number, folder in enumerate(folders):
        if number % every:
            shutil.rmtree(folder)
    ledger = target / "content" / "records.jsonl"
    if not folders and ledger.is_file():
        lines = ledger.read_text("utf-8").splitlines(keepends=True)
        ledger.write_text("".join(lines[: len(lines) // every]), "utf-8")


def main() -> None:
    archive, settings = Path(sys.argv[1]), sys.argv[2:]
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    print("part      wall s    CPU s   peak MB    files   CPU ms a file")
    for every in (4, 2, 1):
        with tempfile.TemporaryDirectory(dir=shared_memory()) as folder:
            part(archive, Path(folder) / "archive", every)
            wall, cpu, peak, files = build(Path(folder) / "archive", settings)
        each = cpu / files * 1000
        print(f"1/{every}     {wall:8.1f} {cpu:8.1f}  {peak / 1024:8.0f} {files:8,}        {each:8.2f}")


if __name__ == "__main__":
    main()
