"""Tree pages and the indexes of lineage: all is shown, counted and reachable, in pages of bounded size."""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from posixpath import normpath
from typing import Any

import pytest
from selectolax.lexbor import LexborHTMLParser as HTMLParser
from selectolax.lexbor import LexborNode as Node

from byline.drawing import GENERATIONS, MOST_BELOW
from conftest import SETTINGS, Site

Make = Callable[..., Site]

PEOPLE = {
    "content/contributors.jsonl": '{"id": "ann", "name": "Ann Example"}\n{"id": "bo", "name": "Bo Example"}'
}


def records(rows: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    text = "\n".join(json.dumps({"title": f"Work {row['id']}", "by": "ann", **row}) for row in rows)
    return {"content/records.jsonl": text, **PEOPLE}


def chain(length: int) -> dict[str, str]:
    return records({"id": f"c{at:04}", "sources": [f"c{at - 1:04}"] if at else []} for at in range(length))


def star(size: int) -> dict[str, str]:
    return records(
        [{"id": "hub", "date": "2010"}, *({"id": f"s{at:04}", "sources": ["hub"]} for at in range(size))]
    )


def tree(site: Site, address: str) -> HTMLParser:
    return HTMLParser(site.page(address))


def row_of(page: HTMLParser, title: str) -> Node:
    """The row of a work, without what is nested in its item."""
    return next(row for row in page.css("ul.tree .row") if row.css_first("p > a, p > b").text() == title)


def titles(page: HTMLParser) -> list[str]:
    return [row.css_first("p > a, p > b").text() for row in page.css("ul.tree .row")]


def targets(page: HTMLParser, address: str) -> set[str]:
    """Where links of a page's trees lead, as addresses of the site."""
    hrefs = (link.attributes["href"] or "" for link in page.css("ul.tree a, .pager a"))
    return {normpath(f"{address}/{href.partition('#')[0]}") for href in hrefs if href[:1] != "#"}


def test_a_tree_shows_both_directions_and_marks_its_own_record(site: Make) -> None:
    rows = [
        {"id": "idea"},
        {"id": "drawing", "sources": [{"record": "idea", "kind": "illustration"}], "by": "bo"},
        {"id": "film", "sources": [{"record": "drawing", "kind": "animation"}, "song"]},
        {"id": "song"},
        {"id": "sibling", "sources": ["idea"]},
    ]
    built = site(records(rows))
    page = tree(built, "records/drawing/tree")
    assert titles(page) == ["Work idea", "Work drawing", "Work film"]
    assert page.css_first("ul.tree [aria-current]").text() == "Work drawing"
    assert "illustration of Work idea" in " ".join(row_of(page, "Work drawing").text().split())
    assert "Bo Example" in row_of(page, "Work drawing").text()
    assert "Work song" in row_of(page, "Work film").text()
    assert "records/song" in targets(page, "records/drawing/tree")
    assert not (built.output / "records/lonely/tree").exists()


def test_every_level_of_a_tree_is_a_list_where_markers_are_taken_away(site: Make) -> None:
    page = tree(site(star(3)), "records/hub/tree")
    lists = page.css("ul.tree, ul.tree ul")
    assert [one.attributes.get("role") for one in lists] == ["list", "list"]


def test_a_work_that_is_met_again_stands_once_and_says_where(site: Make) -> None:
    rows = [
        {"id": "top"},
        {"id": "left", "sources": ["top"]},
        {"id": "right", "sources": ["top"]},
        {"id": "own", "sources": ["left", "right"]},
    ]
    page = tree(site(records(rows)), "records/top/tree")
    assert sorted(titles(page)) == ["Work left", "Work own", "Work right", "Work top"]
    again = row_of(page, "Work own").css_first(".also")
    assert " ".join(again.text().split()) == "remix of Work right shown above"
    shown = page.css_first(again.css_first("a").attributes["href"] or "")
    assert shown.css_first(".row a").text() == "Work right"
    assert len(page.css("path.arc")) >= 2


def test_tombstones_are_in_the_tree_without_people_and_hidden_records_are_not(site: Make) -> None:
    rows = [
        {"id": "a"},
        {"id": "gone", "sources": ["a"], "withdrawn": True, "by": "bo"},
        {"id": "b", "sources": ["gone"]},
        {"id": "secret", "sources": ["b"], "draft": True},
    ]
    built = site(records(rows))
    page = tree(built, "records/a/tree")
    assert titles(page) == ["Work a", "Work gone", "Work b"]
    assert "withdrawn" in row_of(page, "Work gone").text()
    assert "Bo Example" not in page.css_first("ul.tree").text()
    assert titles(tree(built, "records/gone/tree")) == titles(page)
    assert not any("Work secret" in path.read_text("utf-8") for path in built.output.rglob("*.html"))


def test_sources_outside_the_archive_are_credited(site: Make) -> None:
    song = {"title": "An Old Song", "by": "A Singer", "url": "https://songs.example/1", "license": "CC0-1.0"}
    rows = [{"id": "a", "sources": [song]}, {"id": "b", "sources": ["a"]}]
    outside = tree(site(records(rows)), "records/b/tree").css_first(".outside")
    assert "An Old Song, A Singer, CC0-1.0" in " ".join(outside.text().split())
    assert outside.css_first("a").attributes["href"] == "https://songs.example/1"


def test_a_long_lineage_is_cut_with_exact_numbers_that_lead_on(site: Make) -> None:
    built = site(chain(200))
    page = tree(built, "records/c0100/tree")
    assert titles(page) == [f"Work c{at:04}" for at in range(100 - GENERATIONS, 100 + GENERATIONS + 1)]
    first, last = page.css(".cut a")
    assert (first.text(), last.text()) == ("+95 more before it", "+94 more")
    assert first.attributes["href"] == "../../../records/c0095/tree/"
    assert last.attributes["href"] == "../../../records/c0105/tree/"
    assert len(page.css("ul.tree ul")) == 0


def test_what_is_drawn_elsewhere_is_not_told_as_more(site: Make) -> None:
    rows = [{"id": f"c{at:04}", "sources": [f"c{at - 1:04}"] if at else []} for at in range(120)]
    rows[60]["sources"] = ["c0059", "spark"]
    rows[60 - GENERATIONS]["sources"] = [f"c{59 - GENERATIONS:04}", "between"]
    rows += [{"id": "between", "sources": ["spark"]}, {"id": "spark"}]
    page = tree(site(records(rows)), "records/c0060/tree")
    assert "Work spark" in titles(page)
    assert "Work between" not in titles(page)
    # Sixty minus five of the line, and "between".
    assert page.css_first(".cut a").text() == f"+{60 - GENERATIONS + 1} more before it"


def test_a_wide_family_goes_on_in_pages_and_every_work_is_reached(site: Make) -> None:
    size = 2 * MOST_BELOW + 10
    built = site(star(size))
    first = tree(built, "records/hub/tree")
    cut = first.css_first(".cut a")
    assert (cut.text(), cut.attributes["href"]) == (
        f"+{size - MOST_BELOW} more",
        "../../../records/hub/tree/page/2/",
    )
    found = set()
    for address in ("records/hub/tree", "records/hub/tree/page/2", "records/hub/tree/page/3"):
        page = tree(built, address)
        assert len(titles(page)) <= MOST_BELOW + 1
        found |= set(titles(page))
    assert found == {"Work hub", *(f"Work s{at:04}" for at in range(size))}
    assert not (built.output / "records/hub/tree/page/4").exists()
    sitemap = (built.output / "sitemap.xml").read_text("utf-8")
    assert "records/hub/tree/<" in sitemap
    assert "/page/" not in sitemap


@pytest.mark.parametrize("shape", [chain, star])
def test_the_size_of_all_trees_grows_with_the_edges(
    site: Make, shape: Callable[[int], dict[str, str]]
) -> None:
    sizes = []
    for edges in (130, 1300):
        built = site(shape(edges))
        sizes.append(
            sum(path.stat().st_size for path in built.output.glob("records/*/tree/**/*.html")) / edges
        )
    assert sizes[1] < 1.15 * sizes[0]


def test_every_link_of_a_tree_leads_to_a_page(site: Make) -> None:
    rows = [
        {"id": f"r{at:03}", "sources": sorted({f"r{at * 7 // 9:03}", f"r{at // 3:03}"} - {f"r{at:03}"})}
        for at in range(150)
    ]
    built = site(records(rows))
    pages = sorted(built.output.glob("records/*/tree/**/index.html"))
    assert len(pages) >= 150
    for path in pages:
        address = path.parent.relative_to(built.output).as_posix()
        page = tree(built, address)
        for target in targets(page, address):
            assert (built.output / target / "index.html").is_file(), (address, target)
        ids = [row.attributes["id"] for row in page.css("ul.tree li")]
        assert len(set(ids)) == len(ids)
        jumps = [link.attributes["href"][1:] for link in page.css(".also a[href^='#']")]
        assert set(jumps) <= set(ids)


def test_an_episode_shows_segment_by_segment_where_it_came_from(site: Make) -> None:
    files = {
        **records(
            [{"id": "idea"}, {"id": "drawing", "sources": ["idea"]}, {"id": "film", "sources": ["drawing"]}]
        ),
        "content/episodes/e1/index.md": "---\ntitle: First\nuses: [idea]\n---\n",
        "content/episodes/e1/segments/01-waltz.md": "---\ntitle: Waltz\nuses: [film]\n---\n",
        "content/episodes/e1/segments/02-talk.md": "---\ntitle: Talk\n---\n",
        "content/episodes/e2/index.md": "---\ntitle: Second\n---\n",
    }
    built = site(files)
    page = tree(built, "episodes/e1/tree")
    assert [heading.text() for heading in page.css("section h2")] == ["First", "Waltz"]
    assert titles(page) == ["Work idea", "Work idea", "Work drawing", "Work film"]
    assert [one.text() for one in page.css("ul.tree [aria-current]")] == ["Work idea", "Work film"]
    assert "seen in First" in " ".join(row_of(page, "Work film").text().split())
    assert 'href="../../episodes/e1/tree/"' in built.page("episodes/e1")
    assert not (built.output / "episodes/e2/tree").exists()


def test_record_pages_show_two_generations_both_ways(site: Make) -> None:
    page = HTMLParser(site(chain(7)).page("records/c0003"))
    second = [" ".join(item.text().split()) for item in page.css(".steps li")]
    assert second == ["Work c0001 Text led to Work c0002", "Work c0005 Text remix of Work c0004"]
    assert page.css_first("a[href$='records/c0003/tree/']") is not None


def test_what_was_made_from_a_record_is_said_from_its_side(site: Make) -> None:
    sources = [{"record": "a", "kind": "animation", "as": "the hand"}]
    rows = [{"id": "a"}, {"id": "b", "sources": sources}]
    rows.append({"id": "c", "sources": [{"record": "a", "kind": "echo"}]})
    echo = '[source_kinds.echo]\nlabel = "Echo"\ninverse = "heard again in"\n'
    for language, said in (("en", "animated in"), ("de", "animiert in")):
        made = site({**records(rows), "byline.toml": f'{SETTINGS}language = "{language}"\n{echo}'})
        relations = HTMLParser(made.page("records/a")).css("#derived ~ .cards .relation")
        assert [one.text() for one in relations] == [f"{said}: the hand", "heard again in"]
        assert HTMLParser(made.page("records/b")).css_first("#sources ~ .cards .relation").text() != said


def test_families_and_indexes_say_how_they_are_ordered(site: Make) -> None:
    files = {
        **records(
            [
                {"id": "late", "date": "2014"},
                {"id": "later", "date": "2015", "sources": ["late"]},
                {"id": "idea", "date": "2010"},
                {"id": "drawing", "date": "2011", "sources": ["idea"]},
                {"id": "film", "date": "2012", "sources": ["drawing"]},
                {"id": "alone", "date": "2009"},
            ]
        ),
        "content/episodes/e1/index.md": "---\ntitle: First\nuses: [film, later]\n---\n",
    }
    built = site(files)
    families = HTMLParser(built.page("lineage"))
    assert [one.text() for one in families.css(".running .title a")] == ["Work idea", "Work late"]
    assert "3 works" in families.css_first(".running li").text()
    assert "By the date of their oldest work." in families.text()
    never = HTMLParser(built.page("lineage/never-remixed"))
    assert [one.text() for one in never.css(".running .title a")] == ["Work alone", "Work film", "Work later"]
    travelled = HTMLParser(built.page("lineage/travelled"))
    assert [one.text() for one in travelled.css(".running .title a")] == [
        "Work idea",
        "Work drawing",
        "Work late",
    ]
    assert "2 steps to the screen" in travelled.css_first(".running li").text()


def test_the_oldest_work_of_a_family_has_a_date_where_one_has(site: Make) -> None:
    rows = [
        {"id": "a", "sources": ["b"]},
        {"id": "b", "date": "2014"},
        {"id": "c", "date": "2015", "sources": ["b"]},
        {"id": "d", "date": "2012"},
        {"id": "e", "date": "2013", "sources": ["d"]},
        {"id": "f"},
        {"id": "g", "sources": ["f"]},
    ]
    families = HTMLParser(site(records(rows)).page("lineage"))
    assert [one.text() for one in families.css(".running .title a")] == ["Work f", "Work d", "Work b"]
    assert [one.text() for one in families.css(".running .clock")] == ["2012", "2014"]


def test_an_index_of_lineage_without_anything_says_so(site: Make) -> None:
    built = site(records([{"id": "idea"}, {"id": "drawing", "sources": ["idea"]}]))
    travelled = HTMLParser(built.page("lineage/travelled"))
    assert travelled.css_first(".facts").text() == "There are none yet."
    assert "0 records" not in travelled.text()
    assert "longest way first" not in travelled.text()
    assert not travelled.css(".running")
    assert "1 record" in HTMLParser(built.page("lineage/never-remixed")).css_first(".facts").text()
    german = site({"byline.toml": GERMAN, **records([{"id": "a"}, {"id": "b", "sources": ["a"]}])})
    assert "Bislang gibt es keine." in german.page("lineage/travelled")


GERMAN = '[archive]\ntitle = "Laternen"\nbase_url = "https://lanterns.example/"\nlanguage = "de"\n'


def test_a_large_family_has_an_overview_that_is_also_told_in_numbers(site: Make) -> None:
    rows = [{"id": "root"}]
    rows += [{"id": f"a{at:03}", "sources": ["root"]} for at in range(100)]
    rows += [{"id": f"b{at:03}", "sources": [f"a{at:03}"]} for at in range(100)]
    built = site(records(rows))
    told = [" ".join(item.text().split()) for item in tree(built, "records/root/tree").css(".overview li")]
    assert told == ["Generation 0: 1 work", "Generation 1: 100 works", "Generation 2: 100 works"]
    assert tree(built, "records/a000/tree").css_first(".overview") is None


def test_only_tree_pages_carry_what_trees_need_and_nothing_is_inline(site: Make) -> None:
    built = site(chain(3))
    assert re.search(r"assets/tree\.\w+\.css", built.page("records/c0001/tree"))
    assert re.search(r"assets/tree\.\w+\.js", built.page("records/c0001/tree"))
    assert "assets/tree." not in built.page("records/c0001")
    page = tree(built, "records/c0001/tree")
    assert page.css("[style], style, script:not([src]):not([type='application/ld+json'])") == []
