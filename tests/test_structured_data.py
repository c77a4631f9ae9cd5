"""Structured data and descriptions: what search engines and link previews are told of every page."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from selectolax.lexbor import LexborHTMLParser as HTMLParser

from conftest import Site


def told(html: str) -> Any:
    """The JSON-LD of a page; None where there is none."""
    scripts = HTMLParser(html).css('script[type="application/ld+json"]')
    assert len(scripts) < 2
    return json.loads(scripts[0].text()) if scripts else None


def test_an_episode_names_everybody_who_is_named_in_its_segments_once(site: Callable[..., Site]) -> None:
    made = site(
        {
            "content/contributors.jsonl": '{"id": "oona", "name": "Oona"}\n{"id": "wick", "name": "Wick"}\n'
            '{"id": "mina", "name": "Mina"}\n{"id": "gone", "name": "Vanished", "withdrawn": true}\n',
            "content/records/spark.md": "---\ntitle: Spark\nby: mina\n---\n",
            "content/episodes/e1/index.md": "---\ntitle: One\ncredits: {host: [oona, gone]}\n---\n",
            "content/episodes/e1/segments.jsonl": '{"id": "a", "credits": {"host": "oona", "performer": '
            '[{"who": "wick", "as": "A moth"}, {"who": "wick", "as": "A lamp"}]}, "uses": ["spark"]}\n'
            '{"id": "b", "credits": {"performer": ["wick", "gone"]}}\n',
        }
    )
    assert made.status == 0, made.text
    roles = told(made.page("episodes/e1"))["contributor"]
    assert [(one["roleName"], one["contributor"]["name"]) for one in roles] == [
        ("Host", "Oona"),
        ("Performer", "Wick"),
    ]


def test_roles_are_called_as_the_page_calls_them(site: Callable[..., Site]) -> None:
    made = site(
        {
            "byline.toml": "[archive]\ntitle = 'Laternen'\nbase_url = 'https://lanterns.example/'\n"
            "language = 'de'\n[roles.wick]\nlabel = 'Docht'\nperson = 'Docht'\n",
            "content/contributors.jsonl": '{"id": "oona", "name": "Oona"}\n',
            "content/episodes/e1/index.md": "---\ntitle: Eins\ncredits: {director: oona, wick: oona}\n---\n",
        }
    )
    assert made.status == 0, made.text
    roles = told(made.page("episodes/e1"))["contributor"]
    assert [one["roleName"] for one in roles] == ["Regie", "Docht"]


def test_a_contributor_is_the_one_that_registers_know(site: Callable[..., Site]) -> None:
    identifiers = "{orcid: 0-1, isni: '0 2', wikidata: Q3, musicbrainz: b4, imdb: nm5}"
    links = "[{url: 'https://ann.example/', me: true}, {url: 'https://www.wikidata.org/wiki/Q3', me: true}]"
    ann = f"---\nname: Ann\nlinks: {links}\nidentifiers: {identifiers}\n---\n"
    made = site({"content/contributors/ann.md": ann})
    assert made.status == 0, made.text
    assert told(made.page("contributors/ann"))["mainEntity"]["sameAs"] == [
        "https://ann.example/",
        "https://www.wikidata.org/wiki/Q3",
        "https://orcid.org/0-1",
        "https://isni.org/isni/02",
        "https://musicbrainz.org/artist/b4",
        "https://www.imdb.com/name/nm5/",
    ]


FILES = {
    "content/contributors.jsonl": '{"id": "oona", "name": "Oona"}\n{"id": "wick", "name": "Wick"}\n'
    '{"id": "gone", "name": "Vanished", "withdrawn": true}\n',
    "content/seasons/s1.md": "---\ntitle: First\nyears: '2014'\n---\n",
    "content/topics/night.md": "---\ntitle: Night\n---\n",
    "content/pages/about.md": "---\ntitle: About\nlanguage: fr\n---\n",
    "content/episodes/over.md": "---\ntitle: Over\nwithdrawn: true\n---\n",
    "content/pages/lost.md": "---\ntitle: Lost page\nwithdrawn: true\n---\n",
    "content/records.jsonl": '{"id": "spark", "title": "Spark", "kind": "idea", "by": ["oona", "gone"]}\n'
    '{"id": "taken", "title": "Taken", "sources": ["spark"], "withdrawn": true}\n'
    '{"id": "lamp", "title": "Lamp", "kind": "image", "by": "wick", "date": "2014-10", "sources": ["spark", '
    '{"title": "An old lamp", "by": "Nobody"}], "call": "dark"}\n'
    '{"id": "told", "title": "Told", "summary": "Of a lamp.", "sources": ["lamp"]}\n',
    "content/episodes/dark/index.md": "---\ntitle: Dark\nseason: s1\ntopic: night\nreleased: 2014-11-02\n"
    "credits: {host: oona}\n---\n",
    "content/episodes/dark/segments/storm.md": "---\ntitle: Storm\nkind: song\n"
    "credits: {performer: wick}\nuses: [lamp]\n---\n",
}
GONE = {"records/taken/", "records/taken/tree/", "episodes/over/", "contributors/gone/", "lost/"}


def described(html: str) -> str:
    (node,) = HTMLParser(html).css('meta[name="description"]')
    return str(node.attributes["content"])


def test_every_page_says_what_it_is_and_those_of_what_is_gone_do_not(site: Callable[..., Site]) -> None:
    made = site(FILES)
    assert made.status == 0, made.text
    found = {}
    for path in made.output.rglob("*.html"):
        address = str(path.relative_to(made.output)).removesuffix("index.html")
        if not address.endswith("embed/"):
            found[address] = told(path.read_text("utf-8"))
    assert {address for address, data in found.items() if data is None} == GONE
    for address in found.keys() - GONE:
        data = found[address]
        assert data["@context"] == "https://schema.org"
        assert data["name"]
        assert data["url"] == f"https://lanterns.example/{address}"
    lists = {address for address, data in found.items() if data and data["@type"] == "CollectionPage"}
    assert lists == {
        *("records/", "episodes/", "contributors/", "topics/", "topics/night/", "episodes/dark/records/"),
        *("roles/", "roles/author/", "roles/host/", "roles/performer/"),
        *("lineage/", "lineage/travelled/", "lineage/never-remixed/"),
    }
    assert (found["topics/night/"]["about"]["name"], found["roles/host/"]["about"]["name"]) == (
        "Night",
        "Hosts",
    )
    assert found["about/"] == {
        "@context": "https://schema.org",
        "@type": "WebPage",
        "name": "About",
        "url": "https://lanterns.example/about/",
        "inLanguage": "fr",
        "isPartOf": {"@type": "WebSite", "name": "Lanterns", "url": "https://lanterns.example/"},
    }


ENGLISH = {
    "records/lamp": "Picture by Wick, October 2014. Made from Spark, An old lamp.",
    "records/spark": "Idea by Oona, a withdrawn contributor.",
    "records/told": "Of a lamp.",
    "records/lamp/tree": "Remix tree: Lamp · 1 work before it · 1 work after it · Lanterns",
    "records/taken": "Taken · Lanterns",
    "records": "3 records · Lanterns",
    "episodes": "1 episode · Lanterns",
    "episodes/dark": "First · 2 November 2014 · 1 segment · 3 people · Lanterns",
    "episodes/dark/storm": "Song · Dark · by Wick · Lanterns",
    "episodes/dark/records": "Records for Dark · 1 record · Lanterns",
    "seasons/s1": "First · 2014 · 1 episode · Lanterns",
    "topics": "1 topic · Lanterns",
    "topics/night": "Night · 1 episode · Lanterns",
    "contributors": "2 people · Lanterns",
    "contributors/wick": "Wick · 2 credits on screen · 1 record · Lanterns",
    "roles": "3 roles · Lanterns",
    "roles/host": "Hosts · 1 person · Lanterns",
    "about": "About · Lanterns",
}
GERMAN = {
    "records/lamp": "Bild von Wick, Oktober 2014. Entstanden aus Spark, An old lamp.",
    "records": "3 Beiträge · Lanterns",
    "contributors/wick": "Wick · 2 Nennungen auf dem Bildschirm · 1 Beitrag · Lanterns",
}


@pytest.mark.parametrize(("language", "words"), [("en", ENGLISH), ("de", GERMAN)])
def test_a_page_without_words_is_described_by_what_it_shows(
    site: Callable[..., Site], language: str, words: dict[str, str]
) -> None:
    made = site(FILES, f"--set archive.language={language}")
    assert made.status == 0, made.text
    assert {address: described(made.page(address)) for address in words} == words
