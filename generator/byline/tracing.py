"""Tracing: from the sources that records name to their lineage, and what is wrong with them.

Pure. The answer is acyclic whatever was written: what cannot be followed is a problem, and left out.
"""

from collections.abc import Collection, Mapping, Sequence

import msgspec

from byline import cycles as _cycles
from byline import text as words
from byline.lineage import Lineage
from byline.problems import Place, Problem, Severity
from byline.reach import reach
from byline.times import moment
from byline.values import Record, SourceLine, field_place

_Lines = list[tuple[SourceLine, ...]]
_Above = list[tuple[int, ...]]


def trace(
    records: Mapping[str, Record],
    *,
    hidden: Collection[str],
    kinds: Collection[str],
    missing: str,
    cycles: str,
) -> tuple[Lineage, tuple[Problem, ...]]:
    """Follow all `sources`; the answer is acyclic whatever was written.

    `records` are those that are shown and tombstones, in canonical order; `hidden` the ids of drafts and
    records under embargo: an edge to one is left out, with a warning. `kinds` are those of sources.
    `missing` and `cycles` are "error" or "warn" ([lineage]). Sources of a record itself and doubled ones
    are left out, and in every cyclic group edges are set aside (`_without_cycles`): with "warn" each of them
    is a warning, with "error" each group is an error with its shortest cycle.
    """
    names = list(records)
    numbers = dict(zip(names, range(len(names)), strict=True))
    read = _read(numbers, records, hidden, kinds, missing, cycles)
    lines, above, problems = read.lines, read.above, read.problems
    order = _in_order(above)
    if len(order) < len(names):
        problems += _break_cycles(names, records, lines, above, cycles)
        order = _in_order(above)
    below: list[list[int]] = [[] for _ in names]
    for node, targets in enumerate(above):
        for target in targets:
            below[target].append(node)
    generations = [0] * len(names)
    heads = _families(above)
    families: dict[int, list[int]] = {}
    for node in order:
        if targets := above[node]:
            generations[node] = 1 + max([generations[target] for target in targets])
        if targets or below[node]:
            families.setdefault(heads[node], []).append(node)
    gone = frozenset(read.gone)
    ups, downs = reach(above, below, families.values(), gone)
    lineage = Lineage(
        numbers,
        names,
        lines,
        above,
        below,
        generations,
        heads,
        ups,
        downs,
        gone,
        read.outside,
        frozenset(read.licenses),
    )
    return lineage, tuple(problems)


class _Read(msgspec.Struct):
    """The sources of every record in the archive, as lines and as numbers, without hidden, doubled and own
    ones; the others; tombstones; the licences that sources state; and what is wrong."""

    lines: _Lines = []
    above: _Above = []
    outside: dict[str, tuple[SourceLine, ...]] = {}
    gone: list[int] = []
    licenses: set[str] = set()
    problems: list[Problem] = []


# Looking for the nearest id costs 17 ms in 100,000 records: further unknown names get a general hint.
_COMPARISONS = 10_000_000
_ADD_IT = "add that record, or write {title, by, url} for a work outside the archive"


