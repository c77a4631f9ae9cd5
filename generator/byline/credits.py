"""Credits: who is credited where, for which of three reasons (semantics.md, Credits).

Pure. Nobody is ever put in order by a count: roles follow the vocabulary, people their names.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Literal

import msgspec

from byline.lineage import Lineage
from byline.values import Credit, CreditLine, Key, Person, Record, Use

Reason = Literal["named", "used", "source"]


class Shown(msgspec.Struct, frozen=True):
    """A place that gives credit, with people and records looked up.

    `credits` name people by `Person.key`; `uses` are the records shown there, tombstones among them, in
    order; `parts` are the segments of an episode, in running order.
    """

    key: Key
    credits: tuple[CreditLine, ...] = ()
    uses: tuple[Use, ...] = ()
    parts: tuple[Key, ...] = ()


class Credits(msgspec.Struct, frozen=True):
    """Every credit, from both sides.

    `at` is the roll of each place: named, used, source; an episode's holds its own only (`roll` adds those
    of its segments). Groups stand in it once, withdrawn people with nothing but reason and role. `of`
    lists the credits of everybody who has a page, place by place as given; those through groups follow
    one's own. `via` leads, at a place, from every record on the way of a source credit to the next one
    towards the screen. Places and people without any are absent.
    """

    at: dict[Key, tuple[Credit, ...]]
    of: dict[str, tuple[Credit, ...]]
    via: dict[Key, dict[str, str]]


class _Entry(msgspec.Struct):
    """One credit while it is gathered; the dictionaries are sets that keep their order."""

    names: dict[str, None] = {}
    parts: dict[str, None] = {}
    at: dict[int, None] = {}
    notes: dict[str, None] = {}
    records: dict[str, None] = {}
    via: str = ""
    used: str = ""
    through: tuple[str, ...] = ()


class _Given(msgspec.Struct, frozen=True, gc=False):
    """One line that gives credit at a place, and why."""

    reason: Reason
    line: CreditLine
    at: int | None
    record: str = ""
    via: str = ""
    used: str = ""


# Credits of a place while they are gathered, by reason, role and `Person.key`.
_Entries = dict[tuple[Reason, str, str], _Entry]
# The record towards the screen and the record shown there, of each record above those that are used.
_Above = dict[str, tuple[str, str]]


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

    `places` are in canonical order, without withdrawn ones; `records` hold tombstones too, which give no
    credit and let that of the records above them through. `passes` says whether a kind of source passes
    credit on. The cost is one breadth-first search over the ancestors of what each place uses.
    """
    order = _order(people, role_order)
    sources: dict[str, list[str]] = {}
    members: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {}
    at: dict[Key, tuple[Credit, ...]] = {}
    of: dict[str, list[Credit]] = {}
    via: dict[Key, dict[str, str]] = {}

    def made_from(record: str) -> list[str]:
        if record not in sources:
            edges = lineage.sources.get(record, ())
            sources[record] = sorted(edge.source for edge in edges if passes(edge.line.kind))
        return sources[record]

    def names_of(record: str) -> tuple[CreditLine, ...]:
        return () if records[record].withdrawn else record_credits.get(record, ())

    for place in places:
        if (plain := _plain(place, people)) is not None:
            if plain:
                at[place.key] = plain
            for one in plain:
                if people[one.who].state == "public":
                    of.setdefault(one.who, []).append(one)
            continue
        above = _above(place.uses, made_from)
        own: _Entries = {}
        through: _Entries = {}
        for given in _given(place, above, names_of):
            who = given.line.who
            _add(own, given, who, people[who], ())
            if who not in members:
                members[who] = tuple(_members(who, people))
            for member, groups in members[who]:
                _add(through, given, member, people[member], groups)
        if not own:
            continue
        rolled = _credits(place.key, own, order)
        at[place.key] = rolled
        listed = {key: entry for key, entry in through.items() if key not in own}
        for one in (*rolled, *_credits(place.key, listed, order)):
            if people[one.who].state == "public":
                of.setdefault(one.who, []).append(one)
        if ways := _ways(rolled, above):
            via[place.key] = ways
    return Credits(at, {who: tuple(theirs) for who, theirs in of.items()}, via)


def roll(
    credits: Credits, places: Iterable[Key], people: Mapping[str, Person], role_order: Sequence[str]
) -> tuple[Credit, ...]:
    """The credits of several places in one order, each saying where: an episode, then its segments."""
    together = [one for place in places for one in credits.at.get(place, ())]
    return tuple(sorted(together, key=_order(people, role_order)))


