"""Segments of episodes."""

from collections.abc import Iterator, Sequence
from typing import Any

from byline.archive import Archive, roll_at
from byline.pages import views as v
from byline.pages import work_facts
from byline.pages.bodies import body_of
from byline.pages.cards import use_cards
from byline.pages.episodes import episode_trail, neighbours, series_data
from byline.pages.frame import absolute, head, roles_data, site
from byline.pages.here import MANY_PEOPLE, Here, corrections, tombstone
from byline.pages.kind import PageKind
from byline.pages.listing import described
from byline.pages.media_views import cover_of, media_of, play_at, player_of
from byline.pages.rolls import roll
from byline.permalinks import permalink
from byline.values import CreditLine, Key, Output


def _plan_segments(archive: Archive) -> Iterator[Output]:
    for id_, segment in archive.library.segments.items():
        yield Output(
            permalink(("segment", id_)) + "index.html", "segment", id_, indexed=not segment.withdrawn
        )


def _view_segment(here: Here) -> v.SegmentPage:
    archive = here.archive
    id_ = here.output.id
    segment = archive.library.segments[id_]
    key = ("segment", id_)
    title = here.title(key)
    episode = ("episode", segment.episode)
    kind = here.say(here.kind_of(segment).label)
    gone = tombstone(segment)
    trail = (*episode_trail(here, segment.episode), here.link(episode))
    siblings = archive.episode_segments.get(segment.episode, ())
    before, after = neighbours(here, siblings, id_, "segment")
    if gone:
        return v.SegmentPage(
            site=site(here),
            title=title,
            kind=kind,
            episode=here.link(episode),
            previous=before,
            next=after,
            tombstone=gone,
            head=head(here, title, "", key=key, trail=trail, menu="episodes/", indexed=False),
        )
    player = player_of(here, episode)
    media = media_of(here, segment.media, segment)
    picture = cover_of(here, segment, 1280, described=True)
    above = archive.library.episodes[segment.episode]
    credits = archive.work_credits.get(key, ())
    people, more = here.people(credits, MANY_PEOPLE)
    by = here.say("by %(people)s") % {"people": here.several(people, more)} if people else ""
    return v.SegmentPage(
        site=site(here),
        title=title,
        kind=kind,
        episode=here.link(episode),
        starts=segment.starts,
        ends=segment.ends,
        play="" if segment.starts is None else play_at(player, segment.starts),
        summary=segment.summary,
        media=media,
        picture=picture,
        body=body_of(here, segment, segment.body),
        uses=use_cards(here, key),
        roll=roll(here, roll_at(archive, key), key),
        people=people,
        more_people=more,
        license=here.license_of(segment),
        license_texts=here.license_texts(segment),
        previous=before,
        next=after,
        corrections=corrections(segment),
        extra=segment.extra,
        head=head(
            here,
            f"{title} – {here.title(episode)}",
            segment.summary or segment.body.plain or described(here, kind, here.title(episode), by),
            key=key,
            trail=trail,
            data=_segment_data(here, key, credits),
            alternates=work_facts.alternates(here, key),
            picture=picture or cover_of(here, above, 1280, described=True),
            menu="episodes/",
            correct=True,
        ),
    )


def _segment_data(here: Here, key: Key, credits: Sequence[CreditLine]) -> dict[str, Any]:
    """A segment as search engines read it."""
    episode = ("episode", key[1].partition("/")[0])
    return {
        "@type": "Clip",
        "name": here.title(key),
        "url": absolute(here, permalink(key)),
        "partOfEpisode": {
            "@type": "TVEpisode",
            "@id": absolute(here, permalink(episode)),
            "name": here.title(episode),
            "url": absolute(here, permalink(episode)),
            "datePublished": here.archive.library.episodes[episode[1]].released,
            "partOfSeries": series_data(here),
        },
        "contributor": roles_data(here, credits),
    }


KINDS = (PageKind("segment", _plan_segments, _view_segment, opens="segment"),)
