"""What stands beside a credit page: the same facts as the page, valid, and of nobody who is gone."""

import io
import json
import re
import shutil
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import feedparser
import jsonschema
import pytest
from PIL import Image
from selectolax.lexbor import LexborHTMLParser as HTMLParser

from byline.asked import Asked
from byline.build import Built, build
from byline.pages import feeds
from byline.pages.badges import badge
from byline.pages.snippets import markdown_link

URL = "https://show.example/archive/"
FILES = ("atom.xml", "badge.svg", "card.png", "credits.json", "embed/index.html", "feed.xml", "oembed.json")
TRICKY = 'Ann "O" <b>&amp;</b> [x](y) `z`'


def write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


def made(root: Path, settings: str = "", **more: str) -> Built:
    """A small archive: one person with many credits, others with one, none, or gone."""
    write(
        root,
        {
            "byline.toml": f'[archive]\ntitle = "The Lantern & Co"\nbase_url = "{URL}"\n'
            f'license = "CC-BY-4.0"\n[pages]\nper_page = 10\n{settings}',
            "content/seasons/s1.md": "---\ntitle: Season <One>\n---\n",
            "content/contributors.jsonl": "\n".join(
                json.dumps(row)
                for row in (
                    {"id": "ann", "name": TRICKY},
                    {"id": "bo", "name": "Bo Example"},
                    {"id": "crew", "name": "The Crew", "kind": "group", "members": ["bo"]},
                    {"id": "gone", "name": "Vanished Person", "withdrawn": True},
                    {"id": "idle", "name": "Idle Hands"},
                )
            ),
            "content/records.jsonl": "\n".join(
                json.dumps({"id": f"r{n:02}", "title": f"Record <{n}>", **row})
                for n, row in enumerate(
                    [
                        {"by": ["ann", "gone"], "date": "2013"},
                        {"by": "bo", "sources": ["r00"], "date": "2014-02"},
                        {"by": "ann"},
                        *({"by": "ann", "date": "2012-01-01"} for _ in range(60)),
                    ]
                )
            ),
            **{
                f"content/episodes/e{n:02}.md": f"---\ntitle: Episode {n} & more\nseason: s1\nnumber: {n}\n"
                f"released: 2014-01-{n:02}\ncredits:\n  director: [ann, gone]\n  host: crew\n---\n"
                for n in range(1, 14)
            },
            "content/episodes/e20/index.md": "---\ntitle: The last\nseason: s1\nnumber: 20\n---\n",
            "content/episodes/e20/segments/one.md": "---\ntitle: One\nuses: [{record: r01, at: '01:08'}]\n"
            "credits:\n  performer:\n    who: ann\n    as: The Narrator\n    credited_as: A. O.\n"
            "    at: '00:41'\n    note: sang\n---\n",
            **more,
        },
    )
    built = build(Asked(root, on="2015-01-01"), root / "site")
    assert built.done, built.located
    return built


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("profiles")
    made(root)
    return root / "site"


def facts(site: Path, who: str) -> Any:
    return json.loads((site / "contributors" / who / "credits.json").read_text("utf-8"))


def pages(site: Path, who: str) -> list[HTMLParser]:
    found = sorted((site / "contributors" / who).glob("page/*/index.html"))
    return [
        HTMLParser(path.read_text("utf-8")) for path in (site / "contributors" / who / "index.html", *found)
    ]


def beside(site: Path, who: str) -> list[str]:
    folder = site / "contributors" / who
    return [name for name in FILES if (folder / name).is_file()]


