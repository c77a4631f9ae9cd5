"""Records and the list of them all."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from byline import lineage
from byline.archive import Archive, roll_at
from byline.pages import elements as el
from byline.pages import views as v
from byline.pages import work_facts
from byline.pages.bodies import body_of
from byline.pages.cards import aired_card, derived_cards, record_card, source_cards, tree_href
from byline.pages.frame import absolute, head, roles_data, site, to_list
from byline.pages.here import MANY_PEOPLE, Here, corrections, tombstone
from byline.pages.kind import PageKind, pages
from byline.pages.lineages import families
from byline.pages.listing import cut, described, numbered, pager
from byline.pages.media_views import cover_of, media_of
from byline.pages.rolls import roll
from byline.pages.snippets import record_snippets
from byline.permalinks import permalink
from byline.values import Edge, Output, Record, SourceLine

# What was made from a record is shown on its page up to this number; its tree page has the rest.
MOST_DERIVED = 60
# Kinds of record as schema.org knows them; others are creative works.
_TYPES = {"image": "VisualArtwork", "code": "SoftwareSourceCode"}
# A description names so many sources.
MOST_TOLD = 3
# The second generation, before and after, is shown up to this number.
MOST_SECOND = 12


def _plan_records(archive: Archive, ids: Iterable[str]) -> Iterator[Output]:
    records = archive.library.records
    for id_ in ids:
        if id_ in archive.paged:
            path = permalink(("record", id_)) + "index.html"
            yield Output(path, "record", id_, indexed=not records[id_].withdrawn)


def outside(here: Here, line: SourceLine) -> el.Outside:
    """A source outside the archive, or one that nobody knows."""
    kinds = here.archive.vocabulary.source_kinds
    return el.Outside(
        title=line.title or line.record,
        by=line.by,
        href=line.url or None,
        license=here.license(line.license),
        relation=here.say(kinds[line.kind].of) if line.kind in kinds else "",
        part=line.part,
        at=line.at,
        unknown=not line.title,
    )


def _earlier(here: Here, sources: Sequence[SourceLine]) -> tuple[el.Relative, ...]:
    """What the sources of a record were made from, each once."""
    taken = {line.record for line in sources}
    found: dict[str, el.Relative] = {}
    for line in sources[:MOST_SECOND]:
        for above in lineage.sources(here.archive.lineage, line.record)[:MOST_SECOND]:
            if above.record not in taken:
                found.setdefault(above.record, _relative(here, above.record, here.say("led to"), line.record))
    return tuple(found.values())[:MOST_SECOND]


def _later(here: Here, derived: Sequence[Edge]) -> tuple[el.Relative, ...]:
    """What was made from what was made from a record, each once."""
    kinds = here.archive.vocabulary.source_kinds
    found: dict[str, el.Relative] = {}
    taken = {edge.child for edge in derived}
    for edge in derived[:MOST_SECOND]:
        for below in lineage.edges_below(here.archive.lineage, edge.child, 0, MOST_SECOND):
            if below.child not in taken:
                said = here.say(kinds[below.line.kind].of)
                found.setdefault(below.child, _relative(here, below.child, said, edge.child))
    return tuple(found.values())[:MOST_SECOND]


def _relative(here: Here, identity: str, relation: str, via: str) -> el.Relative:
    record = here.archive.library.records[identity]
    label = here.say(here.kind_of(record).label)
    key = ("record", identity)
    return el.Relative(here.link(key), label, relation, here.link(("record", via)), bool(record.withdrawn))


def _view_record(here: Here) -> v.RecordPage:
    archive = here.archive
    id_ = here.output.id
    record = archive.library.records[id_]
    key = ("record", id_)
    title = here.title(key)
    kind = here.kind_of(record)
    gone = tombstone(record)
    sources = lineage.sources(archive.lineage, id_)
    derived = tuple(lineage.edges_below(archive.lineage, id_, 0, MOST_DERIVED))
    further = lineage.derived(archive.lineage, id_)[MOST_DERIVED:]
    call = ("episode", record.call)
    answered = here.link(call) if record.call in archive.library.episodes else None
    picture = None if gone else cover_of(here, record, 1280, described=True)
    standing = lineage.standing(archive.lineage, id_)
    people, more = here.people(() if gone else archive.record_credits[id_], MANY_PEOPLE)
    license_ = None if gone else here.license_of(record)
    return v.RecordPage(
        site=site(here),
        title=title,
        kind=kind.id,
        label=here.say(kind.label),
        date=record.date,
        summary=record.summary,
        media=media_of(here, record.media, record),
        body=body_of(here, record, record.body),
        roll=el.Roll() if gone else roll(here, roll_at(archive, key), key),
        license=license_,
        license_texts=() if gone else here.license_texts(record),
        url=record.url,
        hearts=record.hearts if record.hearts_on else None,
        hearts_on=record.hearts_on,
        tags=record.tags,
        call=answered,
        sources=source_cards(here, sources),
        outside=tuple(outside(here, line) for line in archive.lineage.outside.get(id_, ())),
        derived=derived_cards(here, derived),
        derived_more=sum(at not in archive.lineage.gone for at in further),
        ancestors=standing.above,
        descendants=standing.below,
        tree=tree_href(here, id_),
        aired=tuple(aired_card(here, place, use) for place, use in archive.used_in.get(id_, ())),
        tombstone=gone,
        corrections=corrections(record),
        extra=record.extra,
        snippets=() if gone else record_snippets(here, record, title, license_),
        earlier=_earlier(here, sources),
        later=_later(here, derived),
        people=people,
        more_people=more,
        head=head(
            here,
            title,
            record.summary or record.body.plain or ("" if gone else _described(here, record, people, more)),
            key=key,
            trail=to_list(here, "records/"),
            data=None if gone else _record_data(here, record, title, license_),
            picture=picture,
            menu="records/",
            correct=not gone,
            indexed=not gone,
            alternates=work_facts.alternates(here, key),
        ),
    )


def _described(here: Here, record: Record, people: Sequence[el.Person], more: int) -> str:
    """What can be said of a record without words: "Drawing by Mina, 2014. Made from Spark."."""
    known = here.archive.lineage
    works = [here.title(("record", line.record)) for line in lineage.sources(known, record.id)]
    works += [line.title or line.record for line in known.outside.get(record.id, ())]
    by = " " + here.say("by %(people)s") % {"people": here.several(people, more)} if people else ""
    date = f", {here.day(record.date)}" if record.date else ""
    told = f"{here.say(here.kind_of(record).label)}{by}{date}."
    if not works:
        return told
    said = here.enough(works[:MOST_TOLD], len(works) - MOST_TOLD)
    return f"{told} {here.say('Made from %(works)s.') % {'works': said}}"


def _record_data(here: Here, record: Record, title: str, license_: el.Link | None) -> dict[str, Any]:
    archive = here.archive
    return {
        "@type": _TYPES.get(record.kind, "CreativeWork"),
        "name": title,
        "url": absolute(here, permalink(("record", record.id))),
        "dateCreated": record.date,
        "license": license_.href if license_ else "",
        "contributor": roles_data(here, archive.record_credits[record.id]),
        "isBasedOn": [
            absolute(here, permalink(("record", line.record)))
            for line in lineage.sources(archive.lineage, record.id)
            if line.record in archive.paged and not archive.library.records[line.record].withdrawn
        ],
    }


def listed(archive: Archive) -> list[str]:
    """All records with a page, oldest first, so that growth touches the last page."""
    records = archive.library.records
    return [id_ for id_ in records if id_ in archive.paged and not records[id_].withdrawn]


def _plan_list(archive: Archive) -> Iterator[Output]:
    if archive.paged:
        yield from pages("records/", "records", len(listed(archive)), archive.settings.pages.per_page)


def _view_list(here: Here) -> v.RecordList:
    ids = here.once("records", "", lambda: listed(here.archive))
    title = here.say("Records")
    return v.RecordList(
        site=site(here),
        title=title,
        records=tuple(record_card(here, id_) for id_ in cut(here, ids)),
        total=len(ids),
        lineage=el.Link(here.say("All families of works"), here.href("lineage/"))
        if here.once("families", "", lambda: families(here.archive))
        else None,
        pager=pager(here, "records/", len(ids)),
        head=head(
            here,
            numbered(here, title),
            described(here, here.frame.count("%(num)s record", "%(num)s records", len(ids))),
            menu="records/",
            indexed=here.output.number == 1,
        ),
    )


KINDS = (
    PageKind("records", _plan_list, _view_list),
    PageKind("record", view=_view_record, opens="record", each={"record": _plan_records}),
)
