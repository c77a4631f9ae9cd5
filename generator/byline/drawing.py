"""The drawing of a lineage: indented rows with rails, as version histories are drawn.

Pure layout of a bounded neighbourhood: which records are drawn, in which row and column, and how lines and
arcs run through the rows. It knows nothing of pages; nothing here recurses or enumerates paths.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice

import msgspec

from byline.lineage import Lineage, edges_above, edges_below
from byline.values import Edge

# A drawing holds at most so many records above and below its own: 200 in all. Where those are more than
# WHOLE, it also ends so many generations away: a chain of any length then costs the same on every page.
MOST_ABOVE = 80
MOST_BELOW = 120
WHOLE = 100
GENERATIONS = 5
# Of a record with very many sources, so many are looked at; further ones are told by number.
MOST_SOURCES = 200
ARC_LANES = 4
# So many edges outside a drawing are followed to find what of it is met again beyond them.
MOST_BEYOND = 500


class Around(msgspec.Struct, frozen=True):
    """What is drawn around some records: `above` what they were made from, `below` what was made from them.

    Nearest first; each with the edge by which it was met.
    """

    focus: tuple[str, ...]
    above: dict[str, Edge]
    below: dict[str, Edge]

    @property
    def nodes(self) -> tuple[str, ...]:
        """All records of the drawing, each once."""
        return tuple(dict.fromkeys((*self.focus, *self.above, *self.below)))


class Row(msgspec.Struct, frozen=True, gc=False):
    """One record of a drawing: its column, and what is drawn beside it.

    `start` says how its line begins: "root" with it, "line" from the record above it in the same column,
    "branch" from the column before. `through` are the columns whose lines pass by, `below` whether its own
    goes on. `arcs` are (lane, "top" | "bottom" | "through"), lane 0 nearest to the columns.
    """

    node: str
    depth: int
    start: str
    through: tuple[int, ...] = ()
    below: bool = False
    arcs: tuple[tuple[int, str], ...] = ()


def around(lineage: Lineage, id: str, relatives: int) -> Around:
    """The neighbourhood that a record's tree page draws; `relatives` is the number of all of them."""
    generations = None if relatives <= WHOLE else GENERATIONS
    above = nearest((id,), lambda name: edges_above(lineage, name), _source, MOST_ABOVE, generations)
    below = nearest((id,), lambda name: edges_below(lineage, name), _child, MOST_BELOW, generations)
    return Around((id,), above, below)


def origins(lineage: Lineage, focus: Iterable[str]) -> Around:
    """What some records were made from, for a place that shows them."""
    shown = tuple(dict.fromkeys(focus))
    above = nearest(shown, lambda name: edges_above(lineage, name), _source, MOST_ABOVE, GENERATIONS)
    return Around(shown, above, {})


def _source(edge: Edge) -> str:
    return edge.source


def _child(edge: Edge) -> str:
    return edge.child


def nearest(
    start: Sequence[str],
    edges: Callable[[str], Iterator[Edge]],
    end: Callable[[Edge], str],
    most: int,
    generations: int | None = None,
) -> dict[str, Edge]:
    """At most so many records along edges, nearest first, each with the edge that leads to it.

    Looks at no more than `most` edges more than lead to what is found, however many a record has.
    """
    found: dict[str, Edge] = {}
    seen = set(start)
    level = list(start)
    while level and (generations is None or generations > 0):
        generations = None if generations is None else generations - 1
        following: list[str] = []
        for name in level:
            for edge in edges(name):
                if len(found) == most:
                    return found
                other = end(edge)
                if other not in seen:
                    seen.add(other)
                    found[other] = edge
                    following.append(other)
        level = following
    return found


def edges_inside(lineage: Lineage, drawn: Around) -> dict[str, tuple[Edge, ...]]:
    """The edges between records of a drawing, by child, in the order written."""
    nodes = drawn.nodes
    known = set(nodes)
    inside = {
        name: {e.source: e for e in islice(edges_above(lineage, name), MOST_SOURCES) if e.source in known}
        for name in nodes
    }
    for edge in (*drawn.above.values(), *drawn.below.values()):
        inside[edge.child].setdefault(edge.source, edge)
    return {name: tuple(found.values()) for name, found in inside.items() if found}


def layout(nodes: Sequence[str], inside: Mapping[str, Sequence[Edge]], focus: str = "") -> tuple[Row, ...]:
    """Rows for all nodes: each below its first source, the line that leads to `focus` straight and last.

    A line goes straight on where there is one way, or one that holds more than half of what follows;
    other branches are indented. So no column is deeper than the logarithm of the number of nodes, whatever
    the shape, and a chain of any length stays in one column.
    """
    parents = {name: edges[0].source for name, edges in inside.items()}
    children: dict[str, list[str]] = {}
    for name in nodes:
        if name in parents:
            children.setdefault(parents[name], []).append(name)
    trunk = set()
    name = focus
    while name:
        trunk.add(name)
        name = parents.get(name, "")
    roots = _in_order([name for name in nodes if name not in parents], children, inside, trunk)
    sizes = _sizes(roots, children)
    rows: list[Row] = []
    waiting = [(root, 0, "root") for root in reversed(roots)]
    to_come: list[int] = []  # by column: how many rows still hang on the line there
    while waiting:
        node, depth, start = waiting.pop()
        kids = children.get(node, [])
        straight = _straight(kids, sizes, trunk)
        if straight:
            waiting.append((straight, depth, "line"))
        waiting += [(kid, depth + 1, "branch") for kid in reversed(kids) if kid != straight]
        if start == "branch":
            to_come[depth - 1] -= 1
        del to_come[depth:]
        rows.append(
            Row(node, depth, start, tuple(at for at, count in enumerate(to_come) if count), bool(kids))
        )
        to_come.append(len(kids))
    return _with_arcs(rows, inside)


