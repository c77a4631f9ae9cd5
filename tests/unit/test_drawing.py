"""Drawings of lineage on shapes whose picture is known."""

from collections.abc import Iterable, Mapping

from byline import drawing
from byline.drawing import Around, Row
from byline.lineage import Lineage, sources
from byline.overview import overview
from byline.problems import Place
from byline.tracing import trace
from byline.values import Edge, Record, SourceLine
from byline.vocabulary import builtin

Graph = Mapping[str, Iterable[str]]


def linked(graph: Graph) -> Lineage:
    records = {
        name: Record(
            id=name,
            place=Place("records.csv", 2),
            sources=tuple(SourceLine(record=source, index=at) for at, source in enumerate(sources)),
        )
        for name, sources in graph.items()
    }
    found, problems = trace(records, hidden=(), kinds=builtin().source_kinds, missing="error", cycles="error")
    assert problems == ()
    return found


def drawn(graph: Graph, focus: str) -> tuple[Row, ...]:
    whole = linked(graph)
    near = drawing.around(whole, focus, len(graph) - 1)
    return drawing.layout(near.nodes, drawing.edges_inside(whole, near), focus)


def chain(length: int) -> dict[str, list[str]]:
    return {f"c{at:05}": [f"c{at - 1:05}"] if at else [] for at in range(length)}


def star(size: int) -> dict[str, list[str]]:
    return {"hub": [], **{f"s{at:05}": ["hub"] for at in range(size)}}


def sketch(rows: Iterable[Row]) -> list[str]:
    marks = {"root": "*", "line": "|", "branch": "\\"}
    return [
        "".join("|" if at in row.through else " " for at in range(row.depth)) + marks[row.start] + row.node
        for row in rows
    ]


def test_a_chain_stays_in_one_column() -> None:
    rows = drawn(chain(5), "c00002")
    assert sketch(rows) == ["*c00000", "|c00001", "|c00002", "|c00003", "|c00004"]
    assert [row.below for row in rows] == [True, True, True, True, False]


def test_branches_are_indented_and_the_way_to_the_own_record_is_straight() -> None:
    graph = {"root": [], "a": ["root"], "b": ["root"], "own": ["b"], "c": ["own"], "d": ["own"]}
    assert sketch(drawn(graph, "own")) == ["*root", "|b", "|own", "|\\c", " \\d"]


def test_a_longer_way_goes_straight_on_after_its_side_branches() -> None:
    graph = {"own": [], "a": ["own"], "b": ["own"], "c": ["b"], "d": ["c"]}
    assert sketch(drawn(graph, "own")) == ["*own", "|\\a", "|b", "|c", "|d"]


def test_further_sources_are_arcs_from_trees_that_stand_before() -> None:
    graph = {"first": [], "second": [], "own": ["first", "second"]}
    rows = drawn(graph, "own")
    assert sketch(rows) == ["*second", "*first", "|own"]
    assert [row.arcs for row in rows] == [((0, "top"),), ((0, "through"),), ((0, "bottom"),)]


def test_a_record_that_is_met_twice_is_drawn_once() -> None:
    graph = {"top": [], "left": ["top"], "right": ["top"], "own": ["left", "right"]}
    rows = drawn(graph, "own")
    assert sorted(row.node for row in rows) == ["left", "own", "right", "top"]
    assert sketch(rows) == ["*top", "|\\right", "|left", "|own"]


def test_long_lineages_end_some_generations_away_and_small_ones_are_whole() -> None:
    assert len(drawn(chain(1000), "c00500")) == 2 * drawing.GENERATIONS + 1
    assert len(drawn(chain(drawing.WHOLE), "c00030")) == drawing.WHOLE


def test_wide_lineages_end_at_a_number() -> None:
    assert len(drawn(star(1000), "hub")) == drawing.MOST_BELOW + 1
    sources = {f"s{at:05}": () for at in range(1000)}
    assert len(drawn({**sources, "own": sorted(sources)}, "own")) == drawing.MOST_ABOVE + 1


def test_one_of_very_many_sources_is_still_drawn_with_its_line() -> None:
    sources = {f"s{at:05}": () for at in range(1000)}
    rows = drawn({**sources, "all": sorted(sources)}, "s00900")
    assert sketch(rows) == ["*s00900", "|all"]


def test_nearer_records_come_first() -> None:
    graph = {"own": [], **{f"n{at}": ["own"] for at in range(100)}}
    graph.update({f"far{at}": ["n0"] for at in range(100)})
    near = drawing.around(linked(graph), "own", 200)
    assert len(near.below) == drawing.MOST_BELOW
    assert {f"n{at}" for at in range(100)} <= near.below.keys()


def test_a_place_is_drawn_from_what_it_shows() -> None:
    whole = linked({"idea": [], "a": ["idea"], "b": ["idea"], "later": ["a"]})
    near = drawing.origins(whole, ("a", "b", "a"))
    assert near == Around(("a", "b"), {"idea": Edge("a", "idea", sources(whole, "a")[0])}, {})
    rows = drawing.layout(near.nodes, drawing.edges_inside(whole, near))
    assert sketch(rows) == ["*idea", "|\\a", " \\b"]


def test_what_is_reached_inside_a_drawing() -> None:
    whole = linked({"a": [], "b": ["a"], "c": ["b"], "d": ["a"]})
    inside = drawing.edges_inside(whole, drawing.around(whole, "b", 3))
    assert drawing.reached("a", inside, True) == {"b", "c"}
    assert drawing.reached("c", inside, False) == {"a", "b"}


def test_an_overview_is_as_wide_as_what_follows() -> None:
    graph = {"root": [], "a": ["root"], "b": ["root"], "c": ["b"], "d": ["c", "a"]}
    bands = overview(linked(graph), "root")
    assert [(band.first, band.last, band.records) for band in bands] == [
        (0, 0, 1), (1, 1, 2), (2, 2, 1), (3, 3, 1),
    ]  # fmt: skip
    assert [(part.node, part.left, part.width) for part in bands[1].parts] == [("a", 0, 0.2), ("b", 0.2, 0.6)]


def test_an_overview_holds_few_parts_whatever_the_family() -> None:
    hub = star(5000)
    bands = overview(linked({**hub, **{f"t{at:05}": [f"s{at:05}"] for at in range(5000)}}), "hub")
    assert [(len(band.parts), band.records) for band in bands] == [(1, 1), (1, 5000), (1, 5000)]
    deep = overview(linked(chain(5000)), "c00000")
    assert sum(band.records for band in deep) == 5000
    assert len(deep) == 12
    assert overview(linked(star(5000)), "hub") == ()
