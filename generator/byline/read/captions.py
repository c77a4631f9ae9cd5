"""WebVTT (W3C): captions as cues, with every fault by line and column.

Browsers leave out a cue that they cannot read, and say nothing. This says it.
"""

import re
from collections.abc import Iterator
from html import unescape
from typing import Literal

import msgspec

from byline.text import clean, line_feeds
from byline.values import Cue

_TIME = r"(?:([0-9]{2,}):)?([0-5][0-9]):([0-5][0-9])\.([0-9]{3})"
_TIMING = re.compile(rf"[ \t]*{_TIME}([ \t]*)-->([ \t]*){_TIME}(?:[ \t]+(.*))?[ \t]*")
_PERCENT = r"(?:100(?:\.0+)?|[0-9]{1,2}(?:\.[0-9]+)?)%"
_SETTINGS = {
    "vertical": "rl|lr",
    "line": rf"(?:-?[0-9]+|{_PERCENT})(?:,(?:start|center|end))?",
    "position": rf"{_PERCENT}(?:,(?:line-left|center|line-right))?",
    "size": _PERCENT,
    "align": "start|center|end|left|right",
    "region": r"(?!.*-->).+",
}
_TAG = re.compile(
    rf"<(/?)(c|i|b|u|ruby|rt|v|lang)?((?:\.[^\s.<>&]+)*)(?:[ \t]([^<>]*))?>|<{_TIME}>|<[^>\n]*>?"
)

_HEADER = re.compile(rb"(?:\xef\xbb\xbf)?WEBVTT(?=[ \t\r\n]|$)")
_NOTE = re.compile(rb"NOTE(?:[ \t]|$)")

# Start and end, in milliseconds.
Span = tuple[int, int]


class CaptionFault(msgspec.Struct, frozen=True, gc=False):
    """What is wrong with captions, in their file: line and column from 1, length in characters."""

    code: Literal["captions-syntax", "captions-time"]
    message: str
    hint: str
    line: int
    column: int = 1
    length: int = 1


def parse(text: str) -> tuple[tuple[Cue, ...] | None, tuple[CaptionFault, ...]]:
    """The cues of a file in its order, with all faults. None: there is no header, so no browser reads it."""
    lines = line_feeds(text.removeprefix("\ufeff")).replace("\0", "�").split("\n")
    if not re.fullmatch(r"WEBVTT(?:[ \t].*)?", lines[0]) or "-->" in lines[0]:
        hint = "begin the file with a line that says WEBVTT, then an empty one"
        return None, (CaptionFault("captions-syntax", "captions begin with WEBVTT", hint, 1),)
    faults: list[CaptionFault] = []
    if len(lines) > 1 and lines[1].strip():
        hint = "leave an empty line after WEBVTT"
        faults.append(CaptionFault("captions-syntax", "an empty line is missing after the header", hint, 2))
    cues: list[Cue] = []
    latest: Span | None = None
    for number, block in _blocks(lines):
        at = next((at for at, line in enumerate(block[:2]) if "-->" in line), -1)
        if at < 0:
            if not re.match(r"(NOTE|STYLE|REGION)(?:[ \t]|$)", block[0]):
                hint = "a caption begins with its times, 00:01.000 --> 00:04.000"
                faults.append(CaptionFault("captions-syntax", "this is no caption", hint, number))
            continue
        found = _times(block, at, number, faults)
        if found is None:
            continue
        if latest is not None:
            _check_order(found, latest, number + at, faults)
        cues += _voices(*found, block[at + 1 :], number + at + 1, faults)
        latest = found
    return tuple(cues), tuple(faults)


def without_notes(data: bytes) -> bytes:
    """A file as it is published: with all that browsers show, without remarks of whoever wrote it."""
    header = _HEADER.match(data)
    if header is None:
        return data
    first, *lines = data.splitlines(keepends=True)
    out = [header[0], first[len(first.rstrip(b"\r\n")) :]]
    begins, noted = True, False
    for line in lines:
        words = line.rstrip(b"\r\n")
        if begins and _NOTE.match(words):
            noted = True
        elif not words or b"-->" in words:  # an arrow begins a caption wherever it stands
            noted = False
        if not noted:
            out.append(line)
        begins = not words
    return b"".join(out)


