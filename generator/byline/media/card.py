"""Social cards: a person's name on a marquee, 1200 × 630 pixels, for where a credit page is shared.

Every pixel is a shade of two colours, cream and amber, on the dark of the house: the shades are drawn as
grey and become a palette, which keeps a card small and quick. No avatar, no clock: the same card always.
"""

import io
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache

import msgspec
from PIL import Image, ImageDraw, ImageFilter, ImageFont, features
from PIL import __version__ as pillow

from byline.media.fonts import Face, Run, bundled, drawable, right_to_left, runs

WIDTH, HEIGHT = 1200, 630
VERSION = " ".join(
    ["1", pillow, *(str(features.version(name)) for name in ("freetype2", "harfbuzz", "raqm", "fribidi"))]
)
_HOUSE, _CREAM, _BULB = (16, 13, 11), (247, 238, 219), (242, 178, 52)
_SHADES = 64
_FULL, _DIM = _SHADES - 1, 46

# The name's box, between the bulbs and what stands above and below; sizes in pixels.
_BOX_WIDTH, _BOX_HEIGHT = 1040, 270
_MIDDLE = 312
# Above the name stand the roles, this far from its capitals.
_APART, _ROLES = 36, 38
# No card can hold a longer name.
_MOST = 1000
_LARGEST, _SMALLEST = 168, 38
# Text is measured once, at this size: widths grow with the size.
_MEASURE = 100


class Card(msgspec.Struct, frozen=True):
    """What a card says: of the `names` of somebody, the first that the fonts can draw.

    `fonts` and `version` are there for the key: they decide how the card looks.
    """

    names: tuple[str, ...]
    roles: str
    archive: str
    facts: str
    fonts: tuple[str, ...] = ()
    version: str = VERSION


class Line(msgspec.Struct, frozen=True):
    """A line to draw: its runs from left to right, each with its width in pixels, and the font's size."""

    runs: tuple[tuple[Run, float], ...]
    size: int

    @property
    def width(self) -> float:
        """In pixels."""
        return sum(width for _, width in self.runs)


def draw(card: Card, choice: Sequence[Face]) -> bytes:
    """The card as PNG, in the fonts of `choice`, the first that has a character.

    A text with a letter that no font has is left out. Where that is every name, the archive's title stands
    large in its place: a card never shows boxes or half a name.
    """
    layer = _bulbs().copy()
    name = next(filter(None, (drawable(name[:_MOST], choice) for name in card.names)), "")
    title = drawable(card.archive[:_MOST], choice)
    roles = one_line(drawable(card.roles, choice), choice, _ROLES)
    lines = fitted(name or title, choice)
    above = _APART + 0.7 * _ROLES if roles.runs else 0
    top = round(_MIDDLE - (_height(lines) - above) / 2)
    strip = Image.new("L", (WIDTH, 3 * _ROLES))
    _centred(strip, roles, 2 * _ROLES, _FULL)
    layer.paste(_amber(strip), (0, top - _APART - 2 * _ROLES))
    if name:
        _centred(layer, one_line(title, choice, 34), 104, _DIM)
    for number, line in enumerate(lines):
        _centred(layer, line, top + _rise(lines) + number * _pitch(lines), _FULL)
    _centred(layer, one_line(drawable(card.facts, choice), choice, 32), 548, _DIM)
    layer.putpalette(_palette())
    out = io.BytesIO()
    layer.save(out, "PNG", compress_level=3)
    return out.getvalue()


