import csv
import io
import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from byline.read import ledgers
from byline.read.ledgers import Row


def one_fault(suffix, text):
    _, faults = ledgers.rows(suffix, text)
    (fault,) = faults
    assert fault.message
    assert fault.hint
    return fault.code, fault.line, fault.column


def test_json_lines():
    text = '\ufeff{"id": "a", "n": [1, 2.5, null, true]}\r\n\r\n  {"id": "b"}\n'
    assert ledgers.rows("jsonl", text) == (
        (Row(1, {"id": "a", "n": [1, 2.5, None, True]}), Row(3, {"id": "b"})),
        (),
    )


@pytest.mark.parametrize(
    ("line", "code", "column"),
    [
        ('{"a": 1, "a": 2}', "row-duplicate-key", 10),
        ('{"a": [1, {"b": 2, "b": 3}]}', "row-duplicate-key", 20),
        ('{"a": {"b": 2}, "c": {"b": 1}, "a": 0}', "row-duplicate-key", 32),
        ('{"a": NaN}', "row-syntax", 7),
        ('{"a": -Infinity}', "row-syntax", 7),
        ('{"a": 1e400}', "row-syntax", 7),
        ('{"a": "9", "b": 9223372036854775808}', "row-syntax", 17),
        ('{"a": ' + "9" * 5000 + "}", "row-syntax", 7),
        ('{"a": "open}', "row-syntax", 7),
        ('{"a" 1}', "row-syntax", 6),
        ('{"a": 1} x', "row-syntax", 10),
        ('{"a":', "row-syntax", 6),
        (" [1]", "row-syntax", 2),
        ("{'a': 1}", "row-syntax", 2),
        ('{"a": "\\ud800"}', "row-syntax", 8),
        ('{"a": "\t"}', "row-syntax", 8),
        ('{"a": ' + "[" * 100_000, "row-syntax", 56),
        ('{"a": ' + "[" * 60 + "]" * 60 + "}", "row-syntax", 56),
    ],
    ids=lambda value: str(value)[:20],
)
def test_a_bad_line_is_one_fault_and_the_others_count(line, code, column):
    text = f'{{"id": "a"}}\n{line}\n{{"id": "b"}}\n'
    good, _ = ledgers.rows("jsonl", text)
    assert one_fault("jsonl", text) == (code, 2, column)
    assert good == (Row(1, {"id": "a"}), Row(3, {"id": "b"}))


def test_whole_characters_in_two_escapes_are_fine():
    good, faults = ledgers.rows("jsonl", '{"a": "\\ud83d\\ude00"}')
    assert not faults
    assert good[0].values == {"a": "\U0001f600"}


def test_table():
    text = (
        "\ufeffid,title,credits,body\r\n"
        'storm,"Storm, again","{""author"": ""mara""}","Two\r\nlines of ""it"""\r\n'
        "\r\n"
        "calm,,[],007"
    )
    assert ledgers.rows("csv", text) == (
        (
            Row(
                2,
                {
                    "id": "storm",
                    "title": "Storm, again",
                    "credits": {"author": "mara"},
                    "body": 'Two\nlines of "it"',
                },
            ),
            Row(5, {"id": "calm", "credits": [], "body": "007"}),
        ),
        (),
    )


@pytest.mark.parametrize(
    ("line", "code", "column"),
    [
        ("only", "row-width", 1),
        ("x,y,z", "row-width", 5),
        ('x,y"z', "row-syntax", 4),
        ('"x"y,z', "row-syntax", 3),
        ("x,[1 2]", "row-syntax", 6),
        ('x,"{""a"": }"', "row-syntax", 3),
        ('x,"{""a"": 1, ""a"": 2}"', "row-duplicate-key", 3),
        ('x,"never closed', "row-syntax", 3),
    ],
)
def test_a_bad_row_is_one_fault_and_the_others_count(line, code, column):
    text = f'id,title\na,"two\nlines"\n{line}\nb,\n'
    good, _ = ledgers.rows("csv", text)
    assert one_fault("csv", text) == (code, 4, column)
    assert good == (Row(2, {"id": "a", "title": "two\nlines"}), Row(5, {"id": "b"}))


@pytest.mark.parametrize(
    ("header", "column"), [("id,", 4), ("id,,title", 4), ("id,title,id", 10), ('id,"ti', 4)]
)
def test_a_bad_header_stops_the_table(header, column):
    text = f"{header}\na,b\n"
    assert ledgers.rows("csv", text)[0] == ()
    assert one_fault("csv", text)[1:] == (1, column)


def test_a_nul_is_refused():
    assert one_fault("csv", "id\na\x00b\n") == ("encoding", 2, 2)
    assert one_fault("jsonl", '{"id": "a\x00"}') == ("encoding", 1, 10)


@pytest.mark.parametrize("suffix", ["csv", "jsonl"])
@pytest.mark.parametrize("text", ["", "\n", "\ufeff", "\r\n\r\n"])
def test_an_empty_ledger_has_no_rows(suffix, text):
    assert ledgers.rows(suffix, text) == ((), ())


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\x00"))


