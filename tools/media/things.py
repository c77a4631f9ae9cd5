"""What keeps turning up in the Minute: kettles, doors, shoes, telephones, camels, a bus."""

import math
import random

from media.curves import Point, arc, outline, smooth, wave
from media.paper import Paper, mix

INK, CREAM, RED, GOLD, TEAL, BLUE = "#1d2a44", "#fff3dc", "#c8452e", "#f2b632", "#1f7a7a", "#2b4c8c"

DOORS = ("#c8452e", "#1f7a7a", "#e0a526", "#2b4c8c", "#7a2b4a", "#39784d", "#d9743a", "#4a4e69", "#b5838d")


def at(points: list[Point], x: float, y: float, size: float) -> list[Point]:
    """Points of a drawing that is one unit large, placed."""
    return [(x + px * size, y + py * size) for px, py in points]


def kettle(p: Paper, x: float, y: float, s: float, color: str, tilt: float = 0, shadow: float = 0) -> None:
    """A kettle that stands on (x, y), about `s` wide and high, its spout to the right."""
    dark, light = mix(color, "#000000", 0.3), mix(color, "#ffffff", 0.3)

    def put(points: list[Point]) -> list[Point]:
        c, n = math.cos(tilt), math.sin(tilt)
        return [(x + (a * c - b * n) * s, y + (a * n + b * c) * s) for a, b in points]

    p.line(put(arc(-0.02, -0.62, 0.3, 0.34, 190, 350)), dark, s * 0.065)
    spout = outline("0.26,-0.22 0.42,-0.3 0.5,-0.5 0.6,-0.5 0.54,-0.2 0.36,-0.06")
    p.poly(put(spout), dark, shadow)
    body = smooth(outline("-0.36,0 -0.44,-0.25 -0.3,-0.56 0,-0.63 0.28,-0.56 0.42,-0.25"))
    p.poly(put([*body, (0.36, 0)]), color, shadow)
    p.poly(put(smooth(outline("-0.34,-0.2 -0.3,-0.46 -0.18,-0.54 -0.24,-0.36 -0.27,-0.16"))), light)
    p.poly(put([(-0.24, -0.6), (0.22, -0.6), (0.12, -0.68), (-0.14, -0.68)]), dark)
    p.poly(put(arc(-0.01, -0.72, 0.05, 0.05, 0, 360)), light)
    p.poly(put([(-0.37, 0), (0.37, 0), (0.34, 0.05), (-0.34, 0.05)]), dark)


def steam(x: float, y: float, height: float, t: float = 0, sway: float = 0.16) -> list[Point]:
    """A curl of steam from (x, y) upwards, leaning as it rises."""
    points = []
    for i in range(41):
        u = i / 40
        lean = height * sway * (0.25 + u) * math.sin(u * 11 - t * 4)
        points.append((x + lean + height * 0.2 * u * u, y - height * u))
    return points


def door(p: Paper, x: float, y: float, w: float, h: float, color: str, kind: int, ajar: float = 0) -> None:
    """A door in its frame, standing on (x, y) by its middle; `ajar` from 0 to 1 lets light out."""
    frame, dark, light = mix(color, "#000000", 0.45), mix(color, "#000000", 0.22), mix(color, "#ffffff", 0.25)
    left, right, top = x - w / 2, x + w / 2, y - h
    if kind % 3 == 1:
        p.poly(
            [*arc(x, top + w * 0.1, w * 0.6, w * 0.6, 180, 360), (x + w * 0.6, y), (x - w * 0.6, y)], frame
        )
    else:
        p.rect(x - w * 0.6, y - h * 1.06, w * 1.2, h * 1.06, frame)
    if kind % 3 == 1:
        p.poly(
            [*arc(x, top + w * 0.1, w / 2, w / 2, 180, 360), (right, y), (left, y)], GOLD if ajar else color
        )
    else:
        p.rect(left, top, w, h, GOLD if ajar else color)
    if ajar:
        edge = right - w * ajar
        slant = h * 0.05 * ajar
        dip = w * 0.1 if kind % 3 == 1 else 0
        p.poly([(left, top + dip), (edge, top + dip + slant), (edge, y + slant), (left, y)], color)
        right = edge
    inner = right - left
    if kind % 3 == 0:
        for row in (0.1, 0.54):
            for col in (0.12, 0.56):
                p.rect(left + inner * col, top + h * row, inner * 0.32, h * 0.34, dark)
    elif kind % 3 == 1:
        for col in range(1, 5):
            cx = left + inner * col / 5
            p.line([(cx, top + h * 0.16), (cx, y - h * 0.04)], dark, w * 0.03)
    else:
        p.rect(left + inner * 0.2, top + h * 0.1, inner * 0.6, h * 0.3, mix(GOLD, color, 0.3))
        p.line([(left + inner * 0.5, top + h * 0.1), (left + inner * 0.5, top + h * 0.4)], dark, w * 0.04)
        p.rect(left + inner * 0.2, top + h * 0.56, inner * 0.6, h * 0.3, dark)
    p.disc(right - inner * 0.12, y - h * 0.46, w * 0.04, light)


