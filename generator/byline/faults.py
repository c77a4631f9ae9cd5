"""What a reader of one text found wrong: a word, a sentence, a hint and a place in that text."""

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
