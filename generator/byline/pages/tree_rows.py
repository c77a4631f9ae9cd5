"""A drawing's rows as pages show them: records with their rails."""

from collections.abc import Collection, Mapping, Sequence
from itertools import islice

from byline import lineage
from byline.drawing import MOST_SOURCES, WHOLE, Around, Row, edges_inside, layout, met_again, reached
from byline.pages import elements as el
from byline.pages import tree_views as t
from byline.pages.cards import episode_of, tree_href
from byline.pages.here import Here
from byline.pages.media_views import cover_of
from byline.pages.records import outside
from byline.permalinks import permalink, tree_link
from byline.values import Edge

# Pixels: columns, lanes of arcs, where lines begin, and where in its row a record's dot stands.
COLUMN, LANE, MARGIN, DOT = 16, 9, 8, 22
# Lines run further down than any row is high; the row cuts them off.
_DOWN = 999
# So many people, places and sources are named in a row; the rest is told by number.
MOST_NAMED = 3

Inside = Mapping[str, Sequence[Edge]]


def relation(here: Here, edge: Edge) -> str:
    """How a record hangs on its source: "illustration of"."""
    kinds = here.archive.vocabulary.source_kinds
    return here.say(kinds[edge.line.kind].of) if edge.line.kind in kinds else edge.line.kind


def rows(
    here: Here, drawn: Around, upper: Collection[str] = (), lower: Collection[str] = ()
) -> tuple[t.TreeRow, ...]:
    """The rows of a drawing; of `upper` and `lower` it is told what is missing above and below them."""
    inside = edges_inside(here.archive.lineage, drawn)
    placed = layout(drawn.nodes, inside, drawn.focus[0] if len(drawn.focus) == 1 else "")
    at = {row.node: number for number, row in enumerate(placed, 1)}
    lanes = 1 + max((lane for row in placed for lane, _ in row.arcs), default=-1)
    out = []
    for row in placed:
        before = _missing(here, row.node, inside, False, at) if row.node in upper else 0
        after = _missing(here, row.node, inside, True, at) if row.node in lower else 0
        out.append(_row(here, row, inside, at, lanes, row.node in drawn.focus, before, after))
    return tuple(out)


def _missing(here: Here, name: str, inside: Inside, down: bool, at: Mapping[str, int]) -> int:
    """How many records on one side of a record are not drawn; 0 where all next ones are."""
    whole = here.archive.lineage
    if down:
        complete = all(whole.names[child] in at for child in lineage.derived(whole, name))
    else:
        complete = all(line.record in at for line in lineage.sources(whole, name))
    if complete:
        return 0
    records = here.archive.library.records
    standing = lineage.standing(whole, name)
    known = reached(name, inside, down)
    more = (standing.below if down else standing.above) - sum(not records[other].withdrawn for other in known)
    if 0 < more <= WHOLE:  # of very many that are not drawn, nobody misses one
        more -= sum(not records[other].withdrawn for other in met_again(whole, name, at, known, down))
    return max(-1, more) or -1


def _row(
    here: Here,
    row: Row,
    inside: Inside,
    at: Mapping[str, int],
    lanes: int,
    own: bool,
    before: int,
    after: int,
) -> t.TreeRow:
    archive, name = here.archive, row.node
    record = archive.library.records[name]
    gone = bool(record.withdrawn)
    people, more_people = ((), 0) if gone else here.people(archive.record_credits[name], MOST_NAMED)
    here.named.update([line.who for line in archive.record_credits[name] if line.who[0] != "~"])
    places = dict.fromkeys(episode_of(place) for place, _ in archive.used_in.get(name, ()))
    edges = inside.get(name, ())
    written = list(islice(lineage.edges_above(archive.lineage, name), MOST_SOURCES))
    others = [edge for edge in written if edges and edge.source != edges[0].source]
    if before:
        others = [edge for edge in others if edge.source in at]
    others.sort(key=lambda edge: edge.source not in at)
    picture = None if gone else cover_of(here, record, 320)
    hanging = bool(edges) and edges[0].source == written[0].source
    return t.TreeRow(
        number=at[name],
        depth=row.depth,
        link=here.link(("record", name)),
        rail=rail(row, lanes, hanging),
        label=here.say(here.kind_of(record).label),
        people=tuple(el.Person(one.name, None, one.withdrawn, one.language) for one in people),
        more_people=more_people,
        picture=picture,
        aired=tuple(here.link(key) for key in islice(places, MOST_NAMED)),
        more_aired=max(0, len(places) - MOST_NAMED),
        relation=relation(here, edges[0]) if edges else "",
        of=here.link(("record", edges[0].source)) if edges else None,
        further=tuple(_further(here, edge, at) for edge in others[:MOST_NAMED]),
        more_further=sum(not archive.library.records[edge.source].withdrawn for edge in others[MOST_NAMED:]),
        outside=tuple(
            outside(here, line) for line in archive.lineage.outside.get(name, ())[:MOST_NAMED] if not gone
        ),
        sources=tuple(at[edge.source] for edge in edges),
        here=own,
        tombstone=gone,
        before=before,
        before_href=_lead(here, name, False) if before else "",
        after=after,
        after_href=_lead(here, name, True) if after else "",
    )


def _further(here: Here, edge: Edge, at: Mapping[str, int]) -> t.Further:
    number = at.get(edge.source, 0)
    return t.Further(
        here.link(("record", edge.source)), relation(here, edge), number, 0 < number < at[edge.child]
    )


def _lead(here: Here, name: str, down: bool) -> str:
    """Where what is not drawn is found: on the record's own tree page, or from there."""
    if here.output.kind != "tree" or here.output.facet or here.output.id != name:
        return tree_href(here, name)
    key = ("record", name)
    return here.href(tree_link(key) + "page/2/") if down else here.href(permalink(key)) + "#sources"


def rail(row: Row, lanes: int, first: bool) -> t.Rail:
    """The lines beside a row; `first` says that it hangs on its first source as written."""
    left = MARGIN + LANE * lanes
    x = left + COLUMN * row.depth
    solid = [f"M{left + COLUMN * column} 0v{_DOWN}" for column in row.through]
    dashed: list[str] = []
    if row.start == "line":
        (solid if first else dashed).append(f"M{x} 0v{DOT}")
    elif row.start == "branch":
        bend = f"M{x - COLUMN} 0v{DOT - 8}q0 8 8 8h{COLUMN - 8}"
        (solid if first else dashed).append(bend)
    if row.below:
        solid.append(f"M{x} {DOT}v{_DOWN}")
    for lane, shape in row.arcs:
        at = MARGIN + LANE * (lanes - 1 - lane) - 2
        if shape == "through":
            dashed.append(f"M{at} 0v{_DOWN}")
        elif shape == "top":
            dashed.append(f"M{x} {DOT}H{at + 6}q-6 0-6 6v{_DOWN}")
        else:
            dashed.append(f"M{at} 0v{DOT - 6}q0 6 6 6H{x}")
    return t.Rail(x + 10, x, "".join(solid), "".join(dashed))
