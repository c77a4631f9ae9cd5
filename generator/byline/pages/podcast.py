"""podcast.xml: RSS with the tags of Apple and of Podcasting 2.0, for the archive and for every season.

An archive may hold several shows, each a season. Episodes without sound or video stay out.
"""

import re
from collections.abc import Iterator, Sequence
from uuid import UUID, uuid5

import msgspec

from byline.archive import Archive, episode_roll
from byline.fields import is_email
from byline.pages import elements as el
from byline.pages.chapters import chaptered, chapters_of, played_of
from byline.pages.feeds import described, mail_date, xml
from byline.pages.frame import absolute, absolute_href
from byline.pages.here import Here
from byline.pages.kind import PageKind
from byline.pages.media_views import cover_of, file_link, medium_of, picture_of
from byline.pages.rolls import role_name
from byline.permalinks import permalink
from byline.podcast_categories import INSIDE
from byline.read.suffixes import TYPES, suffix_of
from byline.times import moment
from byline.values import Episode, Output

FILE = "podcast.xml"
CHAPTERS = "chapters.json"
_RSS = (
    '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" '
    'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" '
    'xmlns:podcast="https://podcastindex.org/namespace/1.0">'
)
# Transcripts that players know by their type, which is not the one that they are shown with in a browser.
_SCRIPTS = {"srt": "application/x-subrip", "json": "application/json"}
# The namespace in which feeds are named (podcast namespace 1.0, "guid").
_FEEDS = UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6")


def episodes(archive: Archive, season: str = "") -> list[str]:
    """The episodes of a feed, of one season or of all, newest first."""
    among = archive.season_episodes.get(season, ()) if season else archive.library.episodes
    found = [id_ for id_ in among if played_of(archive, archive.library.episodes[id_].media)]
    return sorted(sorted(found), key=lambda id_: moment(_date(archive.library.episodes[id_])), reverse=True)


def _date(episode: Episode) -> str:
    """When an episode came out, as the other feeds say it."""
    return episode.released or episode.publish


def _all_film(archive: Archive, season: str) -> bool:
    """Whether all that a feed encloses is to be seen ("medium" of the podcast namespace)."""
    played = [played_of(archive, archive.library.episodes[id_].media) for id_ in episodes(archive, season)]
    types = [(one.type or TYPES[suffix_of(one.file or one.url)][1]) for one in played if one]
    return all(mime.startswith("video/") for mime in types)


def alternates(here: Here, season: str = "") -> tuple[el.Alternate, ...]:
    """The podcast of a season, or of the archive, as a link of a page's head."""
    if not episodes(here.archive, season):
        return ()
    path = (permalink(("season", season)) if season else "") + FILE
    return (el.Alternate(here.href(path), "application/rss+xml", here.say("Podcast")),)


def _plan(archive: Archive) -> Iterator[Output]:
    if not episodes(archive):
        return
    yield Output(FILE, "podcast")
    for id_, season in archive.library.seasons.items():
        if not season.withdrawn and episodes(archive, id_):
            yield Output(permalink(("season", id_)) + FILE, "podcast", id_)


def guid(address: str) -> str:
    """A feed's permanent name, from its address without scheme and trailing slash (podcast:guid)."""
    return str(uuid5(_FEEDS, address.partition("://")[2].rstrip("/")))


def _tag(element: str, inside: str = "", /, **attributes: str) -> str:
    """An element; attributes that say nothing are left out."""
    told = "".join(f' {key}="{xml(value)}"' for key, value in attributes.items() if value)
    return f"<{element}{told}>{xml(inside)}</{element}>" if inside else f"<{element}{told}/>"


def _data(here: Here) -> bytes:
    archive = here.archive
    settings = archive.settings.archive
    season = archive.library.seasons.get(here.output.id)
    key = ("season", here.output.id) if season else ("page", "")
    own = absolute(here, here.output.path)
    document = season or archive.library.home
    text = document.summary or document.body.plain or settings.tagline or settings.title
    art = _art(cover_of(here, season, 0) if season else None) or _art(picture_of(here, settings.picture))
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        _RSS,
        "<channel>",
        _tag("title", f"{here.title(key)} · {settings.title}" if season else settings.title),
        _tag("link", absolute(here, permalink(key))),
        f"<description>{described(text)}</description>",
        _tag("language", settings.language),
        _tag("atom:link", href=own, rel="self", type="application/rss+xml"),
        _tag("itunes:author", settings.title),
        *_owner(settings.title, settings.contact),
        *_categories(archive.settings.podcast.categories),
        _tag("itunes:explicit", "true" if archive.settings.podcast.explicit else "false"),
        _tag("podcast:guid", guid(own)),
        *([_tag("podcast:medium", "video")] if _all_film(archive, here.output.id) else []),
        *([_tag("copyright", settings.copyright)] if settings.copyright else []),
        *([_tag("itunes:image", href=absolute_href(here, art))] if art else []),
        *_license(here.license(settings.license)),
    ]
    for id_ in episodes(archive, here.output.id):
        lines += ["<item>", *_item(here, archive.library.episodes[id_]), "</item>"]
    return "\n".join([*lines, "</channel>", "</rss>", ""]).encode()


def _owner(title: str, contact: str) -> Iterator[str]:
    """Whom directories write to, to be sure that a feed is somebody's own."""
    if is_email(contact):
        yield f"<itunes:owner>{_tag('itunes:name', title)}{_tag('itunes:email', contact)}</itunes:owner>"


def _categories(names: Sequence[str]) -> Iterator[str]:
    """Each category inside the one that it belongs to."""
    for name in names:
        tag = _tag("itunes:category", text=name)
        above = INSIDE[name]
        yield f'<itunes:category text="{xml(above)}">{tag}</itunes:category>' if above else tag


