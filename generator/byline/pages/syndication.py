"""Feeds of the whole archive: its newest episodes, or its newest records where it has no episodes."""

from collections.abc import Callable, Iterator
from functools import partial

from byline.archive import Archive
from byline.pages import elements as el
from byline.pages import feeds
from byline.pages.facts import place_date
from byline.pages.frame import absolute
from byline.pages.here import Here
from byline.pages.kind import PageKind
from byline.permalinks import permalink
from byline.values import Key, Output


def _shown(archive: Archive) -> list[Key]:
    """What the feeds tell of."""
    library = archive.library
    episodes = [("episode", id_) for id_, one in library.episodes.items() if not one.withdrawn]
    return episodes or [
        ("record", id_) for id_, one in library.records.items() if not one.withdrawn and id_ in archive.paged
    ]


def _entry(here: Here, key: Key) -> feeds.Entry:
    document = here.document(key)
    assert document is not None
    url = absolute(here, permalink(key))
    text = document.summary or document.body.plain
    return feeds.Entry(url, url, here.title(key), text, place_date(here, key), here.language(key))


def _feed(write: Callable[[feeds.Feed], bytes], here: Here) -> bytes:
    settings = here.archive.settings.archive
    return write(
        feeds.Feed(
            title=settings.title,
            text=settings.tagline or here.archive.library.home.body.plain or settings.title,
            url=absolute(here, ""),
            own=absolute(here, here.output.path),
            language=settings.language,
            author=settings.title,
            entries=feeds.newest([_entry(here, key) for key in _shown(here.archive)]),
        )
    )


def alternates(here: Here) -> tuple[el.Alternate, ...]:
    """The feeds, as links of a page's head."""
    return (
        el.Alternate(here.href("feed.xml"), "application/rss+xml", here.say("RSS feed")),
        el.Alternate(here.href("atom.xml"), "application/atom+xml", here.say("Atom feed")),
        el.Alternate(here.href("feed.json"), "application/feed+json", here.say("JSON feed")),
    )


def _plan(file: str, kind: str, _archive: Archive) -> Iterator[Output]:
    yield Output(file, kind)


def _kind(name: str, file: str, write: Callable[[feeds.Feed], bytes]) -> PageKind:
    return PageKind(name, partial(_plan, file, name), data=partial(_feed, write))


KINDS = (
    _kind("site-feed", "feed.xml", feeds.rss),
    _kind("site-atom", "atom.xml", feeds.atom),
    _kind("site-json-feed", "feed.json", feeds.json_feed),
)
