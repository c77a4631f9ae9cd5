"""Credits: who is credited where, for which of three reasons (semantics.md, Credits).

Pure. Nobody is ever put in order by a count: roles follow the vocabulary, people their names.

A record gives the credits that are named on it to where it is shown, and to where something made from it is
shown: used and source credits are named ones, seen from an episode or a segment.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import chain, compress
from typing import Any, TypeVar

import msgspec

from byline.lineage import Lineage, sources
from byline.values import Credit, CreditLine, Key, Person, Record, Use

T = TypeVar("T")
# Of groups: everybody in one, at any distance, with the groups that lead there, outermost first.
Members = Mapping[str, tuple[tuple[str, tuple[str, ...]], ...]]


class Shown(msgspec.Struct, frozen=True, gc=False):
    """An episode or a segment, with people and records looked up.

    `credits` name people by `Person.key`; `uses` are the records shown there, tombstones among them, in
    order.
    """

    key: Key
    credits: tuple[CreditLine, ...] = ()
    uses: tuple[Use, ...] = ()


class Credits(msgspec.Struct, frozen=True):
    """Every credit, from both sides. Those at records are made when they are asked for, by `named`.

    `at` is the roll of each episode and segment: named, used, source; an episode's holds its own only
    (`roll` adds those of its segments). Groups stand in it once, withdrawn people with nothing but reason
    and role. `of` lists the same credits of everybody who has a page, place by place as given; those
    through groups follow one's own. `records` are those that somebody who has a page is named on, also
    through groups: once for every role, in order. `via` leads, at a place, from every record above those
    used to the next one towards the screen. `holders` are the people of every role who have a page, by
    sort name. Places and people without any are absent. `members` are those of every group.
    """

    at: dict[Key, tuple[Credit, ...]] = {}
    of: dict[str, tuple[Credit, ...]] = {}
    records: dict[str, tuple[str, ...]] = {}
    via: dict[Key, dict[str, str]] = {}
    holders: dict[str, tuple[str, ...]] = {}
    members: Members = {}


class Given(msgspec.Struct, frozen=True, gc=False):
    """What lines give at their place: its roll, and what members of groups have through it."""

    roll: tuple[Credit, ...]
    through: tuple[Credit, ...] = ()


# Records above those shown, each with the next one towards the screen, and the one shown.
_Ways = list[tuple[str, str, str]]
# A place's credits, each under a number that stands for its role and its person, in the order of both.
_Numbered = Iterable[tuple[int, Credit]]
# What a record gives: its roll, and what members of groups have through it.
_Giving = Callable[[str], Sequence[_Numbered]]


def credit(
    places: Sequence[Shown],
    records: Mapping[str, Record],
    record_credits: Mapping[str, tuple[CreditLine, ...]],
    people: Mapping[str, Person],
    lineage: Lineage,
    role_order: Sequence[str],
    passes: Callable[[str], bool],
) -> Credits:
    """Credit everybody at all places.

    `places` are in canonical order, without withdrawn ones, and so are `records`, with tombstones: these
    give no credit and let that of the records above them through. `passes` says whether a kind of source
    passes credit on. The cost is one breadth-first search over the ancestors of what each place uses.
    """
    order = sorted(people, key=lambda who: (people[who].sort, who))
    rank = {who: at for at, who in enumerate(order)}
    size = len(order)
    members = {who: tuple(_members(who, people)) for who, person in people.items() if person.members}
    lines_of = chain(record_credits.values(), [place.credits for place in places])
    others = {line.role for lines in lines_of for line in lines}.difference(role_order)
    roles = [*role_order, *sorted(others)]
    first = {role: at * size for at, role in enumerate(roles)}
    held = bytearray(len(roles) * size)  # whether somebody has a role, by number
    at: dict[Key, tuple[Credit, ...]] = {}
    of: list[list[Credit]] = [[] for _ in order]  # by rank, as the next one
    on: list[list[str]] = [[] for _ in order]
    via: dict[Key, dict[str, str]] = {}

    @cache
    def made_from(record: str) -> list[str]:
        return sorted([line.record for line in sources(lineage, record) if passes(line.kind)])

    @cache
    def given(record: str) -> tuple[_Numbered, _Numbered]:
        lines = () if records[record].withdrawn else record_credits.get(record, ())
        both = named(("record", record), lines, people, members)
        return numbered(both.roll), numbered(both.through)

    def numbered(credits: Iterable[Credit]) -> list[tuple[int, Credit]]:
        return [(first[one.role] + rank[one.who], one) for one in credits]

    def all_at(place: Shown, own: Iterable[Credit], ways: _Ways, side: int) -> list[tuple[int, Credit]]:
        used = _used(place, [given(use.record)[side] for use in place.uses], people)
        by_role = sorted(used.items(), key=lambda item: item[0] // size)
        return [*numbered(own), *by_role, *sorted(_above(place.key, ways, given, side).items())]

    for place in places:
        here = named(place.key, place.credits, people, members)
        ways, towards = _ways(place.uses, made_from)
        rolled = all_at(place, here.roll, ways, 0)
        if rolled:
            at[place.key] = tuple([one for _, one in rolled])
        if towards:
            via[place.key] = towards
        if members:
            taken = {(number, one.reason) for number, one in rolled}
            through = all_at(place, here.through, ways, 1)
            rolled += [(number, one) for number, one in through if (number, one.reason) not in taken]
        for number, one in rolled:
            of[number % size].append(one)
            held[number] = True
    for id_, record in records.items():
        if record.withdrawn:
            continue
        lines = record_credits.get(id_, ())
        numbers = {first[line.role] + rank[line.who] for line in lines}
        if members:
            heirs = [(line.role, who) for line in lines for who, _ in members.get(line.who, ())]
            numbers.update([first[role] + rank[who] for role, who in heirs])
        for number in numbers:
            on[number % size].append(id_)
            held[number] = True
    public = {who for who, person in people.items() if person.state == "public"}
    holders = {
        role: tuple([who for who in compress(order, held[first[role] : first[role] + size]) if who in public])
        for role in sorted(roles)
    }
    return Credits(
        at,
        {who: tuple(theirs) for who, theirs in zip(order, of, strict=True) if theirs and who in public},
        {who: tuple(ids) for who, ids in zip(order, on, strict=True) if ids and who in public},
        via,
        {role: whos for role, whos in holders.items() if whos},
        members,
    )


def named(place: Key, lines: Sequence[CreditLine], people: Mapping[str, Person], members: Members) -> Given:
    """The credits that a place's own lines give, as written; those of one person in one role are one."""
    if _plain(lines, members):  # most are: three times as fast
        return Given(tuple([Credit(place, "named", line.role, line.who) for line in lines]))
    own: dict[tuple[str, str], list[CreditLine]] = {}
    through: dict[tuple[str, str], list[CreditLine]] = {}
    groups_of: dict[tuple[str, str], tuple[str, ...]] = {}
    for line in lines:
        own.setdefault((line.role, line.who), []).append(line)
        for member, groups in members.get(line.who, ()):
            key = (line.role, member)
            groups_of.setdefault(key, groups)
            through.setdefault(key, []).append(line)
    return Given(
        tuple([_named(place, role, people[who], theirs) for (role, who), theirs in own.items()]),
        tuple(
            [
                _named(place, role, people[who], theirs, groups_of[role, who])
                for (role, who), theirs in through.items()
                if (role, who) not in own
            ]
        ),
    )


