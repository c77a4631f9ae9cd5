"""Pages fit narrow windows, large letters and paper, whatever their texts are like."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page

from browser.checks import WIDER
from browser.serving import KINDS

pytestmark = pytest.mark.browser

WORD = "Donaudampfschifffahrts" * 9
NAME = "Aurelia Fontanella " * 16
TABLE = "|" + "|".join(f" column {n} " for n in range(14)) + "|\n|" + " - |" * 14 + "\n|" + " value |" * 14
LINK = f"[{WORD}](https://host.example/{WORD})"
BODY = f"{WORD}\n\n{TABLE}\n\n    {WORD}\n\n`{WORD}`\n\n> {WORD}\n\n- {WORD}\n\n## {WORD}\n\n{LINK}"
ID = "a-very-long-name-" * 5 + "end"


def stretched() -> dict[str, str]:
    """An archive whose names are long, whose words do not break and whose tables are wide."""
    part = f"{{who: one, as: {WORD}, note: {WORD}, credited_as: {NAME}}}"
    credits = f"credits: {{author: [one, {ID}], performer: {part}}}"
    url = f"https://host.example/{WORD}"
    medium = f"media: {{url: '{url}.mp3', alt: {WORD}, caption: {WORD}, credit: {WORD}}}"
    return {
        "byline.toml": f'[archive]\ntitle = "{WORD}"\ntagline = "{WORD}"\nbase_url = "https://lanterns.example/"\n'
        f'copyright = "{WORD}"\ncontact = "{url}"\n[menu]\n{WORD} = "https://host.example/"\n',
        f"content/contributors/{ID}.md": f"---\nname: {WORD}\npronouns: {WORD}\nalso_credited_as: [{WORD}]\n"
        f"links: ['{url}']\nin_memoriam: {WORD}\n---\n{BODY}\n",
        "content/contributors/one.md": f"---\nname: {NAME}\n---\n{BODY}\n",
        f"content/records/{ID}.md": f"---\ntitle: {WORD}\nsummary: {WORD}\nurl: '{url}'\n"
        f"tags: [{WORD}]\nsources: [{{title: {WORD}, by: {WORD}}}]\n{medium}\n{credits}\n---\n{BODY}\n",
        "content/records/next.md": f"---\ntitle: {NAME}\nsources: [{ID}]\n{credits}\n---\n{BODY}\n",
        f"content/topics/{ID}.md": f"---\ntitle: {WORD}\n---\n{BODY}\n",
        "content/seasons/one.md": f"---\ntitle: {WORD}\nsummary: {NAME}\n---\n{BODY}\n",
        f"content/episodes/{ID}/index.md": f"---\ntitle: {WORD}\nsummary: {WORD}\nseason: one\ntopic: {ID}\n"
        f"call: {WORD}\n{medium}\nuses: [next]\n{credits}\n---\n{BODY}\n",
        f"content/episodes/{ID}/segments/{ID}.md": f"---\ntitle: {WORD}\nstarts: '01:00:00'\n"
        f"uses: [{ID}]\n{credits}\n---\n{BODY}\n",
        f"content/pages/{ID}.md": f"---\ntitle: {WORD}\nmenu: 1\n---\n{BODY}\n",
    }


# Every page of it; `*` stands for the long id.
STRETCHED = """
    . contributors/ contributors/*/ contributors/one/ contributors/*/embed/ records/ records/*/
    records/*/tree/ records/next/
    records/next/tree/ topics/ topics/*/ seasons/one/ episodes/ episodes/*/ episodes/*/*/
    episodes/*/tree/ */ roles/ roles/author/ lineage/ no/such/page/
