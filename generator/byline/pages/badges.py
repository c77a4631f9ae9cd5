"""badge.svg: an archive's title and somebody's number of credits, on one line, for any page."""

import unicodedata
from html import escape

from byline.text import clean

_HEIGHT, _SIZE, _ROOM = 28, 13, 10
_LONGEST = 40


def badge(title: str, fact: str, label: str) -> bytes:
    """The picture; `label` is read to those who do not see it.

    It brings its own ground and edge, so that it reads on light and dark pages alike. No font is known
    where it is shown: every text is told its width, and the font fits itself in.
    """
    title, fact = _short(title), _short(fact)
    bulb = 26
    first, second = _width(title), _width(fact)
    left = bulb + first + _ROOM
    width = left + (second + 2 * _ROOM if fact else 0)
    texts = _text(bulb, first, "#f7eedb", title) + _text(left + _ROOM, second, "#1c1400", fact)
    plate = f'<path fill="#f2b234" d="M{left} 1h{width - left - 1}v{_HEIGHT - 2}H{left}z"/>' if fact else ""
    said = escape(clean(label))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{_HEIGHT}" '
        f'viewBox="0 0 {width} {_HEIGHT}" role="img" aria-label="{said}"><title>{said}</title>'
        f'<clipPath id="c"><rect width="{width}" height="{_HEIGHT}" rx="6"/></clipPath>'
        f'<g clip-path="url(#c)"><path fill="#100d0b" d="M0 0h{width}v{_HEIGHT}H0z"/>{plate}</g>'
        f'<rect x=".5" y=".5" width="{width - 1}" height="{_HEIGHT - 1}" rx="5.5" fill="none" '
        'stroke="#bcae99"/>'
        '<circle cx="14" cy="14" r="7" fill="#f2b234" opacity=".3"/><circle cx="14" cy="14" r="4" '
        'fill="#f2b234"/>'
        f'<g font-family="system-ui,-apple-system,Segoe UI,Roboto,Noto Sans,DejaVu Sans,sans-serif" '
        f'font-size="{_SIZE}" font-weight="600">{texts}</g></svg>\n'
    ).encode()


def _short(text: str) -> str:
    text = " ".join(clean(text).split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1].rstrip() + "…"


def _text(x: int, width: int, colour: str, text: str) -> str:
    if not text:
        return ""
    return (
        f'<text x="{x}" y="18.5" fill="{colour}" textLength="{width}" lengthAdjust="spacingAndGlyphs">'
        f"{escape(text)}</text>"
    )


def _width(text: str) -> int:
    """About how wide a text is in pixels, whatever the font."""
    total = 0.0
    for char in text:
        if unicodedata.east_asian_width(char) in "WF":
            total += 1.0
        elif unicodedata.category(char)[0] == "M":
            continue
        elif char in "iljItfr.,:;'!|()[] ·":
            total += 0.34
        else:
            total += 0.7 if char.isupper() else 0.58
    return round(total * _SIZE)
