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
    assert not re.search("script|href", html)


def test_signs_that_are_left_out_of_a_text_leave_the_rest() -> None:
    assert shown("a&#x202e;b <ins>c&#x200b;d</ins>") == "<p>ab <ins>cd</ins></p>\n"
