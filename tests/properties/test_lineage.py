"""Lineage against slow and obvious answers, on random graphs, and on shapes that break careless code."""

import random
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from byline import lineage as ln
from byline.archive import link
from byline.identify import identify
from byline.lineage import Lineage, standing
from byline.pages.lineages import families, never_remixed
from byline.problems import Place, Problem
from byline.settings import Settings
from byline.tracing import trace
from byline.values import Edge, Record, SourceLine, Withdrawn
from byline.vocabulary import builtin
from properties.shapes import chain, ladder, lattice, met, name, star

Graph = Mapping[str, Iterable[str]]

IDS = list("abcdefg")
DATES = ["", "2013", "2014-05", "2014-05-02", "2015-01-01T00:00:00Z"]


def record(id_: str, sources: Iterable[str], date: str = "") -> Record:
    lines = tuple(SourceLine(record=source, index=at) for at, source in enumerate(sources))
    return Record(id=id_, place=Place("records.csv", 2), date=date, sources=lines)


def archive(graph: Graph, withdrawn: Iterable[str] = ()) -> dict[str, Record]:
    return {
        id_: msgspec.structs.replace(
            record(id_, sources), withdrawn=Withdrawn() if id_ in withdrawn else None
        )
        for id_, sources in sorted(graph.items())
    }


def read(records: Mapping[str, Record], mode: str = "error") -> tuple[Lineage, tuple[Problem, ...]]:
    return trace(records, hidden=(), kinds=builtin().source_kinds, missing=mode, cycles=mode)


def in_order(records: Sequence[Record]) -> dict[str, Record]:
    return identify(tuple(records), (), "2026-01-01")[0].records


def linked(graph: Graph, withdrawn: Iterable[str] = ()) -> Lineage:
    found, problems = read(archive(graph, withdrawn))
    assert problems == ()
    return found


@st.composite
def any_graphs(draw: st.DrawFn) -> dict[str, Record]:
    """Anything an editor could write: cycles, own sources, doubled and unknown ones."""
    ids = draw(st.lists(st.sampled_from(IDS), unique=True, max_size=7))
    sources = st.lists(st.sampled_from([*IDS, "missing"]), max_size=4)
    return {id_: record(id_, draw(sources), draw(st.sampled_from(DATES))) for id_ in ids}


@st.composite
def dags(draw: st.DrawFn) -> dict[str, list[str]]:
    """Graphs without cycles, whose ids say nothing about their order."""
    ids = draw(st.permutations(IDS))
    return {
        id_: draw(st.lists(st.sampled_from(ids[:at]), unique=True, max_size=3)) if at else []
        for at, id_ in enumerate(ids)
    }


def chains(graph: Graph, start: str) -> list[tuple[str, ...]]:
    """Every path upwards from a record, one by one."""
    return [(start,)] + [(start, *rest) for source in graph[start] for rest in chains(graph, source)]


def reachable(graph: Graph, start: str) -> set[str]:
    """The ancestors: where every path ends."""
    return {path[-1] for path in chains(graph, start)} - {start}


def turned(graph: Graph) -> dict[str, list[str]]:
    return {id_: [child for child in graph if id_ in graph[child]] for id_ in graph}


# --- reading what was written ---


@given(any_graphs(), st.randoms())
def test_the_answer_does_not_depend_on_the_order_of_the_records(
    records: dict[str, Record], chance: random.Random
) -> None:
    shuffled = list(records.values())
    chance.shuffle(shuffled)
    for mode in ("error", "warn"):
        assert read(in_order(shuffled), mode) == read(in_order(list(records.values())), mode)


@given(any_graphs(), st.sampled_from(["error", "warn"]))
def test_the_graph_is_acyclic_and_whole_whatever_was_written(records: dict[str, Record], mode: str) -> None:
    found, problems = read(records, mode)
    assert found.names == list(records)
    edges = [edge for id_ in records for edge in ln.edges_above(found, id_)]
    assert all(
        standing(found, edge.source).generation < standing(found, edge.child).generation for edge in edges
    )
    assert all(edge.line in records[edge.child].sources for edge in edges)
    below = [edge for id_ in records for edge in ln.edges_below(found, id_)]
    assert sorted(edges, key=_pair) == sorted(below, key=_pair)
    assert all(ln.is_related(found, id_) == any(id_ in _pair(edge) for edge in edges) for id_ in records)
    written = sum(len(r.sources) for r in records.values())
    unknown = sum(len(lines) for lines in found.outside.values())
    if mode == "warn":
        assert len(edges) + unknown + sum(p.code != "unknown-source" for p in problems) == written
    assert {p.severity for p in problems} <= {"error" if mode == "error" else "warning"}


