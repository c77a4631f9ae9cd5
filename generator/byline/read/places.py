"""From places to lines and columns: read again the few files that have problems."""

from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path

import msgspec

from byline.faults import START
from byline.problems import Located, Place, Problem, Span, order
from byline.read import front_matter, ledgers, yaml
from byline.read.files import read_bytes
from byline.text import in_line, line_feeds
from byline.toml import locate_key

# Problems whose line holds what no log may keep.
UNSHOWN = ("secret-in-settings",)


def pinpoint(root: Path, problems: Iterable[Problem]) -> tuple[Located, ...]:
    """Every problem once, with line, column and the offending line, in a stable order."""

    @lru_cache(maxsize=8)
    def text_of(path: str) -> str:
        return _text_of(root, path)

    @lru_cache(maxsize=8)
    def lines_of(path: str) -> list[str]:
        return text_of(path).split("\n")

    @lru_cache(maxsize=8)
    def front_of(path: str) -> front_matter.FrontMatter:
        return front_matter.split(text_of(path))

    def span(place: Place | Span) -> Span:
        return place if isinstance(place, Span) else _span(place, text_of, lines_of, front_of)

    by_file = sorted(dict.fromkeys(problems), key=lambda problem: problem.place.path)
    located = []
    for problem in by_file:
        where = span(problem.place)
        excerpt = _excerpt(problem, where, lines_of)
        related = tuple((span(place), text) for place, text in problem.related)
        located.append(Located(_printable(problem), where, excerpt, related))
    return order(located)


def with_excerpts(root: Path, located: Iterable[Located]) -> tuple[Located, ...]:
    """Problems that have places, with the offending lines as they stand there now."""

    @lru_cache(maxsize=8)
    def lines_of(path: str) -> list[str]:
        return _text_of(root, path).split("\n")

    return tuple(
        msgspec.structs.replace(one, excerpt=_excerpt(one.problem, one.span, lines_of)) for one in located
    )


def _text_of(root: Path, path: str) -> str:
    try:
        text = read_bytes(f"{root}/{path}").decode("utf-8-sig", "replace")
    except (OSError, ValueError):
        return ""
    return line_feeds(text)


def _excerpt(problem: Problem, where: Span, lines_of: Callable[[str], list[str]]) -> str:
    lines = lines_of(where.path) if where.line else []
    shown = 0 < where.line <= len(lines) and problem.code not in UNSHOWN
    return lines[where.line - 1] if shown else ""


def _printable(problem: Problem) -> Problem:
    """A problem in whose words nothing that was quoted acts on a terminal."""
    message, hint = in_line(problem.message), in_line(problem.hint)
    if message is problem.message and hint is problem.hint:
        return problem
    return msgspec.structs.replace(problem, message=message, hint=hint)


def _span(
    place: Place,
    text_of: Callable[[str], str],
    lines_of: Callable[[str], list[str]],
    front_of: Callable[[str], front_matter.FrontMatter],
) -> Span:
    if place.needle and place.path.endswith(".jsonl"):
        return _find_in_row(place, text_of(place.path), lines_of(place.path))
    if place.needle:
        return _find(place, lines_of(place.path))
    if not place.line:
        return Span(place.path)
    suffix = place.path.rpartition(".")[2]
    if suffix == "toml":
        return Span(place.path, *locate_key(text_of(place.path), place.field, place.key))
    if suffix in ("csv", "jsonl"):
        text = text_of(place.path)
        form: ledgers.Suffix = "csv" if suffix == "csv" else "jsonl"
        return Span(place.path, *ledgers.locate_cell(form, text, place.line, place.field, place.key))
    front = front_of(place.path)
    if not place.field:  # the document as a whole, or a block of its body
        return Span(place.path, place.line if place.line > front.yaml_line else 0)
    found = yaml.locate(front.yaml, place.field, place.key)
    if found == START:
        return Span(place.path)
    line, column, length = found
    return Span(place.path, line + front.yaml_line - 1, column, length)


def _find(place: Place, lines: list[str]) -> Span:
    """The needle's first occurrence from the place's line on, within its Markdown block."""
    for number in range(place.line, min(place.line + 200, len(lines)) + 1):
        column = lines[number - 1].find(place.needle)
        if column >= 0:
            return Span(place.path, number, column + 1, len(place.needle))
    return Span(place.path, place.line)


def _find_in_row(place: Place, text: str, lines: list[str]) -> Span:
    """The needle's first occurrence in a row of JSON: in its body if it is there; else that body."""
    _, column, _ = ledgers.locate_cell("jsonl", text, place.line, ("body",))
    row = lines[place.line - 1] if place.line <= len(lines) else ""
    for start in (column - 1, 0):
        found = row.find(place.needle, start)
        if found >= 0:
            return Span(place.path, place.line, found + 1, len(place.needle))
    return Span(place.path, place.line, column)
