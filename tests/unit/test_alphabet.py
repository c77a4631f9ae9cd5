"""The order of names and titles, and the letters that they stand under."""

import json
import unicodedata
from collections.abc import Callable
from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from byline.alphabet import initial, name_key
from byline.text import fold
from conftest import LEAN, Site

PEOPLE = "🎬,2 Moths,Æsir,Anna,Dora,Đorđe,Lena,Łukasz,Oskar,Øyvind,Þóra,Tom,Uma,Zoe,Анна,Йордан,Мария 2"
# Names of one script: the alphabets of Cyrillic are in order, marks count where nothing else differs.
ORDERS = [
    "Lamp,Łamp,Lampa,Lana",
    "Anne,Anne Marie,Anne-Marie,Annemarie",
    "Strasse 1,Straße 2,Strasse 3,Straßen",
    "ırmak,İsa,Izel",
    "ﬁsh,fist",
    "Βασίλης,Ἑλένη,Ελένης,Ωμέγα",
    "Гоголь,Ґалаґан,Дена,Елена,Ёлкин,Єва,Жан,Иван,Ігор,Їжак,Йосип,Јован,Кира",
    "Горан,Дарко,Ђорђе,Ѓорѓи,Ема,Лада,Љиља,Марко,Нада,Његош,Олга,Тоше,Ћира,Ќамил,Урош,Чеда,Џим,Шпиро",
    "кал,काल,किल",
    "กู,กูก,กูข",
]
NAMES = st.text(st.sampled_from("aAåłLŁøoæeß iІіиїй-'2ё\u0301क्ाか゛가🎬") | st.characters(), max_size=8)
BASES = st.characters(categories=["Lu", "Ll", "Lt", "Lo"]).filter(
    lambda char: unicodedata.normalize("NFKD", char)[0].isalpha()
)


@pytest.fixture
def people(site: Callable[..., Site]) -> Site:
    rows = [json.dumps({"id": f"p{at}", "name": name}) for at, name in enumerate(sorted(PEOPLE.split(",")))]
    made = site({"content/contributors.jsonl": "\n".join(rows)}, f"{LEAN} --set pages.per_page=10")
    assert made.status == 0, made.text
    return made


def texts(page: str, selector: str) -> list[str]:
    return [node.text(strip=True) for node in LexborHTMLParser(page).css(selector)]


def test_people_are_listed_as_readers_look_for_them(people: Site) -> None:
    listed = [people.page("contributors/"), people.page("contributors/page/2/")]
    assert [name for page in listed for name in texts(page, ".people .title")] == PEOPLE.split(",")


def test_letters_hold_who_is_listed_there_in_the_same_order(people: Site) -> None:
    page = LexborHTMLParser(people.page("contributors/"))
    links = [link.attributes["href"] or "" for link in page.css("a") if "letter/" in str(link.attributes)]
    letters = [link.removesuffix("/").rpartition("/")[2] for link in links]
    assert letters == "other a d l o t u z u0430 u0439 u043c".split()
    listed = [people.page(f"contributors/letter/{letter}/") for letter in letters]
    assert [name for page in listed for name in texts(page, ".people .title")] == PEOPLE.split(",")


def test_topics_are_in_the_order_of_their_titles(site: Callable[..., Site]) -> None:
    titles = ["Ænder", "Apfel", "Łódź", "Mond", "Über uns", "Zelt"]
    topics = {f"content/topics/t{at}.md": f"---\ntitle: {one}\n---\n" for at, one in enumerate(titles)}
    made = site({**topics, "content/index.md": "---\ntitle: Home\n---\n"}, LEAN)
    assert texts(made.page("topics/"), "main li a") == titles


@pytest.mark.parametrize("names", ORDERS)
def test_names_of_one_script(names: str) -> None:
    wanted = names.split(",")
    assert sorted(sorted(wanted, reverse=True), key=name_key) == wanted


@given(NAMES, NAMES)
def test_names_are_equal_only_where_nothing_but_case_and_form_differs(one: str, other: str) -> None:
    assert (name_key(one) == name_key(other)) == (fold(one) == fold(other))
    assert name_key(one) == name_key(unicodedata.normalize("NFD", one))


@given(NAMES, BASES, NAMES)
def test_no_letter_is_lost(before: str, letter: str, after: str) -> None:
    def letters(name: str) -> str:
        return name_key(name).partition("\x00")[0].replace(" ", "")

    assert len(letters(f"{before} {letter} {after}")) > len(letters(f"{before}  {after}"))


@given(st.lists(NAMES.filter(initial)))
def test_every_letter_is_one_part_of_the_order(names: list[str]) -> None:
    parts = [letter for letter, _ in groupby(sorted(names, key=name_key), initial)]
    assert len(parts) == len(set(parts))
