"""Real archives, with the dirt of real crawls: every fault is found, every credit is on both its pages.

Reads the archives in the folder that BYLINE_ARCHIVES names. What must be found is counted here from the
files themselves, and what was made is read from the pages, so that nothing but files is believed.
"""

import json
import os
import re
import shutil
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from selectolax.lexbor import LexborHTMLParser, LexborNode

from conftest import LEAN, Site, build, byline

ARCHIVES = Path(os.environ.get("BYLINE_ARCHIVES", ""))
pytestmark = [
    pytest.mark.archives,
    pytest.mark.skipif(
        not os.environ.get("BYLINE_ARCHIVES") or not ARCHIVES.is_dir(),
        reason="BYLINE_ARCHIVES names no folder of archives",
    ),
]
IMPORT = "--set lineage.missing=warn --set lineage.cycles=warn"

Rows = list[tuple[int, dict[str, Any]]]


def rows(path: Path) -> Rows:
    """The lines of a ledger, with their numbers."""
    return [(number, json.loads(line)) for number, line in enumerate(path.open("rb"), 1) if line.strip()]


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def edges(records: Rows) -> list[tuple[int, str, str]]:
    """Line, child and source of every source that names a record."""
    found = []
    for line, record in records:
        for source in as_list(record.get("sources")):
            name = source.get("record") if isinstance(source, dict) else source
            if name:
                found.append((line, record["id"], name))
    return found


def cyclic_groups(graph: Mapping[str, list[str]]) -> list[set[str]]:
    """Sets of records that are made from each other: those that reach, and are reached by, one another."""

    @cache
    def reached(start: str) -> frozenset[str]:
        seen: set[str] = set()
        stack = list(graph.get(start, ()))
        while stack:
            name = stack.pop()
            if name not in seen:
                seen.add(name)
                stack += graph.get(name, ())
        return frozenset(seen)

    groups: dict[str, set[str]] = {}
    for name in graph:
        if name in reached(name) and name not in groups:
            group = {other for other in reached(name) if name in reached(other)}
            groups.update(dict.fromkeys(group, group))
    return list({id(group): group for group in groups.values()}.values())


@pytest.mark.parametrize(
    ("name", "dangling", "unknown", "groups", "own"),
    [("scp", 2958, 1154, 12, None), ("linux-timeline", 0, 0, 2, 1)],
)
def test_every_dangling_source_and_every_cyclic_group_is_told_once(
    name: str, dangling: int, unknown: int, groups: int, own: int | None, tmp_path: Path
) -> None:
    records = rows(ARCHIVES / name / "content/records.jsonl")
    line_of = {record["id"]: line for line, record in records}
    missing = {(line, source) for line, _, source in edges(records) if source not in line_of}
    graph: dict[str, list[str]] = defaultdict(list)
    for _, child, source in edges(records):
        if source in line_of and child != source:
            graph[child].append(source)
    cyclic = cyclic_groups(graph)
    selves = {line for line, child, source in edges(records) if child == source}
    assert len(cyclic) == groups
    assert len({source for _, source in missing}) == unknown
    if own is not None:
        assert len(selves) == own

    root = shutil.copytree(ARCHIVES / name, tmp_path / name)
    text, status = byline(root, "check --format json")
    assert status == 1
    told: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for problem in json.loads(text)["problems"]:
        assert problem["path"].startswith(("content/", "byline.toml"))
        told[problem["code"]].append(problem)
        if problem["code"] in ("unknown-source", "lineage-cycle", "self-source", "doubled-source"):
            assert problem["severity"] == "error"

    found = [(p["line"], re.findall('no record "(.*?)"', p["message"])[0]) for p in told["unknown-source"]]
    assert len(found) == dangling
    assert set(found) == missing
    assert sorted(p["line"] for p in told["self-source"]) == sorted(selves)
    assert len(told["lineage-cycle"]) == groups
    by_lines = {frozenset(line_of[record] for record in group) for group in cyclic}
    for problem in told["lineage-cycle"]:
        lines = {place["line"] for place in problem["related"]}
        (group,) = (group for group in by_lines if lines <= group)
        assert problem["line"] in lines
        by_lines.remove(group)
    assert not by_lines


