"""What the templates of lineage see; as `views`, of which these are part."""

from byline.pages.elements import Head, Link, Outside, Pager, Person, Picture, Site, View


class Rail(View, frozen=True, gc=False):
    """The lines beside a row as SVG paths: `width` of the drawing in pixels, the dot at `x`."""

    width: int
    x: int
    solid: str = ""
    dashed: str = ""


class Further(View, frozen=True, gc=False):
    """A further source of a work. `row` is its number in the drawing, 0 where it is not drawn there.

    `before` says that it stands above.
    """

    link: Link
    relation: str = ""
    row: int = 0
    before: bool = False


class TreeRow(View, frozen=True, gc=False):
    """A record in a drawing, in column `depth`: rows of the next column that follow it are inside it.

    `of` is the record that it hangs on, `relation` how ("illustration of"). `sources` are
    the numbers of the rows that it was made from. `before` and `after` count what is not drawn above and
    below (-1: only tombstones), and lead there.
    """

    number: int
    depth: int
    link: Link
    rail: Rail
    label: str = ""
    people: tuple[Person, ...] = ()
    more_people: int = 0
    picture: Picture | None = None
    aired: tuple[Link, ...] = ()
    more_aired: int = 0
    relation: str = ""
    of: Link | None = None
    further: tuple[Further, ...] = ()
    more_further: int = 0
    outside: tuple[Outside, ...] = ()
    sources: tuple[int, ...] = ()
    here: bool = False
    tombstone: bool = False
    before: int = 0
    before_href: str = ""
    after: int = 0
    after_href: str = ""


class Drawing(View, frozen=True, gc=False):
    """One drawing: its rows, under a heading where a page has several."""

    rows: tuple[TreeRow, ...]
    heading: Link | None = None
    more: int = 0


class Bar(View, frozen=True, gc=False):
    """A part of an overview, in thousandths of its width: where it begins, how wide it is.

    `link` is the record at its top; None stands for several that are too small to draw alone.
    """

    left: int
    width: int
    size: int
    link: Link | None = None


class Band(View, frozen=True, gc=False):
    """A row of an overview: generations `first` to `last`, with all their works, and what is drawn."""

    first: int
    last: int
    works: int
    bars: tuple[Bar, ...]


class TreePage(View, frozen=True):
    """records/ID/tree/ and episodes/ID/tree/: where something came from, and what was made from it.

    `work` is the record or episode itself. `overview` is there for large families, `families` the href
    of all of them.
    """

    site: Site
    head: Head
    title: str
    work: Link
    drawings: tuple[Drawing, ...]
    families: str
    ancestors: int = 0
    descendants: int = 0
    overview: tuple[Band, ...] = ()
    pager: Pager | None = None


class FamilyCard(View, frozen=True, gc=False):
    """A family in a list: its oldest record, how many works and generations it has."""

    link: Link
    label: str
    tree: str
    date: str
    works: int
    generations: int


class LineageEntry(View, frozen=True, gc=False):
    """A record in an index of lineage; `steps` lie between it and the screen."""

    link: Link
    label: str
    tree: str = ""
    date: str = ""
    people: tuple[Person, ...] = ()
    more_people: int = 0
    steps: int = 0


class LineagePage(View, frozen=True):
    """lineage/ with all families, lineage/never-remixed/ and lineage/travelled/, in pages.

    `order` says how the list is ordered; `ways` leads to the other indexes.
    """

    site: Site
    head: Head
    title: str
    intro: str
    order: str
    total: int
    ways: tuple[Link, ...]
    families: tuple[FamilyCard, ...] = ()
    entries: tuple[LineageEntry, ...] = ()
    pager: Pager | None = None
