"""The YAML of a front matter: its values, and where each of them stands.

The format is the core schema of YAML 1.2 (https://yaml.org/spec/1.2.2/#103-core-schema), narrowed
to what JSON can say: mappings with text for keys, lists, text, numbers, true, false and null.

Two parsers share the work. yaml-rs is fast and decides what is YAML; it keeps no positions. PyYAML
is slow and speaks YAML 1.1, but its nodes carry marks: it finds the place of a value that turned
out wrong, and has a second look at the few spellings that yaml-rs reads in its own way. It is loaded
when it is needed.
"""

import math
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import yaml_rs

from byline import text as words
from byline.faults import START, Fault, Path, Place, place_at

if TYPE_CHECKING:
    from yaml import Node

MAX_DEPTH = 50
MAX_CHARACTERS = 1_000_000
_ALIASES = yaml_rs.AliasLimits(10_000, 8, None)

# Characters that YAML does not allow (a NUL ends the document for yaml-rs, silently), and the
# byte order mark, which nobody can see.
_CONTROL = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")
# yaml-rs recurses on the machine's stack for every level of block nesting. A level costs at least
# one column of indentation or one indicator on a line, so that these two bound it.
_DEEP = re.compile(r"^ {200}|^ *(?:[-?:][ \t]+){50}", re.MULTILINE)
# A tag or an anchor: yaml-rs drops those it does not know, and the words in them.
PROPERTY = re.compile(r"(?:^|[-:?,\[{])[ \t]*(?:&\S|!)", re.MULTILINE)
# Numbers for yaml-rs, but text in the core schema: 1_000, 0b1, 0XF, +0x1.
_ODD_BASE = re.compile("0[bBoOxX]")
_NUMBERLIKE = re.compile(r"[\s\[{,:](?:[-+]?(?:0[bBXO]|_*[\d.][\da-fA-FxXoO.+-]*_|_+[\d.])|[-+]0[xo])")
# What stands behind something like a remark but for the space that those begin with.
_CUT = re.compile(r"[ \t]+(#[^\s#][^\n]*)")
_DOCUMENT_MARK = re.compile(r"^(?:---|\.\.\.)(?=\s|\Z)", re.MULTILINE)
_RS_PLACE = re.compile(r"line (\d+), column (\d+)")
_NO_YAML, _COLON = "this is not YAML", "there is a colon here where none can be"
# A line without indentation that is neither a field, nor a remark, nor the start of something else.
_NO_FIELD = re.compile(r"[A-Za-z_](?!.*:(?:\s|$))")
_OPEN_QUOTE = "invalid indentation in multiline quoted scalar"
# What yaml-rs says, what it means to an editor, and what to do about it.
_SYNTAX = (
    (
        "mapping values are not allowed",
        _COLON,
        'put a text that contains ": " in quotes (title: "The Dark: Part One"), '
        "or check that the lines of one mapping are indented alike",
    ),
    ("unclosed bracket", "this bracket is never closed", "add the closing ] or }"),
    (
        "trailing content after",
        "there is more text after the closing quotation mark",
        "put the whole text in quotes; within '…' an apostrophe is written twice ('it''s')",
    ),
    (_OPEN_QUOTE, "this quotation mark is never closed", "add the closing quotation mark"),
    ("unclosed quote", "this quotation mark is never closed", "add the closing quotation mark"),
    (
        "unexpected character",
        "a text cannot begin with this character",
        "put the whole text in quotes",
    ),
    ("unknown anchor", "a text cannot begin with *", "put the whole text in quotes"),
    ("tabs disallowed", "there is a tab in the indentation", "indent with spaces"),
    (
        "followed by a valid YAML whitespace",
        "a tab stands where a space should",
        "replace the tab by a space",
    ),
    (
        "block sequence entries",
        "a list cannot begin here",
        "put each “- entry” on a line of its own, or write [one, two]",
    ),
    (
        "flow",
        "this list or mapping in brackets is not written correctly",
        "separate the entries with commas, put texts with special characters in quotes, "
        "and close every bracket",
    ),
    (
        "quoted scalar",
        "this text in quotes is not written correctly",
        r"in double quotes a backslash begins an escape: write \\ for a backslash, "
        "or use single quotes",
    ),
    (
        "block scalar",
        "this block of text is not written correctly",
        "indent every line of the text alike, below its key",
    ),
    (
        "recursion limit",
        "brackets are nested too deeply",
        "close the brackets, or say it with fewer levels",
    ),
)