def _plain(lines: Sequence[CreditLine], members: Members) -> bool:
    """Whether lines are names in roles and nothing more, nobody twice, no groups among them."""
    for line in lines:
        if line.credited_as or line.part or line.note or line.at is not None or line.who in members:
            return False
    return len(lines) < 2 or len({(line.role, line.who) for line in lines}) == len(lines)


def at_records(
    who: str,
    credits: Credits,
    record_credits: Mapping[str, tuple[CreditLine, ...]],
    people: Mapping[str, Person],
) -> tuple[Credit, ...]:
    """Somebody's credits at records, which `Credits.of` leaves out, record by record."""
    given = (
        named(("record", id_), record_credits[id_], people, credits.members)
        for id_ in dict.fromkeys(credits.records.get(who, ()))
    )
    return tuple(one for both in given for one in (*both.roll, *both.through) if one.who == who)


def roll(
    credits: Credits, places: Iterable[Key], people: Mapping[str, Person], role_order: Sequence[str]
) -> tuple[Credit, ...]:
    """The credits of several places in one order, each saying where: an episode, then its segments."""
    by_role = _role_key(role_order)

    def key(one: Credit) -> tuple[Any, ...]:
        if one.reason == "named":
            return (0,)
        if one.reason == "used":
            return (1, by_role(one.role))
        return (2, by_role(one.role), people[one.who].sort, one.who)

    return tuple(sorted([one for place in places for one in credits.at.get(place, ())], key=key))


