"""An output that cannot be written is one problem, and the site before stays whole."""

import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from byline.starter import make_archive


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
