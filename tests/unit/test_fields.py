"""Texts that are web addresses or languages, and texts that are none; the types of settings."""

import re

import msgspec
import pytest

from byline.fields import BAD, LANGUAGE, Reader, is_web_url
from byline.settings import Settings, settings_schema


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


def test_every_setting_has_a_place_in_its_type() -> None:
    tables = settings_schema()["properties"]
    assert tables.keys() == set(Settings.__struct_fields__) - {"licenses_strict"}
    for field in msgspec.structs.fields(Settings):
        if isinstance(field.type, type) and issubclass(field.type, msgspec.Struct):
            assert tables[field.name]["properties"].keys() == set(field.type.__struct_fields__)


def is_language(text: str) -> bool:
    read = LANGUAGE.read(Reader(), (), text)
    assert (read is not BAD) is bool(re.search(LANGUAGE.schema["pattern"], text))
    return read is not BAD


@pytest.mark.parametrize(
    "tag",
    [
        *("en", "pt-BR", "zh-Hant", "sl-rozaj-biske-1994", "en-u-ca-gregory", "de-x-berlin", "x-klingon"),
        *("de-DE-u-co-phonebk-x-y", "en-a-bbb-x-a-ccc"),
    ],
)
def test_a_language_may_have_extensions_and_be_private(tag: str) -> None:
    assert is_language(tag)


@pytest.mark.parametrize(
    "text", ["english", "e", "en-", "-en", "en_GB", "en-u", "en-x", "x", "en-u-x-a", "de-Saarbruecken", "١٢"]
)
def test_what_is_no_code_of_a_language_is_none(text: str) -> None:
    assert not is_language(text)
