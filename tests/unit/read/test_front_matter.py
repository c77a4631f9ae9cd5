"""The fences of front matter: which part of a document is which."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from byline.read.front_matter import FrontMatter, split


def test_split_gives_both_parts_and_their_lines():
    parts = split("---\ntitle: x\nnumber: 1\n---  \n\nHello\n---\nthere\n")
    assert (parts.yaml, parts.yaml_line) == ("title: x\nnumber: 1\n", 2)
    assert (parts.body, parts.body_line) == ("\nHello\n---\nthere\n", 5)
    assert parts.fault is None


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_split_takes_any_line_end_and_a_byte_order_mark(end, mark):
    parts = split(mark + end.join(["--- ", "title: x", "---", "Hello", ""]))
    assert parts == FrontMatter("title: x\n", 2, "Hello\n", 4)


@pytest.mark.parametrize("text", ["", "Hello\n", "***\nx\n---\n", "--\n", "- ---\nx\n---\n", "\n\nx\n---\n"])
def test_without_a_fence_everything_is_body(text):
    assert split(text) == FrontMatter("", 1, text, 1)


def test_an_empty_front_matter():
    assert split("---\n---") == FrontMatter("", 2, "", 3)


def test_a_fence_that_is_never_closed():
    parts = split("---\ntitle: x\n----\n")
    assert parts.fault is not None
    assert (parts.fault.code, parts.fault.line, parts.fault.length) == ("front-matter-open", 1, 3)
    assert parts.body == "---\ntitle: x\n----\n"


@pytest.mark.parametrize("above", ["", "\n", " \n\t\n", "\u00a0\n", "\u200b", "\n\ufeff"])
@pytest.mark.parametrize("line", ["---", " ---", "\t---", "--- \u00a0", "---\u200b", "\u2003---", "----"])
def test_what_was_meant_as_a_fence_is_a_fault(above, line):
    text = f"{above}{line}\ntitle: x\ndraft: true\n---\nHello\n"
    parts = split(text)
    if text.startswith("---\n"):
        assert parts.fault is None
        return
    assert parts.fault is not None
    assert (parts.fault.code, parts.fault.line) == ("front-matter-open", above.count("\n") + 1)
    assert text.split("\n")[parts.fault.line - 1][parts.fault.column - 1 :].startswith("---")
    assert (parts.yaml, parts.body) == ("", text)


@given(st.text(st.characters(exclude_characters="\r", exclude_categories=["Cs"])))
def test_split_keeps_every_line(body):
    parts = split("---\na: 1\n---\n" + body)
    assert (parts.yaml, parts.body, parts.body_line) == ("a: 1\n", body, 4)
