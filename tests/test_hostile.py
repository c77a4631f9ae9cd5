"""Bad input gives an error in words or a page without holes, never a traceback, and never takes long.

Reads the corpora in the folder that BYLINE_HOSTILE names: strings, YAML, Markdown and scripts that others
collected to break programs. Many cases share an archive, so that thousands of them take seconds.
"""

import json
import os
import re
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import html5lib
import pytest
import yaml
from selectolax.lexbor import LexborHTMLParser

from byline.text import clean
from conftest import Site, build, byline, write

CORPUS = Path(os.environ.get("BYLINE_HOSTILE", "")) / "text"
pytestmark = pytest.mark.skipif(
    not os.environ.get("BYLINE_HOSTILE") or not CORPUS.is_dir(),
    reason="BYLINE_HOSTILE names no folder of hostile input",
)

SECONDS = 5.0  # for one file
# Pictures of names have tests of their own, and take most of the time.
LEAN = "--set pages.cards=none --set pages.badges=none --set pages.feeds=none"
MARKDOWN_MOST = 500_000
# What templates and Markdown write. What a browser would run or load from elsewhere is not among it.
ELEMENTS = frozenset(
    "html head meta title link script body a abbr article aside audio b blockquote br button caption cite "
    "code "
    "col colgroup dd del details dfn div dl dt em fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 "
    "header hr i img input ins kbd label legend li main mark nav ol option p picture pre q rp rt ruby s samp "
    "search section select small source span strong sub summary sup table tbody td tfoot th thead time tr "
    "track u ul var video wbr data output textarea template "
    # Drawings of trees.
    "svg g path rect circle line text tspan defs marker use desc -text -comment".split()
)
ADDRESSES = ("href", "src", "poster", "action", "formaction", "cite", "data", "background", "xlink:href")


# Controls, and what changes the direction of the text around it.
HIDING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff\U000e0000-\U000e007f]"
)


def holes(text: str) -> Iterator[str]:
    """What a page must not hold, as browsers read it."""
    for node in LexborHTMLParser(text).root.traverse(include_text=False):  # type: ignore[union-attr]
        tag, attributes = node.tag, node.attributes
        if tag == "template":  # a document of its own, which scripts copy from
            yield from holes(re.sub(r"^<template[^>]*>|</template>$", "", node.html or ""))
        if tag not in ELEMENTS:
            yield f"<{tag}>"
        if tag == "script" and attributes.get("type") == "application/ld+json":
            json.loads(node.text())
        elif tag == "script" and not re.search(r"(^|/)assets/[\w.-]+\.js$", attributes.get("src") or ""):
            yield f"script: {node.html}"
        if tag == "meta" and (attributes.get("http-equiv") or "").lower() == "refresh":
            yield "refresh"
        for name, value in attributes.items():
            if name.startswith("on") or name in ("style", "srcdoc", "formaction", "background", "ping"):
                yield f"<{tag} {name}>"
            if name in ADDRESSES and scheme(value or "") not in ("", "http", "https", "mailto"):
                yield f"<{tag} {name}={value!r}>"


def scheme(address: str) -> str:
    """The scheme that a browser sees, which takes spaces, tabs and line feeds away first."""
    plain = re.sub(r"[\t\n\r]", "", address.strip("".join(map(chr, range(33)))))
    found = re.match(r"([a-zA-Z][a-zA-Z0-9+.-]*):", plain)
    return found[1].lower() if found else ""


def assert_sound(site: Site) -> int:
    """Every page of a site is valid HTML without holes; how many pages there are."""
    pages = sorted(site.output.rglob("*.html"))
    redirects = re.compile(r"http-equiv=.?refresh")
    for page in pages:
        text = page.read_text("utf-8")
        assert not HIDING.search(text), page
        if redirects.search(text):
            continue
        assert list(holes(text)) == [], page
    return len(pages)


def assert_valid(site: Site, patterns: Sequence[str]) -> None:
    """These pages are valid HTML for a strict parser."""
    for pattern in patterns:
        pages = sorted(site.output.glob(pattern))
        assert pages, pattern
        for page in pages:
            html5lib.HTMLParser(strict=True).parse(page.read_text("utf-8"))


