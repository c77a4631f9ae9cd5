"""Pages hold to a strict Content-Security-Policy, ask nobody but their own server, and print no errors."""

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Route

from browser.serving import KINDS

pytestmark = pytest.mark.browser

WATCH = """document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`policy: ${event.effectiveDirective} ${event.blockedURI} ${event.sample}`), true)"""

# What runs and applies of what an intruder would add to a page.
TRY = """() => {
  const script = document.createElement("script");
  script.textContent = "window.ran = true";
  document.head.append(script);
  const image = document.createElement("img");
  image.setAttribute("onerror", "this.ran = true");
  image.dispatchEvent(new Event("error"));
  const text = document.createElement("p");
  text.setAttribute("style", "color: red");
  return [window.ran && "script", image.ran && "handler", text.style.color && "style"].filter(Boolean);
}"""


def test_nothing_breaks_a_strict_policy_and_nobody_else_is_asked(
    archive: str, context: Callable[..., BrowserContext]
) -> None:
    window = context()
    window.add_init_script(WATCH)
    page = window.new_page()
    faults: list[str] = []

    def said(message: ConsoleMessage) -> None:
        address = message.location["url"]
        # A browser's own word about status 404; and its wish for an icon where an embed stands alone.
        if message.type == "error" and not address.endswith((KINDS["no page"], "/favicon.ico")):
            faults.append(message.text)

    page.on("console", said)
    page.on("pageerror", lambda error: faults.append(str(error)))
    own = urlsplit(archive).netloc
    page.on("request", lambda asked: None if urlsplit(asked.url).netloc == own else faults.append(asked.url))
    found = {}
    for kind, address in KINDS.items():
        page.goto(archive + address)
        if kind == "redirect":
            page.wait_for_url("**/ash-lindqvarn/")
        else:
            page.evaluate("scrollTo(0, document.body.scrollHeight)")
        page.wait_for_load_state("load")
        if page.locator("meta[http-equiv='Content-Security-Policy']").count() != 1:
            faults.append("no policy of its own")
        if faults:
            found[kind] = list(faults)
        faults.clear()
    assert not found


def test_the_policy_of_a_page_lets_no_script_of_its_own_run(
    archive: str, context: Callable[..., BrowserContext]
) -> None:
    """Each page's own policy is enough, where a host sends no headers."""

    def bare(route: Route) -> None:
        answer = route.fetch()
        kept = {name: value for name, value in answer.headers.items() if name != "content-security-policy"}
        route.fulfill(response=answer, headers=kept)

    page = context().new_page()
    page.route("**/*", bare)
    assert page.evaluate(TRY) == ["script", "handler", "style"]
    for kind in ("home", "episode", "record: video", "contributor", "tree of a record", "embed"):
        page.goto(archive + KINDS[kind])
        assert page.evaluate(TRY) == [], kind
