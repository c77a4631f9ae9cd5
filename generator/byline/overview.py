"""An overview of a large family: an icicle by generation, with a bounded number of parts."""

import msgspec

from byline.lineage import Lineage, derived

# At most so many bands; a part that is narrower than this share of the whole is drawn with its neighbours.
BANDS = 12
NARROW = 0.04


class Part(msgspec.Struct, frozen=True, gc=False):
    """A part of a band: where it begins and how wide it is, as shares of the whole.

    `size` counts the records in it and below; `node` is the record at its top, "" for several together.
    """

    left: float
    width: float
    size: int
    node: str = ""


class Band(msgspec.Struct, frozen=True, gc=False):
    """The generations `first` to `last` after the root: how many records, and the parts drawn."""

    first: int
    last: int
    records: int
    parts: tuple[Part, ...]


def overview(lineage: Lineage, root: str) -> tuple[Band, ...]:
    """All that hangs on a root by first sources, as wide as it is large; () where it is one generation only.

    Every record has one first source, so that each is in the overview of one root only. Tombstones
    count in no number, and have no part where nothing hangs on them.
    """
    depth = {root: 0}
    parent: dict[str, str] = {}
    walk = [root]
    for name in walk:
        for at in derived(lineage, name):
            if lineage.lines[at][0].record == name:
                child = lineage.names[at]
                depth[child] = depth[name] + 1
                parent[child] = name
                walk.append(child)
    gone = {lineage.names[at] for at in lineage.gone}
    sizes = {name: int(name not in gone) for name in walk}
    for name in reversed(walk[1:]):
        sizes[parent[name]] += sizes[name]
    walk = [name for name in walk if sizes[name]]
    deepest = depth[walk[-1]] if walk else 0
    if deepest < 2:
        return ()
    begins = {root: 0}
    taken = dict.fromkeys(walk, 0)
    for name in walk[1:]:
        above = parent[name]
        begins[name] = begins[above] + taken[above]
        taken[above] += sizes[name]
    step = -(-(deepest + 1) // BANDS)
    tops: dict[int, list[str]] = {}
    for name in walk:
        if depth[name] % step == 0:
            tops.setdefault(depth[name] // step, []).append(name)
    numbers = [0] * (deepest // step + 1)
    for name in walk:
        numbers[depth[name] // step] += name not in gone
    return tuple(
        Band(
            number * step,
            min(deepest, (number + 1) * step - 1),
            numbers[number],
            _parts([(begins[name], sizes[name], name) for name in names], sizes[root]),
        )
        for number, names in sorted(tops.items())
    )


def _parts(cells: list[tuple[int, int, str]], total: int) -> tuple[Part, ...]:
    """Cells (begin, size, record) of a band; narrow ones that follow each other become one."""
    parts: list[Part] = []
    narrow: list[tuple[int, int, str]] = []

    def close() -> None:
        if narrow:
            begin, end = narrow[0][0], narrow[-1][0] + narrow[-1][1]
            size = sum(cell[1] for cell in narrow)
            node = narrow[0][2] if len(narrow) == 1 else ""
            parts.append(Part(begin / total, (end - begin) / total, size, node))
            narrow.clear()

    for cell in sorted(cells):
        begin, size, name = cell
        if size < NARROW * total:
            narrow.append(cell)
        else:
            close()
            parts.append(Part(begin / total, size / total, size, name))
    close()
    return tuple(parts)
