"""What an archive's own templates can show."""

from collections.abc import Callable

from conftest import Site


def test_extra_reaches_the_templates_of_an_archive(site: Callable[..., Site]) -> None:
    mood = '<p id="mood">{{ extra.mood }}</p>'
    override = '{% extends "theme/page.html" %}{% block main %}' + mood + "{% endblock %}"
    page = '---\ntitle: About\nextra: {mood: "<b>bright"}\n---\n'
    built = site({"content/pages/about.md": page, "templates/page.html": override})
    assert '<p id="mood">&lt;b&gt;bright</p>' in built.page("about")
