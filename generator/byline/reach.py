"""How much is above and below every node of an acyclic graph: exact numbers, whatever the shape.

Nodes are numbers. Pure. Nothing enumerates paths, and what is held is bounded.
"""

from collections.abc import Collection, Sequence

Graph = Sequence[Sequence[int]]

# Sets are integers of as many bits as nodes are looked at in one turn; this many bits in all are
# held at a time (64 MiB), however many nodes a family has.
_BITS = 1 << 29
# Sets of at most so many nodes on average are held as they are.
_PAIRS = 24


def reach(
    above: Graph, below: Graph, families: Collection[Sequence[int]], gone: Collection[int]
) -> tuple[list[int], list[int]]:
    """How many nodes are above each node, and how many below; those that are `gone` count in no number.

    `families` are the weakly connected sets of two nodes and more, each in topological order. Where a
    family has one edge less than nodes no two paths meet, and the numbers add up: chains and stars of any
    size are linear. Elsewhere sets are needed, since what two sources share counts once: small ones are
    kept as they are, large ones are made for a slice of the family at a time.
    """
    ups, downs = [0] * len(above), [0] * len(below)
    none = frozenset(gone)
    known: list[tuple[int, ...]] = [()] * len(above)
    for family in families:
        one_way = sum([len(above[node]) for node in family]) == len(family) - 1
        if not one_way and _few(family, above, none, known, ups, downs):
            continue
        for order, ahead, totals in ((family, above, ups), (family[::-1], below, downs)):
            if one_way:
                for node in order:
                    totals[node] = sum([totals[to] + (to not in none) for to in ahead[node]])
            else:
                _many(order, ahead, none, totals)
    return ups, downs


def _few(
    order: Sequence[int],
    above: Graph,
    gone: frozenset[int],
    known: list[tuple[int, ...]],
    ups: list[int],
    downs: list[int],
) -> bool:
    """Count both with what is above each node, which is left in `known`; False where that is too much.

    Communities remix in short chains, so that little is above most of their works.
    """
    left = _PAIRS * len(order)
    for node in order:
        targets = above[node]
        if not targets:
            continue
        if len(targets) == 1:
            found: tuple[int, ...] = (targets[0], *known[targets[0]])
        else:
            together = set(targets)
            for to in targets:
                together.update(known[to])
            found = tuple(together)
        left -= len(found)
        if left < 0:
            return False
        known[node] = found
        ups[node] = len(set(found) - gone) if gone else len(found)
        if node not in gone:
            for one in found:
                downs[one] += 1
    return True


def _many(order: Sequence[int], ahead: Graph, gone: frozenset[int], totals: list[int]) -> None:
    """Count with sets of bits, a slice of the nodes at a time."""
    size = len(order)
    place = {node: at for at, node in enumerate(order)}
    targets = [[place[to] for to in ahead[node]] for node in order]
    counts = [0] * size
    width = max(64, _BITS // size)
    for start in range(0, size, width):
        sets = [0] * size
        for at in range(start, size):
            reached = 0
            for to in targets[at]:
                reached |= sets[to]
            if reached:
                counts[at] += reached.bit_count()
            if at < start + width and order[at] not in gone:
                reached |= 1 << (at - start)
            sets[at] = reached
    for node, count in zip(order, counts, strict=True):
        totals[node] = count
