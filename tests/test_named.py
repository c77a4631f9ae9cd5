"""Whoever is renamed, or whatever, costs the pages that name them; all is as a clean build makes it."""

import os
import random
import time
import zlib
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from byline import checking, named, packs, standing
from byline.archive import Archive
from byline.asked import Asked
from byline.assembly import workshop
from byline.build import build
from byline.make import make
from byline.pages.registry import BY_NAME
from byline.problems import Place
from byline.reading import begin
from byline.stages import Contents
from byline.values import (
    Artifact,
    Body,
    Contributor,
    Document,
    Episode,
    Manifest,
    Page,
    Record,
    Season,
    Segment,
    Topic,
)
from byline.wordless import with_bodies
from conftest import ROOT
from editing import unhurried
from lanterns import LONG, Site, at_the_end

LEAN = ("lineage.missing=warn", "lineage.cycles=warn")
NAMES = ("Aaron Example", "Zoë Example", "Mid Example", "Ólafur of the Lanterns")
LEDGER = "content/contributors.jsonl"


Shown = dict[str, tuple[str, set[str]]]


def pages(root: Path, contents: Contents) -> tuple[Shown, Archive]:
    """All pages of an archive, what each is known by and what is named there; and the archive."""
    assert contents.scan is not None
    checked = checking.plan(root, checking.linked(contents, contents.scan, "2026-01-01"))
    assert checked.sound
    place = workshop(root, checked, Manifest(), root / "none")
    found = {}
    for output in checked.outputs:
        kind = BY_NAME.get(output.kind)
        if kind is None or kind.draw is not None:  # drawing takes long
            continue
        made = make(place, output)
        assert isinstance(made, Artifact)
        found[output.path] = made.digest, set(made.named.decode().split(" "))
    return found, place.frame.archive


def other_words(body: Body) -> Body:
    return msgspec.structs.replace(body, plain=f"Other words. {body.plain}")


def renamed(one: Document, chance: random.Random) -> Document:
    """A document with other names, titles, or with more to say, or one that begins otherwise."""
    other = chance.choice(NAMES)
    changes: tuple[dict[str, object], ...] = (
        {"title": other},
        {"title": ""},
        {"title": other, "summary": "Something."},
    )
    if isinstance(one, Contributor):
        changes = (
            {"name": f"{other} {one.name}"},
            {"name": other, "also_credited_as": (one.name,)},
            {"sort_name": other, "pronouns": "they/them", "summary": "Somebody."},
            {"name": f"{one.name} II", "in_memoriam": "1999", "links": (), "identifiers": {}},
        )
    changed = msgspec.structs.replace(one, **chance.choice(changes))
    return with_bodies(changed, other_words) if chance.random() < 0.5 else changed


REAL = os.environ.get("BYLINE_ARCHIVES", "")
there = pytest.mark.skipif(not REAL, reason="BYLINE_ARCHIVES names no folder of archives")
ARCHIVES = [
    pytest.param(ROOT, 5, id="example"),
    *(pytest.param(Path(REAL) / name, 1, id=name, marks=there) for name in ("jupiter", "scp")),
]


@pytest.mark.parametrize("kind", ["contributor", "record", "segment", "episode"])
@pytest.mark.parametrize(("root", "several"), ARCHIVES)
def test_what_is_renamed_is_named_wherever_that_shows(root: Path, several: int, kind: str) -> None:
    """Of every kind of page: what another name changes there says so."""
    asked, chance = Asked(root, LEAN), random.Random(5)
    contents = checking.read(asked, begin(asked).texts())
    before, archive = pages(root, contents)
    group = {
        (one.place.path, one.place.line): (kind, id_)
        for id_, one in getattr(archive.library, f"{kind}s").items()
        if not one.withdrawn and not one.publish
    }
    places = [(one.place.path, one.place.line) for one in contents.documents]
    known = [at for at, place in enumerate(places) if place in group]
    seen = 0
    for at in chance.sample(known, min(several, len(known))):
        documents = list(contents.documents)
        documents[at] = renamed(documents[at], chance)  # type: ignore[call-overload]
        assert named.nameless(documents[at : at + 1]) == named.nameless(contents.documents[at : at + 1])
        after, _ = pages(root, msgspec.structs.replace(contents, documents=documents))
        marks = named.marks([group[places[at]]])
        changed = [path for path in after if path in before and after[path][0] != before[path][0]]
        assert [path for path in changed if before[path][1].isdisjoint(marks)] == []
        seen += len(changed)
    assert seen or not known


