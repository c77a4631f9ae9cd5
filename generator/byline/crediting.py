"""Crediting: from the people of every place and record to everybody's credits (docs/explanation/credits.md).

Pure. While records are linked people in roles are numbers, and so are records: with 100,000 of them neither
a name nor what it leads to is in the processor's cache.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import compress

from byline.credits import NOBODY, SHOWN, Credits, Reached, Shown, Way
from byline.lineage import Lineage
from byline.numbering import Number, Numbers, numbered
from byline.values import CreditLine, Key, Person, Use


def credit(
    places: Sequence[Shown],
    record_credits: Mapping[str, tuple[CreditLine, ...]],
    given: Sequence[Sequence[Number]],
    numbers: Numbers,
    people: Mapping[str, Person],
    lineage: Lineage,
    silent: Collection[str],
) -> Credits:
    """Credit everybody at all places.

    `places` are in canonical order, without withdrawn ones. `given` are the numbers that every record of the
    lineage names: tombstones give no credit and let that of the records above them through. `silent` kinds of
    source pass no credit on. The cost is one breadth-first search over the ancestors of what each place uses.
    """
    order, rank, roles, first = numbers.order, numbers.rank, numbers.roles, numbers.first
    size = len(order)
    members = {who: tuple(_members(who, people)) for who, person in people.items() if person.members}

    def inherited(lines: Sequence[CreditLine], own: Sequence[Number]) -> list[Number]:
        """What members of groups have through them, and not themselves."""
        heirs = [first[line.role] + rank[who] for line in lines for who, _ in members.get(line.who, ())]
        return [number for number in dict.fromkeys(heirs) if number not in own] if heirs else heirs

    gives = list(given)
    for tombstone in lineage.gone:
        gives[tombstone] = []
    held = bytearray(len(roles) * size)
    of: list[list[Key]] = [[] for _ in order]  # by rank, as the next one
    on: list[list[str]] = [[] for _ in order]
    heirs: list[list[Number]] = []
    everybody_on: Sequence[Sequence[Number]] = gives
    if members:
        named_on = zip(lineage.names, gives, strict=True)
        heirs = [inherited(record_credits[id_], own) if own else [] for id_, own in named_on]
        everybody_on = [[*own, *more] for own, more in zip(gives, heirs, strict=True)]
    for id_, on_record in zip(lineage.names, everybody_on, strict=True):
        for number in on_record:
            on[number % size].append(id_)
            held[number] = True
    above = _passing(lineage, silent)
    # each of the next is done for all places before the one after it: in half the time of all at once
    showing = [place for place in places if place.uses]
    towards = {place.key: _ways(place.uses, above, lineage) for place in showing}
    at = {place.key: _reached(place, towards[place.key], gives, lineage) for place in showing}
    through: dict[Key, Reached] = {}
    named_at = numbered(numbers, [place.credits for place in places])
    for place, own in zip(places, named_at, strict=True):
        named = own
        reached = at.get(place.key, NOBODY)
        everybody = [*own, *reached.used, *reached.above]
        if members:
            by_groups = _reached(place, towards.get(place.key, {}), heirs, lineage)
            through[place.key] = other = _without(by_groups, reached)
            named = [*own, *inherited(place.credits, own)]
            everybody = [*named, *reached.used, *reached.above, *other.used, *other.above]
        for number in everybody:
            of[number % size].append(place.key)
        for number in named:  # the others are named on records
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


def _passing(lineage: Lineage, silent: Collection[str]) -> Sequence[Sequence[int]]:
    """What records were made from, but for the `silent` kinds of source."""
    if not silent:
        return lineage.above
    return [
        [at for at, line in zip(sources, lines, strict=True) if line.kind not in silent]
        for sources, lines in zip(lineage.above, lineage.lines, strict=True)
    ]


def _without(some: Reached, others: Reached) -> Reached:
    """Those of whom others know nothing."""
    return Reached(
        {number: uses for number, uses in some.used.items() if number not in others.used},
        {number: record for number, record in some.above.items() if number not in others.above},
    )


def _ways(uses: Sequence[Use], above: Sequence[Sequence[int]], lineage: Lineage) -> dict[int, Way]:
    """All ancestors of the records used, each with its way to the screen (`Credits.towards`).

    Breadth-first from all used records at once, smaller ids first, reaches each record by its shortest,
    then smallest chain. What is used may be a source of something else that is used: it is found as such.
    """
    by_id = lineage.names.__getitem__
    queue = sorted([lineage.numbers[use.record] for use in uses], key=by_id)
    used = len(queue)
    towards: dict[int, Way] = {}
    for turn, record in enumerate(queue):
        sources = above[record]
        way = towards[record] if turn >= used else None
        for source in sorted(sources, key=by_id) if len(sources) > 1 else sources:
            if source not in towards:
                steps = way.steps + 1 if way else 1
                near = way.near if way and steps > SHOWN else source
                towards[source] = Way(record, steps, near)
                queue.append(source)
    return towards


def _reached(
    place: Shown, ways: dict[int, Way], gives: Sequence[Sequence[Number]], lineage: Lineage
) -> Reached:
    """Who is named on what is used at a place, and on what is above it: on the nearest record of each."""
    used: dict[Number, list[Use]] = {}
    for use in place.uses:
        for number in gives[lineage.numbers[use.record]]:
            used.setdefault(number, []).append(use)
    return Reached(used, {number: record for record in reversed(ways) for number in gives[record]})


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
