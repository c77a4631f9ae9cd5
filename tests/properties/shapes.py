"""Large and strange shapes of lineage: every record with its sources."""


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