def _read(
    numbers: Mapping[str, int],
    records: Mapping[str, Record],
    hidden: Collection[str],
    kinds: Collection[str],
    missing: str,
    cycles: str,
) -> _Read:
    """Everything that sources say, asked at once: with 100,000 records none is in the processor's cache."""
    read = _Read()
    lines, above, outside, licenses = read.lines, read.above, read.outside, read.licenses
    near: dict[str, str] = {}
    alphabet: list[str] = []
    strict = _severity(cycles)

    def say(code: str, message: str, line: SourceLine, hint: str, severity: Severity) -> None:
        unknown = line.record if code == "unknown-source" else ""
        read.problems.append(Problem(code, message, _place(record, line), hint, severity, unknown=unknown))

    for name, record in records.items():
        if record.withdrawn:
            read.gone.append(len(lines))
        written = record.sources
        targets = tuple([numbers.get(line.record, -1) for line in written]) if written else ()
        for line in written:
            licenses.add(line.license)
            if line.kind not in kinds:
                read.problems.append(_unknown_kind(record, line, kinds))
        if targets and (-1 in targets or len({*targets, len(lines)}) <= len(targets)):
            kept: list[SourceLine] = []
            other: list[SourceLine] = []
            for nth, line in enumerate(written):
                source = line.record
                if not source and line.title:
                    other.append(line)
                elif not source:
                    hint = "write record: ID, or title: for a work outside the archive"
                    say("missing-field", "this source names no record and no title", line, hint, "error")
                elif any(source == earlier.record for earlier in written[:nth]):
                    message = f'"{source}" stands twice among the sources of "{name}"'
                    say("doubled-source", message, line, "keep one", strict)
                elif source == name:
                    say("self-source", f'"{name}" is its own source', line, "leave it out", strict)
                elif source in numbers:
                    kept.append(line)
                elif source in hidden:
                    message = f'the source "{source}" is not published yet; it is left out until then'
                    say("hidden-source", message, line, "nothing to do, if that is meant", "warning")
                else:
                    if source not in near:
                        compare = (len(near) + 1) * len(records) <= _COMPARISONS
                        alphabet = alphabet or sorted(numbers)
                        near[source] = _hint(source, alphabet, records) if compare else _ADD_IT
                    message = f'no record "{source}", which "{name}" was made from'
                    hint = words.apart(source, record.place.path.endswith(".csv")) or near[source]
                    say("unknown-source", message, line, hint, _severity(missing))
                    other.append(line)
            if other:
                outside[name] = tuple(other)
            written = tuple(kept)
            targets = tuple([numbers[line.record] for line in kept])
        lines.append(written)
        above.append(targets)
    return read


def _severity(setting: str) -> Severity:
    return "warning" if setting == "warn" else "error"


def _place(record: Record, line: SourceLine) -> Place:
    return field_place(record, "sources", line.index)


def _unknown_kind(record: Record, line: SourceLine, kinds: Collection[str]) -> Problem:
    near = words.did_you_mean(words.nearest(line.kind, kinds))
    hint = near or f"declare it in byline.toml: [source_kinds.{words.slug(line.kind) or 'id'}]"
    place = field_place(record, "sources", line.index, "kind")
    return Problem("unknown-source-kind", f'unknown kind of source "{line.kind}"', place, hint)


def _hint(name: str, names: Sequence[str], records: Mapping[str, Record]) -> str:
    near = words.nearest_id(name, names)
    if near:
        return f"{words.did_you_mean(near)} ({records[near].place.path})"
    return _ADD_IT


def _in_order(above: _Above) -> list[int]:
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


def _families(above: _Above) -> list[int]:
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
    lines: _Lines,
    above: _Above,
    cycles: str,
) -> list[Problem]:
    """Take out the edges that are to be set aside; what to say about them."""
    alphabet = sorted(names)  # the rule goes by ids
    rank = {name: at for at, name in enumerate(alphabet)}
    sources = dict(zip(names, lines, strict=True))
    graph = [sorted([rank[line.record] for line in sources[name]]) for name in alphabet]
    aside, problems = _without_cycles(alphabet, records, sources, graph, cycles)
    number = {name: at for at, name in enumerate(names)}
    for child, source in aside:
        at = number[alphabet[child]]
        cut = above[at].index(number[alphabet[source]])
        above[at] = (*above[at][:cut], *above[at][cut + 1 :])
        lines[at] = (*lines[at][:cut], *lines[at][cut + 1 :])
    return problems


def _without_cycles(
    names: list[str],
    records: Mapping[str, Record],
    sources: Mapping[str, tuple[SourceLine, ...]],
    graph: _cycles.Graph,
    cycles: str,
) -> tuple[list[_cycles.Arc], list[Problem]]:
    """The edges to set aside, and what to say about them.

    Until a group is acyclic, its shortest cycle loses the edge whose source is the latest of all that are
    later than what was made from them; where dates tell nothing, the edge of the child with the greatest id.
    """
    lines = {(name, line.record): line for name in names for line in sources[name]}

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
