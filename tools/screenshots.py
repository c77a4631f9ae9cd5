"""Take the pictures of the documentation anew: pages of the example archive, in a real browser.

    .venv/bin/python tools/screenshots.py

Builds the example archive into a temporary folder, and saves `docs/pictures/NAME.png`. Needs Playwright
(among the test dependencies) and a Chromium of the system.
"""

import shutil
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from byline.asked import Asked
from byline.build import build

ROOT = Path(__file__).parent.parent
PICTURES = ROOT / "docs" / "pictures"
# Pages whose names need no fonts beyond DejaVu's, so that no machine draws boxes for letters.
# name: address, selector of what stands at the top, width and height in pixels, scheme of colours
SHOTS = {
    "episode": ("episodes/s02e02-the-last-bus/", "", 1100, 1000, "light"),
    "credits": ("episodes/s01e01-doorsteps/step-song/", "section.credits", 1100, 1000, "light"),
    "contributor": ("contributors/edmund-farrowby/", "", 1100, 1000, "dark"),
    "tree": ("records/last-bus-ballad-sung/tree/", "", 1100, 900, "light"),
}


def shoot(browser: Browser, site: Path, name: str) -> Path:
    """Save the picture of one page, with few enough colours to stay small."""
    address, selector, width, height, scheme = SHOTS[name]
    size = {"width": width, "height": height}
    page = browser.new_page(viewport=size, color_scheme=scheme, reduced_motion="reduce")
    page.goto((site / address / "index.html").as_uri())
    page.wait_for_load_state("networkidle")
    # A player draws a spinner or a button over its poster, depending on the moment.
    page.evaluate("document.querySelectorAll('video').forEach(v => { v.controls = false; v.src = '' })")
    if selector:
        for details in page.locator(f"{selector} details").all():
            details.evaluate("element => { element.open = true }")
        page.locator(selector).first.evaluate("element => element.scrollIntoView()")
    path = PICTURES / f"{name}.png"
    page.screenshot(path=path)
    page.close()
    with Image.open(path) as image:
        few = image.convert("RGB").quantize(128, dither=Image.Dither.NONE)
    few.save(path, optimize=True)
    return path


def main() -> int:
    """Build, take all pictures, say how large they are."""
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        print("no Chromium here", file=sys.stderr)
        return 1
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        site = Path(folder)
        build(Asked(ROOT, ("build.links=files",)), site)
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for name in SHOTS:
            path = shoot(browser, site, name)
            print(f"{path.relative_to(ROOT)}: {path.stat().st_size // 1000} kB")
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
