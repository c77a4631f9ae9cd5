"""Texts to copy: how to link a credit page, to cite a record, and to put credits into a CV."""

from collections.abc import Sequence
from html import escape

from byline.pages import elements as el
from byline.pages.beside import has, path
from byline.pages.frame import absolute
from byline.pages.here import Here
from byline.pages.rolls import role_name
from byline.permalinks import permalink
from byline.values import Contributor, Credit, Key, Record

# An episode, a place there, and somebody's credits at that place.
Place = tuple[str, Key, Sequence[Credit]]
# A CV names so many places at most.
MOST_LINES = 60
# A line names so many works at most.
MOST_WORKS = 3
# All of ASCII is in it: `translate` takes four times as long where it meets characters that are not.
_MARKUP = {code: f"\\{chr(code)}" if chr(code) in "\\`*_[]<>&#|~!" else chr(code) for code in range(128)}


def person_snippets(
    here: Here, contributor: Contributor, on_screen: Sequence[Place]
) -> tuple[el.Snippet, ...]:
    """What can be copied from a credit page; `on_screen` are the places of its credits, in order."""
    archive = here.archive
    url = absolute(here, permalink(("contributor", contributor.id)))
    title = here.say("%(name)s on %(archive)s") % {
        "name": contributor.name,
        "archive": archive.settings.archive.title,
    }
    found = [
        el.Snippet(here.say("Link in HTML"), f'<a href="{escape(url)}">{escape(title, quote=False)}</a>'),
        el.Snippet(here.say("Link in Markdown"), markdown_link(title, url)),
    ]
    if has(archive, contributor.id, "badge.svg"):
        badge = absolute(here, path(contributor.id, "badge.svg"))
        picture = f'<img src="{escape(badge)}" alt="{escape(title)}" height="28">'
        found.append(el.Snippet(here.say("Badge in HTML"), f'<a href="{escape(url)}">{picture}</a>', 3))
    if has(archive, contributor.id, "embed/index.html"):
        found.append(el.Snippet(here.say("Embedded in HTML"), frame_html(here, contributor), 4))
    lines = cv_lines(here, contributor, on_screen)
    if lines:
        found.append(el.Snippet(here.say("Lines for a CV"), "\n".join(lines), min(12, 1 + len(lines))))
    return tuple(found)


# The size in pixels of the embedded credit page.
FRAME_WIDTH, FRAME_HEIGHT = 480, 280


def frame_html(here: Here, contributor: Contributor) -> str:
    """The element that embeds a credit page elsewhere: without scripts, and links open beside it."""
    source = escape(absolute(here, path(contributor.id, "embed/")))
    return (
        f'<iframe src="{source}" title="{escape(contributor.name)}" width="{FRAME_WIDTH}" '
        f'height="{FRAME_HEIGHT}" loading="lazy" sandbox="allow-popups allow-popups-to-escape-sandbox" '
        'style="border:0;max-width:100%"></iframe>'
    )


def cv_lines(here: Here, contributor: Contributor, on_screen: Sequence[Place]) -> list[str]:
    """Name, roles, segment, episode, archive and date of every place, as plain lines.

    A role on a record that was shown there, or led to one, names the record: it is no role at the place.
    """
    archive = here.archive
    lines = []
    for episode, (kind, identity), credits in on_screen[:MOST_LINES]:
        roles = dict.fromkeys([role_words(here, credit) for credit in credits])
        released = archive.library.episodes[episode].released
        here.named.add(episode)  # which may be on another page of the listing (decision 44)
        parts = [
            f"{contributor.name} — {here.joined(roles)}",
            here.say("“%(title)s”") % {"title": here.title((kind, identity))} if kind == "segment" else "",
            here.title(("episode", episode)),
            archive.settings.archive.title,
            here.day(released) if released else "",
        ]
        lines.append(", ".join(filter(None, parts)))
    return lines


def role_words(here: Here, credit: Credit) -> str:
    """A role where it was had: at the place itself, or on records that are shown there or led to one."""
    role = role_name(here, credit.role)
    if not credit.records:
        return role
    shown = credit.records[:MOST_WORKS]
    here.named.update(shown)  # by titles alone (decision 44)
    works = [here.say("“%(title)s”") % {"title": here.title(("record", id_))} for id_ in shown]
    said = here.enough(works, len(credit.records) - len(shown))
    return here.say("%(role)s of %(works)s") % {"role": role, "works": said}


def record_snippets(
    here: Here, record: Record, title: str, license_: el.Link | None
) -> tuple[el.Snippet, ...]:
    """A record's credit line: title, author, source, licence; as text, HTML and Markdown."""
    archive = here.archive
    url = absolute(here, permalink(("record", record.id)))
    people, _ = here.people(archive.record_credits[record.id])
    names = [here.called(person) for person in people]
    by = " " + here.say("by %(people)s") % {"people": here.joined(names)} if names else ""
    source = archive.settings.archive.title
    quoted = here.say("“%(title)s”") % {"title": title}
    licensed = here.shared(("licensed", license_), lambda: _licensed(license_))
    markup = here.shared("source", lambda: (escape(source, quote=False), source.translate(_MARKUP)))
    return (
        el.Snippet(here.say("Credit line"), f"{quoted}{by}, {source}, {url}{licensed[0]}"),
        el.Snippet(
            here.say("Credit line in HTML"),
            f'<a href="{escape(url)}">{escape(title, quote=False)}</a>{escape(by, quote=False)}, '
            f"{markup[0]}{licensed[1]}",
        ),
        el.Snippet(
            here.say("Credit line in Markdown"),
            f"{markdown_link(title, url)}{by.translate(_MARKUP)}, {markup[1]}{licensed[2]}",
        ),
    )


def _licensed(license_: el.Link | None) -> tuple[str, str, str]:
    """A licence at the end of a credit line: as text, HTML and Markdown."""
    if not license_:
        return "", "", ""
    text, href = license_.text, license_.href
    html = escape(text, quote=False)
    if not href:
        return f", {text}", f", {html}", f", {text.translate(_MARKUP)}"
    return (
        f", {text} ({href})",
        f', <a href="{escape(href)}" rel="license">{html}</a>',
        f", {markdown_link(text, href)}",
    )


def markdown_link(text: str, url: str) -> str:
    """A Markdown link whose text is taken as it is."""
    return f"[{text.translate(_MARKUP)}]({url.replace('(', '%28').replace(')', '%29')})"
