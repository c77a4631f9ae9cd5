"""Credits in one cell of a table: `host=joe; performer=annie as "The Narrator" at 01:08`.

    cell   = entry *( ";" entry )
    entry  = role "=" person *( "," person )
    person = text *( field text )        field = "as" / "at" / "credited_as" / "note"

A text is a run of words, or anything in quotes, where a quotation mark is written twice.
"""

import re
from collections.abc import Iterator

import msgspec

from byline.faults import Fault, place_at

# An id or a name, or a mapping of `who` and any of `FIELDS`, as in front matter.
Person = str | dict[str, str]
FIELDS = ("as", "at", "credited_as", "note")

_TOKEN = re.compile(
    r'\s*(?:"(?P<quoted>(?:[^"]++|"")*+)"|“(?P<curly>[^”]*)”'
    r'|(?P<mark>[;,=])|(?P<word>[^\s;,="“]+)|(?P<open>["“]))'
)


class _Token(msgspec.Struct, frozen=True, gc=False):
    kind: str
    text: str
    start: int
    end: int


class _Bad(Exception):
    """What is wrong between two places of the cell."""

    def __init__(self, message: str, hint: str, start: int, end: int) -> None:
        super().__init__(message)
        self.message, self.hint, self.start, self.end = message, hint, start, end


def parse_credits(cell: str) -> tuple[dict[str, list[Person]], tuple[Fault, ...]]:
    """Read a cell into the mapping that front matter has: from role to people, in order.

    A bad entry is one fault, with its place in the cell, and the others still count. A role that
    is written twice collects its people.
    """
    credits: dict[str, list[Person]] = {}
    faults = []
    try:
        tokens = list(_tokens(cell))
    except _Bad as error:
        return {}, (_fault(cell, error),)
    for entry in _parts(tokens, ";"):
        try:
            if entry:
                role, people = _entry(entry)
                credits.setdefault(role, []).extend(people)
        except _Bad as error:
            faults.append(_fault(cell, error))
    return credits, tuple(faults)


def _fault(cell: str, error: _Bad) -> Fault:
    place = place_at(cell, error.start, error.end - error.start)
    return Fault("credits-syntax", error.message, error.hint, *place)


def _tokens(cell: str) -> Iterator[_Token]:
    for found in _TOKEN.finditer(cell):
        kind = found.lastgroup or "word"
        text = found[kind]
        if kind == "open":
            raise _Bad(
                "this quotation mark is never closed",
                'add the closing quotation mark; inside quotes a " is written twice',
                found.start(kind),
                found.end(),
            )
        if kind in ("quoted", "curly"):
            start = found.start(kind) - 1
            yield _Token("quoted", text.replace('""', '"'), start, found.end())
        else:
            yield _Token(kind, text, found.start(kind), found.end())


def _parts(tokens: list[_Token], mark: str) -> Iterator[list[_Token]]:
    part: list[_Token] = []
    for token in tokens:
        if token.kind == "mark" and token.text == mark:
            yield part
            part = []
        else:
            part.append(token)
    yield part


def _entry(tokens: list[_Token]) -> tuple[str, list[Person]]:
    start, end = tokens[0].start, tokens[-1].end
    head, *rest = _parts(tokens, "=")
    if not rest:
        hint = "write a role, an equals sign and a name: host=joe; director=rosa, lee"
        raise _Bad("this credit has no role", hint, start, end)
    if len(rest) > 1:
        second = [token for token in tokens if token.kind == "mark" and token.text == "="][1]
        hint = "separate roles with a semicolon: host=joe; director=rosa"
        raise _Bad("a second = stands in this credit", hint, second.start, second.end)
    if not head or any(token.kind == "mark" for token in head):
        hint = "write one role before the equals sign: host=joe"
        raise _Bad("there is no role before the =", hint, start, end)
    role = " ".join(token.text for token in head)
    # A comma too many at an end does no harm.
    people = [_person(part) for part in _parts(rest[0], ",") if part]
    if not people:
        hint = f"write who it was: {role}=joe, or leave the role out"
        raise _Bad(f"{role} credits nobody", hint, start, end)
    return role, people


def _person(tokens: list[_Token]) -> Person:
    values: dict[str, list[_Token]] = {"who": []}
    field = "who"
    for token in tokens:
        is_field = token.kind == "word" and token.text.lower() in FIELDS
        if is_field and (values[field] or field != "who"):
            if not values[field]:
                raise _nothing_after(field, token)
            field = token.text.lower()
            if field in values:
                hint = 'keep one; put a text that contains the word in quotes ("The Man at Sea")'
                message = f"“{field}” stands twice"
                raise _Bad(message, hint, token.start, token.end)
            values[field] = []
        elif values[field] and "quoted" in (token.kind, values[field][-1].kind):
            hint = "put the whole text in quotes, and a comma between two people"
            raise _Bad("there is more text beside the quotes", hint, token.start, token.end)
        else:
            values[field].append(token)
    if not values[field]:
        raise _nothing_after(field, tokens[-1])
    texts = {name: " ".join(token.text for token in value) for name, value in values.items()}
    return texts if len(texts) > 1 else texts["who"]


def _nothing_after(field: str, token: _Token) -> _Bad:
    hint = f'write {field} "…", or leave the word out'
    return _Bad(f"nothing stands after “{field}”", hint, token.start, token.end)
