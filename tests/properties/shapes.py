"""Large and strange shapes of lineage: every record with its sources. And whom a walk through one meets."""

from collections.abc import Sequence

from byline.lineage import Lineage


def name(number: int) -> str:
    return f"r{number:06}"


def chain(length: int) -> dict[str, list[str]]:
    return {name(at): [name(at - 1)] if at else [] for at in range(length)}


def star(size: int) -> dict[str, list[str]]:
    return {name(at): [name(0)] if at else [] for at in range(size)}


def ladder(steps: int) -> dict[str, list[str]]:
    return {
        f"{side}{at:03}": [f"a{at - 1:03}", f"b{at - 1:03}"] if at else []
        for at in range(steps)
        for side in "ab"
    }


def lattice(width: int) -> dict[str, list[str]]:
    return {
        name(row * width + at): [name((row - 1) * width + at)] * (row > 0)
        + [name(row * width + at - 1)] * (at > 0)
        for row in range(width)
        for at in range(width)
    }


def met(whole: Lineage, id_: str, ahead: Sequence[Sequence[int]]) -> set[str]:
    """All records on the ways from one: up if `above` is ahead, down if it is `below`."""
    seen: set[int] = set()
    waiting = [whole.numbers[id_]]
    while waiting:
        new = set(ahead[waiting.pop()]) - seen
        seen |= new
        waiting += new
    return {whole.names[at] for at in seen}
