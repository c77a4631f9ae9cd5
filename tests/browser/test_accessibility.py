"""Every kind of page holds to WCAG 2.2 A and AA, as far as a program can tell, and to the keyboard."""

import re
from collections.abc import Callable
from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import BrowserContext, Page, Route

from browser.serving import KINDS

pytestmark = pytest.mark.browser

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")
RUN = """async (values) => {
  const type = values[0].startsWith("wcag") ? "tag" : "rule";
  const rules = type === "tag" ? {"target-size": {enabled: true}} : {};
  const result = await axe.run(document, {runOnly: {type, values}, rules, resultTypes: ["violations"]});
  const words = (node) => (node.any[0] || node.all[0] || node.none[0] || {message: ""}).message;
  return result.violations.flatMap((rule) =>
    rule.nodes.map((node) => `${rule.id}: ${node.target.join(" ")}: ${words(node)}`));
}"""
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]
COLOURS = ["color-contrast", "link-in-text-block"]  # all that the dark may change


def stay(route: Route) -> None:
    """A page that refreshes to elsewhere, without that."""
    answer = route.fetch()
    route.fulfill(response=answer, body=re.sub(r'<meta http-equiv="refresh"[^>]*>', "", answer.text()))


@pytest.mark.parametrize("kind", KINDS)
def test_axe_finds_nothing(kind: str, archive: str, page: Page) -> None:
    found: dict[str, list[str]] = {}
    if kind == "redirect":
        page.route(archive + KINDS[kind], stay)
    page.goto(archive + KINDS[kind])
    page.evaluate(AXE)  # by way of the debugger: the page's own policy stays as it is
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 800})
        for scheme, rules in (("light", TAGS), ("dark", COLOURS)):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            for fault in page.evaluate(RUN, rules):
                found.setdefault(fault, []).append(f"{scheme} {width}")
    assert not found


# What the keyboard can stop at, numbered in the order of the document.
STOPS = """() => {
  const all = "a[href], button, input, textarea, select, summary, audio[controls], video[controls]";
  const every = [...document.querySelectorAll(all)];
  const seen = every.filter((one) => one.tabIndex >= 0 && one.checkVisibility());
  seen.forEach((one, index) => (one.stop = index));
  return seen.map((one) => one.outerHTML.slice(0, 100));
}"""
FOCUS = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return null;
  const style = getComputedStyle(one);
  const box = one.getBoundingClientRect();
  const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  const inside = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  return {stop: one.stop, seen: /^(AUDIO|VIDEO)$/.test(one.tagName) || (ring && inside)};
}"""


@pytest.mark.parametrize(
    "kind", ["home", "episode", "record: audio", "records", "contributor", "tree of a record", "embed"]
)
@pytest.mark.parametrize("width", [320, 1280])
def test_everything_is_reached_and_seen_from_the_keyboard(
    kind: str, width: int, archive: str, context: Callable[..., BrowserContext]
) -> None:
    page = context(width).new_page()
    page.goto(archive + KINDS[kind])
    stops = page.evaluate(STOPS)
    reached: list[int] = []
    unseen = []
    for _ in range(len(stops) * 2 + 60):  # a player's own buttons are stops too
        page.keyboard.press("Tab")
        focus = page.evaluate(FOCUS)
        if focus is None:
            break  # on to the browser's own buttons: the page has let go
        if focus["stop"] not in reached:
            reached.append(focus["stop"])
            if not focus["seen"]:
                unseen.append(stops[focus["stop"]])
    else:
        pytest.fail("the page keeps the focus")
    assert [stops[stop] for stop in sorted(set(range(len(stops))) - set(reached))] == []
    assert reached == sorted(reached)
    assert unseen == []


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
