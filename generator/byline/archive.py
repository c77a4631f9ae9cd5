"""Linking: from documents to one archive, everything by id and both ways.

Pure, and cheap enough to run at every build. `link` is the whole of it; its parts stand in `identify`
(ids, states, order), `undeclared` (seasons, topics), `resolve` (references), `tracing` (lineage),
`crediting`, `stated` (what episodes say of themselves) and `rights` (licences).
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

import msgspec

from byline import credits, lineage, resolve, stated, undeclared
from byline.crediting import credit
from byline.identify import Library, identify, number_key
from byline.problems import Place, Problem
from byline.rights import check_rights
from byline.settings import FILE, Settings
from byline.text import did_you_mean, nearest
from byline.times import moment
from byline.tracing import trace
from byline.values import (
    AnyDocument,
    Credit,
    CreditLine,
    Document,
    Episode,
    Key,
    Medium,
    Person,
    Segment,
    Use,
)
from byline.vocabulary import Vocabulary, builtin
from byline.wordless import linkage

T = TypeVar("T")


class Archive(msgspec.Struct, frozen=True):
    """Everything that pages are made from.

    Tombstones are in `library` like other documents, and nowhere else but in the lineage. `uses` and
    `used_in` are the same facts from both sides, `calls` lists the records that answered an episode's
    call; all listings are in canonical order. `work_credits` of episodes and segments, `record_credits`, and
    those of who `suggested` a topic are as written, with people by their keys. `episode_order` ranks all
    episodes, the newest season first. `paged` records have a page. `day` is the day of the build.
    """

    settings: Settings
    vocabulary: Vocabulary
    day: str
    library: Library
    media: Mapping[str, Medium]
    people: Mapping[str, Person]
    season_episodes: dict[str, tuple[str, ...]]
    episode_order: dict[str, int]
    topic_episodes: dict[str, tuple[str, ...]]
    episode_topic: dict[str, str]
    episode_segments: dict[str, tuple[str, ...]]
    calls: dict[str, tuple[str, ...]]
    uses: dict[Key, tuple[Use, ...]]
    used_in: dict[str, tuple[tuple[Key, Use], ...]]
    lineage: lineage.Lineage
    credits: credits.Credits
    work_credits: dict[Key, tuple[CreditLine, ...]]
    record_credits: Mapping[str, tuple[CreditLine, ...]]
    suggested: dict[str, tuple[CreditLine, ...]]
    groups_of: dict[str, tuple[str, ...]]
    paged: frozenset[str]


def link(
    settings: Settings,
    vocabulary: Vocabulary,
    documents: Sequence[AnyDocument],
    bundles: Sequence[str],
    files: Mapping[str, int],
    media: Mapping[str, Medium],
    day: str,
) -> tuple[Archive, tuple[Problem, ...]]:
    """Link all documents; every problem of every part is in the answer.

    `files` are the files (path to size) that documents may refer to, `media` those that were measured.
    """
    library, problems = identify(documents, bundles, day)
    seasons, season_problems = undeclared.seasons(library)
    topics, episode_topic, topic_problems = undeclared.topics(library)
    library = msgspec.structs.replace(library, seasons=seasons, topics=topics)
    references, given, reference_problems = resolve.resolve(settings, vocabulary, library, files)
    traced, lineage_problems = trace(
        library.records,
        hidden=library.hidden["record"],
        kinds=vocabulary.source_kinds,
        missing=settings.lineage.missing,
        cycles=settings.lineage.cycles,
    )
    segments_of = _grouped((s.episode, key) for key, s in library.segments.items())
    shown = _places(library, references, segments_of)
    credited = credit(
        shown,
        references.record_credits,
        given,
        references.numbers,
        references.people,
        traced,
        {kind for kind, one in vocabulary.source_kinds.items() if not one.passes_credit},
    )
    used_in = _grouped((use.record, (place.key, use)) for place in shown for use in place.uses)
    season_episodes = _season_episodes(library)
    archive = Archive(
        settings=settings,
        vocabulary=vocabulary,
        day=day,
        library=library,
        media=media,
        people=references.people,
        season_episodes=season_episodes,
        episode_order=_episode_ranks(library, season_episodes),
        topic_episodes=_grouped((topic, id_) for id_, topic in episode_topic.items()),
        episode_topic=episode_topic,
        episode_segments=segments_of,
        calls=references.calls,
        uses={place.key: place.uses for place in shown if place.uses},
        used_in=used_in,
        lineage=traced,
        credits=credited,
        work_credits=references.credits,
        record_credits=references.record_credits,
        suggested=references.suggested,
        groups_of=_grouped(
            (member, key) for key, person in references.people.items() for member in person.members
        ),
        paged=_paged(settings.pages.records, library, traced, used_in),
    )
    found = (*problems, *season_problems, *topic_problems, *reference_problems, *lineage_problems)
    rights = check_rights(settings, library, traced, references.licenses | traced.licenses)
    said = stated.doubts(library, references, segments_of)
    return archive, (*found, *said, *_groups(settings), *rights)


def reworded(archive: Archive, changed: Iterable[tuple[Document, Document]]) -> Archive | None:
    """The archive with new words in bodies: documents as they were and as they are now.

    None where anything else about one of them has changed. Equal to linking all documents again, which looks
    at no more of a body than where its references lead; with 100,000 records that takes seconds.
    Problems in bodies keep their lines: where there are any, link again.
    """
    pairs = list(changed)
    if any(linkage(before) != linkage(after) for before, after in pairs):
        return None
    return put_in(archive, worded(archive.library, [after for _, after in pairs]))


def worded(library: Library, documents: Iterable[Document]) -> dict[str, dict[str, Any]]:
    """Documents as the site shows them, with the words of these: by the names of groups, and by keys."""
    new: dict[str, dict[str, Any]] = {}
    segments = {one.place: key for key, one in library.segments.items()}  # their keys hold the episode's id
    for after in documents:
        words = {"body": after.body, **({"call": after.call} if isinstance(after, Episode) else {})}
        name = f"{type(after).__name__.lower()}s"
        group = {"": library.home} if library.home.place == after.place else getattr(library, name)
        key = segments.get(after.place, "") if name == "segments" else after.id
        shown = group.get(key)
        if shown is not None and shown.place == after.place and not shown.withdrawn:
            new.setdefault(name, {})[key] = msgspec.structs.replace(shown, **words)
    return new


def put_in(archive: Archive, new: Mapping[str, Mapping[str, Any]]) -> Archive:
    """The archive with other documents in the place of those with the same keys, by the names of groups."""
    library = archive.library
    home = new.get("pages", {}).get("", library.home)
    groups = {name: {**getattr(library, name), **some} for name, some in new.items()}
    if "pages" in groups:
        groups["pages"].pop("", None)
    library = msgspec.structs.replace(library, home=home, **groups)
    return msgspec.structs.replace(archive, library=library)


def roll_at(archive: Archive, key: Key) -> tuple[Credit, ...]:
    """The credits at one place: an episode without its segments, a segment, a record."""
    return credits.roll_at(archive.credits, key)


def credits_of(archive: Archive, who: str) -> tuple[Credit, ...]:
    """All credits of somebody who has a page, in canonical order: on the screen, then at records."""
    return (*credits.on_screen(archive.credits, who), *credits.at_records(archive.credits, who))


def number_of_credits(archive: Archive, who: str) -> int:
    """How many `credits_of` gives."""
    return len(archive.credits.of.get(who, ())) + len(archive.credits.records.get(who, ()))


def places_in(archive: Archive, identity: str) -> list[Key]:
    """An episode, and its segments in their order."""
    return [
        ("episode", identity),
        *(("segment", part) for part in archive.episode_segments.get(identity, ())),
    ]


def episode_roll(archive: Archive, identity: str) -> tuple[Credit, ...]:
    """The credits of an episode and of its segments, in one order, each saying where."""
    return credits.roll(archive.credits, places_in(archive, identity))


def license_of(archive: Archive, document: Document) -> str:
    """A work's licence as it is written: its own, its episode's, or the archive's."""
    own: str = getattr(document, "license", "")
    if not own and isinstance(document, Segment):
        episode = archive.library.episodes.get(document.episode)
        own = episode.license if episode else ""
    return own or archive.settings.archive.license


