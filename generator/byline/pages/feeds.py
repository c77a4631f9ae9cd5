"""Feeds of dated entries: RSS 2.0, Atom, JSON Feed. No clock: a feed is as old as its newest entry."""

from collections.abc import Sequence
from datetime import datetime
from html import escape

import msgspec

from byline.text import clean
from byline.times import moment

MOST = 50
# Atom wants a date where there is nothing to date; the one that stands for "never".
_NEVER = "1970-01-01"


class Entry(msgspec.Struct, frozen=True, gc=False):
    """An entry: `id` never changes, `date` is ISO 8601, whole or partial, the texts are plain.

    `language` is that of the texts, where it is not the feed's.
    """

    id: str
    url: str
    title: str
    text: str
    date: str
    language: str = ""


class Feed(msgspec.Struct, frozen=True):
    """A feed of a page: `url` the page's address, `own` the feed's, `author` a name."""

    title: str
    text: str
    url: str
    own: str
    language: str
    author: str
    entries: tuple[Entry, ...]


def newest(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """The dated ones among the entries, newest first, equal ones by id; at most `MOST`."""
    dated = sorted((entry for entry in entries if entry.date), key=lambda entry: entry.id.removesuffix("/"))
    return tuple(sorted(dated, key=lambda entry: moment(entry.date), reverse=True)[:MOST])


def xml(text: str) -> str:
    """A text inside XML, which takes neither markup nor control characters."""
    return escape(clean(text))


def described(text: str) -> str:
    """A text that readers of feeds take for HTML: descriptions, other than titles."""
    return xml(escape(clean(text), quote=False))


def mail_date(date: str) -> str:
    """A date as RSS writes it (RFC 5322)."""
    from email.utils import format_datetime

    return format_datetime(datetime.fromisoformat(moment(date)))


def rss(feed: Feed) -> bytes:
    """RSS 2.0 (RSS Advisory Board), with the feed's own address as Atom says it."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom">',
        "<channel>",
        f"<title>{xml(feed.title)}</title>",
        f"<link>{xml(feed.url)}</link>",
        f"<description>{described(feed.text)}</description>",
        f"<language>{xml(feed.language)}</language>",
        f'<atom:link href="{xml(feed.own)}" rel="self" type="application/rss+xml"/>',
    ]
    if feed.entries:
        lines.append(f"<lastBuildDate>{mail_date(feed.entries[0].date)}</lastBuildDate>")
    for entry in feed.entries:
        lines += [
            "<item>",
            f"<title>{xml(entry.title)}</title>",
            f"<link>{xml(entry.url)}</link>",
            f'<guid isPermaLink="false">{xml(entry.id)}</guid>',
            f"<pubDate>{mail_date(entry.date)}</pubDate>",
            f"<description>{described(entry.text)}</description>",
            "</item>",
        ]
    return "\n".join([*lines, "</channel>", "</rss>", ""]).encode()


def atom(feed: Feed) -> bytes:
    """Atom 1.0 (RFC 4287)."""
    updated = moment(feed.entries[0].date if feed.entries else _NEVER)
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{xml(feed.language)}">',
        f"<id>{xml(feed.own)}</id>",
        f"<title>{xml(feed.title)}</title>",
        f"<subtitle>{xml(feed.text)}</subtitle>",
        f"<updated>{updated}</updated>",
        f"<author><name>{xml(feed.author)}</name></author>",
        f'<link rel="alternate" type="text/html" href="{xml(feed.url)}"/>',
        f'<link rel="self" type="application/atom+xml" href="{xml(feed.own)}"/>',
    ]
    for entry in feed.entries:
        date = moment(entry.date)
        lines += [
            f'<entry xml:lang="{xml(entry.language)}">' if entry.language else "<entry>",
            f"<id>{xml(entry.id)}</id>",
            f"<title>{xml(entry.title)}</title>",
            f'<link rel="alternate" type="text/html" href="{xml(entry.url)}"/>',
            f"<published>{date}</published>",
            f"<updated>{date}</updated>",
            f'<summary type="html">{described(entry.text)}</summary>',
            "</entry>",
        ]
    return "\n".join([*lines, "</feed>", ""]).encode()


def json_feed(feed: Feed) -> bytes:
    """JSON Feed 1.1 (jsonfeed.org)."""
    found = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": clean(feed.title),
        "home_page_url": feed.url,
        "feed_url": feed.own,
        "description": clean(feed.text),
        "language": feed.language,
        "authors": [{"name": clean(feed.author), "url": feed.url}],
        "items": [
            {
                "id": entry.id,
                "url": entry.url,
                "title": clean(entry.title),
                "content_text": clean(entry.text),
                "date_published": moment(entry.date),
                **({"language": entry.language} if entry.language else {}),
            }
            for entry in feed.entries
        ],
    }
    return msgspec.json.encode(found) + b"\n"
