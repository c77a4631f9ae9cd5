"""Posters of episodes, seasons and the open call: tall, few shapes, one sentence."""

import math
import random
from collections.abc import Callable

from PIL import Image

from media.curves import Point, arc, outline, smooth
from media.paper import Paper, mix
from media.things import (
    CREAM,
    DOORS,
    GOLD,
    INK,
    RED,
    bus,
    camel,
    door,
    hills,
    kettle,
    person,
    steam,
    telephone,
)

WIDTH, HEIGHT = 1000, 1400


def sheet(ground: str, title: str, color: str, below: str, size: float = 92) -> Paper:
    """An empty poster with its lettering at the foot."""
    p = Paper(WIDTH, HEIGHT, ground)
    caption(p, title, color, below, size)
    return p


def caption(p: Paper, title: str, color: str, below: str, size: float = 92) -> None:
    """The lettering: the title, and a small line under it."""
    p.text(title, WIDTH / 2, HEIGHT - 90 - size, size, color, size / 6.4, "c")
    p.text(below, WIDTH / 2, HEIGHT - 58, 20, color, 3, "c")


def kettles() -> Image.Image:
    """A kettle as large as a house, and a woman in a garden who looks up."""
    p = Paper(WIDTH, HEIGHT, "#f6d9a8")
    p.fade("#f2b880", "#fbe9c6", 0, 900)
    p.disc(250, 300, 120, "#fff3dc")
    for k in range(3):
        curl = steam(800 + k * 12, 470 - k * 20, 420, k * 1.3, 0.1 + k * 0.05)
        p.nib(curl, mix("#fffdf6", "#f2b880", k * 0.16), 54 - k * 13)
    hills(p, "garden-far", 860, 40, "#8fae6b")
    kettle(p, 470, 930, 620, RED, shadow=12)
    p.rect(404, 800, 110, 128, "#6b1f16")
    p.rect(416, 812, 40, 46, GOLD)
    p.rect(462, 812, 40, 46, GOLD)
    hills(p, "garden", 930, 26, "#5f8a4c", 0, 4)
    for row in range(5):
        for k in range(11):
            x, y = 40 + k * 96 + (row % 2) * 40, 970 + row * 44
            p.line([(x, y), (x + 3, y - 34)], "#3c6334", 5)
            p.disc(x - 6, y - 30, 9, "#4d7a3e", 6)
            p.disc(x + 11, y - 20, 9, "#4d7a3e", 6)
    person(p, 800, 1000, 150, "#f6efe2", "#e6b79b", 0.12)
    p.rect(0, 1180, WIDTH, 220, "#3c2a2a")
    caption(p, "KETTLES", CREAM, "A MINUTE, BORROWED FROM FORTY-ONE PEOPLE")
    p.grain("poster-kettles", 0.05)
    return p.done()


