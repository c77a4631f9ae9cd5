"""Lineage: what every record was made from, and what was made from it (semantics.md, Lineage).

Pure. Records and their sources form a directed acyclic graph with many parents and many children.
Nothing here recurses and nothing enumerates paths: sixty steps of two parents each have 10^18 of them.
"""

from collections.abc import Callable, Collection, Mapping
from itertools import islice

import msgspec

from byline import cycles as _cycles
from byline import text as words
from byline.problems import Place, Problem, Severity
from byline.times import moment
from byline.values import Edge, Record, SourceLine, field_place


class Lineage(msgspec.Struct, frozen=True):
    """The graph of records, tombstones among them. Records without any have no entry in the first three.

    `sources` are the edges of a child as written; `outside` its sources outside the archive, and those
    that are in no file (`record` set, `title` ""); `derived` the edges of what was made from a source, by
    date, then id of the child. `order` holds every record after all its sources: by generation, then id.
    `generation` is the length of the longest path from a root (roots 0); `family` names the weakly
    connected set by its smallest id.
    """

    sources: dict[str, tuple[Edge, ...]]
    outside: dict[str, tuple[SourceLine, ...]]
    derived: dict[str, tuple[Edge, ...]]
    order: tuple[str, ...]
    generation: dict[str, int]
    family: dict[str, str]


def trace(
    records: Mapping[str, Record],
    *,
    hidden: Collection[str],
    missing: str,
    cycles: str,
) -> tuple[Lineage, tuple[Problem, ...]]:
    """Follow all `sources`; the answer is acyclic whatever was written, and the same in any order.

    `records` are those that are shown and tombstones; `hidden` the ids of drafts and records under
    embargo: an edge to one is left out, with a warning.
    `missing` and `cycles` are "error" or "warn" ([lineage]). Sources of a record itself and doubled ones
    are left out, and in every cyclic group edges are set aside by the rule of rulings 14: with "warn" each
    of them is a warning, with "error" each group is an error with its shortest cycle.
    """
    names = sorted(records)
    sources, outside, problems = _read(names, records, hidden, missing, cycles)
    number = {name: at for at, name in enumerate(names)}
    above = [[number[edge.source] for edge in sources.get(name, ())] for name in names]
    below = _turned(above)
    layers = _layers(above, below)
    if sum(map(len, layers)) < len(names):
        aside, cycle_problems = _without_cycles(names, records, sources, above, cycles)
        problems += cycle_problems
        for child, source in aside:
            name = names[child]
            sources[name] = tuple(edge for edge in sources[name] if edge.source != names[source])
            above[child].remove(source)
        below = _turned(above)
        layers = _layers(above, below)
    by_date = sorted(sources, key=lambda name: (moment(records[name].date), name))
    derived: dict[str, list[Edge]] = {}
    for name in by_date:
        for edge in sources[name]:
            derived.setdefault(edge.source, []).append(edge)
    lineage = Lineage(
        sources={name: edges for name, edges in sources.items() if edges},
        outside=outside,
        derived={name: tuple(edges) for name, edges in derived.items()},
        order=tuple(names[node] for layer in layers for node in layer),
        generation={names[node]: depth for depth, layer in enumerate(layers) for node in layer},
        family=dict(zip(names, (names[node] for node in _families(above)), strict=True)),
    )
    return lineage, tuple(problems)


# Looking for the nearest id costs 17 ms in 100,000 records: further unknown names get a general hint.
_COMPARISONS = 10_000_000
_ADD_IT = "add that record, or write {title, by, url} for a work outside the archive"


def _read(
    names: list[str],
    records: Mapping[str, Record],
    hidden: Collection[str],
    missing: str,
    cycles: str,
) -> tuple[dict[str, tuple[Edge, ...]], dict[str, tuple[SourceLine, ...]], list[Problem]]:
    """Edges and outside sources as written, without hidden, doubled and own ones."""
    problems: list[Problem] = []
    sources: dict[str, tuple[Edge, ...]] = {}
    outside: dict[str, tuple[SourceLine, ...]] = {}
    near: dict[str, str] = {}
    strict = _severity(cycles)

    def say(code: str, message: str, line: SourceLine, hint: str, severity: Severity) -> None:
        problems.append(Problem(code, message, _place(record, line), hint, severity))

    for name in names:
        record = records[name]
        if not record.sources:
            continue
        edges: dict[str, Edge] = {}
        other: list[SourceLine] = []
        seen: set[str] = set()
        for line in record.sources:
            source = line.record
            if not source:
                if line.title:
                    other.append(line)
            elif source in seen:
                message = f'"{source}" stands twice among the sources of "{name}"'
                say("doubled-source", message, line, "keep one", strict)
            elif source == name:
                say("self-source", f'"{name}" is its own source', line, "leave it out", strict)
            elif source in records:
                edges[source] = Edge(name, source, line)
            elif source in hidden:
                message = f'the source "{source}" is not published yet; it is left out until then'
                say("hidden-source", message, line, "nothing to do, if that is meant", "warning")
            else:
                if source not in near:
                    compare = (len(near) + 1) * len(records) <= _COMPARISONS
                    near[source] = _hint(source, names, records) if compare else _ADD_IT
                message = f'no record "{source}", which "{name}" was made from'
                say("unknown-source", message, line, near[source], _severity(missing))
                other.append(line)
            seen.add(source)
        if edges:
            sources[name] = tuple(edges.values())
        if other:
            outside[name] = tuple(other)
    return sources, outside, problems


