"""Checking again knows no more and no less than checking anew, whatever was written."""

import hashlib
import random
from pathlib import Path

import msgspec
import pytest

from byline.asked import Asked
from byline.checking import check
from byline.mentions import documents
from byline.preview.letters import Options
from byline.preview.state import page, renew
from byline.recheck import Memory, check_again, read_changed, unchanged
from byline.stages import Checked
from preview.clean import Clean
from preview.edits import Editor, begin, body, template

DAY = "2025-01-01"


def again(root: Path, memory: Memory, *told: str) -> Checked:
    """Checked again, told of these paths, or of nothing in particular."""
    checked = check_again(root, read_changed(root, (), None, memory, told), DAY, memory)
    assert unchanged(root, (), memory)
    return checked


def same(root: Path, checked: Checked) -> None:
    anew = check(Asked(root, on=DAY))
    assert checked.problems == anew.problems
    assert checked.outputs == anew.outputs
    assert checked.archive == anew.archive
    assert checked.archive is not None
    assert anew.archive is not None
    seen = [(list(documents(one.library)), one.settings) for one in (checked.archive, anew.archive)]
    assert msgspec.json.encode(seen[0]) == msgspec.json.encode(seen[1])
    assert checked.days == anew.days


def test_words_are_put_into_an_archive_that_is_not_linked_again(tmp_path: Path) -> None:
    root, memory = begin(tmp_path), Memory()
    lineage = again(root, memory).archive.lineage  # type: ignore[union-attr]
    editor = Editor(root, seed=3)
    for path in [*editor.documents(), root / "content" / "records.csv"]:
        editor.change(path, lambda old: old.replace("Words.", "Other words, [linked](https://example.org)."))
        editor.change(path, lambda old: old.replace("Too.", "Two."))
        if path.suffix == ".md":
            editor.change(path, lambda old: old + "\nAnd more.\n")
        assert not unchanged(root, (), memory)
        checked = again(root, memory, path.relative_to(root).as_posix())
        same(root, checked)
        assert checked.archive is not None
        assert checked.read[0] == 1
        assert checked.archive.lineage is lineage, path


def test_whatever_else_changes_is_linked_again(tmp_path: Path) -> None:
    root, memory = begin(tmp_path), Memory()
    again(root, memory)
    chance = random.Random(4)
    edits = (
        ("content/records/r1.md", "Words.", "[A link](record:r2) and words."),
        ("content/records/r1.md", "record:r2", "record:r3"),
        ("content/records/r1.md", "record:r3", "record:nowhere"),
        ("content/records/r1.md", "A link", "Above it.\n\nA link"),
        ("content/records/r1.md", "record:nowhere", "record:row"),
        ("content/records/r2.md", "by: cy", "by: ada"),
        ("content/records/r2.md", "title: Record 2", "title: Second"),
        ("content/episodes/dark/segments/01-storm.md", "record:r1", "record:r2"),
        ("content/episodes/dark/index.md", "It is dark.", "![](record:r4)"),
        ("content/episodes/dark/index.md", "season: one", "season: two\nwithdrawn: true"),
        ("content/episodes/dark/segments/01-storm.md", "![](record:r2)", "Nothing."),
        ("content/records.csv", "Too.", "Too, [here](record:r1)."),
        ("byline.toml", "CC-BY-4.0", "CC0-1.0"),
        (
            "byline.toml",
            "[archive]",
            '[menu]\n"A" = "https://a.example/"\nB = "https://b.example/"\n[archive]',
        ),
        ("byline.toml", '"A" = "https://a.example/"\nB =', 'B = "https://b.example/"\nA ='),
        ("byline.toml", 'A = "https://b.example/"', 'A = "https://a.example/"'),
        ("content/records/r4.md", "title: Record 4", "title: Record 4\nextra: {one: 1, two: 2}"),
        ("content/records/r4.md", "one: 1, two: 2", "two: 2, one: 1"),
        ("content/records/r4.md", "one: 1", "one: true"),
        ("content/pages/about.md", "---\nSee", "draft: true\n---\nSee"),
        ("content/pages/about.md", "See", "Do see"),
    )
    for path, old, new in edits:
        file = root / path
        text = file.read_text("utf-8")
        assert old in text, path
        file.write_text(text.replace(old, new), "utf-8")
        if chance.random() < 0.3:
            body(Editor(root, seed=chance.randrange(100)))
            same(root, again(root, memory))
        else:
            same(root, again(root, memory, path, "content/gone.md"))


def test_what_comes_goes_or_is_no_document_is_found_too(tmp_path: Path) -> None:
    root, memory = begin(tmp_path), Memory()
    lamp = root / "content" / "records" / "lamp.txt"
    lamp.write_text("A lamp.", "utf-8")
    editor = Editor(root, seed=5)
    editor.change(root / "content/records/r1.md", lambda old: old + "\n[The lamp](lamp.txt)\n")
    again(root, memory)
    moved = root / "content" / "records" / "folder" / "r7.md"

    def move() -> None:
        moved.parent.mkdir()
        (root / "content/records/r7.md").rename(moved)

    edits = (
        ("content/records/lamp.txt", lambda: lamp.write_text("Another lamp.", "utf-8")),
        (
            "content/records/r1.md",
            lambda: editor.change(root / "content/records/r1.md", lambda old: old + "!"),
        ),
        ("content/records/lamp.txt", lamp.unlink),
        ("content/records/folder", move),
        ("content/records/folder/r7.md", moved.unlink),
        ("content/records/r6.md", lambda: (root / "content/records/r6.md").write_text("---\ntitle: [\n")),
        (
            "content/records/new.md",
            lambda: (root / "content/records/new.md").write_text("---\ntitle: N\n---\n"),
        ),
    )
    for path, edit in (*edits, ("templates/page.html", lambda: template(editor))):
        edit()
        assert not unchanged(root, (), memory), path
        same(root, again(root, memory, path))


@pytest.mark.parametrize("path", ["feed.xml", "episodes/index.html", "seasons/one/index.html"])
def test_other_pages_say_what_words_say_now(tmp_path: Path, path: str) -> None:
    root, memory = begin(tmp_path / "archive"), Memory()
    options = Options(str(root), str(tmp_path / "cache"))
    first = renew(options, memory, None)
    assert first.shown is not None
    page(first.shown, path)
    editor = Editor(root, seed=6)
    editor.change(root / "content/episodes/dark/index.md", lambda old: old + "And on it goes.\n")
    second = renew(options, memory, first, ["content/episodes/dark/index.md"])
    assert second.shown is not None
    answer, _ = page(second.shown, path)
    clean = Clean(root).bytes_of(path)
    assert clean is not None
    assert b"And on it goes." in clean
    assert answer.digest == hashlib.blake2b(clean, digest_size=16).hexdigest()
