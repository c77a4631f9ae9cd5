"""What a kind of page is."""

from collections.abc import Callable, Iterable, Iterator, Mapping

import msgspec

from byline.archive import Archive
from byline.pages.here import Here
from byline.values import Output

Each = Callable[[Archive, Iterable[str]], Iterator[Output]]


class PageKind(msgspec.Struct, frozen=True):
    """A kind of page or side file: what it plans, and what one of its outputs shows.

    `each` gives, by the kind of a document, what stands in the folders of documents with these ids, `plan`
    the rest: so what is in one folder can be asked for without listing everything (decision 38).
    `view` gives the values for the template of the kind's name, or for `draw`, which gives the bytes of
    what is no text; both are done again only where the view has changed. `data` gives the bytes of what
    is quicker made than looked up. `opens` is the kind of document whose body is shown, that with the
    output's id: no other can be (decision 32).
    """

    name: str
    plan: Callable[[Archive], Iterator[Output]] = lambda _archive: iter(())
    view: Callable[[Here], msgspec.Struct] | None = None
    data: Callable[[Here], bytes] | None = None
    draw: Callable[[Here, msgspec.Struct], bytes] | None = None
    opens: str = ""
    each: Mapping[str, Each] = {}


def pages(path: str, kind: str, total: int, per_page: int, id: str = "", facet: str = "") -> Iterator[Output]:
    """The outputs of a listing: `path`, then `path` + page/2/ …; only the first is a permalink."""
    for number in range(1, max(1, -(-total // per_page)) + 1):
        below = f"page/{number}/" if number > 1 else ""
        yield Output(f"{path}{below}index.html", kind, id, number, facet, indexed=number == 1 and not facet)
