"""Scenes that happen indoors: around a pot, at a telephone, on a bus seat."""

import math
import random

from PIL import Image

from media.curves import Point, arc, ease, outline, smooth, wave
from media.paper import Paper, mix
from media.scenes import HEIGHT, WIDTH, Scene
from media.things import BLUE, CREAM, GOLD, INK, RED, TEAL, cord, door, person, steam, telephone


def parcel(t: float, length: float) -> Image.Image:
    """Two people and a parcel that grows while they are polite."""
    p = Paper(WIDTH, HEIGHT, "#f7c6a3")
    p.rect(0, 390, WIDTH, 90, "#5c6b73")
    door(p, 424, 390, 130, 270, TEAL, 0, 0.3 * ease(t - 1))
    size = 40 + 150 * ease(t / length)
    talk = wave(t, 0.5) * 0.04
    person(p, 220, 420, 210, BLUE, "#8a5a3c", 0.12 + (talk if t < length / 2 else 0))
    person(p, 640, 420, 200, "#7a2b4a", "#c98d62", 0.05 + (talk if t >= length / 2 else 0))
    p.rect(424 - size / 2, 430 - size, size, size, "#d1a066", 6)
    p.rect(424 - size * 0.06, 430 - size, size * 0.12, size, "#efd9ad")
    return p.done()


def choir(ground: str, pot: str = "#e57b2c") -> Scene:
    """Five faces that sing around a pot."""

    def draw(t: float, length: float) -> Image.Image:
        p = Paper(WIDTH, HEIGHT, ground)
        p.disc(424, 260, 250, mix(ground, "#ffffff", 0.25))
        skins = ("#f1c9a8", "#8a5a3c", "#e8bf95", "#6f422a", "#d9a274")
        tops = (RED, INK, "#211d22", "#2a1a17", GOLD)
        for k in range(5):
            a = math.radians(200 + k * 35)
            x, y = 424 + 270 * math.cos(a), 318 + 220 * math.sin(a) + 6 * wave(t, 2.8, k / 5)
            p.disc(x, y - 6, 66, tops[k], 70)
            p.disc(x, y + 6, 54, skins[k], 60)
            for side in (-18, 18):
                p.line(arc(x + side, y, 9, 8, 190, 350), INK, 4)
            p.disc(x, y + 32, 11 + 4 * wave(t, 1.4, k / 7), "#4a1218", 12 + 9 * abs(wave(t, 2.8, k / 9)))
        p.poly([(310, 350), (538, 350), (520, 470), (328, 470)], "#54606e", 5)
        p.disc(424, 350, 114, pot, 22)
        for k in range(3):
            p.nib(steam(384 + k * 40, 336, 100, t + k, 0.14), "#fffaf0", 8)
        return p.done()

    return draw


def exchange(t: float, length: float) -> Image.Image:
    """A switchboard: cables find their sockets, and one of them takes the wrong one."""
    rng = random.Random("exchange")
    p = Paper(WIDTH, HEIGHT, "#3a1430")
    spots = [(60.0 + c * 81, 60.0 + r * 88) for r in range(5) for c in range(10)]
    for k, (x, y) in enumerate(spots):
        lit = (k * 13 + int(t * 2)) % 17 == 0
        p.disc(x, y, 20, GOLD if lit else "#6b2450")
        p.disc(x, y, 11, "#1d0a18")
    for k in range(8):
        a, b = rng.sample(spots, 2)
        u = ease((t - k * length / 10) / 1.4)
        if u > 0:
            end = (a[0] + (b[0] - a[0]) * u, a[1] + (b[1] - a[1]) * u)
            mid = ((a[0] + end[0]) / 2, (a[1] + end[1]) / 2 + 110)
            color = (RED, GOLD, "#7fb3b0", CREAM)[k % 4]
            p.line(smooth([a, mid, end], 16), color, 9)
            p.disc(*a, 14, color)
            p.disc(*end, 14, color)
    return p.done()


def please_hold(t: float, length: float) -> Image.Image:
    """Somebody waits on the line for very long; the plant grows."""
    p = Paper(WIDTH, HEIGHT, "#bcd8c1")
    p.rect(0, 380, WIDTH, 100, "#8a5a44")
    u = t / length
    telephone(p, 210, 384, 190, RED, 0.4, 0.2)
    p.line(cord((290, 340), (480, 210), 12, 11, 60), INK, 6)
    person(p, 520, 450, 250, "#5b6650", "#c98d62", 0.06 + 0.5 * u)
    p.poly([(690, 400), (770, 400), (756, 460), (704, 460)], RED)
    for k in range(9):
        if u * 10 > k:
            side, y = (-1) ** k, 396 - k * 34
            p.disc(730 + side * 30, y, 30 * min(1, u * 10 - k), "#39784d", 13 * min(1, u * 10 - k))
    p.line([(730, 400), (730, 400 - 310 * u)], "#2a5c3a", 7)
    p.text(f"NUMBER {int(3 + u * u * 400)} IN LINE", 424, 40, 26, INK, 4, "c")
    return p.done()


