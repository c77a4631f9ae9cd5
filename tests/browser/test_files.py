"""A site that was built with `links = "files"` works from a disk, without any server."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from conftest import Site

pytestmark = pytest.mark.browser


def test_a_site_opens_from_a_disk(site: Callable[..., Site], page: Page) -> None:
    made = site(
        {
            "content/contributors/ada.md": "---\nname: Ada Fenwick\n---\n",
            "content/records/lamp.md": "---\ntitle: A Lamp\nby: ada\n---\nIt burns.\n",
            "content/records/moth.md": "---\ntitle: A Moth\nby: ada\nsources: [lamp]\n---\nIt came.\n",
            "content/records/wasp.md": "---\ntitle: A Wasp\nby: ada\nsources: [lamp]\n---\nIt left.\n",
        },
        "--set build.links=files",
    )
    assert made.status == 0, made.text
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.on("requestfailed", lambda request: faults.append(request.url))
    page.goto((made.output / "index.html").as_uri())
    title = "getComputedStyle(document.querySelector('header.site')).backgroundColor"
    dark = page.evaluate(title)
    assert dark != "rgba(0, 0, 0, 0)"
    for name in ("Records", "A Moth", "A Lamp", "The whole remix tree"):
        page.get_by_role("link", name=name).first.click()
        page.wait_for_load_state()
        assert page.url.startswith("file:")
        assert page.url.endswith("/index.html")
        assert page.evaluate(title) == dark
    assert page.locator(".tree li button").count() > 0  # its script runs, where a work branches
    page.get_by_role("link", name="People").first.click()
    page.get_by_role("link", name="Ada Fenwick").first.click()
    assert page.locator("h1").inner_text() == "Ada Fenwick"
    assert faults == []
