"""What speed is measured with: an archive that is the same everywhere and has no problems, and the floor."""

import subprocess
import sys
from pathlib import Path

from conftest import ROOT, byline

SIZE = ("240", "--ladders", "1", "--steps", "5")


def run(script: str, *arguments: str, seed: str = "0") -> None:
    command = [sys.executable, str(ROOT / "benchmarks" / script), *arguments]
    subprocess.run(command, check=True, env={"PYTHONHASHSEED": seed}, stdout=subprocess.DEVNULL)


def texts(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_an_archive_is_the_same_every_time_and_has_no_problems(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    run("archive.py", *SIZE, str(first), seed="1")
    run("archive.py", *SIZE, str(second), seed="2")
    assert texts(first) == texts(second)
    assert byline(first / "byline", "check") == ("No problems.\n", 0)


def test_the_floor_has_a_page_for_everything_that_it_speaks_of(tmp_path: Path) -> None:
    run("archive.py", *SIZE, str(tmp_path / "made"))
    run("floor.py", str(tmp_path / "made" / "byline"), str(tmp_path / "floor"))
    pages = [
        path.parent.relative_to(tmp_path / "floor").parts for path in (tmp_path / "floor").rglob("*.html")
    ]
    count = {kind: sum(1 for page in pages if page[0] == kind) for kind, *_ in pages}
    assert count == {"records": 250, "contributors": 80, "episodes": 2, "seasons": 1}
    last = (tmp_path / "floor/records/ladder000-00004l/index.html").read_text()
    assert "/records/ladder000-00003l/" in last
    assert "/records/ladder000-00003r/" in last
