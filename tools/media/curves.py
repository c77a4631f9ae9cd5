"""Points into curves, and a few numbers for movement."""

import math
from collections.abc import Sequence

Point = tuple[float, float]


def smooth(points: Sequence[Point], steps: int = 10) -> list[Point]:
    """A Catmull-Rom curve through the points; closed where the first is also the last."""
    closed = points[0] == points[-1]
    inner = list(points[:-1] if closed else points)
    n = len(inner)
    if n < 3:
        return list(points)
    out: list[Point] = []
    for i in range(n if closed else n - 1):
        spots = (i - 1, i, i + 1, i + 2)
        p = [inner[k % n] if closed else inner[min(max(k, 0), n - 1)] for k in spots]
        for step in range(steps):
            t = step / steps
            out.append((_blend([q[0] for q in p], t), _blend([q[1] for q in p], t)))
    return [*out, inner[0] if closed else inner[-1]]


def _blend(p: list[float], t: float) -> float:
    a, b, c, d = p
    return 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - 3 * c + d - a) * t**3)


def outline(words: str) -> list[Point]:
    """Points written as `x,y x,y`."""
    pairs = (word.split(",") for word in words.split())
    return [(float(x), float(y)) for x, y in pairs]


def arc(x: float, y: float, rx: float, ry: float, start: float, end: float) -> list[Point]:
    """Points on an ellipse, from one angle to another in degrees; 0 is right, 90 is down."""
    steps = max(4, int(abs(end - start) / 6))
    angles = (math.radians(start + (end - start) * i / steps) for i in range(steps + 1))
    return [(x + rx * math.cos(a), y + ry * math.sin(a)) for a in angles]


def ease(t: float) -> float:
    """From 0 to 1, slow at both ends; outside of that it stays."""
    t = min(1.0, max(0.0, t))
    return t * t * (3 - 2 * t)


def wave(t: float, period: float = 1.0, phase: float = 0.0) -> float:
    """A sine between -1 and 1."""
    return math.sin(math.tau * (t / period + phase))
