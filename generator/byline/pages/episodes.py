"""Episodes, and the records that came in for them."""

from collections.abc import Iterator, Sequence
from html import escape
from typing import Any

from byline.archive import Archive, episode_roll, places_in
from byline.pages import elements as el
from byline.pages import views as v
from byline.pages import work_facts
from byline.pages.bodies import body_of
from byline.pages.cards import record_card, segment_card, use_cards
from byline.pages.chapters import CHAPTERS, chaptered, chapters_of
from byline.pages.frame import absolute, head, roles_data, site, to_list
from byline.pages.here import Here, corrections, tombstone
from byline.pages.kind import PageKind, pages
from byline.pages.listing import cut, described, numbered, pager
from byline.pages.media_views import cover_of, file_link, media_of, medium_of, play_at, player_of
from byline.pages.rolls import roll
from byline.permalinks import permalink, tree_link
from byline.times import iso_duration
from byline.values import Credit, Episode, Key, Output


def _plan_episodes(archive: Archive) -> Iterator[Output]:
    for id_, episode in archive.library.episodes.items():
        yield Output(
            permalink(("episode", id_)) + "index.html", "episode", id_, indexed=not episode.withdrawn
        )


def episode_trail(here: Here, identity: str) -> tuple[el.Link, ...]:
    """The way to an episode: the list of episodes, its season."""
    trail = list(to_list(here, "episodes/"))
    season = here.archive.library.episodes[identity].season
    if season in here.archive.library.seasons:
        trail.append(here.link(("season", season)))
    return tuple(trail)


def used_places(archive: Archive, identity: str) -> list[Key]:
    """An episode and its segments, as far as they show records."""
    return [place for place in places_in(archive, identity) if archive.uses.get(place)]


def neighbours(
    here: Here, ids: tuple[str, ...], identity: str, kind: str
) -> tuple[el.Link | None, el.Link | None]:
    """The one before and the one after in a sequence."""
    at = ids.index(identity) if identity in ids else -1
    before = here.link((kind, ids[at - 1])) if at > 0 else None
    after = here.link((kind, ids[at + 1])) if 0 <= at < len(ids) - 1 else None
    return before, after


def series_data(here: Here) -> dict[str, Any]:
    """The show as search engines read it."""
    title = here.archive.settings.archive.title
    return {"@type": "CreativeWorkSeries", "name": title, "url": absolute(here, "")}


def _view_episode(here: Here) -> v.EpisodePage:
    archive = here.archive
    id_ = here.output.id
    episode = archive.library.episodes[id_]
    key = ("episode", id_)
    title = here.title(key)
    season = here.link(("season", episode.season)) if episode.season in archive.library.seasons else None
    trail = episode_trail(here, id_)
    gone = tombstone(episode)
    siblings = archive.season_episodes.get(episode.season, (id_,))
    before, after = neighbours(here, siblings, id_, "episode")
    if gone:
        return v.EpisodePage(
            site=site(here),
            title=title,
            label=episode.number,
            season=season,
            previous=before,
            next=after,
            tombstone=gone,
            head=head(here, title, "", key=key, trail=trail, menu="episodes/", indexed=False),
        )
    topic = archive.episode_topic.get(id_)
    media = media_of(here, episode.media, episode)
    picture = cover_of(here, episode, 1280, described=True)
    answers = len(archive.calls.get(id_, ()))
    player = player_of(here, key)
    credits = episode_roll(archive, id_)
    transcript = file_link(here, episode.transcript)
    read = any(one.script and one.script.file == transcript for one in media)
    shown = roll(here, credits, key)
    with_tree = archive.settings.pages.trees == "all" and used_places(archive, id_)
    return v.EpisodePage(
        site=site(here),
        title=title,
        label=episode.number,
        season=season,
        topic=here.link(("topic", topic)) if topic else None,
        released=episode.released,
        runtime=episode.runtime,
        summary=episode.summary,
        media=media,
        picture=picture,
        body=body_of(here, episode, episode.body),
        call=body_of(here, episode, episode.call),
        submissions=episode.submissions,
        answers=answers,
        answers_href=here.href(permalink(key) + "records/") if answers else "",
        segments=tuple(segment_card(here, part) for part in archive.episode_segments.get(id_, ())),
        chapters=tuple(
            (chapter.title, el.Moment(chapter.at, play_at(player, chapter.at)))
            for chapter in (chapters_of(here, episode) if episode.chapters else ())
        ),
        uses=use_cards(here, key),
        roll=shown,
        tree=here.href(tree_link(key)) if with_tree else "",
        license=here.license_of(episode),
        license_texts=here.license_texts(episode),
        transcript=None if read else transcript,
        previous=before,
        next=after,
        corrections=corrections(episode),
        extra=episode.extra,
        head=head(
            here,
            title,
            episode.summary or episode.body.plain or _described(here, id_, shown.people),
            key=key,
            trail=trail,
            data=_episode_data(here, id_, credits),
            alternates=work_facts.alternates(here, key),
            picture=picture,
            menu="episodes/",
            correct=True,
        ),
    )