@given(st.lists(st.lists(TEXT, min_size=3, max_size=3), max_size=5))
def test_a_table_written_by_others_is_read_back(table):
    file = io.StringIO()
    csv.writer(file).writerows([["id", "title", "body"], *([f"x{a}", b, c] for a, b, c in table)])
    good, faults = ledgers.rows("csv", file.getvalue())
    if any(cell[:1] in ("{", "[") for row in table for cell in row[1:]):
        return
    assert not faults
    assert [row.values for row in good] == [
        {key: cell for key, cell in zip(("id", "title", "body"), (f"x{a}", b, c), strict=True) if cell}
        for a, b, c in table
    ]


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=10,
)


def leaves(value, path=()):
    if isinstance(value, (dict, list)):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(item, (*path, key))
    else:
        yield path, value


@given(st.lists(st.dictionaries(TEXT, JSON, max_size=4), max_size=4), st.booleans())
def test_every_value_of_json_lines_is_read_and_found(documents, ascii_only):
    lines = [json.dumps(document, ensure_ascii=ascii_only) for document in documents]
    text = "\n".join(lines)
    good, faults = ledgers.rows("jsonl", text)
    assert not faults
    assert [row.values for row in good] == documents
    for row in good:
        for path, value in leaves(row.values):
            line, column, length = ledgers.locate_cell("jsonl", text, row.line, path)
            assert line == row.line
            assert json.loads(lines[line - 1][column - 1 : column - 1 + length]) == value
            if isinstance(path[-1], str):
                _, column, length = ledgers.locate_cell("jsonl", text, row.line, path, key=True)
                assert json.loads(lines[line - 1][column - 1 : column - 1 + length]) == path[-1]


@given(st.sampled_from(["csv", "jsonl"]), st.text('{}[]:,"\\ \n\ra1-.eud', max_size=60))
def test_no_text_breaks_the_reader(suffix, text):
    good, faults = ledgers.rows(suffix, text)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for fault in faults:
        assert 1 <= fault.line <= len(lines)
        assert 1 <= fault.column <= len(lines[fault.line - 1]) + 1
    for row in good:
        assert row.values or suffix == "jsonl"
    for line in range(1, len(lines) + 2):
        ledgers.locate_cell(suffix, text, line, ("a", 0, "b"))


def test_numbers_are_found_as_they_are_spelled():
    text = '\n{"a": {"b": [1, 2.50, "3.0"]}, "b": -1e3, "c": "4.0"}\n'
    assert ledgers.spelling(text, 2, ("a", "b", 1), 2.5) == "2.50"
    assert ledgers.spelling(text, 2, ("b",), -1000.0) == "-1e3"
    assert ledgers.spelling(text, 2, ("c",), 4.0) is None
    assert ledgers.spelling(text, 2, ("a", "b", 0), 1) is None


def test_many_numbers_in_a_row_are_looked_for_once():
    text = json.dumps({"id": "a", "tags": [1.25] * 20_000})
    begun = time.perf_counter()
    assert {ledgers.spelling(text, 1, ("tags", at), 1.25) for at in range(20_000)} == {"1.25"}
    assert time.perf_counter() - begun < 2


def test_locate_falls_back_to_what_is_near():
    text = '{"id": "a"}\n{"b": [{"c": 1}], "d": {}}\n'
    assert ledgers.locate_cell("jsonl", text, 2, ("b", 0, "x")) == (2, 8, 1)
    assert ledgers.locate_cell("jsonl", text, 2, ("d", "x")) == (2, 24, 1)
    assert ledgers.locate_cell("jsonl", text, 2, ("x",)) == (2, 1, 1)
    assert ledgers.locate_cell("jsonl", text, 9, ("x",)) == (1, 1, 1)


def test_locate_in_a_table():
    text = 'id,title,credits\na,"two\nlines",x\nb,Storm,"{""host"": ""joe""}"\n'
    assert ledgers.locate_cell("csv", text, 4, ("title",)) == (4, 3, 5)
    assert ledgers.locate_cell("csv", text, 4, ("credits", "host")) == (4, 9, 21)
    assert ledgers.locate_cell("csv", text, 4, ("credits", "host"), key=True) == (4, 9, 21)
    assert ledgers.locate_cell("csv", text, 2, ("title",)) == (2, 3, 4)
    assert ledgers.locate_cell("csv", text, 2, ("credits",)) == (3, 8, 1)
    assert ledgers.locate_cell("csv", text, 4, ("title",), key=True) == (1, 4, 5)
    assert ledgers.locate_cell("csv", text, 4, ("poster",)) == (4, 1, 1)


def test_many_bad_rows_cost_no_more_than_good_ones():
    begun = time.perf_counter()
    _, faults = ledgers.rows("csv", "id,title\n" + 'a,b"c\nd\n' * 10_000)
    assert len(faults) == 20_000
    assert time.perf_counter() - begun < 2
