"""The pictures that the people of the Minute sent in, each in the manner of the person who made it."""

import math
import random
from collections.abc import Callable

from PIL import Image, ImageDraw

from media.cloth import salt_map, samovar
from media.comics import parcel_comic, tea_for_somebody, wrong_door
from media.curves import Point, arc, outline, smooth
from media.lines import empty_seat, phone_box, rosa, steam_alphabet, steam_frames
from media.paper import Paper, mix
from media.things import BLUE, CREAM, DOORS, GOLD, INK, RED, camel, door, hills, kettle, person, shoe, steam


def four_kettles() -> Image.Image:
    """Paper-cut: four kettles on a shelf, from small to very large."""
    p = Paper(1400, 820, "#f5dfb8")
    p.disc(1080, 330, 300, "#f0c987")
    places = ((150, 110, "#2b4c8c"), (350, 190, "#1f7a7a"), (640, 290, "#e0a526"), (1040, 430, "#c8452e"))
    for k, (x, s, _) in enumerate(places):
        curl = steam(x + s * 0.57, 690 - s * 0.52, 120 + s * 0.75, k * 1.7, 0.2)
        p.nib([(px - s * 0.18, py) for px, py in curl][:1] + curl, "#fffaf0", s * 0.1)
    p.rect(0, 700, 1400, 120, "#8c4a32")
    p.rect(0, 700, 1400, 16, "#a85f43")
    for k in range(9):
        p.line([(k * 170 - 30, 760 + (k % 3) * 14), (k * 170 + 90, 760 + (k % 3) * 14)], "#7a3f2a", 4)
    for x, s, color in places:
        kettle(p, x, 696 - s * 0.05, s, color, shadow=7)
    return p.done()