def rows(values: Sequence[dict[str, Any]]) -> str:
    return "".join(json.dumps(value) + "\n" for value in values)


def texts() -> list[tuple[str, str]]:
    """Every file of the corpus as text, without those that have a test of their own."""
    return [
        (path.relative_to(CORPUS).as_posix(), path.read_text("utf-8", "replace"))
        for path in sorted(CORPUS.rglob("*"))
        if path.is_file() and path.parent.name != "pathological"
    ]


def naughty() -> list[str]:
    return [text for text in json.loads((CORPUS / "strings/blns.json").read_text("utf-8")) if text.strip()]


def payloads() -> list[str]:
    lines = (CORPUS / "xss/xss-payload-list.txt").read_text("utf-8", "replace").split("\n")
    return [line for line in lines if line.strip()]


# YAML

VISIBLE = ((r"␣", " "), (r"—*»", "\t"), (r"↵", ""), (r"∎\n?", ""), (r"←", "\r"), (r"⇔", "\ufeff"))


def must_fail() -> Iterator[tuple[str, str]]:
    """YAML that every parser must refuse, by the name of its case."""
    for file in sorted((CORPUS / "yaml").glob("*.yaml")):
        source, fails = "", False
        for number, case in enumerate(yaml.safe_load(file.read_text("utf-8"))):
            fails = case.get("fail", False) if "yaml" in case else fails
            source = text = case.get("yaml", source)
            for pattern, plain in VISIBLE:
                text = re.sub(pattern, plain, text)
            if fails:
                yield f"{file.stem.lower()}-{number}", text


def test_yaml_that_must_fail_fails_with_line_and_column(tmp_path: Path) -> None:
    cases = dict(must_fail())
    assert len(cases) > 90
    files = {}
    for name, text in cases.items():
        # Some cases bring the line that begins a front matter.
        opening = "" if text.startswith("---\n") else "---\n"
        files[f"content/records/{name}.md"] = opening + text.rstrip("\n") + "\n---\n"
    text, status = byline(write(tmp_path, files), "check --format json")
    assert status == 1
    found = {p["path"]: p for p in json.loads(text)["problems"] if p["code"].startswith(("yaml-", "front-"))}
    missed = [name for name in cases if f"content/records/{name}.md" not in found]
    assert missed == []
    for problem in found.values():
        assert problem["line"] >= 1
        assert problem["column"] >= 1
        assert problem["message"]
        assert problem["hint"]


# Every file, as everything


def test_every_file_as_title_name_and_body(tmp_path: Path) -> None:
    records, people = [], []
    for number, (_, text) in enumerate(texts()):
        body = text if len(text) <= MARKDOWN_MOST else ""
        records.append({"id": f"r-{number}", "title": text[:5000], "by": f"c-{number}", "body": body})
        people.append({"id": f"c-{number}", "name": text[:5000]})
    files = {"content/records.jsonl": rows(records), "content/contributors.jsonl": rows(people)}
    site = build(write(tmp_path / "archive", files), tmp_path / "site", LEAN)
    assert site.status == 0, site.text
    assert assert_sound(site) > 2 * len(records)
    assert_valid(site, ["records/r-1[0-9]/index.html", "contributors/c-2[0-4]/index.html"])


@pytest.mark.parametrize("name", [path.name for path in sorted((CORPUS / "markdown/pathological").glob("*"))])
def test_text_made_to_take_long_does_not(name: str, tmp_path: Path) -> None:
    text = (CORPUS / "markdown/pathological" / name).read_text("utf-8", "replace")
    write(tmp_path, {"content/records/lamp.md": f"---\ntitle: Lamp\n---\n{text}"})
    started = time.process_time()
    shown, status = byline(tmp_path, "check")
    assert time.process_time() - started < SECONDS
    assert ("body-too-long" in shown, status) == ((True, 1) if len(text) > MARKDOWN_MOST else (False, 0))
    (tmp_path / "content/records.csv").write_text(text, "utf-8")
    (tmp_path / "content/segments.jsonl").write_text(text, "utf-8")
    (tmp_path / "content/records/lamp.md").write_text(f"---\n{text}\n---\n", "utf-8")
    started = time.process_time()
    _, status = byline(tmp_path, "check")
    assert time.process_time() - started < 3 * SECONDS
    assert status == 1