def _blocks(lines: list[str]) -> Iterator[tuple[int, list[str]]]:
    """What stands between empty lines, with the number of its first line. An arrow begins a new block."""
    block: list[str] = []
    for number, line in enumerate([*lines[1:], ""], 2):
        second = "-->" in line and (len(block) > 1 or any("-->" in earlier for earlier in block))
        if block and (not line or second):
            yield number - len(block), block
            block = []
        if line:
            block.append(line)


def _times(block: list[str], at: int, number: int, faults: list[CaptionFault]) -> Span | None:
    line = number + at
    found = _TIMING.fullmatch(block[at])
    if found is None:
        hint = "write 00:01.000 --> 00:04.000, minutes and seconds below 60, three digits behind the point"
        faults.append(
            CaptionFault("captions-syntax", "these times cannot be read", hint, line, 1, len(block[at]))
        )
        return None
    start, end = _milliseconds(found.groups()[:4]), _milliseconds(found.groups()[6:10])
    if not found[5] or not found[6]:
        hint = "write 00:01.000 --> 00:04.000"
        faults.append(CaptionFault("captions-syntax", "a space is missing beside the arrow", hint, line))
    if end <= start:
        hint = "check both times: browsers do not show it"
        faults.append(
            CaptionFault("captions-time", "it ends before it starts", hint, line, 1, len(block[at]))
        )
        return None
    for setting in (found[11] or "").split():
        name, colon, value = setting.partition(":")
        if not colon or not re.fullmatch(_SETTINGS.get(name, "(?!)"), value):
            column = block[at].index(setting) + 1
            hint = f"known are {', '.join(_SETTINGS)}, written as align:start"
            message = f'"{clean(setting)}" is no setting of a caption'
            faults.append(CaptionFault("captions-syntax", message, hint, line, column, len(setting)))
    return start, end


def _milliseconds(parts: tuple[str | None, ...]) -> int:
    hours, minutes, seconds, rest = (int(part or 0) for part in parts)
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + rest


def _check_order(cue: Span, latest: Span, line: int, faults: list[CaptionFault]) -> None:
    if cue[0] < latest[0]:
        hint = "captions stand in the order of their times"
        faults.append(CaptionFault("captions-time", "it starts before the caption above it", hint, line))
    elif cue[0] < latest[1]:
        hint = "end that one earlier, or put both into one"
        faults.append(CaptionFault("captions-time", "it starts before the one above has ended", hint, line))


def _voices(start: int, end: int, lines: list[str], number: int, faults: list[CaptionFault]) -> Iterator[Cue]:
    """A cue for everybody who speaks in one."""
    text = "\n".join(lines)
    opened: list[str] = []
    speaker, words, at = "", [], 0
    for tag in _TAG.finditer(text):
        words.append(text[at : tag.start()])
        at = tag.end()
        closes, name = tag[1], tag[2]
        if name is None and tag[6] is None:
            line = number + text.count("\n", 0, tag.start())
            column = tag.start() - text.rfind("\n", 0, tag.start())
            message, hint = f'"{clean(tag[0])[:40]}" is no tag of captions', "write &lt; for a plain <"
            faults.append(CaptionFault("captions-syntax", message, hint, line, column, len(tag[0])))
        elif closes and name in opened:
            opened.remove(name)
        elif name and not closes:
            opened.append(name)
        if name == "v":
            if said := _plain(words):
                yield Cue(start, end, said, speaker)
                words = []
            speaker = "" if closes else _plain([tag[4] or ""])
    words.append(text[at:])
    # A voice may stay open to the end of its caption; nothing else may.
    for name in opened:
        if name not in ("v", "rt", "lang"):
            message, hint = f"<{name}> is not closed", f"write </{name}> where it ends"
            faults.append(CaptionFault("captions-syntax", message, hint, number))
    if said := _plain(words):
        yield Cue(start, end, said, speaker)


def _plain(words: list[str]) -> str:
    return clean(" ".join(unescape("".join(words)).split()))