def _art(picture: el.Picture | None) -> str:
    """The widest rendition that podcast directories take, which is JPEG or PNG; "" for none."""
    if picture is None:
        return ""
    widest = (picture.src, *(sources[-1][0] for _, sources in picture.better))
    return next((href for href in widest if href.endswith((".jpg", ".png"))), "")


def _item(here: Here, episode: Episode) -> Iterator[str]:
    key = ("episode", episode.id)
    url = absolute(here, permalink(key))
    yield _tag("title", here.title(key))
    yield _tag("link", url)
    yield _tag("guid", url, isPermaLink="false")
    if date := _date(episode):
        yield _tag("pubDate", mail_date(date))
    if text := episode.summary or episode.body.plain:
        yield f"<description>{described(text)}</description>"
    media = played_of(here.archive, episode.media)
    shown = medium_of(here, media, episode) if media else None
    if media and shown:
        yield _tag("enclosure", url=absolute_href(here, shown.href), length=str(shown.size), type=shown.mime)
        told = {file: (language, "captions") for language, file in media.captions}
        for file in (episode.transcript, media.transcript):
            told.setdefault(file, (episode.language, ""))
        for file, (language, rel) in told.items():
            yield from _transcript(here, file, language, rel)
    length = episode.runtime if episode.runtime is not None else shown.duration if shown else None
    if length is not None:
        yield _tag("itunes:duration", str(round(length / 1000)))
    yield from _numbers(here, episode)
    if art := _art(cover_of(here, episode, 0)):
        yield _tag("itunes:image", href=absolute_href(here, art))
    if _chapters(here, episode.id):
        yield _tag("podcast:chapters", url=url + CHAPTERS, type="application/json+chapters")
    yield from _license(here.license_of(episode))
    yield from _people(here, episode.id)


def _numbers(here: Here, episode: Episode) -> Iterator[str]:
    """Season and episode, where they have numbers: Podcasting 2.0 takes no other labels, and Apple no 0."""
    season = here.archive.library.seasons.get(episode.season)
    if season and re.fullmatch("[0-9]+", season.number):
        if int(season.number):
            yield _tag("itunes:season", season.number)
        yield _tag("podcast:season", season.number, name=here.title(("season", season.id))[:128])
    if re.fullmatch("[0-9]+", episode.number) and int(episode.number):
        yield _tag("itunes:episode", episode.number)
    if re.fullmatch(r"[0-9]+(\.[0-9]+)?", episode.number):
        yield _tag("podcast:episode", episode.number)


def _transcript(here: Here, file: str, language: str, rel: str) -> Iterator[str]:
    link = file_link(here, file)
    if link and link.href:
        yield _tag(
            "podcast:transcript",
            url=absolute_href(here, link.href),
            type=_SCRIPTS.get(suffix_of(file)) or here.archive.media[file].mime,
            language=language or here.archive.settings.archive.language,
            rel=rel,
        )


def _license(link: el.Link | None) -> Iterator[str]:
    """A licence that has an address: Podcasting 2.0 wants one of all that are not known everywhere."""
    if link and link.href:
        yield _tag("podcast:license", link.text[:128], url=link.href)


def _people(here: Here, identity: str) -> Iterator[str]:
    """Everyone in the credits, once a role, in their order; roles by the names of the Podcast Taxonomy."""
    words = here.archive.vocabulary
    told = dict.fromkeys((one.who, one.role) for one in episode_roll(here.archive, identity))
    for who, role_id in told:
        person = here.archive.people[who]
        if person.state == "withdrawn":
            continue
        role = words.roles.get(role_id)
        group = words.groups.get(role.group) if role else None
        contributor = here.archive.library.contributors.get(who) if person.state == "public" else None
        picture = cover_of(here, contributor, 320) if contributor else None
        yield _tag(
            "podcast:person",
            person.name,
            role=((role.podcast if role else "") or role_name(here, role_id)).lower(),
            group=(group.podcast if group else "").lower(),
            img=absolute_href(here, picture.src) if picture else "",
            href=absolute(here, permalink(("contributor", who))) if contributor else "",
        )


class Chapter(msgspec.Struct, frozen=True, gc=False, omit_defaults=True, rename="camel"):
    """A chapter in JSON Chapters 1.2: times in seconds."""

    start_time: float
    title: str
    end_time: float | None = None
    url: str = ""


class Chapters(msgspec.Struct, frozen=True, gc=False):
    """JSON Chapters 1.2 (Podcasting 2.0)."""

    version: str
    chapters: Sequence[Chapter]


def _chapters(here: Here, identity: str) -> list[Chapter]:
    """The segments and chapters of an episode that have a time, by it."""
    library = here.archive.library
    found = []
    for at, title, part in chapters_of(here, library.episodes[identity]):
        ends = library.segments[part].ends if part else None
        url = absolute(here, permalink(("segment", part))) if part else ""
        found.append(Chapter(at / 1000, title, ends / 1000 if ends is not None else None, url))
    return found


def _plan_chapters(archive: Archive) -> Iterator[Output]:
    for id_ in episodes(archive):
        if chaptered(archive, archive.library.episodes[id_]):
            yield Output(permalink(("episode", id_)) + CHAPTERS, "chapters", id_)


def _data_chapters(here: Here) -> bytes:
    return msgspec.json.encode(Chapters("1.2.0", _chapters(here, here.output.id))) + b"\n"


KINDS = (
    PageKind("podcast", _plan, data=_data),
    PageKind("chapters", _plan_chapters, data=_data_chapters),
)
