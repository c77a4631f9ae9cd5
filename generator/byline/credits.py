"""Credits: who is credited where, for which of three reasons (semantics.md, Credits).

Pure. Nobody is ever put in order by a count: roles follow the vocabulary, people their names.

A record gives the credits that are named on it to where it is shown, and to where something made from it is
shown: used and source credits are named ones, seen from an episode or a segment.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, TypeVar

import msgspec

from byline.lineage import Lineage
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


# A record above those shown, the next one towards the screen, and the one shown.
_Way = tuple[str, str, str]
# Credits, each with the rank of its person by sort name: numbers are quicker to look up than names.
_Ranked = list[tuple[int, Credit]]
# What gives credit at a place, with the credits that it gives.
_At = Iterable[tuple[T, _Ranked]]
# Credits by role and rank.
_Roles = dict[str, dict[int, Credit]]


def credit(
    places: Iterable[Shown],
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
    members = {who: tuple(_members(who, people)) for who, person in people.items() if person.members}
    by_role = _role_key(role_order)
    sources: dict[str, list[str]] = {}
    known: dict[str, tuple[_Ranked, _Ranked]] = {}
    at: dict[Key, tuple[Credit, ...]] = {}
    of: list[list[Credit]] = [[] for _ in order]  # by rank, as the next one
    on: list[list[str]] = [[] for _ in order]
    held: dict[str, set[int]] = {}
    via: dict[Key, dict[str, str]] = {}

    def made_from(record: str) -> list[str]:
        if record not in sources:
            edges = lineage.sources.get(record, ())
            sources[record] = sorted([edge.source for edge in edges if passes(edge.line.kind)])
        return sources[record]

    def given(record: str) -> tuple[_Ranked, _Ranked]:
        if record not in known:
            lines = () if records[record].withdrawn else record_credits.get(record, ())
            both = named(("record", record), lines, people, members)
            known[record] = ranked(both.roll), ranked(both.through)
        return known[record]

    def ranked(credits: Iterable[Credit]) -> _Ranked:
        return [(rank[one.who], one) for one in credits]

    def all_at(place: Shown, own: Iterable[Credit], ways: Sequence[_Way], side: int) -> _Ranked:
        used = _used(place.key, [(use, given(use.record)[side]) for use in place.uses], people)
        above = _above(place.key, [(way, given(way[0])[side]) for way in ways])
        return [*ranked(own), *_in_roles(used, by_role), *_in_roles(above, by_role, by_name=True)]

    for place in places:
        here = named(place.key, place.credits, people, members)
        ways = _ways(place.uses, made_from)
        rolled = all_at(place, here.roll, ways, 0)
        if rolled:
            at[place.key] = tuple([one for _, one in rolled])
        if ways:
            via[place.key] = {record: towards for record, towards, _ in ways}
        if members:
            taken = {(one.reason, one.role, one.who) for _, one in rolled}
            through = all_at(place, here.through, ways, 1)
            rolled += [(who, one) for who, one in through if (one.reason, one.role, one.who) not in taken]
        for who, one in rolled:
            of[who].append(one)
            held.setdefault(one.role, set()).add(who)
    for id_, record in records.items():
        if record.withdrawn:
            continue
        lines = record_credits.get(id_, ())
        pairs = {(rank[line.who], line.role) for line in lines}
        if members:
            pairs |= {(rank[who], line.role) for line in lines for who, _ in members.get(line.who, ())}
        for who, role in pairs:
            on[who].append(id_)
            held.setdefault(role, set()).add(who)
    public = [people[who].state == "public" for who in order]
    holders = {
        role: tuple([order[who] for who in sorted(held[role]) if public[who]]) for role in sorted(held)
    }
    return Credits(
        at,
        {
            who: tuple(credits)
            for who, credits, open in zip(order, of, public, strict=True)
            if credits and open
        },
        {who: tuple(ids) for who, ids, open in zip(order, on, public, strict=True) if ids and open},
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


def _ways(uses: Sequence[Use], made_from: Callable[[str], list[str]]) -> list[_Way]:
    """All ancestors of the records used, nearest first, then by the ids from the used record on.

    Breadth-first from all used records at once, smaller ids first, reaches each record by its shortest,
    then smallest chain. What is used may be a source of something else that is used: it is found as such.
    """
    found: list[_Way] = []
    seen: set[str] = set()
    start = [(record, "", record) for record in sorted({use.record for use in uses})]
    for ways in (start, found):
        for record, _, shown in ways:
            for source in made_from(record):
                if source not in seen:
                    seen.add(source)
                    found.append((source, record, shown))
    return found


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


def _used(place: Key, given: _At[Use], people: Mapping[str, Person]) -> _Roles:
    """The credits of records where they are shown; those of one person in one role are one."""
    found: dict[str, dict[int, list[tuple[Use, Credit]]]] = {}
    for use, credits in given:
        for who, one in credits:
            found.setdefault(one.role, {}).setdefault(who, []).append((use, one))
    return {
        role: {
            who: _shown(place, theirs, people[theirs[0][1].who].state == "withdrawn")
            for who, theirs in whos.items()
        }
        for role, whos in found.items()
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


def _above(place: Key, given: _At[_Way]) -> _Roles:
    """The credits of records above those shown: everybody's nearest record in each role."""
    found: _Roles = {}
    for (record, towards, shown), credits in given:
        records = (record,)
        for who, one in credits:
            role = one.role
            if role not in found:
                found[role] = {}
            if who not in found[role]:
                found[role][who] = Credit(
                    place,
                    "source",
                    role,
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


def _in_roles(
    roles: _Roles, by_role: Callable[[str], tuple[int, str]], by_name: bool = False
) -> Iterator[tuple[int, Credit]]:
    """Credits role by role; within one as they come, or by name."""
    for role in sorted(roles, key=by_role):
        people = roles[role]
        yield from sorted(people.items()) if by_name else people.items()
