"""Cards: how documents look in lists."""

from collections.abc import Iterable

import msgspec

from byline.archive import Archive, number_of_credits, places_in
from byline.credits import people_at
from byline.lineage import is_related
from byline.pages import elements as el
from byline.pages.here import MANY_PEOPLE, Here
from byline.pages.media_views import cover_of, moments_of, play_at, player_of
from byline.permalinks import permalink, tree_link
from byline.values import Edge, Key, SourceLine, Use

# So many roles of somebody are named in a list of people, and how many more there are.
MANY_ROLES = 3


def episode_card(here: Here, identity: str, season: bool = True) -> el.EpisodeCard:
    """An episode in a list; with its season's link where the list mixes seasons."""
    return here.shared(("card", here.root, identity, season), lambda: _episode_card(here, identity, season))


def _episode_card(here: Here, identity: str, season: bool) -> el.EpisodeCard:
    archive = here.archive
    episode = archive.library.episodes[identity]
    key = ("episode", identity)
    if episode.withdrawn:
        return el.EpisodeCard(here.link(key), episode.number, tombstone=True)
    segments = archive.episode_segments.get(identity, ())
    topic = archive.episode_topic.get(identity)
    return el.EpisodeCard(
        link=here.link(key),
        label=episode.number,
        season=here.link(("season", episode.season))
        if season and episode.season in archive.library.seasons
        else None,
        topic=here.link(("topic", topic)) if topic else None,
        released=episode.released,
        runtime=episode.runtime,
        summary=episode.summary or episode.body.plain,
        picture=cover_of(here, episode),
        segments=sum(not archive.library.segments[key].withdrawn for key in segments),
        people=here.shared(("people", identity), lambda: len(episode_people(here, identity))),
    )


def episode_people(here: Here, identity: str) -> set[str]:
    """The different people credited in an episode and its segments, for any reason."""
    archive = here.archive
    return {who for place in places_in(archive, identity) for who in people_at(archive.credits, place)}


def segment_card(here: Here, identity: str, episode: bool = False) -> el.SegmentCard:
    """A segment in a running order, or elsewhere with its episode."""
    archive = here.archive
    segment = archive.library.segments[identity]
    key = ("segment", identity)
    kind = here.say(here.kind_of(segment).label)
    of = here.link(("episode", segment.episode)) if episode else None
    if segment.withdrawn:
        return el.SegmentCard(here.link(key), kind, segment.starts, episode=of, tombstone=True)
    people, more = here.people(archive.work_credits.get(key, ()), MANY_PEOPLE)
    player = player_of(here, ("episode", segment.episode))
    return el.SegmentCard(
        link=here.link(key),
        kind=kind,
        starts=segment.starts,
        ends=segment.ends,
        play="" if segment.starts is None else play_at(player, segment.starts),
        summary=segment.summary or segment.body.plain,
        people=people,
        more_people=more,
        picture=cover_of(here, segment, 320),
        episode=of,
    )


def aired_card(here: Here, place: Key, use: Use) -> el.SegmentCard:
    """Where a record was seen: in a segment, here with its episode, or in an episode outside its segments."""
    kind, identity = place
    if kind == "segment":
        return segment_card(here, identity, True)
    episode = here.archive.library.episodes[identity]
    people, more = here.people(here.archive.work_credits.get(place, ()), MANY_PEOPLE)
    moments = moments_of(here, place, () if use.at is None else (use.at,))
    return el.SegmentCard(
        link=here.link(place),
        kind=here.say("Episode"),
        starts=use.at,
        play=moments[0].href if moments else "",
        summary=episode.summary or episode.body.plain,
        people=people,
        more_people=more,
        picture=cover_of(here, episode, 320),
    )


