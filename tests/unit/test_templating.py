"""Templates: every page is well formed, whatever the texts say, and faults name their place."""

import pickle
import re
import subprocess
import sys
import types
import typing
from itertools import pairwise
from pathlib import Path
from typing import Any

import html5lib
import jinja2
import msgspec
import pytest

from byline import sandbox
from byline.builtin import builtin
from byline.pages import elements as el
from byline.pages import views as v
from byline.problems import Span
from byline.templating import TemplateFault, Templates, load

KINDS: dict[str, type[msgspec.Struct]] = {
    "home": v.HomePage,
    "season": v.SeasonPage,
    "episode": v.EpisodePage,
    "segment": v.SegmentPage,
    "record": v.RecordPage,
    "contributor": v.ContributorPage,
    "topic": v.TopicPage,
    "page": v.FreePage,
    "episodes": v.EpisodeList,
    "records": v.RecordList,
    "contributors": v.PersonList,
    "topics": v.TopicList,
    "roles": v.RoleList,
    "notfound": v.NotFound,
    "redirect": v.Redirect,
}
HOSTILE = """</title></script><script>alert(1)</script><b onclick='x' "y">&amp;%(num)s {{ 7 * 7 }} %s"""


def sample(kind: Any, text: str, how: str = "full", name: str = "") -> Any:
    """A value of a type: all its fields set ("full"), the same but withdrawn ("gone"), or "bare"."""
    full = how == "gone" if name == "tombstone" else how != "bare"
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is types.UnionType or origin is typing.Union:
        if type(None) in arguments:
            return sample(arguments[0], text, how, name) if full else None
        return sample(arguments[0], text, how, name)
    if origin is tuple:
        if arguments[-1] is not Ellipsis:
            return tuple(sample(argument, text, how, name) for argument in arguments)
        return tuple(sample(one, text, how, name) for one in _choices(arguments[0])) * 2 if full else ()
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        hints = typing.get_type_hints(kind)
        made = {field: sample(hint, text, how, field) for field, hint in hints.items()}
        if how == "bare":
            made.update(
                {
                    f.name: {} if f.default is msgspec.NODEFAULT else f.default
                    for f in msgspec.structs.fields(kind)
                    if not f.required
                }
            )
        return kind(**made)
    if origin is dict:
        return {"note": text}
    if kind is str:
        return _text(text, name)
    return {int: 12_345, bool: full}[kind]


def _choices(kind: Any) -> tuple[Any, ...]:
    return typing.get_args(kind) if typing.get_origin(kind) is types.UnionType else (kind,)


def _text(text: str, name: str) -> str:
    """Texts that are not free: addresses are made by the program, markup and JSON are cleaned before."""
    if name in {"data", "html", "mime", "language"}:
        return {"data": "{}", "html": "<p>clean</p>", "mime": "text/plain", "language": "en"}[name]
    return text


def parse(page: str) -> Any:
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(page)


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Templates:
    return load(tmp_path_factory.mktemp("archive"), "marquee", "en")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("how", ["full", "gone", "bare"])
def test_pages_are_well_formed_and_escape_every_text(kind: str, how: str, templates: Templates) -> None:
    page = templates.render(kind, sample(KINDS[kind], HOSTILE, how))
    tree = parse(page)
    scripts = [element for element in tree.iter("script") if element.get("type") != "application/ld+json"]
    assert all(element.get("src") for element in scripts), "a text became a script"
    assert not tree.findall(".//b[@onclick]"), "a text became an element"
    assert "49" not in page, "a text became a template"
    assert len(tree.findall(".//h1")) == 1
    assert not [e for e in tree.iter() for name in e.attrib if name == "style" or name.startswith("on")]


@pytest.mark.parametrize("kind", KINDS)
def test_headings_follow_each_other_and_ids_are_unique(kind: str, templates: Templates) -> None:
    tree = parse(templates.render(kind, sample(KINDS[kind], "A text")))
    levels = [int(element.tag[1]) for element in tree.iter() if re.fullmatch(r"h[1-6]", str(element.tag))]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    ids = [element.get("id") for element in tree.iter() if element.get("id") not in (None, "A text")]
    assert len(ids) == len(set(ids))
    named = {element.get("aria-labelledby") for element in tree.iter()} - {None}
    assert named <= set(ids)


def test_every_kind_says_what_it_holds(templates: Templates) -> None:
    for kind, view in KINDS.items():
        page = templates.render(kind, sample(view, "Somebody's words"))
        assert "Somebody&#39;s words" in page, kind


