"""How a language writes dates, numbers, sizes and lists, and the catalogue of a language's messages."""

import gettext
import io
from collections.abc import Callable, Iterable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton
from babel.numbers import format_decimal

from byline.times import iso_duration, timecode

MESSAGES = Path(__file__).parent / "messages"
# Plain "en" is international English, which writes 2 November 2014.
_WORLD_ENGLISH = "en_001"


@cache
def locale(language: str) -> Locale:
    """The locale of a BCP 47 tag, else of its language, else international English."""
    for tag in (language, language.partition("-")[0]):
        if tag and tag != "en":
            try:
                return Locale.parse(tag, sep="-")
            except (ValueError, UnknownLocaleError):
                pass
    return Locale.parse(_WORLD_ENGLISH)


def catalogue_file(language: str) -> Path | None:
    """The file of messages in a language, else of what it belongs to (zh-Hant-TW, zh-Hant, zh); else None.

    Case means nothing in a tag. Without a file the templates' English stands.
    """
    files = {path.stem.casefold(): path for path in MESSAGES.glob("*.po")}
    tag = language.casefold()
    while tag and tag not in files:
        tag = tag.rpartition("-")[0]
    return files.get(tag)


def catalogue(language: str) -> gettext.NullTranslations:
    """The messages of a language, looked up by their English."""
    path = catalogue_file(language)
    if path is None:
        return gettext.NullTranslations()
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    compiled = io.BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def endonym(language: str) -> str:
    """A language's name in itself: "Deutsch"; an unknown tag is its own name."""
    try:
        name = Locale.parse(language, sep="-").get_display_name()
    except (ValueError, UnknownLocaleError):
        return language
    # By title case: Georgian letters have large ones, which only stand in words of nothing else.
    return name[:1].title() + name[1:] if name else language


def date_words(written: str, where: Locale) -> str:
    """A whole or partial ISO date in words: "2014" (and 2014年), "November 2014", "2 November 2014".

    What is no date (a free text such as "in the spring of 1990") stays as it is.
    """
    return _day_words(written[:10], where) or written


def _day_words(written: str, where: Locale) -> str:
    """A day in words: many works share one, and few a moment; "" for what is no date."""
    parts = written.split("-")
    try:
        day = date(*(int(part) for part in [*parts, "1", "1"][:3]))
    except (ValueError, TypeError, OverflowError):
        return ""
    if len(parts) < 3:
        return str(format_skeleton("y" if len(parts) == 1 else "yMMMM", day, locale=where))
    return str(format_date(day, "long", locale=where))


def size_words(size: int, where: Locale) -> str:
    """A file's size in decimal units with one digit: "3.1 MB", "3,1 Mo"; 0.1 kB at least."""
    from babel.units import format_unit

    amount, unit = size / 1000, "kilobyte"
    for unit in ("kilobyte", "megabyte", "gigabyte", "terabyte"):
        if amount < 1000 or unit == "terabyte":
            break
        amount /= 1000
    words = format_unit(max(0.1, round(amount, 1)), f"digital-{unit}", "short", locale=where)
    return words.replace(" ", "\N{NO-BREAK SPACE}")


def between(where: Locale) -> tuple[str, str, str, str]:
    """What stands between the items of a list: of two; after the first, in the middle, before the last."""
    patterns = where.list_patterns["standard"]
    two, start, middle, end = (
        patterns[key].partition("{0}")[2].partition("{1}")[0] for key in ("2", "start", "middle", "end")
    )
    return two, start, middle, end


def listing(
    items: Iterable[Any], separators: tuple[str, str, str, str], more: int = 0
) -> tuple[tuple[str, Any], ...]:
    """Items, each with what the language writes before it: ("", a), (", ", b), (" and ", c).

    Where `more` follow ("and 9 more"), none of them is the last: ("", a), (", ", b), (", ", c).
    """
    whole = tuple(items)
    if len(whole) < 2:
        return (("", whole[0]),) if whole else ()
    two, start, middle, end = separators
    if more:
        two, end = start, middle
    if len(whole) == 2:
        return ("", whole[0]), (two, whole[1])
    inner = ((start if not number else middle, item) for number, item in enumerate(whole[1:-1]))
    return ("", whole[0]), *inner, (end, whole[-1])


def filters(language: str) -> dict[str, Callable[..., Any]]:
    """The templates' filters in a language; what repeats is remembered."""
    where = locale(language)
    separators = between(where)
    days = cache(lambda day: _day_words(day, where))
    return {
        "date": lambda written: days(written[:10]) or written,
        "timecode": timecode,
        "iso_duration": iso_duration,
        "number": cache(lambda number: str(format_decimal(number, locale=where))),
        "filesize": cache(lambda size: size_words(size, where)),
        "listing": lambda items, more=0: listing(items, separators, more),
        "endonym": cache(endonym),
    }