def path(credits: Credits, credit: Credit) -> tuple[str, ...]:
    """The records from the one that earned a source credit to the one that is shown, both included.

    () for credits of other reasons.
    """
    if credit.reason != "source":
        return ()
    towards = credits.via[credit.place]
    steps = [credit.records[0], credit.via]
    while steps[-1] != credit.used:
        steps.append(towards[steps[-1]])
    return tuple(steps)


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


def _ways(uses: Sequence[Use], made_from: Callable[[str], list[str]]) -> tuple[_Ways, dict[str, str]]:
    """All ancestors of the records used, nearest first, then by the ids from the used record on.

    Breadth-first from all used records at once, smaller ids first, reaches each record by its shortest,
    then smallest chain. What is used may be a source of something else that is used: it is found as such.
    """
    start = [(record, "", record) for record in sorted({use.record for use in uses})]
    found: _Ways = []
    towards: dict[str, str] = {}
    for ways in (start, found):
        for record, _, shown in ways:
            for source in made_from(record):
                if source not in towards:
                    towards[source] = record
                    found.append((source, record, shown))
    return found, towards


def _named(
    place: Key, role: str, person: Person, lines: list[CreditLine], groups: tuple[str, ...] = ()
) -> Credit:
    """One credit of one or more lines; a printed name is the group's where it is through one."""
    if person.state == "withdrawn":
        return Credit(place, "named", role, person.key, through=groups)
    names = () if groups else [line.credited_as for line in lines if line.credited_as != person.name]
    return Credit(
        place,
        "named",
        role,
        person.key,
        _distinct(names),
        _distinct([line.part for line in lines]),
        tuple(dict.fromkeys([line.at for line in lines if line.at is not None])),
        _distinct([line.note for line in lines]),
        through=groups,
    )


def _distinct(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, texts)))


def _used(place: Shown, given: Sequence[_Numbered], people: Mapping[str, Person]) -> dict[int, Credit]:
    """The credits of records where they are shown; those of one person in one role are one."""
    found: dict[int, list[tuple[Use, Credit]]] = {}
    for use, credits in zip(place.uses, given, strict=True):
        for number, one in credits:
            found.setdefault(number, []).append((use, one))
    return {
        number: _shown(place.key, theirs, people[theirs[0][1].who].state == "withdrawn")
        for number, theirs in found.items()
    }


def _shown(place: Key, theirs: Sequence[tuple[Use, Credit]], withdrawn: bool) -> Credit:
    """One credit of one or more records used at a place."""
    first = theirs[0][1]
    moments = () if withdrawn else [use.at for use, _ in theirs if use.at is not None]
    return Credit(
        place,
        "used",
        first.role,
        first.who,
        _united([one.names for _, one in theirs]),
        _united([one.parts for _, one in theirs]),
        tuple(dict.fromkeys(moments)),
        _united([one.notes for _, one in theirs]),
        tuple([use.record for use, _ in theirs]),
        through=first.through,
    )


def _united(groups: Sequence[tuple[T, ...]]) -> tuple[T, ...]:
    return groups[0] if len(groups) == 1 else tuple(dict.fromkeys(chain.from_iterable(groups)))


def _above(place: Key, ways: _Ways, given: _Giving, side: int) -> dict[int, Credit]:
    """The credits of records above those shown: everybody's nearest record in each role."""
    found: dict[int, Credit] = {}
    for record, towards, shown in ways:
        records = (record,)
        for number, one in given(record)[side]:
            if number not in found:
                found[number] = Credit(
                    place,
                    "source",
                    one.role,
                    one.who,
                    one.names,
                    one.parts,
                    (),
                    one.notes,
                    records,
                    towards,
                    shown,
                    one.through,
                )
    return found


def _role_key(role_order: Sequence[str]) -> Callable[[str], tuple[int, str]]:
    """The order of roles: that of the vocabulary; those outside it last, by id."""
    ranks = {role: rank for rank, role in enumerate(role_order)}
    return lambda role: (ranks.get(role, len(ranks)), role)
