"""What pages are put together from, as templates see it: links, pictures, people, rolls, cards.

Every `href` is final: relative to the page that shows it. Texts are plain and are escaped by the template;
only `Html` parts hold markup, which was sanitised when it was read. Dates are ISO 8601, whole or partial,
and times milliseconds: the template's filters turn them into words of the page's language. Labels of roles
and kinds are in that language already.
"""

import msgspec


class View(msgspec.Struct, frozen=True, array_like=True):
    """What templates see. A page's key is a digest of it without the names of fields."""


class Link(View, frozen=True, gc=False):
    """A text that leads somewhere; without page it is plain text (`href` None)."""

    text: str
    href: str | None = None
    language: str = ""


class Picture(View, frozen=True, gc=False):
    """A picture in several widths: `sources` pairs hrefs with widths in pixels, narrowest first.

    `better` are the same in formats that not every browser knows, by MIME type, best first. `motion` is the
    animation that `sources` are the first picture of. `tint` names a colour for its place until it is there.
    `language` is that of `alt` where it is not the page's.
    """

    src: str
    width: int
    height: int
    alt: str | None = None
    sources: tuple[tuple[str, int], ...] = ()
    better: tuple[tuple[str, tuple[tuple[str, int], ...]], ...] = ()
    motion: str = ""
    tint: str = ""
    language: str = ""


class Track(View, frozen=True, gc=False):
    """Captions of a video or sound in a language, or its chapters."""

    href: str
    language: str
    kind: str = "captions"


class Line(View, frozen=True, gc=False):
    """What is said at a moment of a medium, and by whom where that is known."""

    moment: "Moment"
    text: str
    speaker: "Person | None" = None


class Script(View, frozen=True, gc=False):
    """All that is said in a medium, in a language ("": the page's), by the transcript `file` or captions."""

    lines: tuple[Line, ...]
    language: str = ""
    file: Link | None = None


class Medium(View, frozen=True, gc=False):
    """Something to see, hear, watch or load: `kind` is picture, sound, video, file, or missing.

    `mime` may be "" where it is unknown, `size` in bytes 0, `duration` in milliseconds None. `poster` is a
    picture's href, `wave` that of a waveform. `name` is the file's own name, for download links; `external`
    media are served from elsewhere. `original` leads to a picture as it was sent in, of
    `original_size` bytes. A missing one could not be read: its words are all there is. `language` is that
    of its words ("": the page's).
    """

    kind: str
    href: str
    mime: str = ""
    size: int = 0
    duration: int | None = None
    name: str = ""
    picture: Picture | None = None
    alt: str | None = None
    caption: str = ""
    credit: str = ""
    license: Link | None = None
    poster: str = ""
    width: int = 0
    height: int = 0
    wave: str = ""
    tracks: tuple[Track, ...] = ()
    transcript: Link | None = None
    script: Script | None = None
    external: bool = False
    original: str = ""
    original_size: int = 0
    language: str = ""


class Person(View, frozen=True, gc=False):
    """Somebody's name at a place. `withdrawn` > 0: so many withdrawn contributors, who have no name."""

    name: str
    href: str | None = None
    withdrawn: int = 0
    language: str = ""


class Moment(View, frozen=True, gc=False):
    """A time in a medium, in milliseconds, and where it can be played ("" where it cannot)."""

    at: int
    href: str = ""


class Step(View, frozen=True, gc=False):
    """One record of the path from somebody's record to the screen, with its people; without a kind, how many
    in the middle are not shown, leading to the tree."""

    record: Link
    kind: str
    people: tuple[Person, ...] = ()
    more_people: int = 0


class Where(View, frozen=True, gc=False):
    """One place and reason of a roll's entry: reason is named, used or source.

    `place` is the segment (None: the page's own work); `records` are the records that the person is
    named on; `path` leads from theirs to the one on the screen (source credits).
    """

    reason: str
    place: Link | None = None
    moments: tuple[Moment, ...] = ()
    records: tuple[Link, ...] = ()
    path: tuple[Step, ...] = ()


class RollEntry(View, frozen=True, gc=False):
    """Somebody's line in a role of a credit roll. `parts` are characters ("as The Narrator").

    `where` has what there is to say of it beside the page's own work.
    """

    person: Person
    printed: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    where: tuple[Where, ...] = ()
    id: str = ""


class RollRole(View, frozen=True, gc=False):
    """A role of a roll with its people, in order. `label` stands before names: "Directed by"."""

    label: str
    href: str | None
    entries: tuple[RollEntry, ...]


class Roll(View, frozen=True, gc=False):
    """Everybody's credit at a place: named people, then those whose records are shown, then sources.

    `people` counts the different people in it.
    """

    named: tuple[RollRole, ...] = ()
    used: tuple[RollRole, ...] = ()
    sources: tuple[RollRole, ...] = ()
    people: int = 0


class Embed(View, frozen=True, gc=False):
    """A record or file shown in a body. `block` stands alone; inline ones hold no links or players.

    `record`, `people`, `kind` and `license` make the credit line of a record; `quote` is a text record's
    beginning; `tombstone` a withdrawn record.
    """

    block: bool
    media: tuple[Medium, ...] = ()
    record: Link | None = None
    kind: str = ""
    people: tuple[Person, ...] = ()
    license: Link | None = None
    quote: str = ""
    tombstone: bool = False
    alt: str = ""


class Html(View, frozen=True, gc=False):
    """Sanitised markup."""

    html: str


Body = tuple[Html | Embed, ...]


class Tombstone(View, frozen=True, gc=False):
    """What is said of a withdrawn document."""

    on: str = ""
    by: str = ""
    note: str = ""


