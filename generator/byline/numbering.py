"""People in roles as numbers: while an archive is linked, nothing else is said of who did what (decision 33).

Pure.
"""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from byline.values import CreditLine, Person

# Somebody in a role: the role's rank times the number of people, and theirs. So in the order of both.
Number = int


class Numbers(msgspec.Struct, frozen=True):
    """What numbers mean: `order` is everybody by sort name, `rank` the same the other way round, `roles` are
    all that there are, in order, and `first` has the number of the first of everybody in each."""

    order: Sequence[str]
    rank: Mapping[str, int]
    roles: Sequence[str]
    first: Mapping[str, Number]


def numbering(people: Mapping[str, Person], roles: Sequence[str]) -> Numbers:
    """A number for everybody in every role."""
    order = sorted(people, key=lambda who: (people[who].sort, who))
    rank = {who: at for at, who in enumerate(order)}
    return Numbers(order, rank, roles, {role: at * len(order) for at, role in enumerate(roles)})


def numbered(numbers: Numbers, places: Iterable[Sequence[CreditLine]]) -> list[list[Number]]:
    """The numbers that the lines of each place name, each once. Raises KeyError where one is unknown."""
    first, rank = numbers.first, numbers.rank
    found = []
    for lines in places:
        named = [first[line.role] + rank[line.who] for line in lines]
        if len(named) > 1 and len(set(named)) < len(named):
            named = list(dict.fromkeys(named))
        found.append(named)
    return found
