"""Crediting: from the people of every place and record to everybody's credits (semantics.md, Credits).

Pure. While records are linked people in roles are numbers, and so are records: with 100,000 of them neither
a name nor what it leads to is in the processor's cache.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import compress

from byline.credits import NOBODY, Credits, Number, Reached, Shown
from byline.lineage import Lineage
from byline.values import CreditLine, Key, Person, Record, Use


def credit(
    places: Sequence[Shown],
    records: Mapping[str, Record],
    record_credits: Mapping[str, tuple[CreditLine, ...]],
    people: Mapping[str, Person],
    lineage: Lineage,
    roles: Sequence[str],
    silent: Collection[str],
) -> Credits:
    """Credit everybody at all places.

    `places` are in canonical order, without withdrawn ones, and so are `records`, with tombstones: these
    give no credit and let that of the records above them through. `roles` are all that there are, in order.
    `silent` kinds of source pass no credit on. The cost is one breadth-first search over the ancestors of
    what each place uses.
    """
    order = sorted(people, key=lambda who: (people[who].sort, who))
    rank = {who: at for at, who in enumerate(order)}
    size = len(order)
    members = {who: tuple(_members(who, people)) for who, person in people.items() if person.members}
    first = {role: at * size for at, role in enumerate(roles)}

    def numbered(lines: Sequence[CreditLine]) -> list[Number]:
        numbers = [first[line.role] + rank[line.who] for line in lines]
        return numbers if len(set(numbers)) == len(numbers) else list(dict.fromkeys(numbers))

    def inherited(lines: Sequence[CreditLine], own: Sequence[Number]) -> list[Number]:
        """What members of groups have through them, and not themselves."""
        heirs = [first[line.role] + rank[who] for line in lines for who, _ in members.get(line.who, ())]
        return [number for number in dict.fromkeys(heirs) if number not in own] if heirs else heirs

    held = bytearray(len(roles) * size)
    of: list[list[Key]] = [[] for _ in order]  # by rank, as the next one
    on: list[list[str]] = [[] for _ in order]
    lines_of = [() if one.withdrawn else record_credits.get(id_, ()) for id_, one in records.items()]
    gives = [numbered(lines) for lines in lines_of]
    passes_on: dict[int, list[Number]] = {}
    if members:
        for record, lines in enumerate(lines_of):
            if heirs := inherited(lines, gives[record]):
                passes_on[record] = heirs
    for record, id_ in enumerate(records):
        for number in (*gives[record], *passes_on.get(record, ())):
            on[number % size].append(id_)
            held[number] = True
    # what is done place by place is done for all places before the next: in half the time of all at once
    showing = [place for place in places if place.uses]
    towards = {place.key: _ways(place.uses, lineage, silent) for place in showing}
    at = {place.key: _reached(place, towards[place.key], lineage, gives.__getitem__) for place in showing}
    through: dict[Key, Reached] = {}
    for place in places:
        own = numbered(place.credits)
        reached = at.get(place.key, NOBODY)
        everybody = [*own, *reached.used, *reached.above]
        if members:
            other = _reached(place, towards.get(place.key, ()), lineage, lambda at: passes_on.get(at, ()))
            through[place.key] = other = Reached(
                {number: uses for number, uses in other.used.items() if number not in reached.used},
                {number: record for number, record in other.above.items() if number not in reached.above},
            )
            everybody += [*inherited(place.credits, own), *other.used, *other.above]
        for number in everybody:
            of[number % size].append(place.key)
            held[number] = True
    for who, person in people.items():
        if person.state != "public":
            nobody = rank[who]
            held[nobody::size] = bytes(len(roles))
            of[nobody], on[nobody] = [], []
    having = {role: held[first[role] : first[role] + size] for role in sorted(roles)}
    return Credits(
        {place.key: place for place in places},
        at,
        through,
        towards,
        {who: tuple(keys) for who, keys in zip(order, of, strict=True) if keys},
        {who: tuple(ids) for who, ids in zip(order, on, strict=True) if ids},
        {role: tuple(compress(order, those)) for role, those in having.items() if True in those},
        bytes(held),
        order,
        rank,
        roles,
        members,
        people,
        record_credits,
        lineage,
    )


def _ways(uses: Sequence[Use], lineage: Lineage, silent: Collection[str]) -> dict[int, int]:
    """All ancestors of the records used, each with the next record towards the screen (`Credits.towards`).

    Breadth-first from all used records at once, smaller ids first, reaches each record by its shortest,
    then smallest chain. What is used may be a source of something else that is used: it is found as such.
    """
    towards: dict[int, int] = {}
    by_id = lineage.names.__getitem__

    def made_from(record: int) -> Sequence[int]:
        above = lineage.above[record]
        if silent:
            lines = lineage.lines[record]
            above = tuple([at for at, line in zip(above, lines, strict=True) if line.kind not in silent])
        return sorted(above, key=by_id) if len(above) > 1 else above

    for record in sorted([lineage.numbers[use.record] for use in uses], key=by_id):
        for source in made_from(record):
            if source not in towards:
                towards[source] = ~record
    found = list(towards)
    for record in found:
        for source in made_from(record):
            if source not in towards:
                towards[source] = record
                found.append(source)
    return towards


def _reached(
    place: Shown, ways: Iterable[int], lineage: Lineage, gives: Callable[[int], Iterable[Number]]
) -> Reached:
    """Who is named on what is used at a place, and on what is above it."""
    used: dict[Number, list[Use]] = {}
    for use in place.uses:
        for number in gives(lineage.numbers[use.record]):
            used.setdefault(number, []).append(use)
    above: dict[Number, int] = {}
    for record in ways:
        for number in gives(record):
            if number not in above:
                above[number] = record
    return Reached(used, above)


def _members(group: str, people: Mapping[str, Person]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Only what is public passes its credit on, and takes some. Ends even where groups hold each other."""
    seen = {group}
    queue: list[tuple[str, tuple[str, ...]]] = [(group, ())]
    for key, groups in queue:
        if people[key].state != "public":
            continue
        if groups:
            yield key, groups
        for member in people[key].members:
            if member not in seen:
                seen.add(member)
                queue.append((member, (*groups, key)))
