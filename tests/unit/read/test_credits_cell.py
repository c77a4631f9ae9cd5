import pytest
from hypothesis import given
from hypothesis import strategies as st

from byline.read.credits_cell import FIELDS, parse_credits


@pytest.mark.parametrize(
    ("cell", "credits"),
    [
        ("", {}),
        ("  ", {}),
        ("host=joe", {"host": ["joe"]}),
        (
            'host=joe; director=rosa,lee; performer=annie as "The Narrator"',
            {
                "host": ["joe"],
                "director": ["rosa", "lee"],
                "performer": [{"who": "annie", "as": "The Narrator"}],
            },
        ),
        (" host = joe ;\n director=rosa , lee ;", {"host": ["joe"], "director": ["rosa", "lee"]}),
        (
            'performer=annie as "X; Y, Z" at 01:08, mindy credited_as "M. ""K"" Ng" note "wrote it"',
            {
                "performer": [
                    {"who": "annie", "as": "X; Y, Z", "at": "01:08"},
                    {"who": "mindy", "credited_as": 'M. "K" Ng', "note": "wrote it"},
                ]
            },
        ),
        (
            "performer=annie at 01:08 as The Narrator",
            {"performer": [{"who": "annie", "at": "01:08", "as": "The Narrator"}]},
        ),
        ("performer=annie AS “The Narrator”", {"performer": [{"who": "annie", "as": "The Narrator"}]}),
        ('host=Rosa Lee; writer="Lee, Rosa at Sea"', {"host": ["Rosa Lee"], "writer": ["Lee, Rosa at Sea"]}),
        ("host=joe; host=lee", {"host": ["joe", "lee"]}),
        ("host=joe,", {"host": ["joe"]}),
        ("host=as", {"host": ["as"]}),
    ],
)
def test_credits(cell, credits):
    assert parse_credits(cell) == (credits, ())


@pytest.mark.parametrize(
    ("cell", "column", "length"),
    [
        ("joe", 1, 3),
        ("host: joe", 1, 9),
        ("host=", 1, 5),
        ("host=,", 1, 6),
        ("=joe", 1, 4),
        ("host, director=joe", 1, 18),
        ("host=joe director=rosa", 18, 1),
        ('performer=annie as "The', 20, 1),
        ("performer=annie as", 17, 2),
        ("performer=annie as at 01:08", 20, 2),
        ("performer=annie as X as Y", 22, 2),
        ('performer=annie as "X" Y', 24, 1),
        ('performer=annie as X "Y"', 22, 3),
        ('performer=an"nie', 13, 1),
    ],
)
def test_faults_name_their_place_and_the_other_roles_count(cell, column, length):
    before, after = "writer=mara; ", "; host=lee"
    _, (fault,) = parse_credits(cell)
    assert (fault.line, fault.column, fault.length) == (1, column, length)
    assert fault.message
    assert fault.hint
    if '"' not in cell:
        credits, (fault,) = parse_credits(before + cell + after)
        assert fault.column == column + len(before)
        assert credits == {"writer": ["mara"], "host": ["lee"]}


def test_a_fault_in_a_cell_of_several_lines():
    _, (fault,) = parse_credits("host=joe;\n  director=")
    assert (fault.line, fault.column) == (2, 3)


TEXT = st.text("ab ;,=:\"'-“”é\n", min_size=1, max_size=6).filter(str.strip) | st.sampled_from(FIELDS)
PERSON = TEXT | st.fixed_dictionaries({"who": TEXT}, optional=dict.fromkeys(FIELDS, TEXT)).filter(
    lambda person: len(person) > 1
)


def quoted(text):
    return '"' + text.replace('"', '""') + '"'


def written(person):
    if isinstance(person, str):
        return quoted(person)
    return " ".join([quoted(person["who"]), *(f"{f} {quoted(person[f])}" for f in FIELDS if f in person)])


@given(st.dictionaries(TEXT, st.lists(PERSON, min_size=1, max_size=3), max_size=3))
def test_what_is_written_is_read_back(credits):
    cell = ";".join(f"{quoted(role)}={', '.join(map(written, people))}" for role, people in credits.items())
    assert parse_credits(cell) == (credits, ())


@given(st.text('ab ;,="“”\nas credited_', max_size=40))
def test_no_text_breaks_the_reader(cell):
    _, faults = parse_credits(cell)
    lines = cell.split("\n")
    for fault in faults:
        assert 1 <= fault.column <= len(lines[fault.line - 1])
