"""Problems in content, and the forms they are reported in.

A problem is a value: a code (a word that the reference documents), a severity, what is wrong, what to
do, and where. Stages of the pipeline return problems; only the command line prints them. Where a
problem stands is first known as a `Place` (a file, a row, a field); `byline.read.places` turns it into
a `Span` with line and column when it is reported, since few documents have problems.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Literal
from urllib.parse import quote

import msgspec

Severity = Literal["error", "warning"]
FieldPath = tuple[str | int, ...]


class Span(msgspec.Struct, frozen=True, gc=False, order=True, tag="span"):
    """A stretch of one line: path relative to the archive; line, column from 1; length in characters.

    Line 0 means the file as a whole.
    """

    path: str
    line: int = 0
    column: int = 1
    length: int = 1


class Place(msgspec.Struct, frozen=True, gc=False, omit_defaults=True, tag="place"):
    """Where a value was written, before anybody asked for its line and column.

    `line` is the first line of the front matter, the ledger's row, or the line of a Markdown block;
    `field` is the path to a value inside front matter or row; `key` points at the field's name rather
    than its value; `needle` is text to look for from `line` on (Markdown).
    """

    path: str
    line: int = 0
    field: FieldPath = ()
    key: bool = False
    needle: str = ""


class Problem(msgspec.Struct, frozen=True):
    """One thing that is wrong: `code` names its kind, `hint` says what to do about it.

    `unknown` is the id that no document has, where that is what is wrong.
    """

    code: str
    message: str
    place: Place | Span
    hint: str = ""
    severity: Severity = "error"
    related: tuple[tuple[Place | Span, str], ...] = ()
    unknown: str = ""


class Located(msgspec.Struct, frozen=True):
    """A problem with its line and column, and the text of the offending line."""

    problem: Problem
    span: Span
    excerpt: str = ""
    related: tuple[tuple[Span, str], ...] = ()


def concerned(problems: Iterable[Problem]) -> Iterator[str]:
    """The files that problems are about, or point to."""
    for problem in problems:
        yield problem.place.path
        yield from (place.path for place, _ in problem.related)


def order(located: Iterable[Located]) -> tuple[Located, ...]:
    """Sort by place, then code and message: the same problems are always listed in the same order."""

    def key(item: Located) -> tuple[Any, ...]:
        return (item.span, item.problem.severity, item.problem.code, item.problem.message)

    return tuple(sorted(located, key=key))


def _where(span: Span) -> str:
    return f"{span.path}:{span.line}:{span.column}" if span.line else span.path


def _sentence(problem: Problem) -> str:
    return f"{problem.message}: {problem.hint}" if problem.hint else problem.message


EXCERPT_WIDTH = 100


def _shown(item: Located) -> tuple[str, int]:
    """The offending line, cut around the place where it is long, and the place's index in that."""
    start = max(0, item.span.column - 1)
    text = item.excerpt
    left = 0
    if len(text) > EXCERPT_WIDTH:
        left = max(0, min(start - EXCERPT_WIDTH // 3, len(text) - EXCERPT_WIDTH))
        text = ("…" if left else "") + text[left : left + EXCERPT_WIDTH]
        text += "…" if left + EXCERPT_WIDTH < len(item.excerpt) else ""
        left -= 1 if left else 0
    return "".join(char if char.isprintable() else " " for char in text), start - left


def _excerpt_lines(item: Located) -> tuple[str, ...]:
    """The offending line with a pointer under it."""
    if not item.excerpt:
        return ()
    shown, start = _shown(item)
    length = max(1, min(item.span.length, len(shown) - start, EXCERPT_WIDTH))
    gutter = " " * len(str(item.span.line))
    hint = f" {item.problem.hint}" if item.problem.hint else ""
    return (
        f"  {item.span.line} | {shown}",
        f"  {gutter} | {' ' * start}{'^' * length}{hint}",
    )


def as_text(items: Sequence[Located], style: Callable[[str, str], str] | None = None) -> str:
    """Lines for a person at a terminal; `style(text, colour)` may add colour."""
    paint = style or (lambda text, _colour: text)
    out: list[str] = []
    for item in items:
        problem = item.problem
        colour = "red" if problem.severity == "error" else "yellow"
        label = paint(f"{problem.severity}[{problem.code}]", colour)
        out.append(f"{_where(item.span)}: {label}: {problem.message}")
        excerpt = _excerpt_lines(item)
        out.extend(excerpt)
        if problem.hint and not excerpt:
            out.append(f"  {problem.hint}")
        out.extend(f"  {_where(span)}: {text}" for span, text in item.related)
    return "\n".join(out) + ("\n" if out else "")


def as_json(items: Sequence[Located]) -> str:
    """One JSON document, for programs."""
    rows = [
        {
            "path": item.span.path,
            "line": item.span.line,
            "column": item.span.column,
            "length": item.span.length,
            "severity": item.problem.severity,
            "code": item.problem.code,
            "message": item.problem.message,
            "hint": item.problem.hint,
            "excerpt": shown,
            "excerpt_column": start + 1,
            "related": [
                {"path": s.path, "line": s.line, "column": s.column, "message": text}
                for s, text in item.related
            ],
        }
        for item in items
        for shown, start in (_shown(item),)
    ]
    return json.dumps({"problems": rows}, ensure_ascii=False, indent=1) + "\n"


def as_github(items: Sequence[Located]) -> str:
    """Workflow commands that GitHub shows beside the changed lines."""

    def escape(text: str, more: str = "") -> str:
        for char in "%\r\n" + more:
            text = text.replace(char, f"%{ord(char):02X}")
        return text

    return "".join(
        f"::{item.problem.severity} file={escape(item.span.path, ':,')},line={max(1, item.span.line)},"
        f"col={item.span.column},title={escape(item.problem.code, ':,')}"
        f"::{escape(_sentence(item.problem))}\n"
        for item in items
    )


def as_sarif(items: Sequence[Located]) -> str:
    """SARIF 2.1.0, for code hosts and editors (OASIS standard, section 3)."""
    codes = sorted({item.problem.code for item in items})
    number = {code: at for at, code in enumerate(codes)}

    def location(span: Span) -> dict[str, Any]:
        physical: dict[str, Any] = {"artifactLocation": {"uri": quote(span.path)}}
        if span.line:
            end = span.column + span.length
            physical["region"] = {"startLine": span.line, "startColumn": span.column, "endColumn": end}
        return {"physicalLocation": physical}

    results = [
        {
            "ruleId": item.problem.code,
            "ruleIndex": number[item.problem.code],
            "level": item.problem.severity,
            "message": {"text": _sentence(item.problem)},
            "locations": [location(item.span)],
            "relatedLocations": [
                {"id": at, "message": {"text": text}, **location(span)}
                for at, (span, text) in enumerate(item.related)
            ],
        }
        for item in items
    ]
    run = {
        "tool": {"driver": {"name": "Byline", "rules": [{"id": code} for code in codes]}},
        "columnKind": "unicodeCodePoints",
        "results": results,
    }
    document = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


FORMATS: dict[str, Callable[[Sequence[Located]], str]] = {
    "text": as_text,
    "json": as_json,
    "github": as_github,
    "sarif": as_sarif,
}
