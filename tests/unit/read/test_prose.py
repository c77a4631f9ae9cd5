"""Whatever is taken for prose comes out as the reference makes it, to the last byte."""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from byline import text as words
from byline.read import markdown, prose

HOSTILE = Path(os.environ.get("BYLINE_HOSTILE", ""))
ARCHIVES = Path(os.environ.get("BYLINE_ARCHIVES", ""))
# Texts that were collected to slow parsers down have a megabyte, for which the reference takes seconds.
LONGEST = 5_000


def is_prose(text: str) -> bool:
    """Whether the fast parser takes a text, after it was compared with the reference."""
    text = words.clean(text.replace("\r\n", "\n").replace("\r", "\n"))
    if not text.strip():
        return False
    made = prose.render(text, "lamp")
    if made is None:
        return False
    issues: list[markdown.BodyIssue] = []
    assert (made, []) == (markdown.reference(text, 1, "lamp", False, issues), issues)
    return True


PIECES = (
    *"a I 1 . , ! ? ( ) [ ] * ** *** _ __ ` ~ | # ## ###### + - = > & \\ \" ' : — “ ” é 日 █ ☂ ^ $".split(),
    *(
        "word",
        "two words",
        "x_y",
        "a*b",
        "*a*",
        "**b**",
        "`c`",
        "R&B",
        "1.5",
        "https://",
        "&amp;",
        "<b>",
        "---",
        "===",
    ),
    *(
        "[a](https://lamp.example/a_b*c)",
        '[*q*](http://lamp.example/?a=1&b "T \\"t\\" > 1")',
        "[r](record:r)",
    ),
    *(" ", " ", "  ", "    ", "\n", "\n", "\n\n", "\n\n", "  \n", "\\\n", "\n\n\n"),
    *(
        "- ",
        "\n- ",
        "\n  - ",
        "\n    - ",
        "* ",
        "+ ",
        "1. ",
        "\n2) ",
        "10. ",
        "> ",
        "\n> ",
        "\n> - ",
        "\n   ",
        "\n    ",
    ),
    *(
        "\n# ",
        "\n\n## Lamp\n\n",
        "Title\n===\n",
        "- a\n- b\n",
        "- a\n\n- b\n",
        "\n---\n",
        "|-|",
        "a | b\n--|--\nc | d\n",
    ),
)


@settings(max_examples=400)
@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=25).map("".join))
@example("> a\n>\n")
@example("- `a\n  b`\n")
@example("> a\n    > b")
@example("1.   - c\n    +")
@example("*    c\n    #")
@example("\\ \nb")
@example("a\n    b\n\n    c")
@example("3. a\n4. [b](https://lamp.example/)\n")
@example("…" * 150 + " " * 300 + "[a](https://lamp.example/" + "b" * 500 + ") … " + "c " * 100 + "…")
@example("a" * 199 + "…")
def test_random_texts(text: str) -> None:
    is_prose(text)


@settings(max_examples=100)
@given(
    st.lists(st.text(min_size=1, max_size=3) | st.sampled_from("* _ **".split()), max_size=12).map("".join)
)
def test_random_characters(text: str) -> None:
    is_prose(text)


@pytest.mark.parametrize(
    "text",
    [
        'A *quiet* lamp, **[lit](https://lamp.example/lit?a=1&b=2#c "A .b.")** by `two`.\n\nOne  \nand b.',
        "# One\n\n### Two & more\n\n- a\n- b\n\n  c\n\n> q\n\n1. d\n   - e\n\n***\n\n# One\n",
        "Title\nof two\n===\n\nL'été — « deux » **“mots”** [sic] (R&B) | x\n",
    ],
)
def test_usual_texts_are_prose(text: str) -> None:
    assert is_prose(text)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "<b>a</b>",
            "a &amp; b",
            "&#x202e;",
            "![a](https://lamp.example/a.png)",
            "[a](record:b)",
            "[a](b.pdf)",
        ),
        *("[a](#b)", "[a](javascript:b)", "[a](https://LAMP.example/)", "[a](https://lamp.example:80/)"),
        *("[a](https://lämp.example/)", "[a](https://lamp.example/%2)", "[a]( https://lamp.example/)"),
        *("[a](<https://lamp.example/>)", "[a]: https://lamp.example/\n\n[a]", "a[^1]\n\n[^1]: b", "a^[b]"),
        *("~~a~~", "a | b\n--|--\nc | d", "``a``", "    a", "a\u00a0", "- " * 12 + "a", "> " * 12 + "a"),
    ],
)
def test_what_the_reference_is_for_is_no_prose(text: str) -> None:
    assert not is_prose(text)


def collected() -> Iterator[str]:
    """Texts of a corpus that others collected: examples of CommonMark, of parsers' tests, of attacks."""
    folder = HOSTILE / "text"
    for one in json.loads((folder / "markdown/commonmark.json").read_text("utf-8")):
        yield one["markdown"]
    for file in sorted(folder.glob("markdown/**/*.md")):
        text = file.read_text("utf-8")
        yield text[:LONGEST]
        yield from re.split(r"^\.$", text[:LONGEST], flags=re.MULTILINE)
    yield from json.loads((folder / "strings/blns.json").read_text("utf-8"))
    yield from (folder / "xss/xss-payload-list.txt").read_text("utf-8").splitlines()


@pytest.mark.skipif(not (HOSTILE / "text").is_dir(), reason="BYLINE_HOSTILE names no folder of hostile input")
def test_texts_that_others_collected() -> None:
    assert sum(map(is_prose, collected())) > 500


@pytest.mark.archives
@pytest.mark.skipif(not (ARCHIVES / "jupiter").is_dir(), reason="BYLINE_ARCHIVES names no folder of archives")
def test_bodies_of_real_archives() -> None:
    texts = [
        file.read_text("utf-8").split("---\n", 2)[2]
        for file in ARCHIVES.glob("jupiter/content/episodes/*/index.md")
    ]
    rows = [
        line for name in ("jupiter", "scp") for line in (ARCHIVES / name / "content/records.jsonl").open("rb")
    ]
    texts += [json.loads(row).get("body", "") for row in rows]
    assert sum(map(is_prose, texts[::4])) > len(texts[::4]) / 3
