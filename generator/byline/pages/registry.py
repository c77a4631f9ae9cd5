"""All kinds of pages and side files, in the order in which they are planned: the one place to add a kind."""

from collections.abc import Iterable, Iterator, Sequence

from byline.archive import Archive
from byline.pages import (
    contributors,
    episodes,
    home,
    hosting,
    lineages,
    people,
    podcast,
    profiles,
    records,
    seasons,
    segments,
    side,
    syndication,
    trees,
    work_facts,
)
from byline.pages.kind import PageKind
from byline.permalinks import keys
from byline.values import Key, Output

KINDS: tuple[PageKind, ...] = (
    *home.KINDS,
    *seasons.KINDS,
    *episodes.KINDS,
    *segments.KINDS,
    *records.KINDS,
    *trees.KINDS,
    *lineages.KINDS,
    *people.KINDS,
    *contributors.KINDS,
    *profiles.KINDS,
    *work_facts.KINDS,
    *syndication.KINDS,
    *podcast.KINDS,
    *side.KINDS,
    *hosting.KINDS,
)
BY_NAME = {kind.name: kind for kind in KINDS}
# The kinds of documents beside which something is planned.
DOCUMENTS = tuple(dict.fromkeys(document for kind in KINDS for document in kind.each))


def apart(archive: Archive) -> tuple[Output, ...]:
    """What is not `beside` a document, without sitemaps: home, listings, redirects."""
    return tuple([output for kind in KINDS for output in kind.plan(archive)])


def whole(archive: Archive, rest: Sequence[Output]) -> tuple[Output, ...]:
    """Everything that a site holds: what is beside documents, sitemaps, and the rest, which is known."""
    outputs: list[Output] = []
    for kind in DOCUMENTS:
        outputs += beside(archive, kind, getattr(archive.library, f"{kind}s"))
    permalinks = sum([output.indexed for group in (outputs, rest) for output in group])
    return (*outputs, *side.plan_sitemap(permalinks), *rest)


def beside(archive: Archive, document: str, ids: Iterable[str]) -> Iterator[Output]:
    """The outputs in the folders of documents of a kind, those with these ids."""
    for kind in KINDS:
        if document in kind.each:
            yield from kind.each[document](archive, ids)


def below(archive: Archive, path: str) -> Iterator[Output]:
    """The outputs beside the documents that a path leads to or into."""
    for kind, id_ in owners(archive, path):
        yield from beside(archive, kind, (id_,))


def owners(archive: Archive, path: str) -> Iterator[Key]:
    """The documents that a path leads to or into, if something is planned beside them."""
    for kind, id_ in keys(path):
        if kind in DOCUMENTS and id_ in getattr(archive.library, f"{kind}s"):
            yield kind, id_


def indexed(outputs: Sequence[Output]) -> tuple[str, ...]:
    """The permalinks of a plan, sorted."""
    return tuple(sorted(output.path.removesuffix("index.html") for output in outputs if output.indexed))
