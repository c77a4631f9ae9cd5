"""What holds for every drawing of a lineage, on random graphs."""

from math import log2

from hypothesis import given
from hypothesis import strategies as st

from byline import drawing
from byline.lineage import Lineage
from byline.problems import Place
from byline.tracing import trace
from byline.values import Record, SourceLine
from byline.vocabulary import builtin
from properties.shapes import met


@st.composite
def lineages(draw: st.DrawFn) -> Lineage:
    """Records of up to three sources among older ones; recent ones are preferred, so that some are deep."""
    size = draw(st.integers(1, 150))
    records = {}
    for at in range(size):
        back = draw(st.lists(st.integers(1, draw(st.sampled_from([2, 5, 90]))), max_size=3))
        sources = dict.fromkeys(at - step for step in back if at - step >= 0)
        lines = tuple(SourceLine(record=f"r{one:03}", index=n) for n, one in enumerate(sources))
        records[f"r{at:03}"] = Record(id=f"r{at:03}", place=Place("records.csv", 2), sources=lines)
    found, problems = trace(records, hidden=(), kinds=builtin().source_kinds, missing="error", cycles="error")
    assert problems == ()
    return found


def related(whole: Lineage, name: str) -> int:
    return len(met(whole, name, whole.above)) + len(met(whole, name, whole.below))


@given(lineages(), st.data())
def test_everything_related_is_drawn_once_and_nothing_else(whole: Lineage, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(whole.names)))
    near = drawing.around(whole, name, related(whole, name))
    above, below = met(whole, name, whole.above), met(whole, name, whole.below)
    assert near.above.keys() <= above
    assert near.below.keys() <= below
    if len(above) + len(below) <= drawing.WHOLE:
        assert (near.above.keys(), near.below.keys()) == (above, below)
    rows = drawing.layout(near.nodes, drawing.edges_inside(whole, near), name)
    assert sorted(row.node for row in rows) == sorted(near.nodes)


@given(lineages(), st.data())
def test_every_line_leads_from_the_row_that_a_record_hangs_on(whole: Lineage, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(whole.names)))
    near = drawing.around(whole, name, related(whole, name))
    inside = drawing.edges_inside(whole, near)
    open_lines: list[str] = []  # by column: the record that the line there comes from
    for row in drawing.layout(near.nodes, inside, name):
        if row.start == "root":
            assert (row.depth, row.node in inside) == (0, False)
        else:
            column = row.depth if row.start == "line" else row.depth - 1
            assert open_lines[column] == inside[row.node][0].source
        assert all(column < row.depth for column in row.through)
        open_lines[row.depth :] = [row.node]


@given(lineages(), st.data())
def test_no_column_is_deeper_than_the_logarithm(whole: Lineage, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(whole.names)))
    near = drawing.around(whole, name, related(whole, name))
    rows = drawing.layout(near.nodes, drawing.edges_inside(whole, near), name)
    assert max(row.depth for row in rows) <= log2(len(rows)) + 1


@given(lineages(), st.data())
def test_arcs_do_not_meet_in_a_lane(whole: Lineage, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(whole.names)))
    near = drawing.around(whole, name, related(whole, name))
    inside = drawing.edges_inside(whole, near)
    rows = drawing.layout(near.nodes, inside, name)
    running: dict[int, str] = {}
    ends: list[frozenset[str]] = []
    for row in rows:
        assert len({lane for lane, _ in row.arcs}) == len(row.arcs)
        pieces = dict(row.arcs)
        assert {lane for lane, shape in row.arcs if shape != "top"} == running.keys()
        for lane, shape in pieces.items():
            if shape == "top":
                running[lane] = row.node
            elif shape == "bottom":
                ends.append(frozenset((running.pop(lane), row.node)))
    assert running == {}
    further = [frozenset((edge.source, child)) for child, edges in inside.items() for edge in edges[1:]]
    assert len(set(ends)) == len(ends)
    assert set(ends) <= set(further)
