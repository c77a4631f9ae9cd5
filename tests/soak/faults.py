"""Disks that are full, only read, or fail: an editor's sentence, the old site whole, the next build right."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import byline
from byline.starter import make_archive
from conftest import ROOT
from editing import tree

CODE = (str(Path(byline.__file__).parent), sys.prefix, sys.base_prefix)
PROGRAM = str(Path(sys.executable).with_name("byline"))
CALLS = "write openat mkdir rename unlink syncfs".split()


@contextmanager
def mounted(folder: Path, size: int) -> Iterator[None]:
    """A disk of so many kilobytes."""
    folder.mkdir(exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}k", "tmpfs", str(folder)]
    if os.geteuid() or subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("no disk may be mounted here")
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def archive(folder: Path) -> Path:
    """A small archive with a picture."""
    list(make_archive(folder))
    picture = next((ROOT / "content").rglob("poster.jpg"))
    (folder / "content/records/lamp").mkdir()
    shutil.copy(picture, folder / "content/records/lamp/lamp.jpg")
    text = "---\ntitle: Lamp\nmedia: {file: lamp.jpg, alt: A lamp}\n---\n"
    (folder / "content/records/lamp/index.md").write_text(text, "utf-8")
    return folder


def edited(root: Path, words: bool = False) -> None:
    """A page that takes some room, and a new one; or nothing but `words` of a page."""
    about = root / "content/pages/about.md"
    about.write_text(about.read_text("utf-8") + "\n\n" + "A long text. " * 9000, "utf-8")
    if not words:
        (root / "content/pages/made.md").write_text("---\ntitle: Made\nmenu: 3\n---\n", "utf-8")


def run(root: Path, output: Path, cache: Path, *before: str) -> tuple[int, str]:
    """Build; the exit status, and what it said."""
    places = ["--output", str(output), "--cache", str(cache), "--on", "2026-06-01", "--workers", "1"]
    command = [*before, PROGRAM, "-C", str(root), "build", *places, "--set", "media.formats=webp"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def whole(output: Path, old: dict[str, bytes], new: dict[str, bytes]) -> bool:
    """Whether every file of a site is the old or the new one, and none is missing."""
    found = tree(output)
    shown = {path: data for path, data in found.items() if not path.startswith(".")}
    there = all(data in (old.get(path), new.get(path)) for path, data in shown.items())
    return there and all(path in shown for path in old.keys() & new if not path.startswith("."))


@pytest.mark.parametrize("where", ["output", "cache"])
def test_a_full_disk(tmp_path: Path, where: str) -> None:
    root, disk, other = archive(tmp_path / "archive"), tmp_path / "disk", tmp_path / "other"
    assert run(root, tmp_path / "clean", tmp_path / "c")[0] == 0
    size = sum(len(data) for data in tree(tmp_path / "clean").values()) // 1024
    refused = 0
    for kilobytes in range(40, size * 2, size // 8):
        shutil.rmtree(other, ignore_errors=True)
        with mounted(disk, kilobytes):
            places = (disk / "site", other) if where == "output" else (other, disk / "cache")
            status, said = run(root, *places)
            assert "Traceback" not in said
            if status:
                refused += 1
                folder = {"output": "site", "cache": "cache"}[where]
                assert f"cannot write to {folder}: No space left on device" in said
                assert not tree(places[0]), kilobytes
            else:
                assert tree(places[0]) == tree(tmp_path / "clean")
    assert refused > (where == "output")


def test_a_disk_that_is_full_after_a_site(tmp_path: Path) -> None:
    root, disk = archive(tmp_path / "archive"), tmp_path / "disk"
    with mounted(disk, 20000):
        assert run(root, disk / "site", tmp_path / "cache")[0] == 0
        old = tree(disk / "site")
        edited(root)
        assert run(root, tmp_path / "clean", tmp_path / "none")[0] == 0
        new = tree(tmp_path / "clean")
        states = set()
        for left in range(0, 1600, 60):
            free = shutil.disk_usage(disk).free
            (disk / "ballast").write_bytes(bytes(max(0, free - left * 1024)))
            status, said = run(root, disk / "site", tmp_path / "cache")
            assert "Traceback" not in said
            states.add(status)
            (disk / "ballast").unlink()
            if not status:
                break
            assert "cannot write to site: No space left on device" in said, left
            assert tree(disk / "site") == old, left
        assert states == {0, 1}
        assert tree(disk / "site") == new


def test_an_output_that_is_only_read(tmp_path: Path) -> None:
    root, disk = archive(tmp_path / "archive"), tmp_path / "disk"
    with mounted(disk, 20000):
        assert run(root, disk / "site", disk / "cache")[0] == 0
        old = tree(disk / "site")
        edited(root)
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        for cache in (tmp_path / "cache", disk / "cache"):
            status, said = run(root, disk / "site", cache)
            assert status == 1
            assert "cannot write to site: Read-only file system" in said
            assert "Traceback" not in said
        assert tree(disk / "site") == old
        # A cache that cannot be written only costs time.
        assert run(root, tmp_path / "out", disk / "cache")[0] == 0
        subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
        assert run(root, disk / "site", disk / "cache")[0] == 0
        assert tree(disk / "site") == tree(tmp_path / "out")


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("fault", ["error=EIO", "signal=KILL"])
@pytest.mark.parametrize("words", [False, True], ids=["a new page", "words"])
def test_a_fault_at_any_call_of_the_system(tmp_path: Path, call: str, fault: str, words: bool) -> None:
    if shutil.which("strace") is None:
        pytest.skip("there is no strace here")
    root, site = archive(tmp_path / "archive"), tmp_path / "site"
    edited(root, words=True)  # so that the next ones are at its end
    time.sleep(2.1)  # so that the picture is known, and no processes are forked to measure it
    assert run(root, site, tmp_path / "cache")[0] == 0
    shutil.copytree(site, tmp_path / "old")
    shutil.copytree(tmp_path / "cache", tmp_path / "old-cache")
    old = tree(site)
    edited(root, words)
    assert run(root, tmp_path / "clean", tmp_path / "none")[0] == 0
    new, hits = tree(tmp_path / "clean"), 0
    # What is opened while Python starts is none of ours.
    first, step = (400, 40) if call == "openat" else (1, 1 if call != "write" else 3)
    for number in range(first, 4000, step):
        for name in ("site", "cache"):
            shutil.rmtree(tmp_path / name)
            shutil.copytree(tmp_path / ("old" if name == "site" else "old-cache"), tmp_path / name)
        inject = f"inject={call}:{fault}:when={number}"
        log = tmp_path / "calls"
        status, said = run(
            root, site, tmp_path / "cache", *f"strace -f -qq -o {log} -e trace={call} -e {inject}".split()
        )
        if "INJECTED" not in log.read_text() and "SIGKILL" not in log.read_text():
            break
        hits += 1
        # Where code cannot be read, Python itself speaks; the site is whole all the same.
        injected = [line for line in log.read_text().splitlines() if "INJECTED" in line]
        sound = "Traceback" not in said or any(place in line for place in CODE for line in injected)
        assert sound, (number, said, injected)
        assert whole(site, old, new), (number, said, log.read_text()[-300:])
        if fault == "error=EIO" and status == 0:
            assert tree(site) == new, number
        (root / "content/pages/about.md").touch()  # the cache is tidied where something is read
        assert run(root, site, tmp_path / "cache")[0] == 0
        assert tree(site) == new, (number, "after")
        left = [path.name for path in (tmp_path / "cache").rglob("*.msgpack.*")]
        assert left == [], number
    assert hits
