"""Settings files: TOML 1.0 (https://toml.io/en/v1.0.0) and the place of every key and value."""

import re
import tomllib
from collections.abc import Iterator
from typing import Any

import msgspec

from byline.faults import START, Fault, Path, Place, conflict, place_at

_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_TOKEN = re.compile(
    r'"""(?:[^"\\]++|\\.|"(?!""))*+"{3,5}'
    r"|'''(?:[^']++|'(?!''))*+'{3,5}"
    r'|"(?:[^"\\\n]++|\\.)*+"'
    r"|'[^'\n]*+'"
    r"|\#[^\n]*"
    r"|[\[\]{}=,.\n]"
    r"|[^\s\[\]{}=,.\"'#]+",
    re.DOTALL,
)
# What tomllib says, what it means to an editor, and what to do about it.
_SYNTAX = (
    ("Cannot overwrite a value", "this is set twice", "keep one of the two"),
    ("Cannot declare", "this section stands twice", "move its settings into one section"),
    ("Duplicate inline table key", "this is set twice", "keep one of the two"),
    ("Cannot mutate immutable", "this is set twice", "keep one of the two"),
    ("Expected '='", "there is no = after the name", 'write name = "value"'),
    (
        "Invalid initial character for a key",
        "the name of a setting is expected here",
        "names are letters, digits, - and _; others are put in quotes",
    ),
    (
        "Invalid value",
        "this is no value",
        'put a text in double quotes; others are numbers, dates, true, false, ["a", "list"]',
    ),
    (
        "Unterminated string",
        "this text in quotes is never closed",
        "add the closing quotation mark",
    ),
    (
        "Illegal character",
        "this character cannot stand in a text",
        'close the quotation mark, or use """ for a text of several lines',
    ),
    (
        "backslash",
        "a backslash begins an escape here",
        r"write \\ for a backslash, or put the text in single quotes",
    ),
    ("Unclosed array", "this list is never closed", "add the closing ]"),
    ("Unclosed inline table", "this { is never closed", "add the closing }"),
    (
        "Expected newline or end of document",
        "there is more text after the value",
        "write one setting a line, and put texts in quotes",
    ),
)


class _Member(msgspec.Struct, frozen=True, gc=False):
    """One key (or item of a list) of the file: its path, and the spans of its name and value."""

    path: Path
    key: tuple[int, int]
    value: tuple[int, int]


def load_toml(text: str) -> tuple[dict[str, Any], tuple[Fault, ...]]:
    """Read a settings file; where it is no TOML, an empty mapping and the fault."""
    text = text.removeprefix("\ufeff")
    try:
        return tomllib.loads(text), ()
    except tomllib.TOMLDecodeError as error:
        return {}, (conflict(text) or _syntax_fault(text, str(error)),)
    except RecursionError:
        fault = Fault("toml-depth", "this file is nested too deeply", "close the brackets", *_deepest(text))
        return {}, (fault,)
    except ValueError:  # an integer of thousands of digits
        number = re.search(r"\d[\d_]{300,}", text)
        place = place_at(text, number.start(), len(number[0])) if number else START
        hint = "put it in quotes if it is a text"
        return {}, (Fault("toml-syntax", "this number cannot be kept", hint, *place),)


def locate_key(text: str, path: Path, key: bool = False) -> Place:
    """Where the value at `path` stands, or its key; else the section or the list around it."""
    text = text.removeprefix("\ufeff")
    best: _Member | None = None
    for member in _members(text):
        if member.path == path:
            best = member
            break
        if member.path[: len(path)] == path:  # a section that is only there by its parts
            if best is None or len(best.path) < len(path):
                best = msgspec.structs.replace(member, value=member.key)
        elif member.path == path[: len(member.path)] and (best is None or len(member.path) > len(best.path)):
            best = msgspec.structs.replace(member, value=member.key)
    if best is None or not path:
        return START
    start, end = best.key if key else best.value
    return place_at(text, start, end - start)


