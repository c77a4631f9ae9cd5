"""Checking again knows no more and no less than checking anew, whatever was written."""

import random
from pathlib import Path

from byline import build
from byline.assembly import Checked
from byline.recheck import Memory, check_again
from preview.edits import Editor, begin, body

DAY = "2025-01-01"


def again(root: Path, memory: Memory) -> Checked:
    return check_again(root, build.read(root, known=memory.reads), DAY, memory)


def same(root: Path, checked: Checked) -> None:
    anew = build.check(root, on=DAY)
    assert checked.problems == anew.problems
    assert checked.outputs == anew.outputs
    assert checked.archive == anew.archive


def test_words_are_put_into_an_archive_that_is_not_linked_again(tmp_path: Path) -> None:
    root, memory = begin(tmp_path), Memory()
    lineage = again(root, memory).archive.lineage  # type: ignore[union-attr]
    editor = Editor(root, seed=3)
    for path in [*editor.documents(), root / "content" / "records.csv"]:
        editor.change(path, lambda old: old.replace("Words.", "Other words, [linked](https://example.org)."))
        editor.change(path, lambda old: old.replace("Too.", "Two."))
        if path.suffix == ".md":
            editor.change(path, lambda old: old + "\nAnd more.\n")
        checked = again(root, memory)
        same(root, checked)
        assert checked.archive is not None
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
