"""Pictures and players in a real browser: what a telephone loads, what moves, what the keyboard reaches."""

import io
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Page

from browser.serving import KINDS

pytestmark = pytest.mark.browser


def photograph() -> bytes:
    """12 megapixels of clouds and grain, which compress as a photograph does."""
    bands = []
    for seed in range(3):
        band = Image.linear_gradient("L").rotate(90 * seed).resize((4000, 3000))
        for cells, share in ((8, 0.6), (40, 0.5), (200, 0.35), (1000, 0.12)):
            noise = Image.effect_noise((cells, cells * 3 // 4), 90).resize((4000, 3000))
            band = Image.blend(band, noise, share)
        bands.append(band)
    out = io.BytesIO()
    Image.merge("RGB", bands).save(out, "JPEG", quality=88)
    return out.getvalue()


def plays(page: Page) -> None:
    """Wait until the first player is past its beginning; by asking, since a page may have no scripts."""
    for _ in range(100):
        if page.locator("audio, video").first.evaluate("player => player.currentTime > 0"):
            return
        page.wait_for_timeout(100)
    pytest.fail("nothing plays")


def test_a_telephone_loads_little_of_a_large_photograph(
    served: Callable[..., str], context: Callable[..., BrowserContext]
) -> None:
    address = served(
        {
            "content/records/sea/index.md": "---\ntitle: Sea\nmedia: {file: sea.jpg, alt: Sea}\n---\nWet.\n",
            "content/records/sea/sea.jpg": photograph(),
        }
    )
    page = context(360, 740, device_scale_factor=3, is_mobile=True).new_page()
    # The page is drawn before the photograph arrives, as it is on a slow line.
    page.route("**/media/**", lambda route: (time.sleep(0.5), route.continue_()))
    loaded: list[int] = []
    page.on("response", lambda answer: loaded.append(len(answer.body())) if "/media/" in answer.url else None)
    page.add_init_script(
        """window.shifts = [];
        new PerformanceObserver((list) => window.shifts.push(...list.getEntries().map((one) => one.value)))
          .observe({type: "layout-shift", buffered: true});"""
    )
    page.goto(f"{address}records/sea/", wait_until="networkidle")
    image = page.locator(".work img")
    assert image.evaluate("image => image.clientWidth") > 300
    assert str(image.evaluate("image => image.currentSrc")).endswith(".avif")
    assert 10_000 < sum(loaded) < 120_000
    assert page.evaluate("sum = 0, shifts.forEach((one) => sum += one), sum") < 0.01
    # Its place has its colour before it is there.
    assert image.evaluate("image => getComputedStyle(image).backgroundColor") != "rgba(0, 0, 0, 0)"


def test_an_animation_stands_still_for_those_who_want_that(
    served: Callable[..., str], context: Callable[..., BrowserContext]
) -> None:
    frames = [Image.new("RGB", (90, 60), (shade, 0, 0)) for shade in (10, 90, 200)]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], duration=100, loop=0)
    address = served(
        {
            "content/records/sea/index.md": "---\ntitle: Sea\nmedia: {file: sea.gif, alt: The sea}\n---\n",
            "content/records/sea/sea.gif": out.getvalue(),
        }
    )
    page = context().new_page()  # which prefers reduced motion
    page.goto(f"{address}records/sea/")
    source = "image => image.currentSrc"
    assert str(page.locator(".work img").evaluate(source)).endswith(".avif")
    page.emulate_media(reduced_motion="no-preference")
    page.goto(f"{address}records/sea/")
    assert str(page.locator(".work img").evaluate(source)).endswith(".webp")


def test_a_page_of_sound_is_usable_by_keyboard(archive: str, page: Page) -> None:
    page.goto(archive + KINDS["record: audio"])
    player = page.locator("audio")
    wave = page.locator("img.wave")
    wave.scroll_into_view_if_needed()
    page.wait_for_function("() => document.querySelector('img.wave').naturalWidth > 100")
    player.evaluate("audio => audio.readyState || new Promise(done => audio.onloadedmetadata = done)")
    for _ in range(40):
        page.keyboard.press("Tab")
        if player.evaluate("audio => audio === document.activeElement"):
            break
    else:
        pytest.fail("the player is not reached by keyboard")
    page.keyboard.press("Space")
    plays(page)
    assert page.locator(".plays a").get_attribute("download") == "hold-music.mp3"


def test_without_scripts_all_media_still_play(
    archive: str, context: Callable[..., BrowserContext], example: Path
) -> None:
    page = context(java_script_enabled=False).new_page()
    for kind in ("record: audio", "record: video", "episode"):
        page.goto(archive + KINDS[kind])
        player = page.locator("audio, video").first
        assert player.get_attribute("controls") is not None
        box = player.bounding_box()
        assert box is not None
        source = player.locator("source").first.get_attribute("src")
        address = page.evaluate("address => new URL(address, location.href).href", source)
        assert page.request.get(address).ok
        player.focus()
        page.keyboard.press("Space")
        plays(page)


def test_chapters_lead_through_an_episode(archive: str, page: Page) -> None:
    page.goto(archive + KINDS["episode"])
    starts = page.locator("video").first.evaluate("""video => new Promise((done, fail) => {
      const track = video.querySelector("track[kind=chapters]");
      track.addEventListener("load", () => done([...track.track.cues].map((cue) => cue.startTime)));
      track.addEventListener("error", () => fail(new Error("the chapters did not load")));
      track.track.mode = "hidden";
    })""")
    assert len(starts) > 1
    assert starts == sorted(starts)
    assert page.locator(".running a.at").count() >= len(starts)
