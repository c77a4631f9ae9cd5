"""Fonts: which characters they have, and how a text is cut into runs that one font can draw.

A run has one font and one direction; runs stand in the order in which they are drawn, from left to right.
Shaping inside a run (ligatures, marks, joining) is the business of Pillow's Raqm.
"""

import struct
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache
from hashlib import blake2b
from itertools import groupby
from pathlib import Path

import msgspec

from byline.problems import Place, Problem
from byline.read.files import read_bytes

BUNDLED = Path(__file__).parent.parent / "data" / "fonts" / "card.ttf"


class Face(msgspec.Struct, frozen=True):
    """A font file: its full path, the digest of its bytes, and the code points that it has glyphs for."""

    file: str
    digest: str
    covers: frozenset[int]


class Run(msgspec.Struct, frozen=True, gc=False):
    """A stretch of text in one font (a file) and one direction."""

    text: str
    font: str
    rtl: bool


@cache
def bundled() -> Face:
    """The font that ships with the program: Latin, Greek and Cyrillic."""
    return face(BUNDLED)


def face(path: Path) -> Face:
    """A font of a file. Raises OSError where it cannot be read, ValueError where it is no font."""
    data = read_bytes(str(path))
    try:
        covers = coverage(data)
    except struct.error as error:
        raise ValueError("the file is cut off") from error
    return Face(str(path), blake2b(data, digest_size=16).hexdigest(), covers)


def faces(root: Path, files: Sequence[str]) -> tuple[tuple[Face, ...], tuple[Problem, ...]]:
    """The bundled font, then those of the archive in `root`; and what is wrong with them."""
    found, problems = [bundled()], []
    for at, file in enumerate(files):
        place = Place("byline.toml", 1, ("media", "fonts", at))
        try:
            found.append(face(root / file))
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else str(error)
            message = f'the font "{file}" cannot be used: {reason}'
            problems.append(Problem("bad-font", message, place, "name a TTF, OTF or TTC file of the archive"))
    return tuple(found), tuple(problems)


def coverage(data: bytes) -> frozenset[int]:
    """The code points of a font's Unicode `cmap`, formats 4 and 12 (OpenType specification, cmap).

    Of a collection, its first font. Raises ValueError, or struct.error where the file is cut off.
    """
    start = struct.unpack_from(">I", data, 12)[0] if data[:4] == b"ttcf" else 0
    if data[start : start + 4] not in (b"\0\1\0\0", b"OTTO", b"true"):
        raise ValueError("this is no TrueType or OpenType font")
    for at in range(struct.unpack_from(">H", data, start + 4)[0]):
        tag, _, table, _ = struct.unpack_from(">4sIII", data, start + 12 + 16 * at)
        if tag == b"cmap":
            break
    else:
        raise ValueError("the font has no table of characters")
    covered: set[int] = set()
    for at in range(struct.unpack_from(">H", data, table + 2)[0]):
        platform, encoding, offset = struct.unpack_from(">HHI", data, table + 4 + 8 * at)
        if platform == 0 or (platform == 3 and encoding in (1, 10)):
            covered.update(_subtable(data, table + offset))
    return frozenset(covered)


def _subtable(data: bytes, at: int) -> Iterator[int]:
    form = struct.unpack_from(">H", data, at)[0]
    if form == 12:
        for group in range(struct.unpack_from(">I", data, at + 12)[0]):
            first, last, glyph = struct.unpack_from(">III", data, at + 16 + 12 * group)
            if last > 0x10FFFF:
                raise ValueError("the font's table of characters is broken")
            yield from range(first + (glyph == 0), last + 1)
    elif form == 4:
        count = struct.unpack_from(">H", data, at + 6)[0] // 2
        ends, starts, deltas, offsets = (
            struct.unpack_from(f">{count}H", data, at + 14 + 2 * count * part + 2 * (part > 0))
            for part in range(4)
        )
        for segment in range(count):
            for char in range(starts[segment], min(ends[segment], 0xFFFE) + 1):
                if offsets[segment] == 0:
                    glyph = (char + deltas[segment]) & 0xFFFF
                else:
                    place = at + 16 + 6 * count + 2 * segment + offsets[segment]
                    glyph = struct.unpack_from(">H", data, place + 2 * (char - starts[segment]))[0]
                if glyph:
                    yield char


