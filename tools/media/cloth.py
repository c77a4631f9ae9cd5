"""Embroidery: a small plan of pixels becomes crosses of thread."""

import math
import random

from PIL import Image, ImageDraw

from media.curves import arc, outline, smooth
from media.paper import Paper, mix
from media.things import GOLD, RED


def stitched(plan: Image.Image, ground: str, seed: str, size: int, loose: int) -> Image.Image:
    """Embroidery: every pixel of the plan that is not black becomes a cross of two threads."""
    rng = random.Random(seed)
    p = Paper(plan.width * size, plan.height * size, ground)
    for y in range(plan.height):
        for x in range(plan.width):
            rgb = plan.getpixel((x, y))
            assert isinstance(rgb, tuple)
            if not any(rgb):
                p.disc((x + 0.5) * size, (y + 0.5) * size, size * 0.07, mix(ground, "#ffffff", 0.12))
                continue
            color = mix("#{:02x}{:02x}{:02x}".format(*rgb), "#000000", rng.uniform(0, 0.22))
            a, b, c, d = (x + 0.12) * size, (y + 0.12) * size, (x + 0.88) * size, (y + 0.88) * size
            p.line([(a, d), (c, b)], mix(color, "#000000", 0.25), size * 0.26)
            p.line([(a, b), (c, d)], color, size * 0.26)
    for _ in range(loose):
        px, py = rng.uniform(0.2, 0.8) * p.width, rng.uniform(0.2, 0.8) * p.height
        thread = [(px, py)]
        for _ in range(3):
            px, py = px + rng.uniform(-110, 110), py + rng.uniform(-60, 130)
            thread.append((px, py))
        p.line(smooth(thread), rng.choice((RED, GOLD, "#e9d8a6", "#7fb3b0")), size * 0.2)
    return p.done()


def samovar() -> Image.Image:
    """Embroidery, seen from the back: a samovar in red and gold."""
    plan = Image.new("RGB", (70, 86))
    pen = ImageDraw.Draw(plan)
    red, gold, pale = (200, 69, 46), (242, 182, 50), (255, 243, 220)
    pen.rectangle((22, 74, 48, 78), fill=gold)
    pen.rectangle((28, 66, 42, 74), fill=red)
    pen.ellipse((15, 24, 55, 68), fill=red)
    pen.rectangle((16, 22, 54, 27), fill=gold)
    pen.polygon([(22, 21), (48, 21), (42, 14), (28, 14)], fill=red)
    pen.rectangle((30, 8, 40, 13), fill=gold)
    pen.ellipse((30, 2, 40, 8), fill=pale)
    for side in (-1, 1):
        pen.arc((35 + side * 23 - 8, 30, 35 + side * 23 + 8, 46), 0, 360, fill=gold, width=2)
    pen.rectangle((33, 56, 37, 64), fill=gold)
    pen.rectangle((30, 62, 40, 64), fill=gold)
    for k in range(5):
        pen.polygon(
            [(19 + k * 8, 44), (22 + k * 8, 39), (25 + k * 8, 44), (22 + k * 8, 49)],
            fill=pale if k % 2 else gold,
        )
    for x in range(3, 68, 6):
        for y in (1, 83):
            pen.line((x, y, x + 2, y), fill=(31, 122, 122))
    return stitched(plan, "#1a1c33", "samovar", 14, 16)


def salt_map() -> Image.Image:
    """Embroidery: rings of height, and a road of red stitches across."""
    plan = Image.new("RGB", (100, 74))
    pen = ImageDraw.Draw(plan)
    for cx, cy, rings, color in (
        (30, 34, 9, (31, 122, 122)),
        (74, 48, 7, (216, 201, 192)),
        (80, 10, 5, (90, 140, 150)),
    ):
        for k in range(rings):
            r = 3 + k * 3.4
            ring = [
                (cx + x * (1 + 0.16 * math.sin(3 * i / 10 + cx)), cy + y * 0.8)
                for i, (x, y) in enumerate(arc(0, 0, r, r, 0, 360))
            ]
            pen.line(ring, fill=color, width=1)
    road = outline("2,68 18,58 30,60 44,46 54,30 66,28 80,18 97,5")
    pen.line(smooth([(float(x), float(y)) for x, y in road]), fill=(200, 69, 46), width=2)
    for x, y in road[1:-1:2]:
        pen.rectangle((x - 1, y - 1, x + 1, y + 1), fill=(242, 182, 50))
    return stitched(plan, "#f1e6d0", "map", 14, 7)
