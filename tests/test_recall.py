"""Where only words have changed nothing is linked again; all is as a clean build makes it."""

import json
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from byline import checking, last, measures, packs, recall, shards, wordless
from byline.asked import Asked
from byline.assembly import here
from byline.build import build
from byline.problems import Problem
from byline.read.files import read_text
from byline.read.probe import MediaFault
from byline.read.scan import Walked, scan
from byline.reading import read_settings
from byline.recheck import Memory, read_changed
from byline.stages import Linked
from conftest import ROOT, byline
from editing import unhurried
from lanterns import FILES, LONG, SHOWN, Site, at_the_end

EARLY = LONG * 2


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    """The archive, built once, of files that count as old."""
    unhurried(monkeypatch)
    made = Site(tmp_path)
    time.sleep(0.05)  # the clock of a file system has steps
    made.build()
    return made


@pytest.fixture
def linked(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """An entry for every time that an archive is linked."""
    seen: list[object] = []
    plain = checking.link

    def noted(*values: object) -> object:
        seen.append(values)
        return plain(*values)  # type: ignore[arg-type]

    monkeypatch.setattr(checking, "link", noted)
    return seen


def test_words_of_every_kind_of_document_change_without_linking(site: Site, linked: list[object]) -> None:
    for path, shown in SHOWN.items():
        site.edit(path, at_the_end)
        assert site.made() == shown, path
    site.edit(
        "content/episodes/dark/index.md", lambda old: old.replace("\ncredits:", " Send them.\ncredits:")
    )
    site.build()
    assert linked == []
    site.same()


def test_many_edits_one_after_the_other_are_edits_since_it_was_linked(
    site: Site, linked: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recall, "FEW", 3)
    for path in list(SHOWN)[:3]:
        site.edit(path, at_the_end)
        site.build()
    site.edit("content/index.md", at_the_end)
    site.build()
    assert linked == []
    site.edit("content/records/r0.md", at_the_end)
    site.build()
    assert len(linked) == 1
    site.edit("content/records/r1.md", at_the_end)
    site.build()
    assert len(linked) == 1
    site.same()


def recalled(site: Site, day: str = "2026-01-01") -> Linked | None:
    """What is recalled of an archive as it stands now."""
    configured, said = read_settings(site.root)
    assert configured
    walked = Walked(packs.clock(site.cache), "content", lambda: scan(site.root))
    return recall.recall(site.root, configured, said, walked, site.cache, day)[0]


def test_nobody_may_ask_for_words_that_have_not_changed(site: Site) -> None:
    site.edit("content/records/r0.md", at_the_end)
    parts = recalled(site)
    assert parts
    records = parts.archive.library.records
    assert "One more." in str(wordless.parts_of(records["r0"].body))
    assert (len(records), "r1" in records, "r2" in records) == (3, True, False)
    with pytest.raises(LookupError, match="not changed"):
        wordless.parts_of(records["r1"].body)


def test_another_program_or_other_settings_recall_nothing(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.edit("content/records/r0.md", at_the_end)
    assert recalled(site)
    with monkeypatch.context() as patch:
        patch.setattr(recall, "code_version", lambda: "another")
        assert not recalled(site)
    site.edit("byline.toml", lambda old: old.replace("Lanterns", "Lan\u200bterns"))
    assert not recalled(site)  # the same settings, of which something is said


def test_what_is_not_there_any_more_is_not_recalled(site: Site) -> None:
    site.edit("content/records/r0.md", at_the_end)
    shutil.rmtree(site.cache / "documents")
    assert not recalled(site)
    site.build()
    site.same()


def test_a_file_as_new_as_the_build_is_read(tmp_path: Path) -> None:
    """Without `unhurried`: two texts of one file may have the same state."""
    made = Site(tmp_path)
    made.build()
    made.edit("content/records/r0.md", at_the_end)
    made.build()
    assert not recalled(made)


def test_whoever_makes_pages_elsewhere_links(site: Site, linked: list[object]) -> None:
    site.edit("content/records/r0.md", at_the_end)
    asked = Asked(site.root, on="2026-01-01", cache=site.cache)
    assert build(asked, site.output, here(1)).done
    assert linked
    site.same()


NAME = b"Zed Unforgettable"


def kept_words(site: Site) -> bytes:
    return b"".join(path.read_bytes() for path in site.cache.rglob("*") if path.is_file())


@pytest.mark.parametrize("ends", ["a preview", "a full disk", "a fault"])
def test_who_is_withdrawn_is_in_no_cache(site: Site, monkeypatch: pytest.MonkeyPatch, ends: str) -> None:
    zed = "content/contributors/zed.md"
    site.edit(zed, lambda _: f"---\nname: {NAME.decode()}\n---\n{LONG}\n")
    site.build()
    assert NAME in kept_words(site)
    site.edit(zed, lambda old: old.replace("---\n", "---\nwithdrawn: true\n", 1))

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    asked = Asked(site.root, on="2026-01-01", cache=site.cache)
    if ends == "a preview":
        read_changed(site.root, (), site.cache, Memory())
    elif ends == "a full disk":
        monkeypatch.setattr(recall, "put", full)
        assert build(asked, site.output).done
    else:
        monkeypatch.setattr(checking, "link", full)
        with pytest.raises(OSError, match="No space"):
            build(asked, site.output)
    assert NAME not in kept_words(site)


def test_the_line_of_a_warning_is_in_no_cache(site: Site) -> None:
    """It is told again where nothing has changed."""
    row = {"id": "zed", "name": NAME.decode(), "withdrawn": True, "body": "One \u202eword."}
    site.edit("content/contributors.jsonl", lambda _: json.dumps(row, ensure_ascii=False) + "\n")
    time.sleep(0.05)
    options = f"build --output {site.output} --cache {site.cache} --on 2026-01-01"
    first, again = byline(site.root, options), byline(site.root, options)
    assert "0 written" in again[0]
    assert NAME.decode() in first[0]
    assert first[0].splitlines()[:-1] == again[0].splitlines()[:-1]
    assert NAME not in kept_words(site)


def test_words_that_were_taken_out_are_in_no_cache(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    page = "content/records/r0.md"
    for text in (f"Of {NAME.decode()}.", f"![{NAME.decode()}](navy.png)"):
        for files in (1 << 20, 64):  # so many may be open: then words are in memory
            monkeypatch.setattr(shards, "open_files", lambda files=files: files)
            site.edit(page, lambda old, text=text: f"{old}\n{text}\n")  # type: ignore[misc]
            site.build()
            site.edit("content/records/r1.md", lambda old: old.replace("title: ", "title: The "))
            site.build()
            site.edit(page, lambda old: old.replace(NAME.decode(), "somebody"))
            site.build()
            assert NAME not in kept_words(site)
    site.same()


def draft(text: str) -> str:
    return text.replace("---\n", "---\ndraft: true\n", 1)


OTHERS: dict[str, tuple[str, Callable[[str], str]]] = {
    "a title": ("content/records/r0.md", lambda old: old.replace("First", "Firsts")),
    "how a text begins": ("content/records/r0.md", lambda old: old.replace("It is", "It was")),
    "a link": ("content/records/r0.md", lambda old: old + "\nSee [it](record:r1).\n"),
    "a draft": ("content/records/r0.md", draft),
    "a new file": ("content/records/r2.md", lambda _: f"---\ntitle: Third\nby: ada\n---\n{LONG}\n"),
    "no file": ("content/records/r1.md", lambda _: ""),
    "no ledger": ("content/records.jsonl", lambda _: ""),
    "words for a picture": ("content/records/r1.md", lambda old: old.replace("[Blue]", "[Navy]")),
    "no other file": ("content/records/notes.txt", lambda _: ""),
    "a folder that nothing reads": ("content/other/notes.txt", lambda _: "Notes."),
    "a setting": ("byline.toml", lambda old: old.replace("per_page = 10", "per_page = 11")),
    "a template": ("templates/none.html", lambda _: "None."),
}


@pytest.mark.parametrize("name", OTHERS)
def test_whatever_else_changes_with_words_is_linked(site: Site, linked: list[object], name: str) -> None:
    site.edit("content/records/notes.txt", lambda _: "Notes.")
    site.edit("content/records/r1.md", lambda old: old + "\n![Blue](navy.png)\n")
    time.sleep(0.05)
    site.build()
    linked.clear()
    site.edit("content/pages/about.md", at_the_end)
    site.edit(*OTHERS[name])
    site.build()
    assert linked
    site.same()


def test_words_of_what_is_not_shown_are_none_of_the_site(site: Site, linked: list[object]) -> None:
    site.edit("content/records/r1.md", draft)
    site.build()
    linked.clear()
    site.edit("content/records/r1.md", at_the_end)
    assert site.made() == set()
    assert linked == []
    site.same()


def test_a_file_of_static_changes_with_words(site: Site, linked: list[object]) -> None:
    site.edit("static/own.css", lambda _: "a {}")
    site.edit("content/pages/about.md", at_the_end)
    assert site.made() == {"own.css", "about/index.html"}
    assert linked  # there was no such file
    linked.clear()
    for _ in range(2):
        site.edit("static/own.css", lambda old: old + "\nb {}")
        site.edit("content/pages/about.md", at_the_end)
        assert site.made() == {"own.css", "about/index.html"}
    assert linked == []
    site.same()


def test_a_template_changes_with_words(site: Site, linked: list[object]) -> None:
    """All pages are made again, with all their words."""
    built_in = ROOT / "templates/parts/roll.html"
    site.edit("content/records/r0.md", at_the_end)
    site.edit("templates/parts/roll.html", lambda _: built_in.read_text("utf-8") + "<p>Sources.</p>")
    site.build()
    assert linked
    site.same()


def test_a_picture_changes_with_words(site: Site, linked: list[object]) -> None:
    site.edit("content/records/r0.md", lambda old: old + "\n![Blue](navy.png)\n")
    site.build()
    linked.clear()
    Image.new("RGB", (40, 30), "teal").save(site.root / "content/records/navy.png")
    site.edit("content/pages/about.md", at_the_end)
    site.build()
    assert linked
    site.same()


def test_a_file_of_the_site_that_is_gone_comes_back_with_its_words(site: Site, linked: list[object]) -> None:
    (site.output / "records/r1/index.html").unlink()
    site.edit("content/records/r0.md", at_the_end)
    assert site.made() == SHOWN["content/records/r0.md"] | {"records/r1/index.html"}
    assert len(linked) == 1
    site.same()


def test_a_site_that_was_not_made_has_all_its_words(
    site: Site, linked: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A build ends after linking, so that what is kept is newer than the site."""
    asked = Asked(site.root, on="2026-01-01", cache=site.cache)
    site.edit("content/records/r0.md", at_the_end)
    site.edit("content/pages/about.md", at_the_end)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("byline.write.Stage.put", full)
        patch.setattr(recall, "FEW", 0)
        assert not build(asked, site.output).done
    linked.clear()
    site.edit("content/records/r1.md", at_the_end)
    site.build()
    assert linked  # what is kept knows no words of the two that the site has not
    site.same()


def test_words_that_have_something_wrong_in_them_are_told(site: Site) -> None:
    asked = Asked(site.root, on="2026-01-01", cache=site.cache)
    site.edit("content/records/r0.md", lambda old: old + "\n[It](record:nobody)\n")
    built = build(asked, site.output)
    assert [one.problem.code for one in built.located] == ["unknown-record"]
    assert not (site.cache / packs.LINKED).exists()  # nobody who has withdrawn stays there, whatever is wrong
    site.edit("content/records/r0.md", lambda old: old.replace("record:nobody", "record:r1"))
    site.build()
    site.same()


def test_a_warning_stays_with_the_words_around_it(site: Site, linked: list[object]) -> None:
    site.edit("byline.toml", lambda old: old + '\n[markdown]\nlinks = "warn"\n')
    site.edit("content/records/r0.md", lambda old: old + "\nAnd nothing else.\n\n[It](nothing.pdf)\n")
    asked = Asked(site.root, on="2026-01-01", cache=site.cache)

    def lines() -> list[tuple[str, int]]:
        return [(one.problem.code, one.span.line) for one in build(asked, site.output).located]

    time.sleep(0.05)
    first = lines()
    linked.clear()
    site.edit("content/records/r1.md", at_the_end)
    assert lines() == first
    assert first
    assert linked == []
    site.edit("content/records/r0.md", lambda old: old.replace("And nothing else.\n\n", ""))
    assert lines() == [(code, line - 2) for code, line in first]
    site.same()


@pytest.mark.parametrize("words", ["Mid\u202enight.", "[It](bad:thing)"])
def test_a_warning_in_new_words_is_told(site: Site, words: str) -> None:
    site.edit("content/records/r0.md", lambda old: f"{old}\n{words}\n")
    built = site.build()
    assert [one.span.path for one in built.located] == ["content/records/r0.md"]
    site.same()


def test_a_folder_of_no_episode_is_told_with_new_words(site: Site) -> None:
    (site.root / "content/episodes/light/segments").mkdir(parents=True)
    site.edit("content/records/r0.md", at_the_end)
    built = build(Asked(site.root, on="2026-01-01", cache=site.cache), site.output)
    assert [one.problem.code for one in built.located] == ["bundle-without-episode"]


def test_a_warning_elsewhere_names_the_line_of_today(site: Site) -> None:
    """What is wrong with a file is said of that file, beside the line that refers to it."""
    site.edit("byline.toml", lambda old: old + '\n[media]\nbroken = "warn"\n')
    site.edit("content/records/talk.vtt", lambda _: "WEBVTT\n\n00:09.000 --> 00:01.000\nBackwards.\n")
    site.edit("content/records/r0.md", lambda old: old + "\nAnd nothing else.\n\n[Talk](talk.vtt)\n")

    def lines() -> list[tuple[str, int]]:
        (one,) = site.build().located
        return [(one.span.path, one.span.line), *((span.path, span.line) for span, _ in one.related)]

    time.sleep(0.05)
    talk, (path, line) = lines()
    assert path == "content/records/r0.md"
    site.edit("content/records/r0.md", lambda old: old.replace("And nothing else.\n\n", ""))
    assert lines() == [talk, (path, line - 2)]
    site.same()


def test_another_day_is_another_archive(site: Site, linked: list[object]) -> None:
    site.edit("content/records/r1.md", lambda old: old.replace("---\n", "---\npublish: 2026-02-01\n", 1))
    time.sleep(0.05)
    site.build()
    linked.clear()
    site.edit("content/records/r0.md", at_the_end)
    time.sleep(0.05)
    site.build()
    assert linked == []
    for day, again in (("2026-01-31", True), ("2026-02-01", False)):
        seen = last.look(site.root, site.output, (), day, site.cache)
        assert seen is not None
        assert (seen.again is not None) == again
    site.edit("content/records/r0.md", at_the_end)
    assert recalled(site)
    assert not recalled(site, "2026-01-02")
    assert build(Asked(site.root, on="2026-03-01", cache=site.cache), site.output).done
    assert (site.output / "records/r1/index.html").exists()


def test_what_turned_out_to_be_too_much_is_not_forgotten(site: Site) -> None:
    site.edit("content/records/r0.md", lambda old: old + "\n![Blue](navy.png)\n")
    site.build()
    configured = checking.check(Asked(site.root, cache=site.cache)).settings
    digest = measures.digest_of(site.root / "content/records/navy.png")
    fault = MediaFault("media-limit", "it takes longer than it may")
    assert not recalled(site)  # nothing has changed
    measures.give_up(site.cache, configured.media, {("content/records/navy.png", digest): fault})
    site.edit("content/pages/about.md", at_the_end)
    assert not recalled(site)
    built = build(Asked(site.root, on="2026-01-01", cache=site.cache), site.output)
    assert [one.problem.code for one in built.located] == ["media-limit"]


@pytest.mark.parametrize("harm", ["cut", "empty", "garbled", "foreign"])
def test_what_is_kept_is_not_trusted_where_it_was_hurt(
    site: Site, linked: list[object], monkeypatch: pytest.MonkeyPatch, harm: str
) -> None:
    file = site.cache / packs.LINKED
    data = file.read_bytes()
    wrong = {
        "cut": data[:-1],
        "empty": b"",
        "garbled": data[:100] + bytes([data[100] ^ 1]) + data[101:],
        "foreign": packs.joined(b"\x93\x01\x02\x03"),
    }
    file.write_bytes(wrong[harm])
    site.edit("content/records/r0.md", at_the_end)
    assert site.made() == SHOWN["content/records/r0.md"]
    assert len(linked) == 1
    site.same()


def test_a_file_that_changes_while_it_is_read_is_read_again(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is found by its words, and has another title when it is read."""
    page = "content/pages/about.md"
    site.edit(page, at_the_end)

    def read(root: Path, path: str) -> tuple[str, Problem | None]:
        if path == page:
            text = (root / path).read_text("utf-8")
            (root / path).write_text(text.replace("About", "About us"), "utf-8")
        return read_text(root, path)

    with monkeypatch.context() as patch:
        patch.setattr("byline.cache.read_text", read)
        site.build()
    site.build()
    site.same()


def test_an_archive_like_no_other_is_recalled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All that documents can hold, through the cache and back."""
    unhurried(monkeypatch)
    made = Site(tmp_path)
    for path, text in MORE.items():
        made.edit(path, lambda _, text=text: text)  # type: ignore[misc]
    made.build()
    for path in ("content/records/r9.md", "content/contributors/gone.md", *FILES):
        if path.endswith(".md"):
            made.edit(path, at_the_end)
            made.build()
    made.same()


MORE = {
    "content/contributors/gone.md": "---\nname: Bo Example\nwithdrawn: {on: 2020-01-01}\n---\n",
    "content/contributors/duo.md": f"---\nname: Duo Example\nkind: group\nmembers: [ada]\n---\n{LONG}\n",
    "content/contributors/late.md": "---\nname: Cy Example\nin_memoriam: 2015-01-01\nformer_ids: [cy]\n---\n",
    "content/records/r9.md": (
        "---\ntitle: Ninth\ncredits:\n  composer: [duo, gone, {who: late, as: The sea, at: 1:02}]\n"
        "sources: [{record: r1, kind: remix, at: 0:10}, {title: A song, by: Nobody, license: CC0-1.0}]\n"
        "tags: [sea, night]\ncorrections: [{on: 2021-01-01, note: Put right.}]\n"
        f"extra: {{n: 1, f: 1.5, d: 2020-01-01, l: [a, {{b: null}}], t: true}}\n---\n{EARLY}\n"
    ),
    "content/records/r8.md": "---\ntitle: Eighth\nby: duo\nwithdrawn: {on: 2020-01-01}\nsources: [r9]\n---\n",
}
