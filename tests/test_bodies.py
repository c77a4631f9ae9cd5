"""One body is edited: little is made, and all is as a clean build makes it."""

import shutil
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest

from byline.archive import Archive
from byline.asked import Asked
from byline.assembly import workshop
from byline.checking import check
from byline.make import Workshop
from byline.pages import registry
from byline.pages.bodies import body_of
from byline.pages.here import Here
from byline.pages.registry import BY_NAME
from byline.stages import Checked
from byline.values import Body, Episode, Manifest, Output
from conftest import ROOT
from editing import unhurried
from lanterns import FILES, SHOWN, Site, at_the_end


@pytest.fixture(params=["files as new as the build", "older files"])
def site(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    """The archive, built once. Of files that are as new as a build less is known the next time."""
    if request.param == "older files":
        unhurried(monkeypatch)
    made = Site(tmp_path)
    made.build()
    return made


@pytest.fixture
def viewed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths of all pages that were looked at."""
    seen: list[str] = []
    plain = Here.__init__

    def noted(here: Here, frame: object, output: Output, opens: str = "") -> None:
        seen.append(output.path)
        plain(here, frame, output, opens)  # type: ignore[arg-type]

    monkeypatch.setattr(Here, "__init__", noted)
    return seen


def test_nothing_but_its_own_page_is_viewed_where_the_end_of_a_body_changes(
    site: Site, viewed: list[str]
) -> None:
    kinds = {kind.opens for kind in BY_NAME.values()}
    assert len(kinds) == 8  # of documents, and none
    for path, shown in SHOWN.items():
        viewed.clear()
        site.edit(path, at_the_end)
        assert site.made() == shown, path
        also = {"episodes/dark/records/index.html"} if "dark/index" in path else set()
        assert set(viewed) == shown | also
    viewed.clear()
    site.edit(
        "content/episodes/dark/index.md", lambda old: old.replace("\ncredits:", " Send them.\ncredits:")
    )
    shown = SHOWN["content/episodes/dark/index.md"] | {"episodes/dark/records/index.html"}
    assert site.made() == shown == set(viewed)
    site.same()


EDITS = {
    "the start": ("r0.md", lambda old: old.replace("---\nIt is", "---\nIt was")),
    "a link": ("r0.md", lambda old: old + "\n\nSee [it](record:r1) and [](page:about).\n"),
    "a link elsewhere": ("r0.md", lambda old: old.replace("record:r1", "record:row")),
    "something above it": ("r0.md", lambda old: old.replace("---\nIt", "---\n## One\n\nIt")),
    "a record that is shown": ("01-storm.md", lambda old: old + "\n\n![](record:r1)\n"),
    "words below it": ("01-storm.md", lambda old: old + "\nAnd on.\n"),
    "a picture": ("r1.md", lambda old: old + "\n\n![Blue](navy.png)\n"),
    "its words": ("r1.md", lambda old: old.replace("[Blue]", "[Navy]")),
    "a picture from elsewhere": ("ada.md", lambda old: old + "\n\n![x](https://a.example/x.png)\n"),
    "a link of the home page": ("content/index.md", lambda old: old + "\n\n[Ada](contributor:ada)\n"),
    "a call": ("dark/index.md", lambda old: old.replace("call: It is", "call: It was")),
    "nothing to be seen": ("r0.md", lambda old: old + "\n\n\n"),
    "a file": ("static/_headers", lambda _: "/*\n"),
    "no file": ("static/_headers", lambda _: ""),
    "a setting": ("byline.toml", lambda old: old.replace("Lanterns", "Lights")),
}


def test_any_edit_ends_where_a_clean_build_ends(site: Site, viewed: list[str]) -> None:
    for name, change in EDITS.values():
        path = next((path for path in (*FILES, *SHOWN) if path.endswith(name)), name)
        site.edit(path, change)
        site.build()
        site.same()
    viewed.clear()
    assert site.made() == set(viewed) == set()


def test_words_change_while_other_files_are_hurt_or_replaced(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed: list[object] = []
    plain = registry.whole

    def noted(archive: Archive, rest: Sequence[Output]) -> tuple[Output, ...]:
        listed.append(archive)
        return plain(archive, rest)

    monkeypatch.setattr(registry, "whole", noted)
    site.edit("static/_headers", lambda _: "/*\n")
    site.build()
    listed.clear()
    site.edit("content/records/r0.md", at_the_end)
    site.edit("static/_headers", lambda _: "/one\n")
    assert site.made() == SHOWN["content/records/r0.md"] | {"_headers"}
    assert not listed  # neither can be anywhere else, so nobody asked what else there is
    site.same()
    site.edit("content/records/r0.md", at_the_end)
    (site.output / "records/r1/index.html").unlink()
    (site.output / "contributors/ada/index.html").write_text("Hurt.", "utf-8")
    site.build()
    site.same()


def test_what_was_hurt_is_made_again_and_another_site_is_not_trusted(site: Site, viewed: list[str]) -> None:
    (site.output / "records/r0/index.html").write_text("Not ours any more.", "utf-8")
    viewed.clear()
    assert site.made() == {"records/r0/index.html"} == set(viewed)
    site.same()
    other = Site(site.root.parent / "other")
    other.edit("content/records/r1.md", lambda old: old.replace("It is", "It was"))
    other.build()
    shutil.rmtree(site.output)
    shutil.copytree(other.output, site.output)
    site.build()
    site.same()


def _reworded(archive: Archive) -> Archive:
    """The archive with other words in all bodies, and all that others see of them."""

    def other(body: Body) -> Body:
        return msgspec.structs.replace(body, parts=("<p>Other words.</p>",), held=None)

    library = archive.library
    groups = {}
    for name in ("seasons", "topics", "episodes", "segments", "records", "contributors", "pages"):
        groups[name] = {
            key: msgspec.structs.replace(
                one,
                body=other(one.body),
                **({"call": other(one.call)} if isinstance(one, Episode) else {}),
            )
            for key, one in getattr(library, name).items()
        }
    home = msgspec.structs.replace(library.home, body=other(library.home.body))
    library = msgspec.structs.replace(library, home=home, **groups)
    return msgspec.structs.replace(archive, library=library)


def _place(checked: Checked, archive: Archive | None = None) -> Workshop:
    checked = msgspec.structs.replace(checked, archive=archive or checked.archive)
    return workshop(ROOT, checked, Manifest(), ROOT)


def test_what_opens_no_body_shows_no_word_of_one(example: Path) -> None:
    """Views of the whole example, from archives that differ in the words of every body."""
    checked = check(Asked(ROOT, on="2026-01-01", cache=example.parent / "cache", workers=1))
    assert checked.archive is not None
    one, other = _place(checked), _place(checked, _reworded(checked.archive))
    differ = set()
    for output in checked.outputs:
        kind = BY_NAME.get(output.kind)
        if kind:
            show = kind.view or kind.data
            assert show is not None
            seen = [show(Here(place.frame, output, kind.opens)) for place in (one, other)]
            if seen[0] != seen[1]:
                differ.add(output.kind)
                assert kind.opens, output
    assert differ == {kind.name for kind in BY_NAME.values() if kind.opens}


def test_a_view_that_opens_what_it_did_not_declare_fails(site: Site) -> None:
    checked = check(Asked(site.root))
    assert checked.archive is not None
    frame = workshop(site.root, checked, Manifest(), site.cache).frame
    records = checked.archive.library.records
    for output in checked.outputs:
        if output.kind in BY_NAME:
            here = Here(frame, output, BY_NAME[output.kind].opens)
            if (output.kind, output.id) in (("record", "r0"), ("record-json", "r0")):
                assert body_of(here, records["r0"], records["r0"].body)
                continue
            with pytest.raises(LookupError, match="r0"):
                body_of(here, records["r0"], records["r0"].body)