def test_a_withdrawn_contributor_has_neither_name_nor_link(templates: Templates) -> None:
    page = sample(v.EpisodePage, "x")
    entries = (el.RollEntry(el.Person("", withdrawn=1)), el.RollEntry(el.Person("", withdrawn=3)))
    roll = el.Roll((el.RollRole("Directed by", None, entries),), people=4)
    html = templates.render("episode", msgspec.structs.replace(page, roll=roll))
    assert ">a withdrawn contributor</span>" in html
    assert ">3 withdrawn contributors</span>" in html


def test_a_tombstone_shows_nothing_of_the_work(templates: Templates) -> None:
    page = sample(v.EpisodePage, "the work")
    gone = msgspec.structs.replace(page, tombstone=el.Tombstone("2025-03-02", "contributor", "Asked us to."))
    tree = parse(templates.render("episode", gone))
    assert not list(tree.iter("video"))
    assert not tree.findall(".//section[@class='credits']")
    assert "2 March 2025" in html5lib.serialize(tree)


def test_profile_links_say_me(templates: Templates) -> None:
    page = sample(v.ContributorPage, "x")
    links = (
        el.ProfileLink("here", "https://example.org/me", me=True),
        el.ProfileLink("there", "https://x.example"),
    )
    calm = msgspec.structs.replace(page, links=links)
    tree = parse(templates.render("contributor", calm))
    rel = {a.get("href"): (a.get("rel") or "").split() for a in tree.iter("a")}
    assert "me" in rel["https://example.org/me"]
    assert "me" not in rel["https://x.example"]


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "templates").mkdir()
    (tmp_path / "themes/own/templates").mkdir(parents=True)
    (tmp_path / "themes/own/static/fonts").mkdir(parents=True)
    (tmp_path / "themes/own/theme.toml").write_text('name = "Own"\nparent = "marquee"\n')
    return tmp_path


def test_an_override_changes_one_block(site: Path) -> None:
    (site / "templates/page.html").write_text(
        '{% extends "theme/page.html" %}{% block footer %}ours{% endblock %}'
    )
    (site / "themes/own/templates/page.html").write_text(
        '{% extends "builtin/page.html" %}{% block title %}themed{% endblock %}'
    )
    page = load(site, "own", "en").render("page", sample(v.FreePage, "x", "bare"))
    assert "<title>themed</title>" in page
    assert "ours</footer>" in page
    assert page.count("<h1") == 1


def test_a_closure_holds_what_a_template_refers_to_and_nothing_else(site: Path) -> None:
    def closure(kind: str, language: str = "en") -> str:
        return load(site, "own", language).closure(kind)

    (site / "templates/page.html").write_text('{% extends "theme/page.html" %}')
    page, topic = closure("page"), closure("topic")
    assert closure("page", "de") != page
    (site / "themes/own/templates/topic.html").write_text('{% extends "builtin/topic.html" %}')
    assert closure("topic") != topic
    assert closure("page") == page
    (site / "templates/base.html").write_text('{% extends "builtin/base.html" %}')
    assert closure("page") != page


BROKEN = {
    "{% extends 'base.html' %}\n{% block main %}": ("template-syntax", 2),
    "<p>\n{{ titel }}</p>": ("template-error", 2),
    "<p>\n{{ head.titel }}</p>": ("template-error", 2),
    "{{ 1 + title }}": ("template-error", 1),
    "\n{% include 'parts/peeple.html' %}": ("unknown-template", 2),
    "\n\n{% include title %}": ("computed-include", 3),
    '{% include "parts/\\u0072oll.html" %}': ("computed-include", 1),  # what it holds would not be noticed
    "{{ title|shout }}": ("template-syntax", 1),
    "{{ title|random }}": ("template-syntax", 1),  # it would be another page at every build
    "{{ lipsum() }}": ("template-error", 1),
    "{{ title.__class__ }}": ("template-error", 1),
}


@pytest.mark.parametrize("source", BROKEN)
def test_a_fault_names_template_and_line(source: str, site: Path) -> None:
    (site / "templates/page.html").write_text(source)
    templates, bare = load(site, "marquee", "en"), sample(v.FreePage, "x", "bare")
    if "include" in source:
        (problem,) = templates.check()
    else:
        with pytest.raises(TemplateFault) as caught:
            templates.render("page", bare)
        problem = pickle.loads(pickle.dumps(caught.value)).problem
    assert (problem.code, problem.place.line) == BROKEN[source]
    assert problem.place.path == "templates/page.html"


