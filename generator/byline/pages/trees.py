"""Tree pages: what a record was made from and what was made from it, and where an episode came from."""

from collections.abc import Iterable, Iterator

from byline import lineage
from byline.archive import Archive
from byline.drawing import MOST_BELOW, Around, around, origins
from byline.overview import overview
from byline.pages import tree_views as t
from byline.pages.episodes import episode_trail, used_places
from byline.pages.frame import head, site, to_list
from byline.pages.here import Here
from byline.pages.kind import PageKind
from byline.pages.lineages import families
from byline.pages.listing import described, numbered, pager
from byline.pages.tree_rows import rows
from byline.permalinks import tree_link
from byline.values import Output


def _plan_records(archive: Archive, ids: Iterable[str]) -> Iterator[Output]:
    """A record's tree; direct descendants that its drawing has no room for follow in pages."""
    if archive.settings.pages.trees == "none":
        return
    records = archive.library.records
    for id_ in ids:
        if id_ not in archive.paged or not lineage.is_related(archive.lineage, id_):
            continue
        path = tree_link(("record", id_))
        yield Output(f"{path}index.html", "tree", id_, indexed=not records[id_].withdrawn)
        for number in range(2, _last_page(archive, id_) + 1):
            yield Output(f"{path}page/{number}/index.html", "tree", id_, number)


def _last_page(archive: Archive, id_: str) -> int:
    return max(1, -(-len(lineage.derived(archive.lineage, id_)) // MOST_BELOW))


def _plan_episodes(archive: Archive, ids: Iterable[str]) -> Iterator[Output]:
    if archive.settings.pages.trees == "none":
        return
    episodes = archive.library.episodes
    for id_ in ids:
        if not episodes[id_].withdrawn and used_places(archive, id_):
            path = tree_link(("episode", id_)) + "index.html"
            yield Output(path, "tree", id_, facet="episode", indexed=True)


def _view(here: Here) -> t.TreePage:
    return _view_episode(here) if here.output.facet == "episode" else _view_record(here)


def _view_record(here: Here) -> t.TreePage:
    archive, id_ = here.archive, here.output.id
    key = ("record", id_)
    standing = lineage.standing(archive.lineage, id_)
    above, below, count = standing.above, standing.below, here.frame.count
    title = here.say("Remix tree: %(title)s") % {"title": here.title(key)}
    number = here.output.number
    if number == 1:
        drawn = around(archive.lineage, id_, above + below)
        made = rows(here, drawn, {id_, *drawn.above}, {id_, *drawn.below})
    else:
        start = (number - 1) * MOST_BELOW
        chunk = lineage.edges_below(archive.lineage, id_, start, start + MOST_BELOW)
        drawn = Around((id_,), {}, {edge.child: edge for edge in chunk})
        made = rows(here, drawn, lower=drawn.below)
    large = number == 1 and below > MOST_BELOW and not lineage.sources(archive.lineage, id_)
    pages = _last_page(archive, id_)
    return t.TreePage(
        site=site(here),
        title=here.title(key),
        work=here.link(key),
        drawings=(t.Drawing(made),),
        ancestors=above,
        descendants=below,
        overview=_overview(here, id_) if large else (),
        families=_families(here),
        pager=pager(here, tree_link(key), pages * archive.settings.pages.per_page),
        head=head(
            here,
            numbered(here, title),
            described(
                here,
                title,
                count("%(num)s work before it", "%(num)s works before it", above) if above else "",
                count("%(num)s work after it", "%(num)s works after it", below) if below else "",
            ),
            trail=(*to_list(here, "records/"), here.link(key)),
            data={} if archive.library.records[id_].withdrawn else None,
            menu="records/",
            indexed=number == 1 and not archive.library.records[id_].withdrawn,
        ),
    )


def _families(here: Here) -> str:
    """The href of the list of families; "" where there is none, as where only withdrawn works are kin."""
    known = here.once("families", "", lambda: families(here.archive))
    return here.href("lineage/") if known else ""


def _overview(here: Here, id_: str) -> tuple[t.Band, ...]:
    """The whole family of a root by generation."""
    return tuple(
        t.Band(
            band.first,
            band.last,
            band.records,
            tuple(
                t.Bar(
                    round(part.left * 1000),
                    round(part.width * 1000),
                    part.size,
                    here.link(("record", part.node)) if part.node else None,
                )
                for part in band.parts
            ),
        )
        for band in overview(here.archive.lineage, id_)
    )


def _view_episode(here: Here) -> t.TreePage:
    """Segment by segment, where everything on screen came from."""
    archive, id_ = here.archive, here.output.id
    key = ("episode", id_)
    drawings = []
    for place in used_places(archive, id_):
        used = tuple(dict.fromkeys(use.record for use in archive.uses[place]))
        drawn = origins(archive.lineage, used[:MOST_BELOW])
        more = sum(not archive.library.records[id_].withdrawn for id_ in used[MOST_BELOW:])
        drawings.append(t.Drawing(rows(here, drawn, {*drawn.focus, *drawn.above}), here.link(place), more))
    return t.TreePage(
        site=site(here),
        title=here.title(key),
        work=here.link(key),
        drawings=tuple(drawings),
        families=_families(here),
        head=head(
            here,
            here.say("Remix tree: %(title)s") % {"title": here.title(key)},
            here.say("Where everything on screen came from, segment by segment."),
            trail=(*episode_trail(here, id_), here.link(key)),
            menu="episodes/",
        ),
    )


KINDS = (PageKind("tree", view=_view, each={"record": _plan_records, "episode": _plan_episodes}),)
