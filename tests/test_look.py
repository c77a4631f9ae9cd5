"""What an archive's own templates can show."""

from collections.abc import Callable

from selectolax.lexbor import LexborHTMLParser

from conftest import Site


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
