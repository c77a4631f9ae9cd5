"""Lineage: what every record was made from, and what was made from it (semantics.md, Lineage).

Pure. Records and their sources form a directed acyclic graph with many parents and many children.
Nothing here recurses and nothing enumerates paths: sixty steps of two parents each have 10^18 of them.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import islice

import msgspec

from byline import cycles as _cycles
from byline import text as words
from byline.problems import Place, Problem, Severity
from byline.reach import reach
from byline.times import moment
from byline.values import Edge, Record, SourceLine, field_place


class Standing(msgspec.Struct, frozen=True, gc=False):
    """Where a record stands: the length of the longest path from a root, the set that it is connected with by
    its oldest record, and how many records are above and below it, without tombstones."""

    generation: int
    family: str
    above: int = 0
    below: int = 0


class Lineage(msgspec.Struct, frozen=True):
    """The graph of records, tombstones among them. Records without any have no entry in the first three.

    `sources` are the edges of a child as written; `outside` its sources outside the archive, and those
    that are in no file (`record` set, `title` ""); `derived` the edges of what was made from a source, in
    canonical order of the children. `standing` has every record.
    """

    sources: dict[str, tuple[Edge, ...]]
    outside: dict[str, tuple[SourceLine, ...]]
    derived: dict[str, tuple[Edge, ...]]
    standing: dict[str, Standing]


def trace(
    records: Mapping[str, Record],
    *,
    hidden: Collection[str],
    missing: str,
    cycles: str,
) -> tuple[Lineage, tuple[Problem, ...]]:
    """Follow all `sources`; the answer is acyclic whatever was written.

    `records` are those that are shown and tombstones, in canonical order; `hidden` the ids of drafts and
    records under embargo: an edge to one is left out, with a warning.
    `missing` and `cycles` are "error" or "warn" ([lineage]). Sources of a record itself and doubled ones
    are left out, and in every cyclic group edges are set aside by the rule of rulings 14: with "warn" each
    of them is a warning, with "error" each group is an error with its shortest cycle.
    """
    names = list(records)
    edges, above, outside, problems = _read(names, records, hidden, missing, cycles)
    order = _in_order(above)
    if len(order) < len(names):
        problems += _break_cycles(names, records, edges, above, cycles)
        order = _in_order(above)
    below: list[list[int]] = [[] for _ in names]
    derived: list[list[Edge]] = [[] for _ in names]
    for node, targets in enumerate(above):
        for edge, target in zip(edges[node], targets, strict=True):
            below[target].append(node)
            derived[target].append(edge)
    generation = [0] * len(names)
    heads = _families(above)
    families: dict[int, list[int]] = {}
    for node in order:
        if targets := above[node]:
            generation[node] = 1 + max([generation[target] for target in targets])
        if targets or below[node]:
            families.setdefault(heads[node], []).append(node)
    gone = {at for at, record in enumerate(records.values()) if record.withdrawn}
    ups, downs = reach(above, below, families.values(), gone)
    lineage = Lineage(
        sources={name: tuple(its) for name, its in zip(names, edges, strict=True) if its},
        outside=outside,
        derived={name: tuple(made) for name, made in zip(names, derived, strict=True) if made},
        standing={
            name: Standing(depth, names[head], up, down)
            for name, depth, head, up, down in zip(names, generation, heads, ups, downs, strict=True)
        },
    )
    return lineage, tuple(problems)


# Looking for the nearest id costs 17 ms in 100,000 records: further unknown names get a general hint.
_COMPARISONS = 10_000_000
_ADD_IT = "add that record, or write {title, by, url} for a work outside the archive"


def _read(
    names: Sequence[str],
    records: Mapping[str, Record],
    hidden: Collection[str],
    missing: str,
    cycles: str,
) -> tuple[list[list[Edge]], list[list[int]], dict[str, tuple[SourceLine, ...]], list[Problem]]:
    """Edges as written, without hidden, doubled and own ones, and outside sources.

    The edges of every record come in the order of `names`, once more as indexes into them.
    """
    problems: list[Problem] = []
    edges: list[list[Edge]] = []
    above: list[list[int]] = []
    outside: dict[str, tuple[SourceLine, ...]] = {}
    number = {name: at for at, name in enumerate(names)}
    near: dict[str, str] = {}
    alphabet: list[str] = []
    strict = _severity(cycles)

    def say(code: str, message: str, line: SourceLine, hint: str, severity: Severity) -> None:
        problems.append(Problem(code, message, _place(record, line), hint, severity))

    for name, record in records.items():
        own: list[Edge] = []
        targets: list[int] = []
        edges.append(own)
        above.append(targets)
        other: list[SourceLine] = []
        for nth, line in enumerate(record.sources):
            source = line.record
            at = number.get(source)
            if at is not None and at not in targets and source != name:
                own.append(Edge(name, names[at], line))
                targets.append(at)
            elif not source:
                if line.title:
                    other.append(line)
            elif any(source == earlier.record for earlier in record.sources[:nth]):
                message = f'"{source}" stands twice among the sources of "{name}"'
                say("doubled-source", message, line, "keep one", strict)
            elif source == name:
                say("self-source", f'"{name}" is its own source', line, "leave it out", strict)
            elif source in hidden:
                message = f'the source "{source}" is not published yet; it is left out until then'
                say("hidden-source", message, line, "nothing to do, if that is meant", "warning")
            else:
                if source not in near:
                    compare = (len(near) + 1) * len(records) <= _COMPARISONS
                    alphabet = alphabet or sorted(names)
                    near[source] = _hint(source, alphabet, records) if compare else _ADD_IT
                message = f'no record "{source}", which "{name}" was made from'
                say("unknown-source", message, line, near[source], _severity(missing))
                other.append(line)
        if other:
            outside[name] = tuple(other)
    return edges, above, outside, problems


def _severity(setting: str) -> Severity:
    return "warning" if setting == "warn" else "error"


def _place(record: Record, line: SourceLine) -> Place:
    return field_place(record, "sources", line.index)


def _hint(name: str, names: Sequence[str], records: Mapping[str, Record]) -> str:
    near = words.nearest_id(name, names)
    if near:
        return f"{words.did_you_mean(near)} ({records[near].place.path})"
    return _ADD_IT


def _in_order(above: list[list[int]]) -> list[int]:
    """All nodes, each after what is above it; none where there is a cycle.

    Depth first, so that what belongs together comes together: with 100,000 records `reach` then takes a
    quarter less time than generation by generation, since its sets are still in the processor's cache.
    """
    order: list[int] = []
    state = bytearray(len(above))  # 1: what is above it is being put in order; 2: it is in order
    for start in range(len(above)):
        stack = [start]
        while stack:
            node = stack[-1]
            if state[node]:
                stack.pop()
                if state[node] == 1:
                    state[node] = 2
                    order.append(node)
                continue
            state[node] = 1
            for target in above[node]:
                if state[target] == 1:
                    return []
                if not state[target]:
                    stack.append(target)
    return order


def _families(above: list[list[int]]) -> list[int]:
    """The smallest node of the weakly connected set of each node."""
    head = list(range(len(above)))
    for node, sources in enumerate(above):
        for source in sources:
            one, other = node, source
            while head[one] != one:
                head[one] = one = head[head[one]]
            while head[other] != other:
                head[other] = other = head[head[other]]
            if one < other:
                head[other] = one
            else:
                head[one] = other
    for node, up in enumerate(head):  # a head is never greater than its node, so one pass does
        head[node] = head[up]
    return head


def _break_cycles(
    names: Sequence[str],
    records: Mapping[str, Record],
    edges: list[list[Edge]],
    above: list[list[int]],
    cycles: str,
) -> list[Problem]:
    """Take out the edges that are to be set aside; what to say about them."""
    alphabet = sorted(names)  # the rule goes by ids
    rank = {name: at for at, name in enumerate(alphabet)}
    sources = {name: tuple(own) for name, own in zip(names, edges, strict=True)}
    graph = [[rank[edge.source] for edge in sources[name]] for name in alphabet]
    aside, problems = _without_cycles(alphabet, records, sources, graph, cycles)
    number = {name: at for at, name in enumerate(names)}
    for child, source in aside:
        at = number[alphabet[child]]
        cut = above[at].index(number[alphabet[source]])
        del above[at][cut], edges[at][cut]
    return problems


def _without_cycles(
    names: list[str],
    records: Mapping[str, Record],
    sources: Mapping[str, tuple[Edge, ...]],
    above: list[list[int]],
    cycles: str,
) -> tuple[list[_cycles.Arc], list[Problem]]:
    """The edges to set aside, and what to say about them (rulings 14)."""
    lines = {(name, edge.source): edge.line for name in names for edge in sources.get(name, ())}

    def place(child: int, source: int) -> Place:
        return _place(records[names[child]], lines[names[child], names[source]])

    def choose(cycle: _cycles.Cycle) -> _cycles.Arc:
        against = []
        for child, source in _arcs(cycle):
            made, began = moment(records[names[child]].date), moment(records[names[source]].date)
            if made and made < began:
                against.append((began, child, source))
        _, child, source = max(against, default=("", *max(_arcs(cycle))))
        return child, source

    aside: list[_cycles.Arc] = []
    problems: list[Problem] = []
    graph = [sorted(targets) for targets in above]
    for group in _cycles.groups(graph):
        for turn, (cycle, (child, source)) in enumerate(_cycles.broken(group, graph, choose)):
            aside.append((child, source))
            if cycles != "warn" and turn:
                continue
            shown = " → ".join(names[node] for node in (*cycle, cycle[0]))
            message, first = f"records are made from each other: {shown}", (cycle[0], cycle[1])
            hint = "a record is made from older ones: leave one of these sources out"
            if cycles == "warn":
                first = (child, source)
                hint = f'"{names[source]}" is set aside as a source of "{names[child]}"'
            elif len(group) > len(cycle):
                message += f" (the shortest cycle in a group of {len(group)} records)"
            related = tuple(
                (place(*arc), "{} was made from {}".format(*(names[n] for n in arc))) for arc in _arcs(cycle)
            )
            problems.append(
                Problem("lineage-cycle", message, place(*first), hint, _severity(cycles), related)
            )
    return aside, problems


def _arcs(cycle: _cycles.Cycle) -> list[_cycles.Arc]:
    return list(zip(cycle, (*cycle[1:], cycle[0]), strict=True))


def ancestors(lineage: Lineage, id: str, limit: int | None = None) -> tuple[str, ...]:
    """All that a record was made from, nearest first, then by id; at most `limit`, counting those."""
    return _nearest(id, lambda name: [edge.source for edge in lineage.sources.get(name, ())], limit)


def descendants(lineage: Lineage, id: str, limit: int | None = None) -> tuple[str, ...]:
    """All that was made from a record, nearest first, then by id; at most `limit`."""
    return _nearest(id, lambda name: [edge.child for edge in lineage.derived.get(name, ())], limit)


def _nearest(start: str, ahead: Callable[[str], list[str]], limit: int | None) -> tuple[str, ...]:
    seen = {start: None}
    level = [start]
    while level and (limit is None or len(seen) <= limit):
        level = sorted({name for node in level for name in ahead(node) if name not in seen})
        seen.update(dict.fromkeys(level))
    return tuple(islice(seen, 1, None if limit is None else limit + 1))


def distance_to_screen(lineage: Lineage, used: Collection[str]) -> dict[str, int]:
    """How many steps lie between a record and the nearest record made from it that is used.

    0 for used ones; records from which nothing used was made are absent. Nearest first, then by id.
    """
    distance = dict.fromkeys(sorted(used), 0)
    level = list(distance)
    steps = 0
    while level:
        steps += 1
        edges = (edge for name in level for edge in lineage.sources.get(name, ()))
        level = sorted({edge.source for edge in edges if edge.source not in distance})
        distance.update(dict.fromkeys(level, steps))
    return distance
