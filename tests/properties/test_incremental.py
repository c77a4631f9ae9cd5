"""After any edits a build with what it kept gives the same bytes as a build with nothing."""

import random
import shutil
import time
from pathlib import Path

import pytest

from conftest import byline
from editing import Archive, hurt, tree, unhurried


def differences(archive: Archive, folder: Path, steps: int, seed: int) -> None:
    """Edit and build, again and again; every build is compared with a clean one, problems too."""
    rnd = random.Random(seed)
    done = 0
    for step in range(steps):
        what = archive.change() if step else "nothing"
        if step % 5 == 3:
            hurt(folder / rnd.choice(["cache", "site"]), rnd)
        time.sleep(0.02)  # times of files are kept in steps
        day = rnd.choice(["2026-06-01", "2026-06-20"])
        options = f"--on {day} --workers {rnd.randint(1, 2)}"
        kept = byline(archive.root, f"build --output {folder}/site --cache {folder}/cache {options}")
        shutil.rmtree(folder / "clean", ignore_errors=True)
        clean = byline(archive.root, f"build --output {folder}/clean --cache {folder}/none-{step} {options}")
        shutil.rmtree(folder / f"none-{step}")
        assert kept[1] == clean[1], (step, what, kept[0], clean[0])
        if kept[1]:
            print(step, what, kept[0])
            continue
        done += 1
        assert kept[0].splitlines()[:-1] == clean[0].splitlines()[:-1], (step, what)
        found, wanted = tree(folder / "site"), tree(folder / "clean")
        assert [path for path in found.keys() | wanted if found.get(path) != wanted.get(path)] == [], (
            step,
            what,
        )
        again = byline(archive.root, f"build --output {folder}/site --cache {folder}/cache {options}")
        assert again[1] == 0
        assert tree(folder / "site") == wanted, (step, "nothing, after", what)
    assert done > steps * 0.7


def test_an_edited_archive_builds_as_a_clean_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # What is as new as the last build is read again; here everything is, and all ways must be taken.
    unhurried(monkeypatch)
    differences(Archive(tmp_path / "archive", 1), tmp_path, 12, 1)
