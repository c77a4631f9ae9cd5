"""What templates see of whole pages: frozen values of texts, numbers, tuples and other views, nothing else.

What they are put together from is in `elements`. `extra` is the document's free mapping, as written.
"""

from typing import Any

import msgspec

from byline.pages.elements import (
    Body,
    Correction,
    CreditSeason,
    EpisodeCard,
    Facet,
    Head,
    Link,
    Medium,
    Moment,
    Outside,
    Pager,
    Person,
    PersonCard,
    Picture,
    ProfileLink,
    RecordCard,
    Relative,
    RoleGroup,
    Roll,
    SeasonCard,
    SegmentCard,
    Site,
    Snippet,
    Tombstone,
    View,
)


class HomePage(View, frozen=True):
    """index.html: the archive. `newest` are the newest episodes, `records` the newest records."""

    site: Site
    head: Head
    body: Body
    newest: tuple[EpisodeCard, ...]
    seasons: tuple[SeasonCard, ...]
    topics: tuple[Link, ...]
    records: tuple[RecordCard, ...]
    episodes_total: int
    segments_total: int
    records_total: int
    contributors_total: int


class SeasonPage(View, frozen=True):
    """seasons/ID/."""

    site: Site
    head: Head
    title: str
    years: str
    body: Body
    picture: Picture | None
    episodes: tuple[EpisodeCard, ...]
    people: int
    previous: Link | None
    next: Link | None
    tombstone: Tombstone | None = None
    corrections: tuple[Correction, ...] = ()
    extra: dict[str, Any] = msgspec.field(default_factory=dict)


class EpisodePage(View, frozen=True, kw_only=True):
    """episodes/ID/: player, story, segments, credits, what it was made of; a tombstone has none of these."""

    site: Site
    head: Head
    title: str
    label: str
    season: Link | None
    topic: Link | None = None
    released: str = ""
    runtime: int | None = None
    summary: str = ""
    media: tuple[Medium, ...] = ()
    picture: Picture | None = None
    body: Body = ()
    call: Body = ()
    submissions: int | None = None
    answers: int = 0
    answers_href: str = ""
    segments: tuple[SegmentCard, ...] = ()
    chapters: tuple[tuple[str, Moment], ...] = ()
    uses: tuple[RecordCard, ...] = ()
    roll: Roll = Roll()
    tree: str = ""
    license: Link | None = None
    license_texts: tuple[tuple[str, str], ...] = ()
    transcript: Link | None = None
    previous: Link | None
    next: Link | None
    tombstone: Tombstone | None = None
    corrections: tuple[Correction, ...] = ()
    extra: dict[str, Any] = msgspec.field(default_factory=dict)


class SegmentPage(View, frozen=True, kw_only=True):
    """episodes/ID/SEGMENT/; a tombstone has no more than its place."""

    site: Site
    head: Head
    title: str
    kind: str
    episode: Link
    starts: int | None = None
    ends: int | None = None
    play: str = ""
    summary: str = ""
    media: tuple[Medium, ...] = ()
    picture: Picture | None = None
    body: Body = ()
    uses: tuple[RecordCard, ...] = ()
    roll: Roll = Roll()
    license: Link | None = None
    license_texts: tuple[tuple[str, str], ...] = ()
    previous: Link | None
    next: Link | None
    tombstone: Tombstone | None = None
    corrections: tuple[Correction, ...] = ()
    extra: dict[str, Any] = msgspec.field(default_factory=dict)
    people: tuple[Person, ...] = ()
    more_people: int = 0


class RecordPage(View, frozen=True):
    """records/ID/. `kind` is the id, `label` its name; numbers above and below count whole lineages.

    `earlier` and `later` are the second generation before and after it, as far as there is room.
    """

    site: Site
    head: Head
    title: str
    kind: str
    label: str
    date: str
    summary: str
    media: tuple[Medium, ...]
    body: Body
    roll: Roll
    license: Link | None
    url: str
    hearts: int | None
    hearts_on: str
    tags: tuple[str, ...]
    call: Link | None
    sources: tuple[RecordCard, ...]
    outside: tuple[Outside, ...]
    derived: tuple[RecordCard, ...]
    derived_more: int
    ancestors: int
    descendants: int
    tree: str
    aired: tuple[SegmentCard, ...]
    tombstone: Tombstone | None = None
    corrections: tuple[Correction, ...] = ()
    extra: dict[str, Any] = msgspec.field(default_factory=dict)
    snippets: tuple[Snippet, ...] = ()
    earlier: tuple[Relative, ...] = ()
    later: tuple[Relative, ...] = ()
    people: tuple[Person, ...] = ()
    more_people: int = 0
    license_texts: tuple[tuple[str, str], ...] = ()


