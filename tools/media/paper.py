"""A sheet of paper to cut, print and write on: Pillow, twice as large as asked, with round pens."""

import random
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from PIL import Image, ImageChops, ImageColor, ImageDraw, ImageFilter

from media.curves import Point, arc
from media.letters import lettering

SCALE = 2
RGB = tuple[int, int, int]


def mix(first: str, second: str, share: float) -> str:
    """A colour between two, `share` of it the second."""
    a, b = ImageColor.getrgb(first), ImageColor.getrgb(second)
    return "#" + "".join(
        f"{round(p + (q - p) * min(1, max(0, share))):02x}" for p, q in zip(a, b, strict=False)
    )


class Paper:
    """A picture being made. Coordinates are in pixels of the finished picture."""

    def __init__(self, width: int, height: int, color: str) -> None:
        self.width, self.height = width, height
        self.image = Image.new("RGB", (width * SCALE, height * SCALE), color)
        self.pen = ImageDraw.Draw(self.image)

    def poly(self, points: Sequence[Point], fill: str, shadow: float = 0, dark: str = "#1b1420") -> None:
        """A cut shape; `shadow` pixels of it fall to the lower right."""
        if shadow:
            moved = [(x + shadow, y + shadow) for x, y in points]
            self.veil(moved, dark, 0.28)
        self.pen.polygon([(x * SCALE, y * SCALE) for x, y in points], fill=fill)

    def veil(self, points: Sequence[Point], color: str, strength: float) -> None:
        """A transparent shape."""
        scaled = [(x * SCALE, y * SCALE) for x, y in points]
        left, top = (max(0, int(min(p[i] for p in scaled)) - 1) for i in (0, 1))
        right = min(self.image.width, int(max(p[0] for p in scaled)) + 2)
        bottom = min(self.image.height, int(max(p[1] for p in scaled)) + 2)
        if right <= left or bottom <= top:
            return
        mask = Image.new("L", (right - left, bottom - top), 0)
        tone = round(255 * min(1.0, max(0.0, strength)))
        ImageDraw.Draw(mask).polygon([(x - left, y - top) for x, y in scaled], fill=tone)
        self.image.paste(ImageColor.getrgb(color), (left, top), mask)

    def rect(self, x: float, y: float, w: float, h: float, fill: str, shadow: float = 0) -> None:
        """A rectangle by its corner and size."""
        self.poly([(x, y), (x + w, y), (x + w, y + h), (x, y + h)], fill, shadow)

    def disc(self, x: float, y: float, r: float, fill: str, ry: float = 0, shadow: float = 0) -> None:
        """A circle, or an ellipse with `ry`."""
        self.poly(arc(x, y, r, ry or r, 0, 360), fill, shadow)

    def line(self, points: Sequence[Point], color: str, width: float) -> None:
        """A round pen along the points."""
        scaled = [(x * SCALE, y * SCALE) for x, y in points]
        thick = max(1, round(width * SCALE))
        if len(scaled) > 1:
            self.pen.line(scaled, fill=color, width=thick)
        if thick > 2:
            for x, y in scaled:
                r = thick / 2 - 0.5
                self.pen.ellipse((x - r, y - r, x + r, y + r), fill=color)

    def nib(self, points: Sequence[Point], color: str, broad: float, angle: Point = (0.7, -0.7)) -> None:
        """A broad pen held at an angle, as calligraphers do: thin one way and thick the other."""
        dx, dy = broad / 2 * angle[0], broad / 2 * angle[1]
        for (x0, y0), (x1, y1) in pairwise(points):
            self.poly([(x0 - dx, y0 - dy), (x0 + dx, y0 + dy), (x1 + dx, y1 + dy), (x1 - dx, y1 - dy)], color)

    def fade(self, top: str, bottom: str, y0: float = 0, y1: float = 0) -> None:
        """A vertical change of colour across the whole width."""
        start, end = int(y0 * SCALE), int((y1 or self.height) * SCALE)
        for y in range(start, end):
            color = mix(top, bottom, (y - start) / max(1, end - start))
            self.pen.line([(0, y), (self.image.width, y)], fill=color)

    def glow(self, x: float, y: float, r: float, color: str, strength: float = 1.0) -> None:
        """Soft light around a point."""
        side = 64
        spot = Image.new("L", (side, side), 0)
        pen = ImageDraw.Draw(spot)
        for i in range(side // 2):
            tone = round(255 * strength * (i / (side / 2)) ** 2)
            pen.ellipse((i, i, side - i, side - i), fill=tone)
        spot = spot.resize((round(2 * r * SCALE),) * 2, Image.Resampling.BICUBIC)
        corner = (round((x - r) * SCALE), round((y - r) * SCALE))
        self.image.paste(ImageColor.getrgb(color), corner, spot)

    def text(
        self, words: str, x: float, y: float, size: float, color: str, weight: float = 0, align: str = "l"
    ) -> float:
        """Letters whose capitals are `size` high, from (x, y) at the top; gives their width."""
        unit = size / 12
        lines, width = lettering(words)
        shift = {"l": 0.0, "c": width / 2, "r": width}[align] * unit
        for stroke in lines:
            placed = [(x - shift + px * unit, y + py * unit) for px, py in stroke]
            self.line(placed, color, weight or size / 8)
        return width * unit

    def grain(self, seed: str, strength: float = 0.05) -> None:
        """The tooth of the paper, the same for the same seed."""
        w, h = self.image.width // 3, self.image.height // 3
        noise = Image.frombytes("L", (w, h), random.Random(seed).randbytes(w * h))
        noise = noise.filter(ImageFilter.GaussianBlur(0.6)).resize(self.image.size)
        self.image = Image.blend(self.image, ImageChops.overlay(self.image, noise.convert("RGB")), strength)
        self.pen = ImageDraw.Draw(self.image)

    def done(self) -> Image.Image:
        """The finished picture."""
        return self.image.reduce(SCALE)


def save(image: Image.Image, path: Path, colors: int = 96, quality: int = 82) -> None:
    """As the ending says: PNG with few colours for cut paper, JPEG for soft things."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".png":
        few = image.quantize(colors, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        few.save(path, optimize=True)
    else:
        image.save(path, quality=quality, optimize=True, progressive=True)
