"""What a browser finds wrong with a page: by axe, by the keyboard alone, and by where its texts stand."""

from pathlib import Path
from typing import Any

import axe_playwright_python
from playwright.sync_api import Page

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


def faults(page: Page, light: tuple[int, ...], dark: tuple[int, ...] = ()) -> dict[str, list[str]]:
    """What axe says of the page as it is, and where: in windows of these widths, light and dark."""
    found: dict[str, list[str]] = {}
    page.evaluate(AXE)  # by way of the debugger: the page's own policy stays as it is
    for scheme, widths, rules in (("light", light, TAGS), ("dark", dark, COLOURS)):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        for width in widths:
            page.set_viewport_size({"width": width, "height": 800})
            for fault in page.evaluate(RUN, rules):
                found.setdefault(fault, []).append(f"{scheme} {width}")
    return found


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
  const box = one.getBoundingClientRect();
  const inside = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  const light = (colour) => {
    const linear = (part) => (part > 0.04045 ? ((part + 0.055) / 1.055) ** 2.4 : part / 12.92);
    const [red, green, blue] = colour.match(/[\\d.]+/g).slice(0, 3).map((part) => linear(part / 255));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05;
  };
  // The ring is drawn, whole, in a colour that stands out from its ground. Round a card, its link draws it.
  const around = one.matches(".card .title a") ? one.closest(".card") : one;
  const style = getComputedStyle(one, around === one ? null : "::after");
  const out = parseFloat(style.outlineOffset) + parseFloat(style.outlineWidth) - 2;
  const ring = around.getBoundingClientRect();
  let whole = true, ground = document.elementFromPoint(ring.left - out, (ring.top + ring.bottom) / 2);
  for (ground ||= around.parentElement; / 0\\)$/.test(getComputedStyle(ground).backgroundColor); )
    ground = ground.parentElement;
  for (let at = around.parentElement; at; at = at.parentElement) {
    const {overflow} = getComputedStyle(at), clip = at.getBoundingClientRect();
    if (overflow !== "visible" && at !== document.documentElement)
      whole &&= ring.left - out >= clip.left && ring.right + out <= clip.right;
    if (/hidden|clip/.test(overflow))
      whole &&= ring.top - out >= clip.top && ring.bottom + out <= clip.bottom;
  }
  const colours = [style.outlineColor, getComputedStyle(ground).backgroundColor];
  const [dark, bright] = colours.map(light).sort((less, more) => less - more);
  const drawn = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  const ringed = drawn && whole && bright / dark >= 3;
  return {stop: one.stop, seen: ringed && (inside || /^(AUDIO|VIDEO)$/.test(one.tagName))};
}"""


def strays(page: Page) -> list[Any]:
    """What Tab alone does not reach, reaches out of order, or reaches unseen; and whether it is let go."""
    stops = page.evaluate(STOPS)
    reached: list[int] = []
    found: list[Any] = []
    for _ in range(len(stops) * 2 + 60):  # a player's own buttons are stops too
        page.keyboard.press("Tab")
        focus = page.evaluate(FOCUS)
        if focus is None:
            break  # on to the browser's own buttons: the page has let go
        if focus["stop"] not in reached:
            reached.append(focus["stop"])
            if not focus["seen"]:
                found.append(f"unseen: {stops[focus['stop']]}")
    else:
        found.append("the page keeps the focus")
    found += [f"not reached: {stops[stop]}" for stop in sorted(set(range(len(stops))) - set(reached))]
    return found if reached == sorted(reached) else [*found, f"order: {reached}"]


# What stands out of the window sideways, if the page as a whole can be moved sideways.
WIDER = """() => {
  const width = document.documentElement.clientWidth;
  if (document.scrollingElement.scrollWidth <= width) return [];
  const wide = [...document.querySelectorAll("body *")].filter((one) => {
    const box = one.getBoundingClientRect();
    return (box.right > width + 1 || box.left < -1) && box.width && !one.closest(".scroll");
  });
  const shown = wide.slice(0, 4).map((one) => one.outerHTML.slice(0, 90));
  return [`${document.scrollingElement.scrollWidth} wide`, ...shown];
}"""

# Texts that stand on each other, by the boxes of their lines, as far as these can be seen.
CROSSED = """() => {
  const lines = [], found = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let text; (text = walker.nextNode()); ) {
    const holder = text.parentElement;
    const seen = holder.checkVisibility({visibilityProperty: true}) && !holder.closest(".skip, title");
    if (!text.data.trim() || !seen) continue;
    const clips = [];
    for (let one = holder; one; one = one.parentElement)
      if (getComputedStyle(one).overflow !== "visible") clips.push(one.getBoundingClientRect());
    const range = document.createRange();
    range.selectNodeContents(text);
    for (const box of range.getClientRects()) {
      const air = box.height / 5;  // letters are lower than their line
      const left = Math.max(box.left, ...clips.map((clip) => clip.left));
      const right = Math.min(box.right, ...clips.map((clip) => clip.right));
      const top = Math.max(box.top + air, ...clips.map((clip) => clip.top));
      const bottom = Math.min(box.bottom - air, ...clips.map((clip) => clip.bottom));
      if (right > left && bottom > top) lines.push({text, left, right, top, bottom});
    }
  }
  lines.sort((one, other) => one.top - other.top);
  lines.forEach((one, at) => {
    for (const other of lines.slice(at + 1)) {
      if (other.top >= one.bottom) break;
      const wide = Math.min(one.right, other.right) - Math.max(one.left, other.left);
      if (one.text !== other.text && wide > 1)
        found.push(`${one.text.data.trim()} × ${other.text.data.trim()}`);
    }
  });
  return found;
}"""