class ContributorPage(View, frozen=True, kw_only=True):
    """contributors/ID/: a credit page. The numbers count what all its pages list.

    A tombstone has nothing else.
    """

    site: Site
    head: Head
    name: str = ""
    kind: str = ""
    pronouns: str = ""
    also: tuple[str, ...] = ()
    avatar: Picture | None = None
    memoriam: str = ""
    body: Body = ()
    links: tuple[ProfileLink, ...] = ()
    identifiers: tuple[Link, ...] = ()
    groups: tuple[Person, ...] = ()
    members: tuple[Person, ...] = ()
    on_screen: tuple[CreditSeason, ...] = ()
    on_screen_total: int = 0
    episodes_total: int = 0
    records: tuple[RecordCard, ...] = ()
    records_total: int = 0
    remixes: tuple[RecordCard, ...] = ()
    remixes_total: int = 0
    topics: tuple[Link, ...] = ()
    collaborators: tuple[Person, ...] = ()
    pager: Pager | None = None
    tombstone: Tombstone | None = None
    corrections: tuple[Correction, ...] = ()
    extra: dict[str, Any] = msgspec.field(default_factory=dict)
    snippets: tuple[Snippet, ...] = ()
    more_collaborators: int = 0


class EmbedPage(View, frozen=True):
    """contributors/ID/embed/: a credit page small enough to stand in another. It has no frame of its own.

    `credits` are roles, the place, and the episode of a segment.
    """

    language: str
    styles: tuple[str, ...]
    policy: str
    canonical: str
    name: Link
    picture: Picture | None
    roles: str
    facts: str
    credits: tuple[tuple[str, Link, Link | None], ...]
    archive: Link


class TopicPage(View, frozen=True):
    """topics/ID/."""

    site: Site
    head: Head
    title: str
    body: Body
    picture: Picture | None
    suggested_by: tuple[Person, ...]
    episodes: tuple[EpisodeCard, ...]
    tombstone: Tombstone | None = None
    corrections: tuple[Correction, ...] = ()
    extra: dict[str, Any] = msgspec.field(default_factory=dict)


class FreePage(View, frozen=True):
    """A free page."""

    site: Site
    head: Head
    title: str
    body: Body
    tombstone: Tombstone | None = None
    corrections: tuple[Correction, ...] = ()
    extra: dict[str, Any] = msgspec.field(default_factory=dict)


class EpisodeList(View, frozen=True):
    """episodes/ and its pages: grouped by season on each page."""

    site: Site
    head: Head
    title: str
    seasons: tuple[tuple[SeasonCard | None, tuple[EpisodeCard, ...]], ...]
    total: int
    pager: Pager | None = None


class RecordList(View, frozen=True):
    """records/ or the records of an episode, in pages; `call` is what they answered."""

    site: Site
    head: Head
    title: str
    records: tuple[RecordCard, ...]
    total: int
    episode: Link | None = None
    call: Body = ()
    lineage: Link | None = None
    pager: Pager | None = None


class PersonList(View, frozen=True):
    """contributors/ by letter, or the people of a role."""

    site: Site
    head: Head
    title: str
    people: tuple[PersonCard, ...]
    total: int
    facets: tuple[Facet, ...] = ()
    pager: Pager | None = None


class TopicList(View, frozen=True):
    """topics/: each with its number of episodes."""

    site: Site
    head: Head
    title: str
    topics: tuple[tuple[Link, int], ...]
    total: int
    pager: Pager | None = None


class RoleList(View, frozen=True):
    """roles/: every role that somebody has, with the number of people."""

    site: Site
    head: Head
    title: str
    groups: tuple[RoleGroup, ...]
    total: int


class NotFound(View, frozen=True):
    """404.html: ways back. Its hrefs hold the base path, since it is served at any depth."""

    site: Site
    head: Head
    title: str
    ways: tuple[Link, ...]


class Redirect(View, frozen=True):
    """An old address: says where the page is now and goes there."""

    site: Site
    head: Head
    target: Link
