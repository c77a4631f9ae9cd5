"""Drawings in line and ink: steam, a woman with a telephone, an empty seat, a photograph in dots."""

import math
import random

from PIL import Image

from media.curves import Point, arc, outline, smooth
from media.paper import Paper, mix
from media.things import INK, RED, cord, hills, steam


def steam_alphabet(seed: str = "steam", width: int = 1100, height: int = 1400) -> Image.Image:
    """Calligraphy: broad-nib strokes, pale on teal, that thin as they rise."""
    rng = random.Random(seed)
    p = Paper(width, height, "#0c3b40")
    p.fade("#10282f", "#13616a")
    for k in range(22):
        depth = k / 21
        x, y = rng.uniform(0.14, 0.7) * width, height * (0.16 + 0.76 * rng.random())
        size = rng.uniform(0.5, 1.1) * 170
        turn, angle = rng.choice((-1, 1)) * rng.uniform(0.25, 0.5), rng.uniform(-2.2, -0.6)
        points = [(x, y)]
        for i in range(26):
            angle += turn * (1 if i % 13 < 8 else -1.6) * 0.55
            x += size * 0.2 * math.cos(angle)
            y += size * 0.17 * math.sin(angle) - size * 0.035
            points.append((x, y))
        rise = min(1.0, max(0.0, y / height))
        color = mix("#14525a", "#f4fbf6", 0.12 + 0.88 * depth * (0.2 + 0.8 * rise))
        p.nib(smooth(points, 6), color, 12 + 40 * depth * (0.35 + 0.65 * rise))
        if rng.random() < 0.4:
            p.disc(x + 34, y + 40, 5 + 9 * depth, color)
    p.grain(seed)
    return p.done()


def steam_frames() -> Image.Image:
    """An exposure sheet: six frames of a curl of steam."""
    p = Paper(1320, 340, "#efe6d2")
    for k in range(6):
        x = 30 + k * 214
        p.rect(x, 40, 190, 230, "#13616a", 4)
        curl = steam(x + 80, 262, 200, k * 0.9, 0.12 + k * 0.02)
        p.nib(curl[k * 3 :], mix("#f4fbf6", "#13616a", k * 0.15), 26 - k * 3)
        p.text(str(1 + k * 12), x, 292, 22, INK, 3)
        p.disc(x + 95, 18, 8, "#c9bda2")
    return p.done()


def rosa() -> Image.Image:
    """Line drawing on pink: a woman with a telephone, whose cord becomes her hair."""
    p = Paper(1100, 1300, "#f2b8b0")
    p.disc(560, 560, 400, "#f7cfc5")
    pen = 9.0
    hair: list[Point] = cord((690, 230), (300, 880), 20, 64, -40)
    p.line(cord((420, 250), (760, 260), 9, 74, -70), "#8f1f3a", pen)
    p.line(hair, "#8f1f3a", pen)
    p.line(cord((300, 880), (240, 1300), 7, 40, 0), "#8f1f3a", pen)
    p.line(
        smooth(outline("690,320 742,440 732,520 792,610 742,640 752,690 730,720 742,760 700,830 600,850")),
        "#1d2a44",
        pen,
    )
    p.line(smooth([(600, 850), (590, 930), (470, 1010), (380, 1300)]), "#1d2a44", pen)
    p.line(smooth([(600, 850), (680, 960), (800, 1040), (880, 1300)]), "#1d2a44", pen)
    p.line(arc(652, 520, 46, 26, 190, 350), "#1d2a44", pen)
    p.disc(654, 530, 13, "#1d2a44")
    p.line(arc(650, 462, 62, 34, 200, 330), "#1d2a44", pen)
    p.line(smooth([(732, 722), (690, 730), (664, 716)]), "#c8452e", 13)
    p.poly(
        smooth(outline("430,470 474,450 512,500 516,640 560,740 548,800 496,806 456,720 430,600 430,470")),
        "#1d2a44",
    )
    p.line(smooth([(470, 1300), (430, 1060), (470, 860), (520, 740)]), "#1d2a44", pen)
    for k in range(4):
        p.line(smooth([(430 + k * 8, 640 + k * 34), (480, 620 + k * 36), (530, 640 + k * 32)]), "#f7cfc5", 16)
    return p.done()


def phone_box() -> Image.Image:
    """A photograph of 1987, printed in one ink: dots of many sizes."""
    tone = Paper(300, 400, "#cfcfcf")
    tone.fade("#f2f2f2", "#a8a8a8")
    hills(tone, "box", 300, 26, "#8c8c8c")
    tone.rect(0, 330, 300, 70, "#6a6a6a")
    tone.poly([(84, 340), (230, 340), (290, 372), (140, 372)], "#3c3c3c")
    tone.rect(84, 70, 120, 272, "#3a3a3a")
    tone.poly([(78, 74), *arc(144, 74, 66, 26, 180, 360), (210, 74)], "#2a2a2a")
    tone.rect(96, 80, 96, 20, "#f4f4f4")
    for r in range(5):
        for c in range(3):
            tone.rect(98 + c * 32, 110 + r * 40, 27, 34, mix("#ffffff", "#8a8a8a", ((r * 3 + c) % 4) / 4))
    tone.rect(112, 178, 40, 62, "#1c1c1c")
    p = Paper(1050, 1400, "#f3ecdc")
    grey = tone.done().convert("L")
    step, turn = 3.2, math.radians(30)
    for i in range(-160, 160):
        for j in range(-160, 160):
            x = 150 + (i * math.cos(turn) - j * math.sin(turn)) * step
            y = 200 + (i * math.sin(turn) + j * math.cos(turn)) * step
            if 0 <= x < 300 and 0 <= y < 400:
                value = grey.getpixel((int(x), int(y)))
                assert isinstance(value, int | float)
                radius = step * 3.5 * 0.72 * math.sqrt(1 - value / 255)
                if radius > 0.8:
                    p.disc(x * 3.5, y * 3.5, radius, "#2a2f52")
    return p.done()


def empty_seat() -> Image.Image:
    """One line, never lifted: seats of a bus, an umbrella on one of them, and the road."""
    p = Paper(1500, 950, "#dfe9ec")
    p.rect(0, 700, 1500, 250, "#cfdde2")
    line: list[Point] = [(0, 806), (60, 800)]
    for k in range(4):
        x = 110 + k * 345
        line += [
            (x, 790),
            (x + 34, 690),
            (x - 4, 520),
            (x - 26, 330),
            (x + 8, 268),
            (x + 58, 300),
            (x + 74, 470),
        ]
        line += [(x + 96, 580), (x + 170, 592)]
        if k == 2:
            line += [
                (x + 150, 570),
                (x + 128, 400),
                (x + 158, 270),
                (x + 186, 240),
                (x + 206, 262),
                (x + 186, 284),
            ]
            line += [(x + 166, 300), (x + 214, 470), (x + 196, 566)]
        line += [
            (x + 250, 590),
            (x + 282, 620),
            (x + 250, 660),
            (x + 120, 664),
            (x + 60, 690),
            (x + 100, 790),
            (x + 180, 806),
        ]
    line += [(1420, 800), (1500, 806)]
    path = smooth(line, 14)
    p.veil(outline("950,570 928,400 956,290 972,300 1014,470 996,566"), RED, 0.9)
    p.line(path, "#1d2a44", 6)
    p.line(smooth(outline("0,120 300,104 700,132 1100,96 1500,124")), "#1d2a44", 6)
    return p.done()
