"""What an editor sees in a real browser while they write: changes, problems, marks and reasons."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Error, Page, expect

from conftest import write
from preview.running import Running, preview, until

SETTINGS = '[archive]\ntitle = "Lanterns"\nbase_url = "https://lanterns.example/show/"\nlicense = "CC0-1.0"\n'
FILES: dict[str, str | bytes] = {
    "byline.toml": SETTINGS,
    "content/contributors/ada.md": "---\nname: Ada Example\n---\n",
    "content/records/idea.md": "---\ntitle: Idea\nby: ada\n---\n" + "A long story.\n\n" * 80,
    "content/records/draft.md": "---\ntitle: Unfinished\nby: ada\ndraft: true\n---\nNot yet.\n",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write(tmp_path / "archive", FILES)


@pytest.fixture
def running(root: Path) -> Iterator[Running]:
    with preview(root, "--drafts") as one:
        yield one


def visit(page: Page, running: Running, path: str) -> None:
    """Open a page, and wait until its panel knows of it."""
    page.goto(f"{running.host}{running.base}{path}")
    expect(page.locator("byline-preview button[aria-controls]")).not_to_have_text("…")


def holds(page: Page, script: str) -> object:
    """What a script says; false while the page is being loaded again."""
    try:
        return page.evaluate(script)
    except Error:
        return False


def edit(root: Path, path: str, old: str, new: str) -> None:
    file = root / path
    file.write_text(file.read_text("utf-8").replace(old, new), "utf-8")


def test_a_change_is_shown_where_the_reader_is(page: Page, running: Running, root: Path) -> None:
    visit(page, running, "records/idea/")
    page.evaluate("scrollTo(0, 900); window.same = true")
    edit(root, "content/records/idea.md", "A long story.\n\n", "A longer story.\n\n")
    expect(page.get_by_text("A longer story.").first).to_be_attached()
    assert page.evaluate("window.same") is True  # words come without loading the page again
    edit(root, "content/records/idea.md", "title: Idea", "title: Another idea")
    expect(page.locator("h1")).to_have_text("Another idea")
    until(lambda: holds(page, "scrollY === 900"))
    edit(root, "content/records/idea.md", "by: ada\n", "by: ada\nsources: [{title: A song, by: Somebody}]\n")
    expect(page.get_by_text("A song").first).to_be_attached()
    until(lambda: holds(page, "scrollY > 800"))


def test_only_pages_that_changed_are_loaded_again(page: Page, running: Running, root: Path) -> None:
    other = page.context.new_page()
    visit(page, running, "records/idea/")
    visit(other, running, "contributors/ada/")
    other.evaluate("window.same = true")
    edit(root, "content/records/idea.md", "A long story.\n\n", "Shorter.\n\n")
    expect(page.get_by_text("Shorter.").first).to_be_attached()
    edit(root, "content/records/idea.md", "title: Idea", "title: Renamed")
    expect(other.get_by_text("Renamed").first).to_be_attached()


def test_a_style_sheet_changes_without_loading_the_page(page: Page, running: Running, root: Path) -> None:
    visit(page, running, "records/idea/")
    page.evaluate("window.same = true")
    write(
        root,
        {"themes/mine/theme.toml": 'parent = "marquee"\n', "themes/mine/static/mine.css": "h1 { top: 1px }"},
    )
    edit(root, "byline.toml", "[archive]", '[build]\ntheme = "mine"\n\n[archive]')
    top = "getComputedStyle(document.querySelector('h1')).top"
    until(lambda: holds(page, f"{top} === '1px'"))
    page.evaluate("window.same = true")
    write(root, {"themes/mine/static/mine.css": "h1 { top: 2px }"})
    until(lambda: holds(page, f"{top} === '2px'"))
    assert page.evaluate("window.same") is True
    expect(page.locator("link[href*='mine']")).to_have_count(1)


def test_problems_are_shown_over_the_last_good_page(page: Page, running: Running, root: Path) -> None:
    visit(page, running, "records/idea/")
    panel = page.locator("byline-preview #panel")
    edit(root, "content/records/idea.md", "by: ada", "by: adda")
    write(root, {"content/records/other.md": "---\nby: nobody\n---\n"})
    toggle = page.locator("byline-preview button[aria-controls]")
    expect(toggle).to_have_text("Problems: 2")
    toggle.click()
    expect(panel.locator("ul.problems").first).to_contain_text("content/records/idea.md:3:5")
    expect(panel.locator("ul.problems mark").first).to_have_text("adda")
    expect(panel).to_contain_text('did you mean "ada"?')
    expect(page.locator("h1")).to_have_text("Idea")  # the last good page
    expect(page.locator("byline-preview [role=status]")).to_contain_text("last version without errors")
    assert any("unknown-contributor" in line for line in running.said)
    write(root, FILES)
    (root / "content/records/other.md").unlink()
    expect(toggle).to_have_text("Preview")


def test_a_mistake_far_to_the_right_is_marked_where_it_stands(
    page: Page, running: Running, root: Path
) -> None:
    row = 'lamp,"' + "A lamp. \N{LAST QUARTER MOON WITH FACE} " * 30 + "See [the other](recrod:moth)." + '"\n'
    write(root, {"content/records.csv": "id,body\n" + row + "idea,\n"})
    visit(page, running, "records/idea/")
    problems = page.locator("byline-preview ul.problems")
    link, twice = (
        problems.get_by_text("bad-link").locator(".."),
        problems.get_by_text("duplicate-id").locator(".."),
    )
    expect(link.locator("mark")).to_have_text("recrod:moth")
    expect(twice.locator("small")).to_have_text("content/records.csv:3:1 the other one")
    write(
        root,
        {
            "content/records.csv": "id,body\n",
            "content/records/idea/index.md": FILES["content/records/idea.md"],
        },
    )
    expect(twice.locator("small")).to_have_text("content/records/idea.md the other one")


def test_an_archive_that_is_broken_from_the_start_recovers(page: Page, root: Path) -> None:
    (root / "byline.toml").write_text("[archive\n")
    with preview(root) as one:
        page.goto(one.host)
        expect(page.locator("byline-preview ul.problems").first).to_contain_text("byline.toml:1")
        (root / "byline.toml").write_text(SETTINGS)
        expect(page).to_have_title("Lanterns")


def test_what_is_mended_is_the_last_version_no_more(page: Page, running: Running, root: Path) -> None:
    write(root, {"content/records/other.md": "---\nby: ada\n---\n[Nowhere](nowhere:at-all)\n"})  # a warning
    visit(page, running, "records/idea/")
    status = page.locator("byline-preview [role=status]")
    edit(root, "content/records/idea.md", "by: ada", "by: adda")
    expect(status).to_contain_text("last version without errors")
    visit(page, running, "records/idea/")
    expect(status).to_contain_text("last version without errors")
    edit(root, "content/records/idea.md", "by: adda", "by: ada")
    expect(page.locator("byline-preview button[aria-controls]")).to_have_text("Problems: 1")
    expect(status).to_have_text("")


def test_a_template_that_fails_leaves_the_last_good_page(page: Page, running: Running, root: Path) -> None:
    visit(page, running, "records/idea/")
    write(root, {"templates/record.html": "{{ nothing.at.all }}"})
    expect(page.locator("byline-preview")).to_contain_text("templates/record.html:1")
    expect(page.locator("byline-preview [role=status]")).to_contain_text("last version without errors")
    expect(page.locator("h1")).to_have_text("Idea")
    write(root, {"templates/record.html": "<!doctype html><head></head><h1>Mine</h1>"})
    expect(page.locator("h1")).to_have_text("Mine")


def test_drafts_are_marked_and_credits_explained(page: Page, running: Running) -> None:
    visit(page, running, "records/draft/")
    panel = page.locator("byline-preview #panel")
    page.locator("byline-preview button[aria-controls]").click()
    expect(panel).to_contain_text("Draft")
    expect(panel).to_contain_text("content/records/draft.md")
    page.locator("main a[href*='contributors/ada/']").first.hover()
    page.locator("byline-preview button.reason").click()
    expect(panel).to_contain_text("named at content/records/draft.md:3:5")
    visit(page, running, "contributors/ada/")
    mark = page.locator("a[data-byline-early]").first
    expect(mark).to_have_attribute("data-byline-early", "Draft")


def test_a_save_takes_nobody_out_of_the_panel(page: Page, running: Running, root: Path) -> None:
    visit(page, running, "records/idea/")
    page.locator("byline-preview button[aria-controls]").click()
    page.locator("byline-preview summary").click()
    edit(root, "content/contributors/ada.md", "Ada Example\n", "Ada Example\ntypo: 1\n")
    expect(page.locator("byline-preview ul.problems")).to_contain_text("content/contributors/ada.md:3:1")
    expect(page.locator("byline-preview details[open]")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator("byline-preview #panel")).to_be_hidden()


def test_marks_come_and_go_with_links_and_drafts(page: Page, running: Running, root: Path) -> None:
    visit(page, running, "records/idea/")
    page.evaluate("window.same = true")
    edit(root, "content/records/idea.md", "---\nA long story.", "---\n[It](record:draft).")
    mark = page.locator("main a[data-byline-early]")
    expect(mark).to_have_text("It")
    edit(root, "content/records/draft.md", "draft: true\n", "")
    expect(mark).to_have_count(0)
    assert page.evaluate("window.same") is True


def test_links_that_are_no_utf_8_are_no_hindrance(page: Page, root: Path) -> None:
    edit(root, "content/records/idea.md", "A long story.", "[A long story](https://old.example/K%E4se).")
    with preview(root) as one:
        visit(page, one, "records/idea/")
        page.locator("byline-preview button[aria-controls]").click()
        expect(page.locator("byline-preview #panel")).to_contain_text("content/records/idea.md")


def test_edit_this_opens_the_file(page: Page, root: Path, tmp_path: Path) -> None:
    opener = tmp_path / "bin" / "xdg-open"
    opener.parent.mkdir()
    opener.write_text(f'#!/bin/sh\nprintf "%s" "$1" > "{tmp_path}/opened"\n')
    opener.chmod(0o755)
    with preview(root, PATH=f"{opener.parent}:/usr/bin:/bin") as one:
        visit(page, one, "records/idea/")
        page.locator("byline-preview button[aria-controls]").click()
        page.locator("byline-preview").get_by_role("button", name="Edit this").click()
        until(lambda: (tmp_path / "opened").exists() and (tmp_path / "opened").read_text())
        assert re.search(r"archive/content/records/idea\.md$", (tmp_path / "opened").read_text())


def test_nothing_in_the_panel_breaks_the_policy_of_pages(page: Page, running: Running) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(f"{message.text} {message.location['url']}"))
    page.on("pageerror", lambda error: said.append(str(error)))
    visit(page, running, "records/idea/")
    page.locator("byline-preview button[aria-controls]").click()
    page.goto(f"{running.host}/_byline/")
    expect(page.locator("h1")).to_have_text("Statistics")
    assert [text for text in said if not text.endswith("favicon.ico")] == []