def load(text: str) -> tuple[dict[str, object] | None, tuple[Fault, ...]]:
    """Read a front matter into plain values; an empty one is an empty mapping.

    Returns `None` and the faults where it cannot be accepted. Values are `str`, `int` (64 bits),
    `float` (finite), `bool`, `None`, and lists and mappings of these, `MAX_DEPTH` levels at most.
    """
    text = words.line_feeds(text)
    fault = _unreadable(text)
    if fault:
        return None, (fault,)
    try:
        value = _fast(text)
    except yaml_rs.YAMLDecodeError as error:
        return None, (_syntax_fault(text, str(error)),)
    if value is None:
        value = {}
    if type(value) is not dict:
        return None, (_no_mapping(text, value),)
    wrong = _offence(value, MAX_DEPTH)
    if wrong:
        return None, (_offence_fault(text, *wrong),)
    # What each needs is looked for first: few texts have it.
    if (("&" in text or "!" in text) and PROPERTY.search(text)) or (
        ("_" in text or _ODD_BASE.search(text)) and _NUMBERLIKE.search(text)
    ):
        from byline.read import marks

        fault = marks.property_fault(text)
        if fault:
            return None, (fault,)
        marked, fault = marks.spelled(text)
        if fault:
            return None, (fault,)
        value = _respelled(value, marked)
    return value, ()


def cut_off(text: str) -> Iterator[Fault]:
    """Where a text of a front matter ends before a # that seems to belong to it, as in “Letter #4”."""
    if not _CUT.search(text):
        return
    from byline.read import marks

    for end in marks.unquoted(text):
        if not (found := _CUT.match(text, end)):
            continue
        message = f"“{found[1].strip()}” is a remark for YAML, and left out"
        hint = "put the whole text in quotes; a remark has a space behind its #"
        yield Fault("yaml-remark", message, hint, *place_at(text, found.start(1), len(found[1])))


def locate(text: str, path: Path, key: bool = False) -> Place:
    """Where the value at `path` stands, or its key; else the nearest thing around it.

    Where the text is no YAML, and where only the whole is around it, that is the first character.
    """
    from byline.read import marks

    text = words.line_feeds(text)
    node, key_node, _ = _walk(text, path)
    if key_node is not None and (key or node is None or node.start_mark.index == node.end_mark.index):
        node = key_node  # also for an empty value: its key can be underlined
    return START if node is None else marks.span(text, node)


def spelling(text: str, path: Path) -> str | None:
    """The scalar at `path` as it is spelled (`season: 01` gives "01"), or None."""
    from yaml import ScalarNode

    from byline.read import marks

    node, _, found = _walk(words.line_feeds(text), path)
    return marks.spelled_as(node) if found and isinstance(node, ScalarNode) else None


def _walk(text: str, path: Path) -> "tuple[Node | None, Node | None, bool]":
    from byline.read import marks

    return marks.walk(text, path) if _is_yaml(text) else (None, None, False)


@lru_cache(maxsize=1)
def _is_yaml(text: str) -> bool:
    """Whether yaml-rs takes it: it refuses what PyYAML would break on."""
    if _unreadable(text):
        return False
    try:
        _fast(text)
    except yaml_rs.YAMLDecodeError:
        return False
    return True


def _respelled(value: Any, marked: Any) -> Any:
    """The value as yaml-rs reads it, with text where the core schema sees no number."""
    if type(value) is dict and type(marked) is dict:
        return {key: _respelled(item, marked.get(key, item)) for key, item in value.items()}
    if type(value) is list and type(marked) is list and len(value) == len(marked):
        return [_respelled(item, other) for item, other in zip(value, marked, strict=True)]
    return marked if type(value) in (int, float) and type(marked) is str else value


def _fast(text: str) -> Any:
    # At the very end of a text yaml-rs reads an empty block as a line feed, and adds one to a block
    # whose last line has none; a remark behind it settles both.
    end = "#\n" if text.endswith("\n") else "\n#\n"
    return yaml_rs.loads(text + end, parse_datetime=False, alias_limits=_ALIASES)


def _unreadable(text: str) -> Fault | None:
    control = _CONTROL.search(text)
    if control:
        code = ord(control[0])
        return Fault(
            "yaml-control",
            f"there is an invisible character here (U+{code:04X})",
            "delete it and type the text around it again",
            *place_at(text, control.start()),
        )
    if len(text) > MAX_CHARACTERS:
        return Fault(
            "yaml-large",
            f"the front matter is longer than {MAX_CHARACTERS:,} characters",
            "move long texts into the body, and long lists into a ledger",
        )
    deep = _DEEP.search(text)
    if deep:
        return _too_deep(place_at(text, deep.start(), len(deep[0])))
    return None


