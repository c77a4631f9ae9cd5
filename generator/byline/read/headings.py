"""Where the headings of a body stand below the page's own, and how one links to them."""

from collections.abc import Iterable

from byline import text as words


def prefix_of(identity: str) -> str:
    """What goes before every id in the body of the document that has this id.

    An id is unique in a kind only, but no page shows bodies of two kinds with the same id.
    """
    return identity.replace("/", "-") or "home"


class Headings:
    """The headings of one body, in their order.

    They start below the page's h1 and skip no level, whatever levels were written.
    """

    def __init__(self, prefix: str, tags: Iterable[str]) -> None:
        """`prefix` goes before every id; `tags` are those written: "h1", "h3"."""
        self._prefix = prefix
        self._ranks = {tag: min(6, number) for number, tag in enumerate(sorted(set(tags)), 2)}
        self._slugs: dict[str, int] = {}
        self._level = 1

    def place(self, tag: str, shown: str) -> tuple[str, str]:
        """The tag of the next heading, which was written as `tag`, and its id; `shown` is its text."""
        self._level = min(self._ranks[tag], self._level + 1)
        slug = words.slug(shown) or "section"
        number = self._slugs[slug] = self._slugs.get(slug, 0) + 1
        return f"h{self._level}", f"{self._prefix}--{slug}" + (f"-{number}" if number > 1 else "")