def record_card(here: Here, identity: str, relation: str = "", part: str = "") -> el.RecordCard:
    """A record in a list."""
    archive = here.archive
    record = archive.library.records[identity]
    kind = here.kind_of(record)
    label = here.say(kind.label)
    link = here.link(("record", identity))
    if record.withdrawn:
        return el.RecordCard(link, kind.id, label, relation=relation, part=part, tombstone=True)
    people, more = here.people(archive.record_credits[identity], MANY_PEOPLE)
    used = archive.used_in.get(identity)
    aired = (
        tuple([here.link(key) for key in dict.fromkeys([episode_of(at) for at, _ in used])]) if used else ()
    )
    picture = cover_of(here, record) if record.media else None
    return el.RecordCard(
        link=link,
        kind=kind.id,
        label=label,
        people=people,
        more_people=more,
        date=record.date,
        picture=picture,
        quote="" if picture else record.summary or record.body.plain,
        relation=relation,
        part=part,
        aired=aired,
    )


def episode_of(place: Key) -> Key:
    """The episode that a place is, or is in."""
    kind, identity = place
    return ("episode", identity.partition("/")[0]) if kind == "segment" else place


def use_cards(here: Here, place: Key) -> tuple[el.RecordCard, ...]:
    """The records that an episode or segment shows, with their moments."""
    cards = []
    for use in here.archive.uses.get(place, ()):
        card = record_card(here, use.record, part=use.part)
        moments = moments_of(here, place, () if use.at is None else (use.at,))
        cards.append(msgspec.structs.replace(card, moments=moments))
    return tuple(cards)


def source_cards(here: Here, lines: Iterable[SourceLine]) -> tuple[el.RecordCard, ...]:
    """What a record was made from."""
    kinds = here.archive.vocabulary.source_kinds
    return tuple(record_card(here, line.record, here.say(kinds[line.kind].of), line.part) for line in lines)


def derived_cards(here: Here, edges: Iterable[Edge]) -> tuple[el.RecordCard, ...]:
    """What was made from a record."""
    kinds = here.archive.vocabulary.source_kinds
    return tuple(
        record_card(here, edge.child, here.say(kinds[edge.line.kind].inverse), edge.line.part)
        for edge in edges
    )


def person_card(here: Here, key: str) -> el.PersonCard:
    """Somebody in a list, with what they did."""
    archive = here.archive
    person = archive.people[key]
    contributor = archive.library.contributors[key]
    roles = archive.vocabulary.roles
    held = here.shared("roles held", lambda: _roles_held(archive)).get(key, ())
    shown = held if len(held) <= MANY_ROLES + 1 else held[:MANY_ROLES]
    names = tuple(here.say(roles[role].person) if role in roles else role for role in shown)
    return el.PersonCard(
        link=el.Link(person.name, here.href(permalink(("contributor", key))), contributor.language),
        kind=contributor.kind,
        picture=cover_of(here, contributor, 320),
        roles=names,
        credits=number_of_credits(archive, key),
        memoriam=contributor.in_memoriam,
        more_roles=len(held) - len(shown),
    )


def _roles_held(archive: Archive) -> dict[str, list[str]]:
    """Everybody's roles, in the order of the vocabulary: the holders of roles, the other way round."""
    holders = archive.credits.holders
    held: dict[str, list[str]] = {}
    for role in dict.fromkeys((*archive.vocabulary.roles, *holders)):
        for who in holders.get(role, ()):
            held.setdefault(who, []).append(role)
    return held


def season_card(here: Here, identity: str) -> el.SeasonCard:
    """A season in a list."""
    archive = here.archive
    season = archive.library.seasons[identity]
    episodes = archive.season_episodes.get(identity, ())
    return el.SeasonCard(
        link=here.link(("season", identity)),
        years=season.years,
        episodes=sum(not archive.library.episodes[id_].withdrawn for id_ in episodes),
        picture=cover_of(here, season),
        summary=season.summary or season.body.plain,
    )


def tree_href(here: Here, identity: str) -> str:
    """The href of a record's tree page; "" where it has no page, or neither sources nor descendants."""
    archive = here.archive
    if archive.settings.pages.trees == "none":
        return ""
    drawn = identity in archive.paged and is_related(archive.lineage, identity)
    return here.href(tree_link(("record", identity))) if drawn else ""
