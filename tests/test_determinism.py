"""The same content gives the same bytes, wherever and in whatever steps it is built.

The input is the example archive: it has every kind of page and of medium.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from conftest import Site, build, byline, once, write

EXAMPLE = Path(__file__).parent.parent
PARTS = ("byline.toml", "content", "static", "templates", "themes")
DAY = "--on 2026-01-01"


def tree(folder: Path) -> dict[str, bytes]:
    """Every file of a site by its path, without those of the builder's own."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    }


def stamps(folder: Path) -> dict[str, tuple[int, int]]:
    """When every file of a site was written, and which file it is on the disk."""
    return {
        path.relative_to(folder).as_posix(): (path.stat().st_mtime_ns, path.stat().st_ino)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def copy_example(to: Path, *, backwards: bool = False) -> Path:
    """The example archive in another folder; `backwards` makes its files in the opposite order, long ago."""
    paths = [
        path
        for part in PARTS
        for path in (EXAMPLE / part, *sorted((EXAMPLE / part).rglob("*")))
        if path.is_file() and not path.is_symlink()
    ]
    for path in reversed(paths) if backwards else paths:
        target = to / path.relative_to(EXAMPLE)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
        if backwards:
            os.utime(target, (981173106, 981173106))
    return to


@pytest.fixture(scope="module")
def dated(example: Path, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A copy of the example archive, built once for a day; its pictures were converted before."""

    def make(folder: Path) -> Site:
        root = copy_example(folder / "archive")
        shutil.copytree(example.with_name("cache"), root / ".byline-cache")
        return build(root, folder / "site", DAY)

    site = once(tmp_path_factory, "dated", make)
    assert site.status == 0, site.text
    return site


@pytest.fixture
def again(dated: Site, tmp_path: Path) -> Site:
    """A copy of the example archive and of its site, for a test of its own."""
    shutil.copytree(dated.root, tmp_path / "archive")
    shutil.copytree(dated.output, tmp_path / "site")
    return Site(tmp_path / "archive", tmp_path / "site", dated.text, 0)


def test_another_machine_gives_the_same_bytes_and_modes(dated: Site, tmp_path: Path) -> None:
    root = copy_example(tmp_path / "a much longer name of a folder" / "archive", backwards=True)
    output = tmp_path / "elsewhere" / "site"
    surroundings = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "TZ": "Pacific/Kiritimati",
        "LANG": "tr_TR.UTF-8",
        "LC_ALL": "C.UTF-8",
        "PYTHONHASHSEED": "4242",
        "COLUMNS": "40",
    }
    subprocess.run(
        [
            sys.executable,
            "-c",
            "from byline.cli import main; main()",
            "build",
            "--output",
            output,
            *DAY.split(),
        ],
        cwd=root,
        env=surroundings,
        umask=0o077,
        check=True,
        capture_output=True,
    )
    assert tree(output) == tree(dated.output)
    modes = {path.stat().st_mode for path in output.rglob("*") if not path.name.startswith(".")}
    assert {oct(mode & 0o777) for mode in modes} == {"0o644", "0o755"}


def test_a_second_build_writes_nothing(again: Site) -> None:
    before = stamps(again.output)
    site = build(again.root, again.output, DAY)
    assert site.status == 0
    assert stamps(again.output) == before
    assert " 0 written, 0 removed" in site.text


def retitle(root: Path) -> None:
    path = root / "content/records/ferrymans-daughter.md"
    path.write_text(path.read_text("utf-8").replace("title: ", "title: Not ", 1), "utf-8")


def rewrite(root: Path) -> None:
    path = root / "content/records/ferrymans-daughter.md"
    path.write_text(path.read_text("utf-8") + "\nOne more line, with [a link](page:about).\n", "utf-8")
    write(root, {"content/pages/about.md": "---\ntitle: About\n---\nHello.\n"})


def delete(root: Path) -> None:
    (root / "content/records/frame-counter.md").unlink()


def move(root: Path) -> None:
    path = root / "content/records/ferrymans-daughter.md"
    (root / "content/records/old").mkdir()
    path.rename(root / "content/records/old/ferrymans-daughter.md")


def draw(root: Path) -> None:
    picture = root / "content/records/borrowed-clock/borrowed-clock.png"
    shutil.copyfile(next(root.rglob("empty-seat-drawn.png")), picture)


def draft(root: Path) -> None:
    for path in sorted((root / "content/episodes").rglob("segments/*.md"))[:3]:
        path.write_text(path.read_text("utf-8").replace("---\n", "---\ndraft: true\n", 1), "utf-8")


def rename_the_archive(root: Path) -> None:
    path = root / "byline.toml"
    path.write_text(path.read_text("utf-8").replace("The Borrowed Minute", "The Lent Minute"), "utf-8")


def template(root: Path) -> None:
    text = '{% extends "builtin/record.html" %}\n{% block lineage %}<p>No tree.</p>{% endblock %}\n'
    write(root, {"templates/record.html": text})


EDITS = (retitle, rewrite, delete, move, draw, draft, rename_the_archive, template)


def test_edits_one_after_another_end_where_a_clean_build_ends(again: Site, tmp_path: Path) -> None:
    for edit in EDITS:
        before = tree(again.output)
        edit(again.root)
        site = build(again.root, again.output, DAY)
        assert site.status == 0, site.text
        assert (tree(again.output) == before) == (edit is move), edit.__name__
    clean = build(again.root, tmp_path / "clean", DAY)
    assert clean.status == 0
    assert tree(again.output) == tree(clean.output)


def test_a_hurt_file_of_the_output_is_written_again(again: Site, dated: Site) -> None:
    page = again.output / "index.html"
    page.unlink()
    (again.output / "records/index.html").write_text("Not ours any more.", "utf-8")
    build(again.root, again.output, DAY)
    assert tree(again.output) == tree(dated.output)


def test_a_manifest_that_was_tampered_with_reaches_nothing_outside(tmp_path: Path) -> None:
    root = write(tmp_path / "archive", {"content/index.md": "---\ntitle: Lanterns\n---\n"})
    write(tmp_path, {"letter.txt": "Dear all"})
    site = build(root, tmp_path / "site")
    manifest = site.output / ".byline-manifest.json"
    listed = json.loads(manifest.read_text("utf-8"))
    for path in ("../letter.txt", str(tmp_path / "letter.txt"), "a/../../letter.txt"):
        listed["files"][path] = ["key", "digest", 8]
    manifest.write_text(json.dumps(listed), "utf-8")
    assert build(root, site.output).status == 0
    assert (tmp_path / "letter.txt").read_text("utf-8") == "Dear all"


def broken_reference(root: Path) -> None:
    write(root, {"content/records/extra.md": "---\nby: nobody-known\n---\n"})


def broken_template(root: Path) -> None:
    write(root, {"templates/topic.html": "{{ nothing_of_that_name }}"})


def broken_picture(root: Path) -> None:
    picture = next((root / "content").rglob("empty-seat-drawn.png"))
    picture.write_bytes(picture.read_bytes()[:-2000])
    with (root / "byline.toml").open("a") as settings:
        settings.write('\n[media]\nbroken = "error"\n')


BREAKS = (broken_reference, broken_template, broken_picture)


@pytest.mark.parametrize("hurt", BREAKS, ids=[hurt.__name__ for hurt in BREAKS])
def test_an_error_leaves_the_last_site_as_it_was(hurt: Callable[[Path], None], again: Site) -> None:
    before = stamps(again.output)
    hurt(again.root)
    site = build(again.root, again.output, DAY)
    assert site.status == 1
    assert "error[" in site.text
    assert stamps(again.output) == before
    assert not list(again.output.glob(".byline-staging/*"))


def test_foreign_files_are_left_alone_and_named(again: Site) -> None:
    write(again.output, {"byline.toml": "mine", "notes/mine.txt": "mine"})
    retitle(again.root)
    site = build(again.root, again.output, DAY)
    assert site.status == 0
    assert "byline.toml" in site.text
    assert "notes/mine.txt" in site.text
    assert (again.output / "notes/mine.txt").read_text("utf-8") == "mine"
    assert "notes/mine.txt" not in build(again.root, again.output, DAY).text


def places(root: Path) -> Iterator[tuple[str, Path]]:
    yield "the whole disk", Path(root.anchor)
    yield "the archive", root
    yield "above the archive", root.parent
    yield "content", root / "content"
    yield "inside content", root / "content/site"
    yield "templates", root / "templates"
    yield "somebody else's folder", root.parent / "letters"
    yield "a file", root / "byline.toml"
    yield "a link", root.parent / "link"


def test_places_that_are_no_output_are_refused(tmp_path: Path) -> None:
    root = write(tmp_path / "archive", {"content/index.md": "---\ntitle: Lanterns\n---\n"})
    write(tmp_path / "letters", {"letter.txt": "Dear all"})
    (tmp_path / "empty").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "empty")
    before = tree(tmp_path)
    for what, output in places(root):
        text, status = byline(root, f"build --output '{output}'")
        assert (status, "[bad-output]" in text) == (1, True), what
    assert tree(tmp_path) == before
    assert not list((tmp_path / "empty").iterdir())
    assert byline(root, f"build --output '{tmp_path / 'empty'}'")[1] == 0
