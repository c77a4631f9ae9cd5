"""Scenes of the films: each draws one picture of itself for any moment. Cards, and the open air."""

import math
import random
from collections.abc import Callable
from functools import cache

from PIL import Image

from media import pictures
from media.curves import arc, ease, wave
from media.paper import Paper, mix
from media.portraits import portrait
from media.things import BLUE, CREAM, GOLD, INK, RED, TEAL, bus, camel, hills, kettle, person, shoe, steam

WIDTH, HEIGHT, RATE = 848, 480, 12
Scene = Callable[[float, float], Image.Image]  # seconds since it began, its length -> a frame
still = cache(lambda name: pictures.PICTURES[name]())


def title(words: str, ground: str, color: str, below: str = "THE BORROWED MINUTE") -> Scene:
    """A card whose words write themselves, beside the clock that loses a slice."""

    def draw(t: float, length: float) -> Image.Image:
        p = Paper(WIDTH, HEIGHT, ground)
        cut = ease(t / 2)
        p.disc(150, 240, 86, GOLD)
        piece = [(0.0, 0.0), *arc(0, 0, 86, 86, -90, -60)]
        p.poly([(150 + x, 240 + y) for x, y in piece], mix(GOLD, ground, cut))
        p.poly([(150 + x + 14 * cut, 240 + y - 24 * cut) for x, y in piece], RED)
        p.line([(150, 240), (150 + 52 * math.cos(t - 1), 240 + 52 * math.sin(t - 1))], INK, 8)
        p.line([(150, 240), (112, 256)], INK, 8)
        shown = words[: max(1, math.ceil(len(words) * ease(t / 1.6)))]
        p.text(shown, 286, 206, 56 if len(words) < 12 else 44, color, 9)
        p.text(below, 288, 292, 17, color, 2.6)
        return p.done()

    return draw


def closing(names: list[str], ground: str, color: str) -> Scene:
    """The last card: faces in one row, all of one size."""

    def draw(t: float, length: float) -> Image.Image:
        p = Paper(WIDTH, HEIGHT, ground)
        image = p
        image.text("MADE BY WHOEVER ANSWERED", WIDTH / 2, 92, 26, color, 4, "c")
        image.text("THE WHOLE ROLL IS IN THE ARCHIVE", WIDTH / 2, 384, 16, color, 2.5, "c")
        frame = image.done()
        step = 110
        left = (WIDTH - step * len(names)) // 2 + 5
        for k, name in enumerate(names):
            if t > k * 0.3:
                frame.paste(_face(name), (left + k * step, 180 + round(4 * wave(t, 1.6, k / 5))))
        return frame

    return draw


@cache
def _face(name: str) -> Image.Image:
    return portrait(name).resize((100, 100), Image.Resampling.LANCZOS)


def pan(picture: str, start: tuple[float, float, float], end: tuple[float, float, float]) -> Scene:
    """A slow look across a picture: (x, y, share of its width), by the upper left corner, in shares."""

    def draw(t: float, length: float) -> Image.Image:
        image, u = still(picture), ease(t / length)
        x, y, w = (a + (b - a) * u for a, b in zip(start, end, strict=True))
        wide = w * image.width
        left, top = x * image.width, y * image.height
        box = (left, top, left + wide, min(image.height, top + wide * HEIGHT / WIDTH))
        return image.resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC, box)

    return draw


def garden(t: float, length: float) -> Image.Image:
    """Edmund among the beans: he bends, waits, and straightens up as the kettle comes to the boil."""
    p = Paper(WIDTH, HEIGHT, "#fbe9c6")
    p.fade("#f2b880", "#fbe9c6", 0, 300)
    hills(p, "film-garden", 270, 22, "#8fae6b")
    p.rect(60, 130, 170, 170, "#b5583a")
    p.poly([(40, 136), (145, 60), (250, 136)], "#6b2f22")
    p.rect(84, 170, 50, 50, "#ffe08a")
    p.rect(164, 190, 44, 110, "#3b5b56")
    up = ease((t - length * 0.55) / 1.2)
    kettle(p, 110, 217, 30, RED, 0.05 * wave(t, 0.18) * up)
    if up > 0.2:
        p.nib(steam(128, 170, 70 * up, t), "#fffaf0", 8)
    p.poly([(0, 296), (WIDTH, 290), (WIDTH, HEIGHT), (0, HEIGHT)], "#5f8a4c")
    for row in range(4):
        for k in range(15):
            x, y = 20 + k * 58 + (row % 2) * 24, 352 + row * 34
            if row == 2 and k == 10:
                person(p, x, y + 6, 120, "#5b6650", "#efc8ae", 1 - up)
            sway = 2 * wave(t, 2.4, k / 9)
            p.line([(x, y), (x + sway, y - 28)], "#3c6334", 4)
            p.disc(x - 5 + sway, y - 24, 8, "#4d7a3e", 5)
            p.disc(x + 8 + sway, y - 16, 8, "#4d7a3e", 5)
    return p.done()


