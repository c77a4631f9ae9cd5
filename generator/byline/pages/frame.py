"""What every page has around its own content: the site's frame, the head, structured data."""

from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import quote

import msgspec

from byline.archive import Archive
from byline.pages import elements as el
from byline.pages.here import Here
from byline.pages.media_views import picture_of
from byline.permalinks import permalink
from byline.values import Credit, CreditLine, Key

# Kinds of page whose style sheets and scripts (static/KIND.css, static/KIND.js) no other page needs.
_ALONE = frozenset({"tree", "embed"})
# Kinds of page that list things.
_LISTS = frozenset(
    {"call", "contributors", "episodes", "lineage", "records", "role", "roles", "topic", "topics"}
)


# The lists that the navigation leads to.
_INDEXES = {"episodes/": "Episodes", "records/": "Records", "contributors/": "People", "topics/": "Topics"}


def to_list(here: Here, path: str) -> tuple[el.Link, ...]:
    """The link to one of the lists that the navigation leads to; () where there is no such list."""
    there = here.shared(("is listed", path), lambda: _is_listed(here.archive, path))
    return (el.Link(here.say(_INDEXES[path]), here.href(path)),) if there else ()


def _is_listed(archive: Archive, path: str) -> bool:
    library = archive.library
    match path:
        case "records/":
            return bool(archive.paged)
        case "contributors/":
            return any(not one.withdrawn for one in library.contributors.values())
    return bool(library.topics if path == "topics/" else library.episodes)


def _wanted(here: Here, path: str) -> bool:
    name = path.rpartition("/")[2].partition(".")[0]
    return name not in _ALONE or name == here.output.kind


def site(here: Here) -> el.Site:
    """The frame of the site as it looks from a page."""
    alone = here.output.kind if here.output.kind in _ALONE else ""
    return here.shared(("site", here.root, alone), lambda: _site(here))


def _site(here: Here) -> el.Site:
    archive = here.archive
    settings = archive.settings.archive
    menu = [link for path in _INDEXES for link in to_list(here, path)]
    pages = [page for page in archive.library.pages.values() if page.menu is not None and not page.withdrawn]
    pages.sort(key=lambda page: (page.menu or 0, page.id))
    menu += [el.Link(page.title, here.href(permalink(("page", page.id)))) for page in pages]
    menu += [el.Link(label, url) for label, url in archive.settings.menu.items()]
    return el.Site(
        title=settings.title,
        tagline=settings.tagline,
        language=settings.language,
        home=here.href(""),
        menu=tuple(menu),
        styles=tuple(here.href(path) for path in here.frame.styles if _wanted(here, path)),
        scripts=tuple(here.href(path) for path in here.frame.scripts if _wanted(here, path)),
        icon=here.href(here.frame.icon) if here.frame.icon else "",
        copyright=settings.copyright,
        license=here.license(settings.license),
        contact=settings.contact,
    )


def head(
    here: Here,
    title: str,
    description: str,
    *,
    key: Key | None = None,
    trail: tuple[el.Link, ...] = (),
    data: dict[str, Any] | None = None,
    picture: el.Picture | None = None,
    menu: str = "",
    correct: bool = False,
    indexed: bool = True,
    card: str = "",
    alternates: tuple[el.Alternate, ...] = (),
    at: str | None = None,
    about: str = "",
) -> el.Head:
    """A page's head. Build it last: its policy lists the hosts that the page's media come from.

    `card` is the path of a social card, which is shared in place of the picture; without both it is the
    archive's own picture. `at` is the address of what the page stands for, where that is not its own. Of
    `data` what is empty is left out; without any it is a page like any other, or a list of what is named by
    `about`; what was withdrawn has none.
    """
    archive = here.archive
    output = here.output
    language = archive.settings.archive.language
    document = here.document(key) if key else None
    canonical = absolute(here, output.path.removesuffix("index.html") if at is None else at)
    language = document.language if document and document.language else language
    if document and document.withdrawn:
        data = {}
    elif data is None:
        data = _page_data(here, title, canonical, language, about)
    shown = picture
    if card:
        image = absolute(here, card)
    elif shown:
        image = absolute_href(here, shown.src)
    else:
        image = here.shared("archive's picture", lambda: _own_picture(here))
    return el.Head(
        kind=output.kind,
        title=title,
        description=_one_line(description or f"{title} · {archive.settings.archive.title}"),
        canonical=canonical,
        policy=policy(here.hosts),
        language=language,
        path=output.path.removesuffix("index.html"),
        image=image,
        image_alt=title if card else (shown.alt or "") if shown else "",
        data=script_json({name: value for name, value in data.items() if value}) if data else "",
        trail=trail,
        current=here.href(menu) if menu else "",
        correct=correction_link(here, title, canonical) if correct else "",
        indexed=indexed,
        alternates=alternates,
    )


