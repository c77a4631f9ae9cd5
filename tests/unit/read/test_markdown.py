import re

import pytest

from byline.read.markdown import render


def shown(text: str, raw_html: bool = True) -> str:
    body, _ = render(text, first_line=1, prefix="lamp", raw_html=raw_html)
    return "".join(part for part in body.parts if isinstance(part, str))


@pytest.mark.parametrize(
    "sign", ["&#x202e;", "&#x200b;", "&#x2028;", "&#xfeff;", "&#1;", "&#xfff9;", "\u202e"]
)
@pytest.mark.parametrize(
    "address", ["java{}script:alert(1)", "{}javascript:alert(1)", "javascript{}:alert(1)"]
)
def test_what_is_left_out_of_an_address_makes_no_scheme(sign: str, address: str) -> None:
    html = shown(f'<a href="{address.format(sign)}">her drawing</a>')
    assert "her drawing" in html
    assert html == "<p><a>her drawing</a></p>\n"


def test_signs_that_are_left_out_of_a_text_leave_the_rest() -> None:
    assert shown("a&#x202e;b <ins>c&#x200b;d</ins>") == "<p>ab <ins>cd</ins></p>\n"


@pytest.mark.parametrize(
    "inner", ['![" onmouseover="alert(1)](gone.jpg)', '[x](record:y "z")', "[](record:y)"]
)
@pytest.mark.parametrize("tag", ["div", "p", "span", "section"])
@pytest.mark.parametrize("name", ["id", "lang", "title", "href", "dir"])
def test_no_reference_is_filled_in_inside_an_attribute(name: str, tag: str, inner: str) -> None:
    text = f'<{tag} {name}="\n\n{inner}\n\n">\n'
    body, _ = render(text, first_line=1, prefix="lamp", raw_html=True)
    before = ""
    for part in body.parts:
        if isinstance(part, str):
            before += part
        else:
            assert before.count("<") == before.count(">"), body.parts


def test_ids_that_an_author_wrote_carry_the_documents_prefix_once() -> None:
    html = shown(
        '<p id="main">a</p><p id="main">b</p>\n\n# Main\n\n[c](#main) <a href="#main">d</a>[^1]\n\n[^1]: e\n'
    )
    assert sorted(re.findall('id="(.*?)"', html)) == ["fn-lamp-1", "fnref-lamp-1", "lamp--main"]
    assert set(re.findall('href="(.*?)"', html)) == {"#lamp--main", "#fn-lamp-1", "#fnref-lamp-1"}


def test_notes_are_no_section_since_they_have_no_heading() -> None:
    html = shown("a[^1]\n\n[^1]: b\n")
    assert '<hr>\n<div class="footnotes">\n<ol class="footnotes-list">\n<li id="fn-lamp-1"' in html
    assert html.endswith("</li>\n</ol>\n</div>\n")
    assert "section" not in html


def test_a_relative_link_that_an_author_wrote_in_html_leads_nowhere() -> None:
    html = shown(
        '<a href="lost.html">a</a> <a href="//lanterns.example/">b</a> <a href="https://lanterns.example/">c</a>'
    )
    assert re.findall('href="(.*?)"', html) == ["https://lanterns.example/"]


@pytest.mark.parametrize(
    "address",
    [
        *("javascript:alert(1)", "JaVaScript:alert(1)", "vbscript:a", "file:///lamp.txt", "data:text/html,a"),
        *("&#106;avascript:alert(1)", "javascript&colon;alert(1)", "<&#x20;javascript:alert(1)>"),
        *("data:image/png;base64,AAAA", "ftp://lanterns.example/"),
    ],
)
@pytest.mark.parametrize(
    "text", ["[lit]({})", '[lit]({} "title")', "![lit]({})", "[lit]\n\n[lit]: {}", "A [![lit]({0})]({0})"]
)
def test_a_scheme_that_is_not_allowed_is_told_and_its_text_shown(text: str, address: str) -> None:
    body, issues = render(text.format(address), first_line=1, prefix="lamp")
    (html,) = body.parts
    assert re.sub("<.*?>", "", str(html)).strip() in ("lit", "A lit")
    assert "<a" not in str(html)
    assert {(issue.code, issue.severity) for issue in issues} == {("bad-link", "warning")}


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,a", "FILE:///a"])
def test_an_address_of_a_scheme_that_is_not_allowed_is_told_and_shown(address: str) -> None:
    body, issues = render(f"<{address}>", first_line=1, prefix="lamp")
    assert body.parts == (f"<p>{address}</p>\n",)
    assert [issue.needle.lower() for issue in issues] == [address.lower()]


@pytest.mark.parametrize(
    "address", ["java%73cript:a", "java&#9;script:a", "<java script:a>", "java&#10;script:a"]
)
def test_what_only_looks_like_a_scheme_is_looked_for_as_a_file(address: str) -> None:
    body, _ = render(f"[lit]({address})", first_line=1, prefix="lamp")
    assert [ref.scheme for ref in body.refs] == ["file"]
    assert [part for part in body.parts if isinstance(part, str)] == ["<p>", "lit", "</p>\n"]


@pytest.mark.parametrize(
    "text",
    [
        "<div>" * 90_000,
        "<div\nlang=de>\n" * 20_000,
        "<div><!-- </div> -->" * 20_000,
        "<div title='</div>'>" * 20_000,
        "<div><a title=x' href='></div>'>" * 15_000,
        "<div><table></div></table>" * 15_000,
        "<div><style></div></style>" * 15_000,
    ],
)
def test_tags_without_end_inside_each_other_are_refused_at_once(text: str) -> None:
    body, issues = render(text, first_line=1, prefix="lamp", raw_html=True)
    assert (body.parts, [issue.code for issue in issues]) == ((), ["html-too-deep"])


def test_many_tags_beside_each_other_are_fine() -> None:
    rows = "<tr><td lang=de>a<br>\n<td title='b'><b>b</b></td></td></tr>\n" * 6_000
    assert shown(f"<!-- ours --><table>{rows}</table>").count("<tr>") == 6_000