def drawable(text: str, choice: Sequence[Face]) -> str:
    """The text as these fonts can draw it: without signs that none has, "" where a letter is missing.

    A card shows a whole name or none: boxes and half names are worse than silence.
    """
    kept = []
    for char in unicodedata.normalize("NFC", " ".join(text.split())):
        if any(ord(char) in one.covers for one in choice) or _silent(char):
            kept.append(char)
        elif unicodedata.category(char)[0] in "LMN":
            return ""
    return " ".join("".join(kept).split())


def _silent(char: str) -> bool:
    """Joiners and direction marks shape what is around them, and need no glyph."""
    return char in "\u200c\u200d\u200e\u200f"


def right_to_left(text: str) -> bool:
    """Whether a paragraph runs from right to left: as its first strong letter does (UAX 9, P2)."""
    kinds = (unicodedata.bidirectional(char) for char in text)
    return next((kind != "L" for kind in kinds if kind in ("L", "R", "AL")), False)


def runs(text: str, choice: Sequence[Face], rtl: bool) -> tuple[Run, ...]:
    """The runs of one line, from left to right, in a paragraph of this direction (UAX 9, L2)."""
    levels = _levels(text, rtl)
    chars = list(zip(text, levels, _fonts(text, choice), strict=True))
    order = []
    for (level, font), group in groupby(chars, lambda one: one[1:]):
        stretch = "".join(char for char, _, _ in group)
        order.append((level, Run(stretch, choice[font].file, level % 2 == 1)))
    for depth in range(max(levels, default=0), 0, -1):
        order = _turned(order, depth)
    return tuple(run for _, run in order)


def _turned(order: Sequence[tuple[int, Run]], depth: int) -> list[tuple[int, Run]]:
    """The runs with every stretch of this level or deeper turned round."""
    out: list[tuple[int, Run]] = []
    start = 0
    for at, one in enumerate(order):
        if one[0] >= depth:
            out.insert(start, one)
        else:
            out.append(one)
            start = at + 1
    return out


def _levels(text: str, rtl: bool) -> list[int]:
    """The embedding level of every character: UAX 9 without explicit embeddings, which names do not hold.

    Letters give directions; digits after letters from right to left keep their own order among them;
    what is between takes the direction that both sides have, else that of the paragraph; a bracket is
    closed as it was opened.
    """
    level = {"L": 2 if rtl else 0, "R": 1, "number": 2}
    base = "R" if rtl else "L"
    kinds: list[str] = []
    strong = before = base
    for char in text:
        kind = unicodedata.bidirectional(char)
        if kind in ("L", "R", "AL"):
            strong = before = "L" if kind == "L" else "R"
        elif kind in ("EN", "AN"):
            before = "number" if strong == "R" else "L"
        elif kind != "NSM":
            before = ""
        kinds.append(before)
    at, left = 0, base
    for kind, group in groupby(list(kinds)):
        end = at + len(list(group))
        if kind:
            left = "L" if kind == "L" else "R"
        else:
            following = kinds[end] if end < len(kinds) else base
            right = "L" if following == "L" else "R"
            kinds[at:end] = [left if left == right else base] * (end - at)
        at = end
    opened: list[int] = []
    for at, char in enumerate(text):
        if char in "([{":
            opened.append(at)
        elif char in ")]}" and opened:
            kinds[at] = kinds[opened.pop()]
    return [level[kind] for kind in kinds]


def _fonts(text: str, choice: Sequence[Face]) -> list[int]:
    """The font of every character: of a letter the first that has it; the rest stays with what is before."""
    out: list[int] = []
    for char in text:
        fitting = [at for at, one in enumerate(choice) if ord(char) in one.covers]
        stays = out and (out[-1] in fitting or not fitting) and unicodedata.category(char)[0] != "L"
        out.append(out[-1] if stays else fitting[0] if fitting else 0)
    return out