def _severity(setting: str) -> Severity:
    return "warning" if setting == "warn" else "error"


def _place(record: Record, line: SourceLine) -> Place:
    return field_place(record, "sources", line.index)


def _hint(name: str, names: list[str], records: Mapping[str, Record]) -> str:
    near = words.nearest_id(name, names)
    if near:
        return f"{words.did_you_mean(near)} ({records[near].place.path})"
    return _ADD_IT


def _turned(graph: list[list[int]]) -> list[list[int]]:
    turned: list[list[int]] = [[] for _ in graph]
    for node, targets in enumerate(graph):
        for target in targets:
            turned[target].append(node)
    return turned


def _layers(above: list[list[int]], below: list[list[int]]) -> list[list[int]]:
    """Nodes by generation, each ascending; those on cycles, and what is below them, are in none."""
    waiting = [len(sources) for sources in above]
    layers: list[list[int]] = []
    layer = [node for node, count in enumerate(waiting) if not count]
    while layer:
        layers.append(layer)
        following = []
        for node in layer:
            for child in below[node]:
                waiting[child] -= 1
                if not waiting[child]:
                    following.append(child)
        following.sort()
        layer = following
    return layers


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


# Sets are integers of as many bits as records are looked at in one turn; this many bits in all are
# held at a time (64 MiB), however many records a family has.
_BITS = 1 << 29
# Sets of at most so many records on average are held as they are.
_PAIRS = 24


def counts(lineage: Lineage, withdrawn: Collection[str] = ()) -> tuple[dict[str, int], dict[str, int]]:
    """How many ancestors, and how many descendants, every record has; tombstones count in no number.

    Exact, family by family. Where a family has one edge less than records no two paths meet, and the
    numbers add up: chains and stars of any size are linear. Elsewhere sets are needed, since what two
    sources share counts once: small ones are kept as they are, large ones are made for a slice of the
    family at a time, so that memory is bounded.
    """
    members: dict[str, list[str]] = {}
    for name in lineage.order:
        members.setdefault(lineage.family[name], []).append(name)
    above = dict.fromkeys(lineage.order, 0)
    below = dict(above)
    for family in members.values():
        if len(family) == 1:
            continue
        at = {name: place for place, name in enumerate(family)}
        counted = [name not in withdrawn for name in family]
        sources = [[at[edge.source] for edge in lineage.sources.get(name, ())] for name in family]
        if (few := _few(sources, counted)) is not None:
            above.update(zip(family, few[0], strict=True))
            below.update(zip(family, few[1], strict=True))
            continue
        above.update(zip(family, _sizes(sources, counted), strict=True))
        last = len(family) - 1
        derived = [[last - at[edge.child] for edge in lineage.derived.get(name, ())] for name in family]
        below.update(zip(reversed(family), _sizes(derived[::-1], counted[::-1]), strict=True))
    return above, below


def _few(sources: list[list[int]], counted: list[bool]) -> tuple[list[int], list[int]] | None:
    """Numbers of ancestors and descendants in one pass over sets; None where too many are held.

    Communities remix in short chains, so that their sets are small: three times as fast as `_sizes` there.
    """
    pairs = 0
    above, below = [0] * len(sources), [0] * len(sources)
    sets: list[set[int]] = []
    for node, its in enumerate(sources):
        found = set(its)
        for source in its:
            found |= sets[source]
        pairs += len(found)
        if pairs > _PAIRS * len(sources):
            return None
        sets.append(found)
        for ancestor in found:
            above[node] += counted[ancestor]
            below[ancestor] += counted[node]
    return above, below


def _sizes(ahead: list[list[int]], counted: list[bool]) -> list[int]:
    """How many counted nodes are reached from each; what is ahead of a node stands before it."""
    size = len(ahead)
    totals = [0] * size
    if sum(map(len, ahead)) == size - 1:
        for node, targets in enumerate(ahead):
            totals[node] = sum([totals[target] + counted[target] for target in targets])
        return totals
    width = max(64, _BITS // size)
    for start in range(0, size, width):
        sets = [0] * size
        for node in range(start, size):
            reached = 0
            for target in ahead[node]:
                reached |= sets[target]
            if reached:
                totals[node] += reached.bit_count()
            if node < start + width and counted[node]:
                reached |= 1 << (node - start)
            sets[node] = reached
    return totals


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


def never_remixed(lineage: Lineage) -> tuple[str, ...]:
    """The records that nothing was made from, tombstones among them, by generation, then id."""
    return tuple(name for name in lineage.order if name not in lineage.derived)


def siblings(lineage: Lineage, id: str, limit: int | None = None) -> tuple[str, ...]:
    """Others made from a source of this record: source by source as written, by date; at most `limit`."""
    found: dict[str, None] = {}
    for source in lineage.sources.get(id, ()):
        for edge in lineage.derived[source.source]:
            if limit is not None and len(found) >= limit:
                return tuple(found)
            if edge.child != id:
                found[edge.child] = None
    return tuple(found)