@pytest.mark.parametrize("who", ["ann", "bo", "crew", "idle"])
def test_credits_json_says_what_the_pages_say(site: Path, who: str) -> None:
    found = facts(site, who)
    trees = pages(site, who)
    numbers = " ".join(node.text() for node in trees[0].css(".top .facts span"))
    for name, words in (
        ("on_screen", "credits? on screen"),
        ("episodes", "episodes?"),
        ("records", "records?"),
    ):
        said = re.search(
            rf"([\d,]+) {words}(?!.*on screen)" if name != "on_screen" else rf"(\d+) {words}", numbers
        )
        assert found["counts"][name] == (int(said[1]) if said else 0), name
    on_screen = [credit for credit in found.get("credits", []) if credit["place"]["kind"] != "record"]
    roles = [node for tree in trees for node in tree.css(".filmography li li b")]
    assert found["counts"]["on_screen"] == len(on_screen) == len(roles)
    assert [credit["role"]["label"] for credit in on_screen] == [node.text() for node in roles]
    assert found["counts"]["episodes"] == len({credit["episode"]["id"] for credit in on_screen})
    for list_, section in (("records", "records"), ("remixes", "remixes")):
        links = {
            urljoin(URL, node.attributes["href"].lstrip("./"))
            for tree in trees
            for node in tree.css(f"section[aria-labelledby={section}] .title a")
        }
        assert {record["url"] for record in found.get(list_, [])} == links
        assert found["counts"][list_] == len(found.get(list_, []))