def test_an_included_template_sees_what_stands_around_it(site: Path) -> None:
    (site / "templates/parts").mkdir()
    (site / "templates/page.html").write_text(
        "{% set own = 'set' %}{% for n in (1, 2) %}{% with word = '<' %}"
        "{% include 'parts/outer.html' %}{% endwith %}|{% endfor %}"
        "{{ word is defined }} {{ inner is defined }}"
    )
    (site / "templates/parts/outer.html").write_text(
        "{% set inner = n * 10 %}{{ own }} {{ word }} {% include 'parts/inner.html' %} {{ title }}"
        "{% include 'parts/bare.html' without context %}{% include 'parts/none.html' ignore missing %}"
        "{% include 'parts/late.html' %}{% set site = '' %}"
    )
    (site / "templates/parts/inner.html").write_text(
        "{% extends 'parts/frame.html' %}{% block middle %}{{ inner }}{{ super() }}{% endblock %}"
    )
    (site / "templates/parts/bare.html").write_text("-{{ title is defined }}")
    (site / "templates/parts/late.html").write_text("-{{ site.title }}")
    (site / "templates/parts/frame.html").write_text("[{% block middle %}{{ own }}{% endblock %}]")
    made = load(site, "marquee", "en").render("page", sample(v.FreePage, "x", "bare"))
    title = sample(v.FreePage, "x", "bare").site.title
    assert made == (f"set &lt; [10set] x-False-{title}|set &lt; [20set] x-False-{title}|False False")
    (site / "templates/parts/inner.html").write_text("\n{{ missing }}")
    with pytest.raises(TemplateFault) as caught:
        load(site, "marquee", "en").render("page", sample(v.FreePage, "x", "bare"))
    assert caught.value.problem.place == Span("templates/parts/inner.html", 2)


def test_templates_of_an_archive_have_all_that_jinja_has(site: Path) -> None:
    (site / "templates/macros.html").write_text(
        "{% macro m(x) %}<{{ x }}>{% if caller is defined %}{{ caller() }}{% endif %}{% endmacro %}"
        "{% macro part(n) %}{% include 'part.html' %}{% endmacro %}{% set five = 5 %}"
    )
    (site / "templates/part.html").write_text("{{ title }}{{ n is defined }}{% set z = 1 %}{{ z }}")
    (site / "templates/own.html").write_text(
        "[{% block one %}1{{ title }}{% endblock %}"
        "{% for i in (3, 4) %}{% block two scoped %}{{ i }}{{ loop.index }}{% endblock %}{% endfor %}]"
    )
    (site / "templates/page.html").write_text(
        "before{% extends 'own.html' %}{% import 'macros.html' as q %}"
        "{% from 'macros.html' import part, five with context %}"
        "{% block one %}{{ super() }} {{ q.m('&') }} {{ part(1) }} {{ five }} "
        "{% call q.m(2) %}called{{ title }}{% endcall %} "
        "{% filter upper %}{{ title }}{% endfilter %}{% endblock %}"
        "{% block two %} {{ super() }} {{ self.one()|length }}{% endblock %}"
    )
    page = load(site, "marquee", "en").render("page", sample(v.FreePage, "x", "bare"))
    assert page == "before[1x <&amp;> xTrue1 5 <2>calledx X 31 32 42 32]"


def test_escaping_does_not_end_where_a_template_fails(site: Path) -> None:
    (site / "templates/page.html").write_text("{% autoescape false %}{{ 1 + title }}{% endautoescape %}")
    (site / "templates/topic.html").write_text("{{ ['<b>'|safe, title]|join }}")
    templates, view = load(site, "marquee", "en"), msgspec.defstruct("View", [("title", str)])("<")
    with pytest.raises(TemplateFault):
        templates.render("page", view)
    assert templates.render("topic", view) == "<b>&lt;"


def test_templates_read_mappings_of_extra_like_fields(site: Path) -> None:
    (site / "templates/page.html").write_text(
        "{{ title }} {{ extra.place.city }} {{ extra.class }} {{ extra.title }} {{ extra.none is defined }}"
    )
    extra = {"place": {"city": "Kyiv <"}, "class": 3, "title": "own"}
    view = msgspec.structs.replace(sample(v.FreePage, "x", "bare"), extra=extra)
    templates = load(site, "marquee", "en")
    assert [templates.render("page", view) for _ in range(2)] == ["x Kyiv &lt; 3 own False"] * 2


def test_an_included_template_that_is_no_text_is_told_once(site: Path) -> None:
    (site / "templates/parts").mkdir()
    (site / "templates/parts/own.html").write_bytes(b"a\n\xff\n")
    (site / "templates/page.html").write_text('{% include "parts/own.html" %}')
    (problem,) = load(site, "marquee", "en").check()
    assert problem.code == "template-syntax"
    assert problem.place == Span("templates/parts/own.html", 2)


def test_check_finds_faults_before_a_page_is_made(site: Path) -> None:
    (site / "templates/parts").mkdir()
    (site / "templates/parts/own.html").write_text("{% if %}")
    (problem,) = load(site, "own", "en").check()
    assert (problem.code, problem.place.line) == ("template-syntax", 1)
    assert problem.place.path == "templates/parts/own.html"
    (unknown,) = load(site / "nowhere", "marqee", "en").check()
    assert (unknown.code, unknown.hint) == ("unknown-theme", 'did you mean "marquee"?')


