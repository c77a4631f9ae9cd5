"""The day decides what is shown, and not what is wrong."""

from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import Site, build, byline, write
from editing import tree

JOE = {"content/contributors/joe.md": "---\nname: Joe\n---\n"}
LATER = "publish: 2999"
Make = Callable[..., Site]


def record(title: str, *fields: str, body: str = "") -> str:
    return "\n".join(["---", f"title: {title}", "by: joe", *fields, "---", body, ""])


def check(root: Path, files: dict[str, str], options: str = "") -> str:
    return byline(write(root, {**JOE, **files}), f"check {options}")[0]


def test_what_waits_for_its_day_is_checked_with_all_the_rest(tmp_path: Path) -> None:
    row = '{"id": "row", "title": "Row", "by": "joe", "publish": "2998-05", "body": "\\n\\n[x](record:zz)"}\n'
    files = {
        "content/records/a.md": record("A", "sources: [b]"),
        "content/records/b.md": record("B", LATER, "sources: [c, nope]", "media: no.png", body="[](page:no)"),
        "content/records/c.md": record("C", LATER, "sources: [a]"),
        "content/records.jsonl": row,
        "content/contributors/zoe.md": f"---\nname: Zoe\n{LATER}\nmembers: [nobody]\n---\n",
        "content/episodes/e.md": f"---\ntitle: E\n{LATER}\ntopic: '???'\naliases: [/records/a/]\n---\n",
        "content/episodes/e/segments/s.md": "---\ntitle: S\nuses: [none]\naliases: [/roles/]\n---\n",
    }
    today, then = check(tmp_path, files), check(tmp_path, {}, "--on 2999-01-01")
    told = [line for line in today.splitlines() if "[hidden-source]" not in line and "error" in line]
    assert told[:-1] == [line for line in then.splitlines() if "error" in line][:-1]
    assert len(told) > 9
    assert "[hidden-source]" in today  # what is shown today names something that is not


def test_a_build_says_so_too_before_and_after_it_knows_the_archive(site: Make, tmp_path: Path) -> None:
    cache = f"--cache {tmp_path / 'cache'}"
    made = site({**JOE, "content/records/a.md": record("A", body="Words.")}, cache)
    before = tree(made.output)
    write(made.root, {"content/records/b.md": record("B", LATER, "hearts: 3", "media: no.png")})
    wrong = build(made.root, made.output, cache)
    assert wrong.status == 1
    assert "[missing-file]" in wrong.text
    assert tree(made.output) == before
    assert build(made.root, made.output, cache).text == wrong.text
    write(made.root, {"content/records/b.md": record("B", LATER, body="![](gone.jpg)")})
    texts = [build(made.root, made.output, cache).text]
    write(made.root, {"content/records/a.md": record("A", body="Other words.")})
    texts += [build(made.root, made.output, cache).text, build(made.root, tmp_path / "clean").text]
    assert [text.partition("\n1 warning")[0] for text in texts] == [texts[0].partition("\n1 warning")[0]] * 3
    assert "warning[missing-file]" in texts[0]


@pytest.mark.parametrize("fields", [("draft: true",), ("draft: true", LATER)])
def test_a_draft_may_be_half_written(fields: tuple[str, ...], tmp_path: Path) -> None:
    files = {"content/records/a.md": record("A", *fields, "sources: [nope]", "media: no.png")}
    assert check(tmp_path, files) == "No problems.\n"
    assert "[bad-date]" in check(tmp_path, {"content/records/a.md": record("A", *fields, "date: soon")})


def test_what_waits_may_name_what_waits_and_is_told_of_drafts(tmp_path: Path) -> None:
    files = {
        "content/records/a.md": record("A", LATER, "sources: [b]", body="[x](record:b)"),
        "content/records/b.md": record("B", "publish: 2998"),
    }
    assert check(tmp_path, files) == "No problems.\n"
    text = check(tmp_path, {"content/records/b.md": record("B", "draft: true")})
    assert text.count("is not published yet; it is left out") == 2
    assert text.endswith("2 warnings\n")


def test_nothing_of_what_waits_is_in_the_site(site: Make, tmp_path: Path) -> None:
    made = site({**JOE, "content/records/a.md": record("A")})
    later = {
        "content/records/b.md": record("Bee", LATER, "sources: [a]", "aliases: [/bee/]"),
        "content/episodes/e.md": f"---\ntitle: Eee\n{LATER}\nuses: [a]\ntopic: Bees\nseason: bees\n---\n",
    }
    after = build(write(made.root, later), tmp_path / "later")
    assert after.status == 0, after.text
    assert tree(after.output) == tree(made.output)
