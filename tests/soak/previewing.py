"""Five hundred edits under one preview: it shows what a clean build would, and holds on to nothing."""

import os
from pathlib import Path

from byline.shards import FOLDER, SHARDS
from preview.edits import Editor, begin
from preview.running import Running, preview
from preview.session import Session

SEED = int(os.environ.get("SEED", "1"))
EDITS = int(os.environ.get("EDITS", "500"))


def held(running: Running) -> tuple[int, int, int, int]:
    """Resident MB, open files, threads and open files of the cache, of all processes of a preview."""
    memory = files = threads = kept = 0
    for process in running.family():
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
        status = dict(line.split(":", 1) for line in lines if ":" in line)
        memory += int(status["VmRSS"].split()[0]) // 1024
        threads += int(status["Threads"])
        opened = [str(one.readlink()) for one in Path(f"/proc/{process}/fd").iterdir()]
        documents = sum(f"/{FOLDER}/" in one for one in opened)
        files, kept = files + len(opened) - documents, kept + documents
    return memory, files, threads, kept


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
        f"{session.sound} sound states, {session.unsound} with errors; "
        f"MB, files, threads, files of the cache {before} -> {after}"
    )
    assert session.sound > EDITS / 4
    assert after[0] < before[0] + 64
    assert after[1] <= before[1] + 2
    assert after[2] <= before[2] + 2
    assert after[3] <= 2 * SHARDS  # of the last state, and of the one before it
