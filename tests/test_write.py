"""An output that cannot be written is one problem, and the site before stays whole."""

import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

import conftest
from byline import write
from byline.asked import Asked
from byline.build import build
from byline.starter import make_archive
from editing import Archive


def run(archive: Path, limit: Callable[[], None] | None = None) -> subprocess.CompletedProcess[str]:
    command = [
        str(Path(sys.executable).with_name("byline")),
        "-C",
        str(archive),
        "build",
        "--on",
        "2026-06-01",
    ]
    return subprocess.run(command, capture_output=True, text=True, preexec_fn=limit, check=False, timeout=60)


def small_files() -> None:
    """No file of more than 6,000 bytes can be written, as on a disk that is nearly full."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (6000, 6000))


def contents(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_a_full_disk_leaves_the_site_as_it_was(tmp_path: Path) -> None:
    list(make_archive(tmp_path))
    assert run(tmp_path).returncode == 0
    before = contents(tmp_path / "output")
    page = tmp_path / "content/pages/about.md"
    page.write_text(page.read_text("utf-8") + "\n\n" + "A long text. " * 1000, "utf-8")
    full = run(tmp_path, small_files)
    assert full.returncode == 1
    assert "error[bad-output]: cannot write to output: File too large" in full.stderr
    assert "Traceback" not in full.stderr
    assert contents(tmp_path / "output") == before
    assert run(tmp_path).returncode == 0
    assert b"A long text." in (tmp_path / "output/about/index.html").read_bytes()


def test_an_output_below_a_file_is_a_problem(tmp_path: Path) -> None:
    list(make_archive(tmp_path))
    (tmp_path / "file").write_text("here", "utf-8")
    settings = tmp_path / "byline.toml"
    settings.write_text(settings.read_text("utf-8") + '\n[build]\noutput = "file/site"\n', "utf-8")
    built = run(tmp_path)
    assert built.returncode == 1
    assert "error[bad-output]" in built.stderr
    assert "Traceback" not in built.stderr


@pytest.mark.parametrize("stranger", ["made/index.html", "made", "made/index.html/letter.txt"])
def test_what_no_build_wrote_is_never_lost(tmp_path: Path, stranger: str) -> None:
    list(make_archive(tmp_path))
    assert run(tmp_path).returncode == 0
    file = tmp_path / "output" / stranger
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("mine", "utf-8")
    before = contents(tmp_path / "output")
    (tmp_path / "content/pages/made.md").write_text("---\ntitle: Made\n---\n", "utf-8")
    built = run(tmp_path)
    assert built.returncode == 1
    assert f"{stranger} is in the way, and no build wrote it" in built.stderr
    assert contents(tmp_path / "output") == before
    file.unlink()
    assert run(tmp_path).returncode == 0
    assert (tmp_path / "output/made/index.html").is_file()


def test_a_folder_in_the_place_of_a_page_is_not_lost(tmp_path: Path) -> None:
    list(make_archive(tmp_path))
    assert run(tmp_path).returncode == 0
    page = tmp_path / "output/about/index.html"
    page.unlink()
    page.mkdir()
    (page / "letter.txt").write_text("mine", "utf-8")
    built = run(tmp_path)
    assert built.returncode == 1
    assert "about/index.html/letter.txt is in the way, and no build wrote it" in built.stderr
    assert (page / "letter.txt").read_text("utf-8") == "mine"
    (page / "letter.txt").unlink()
    assert run(tmp_path).returncode == 0
    assert page.is_file()


def test_what_stands_in_the_place_of_a_stale_file_is_named(tmp_path: Path) -> None:
    list(make_archive(tmp_path))
    (tmp_path / "content/pages/made.md").write_text("---\ntitle: Made\n---\n", "utf-8")
    assert run(tmp_path).returncode == 0
    page = tmp_path / "output/made/index.html"
    page.unlink()
    page.mkdir()
    (page / "letter.txt").write_text("mine", "utf-8")
    (tmp_path / "output/notes.txt").write_text("mine", "utf-8")
    (tmp_path / "content/pages/made.md").unlink()
    built = run(tmp_path)
    assert built.returncode == 0
    named = [line for line in built.stderr.splitlines() if line.startswith("left alone")]
    assert named == [f"left alone, not ours: {path}" for path in ("made/index.html/letter.txt", "notes.txt")]
    assert (page / "letter.txt").read_text("utf-8") == "mine"


def test_builds_at_the_same_time_wait_for_each_other(tmp_path: Path) -> None:
    list(make_archive(tmp_path))
    program = [
        str(Path(sys.executable).with_name("byline")),
        "-C",
        str(tmp_path),
        "build",
        "--on",
        "2026-06-01",
    ]
    several = [subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) for _ in range(4)]
    said = [build.communicate(timeout=120)[0] for build in several]
    assert [build.returncode for build in several] == [0] * 4, said
    together = contents(tmp_path / "output")
    assert run(tmp_path).returncode == 0
    assert contents(tmp_path / "output") == together
    shutil.rmtree(tmp_path / "output")
    assert run(tmp_path).returncode == 0
    assert contents(tmp_path / "output") == together


def test_a_killed_worker_costs_no_page(tmp_path: Path) -> None:
    """Workers are killed all the while; the site is the one that nobody disturbed."""
    Archive(tmp_path / "archive", 3)
    program = str(Path(sys.executable).with_name("byline"))

    def command(name: str) -> list[str]:
        places = ["--output", str(tmp_path / name), "--cache", str(tmp_path / f"{name}-cache")]
        return [
            program,
            "-C",
            str(tmp_path / "archive"),
            "build",
            "--on",
            "2026-06-01",
            "--workers",
            "3",
            *places,
        ]

    subprocess.run(command("calm"), check=True, capture_output=True)
    build = subprocess.Popen(command("disturbed"), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    killed = 0
    children = Path(f"/proc/{build.pid}/task/{build.pid}/children")
    while build.poll() is None:
        with suppress(OSError):
            for pid in children.read_text().split()[:1] if killed < 2 else ():
                os.kill(int(pid), signal.SIGKILL)
                killed += 1
        time.sleep(0.01)
    assert build.returncode == 0, build.communicate()[0]
    assert killed == 2
    assert contents(tmp_path / "disturbed") == contents(tmp_path / "calm")


def test_a_loss_of_power_at_any_moment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is on the disk where a build waits for it is a whole site, from which the next build goes on."""
    list(make_archive(tmp_path))
    site, kept, moments = tmp_path / "output", tmp_path / "moments", []

    def waited(folder: Path) -> None:
        moments.append(kept / str(len(moments)))
        shutil.copytree(folder, moments[-1])

    assert build(Asked(tmp_path, on="2026-06-01", cache=tmp_path / "cache")).done
    old = contents(site)
    page = tmp_path / "content/pages/about.md"
    page.write_text(page.read_text("utf-8").replace("a", "e"), "utf-8")
    (tmp_path / "content/pages/made.md").write_text("---\ntitle: Made\nmenu: 3\n---\n", "utf-8")
    monkeypatch.setattr(write, "_settle", waited)
    assert build(Asked(tmp_path, on="2026-06-01", cache=tmp_path / "cache")).done
    monkeypatch.undo()
    new = contents(site)
    shown = [{path: data for path, data in contents(one).items() if path[0] != "."} for one in moments]
    wanted = [{path: data for path, data in one.items() if path[0] != "."} for one in (old, old, new)]
    assert shown == wanted
    for moment in moments:
        shutil.rmtree(site)
        shutil.copytree(moment, site)
        assert build(Asked(tmp_path, on="2026-06-01", cache=tmp_path / "cache")).done
        assert contents(site) == new