def rosa_calls(t: float, length: float) -> Image.Image:
    """Two windows at night; the cord between them finds its way, and both are Rosa."""
    p = Paper(WIDTH, HEIGHT, "#2a1b3d")
    p.fade("#191530", "#5a3058")
    for x, coat, skin in ((170, "#8f1f3a", "#e8bf95"), (678, TEAL, "#8a5a3c")):
        p.rect(x - 120, 90, 240, 300, "#120e20")
        p.rect(x - 108, 102, 216, 276, "#f7cf8a")
        p.poly(smooth([(x - 90, 378), (x - 60, 300), (x, 276), (x + 60, 300), (x + 90, 378)]), coat)
        p.disc(x, 220, 52, skin, 60)
        p.poly([*arc(x, 206, 56, 56, 180, 360), (x + 40, 190), (x - 40, 190)], INK)
        nod = 3 * wave(t, 0.9, x / 300)
        p.line(arc(x, 244 + nod, 16, 8, 20, 160), "#4a1218", 5)
        side = 1 if x < 400 else -1
        p.line([(x + side * 50, 190 + nod), (x + side * 56, 250 + nod)], INK, 20)
    u = ease(t / (length * 0.6))
    path = cord((228, 250), (228 + 396 * u, 250), max(2, round(26 * u)), 16, 90 * wave(t, 5))
    p.line(path, RED, 6)
    if u > 0.98:
        p.text("ROSA?", 250, 60, 26, CREAM, 4)
        p.text("ROSA.", 540, 60, 26, CREAM, 4)
    return p.done()


def party(t: float, length: float) -> Image.Image:
    """Telephones jump in turn, to a beat."""
    p = Paper(WIDTH, HEIGHT, (GOLD, "#f2b8b0", "#9ad1d4", "#f0ead9")[int(t / 1.68) % 4])
    for k in range(6):
        x, y = 150 + (k % 3) * 274, 220 + (k // 3) * 220
        mine = int(t / 0.42) % 6 == k
        telephone(
            p,
            x,
            y,
            140,
            (RED, TEAL, BLUE, "#7a2b4a", "#39784d", INK)[k],
            0.25 if mine else 0,
            0.03 if mine else 0,
        )
    return p.done()


def pinch(t: float, length: float) -> Image.Image:
    """A recipe: salt falls into a pot, the spoon goes round."""
    p = Paper(WIDTH, HEIGHT, "#f6e3c5")
    p.rect(0, 400, WIDTH, 80, "#a05a3c")
    p.poly([(300, 250), (548, 250), (524, 420), (324, 420)], "#2b5d75", 6)
    p.disc(424, 250, 124, "#e57b2c", 26)
    p.line([(424 + 70 * wave(t, 2), 250), (560 + 30 * wave(t, 2), 90)], "#7a4a2e", 13)
    p.poly(smooth(outline("0,60 180,50 330,90 380,130 350,140 240,130 0,150")), "#b87a50")
    p.poly(smooth(outline("0,130 200,140 320,150 362,146 330,176 200,190 0,200")), "#9c6240")
    rng = random.Random("salt-film")
    for _ in range(26):
        u = (rng.random() + t * 0.9) % 1
        if t > 1:
            p.disc(366 + rng.gauss(0, 4 + 26 * u), 150 + 94 * u * u, 2.4, "#ffffff")
    lines = ("A PINCH", "TASTE", "A LITTLE LESS", "TASTE")
    p.text(lines[min(3, int(t / length * 4))], 640, 200, 26, INK, 4)
    return p.done()


def exact_change(t: float, length: float) -> Image.Image:
    """A passenger in dark glasses looks for a coin; there are more coins than she can hold."""
    p = Paper(WIDTH, HEIGHT, "#9fb8ad")
    p.rect(560, 70, 210, 340, "#33405e", 6)
    p.rect(590, 110, 150, 70, GOLD)
    p.text("EXACT", 614, 120, 20, INK, 3)
    p.text("CHANGE", 604, 150, 20, INK, 3)
    p.rect(0, 410, WIDTH, 70, "#6d5a58")
    person(p, 330, 420, 280, "#141318", "#f3cdb2", 0.1 + 0.05 * wave(t, 1.2))
    hx = 330 + 280 * 0.42 * math.sin((0.1 + 0.05 * wave(t, 1.2)) * 1.5)
    p.poly(arc(hx, 184, 33, 26, 180, 360), "#e9d8a6")
    p.disc(hx + 16, 186, 12, "#141318")
    rng = random.Random("coins")
    for k in range(int(t / length * 60)):
        age = t - k * length / 60
        x, y = 390 + rng.uniform(-160, 160), min(412.0 - (k // 12) * 9, 250 + 260 * age * age)
        p.disc(x, y, 13, ("#d9a441", "#b8bcc4", "#c47a4a")[k % 3], 5 if y > 360 else 13)
    return p.done()


def empty_seat(t: float, length: float) -> Image.Image:
    """One line draws the seats, and leaves an umbrella behind."""
    p = Paper(WIDTH, HEIGHT, "#dfe9ec")
    p.rect(0, 360, WIDTH, 120, "#cfdde2")
    line: list[Point] = [(0, 408), (34, 404)]
    for k in range(4):
        x = 62 + k * 195
        line += [
            (x, 400),
            (x + 19, 350),
            (x - 2, 264),
            (x - 14, 168),
            (x + 4, 136),
            (x + 32, 152),
            (x + 42, 238),
            (x + 54, 294),
        ]
        line += [
            (x + 96, 300),
            (x + 141, 299),
            (x + 159, 314),
            (x + 141, 334),
            (x + 68, 336),
            (x + 34, 350),
            (x + 56, 400),
            (x + 101, 408),
        ]
    path = smooth([*line, (WIDTH, 408)], 10)
    u = ease(t / (length * 0.7))
    if t > length * 0.62:
        p.poly(outline("536,288 524,204 540,150 548,154 572,236 562,286"), RED)
        p.line(smooth([(550, 290), (541, 146), (552, 128), (562, 140)]), INK, 4)
    p.line(path[: max(2, int(len(path) * u))], INK, 4)
    glide = (t * 120) % (WIDTH + 300) - 150
    p.veil([(glide, 0), (glide + 90, 0), (glide - 20, HEIGHT), (glide - 130, HEIGHT)], "#fff3c4", 0.5)
    return p.done()
