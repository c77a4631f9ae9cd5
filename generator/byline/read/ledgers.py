"""Ledgers: many documents of one kind in one table (CSV, RFC 4180) or one file (JSON lines).

A row is a mapping with the fields of a front matter. Rows are read one by one: a bad row is one
fault, and the good ones around it still count. Lines and columns are those of the whole text.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Literal

import msgspec

from byline.faults import START, Fault, Path, Place, place_at

Suffix = Literal["csv", "jsonl"]
MAX_DEPTH = 50

# One cell with what follows it: quoted, or plain (which then holds no quotation mark).
_CELL = re.compile(r'(?:"((?:[^"]++|"")*+)"|([^",\n]*))(,|\n|\Z)')
# A string, a bracket, a comma or colon, or a number or word: the parts JSON is made of.
_TOKEN = re.compile(r'\s*("(?:[^"\\]++|\\.)*+"|[\[\]{}:,]|[^\s\[\]{}:,"]+)')
_STRING = re.compile(r'"(?:[^"\\]++|\\.)*+"')
_QUOTED = re.compile(r'"(?:[^"]++|"")*+"')
# An escape that is one half of a character: the other half is missing.
_HALF = re.compile(r"\\u[dD][89abAB]..(?!\\u[dD][c-fC-F])|(?<!\\u[dD][89abAB]..)\\u[dD][c-fC-F]..")


class Row(msgspec.Struct, frozen=True, gc=False):
    """One row of a ledger: the line it begins at (from 1) and its fields."""

    line: int
    values: dict[str, object]


def rows(suffix: Suffix, text: str) -> tuple[tuple[Row, ...], tuple[Fault, ...]]:
    """Read a ledger; an empty cell of a table is absent, other cells are text or JSON."""
    text = _line_feeds(text)
    if "\x00" in text:
        place = place_at(text, text.index("\x00"))
        hint = "save the ledger as UTF-8 text again"
        return (), (Fault("encoding", "there is an invisible character here (NUL)", hint, *place),)
    return _csv_rows(text) if suffix == "csv" else _json_rows(text)


def locate_cell(suffix: Suffix, text: str, row_line: int, path: Path, key: bool = False) -> Place:
    """Where a value of the row that begins at `row_line` stands, or its key; else its row.

    In a table the place is that of the cell, or of its name in the header.
    """
    text, starts = _lines(text)
    if row_line > len(starts):
        return START
    start = starts[row_line - 1]
    if suffix == "jsonl":
        end = text.find("\n", start)
        line = text[start : len(text) if end < 0 else end]
        at, length = _locate_json(line, path, key)
        return row_line, at + 1, length
    header = _first(text, 0)
    if path and not key:
        for (_, name, _), (cell_start, _, cell_end) in zip(header, _first(text, start), strict=False):
            if name == path[0]:
                return place_at(text, cell_start, cell_end - cell_start, (start, row_line))
    for cell_start, name, cell_end in header:
        if path and key and name == path[0]:
            return place_at(text, cell_start, cell_end - cell_start)
    return row_line, 1, 1


@lru_cache(maxsize=2)
def _lines(text: str) -> tuple[str, list[int]]:
    """The text as it is read, and where its lines begin: kept, since a bad ledger is asked for often."""
    text = _line_feeds(text)
    return text, [0, *(found.end() for found in re.finditer("\n", text))]


def _line_feeds(text: str) -> str:
    text = text.removeprefix("\ufeff")
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


# Tables

_Cells = tuple[tuple[int, str, int], ...]


class _BadQuote(Exception):
    """A quotation mark that is not used as RFC 4180 says; `index` is its place in the text."""

    def __init__(self, index: int, message: str, hint: str) -> None:
        super().__init__(message)
        self.index, self.message, self.hint = index, message, hint


def _cells(text: str, start: int = 0) -> Iterator[_Cells]:
    """Rows of cells from `start` on; a cell is its start, its text and its end.

    Raises `_BadQuote`; reading can begin again at the line after it.
    """
    row: list[tuple[int, str, int]] = []
    size = len(text)
    while start < size or row:
        found = _CELL.match(text, start)
        if not found:
            raise _bad_quote(text, start)
        quoted, plain, end = found.groups()
        value = plain if quoted is None else quoted.replace('""', '"')
        row.append((start, value, found.start(3)))
        start = found.end()
        if end != ",":
            yield tuple(row)
            row = []


def _bad_quote(text: str, start: int) -> _BadQuote:
    """What is wrong with the cell that begins at `start`."""
    closed = _QUOTED.match(text, start)
    if text[start] == '"' and (not closed or "\n" in closed[0]):
        return _BadQuote(
            start,
            "this quotation mark is never closed",
            'add the closing quotation mark; a " inside quotes is written twice ("")',
        )
    return _BadQuote(
        closed.end() - 1 if closed else text.index('"', start),
        "there is a quotation mark inside a cell",
        'put the whole cell in quotes, and write a " inside it twice ("")',
    )


def _first(text: str, start: int) -> _Cells:
    try:
        return next(_cells(text, start), ())
    except _BadQuote:
        return ()


def _csv_rows(text: str) -> tuple[tuple[Row, ...], tuple[Fault, ...]]:
    good: list[Row] = []
    faults: list[Fault] = []
    names: list[str] | None = None
    start = 0
    line = 1
    while start < len(text):
        try:
            for cells in _cells(text, start):
                row_start, row_line = start, line
                start = cells[-1][2] + 1
                line += text.count("\n", row_start, start)
                if len(cells) == 1 and not cells[0][1].strip():
                    continue
                known = row_start, row_line
                if names is None:
                    names = [name for _, name, _ in cells]
                    faults += _header_faults(text, cells)
                    if faults:
                        return (), tuple(faults)
                elif len(cells) != len(names):
                    faults.append(_wrong_width(text, known, cells, names))
                else:
                    values, wrong = _row_values(text, known, names, cells)
                    faults += wrong
                    if values and not wrong:
                        good.append(Row(row_line, values))
        except _BadQuote as error:
            place = place_at(text, error.index, known=(start, line))
            faults.append(Fault("row-syntax", error.message, error.hint, *place))
            if names is None:
                break
            start = text.find("\n", error.index) + 1 or len(text)
            line = place[0] + 1
    return tuple(good), tuple(faults)


def _header_faults(text: str, cells: _Cells) -> list[Fault]:
    faults = []
    seen = set()
    for start, name, end in cells:
        if not name.strip():
            message = "a column has no name"
        elif name in seen:
            message = f'two columns are named "{name}"'
        else:
            seen.add(name)
            continue
        hint = "give every column of the first row a name of its own"
        faults.append(Fault("ledger-header", message, hint, *place_at(text, start, end - start)))
    return faults


def _wrong_width(text: str, known: tuple[int, int], cells: _Cells, names: list[str]) -> Fault:
    start, _, end = cells[min(len(cells) - 1, len(names))]
    return Fault(
        "row-width",
        f"this row has {len(cells)} cells, and the first row names {len(names)} columns",
        "put a cell that contains a comma in quotes, or add the missing commas",
        *place_at(text, start, end - start, known),
    )


def _row_values(
    text: str, known: tuple[int, int], names: list[str], cells: _Cells
) -> tuple[dict[str, object], list[Fault]]:
    values: dict[str, object] = {}
    faults = []
    for name, (start, cell, end) in zip(names, cells, strict=True):
        # A body is Markdown, where a link begins with a bracket.
        if name != "body" and cell and (cell[0] == "{" or cell[0] == "["):
            value, wrong = _json(cell)
            if wrong:
                if text[start] == '"':  # inside quotes, columns are not those of the file
                    place = place_at(text, start, end - start, known)
                else:
                    place = place_at(text, start + wrong.column - 1, wrong.length, known)
                hint = "a cell that begins with { or [ is read as JSON: correct it there"
                faults.append(Fault(wrong.code, f"{name}: {wrong.message}", hint, *place))
            else:
                values[name] = value
        elif cell:
            values[name] = cell
    return values, faults


# JSON lines


def _json_rows(text: str) -> tuple[tuple[Row, ...], tuple[Fault, ...]]:
    good: list[Row] = []
    faults: list[Fault] = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line or line.isspace():
            continue
        value, wrong = _json(line)
        if wrong is None and type(value) is not dict:
            wrong = _fault("this row is not an object", len(line) - len(line.lstrip()))
        if wrong:
            faults.append(msgspec.structs.replace(wrong, line=number))
        else:
            good.append(Row(number, value))
    return tuple(good), tuple(faults)


def _fault(message: str, index: int, length: int = 1) -> Fault:
    """A fault in a line of JSON."""
    hint = 'write one object a line: {"id": "storm", "title": "Storm"}'
    return Fault("row-syntax", message, hint, 1, index + 1, length)


def _twice(message: str, index: int, length: int) -> Fault:
    hint = "keep one of the two; several values are written as a list: [1, 2]"
    return Fault("row-duplicate-key", message, hint, 1, index + 1, length)


class _Twice(ValueError):
    """A key that stands twice in one object."""


def _pairs(pairs: list[tuple[str, object]]) -> dict[str, object]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise _Twice
    return value


def _no_constant(name: str) -> object:
    raise ValueError(name)


_DECODER = json.JSONDecoder(object_pairs_hook=_pairs, parse_constant=_no_constant)


def _json(text: str) -> tuple[Any, Fault | None]:
    """The value of one line of JSON, or what is wrong with it."""
    try:
        value = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        return None, _fault(_in_words(text, error), error.pos)
    except _Twice:
        return None, _duplicate(text)
    except RecursionError:
        return None, _too_deep(text)
    except ValueError:  # NaN and Infinity, or an integer of thousands of digits
        return None, _odd_number(text)
    half = _HALF.search(text) if "\\u" in text else None
    if half:
        return None, _fault("this escape is half a character", half.start(), 6)
    acceptable = _acceptable(value, MAX_DEPTH)
    if acceptable:
        return value, None
    return None, _too_deep(text) if acceptable is None else _odd_number(text)


def _in_words(text: str, error: json.JSONDecodeError) -> str:
    if error.msg.startswith("Unterminated string"):
        return "this quotation mark is never closed"
    if error.msg.startswith("Invalid control character"):
        return "there is a tab or an invisible character in this text"
    if "escape" in error.msg:
        return r"a backslash begins an escape here; write \\ for a backslash"
    if error.pos >= len(text.rstrip()):
        return "this row ends too early"
    if error.msg.startswith("Extra data"):
        return "there is more after the end of the value"
    if error.msg.startswith("Expecting property name"):
        return "the name of a field in double quotes is expected here"
    if "delimiter" in error.msg:
        return f"{error.msg.split()[1]} is expected here"
    return "a value is expected here (a text in double quotes, a number, true, false, null)"


def _acceptable(value: Any, levels: int) -> bool | None:
    """Whether all numbers are finite and fit in 64 bits; None where it is nested too deeply."""
    if not levels:
        return None
    for item in value.values() if type(value) is dict else value if type(value) is list else ():
        kind = type(item)
        if kind is dict or kind is list:
            below = _acceptable(item, levels - 1)
            if not below:
                return below
        elif (kind is int and not -(2**63) <= item < 2**63) or (kind is float and not math.isfinite(item)):
            return False
    return True


def _odd_number(text: str) -> Fault:
    message = "this number cannot be kept: numbers are finite and have at most 18 digits"
    for found in _TOKEN.finditer(text):
        word = found[1]
        try:
            number = float(word) if word[0] in "-0123456789NI" else 0.0
        except ValueError:
            continue
        if not math.isfinite(number) or (
            re.fullmatch(r"-?\d+", word) and (len(word) > 20 or not -(2**63) <= int(word) < 2**63)
        ):
            return _fault(message, found.start(1), len(word))
    return _fault(message, 0)


def _too_deep(text: str) -> Fault:
    depth = index = 0
    for found in _TOKEN.finditer(text):
        depth += (found[1] in "[{") - (found[1] in "]}")
        if depth > MAX_DEPTH:
            index = found.start(1)
            break
    return _fault("this is nested too deeply", index)


def _duplicate(text: str) -> Fault:
    seen: set[Path] = set()
    for path, key_start, _ in _members(text):
        name = path[-1]
        if path in seen:
            length = _string_length(text, key_start)
            return _twice(f'"{name}" is written twice', key_start, length)
        if isinstance(name, str):
            seen.add(path)
    return _twice("a field is written twice", 0, 1)


def _string_length(text: str, start: int) -> int:
    string = _STRING.match(text, start)
    return len(string[0]) if string else 1


def _members(text: str) -> Iterator[tuple[Path, int, tuple[int, int]]]:
    """Every member of the JSON in `text`: its path, where its key begins, and its value's span.

    Members of lists have their own place for a key. A container is reported when it opens, with
    the span of its bracket. Text that is no JSON is walked as far as it goes.
    """
    path: list[str | int] = []
    objects: list[bool] = []  # for each open container, whether it is an object
    key_start = 0
    expects_key = False
    for found in _TOKEN.finditer(text):
        word, start = found[1], found.start(1)
        if expects_key and word[0] == '"':
            path[-1] = _unquoted(word)
            key_start = start
            expects_key = False
        elif word == ",":
            if not objects:
                return
            step = path[-1]
            if objects[-1]:
                expects_key = True
            elif isinstance(step, int):
                path[-1] = step + 1
        elif word in "]}":
            if not objects:
                return
            objects.pop()
            path.pop()
            expects_key = False
        elif word != ":":
            if path:
                in_list = not objects[-1]
                yield tuple(path), start if in_list else key_start, (start, found.end(1))
            if word in "[{":
                objects.append(word == "{")
                path.append("" if word == "{" else 0)
                expects_key = word == "{"


def _unquoted(word: str) -> str:
    try:
        return str(json.loads(word, strict=False))
    except ValueError:
        return word[1:-1]


def _locate_json(line: str, path: Path, key: bool) -> tuple[int, int]:
    """Index and length of the value at `path` in a line of JSON, or of the nearest around it."""
    best: Path = ()
    place = (len(line) - len(line.lstrip()), 1)
    for member, key_start, (start, end) in _members(line):
        if len(member) > len(best) and member == path[: len(member)]:
            best = member
            if key and member == path and isinstance(member[-1], str):
                place = (key_start, _string_length(line, key_start))
            else:
                place = (start, end - start)
            if member == path:
                break
    return place
