"""What pages say of their texts and pictures, and what an archive's own templates can show."""

import io
from collections.abc import Callable

import pytest
from PIL import Image
from selectolax.lexbor import LexborHTMLParser, LexborNode

from conftest import SETTINGS, Site


def test_extra_reaches_the_templates_of_an_archive(site: Callable[..., Site]) -> None:
    mood = '<p id="mood">{{ extra.mood }}</p>'
    override = '{% extends "theme/page.html" %}{% block main %}' + mood + "{% endblock %}"
    page = '---\ntitle: About\nextra: {mood: "<b>bright"}\n---\n'
    built = site({"content/pages/about.md": page, "templates/page.html": override})
    assert '<p id="mood">&lt;b&gt;bright</p>' in built.page("about")


ARABIC = "هذه فقرة عربية (2024)."


def test_every_story_is_laid_out_by_its_own_script(site: Callable[..., Site]) -> None:
    story = f"---\ntitle: ملح\nlanguage: ar\n---\n{ARABIC}\n"
    built = site(
        {
            "content/index.md": f"---\ntitle: Lanterns\n---\n{ARABIC}\n",
            "content/pages/about.md": story,
            "content/seasons/one.md": story,
            "content/topics/salt.md": story,
            "content/episodes/one/index.md": story.replace("language", f"call: {ARABIC}\nlanguage", 1),
            "content/episodes/one/segments/01-a.md": story,
            "content/records/salt.md": story.replace("language", "call: one\nlanguage", 1),
            "content/contributors/mara.md": story.replace("title", "name"),
        }
    )
    assert (built.status, built.text.count("error")) == (0, 0)
    for address, stories in {
        "": 1,
        "about": 1,
        "seasons/one": 1,
        "topics/salt": 1,
        "episodes/one": 2,
        "episodes/one/a": 1,
        "episodes/one/records": 1,
        "records/salt": 1,
        "contributors/mara": 1,
    }.items():
        texts = LexborHTMLParser(built.page(address)).css("div.text")
        assert [text.attributes.get("dir") for text in texts] == ["auto"] * stories, address
        languages = {text.attributes.get("lang") for text in texts}
        assert languages == ({"ar"} if address else {None}), address


def test_a_title_in_another_language_says_so_wherever_it_stands(site: Callable[..., Site]) -> None:
    greek = "---\ntitle: Αλάτι {}\nlanguage: el\n{}\n---\n"
    built = site(
        {
            "content/seasons/one.md": greek.format("1", "summary: Αλάτι λόγια"),
            "content/topics/salt.md": greek.format("2", ""),
            "content/episodes/a.md": greek.format("3", "season: one\ntopic: salt\nuses: [d]"),
            "content/episodes/b/index.md": greek.format("4", "season: one\nsummary: Αλάτι λόγια"),
            "content/episodes/b/segments/01-c.md": greek.format("5", "uses: [f]\ncredits: {host: mara}"),
            "content/records/d.md": greek.format("6", "call: a\nby: mara\naliases: [/old/]"),
            "content/records/e.md": greek.format("7", "sources: [d]\nby: mara"),
            "content/records/f.md": greek.format("8", "sources: [e, d]"),
            "content/records/g.md": greek.format("9", "sources: [f]"),
            "content/contributors/mara.md": "---\nname: Mara\n---\n",
        }
    )
    assert (built.status, built.text.count("error")) == (0, 0)
    found = 0
    for path in built.output.rglob("*.html"):
        body = LexborHTMLParser(path.read_text("utf-8")).css_first("body")
        assert body is not None
        for part in body.css("*"):
            own = "".join(one.text(deep=False) for one in part.iter(include_text=True) if one.tag == "-text")
            if own.strip().startswith("Αλάτι") and part.tag != "textarea":
                found += 1
                above: LexborNode | None = part
                while above is not None and above.attributes.get("lang") is None:
                    above = above.parent
                assert above is not None, (path, part.html)
                assert above.attributes["lang"] == "el", (path, part.html)
    assert found > 100