def doorsteps() -> Image.Image:
    """Nine doors; one of them is a little open."""
    p = Paper(WIDTH, HEIGHT, "#26324f")
    for k in range(9):
        x, y = 186 + (k % 3) * 314, 390 + (k // 3) * 382
        p.rect(x - 140, y - 350, 280, 360, mix("#26324f", DOORS[k], 0.22))
        if k == 4:
            p.poly([(x - 64, y), (x + 64, y), (x + 130, y + 60), (x - 20, y + 60)], GOLD)
        door(p, x, y, 150, 290, DOORS[k], k, 0.42 if k == 4 else 0)
        p.rect(x - 118, y, 236, 16, "#8794ad")
    p.poly([(436, 790), (564, 790), (640, 1190), (300, 1190)], mix(GOLD, "#26324f", 0.62))
    for k in (3, 5):
        p.rect(186 + (k % 3) * 314 - 118, 772, 236, 16, "#8794ad")
    door(p, 500, 1154, 150, 290, DOORS[7], 1)
    p.rect(382, 1154, 236, 16, "#8794ad")
    p.rect(0, 1190, WIDTH, 210, "#182138")
    caption(p, "DOORSTEPS", "#f6e3c5", "WHAT HAPPENED ON YOURS?")
    p.grain("poster-doors", 0.05)
    return p.done()


def wrong_numbers() -> Image.Image:
    """A telephone whose cord fills the sheet."""
    p = Paper(WIDTH, HEIGHT, "#f2b8b0")
    rng = random.Random("digits")
    for row in range(13):
        for k in range(10):
            p.text(str(rng.randrange(10)), 52 + k * 100, 40 + row * 92, 44, "#eda79e", 8)
    path: list[Point] = outline(
        "500,760 180,700 130,420 420,180 800,250 860,560 640,640 330,480 500,330 720,420"
    )
    track = smooth(path, 16)
    coil = [
        (x + 30 * math.cos(i * 0.9), y + 30 * math.sin(i * 0.9)) for i, (x, y) in enumerate(smooth(track, 5))
    ]
    p.line([(x + 10, y + 12) for x, y in coil], "#d98f88", 13)
    p.line(coil, "#8f1f3a", 13)
    p.poly(smooth(outline("640,380 690,340 860,420 910,480 870,520 820,480 730,430 690,450 640,380")), INK, 8)
    telephone(p, 500, 1130, 560, "#8f1f3a", -2)
    p.rect(0, 1130, WIDTH, 270, INK)
    p.rect(0, 1130, WIDTH, 22, "#31456e")
    caption(p, "WRONG NUMBERS", "#f7cfc5", "HELLO? IS THAT ROSA?", 74)
    p.grain("poster-numbers", 0.05)
    return p.done()


def salt() -> Image.Image:
    """Two fingers let salt fall; where it lands it is a white road with a caravan."""
    p = Paper(WIDTH, HEIGHT, "#e8744f")
    p.fade("#d9573f", "#f7b267", 0, 900)
    p.disc(500, 640, 250, "#fbd28a")
    skin, dark = "#6f422a", "#57321f"
    p.poly(
        smooth(outline("-20,20 260,40 420,150 496,300 470,344 420,310 330,220 200,210 -20,230 -20,20")),
        skin,
        10,
    )
    p.poly(
        smooth(outline("-20,200 160,200 330,280 440,330 462,360 430,384 300,360 120,330 -20,330 -20,200")),
        dark,
        6,
    )
    p.poly(smooth(outline("440,270 486,300 488,334 458,322 440,270")), "#d9a28a")
    rng = random.Random("pinch")
    for _ in range(420):
        u = rng.random()
        x, y = 470 + rng.gauss(0, 6 + 90 * u**1.6), 380 + 560 * u
        p.disc(x, y, rng.uniform(2, 5), "#fffaf2")
    hills(p, "salt-back", 900, 40, "#a5403a")
    p.poly(outline("380,930 600,930 1000,1230 1000,1400 -60,1400 -60,1200"), "#fffaf2")
    hills_left = smooth(outline("0,900 240,930 380,940 180,1080 -40,1210"))
    p.poly([*hills_left, (0, 1210)], "#7c2f35")
    p.poly([(1000, 880), *smooth(outline("1000,880 760,920 600,934 820,1080 1010,1230"))], "#7c2f35")
    for k in range(4):
        camel(p, 330 + k * 122, 1040 + k * 18, 84 + k * 9, "#3b1c2e", k * 0.3, "#f2b632")
    p.rect(0, 1190, WIDTH, 210, "#fffaf2")
    caption(p, "SALT", "#7c2f35", "SMALL ENOUGH TO PINCH", 110)
    p.grain("poster-salt", 0.05)
    return p.done()


def last_bus() -> Image.Image:
    """A lit bus on a dark road; somebody runs."""
    p = Paper(WIDTH, HEIGHT, "#101a38")
    p.fade("#0b1230", "#3b3a68", 0, 900)
    rng = random.Random("stars")
    for _ in range(90):
        p.disc(rng.uniform(0, WIDTH), rng.uniform(0, 700), rng.uniform(1, 3.4), "#dfe3f5")
    p.disc(770, 250, 104, "#fbe3a1")
    p.disc(736, 226, 92, "#141f42")
    hills(p, "night-far", 720, 60, "#252a55")
    for _ in range(34):
        x, y = rng.uniform(20, 980), rng.uniform(690, 800)
        p.rect(x, y, 12, 16, mix(GOLD, "#252a55", rng.random() * 0.7))
    hills(p, "night", 840, 44, "#1a1e42", 200)
    p.poly([(0, 1010), (1000, 900), (1000, 1200), (0, 1200)], "#0c0f22")
    p.line([(0, 1120), (1000, 1056)], "#3f4470", 8)
    p.poly([(834, 900), (1000, 830), (1000, 1010), (834, 945)], mix("#fbe3a1", "#3b3a68", 0.45))
    bus(p, 560, 1010, 590, RED, 0.1)
    for k in range(3):
        x = 300 + k * 88
        p.disc(x + 8, 830, 17, INK)
        p.poly([(x - 22, 868), (x + 38, 868), (x + 30, 846), (x - 14, 846)], INK)
    p.line([(110, 1040), (150, 990), (126, 930)], "#f6efe2", 22)
    p.line([(150, 990), (196, 1018), (196, 1064)], INK, 18)
    p.line([(146, 990), (112, 1034), (64, 1036)], INK, 18)
    p.line([(130, 940), (196, 934), (230, 900)], "#f6efe2", 13)
    p.disc(124, 896, 26, "#b9744f")
    p.rect(0, 1180, WIDTH, 220, "#0c0f22")
    caption(p, "THE LAST BUS", GOLD, "WHO WAS ON IT, AND WHO WAS NOT?", 86)
    p.grain("poster-bus", 0.05)
    return p.done()


def small_hours() -> Image.Image:
    """One lit window on a hill, under a large moon."""
    p = Paper(1400, 800, "#16264d")
    p.fade("#0e1836", "#35508c", 0, 620)
    p.disc(980, 270, 176, "#fdf3cf")
    for x, y, r in ((930, 220, 34), (1040, 310, 46), (1000, 190, 16)):
        p.disc(x, y, r, "#f1e2b0")
    hills(p, "small-a", 560, 60, "#274377")
    hills(p, "small-b", 620, 70, "#1a2f5c", 300)
    p.rect(380, 510, 120, 120, "#0f1d3d")
    p.poly([(362, 516), (440, 440), (518, 516)], "#0a1530")
    p.rect(418, 546, 42, 46, GOLD)
    p.glow(439, 569, 120, GOLD, 0.5)
    p.rect(418, 546, 42, 46, "#ffe08a")
    hills(p, "small-c", 640, 50, "#0f1d3d", 700)
    p.text("SMALL HOURS", 700, 694, 48, "#cfdaf2", 8, "c")
    p.grain("s01", 0.05)
    return p.done()


def plain_sight() -> Image.Image:
    """A wide pale road between salt and sky, with a very small bus on it."""
    p = Paper(1400, 800, "#a9d3dc")
    p.fade("#7fbcd0", "#e6f1ea", 0, 420)
    p.disc(280, 170, 70, "#fffbe8")
    hills(p, "plain-a", 412, 22, "#9fb3b5")
    p.rect(0, 430, 1400, 370, "#f7f1e6")
    for k in range(9):
        y = 440 + 6 * k * k
        p.line([(0, y), (1400, y + (k % 3) * 4)], "#e6dccb", 2 + k * 0.4)
    p.poly([(686, 430), (714, 430), (1080, 800), (320, 800)], "#d8c9b0")
    for k in range(6):
        y, w = 448 + 12 * k * k, 2 + k * 2.4
        p.poly(
            [(700 - w, y), (700 + w, y), (700 + w * 1.4, y + 9 + k * 7), (700 - w * 1.4, y + 9 + k * 7)],
            "#fffaf2",
        )
    bus(p, 764, 500, 130, RED, 0.2)
    p.text("PLAIN SIGHT", 700, 200, 48, "#28515e", 8, "c")
    p.grain("s02", 0.05)
    return p.done()


def repairs() -> Image.Image:
    """A cracked bowl, put together again with golden seams."""
    p = Paper(1400, 900, "#ddd3c4")
    p.rect(0, 640, 1400, 260, "#b99f84")
    p.veil(arc(720, 690, 420, 46, 0, 360), "#4c3a2e", 0.35)
    bowl = [
        *arc(700, 330, 430, 60, 180, 360),
        *smooth(outline("1130,330 1080,520 900,660 700,680 500,660 320,520 270,330")),
    ]
    p.poly(bowl, "#2b5d75")
    p.disc(700, 330, 430, "#1d4358", 60)
    p.disc(700, 336, 404, "#16364a", 48)
    p.poly(smooth(outline("330,420 390,560 500,640 440,560 380,440 330,420")), "#4c86a0")
    seams = (
        outline("470,386 520,460 496,540 560,600 552,668"),
        outline("520,460 640,480 700,440 830,500 960,470 1096,490"),
        [(700, 440), (690, 388)],
        [(830, 500), (860, 590), (820, 674)],
        [(960, 470), (930, 380)],
    )
    for seam in seams:
        p.line([(float(x), float(y)) for x, y in seam], "#8a6514", 17)
        p.line([(float(x), y - 2.0) for x, y in seam], "#f2c14e", 11)
    p.text("REPAIRS", 700, 92, 76, "#2b3a42", 12, "c")
    p.text("DID IT LET ITSELF BE MENDED?", 700, 806, 30, "#4c3a2e", 5, "c")
    p.grain("repairs", 0.05)
    return p.done()


POSTERS: dict[str, Callable[[], Image.Image]] = {
    "p01-kettles": kettles,
    "s01e01-doorsteps": doorsteps,
    "s01e02-wrong-numbers": wrong_numbers,
    "s02e01-salt": salt,
    "s02e02-the-last-bus": last_bus,
    "s01": small_hours,
    "s02": plain_sight,
    "repairs": repairs,
}