def test_every_file_as_id_row_and_document(tmp_path: Path) -> None:
    ids, files = [], {}
    for number, (_, text) in enumerate(texts()):
        ids.append({"id": text})
        files[f"content/records/d-{number}.md"] = text
        files[f"content/pages/p-{number}.md"] = f"---\n{text}\n---\n"
        files[f"content/episodes/e-{number}/records.csv"] = text
        files[f"content/episodes/e-{number}/segments.jsonl"] = text
    files["content/records.jsonl"] = rows(ids)
    started = time.process_time()
    text, status = byline(write(tmp_path, files), "check --format json")
    assert time.process_time() - started < SECONDS * 10
    assert status == 1
    codes = {problem["code"] for problem in json.loads(text)["problems"]}
    assert {"bad-id", "row-syntax", "yaml-syntax", "row-width", "bundle-without-episode"} <= codes


def test_every_file_as_settings(tmp_path: Path) -> None:
    write(tmp_path, {"content/index.md": "---\ntitle: Lanterns\n---\n"})
    for name, text in texts():
        (tmp_path / "byline.toml").write_text(text, "utf-8")
        shown, status = byline(tmp_path, "check")
        assert status == 1, name
        assert shown.startswith("byline.toml:"), name


# Strings and scripts in every field


ELSEWHERE = "https://lanterns.example/lamp"


def everywhere(strings: Sequence[str]) -> dict[str, str]:
    """An archive with each string in every field that takes a text."""
    people: list[dict[str, Any]] = []
    records: list[dict[str, Any]] = []
    for number, text in enumerate(strings):
        people.append(
            {
                "id": f"c-{number}",
                "name": text if clean(text).strip() else f"{text} Nobody",  # an empty one is told
                "summary": text,
                "sort_name": text,
                "pronouns": text,
                "also_credited_as": [text],
                "in_memoriam": text,
                "links": [{"url": "https://lanterns.example/", "label": text}],
                "identifiers": {"wikidata": text},
                "body": text,
            }
        )
        credit = {"who": f"c-{number}", "as": text, "credited_as": text, "note": text}
        records.append(
            {
                "id": f"r-{number}",
                "title": text,
                "summary": text,
                "license": text,
                "tags": [text],
                "credits": {"author": credit},
                "sources": [{"title": f"A {text}", "by": text, "as": text, "license": text}],
                "media": {
                    "url": "https://lanterns.example/lamp.jpg",
                    "alt": text,
                    "caption": text,
                    "credit": text,
                },
                "withdrawn": {"note": text} if number % 7 == 6 else None,
                "corrections": [{"on": "2014", "note": text}],
                "body": f"{text}\n\n[{text}]({text})\n\n[x](<{text}>)\n\n![{text}]({ELSEWHERE}.jpg)\n",
            }
        )
    episode = {
        "id": "dark",
        "title": strings[0],
        "summary": strings[-1],
        "topic": "The Dark",
        "call": "\n\n".join(strings),
        "chapters": [{"title": text, "at": "01:00"} for text in strings],
        "uses": [{"record": f"r-{number}", "as": text} for number, text in enumerate(strings)],
    }
    return {
        "content/contributors.jsonl": rows(people),
        "content/records.jsonl": rows(records),
        "content/episodes.jsonl": rows([episode]),
    }


def test_naughty_strings_in_every_field(tmp_path: Path) -> None:
    strings = naughty()
    assert len(strings) > 400
    site = build(write(tmp_path / "archive", everywhere(strings)), tmp_path / "site", LEAN)
    assert site.status == 0, site.text[-2000:]
    assert assert_sound(site) > 2 * len(strings)
    assert_valid(
        site, ["records/r-*[05]/index.html", "contributors/c-*[05]/index.html", "episodes/dark/index.html"]
    )