def test_a_page_without_a_picture_is_shared_with_the_archives(site: Callable[..., Site]) -> None:
    drawn = {}
    for name, colour in (("lantern", "teal"), ("lamp", "navy")):
        data = io.BytesIO()
        Image.new("RGB", (40, 30), colour).save(data, "PNG")
        drawn[name] = data.getvalue()
    built = site(
        {
            "content/lantern.png": drawn["lantern"],
            "content/pages/about.md": "---\ntitle: About\n---\n",
            "content/records/lamp/index.md": "---\nmedia: {file: lamp.png, alt: A lamp.}\n---\n",
            "content/records/lamp/lamp.png": drawn["lamp"],
        },
        "--set archive.picture=content/lantern.png",
    )
    assert built.status == 0
    shown = {"": "lantern", "about": "lantern", "records": "lantern", "records/lamp": "lamp"}
    for address, name in shown.items():
        head = LexborHTMLParser(built.page(address)).head
        assert head is not None
        (shared,) = [str(one.attributes["content"]) for one in head.css("meta[property='og:image']")]
        assert shared.endswith(f"/{name}.jpg"), address
        assert (built.output / shared.removeprefix("https://lanterns.example/")).is_file()


def test_tags_are_no_sentence(site: Callable[..., Site]) -> None:
    page = site({"content/records/bus.md": "---\ntitle: Bus\ntags: [poem, night, bus]\n---\n"}).page(
        "records/bus"
    )
    assert "Tags poem, night, bus" in " ".join(
        LexborHTMLParser(page).body.text(separator=" ").split()
    ).replace(" ,", ",")


def test_registers_are_called_what_they_call_themselves(site: Callable[..., Site]) -> None:
    identifiers = "{orcid: 0-1, isni: '0 2', wikidata: Q3, musicbrainz: b4, imdb: nm5}"
    built = site({"content/contributors/ann.md": f"---\nname: Ann\nidentifiers: {identifiers}\n---\n"})
    links = LexborHTMLParser(built.page("contributors/ann")).css(".links a")
    named = [link.text() for link in links]
    assert named == ["ORCID 0-1", "ISNI 0 2", "Wikidata Q3", "MusicBrainz b4", "IMDb nm5"]


def test_several_names_have_a_heading_of_several_however_a_label_is_capitalised(
    site: Callable[..., Site],
) -> None:
    files = {
        "byline.toml": SETTINGS + '[roles.sponsor]\nlabel = "sponsor"\n[roles.wick]\nlabel = "Lit by"\n',
        "content/contributors.jsonl": '{"id": "ann", "name": "Ann"}\n{"id": "bo", "name": "Bo"}\n',
        "content/records/a.md": "---\ntitle: A\ncredits: {sponsor: [ann, bo], wick: [ann, bo]}\n---\n",
        "content/records/b.md": "---\ntitle: B\ncredits: {sponsor: ann}\n---\n",
    }
    made = site(files)
    for record, said in (("a", ["Sponsors", "Lit by"]), ("b", ["sponsor"])):
        headings = LexborHTMLParser(made.page(f"records/{record}")).css(".roll dt")
        assert [one.text() for one in headings] == said


def test_the_front_page_counts_only_what_there_is(site: Callable[..., Site]) -> None:
    files = {"content/index.md": "Welcome."}
    assert not LexborHTMLParser(site(files).page("")).css(".numbers")
    files |= {f"content/records/{name}.md": "Lit.\n" for name in ("one", "two")}
    numbers = LexborHTMLParser(site(files).page("")).css(".numbers li")
    assert [number.text() for number in numbers] == ["2 records"]
    files["content/episodes/first.md"] = "---\ntitle: First\nuses: [one]\n---\n"
    made = site(files, "--set pages.records=used")
    numbers = LexborHTMLParser(made.page("")).css(".numbers li")
    assert [number.text() for number in numbers] == ["1 episode", "1 record"]
    assert len(LexborHTMLParser(made.page("records")).css(".cards > li")) == 1


@pytest.mark.parametrize(("language", "said"), [("en", "and"), ("de", "und")])
def test_a_list_that_is_cut_has_one_and(language: str, said: str, site: Callable[..., Site]) -> None:
    names = ["Ann", "Bea", "Cid", "Dov", "Eli"]
    people = {f"content/contributors/{name.lower()}.md": f"---\nname: {name}\n---\n" for name in names}
    built = site(
        people | {"content/records/lamp.md": "---\ntitle: Lamp\nby: [ann, bea, cid, dov, eli]\n---\n"},
        f"--set archive.language={language}",
    )
    more = {"en": "2 more", "de": "2 weitere"}[language]
    cut = f"Ann, Bea, Cid {said} {more}"
    page, card = (LexborHTMLParser(built.page(address)) for address in ("records/lamp", "records"))
    assert [html.css_first(".by").text() for html in (page, card)] == [cut, cut]
    assert page.css_first(".by .more a").attributes["href"] == "#credits"