SEEN = {
    Contributor: "name sort_name also_credited_as pronouns links identifiers in_memoriam summary body",
    Record: "title summary body",
    Segment: "title summary body",
    Episode: "title summary body call",
    Season: "",
    Topic: "",
    Page: "",
}


@pytest.mark.parametrize("kind", SEEN)
def test_all_but_names_and_titles_is_a_matter_of_linking(kind: type[Document]) -> None:
    one = kind(id="one", place=Place("content/one.md", 1))
    before = named.nameless([one])
    for field in (field.name for field in msgspec.structs.fields(kind)):
        other = Body(plain="Other words.") if field in ("body", "call") else "other"
        changed = named.nameless([msgspec.structs.replace(one, **{field: other})])
        assert (changed == before) == (field in SEEN[kind].split()), field


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    """The archive with more people, built once, of files that count as old."""
    unhurried(monkeypatch)
    made = Site(tmp_path)
    made.edit(LEDGER, lambda _: "".join([row(at) for at in range(30)]))
    for at in range(2, 8):
        (made.root / f"content/records/r{at}.md").write_text(
            f"---\ntitle: Record {at}\nby: p{at}\n---\n{LONG}\n"
        )
    time.sleep(0.05)
    made.build()
    return made


def row(at: int) -> str:
    return f'{{"id": "p{at}", "name": "Person {at}", "body": "{LONG}"}}\n'


def change(site: Site, before: str, after: str) -> None:
    """Change the ledger of people."""
    site.edit(LEDGER, lambda old: old.replace(before, after, 1))