def shoe(p: Paper, x: float, y: float, s: float, color: str, kind: int, tilt: float = 0) -> None:
    """A shoe with its heel at (x, y), pointing right. Kinds: boot, shoe, slipper, sandal."""
    dark = mix(color, "#000000", 0.35)

    def put(points: list[Point]) -> list[Point]:
        c, n = math.cos(tilt), math.sin(tilt)
        return [(x + (a * c - b * n) * s, y + (a * n + b * c) * s) for a, b in points]

    leg = (0.95, 0.42, 0.26, 0.2)[kind % 4]
    upper = [(0, 0), (-0.02, -leg), (0.34, -leg), (0.38, -0.36 if kind < 2 else -0.22), (0.62, -0.26)]
    upper += [(0.9, -0.2), (1.0, -0.08), (0.98, 0)]
    if kind % 4 == 3:
        for a in (0.08, 0.45, 0.78):
            p.line(put([(a, 0), (a + 0.06, -0.22), (a + 0.2, 0)]), color, s * 0.08)
    else:
        p.poly(put([upper[0], upper[1], upper[2], *smooth(upper[3:])]), color, s * 0.04)
    p.poly(put([(-0.03, 0), (1.02, 0), (1.0, 0.08), (-0.02, 0.08)]), dark)
    if kind % 4 in (0, 1):
        for i in range(3):
            a = 0.42 + i * 0.1
            p.line(put([(a, -0.33 + i * 0.035), (a + 0.06, -0.24 + i * 0.03)]), CREAM, s * 0.035)
    if kind % 4 == 2:
        p.disc(*put([(0.7, -0.22)])[0], s * 0.08, CREAM)


def telephone(p: Paper, x: float, y: float, s: float, color: str, lift: float = 0, turn: float = 0) -> None:
    """A telephone with a dial, standing on (x, y); `lift` raises the receiver, `turn` shakes it."""
    dark, light = mix(color, "#000000", 0.3), mix(color, "#ffffff", 0.35)
    body = smooth(outline("-0.5,0 -0.42,-0.3 -0.26,-0.56 0.26,-0.56 0.42,-0.3 0.5,0"), 6)
    p.poly(at(body, x, y, s), color, s * 0.03)
    p.disc(x, y - s * 0.25, s * 0.2, CREAM)
    for i in range(10):
        a = math.radians(120 + i * 30)
        p.disc(x + math.cos(a) * s * 0.145, y - s * 0.25 + math.sin(a) * s * 0.145, s * 0.026, dark)
    p.disc(x, y - s * 0.25, s * 0.07, light)
    rx, ry = x + s * turn, y - s * (0.64 + lift)
    p.poly(
        at(
            smooth(outline("-0.46,0 -0.36,-0.16 0,-0.2 0.36,-0.16 0.46,0 0.24,0 0,-0.08 -0.24,0 -0.46,0"), 5),
            rx,
            ry,
            s,
        ),
        dark,
        s * 0.03,
    )
    for side in (-1, 1):
        p.disc(rx + side * s * 0.35, ry, s * 0.13, dark, s * 0.09)


def cord(start: Point, end: Point, loops: int, size: float, sag: float = 0) -> list[Point]:
    """A coiled cord between two points."""
    steps = loops * 12
    points = []
    for i in range(steps + 1):
        u = i / steps
        a = u * loops * math.tau
        x = start[0] + (end[0] - start[0]) * u + size * math.cos(a)
        y = start[1] + (end[1] - start[1]) * u + size * math.sin(a) + sag * math.sin(u * math.pi)
        points.append((x, y))
    return points


