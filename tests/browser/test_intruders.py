"""Nothing that an archive says runs in a browser, even where no policy would stop it."""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Dialog, Error, Page, Request

from browser.intruders import BUILT_IN, corpus, hostile_archive
from browser.serving import serve
from conftest import build, write

pytestmark = pytest.mark.browser

# Tells of everything that a script which got in would do; the rest of the page cannot notice.
TRAP = """(() => {
  window.caught = [];
  for (const name of ["alert", "prompt", "confirm", "print", "open", "fetch"]) {
    window[name] = (...given) => { window.caught.push(`${name}(${given.map(String).join().slice(0, 80)})`); };
  }
  addEventListener("error", (event) => event.message && window.caught.push(event.message));
})()"""
# What ran, and what would run if somebody clicked or a browser were older.
HOLES = """() => {
  const found = window.caught.splice(0);
  const script = /^[\\s\\0-\\x20]*(javascript|vbscript|livescript|data|file|blob|filesystem)\\s*:/i;
  const odd = "base, object, embed, iframe, frame, applet, foreignObject, animate, set, math";
  for (const one of document.querySelectorAll("*")) {
    for (const {name, value} of one.attributes) {
      const shown = `<${one.tagName} ${name}="${value}">`;
      if (/^on|^(style|srcdoc|ping|formaction|background)$/i.test(name)) found.push(shown);
      if (/^(href|src|action|data|xlink:href|to|from|values|poster|cite)$/i.test(name)
        && script.test(value.replace(/[\\t\\n\\r]/g, ""))) found.push(shown);
    }
    // The browser's own view of XML brings a style of its own.
    if (one.matches(`${odd}, style:not(#xml-viewer-style)`))
      found.push(one.outerHTML.slice(0, 80));
    const own = /^\\/assets\\/[\\w.-]+\\.js$/.test(new URL(one.src || "x:", location).pathname);
    if (one.matches("script") && one.type !== "application/ld+json" && !own) found.push(one.outerHTML);
  }
  return found;
}"""


def looker(page: Page, base: str) -> Callable[[str], list[str]]:
    """A function that loads an address of a site and answers everything that went wrong there."""
    found: list[str] = []
    own = urlsplit(base).netloc

    def refuse(dialog: Dialog) -> None:
        found.append(f"dialog {dialog.message}")
        dialog.dismiss()

    def asked(request: Request) -> None:
        # Pictures and players from elsewhere are an editor's to show.
        if urlsplit(request.url).netloc != own and request.resource_type not in ("image", "media"):
            found.append(f"{request.resource_type} {request.url}")

    page.on("dialog", refuse)
    page.on("popup", lambda other: found.append(f"popup {other.url}"))
    page.on("download", lambda load: found.append(f"download {load.url}"))
    page.on("request", asked)

    def look(address: str) -> list[str]:
        try:
            page.goto(base + address)
            page.mouse.move(200, 150)
            found.extend(page.evaluate(HOLES))
        except Error as gone:  # led away while it was looked at
            found.append(gone.message)
        if page.url.partition("#")[0] != base + address:
            found.append(f"went to {page.url}")
        seen = list(found)
        found.clear()
        return seen

    return look


def test_nothing_runs(tmp_path: Path, context: Callable[..., BrowserContext]) -> None:
    files = hostile_archive(corpus())
    made = build(write(tmp_path / "archive", files), tmp_path / "site")
    assert made.status == 0, made.text
    pages = [file for file in made.output.rglob("*") if file.suffix in (".html", ".svg", ".xml")]
    assert len(pages) > 300
    window = context(bypass_csp=True)
    window.add_init_script(TRAP)
    faults = {}
    with serve(made.output, "/", policy="") as base:
        look = looker(window.new_page(), base)
        for file in pages:
            address = file.relative_to(made.output).as_posix()
            if found := look(address):
                faults[address] = found
    assert not faults


def test_the_trap_catches_what_runs(tmp_path: Path, context: Callable[..., BrowserContext]) -> None:
    """Written into a page as they are, many of the texts run: the test above can fail."""
    texts = BUILT_IN[::4]
    for number, text in enumerate(texts):
        (tmp_path / f"{number}.html").write_text(f"<!doctype html><body>{text}", "utf-8")
    window = context(bypass_csp=True)
    window.add_init_script(TRAP)
    with serve(tmp_path, "/", policy="") as base:
        seen = []
        for number, text in enumerate(texts):
            page = window.new_page()  # some of them lead away
            seen.append((text, looker(page, base)(f"{number}.html")))
            page.close()
    ran = [text for text, found in seen if any("alert(1)" in fault for fault in found)]
    assert len(ran) > 5
    assert sum(bool(found) for _, found in seen) > 10
