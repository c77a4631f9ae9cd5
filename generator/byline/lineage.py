"""Lineage: what every record was made from, and what was made from it (docs/explanation/lineage.md).

Pure. Records and their sources form a directed acyclic graph with many parents and many children.
Nothing here recurses and nothing enumerates paths: sixty steps of two parents each have 10^18 of them.
`byline.tracing` makes the graph of what was written.
"""

from collections.abc import Collection, Iterator, Sequence

import msgspec

from byline.values import Edge, SourceLine


class Lineage(msgspec.Struct, frozen=True):
    """The graph of records, tombstones among them, in numbers: a record's place in canonical order.

    `numbers` are those of all ids. Lists are by number: `names` has the ids, `lines` the sources in the
    archive as written, `above` the same as numbers, `below` what was made from a record, in order.
    `generations` are the lengths of the longest path from a root; `families` tell what is connected, by
    the first record of each; `ups` and `downs` count what is above and below, tombstones aside: `gone`.
    `outside`, by id, are sources outside the archive, and those in no file (`record` set, `title` "").
    `licenses` are all that sources state, as written.
    """

    numbers: dict[str, int]
    names: list[str]
    lines: list[tuple[SourceLine, ...]]
    above: list[tuple[int, ...]]
    below: list[list[int]]
    generations: list[int]
    families: list[int]
    ups: list[int]
    downs: list[int]
    gone: frozenset[int]
    outside: dict[str, tuple[SourceLine, ...]]
    licenses: frozenset[str]


NO_LINEAGE = Lineage({}, [], [], [], [], [], [], [], [], frozenset(), {}, frozenset())


class Standing(msgspec.Struct, frozen=True, gc=False):
    """Where a record stands: the length of the longest path from a root, the set that it is connected with by
    its oldest record, and how many records are above and below it, without tombstones."""

    generation: int
    family: str
    above: int
    below: int


def standing(lineage: Lineage, id: str) -> Standing:
    """Where a record stands among all."""
    at = lineage.numbers[id]
    family = lineage.names[lineage.families[at]]
    return Standing(lineage.generations[at], family, lineage.ups[at], lineage.downs[at])


def sources(lineage: Lineage, id: str) -> tuple[SourceLine, ...]:
    """The records that a record was made from, as written."""
    return lineage.lines[lineage.numbers[id]]


def derived(lineage: Lineage, id: str) -> Sequence[int]:
    """The numbers of the records that were made from one, in canonical order."""
    return lineage.below[lineage.numbers[id]]


def is_related(lineage: Lineage, id: str) -> bool:
    """Whether a record was made from another one, or another one from it."""
    at = lineage.numbers[id]
    return bool(lineage.above[at] or lineage.below[at])


def edges_above(lineage: Lineage, id: str) -> Iterator[Edge]:
    """The edges to what a record was made from, as written."""
    return (Edge(id, line.record, line) for line in sources(lineage, id))


def edges_below(lineage: Lineage, id: str, start: int = 0, stop: int | None = None) -> Iterator[Edge]:
    """The edges from what was made from a record, in canonical order: those from `start` to `stop`."""
    for child in derived(lineage, id)[start:stop]:
        line = next(line for line in lineage.lines[child] if line.record == id)
        yield Edge(lineage.names[child], id, line)


def distance_to_screen(lineage: Lineage, used: Collection[str]) -> dict[str, int]:
    """How many steps lie between a record and the nearest record made from it that is used.

    0 for used ones; records from which nothing used was made are absent. Nearest first, then by id.
    """
    distance = dict.fromkeys(sorted(used), 0)
    level = list(distance)
    steps = 0
    while level:
        steps += 1
        level = sorted(
            {line.record for name in level for line in sources(lineage, name)}.difference(distance)
        )
        distance.update(dict.fromkeys(level, steps))
    return distance