def kettle_waltz(t: float, length: float) -> Image.Image:
    """Four kettles dance in three-four time; each hops on its own bar."""
    bar = 1.14
    p = Paper(WIDTH, HEIGHT, "#f5dfb8")
    p.disc(650, 190, 170 + 5 * wave(t, bar), "#f0c987")
    p.rect(0, 400, WIDTH, 80, "#8c4a32")
    p.rect(0, 400, WIDTH, 10, "#a85f43")
    for k, (x, s, color) in enumerate(
        ((110, 100, BLUE), (270, 135, TEAL), (450, 165, "#e0a526"), (670, 210, RED))
    ):
        beat = max(0.0, t - 0.6) / bar
        mine = int(beat) % 4 == k and t > 0.6
        hop = abs(math.sin(beat * math.pi * 3)) * 34 if mine else 0
        kettle(p, x, 396 - s * 0.05 - hop, s, color, 0.09 * wave(beat, 2, k / 4), 4)
        if mine:
            p.nib(steam(x + s * 0.56, 396 - s * 0.5 - hop, 110, t * 1.5), "#fffaf0", 12)
    return p.done()


def steam_letters(t: float, length: float) -> Image.Image:
    """Curls rise over teal, lean, and come apart."""
    p = Paper(WIDTH, HEIGHT, "#10282f")
    p.fade("#10282f", "#13616a")
    for k in range(7):
        age = (t * 0.16 + k / 7) % 1
        x, y = 110 + (k * 271) % 640, HEIGHT + 60 - age * 430
        curl = steam(x, y, 190, t * 0.8 + k, 0.1 + 0.06 * (k % 3))
        cut = int(40 * max(0.0, age - 0.55))
        p.nib(curl[cut:], mix("#13616a", "#f4fbf6", min(1, age * 4) * (1 - age) ** 0.8), 22 * (1 - age * 0.6))
    return p.done()


def stairs(t: float, length: float) -> Image.Image:
    """Feet come down the stairs; this time they do not leave out the third."""
    p = Paper(WIDTH, HEIGHT, "#3a3450")
    for k in range(9):
        x, y = 40 + k * 92, 90 + k * 44
        p.rect(x, y, 92, HEIGHT, mix("#8d6a55", "#3f2c2c", k / 12))
        p.rect(x, y, 96, 9, "#c79a72" if k != 6 else GOLD)
    step = min(8.0, t / length * 9.5)
    k, u = int(step), step % 1
    hop = math.sin(u * math.pi) * 36
    sx, sy = 40 + (k + u) * 92, 90 + (k + u) * 44 - hop
    shoe(p, sx + 6, sy - 8, 64, RED, 1, 0.1)
    shoe(p, sx - 40 + 30 * u, sy - 52 + 44 * u, 64, RED, 1, 0.1)
    if 6 <= step < 7:
        p.text("CREAK", 610, 220, 26 + 6 * wave(t, 0.2), GOLD, 4)
    return p.done()


def shoes_walk(t: float, length: float) -> Image.Image:
    """Paper shoes hop past under the moon; the slipper is last."""
    p = Paper(WIDTH, HEIGHT, "#22304d")
    p.fade("#18223a", "#3a4d73", 0, 380)
    p.disc(680, 90, 46, "#fff3dc")
    p.disc(662, 82, 42, "#1d2944")
    hills(p, "roofs", 330, 26, "#1b2742", t * 30)
    p.rect(0, 380, WIDTH, 100, "#6d5a58")
    p.rect(0, 380, WIDTH, 12, "#8f7872")
    row = ((140, RED, 0), (110, "#e0a526", 1), (64, "#7fb3b0", 0), (100, "#f0ead9", 3), (120, "#b5838d", 2))
    for k, (s, color, kind) in enumerate(row):
        base = -150 - k * 190 + t * (1900 / max(8, length))
        for foot in (0, 1) if kind != 2 else (0,):
            beat = t * (1.5 + 0.2 * k) + foot * 0.5
            hop = max(0.0, math.sin(beat * math.tau)) * s * 0.34
            shoe(p, base + foot * s * 0.5, 376 - s * 0.08 - hop, s, color, kind, -0.24 * max(0.0, wave(beat)))
    return p.done()


