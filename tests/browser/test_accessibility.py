"""Every kind of page holds to WCAG 2.2 A and AA, as far as a program can tell, and to the keyboard."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, Route

from browser.checks import faults, strays
from browser.serving import KINDS

pytestmark = pytest.mark.browser


def stay(route: Route) -> None:
    """A page that refreshes to elsewhere, without that."""
    answer = route.fetch()
    route.fulfill(response=answer, body=re.sub(r'<meta http-equiv="refresh"[^>]*>', "", answer.text()))


@pytest.mark.parametrize("kind", KINDS)
def test_axe_finds_nothing(kind: str, archive: str, page: Page) -> None:
    if kind == "redirect":
        page.route(archive + KINDS[kind], stay)
    page.goto(archive + KINDS[kind])
    assert faults(page, (1280, 320), dark=(1280,)) == {}


@pytest.mark.parametrize(
    "kind", ["home", "episode", "record: audio", "records", "contributor", "tree of a record", "embed"]
)
@pytest.mark.parametrize("width", [320, 1280])
def test_everything_is_reached_and_seen_from_the_keyboard(
    kind: str, width: int, archive: str, context: Callable[..., BrowserContext]
) -> None:
    page = context(width).new_page()
    page.goto(archive + KINDS[kind])
    assert strays(page) == []


@pytest.mark.parametrize("kind", ["home", "episode", "record: image", "contributor", "tree of an episode"])
def test_the_first_stop_skips_to_the_content(kind: str, archive: str, page: Page) -> None:
    page.goto(archive + KINDS[kind])
    page.keyboard.press("Tab")
    skip = page.locator("a.skip")
    assert skip.evaluate("link => link === document.activeElement")
    box = skip.bounding_box()
    assert box
    assert box["y"] >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")