def _grouped(pairs: Iterable[tuple[str, T]]) -> dict[str, tuple[T, ...]]:
    out: dict[str, list[T]] = {}
    for group, item in pairs:
        out.setdefault(group, []).append(item)
    return {group: tuple(items) for group, items in out.items()}


def _season_episodes(library: Library) -> dict[str, tuple[str, ...]]:
    """The episodes of every season, in order."""
    found = _grouped((episode.season, id_) for id_, episode in library.episodes.items() if episode.season)
    return {
        season: tuple(sorted(ids, key=lambda id_: _episode_order(library, id_)))
        for season, ids in found.items()
    }


def _episode_order(library: Library, identity: str) -> tuple[object, ...]:
    """Numbers ascending, then labels by release, then id."""
    episode = library.episodes[identity]
    rank, number, _ = number_key(episode.number)
    return (rank > 0, number, moment(episode.released), identity)


def _episode_ranks(library: Library, season_episodes: Mapping[str, tuple[str, ...]]) -> dict[str, int]:
    """All episodes: the newest season first, inside one in its order; those of none last, newest first."""
    listed = [id_ for season in reversed(list(library.seasons)) for id_ in season_episodes.get(season, ())]
    known = set(listed)
    listed += [id_ for id_ in reversed(list(library.episodes)) if id_ not in known]
    return {id_: rank for rank, id_ in enumerate(listed)}


def _places(
    library: Library, references: resolve.References, segments_of: Mapping[str, tuple[str, ...]]
) -> tuple[credits.Shown, ...]:
    """All episodes in canonical order, each followed by its segments; without withdrawn ones."""
    keys: list[Key] = []
    for id_, episode in library.episodes.items():
        if not episode.withdrawn:
            parts = segments_of.get(id_, ())
            keys.append(("episode", id_))
            keys += [("segment", part) for part in parts if not library.segments[part].withdrawn]
    return tuple(
        credits.Shown(key, references.credits.get(key, ()), references.uses.get(key, ())) for key in keys
    )


def _paged(
    which: str,
    library: Library,
    traced: lineage.Lineage,
    used_in: Collection[str],
) -> frozenset[str]:
    """The records that have a page ([pages] records): used, with ancestors ⊂ remixed ⊂ all."""
    if which == "all":
        return frozenset(library.records)
    found = {id_ for id_ in used_in if id_ in library.records}
    stack = list(found)
    while stack:
        for line in lineage.sources(traced, stack.pop()):
            if line.record not in found:
                found.add(line.record)
                stack.append(line.record)
    if which == "remixed":
        kin = zip(traced.names, traced.above, traced.below, strict=True)
        found |= {id_ for id_, above, below in kin if above or below}
    return frozenset(found)


def _groups(settings: Settings) -> Iterator[Problem]:
    """Groups of declared roles that are nearly built-in ones. Others are meant: a role may bring its own."""
    groups = builtin().groups
    for id_, row in settings.roles.items():
        group = row.get("group", "")
        near = "" if group in groups else nearest(group, groups, 0.85)
        if near:
            message = f'"{group}" becomes a group of its own'
            place = Place(FILE, 1, ("roles", id_, "group"))
            yield Problem("bad-choice", message, place, did_you_mean(near), "warning")
