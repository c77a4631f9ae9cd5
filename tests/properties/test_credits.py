"""Credits against a slow reading of the rules, on random archives, and on shapes that break careless code."""

import random
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from byline.crediting import credit
from byline.credits import (
    Credits,
    Shown,
    at_records,
    ends,
    lines_at,
    on_screen,
    path,
    people_at,
    roll,
    roll_at,
    together,
)
from byline.lineage import Lineage, standing
from byline.numbering import numbered, numbering
from byline.problems import Place
from byline.tracing import trace
from byline.values import Credit, CreditLine, Key, Person, Record, SourceLine, Use, Withdrawn
from byline.vocabulary import builtin
from properties.shapes import chain, ladder, lattice, star

T = TypeVar("T")
IDS = list("abcdef")
ROLES = ["idea", "author", "odd", "zz"]
PEOPLE = {
    "ann": Person("ann", "Ann Example", "m"),
    "bo": Person("bo", "Bo Example", "b"),
    "cy": Person("cy", "Cy Example", "b"),
    "gone": Person("gone", "", "z", "withdrawn"),
    "bare": Person("bare", "Bare Name", "a", "plain"),
    "band": Person("band", "The Band", "k", kind="group", members=("ann", "duo", "gone", "bare")),
    "duo": Person("duo", "The Duo", "l", kind="group", members=("bo", "cy")),
    "trio": Person("trio", "The Trio", "n", kind="group", members=("ann", "cy")),
}
EPISODE: Key = ("episode", "e1")
SEGMENTS: tuple[Key, ...] = (("segment", "e1/one"), ("segment", "e1/two"))


class World(msgspec.Struct, frozen=True):
    records: dict[str, Record]
    credits: dict[str, tuple[CreditLine, ...]]
    places: tuple[Shown, ...]


def passes(kind: str) -> bool:
    return kind != "inspiration"


def lineage(records: Mapping[str, Record]) -> Lineage:
    records = dict(sorted(records.items()))
    return trace(records, hidden=(), kinds=builtin().source_kinds, missing="error", cycles="error")[0]


def credit_all(
    places: Sequence[Shown],
    credits: Mapping[str, tuple[CreditLine, ...]],
    people: Mapping[str, Person],
    found: Lineage,
) -> Credits:
    numbers = numbering(people, ROLES)
    given = numbered(numbers, [credits.get(id_, ()) for id_ in found.names])
    return credit(places, credits, given, numbers, people, found, {"inspiration"})


def credited(world: World, people: Mapping[str, Person] = PEOPLE) -> Credits:
    screen = [place for place in world.places if place.key[0] != "record"]
    return credit_all(screen, world.credits, people, lineage(world.records))


def credits_of(credits: Credits, who: str) -> tuple[Credit, ...]:
    """All credits of somebody, who are counted without being made."""
    screen, records = on_screen(credits, who), at_records(credits, who)
    assert len(screen) == len(credits.of.get(who, ()))
    assert len(records) == len(credits.records.get(who, ()))
    return (*screen, *records)


lines = st.lists(
    st.builds(
        CreditLine,
        role=st.sampled_from(["author", "idea", "zz", "odd"]),
        who=st.sampled_from(sorted(PEOPLE)),
        part=st.sampled_from(["", "the storm"]),
        credited_as=st.sampled_from(["", "A. E.", "Ann Example"]),
        at=st.sampled_from([None, 1000]),
        note=st.sampled_from(["", "twice"]),
    ),
    max_size=4,
).map(tuple)


@st.composite
def worlds(draw: st.DrawFn) -> World:
    ids = draw(st.permutations(IDS))
    records = {}
    for at, id_ in enumerate(ids):
        above = draw(st.lists(st.sampled_from(ids[:at]), unique=True, max_size=3)) if at else []
        sources = tuple(
            SourceLine(record=source, kind=draw(st.sampled_from(["remix", "sample", "inspiration"])), index=i)
            for i, source in enumerate(above)
        )
        gone = Withdrawn() if draw(st.integers(0, 4)) == 0 else None
        records[id_] = Record(id=id_, place=Place("r.csv", at), sources=sources, withdrawn=gone)
    uses = st.lists(st.sampled_from(IDS), unique=True, max_size=3)
    works = tuple(
        Shown(
            key,
            draw(lines),
            tuple(Use(id_, at=draw(st.sampled_from([None, 5]))) for id_ in draw(uses)),
        )
        for key in (EPISODE, *SEGMENTS)
    )
    credits = {id_: draw(lines) for id_ in IDS}
    shown = [Shown(("record", id_), credits[id_]) for id_ in IDS if not records[id_].withdrawn]
    return World(records, credits, (*works, *shown))


# --- the rules, read slowly ---


def chains(records: Mapping[str, Record], start: str) -> list[tuple[str, ...]]:
    """Every chain of edges that pass credit, from a record upwards."""
    above = [line.record for line in records[start].sources if passes(line.kind)]
    return [(start,)] + [(start, *rest) for source in above for rest in chains(records, source)]