def nine_doors() -> Image.Image:
    """Photographs of nine doors, with what was left on the step of each."""
    p = Paper(1290, 1290, "#efe7da")
    for k in range(9):
        x, y = 30 + (k % 3) * 416, 30 + (k // 3) * 416
        wall = mix(DOORS[(k * 4 + 3) % 9], CREAM, 0.72)
        p.rect(x, y, 398, 398, wall)
        for row in range(7):
            p.line([(x, y + 50 + row * 50), (x + 398, y + 50 + row * 50)], mix(wall, INK, 0.07), 2)
        p.rect(x, y + 340, 398, 58, mix(wall, INK, 0.45))
        p.rect(x + 70, y + 340, 258, 24, mix(wall, INK, 0.22))
        door(p, x + 199, y + 340, 132, 262, DOORS[k], k)
        p.veil([(x, y), (x + 120 + k * 20, y), (x, y + 260 + k * 10)], "#fff7d6", 0.22)
        ox, oy = x + 290, y + 362
        if k in (0, 5):
            p.disc(ox, oy - 26, 26, (RED, GOLD)[k % 2], shadow=3)
            p.line(arc(ox, oy - 26, 20, 8, 0, 180), CREAM, 4)
        elif k in (1, 8):
            p.line([(ox + 20, oy - 150), (ox, oy)], INK, 7)
            p.poly([(ox + 16, oy - 130), (ox + 26, oy - 20), (ox - 14, oy - 16)], BLUE, 3)
        elif k in (2, 6):
            p.poly([(ox - 46, oy), *arc(ox, oy - 18, 46, 24, 180, 360), (ox + 46, oy)], "#c58a45", 3)
            for i in range(3):
                p.line([(ox - 22 + i * 20, oy - 34), (ox - 14 + i * 20, oy - 18)], "#f0d3a0", 5)
        elif k == 3:
            shoe(p, ox - 40, oy - 4, 46, "#5a3a2c", 1)
            shoe(p, ox + 12, oy - 2, 46, "#5a3a2c", 1)
        elif k == 4:
            p.rect(ox - 36, oy - 52, 72, 52, "#c99f68", 3)
            p.rect(ox - 5, oy - 52, 10, 52, "#e8d2a4")
        else:
            p.poly([(ox - 22, oy - 34), (ox + 22, oy - 34), (ox + 15, oy), (ox - 15, oy)], "#b5583a", 3)
            for a in (-50, -10, 30):
                p.line([(ox, oy - 34), (ox + a * 0.6, oy - 86)], "#39784d", 7)
    p.grain("doors", 0.06)
    return p.done()


def shoes_outside() -> Image.Image:
    """Paper-cut: a row of shoes on a step."""
    p = Paper(1500, 620, "#22304d")
    p.fade("#18223a", "#3a4d73")
    p.disc(1240, 150, 74, "#fff3dc")
    p.disc(1212, 138, 66, "#1d2944")
    for k, (x, y) in enumerate(((160, 90), (420, 150), (700, 70), (930, 190), (1400, 300), (260, 250))):
        p.disc(x, y, 4 + k % 3, "#fff3dc")
    p.rect(0, 500, 1500, 120, "#6d5a58")
    p.rect(0, 500, 1500, 24, "#8f7872")
    row = (
        (40, 210, "#c8452e", 0),
        (250, 210, "#c8452e", 0),
        (480, 170, "#e0a526", 1),
        (655, 170, "#e0a526", 1),
        (850, 90, "#7fb3b0", 0),
        (950, 90, "#7fb3b0", 0),
        (1060, 150, "#f0ead9", 3),
        (1090, 160, "#d9ccb4", 3),
        (1290, 170, "#b5838d", 2),
    )
    for x, s, color, kind in row:
        shoe(p, x, 508 - s * 0.08, s, color, kind)
    return p.done()


def switchboard() -> Image.Image:
    """Abstract print: sockets in rows, and cables that cross."""
    rng = random.Random("switchboard")
    p = Paper(1500, 1000, "#3a1430")
    spots = [(90 + c * 120, 110 + r * 130) for r in range(7) for c in range(12)]
    for k, (x, y) in enumerate(spots):
        p.rect(x - 44, y - 44, 88, 88, mix("#3a1430", "#6b2450", 0.3 + 0.5 * ((k * 7) % 5) / 5))
        p.disc(x, y, 27, "#d9b26f")
        p.disc(x, y, 15, "#1d0a18")
    colors = (RED, GOLD, "#7fb3b0", CREAM, "#ef8f6b", "#9ad1d4")
    for k in range(17):
        (x0, y0), (x1, y1) = rng.sample(spots, 2)
        sag = 90 + rng.random() * 180
        path = smooth(
            [
                (x0, y0),
                (x0 * 0.72 + x1 * 0.28, (y0 + y1) / 2 + sag),
                (x0 * 0.28 + x1 * 0.72, (y0 + y1) / 2 + sag),
                (x1, y1),
            ],
            24,
        )
        p.line([(x + 7, y + 9) for x, y in path], "#1d0a18", 13)
        p.line(path, colors[k % 6], 13)
        p.line([(x - 2, y - 3) for x, y in path], mix(colors[k % 6], "#ffffff", 0.4), 3)
        for x, y in ((x0, y0), (x1, y1)):
            p.disc(x, y, 20, colors[k % 6], shadow=3)
            p.disc(x, y, 9, mix(colors[k % 6], "#000000", 0.3))
    return p.done()


def salt_flats() -> Image.Image:
    """A wide pale plain under a low sun, cracked into six-sided plates."""
    rng = random.Random("salt")
    p = Paper(1600, 900, "#f6d7c3")
    p.fade("#7d8fb3", "#f9dcc4", 0, 420)
    p.glow(1130, 350, 330, "#ffe9b8", 0.95)
    p.disc(1130, 350, 60, "#fff6e0")
    hills(p, "far", 392, 30, "#8f87a8")
    hills(p, "near", 412, 18, "#75708f")
    p.rect(0, 420, 1600, 480, "#f4efe9")
    p.fade("#f0ddd0", "#fbf8f4", 420, 900)
    for row in range(14):
        y = 428 + 470 * (row / 13) ** 2.1
        gap = 26 + 250 * (row / 13) ** 1.6
        shift = rng.uniform(0, gap)
        for k in range(-1, int(1600 / gap) + 2):
            x = k * gap + shift
            h = gap * 0.34
            edge = [(x, y), (x + gap * 0.25, y + h * 0.5), (x + gap * 0.75, y + h * 0.45), (x + gap, y)]
            p.line([(a + rng.uniform(-3, 3), b) for a, b in edge], "#cdbcb4", 1 + row * 0.28)
            p.line([(x + gap * 0.25, y + h * 0.5), (x + gap * 0.2, y + h * 1.5)], "#d8c9c0", 1 + row * 0.24)
    for k in range(12):
        p.veil(arc(1130 + rng.uniform(-26, 26), 440 + k * 34, 150 - k * 7, 5, 0, 360), "#fff3cf", 0.7)
    p.grain("flats", 0.05)
    return p.done()


def caravan() -> Image.Image:
    """Paper-cut: camels that carry slabs of salt over layered dunes, before a large sun."""
    p = Paper(1600, 900, "#f7b267")
    p.fade("#f4845f", "#f9cf8a", 0, 600)
    p.disc(1050, 400, 250, "#fde2a4")
    p.disc(1050, 400, 200, "#fff0c9")
    hills(p, "dune-a", 520, 50, "#e07a4f")
    hills(p, "dune-b", 590, 40, "#c9573f", 300, 6)
    p.poly(
        [(0, 700), *smooth([(0, 700), (400, 660), (900, 690), (1600, 640)]), (1600, 900), (0, 900)],
        "#93383a",
        8,
    )
    for k in range(6):
        x = 170 + k * 250
        camel(p, x, 678 + 8 * math.sin(k * 1.3), 170 - (k % 2) * 14, "#3b1c2e", k * 0.23, "#fff3dc")
        if k < 5:
            p.line(smooth([(x + 160, 530), (x + 200, 575), (x + 150 - 10 + 60, 560)]), "#3b1c2e", 3)
    person(p, 1560, 672, 128, "#fff3dc", "#3b1c2e")
    hills(p, "dune-c", 800, 34, "#5c2434", 120, 8)
    return p.done()


def crystal_print(steps: int = 38) -> Image.Image:
    """Kirsikka's automaton, printed twice: a cell turns to salt if exactly one neighbour is salt."""
    side = 2 * steps + 3
    cells: dict[Point, int] = {(steps + 1, steps + 1): 0}
    for step in range(1, steps):
        count: dict[Point, int] = {}
        for x, y in cells:
            for spot in ((x + 1, y), (x - 1, y), (x, y + 1), (x, y - 1)):
                count[spot] = count.get(spot, 0) + 1
        cells.update({spot: step for spot, n in count.items() if n == 1 and spot not in cells})
    p = Paper(1200, 1200, "#10243f")
    size = 1120 / side
    for x, y in cells:
        px, py = 40 + x * size, 40 + y * size
        p.rect(px + size * 0.5, py + size * 0.5, size * 0.9, size * 0.9, "#c8452e")
    for (x, y), step in cells.items():
        color = mix("#fff3dc", "#9ad1d4", step / steps)
        p.rect(40 + x * size, 40 + y * size, size * 0.9, size * 0.9, color)
    return p.done()


def jar() -> Image.Image:
    """A sea in a jar, with a boat, on a table."""
    p = Paper(1050, 1350, "#f6e3c5")
    p.disc(760, 320, 190, "#f7c873")
    p.rect(0, 1090, 1050, 260, "#a05a3c")
    p.rect(0, 1090, 1050, 22, "#b97450")
    glass = outline(
        "260,380 230,470 220,700 222,1000 260,1110 400,1130 525,1134 650,1130 790,1110 "
        "828,1000 830,700 820,470 790,380"
    )
    shape = [*smooth(glass), (260, 380)]
    p.veil([(x + 34, y + 22) for x, y in shape], "#4a2418", 0.35)
    p.poly(shape, "#dcefe9")
    inside = Image.new("L", p.image.size, 0)
    ImageDraw.Draw(inside).polygon([(525 * 2 + (x - 525) * 1.94, y * 2 - 8) for x, y in shape], fill=255)
    sea = Paper(1050, 1350, "#dcefe9")
    sea.disc(640, 560, 56, "#fffaf0")
    for k, color in enumerate(("#9ad1d4", "#5fb0b7", "#2f8f9d", "#1f6f8b", "#1b4f72", "#142f4f")):
        y = 700 + k * 74
        crest = [(x, y + 20 * math.sin(x / 62 + k * 1.9)) for x in range(0, 1060, 10)]
        if k == 1:
            sea.poly([(430, 690), (590, 690), (556, 742), (464, 742)], RED)
            sea.poly([(512, 540), (512, 680), (600, 680)], CREAM, 4)
            sea.line([(508, 530), (508, 690)], "#5a2f20", 8)
        sea.poly([*crest, (1060, 1350), (0, 1350)], color, -5)
    p.image.paste(sea.image, (0, 0), inside)
    p.line(shape, "#ffffff", 9)
    p.rect(250, 330, 550, 60, "#7a4a2e", 5)
    p.rect(232, 290, 586, 62, "#8f5a3a", 5)
    p.line(smooth([(276, 520), (266, 700), (274, 940)]), "#ffffff", 15)
    p.rect(410, 960, 230, 84, CREAM, 4)
    p.text("SEA, 1", 446, 982, 40, INK, 6)
    return p.done()


def bus_window() -> Image.Image:
    """Night through a wet window: lights out of focus, drops in focus."""
    rng = random.Random("window")
    p = Paper(1500, 900, "#0d1128")
    p.fade("#0b0f24", "#2b2140")
    for _ in range(46):
        x, y = rng.uniform(0, 1500), rng.gauss(480, 150)
        p.veil(
            arc(x, y, r := rng.uniform(18, 82), r, 0, 360),
            rng.choice(("#f2b632", "#ef8f6b", "#fff3dc", "#c8452e", "#7fb3b0", "#f2b632")),
            rng.uniform(0.1, 0.42),
        )
    for _ in range(330):
        x, y, r = rng.uniform(0, 1500), rng.uniform(0, 900), rng.uniform(1.5, 9)
        p.veil(arc(x, y, r, r * 1.15, 0, 360), "#060814", 0.5)
        p.disc(x - r * 0.25, y - r * 0.3, r * 0.42, mix("#5a6b92", "#fff3dc", rng.random()))
    for _ in range(15):
        x, y = rng.uniform(50, 1450), rng.uniform(0, 400)
        run = smooth(
            [(x, y), (x + rng.uniform(-8, 8), y + 120), (x + rng.uniform(-14, 14), y + rng.uniform(200, 420))]
        )
        p.line(run, "#3c4a70", 4)
        p.disc(*run[-1], 8, "#a9b8d6", 11)
    p.rect(0, 0, 1500, 44, "#05060e")
    p.rect(0, 850, 1500, 50, "#05060e")
    p.grain("window", 0.07)
    return p.done()


def headlights() -> Image.Image:
    """A painting of two lights that are nearer than they were."""
    rng = random.Random("headlights")
    p = Paper(1500, 950, "#15131f")
    p.fade("#12101c", "#2c2333")
    for lamp in (560, 940):
        p.glow(lamp, 470, 420, "#d9743a", 0.75)
        p.glow(lamp, 470, 250, "#f2b632", 0.9)
        p.glow(lamp, 470, 120, "#fffbe8", 1)
    for _ in range(420):
        x, y = rng.uniform(0, 1500), rng.gauss(500, 230)
        near = min(math.hypot(x - 560, y - 470), math.hypot(x - 940, y - 470))
        color = mix("#fbe3a1", "#3a2b46", min(1, near / 380) ** 0.7)
        length = rng.uniform(20, 120)
        p.veil(
            [(x, y), (x + length, y - 4), (x + length * 1.1, y + 5), (x + 4, y + rng.uniform(5, 13))],
            color,
            0.5,
        )
    p.grain("lights", 0.1)
    return p.done()


def borrowed_clock() -> Image.Image:
    """The sign of the show: a clock with five minutes cut out and set beside it."""
    p = Paper(1000, 1000, "#fff3dc")
    slice_ = [(0.0, 0.0), *arc(0, 0, 360, 360, -90, -60)]
    p.poly(
        smooth(outline("110,470 180,180 470,90 790,170 900,480 800,830 500,910 210,820 110,470")),
        "#ffffff",
        10,
    )
    p.disc(500, 510, 360, "#f2b632", shadow=8)
    p.poly([(500 + x, 510 + y) for x, y in slice_], "#ffffff")
    p.poly([(556 + x, 420 + y) for x, y in slice_], RED, 8)
    for k in range(12):
        a = math.radians(k * 30 - 90)
        if k not in (0, 1):
            p.line(
                [
                    (500 + math.cos(a) * 300, 510 + math.sin(a) * 300),
                    (500 + math.cos(a) * 336, 510 + math.sin(a) * 336),
                ],
                INK,
                14,
            )
    p.line([(500, 510), (500 - 150, 510 + 60)], INK, 26)
    p.line([(500, 510), (500 - 30, 510 + 230)], INK, 20)
    p.disc(500, 510, 30, RED)
    return p.done()


PICTURES: dict[str, Callable[[], Image.Image]] = {
    "four-kettles.png": four_kettles,
    "steam-alphabet.jpg": steam_alphabet,
    "steam-frames.png": steam_frames,
    "tea-for-somebody.png": tea_for_somebody,
    "grandmother-samovar.png": samovar,
    "doorstep-grid.jpg": nine_doors,
    "shoes-outside.png": shoes_outside,
    "parcel-comic.png": parcel_comic,
    "wrong-door.png": wrong_door,
    "switchboard.png": switchboard,
    "rosa-drawn.png": rosa,
    "phone-box-1987.png": phone_box,
    "salt-flats.jpg": salt_flats,
    "salt-map.png": salt_map,
    "caravan.png": caravan,
    "crystal-print.png": crystal_print,
    "jar.png": jar,
    "bus-window.jpg": bus_window,
    "empty-seat-drawn.png": empty_seat,
    "headlights.jpg": headlights,
    "borrowed-clock.png": borrowed_clock,
}
