"""First half of linking: which document is which, which are shown, and in what order.

Pure. Everything that needs only ids, places and dates is settled here, before any reference is followed.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

import msgspec

from byline import text as words
from byline.alphabet import name_key
from byline.permalinks import TOP_LEVEL
from byline.problems import Place, Problem
from byline.times import WHOLE, moment
from byline.values import (
    AnyDocument,
    Contributor,
    Document,
    Episode,
    Key,
    Page,
    Record,
    Season,
    Segment,
    Topic,
    field_place,
)

D = TypeVar("D", bound=Document)
_NUMBER = re.compile(r"\d{1,12}(\.\d{1,12})?")


class Library(msgspec.Struct, frozen=True):
    """All documents that the site shows, by id and in canonical order; tombstones among them.

    Segments have the id `episode/segment`. `hidden` holds the ids, by kind, of drafts and documents
    under embargo; `names` the names of hidden contributors, who are credited without a page, None of those
    who have withdrawn. `former` has the ids of today by the digests of former ones, of all contributors.
    `left` are withdrawn documents of which not even that is shown, `led` digests of their aliases.
    """

    home: Page
    seasons: dict[str, Season]
    topics: dict[str, Topic]
    episodes: dict[str, Episode]
    segments: dict[str, Segment]
    records: Mapping[str, Record]
    contributors: Mapping[str, Contributor]
    pages: dict[str, Page]
    hidden: dict[str, frozenset[str]]
    names: dict[str, str | None]
    former: dict[str, str]
    left: tuple[Key, ...] = ()
    led: tuple[str, ...] = ()


def identify(
    documents: Sequence[AnyDocument], bundles: Sequence[str], day: str
) -> tuple[Library, tuple[Problem, ...]]:
    """Sort documents by kind and id; `bundles` are episode folders without an index.md, `day` is today."""
    problems: list[Problem] = []
    by_kind = _by_kind(documents)
    episodes = _unique(by_kind.get(Episode, ()), "episode", problems)
    by_bundle = _bundles(episodes, bundles, problems)
    placed = _segments(by_kind.get(Segment, ()), episodes, by_bundle, problems)
    segments = _unique(placed, "segment", problems, _segment_id)
    records = [
        _with_call(record, by_bundle) if record.bundle else record for record in by_kind.get(Record, ())
    ]
    everything: dict[str, dict[str, Any]] = {
        "season": _unique(by_kind.get(Season, ()), "season", problems),
        "topic": _unique(by_kind.get(Topic, ()), "topic", problems),
        "episode": episodes,
        "segment": segments,
        "record": _unique(records, "record", problems),
        "contributor": _unique(by_kind.get(Contributor, ()), "contributor", problems),
        "page": _unique(by_kind.get(Page, ()), "page", problems),
    }
    problems += _misplaced(everything["page"].values())
    hidden = {kind: _hidden(group, day) for kind, group in everything.items()}
    hidden["segment"] |= {key for key, segment in segments.items() if segment.episode in hidden["episode"]}
    shown = {
        kind: {id_: one for id_, one in group.items() if id_ not in hidden[kind]} if hidden[kind] else group
        for kind, group in everything.items()
    }
    gone = {id_ for id_, episode in episodes.items() if episode.withdrawn}
    left: list[Key] = [
        (kind, id_)
        for kind, ids in hidden.items()
        for id_ in sorted(ids)
        if everything[kind][id_].withdrawn or (kind == "segment" and segments[id_].episode in gone)
    ]
    aliased = [everything[kind][id_] for kind, id_ in left]
    aside = [everything["contributor"][id_] for id_ in sorted(hidden["contributor"])]
    contributors = _ordered(shown["contributor"], lambda d: (name_key(d.sort_name or d.name), d.id))
    pages = shown["page"]
    home = pages.pop("", None) or Page(id="", place=Place("content/index.md"))
    library = Library(
        home=home,
        seasons=_ordered(shown["season"], lambda d: (*number_key(d.number), d.id)),
        topics=_ordered(shown["topic"], lambda d: d.id),
        episodes=_ordered(shown["episode"], lambda d: (moment(d.released), d.id)),
        segments={
            key: _withdrawn_with(segment, episodes[segment.episode]) if segment.episode in gone else segment
            for key, segment in _ordered(shown["segment"], _running).items()
        },
        records=_by_date(shown["record"]),
        contributors=contributors,
        pages=_ordered(pages, lambda d: d.id),
        hidden=hidden,
        names={one.id: None if one.withdrawn else one.name for one in aside},
        former=_former([*contributors.values(), *aside]),
        left=tuple(left),
        led=tuple(
            alias if one.withdrawn else words.digest(alias) for one in aliased for alias in one.aliases
        ),
    )
    return library, tuple(problems)


def is_hidden(document: Document, day: str) -> bool:
    """Whether a document is a draft, or under embargo on a day (YYYY-MM-DD)."""
    return document.draft or bool(document.publish and moment(document.publish)[:10] > day)


def _hidden(group: Mapping[str, Document], day: str) -> frozenset[str]:
    dated = [(id_, one) for id_, one in group.items() if one.draft or one.publish]  # few are
    return frozenset([id_ for id_, one in dated if is_hidden(one, day)])


def _misplaced(pages: Iterable[Page]) -> Iterator[Problem]:
    """Pages that cannot have the address that their id says."""
    for page in pages:
        if page.id.partition("/")[0] in TOP_LEVEL:
            message = f'"{page.id}" is an address that the site itself needs'
            yield Problem("reserved-id", message, field_place(page, "id"), "choose another id")
        if page.id.count("/") >= words.DEEPEST:
            message = f"this page is more than {words.DEEPEST} folders deep"
            yield Problem("bad-id", message, page.place, "move it up")


def number_key(number: str) -> tuple[int, float, str]:
    """Numbers ascending, then labels, then nothing."""
    if _NUMBER.fullmatch(number):
        return (0, float(number), number)
    return (1, 0.0, "") if number else (2, 0.0, "")


def _by_kind(documents: Iterable[AnyDocument]) -> dict[type, list[Any]]:
    found: dict[type, list[Any]] = {}
    for document in documents:
        found.setdefault(type(document), []).append(document)
    return found


def _segment_id(segment: Segment) -> str:
    return f"{segment.episode}/{segment.id}"


def _unique(
    documents: Sequence[D], kind: str, problems: list[Problem], key: Callable[[D], str] = lambda d: d.id
) -> dict[str, D]:
    """Documents by id; of two with one id, in whatever case, the first by place stays and both are named."""
    found = dict(zip(map(key, documents), documents, strict=True))
    if len(found) == len(documents):
        return found
    found.clear()
    for document in sorted(documents, key=lambda d: (d.place.path, d.place.line)):
        identity = key(document)
        first = found.setdefault(identity, document)
        if first is not document:
            problems.append(
                Problem(
                    "duplicate-id",
                    f'two documents are the {kind} "{identity}"',
                    document.place,
                    "give one of them another id, or delete one",
                    related=((first.place, "the other one"),),
                )
            )
    return found


def _bundles(
    episodes: Mapping[str, Episode], bundles: Sequence[str], problems: list[Problem]
) -> dict[str, str]:
    """From a bundle's folder to its episode's id."""
    found = {
        episode.place.path.removesuffix("/index.md"): episode.id
        for episode in episodes.values()
        if episode.place.path.endswith("/index.md")
    }
    for folder in bundles:
        name = folder.rpartition("/")[2]
        if name in episodes:
            found[folder] = name
        else:
            near = words.nearest_id(name, episodes)
            problems.append(
                Problem(
                    "bundle-without-episode",
                    f'this folder holds segments or records, and there is no episode "{name}"',
                    Place(folder),
                    words.did_you_mean(near) or "write an index.md into it",
                )
            )
    return found


def _segments(
    segments: Iterable[Segment],
    episodes: Mapping[str, Episode],
    by_bundle: Mapping[str, str],
    problems: list[Problem],
) -> list[Segment]:
    out = []
    for segment in segments:
        episode = segment.episode or by_bundle.get(segment.bundle, "")
        if episode in episodes:
            out.append(msgspec.structs.replace(segment, episode=episode))
        elif not segment.bundle:
            near = words.nearest_id(episode, episodes)
            hint = words.did_you_mean(f"{near}/{segment.id}" if near else "")
            message = f'there is no episode "{episode}"' if episode else "a segment needs its episode"
            problems.append(
                Problem(
                    "unknown-episode",
                    message,
                    field_place(segment, "id"),
                    hint or "write id: episode/segment",
                    unknown=episode,
                )
            )
    return out


def _with_call(record: Record, by_bundle: Mapping[str, str]) -> Record:
    if record.call:
        return record
    return msgspec.structs.replace(record, call=by_bundle.get(record.bundle, ""))


def _withdrawn_with(segment: Segment, episode: Episode) -> Segment:
    """A segment of a withdrawn episode is withdrawn with it."""
    if segment.withdrawn:
        return segment
    return Segment(
        id=segment.id,
        place=segment.place,
        bundle=segment.bundle,
        title=segment.title,
        episode=segment.episode,
        order=segment.order,
        starts=segment.starts,
        aliases=tuple(map(words.digest, segment.aliases)),
        withdrawn=episode.withdrawn,
    )


def _former(contributors: Iterable[Contributor]) -> dict[str, str]:
    """The ids of today by the digests of former ones; of two that claim one it is who has withdrawn, whose
    works nobody else may get, then the first."""
    found: dict[str, str] = {}
    having = [one for one in contributors if one.former_ids]
    for one in sorted(having, key=lambda one: not one.withdrawn):
        for former in one.former_ids:  # of who has withdrawn they are digests
            found.setdefault(former if one.withdrawn else words.digest(former), one.id)
    return found


def _ordered(group: Mapping[str, D], key: Callable[[D], Any]) -> dict[str, D]:
    return dict(sorted(group.items(), key=lambda item: key(item[1])))


def _by_date(records: Mapping[str, Record]) -> dict[str, Record]:
    """Records by date, then id: where many have the same date, ids alone are sorted in half the time."""
    first: dict[str, str] = {}
    same: dict[str, list[str]] = {}
    for id_, record in records.items():
        when = record.date if len(record.date) == WHOLE else moment(record.date)
        if (one := first.setdefault(when, id_)) is not id_:
            same.setdefault(when, [one]).append(id_)
    ids: list[str] = []
    for when in sorted(first):
        ids += sorted(same[when]) if when in same else (first[when],)
    return {id_: records[id_] for id_ in ids}


def _running(segment: Segment) -> tuple[Any, ...]:
    """Running order: `order`, then `starts`, then place."""
    return (
        segment.episode,
        segment.order is None,
        segment.order or 0,
        segment.starts is None,
        segment.starts or 0,
        segment.place.path,
        segment.place.line,
        segment.id,
    )
