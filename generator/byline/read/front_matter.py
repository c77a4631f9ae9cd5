"""Front matter: the fences between a document's fields and its text."""

import re
from collections.abc import Collection

import msgspec

from byline import text as words
from byline.faults import Fault, place_at

_FENCE = re.compile(r"^---[ \t]*$", re.MULTILINE)
# What somebody took for a fence: lines that look empty above it, something that looks like nothing beside it.
_NOTHING = rf"(?:\s|{words.INVISIBLE.pattern})"
_NO_FENCE = re.compile(rf"{_NOTHING}*+(-{{3,}})(?:(?!\n){_NOTHING})*+(?:\n|\Z)")
# A field where a text should begin, below what somebody took for a fence, or what an editor made of one; and
# a field below a real fence that is not in the first line.
_BARE = re.compile(
    rf"{_NOTHING}*+(?P<fence>[-\u2010-\u2015\u2212+*=_~]+[ \t]*\n)?(?P<name>[a-z_]+)[ \t]*[:=](?=\s)"
)
_LATE = re.compile(r"^(?P<fence>---[ \t]*\n)(?P<name>[a-z_]+):(?=\s)", re.MULTILINE)


class FrontMatter(msgspec.Struct, frozen=True, gc=False):
    """The two parts of a document: YAML and Markdown, with the line each begins at (from 1).

    Line ends are `\\n` in both. `fault` is set where a front matter is opened and never closed;
    then `yaml` is empty and the whole text is body.
    """

    yaml: str
    yaml_line: int
    body: str
    body_line: int
    fault: Fault | None = None


def split(text: str) -> FrontMatter:
    """Part a document at its `---` fences; a text that does not begin with one is all body.

    A body alone may not begin with a line of dashes: fields would be shown as its text, that of a draft too.
    """
    text = words.line_feeds(text.removeprefix("\ufeff"))
    opened = _FENCE.match(text)
    if not opened:
        late = _NO_FENCE.match(text)
        fault = late and Fault(
            "front-matter-open",
            "this does not open a front matter",
            "write --- alone into the first line; a body that begins with a line across the page has ***",
            *place_at(text, late.start(1), len(late[1])),
        )
        return FrontMatter("", 1, text, 1, fault)
    start = opened.end() + 1
    closed = _FENCE.search(text, start)
    if not closed:
        fault = Fault(
            "front-matter-open",
            "the front matter is opened here and never closed",
            "write a line with only --- after the last field",
            length=3,
        )
        return FrontMatter("", 1, text, 1, fault)
    source = text[start : closed.start()]
    return FrontMatter(source, 2, text[closed.end() + 1 :], source.count("\n") + 3)


def unopened(body: str, fields: Collection[str]) -> Fault | None:
    """What is wrong with a text without front matter that holds one: `fields` would be shown as its text."""
    found = _BARE.match(body)
    if not found or found["name"] not in fields:
        found = next((one for one in _LATE.finditer(body) if one["name"] in fields), None)
    if not found:
        return None
    if fence := found["fence"]:
        hint = "write --- alone into the first line, and below the last field"
        place = place_at(body, found.start("fence"), len(fence.rstrip()))
        return Fault("front-matter-open", "this does not open a front matter", hint, *place)
    hint = "write --- alone into a line above it, and below the last field"
    place = place_at(body, found.start("name"), len(found["name"]))
    return Fault("front-matter-open", "this field stands in no front matter", hint, *place)
