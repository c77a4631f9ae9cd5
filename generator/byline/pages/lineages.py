"""The indexes of lineage: families, records never remixed, ideas that travelled far to the screen."""

from collections.abc import Callable, Iterator, Sequence

import msgspec

from byline import lineage
from byline.archive import Archive
from byline.pages import elements as el
from byline.pages import tree_views as t
from byline.pages.cards import tree_href
from byline.pages.frame import head, site, to_list
from byline.pages.here import MANY_PEOPLE, Here
from byline.pages.kind import PageKind, pages
from byline.pages.listing import cut, numbered, pager
from byline.values import Output

Family = tuple[str, int, int]


def families(archive: Archive) -> Sequence[Family]:
    """Families of two records and more: oldest record, number of records and of generations; oldest first.

    A record without a date is the oldest only where none has one.
    """
    kin, records = archive.lineage, archive.library.records
    found: dict[int, Family] = {}
    for at, (family, generation) in enumerate(zip(kin.families, kin.generations, strict=True)):
        if (kin.above[at] or kin.below[at]) and at not in kin.gone:
            oldest, works, deep = found.get(family, (kin.names[at], 0, 0))
            if not records[oldest].date and records[kin.names[at]].date:
                oldest = kin.names[at]
            found[family] = oldest, works + 1, max(deep, generation + 1)
    several = [one for one in found.values() if one[1] > 1]
    return sorted(several, key=lambda one: kin.numbers[one[0]])


def never_remixed(archive: Archive) -> Sequence[tuple[str, int]]:
    """The records that nothing was made from, oldest first."""
    kin, paged = archive.lineage, archive.paged
    last = (at for at, below in enumerate(kin.below) if not below and at not in kin.gone)
    return [(kin.names[at], 0) for at in last if kin.names[at] in paged]


def travelled(archive: Archive) -> Sequence[tuple[str, int]]:
    """Records from which something on the screen was made, with the steps to it; most steps first."""
    kin, paged = archive.lineage, archive.paged
    steps = lineage.distance_to_screen(kin, [id_ for id_ in archive.used_in if id_ in kin.numbers])
    far = ((-count, kin.numbers[id_]) for id_, count in steps.items() if count and id_ in paged)
    return [(kin.names[at], -count) for count, at in sorted(far) if at not in kin.gone]


# What is listed, by the facet of its outputs.
_INDEXES: dict[str, Callable[[Archive], Sequence[tuple[str, int]]]] = {
    "never-remixed": never_remixed,
    "travelled": travelled,
}


def _words(say: Callable[[str], str], name: str) -> tuple[str, str, str]:
    """Title, introduction and order of an index; of families without a name."""
    match name:
        case "never-remixed":
            return say("Never remixed"), say("Works that nothing was made from yet."), say("Oldest first.")
        case "travelled":
            return (
                say("Most travelled ideas"),
                say("Works that reached the screen through others that were made from them."),
                say("By the number of steps to the screen, longest way first; then oldest first."),
            )
    intro = say("Works that were made from each other, each family by its oldest work.")
    return say("Lineage"), intro, say("By the date of their oldest work.")


def _plan(archive: Archive) -> Iterator[Output]:
    per_page = archive.settings.pages.per_page
    found = families(archive)
    if not found:
        return
    yield from pages("lineage/", "lineage", len(found), per_page)
    for name, listed in _INDEXES.items():
        for output in pages(f"lineage/{name}/", "lineage", len(listed(archive)), per_page, facet=name):
            yield msgspec.structs.replace(output, indexed=output.number == 1)


def _view(here: Here) -> t.LineagePage:
    archive, name = here.archive, here.output.facet
    cards: tuple[t.FamilyCard, ...] = ()
    entries: tuple[t.LineageEntry, ...] = ()
    title, intro, order = _words(here.say, name)
    if name:
        listed = _INDEXES[name]
        found = here.once("lineage", name, lambda: listed(archive))
        total = len(found)
        entries = tuple(_entry(here, id_, steps) for id_, steps in cut(here, found))
    else:
        known = here.once("families", "", lambda: families(archive))
        total = len(known)
        cards = tuple(_family(here, *family) for family in cut(here, known))
    path = f"lineage/{name}/" if name else "lineage/"
    ways = [(here.say("Families"), ""), *((_words(here.say, way)[0], f"{way}/") for way in _INDEXES)]
    trail = to_list(here, "records/")
    if name:
        trail = (*trail, el.Link(here.say("Lineage"), here.href("lineage/")))
    return t.LineagePage(
        site=site(here),
        title=title,
        intro=intro,
        order=order,
        total=total,
        ways=tuple(
            el.Link(text, here.href(f"lineage/{way}") if f"lineage/{way}" != path else None)
            for text, way in ways
        ),
        families=cards,
        entries=entries,
        pager=pager(here, path, total),
        head=head(
            here,
            numbered(here, title),
            intro,
            trail=trail,
            menu="records/",
            indexed=here.output.number == 1,
        ),
    )


def _family(here: Here, id_: str, works: int, generations: int) -> t.FamilyCard:
    record = here.archive.library.records[id_]
    label = here.say(here.kind_of(record).label)
    link = here.link(("record", id_))
    return t.FamilyCard(link, label, tree_href(here, id_), record.date, works, generations)


def _entry(here: Here, id_: str, steps: int) -> t.LineageEntry:
    record = here.archive.library.records[id_]
    people, more = here.people(here.archive.record_credits[id_], MANY_PEOPLE)
    return t.LineageEntry(
        here.link(("record", id_)),
        here.say(here.kind_of(record).label),
        tree_href(here, id_),
        record.date,
        people,
        more,
        steps,
    )


KINDS = (PageKind("lineage", _plan, _view),)
