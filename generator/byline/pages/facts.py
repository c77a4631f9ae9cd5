"""The facts of a credit page for programs: `credits.json`, whole, never cut into pages.

The types are the file's documented schema: what is encoded and what is published under `schema/` come from
the same fields. Addresses are absolute, dates ISO 8601, whole or partial. No withdrawn person has a name,
an id or a link here.
"""

from typing import Any, Literal

import msgspec

from byline import credits as crediting
from byline.pages.bodies import body_of, html_of
from byline.pages.contributors import groups, items, suggested
from byline.pages.frame import absolute
from byline.pages.here import Here
from byline.pages.media_views import cover_of
from byline.pages.rolls import role_name
from byline.permalinks import permalink
from byline.times import timecode
from byline.values import Credit, Document, Key

SCHEMA = "schema/credits.json"


class Named(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A document by its id, title and address; without a page of its own there is no address."""

    id: str
    title: str
    url: str = ""


class ArchiveFacts(msgspec.Struct, frozen=True, gc=False):
    """The archive that the file belongs to."""

    title: str
    url: str


class PlaceFacts(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """Where a credit is: an episode, a segment (`episode-id/segment-id`) or a record."""

    kind: str
    id: str
    title: str
    url: str = ""


class RoleFacts(msgspec.Struct, frozen=True, gc=False):
    """A role: its id in the vocabulary, and what one person is called who had it."""

    id: str
    label: str


class TimeFacts(msgspec.Struct, frozen=True, gc=False):
    """A moment of the place's medium, in milliseconds and as people read it."""

    ms: int
    text: str


class PersonFacts(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """Somebody who is credited: without a page by name only; of a withdrawn one nothing but that."""

    id: str = ""
    name: str = ""
    url: str = ""
    withdrawn: bool = False


class CreditFacts(msgspec.Struct, frozen=True, gc=False, omit_defaults=True, rename={"parts": "as"}):
    """One credit: at one place, for one reason, in one role.

    `reason`: "named" by the place itself; "used", because a record that they are named on is shown there;
    "source", because such a record led to one that is shown. `path` then leads from theirs to that one;
    `skipped` counts the records that are left out in the middle of a very long one.
    `as` are parts or characters, `credited_as` printed names where they differ, `date` that of the place.
    """

    place: PlaceFacts
    reason: Literal["named", "used", "source"]
    role: RoleFacts
    episode: Named | None = None
    season: Named | None = None
    date: str = ""
    parts: tuple[str, ...] = ()
    credited_as: tuple[str, ...] = ()
    at: tuple[TimeFacts, ...] = ()
    notes: tuple[str, ...] = ()
    records: tuple[Named, ...] = ()
    path: tuple[Named, ...] = ()
    skipped: int = 0
    through: tuple[PersonFacts, ...] = ()


class RecordFacts(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A record: `kind` is the id of its kind, `license` an SPDX id or the licence's title."""

    id: str
    title: str
    kind: str
    url: str = ""
    date: str = ""
    license: str = ""


class LinkFacts(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A link of a contributor; `me`: the page there links back."""

    url: str
    label: str = ""
    me: bool = False


class CorrectionFacts(msgspec.Struct, frozen=True, gc=False):
    """What was put right since publication."""

    on: str
    note: str


class Counts(msgspec.Struct, frozen=True, gc=False):
    """How many there are of what is listed: credits on screen and their episodes, records, remixes."""

    on_screen: int
    episodes: int
    records: int
    remixes: int


class CreditsFile(msgspec.Struct, frozen=True, gc=False, omit_defaults=True, rename={"schema": "$schema"}):
    """All credits of one contributor, in the order of the credit page, those at own records last.

    `records` are those that they are named on, `remixes` what others made from them directly. `body` is the
    biography as HTML, `avatar` the address of a picture, `topics` are those that they suggested.
    """

    schema: str
    id: str
    name: str
    url: str
    kind: str
    archive: ArchiveFacts
    counts: Counts
    also_credited_as: tuple[str, ...] = ()
    language: str = ""
    pronouns: str = ""
    summary: str = ""
    body: str = ""
    avatar: str = ""
    links: tuple[LinkFacts, ...] = ()
    identifiers: dict[str, str] = {}
    in_memoriam: str = ""
    members: tuple[PersonFacts, ...] = ()
    groups: tuple[PersonFacts, ...] = ()
    topics: tuple[Named, ...] = ()
    corrections: tuple[CorrectionFacts, ...] = ()
    credits: tuple[CreditFacts, ...] = ()
    records: tuple[RecordFacts, ...] = ()
    remixes: tuple[RecordFacts, ...] = ()


def schema_of(kind: type) -> dict[str, Any]:
    """The JSON Schema of a type of file (draft 2020-12)."""
    (reference,), components = msgspec.json.schema_components([kind], ref_template="#/$defs/{name}")
    for described in components.values():
        described["description"] = " ".join(described["description"].split())
    found = components.pop(reference["$ref"].rpartition("/")[2])
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **found, "$defs": components}


def schema_file(kind: type) -> bytes:
    """The JSON Schema of a type of file, as it is published."""
    return msgspec.json.format(msgspec.json.encode(schema_of(kind)), indent=2) + b"\n"


def credits_file(here: Here, key: str) -> CreditsFile:
    """Everything that is told of a contributor, in a file that opens the biography."""
    archive, afar = here.archive, here.afar()
    listed = here.once("credit page", key, lambda: items(archive, key))
    on_screen = [credit for kind, item in listed if kind == "credit" for credit in item[2]]
    episodes = {item[0] for kind, item in listed if kind == "credit"}
    records = tuple(_record(here, item) for kind, item in listed if kind == "record")
    remixes = tuple(_record(here, item) for kind, item in listed if kind == "remix")
    contributor = archive.library.contributors[key]
    settings = archive.settings.archive
    return CreditsFile(
        schema=absolute(here, SCHEMA),
        id=key,
        name=contributor.name,
        url=absolute(here, permalink(("contributor", key))),
        kind=contributor.kind,
        archive=ArchiveFacts(settings.title, settings.base_url),
        counts=Counts(len(on_screen), len(episodes), len(records), len(remixes)),
        also_credited_as=contributor.also_credited_as,
        language=contributor.language or settings.language,
        pronouns=contributor.pronouns,
        summary=contributor.summary,
        body=html_of(afar, body_of(afar, contributor, contributor.body)),
        avatar=avatar.src if (avatar := cover_of(afar, contributor)) else "",
        links=tuple(LinkFacts(one.url, one.label, one.me) for one in contributor.links),
        identifiers=contributor.identifiers,
        in_memoriam=contributor.in_memoriam,
        members=tuple(person_facts(here, one) for one in archive.people[key].members),
        groups=tuple(person_facts(here, one) for one in groups(archive, key)),
        topics=tuple(named(here, ("topic", one)) for one in suggested(here, key)),
        corrections=corrections_of(contributor),
        credits=tuple(
            _credit(here, credit) for credit in (*on_screen, *crediting.at_records(archive.credits, key))
        ),
        records=records,
        remixes=remixes,
    )


def corrections_of(document: Document) -> tuple[CorrectionFacts, ...]:
    """What was put right, as written."""
    return tuple(CorrectionFacts(one.on, one.note) for one in document.corrections)


def place_date(here: Here, place: Key) -> str:
    """A credit is dated by its place: when it was released, else its date, else `publish`."""
    kind, identity = place
    if kind == "segment":
        segment = here.archive.library.segments[identity]
        return place_date(here, ("episode", segment.episode)) or segment.publish
    document = here.document(place)
    found = getattr(document, "released", "") or getattr(document, "date", "")
    return str(found or (document.publish if document else ""))


def page_url(here: Here, key: Key) -> str:
    """The address of a document's page; "" where it has none."""
    return absolute(here, permalink(key)) if here.page_href(key) is not None else ""


def named(here: Here, key: Key) -> Named:
    """A document by id, title and address."""
    return Named(key[1], here.title(key), page_url(here, key))


def _credit(here: Here, credit: Credit) -> CreditFacts:
    archive = here.archive
    kind, identity = credit.place
    episode = season = None
    if kind != "record":
        of = identity.partition("/")[0]
        episode = named(here, ("episode", of))
        name = archive.library.episodes[of].season
        season = named(here, ("season", name)) if name in archive.library.seasons else None
    return CreditFacts(
        place=PlaceFacts(kind, identity, here.title(credit.place), page_url(here, credit.place)),
        reason=credit.reason,
        role=RoleFacts(credit.role, role_name(here, credit.role)),
        episode=episode,
        season=season,
        date=place_date(here, credit.place),
        through=tuple(person_facts(here, group) for group in credit.through),
        **particulars(here, credit),
    )


def particulars(here: Here, credit: Credit) -> dict[str, Any]:
    """What is told of a credit beside who has it, where and in which role: by the names of fields."""
    path, skipped = crediting.ends(here.archive.credits, credit)
    return {
        "parts": credit.parts,
        "credited_as": credit.names,
        "at": tuple(map(time_facts, credit.at)),
        "notes": credit.notes,
        "records": tuple(named(here, ("record", id_)) for id_ in credit.records),
        "path": tuple(named(here, ("record", id_)) for id_ in path),
        "skipped": skipped,
    }


def time_facts(ms: int) -> TimeFacts:
    """A moment."""
    return TimeFacts(ms, timecode(ms))


def person_facts(here: Here, key: str) -> PersonFacts:
    """Somebody by a `Person.key`."""
    person = here.archive.people[key]
    if person.state == "withdrawn":
        return PersonFacts(withdrawn=True)
    if person.state == "plain":
        return PersonFacts(name=person.name)
    return PersonFacts(key, person.name, absolute(here, permalink(("contributor", key))))


def _record(here: Here, identity: str) -> RecordFacts:
    record = here.archive.library.records[identity]
    key = ("record", identity)
    license_ = here.license_of(record)
    return RecordFacts(
        identity,
        here.title(key),
        here.kind_of(record).id,
        page_url(here, key),
        record.date,
        license_.text if license_ else "",
    )