def test_a_way_to_the_screen_leaves_nobody_out_unsaid(site: Callable[..., Site]) -> None:
    people = {f"content/contributors/{name}.md": f"---\nname: {name}\n---\n" for name in "abcde"}
    built = site(
        people
        | {
            "content/records/idea.md": "---\ntitle: Idea\nby: [a, b, c, d, e]\n---\n",
            "content/records/song.md": "---\ntitle: Song\nby: [a, b, c]\nsources: [idea]\n---\n",
            "content/episodes/one/index.md": "---\ntitle: One\nuses: [song]\n---\n",
        }
    )
    steps = LexborHTMLParser(built.page("contributors/e")).css(".path li")
    said = [by.text() for step in steps if (by := step.css_first(".by"))]
    assert said == ["a, b and 3 more", "a, b and c"]


def test_of_very_many_who_worked_together_none_is_left_out_unsaid(site: Callable[..., Site]) -> None:
    files = {}
    for number in range(64):
        files[f"content/contributors/p{number:02}.md"] = f"---\nname: Person {number:02}\n---\n"
        credits = f"{{host: p00, guest: p{number:02}}}"
        files[f"content/episodes/e{number:02}/index.md"] = f"---\ntitle: One\ncredits: {credits}\n---\n"
    names = LexborHTMLParser(site(files).page("contributors/p00")).css_first("#together ~ .names")
    assert len(names.css("a")) == 60
    assert names.text().endswith("Person 59, Person 60 and 3 more")


def test_words_shown_in_a_story_of_another_language_say_theirs(site: Callable[..., Site]) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (60, 40)).save(picture, "PNG")
    story = "---\ntitle: {}\nlanguage: {}\n{}---\n[](record:{})\n\n![](record:{})\n"
    media = "media: {file: lamp.png, alt: Λύχνος, caption: Λέξεις}\n"
    built = site(
        {
            "content/records/greek/index.md": story.format("Λύχνος", "el", media, "english", "english"),
            "content/records/greek/lamp.png": picture.getvalue(),
            "content/records/english.md": "---\ntitle: Lamp\n---\nA lamp.\n",
            "content/pages/about.md": story.format("About", "en", "", "greek", "greek"),
        }
    )
    greek, about = (LexborHTMLParser(built.page(address)) for address in ("records/greek", "about"))

    def spoken(node: LexborNode | None) -> str | None:
        while node is not None and not node.attributes.get("lang"):
            node = node.parent
        return node.attributes["lang"] if node else None

    assert [spoken(link) for link in greek.css(".text a")] == ["en", "en"]
    assert spoken(greek.css_first(".text blockquote")) == "en"
    assert {
        spoken(node) for node in about.css(".text a:not(.license), .text img, .text figcaption [dir]")
    } == {"el"}
    assert [spoken(node) for node in greek.css(".work img, .work figcaption [dir]")] == ["el", "el"]


def test_nothing_is_said_in_an_empty_line(site: Callable[..., Site]) -> None:
    bare = "---\ntitle: Bare\n---\n"
    built = site({"content/episodes/bare/index.md": bare, "content/seasons/bare.md": bare})
    for address in ("", "episodes", "episodes/bare"):
        lines = LexborHTMLParser(built.page(address)).css("p")
        assert [line.html for line in lines if not line.text(strip=True)] == [], address


def test_a_list_of_people_says_how_many_more_roles_they_had(site: Callable[..., Site]) -> None:
    credits = "{idea: [ann, bea], director: [ann, bea], author: [ann, bea], host: [ann, bea], composer: ann}"
    built = site(
        {
            "content/contributors/ann.md": "---\nname: Ann\n---\n",
            "content/contributors/bea.md": "---\nname: Bea\n---\n",
            "content/episodes/one/index.md": f"---\ntitle: One\ncredits: {credits}\n---\n",
        }
    )
    said = [roles.text() for roles in LexborHTMLParser(built.page("contributors")).css(".roles")]
    assert said == ["Idea, Director, Author and 2 more", "Idea, Director, Author and Host"]