def _in_order(
    roots: list[str],
    children: Mapping[str, Sequence[str]],
    inside: Mapping[str, Sequence[Edge]],
    trunk: set[str],
) -> list[str]:
    """Trees after those that their further sources stand in, where that can be; the one of the trunk last."""
    tree: dict[str, str] = {}
    for root in roots:
        walk = [root]
        for name in walk:
            tree[name] = root
            walk += children.get(name, ())
    needed: dict[str, list[str]] = {root: [] for root in roots}
    for name, edges in inside.items():
        needed[tree[name]] += [tree[edge.source] for edge in edges]
    done: dict[str, None] = {}
    begun: set[str] = set()
    last = [root for root in roots if root in trunk]
    waiting = [*last, *(root for root in reversed(roots) if root not in trunk)]
    while waiting:
        root = waiting[-1]
        if root not in begun:
            begun.add(root)
            waiting += [other for other in needed[root] if other not in begun]
        else:
            waiting.pop()
            done[root] = None
    return [*(root for root in done if root not in trunk), *last]


def _sizes(roots: Iterable[str], children: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """How many nodes hang on each, itself among them."""
    walk = list(roots)
    for name in walk:
        walk += children.get(name, ())
    sizes: dict[str, int] = {}
    for name in reversed(walk):
        sizes[name] = 1 + sum(sizes[child] for child in children.get(name, ()))
    return sizes


def _straight(kids: Sequence[str], sizes: Mapping[str, int], trunk: set[str]) -> str:
    """The child in whose column the line goes on; "" where none is."""
    if len(kids) == 1:
        return kids[0]
    if not kids:
        return ""
    heavy = max(kids, key=sizes.__getitem__)
    wanted = [kid for kid in kids if kid in trunk]
    if wanted:
        return wanted[0]
    return heavy if 2 * sizes[heavy] > sum(sizes[kid] for kid in kids) else ""


def _with_arcs(rows: Sequence[Row], inside: Mapping[str, Sequence[Edge]]) -> tuple[Row, ...]:
    """Further sources as arcs in lanes, short ones nearest; those that find no lane are left to words."""
    at = {row.node: number for number, row in enumerate(rows)}
    spans = sorted(
        (abs(at[edge.source] - at[name]), *sorted((at[edge.source], at[name])))
        for name, edges in inside.items()
        for edge in edges[1:]
    )
    pieces: dict[int, list[tuple[int, str]]] = {}
    lanes: list[set[int]] = [set() for _ in range(ARC_LANES)]
    for _, top, bottom in spans:
        covered = range(top, bottom + 1)
        lane = next((number for number, taken in enumerate(lanes) if taken.isdisjoint(covered)), None)
        if lane is None:
            continue
        lanes[lane].update(covered)
        for number in covered:
            shape = "top" if number == top else "bottom" if number == bottom else "through"
            pieces.setdefault(number, []).append((lane, shape))
    return tuple(
        msgspec.structs.replace(row, arcs=tuple(pieces[number])) if number in pieces else row
        for number, row in enumerate(rows)
    )


def reached(start: str, inside: Mapping[str, Sequence[Edge]], down: bool) -> set[str]:
    """The records of a drawing that were made from one (`down`), or that it was made from."""
    ahead: dict[str, list[str]] = {}
    for name, edges in inside.items():
        for edge in edges:
            one, other = (edge.source, name) if down else (name, edge.source)
            ahead.setdefault(one, []).append(other)
    found: set[str] = set()
    waiting = list(ahead.get(start, ()))
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += ahead.get(name, ())
    return found


def met_again(
    lineage: Lineage, start: str, drawn: Collection[str], known: Collection[str], down: bool
) -> set[str]:
    """The records of a drawing above or below one that only what is not drawn leads to, beside those `known`.

    Where very much is not drawn, those that are nearest.
    """
    numbers, generations = lineage.numbers, lineage.generations
    side = lineage.below if down else lineage.above
    sign = 1 if down else -1
    own = sign * generations[numbers[start]]
    wanted = {at for name in drawn if sign * generations[at := numbers[name]] > own and name not in known}
    found: set[int] = set()
    if wanted:
        end = max(sign * generations[at] for at in wanted)
        waiting = [numbers[start]]  # grows while it is followed
        seen = set(waiting)
        beyond = chain.from_iterable(side[at] for at in waiting)
        for at in islice(beyond, MOST_BEYOND):
            if at not in seen and sign * generations[at] <= end:
                seen.add(at)
                waiting.append(at)
                if at in wanted:
                    found.add(at)
                    if len(found) == len(wanted):
                        break
    return {lineage.names[at] for at in found}
