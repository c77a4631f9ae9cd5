"""SVG of strangers: sanitised, and only ever shown as an image. Needs the extra `svg` (py-svg-hush)."""

import re
from functools import cache
from xml.etree import ElementTree

from byline.read.pictures import Unfit

# A drawing may show parts of itself again, and parts of those; so often, counted through all of them.
MOST_USES = 10_000
_NAMESPACE = "{http://www.w3.org/2000/svg}"


def sanitised(data: bytes) -> bytes:
    """The drawing alone: no script, no handler, nothing that loads. Raises Unfit."""
    try:
        from py_svg_hush import filter_svg
    except ImportError as error:
        reason = 'drawings of strangers (SVG) are cleaned by the extra "svg": pip install "byline[svg]"'
        raise Unfit("unsupported-media", reason) from error
    try:
        return bytes(filter_svg(data))
    except (KeyboardInterrupt, MemoryError):
        raise
    except BaseException as error:  # what its native code raises where it gives up is no Exception
        raise Unfit("broken-media", f"this drawing is damaged ({error})") from error


def size(data: bytes) -> tuple[int, int]:
    """Width and height in pixels of a sanitised drawing. Raises Unfit, also for one without end."""
    try:
        root = ElementTree.fromstring(data)
    except ElementTree.ParseError as error:
        raise Unfit("broken-media", f"this drawing is damaged ({error})") from error
    if root.tag != f"{_NAMESPACE}svg":
        raise Unfit("broken-media", "this is no drawing")
    _count_uses(root)
    box = [float(part) for part in re.findall(r"-?\d+(?:\.\d+)?", root.get("viewBox", ""))]
    wide, high = (box[2], box[3]) if len(box) == 4 and min(box[2:]) > 0 else (300.0, 150.0)
    width, height = _pixels(root.get("width", "")), _pixels(root.get("height", ""))
    width = width or (height * wide / high if height else wide)
    return max(1, round(width)), max(1, round(height or width * high / wide))


def _pixels(length: str) -> float:
    found = re.fullmatch(r"\s*(\d{1,6}(?:\.\d+)?)(?:px)?\s*", length)
    return float(found[1]) if found else 0.0


def _count_uses(root: ElementTree.Element) -> None:
    by_id = {name: element for element in root.iter() if (name := element.get("id"))}

    @cache
    def inside(name: str) -> int:
        element = by_id.get(name)
        return 0 if element is None else uses(element)

    def uses(element: ElementTree.Element) -> int:
        count = 0
        for one in element.iter(f"{_NAMESPACE}use"):
            target = one.get("href") or one.get("{http://www.w3.org/1999/xlink}href") or ""
            count += 1 + inside(target.removeprefix("#"))
        return count

    try:
        total = uses(root)
    except RecursionError:
        total = MOST_USES + 1
    if total > MOST_USES:
        raise Unfit("media-limit", f"it shows parts of itself more than {MOST_USES:,} times")
