"""What a reader of one text found wrong: a word, a sentence, a hint and a place in that text."""

from __future__ import annotations

import re

import msgspec

# The way to a value inside a document: keys of mappings and indexes of lists.
Path = tuple[str | int, ...]
# Line and column, both from 1, in the text that was read, and how many characters to underline.
Place = tuple[int, int, int]
START: Place = (1, 1, 1)


class Fault(msgspec.Struct, frozen=True, gc=False):
    """One thing wrong in one text, for the person who wrote it.

    `code` is the documented word of the error, `message` says what is wrong, `hint` what to do.
    `line` and `column` count from 1 in the text that was given to the reader; `length` is the
    number of characters to underline, at least 1.
    """

    code: str
    message: str
    hint: str = ""
    line: int = 1
    column: int = 1
    length: int = 1


def place_at(text: str, index: int, length: int = 1, known: tuple[int, int] = (0, 1)) -> Place:
    """Line, column and length of the character at `index`; `length` is kept within its line.

    `known` is an index before it and the line of that, so that lines are not counted from the top.
    """
    index = min(max(index, 0), len(text))
    line_start = text.rfind("\n", 0, index) + 1
    line_end = text.find("\n", index)
    rest = (len(text) if line_end < 0 else line_end) - index
    line = known[1] + text.count("\n", known[0], index)
    return line, index - line_start + 1, max(1, min(length, rest))


_CONFLICT = re.compile("^<{7} ", re.MULTILINE)
_CODE = re.compile("^ {0,3}(?:```|~~~)", re.MULTILINE)


def conflict(text: str) -> Fault | None:
    """Where two versions of a text stand beside each other, as git leaves them; not in a block of code."""
    if "<<<<<<< " not in text:
        return None
    between = text.rfind("\n=======", 0, max(0, text.rfind("\n>>>>>>> ")))
    fences = looked = 0
    for found in _CONFLICT.finditer(text):
        if found.end() > between:
            return None
        fences += len(_CODE.findall(text, looked, found.start()))
        looked = found.start()
        if fences % 2 == 0:
            length = len(text[found.start() :].partition("\n")[0].rstrip())
            return Fault(
                "merge-conflict",
                "two versions stand here, of which nobody has chosen one",
                "keep one of them, and delete the lines of <<<<<<<, ======= and >>>>>>>",
                *place_at(text, found.start(), length),
            )
    return None
