"""Cycles in a graph of numbered nodes: found shortest first, without recursion.

A graph is a list: what each node leads to, ascending. Pure; `byline.tracing` says what a cycle means.
"""

from collections.abc import Callable, Iterator, Sequence
from heapq import heappop, heappush

Graph = Sequence[Sequence[int]]
Cycle = tuple[int, ...]
Arc = tuple[int, int]


def groups(graph: Graph) -> list[list[int]]:
    """The strongly connected sets of two or more nodes, each ascending (Tarjan, 1972, as a loop)."""
    found: list[list[int]] = []
    seen: list[int] = [0] * len(graph)
    low: list[int] = [0] * len(graph)
    open_: list[int] = []
    is_open = bytearray(len(graph))
    clock = 0
    for start in range(len(graph)):
        if seen[start] or not graph[start]:
            continue
        walk: list[tuple[int, Iterator[int]]] = []
        enter = start
        while enter >= 0:
            clock += 1
            seen[enter] = low[enter] = clock
            open_.append(enter)
            is_open[enter] = 1
            walk.append((enter, iter(graph[enter])))
            enter = -1
            while walk and enter < 0:
                node, ahead = walk[-1]
                for target in ahead:
                    if not seen[target]:
                        enter = target
                        break
                    if is_open[target]:
                        low[node] = min(low[node], seen[target])
                else:
                    walk.pop()
                    if walk:
                        low[walk[-1][0]] = min(low[walk[-1][0]], low[node])
                    if low[node] == seen[node]:
                        group = [node]
                        while open_[-1] != node:
                            group.append(open_.pop())
                        open_.pop()
                        for member in group:
                            is_open[member] = 0
                        if len(group) > 1:
                            found.append(sorted(group))
    return sorted(found)


def broken(group: Sequence[int], graph: Graph, choose: Callable[[Cycle], Arc]) -> Iterator[tuple[Cycle, Arc]]:
    """Until a group has no cycle left: its shortest one, and the arc of it that `choose` takes out.

    A cycle begins with its smallest node; of equally long ones the smallest sequence comes first. Taking
    out arcs never makes a cycle shorter, so a length found earlier stands as a lower bound until its node
    is looked at again. Lengths are looked for in doubling steps, since most cycles are short, and between
    the steps what is on no cycle any more is put aside.
    """
    members = set(group)
    ahead = {node: [target for target in graph[node] if target in members] for node in group}
    bounds = [(2, node) for node in group]
    last: dict[int, int] = {}
    trimmed = 0
    while bounds:
        bound, start = heappop(bounds)
        if bound >= 2 * trimmed:
            trimmed, last = bound, _last_start(ahead)
        if last[start] < start:
            continue
        cycle, more = _shortest(start, ahead, last, 2 * bound)
        if cycle and len(cycle) == bound:
            child, source = choose(cycle)
            ahead[child].remove(source)
            yield cycle, (child, source)
            heappush(bounds, (bound, start))
        elif cycle or more:
            heappush(bounds, (len(cycle) or 2 * bound + 1, start))


def _last_start(ahead: dict[int, list[int]]) -> dict[int, int]:
    """For every node, the greatest start whose cycles may hold it, where cycles hold no smaller node.

    -1 stands for nodes on no cycle. Nodes are taken away from the smallest on, each with all that are
    on no cycle without it: in a ring that is everything, which keeps the search linear there.
    """
    behind: dict[int, list[int]] = {node: [] for node in ahead}
    for node, targets in ahead.items():
        for target in targets:
            behind[target].append(node)
    into = {node: len(nodes) for node, nodes in behind.items()}
    out = {node: len(targets) for node, targets in ahead.items()}
    last: dict[int, int] = {}
    loose = [node for node in ahead if not into[node] or not out[node]]
    for start in (-1, *sorted(ahead)):
        gone = loose if start < 0 else [start]
        while gone:
            node = gone.pop()
            if node in last:
                continue
            last[node] = start
            for target in ahead[node]:
                into[target] -= 1
                if not into[target]:
                    gone.append(target)
            for target in behind[node]:
                out[target] -= 1
                if not out[target]:
                    gone.append(target)
    return last


def _shortest(
    start: int, ahead: dict[int, list[int]], last: dict[int, int], limit: int
) -> tuple[Cycle, bool]:
    """The shortest, then smallest, cycle of at most `limit` nodes whose smallest node is `start`.

    Without one, also whether there may be a longer one. Breadth-first with targets ascending reaches
    every node by its smallest shortest path first.
    """
    before = {start: start}
    level = [start]
    for _ in range(limit):
        following: list[int] = []
        for node in level:
            for target in ahead[node]:
                if target == start:
                    cycle = [node]
                    while cycle[-1] != start:
                        cycle.append(before[cycle[-1]])
                    return tuple(reversed(cycle)), True
                if target not in before and last[target] >= start:  # so none is smaller than start
                    before[target] = node
                    following.append(target)
        level = following
        if not level:
            return (), False
    return (), True