def _too_deep(place: Place) -> Fault:
    hint = "say it with fewer levels of lists and mappings"
    return Fault("yaml-depth", "this is nested too deeply", hint, *place)


def _syntax_fault(text: str, error: str) -> Fault:
    """A fault from what yaml-rs said; it names a place except for keys, aliases and tags."""
    from byline.read import marks

    if error.startswith("alias"):
        alias = re.search(r"(?<!\S)\*\w+", text)
        return Fault(
            "yaml-alias",
            "the anchors of this front matter repeat too much",
            "write the repeated part out where it is needed",
            *(place_at(text, alias.start(), len(alias[0])) if alias else START),
        )
    fault = marks.property_fault(text)
    if fault:
        return fault
    at = _RS_PLACE.search(error)
    if at:
        line, column = int(at[1]), int(at[2])
        said = error.rsplit("\n", 1)[-1]
        message, hint = next(
            ((message, hint) for words, message, hint in _SYNTAX if words in said),
            (_NO_YAML, "check quotes, brackets, colons and the indentation of this line"),
        )
        lines = text.rstrip("\n").split("\n")
        if line > len(lines):  # the end of the text: point behind its last line
            line, column = len(lines), len(lines[-1]) + 1
        above = lines[line - 2] if line > 1 and message in (_COLON, _NO_YAML) else ""
        if _NO_FIELD.match(above):  # noticed at the next line
            name, _, value = above.replace(":", " ", 1).partition(" ")
            hint = f"a field is a name, a colon, a space and a value: {name}: {value.strip() or '…'}"
            return Fault("yaml-syntax", "this line is no field", hint, line - 1, 1, len(above.rstrip()))
        if said == _OPEN_QUOTE:  # noticed lines after the quotation mark
            before = "\n".join(lines[: line - 1] if column == 1 else lines[:line])
            for mark in re.finditer(r"[-:,\[{]\s+([\"'])", before):
                line, column, _ = place_at(before, mark.start(1))
        return Fault("yaml-syntax", message, hint, line, column)
    if error.startswith("duplicate mapping key"):
        name, place = marks.duplicate(text)
        hint = "keep one of the two; several values are written as a list: [one, two]"
        return Fault("yaml-duplicate-key", f"{name} is written twice", hint, *place)
    return Fault("yaml-syntax", _NO_YAML, "check quotes, brackets and colons")


def _no_mapping(text: str, value: object) -> Fault:
    mark = _DOCUMENT_MARK.search(text, 1)
    if isinstance(value, list) and mark:
        return Fault(
            "yaml-documents",
            "a second YAML document begins here",
            "a document has one front matter; remove this line",
            *place_at(text, mark.start(), 3),
        )
    start = re.search(r"^[ \t]*[^#\s].*", text, re.MULTILINE)
    return Fault(
        "yaml-no-mapping",
        "the front matter is not a list of fields",
        "write one field a line: a name, a colon, a space and the value (title: The Dark)",
        *(place_at(text, start.start(), len(start[0])) if start else START),
    )


def _offence(value: Any, levels: int) -> tuple[str, Path] | None:
    """The first thing in `value` that is not accepted: what, and the path to it."""
    if not levels:
        return "depth", ()
    pairs = value.items() if type(value) is dict else enumerate(value)
    for key, item in pairs:
        kind = type(item)
        if type(key) is not str and type(value) is dict:
            return "key", (key,)
        if kind is str or item is None or kind is bool:
            continue
        if kind is int:
            if not -(2**63) <= item < 2**63:
                return "number", (key,)
        elif kind is float:
            if not math.isfinite(item):
                return "number", (key,)
        elif kind is dict or kind is list:
            below = _offence(item, levels - 1)
            if below:
                return below[0], (key, *below[1])
        else:  # a set: only tags make one
            return "tag", (key,)
    return None


def _offence_fault(text: str, what: str, path: Path) -> Fault:
    from byline.read import marks

    if what == "depth":
        return _too_deep(locate(text, path))
    if what == "number":
        return Fault(
            "yaml-number",
            "this number cannot be kept",
            "numbers are finite and have at most 18 digits; put it in quotes if it is a text",
            *locate(text, path),
        )
    if what == "tag":
        return marks.property_fault(text) or Fault("yaml-tag", "a tag cannot be used here")
    return Fault(
        "yaml-key",
        "the name of a field is not a text",
        'put it in quotes ("2014": …)',
        *marks.odd_key(text),
    )
