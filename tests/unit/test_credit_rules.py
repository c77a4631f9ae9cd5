"""What the archive promises its people, one example for each promise."""

from collections.abc import Sequence

import pytest

from byline.crediting import credit
from byline.credits import Credits, Shown, on_screen, path, roll, roll_at
from byline.numbering import numbered, numbering
from byline.problems import Place
from byline.tracing import trace
from byline.values import Credit, CreditLine, Key, Person, Record, SourceLine, Use, Withdrawn
from byline.vocabulary import builtin

EPISODE: Key = ("episode", "the-dark")
STORM: Key = ("segment", "the-dark/storm")
ROLES = ["idea", "director", "artist", "animator", "unlisted"]
PEOPLE = {key: Person(key, key.title(), key) for key in ("annie", "ben", "chloe", "dan", "zoe")} | {
    "hidden": Person("hidden", "", "\U0010ffff", "withdrawn")
}


def record(id_: str, *sources: SourceLine | str, withdrawn: bool = False) -> Record:
    lines = tuple(
        SourceLine(record=source, index=at) if isinstance(source, str) else source
        for at, source in enumerate(sources)
    )
    gone = Withdrawn() if withdrawn else None
    return Record(id=id_, place=Place("records.csv"), sources=lines, withdrawn=gone)


def by(role: str, *who: str) -> tuple[CreditLine, ...]:
    return tuple(CreditLine(role, one) for one in who)


def credited(
    records: Sequence[Record],
    credits: dict[str, tuple[CreditLine, ...]],
    *places: Shown,
    people: dict[str, Person] = PEOPLE,
) -> Credits:
    by_id = {one.id: one for one in records}
    graph, _ = trace(by_id, hidden=(), kinds=builtin().source_kinds, missing="error", cycles="error")
    numbers = numbering(people, ROLES)
    given = numbered(numbers, [credits.get(id_, ()) for id_ in by_id])
    return credit(places, credits, given, numbers, people, graph, {"inspiration"})


def said(rolled: Sequence[Credit]) -> list[tuple[str, str, str]]:
    return [(one.reason, one.role, one.who) for one in rolled]


def test_whose_idea_was_drawn_animated_and_aired_is_in_the_credits() -> None:
    records = [record("idea"), record("drawing", "idea"), record("animation", "drawing")]
    names = {
        "idea": by("idea", "annie"),
        "drawing": by("artist", "ben"),
        "animation": by("animator", "chloe"),
    }
    place = Shown(STORM, by("director", "dan"), (Use("animation", at=80_000),))
    got = credited(records, names, place)
    assert said(roll_at(got, STORM)) == [
        ("named", "director", "dan"),
        ("used", "animator", "chloe"),
        ("source", "idea", "annie"),
        ("source", "artist", "ben"),
    ]
    assert path(got, on_screen(got, "annie")[0]) == ("idea", "drawing", "animation")
    assert path(got, on_screen(got, "chloe")[0]) == ()
    assert on_screen(got, "chloe")[0].at == (80_000,)


def test_through_a_withdrawn_record_credit_still_flows() -> None:
    records = [record("idea"), record("drawing", "idea", withdrawn=True), record("film", "drawing")]
    names = {"idea": by("idea", "annie"), "drawing": by("artist", "ben"), "film": ()}
    got = credited(records, names, Shown(STORM, (), (Use("film"),)))
    assert said(roll_at(got, STORM)) == [("source", "idea", "annie")]
    assert path(got, roll_at(got, STORM)[0]) == ("idea", "drawing", "film")
    assert "ben" not in got.of


def test_a_withdrawn_record_shown_gives_no_credit_but_those_above_it_keep_theirs() -> None:
    records = [record("idea"), record("film", "idea", withdrawn=True)]
    names = {"idea": by("idea", "annie"), "film": by("director", "ben")}
    got = credited(records, names, Shown(STORM, (), (Use("film"),)))
    assert said(roll_at(got, STORM)) == [("source", "idea", "annie")]


def test_a_kind_of_source_may_pass_no_credit() -> None:
    records = [record("idea"), record("film", SourceLine(record="idea", kind="inspiration"))]
    got = credited(records, {"idea": by("idea", "annie")}, Shown(STORM, (), (Use("film"),)))
    assert (roll_at(got, STORM), got.of) == ((), {})


def test_equally_long_paths_take_the_smallest_ids() -> None:
    records = [
        record("idea"),
        record("b", "idea"),
        record("a", "idea"),
        record("z", "b"),
        record("film", "b", "a"),
    ]
    got = credited(records, {"idea": by("idea", "annie")}, Shown(STORM, (), (Use("z"), Use("film"))))
    (one,) = on_screen(got, "annie")
    assert path(got, one) == ("idea", "a", "film")
    assert (one.records, one.via, one.used) == (("idea",), "a", "film")


def test_what_is_shown_and_is_a_source_of_something_shown_counts_for_both_reasons() -> None:
    records = [record("drawing"), record("film", "drawing")]
    got = credited(records, {"drawing": by("artist", "ben")}, Shown(STORM, (), (Use("drawing"), Use("film"))))
    assert said(roll_at(got, STORM)) == [("used", "artist", "ben"), ("source", "artist", "ben")]


