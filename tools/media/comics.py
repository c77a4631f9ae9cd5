"""Comics in four panels: one to walk in, one to notice, one to be wrong, one to stay."""

import math
from collections.abc import Callable
from functools import partial

from PIL import Image

from media.curves import arc
from media.paper import Paper, mix
from media.things import (
    BLUE,
    CREAM,
    DOORS,
    GOLD,
    INK,
    RED,
    TEAL,
    cord,
    door,
    kettle,
    person,
    steam,
    telephone,
)


def comic(draw: list[Callable[[Paper, float, float], None]], ground: str) -> Image.Image:
    """Four panels of 600 by 600, two by two; each is drawn from its own upper left corner."""
    p = Paper(1280, 1280, CREAM)
    sheets = []
    for one in draw:
        panel = Paper(590, 590, ground)
        one(panel, 590, 590)
        sheets.append(panel)
    for k, panel in enumerate(sheets):
        x, y = 40 + (k % 2) * 610, 40 + (k // 2) * 610
        p.rect(x - 6, y - 6, 602, 602, INK, 5)
        p.image.paste(panel.image, (x * 2, y * 2))
    return p.done()


def tea_for_somebody() -> Image.Image:
    """Comic: an empty chair; a cup too many; a girl in the doorway; two people and two cups."""

    def room(p: Paper, chairs: int = 2) -> None:
        p.rect(0, 400, 590, 190, "#d99a6c")
        p.rect(410, 120, 130, 280, "#7fb3b0")
        p.line([(475, 120), (475, 400)], INK, 6)
        p.line([(410, 250), (540, 250)], INK, 6)
        p.rect(190, 380, 220, 18, "#7a4a2e", 4)
        for x in (206, 380):
            p.rect(x, 396, 14, 130, "#7a4a2e")
        for x, side in ((120, 1), (480, -1))[:chairs]:
            p.rect(x - 44, 450, 88, 14, RED)
            p.rect(x - 44 * side - 6, 310, 12, 216, RED)
            p.rect(x + 38 * side - 6, 460, 12, 66, RED)

    def cup(p: Paper, x: float, y: float, hot: bool = True) -> None:
        p.line(arc(x + 26, y - 18, 13, 12, -90, 90), INK, 6)
        p.poly([(x - 28, y - 36), (x + 28, y - 36), (x + 18, y), (x - 18, y)], CREAM, 3)
        if hot:
            p.line(steam(x - 4, y - 46, 70, x, 0.14), "#fffaf0", 7)

    def one(p: Paper, w: float, h: float) -> None:
        room(p)
        kettle(p, 300, 376, 110, TEAL)

    def two(p: Paper, w: float, h: float) -> None:
        p.rect(0, 360, w, h, "#7a4a2e")
        p.rect(0, 360, w, 22, "#93603f")
        for k, x in enumerate((130, 300, 470)):
            p.disc(x, 430, 76, "#5f3822", 20)
            p.poly([(x - 66, 300), (x + 66, 300), (x + 44, 424), (x - 44, 424)], CREAM, 5)
            p.line(arc(x + 62, 352, 26, 26, -90, 90), CREAM, 14)
            if k < 2:
                p.nib(steam(x, 286, 190, k * 2, 0.16), "#fffaf0", 18)
        p.text("?", 448, 150, 90, RED, 14)

    def three(p: Paper, w: float, h: float) -> None:
        p.rect(0, 0, w, h, "#5b3a4c")
        p.poly([(190, 590), (190, 90), (420, 90), (420, 590)], GOLD)
        p.poly([(190, 590), (420, 590), (590, 590), (20, 590)], mix(GOLD, "#5b3a4c", 0.5))
        p.poly([(190, 90), (96, 130), (96, 590), (190, 590)], "#39242f")
        person(p, 310, 560, 330, BLUE, "#8a5a3c")
        p.poly(arc(310, 284, 44, 44, 170, 370), INK)

    def four(p: Paper, w: float, h: float) -> None:
        room(p)
        for x, coat, skin in ((120, "#5b6650", "#efc8ae"), (482, BLUE, "#8a5a3c")):
            p.line([(x, 430), (x, 320)], coat, 70)
            p.line([(x, 446), (300 + (x - 300) * 0.36, 446), (300 + (x - 300) * 0.36, 524)], INK, 28)
            p.disc(x, 254, 44, skin)
        p.poly(arc(482, 242, 46, 44, 180, 360), INK)
        p.disc(120, 216, 34, "#f7f5ef", 14)
        cup(p, 245, 378)
        cup(p, 350, 378)

    return comic([one, two, three, four], "#f3cf9b")


def parcel_comic() -> Image.Image:
    """Comic: a door; a parcel; the parcel has grown; the parcel has a door."""

    def scene(size: float, inner: bool, p: Paper, w: float, h: float) -> None:
        p.rect(0, 470, 590, 120, "#5c6b73")
        p.rect(120, 470, 350, 30, "#7f8f97")
        door(p, 295, 470, 180, 360, TEAL, 0)
        if size:
            x, y = 400 - size * 0.3, 500
            p.rect(x - size / 2, y - size, size, size, "#d1a066", 8)
            p.rect(x - size * 0.06, y - size, size * 0.12, size, "#efd9ad")
            p.rect(x - size / 2, y - size * 0.62, size, size * 0.1, "#efd9ad")
            if inner:
                door(p, x, y, size * 0.3, size * 0.56, RED, 2, 0.35)
            else:
                p.rect(x + size * 0.12, y - size * 0.92, size * 0.28, size * 0.2, CREAM)

    sizes = ((0.0, False), (90.0, False), (400.0, False), (460.0, True))
    return comic([partial(scene, size, inner) for size, inner in sizes], "#f7c6a3")


def wrong_door() -> Image.Image:
    """Comic: a telephone behind a door rings in all four panels; the last has a hand's worth of cord."""

    def rays(p: Paper, x: float, y: float) -> None:
        for k in range(9):
            a = math.radians(180 + k * 22.5)
            p.line(
                [
                    (x + math.cos(a) * 120, y + math.sin(a) * 110),
                    (x + math.cos(a) * 160, y + math.sin(a) * 150),
                ],
                RED,
                9,
            )

    def one(p: Paper, w: float, h: float) -> None:
        p.rect(0, 480, w, 110, "#39455c")
        for k in range(3):
            door(p, 110 + k * 185, 480, 130, 300, DOORS[k], k)
        rays(p, 295, 250)

    def two(p: Paper, w: float, h: float) -> None:
        p.rect(0, 480, w, 110, "#39455c")
        door(p, 295, 480, 240, 420, DOORS[1], 1, 0.45)

    def three(p: Paper, w: float, h: float) -> None:
        p.rect(0, 420, w, 170, "#8a5a44")
        rays(p, 295, 320)
        telephone(p, 295, 440, 250, RED, 0.05, 0.02)

    def four(p: Paper, w: float, h: float) -> None:
        p.rect(0, 420, w, 170, "#8a5a44")
        telephone(p, 180, 460, 200, RED, 0.34, 0.1)
        p.line(cord((250, 440), (590, 200), 15, 20, 60), INK, 9)
        p.rect(310, 60, 230, 120, CREAM, 6)
        p.text("ROSA?", 340, 96, 46, INK, 7)

    return comic([one, two, three, four], "#bcd8c1")
