"""Five hundred edits under one preview: it shows what a clean build would, and holds on to nothing."""

import os
from pathlib import Path

from preview.edits import Editor, begin
from preview.running import Running, preview
from preview.session import Session

SEED = int(os.environ.get("SEED", "1"))
EDITS = int(os.environ.get("EDITS", "500"))


def held(running: Running) -> tuple[int, int, int]:
    """Resident MB, open files and threads of all processes of a preview."""
    memory = files = threads = 0
    for process in running.family():
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
        status = dict(line.split(":", 1) for line in lines if ":" in line)
        memory += int(status["VmRSS"].split()[0]) // 1024
        threads += int(status["Threads"])
        files += len(list(Path(f"/proc/{process}/fd").iterdir()))
    return memory, files, threads


def test_a_long_session(tmp_path: Path) -> None:
    root = begin(tmp_path / "archive")
    with preview(root) as running:
        session = Session(running, root, Editor(root, SEED))
        for _ in range(50):
            session.step()
        before = held(running)
        for _ in range(EDITS - 50):
            session.step()
        after = held(running)
    print(
        f"{session.sound} sound states, {session.unsound} with errors; MB, files, threads {before} -> {after}"
    )
    assert session.sound > EDITS / 4
    assert after[0] < before[0] + 64
    assert after[1] <= before[1] + 8
    assert after[2] <= before[2] + 2