def one_line(text: str, choice: Sequence[Face], size: int) -> Line:
    """A text on one line of this size, or smaller down to three quarters, then cut with "…"."""
    rtl = right_to_left(text)
    line = _line(text, choice, size, rtl)
    if line.width > _BOX_WIDTH:
        line = _line(text, choice, max(size * 3 // 4, int(size * _BOX_WIDTH / line.width)), rtl)
    while line.width > _BOX_WIDTH:
        text = text[: min(len(text) - 2, int(len(text) * _BOX_WIDTH / line.width))].rstrip() + "…"
        line = _line(text, choice, line.size, rtl)
    return line


def fitted(text: str, choice: Sequence[Face]) -> tuple[Line, ...]:
    """A text in the largest size in which it fills the name's box, in lines of even length.

    It breaks between words and around ideographs; inside a word only where nothing else helps. What is
    too long for the smallest size ends in "…".
    """
    rtl = right_to_left(text)
    units = [
        (unit, space, _width(unit, choice, _MEASURE, rtl))
        for word in text.split()
        for unit, space in _units(word)
    ]
    if not units:
        return ()
    gap = _width(" ", choice, _MEASURE, rtl)
    widest = max(width for _, _, width in units)
    for size in range(_LARGEST, _SMALLEST - 1, -6):
        limit = _BOX_WIDTH * _MEASURE / size
        if widest > limit and size > _SMALLEST + 5:
            continue
        if widest > limit:
            units = [part for unit in units for part in _broken(unit, limit, choice, rtl)]
        lines = _filled(units, gap, limit)
        shown = tuple(_line(line, choice, size, rtl) for line in _even(units, gap, limit, lines))
        if _height(shown) <= _BOX_HEIGHT:
            return shown
    most = 1 + int((_BOX_HEIGHT - _rise(shown)) / _pitch(shown))
    last = one_line(lines[most - 1] + " …", choice, shown[0].size)
    return (*(_line(line, choice, shown[0].size, rtl) for line in lines[: most - 1]), last)


_Unit = tuple[str, bool, float]


def _units(word: str) -> list[tuple[str, bool]]:
    """The parts of a word that may stand on different lines; whether a space belongs before them."""
    parts: list[tuple[str, bool]] = []
    for char in word:
        alone = unicodedata.east_asian_width(char) in "WF" and unicodedata.category(char)[0] == "L"
        hangul = "\uac00" <= char <= "\ud7a3"
        if not parts or (alone and not hangul):
            parts.append((char, not parts))
        else:
            parts[-1] = (parts[-1][0] + char, parts[-1][1])
    return parts


def _broken(unit: _Unit, limit: float, choice: Sequence[Face], rtl: bool) -> list[_Unit]:
    """A unit that is wider than a line, cut between characters, never before a mark or a joiner."""
    text, space, width = unit
    if width <= limit:
        return [unit]
    parts = [""]
    for char in text:
        bound = unicodedata.combining(char) or unicodedata.category(char)[0] == "M" or char in "\u200c\u200d"
        bound = bound or parts[-1][-1:] == "\u200d" or unicodedata.combining(parts[-1][-1:] or " ") == 9
        if parts[-1] and not bound and _width(parts[-1] + char, choice, _MEASURE, rtl) > limit:
            parts.append("")
        parts[-1] += char
    return [(part, space and not at, _width(part, choice, _MEASURE, rtl)) for at, part in enumerate(parts)]


def _filled(units: Sequence[_Unit], gap: float, limit: float) -> list[str]:
    """The units in lines, each as full as it can be."""
    lines: list[str] = []
    used = 0.0
    for text, space, width in units:
        room = gap if space else 0.0
        if lines and used + room + width <= limit:
            lines[-1] += " " * space + text
            used += room + width
        else:
            lines.append(text)
            used = width
    return lines


def _even(units: Sequence[_Unit], gap: float, limit: float, lines: list[str]) -> list[str]:
    """The same number of lines, with the smallest limit that gives it."""
    low, high = limit / len(lines) / 2, limit
    while high - low > limit / 100:
        middle = (low + high) / 2
        tried = _filled(units, gap, middle)
        if len(tried) > len(lines) or max(width for _, _, width in units) > middle:
            low = middle
        else:
            high, lines = middle, tried
    return lines


def _line(text: str, choice: Sequence[Face], size: int, rtl: bool) -> Line:
    found = runs(text, choice, rtl)
    return Line(tuple((run, _run_width(run, size)) for run in found), size)


def _width(text: str, choice: Sequence[Face], size: int, rtl: bool) -> float:
    return _line(text, choice, size, rtl).width


def _run_width(run: Run, size: int) -> float:
    return _font(run.font, size).getlength(run.text, direction="rtl" if run.rtl else "ltr")


def _foreign(lines: Sequence[Line]) -> bool:
    """Whether another font than ours is among them: other scripts reach higher and lower."""
    return any(run.font != bundled().file for line in lines for run, _ in line.runs)


def _pitch(lines: Sequence[Line]) -> float:
    """From baseline to baseline."""
    return (1.3 if _foreign(lines) else 1.04) * lines[0].size


def _rise(lines: Sequence[Line]) -> float:
    """From the upper edge of the first line's capitals to its baseline."""
    return (0.86 if _foreign(lines) else 0.7) * lines[0].size if lines else 0


def _height(lines: Sequence[Line]) -> float:
    """From the upper edge of the first line to the last baseline."""
    return _rise(lines) + (len(lines) - 1) * _pitch(lines) if lines else 0


def _centred(layer: Image.Image, line: Line, baseline: float, shade: int) -> None:
    x = (WIDTH - line.width) / 2
    pen = ImageDraw.Draw(layer)
    for run, width in line.runs:
        direction = "rtl" if run.rtl else "ltr"
        font = _font(run.font, line.size)
        pen.text((x, baseline), run.text, shade, font, anchor="ls", direction=direction)
        x += width


@lru_cache(maxsize=128)
def _font(file: str, size: int) -> ImageFont.FreeTypeFont:
    """A font at a size in pixels; a variable one in a heavy weight."""
    font = ImageFont.truetype(file, size, layout_engine=ImageFont.Layout.RAQM)
    try:
        axes = font.get_variation_axes()
    except OSError:  # how Pillow says that a font does not vary
        return font
    font.set_variation_by_axes(
        [
            min(axis["maximum"] or 0, 800) if axis["name"] == b"Weight" else axis["default"] or 0
            for axis in axes
        ]
    )
    return font


@cache
def _bulbs() -> Image.Image:
    """Rows of bulbs along the upper and the lower edge, as shades."""
    scale, step = 4, 40
    bulb = Image.new("L", (step * scale, step * scale))
    pen = ImageDraw.Draw(bulb)
    for radius, shade in ((17, 3), (14, 7), (11, 13)):
        middle = step * scale / 2
        box = [middle - radius * scale, middle + radius * scale]
        pen.ellipse((box[0], box[0], box[1], box[1]), shade)
    bulb = bulb.filter(ImageFilter.GaussianBlur(2 * scale))
    pen = ImageDraw.Draw(bulb)
    box = [step * scale / 2 - 7 * scale, step * scale / 2 + 7 * scale]
    pen.ellipse((box[0], box[0], box[1], box[1]), _FULL)
    bulb = bulb.resize((step, step), Image.Resampling.BOX)
    layer = Image.new("L", (WIDTH, HEIGHT))
    for x in range(0, WIDTH, step):
        layer.paste(bulb, (x, 14))
        layer.paste(bulb, (x, HEIGHT - step - 14))
    return _amber(layer)


def _amber(layer: Image.Image) -> Image.Image:
    """Shades of cream as those of amber."""
    return layer.point(lambda shade: shade and shade + _SHADES)


@cache
def _palette() -> list[int]:
    """Shades of cream, then of amber, on the dark of the house."""
    out: list[int] = []
    for colour in (_CREAM, _BULB):
        for shade in range(_SHADES):
            out += [
                round(dark + (light - dark) * shade / _FULL)
                for dark, light in zip(_HOUSE, colour, strict=True)
            ]
    return out