def path(credits: Credits, credit: Credit) -> tuple[str, ...]:
    """The records from the one that earned a source credit to the one that is shown, both included.

    () for credits of other reasons.
    """
    if credit.reason != "source":
        return ()
    towards = credits.via[credit.place]
    chain = [credit.records[0], credit.via]
    while chain[-1] != credit.used:
        chain.append(towards[chain[-1]])
    return tuple(chain)


def _plain(place: Shown, people: Mapping[str, Person]) -> tuple[Credit, ...] | None:
    """The credits of a place with bare lines only; None where there is more to it than lines as they stand.

    Most places are records with a line or two: this makes crediting them four times as fast.
    """
    if place.uses:
        return None
    for line in place.credits:
        if line.credited_as or line.part or line.note or line.at is not None or people[line.who].members:
            return None
    if len({(line.role, line.who) for line in place.credits}) < len(place.credits):
        return None
    return tuple(Credit(place.key, "named", line.role, line.who) for line in place.credits)


def _order(
    people: Mapping[str, Person], role_order: Sequence[str]
) -> Callable[[Credit], tuple[int, int, str, str, str]]:
    """The key that sorts credits, which come in order of appearance.

    Named ones stay as written. The others go by role (those outside the vocabulary last, by id); people
    within one stay as they were written with what is shown, those of sources go by sort name and key.
    """
    ranks = {role: rank for rank, role in enumerate(role_order)}

    def key(one: Credit) -> tuple[int, int, str, str, str]:
        if one.reason == "named":
            return (0, 0, "", "", "")
        rank = ranks.get(one.role, len(ranks))
        if one.reason == "used":
            return (1, rank, one.role, "", "")
        return (2, rank, one.role, people[one.who].sort, one.who)

    return key


def _above(uses: Sequence[Use], made_from: Callable[[str], list[str]]) -> _Above:
    """All ancestors of the records used, nearest first, then by the ids from the used record on.

    Breadth-first from all used records at once, smaller ids first, reaches each record by its shortest,
    then smallest chain. What is used may be a source of something else that is used: it is found as such.
    """
    found: _Above = {}
    queue = [(record, record) for record in sorted({use.record for use in uses})]
    for record, used in queue:
        for source in made_from(record):
            if source not in found:
                found[source] = (record, used)
                queue.append((source, used))
    return found


def _given(
    place: Shown, above: _Above, names_of: Callable[[str], tuple[CreditLine, ...]]
) -> Iterator[_Given]:
    """All lines that give credit at a place: its own, those of what it uses, those of the ancestors."""
    for line in place.credits:
        yield _Given("named", line, line.at)
    for use in place.uses:
        for line in names_of(use.record):
            yield _Given("used", line, use.at, use.record)
    for record, (via, used) in above.items():
        for line in names_of(record):
            yield _Given("source", line, None, record, via, used)


def _add(entries: _Entries, given: _Given, who: str, person: Person, through: tuple[str, ...]) -> None:
    """Put a line to the entry of its reason, role and person; a source credit keeps the nearest record."""
    line = given.line
    entry = entries.get((given.reason, line.role, who))
    if entry is None:
        entry = _Entry(via=given.via, used=given.used, through=through)
        entries[given.reason, line.role, who] = entry
    elif given.reason == "source" and given.record not in entry.records:
        return
    if given.record:
        entry.records[given.record] = None
    if person.state == "withdrawn":
        return
    if line.credited_as and line.credited_as != person.name and not through:
        entry.names[line.credited_as] = None
    if line.part:
        entry.parts[line.part] = None
    if given.at is not None:
        entry.at[given.at] = None
    if line.note:
        entry.notes[line.note] = None


def _credits(
    place: Key, entries: _Entries, order: Callable[[Credit], tuple[int, int, str, str, str]]
) -> tuple[Credit, ...]:
    made = [
        Credit(
            place,
            reason,
            role,
            who,
            tuple(entry.names),
            tuple(entry.parts),
            tuple(entry.at),
            tuple(entry.notes),
            tuple(entry.records),
            entry.via,
            entry.used,
            entry.through,
        )
        for (reason, role, who), entry in entries.items()
    ]
    return tuple(sorted(made, key=order))


def _members(group: str, people: Mapping[str, Person]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Everybody in a group, at any distance, with the groups that lead there, outermost first.

    Only what is public passes its credit on, and takes some. Ends even where groups hold each other.
    """
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


def _ways(rolled: Iterable[Credit], above: _Above) -> dict[str, str]:
    """The steps towards the screen of the records on the way of any source credit of a place."""
    ways: dict[str, str] = {}
    for one in rolled:
        if one.reason != "source":
            continue
        record = one.records[0]
        while record not in ways and record != one.used:
            ways[record] = above[record][0]
            record = ways[record]
    return ways
