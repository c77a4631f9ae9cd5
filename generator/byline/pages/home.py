"""The home page, topics, free pages, and the page for addresses that lead nowhere."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Any

from byline.alphabet import name_key
from byline.archive import Archive
from byline.pages import elements as el
from byline.pages import podcast, syndication
from byline.pages import views as v
from byline.pages.bodies import body_of
from byline.pages.cards import episode_card, record_card, season_card
from byline.pages.frame import absolute, head, site, to_list
from byline.pages.here import Here, corrections, tombstone
from byline.pages.kind import PageKind, pages
from byline.pages.listing import cut, described, numbered, pager
from byline.pages.media_views import cover_of, picture_of
from byline.pages.records import listed
from byline.permalinks import permalink
from byline.times import moment
from byline.values import Output

NEWEST_EPISODES = 6
NEWEST_RECORDS = 6


def _plan_home(archive: Archive) -> Iterator[Output]:
    yield Output("index.html", "home", indexed=True)


def _view_home(here: Here) -> v.HomePage:
    archive = here.archive
    library = archive.library
    settings = archive.settings.archive
    shown = [id_ for id_, episode in library.episodes.items() if not episode.withdrawn]
    newest = sorted(sorted(shown), key=lambda id_: moment(library.episodes[id_].released), reverse=True)
    records = here.once("records", "", lambda: listed(archive))
    people = [one for one in library.contributors.values() if not one.withdrawn]
    segments = [one for one in library.segments.values() if not one.withdrawn]
    cards = tuple(episode_card(here, id_) for id_ in newest[:NEWEST_EPISODES])
    seasons = [id_ for id_, season in library.seasons.items() if not season.withdrawn]
    data: dict[str, Any] = {
        "@type": "CreativeWorkSeries",
        "name": settings.title,
        "url": absolute(here, ""),
        "inLanguage": settings.language,
    }
    return v.HomePage(
        site=site(here),
        body=body_of(here, library.home, library.home.body),
        newest=cards,
        seasons=tuple(season_card(here, id_) for id_ in reversed(seasons)),
        topics=tuple(here.link(("topic", id_)) for id_ in _topics(archive)),
        records=tuple(record_card(here, id_) for id_ in _newest_records(archive, records)),
        episodes_total=len(shown),
        segments_total=len(segments),
        records_total=len(records),
        contributors_total=len(people),
        head=head(
            here,
            settings.title,
            settings.tagline or library.home.body.plain or settings.title,
            data=data,
            alternates=(*syndication.alternates(here), *podcast.alternates(here)),
            picture=picture_of(here, settings.picture) or next((c.picture for c in cards if c.picture), None),
        ),
    )


def _newest_records(archive: Archive, ids: Sequence[str]) -> list[str]:
    """The newest of records that are in order, equal ones by id as in feeds."""

    def when(id_: str) -> str:
        return moment(archive.library.records[id_].date)

    start = bisect_left(ids, when(ids[-NEWEST_RECORDS:][0]), key=when) if ids else 0
    return sorted(ids[start:], key=when, reverse=True)[:NEWEST_RECORDS]


def _topics(archive: Archive) -> list[str]:
    """Topics that an episode has, by title."""
    shown = [id_ for id_, topic in archive.library.topics.items() if not topic.withdrawn]
    return sorted(shown, key=lambda id_: (name_key(archive.library.topics[id_].title or id_), id_))


def _plan_topics(archive: Archive) -> Iterator[Output]:
    for id_, topic in archive.library.topics.items():
        yield Output(permalink(("topic", id_)) + "index.html", "topic", id_, indexed=not topic.withdrawn)


def _view_topic(here: Here) -> v.TopicPage:
    archive = here.archive
    id_ = here.output.id
    topic = archive.library.topics[id_]
    key = ("topic", id_)
    title = here.title(key)
    picture = cover_of(here, topic, 1280, described=True)
    gone = tombstone(topic)
    number = len(archive.topic_episodes.get(id_, ()))
    episodes = here.frame.count("%(num)s episode", "%(num)s episodes", number) if number else ""
    return v.TopicPage(
        site=site(here),
        title=title,
        body=body_of(here, topic, topic.body),
        picture=picture,
        suggested_by=here.people(archive.suggested.get(id_, ()))[0],
        episodes=tuple(episode_card(here, episode) for episode in archive.topic_episodes.get(id_, ())),
        tombstone=gone,
        corrections=corrections(topic),
        extra=topic.extra,
        head=head(
            here,
            title,
            topic.summary or topic.body.plain or described(here, title, episodes),
            key=key,
            trail=to_list(here, "topics/"),
            picture=picture,
            menu="topics/",
            indexed=not gone,
            about=title,
        ),
    )


def _plan_topic_list(archive: Archive) -> Iterator[Output]:
    if archive.library.topics:
        yield from pages("topics/", "topics", len(_topics(archive)), archive.settings.pages.per_page)


def _view_topic_list(here: Here) -> v.TopicList:
    topics = _topics(here.archive)
    title = here.say("Topics")
    return v.TopicList(
        site=site(here),
        title=title,
        topics=tuple(
            (here.link(("topic", id_)), len(here.archive.topic_episodes.get(id_, ())))
            for id_ in cut(here, topics)
        ),
        total=len(topics),
        pager=pager(here, "topics/", len(topics)),
        head=head(
            here,
            numbered(here, title),
            described(here, here.frame.count("%(num)s topic", "%(num)s topics", len(topics))),
            menu="topics/",
            indexed=here.output.number == 1,
        ),
    )


def _plan_free(archive: Archive) -> Iterator[Output]:
    for id_ in archive.library.pages:
        yield Output(
            permalink(("page", id_)) + "index.html",
            "page",
            id_,
            indexed=not archive.library.pages[id_].withdrawn,
        )


def _view_free(here: Here) -> v.FreePage:
    archive = here.archive
    id_ = here.output.id
    page = archive.library.pages[id_]
    above = [id_.rsplit("/", cut_at)[0] for cut_at in range(id_.count("/"), 0, -1)]
    gone = tombstone(page)
    return v.FreePage(
        site=site(here),
        title=page.title or id_,
        body=body_of(here, page, page.body),
        tombstone=gone,
        corrections=corrections(page),
        extra=page.extra,
        head=head(
            here,
            page.title or id_,
            page.summary or page.body.plain,
            key=("page", id_),
            trail=tuple(here.link(("page", one)) for one in above if one in archive.library.pages),
            menu=permalink(("page", id_)),
            indexed=not gone,
        ),
    )


def _plan_not_found(archive: Archive) -> Iterator[Output]:
    yield Output("404.html", "notfound")


def _view_not_found(here: Here) -> v.NotFound:
    frame = site(here)
    title = here.say("This page does not exist")
    return v.NotFound(
        site=frame,
        title=title,
        ways=(el.Link(here.archive.settings.archive.title, frame.home), *frame.menu),
        head=head(here, title, "", indexed=False),
    )


KINDS = (
    PageKind("home", _plan_home, _view_home, opens="page"),
    PageKind("topics", _plan_topic_list, _view_topic_list),
    PageKind("topic", _plan_topics, _view_topic, opens="topic"),
    PageKind("page", _plan_free, _view_free, opens="page"),
    PageKind("notfound", _plan_not_found, _view_not_found),
)
