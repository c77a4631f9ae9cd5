"""One real Chromium for all tests of this folder, and the example archive as it is built and served."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from browser.serving import chromium, serve
from conftest import Site

# Nothing but this machine can be reached, whatever a page asks for.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """The system's Chromium, for as long as tests of this folder run."""
    path = chromium()
    if path is None:
        pytest.skip("no chromium, chromium-browser or google-chrome on this machine")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """`context(width=…, …)` opens windows with settings of their own, which end with the test."""
    contexts = []

    def make(width: int = 1280, height: int = 800, **settings: object) -> BrowserContext:
        size = {"width": width, "height": height}
        made = browser.new_context(viewport=size, reduced_motion="reduce", **settings)  # type: ignore[arg-type]
        made.set_default_timeout(15_000)
        contexts.append(made)
        return made

    yield make
    for made in contexts:
        made.close()


@pytest.fixture
def page(context: Callable[..., BrowserContext]) -> Page:
    """A page in a window of 1280 × 800."""
    return context().new_page()


@pytest.fixture(scope="session")
def archive(example: Path) -> Iterator[str]:
    """The address of the example archive, which lives below /archive/."""
    with serve(example, "/archive/") as address:
        yield address


@pytest.fixture
def served(site: Callable[..., Site]) -> Iterator[Callable[..., str]]:
    """`served({path: text})` builds an archive and serves it; its address."""
    servers = []

    def make(files: dict[str, str | bytes], options: str = "") -> str:
        made = site(files, options)
        assert made.status == 0, made.text
        server = serve(made.output, "/")
        servers.append(server)
        return server.__enter__()

    yield make
    for server in servers:
        server.__exit__(None, None, None)