def camel(p: Paper, x: float, y: float, s: float, color: str, step: float = 0, slab: str = CREAM) -> None:
    """A camel walking to the right, its feet on y; `step` is the phase of its amble."""
    for i, (lx, phase) in enumerate(((-0.3, 0.0), (0.24, 0.0), (-0.18, 0.5), (0.34, 0.5))):
        swing = 0.13 * wave(step, 1, phase)
        shade = mix(color, "#000000", 0.25) if i < 2 else color
        knee = (lx + swing * 0.3, -0.26)
        p.line(at([(lx, -0.5), knee, (lx + swing, 0)], x, y, s), shade, s * 0.075)
    bob = 0.015 * wave(step, 0.5)
    back = outline("-0.42,-0.46 -0.4,-0.66 -0.2,-0.74 0,-1.0 0.2,-0.76 0.4,-0.68 0.52,-0.5")
    neck = outline("0.66,-0.46 0.74,-0.7 0.76,-0.96 0.84,-1.06 1.0,-1.02 1.02,-0.94 0.88,-0.9")
    rest = outline("0.86,-0.6 0.76,-0.36 0.5,-0.34 0,-0.38 -0.36,-0.38 -0.42,-0.46")
    p.poly(at(smooth([(a, b + bob) for a, b in back + neck + rest], 5), x, y, s), color, s * 0.02)
    p.line(at([(-0.42, -0.6 + bob), (-0.5, -0.4 + bob)], x, y, s), color, s * 0.04)
    p.poly(
        at([(-0.2, -0.72 + bob), (0.24, -0.74 + bob), (0.2, -0.4 + bob), (-0.18, -0.42 + bob)], x, y, s), slab
    )
    p.line(at([(-0.19, -0.57 + bob), (0.22, -0.57 + bob)], x, y, s), mix(slab, color, 0.5), s * 0.025)


def bus(p: Paper, x: float, y: float, s: float, color: str, turn: float = 0, lit: str = GOLD) -> None:
    """A bus with its wheels on y, `s` long, driving to the right; `turn` rolls the wheels."""
    dark = mix(color, "#000000", 0.4)
    h = s * 0.4
    top, left = y - h - s * 0.06, x - s / 2
    p.poly(
        [
            *arc(left + s * 0.05, top + s * 0.05, s * 0.05, s * 0.05, 180, 270),
            *arc(x + s * 0.42, top + s * 0.08, s * 0.08, s * 0.08, 270, 360),
            (x + s / 2, y - s * 0.06),
            (left, y - s * 0.06),
        ],
        color,
        s * 0.012,
    )
    p.rect(left, y - s * 0.2, s, s * 0.03, CREAM)
    for i in range(5):
        p.rect(left + s * (0.05 + i * 0.15), top + s * 0.08, s * 0.125, s * 0.14, lit)
    p.rect(left + s * 0.82, top + s * 0.08, s * 0.15, h - s * 0.1, mix(lit, color, 0.25))
    p.line([(left + s * 0.895, top + s * 0.08), (left + s * 0.895, y - s * 0.09)], dark, s * 0.008)
    p.disc(x + s * 0.485, y - s * 0.12, s * 0.02, CREAM)
    for wx in (left + s * 0.2, left + s * 0.74):
        p.disc(wx, y - s * 0.055, s * 0.075, "#16131c")
        p.disc(wx, y - s * 0.055, s * 0.035, "#b9b3a7")
        for i in range(3):
            a = turn * math.tau + i * math.tau / 3
            tip = (wx + math.cos(a) * s * 0.032, y - s * 0.055 + math.sin(a) * s * 0.032)
            p.line([(wx, y - s * 0.055), tip], "#16131c", s * 0.008)


def hills(
    p: Paper, seed: str, base: float, height: float, color: str, shift: float = 0, shadow: float = 0
) -> None:
    """A ridge across the whole width, `height` high around `base`; `shift` moves it sideways."""
    rng = random.Random(seed)
    waves = [(rng.uniform(0.6, 2.6), rng.random(), rng.uniform(0.3, 1)) for _ in range(4)]
    points = [(0.0, float(p.height))]
    for i in range(81):
        x = p.width * i / 80
        u = (x + shift) / p.width
        points.append((x, base - height * sum(a * math.sin(math.tau * (f * u + o)) for f, o, a in waves) / 3))
    p.poly([*points, (float(p.width), float(p.height))], color, shadow)


def person(p: Paper, x: float, y: float, s: float, coat: str, skin: str = "#b9744f", bend: float = 0) -> None:
    """A small person standing on (x, y), `s` high; `bend` from 0 to 1 bends over to the right."""
    hip = (x, y - s * 0.42)
    head = (x + s * 0.42 * math.sin(bend * 1.5), y - s * 0.42 - s * 0.42 * math.cos(bend * 1.5))
    for side in (-0.07, 0.07):
        p.line([hip, (x + side * s, y)], INK, s * 0.08)
    mid = ((hip[0] + head[0]) / 2, (hip[1] + head[1]) / 2)
    p.line([hip, mid], coat, s * 0.24)
    p.line([mid, (mid[0] + s * 0.1 + s * 0.1 * bend, mid[1] + s * 0.24)], mix(coat, "#000000", 0.2), s * 0.07)
    p.disc(*head, s * 0.11, skin)
