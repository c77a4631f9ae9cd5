"""Somebody who is named by an id of before is who they are today, and nobody where they have withdrawn."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import SETTINGS, Site, byline, write
from editing import tree, unhurried
from lanterns import LONG, at_the_end
from lanterns import Site as Edited

SIDES = '[pages]\ncredits_json = "all"\nfeeds = "all"\nbadges = "all"\nembeds = "all"\n'
NAMES = (b"mothra", b"moth-old", b"Moth Uncommon", b"The Lamp Eater", b"Remarkable", b"old-door")
MOTH = "---\nname: Moth Uncommon\nwithdrawn: true\n{state}former_ids: [moth-old]\naliases: [/old-door]\n---\n"
FILES = {
    "content/contributors/ada.md": "---\nname: Ada\n---\n[Her](contributor:{moth}), [](contributor:{moth})\n",
    "content/contributors/duo.md": "---\nname: Duo\nkind: group\nmembers: [{moth}, ada]\n---\n",
    "content/episodes/dark.md": (
        "---\ntitle: Dark\nreleased: 2014\nuses: [lamp]\ncredits:\n"
        "  host: [ada, {{who: {moth}, credited_as: The Lamp Eater, note: Remarkable, at: 0:10}}]\n---\n"
    ),
    "content/records/lamp.md": "---\ntitle: Lamp\nby: [{moth}, duo]\nsources: [wick]\n---\nA lamp.\n",
    "content/records/wick.md": "---\ntitle: Wick\nby: {moth}\n---\nA wick.\n",
    "content/topics/light.md": "---\ntitle: Light\nsuggested_by: {moth}\n---\n",
}


@pytest.mark.parametrize("name", ['name: ""\n', ""])
def test_the_name_of_who_has_withdrawn_may_be_taken_out_of_the_file(
    site: Callable[..., Site], name: str
) -> None:
    files = {path: text.format(moth="moth-old") for path, text in FILES.items()}
    with_name = MOTH.format(state="")
    without = with_name.replace("name: Moth Uncommon\n", name)
    made = site({"content/contributors/mothra.md": without, **files})
    assert made.status == 0, made.text
    before = tree(made.output)
    made = site({"content/contributors/mothra.md": with_name, **files})
    assert tree(made.output) == before


@pytest.mark.parametrize("undeclared", ["error", "warn"])
@pytest.mark.parametrize("name", ["mothra", "moth-old"])
@pytest.mark.parametrize("state", ["", "draft: true\n", "publish: 2999-01-01\n"])
def test_who_has_withdrawn_is_named_by_no_id(
    site: Callable[..., Site], state: str, name: str, undeclared: str
) -> None:
    settings = f'{SETTINGS}{SIDES}[credits]\nundeclared_contributors = "{undeclared}"\n'
    files = {path: text.format(moth=name) for path, text in FILES.items()}
    moth = MOTH.format(state=state)
    made = site({"byline.toml": settings, "content/contributors/mothra.md": moth, **files})
    assert made.status == 0, made.text
    assert ("[former-id]" in made.text) == (name == "moth-old")
    for address in ("contributors/ada", "contributors/duo", "episodes/dark", "records/lamp", "records/wick"):
        assert "withdrawn contributor" in made.page(address), address
    shown = tree(made.output)
    gone = () if state else ("contributors/mothra/index.html", ".byline-manifest.json")
    for path, data in shown.items():
        hidden = NAMES[1:] if path in gone else NAMES
        assert not [one for one in hidden if one in path.encode() + data], path


def test_a_former_id_is_somebody_wherever_it_stands(site: Callable[..., Site]) -> None:
    files = {path: text.format(moth="moth-old") for path, text in FILES.items()}
    moth = "---\nname: Moth\nformer_ids: [moth-old]\n---\n"
    made = site({"content/contributors/mothra.md": moth, **files})
    assert made.status == 0, made.text
    assert made.text.count('[former-id]: "moth-old" is a former id') == 6  # of two in one block one is told
    assert made.text.count('write "mothra"') == 6  # of two in one block one is told
    bio = made.page("contributors/ada")
    assert '<a href="../../contributors/mothra/">Her</a>' in bio
    assert '<a href="../../contributors/mothra/">Moth</a>' in bio
    assert 'href="../../contributors/mothra/"' in made.page("contributors/duo")
    assert "Lamp" in made.page("contributors/mothra")  # hers, and the group's


def test_a_draft_has_a_name_and_no_page_by_a_former_id_too(site: Callable[..., Site]) -> None:
    files = {path: text.format(moth="moth-old") for path, text in FILES.items()}
    moth = "---\nname: Moth\ndraft: true\nformer_ids: [moth-old]\n---\n"
    made = site({"content/contributors/mothra.md": moth, **files})
    assert made.status == 0, made.text
    assert made.text.count('[former-id]: "moth-old" is a former id') == 6  # of two in one block one is told
    for address in ("contributors/ada", "contributors/duo", "episodes/dark", "records/lamp", "records/wick"):
        assert "Moth" in made.page(address), address
        assert "moth-old" not in made.page(address), address
        assert "contributors/mothra" not in made.page(address), address


def test_whatever_becomes_of_former_ids_a_build_is_as_a_clean_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unhurried(monkeypatch)
    site = Edited(tmp_path)
    zed = "content/contributors/zed.md"
    site.edit("byline.toml", lambda old: old + '[credits]\nundeclared_contributors = "warn"\n')
    site.edit("content/records/r0.md", lambda old: old.replace("by: ada", "by: [ada, zed-old]"))
    site.edit("content/contributors/duo.md", lambda _: "---\nname: Duo\nkind: group\nmembers: [ada]\n---\n")
    site.edit(zed, lambda _: f"---\nname: Zed\n---\n{LONG}\n")
    site.build()
    page = site.output / "records/r0/index.html"
    assert "zed-old" in page.read_text("utf-8")
    for old, new, shown in (
        ("name: Zed\n", "name: Zed\nformer_ids: [zed-old]\n", ">Zed<"),
        ("name: Zed\n", "name: Zed\ndraft: true\n", "Zed"),
        ("name: Zed\n", "name: Zed\nwithdrawn: true\n", "a withdrawn contributor"),
        ("draft: true\n", "", "a withdrawn contributor"),
        ("former_ids: [zed-old]\n", "", "zed-old"),
        ("withdrawn: true\n", "former_ids: [zed-old, zed-older]\n", ">Zed<"),
        ("zed-old, ", "", "zed-old"),
        ("zed-older", "zed-old", ">Zed<"),
    ):
        time.sleep(0.05)
        site.edit(zed, lambda text, old=old, new=new: text.replace(old, new, 1))  # type: ignore[misc]
        site.build()
        text = page.read_text("utf-8")
        assert shown in text, (old, new)
        assert ("zed-old" in text) == (shown == "zed-old"), (old, new)
        site.same()
    site.edit("content/contributors/duo.md", lambda text: text.replace("[ada]", "[ada, zed-old]"))
    site.edit("content/pages/about.md", lambda text: text + "\nAs [](contributor:zed-old) said.\n")
    site.build()
    assert ">Zed<" in (site.output / "about/index.html").read_text("utf-8")
    site.same()
    site.edit("content/pages/about.md", at_the_end)
    assert site.made() == {"about/index.html"}
    site.same()
    site.edit(zed, lambda text: text.replace("name: Zed\n", "name: Zed\nwithdrawn: true\n"))
    assert {"about/index.html", "contributors/duo/index.html", "records/r0/index.html"} <= site.made()
    site.same()


def test_what_somebody_was_called_before_is_in_no_cache(tmp_path: Path) -> None:
    root = write(tmp_path / "archive", {"content/contributors/mothra.md": MOTH.format(state="")})
    cache = tmp_path / "cache"
    text, status = byline(root, f"build --output {tmp_path}/site --cache {cache}")
    assert status == 0, text
    for path, data in tree(cache).items():
        assert not [one for one in NAMES[1:] if one in data], path