@pytest.fixture
def viewed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The kinds and ids of pages that are looked at."""
    seen: list[str] = []
    plain = make

    def noted(place: object, output: object) -> object:
        seen.append(f"{output.kind} {output.id}")  # type: ignore[attr-defined]
        return plain(place, output)  # type: ignore[arg-type]

    monkeypatch.setattr("byline.assembly.make", noted)
    return seen


@pytest.mark.parametrize("name", ["Person 3 the Third", "Aaron Example", "Éowyn Example"])
def test_a_rename_looks_at_the_pages_of_one(site: Site, viewed: list[str], name: str) -> None:
    change(site, '"Person 3"', f'"{name}"')
    made = site.made()
    assert {"contributors/p3/index.html", "records/r3/index.html"} <= made
    looked = {one for one in viewed if one.split()[0] in ("record", "contributor", "episode", "segment")}
    assert looked == {"contributor p3", "record r3"}
    site.same()
    assert site.made() == set()


def test_one_of_a_file_is_renamed_too(site: Site, viewed: list[str]) -> None:
    site.edit("content/contributors/ada.md", lambda old: old.replace("Ada Example", "Zoë Example"))
    time.sleep(0.05)
    built = site.build()
    assert built.timings.read[0] == 1
    assert "record r0" in viewed
    assert "record r3" not in viewed
    site.same()


def test_words_change_with_a_name(site: Site, viewed: list[str]) -> None:
    change(site, '"Person 3"', '"Third"')
    change(site, f'"Person 4", "body": "{LONG}', f'"Person 4", "body": "{LONG}And more.')
    site.edit("content/records/r5.md", at_the_end)
    site.build()
    assert {"contributor p3", "record r3", "contributor p4", "record r5"} <= set(viewed)
    assert "contributor p6" not in viewed
    site.same()


WORKS: dict[str, tuple[str, str, str]] = {
    "a title": ("content/records/r3.md", "title: Record 3", "title: Another record"),
    "no title": ("content/records/r3.md", "title: Record 3\n", ""),
    "a summary": ("content/records/r3.md", "title: Record 3", "title: Record 3\nsummary: Of a ferry."),
    "how it begins": ("content/records/r3.md", "It is long", "It was long"),
    "a row": ("content/records.jsonl", '"A row"', '"A line"'),
    "how a row begins": ("content/records.jsonl", "It is long", "It was long"),
}


@pytest.mark.parametrize("name", WORKS)
def test_a_title_looks_at_the_pages_that_show_it(site: Site, viewed: list[str], name: str) -> None:
    path, before, after = WORKS[name]
    site.edit(path, lambda old: old.replace(before, after, 1))
    made = site.made()
    who, record = ("ada", "row") if "row" in name else ("p3", "r3")
    assert {f"contributors/{who}/index.html", f"records/{record}/index.html"} <= made
    assert {f"contributor {who}", f"record {record}"} <= set(viewed)
    assert "record r5" not in viewed
    assert "contributor p5" not in viewed
    site.same()


@pytest.mark.parametrize("path", ["episodes/dark/index.md", "episodes/dark/segments/01-storm.md"])
def test_a_title_of_what_is_shown(site: Site, viewed: list[str], path: str) -> None:
    site.edit(f"content/{path}", lambda old: old.replace("title: ", "title: Very "))
    site.build()
    assert "contributor ada" in viewed
    assert "record r5" not in viewed
    site.same()


def test_what_is_shown_in_a_text_is_named_to_programs(site: Site, viewed: list[str]) -> None:
    """In `index.json`, by names and titles alone."""
    site.edit("content/records/r0.md", lambda old: old + "\n![](record:r3)\n\nAs in ![](record:r4).\n")
    time.sleep(0.05)
    site.build()
    viewed.clear()
    change(site, '"Person 3"', '"Third"')
    assert "records/r0/index.json" in site.made()
    site.edit("content/records/r4.md", lambda old: old.replace("Record 4", "Another record"))
    assert "records/r0/index.json" in site.made()
    assert "record r5" not in viewed
    site.same()


def test_a_record_without_a_page_has_no_address(site: Site, viewed: list[str]) -> None:
    site.edit("byline.toml", lambda old: old.replace("[pages]", '[pages]\nrecords = "used"'))
    time.sleep(0.05)
    site.build()
    viewed.clear()
    site.edit("content/records/r3.md", lambda old: old.replace("Record 3", "Another"))
    site.build()
    assert "contributor p5" in viewed
    site.same()


def test_one_row_of_a_ledger_has_other_words(site: Site, viewed: list[str]) -> None:
    """The others stand, also where nothing is recalled."""
    for turn, text in enumerate(("And more.", "And no more.")):
        change(site, f'"Person 4", "body": "{LONG}', f'"Person 4", "body": "{LONG}{text}')
        if turn:
            (site.cache / packs.LINKED).unlink()
        site.build()
        assert [one for one in viewed if one.startswith("contributor")] == ["contributor p4"]
        site.same()
        viewed.clear()


def test_names_and_words_turn_and_turn_about(site: Site, viewed: list[str]) -> None:
    """What is recalled keeps what it does not look at."""
    for _ in range(3):
        change(site, '"Person 3', '"Person 33')
        site.build()
        site.edit("content/contributors/ada.md", at_the_end)
        site.build()
        change(site, f'{LONG}"', f'{LONG}Again."')
        site.build()
        change(site, 'Again."', '"')
        change(site, '"Person 4', '"Person 44')
        site.build()
        assert "record r5" not in viewed
        site.same()
        viewed.clear()


OTHERS = {
    "a state": ('"name": "Person 3"', '"name": "Person three", "withdrawn": true'),
    "a draft": ('"name": "Person 3"', '"name": "Person three", "draft": true'),
    "an address": ('"name": "Person 3"', '"name": "Person three", "aliases": ["people/three"]'),
    "a group": ('"name": "Person 3"', '"name": "Person three", "kind": "group", "members": ["p4"]'),
    "a link": (f'"Person 3", "body": "{LONG}', f'"Person three", "body": "{LONG}[It](record:r0) '),
    "nobody": ('"id": "p9"', '"id": "p99"'),
}


@pytest.mark.parametrize("name", OTHERS)
def test_whatever_else_changes_is_looked_at(site: Site, viewed: list[str], name: str) -> None:
    change(site, *OTHERS[name])
    site.build()
    assert "record r5" in viewed
    site.same()


def test_somebody_speaks_who_had_another_name(site: Site) -> None:
    spoken = 'media: {url: "https://lanterns.example/t.mp3", captions: {en: talk.vtt}}\ncall: dark'
    site.edit("content/records/talk.vtt", lambda _: "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Someone>Hello.\n")
    site.edit("content/records/r0.md", lambda old: old.replace("call: dark", spoken))
    time.sleep(0.05)
    site.build()
    for before, after in (("Person 3", "Someone"), ("Someone", "Nobody")):
        change(site, f'"{before}"', f'"{after}"')
        assert "records/r0/index.html" in site.made()
        site.same()


HARMS: dict[str, Callable[[bytes], bytes]] = {
    "cut": lambda data: data[:-9],
    "garbled": lambda data: data.replace(b"p3", b"p4"),
    "empty": lambda _: b"",
}


@pytest.mark.parametrize("harm", HARMS)
def test_rows_that_were_hurt_are_not_trusted(site: Site, viewed: list[str], harm: str) -> None:
    file = site.cache / named.FILE
    file.write_bytes(HARMS[harm](file.read_bytes()))
    change(site, '"Person 3"', '"Third"')
    site.build()
    assert "record r5" in viewed
    site.same()
    viewed.clear()
    change(site, '"Third"', '"The third"')
    site.build()
    assert "record r5" not in viewed
    site.same()


def test_rows_that_cannot_be_written_are_none(site: Site, viewed: list[str]) -> None:
    taken = site.cache / f"named{packs.PASSING}{os.getpid()}"
    taken.mkdir()
    change(site, '"Person 3"', '"Third"')
    site.build()
    assert "record r5" not in viewed
    taken.rmdir()
    change(site, '"Third"', '"The third"')
    site.build()
    assert "record r5" in viewed
    assert [one.name for one in site.cache.iterdir() if packs.PASSING in one.name] == []
    site.same()


def test_rows_of_a_build_that_was_killed_are_cut_off(site: Site) -> None:
    file = site.cache / named.FILE
    with file.open("ab") as stream:
        stream.write(b"records/r3/index.html\0nobody\0")
    site.edit("content/records/r3.md", at_the_end)
    site.build()
    assert b"nobody" not in file.read_bytes()
    change(site, '"Person 3"', '"Third"')
    assert "records/r3/index.html" in site.made()
    site.same()


@pytest.mark.parametrize(("before", "after"), [('. "}', '.. "}'), ('"Person ', '"Person 1')])
def test_rows_do_not_pile_up(site: Site, viewed: list[str], before: str, after: str) -> None:
    file = site.cache / named.FILE
    first = file.stat().st_size
    for _ in range(20):
        site.edit(LEDGER, lambda old: old.replace(before, after))
        site.build()
    assert "record r0" not in viewed
    assert file.stat().st_size < 4 * first
    kept = packs.load(site.cache / standing.FILE, standing.Made)
    assert kept is not None
    data = file.read_bytes()
    assert (kept.names.size, kept.names.sum) == (len(data), zlib.crc32(data))
    assert kept.names.anew <= kept.names.size
    site.same()


def test_the_last_row_of_a_page_holds(tmp_path: Path) -> None:
    kept: named.Kept | None = None
    for turn in range(9):
        rows = named.Rows(tmp_path, kept)
        rows.add("a/index.html", b"p1 p%d" % turn)
        if kept is None:
            rows.add("b/index.html", b"p1")
        kept = rows.done()
        assert named.load(tmp_path, kept) == {"a/index.html": f"p1 p{turn}", "b/index.html": "p1"}
    assert kept is not None
    assert named.load(tmp_path, msgspec.structs.replace(kept, size=kept.size - 1)) is None
    assert [one.name for one in tmp_path.iterdir()] == [named.FILE]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("content/records/r0.md", "\nSee [them](https://old.example/contributors/zed/).\n"),
        ("content/contributors/ada.md", "\nSee contributors/zed.\n"),
    ],
)
def test_what_was_taken_out_is_in_no_row(site: Site, path: str, text: str) -> None:
    site.edit(path, lambda old: old + text)
    site.build()
    site.edit(path, lambda old: old.replace(text, ""))
    site.build()
    assert [one for one in site.cache.rglob("*") if one.is_file() and b"zed" in one.read_bytes()] == []


@pytest.mark.parametrize("renames", [True, False])
def test_a_file_that_stood_for_a_page_is_taken_away(site: Site, renames: bool) -> None:
    site.edit("static/_headers", lambda _: "/*\n  X-Own: yes\n")
    time.sleep(0.05)
    site.build()
    site.edit("static/_headers", lambda _: "")
    if renames:
        change(site, '"Person 3"', '"Third"')
    site.build()
    site.same()


@pytest.mark.parametrize(
    "url", ["https://lanterns.example/contributors/", "https://contributors/", "https://s/s/"]
)
def test_addresses_are_found_wherever_the_site_is(site: Site, url: str) -> None:
    site.edit("byline.toml", lambda old: old.replace("https://lanterns.example/", url, 1))
    site.edit("byline.toml", lambda old: old.replace("[pages]", '[pages]\njson = "all"'))
    site.build()
    change(site, '"Person 3"', '"Third"')
    site.build()
    site.same()


@pytest.mark.parametrize("state", ["draft: true", "publish: 2026-06-01", "withdrawn: true"])
def test_who_is_hidden_has_no_address(site: Site, state: str) -> None:
    hidden = "content/contributors/veiled.md"
    site.edit(hidden, lambda _: f"---\nname: Veiled Example\n{state}\n---\nWords.\n")
    site.edit("content/records/r3.md", lambda old: old.replace("by: p3", "by: [p3, veiled]"))
    time.sleep(0.05)
    site.build()
    site.edit(hidden, lambda old: old.replace("Veiled", "Hidden"))
    site.build()
    site.same()


def test_lists_that_are_cut_depend_on_everybody(site: Site) -> None:
    """Of a role, and of those whom somebody worked with."""
    site.edit(LEDGER, lambda old: old + "".join([row(at) for at in range(30, 80)]))
    for at in range(2, 8):
        by = ", ".join([f"p{one}" for one in (*range(30), *range(10 * at, 10 * at + 10))])
        text = f"---\ntitle: Record {at}\ncredits: {{editor: [{by}]}}\n---\n{LONG}\n"
        (site.root / f"content/records/r{at}.md").write_text(text)
    time.sleep(0.05)
    site.build()
    for before, after in (("Person 79", "Aaron"), ("Person 0", "Zoë"), ("Person 40", "Mid")):
        change(site, f'"{before}"', f'"{after}"')
        site.build()
        site.same()


def test_another_site_with_one_cache(site: Site) -> None:
    other = site.root.parent / "other"
    asked = Asked(site.root, on="2026-01-01", cache=site.cache, workers=1)
    assert build(asked, other).done
    change(site, '"Person 3"', '"Third"')
    site.build()
    change(site, '"Person 4"', '"Fourth"')
    assert build(asked, other).done
    site.output, here = other, site.output
    site.same()
    site.output = here
    site.build()
    site.same()


def test_a_name_and_something_else_change(site: Site, viewed: list[str]) -> None:
    def new_file() -> None:
        site.edit("content/records/r9.md", lambda _: "---\ntitle: Ninth\nby: p3\n---\nWords.\n")

    def setting() -> None:
        site.edit("byline.toml", lambda old: old.replace('"Lanterns"', '"Lamps"'))

    def template() -> None:
        built_in = ROOT / "templates/parts/roll.html"
        site.edit("templates/parts/roll.html", lambda _: built_in.read_text("utf-8") + "<p>More.</p>")

    def attachment() -> None:
        site.edit("content/records/notes.pdf", lambda _: "%PDF-1.4 none")

    site.edit("content/records/r0.md", lambda old: old + "\n[Notes](notes.pdf)\n")
    site.build()
    viewed.clear()
    for at, something in enumerate((new_file, setting, template, attachment)):
        change(site, f'"Person {at + 3}"', f'"Another {at}"')
        something()
        site.build()
        assert "record r7" in viewed
        site.same()
        viewed.clear()
