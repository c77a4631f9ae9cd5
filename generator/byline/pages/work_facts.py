"""The facts of a record, episode or segment for programs: `index.json` beside its page, never cut.

The types are the file's schema, as in `facts`. Of withdrawn people nothing is told but that there is one;
a withdrawn work keeps its place in the lineage and says no more of itself than its page.
"""

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any, Literal

import msgspec

from byline.archive import Archive, episode_roll, roll_at
from byline.pages import elements as el
from byline.pages.bodies import body_of, html_of
from byline.pages.facts import (
    CorrectionFacts,
    Named,
    PersonFacts,
    RoleFacts,
    TimeFacts,
    corrections_of,
    named,
    particulars,
    person_facts,
    schema_file,
    time_facts,
)
from byline.pages.frame import absolute
from byline.pages.here import Here
from byline.pages.kind import PageKind
from byline.pages.media_facts import LicenseFacts, MediaFacts, license_facts, media_facts
from byline.pages.media_views import cover_of, file_link
from byline.pages.related_facts import RelatedFacts, lineage_facts, related_facts
from byline.pages.rolls import role_name
from byline.permalinks import permalink
from byline.values import Credit, Document, Episode, Key, Output, Record, Segment

SCHEMA = "schema/work.json"


class GoneFacts(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """What is said of a withdrawal: when it was, by whom, and why."""

    on: str = ""
    by: str = ""
    note: str = ""


class ChapterFacts(msgspec.Struct, frozen=True, gc=False):
    """A named moment of an episode."""

    title: str
    at: TimeFacts


class SegmentFacts(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A segment of an episode; its own file tells the rest. `starts` and `ends` are milliseconds. A withdrawn
    one keeps its place."""

    id: str
    title: str
    url: str
    kind: str = ""
    starts: int | None = None
    ends: int | None = None
    withdrawn: bool = False


class EntryFacts(msgspec.Struct, frozen=True, gc=False, omit_defaults=True, rename={"parts": "as"}):
    """One credit of the roll; `segment` where it is one of an episode's. Reasons as in credits.json."""

    person: PersonFacts
    reason: Literal["named", "used", "source"]
    role: RoleFacts
    segment: Named | None = None
    parts: tuple[str, ...] = ()
    credited_as: tuple[str, ...] = ()
    at: tuple[TimeFacts, ...] = ()
    notes: tuple[str, ...] = ()
    records: tuple[Named, ...] = ()
    path: tuple[Named, ...] = ()
    skipped: int = 0


class WorkFile(msgspec.Struct, frozen=True, gc=False, omit_defaults=True, rename={"schema": "$schema"}):
    """A record, an episode or a segment (`type`). What does not apply to it is absent.

    `body` is HTML, and so is `call`, the invitation, of an episode: of a record it is the episode whose call
    it answers. `answers` counts those of an episode that are here, `submissions` those that came in.
    `starts`, `ends` and `runtime` are milliseconds. `uses` are the records shown, `sources` what a record
    was made from, `derived` what was made from it, `seen_in` where it was shown; `before` and `after`
    count its whole lineage. `first_published` is where a record was published before, `hearts` how many it
    had on a day. `poster` and `transcript` are addresses. `withdrawn` is true, or tells what is known of it.
    """

    schema: str
    type: Literal["record", "episode", "segment"]
    id: str
    title: str
    url: str
    withdrawn: bool | GoneFacts = False
    kind: str = ""
    language: str = ""
    summary: str = ""
    body: str = ""
    date: str = ""
    number: str = ""
    runtime: int | None = None
    starts: int | None = None
    ends: int | None = None
    episode: Named | None = None
    season: Named | None = None
    topic: Named | None = None
    call: Named | str | None = None
    submissions: int | None = None
    answers: int = 0
    tags: tuple[str, ...] = ()
    license: LicenseFacts | None = None
    first_published: str = ""
    hearts: int | None = None
    hearts_on: str = ""
    media: tuple[MediaFacts, ...] = ()
    poster: str = ""
    transcript: str = ""
    chapters: tuple[ChapterFacts, ...] = ()
    segments: tuple[SegmentFacts, ...] = ()
    uses: tuple[RelatedFacts, ...] = ()
    credits: tuple[EntryFacts, ...] = ()
    sources: tuple[RelatedFacts, ...] = ()
    derived: tuple[RelatedFacts, ...] = ()
    before: int = 0
    after: int = 0
    seen_in: tuple[Named, ...] = ()
    corrections: tuple[CorrectionFacts, ...] = ()


def work_file(here: Here, key: Key) -> WorkFile:
    """Everything that is told of a record, an episode or a segment, in a file that opens its body."""
    document = here.document(key)
    assert isinstance(document, Record | Episode | Segment)
    kind = here.kind_of(document).id if not isinstance(document, Episode) else ""
    common: dict[str, Any] = {
        "schema": absolute(here, SCHEMA),
        "type": key[0],
        "id": key[1],
        "title": here.title(key),
        "url": absolute(here, permalink(key)),
        "kind": kind,
    }
    if isinstance(document, Record):
        common |= {**lineage_facts(here, key[1]), **_around(here, document)}
    if gone := document.withdrawn:
        said = GoneFacts(gone.on, gone.by, gone.note)
        return WorkFile(**common, withdrawn=True if said == GoneFacts() else said)
    archive, afar = here.archive, here.afar()
    roll = episode_roll(archive, key[1]) if key[0] == "episode" else roll_at(archive, key)
    common |= {
        "language": document.language or archive.settings.archive.language,
        "summary": document.summary,
        "body": html_of(afar, body_of(afar, document, document.body)),
        "license": license_facts(here.license_of(document), here.license_texts(document)),
        "media": media_facts(afar, document),
        "poster": _poster(afar, document),
        "corrections": corrections_of(document),
        "credits": tuple(_entry(here, credit, key) for credit in roll),
        "uses": tuple(
            related_facts(here, use.record, "", use.part, use.at) for use in archive.uses.get(key, ())
        ),
    }
    own = _record if isinstance(document, Record) else _episode if isinstance(document, Episode) else _segment
    return WorkFile(**common, **own(here, key[1]))


def _around(here: Here, record: Record) -> dict[str, Any]:
    """The call that a record answered, and where it was shown: its page says so of a withdrawn one, too."""
    answered = record.call in here.archive.library.episodes
    seen = dict.fromkeys(place for place, _ in here.archive.used_in.get(record.id, ()))
    return {
        "call": named(here, ("episode", record.call)) if answered else None,
        "seen_in": tuple(named(here, place) for place in seen),
    }


def _record(here: Here, identity: str) -> dict[str, Any]:
    record = here.archive.library.records[identity]
    return {
        "date": record.date,
        "tags": record.tags,
        "first_published": record.url,
        "hearts": record.hearts if record.hearts_on else None,
        "hearts_on": record.hearts_on if record.hearts is not None else "",
    }


def _episode(here: Here, identity: str) -> dict[str, Any]:
    archive, library, afar = here.archive, here.archive.library, here.afar()
    episode = library.episodes[identity]
    topic = archive.episode_topic.get(identity)
    return {
        "date": episode.released,
        "number": episode.number,
        "runtime": episode.runtime,
        "season": named(here, ("season", episode.season)) if episode.season in library.seasons else None,
        "topic": named(here, ("topic", topic)) if topic else None,
        "call": html_of(afar, body_of(afar, episode, episode.call)) or None,
        "submissions": episode.submissions,
        "answers": len(archive.calls.get(identity, ())),
        "transcript": script.href or "" if (script := file_link(afar, episode.transcript)) else "",
        "chapters": tuple(ChapterFacts(one.title, time_facts(one.at)) for one in episode.chapters),
        "segments": tuple(_part(here, part) for part in archive.episode_segments.get(identity, ())),
    }


def _segment(here: Here, identity: str) -> dict[str, Any]:
    segment = here.archive.library.segments[identity]
    return {
        "starts": segment.starts,
        "ends": segment.ends,
        "episode": named(here, ("episode", segment.episode)),
    }


def _part(here: Here, key: str) -> SegmentFacts:
    segment = here.archive.library.segments[key]
    whole = named(here, ("segment", key))
    return SegmentFacts(
        key,
        whole.title,
        whole.url,
        here.kind_of(segment).id,
        segment.starts,
        segment.ends,
        segment.withdrawn is not None,
    )


def _poster(afar: Here, document: Document) -> str:
    picture = cover_of(afar, document) if getattr(document, "poster", ()) else None
    return picture.src if picture else ""


def _entry(here: Here, credit: Credit, own: Key) -> EntryFacts:
    person = person_facts(here, credit.who)
    role = RoleFacts(credit.role, role_name(here, credit.role))
    segment = named(here, credit.place) if credit.place != own else None
    if person.withdrawn:
        return EntryFacts(person, credit.reason, role, segment)
    return EntryFacts(person, credit.reason, role, segment, **particulars(here, credit))


def alternates(here: Here, key: Key) -> tuple[el.Alternate, ...]:
    """The link to `index.json` in the head of a work's page."""
    if here.archive.settings.pages.json == "none":
        return ()
    href = here.href(permalink(key) + "index.json")
    return (el.Alternate(href, "application/json", "JSON"),)


def _plan(kind: str, archive: Archive, ids: Iterable[str]) -> Iterator[Output]:
    if archive.settings.pages.json == "none":
        return
    for id_ in ids:
        if kind != "record" or id_ in archive.paged:
            yield Output(permalink((kind, id_)) + "index.json", f"{kind}-json", id_)


def _plan_schema(archive: Archive) -> Iterator[Output]:
    if archive.settings.pages.json != "none":
        yield Output(SCHEMA, "work-schema")


def _data(kind: str, here: Here) -> bytes:
    return msgspec.json.encode(work_file(here, (kind, here.output.id))) + b"\n"


KINDS = (
    *(
        PageKind(f"{kind}-json", each={kind: partial(_plan, kind)}, data=partial(_data, kind), opens=kind)
        for kind in ("record", "episode", "segment")
    ),
    PageKind("work-schema", _plan_schema, data=lambda _here: schema_file(WorkFile)),
)
