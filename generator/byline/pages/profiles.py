"""What stands beside a credit page: JSON, feeds, card, badge, embedded page and oEmbed."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial

import msgspec

from byline.archive import Archive, credits_of
from byline.pages import elements as el
from byline.pages import feeds
from byline.pages import views as v
from byline.pages.badges import badge
from byline.pages.beside import FILES, has, having, path, roles, summary, totals
from byline.pages.contributors import items
from byline.pages.facts import SCHEMA, CreditsFile, credits_file, page_url, place_date, schema_file
from byline.pages.frame import absolute
from byline.pages.here import Here
from byline.pages.kind import PageKind
from byline.pages.media_views import cover_of
from byline.pages.rolls import role_name
from byline.pages.snippets import FRAME_HEIGHT, FRAME_WIDTH, frame_html, role_words
from byline.permalinks import permalink
from byline.values import Credit, Key, Output

MOST_ROLES = 3
MOST_EMBEDDED = 3


def _plan(kind: str, file: str, archive: Archive, ids: Iterable[str]) -> Iterator[Output]:
    for key in having(archive, file, ids):
        yield Output(path(key, file), kind, key)


def _json(here: Here) -> bytes:
    return msgspec.json.encode(credits_file(here, here.output.id)) + b"\n"


def _plan_schema(archive: Archive) -> Iterator[Output]:
    if archive.settings.pages.credits_json is not None:
        yield Output(SCHEMA, "credits-schema")


def _feed(write: Callable[[feeds.Feed], bytes], here: Here) -> bytes:
    archive = here.archive
    key = here.output.id
    name = archive.library.contributors[key].name
    words = {"name": name, "archive": archive.settings.archive.title}
    return write(
        feeds.Feed(
            title=here.say("%(name)s on %(archive)s") % words,
            text=here.say("New credits of %(name)s") % words,
            url=absolute(here, permalink(("contributor", key))),
            own=absolute(here, path(key, here.output.path.rpartition("/")[2])),
            language=archive.settings.archive.language,
            author=archive.settings.archive.title,
            entries=feeds.newest(_entries(here, key)),
        )
    )


def _entries(here: Here, key: str) -> list[feeds.Entry]:
    """One entry for every place, with all that somebody is credited for there."""
    archive = here.archive
    own = absolute(here, permalink(("contributor", key)))
    places: dict[Key, list[Credit]] = {}
    for credit in credits_of(archive, key):
        places.setdefault(credit.place, []).append(credit)
    return [
        feeds.Entry(
            id=f"{own}#{place[0]}:{place[1]}",
            url=page_url(here, place) or own,
            title=_title(here, place, credits),
            text=_setting(here, place),
            date=place_date(here, place),
        )
        for place, credits in places.items()
    ]


def _title(here: Here, place: Key, credits: Sequence[Credit]) -> str:
    """What somebody is credited for at a place: in roles there, or in those that they had on works in it."""
    words, title = _words(here, credits), here.title(place)
    if any(credit.reason == "named" for credit in credits):
        return f"{words}: {title}"
    return here.say("%(credits)s, in %(place)s") % {"credits": words, "place": title}


def _words(here: Here, credits: Sequence[Credit]) -> str:
    """Credits at one place in words, each once, those that name somebody there first."""
    named_first = sorted(credits, key=lambda credit: credit.reason != "named")
    return here.joined(dict.fromkeys([role_words(here, credit) for credit in named_first]))


def _setting(here: Here, place: Key) -> str:
    """Where a place belongs: its episode, season and archive."""
    kind, identity = place
    archive = here.archive
    parts = []
    if kind != "record":
        episode = identity.partition("/")[0]
        season = archive.library.episodes[episode].season
        parts += [here.title(("episode", episode))] if kind == "segment" else []
        parts += [here.title(("season", season))] if season in archive.library.seasons else []
    return " · ".join([*parts, archive.settings.archive.title])


def _card(here: Here) -> msgspec.Struct:
    from byline.media import card as cards  # with what draws

    key = here.output.id
    contributor = here.archive.library.contributors[key]
    return cards.Card(
        names=(contributor.name, *contributor.also_credited_as),
        roles=_roles(here, key),
        archive=here.archive.settings.archive.title,
        facts=summary(here, *totals(here.archive, key)),
        fonts=tuple(face.digest for face in here.frame.fonts),
    )


def _draw(here: Here, view: msgspec.Struct) -> bytes:
    from byline.media import card as cards

    assert isinstance(view, cards.Card)
    return cards.draw(view, here.frame.fonts)


def _roles(here: Here, key: str) -> str:
    return " · ".join(role_name(here, role) for role in roles(here, key, MOST_ROLES))


def _badge(here: Here) -> bytes:
    archive = here.archive
    key = here.output.id
    title = archive.settings.archive.title
    fact = summary(here, *totals(archive, key)).partition(" · ")[0]
    label = " · ".join(part for part in (archive.library.contributors[key].name, fact, title) if part)
    return badge(title, fact, label)


def _embed(here: Here) -> v.EmbedPage:
    archive = here.archive
    key = here.output.id
    contributor = archive.library.contributors[key]
    shown = [item for kind, item in items(archive, key) if kind == "credit"]
    shown.sort(key=lambda item: all(credit.reason != "named" for credit in item[2]))
    settings = archive.settings.archive
    picture = cover_of(here, contributor, 320)
    hosts = "".join(f" {host}" for host in here.hosts)
    return v.EmbedPage(
        language=settings.language,
        styles=tuple(here.href(style) for style in here.frame.styles if "/embed." in style),
        policy="default-src 'none'; style-src 'self'; "
        f"img-src 'self'{hosts}; base-uri 'none'; form-action 'none'",
        canonical=absolute(here, permalink(("contributor", key))),
        name=here.link(("contributor", key)),
        picture=picture,
        roles=_roles(here, key),
        facts=summary(here, *totals(archive, key)),
        credits=tuple(
            (
                _words(here, credits),
                here.link(place),
                here.link(("episode", episode)) if place[0] == "segment" else None,
            )
            for episode, place, credits in shown[:MOST_EMBEDDED]
        ),
        archive=el.Link(settings.title, here.href("")),
    )


def _oembed(here: Here) -> bytes:
    """oEmbed 1.0, type rich; the picture is the card, where there is one."""
    archive = here.archive
    key = here.output.id
    settings = archive.settings.archive
    contributor = archive.library.contributors[key]
    found = {
        "version": "1.0",
        "type": "rich",
        "title": contributor.name,
        "author_name": contributor.name,
        "author_url": absolute(here, permalink(("contributor", key))),
        "provider_name": settings.title,
        "provider_url": settings.base_url,
        "html": frame_html(here, contributor),
        "width": FRAME_WIDTH,
        "height": FRAME_HEIGHT,
    }
    if has(archive, key, "card.png"):
        from byline.media import card as cards

        found["thumbnail_url"] = absolute(here, path(key, "card.png"))
        found["thumbnail_width"], found["thumbnail_height"] = cards.WIDTH, cards.HEIGHT
    return msgspec.json.encode(found) + b"\n"


def _kind(file: str, opens: str = "", **how: Callable[..., object]) -> PageKind:
    name, _ = FILES[file]
    each = {"contributor": partial(_plan, name, file)}
    return PageKind(name, each=each, opens=opens, **how)  # type: ignore[arg-type]


KINDS = (
    _kind("credits.json", data=_json, opens="contributor"),
    _kind("feed.xml", data=partial(_feed, feeds.rss)),
    _kind("atom.xml", data=partial(_feed, feeds.atom)),
    _kind("card.png", view=_card, draw=_draw),
    _kind("badge.svg", data=_badge),
    _kind("embed/index.html", view=_embed),
    _kind("oembed.json", data=_oembed),
    PageKind("credits-schema", _plan_schema, data=lambda _here: schema_file(CreditsFile)),
)
