"""Credit rolls: from credits of a place to what a page shows, grouped by role."""

from collections.abc import Sequence

from byline import credits as crediting
from byline.pages import elements as el
from byline.pages.cards import tree_href
from byline.pages.here import Here
from byline.pages.media_views import moments_of
from byline.permalinks import permalink
from byline.values import Credit, Key


def roll(here: Here, credits: Sequence[Credit], own: Key) -> el.Roll:
    """The roll of a place: its own credits and, for an episode, those of its segments.

    `own` is the place of the page: its credits need no place beside them.
    """
    roles: dict[tuple[str, str], dict[str, list[Credit]]] = {}
    for credit in credits:
        roles.setdefault((credit.reason, credit.role), {}).setdefault(credit.who, []).append(credit)
    found: dict[str, list[el.RollRole]] = {"named": [], "used": [], "source": []}
    for (reason, role), people in roles.items():
        found[reason].append(_role(here, role, people, reason, own))
    named, used, sources = map(tuple, found.values())
    return el.Roll(named, used, sources, people=len({credit.who for credit in credits}))


def _role(here: Here, role: str, people: dict[str, list[Credit]], reason: str, own: Key) -> el.RollRole:
    known = here.archive.vocabulary.roles.get(role)
    label = role
    if known:
        label = here.say(known.heading(len(people) > 1))
    href = here.href(permalink(("role", role))) if role in here.archive.credits.holders else None
    entries: list[el.RollEntry] = []
    withdrawn = 0
    for who, credits in people.items():
        if here.person(who).withdrawn:
            withdrawn += 1
        else:
            entries.append(_entry(here, who, credits, f"{reason}-{role}-{who}", own))
    if withdrawn:
        entries.append(el.RollEntry(el.Person("", withdrawn=withdrawn)))
    return el.RollRole(label, href, tuple(entries))


def _entry(here: Here, who: str, credits: Sequence[Credit], anchor: str, own: Key) -> el.RollEntry:
    if len(credits) == 1:  # most are
        names, parts, notes = credits[0].names, credits[0].parts, credits[0].notes
    else:
        names = crediting.united([credit.names for credit in credits])
        parts = crediting.united([credit.parts for credit in credits])
        notes = crediting.united([credit.notes for credit in credits])
    return el.RollEntry(
        person=here.person(who),
        printed=names,
        parts=parts,
        notes=notes,
        where=tuple([where for credit in credits if (where := _where(here, credit, own))]),
        id="" if who[0] == "~" else f"credit-{anchor}",
    )


def _where(here: Here, credit: Credit, own: Key) -> el.Where | None:
    """Where somebody is credited and how; None where that is nothing but the page's own work."""
    if credit.place == own and not (credit.at or credit.records):  # most are
        return None
    return el.Where(
        reason=credit.reason,
        place=here.link(credit.place) if credit.place != own else None,
        moments=moments_of(here, credit.place, credit.at) if credit.at else (),
        records=tuple([here.link(("record", id_)) for id_ in credit.records]) if credit.records else (),
        path=path(here, credit) if credit.reason == "source" else (),
    )


def path(here: Here, credit: Credit) -> tuple[el.Step, ...]:
    """The records from somebody's own to the one on the screen (docs/explanation/credits.md)."""
    ids, skipped = crediting.ends(here.archive.credits, credit)
    steps = [step(here, id_) for id_ in ids]
    if skipped:
        more = here.frame.count("+%(num)s more", "+%(num)s more", skipped)
        steps.insert(crediting.SHOWN, el.Step(el.Link(more, tree_href(here, ids[0]) or None), ""))
    return tuple(steps)


def step(here: Here, identity: str) -> el.Step:
    """A record as a step of a path; many paths lead through the same records."""
    known: el.Step | None = here.kept(("step", identity))
    return known or here.keep(("step", identity), _step(here, identity))


def _step(here: Here, identity: str) -> el.Step:
    record = here.archive.library.records[identity]
    if record.withdrawn:
        return el.Step(here.link(("record", identity)), here.say(here.kind_of(record).label))
    people, more = here.people(here.archive.record_credits[identity], 2)
    return el.Step(here.link(("record", identity)), here.say(here.kind_of(record).label), people, more)


def role_name(here: Here, role: str) -> str:
    """What one person is called who had a role."""
    known = here.archive.vocabulary.roles.get(role)
    return here.say(known.person) if known else role