def test_scripts_in_every_field(tmp_path: Path) -> None:
    strings = payloads()[::25]
    assert len(strings) > 200
    site = build(write(tmp_path / "archive", everywhere(strings)), tmp_path / "site", LEAN)
    assert site.status == 0, site.text[-2000:]
    assert assert_sound(site) > 2 * len(strings)
    assert_valid(
        site, ["records/r-*[05]/index.html", "contributors/c-*[05]/index.html", "episodes/dark/index.html"]
    )


@pytest.mark.parametrize("raw_html", ["never", "pages"])
def test_every_script_in_a_body(raw_html: str, tmp_path: Path) -> None:
    """All of them, many to a page, and with HTML let in."""
    strings = payloads()
    pages = {}
    for number in range(0, len(strings), 100):
        some = strings[number : number + 100]
        body = "\n\n".join(
            [*some, *(f'[a]({text})\n\n![b]({text})\n\n[c](<{text}> "{text}")' for text in some)]
        )
        pages[f"content/pages/p-{number}.md"] = f"---\ntitle: Scripts\n---\n{body}\n"
    site = build(write(tmp_path / "archive", pages), tmp_path / "site", f"--set markdown.raw_html={raw_html}")
    assert site.status == 0, site.text[-2000:]
    assert assert_sound(site) > len(pages)
    assert_valid(site, ["p-*00/index.html"] if raw_html == "never" else ["p-1000/index.html"])


def test_scripts_as_addresses_are_refused(tmp_path: Path) -> None:
    """Where a web address is asked for, only one is taken, or a file's name that leads nowhere."""
    strings = payloads()[::10]
    records = [
        {"id": f"r-{n}", "url": t, "media": t, "sources": [{"title": "x", "url": t}]}
        for n, t in enumerate(strings)
    ]
    people = [{"id": f"c-{n}", "name": "x", "links": [t], "aliases": t} for n, t in enumerate(strings)]
    files = {"content/records.jsonl": rows(records), "content/contributors.jsonl": rows(people)}
    text, status = byline(write(tmp_path, files), "check --format json")
    assert status == 1
    refused: dict[tuple[str, int], set[str]] = {}
    for problem in json.loads(text)["problems"]:
        if problem["code"] in ("bad-url", "bad-file", "bad-alias", "missing-file"):
            refused.setdefault((problem["path"], problem["line"]), set()).add(problem["code"])
    for number, string in enumerate(strings):
        line = number + 1
        if urlsplit(string.strip()).scheme.lower() not in ("http", "https"):
            assert "bad-url" in refused["content/records.jsonl", line], string
            assert "bad-url" in refused["content/contributors.jsonl", line], string


def test_the_checks_of_this_file_find_holes() -> None:
    """A checker that finds nothing would pass everything."""
    bad: tuple[tuple[str, Callable[[str], bool]], ...] = (
        ("<script>alert(1)</script>", lambda found: found.startswith("script")),
        ("<img src=x onerror=alert(1)>", lambda found: found == "<img onerror>"),
        ("<a href='java\nscript:alert(1)'>x</a>", lambda found: "href" in found),
        ("<svg><foreignObject></svg>", lambda found: found.lower() == "<foreignobject>"),
        ("<iframe srcdoc=x>", lambda found: found == "<iframe srcdoc>"),
        ("<p style=color:red>x</p>", lambda found: found == "<p style>"),
    )
    for text, expected in bad:
        assert any(map(expected, holes(text))), text


def test_entities_do_not_bring_back_what_was_left_out(tmp_path: Path) -> None:
    body = "Turned &#x202e;round&#8238; and &#x7; rung, [&#x202e;](https://lanterns.example/&#x202e;)\n"
    files = {
        "content/pages/about.md": f"---\ntitle: About\n---\n{body}\n![&#x202e;x](https://lanterns.example/x.jpg)\n"
    }
    site = build(write(tmp_path / "archive", files), tmp_path / "site", "--set markdown.raw_html=pages")
    assert site.status == 0, site.text
    assert_sound(site)
