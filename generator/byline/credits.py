"""Credits: who is credited where, for which of three reasons (docs/explanation/credits.md).

Pure. Nobody is ever put in order by a count: roles follow the vocabulary, people their names.

A record gives the credits that are named on it to where it is shown, and to where something made from it is
shown: used and source credits are named ones, seen from an episode or a segment. While an archive is linked
(`byline.crediting`) people in roles are numbers; their credits are made here, when a page asks for them.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import TypeVar

import msgspec

from byline.lineage import Lineage
from byline.numbering import Number
from byline.values import Credit, CreditLine, Key, Person, Use

T = TypeVar("T")
# Of a way to the screen of more records than `MOST`, so many are shown at both ends: written out for
# everybody who is credited, ways of hundreds of steps made a page of 80 MB.
MOST = 12
SHOWN = 5
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


class Given(msgspec.Struct, frozen=True, gc=False):
    """What lines give at their place: its roll, and what members of groups have through it."""

    roll: tuple[Credit, ...]
    through: tuple[Credit, ...] = ()


class Way(msgspec.Struct, frozen=True, gc=False):
    """The way of a record to the screen, at a place: the number of the next record, how many `steps` lead to
    the one that is used, and the last record of the way that is not among the last `SHOWN`, or this one.

    So nobody has to walk a long way for every record on it.
    """

    next: int
    steps: int
    near: int


class Reached(msgspec.Struct, frozen=True, gc=False):
    """Who is credited at a place for records: those `used`, with the uses of such that they are named on,
    and those `above`, with the nearest one, by number, that they are named on."""

    used: Mapping[Number, Sequence[Use]] = {}
    above: Mapping[Number, int] = {}


NOBODY = Reached()


class Credits(msgspec.Struct, frozen=True):
    """Every credit, from both sides, as little as it takes to make it when it is asked for.

    `at` says who is credited at a place by its records, `through` who is as a member of a group only.
    `towards` leads, at a place, from the number of every record above those used to its way to the screen,
    nearest first. `of` lists, for everybody who has a page, the places where they are credited, in order,
    once for every credit. `records` are those that they are named on, also through groups: once for every
    role, in order. `holders` are the people of every role who have a page, by sort name; `held` says of every
    number whether it is somebody's, anywhere. Places and people without any are absent.

    What credits are made from: `order` is everybody by sort name, `rank` the same the other way round,
    `roles` those of the vocabulary in its order, then others; `lines` are those of records.
    """

    places: Mapping[Key, Shown]
    at: Mapping[Key, Reached]
    through: Mapping[Key, Reached]
    towards: Mapping[Key, Mapping[int, Way]]
    of: Mapping[str, tuple[Key, ...]]
    records: Mapping[str, tuple[str, ...]]
    holders: Mapping[str, tuple[str, ...]]
    held: bytes
    order: Sequence[str]
    rank: Mapping[str, int]
    roles: Sequence[str]
    members: Members
    people: Mapping[str, Person]
    lines: Mapping[str, tuple[CreditLine, ...]]
    lineage: Lineage


def lines_at(credits: Credits, place: Key) -> tuple[CreditLine, ...]:
    """The people that a place itself names: an episode without its segments, a segment, a record."""
    kind, identity = place
    if kind == "record":
        return credits.lines.get(identity, ())
    return credits.places[place].credits if place in credits.places else ()


def roll_at(credits: Credits, place: Key) -> tuple[Credit, ...]:
    """The roll of a place: named, used, source; an episode's holds its own only.

    Groups stand in it once, withdrawn people with nothing but reason and role.
    """
    own = named(place, lines_at(credits, place), credits.people, credits.members).roll
    if place not in credits.at:
        return own
    reached, size = credits.at[place], len(credits.order)
    used = sorted(reached.used.items(), key=lambda item: item[0] // size)
    return (*own, *_reached(credits, place, used, sorted(reached.above.items())))


def people_at(credits: Credits, place: Key) -> set[str]:
    """The different people in the roll of a place."""
    found = {line.who for line in lines_at(credits, place)}
    if place in credits.at:
        reached, size = credits.at[place], len(credits.order)
        found.update([credits.order[number % size] for number in (*reached.used, *reached.above)])
    return found


def together(credits: Credits, who: str) -> Iterator[list[str]]:
    """Who is named wherever somebody who has a page is, also through a group: on the screen, at records."""
    for place in dict.fromkeys(credits.of.get(who, ())):
        named = [line.who for line in lines_at(credits, place)]
        if who in named or who in [one for name in named for one, _ in credits.members.get(name, ())]:
            yield named
    for id_ in dict.fromkeys(credits.records.get(who, ())):
        yield [line.who for line in credits.lines[id_]]


def on_screen(credits: Credits, who: str) -> tuple[Credit, ...]:
    """The credits at episodes and segments of somebody who has a page, place by place.

    At a place those through groups follow one's own.
    """
    places = dict.fromkeys(credits.of.get(who, ()))
    if not places:
        return ()
    size, rank = len(credits.order), credits.rank[who]
    numbers = [role * size + rank for role, held in enumerate(credits.held[rank::size]) if held]
    found: list[Credit] = []
    for place in places:
        lines = _lines_of(who, lines_at(credits, place), credits.members)
        given = named(place, lines, credits.people, credits.members)
        for mine, at in ((given.roll, credits.at), (given.through, credits.through)):
            found += [one for one in mine if one.who == who]
            if place in at:
                reached = at[place]
                used = [(one, reached.used[one]) for one in numbers if one in reached.used]
                above = [(one, reached.above[one]) for one in numbers if one in reached.above]
                found += _reached(credits, place, used, above)
    return tuple(found)


def at_records(credits: Credits, who: str) -> tuple[Credit, ...]:
    """The credits at records of somebody who has a page, record by record."""
    found: list[Credit] = []
    for id_ in dict.fromkeys(credits.records.get(who, ())):
        lines = _lines_of(who, credits.lines[id_], credits.members)
        given = named(("record", id_), lines, credits.people, credits.members)
        found += [one for one in (*given.roll, *given.through) if one.who == who]
    return tuple(found)


def _lines_of(who: str, lines: Sequence[CreditLine], members: Members) -> list[CreditLine]:
    """The lines that may give somebody credit: their own, and those of groups."""
    return [line for line in lines if line.who == who or line.who in members]


def _reached(
    credits: Credits,
    place: Key,
    used: Iterable[tuple[Number, Sequence[Use]]],
    above: Iterable[tuple[Number, int]],
) -> Iterator[Credit]:
    """The credits that records give at a place, in order."""
    size, order, roles, names = len(credits.order), credits.order, credits.roles, credits.lineage.names
    for number, uses in used:
        yield _used(credits, place, roles[number // size], order[number % size], uses)
    towards = credits.towards.get(place, {})
    for number, record in above:
        role, who = roles[number // size], order[number % size]
        said = _said(credits, names[record], role, who)
        way = towards[record]
        end = towards[way.near]
        while end.steps > 1:
            end = towards[end.next]
        yield Credit(
            place,
            "source",
            role,
            who,
            said.names,
            said.parts,
            (),
            said.notes,
            (names[record],),
            names[way.next],
            names[end.next],
            said.through,
        )


def _used(credits: Credits, place: Key, role: str, who: str, uses: Sequence[Use]) -> Credit:
    """The one credit of the records used that somebody is named on in a role."""
    said = [_said(credits, use.record, role, who) for use in uses]
    withdrawn = credits.people[who].state == "withdrawn"
    moments = () if withdrawn else [use.at for use in uses if use.at is not None]
    return Credit(
        place,
        "used",
        role,
        who,
        united([one.names for one in said]),
        united([one.parts for one in said]),
        tuple(dict.fromkeys(moments)),
        united([one.notes for one in said]),
        tuple([use.record for use in uses]),
        through=united([one.through for one in said]),
    )


_NOTHING = Credit(("record", ""), "named", "", "")


def _said(credits: Credits, record: str, role: str, who: str) -> Credit:
    """What a record says of somebody in a role: their credit there, or one that says nothing more."""
    members = credits.members
    lines = [
        line
        for line in credits.lines[record]
        if line.role == role and (line.who == who or line.who in members)
    ]
    if _plain(lines, members):
        return _NOTHING
    given = named(("record", record), lines, credits.people, members)
    return next(one for one in (*given.roll, *given.through) if one.who == who)


def named(place: Key, lines: Sequence[CreditLine], people: Mapping[str, Person], members: Members) -> Given:
    """The credits that a place's own lines give, as written; those of one person in one role are one."""
    if _plain(lines, members):  # most are: three times as fast
        return Given(tuple([Credit(place, "named", line.role, line.who) for line in lines]))
    own: dict[tuple[str, str], list[CreditLine]] = {}
    through: dict[tuple[str, str], list[CreditLine]] = {}
    groups_of: dict[tuple[str, str], list[tuple[str, ...]]] = {}
    for line in lines:
        own.setdefault((line.role, line.who), []).append(line)
        for member, groups in members.get(line.who, ()):
            key = (line.role, member)
            groups_of.setdefault(key, []).append(groups)
            through.setdefault(key, []).append(line)
    return Given(
        tuple([_named(place, role, people[who], theirs) for (role, who), theirs in own.items()]),
        tuple(
            [
                _named(place, role, people[who], theirs, united(groups_of[role, who]))
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


def roll(credits: Credits, places: Iterable[Key]) -> tuple[Credit, ...]:
    """The credits of several places in one order, each saying where: an episode, then its segments."""
    ranks = {role: rank for rank, role in enumerate(credits.roles)}
    rank = credits.rank

    def key(one: Credit) -> tuple[int, ...]:
        if one.reason == "named":
            return (0,)
        if one.reason == "used":
            return (1, ranks[one.role])
        return (2, ranks[one.role], rank[one.who])

    return tuple(sorted([one for place in places for one in roll_at(credits, place)], key=key))


def path(credits: Credits, credit: Credit) -> tuple[str, ...]:
    """The records from the one that earned a source credit to the one that is shown, both included.

    () for credits of other reasons.
    """
    if credit.reason != "source":
        return ()
    record = credits.lineage.numbers[credit.records[0]]
    return tuple(_steps(credits, credit, record, credits.towards[credit.place][record].steps + 1))


def ends(credits: Credits, credit: Credit) -> tuple[tuple[str, ...], int]:
    """A path as `path` gives it, and how many records were left out after the first `SHOWN`, since it is
    very long."""
    if credit.reason != "source":
        return (), 0
    record = credits.lineage.numbers[credit.records[0]]
    way = credits.towards[credit.place][record]
    length = way.steps + 1
    if length <= MOST:
        return tuple(_steps(credits, credit, record, length)), 0
    last = list(_steps(credits, credit, way.near, SHOWN + 1))[1:]
    return (*_steps(credits, credit, record, SHOWN), *last), length - 2 * SHOWN


def _steps(credits: Credits, credit: Credit, record: int, count: int) -> Iterator[str]:
    """So many records of the way of a credit, from one on."""
    towards, names = credits.towards[credit.place], credits.lineage.names
    for _ in range(count - 1):
        yield names[record]
        record = towards[record].next
    yield names[record]


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


def united(groups: Sequence[tuple[T, ...]]) -> tuple[T, ...]:
    """All of several groups, each of which has nothing twice, and nor has the whole."""
    return groups[0] if len(groups) == 1 else tuple(dict.fromkeys(chain.from_iterable(groups)))