def test_one_entry_for_one_role_keeps_every_detail() -> None:
    lines = (
        CreditLine("artist", "ben", part="the waves", at=1),
        CreditLine("artist", "annie", credited_as="A. Example"),
        CreditLine("artist", "ben", part="the rain", at=2, note="in ink", credited_as="Benny"),
        CreditLine("idea", "ben"),
    )
    got = roll_at(credited([], {}, Shown(STORM, lines)), STORM)
    assert said(got) == [("named", "artist", "ben"), ("named", "artist", "annie"), ("named", "idea", "ben")]
    assert got[0] == Credit(
        STORM, "named", "artist", "ben", ("Benny",), ("the waves", "the rain"), (1, 2), ("in ink",)
    )
    assert got[1].names == ("A. Example",)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (CreditLine("artist", "ben", part="the waves"), (("the waves",), (), (), ())),
        (CreditLine("artist", "ben", at=0), ((), (0,), (), ())),
        (CreditLine("artist", "ben", note="in ink"), ((), (), ("in ink",), ())),
        (CreditLine("artist", "ben", credited_as="Benny"), ((), (), (), ("Benny",))),
    ],
)
def test_a_detail_that_stands_alone_is_kept(
    line: CreditLine, told: tuple[tuple[str | int, ...], ...]
) -> None:
    (one,) = roll_at(credited([], {}, Shown(STORM, (line,))), STORM)
    assert (one.parts, one.at, one.notes, one.names) == told
    (one,) = roll_at(credited([record("film")], {"film": (line,)}, Shown(STORM, (), (Use("film"),))), STORM)
    assert (one.parts, one.notes, one.names) == (told[0], told[2], told[3])


def test_roles_follow_the_vocabulary_and_people_their_names() -> None:
    records = [record("one"), record("two"), record("film", "one", "two")]
    names = {
        "one": by("unlisted", "annie") + by("artist", "zoe"),
        "two": by("artist", "ben") + by("idea", "zoe"),
    }
    place = Shown(STORM, by("artist", "zoe") + by("idea", "annie"), (Use("film"),))
    assert said(roll_at(credited(records, names, place), STORM)) == [
        ("named", "artist", "zoe"),
        ("named", "idea", "annie"),
        ("source", "idea", "zoe"),
        ("source", "artist", "ben"),
        ("source", "artist", "zoe"),
        ("source", "unlisted", "annie"),
    ]


def test_an_episode_is_the_union_of_itself_and_its_segments_each_saying_where() -> None:
    names = {"film": by("director", "chloe")}
    episode = Shown(EPISODE, by("director", "annie"))
    segment = Shown(STORM, by("artist", "annie") + by("director", "annie"), (Use("film"),))
    got = credited([record("film")], names, episode, segment)
    assert said(roll_at(got, EPISODE)) == [("named", "director", "annie")]
    assert [(one.place, one.reason, one.role) for one in roll(got, (EPISODE, STORM))] == [
        (EPISODE, "named", "director"),
        (STORM, "named", "artist"),
        (STORM, "named", "director"),
        (STORM, "used", "director"),
    ]


def test_a_group_stands_once_in_the_roll_and_its_members_on_their_own_pages() -> None:
    people = {
        **PEOPLE,
        "band": Person("band", "The Band", "band", kind="group", members=("annie", "strings", "hidden")),
        "strings": Person("strings", "The Strings", "strings", kind="group", members=("ben", "chloe")),
    }
    lines = (CreditLine("artist", "band", credited_as="Band!"), CreditLine("artist", "ben"))
    got = credited([], {}, Shown(STORM, lines), people=people)
    assert said(roll_at(got, STORM)) == [("named", "artist", "band"), ("named", "artist", "ben")]
    assert {who: [one.through for one in on_screen(got, who)] for who in got.of} == {
        "band": [()],
        "ben": [()],
        "annie": [("band",)],
        "strings": [("band",)],
        "chloe": [("band", "strings")],
    }
    assert on_screen(got, "annie")[0].names == ()


def test_a_member_of_several_groups_has_a_credit_as_part_of_each() -> None:
    people = {
        **PEOPLE,
        "band": Person("band", "The Band", "band", kind="group", members=("annie",)),
        "choir": Person("choir", "The Choir", "choir", kind="group", members=("annie",)),
    }
    both = (*by("artist", "band"), *by("artist", "choir"))
    got = credited([], {}, Shown(STORM, both), people=people)
    assert [one.through for one in on_screen(got, "annie")] == [("band", "choir")]
    records = [record("drawn"), record("sung")]
    lines = {"drawn": by("artist", "band"), "sung": by("artist", "choir")}
    got = credited(records, lines, Shown(STORM, (), (Use("drawn"), Use("sung"))), people=people)
    assert [(one.records, one.through) for one in on_screen(got, "annie")] == [
        (("drawn", "sung"), ("band", "choir"))
    ]


def test_a_withdrawn_contributor_leaves_nothing_but_a_role() -> None:
    line = CreditLine("artist", "hidden", "the moon", "Old Name", 1000, "drawn by Old Name")
    got = credited([], {}, Shown(STORM, (line,)))
    assert roll_at(got, STORM) == (Credit(STORM, "named", "artist", "hidden"),)
    assert got.of == {}


def test_groups_that_hold_each_other_end() -> None:
    people = {
        "x": Person("x", "X", kind="group", members=("y",)),
        "y": Person("y", "Y", kind="group", members=("x",)),
    }
    got = credited([], {}, Shown(STORM, by("artist", "x")), people=people)
    assert {who: [one.through for one in on_screen(got, who)] for who in got.of} == {
        "x": [()],
        "y": [("x",)],
    }


def test_a_group_that_is_gone_passes_nothing_on() -> None:
    people = {**PEOPLE, "band": Person("band", "", "z", "withdrawn", "group", ("annie",))}
    got = credited([], {}, Shown(STORM, by("artist", "band")), people=people)
    assert said(roll_at(got, STORM)) == [("named", "artist", "band")]
    assert got.of == {}
