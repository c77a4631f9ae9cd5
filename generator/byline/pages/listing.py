"""Long listings in pages."""

from collections.abc import Sequence
from typing import TypeVar

from byline.pages import elements as el
from byline.pages.here import Here

T = TypeVar("T")


def cut(here: Here, items: Sequence[T]) -> Sequence[T]:
    """The items that stand on this page of a listing."""
    per_page = here.archive.settings.pages.per_page
    start = (here.output.number - 1) * per_page
    return items[start : start + per_page]


def pager(here: Here, path: str, total: int) -> el.Pager | None:
    """The way through the pages of a listing at `path`; None where there is one only."""
    last = max(1, -(-total // here.archive.settings.pages.per_page))
    number = here.output.number
    if last == 1:
        return None

    def href(page: int) -> str:
        return here.href(path if page == 1 else f"{path}page/{page}/")

    near = sorted({1, last, *(page for page in range(number - 2, number + 3) if 1 <= page <= last)})
    pages: list[tuple[int, str | None]] = []
    before = 0
    for page in near:
        if page > before + 1:
            pages.append((0, None))
        pages.append((page, None if page == number else href(page)))
        before = page
    return el.Pager(
        number=number,
        last=last,
        previous=href(number - 1) if number > 1 else "",
        next=href(number + 1) if number < last else "",
        pages=tuple(pages),
    )


def described(here: Here, *parts: str) -> str:
    """What a page is or lists, where nothing is written about it: "Directors · 12 people · Lanterns"."""
    return " · ".join([*filter(None, parts), here.archive.settings.archive.title])


def numbered(here: Here, title: str) -> str:
    """The title of a listing's page, different on every page."""
    number = here.output.number
    return title if number == 1 else f"{title} – {here.say('page %(number)s') % {'number': number}}"
