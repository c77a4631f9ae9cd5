"""Where links in bodies lead, and what they say."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser

from conftest import Site, byline

LATER = "publish: 2999-01-01"
# Of each kind one that is not published yet; of a hidden episode the segments are hidden, too.
HIDDEN = {
    "record:secret-surprise": ("content/records/secret-surprise.md", LATER),
    "episode:secret-finale": ("content/episodes/secret-finale.md", LATER),
    "segment:secret-ending/secret-part": ("content/episodes/secret-ending/segments/secret-part.md", ""),
    "segment:dark/secret-storm": ("content/episodes/dark/segments/secret-storm.md", "draft: true"),
    "season:secret-season": ("content/seasons/secret-season.md", "draft: true"),
    "topic:secret-topic": ("content/topics/secret-topic.md", LATER),
    "page:secret/leaf": ("content/pages/secret/leaf.md", "draft: true"),
}


def test_a_link_without_words_tells_nothing_of_what_is_not_published_yet(site: Callable[..., Site]) -> None:
    links = " ".join(f"[]({target})" for target in HIDDEN)
    made = site(
        {
            **{path: f"---\ntitle: Secret\n{state}\n---\nSecret.\n" for path, state in HIDDEN.values()},
            "content/episodes/secret-ending/index.md": f"---\ntitle: Secret\n{LATER}\n---\n",
            "content/episodes/dark/index.md": f"---\ntitle: Dark\n---\n{links} [](segment:secret-storm).\n",
            "content/contributors/veiled.md": "---\nname: Veiled Example\ndraft: true\n---\n",
            "content/contributors/gone.md": f"---\nname: Secret\nwithdrawn: true\n{LATER}\n---\n",
            "content/records/lamp.md": f"---\ntitle: Lamp\n---\nSee {links}. By [](contributor:veiled).\n",
            "content/records/moth.md": "---\ntitle: Moth\n---\n[](record:lamp), [](contributor:gone)\n",
        }
    )
    assert made.status == 0, made.text
    for page in made.output.rglob("*"):
        assert "secret" not in page.name.lower()
        assert page.is_dir() or b"secret" not in page.read_bytes().lower(), page
    assert re.search("<p>See *[.] By Veiled Example[.]</p>", made.page("records/lamp"))
    assert '<a href="../../records/lamp/">Lamp</a>, a withdrawn contributor' in made.page("records/moth")


def test_an_old_address_that_is_written_twice_is_one(site: Callable[..., Site]) -> None:
    aliases = "[/old/lamp, /old/lamp/, old/lamp]"
    made = site({"content/records/lamp.md": f"---\ntitle: Lamp\naliases: {aliases}\n---\n"})
    assert made.status == 0, made.text
    assert "path-collision" not in made.text
    assert "records/lamp/" in made.page("old/lamp")


@pytest.fixture
def headed(site: Callable[..., Site]) -> Path:
    """A site with a heading in a document of each kind, and a page with links to all of them."""
    body = "\n## Where to\n\nThere.\n"
    made = site(
        {
            "content/pages/help/sending.md": f"---\ntitle: Sending\n---\n{body}",
            "content/seasons/one.md": f"---\ntitle: One\n---\n{body}",
            "content/topics/night.md": f"---\ntitle: Night\n---\n{body}",
            "content/episodes/dark/index.md": f"---\ntitle: Dark\n---\n{body}",
            "content/episodes/dark/segments/01-storm.md": f"---\ntitle: Storm\n---\n{body}",
            "content/segments.csv": 'id,title,body\ndark/calm,Calm,"## Where to\n\nThere."\n',
            "content/records/lamp.md": f"---\ntitle: Lamp\n---\n{body}",
            "content/contributors/ada.md": f"---\nname: Ada Example\n---\n{body}",
            "content/pages/all.md": "---\ntitle: All\n---\n"
            + "".join(
                f"- [x]({target}#where-to)\n"
                for target in (
                    *("page:help/sending", "season:one", "topic:night", "episode:dark"),
                    *("segment:dark/storm", "segment:dark/calm", "record:lamp", "contributor:ada"),
                )
            ),
        }
    )
    assert made.status == 0, made.text
    return made.output


def test_a_link_to_a_heading_leads_to_it_in_documents_of_every_kind(headed: Path) -> None:
    page = headed / "all/index.html"
    links = LexborHTMLParser(page.read_text("utf-8")).css('main a[href*="#"]')
    led = [(link.attributes["href"] or "").split("#") for link in links if link.text() == "x"]
    assert len(led) == 8
    for address, fragment in led:
        other = LexborHTMLParser((page.parent / address / "index.html").read_text("utf-8"))
        assert other.css_first(f'[id="{fragment}"]').text() == "Where to", fragment


USED = '[archive]\ntitle = "Lanterns"\nbase_url = "https://lanterns.example/"\n[pages]\nrecords = "used"\n'


@pytest.mark.parametrize(
    "files",
    [
        {"content/contributors.csv": "id,name,withdrawn\nada,Ada Example,true\n"},
        {"content/seasons/one.md": "---\ntitle: One\n---\n"},
        {"byline.toml": USED, "content/records.csv": "id,sources\nlamp,\nmoth,lamp\n"},
        {"content/records.csv": "id,sources,withdrawn\nlamp,,true\nmoth,lamp,\n"},
    ],
    ids=["nobody is listed", "no episode", "no record has a page", "no kin but a withdrawn one"],
)
def test_no_page_leads_to_a_list_that_is_not_there(site: Callable[..., Site], files: dict[str, str]) -> None:
    made = site(files)
    assert made.status == 0, made.text
    for page in made.output.rglob("index.html"):
        for link in LexborHTMLParser(page.read_text("utf-8")).css("a[href]"):
            target = page.parent / str(link.attributes["href"]).partition("#")[0]
            file = target / "index.html" if target.is_dir() else target
            assert file.is_file(), f"{page} leads to {target}"


def test_what_a_story_shows_is_used_there_and_what_it_only_links_is_not(site: Callable[..., Site]) -> None:
    people = {f"content/contributors/{id_}.md": f"---\nname: {id_.title()}\n---\n" for id_ in ("ada", "bo")}
    made = site(
        {
            **people,
            "content/episodes/dark/index.md": (
                '---\ntitle: Dark\nuses: [{record: moth, at: "0:10"}]\n---\n'
                "![](record:lamp)\n\n![](record:moth)\n\nAs [others](record:wick) were.\n"
            ),
            "content/episodes/dark/records.csv": "id,by,call,sources,body\n"
            "lamp,ada,none,,A lamp.\n"
            "moth,ada,,lamp,![](record:lamp) and [others](record:wick)\n"
            "wick,bo,,,A wick.\n",
        }
    )
    assert (made.status, "warning" in made.text) == (0, False), made.text
    text, _ = byline(made.root, "credits dark --format csv")
    _, used, source = text.splitlines()
    assert used.startswith("used,author,")
    assert "0:10" in used
    assert "lamp" in used
    assert source.startswith("source,author,")  # lamp is in moth, too
    assert "Bo" not in text
    answers = made.page("episodes/dark/records")
    assert "records/wick/" in answers
    assert "records/lamp/" not in answers