def earned(world: World, place: Shown) -> dict[tuple[str, str, str], tuple[str, ...]]:
    """Who has which credit at a place, and by which records: those used, or the path to the screen."""

    def named_on(id_: str) -> tuple[CreditLine, ...]:
        return () if world.records[id_].withdrawn else world.credits[id_]

    found: dict[tuple[str, str, str], tuple[str, ...]] = {
        ("named", line.role, line.who): () for line in place.credits
    }
    for use in place.uses:
        for line in named_on(use.record):
            key = ("used", line.role, line.who)
            found[key] = tuple(dict.fromkeys((*found.get(key, ()), use.record)))
    ways = [way for use in place.uses for way in chains(world.records, use.record) if len(way) > 1]
    for way in sorted(ways, key=lambda way: (len(way), way)):
        for line in named_on(way[-1]):
            found.setdefault(("source", line.role, line.who), way[::-1])
    return found


def named_lines(world: World, place: Shown, one: Credit) -> list[CreditLine]:
    """The lines that one credit stands for."""
    if one.reason == "named":
        given = place.credits
    else:
        given = tuple(line for id_ in one.records for line in world.credits[id_])
    return [line for line in given if (line.role, line.who) == (one.role, one.who)]


def groups_of(who: str) -> dict[str, set[tuple[str, ...]]]:
    """The groups that somebody is in, each with the chains of groups that lead there."""
    if PEOPLE[who].state != "public":
        return {}
    found: dict[str, set[tuple[str, ...]]] = {}
    for key, group in PEOPLE.items():
        if who in group.members:
            found.setdefault(key, set()).add((key,))
            for outer, ways in groups_of(key).items():
                found.setdefault(outer, set()).update((*way, key) for way in ways)
    return found


@given(worlds())
def test_everybody_is_credited_once_by_the_shortest_path(world: World) -> None:
    credits = credited(world)
    for place in world.places:
        got = roll_at(credits, place.key)
        keys = [(one.reason, one.role, one.who) for one in got]
        assert len(keys) == len(set(keys))
        ways = {
            (one.reason, one.role, one.who): path(credits, one) if one.reason == "source" else one.records
            for one in got
        }
        assert ways == earned(world, place)
        for one in got:
            assert one.place == place.key
            assert one.through == ()
            if one.reason == "source":
                way = path(credits, one)
                assert (one.records, one.via, one.used) == ((way[0],), way[1], way[-1])
        assert people_at(credits, place.key) == {one.who for one in got}


@given(worlds())
def test_details_are_merged_and_withdrawn_people_have_none(world: World) -> None:
    credits = credited(world)
    for place in world.places:
        for one in roll_at(credits, place.key):
            person = PEOPLE[one.who]
            if person.state == "withdrawn":
                assert (one.names, one.parts, one.at, one.notes) == ((), (), (), ())
                continue
            given_lines = named_lines(world, place, one)
            times = [line.at for line in given_lines]
            if one.reason != "named":
                times = [use.at for use in place.uses if use.record in one.records and one.reason == "used"]
            assert one.names == _distinct(n for line in given_lines if (n := line.credited_as) != person.name)
            assert one.parts == _distinct(line.part for line in given_lines)
            assert one.notes == _distinct(line.note for line in given_lines)
            assert one.at == _distinct(times)


def _distinct(values: Iterable[T]) -> tuple[T, ...]:
    return tuple(value for value in dict.fromkeys(values) if value not in ("", None))


@given(worlds())
def test_rolls_are_in_order_and_never_by_number(world: World) -> None:
    credits = credited(world)
    for place in world.places:
        got = roll_at(credits, place.key)
        assert got == _in_order(world, [place], list(got))
    places = (EPISODE, *SEGMENTS)
    together = [one for key in places for one in roll_at(credits, key)]
    assert roll(credits, places) == _in_order(world, world.places[:3], together)


def _in_order(world: World, places: list[Shown] | tuple[Shown, ...], got: list[Credit]) -> tuple[Credit, ...]:
    """Named as written; then role by role, as written where something is shown, else by name."""
    by_key = {(one.place, one.reason, one.role, one.who): one for one in got}
    ordered: dict[Credit, None] = {}
    for place in places:
        for line in place.credits:
            ordered[by_key[place.key, "named", line.role, line.who]] = None
    for role in ROLES:
        for place in places:
            for use in place.uses:
                for line in () if world.records[use.record].withdrawn else world.credits[use.record]:
                    if line.role == role and (one := by_key.get((place.key, "used", role, line.who))):
                        ordered[one] = None
    for role in ROLES:
        for who in sorted(PEOPLE, key=lambda who: (PEOPLE[who].sort, who)):
            for place in places:
                if one := by_key.get((place.key, "source", role, who)):
                    ordered[one] = None
    return tuple(ordered)