def _own_picture(here: Here) -> str:
    """What pages are shared with that have no picture of their own (`[archive] picture`); "" for nothing."""
    picture = picture_of(here, here.archive.settings.archive.picture)
    return absolute_href(here, picture.src) if picture else ""


def _page_data(here: Here, title: str, url: str, language: str, about: str) -> dict[str, Any]:
    """schema.org's WebPage, or one that lists things."""
    settings = here.archive.settings.archive
    data: dict[str, Any] = {
        "@type": "CollectionPage" if here.output.kind in _LISTS else "WebPage",
        "name": title,
        "url": url,
        "inLanguage": language,
        "isPartOf": {"@type": "WebSite", "name": settings.title, "url": settings.base_url},
    }
    return {**data, "about": {"@type": "Thing", "name": about}} if about else data


def _one_line(text: str, most: int = 200) -> str:
    text = text.strip()
    if "  " in text or not text.isprintable():  # few are: taking all apart takes six times as long
        text = " ".join(text.split())
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def absolute(here: Here, path: str) -> str:
    """The full address of a path in the site."""
    return here.archive.settings.archive.base_url + path


def absolute_href(here: Here, href: str) -> str:
    """The full address of an href that this page made itself."""
    return href if "://" in href else absolute(here, href.removeprefix(here.root))


def policy(named: Iterable[str]) -> str:
    """The Content-Security-Policy of pages: their own files, and the hosts that their content names."""
    hosts = "".join(f" {host}" for host in sorted(named))
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; connect-src 'self'; "
        f"img-src 'self'{hosts}; media-src 'self'{hosts}; base-uri 'none'; form-action 'self'"
    )


def script_json(data: dict[str, Any]) -> str:
    """JSON that can stand inside a script element: nothing in it can end that element."""
    text = msgspec.json.encode({"@context": "https://schema.org", **data}).decode()
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def correction_link(here: Here, title: str, canonical: str) -> str:
    """Where somebody can say that a credit is wrong: `contact`, with page and title filled in."""
    contact = here.archive.settings.archive.contact
    if not contact:
        return ""
    if "://" in contact:
        mark = "&" if "?" in contact else "?"
        return f"{contact}{mark}page={quote(canonical, safe='')}"
    subject = quote(here.say("Something is wrong with this credit") + f": {title}", safe="")
    return f"mailto:{contact}?subject={subject}&body={quote(canonical, safe='')}"


def person_data(here: Here, key: str) -> dict[str, Any] | None:
    """schema.org's Person (or group) for a credit; None for a withdrawn contributor."""
    person = here.archive.people[key]
    if person.state == "withdrawn":
        return None
    data: dict[str, Any] = {
        "@type": "Person" if person.kind == "person" else "Organization",
        "name": person.name,
    }
    if person.state == "public":
        data["url"] = absolute(here, permalink(("contributor", key)))
    return data


def roles_data(here: Here, lines: Sequence[CreditLine | Credit], most: int = 100) -> list[dict[str, Any]]:
    """schema.org's Role for each named person and role once, at most so many."""
    roles = here.archive.vocabulary.roles
    out = []
    for who, role in list(dict.fromkeys([(line.who, line.role) for line in lines]))[:most]:
        person = person_data(here, who)
        if person:
            name = here.say(roles[role].person) if role in roles else role
            out.append({"@type": "Role", "roleName": name, "contributor": person})
    return out