def test_credits_json_follows_its_published_schema(site: Path) -> None:
    schema = json.loads((site / "schema/credits.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    for who in ("ann", "bo", "crew", "idle"):
        found = facts(site, who)
        assert found["$schema"] == URL + "schema/credits.json"
        jsonschema.validate(found, schema)


def test_a_credit_says_where_why_and_how(site: Path) -> None:
    found = facts(site, "ann")["credits"]
    named = next(credit for credit in found if credit["role"]["id"] == "performer")
    assert named["place"] == {
        "kind": "segment",
        "id": "e20/one",
        "title": "One",
        "url": URL + "episodes/e20/one/",
    }
    assert (named["reason"], named["as"], named["credited_as"]) == ("named", ["The Narrator"], ["A. O."])
    assert (named["at"], named["notes"]) == ([{"ms": 41000, "text": "0:41"}], ["sang"])
    assert (named["episode"]["id"], named["season"]["title"]) == ("e20", "Season <One>")
    source = next(credit for credit in found if credit["reason"] == "source")
    assert [step["id"] for step in source["path"]] == ["r00", "r01"]
    assert [step["id"] for step in source["records"]] == ["r00"]
    through = [
        credit.get("through") for credit in facts(site, "bo")["credits"] if credit["role"]["id"] == "host"
    ]
    assert through == [[{"id": "crew", "name": "The Crew", "url": URL + "contributors/crew/"}]] * 13


def test_nobody_who_is_gone_is_in_any_of_these_files(site: Path) -> None:
    assert beside(site, "gone") == []
    for path in site.rglob("*"):
        if path.is_file() and path.parent != site / "contributors/gone" and path.name[0] != ".":
            data = path.read_bytes()
            assert b"Vanished" not in data, path
            assert b"contributors/gone" not in data, path
    assert b"a withdrawn contributor" in (site / "records/r00/index.html").read_bytes()


def test_the_page_of_somebody_who_is_gone_is_nobodys(site: Path) -> None:
    page = HTMLParser((site / "contributors/gone/index.html").read_text("utf-8"))
    assert [node.text() for node in page.css("main h1, main p")] == ["Withdrawn", "This page is gone."]
    assert not page.css(".h-card, .p-name, .u-url, main a:not(.trail a)")
    types = [node.attributes["content"] for node in page.css("meta[property='og:type']")]
    assert types == ["website"]


@pytest.mark.parametrize("file", ["feed.xml", "atom.xml"])
def test_feeds_hold_the_newest_dated_credits(site: Path, file: str) -> None:
    data = (site / "contributors/ann" / file).read_bytes()
    feed = feedparser.parse(data)
    assert not feed.bozo
    assert feed.feed.title == f"{TRICKY} on The Lantern & Co"
    assert len(feed.entries) == feeds.MOST
    dates = [entry.published_parsed for entry in feed.entries]
    assert dates == sorted(dates, reverse=True)
    assert len({entry.id for entry in feed.entries}) == len(feed.entries)
    assert feed.entries[0].title == "Director: Episode 13 & more"
    assert feed.entries[0].link == URL + "episodes/e13/"
    assert feed.feed.updated_parsed == dates[0]
    titles = [entry.title for entry in feed.entries]
    assert "Author: Record <2>" not in titles
    assert not any("The last" in title or ": One" in title for title in titles)
    assert any(
        link.rel == "self" and link.href == f"{URL}contributors/ann/{file}" for link in feed.feed.links
    )


def test_who_is_credited_for_a_work_that_was_shown_has_no_role_at_the_place(tmp_path: Path) -> None:
    works = ", ".join(f"w{n}" for n in range(5))
    made(
        tmp_path,
        **{
            "content/contributors/museum.md": "---\nname: The Museum\n---\n",
            **{
                f"content/records/w{n}.md": f"---\ntitle: Work {n}\ncredits: {{curator: museum}}\n---\n"
                for n in range(5)
            },
            "content/records/poster.md": "---\ntitle: Poster\nsources: [w0]\n---\n",
            "content/episodes/seat.md": "---\ntitle: Seat\nreleased: 2014-02-03\nuses: [poster]\n"
            "credits: {host: bo}\n---\n",
            "content/episodes/both.md": "---\ntitle: Both\nreleased: 2014-02-01\n"
            f"uses: [{works}]\ncredits: {{performer: museum}}\n---\n",
        },
    )
    folder = tmp_path / "site/contributors/museum"
    feed = feedparser.parse((folder / "feed.xml").read_bytes())
    several = "Performer, Curator of “Work 0”, “Work 1”, “Work 2”, +2 more"
    assert [entry.title for entry in feed.entries] == ["Curator of “Work 0”, in Seat", f"{several}: Both"]
    embedded = HTMLParser((folder / "embed/index.html").read_text("utf-8"))
    said = [(line.css_first("b").text(), line.css_first("a").text()) for line in embedded.css("li")]  # type: ignore[union-attr]
    assert said == [(several, "Both"), ("Curator of “Work 0”", "Seat")]


def test_atom_has_what_atom_must_have(site: Path) -> None:
    space = {"a": "http://www.w3.org/2005/Atom"}
    for who in ("ann", "bo"):
        root = ET.parse(site / "contributors" / who / "atom.xml").getroot()
        for element in (root, *root.findall("a:entry", space)):
            for name in ("id", "title", "updated"):
                assert element.find(f"a:{name}", space) is not None, name
            updated = element.findtext("a:updated", "", space)
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", updated)
        assert root.find("a:author/a:name", space) is not None


def test_feeds_without_an_entry_and_with_control_characters_are_valid() -> None:
    empty = feeds.Feed("a\x00\x08 <b>", "t\ufffe", URL, URL + "feed.xml", "en", "x", ())
    for written in (feeds.rss(empty), feeds.atom(empty)):
        assert ET.fromstring(written) is not None
        assert not feedparser.parse(written).bozo


def test_cards_badges_and_their_places_in_the_head(site: Path) -> None:
    folder = site / "contributors/ann"
    assert Image.open(io.BytesIO((folder / "card.png").read_bytes())).size == (1200, 630)
    svg = ET.fromstring((folder / "badge.svg").read_bytes())
    assert [text.text for text in svg.iter("{http://www.w3.org/2000/svg}text")] == [
        "The Lantern & Co",
        "15 credits on screen",
    ]
    head = pages(site, "ann")[0]
    image = head.css_first('meta[property="og:image"]')
    assert image is not None
    assert image.attributes["content"] == URL + "contributors/ann/card.png"
    links = {node.attributes["type"]: node.attributes["href"] for node in head.css('link[rel="alternate"]')}
    assert set(links) == {
        "application/json",
        "application/rss+xml",
        "application/atom+xml",
        "application/json+oembed",
    }
    # Consumers of oEmbed do not know where they found an address.
    assert links.pop("application/json+oembed") == URL + "contributors/ann/oembed.json"
    for href in links.values():
        assert (site / "contributors/ann" / str(href)).resolve().is_file()


def test_badges_escape_what_they_say() -> None:
    svg = ET.fromstring(badge("<script>&\x00", 'a "b" <c>', "l'<x>\" \ud800"))
    assert svg.attrib["aria-label"] == "l'<x>\" "
    assert ET.tostring(svg).count(b"<script") == 0


def test_the_embedded_page_has_no_script_and_is_found_by_oembed(site: Path) -> None:
    found = json.loads((site / "contributors/ann/oembed.json").read_text("utf-8"))
    assert (found["version"], found["type"], found["title"]) == ("1.0", "rich", TRICKY)
    assert (found["thumbnail_width"], found["thumbnail_height"]) == (1200, 630)
    frame = HTMLParser(found["html"]).css_first("iframe")
    assert frame is not None
    assert frame.attributes["src"] == URL + "contributors/ann/embed/"
    assert "allow-scripts" not in str(frame.attributes["sandbox"])
    assert frame.attributes["title"] == TRICKY
    page = HTMLParser((site / "contributors/ann/embed/index.html").read_text("utf-8"))
    assert page.css("script, style, [onclick], [style]") == []
    policy = page.css_first('meta[http-equiv="Content-Security-Policy"]')
    assert policy is not None
    assert "default-src 'none'" in str(policy.attributes["content"])
    title = page.css_first("h1 a")
    assert title is not None
    assert title.text() == TRICKY
    for node in page.css("a, link[rel=stylesheet]"):
        target = (site / "contributors/ann/embed" / str(node.attributes["href"])).resolve()
        assert target.exists(), target


def test_snippets_can_be_pasted(site: Path) -> None:
    page = pages(site, "ann")[0]
    texts = {
        node.css_first("label").text(): node.css_first("textarea").text()  # type: ignore[union-attr]
        for node in page.css(".snippets p")
    }
    link = HTMLParser(texts["Link in HTML"]).css_first("a")
    assert link is not None
    assert (link.attributes["href"], link.text()) == (
        URL + "contributors/ann/",
        f"{TRICKY} on The Lantern & Co",
    )
    lines = texts["Lines for a CV"].strip().splitlines()
    assert f"{TRICKY} — Performer, Author of “Record <0>”, “One”, The last, The Lantern & Co" in lines
    assert f"{TRICKY} — Director, Episode 3 & more, The Lantern & Co, 3 January 2014" in lines
    record = HTMLParser((site / "records/r00/index.html").read_text("utf-8"))
    line = record.css_first(".snippets textarea")
    assert line is not None
    assert line.text().strip() == (
        f"“Record <0>” by {TRICKY}, a withdrawn contributor, The Lantern & Co, {URL}records/r00/, "
        "CC-BY-4.0 (https://creativecommons.org/licenses/by/4.0/)"
    )


def test_markdown_links_hold_whatever_the_text_holds() -> None:
    from markdown_it import MarkdownIt

    html = MarkdownIt().render(markdown_link(TRICKY + " \\*_<u>", URL + "(x)/"))
    node = HTMLParser(html).css_first("a")
    assert node is not None
    assert node.text() == TRICKY + " \\*_<u>"
    assert node.attributes["href"] == URL + "%28x%29/"


def test_settings_say_what_is_made_and_for_whom(site: Path, tmp_path: Path) -> None:
    assert beside(site, "ann") == list(FILES)
    assert beside(site, "idle") == ["credits.json"]
    made(tmp_path, 'credits_json = "none"\nfeeds = "all"\ncards = {min_credits = 20}\nbadges = "none"\n')
    assert beside(tmp_path / "site", "ann") == [
        "atom.xml",
        "card.png",
        "embed/index.html",
        "feed.xml",
        "oembed.json",
    ]
    assert beside(tmp_path / "site", "idle") == ["atom.xml", "feed.xml"]
    assert "card.png" not in beside(tmp_path / "site", "crew")
    assert not (tmp_path / "site/schema/credits.json").exists()
    assert not (tmp_path / "site/contributors/bo/badge.svg").exists()
    assert "badge.svg" not in pages(tmp_path / "site", "ann")[0].html


def test_what_was_pasted_under_a_former_id_stays(tmp_path: Path) -> None:
    renamed = {
        "content/contributors/zoe.md": "---\nname: Zoe\nformer_ids: zed\n---\nDraws.\n",
        "content/contributors/off.md": "---\nname: Off\nformer_ids: [on]\nwithdrawn: true\n---\n",
        "content/episodes/e30.md": "---\ntitle: Late\nreleased: 2014-05-01\n"
        "credits: {host: [zoe, off]}\n---\n",
    }
    place = '[deploy.web]\nto = "netlify"\nremote = "git@git.example:x.git"\n'
    made(tmp_path, place, **renamed)
    site = tmp_path / "site"
    assert beside(site, "zed") == beside(site, "zoe") == list(FILES)
    for file in set(FILES) - {"embed/index.html"}:
        assert (site / "contributors/zed" / file).read_bytes() == (
            site / "contributors/zoe" / file
        ).read_bytes()
    assert b"contributors/zed" not in (site / "contributors/zed/feed.xml").read_bytes()
    embedded = HTMLParser((site / "contributors/zed/embed/index.html").read_text("utf-8"))
    assert [node.attributes["href"] for node in embedded.css("h1 a, link[rel=canonical]")] == [
        URL + "contributors/zoe/",
        "../../../contributors/zoe/",
    ]
    moved = HTMLParser((site / "contributors/zed/index.html").read_text("utf-8"))
    for name in ('link[rel="canonical"]', 'meta[property="og:url"]'):
        (node,) = moved.css(name)
        assert URL + "contributors/zoe/" in node.attributes.values()
    assert moved.css('meta[name="description"][content="Draws."]') != []
    assert moved.css('meta[name="robots"]') == []
    assert not (site / "contributors/on").exists()
    rules = (site / "_redirects").read_text("utf-8").splitlines()
    assert [rule.replace("/archive/contributors", "") for rule in rules] == [
        "/zed/ /zoe/ 301!",
        *(
            f"/zed/{name} /zoe/{name} 301!"
            for name in ("feed.xml", "atom.xml", "card.png", "badge.svg", "embed/")
        ),
    ]
    shutil.rmtree(site)
    made(tmp_path, 'badges = "none"\n' + place)
    assert beside(site, "zed") == beside(site, "zoe") == [name for name in FILES if name != "badge.svg"]


@pytest.mark.parametrize("written", ['"some"', "{min_credits = -1}", "{credits = 3}", "3", "{}"])
def test_impossible_settings_are_told(tmp_path: Path, written: str) -> None:
    write(
        tmp_path, {"byline.toml": f'[archive]\ntitle = "T"\nbase_url = "{URL}"\n[pages]\ncards = {written}\n'}
    )
    built = build(Asked(tmp_path, on="2015-01-01"), tmp_path / "site")
    assert not built.done
    assert "cards" in str(built.located)


def test_a_font_that_is_missing_is_told_before_anything_is_made(tmp_path: Path) -> None:
    settings = f'[archive]\ntitle = "T"\nbase_url = "{URL}"\n[media]\nfonts = ["a.ttf"]\n'
    write(tmp_path, {"byline.toml": settings})
    built = build(Asked(tmp_path, on="2015-01-01"), tmp_path / "site")
    assert "bad-font" in [item.problem.code for item in built.located]
    assert not (tmp_path / "site").exists()


def test_nothing_is_drawn_twice(tmp_path: Path) -> None:
    made(tmp_path)
    again = build(Asked(tmp_path, on="2015-06-01"), tmp_path / "site")
    assert (again.done, again.changed, again.removed) == (True, 0, 0)


@pytest.mark.parametrize(("works", "folds"), [(2, 0), (12, 0), (13, 2)])
def test_many_works_and_moments_at_one_place_are_folded_and_all_there(
    tmp_path: Path, works: int, folds: int
) -> None:
    uses = "".join(f"  - {{record: r{n:02}, at: '01:{n:02}'}}\n" for n in range(3, 3 + works))
    made(
        tmp_path,
        **{"content/episodes/e20/segments/two.md": f"---\ntitle: Two\nstarts: '00:00'\nuses:\n{uses}---\n"},
    )
    pages = (tmp_path / "site/contributors/ann").rglob("index.html")
    parsed = (HTMLParser(page.read_text("utf-8")) for page in pages)
    credits = [one for page in parsed for one in page.css(".filmography li.used")]
    (shown,) = (one for one in credits if one.css('a[href$="/two/"]'))
    assert [one.text() for one in shown.css("details summary")] == (
        [f"for {works} works", f"at {works} moments"] if folds else []
    )
    assert len(shown.css('a[href*="/records/r"]')) == works
    assert [one.text() for one in shown.css("time")] == [f"1:{n:02}" for n in range(3, 3 + works)]