def _pair(edge: Edge) -> tuple[str, str]:
    return edge.child, edge.source


@given(any_graphs())
def test_edges_are_set_aside_as_the_rule_says(records: dict[str, Record]) -> None:
    graph = {
        id_: {line.record for line in r.sources if line.record in records and line.record != id_}
        for id_, r in records.items()
    }
    expected = []
    while cycle := _smallest_cycle(graph):
        steps = list(pairwise((*cycle, cycle[0])))
        late = [
            (_moment(records[s]), c, s) for c, s in steps if "" < _moment(records[c]) < _moment(records[s])
        ]
        child, source = max(late)[1:] if late else max(steps)
        graph[child].remove(source)
        expected.append((" → ".join((*cycle, cycle[0])), f'"{source}" is set aside as a source of "{child}"'))
    found, problems = read(records, "warn")
    said = [p for p in problems if p.code == "lineage-cycle"]
    assert sorted((p.message.split(": ")[1], p.hint) for p in said) == sorted(expected)
    assert {id_: {line.record for line in ln.sources(found, id_)} for id_ in records} == graph


def _moment(made: Record) -> str:
    return made.date + "0000-01-01T00:00:00Z"[len(made.date) :] if made.date else ""


def _smallest_cycle(graph: Graph) -> tuple[str, ...]:
    cycles: list[tuple[str, ...]] = []

    def walk(path: tuple[str, ...]) -> None:
        for source in graph[path[-1]]:
            if source == path[0]:
                cycles.append(path)
            elif source > path[0] and source not in path:
                walk((*path, source))

    for id_ in graph:
        walk((id_,))
    return min(cycles, key=lambda path: (len(path), path), default=())


def test_under_error_each_cyclic_group_is_named_once_with_every_edge() -> None:
    graph = {"a": "b", "b": "c", "c": ["a", "b"], "x": "y", "y": ["x", "a"], "free": "x"}
    _, problems = read(archive(graph))
    assert [(p.code, p.severity, p.message.split(": ")[1]) for p in problems] == [
        ("lineage-cycle", "error", "b → c → b (the shortest cycle in a group of 3 records)"),
        ("lineage-cycle", "error", "x → y → x"),
    ]
    assert problems[0].related == (
        (Place("records.csv", 2, ("sources", 0)), "b was made from c"),
        (Place("records.csv", 2, ("sources", 1)), "c was made from b"),
    )


def test_the_shortest_cycle_is_named_though_a_longer_one_has_smaller_ids() -> None:
    graph = {"a": ["b"], "b": ["c"], "c": ["d"], "d": ["e"], "e": ["f"], "f": ["a", "b"]}
    _, problems = read(archive(graph))
    assert "b → c → d → e → f → b" in problems[0].message


def test_records_of_one_day_do_not_run_against_time() -> None:
    dates = {"a": "2014", "b": "2014", "c": ""}
    records = {id_: record(id_, [source], dates[id_]) for id_, source in ("ab", "bc", "ca")}
    _, problems = read(records, "warn")
    assert [p.hint for p in problems] == ['"a" is set aside as a source of "c"']


def test_problems_point_at_the_line_that_is_wrong() -> None:
    records = archive({"storm": ["storm", "strom", "rain", "rain", "draft"], "rain": []})
    found, problems = trace(
        records, hidden={"draft"}, kinds=builtin().source_kinds, missing="error", cycles="error"
    )
    assert [(p.code, p.severity, p.place) for p in problems] == [
        ("self-source", "error", Place("records.csv", 2, ("sources", 0))),
        ("unknown-source", "error", Place("records.csv", 2, ("sources", 1))),
        ("doubled-source", "error", Place("records.csv", 2, ("sources", 3))),
        ("hidden-source", "warning", Place("records.csv", 2, ("sources", 4))),
    ]
    assert problems[1].hint == 'did you mean "storm"? (records.csv)'
    assert [line.record for line in ln.sources(found, "storm")] == ["rain"]
    assert [line.record for line in found.outside["storm"]] == ["strom"]