@pytest.mark.parametrize("below", ["", "cache", ".cache/below"])
def test_nothing_that_is_kept_is_published(below: str, tmp_path: Path) -> None:
    files = {
        "content/index.md": "---\ntitle: L\n---\n",
        "content/records/r.md": "---\ntitle: R\ndraft: true\n---\n",
    }
    root = conftest.write(tmp_path / "archive", files)
    for where in (f"--output {tmp_path / 'site'}", ""):
        output = tmp_path / "site" if where else root / "output"
        text, status = conftest.byline(root, f"build {where} --cache {output / below}")
        assert status == 1
        assert "the cache lies in this folder, and would be published" in text
        assert not (output / "index.html").exists()


def test_a_folder_that_leads_nowhere_is_refused(tmp_path: Path) -> None:
    root = conftest.write(tmp_path / "archive", {"content/index.md": "---\ntitle: L\n---\n"})
    (tmp_path / "loop").symlink_to("loop")
    for output in ("loop", "loop/below", "x" * 300, "/".join(["y" * 200] * 30), "archive/byline.toml/below"):
        text, status = conftest.byline(root, f"build --output {tmp_path / output}")
        assert (status, "error[bad-output]: cannot write to" in text) == (1, True)
    text, status = conftest.byline(root, f"build --output {tmp_path / 'site'} --cache {tmp_path / 'loop'}")
    assert (status, (tmp_path / "site/index.html").is_file()) == (0, True)
    for folder in ("x" * 300, "archive/byline.toml/below"):
        text, status = conftest.byline(root, f"new {tmp_path / folder}")
        assert (status, "cannot write to" in text) == (2, True)
