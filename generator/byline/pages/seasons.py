"""Seasons, and the list of all episodes by season."""

from collections.abc import Iterator

from byline.archive import Archive
from byline.pages import elements as el
from byline.pages import podcast
from byline.pages import views as v
from byline.pages.bodies import body_of
from byline.pages.cards import (
    episode_card,
    episode_people,
    season_card,
)
from byline.pages.episodes import neighbours, series_data
from byline.pages.frame import absolute, head, site, to_list
from byline.pages.here import Here, corrections, tombstone
from byline.pages.kind import PageKind, pages
from byline.pages.listing import cut, described, numbered, pager
from byline.pages.media_views import cover_of
from byline.permalinks import permalink
from byline.values import Output


def _plan_seasons(archive: Archive) -> Iterator[Output]:
    for id_, season in archive.library.seasons.items():
        yield Output(permalink(("season", id_)) + "index.html", "season", id_, indexed=not season.withdrawn)


def _view_season(here: Here) -> v.SeasonPage:
    archive = here.archive
    id_ = here.output.id
    season = archive.library.seasons[id_]
    key = ("season", id_)
    episodes = archive.season_episodes.get(id_, ())
    before, after = neighbours(here, tuple(archive.library.seasons), id_, "season")
    title = here.title(key)
    people = {who for episode in episodes for who in episode_people(here, episode)}
    picture = cover_of(here, season, 1280, described=True)
    gone = tombstone(season)
    number = here.frame.count("%(num)s episode", "%(num)s episodes", len(episodes)) if episodes else ""
    data = {
        "@type": "TVSeason",
        "name": title,
        "url": absolute(here, permalink(key)),
        "seasonNumber": season.number,
        "numberOfEpisodes": len(episodes),
        "partOfSeries": series_data(here),
    }
    return v.SeasonPage(
        site=site(here),
        title=title,
        years=season.years,
        body=body_of(here, season, season.body),
        picture=picture,
        episodes=tuple(episode_card(here, episode, False) for episode in episodes),
        people=len(people),
        previous=before,
        next=after,
        tombstone=gone,
        corrections=corrections(season),
        extra=season.extra,
        head=head(
            here,
            title,
            season.summary or season.body.plain or described(here, title, season.years, number),
            key=key,
            trail=to_list(here, "episodes/"),
            data=None if gone else data,
            alternates=() if gone else podcast.alternates(here, id_),
            picture=picture,
            menu="episodes/",
            indexed=not gone,
        ),
    )


def _plan_list(archive: Archive) -> Iterator[Output]:
    if archive.library.episodes:
        per_page = archive.settings.pages.per_page
        yield from pages("episodes/", "episodes", len(archive.library.episodes), per_page)


def _view_list(here: Here) -> v.EpisodeList:
    archive = here.archive
    ids = list(archive.episode_order)
    groups: dict[str, list[el.EpisodeCard]] = {}
    for id_ in cut(here, ids):
        season = archive.library.episodes[id_].season
        groups.setdefault(season if season in archive.library.seasons else "", []).append(
            episode_card(here, id_, False)
        )
    title = here.say("Episodes")
    total = sum(not archive.library.episodes[id_].withdrawn for id_ in ids)
    return v.EpisodeList(
        site=site(here),
        title=title,
        seasons=tuple(
            (season_card(here, season) if season else None, tuple(cards)) for season, cards in groups.items()
        ),
        total=total,
        pager=pager(here, "episodes/", len(ids)),
        head=head(
            here,
            numbered(here, title),
            described(here, here.frame.count("%(num)s episode", "%(num)s episodes", total)),
            menu="episodes/",
            indexed=here.output.number == 1,
        ),
    )


KINDS = (
    PageKind("season", _plan_seasons, _view_season, opens="season"),
    PageKind("episodes", _plan_list, _view_list),
)
