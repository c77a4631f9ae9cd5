"""A long session of random edits under a preview, compared after each with a clean build.

    python tests/soak/preview.py [--edits 500] [--seed 1]

Prints how many states were sound, and how memory, open files and threads of the preview have grown.
"""

import argparse
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from preview.edits import Editor, begin
from preview.running import Running, preview
from preview.session import Session


def held(running: Running) -> tuple[int, int, int]:
    """Resident kB, open files and threads of all processes of a preview."""
    memory = files = threads = 0
    for process in running.family():
        status = dict(
            line.split(":", 1)
            for line in Path(f"/proc/{process}/status").read_text().splitlines()
            if ":" in line
        )
        memory += int(status["VmRSS"].split()[0])
        threads += int(status["Threads"])
        files += len(list(Path(f"/proc/{process}/fd").iterdir()))
    return memory, files, threads


def main() -> int:
    """One session."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--edits", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = begin(Path(folder) / "archive")
        with preview(root) as running:
            session = Session(running, root, Editor(root, options.seed))
            begun = None
            for number in range(options.edits):
                session.step()
                if number == min(20, options.edits - 1):
                    begun = held(running)
            ended = held(running)
    print(
        f"{options.edits} edits: {session.sound} sound states, {session.unsound} with errors, 0 differences"
    )
    for name, before, after in zip(("kB", "open files", "threads"), begun or ended, ended, strict=True):
        print(f"{before} -> {after} {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
