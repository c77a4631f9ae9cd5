"""Texts that are web addresses, and texts that are none."""

import pytest

from byline.fields import is_web_url


@pytest.mark.parametrize(
    "host",
    [
        "lanterns.example",
        "a.b-c.example:8080",
        "[2001:db8::1]",
        "[::1]:80",
        "हिन्दी.example",
        "münchen.example",
        "10.0.0.1",
    ],
)
def test_a_host_makes_an_address(host: str) -> None:
    assert is_web_url(f"https://{host}/lamp.jpg?a=1#b")


@pytest.mark.parametrize(
    "host",
    [
        "*",
        "*.example",
        "a;script-src",
        "a,b",
        "a'unsafe-inline'",
        "a%2fb",
        ".",
        "",
        "a:0",
        "a:99999",
        "a{b}",
        "a$b",
    ],
)
def test_what_is_no_host_makes_none(host: str) -> None:
    assert not is_web_url(f"https://{host}/lamp.jpg")
