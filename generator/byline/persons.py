"""Everybody who can be credited: contributors, groups with their members, and names without a page.

Pure.
"""

from collections.abc import Mapping

from byline import text as words
from byline.alphabet import name_key
from byline.identify import Library
from byline.problems import Place, Problem
from byline.values import Person, field_place

NEW_CONTRIBUTOR = "write contributors/ID.md, or a row in the contributors ledger"


def everybody(library: Library) -> tuple[dict[str, Person], list[Problem]]:
    """Everybody by id; and what is wrong with members and former ids."""
    contributors = library.contributors
    people = {
        id_: _withdrawn(id_) if name is None else Person(id_, name, name_key(name), "plain")
        for id_, name in library.names.items()
    }
    problems: list[Problem] = []
    for id_, contributor in contributors.items():
        if contributor.withdrawn:
            people[id_] = _withdrawn(id_)
            continue
        sort = name_key(contributor.sort_name or contributor.name)
        members = []
        for at, member in enumerate(contributor.members):
            place = field_place(contributor, "members", at)
            if member in contributors or member in library.names:
                members.append(member)
            elif now := id_today(library, member, place, problems):
                members.append(now)
            else:
                hint = words.did_you_mean(words.nearest_id(member, contributors)) or NEW_CONTRIBUTOR
                message = f'no contributor "{member}"'
                problems.append(Problem("unknown-contributor", message, place, hint, unknown=member))
        each_once = tuple(dict.fromkeys(members))
        people[id_] = Person(id_, contributor.name, sort, "public", contributor.kind, each_once)
        for at, former in enumerate(contributor.former_ids):
            if former in contributors or library.former[words.digest(former)] != id_:
                place = field_place(contributor, "former_ids", at)
                whose = "of today" if former == id_ else "of somebody else"
                message = f'"{former}" is the id {whose}'
                problems.append(Problem("duplicate-id", message, place, "leave it out"))
    problems += _cycles(library, people)
    return people, problems


def id_today(library: Library, who: str, place: Place, problems: list[Problem]) -> str:
    """The id of today of somebody who is named at a place by a former one, of which is told; else ""."""
    now = library.former.get(words.digest(who), "")
    if now:
        problems.append(Problem("former-id", f'"{who}" is a former id', place, f'write "{now}"', "warning"))
    return now


def _withdrawn(id_: str) -> Person:
    return Person(id_, "", "\U0010ffff", "withdrawn")


def _cycles(library: Library, people: Mapping[str, Person]) -> list[Problem]:
    """A group that is its own member, at any distance, is an error."""
    problems: list[Problem] = []
    state: dict[str, int] = {}
    for start in people:
        stack = [(start, iter(people[start].members))] if start not in state else []
        state.setdefault(start, 1)
        while stack:
            key, members = stack[-1]
            member = next(members, None)
            if member is None:
                state[key] = 2
                stack.pop()
            elif state.get(member) == 1:
                message = f'"{key}" and "{member}" are members of each other'
                message = message if key != member else f'"{key}" is a member of itself'
                place = field_place(library.contributors[key], "members")
                problems.append(Problem("group-cycle", message, place, "a group cannot be part of itself"))
                stack[-1] = (key, iter(()))
            elif member not in state:
                state[member] = 1
                stack.append((member, iter(people[member].members)))
    return problems