@given(worlds())
def test_people_have_all_that_places_say_and_members_their_groups_credits(world: World) -> None:
    credits = credited(world)
    assert {PEOPLE[who].state for who in credits.of} <= {"public"}
    running = [place.key for place in world.places]
    for who, person in PEOPLE.items():
        theirs = credits_of(credits, who)
        own = [one for one in theirs if not one.through]
        if person.state != "public":
            assert theirs == ()
        else:
            assert own == [one for key in running for one in roll_at(credits, key) if one.who == who]
        places = [running.index(one.place) for one in theirs]
        assert places == sorted(places)
        direct = {(one.place, one.reason, one.role) for one in own}
        groups = groups_of(who)
        expected: dict[tuple[Key, str, str], list[Credit]] = {}
        for key in running:
            for one in roll_at(credits, key):
                if one.who in groups and (key, one.reason, one.role) not in direct:
                    expected.setdefault((key, one.reason, one.role), []).append(one)
        through = [one for one in theirs if one.through]
        assert len(through) == len(expected)
        for one in through:
            given_by = expected[one.place, one.reason, one.role]
            assert one.who == who
            if one.reason == "source":
                best = min((path(credits, group)[::-1] for group in given_by), key=lambda p: (len(p), p))
                assert path(credits, one) == best[::-1]
                given_by = [group for group in given_by if group.records == one.records]
            else:
                assert set(one.records) == {id_ for group in given_by for id_ in group.records}
            givers = {group.who for group in given_by}
            between = {key for group in givers for chain in groups[group] for key in chain}
            assert givers <= set(one.through) <= between


@given(worlds())
def test_where_somebody_is_named_and_which_roles_they_hold(world: World) -> None:
    credits = credited(world)
    for who in PEOPLE:
        theirs = credits_of(credits, who)
        named = dict.fromkeys(one.place for one in theirs if one.reason == "named")
        assert list(together(credits, who)) == [[line.who for line in lines_at(credits, at)] for at in named]
        assert {role for role, holders in credits.holders.items() if who in holders} == {
            one.role for one in theirs
        }
    for place in world.places:
        lines = () if place.key[0] == "record" and world.records[place.key[1]].withdrawn else place.credits
        assert lines_at(credits, place.key) == lines
    for holders in credits.holders.values():
        assert list(holders) == sorted(set(holders), key=lambda who: (PEOPLE[who].sort, who))


@given(worlds(), st.randoms())
@settings(max_examples=50)
def test_credits_do_not_depend_on_the_order_of_mappings(world: World, chance: random.Random) -> None:
    def shuffled(items: Mapping[str, T]) -> dict[str, T]:
        pairs = list(items.items())
        chance.shuffle(pairs)
        return dict(pairs)

    one = credited(world)
    again = credited(World(world.records, shuffled(world.credits), world.places), shuffled(PEOPLE))
    assert [roll_at(again, place.key) for place in world.places] == [
        roll_at(one, place.key) for place in world.places
    ]
    assert [credits_of(again, who) for who in PEOPLE] == [credits_of(one, who) for who in PEOPLE]
    assert again.holders == one.holders


# --- large and strange shapes ---


@pytest.mark.parametrize(
    ("graph", "steps"),
    [(chain(10_000), 9_999), (star(18_000), 1), (ladder(60), 59), (lattice(60), 118)],
    ids=["chain", "star", "ladder", "lattice"],
)
@pytest.mark.parametrize("everybody", [True, False])
def test_shapes_end_and_reach_the_first_author(
    graph: dict[str, list[str]], steps: int, everybody: bool
) -> None:
    records = {
        id_: Record(
            id=id_,
            place=Place("r.csv"),
            sources=tuple(SourceLine(record=source, index=at) for at, source in enumerate(sources)),
        )
        for id_, sources in graph.items()
    }
    found = lineage(records)
    first = min(graph)
    last = max(graph, key=lambda id_: (standing(found, id_).generation, id_))
    people = {id_: Person(id_, id_, id_) for id_ in graph}
    authors = graph if everybody else [first]
    credits = {id_: (CreditLine("author", id_),) for id_ in authors}
    shown = [
        Shown(("segment", "e/one"), (), (Use(last),)),
        Shown(("segment", "e/two"), (), tuple(Use(id_) for id_ in sorted(graph))),
    ]
    got = credit_all(shown, credits, people, found)
    one = on_screen(got, first)[0]
    assert (one.reason, len(path(got, one))) == ("source", steps + 1)
    for each in [one, *roll_at(got, shown[0].key)[:: max(1, len(graph) // 40)]]:
        way = path(got, each)
        if len(way) > 12:
            assert ends(got, each) == ((*way[:5], *way[-5:]), len(way) - 10)
        else:
            assert ends(got, each) == (way, 0)
        assert each.reason != "source" or each.used == way[-1]
    assert {c.who for c in roll_at(got, shown[1].key) if c.reason == "used"} == set(authors)