@pytest.mark.parametrize("name", ["scp", "linux-timeline"])
def test_an_import_with_dirt_builds_where_that_is_asked_for(
    name: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    root = ARCHIVES / name
    output = tmp_path_factory.mktemp(name)
    site = build(root, output / "site", f"{IMPORT} {LEAN} --cache {output / 'cache'}")
    assert site.status == 0, site.text[-2000:]
    records = rows(root / "content/records.jsonl")
    people = rows(root / "content/contributors.jsonl")
    for _, record in records:
        assert (site.output / "records" / record["id"] / "index.html").is_file()
    for _, person in people:
        assert (site.output / "contributors" / person["id"] / "index.html").is_file()
    written = {("records", r["id"], role, who) for _, r in records for role, who in credits(r)}
    assert_both_pages(site, written)


def test_every_document_of_a_large_archive_has_its_page(jupiter: Site) -> None:
    episodes = list(jupiter.output.glob("episodes/*/index.html"))
    segments = [
        path
        for path in jupiter.output.glob("episodes/*/*/index.html")
        if path.parent.name not in ("tree", "records") and path.parent.parent.name not in ("page", "by")
    ]
    assert len(episodes) == 1961
    assert len(segments) == 8654
    people = [path for path in jupiter.output.glob("contributors/*/index.html") if _is_person(path)]
    assert len(people) == 247


def _is_person(path: Path) -> bool:
    return path.parent.name not in ("page", "letter", "by")


def test_every_credit_of_a_large_archive_is_on_both_its_pages(jupiter: Site) -> None:
    written: set[tuple[str, str, str, str]] = set()
    for path in sorted((ARCHIVES / "jupiter/content/episodes").glob("*/index.md")):
        front = yaml.load(path.read_text("utf-8").split("\n---\n")[0], yaml.CSafeLoader)
        written |= {("episodes", path.parent.name, role, who) for role, who in credits(front)}
    for _, record in rows(ARCHIVES / "jupiter/content/records.jsonl"):
        written |= {("records", record["id"], role, who) for role, who in credits(record)}
    assert len(written) > 5000
    assert_both_pages(jupiter, written)


def credits(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Role and person of every credit of a front matter or a row."""
    for role, people in (document.get("credits") or {}).items():
        for one in as_list(people):
            yield role, one["who"] if isinstance(one, dict) else one
    for one in as_list(document.get("by")):
        yield "author", one["who"] if isinstance(one, dict) else one


def assert_both_pages(site: Site, written: set[tuple[str, str, str, str]]) -> None:
    """Credits, as (folder, id, role, person), are on the pages of both; and no others are on places."""
    on_places = {
        (folder, path.parent.name, role, who)
        for folder in ("episodes", "records")
        for path in site.output.glob(f"{folder}/*/index.html")
        for role, who in named(path)
    }
    assert written - on_places == set()
    assert on_places - written == set()
    on_people = {
        (folder, place, who)
        for path in site.output.glob("contributors/*/index.html")
        if _is_person(path)
        for page in (path, *path.parent.glob("page/*/index.html"))
        for folder, place in listed(page)
        for who in [path.parent.name]
    }
    assert {(folder, place, who) for folder, place, _, who in written} - on_people == set()


def parse(path: Path) -> LexborHTMLParser:
    return LexborHTMLParser(path.read_text("utf-8"))


def named(path: Path) -> Iterator[tuple[str, str]]:
    """Role and person of every credit that an episode's or a record's page names: the first of its rolls."""
    roll = parse(path).css_first("section.credits > dl.roll")
    for group in roll.css("div") if roll else ():
        role = group.css_first("dt a")
        for person in group.css("dd > a.who"):
            if role:
                yield step(role), step(person)


def step(link: LexborNode) -> str:
    """The last step of the address of a link."""
    return (link.attributes.get("href") or "").rstrip("/").rpartition("/")[2]


def listed(path: Path) -> Iterator[tuple[str, str]]:
    """Every episode and record that a contributor's page lists."""
    page = parse(path)
    for link in page.css("ul.filmography > li > div > p.title > a"):
        yield "episodes", step(link)
    for link in page.css("section[aria-labelledby=records] a[href*='records/']"):
        yield "records", step(link)
