"""Players and times: with the script times jump, without it they are links; captions load; cards are read."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page
from selectolax.lexbor import LexborHTMLParser, LexborNode

from browser.serving import KINDS

pytestmark = pytest.mark.browser

EPISODE = KINDS["episode"]
FIRST_TIME = "a.at[href*='#t=']"


def test_a_time_of_the_running_order_moves_the_player(archive: str, page: Page) -> None:
    page.goto(archive + EPISODE)
    player = page.locator("video").first
    player.evaluate("video => video.readyState || new Promise(done => video.onloadedmetadata = done)")
    times = page.locator(f".running {FIRST_TIME}")
    assert times.count() > 1
    link = times.nth(1)
    seconds = float(str(link.get_attribute("href")).partition("#t=")[2])
    assert seconds > 0
    link.click()
    page.wait_for_function("wanted => document.querySelector('video').currentTime >= wanted", arg=seconds)
    assert page.url == archive + EPISODE
    assert player.evaluate("video => video === document.activeElement")
    assert player.evaluate("video => video.currentTime") < seconds + 5


def test_without_script_a_time_leads_to_the_medium(
    archive: str, context: Callable[..., BrowserContext]
) -> None:
    page = context(java_script_enabled=False).new_page()
    page.goto(archive + EPISODE)
    address = page.locator(FIRST_TIME).last.get_attribute("href")
    page.locator(FIRST_TIME).last.click()
    page.wait_for_url("**/*.webm#t=*")
    assert page.url.endswith(str(address).replace("../", ""))


@pytest.mark.parametrize("kind", ["home", "episode", "record: audio", "contributor", "tree of a record"])
def test_pages_are_whole_without_script(
    kind: str, archive: str, context: Callable[..., BrowserContext]
) -> None:
    page = context(java_script_enabled=False).new_page()
    page.goto(archive + KINDS[kind])
    assert page.locator("nav[aria-label='Main'] a").count() >= 4
    links = page.locator("main a[href]:visible")
    assert links.count() > 3
    players = page.locator("video, audio")
    assert all(player.get_attribute("controls") is not None for player in players.all())
    for details in page.locator("main details").all()[:3]:
        before = details.get_attribute("open")
        details.locator("summary").first.click()
        assert details.get_attribute("open") != before
    links.last.scroll_into_view_if_needed()
    links.first.click()
    assert page.locator("main").count() == 1


@pytest.mark.parametrize("kind", ["episode", "record: video"])
def test_captions_load(kind: str, archive: str, page: Page) -> None:
    page.goto(archive + KINDS[kind])
    cues = page.locator("video").first.evaluate("""video => new Promise((done, fail) => {
      const track = video.querySelector("track");
      const answer = () => done([...track.track.cues].map((cue) => cue.text));
      track.track.mode = "showing";
      if (track.readyState === 2) answer();
      track.addEventListener("load", answer);
      track.addEventListener("error", () => fail(new Error("the captions did not load")));
    })""")
    assert cues
    assert all(cues)
    # And are on the picture at their time.
    page.evaluate("""() => {
      const video = document.querySelector("video"), track = video.querySelector("track").track;
      video.currentTime = track.cues[0].startTime + 0.01;
    }""")
    page.wait_for_function("() => document.querySelector('track').track.activeCues.length > 0")


def test_branches_fold_by_a_button_that_says_which(served: Callable[..., str], page: Page) -> None:
    title = "Ca$$h, $& and {n}"
    files = {"content/records/old.md": f'---\ntitle: "{title}"\n---\n'}
    for name in ("new", "newest"):
        files[f"content/records/{name}.md"] = f"---\ntitle: {name}\nsources: [old]\n---\n"
    page.goto(served(files) + "records/old/tree/")
    button = page.get_by_role("button", name=f"Branches of {title}: 2", exact=True)
    for shown in (False, True):
        button.press("Enter")
        assert button.get_attribute("aria-expanded") == str(shown).lower()
        assert page.locator(".tree a").get_by_text("newest").is_visible() == shown


def test_a_work_that_a_search_hides_is_shown_when_a_row_leads_to_it(archive: str, page: Page) -> None:
    page.goto(f"{archive}records/bus-loop/tree/")
    field = page.get_by_role("searchbox")
    field.fill("whistle waltz")
    link = page.locator(".found .also a").first
    target = page.locator(str(link.get_attribute("href")))
    assert not target.is_visible()
    link.click()
    target.wait_for()
    assert field.input_value() == ""


def properties(card: LexborNode) -> Iterator[tuple[str, str]]:
    """The properties of a microformat, as its parsers read them: name and value."""
    for node in card.css("[class]"):
        for name in (node.attributes.get("class") or "").split():
            kind, _, rest = name.partition("-")
            if rest and kind == "u":
                yield rest, node.attributes.get("href") or node.attributes.get("src") or node.text(strip=True)
            elif rest and kind == "p":
                yield rest, node.text(strip=True)


def test_a_credit_page_is_an_h_card(example: Path) -> None:
    text = (example / KINDS["contributor"] / "index.html").read_text("utf-8")
    cards = LexborHTMLParser(text).css(".h-card")
    assert len(cards) == 1
    found: dict[str, list[str]] = {}
    for name, value in properties(cards[0]):
        found.setdefault(name, []).append(value)
    assert found["name"] == ["Ifẹ́olúwa Adébáyọ̀"]
    own = "https://borrowed-minute.example/archive/contributors/ifeoluwa-adebayo/"
    assert found["url"] == [own, "https://example.com/ifeoluwa"]
    assert found["uid"] == [own]
    [photo] = found["photo"]
    assert (example / KINDS["contributor"] / photo).resolve().is_file()
    mine = [link.attributes["href"] for link in cards[0].css("a[rel~=me]")]
    assert mine == ["https://example.com/ifeoluwa"]