class Correction(View, frozen=True, gc=False):
    """What was put right, and when."""

    on: str
    note: str


class Site(View, frozen=True):
    """What stands on every page. `styles` and `scripts` are hrefs; `icon` may be "". `trail` is apart."""

    title: str
    tagline: str
    language: str
    home: str
    menu: tuple[Link, ...]
    styles: tuple[str, ...]
    scripts: tuple[str, ...]
    icon: str = ""
    copyright: str = ""
    license: Link | None = None
    contact: str = ""


class Alternate(View, frozen=True, gc=False):
    """The same facts for programs: a feed, JSON, oEmbed. `title` names it for people ("Atom feed")."""

    href: str
    mime: str
    title: str


class Head(View, frozen=True):
    """A page's own frame. `kind` names the kind of page, `path` its path in the site.

    `canonical` is absolute, `image` an absolute URL or "", `data` JSON-LD as text, `policy` the
    Content-Security-Policy, `trail` the way from the home page, without the page itself. `current` is the
    href of the menu's entry that the page belongs to. `correct` leads to the form or mail for corrections.
    """

    kind: str
    title: str
    description: str
    canonical: str
    policy: str
    language: str
    path: str = ""
    image: str = ""
    image_alt: str = ""
    data: str = ""
    trail: tuple[Link, ...] = ()
    current: str = ""
    correct: str = ""
    indexed: bool = True
    alternates: tuple[Alternate, ...] = ()


class EpisodeCard(View, frozen=True, gc=False):
    """An episode in a list. `label` is its number as spelled, `season` the season's link or None."""

    link: Link
    label: str = ""
    season: Link | None = None
    topic: Link | None = None
    released: str = ""
    runtime: int | None = None
    summary: str = ""
    picture: Picture | None = None
    segments: int = 0
    people: int = 0
    tombstone: bool = False


class SegmentCard(View, frozen=True, gc=False):
    """A segment in a running order, or an episode where a record was seen. `kind` is its kind's label; `play`
    starts the episode there."""

    link: Link
    kind: str
    starts: int | None = None
    ends: int | None = None
    play: str = ""
    summary: str = ""
    people: tuple[Person, ...] = ()
    more_people: int = 0
    picture: Picture | None = None
    episode: Link | None = None
    tombstone: bool = False


class RecordCard(View, frozen=True, gc=False):
    """A record in a list. `kind` is the kind's id (for its sign), `label` its name.

    `relation` says how it hangs together with the page ("remix of", "illustrated in", "the melody").
    `quote` is the beginning of a text; `moments` say when it is seen.
    """

    link: Link
    kind: str
    label: str
    people: tuple[Person, ...] = ()
    more_people: int = 0
    date: str = ""
    picture: Picture | None = None
    quote: str = ""
    relation: str = ""
    part: str = ""
    moments: tuple[Moment, ...] = ()
    aired: tuple[Link, ...] = ()
    tombstone: bool = False


class Outside(View, frozen=True, gc=False):
    """A source outside the archive, or one that is not known here (`unknown`)."""

    title: str
    by: str = ""
    href: str | None = None
    license: Link | None = None
    relation: str = ""
    part: str = ""
    at: int | None = None
    unknown: bool = False


class PersonCard(View, frozen=True, gc=False):
    """Somebody in a list. `kind` is person, group or organisation; `roles` what they did, in order.

    `more_roles` did not find room.
    """

    link: Link
    kind: str = "person"
    picture: Picture | None = None
    roles: tuple[str, ...] = ()
    credits: int = 0
    memoriam: str = ""
    more_roles: int = 0


class Pager(View, frozen=True, gc=False):
    """The pages of a long listing: `pages` are (number or 0 for a gap, href or None for this page)."""

    number: int
    last: int
    previous: str = ""
    next: str = ""
    pages: tuple[tuple[int, str | None], ...] = ()


class Facet(View, frozen=True, gc=False):
    """A way to narrow a listing: letters, seasons … `current` is the one that is shown."""

    link: Link
    count: int = 0
    current: bool = False


class SeasonCard(View, frozen=True, gc=False):
    """A season in a list."""

    link: Link
    years: str = ""
    episodes: int = 0
    picture: Picture | None = None
    summary: str = ""


class Relative(View, frozen=True, gc=False):
    """A record two generations from a page's own: `via` is the one between them."""

    link: Link
    label: str
    relation: str
    via: Link
    tombstone: bool = False


class CreditEntry(View, frozen=True, gc=False):
    """One line of a credit page: a place, and what the person is credited for there.

    `roles` are labels with their parts; `reason` as in `Where`; `through` the group.
    """

    place: Link
    kind: str
    reason: str
    roles: tuple[tuple[str, str], ...]
    moments: tuple[Moment, ...] = ()
    printed: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    records: tuple[Link, ...] = ()
    path: tuple[Step, ...] = ()
    through: tuple[Person, ...] = ()


class CreditGroup(View, frozen=True, gc=False):
    """The credits of one episode on a credit page."""

    episode: EpisodeCard
    entries: tuple[CreditEntry, ...]


class CreditSeason(View, frozen=True, gc=False):
    """The credits of one season."""

    season: Link | None
    groups: tuple[CreditGroup, ...]


class ProfileLink(View, frozen=True, gc=False):
    """A link of a contributor; `me` gets rel="me"."""

    text: str
    href: str
    me: bool = False


class Snippet(View, frozen=True, gc=False):
    """A text to copy, with its label; `rows` is how high its box is."""

    label: str
    text: str
    rows: int = 2


class RoleGroup(View, frozen=True, gc=False):
    """A group of roles on roles/."""

    label: str
    roles: tuple[tuple[Link, int], ...]