def _described(here: Here, id_: str, people: int) -> str:
    """What can be said of an episode about which nothing is written."""
    episode, count = here.archive.library.episodes[id_], here.frame.count
    parts = here.archive.episode_segments.get(id_, ())
    segments = sum(not here.archive.library.segments[part].withdrawn for part in parts)
    return described(
        here,
        here.title(("season", episode.season)) if episode.season in here.archive.library.seasons else "",
        here.day(episode.released) if episode.released else "",
        count("%(num)s segment", "%(num)s segments", segments) if segments else "",
        count("%(num)s person", "%(num)s people", people) if people else "",
    )


def _episode_data(here: Here, id_: str, credits: Sequence[Credit]) -> dict[str, Any]:
    """An episode as search engines read it; its people are those of its whole roll who are named."""
    archive = here.archive
    episode = archive.library.episodes[id_]
    data: dict[str, Any] = {
        "@type": "TVEpisode",
        "name": here.title(("episode", id_)),
        "url": absolute(here, permalink(("episode", id_))),
        "episodeNumber": episode.number,
        "datePublished": episode.released,
        "partOfSeries": series_data(here),
        "contributor": roles_data(here, [credit for credit in credits if credit.reason == "named"]),
    }
    if episode.season in archive.library.seasons:
        name = here.title(("season", episode.season))
        url = absolute(here, permalink(("season", episode.season)))
        data["partOfSeason"] = {"@type": "TVSeason", "name": name, "url": url}
    if episode.runtime is not None:
        data["duration"] = iso_duration(episode.runtime)
    return data


def _plan_chapters(archive: Archive) -> Iterator[Output]:
    for id_, episode in archive.library.episodes.items():
        if not episode.withdrawn and chaptered(archive, episode):
            yield Output(permalink(("episode", id_)) + CHAPTERS, "chapter-track", id_)


def _data_chapters(here: Here) -> bytes:
    """WebVTT with a chapter for every part that has a time: a player's list of where to go."""
    episode = here.archive.library.episodes[here.output.id]
    parts = chapters_of(here, episode)
    last = _length(here, episode) or 0
    ends = [*(part.at for part in parts[1:]), max(last, parts[-1].at + 1000)]
    cues = [
        f"{_vtt_time(part.at)} --> {_vtt_time(end)}\n{escape(part.title, quote=False)}\n"
        for part, end in zip(parts, ends, strict=True)
    ]
    return "\n".join(["WEBVTT\n", *cues]).encode()


def _length(here: Here, episode: Episode) -> int | None:
    """How long an episode plays, as stated, else as its medium does."""
    if episode.runtime is not None:
        return episode.runtime
    media = chaptered(here.archive, episode)
    shown = medium_of(here, media, episode) if media else None
    return shown.duration if shown else None


def _vtt_time(milliseconds: int) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{rest:03}"


def _plan_calls(archive: Archive) -> Iterator[Output]:
    per_page = archive.settings.pages.per_page
    for id_, records in archive.calls.items():
        yield from pages(permalink(("episode", id_)) + "records/", "call", len(records), per_page, id_)


def _view_call(here: Here) -> v.RecordList:
    """Everything that came in for an episode."""
    archive = here.archive
    id_ = here.output.id
    episode = archive.library.episodes[id_]
    records = archive.calls[id_]
    title = here.say("Records for %(title)s") % {"title": here.title(("episode", id_))}
    path = permalink(("episode", id_)) + "records/"
    link = here.link(("episode", id_))
    return v.RecordList(
        site=site(here),
        title=title,
        records=tuple(record_card(here, record) for record in cut(here, records)),
        total=len(records),
        episode=link,
        call=body_of(here, episode, episode.call) if here.output.number == 1 else (),
        pager=pager(here, path, len(records)),
        head=head(
            here,
            numbered(here, title),
            episode.call.plain
            or described(here, title, here.frame.count("%(num)s record", "%(num)s records", len(records))),
            trail=(*episode_trail(here, id_), link),
            menu="episodes/",
            indexed=here.output.number == 1,
        ),
    )


KINDS = (
    PageKind("episode", _plan_episodes, _view_episode, opens="episode"),
    PageKind("chapter-track", _plan_chapters, data=_data_chapters),
    PageKind("call", _plan_calls, _view_call, opens="episode"),
)
