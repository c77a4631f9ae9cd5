"""An alphabet of single strokes, so that posters need no font and look the same everywhere.

A glyph is a list of strokes, a stroke a list of points written as two hexadecimal digits: x from 0 to 8,
y from 0 (top) to c (the base line). A stroke that begins with `~` is bent into a curve.
"""

from media.curves import Point, smooth

GLYPHS = {
    "A": "0c 40 8c|18 78", "B": "00 0c|00 40|~40 72 74 46|06 46|~46 88 8a 4c|4c 0c",
    "C": "~82 50 12 06 1a 5c 8a", "D": "00 0c|00 30|~30 74 78 3c|3c 0c", "E": "70 00 0c 7c|06 56",
    "F": "70 00 0c|06 56", "G": "~82 50 12 06 1a 5c 8a|8a 87 57", "H": "00 0c|70 7c|06 76",
    "I": "00 0c", "J": "50 59|~59 4b 2c 0b", "K": "00 0c|70 06 7c", "L": "00 0c 6c",
    "M": "0c 00 48 80 8c", "N": "0c 00 7c 70", "O": "~40 12 06 1a 4c 7a 86 72 40",
    "P": "00 0c|00 40|~40 72 74 46|46 06", "Q": "~40 12 06 1a 4c 7a 86 72 40|59 8c",
    "R": "00 0c|00 40|~40 72 74 46|06 46 7c", "S": "~72 40 12 24 46 68 6a 3c 0a", "T": "00 80|40 4c",
    "U": "00 08|~08 1b 4c 6b 78|78 70", "V": "00 4c 80", "W": "00 2c 43 6c 80", "X": "00 7c|70 0c",
    "Y": "00 46 80|46 4c", "Z": "00 70 0c 7c", "0": "~30 12 06 1a 3c 5a 66 52 30", "1": "03 30 3c",
    "2": "~02 30 62 46|46 0c 7c", "3": "~02 30 62 36|~36 79 3c 0a", "4": "50 08 78|50 5c",
    "5": "60 10 05|~05 45 79 3c 0b", "6": "~60 25 09 3c 79 46 08", "7": "00 70 2c",
    "8": "~40 12 46 8a 4c 0a 46 72 40", "9": "~74 36 03 40 74 68 3c", "-": "16 56", ".": "0c 0c",
    ",": "1b 0e", "'": "00 03", ":": "04 04|0b 0b", "!": "00 08|0c 0c", "?": "~02 30 63 36 38|3c 3c",
    "/": "0c 60", "&": "7c 12|~12 20 42 07 0a 3c 78",
}  # fmt: skip
SPACE, GAP = 5.0, 4.0


def strokes(glyph: str) -> list[list[Point]]:
    """The strokes of a character, in the units of the grid."""
    found = []
    for stroke in GLYPHS[glyph].split("|"):
        points = [(float(int(p[0], 16)), float(int(p[1], 16))) for p in stroke.lstrip("~").split()]
        found.append(smooth(points) if stroke.startswith("~") else points)
    return found


def lettering(text: str) -> tuple[list[list[Point]], float]:
    """A line of text as strokes, and its width, in the units of the grid (capitals are 12 high)."""
    x, lines = 0.0, []
    for char in text.upper():
        if char == " ":
            x += SPACE + GAP
            continue
        glyph = strokes(char)
        lines += [[(x + px, py) for px, py in stroke] for stroke in glyph]
        x += max(px for stroke in glyph for px, _ in stroke) + GAP
    return lines, max(0.0, x - GAP)
