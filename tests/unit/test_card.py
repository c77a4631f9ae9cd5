"""Social cards: whole names in any script that the fonts have, or none; never boxes."""

import io
import struct
from contextlib import suppress
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from byline.media.card import HEIGHT, WIDTH, Card, draw, fitted
from byline.media.fonts import (
    BUNDLED,
    Face,
    bundled,
    coverage,
    drawable,
    face,
    faces,
    right_to_left,
    runs,
)

# A font of the system with Arabic, where there is one; without it those names are left out.
ARABIC = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf")
CHOICE = (bundled(), *([face(ARABIC)] if ARABIC.is_file() else []))
NAMES = (
    "Rosa Quill",
    "Łucja Źdźbło",
    "Екатерина Соколова",
    "Ελένη Παπαδοπούλου",
    "Trần Thị Thuỷ",
    "Nora نورا (2) Quill",
    "نورا الحسيني",
    "अनुष्का चतुर्वेदी",
    "李小龍",
    "🌟",
    "",
)


def card(*names: str) -> Card:
    return Card(names, "Director · Writer", "The Borrowed Minute", "12 credits on screen")


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


@pytest.mark.parametrize(
    "name", [*NAMES, "Wilhelmina Featherstone " * 13, "Llanfair" * 40, "李" * 300, "Na " * 900]
)
def test_every_name_gives_a_card_of_the_right_size_twice_the_same(name: str) -> None:
    first = draw(card(name), CHOICE)
    image = opened(first)
    assert (image.format, image.size) == ("PNG", (WIDTH, HEIGHT))
    assert draw(card(name), CHOICE) == first
    assert len(first) < 60_000


@pytest.mark.parametrize("name", ["Wilhelmina Featherstone " * 13, "Llanfair" * 40, "Quill-" * 50])
def test_the_longest_names_stay_between_the_bulbs(name: str) -> None:
    image = opened(draw(Card((name,), "", "", ""), CHOICE)).convert("L").crop((0, 70, WIDTH, HEIGHT - 70))
    box = image.point(lambda shade: 255 if shade > 40 else 0).getbbox()
    assert box is not None
    assert box[0] >= 60
    assert box[2] <= WIDTH - 60


def test_no_name_covers_the_title_above_it() -> None:
    short, tall = (
        opened(draw(card(name), CHOICE)).crop((0, 74, WIDTH, 112)).tobytes()
        for name in ("Mo", "Ελένη Παπαδοπούλου")
    )
    assert short == tall


def test_a_name_that_no_font_has_gives_way_to_another_of_theirs_then_to_the_archive() -> None:
    only = (bundled(),)
    assert draw(card("李小龍", "Bruce L."), only) == draw(card("Bruce L."), only)
    assert draw(card("李小龍"), only) == draw(card(), only)
    assert draw(card("李小龍"), only) != draw(card("Bruce L."), only)


def test_letters_are_drawn_all_or_not_at_all_and_other_signs_where_they_can_be() -> None:
    only = (bundled(),)
    assert drawable("Mara 🌟 Lind", only) == "Mara Lind"
    assert drawable("Mara 李", only) == ""
    assert drawable("e\u0301lan", only) == "élan"


@given(st.text(max_size=60))
def test_what_is_drawn_is_covered(text: str) -> None:
    for char in drawable(text, CHOICE):
        assert char in " \u200c\u200d\u200e\u200f" or any(ord(char) in one.covers for one in CHOICE)


@pytest.mark.parametrize(
    "path", [BUNDLED, *([ARABIC] if ARABIC.is_file() else [])], ids=lambda path: path.stem
)
def test_coverage_is_what_the_font_says(path: Path) -> None:
    assert coverage(path.read_bytes()) == frozenset(TTFont(path).getBestCmap())


def test_the_bundled_font_is_small_and_has_its_scripts_and_its_licence() -> None:
    assert BUNDLED.stat().st_size < 150_000
    for name in NAMES[:5]:
        assert drawable(name, (bundled(),)) == name
    assert "SIL OPEN FONT LICENSE" in (BUNDLED.parent / "LICENSE-card.txt").read_text("utf-8")


def test_a_file_that_is_no_font_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "not.ttf").write_bytes(b"hello")
    (tmp_path / "half.ttf").write_bytes(BUNDLED.read_bytes()[:400])
    found, problems = faces(tmp_path, ("not.ttf", "half.ttf", "gone.ttf"))
    assert found == (bundled(),)
    assert [problem.code for problem in problems] == ["bad-font"] * 3
    assert "gone.ttf" in problems[2].message


@given(st.binary(max_size=200))
def test_broken_fonts_never_surprise(data: bytes) -> None:
    for start in (b"", b"\0\1\0\0\0\1\0\0\0\0\0\0cmap\0\0\0\0\0\0\0\x1c\0\0\0\xff"):
        with suppress(ValueError, struct.error):
            assert all(0 <= char <= 0x10FFFF for char in coverage(start + data))


# Runs: a font with Latin letters, one with Hebrew and Arabic ones; both have digits, spaces and brackets.
SHARED = frozenset(map(ord, " ()0123456789-"))
LATIN = Face("latin", "", SHARED | frozenset(range(0x41, 0x7B)))
SEMITIC = Face("semitic", "", SHARED | frozenset(range(0x5D0, 0x6FF)))


@pytest.mark.parametrize(
    ("text", "rtl", "shown"),
    [
        ("Ann Quill", False, "Ann Quill"),
        ("Nora \u05d0\u05d1 Quill", False, "Nora \u05d1\u05d0 Quill"),
        ("\u05d0\u05d1 Quill \u05d2\u05d3", True, "\u05d3\u05d2 Quill \u05d1\u05d0"),
        ("Nora \u05d0\u05d1 (12) Quill", False, "Nora )12( \u05d1\u05d0 Quill"),
        ("\u05d0 (Quill)", True, ")Quill( \u05d0"),
        ("\u05d0 12", True, "12 \u05d0"),
        ("", False, ""),
    ],
)
def test_mixed_directions_stand_as_they_are_read(text: str, rtl: bool, shown: str) -> None:
    """As UAX 9 orders them from left to right; brackets inside what runs to the left are mirrored there."""
    found = runs(text, (LATIN, SEMITIC), rtl)
    assert "".join(run.text[::-1] if run.rtl else run.text for run in found) == shown
    assert right_to_left(text) == rtl


@given(st.text("aZ \u05d0\u05d1\u0627(1)-", max_size=30), st.booleans())
def test_runs_hold_every_character_once(text: str, rtl: bool) -> None:
    found = runs(text, (LATIN, SEMITIC), rtl)
    assert sorted("".join(run.text for run in found)) == sorted(text)


@settings(max_examples=40, deadline=None)
@given(st.text("abcdefgh Wi", min_size=1, max_size=300))
def test_names_are_fitted_without_losing_a_letter(text: str) -> None:
    lines = fitted(text, (bundled(),))
    said = "".join(run.text for line in lines for run, _ in line.runs)
    assert said.replace(" ", "") == text.replace(" ", "") or said.endswith("…")
    assert all(line.width <= 1050 for line in lines)