def _syntax_fault(text: str, error: str) -> Fault:
    at = _PLACE.search(error)
    line, column = text.count("\n") + 1, len(text) - text.rfind("\n")
    if at and at[1]:
        line, column = int(at[1]), int(at[2])
    elif text.endswith("\n"):  # the end of the text: point behind its last line
        line, column = line - 1, len(text) - 1 - text.rfind("\n", 0, -1)
    message, hint = next(
        ((message, hint) for words, message, hint in _SYNTAX if words in error),
        ("this is not TOML", "check quotes, brackets and the = of this line"),
    )
    return Fault("toml-syntax", message, hint, line, column)


def _deepest(text: str) -> Place:
    found = re.search(r"[\[{]{100}", text)
    return place_at(text, found.start()) if found else START


def _members(text: str) -> Iterator[_Member]:
    """Every section, key and list item in the order written; what is no TOML is passed over."""
    tokens = [match for match in _TOKEN.finditer(text) if match[0][0] != "#"]
    section: Path = ()
    counts: dict[Path, int] = {}  # how many tables an array of tables has so far
    # The open brackets around this place: the path of the list or table, its item's number
    # (None for a table in braces).
    around: list[tuple[Path, int | None]] = []
    at = 0
    while at < len(tokens):
        token = tokens[at][0]
        if token in "\n,]}":
            if around:
                path, item = around[-1]
                if token in "]}":
                    around.pop()
                elif token == "," and item is not None:
                    around[-1] = path, item + 1
            at += 1
        elif around and around[-1][1] is not None:
            path, item = around[-1]
            start = tokens[at].start()
            at, end, opened = _value(tokens, at)
            yield _Member((*path, item or 0), (start, end), (start, end))
            if opened:
                around.append(((*path, item or 0), 0 if opened == "[" else None))
        elif token == "[" and not around:
            start = tokens[at].start()
            double = tokens[at + 1 : at + 2] and tokens[at + 1][0] == "["
            names, at, _ = _name(tokens, at + (2 if double else 1))
            at = _behind(tokens, at)
            end = tokens[at - 1].end()
            section = ()
            for number, name in enumerate(names):
                section = (*section, name)
                if double and number == len(names) - 1:
                    counts[section] = counts.get(section, -1) + 1
                if section in counts:
                    section = (*section, counts[section])
            yield _Member(section, (start, end), (start, end))
        else:
            names, after, key = _name(tokens, at)
            if not names or after >= len(tokens) or tokens[after][0] != "=":
                at = max(after, at + 1)
                continue
            path = (*(around[-1][0] if around else section), *names)
            if after + 1 >= len(tokens):
                return
            start = tokens[after + 1].start()
            at, end, opened = _value(tokens, after + 1)
            yield _Member(path, key, (start, end))
            if opened:
                around.append((path, 0 if opened == "[" else None))


def _name(tokens: list[re.Match[str]], at: int) -> tuple[list[str], int, tuple[int, int]]:
    """The parts of the dotted name that begins at token `at`, the token after it, and its span."""
    names: list[str] = []
    first = at
    while at < len(tokens) and tokens[at][0] not in "[]{}=,\n":
        token = tokens[at][0]
        if token[0] in "\"'":
            try:
                names.append(str(tomllib.loads(f"name = {token}")["name"]))
            except tomllib.TOMLDecodeError:
                names.append(token)
        elif token != ".":
            names.append(token)
        at += 1
    return names, at, (tokens[first].start(), tokens[at - 1].end()) if at > first else (0, 0)


def _value(tokens: list[re.Match[str]], at: int) -> tuple[int, int, str]:
    """The token after the value at token `at`, the value's end, and the bracket it opens, if any.

    A value in brackets ends, for this purpose, with its opening bracket.
    """
    if tokens[at][0] in "[{":
        return at + 1, tokens[at].end(), tokens[at][0]
    end = tokens[at].end()
    while at < len(tokens) and tokens[at][0] not in ",\n]}":
        end = tokens[at].end()
        at += 1
    return at, end, ""


def _behind(tokens: list[re.Match[str]], at: int) -> int:
    """The token after the brackets that close a header."""
    while at < len(tokens) and tokens[at][0] == "]":
        at += 1
    return at
