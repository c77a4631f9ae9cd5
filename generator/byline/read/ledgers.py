"""Ledgers: many documents of one kind in one table (CSV, RFC 4180) or one file (JSON lines).

A row is a mapping with the fields of a front matter. Rows are read one by one: a bad row is one
fault, and the good ones around it still count. Lines and columns are those of the whole text.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Literal

import msgspec

from byline.faults import START, Fault, Path, Place, place_at
from byline.read import json_line
from byline.text import line_feeds

Suffix = Literal["csv", "jsonl"]

# One cell with what follows it: quoted, or plain (which then holds no quotation mark).
_CELL = re.compile(r'(?:"((?:[^"]++|"")*+)"|([^",\n]*))(,|\n|\Z)')
_QUOTED = re.compile(r'"(?:[^"]++|"")*+"')


class Row(msgspec.Struct, frozen=True, gc=False):
    """One row of a ledger: the line it begins at (from 1) and its fields."""

    line: int
    values: dict[str, object]


def rows(suffix: Suffix, text: str) -> tuple[tuple[Row, ...], tuple[Fault, ...]]:
    """Read a ledger; an empty cell of a table is absent, other cells are text or JSON."""
    text = line_feeds(text.removeprefix("\ufeff"))
    if "\x00" in text:
        place = place_at(text, text.index("\x00"))
        hint = "save the ledger as UTF-8 text again"
        return (), (Fault("encoding", "there is an invisible character here (NUL)", hint, *place),)
    return _csv_rows(text) if suffix == "csv" else _json_rows(text)


def columns(text: str) -> list[str]:
    """The names in the first row of a table."""
    return [name for _, name, _ in _first(line_feeds(text), 0)]


def locate_cell(suffix: Suffix, text: str, row_line: int, path: Path, key: bool = False) -> Place:
    """Where a value of the row that begins at `row_line` stands, or its key; else its row.

    In a table the place is that of the cell, or of its name in the header.
    """
    text, starts = _lines(text)
    if row_line > len(starts):
        return START
    start = starts[row_line - 1]
    if suffix == "jsonl":
        at, length = json_line.locate(_json_line(text, row_line), path, key)
        return row_line, at + 1, length
    header = _first(text, 0)
    if path and not (key and len(path) == 1):  # a key inside a cell is told at the cell
        for (_, name, _), (cell_start, _, cell_end) in zip(header, _first(text, start), strict=False):
            if name == path[0]:
                return place_at(text, cell_start, cell_end - cell_start, (start, row_line))
    for cell_start, name, cell_end in header:
        if key and path == (name,):
            return place_at(text, cell_start, cell_end - cell_start)
    return row_line, 1, 1


def spelling(text: str, row_line: int, path: Path, value: object) -> str | None:
    """A value of a row of JSON as it is spelled ("1.10"), None where that is how all write it.

    Only numbers with a point or an exponent can be written in several ways.
    """
    return _numbers(text, row_line).get(path) if type(value) is float else None


@lru_cache(maxsize=1)
def _numbers(text: str, row_line: int) -> dict[Path, str]:
    """The numbers of a row as they are spelled: kept, since a row may have thousands."""
    return json_line.numbers(_json_line(text, row_line))


def _json_line(text: str, row_line: int) -> str:
    text, starts = _lines(text)
    start = starts[row_line - 1]
    end = text.find("\n", start)
    return text[start : len(text) if end < 0 else end]


@lru_cache(maxsize=2)
def _lines(text: str) -> tuple[str, list[int]]:
    """The text as it is read, and where its lines begin: kept, since a bad ledger is asked for often."""
    text = line_feeds(text.removeprefix("\ufeff"))
    return text, [0, *(found.end() for found in re.finditer("\n", text))]


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
    separators = {";": "semicolons", "\t": "tabs"}
    for separator, several in separators.items():
        if len(cells) == 1 and separator in cells[0][1]:
            message = f"the cells of this table are separated by {several}"
            hint = "save it as CSV with commas between the cells (in UTF-8)"
            return [Fault("ledger-header", message, hint, *place_at(text, 0, cells[0][2]))]
    faults = []
    seen = set()
    for start, name, end in cells:
        if not name.strip():
            if "" in seen:
                continue
            seen.add("")
            message = "a column has no name"
        elif name in seen:
            message = f'two columns are named "{name}"'
        else:
            seen.add(name)
            continue
        hint = "give every column of the first row a name of its own, or delete it"
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
            value, wrong = json_line.value(cell)
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
        value, wrong = json_line.value(line)
        if wrong is None and type(value) is not dict:
            wrong = json_line.fault("this row is not an object", len(line) - len(line.lstrip()))
        if wrong:
            faults.append(msgspec.structs.replace(wrong, line=number))
        else:
            good.append(Row(number, value))
    return tuple(good), tuple(faults)
