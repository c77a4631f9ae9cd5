"""All kinds of pages and side files, in the order in which they are planned: the one place to add a kind."""

from collections.abc import Sequence

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
from byline.values import Output

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


def plan(archive: Archive) -> tuple[Output, ...]:
    """Every page and side file of the site; the sitemap lists the permalinks among them."""
    outputs: list[Output] = []
    for kind in KINDS:
        outputs += kind.plan(archive)
    return (*outputs, *side.plan_sitemap(sum(output.indexed for output in outputs)))


def indexed(outputs: Sequence[Output]) -> tuple[str, ...]:
    """The permalinks of a plan, sorted."""
    return tuple(sorted(output.path.removesuffix("index.html") for output in outputs if output.indexed))