def white_road(t: float, length: float) -> Image.Image:
    """A pale plain; a caravan as small as ants, and its long shadow."""
    p = Paper(WIDTH, HEIGHT, "#f9dcc4")
    p.fade("#7d8fb3", "#f9dcc4", 0, 220)
    p.disc(610, 190, 34, "#fff6e0")
    hills(p, "white-far", 216, 14, "#8f87a8", t * 3)
    p.rect(0, 226, WIDTH, 254, "#f6efe8")
    for row in range(9):
        y = 230 + 3.1 * row * row
        for k in range(-1, 14):
            x = ((k * (40 + row * 14) - t * (4 + row * 3)) % (WIDTH + 160)) - 80
            p.line([(x, y), (x + 12 + row * 5, y + 3 + row)], "#d8c9c0", 1 + row * 0.25)
    for k in range(5):
        x = -60 + t * 24 + k * 84
        p.poly([(x - 30, 352), (x + 40, 352), (x - 60, 392), (x - 130, 392)], "#ddcfc8")
        camel(p, x, 352, 66, "#3b1c2e", t * 0.9 + k * 0.23, "#fffaf2")
    return p.done()


def caravan(t: float, length: float) -> Image.Image:
    """The paper caravan walks; dunes pass at three speeds."""
    p = Paper(WIDTH, HEIGHT, "#f7b267")
    p.fade("#f4845f", "#f9cf8a", 0, 330)
    p.disc(590, 200, 120, "#fde2a4")
    p.disc(590, 200, 94, "#fff0c9")
    hills(p, "dune-a", 290, 28, "#e07a4f", t * 12)
    hills(p, "dune-b", 330, 22, "#c9573f", t * 26)
    p.rect(0, 380, WIDTH, 100, "#93383a")
    for k in range(4):
        camel(p, 120 + k * 190 + 10 * wave(t, 4, k / 4), 388, 130, "#3b1c2e", t * 0.8 + k * 0.23, CREAM)
    hills(p, "dune-c", 440, 18, "#5c2434", t * 70)
    return p.done()


def night_bus(t: float, length: float) -> Image.Image:
    """The last bus drives; the hills and their windows pass."""
    p = Paper(WIDTH, HEIGHT, "#101a38")
    p.fade("#0b1230", "#3b3a68", 0, 330)
    p.disc(690, 90, 42, "#fbe3a1")
    hills(p, "bus-far", 280, 30, "#252a55", t * 14)
    rng = random.Random("windows")
    for _ in range(16):
        x, y = (rng.uniform(0, WIDTH + 60) - t * 26) % (WIDTH + 60) - 30, rng.uniform(290, 340)
        p.rect(x, y, 7, 9, mix(GOLD, "#252a55", rng.random() * 0.6))
    p.rect(0, 370, WIDTH, 110, "#0c0f22")
    for k in range(7):
        x = (k * 150 - t * 190) % (WIDTH + 200) - 100
        p.line([(x, 430), (x + 60, 430)], "#3f4470", 5)
    bus(p, 400, 404 + 1.5 * wave(t, 0.3), 420, RED, t * 0.9)
    for k in range(2):
        x = 262 + k * 126
        p.disc(x, 284 + wave(t, 0.3, k), 12, INK)
        p.poly([(x - 20, 310), (x + 20, 310), (x + 14, 294), (x - 14, 294)], INK)
    return p.done()


def chain(*parts: tuple[float, Scene]) -> Scene:
    """Scenes one after another, each with its share of the length."""

    def draw(t: float, length: float) -> Image.Image:
        start = 0.0
        for share, scene in parts:
            end = start + share * length
            if t < end or (share, scene) == parts[-1]:
                return scene(t - start, share * length)
            start = end
        raise AssertionError("the shares end before the film")

    return draw