"""


@pytest.mark.parametrize("width", [320, 360])
def test_pages_fit_narrow_windows(width: int, archive: str, context: Callable[..., BrowserContext]) -> None:
    page = context(width).new_page()
    wide = {}
    for kind, address in KINDS.items():
        page.goto(archive + address, wait_until="load")
        if kind == "redirect":
            page.wait_for_url("**/ash-lindqvarn/")
        if found := page.evaluate(WIDER):
            wide[kind] = found
    assert not wide


def test_long_names_and_words_and_wide_tables_fit(
    served: Callable[..., str], context: Callable[..., BrowserContext]
) -> None:
    base = served(stretched())
    page = context(320).new_page()
    wide: dict[str, object] = {}
    for address in STRETCHED.split():
        page.goto(base + address.replace("*", ID))
        for width in (320, 360, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            if found := page.evaluate(WIDER):
                wide[f"{address} {width}"] = found
    assert not wide


# On which side a part's text stands, and on which side of it the full stop.
SIDES = """part => {
  const range = document.createRange();
  const box = part.getBoundingClientRect();
  range.selectNodeContents(part);
  const text = range.getBoundingClientRect();
  range.setStart(part.lastChild, part.lastChild.length - 1);
  const stop = range.getBoundingClientRect();
  return [text.left - box.left < 1 ? "left" : "right", stop.left - text.left < 9 ? "left" : "right"];
}"""


def test_each_part_of_a_story_of_two_scripts_reads_its_own_way(
    served: Callable[..., str], page: Page
) -> None:
    english, arabic = "A lamp.", "\u0645\u0635\u0628\u0627\u062d."
    parts = f"{english}\n\n{arabic}\n\n- {english}\n- {arabic}\n"
    base = served({"content/pages/lamp.md": f"---\ntitle: Lamp\n---\n{parts}"})
    page.goto(f"{base}lamp/")
    sides = [one.evaluate(SIDES) for one in page.locator(".text p, .text li").all()]
    assert sides == [["left", "right"], ["right", "left"], ["left", "right"], ["left", "left"]]


# Commas that begin a line, after the name on the line before.
ALONE = """() => [...document.querySelectorAll(".by a")].filter((name) => {
  const comma = name.nextSibling;
  if (!comma || !comma.data.startsWith(",")) return false;
  const range = document.createRange();
  range.setStart(comma, 0);
  range.setEnd(comma, 1);
  return range.getBoundingClientRect().top >= [...name.getClientRects()].at(-1).bottom;
}).length"""


def test_no_line_begins_with_a_comma(served: Callable[..., str], page: Page) -> None:
    people = {
        f"content/contributors/{name}.md": f"---\nname: Marabelle Fontane {name}\n---\n" for name in "abcd"
    }
    page.goto(served(people | {"content/records/lamp.md": "---\nby: [a, b, c, d]\n---\n"}) + "records/lamp/")
    assert page.locator(".by a").count() == 4
    for width in range(280, 360, 2):
        page.set_viewport_size({"width": width, "height": 600})
        assert not page.evaluate(ALONE), width


def test_names_in_a_list_of_people_have_one_edge(
    archive: str, context: Callable[..., BrowserContext]
) -> None:
    page = context(360).new_page()
    page.goto(archive + KINDS["contributors"])
    pictured, unpictured = page.locator(".people li:has(img)"), page.locator(".people li:not(:has(img))")
    assert pictured.count()
    assert unpictured.count()
    edges = "words => words.map(one => one.getBoundingClientRect().left)"
    (edge,) = set(page.locator(".people .words").evaluate_all(edges))
    (picture,) = set(page.locator(".people img").evaluate_all(edges))
    assert picture == page.locator(".people").evaluate("list => list.getBoundingClientRect().left")
    assert edge == picture + 4.5 * 16


def test_columns_of_a_table_are_aligned_as_written(served: Callable[..., str], page: Page) -> None:
    table = "| a | b | c |\n| - | :-: | -: |\n| 1 | 2 | 3 |\n"
    page.goto(served({"content/pages/lamp.md": f"---\ntitle: Lamp\n---\n{table}"}) + "lamp/")
    sides = page.locator("td").evaluate_all("cells => cells.map(cell => getComputedStyle(cell).textAlign)")
    assert sides[1:] == ["center", "end"]


def test_notes_are_numbered_as_the_text_numbers_them(served: Callable[..., str], page: Page) -> None:
    notes = "One.[^a] Two.[^b]\n\n[^a]: First.\n[^b]: Second.\n"
    page.goto(served({"content/pages/lamp.md": f"---\ntitle: Lamp\n---\n{notes}"}) + "lamp/")
    assert page.locator(".footnote-ref").all_inner_texts() == ["[1]", "[2]"]
    numbers = "notes => notes.map(one => getComputedStyle(one).listStyleType)"
    assert page.locator(".footnote-item").evaluate_all(numbers) == ["decimal", "decimal"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_readers_own_colours_tell_what_ours_do(
    scheme: str, served: Callable[..., str], context: Callable[..., BrowserContext]
) -> None:
    base = served(
        {
            "content/records/seen.md": "---\ntitle: Seen\n---\n",
            "content/records/own.md": "---\ntitle: Own\nsources: [seen]\n---\n",
            "content/records/last.md": "---\ntitle: Last\nsources: [own]\n---\n",
            "content/episodes/one/index.md": "---\ntitle: One\nuses: [seen]\n---\n",
        }
    )
    page = context(color_scheme=scheme, forced_colors="active").new_page()
    page.goto(f"{base}records/own/tree/")
    lines = "links => links.map(one => getComputedStyle(one).textDecorationLine)"
    assert page.locator("header nav [aria-current]").evaluate_all(lines) == ["underline"]
    page.locator("h1").hover()  # and no row
    dots = "dots => dots.map(one => [getComputedStyle(one).fill, getComputedStyle(one).stroke])"
    seen, own, last = page.locator(".row circle").evaluate_all(dots)
    ground, ink = page.evaluate(
        "[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color]"
    )
    assert (last, seen[1]) == ([ground, ink], ink)
    assert own[0] == ground != seen[0]  # only what was on screen is filled
    assert own[1] not in (ground, ink)


@pytest.mark.parametrize(
    "kind", ["home", "episode", "record: audio", "records", "contributor", "tree of a record"]
)
def test_letters_grow_to_twice_their_size(
    kind: str, archive: str, context: Callable[..., BrowserContext]
) -> None:
    page = context(640).new_page()
    page.goto(archive + KINDS[kind])
    before = page.locator("h1").evaluate("title => parseFloat(getComputedStyle(title).fontSize)")
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    after = page.locator("h1").evaluate("title => parseFloat(getComputedStyle(title).fontSize)")
    assert after > before * 1.3
    text = page.evaluate("parseFloat(getComputedStyle(document.querySelector('main p')).fontSize)")
    assert text >= 24
    assert page.evaluate(WIDER) == []


def test_a_long_word_of_the_archives_title_stays_whole_on_a_telephone(
    served: Callable[..., str], page: Page
) -> None:
    settings = "[archive]\ntitle = 'Das Lampenarchiv'\nbase_url = 'https://lanterns.example/'\n"
    page.goto(served({"byline.toml": settings, "content/index.md": "Lamps.\n"}))
    for width in (320, 360):
        page.set_viewport_size({"width": width, "height": 640})
        lines = page.locator("h1").evaluate("""title => {
          const range = document.createRange();
          range.setStart(title.firstChild, title.firstChild.data.indexOf("Lampen"));
          range.setEnd(title.firstChild, title.firstChild.data.length);
          return range.getClientRects().length;
        }""")
        assert lines == 1, width


@pytest.mark.parametrize(
    ("language", "joined"), [("ar", True), ("hi-IN", True), ("he", False), ("en", False)]
)
def test_letters_that_are_written_joined_stay_so(
    language: str, joined: bool, served: Callable[..., str], page: Page
) -> None:
    settings = f"[archive]\ntitle = 'L'\nbase_url = 'https://lanterns.example/'\nlanguage = '{language}'\n"
    page.goto(served({"byline.toml": settings, "content/episodes.jsonl": '{"id": "e", "title": "E"}\n'}))
    apart = page.evaluate(
        "[...document.querySelectorAll('.site .name, h1, h2')].map(it => getComputedStyle(it).letterSpacing)"
    )
    assert [one in ("normal", "0px") for one in apart] == [joined] * len(apart)
    assert len(apart) > 2


def test_lines_of_the_foot_stand_on_one_base_line(archive: str, page: Page) -> None:
    page.goto(archive)
    bottoms = page.locator("footer p").evaluate_all("""lines => lines.map((line) => {
      const range = document.createRange();
      range.selectNodeContents(document.createTreeWalker(line, NodeFilter.SHOW_TEXT).nextNode());
      return Math.round(range.getBoundingClientRect().bottom);
    })""")
    assert len(bottoms) == 4
    assert len(set(bottoms)) == 1


def test_marks_between_steps_are_seen_and_not_read_out(archive: str, page: Page) -> None:
    page.goto(archive + KINDS["tree of a record"])
    trail = page.locator(".trail")
    mark = trail.locator("li").last.evaluate("step => getComputedStyle(step, '::before').content")
    assert "›" in mark
    assert "›" not in trail.aria_snapshot()


# What draws a mark of its own, and is a link, whose line would go under the mark, or reads in a direction of
# its own, so that a mark after an Arabic word would stand before it on an English page.
MARKED = """() => [...document.querySelectorAll("main [dir], main a")].filter((one) =>
  one.checkVisibility() && ["::before", "::after"].some((side) =>
    !/^(none|normal|"")$/.test(getComputedStyle(one, side).content)),
).map((one) => one.outerHTML.slice(0, 90))"""


def test_marks_between_parts_belong_to_neither(archive: str, served: Callable[..., str], page: Page) -> None:
    pages = {kind: archive + address for kind, address in KINDS.items() if kind != "redirect"}
    told = "caption: \u0645, credit: \u0645, license: MIT, transcript: a.vtt"
    base = served(
        {
            "content/records/lamp/index.md": f"---\nmedia: {{url: https://a.example/a.mp3, {told}}}\n---\n",
            "content/records/lamp/a.vtt": "WEBVTT\n\n00:00.000 --> 00:01.000\nA lamp.\n",
        }
    )
    pages["record: parts of a caption"] = f"{base}records/lamp/"
    marked = {}
    for kind, address in pages.items():
        page.goto(address)
        if found := page.evaluate(MARKED):
            marked[kind] = found
    assert page.locator("figcaption").count() == 1
    assert not marked


def test_a_relatives_kind_is_parted_from_how_it_was_made(archive: str, page: Page) -> None:
    page.goto(f"{archive}records/empty-seat/")
    parted = "kinds => kinds.map(kind => getComputedStyle(kind, '::before').content)"
    assert page.locator(".steps .kind").evaluate_all(parted) == ['"· "', '"· "']


@pytest.mark.parametrize("kind", ["episode", "segment", "record: video", "contributor"])
def test_paper_shows_every_name(kind: str, archive: str, page: Page) -> None:
    page.goto(archive + KINDS[kind])
    names = page.locator(".roll .who, .filmography .title")
    assert names.count() > 0
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.querySelector('header.site nav')).display") == "none"
    for number in range(names.count()):
        assert names.nth(number).is_visible()
    dark = page.locator("h1").evaluate("title => getComputedStyle(title).color")
    assert dark == "rgb(0, 0, 0)"


def test_paper_shows_why_somebody_is_named(archive: str, page: Page) -> None:
    page.goto(archive + KINDS["episode"])
    page.emulate_media(media="print")
    reasons = page.locator(".roll details .where")
    assert reasons.count() > 0
    assert reasons.first.bounding_box()


def test_paper_holds_no_texts_to_copy(archive: str, page: Page) -> None:
    page.goto(archive + KINDS["contributor"])
    snippets = page.locator(".snippets")
    assert snippets.is_visible()
    page.emulate_media(media="print")
    assert not snippets.is_visible()


def test_paper_says_that_there_is_more(served: Callable[..., str], page: Page) -> None:
    settings = (
        "[archive]\ntitle = 'L'\nbase_url = 'https://lanterns.example/'\n"
        "[pages]\nper_page = 10\ncards = 'none'\n"
    )
    rows = "".join(f'{{"id": "lamp-{number}", "by": "ann"}}\n' for number in range(21))
    page.goto(
        served(
            {
                "byline.toml": settings,
                "content/records.jsonl": rows,
                "content/contributors.jsonl": '{"id": "ann", "name": "Ann Wick"}\n',
            }
        )
        + "contributors/ann/"
    )
    page.emulate_media(media="print")
    pages = page.locator(".pager li > *")
    assert [one.inner_text() for one in pages.all() if one.is_visible()] == ["1", "2", "3"]
    current = page.locator(".pager [aria-current]")
    style = "one => [getComputedStyle(one).color, getComputedStyle(one).backgroundColor]"
    assert current.evaluate(style) == ["rgb(0, 0, 0)", "rgba(0, 0, 0, 0)"]


# What is seen on paper in a colour of the screen's: lighter than a middle grey.
PALE = """() => [...document.querySelectorAll("body *")].filter((one) => {
  const text = [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
  if (!text || !one.checkVisibility()) return false;  // what is not seen may have no colour
  const [red, green, blue] = getComputedStyle(one).color.match(/[\\d.]+/g).map(Number);
  return red * 0.3 + green * 0.59 + blue * 0.11 > 110;
}).map((one) => one.outerHTML.slice(0, 90))"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_paper_is_printed_on_in_dark_ink(
    scheme: str, archive: str, context: Callable[..., BrowserContext]
) -> None:
    page = context(color_scheme=scheme).new_page()
    page.emulate_media(media="print")
    pale = {}
    for kind, address in KINDS.items():
        if kind not in ("redirect", "embed"):
            page.goto(archive + address)
            if found := page.evaluate(PALE):
                pale[kind] = found
    assert not pale
