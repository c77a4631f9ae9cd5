"""One line of JSON: its value, or what is wrong with it in an editor's words, and where its parts stand."""

import json
import math
import re
from collections.abc import Iterator
from typing import Any

from byline.faults import Fault, Path

MAX_DEPTH = 50

# A string, a bracket, a comma or colon, or a number or word: the parts JSON is made of.
_TOKEN = re.compile(r'\s*("(?:[^"\\]++|\\.)*+"|[\[\]{}:,]|[^\s\[\]{}:,"]+)')
_STRING = re.compile(r'"(?:[^"\\]++|\\.)*+"')
# An escape that is one half of a character: the other half is missing.
_HALF = re.compile(r"\\u[dD][89abAB]..(?!\\u[dD][c-fC-F])|(?<!\\u[dD][89abAB]..)\\u[dD][c-fC-F]..")


def fault(message: str, index: int, length: int = 1) -> Fault:
    """A fault at a place in a line of JSON."""
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


def value(text: str) -> tuple[Any, Fault | None]:
    """The value of one line of JSON, or what is wrong with it."""
    try:
        found = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        return None, fault(_in_words(text, error), error.pos)
    except _Twice:
        return None, _duplicate(text)
    except RecursionError:
        return None, _too_deep(text)
    except ValueError:  # NaN and Infinity, or an integer of thousands of digits
        return None, _odd_number(text)
    half = _HALF.search(text) if "\\u" in text else None
    if half:
        return None, fault("this escape is half a character", half.start(), 6)
    acceptable = _acceptable(found, MAX_DEPTH)
    if acceptable:
        return found, None
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
            return fault(message, found.start(1), len(word))
    return fault(message, 0)


def _too_deep(text: str) -> Fault:
    depth = index = 0
    for found in _TOKEN.finditer(text):
        depth += (found[1] in "[{") - (found[1] in "]}")
        if depth > MAX_DEPTH:
            index = found.start(1)
            break
    return fault("this is nested too deeply", index)


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


def numbers(line: str) -> dict[Path, str]:
    """The numbers in a line of JSON as they are written there, by their paths."""
    return {path: line[start:end] for path, _, (start, end) in _members(line) if line[start] in "-0123456789"}


def locate(line: str, path: Path, key: bool) -> tuple[int, int]:
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