def test_the_builtin_templates_have_no_faults(templates: Templates) -> None:
    assert templates.check() == ()
    assert {path.stem for path in builtin("templates").glob("*.html")} >= {"base", *KINDS}


def test_assets_have_addresses_by_content(site: Path) -> None:
    static = site / "themes/own/static"
    (static / "fonts/a.woff2").write_bytes(b"font")
    (static / "own.css").write_text("a{src:url(fonts/a.woff2)}b{src:url('https://x.example/y')}")
    assets = {asset.name: asset for asset in load(site, "own", "en").assets()}
    font = assets["fonts/a.woff2"]
    assert re.fullmatch(r"assets/fonts/a\.[0-9a-f]{12}\.woff2", font.href)
    assert font.href.removeprefix("assets/").encode() in assets["own.css"].data
    assert b"url('https://x.example/y')" in assets["own.css"].data
    names = list(assets)
    assert names.index("marquee.css") < names.index("own.css"), "a theme is laid over its parent"
    (static / "fonts/a.woff2").write_bytes(b"other")
    again = {asset.name: asset.href for asset in load(site, "own", "en").assets()}
    assert again["own.css"] != assets["own.css"].href, "what refers to a changed file changes too"
    assert again["marquee.css"] == assets["marquee.css"].href


def test_templates_are_those_that_there_were_when_they_were_loaded(tmp_path: Path) -> None:
    folder = tmp_path / "templates"
    folder.mkdir()
    (folder / "page.html").write_text("before")
    loaded, plain = load(tmp_path, "marquee", "en"), load(tmp_path / "empty", "marquee", "en")
    (folder / "page.html").write_text("{% after")
    (folder / "home.html").write_text("after")
    assert loaded.render("page", msgspec.defstruct("View", [])()) == "before"
    assert loaded.closure("home") == plain.closure("home")


def test_what_another_process_has_compiled_is_not_compiled_again(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (site / "templates/page.html").write_text(
        '{% extends "builtin/page.html" %}{% block footer %}ours{% endblock %}'
    )
    page, topic = sample(v.FreePage, "x"), sample(v.TopicPage, "x")
    plain = load(site, "own", "en")
    wanted = plain.render("page", page), plain.render("topic", topic)
    compiled: list[str] = []
    compile_here = jinja2.Environment.compile

    def noted(env: jinja2.Environment, source: Any, name: str, *rest: Any) -> Any:
        compiled.append(name)
        return compile_here(env, source, name, *rest)  # type: ignore[call-overload]

    monkeypatch.setattr(jinja2.Environment, "compile", noted)
    templates = load(site, "own", "en")
    templates.compile_beside(lambda: templates.needed("page"))
    templates.ready()
    assert templates.render("page", page) == wanted[0]
    assert compiled == []
    used = templates.used()
    assert {"page.html", "builtin/page.html", "base.html"} <= set(used) <= set(templates.needed("page"))
    again = load(site, "own", "en")
    again.compile_beside(lambda: (*used, "gone.html"))
    again.ready()
    assert again.render("page", page) == wanted[0]
    assert compiled == []
    assert templates.render("topic", topic) == wanted[1]
    assert "topic.html" in compiled
    assert "base.html" not in compiled


# Another version of markupsafe may have no function in C by the name that is used of it.
WITHOUT = """
import sys, types, markupsafe
older = types.ModuleType("markupsafe")
older.__dict__.update({name: value for name, value in vars(markupsafe).items() if name != "_escape_inner"})
sys.modules["markupsafe"] = older
"""


@pytest.mark.parametrize("before", ["", WITHOUT], ids=["here", "with another markupsafe"])
def test_texts_are_escaped_whatever_markupsafe_has(before: str, site: Path) -> None:
    (site / "templates/page.html").write_text(
        "{{ extra.text }}|{{ extra.plain }}|{{ extra.text ~ '<' }}", "utf-8"
    )
    module = "byline.sandbox" if before else sandbox.escaped.__module__
    program = f"""{before}
import pathlib, sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
from byline import sandbox
from byline.templating import load
from test_templating import sample, v
import msgspec
assert sandbox.escaped.__module__ == {module!r}
view = sample(v.FreePage, "x", "bare")
view = msgspec.structs.replace(view, extra={{"text": "<b a='1' c=\\"2\\">&amp;", "plain": "ä"}})
sys.stdout.buffer.write(load(pathlib.Path({str(site)!r}), "marquee", "en").render("page", view).encode())
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
    escaped = "&lt;b a=&#39;1&#39; c=&#34;2&#34;&gt;&amp;amp;"
    assert (done.stdout.decode(), done.stderr.decode()) == (f"{escaped}|ä|{escaped}&lt;", "")
