import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from byline import toml

SETTINGS = '''\
# "quoted" = [not here
tagline.short = "x = 1"

[archive]
title = "The Archive"   # [hidden]
"base url" = 'https://example.org/'
license = """
[not.a.section]
text"""
released = 1979-05-27 07:32:00

[roles.gaffer]
label = "Lit by"
plural.other = "Lit by # all"

[[menu]]
to = "a"

[[menu]]
to = "b"
links = [
  "one", # first
  {url = "two", "label" = [1.5, 2]},
]
[[menu.sub]]
to = "c"
'''


def spot(text, path, key=False):
    line, column, length = toml.locate_key(text, path, key)
    return text.split("\n")[line - 1][column - 1 : column - 1 + length]


@pytest.mark.parametrize(
    ("path", "key", "value"),
    [
        (("tagline", "short"), "tagline.short", '"x = 1"'),
        (("tagline",), "tagline.short", "tagline.short"),
        (("archive",), "[archive]", "[archive]"),
        (("archive", "title"), "title", '"The Archive"'),
        (("archive", "base url"), '"base url"', "'https://example.org/'"),
        (("archive", "license"), "license", '"""'),
        (("archive", "released"), "released", "1979-05-27 07:32:00"),
        (("archive", "unknown"), "[archive]", "[archive]"),
        (("roles",), "[roles.gaffer]", "[roles.gaffer]"),
        (("roles", "gaffer", "plural", "other"), "plural.other", '"Lit by # all"'),
        (("menu", 1, "to"), "to", '"b"'),
        (("menu", 1, "links", 0), '"one"', '"one"'),
        (("menu", 1, "links", 1, "url"), "url", '"two"'),
        (("menu", 1, "links", 1, "label", 0), "1.5", "1.5"),
        (("menu", 1, "links", 7), "links", "links"),
        (("menu", 1, "sub", 0, "to"), "to", '"c"'),
        (("menu", 1, "from"), "[[menu]]", "[[menu]]"),
    ],
)
def test_locate(path, key, value):
    assert spot(SETTINGS, path, key=True) == key
    assert spot(SETTINGS, path) == value


def test_locate_tells_tables_of_an_array_apart():
    assert toml.locate_key(SETTINGS, ("menu", 0, "to"))[0] == 17
    assert toml.locate_key(SETTINGS, ("menu", 1, "to"))[0] == 20
    assert toml.locate_key(SETTINGS, ("menu", 1, "from"))[0] == 19


def test_what_is_not_there_is_at_the_start():
    assert toml.locate_key(SETTINGS, ("nothing", "here")) == (1, 1, 1)
    assert toml.locate_key("", ("a",)) == (1, 1, 1)


def test_load():
    assert toml.load_toml("\ufeff[archive]\r\ntitle = 'x'\r\n") == ({"archive": {"title": "x"}}, ())
    assert toml.load_toml("") == ({}, ())


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("a = 1\na = 2\n", 2, 6),
        ("[x]\n[x]\n", 2, 3),
        ("a\n", 1, 2),
        ("a = Hello\n", 1, 5),
        ('a = "open\n', 1, 10),
        ('a = """open\n', 1, 12),
        ("b = 1\na = [1\n", 2, 7),
        ("a = 1 2\n", 1, 7),
        ("a = \x00", 1, 5),
        ('a = "\\x"\n', 1, 8),
        ("a = " + "9" * 5000, 1, 5),
        ("a = " + "[" * 100_000, 1, 5),
        ("a = " + "{a=" * 100_000, 1, 1),
    ],
    ids=lambda value: str(value)[:12],
)
def test_faults_name_their_place(text, line, column):
    values, (fault,) = toml.load_toml(text)
    assert values == {}
    assert (fault.line, fault.column) == (line, column)
    assert fault.message
    assert fault.hint


NAMES = st.text("ab.\"' é-1", min_size=1, max_size=4)
SCALARS = st.booleans() | st.integers(-9, 9) | st.text("a]=#,\"' \\", max_size=5) | st.just(1.5)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=5,
)


def name(word):
    return '"' + word.replace('"', '\\"') + '"'


def written(value):
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(value, list):
        return "[" + "".join(f"\n {written(item)}, # ]\n" for item in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name(key)} = {written(item)}" for key, item in value.items()) + "}"
    return str(value)


def leaves(value, path=()):
    if isinstance(value, (dict, list)):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(item, (*path, key))
    else:
        yield path, value


@given(st.dictionaries(NAMES, st.dictionaries(NAMES, VALUES, max_size=3), max_size=3))
def test_every_value_is_found(sections):
    text = "".join(
        f"[{name(section)}]\n" + "".join(f"{name(key)} = {written(item)}\n" for key, item in items.items())
        for section, items in sections.items()
    )
    assert toml.load_toml(text) == (sections, ())
    for path, value in leaves(sections):
        assert tomllib.loads(f"x = {spot(text, path)}")["x"] == value


@given(st.text("[]{}=,.#\"'\\ \n\rab1", max_size=50))
def test_no_text_breaks_the_reader(text):
    _, faults = toml.load_toml(text)
    lines = text.split("\n")
    for fault in faults:
        assert 1 <= fault.line <= len(lines)
        assert 1 <= fault.column <= len(lines[fault.line - 1]) + 2
    toml.locate_key(text, ("a", 0, "b"))