def test_what_was_made_from_a_record_is_listed_by_date() -> None:
    dates = {"c": "2014", "b": "2014-05", "a": "2015", "d": "2014"}
    records = {
        "root": record("root", ()),
        **{id_: record(id_, ["root"], date) for id_, date in dates.items()},
    }
    found, _ = read(in_order(list(records.values())))
    assert [edge.child for edge in ln.edges_below(found, "root")] == ["c", "d", "b", "a"]
    assert [edge.child for edge in ln.edges_below(found, "root", 1, 3)] == ["d", "b"]


def test_works_outside_the_archive_are_leaves() -> None:
    line = SourceLine(title="A folk song", by="unknown")
    found, problems = read({"a": Record(id="a", place=Place("a.md"), sources=(line,))})
    assert (found.outside, ln.sources(found, "a"), problems) == ({"a": (line,)}, (), ())


# --- what is derived ---


@given(dags())
def test_generation_family_and_walks(graph: dict[str, list[str]]) -> None:
    found = linked(graph)
    below = turned(graph)
    for id_ in graph:
        above = reachable(graph, id_)
        stands = standing(found, id_)
        assert stands.generation == max(len(path) for path in chains(graph, id_)) - 1
        assert met(found, id_, found.above) == above
        assert met(found, id_, found.below) == reachable(below, id_)
        assert stands.above == len(above)
        assert stands.below == len(reachable(below, id_))
        related = {id_}
        for _ in graph:
            related |= {other for one in related for other in (*graph[one], *below[one])}
        assert stands.family == min(related)


@given(dags(), st.sets(st.sampled_from(IDS)))
def test_tombstones_count_in_no_number(graph: dict[str, list[str]], withdrawn: set[str]) -> None:
    found = linked(graph, withdrawn)
    for id_ in graph:
        assert standing(found, id_).above == len(met(found, id_, found.above) - withdrawn)
        assert standing(found, id_).below == len(met(found, id_, found.below) - withdrawn)


@given(dags(), st.sets(st.sampled_from(IDS)))
def test_distance_to_the_screen(graph: dict[str, list[str]], used: set[str]) -> None:
    expected: dict[str, int] = {}
    for id_ in used:
        for path in chains(graph, id_):
            expected[path[-1]] = min(expected.get(path[-1], 99), len(path) - 1)
    assert ln.distance_to_screen(linked(graph), used) == expected


# --- large and strange shapes ---


@pytest.mark.parametrize(
    ("graph", "ends"),
    [(chain(11_340), 1), (star(18_000), 1), (ladder(60), 2), (lattice(60), 1)],
    ids=["chain", "star", "ladder", "lattice"],
)
def test_shapes_are_counted_exactly(graph: dict[str, list[str]], ends: int) -> None:
    found = linked(graph)
    first, last = min(graph), max(graph, key=lambda id_: (standing(found, id_).generation, id_))
    assert standing(found, first).below == len(met(found, first, found.below)) == len(graph) - ends
    assert standing(found, last).above == len(met(found, last, found.above))
    assert sum(found.ups) == sum(found.downs)


def test_a_family_larger_than_one_slice_counts_rectangles() -> None:
    width = 160
    found = linked(lattice(width))
    for row in range(width):
        for at in range(width):
            stands = standing(found, name(row * width + at))
            assert stands.above == (row + 1) * (at + 1) - 1
            assert stands.below == (width - row) * (width - at) - 1


def test_long_cycles_and_many_cycles_end() -> None:
    ring = {name(at): [name((at - 1) % 3000)] for at in range(3000)}
    rungs = {"x" + name(at): ["x" + name(o) for o in (at - 1, at + 1) if 0 <= o < 3000] for at in range(3000)}
    found, problems = read(archive({**ring, **rungs}), "warn")
    assert len(problems) == 1 + 2999
    assert len(found.names) == 6000


@given(dags(), st.sets(st.sampled_from(IDS)))
def test_the_indexes_list_every_record_that_is_not_gone(
    graph: dict[str, list[str]], withdrawn: set[str]
) -> None:
    records = archive(graph, withdrawn)
    whole, _ = link(Settings(), builtin(), list(records.values()), (), {}, {}, "2026-01-01")
    below = turned(graph)
    assert [id_ for id_, _ in never_remixed(whole)] == [
        id_ for id_ in records if id_ not in withdrawn and not below[id_]
    ]
    kin: dict[str, list[str]] = {}
    for id_ in records:
        if id_ not in withdrawn:
            kin.setdefault(standing(whole.lineage, id_).family, []).append(id_)
    assert families(whole) == [
        (ids[0], len(ids), 1 + max(standing(whole.lineage, id_).generation for id_ in ids))
        for ids in kin.values()
        if len(ids) > 1
    ]
