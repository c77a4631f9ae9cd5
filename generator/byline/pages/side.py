"""Side files: redirects from old addresses, sitemap, robots.txt, humans.txt."""

from collections.abc import Iterator
from html import escape

from byline.archive import Archive
from byline.mentions import documents
from byline.pages import beside
from byline.pages import views as v
from byline.pages.frame import absolute, head, site
from byline.pages.here import Here
from byline.pages.kind import PageKind
from byline.permalinks import permalink
from byline.text import clean
from byline.values import Key, Output, key_of

# A sitemap holds at most so many addresses (sitemaps.org); more need an index of sitemaps.
SITEMAP_MOST = 50_000


def redirects(archive: Archive) -> Iterator[tuple[str, Key]]:
    """Every old address of a page and the document that it leads to now."""
    for document in documents(archive.library):
        if not document.aliases or document.withdrawn:
            continue
        key = key_of(document)
        if key[0] != "record" or key[1] in archive.paged:
            yield from ((alias, key) for alias in dict.fromkeys(document.aliases))
    for old, id_ in beside.former(archive):
        yield permalink(("contributor", old)).rstrip("/"), ("contributor", id_)


def _plan_redirects(archive: Archive) -> Iterator[Output]:
    for alias, key in redirects(archive):
        path = alias if alias.endswith((".html", ".htm")) else f"{alias}/index.html"
        yield Output(path, "redirect", key[1], facet=key[0])


def _plan_former(archive: Archive) -> Iterator[Output]:
    """What was pasted elsewhere stays where it was: no picture, feed or frame without scripts follows a page
    that refreshes itself."""
    for old, key, file in beside.formerly(archive):
        yield Output(beside.path(old, file), beside.FILES[file][0], key)


def _view_redirect(here: Here) -> v.Redirect:
    key = (here.output.facet, here.output.id)
    target, document = here.link(key), here.document(key)
    told = (document.summary or document.body.plain) if document else ""
    made = head(here, target.text, told or here.say("This page has moved."), at=permalink(key))
    return v.Redirect(site=site(here), head=made, target=target)


def plan_sitemap(indexed: int) -> Iterator[Output]:
    """The sitemap of so many permalinks: one file, or an index of several."""
    parts = -(-indexed // SITEMAP_MOST)
    yield Output("sitemap.xml", "sitemap", number=parts)
    if parts > 1:
        for number in range(1, parts + 1):
            yield Output(f"sitemap-{number}.xml", "sitemap", facet="part", number=number)


def _data_sitemap(here: Here) -> bytes:
    """A sitemap by sitemaps.org 0.9, or the index of several."""
    output = here.output
    xmlns = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
    if output.number > 1 and not output.facet:
        rows = [
            f"<sitemap><loc>{escape(absolute(here, f'sitemap-{number}.xml'), quote=False)}</loc></sitemap>\n"
            for number in range(1, output.number + 1)
        ]
        body = f"<sitemapindex {xmlns}>\n{''.join(rows)}</sitemapindex>\n"
    else:
        start = (output.number - 1) * SITEMAP_MOST if output.facet else 0
        paths = here.frame.indexed()[start : start + SITEMAP_MOST]
        rows = [f"<url><loc>{escape(absolute(here, path), quote=False)}</loc></url>\n" for path in paths]
        body = f"<urlset {xmlns}>\n{''.join(rows)}</urlset>\n"
    return ('<?xml version="1.0" encoding="UTF-8"?>\n' + body).encode()


def _plan_robots(archive: Archive) -> Iterator[Output]:
    yield Output("robots.txt", "robots")


def _data_robots(here: Here) -> bytes:
    """Everybody may read everything."""
    return f"User-agent: *\nAllow: /\nSitemap: {absolute(here, 'sitemap.xml')}\n".encode()


def _plan_humans(archive: Archive) -> Iterator[Output]:
    yield Output("humans.txt", "humans")


def _data_humans(here: Here) -> bytes:
    """Everybody who has a credit page, by name (humanstxt.org)."""
    settings = here.archive.settings.archive
    lines = [settings.title, settings.base_url, "", here.say("People"), ""]
    for id_, contributor in here.archive.library.contributors.items():
        if not contributor.withdrawn:
            lines += [
                " ".join(clean(contributor.name).split()),
                absolute(here, permalink(("contributor", id_))),
                "",
            ]
    return "\n".join(lines).encode()


KINDS = (
    PageKind("redirect", _plan_redirects, _view_redirect),
    PageKind("former", _plan_former),
    PageKind("sitemap", data=_data_sitemap),
    PageKind("robots", _plan_robots, data=_data_robots),
    PageKind("humans", _plan_humans, data=_data_humans),
)
