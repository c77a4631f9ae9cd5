"""Bodies of plain prose, by a parser that takes a hundredth of the time.

pulldown-cmark gives the same HTML as markdown-it-py for all that it is given here; a test compares them over
every text that it can find. For whatever else may be in a text (references, pictures, HTML, entities, tables,
footnotes …), `render` answers None, and `byline.read.markdown`, which is the reference, does the work.

A text that is prose by these rules holds no HTML and no addresses but plain ones of the web, so what is made
of it needs no sanitising.
"""

import html
import re

import pyromark

from byline import text as words
from byline.read.headings import Headings
from byline.values import Body

# HTML, tabs, other ends of lines: bytes that no text of ASCII keeps. Deleting them is a fast search.
_NOT_ASCII_PROSE = bytes((*range(10), *range(11, 32), 127, *b"<"))
# Beside these and what is invisible, spaces that one of the parsers strips.
_NOT_UNICODE_PROSE = re.compile(r"[<\t\xa0\u1680\u2000-\u200a\u202f\u205f\u3000]")
# Each begins with one character, and is looked for where that is in a text, which makes it fast.
_NOT_PROSE = {
    # Pictures, footnotes, deletions, what is no escape.
    "!": re.compile(r"!\["),
    "[": re.compile(r"\[\^"),
    "^": re.compile(r"\^\["),
    "~": re.compile(r"~~"),
    "\\": re.compile(r"\\[` ]"),
    # Entities.
    "&": re.compile(r"&#?\w*;"),
    # Definitions, references, and addresses that are not followed or written otherwise.
    "]": re.compile(
        r"\](?::|\((?!https?://[a-z0-9][a-z0-9.-]*(?:/(?:[A-Za-z0-9/._~?=&+,;:@#$!-]|%[0-9A-F]{2})*)?"
        r'(?: "(?:[^"\n\\]|\\.)*")?\)))'
    ),
    # Quotes in lists, lists in lists in lists, deep nesting.
    "\n": re.compile(r"\n(?: +>| {4,}[*+\-\d#_=]|[ >*+\-\d.)]{12})"),
}
_CODE = re.compile("`[^`\n]+`(?!`)")
# The line below the head of a table.
_RULE = re.compile(r"-[ :|]*(?:\n|\Z)")
# Beside a delimiter it counts what is punctuation: versions of Unicode differ in that.
_EDGE = re.compile(r"[*_](?=[^\0-\xff\w\u2010-\u205e])|(?<=[^\0-\xff\w\u2010-\u205e])[*_]")
# What takes a second look in the HTML, and where the parsers differ: blocks of code, empty quotes and items.
_LOOK = re.compile(r"<(pre|li></|blockquote>\n</|a |ol start|[bh]r /|h)")
_ODD = {"pre", "li></", "blockquote>\n</"}
_REL = '" rel="nofollow ugc noopener">'
_HEADING = re.compile(r"<(h[1-6])>(.*?)</\1>", re.DOTALL)
_TAG = re.compile("<[^>]*>")
# Of HTML; most of it is text.
_HEAD = 500


def render(text: str, prefix: str) -> Body | None:
    """The body that `markdown.reference` makes of a text; None if it is no prose."""
    if text.isascii():
        odd: object = len(text.encode().translate(None, _NOT_ASCII_PROSE)) < len(text)
    else:
        odd = _NOT_UNICODE_PROSE.search(text) or words.INVISIBLE.search(text) or _EDGE.search(text)
    if odd:
        return None
    lines = "\n" + text
    for sign, pattern in _NOT_PROSE.items():
        if sign in lines and pattern.search(lines):
            return None
    if ("`" in text and "`" in _CODE.sub("", text)) or ("|" in text and _RULE.search(text)):
        return None
    markup = pyromark.html(text)
    tags = set(_LOOK.findall(markup))
    if not tags.isdisjoint(_ODD):
        return None
    if "a " in tags:
        # Only tags end like this: in texts > is escaped.
        markup = markup.replace('">', _REL).replace("&#39;", "'")
        if "ol start" in tags:
            markup = re.sub(f'(<ol start="[0-9]+){_REL}', r'\1">', markup)
    if "br /" in tags or "hr /" in tags:
        markup = markup.replace("<br />", "<br>").replace("<hr />", "<hr>")
    if "h" in tags:
        markup = _with_ids(markup, prefix)
    return Body((markup,), (), _plain(markup))


def _with_ids(markup: str, prefix: str) -> str:
    headings = Headings(prefix, re.findall("<(h[1-6])>", markup))

    def placed(found: re.Match[str]) -> str:
        tag, identity = headings.place(found[1], _shown(found[2]).replace("\n", ""))
        return f'<{tag} id="{identity}">{found[2]}</{tag}>'

    return _HEADING.sub(placed, markup)


def _plain(markup: str) -> str:
    """The beginning of the text, for which the beginning of the HTML is mostly enough."""
    plain = " ".join(_shown(markup[: markup.rfind("<", 0, _HEAD)])[: words.OPENING + 20].split())
    return words.opening(plain if len(plain) > words.OPENING else " ".join(_shown(markup).split()))


def _shown(markup: str) -> str:
    shown = _TAG.sub("", markup)
    return html.unescape(shown) if "&" in shown else shown
