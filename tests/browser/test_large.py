"""Large pages hold to what small ones hold to: a family of 500, rolls of hundreds, a long list of credits."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext

from browser.checks import CROSSED, WIDER, faults, strays
from browser.serving import serve
from conftest import build, once, write

pytestmark = pytest.mark.browser

PEOPLE = [f"p{number:03}" for number in range(480)]
PAGES = {
    "tree": "records/w000/tree/",
    "credits": "contributors/p000/",
    "roll": "episodes/one/",
    "work of 480": "records/crowd/",
    "work made of 80": "records/patchwork/",
}
LEAN = " ".join(f"--set pages.{kind}=none" for kind in ("cards", "embeds", "badges", "json", "feeds"))


def large() -> dict[str, str]:
    """An archive with much of everything: w000 led to 499 works, p000 made 1,500."""
    family = [
        {
            "id": f"w{at:03}",
            "title": f"The Internationalisation of Work {at}",
            "by": [PEOPLE[at % 480], "p000"],
        }
        | ({"sources": sorted({f"w{at // 3:03}", f"w{at // 7:03}"})} if at else {})
        for at in range(500)
    ]
    others = [{"id": f"r{at:04}", "title": f"Ballad {at}", "by": "p000"} for at in range(1000)]
    crowd = {"id": "crowd", "title": "Everybody", "by": PEOPLE}
    patchwork = {"id": "patchwork", "title": "Patchwork", "sources": [f"r{at:04}" for at in range(80)]}
    names = [{"id": one, "name": f"Maximiliana Fitzgerald-Okonkwo {one}"} for one in PEOPLE]
    listed = (("records", [*family, *others, crowd, patchwork]), ("contributors", names))
    return {
        **{f"content/{name}.jsonl": "\n".join(json.dumps(row) for row in rows) for name, rows in listed},
        "content/episodes/one/index.md": f"---\ntitle: One\nuses: [w499, crowd]\ncredits: "
        f"{{author: [{', '.join(PEOPLE[:150])}], performer: [{', '.join(PEOPLE[100:220])}]}}\n---\n",
    }


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the large archive is served."""

    def make(folder: Path) -> Path:
        made = build(write(folder / "archive", large()), folder / "site", LEAN)
        assert made.status == 0, made.text
        return made.output

    with serve(once(tmp_path_factory, "large", make), "/") as base:
        yield base


@pytest.mark.parametrize("kind", PAGES)
def test_large_pages_are_as_good_as_small_ones(
    kind: str, address: str, context: Callable[..., BrowserContext]
) -> None:
    page = context().new_page()
    page.goto(address + PAGES[kind])
    assert faults(page, (360,)) == {}
    for width in (1280, 720, 360):
        page.set_viewport_size({"width": width, "height": 800})
        assert (width, page.evaluate(WIDER), page.evaluate(CROSSED)) == (width, [], [])


def test_a_tree_of_hundreds_is_walked_by_tab(address: str, context: Callable[..., BrowserContext]) -> None:
    page = context(360).new_page()
    page.goto(address + PAGES["tree"])
    assert strays(page) == []
