"""The facts of a record, episode or segment for programs: `index.json` beside its page, never cut.

The types are the file's schema, as in `facts`. Of withdrawn people nothing is told but that there is one;
a withdrawn work keeps its place in the lineage and says no more of itself than its page.
"""

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any, Literal

import msgspec

from byline import lineage
from byline.archive import Archive, episode_roll, roll_at
from byline.pages import elements as el
from byline.pages.facts import (
    Named,
    PersonFacts,
    RoleFacts,
    TimeFacts,
    named,
    page_url,
    particulars,
    person_facts,
    schema_of,
)
from byline.pages.frame import absolute, absolute_href
from byline.pages.here import Here
from byline.pages.kind import PageKind
from byline.pages.media_views import media_of
from byline.pages.rolls import role_name
from byline.permalinks import permalink
from byline.times import timecode
from byline.values import Credit, Document, Episode, Key, Output, Record, Segment

SCHEMA = "schema/work.json"


class LicenseFacts(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A licence: its SPDX id or title, and where its text is."""

    name: str
    url: str = ""


class MediaFacts(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A picture, sound, video or other file; `alt` is absent where nothing was written."""

    kind: str
    url: str
    mime: str = ""
    alt: str | None = None
    caption: str = ""
    credit: str = ""


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


class RelatedFacts(msgspec.Struct, frozen=True, gc=False, omit_defaults=True, rename={"part": "as"}):
    """A record that is shown, is a source, or was made from this one; or a work outside (without id)."""

    title: str
    id: str = ""
    url: str = ""
    kind: str = ""
    part: str = ""
    at: TimeFacts | None = None
    by: str = ""
    license: LicenseFacts | None = None


class WorkFile(msgspec.Struct, frozen=True, gc=False, omit_defaults=True, rename={"schema": "$schema"}):
    """A record, an episode or a segment (`type`). What does not apply to it is absent.

    `starts`, `ends` and `runtime` are milliseconds. `uses` are the records shown, `sources` what a record
    was made from, `derived` what was made from it, `seen_in` where it was shown; `before` and `after`
    count its whole lineage. `answers` counts the records that answered an episode's call.
    """

    schema: str
    type: Literal["record", "episode", "segment"]
    id: str
    title: str
    url: str
    withdrawn: bool = False
    kind: str = ""
    language: str = ""
    summary: str = ""
    date: str = ""
    number: str = ""
    runtime: int | None = None
    starts: int | None = None
    ends: int | None = None
    episode: Named | None = None
    season: Named | None = None
    topic: Named | None = None
    call: Named | None = None
    answers: int = 0
    tags: tuple[str, ...] = ()
    license: LicenseFacts | None = None
    media: tuple[MediaFacts, ...] = ()
    segments: tuple[Named, ...] = ()
    uses: tuple[RelatedFacts, ...] = ()
    credits: tuple[EntryFacts, ...] = ()
    sources: tuple[RelatedFacts, ...] = ()
    derived: tuple[RelatedFacts, ...] = ()
    before: int = 0
    after: int = 0
    seen_in: tuple[Named, ...] = ()


def work_schema() -> dict[str, Any]:
    """The JSON Schema of `index.json` (draft 2020-12)."""
    return schema_of(WorkFile)


def work_file(here: Here, key: Key) -> WorkFile:
    """Everything that is told of a record, an episode or a segment."""
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
    lineage = _lineage(here, key[1]) if isinstance(document, Record) else {}
    if document.withdrawn:
        return WorkFile(**common, **lineage, withdrawn=True)
    archive = here.archive
    roll = episode_roll(archive, key[1]) if key[0] == "episode" else roll_at(archive, key)
    common |= {
        "language": document.language or archive.settings.archive.language,
        "summary": document.summary,
        "license": _license(here.license_of(document)),
        "media": _media(here, document),
        "credits": tuple(_entry(here, credit, key) for credit in roll),
        "uses": tuple(_related(here, use.record, "", use.part, use.at) for use in archive.uses.get(key, ())),
    }
    own = _record if isinstance(document, Record) else _episode if isinstance(document, Episode) else _segment
    return WorkFile(**common, **lineage, **own(here, key[1]))


def _record(here: Here, identity: str) -> dict[str, Any]:
    record = here.archive.library.records[identity]
    answered = record.call in here.archive.library.episodes
    seen = dict.fromkeys(place for place, _ in here.archive.used_in.get(identity, ()))
    return {
        "date": record.date,
        "tags": record.tags,
        "call": named(here, ("episode", record.call)) if answered else None,
        "seen_in": tuple(named(here, place) for place in seen),
    }


def _lineage(here: Here, identity: str) -> dict[str, Any]:
    whole = here.archive.lineage
    standing = lineage.standing(whole, identity)
    sources = [
        _related(here, line.record, line.kind, line.part, line.at)
        for line in lineage.sources(whole, identity)
    ]
    for line in whole.outside.get(identity, ()):
        license_ = _license(here.license(line.license))
        at = None if line.at is None else TimeFacts(line.at, timecode(line.at))
        sources.append(
            RelatedFacts(line.title or line.record, "", line.url, line.kind, line.part, at, line.by, license_)
        )
    return {
        "sources": tuple(sources),
        "derived": tuple(
            _related(here, edge.child, edge.line.kind, edge.line.part, edge.line.at)
            for edge in lineage.edges_below(whole, identity)
        ),
        "before": standing.above,
        "after": standing.below,
    }


def _episode(here: Here, identity: str) -> dict[str, Any]:
    archive, library = here.archive, here.archive.library
    episode = library.episodes[identity]
    topic = archive.episode_topic.get(identity)
    return {
        "date": episode.released,
        "number": episode.number,
        "runtime": episode.runtime,
        "season": named(here, ("season", episode.season)) if episode.season in library.seasons else None,
        "topic": named(here, ("topic", topic)) if topic else None,
        "answers": len(archive.calls.get(identity, ())),
        "segments": tuple(
            named(here, ("segment", part))
            for part in archive.episode_segments.get(identity, ())
            if not library.segments[part].withdrawn
        ),
    }


def _segment(here: Here, identity: str) -> dict[str, Any]:
    segment = here.archive.library.segments[identity]
    return {
        "starts": segment.starts,
        "ends": segment.ends,
        "episode": named(here, ("episode", segment.episode)),
    }


def _license(link: el.Link | None) -> LicenseFacts | None:
    return LicenseFacts(link.text, link.href or "") if link else None


def _media(here: Here, document: Document) -> tuple[MediaFacts, ...]:
    shown = media_of(here, getattr(document, "media", ()), document)
    return tuple(
        MediaFacts(
            one.kind,
            absolute_href(here, one.href),
            "" if one.picture else one.mime,
            one.alt,
            one.caption,
            one.credit,
        )
        for one in shown
    )


def _related(here: Here, identity: str, kind: str, part: str, at: int | None) -> RelatedFacts:
    key = ("record", identity)
    moment = None if at is None else TimeFacts(at, timecode(at))
    return RelatedFacts(here.title(key), identity, page_url(here, key), kind, part, moment)


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
            yield Output(permalink((kind, id_)) + "index.json", "work-json", id_, facet=kind)


def _plan_schema(archive: Archive) -> Iterator[Output]:
    if archive.settings.pages.json != "none":
        yield Output(SCHEMA, "work-schema")


KINDS = (
    PageKind(
        "work-json",
        each={kind: partial(_plan, kind) for kind in ("record", "episode", "segment")},
        data=lambda here: msgspec.json.encode(work_file(here, (here.output.facet, here.output.id))) + b"\n",
    ),
    PageKind(
        "work-schema",
        _plan_schema,
        data=lambda _here: msgspec.json.format(msgspec.json.encode(work_schema()), indent=2) + b"\n",
    ),
)
