"""The values that flow through the pipeline: frozen, typed, plain.

Conventions: dates are canonical ISO 8601 strings, whole or partial, in UTC (`byline.times`); timecodes
and durations are whole milliseconds; files are paths relative to the archive's folder with `/`;
an absent text is "", an absent number None. Values written by editors carry the `Place` they came from.
"""

from typing import Any, Literal

import msgspec

from byline.packs import File
from byline.problems import FieldPath, Place

DocumentKind = Literal["season", "topic", "episode", "segment", "record", "contributor", "page"]


class CreditLine(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """One entry of `credits` as written: a role, and who had it.

    `who` is a contributor's id as written; `part` is what the content calls `as`; `at` is in
    milliseconds of the episode or medium; `field` and `index` say where it stands, for messages: the
    index counts inside its role.
    """

    role: str
    who: str
    part: str = ""
    credited_as: str = ""
    at: int | None = None
    note: str = ""
    field: str = "credits"
    index: int = 0


class SourceLine(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """One entry of `sources`: a record of the archive (`record`), or a work outside it (`title`)."""

    record: str = ""
    kind: str = "remix"
    part: str = ""
    at: int | None = None
    title: str = ""
    by: str = ""
    url: str = ""
    license: str = ""
    index: int = 0


class Use(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """One entry of `uses`: a record shown in an episode or segment. `index` -1: used in its body."""

    record: str
    at: int | None = None
    part: str = ""
    index: int = 0


class Media(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A picture, sound, video or other file of a document: a `file` of the archive, or a `url`.

    `alt` is None where nothing was written and "" for decoration. `captions` pairs a language with a
    WebVTT file. All files are relative to the archive. What cannot be measured here may be declared: `type`
    is a MIME type, `size` in bytes, `duration` in milliseconds, `width` and `height` in pixels.
    """

    file: str = ""
    url: str = ""
    alt: str | None = None
    caption: str = ""
    poster: str = ""
    captions: tuple[tuple[str, str], ...] = ()
    transcript: str = ""
    credit: str = ""
    license: str = ""
    type: str = ""
    size: int | None = None
    duration: int | None = None
    width: int | None = None
    height: int | None = None


class Link(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A link of a contributor; `me` says that the page there links back (rel="me")."""

    url: str
    label: str = ""
    me: bool = False


class Withdrawn(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """That a document was taken back: when, by whom ("contributor", "editors", "law"), and a note."""

    on: str = ""
    by: str = ""
    note: str = ""


class Correction(msgspec.Struct, frozen=True, gc=False):
    """What was put right since publication."""

    on: str
    note: str


# How a reference stands in a body: see `Ref`.
Shape = Literal["link", "title", "block", "inline"]


class Ref(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A link or an embedded thing in a Markdown body that needs the archive to become HTML.

    `scheme` is "record", "contributor", … for documents by id, "file" for a file beside the document,
    "url" for media on another origin; `target` is the id, file or URL as written, `fragment` what
    followed `#`. `shape` says how it stands: a "link" around text ("title": an empty one, which takes
    its target's title), or embedded by `![](…)` as a "block" of its own or "inline". `text` is the alt
    text, `line` the line of the file where its Markdown block begins.
    """

    scheme: str
    target: str
    shape: Shape
    fragment: str = ""
    text: str = ""
    line: int = 0


class Held(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """Parts of a body that wait in a file until a page shows them: `size` bytes from `at` on."""

    file: File
    at: int
    size: int


class Body(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """Markdown as sanitised HTML, cut at its references.

    `parts` holds HTML, and for every reference its index into `refs` where it begins; links that hold
    text have the index's complement (`~index`) where they end. Parts that are `held` elsewhere are empty here
    (`byline.wordless` reads them). `plain` is the beginning of the text, for descriptions.
    """

    parts: tuple[str | int, ...] = ()
    refs: tuple[Ref, ...] = ()
    plain: str = ""
    held: Held | None = None

    def __bool__(self) -> bool:
        """Whether there is anything to show."""
        return bool(self.parts or self.held)


NO_BODY = Body()


class Document(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type"):
    """What every kind of document has (docs/reference/fields.md).

    `bundle` is the folder of the episode's bundle that a segment or record was found in, or "". Of what is
    withdrawn there are only digests of `aliases`.
    """

    id: str
    place: Place
    title: str = ""
    summary: str = ""
    draft: bool = False
    publish: str = ""
    aliases: tuple[str, ...] = ()
    withdrawn: Withdrawn | None = None
    language: str = ""
    corrections: tuple[Correction, ...] = ()
    extra: dict[str, Any] = {}
    body: Body = NO_BODY
    bundle: str = ""


class Season(Document, frozen=True, kw_only=True, tag="season"):
    """A season; `number` and `years` as spelled."""

    number: str = ""
    years: str = ""
    poster: tuple[Media, ...] = ()


class Topic(Document, frozen=True, kw_only=True, tag="topic"):
    """What an episode is about: "The Dark"."""

    suggested_by: tuple[CreditLine, ...] = ()
    poster: tuple[Media, ...] = ()


class Work(Document, frozen=True, kw_only=True):
    """What episodes, segments and records share."""

    kind: str = ""
    credits: tuple[CreditLine, ...] = ()
    license: str = ""
    media: tuple[Media, ...] = ()


class Episode(Work, frozen=True, kw_only=True, tag="episode"):
    """An episode: `number` as spelled, `runtime` in milliseconds, `call` the invitation."""

    season: str = ""
    number: str = ""
    topic: str = ""
    released: str = ""
    runtime: int | None = None
    call: Body = NO_BODY
    submissions: int | None = None
    poster: tuple[Media, ...] = ()
    transcript: str = ""
    chapters: tuple["Chapter", ...] = ()
    uses: tuple[Use, ...] = ()


class Chapter(msgspec.Struct, frozen=True, gc=False):
    """A named moment of an episode, in milliseconds, where its segments are not enough."""

    title: str
    at: int


class Segment(Work, frozen=True, kw_only=True, tag="segment"):
    """A segment; its `id` is unique in its episode; `starts` and `ends` are on the episode's clock.

    `episode` is set while linking, from the bundle or the ledger's `episode/segment` id.
    """

    episode: str = ""
    order: int | None = None
    starts: int | None = None
    ends: int | None = None
    poster: tuple[Media, ...] = ()
    uses: tuple[Use, ...] = ()


class Record(Work, frozen=True, kw_only=True, tag="record"):
    """A record: what somebody contributed. `call` is an episode's id, "none", or "" for its bundle's."""

    sources: tuple[SourceLine, ...] = ()
    date: str = ""
    url: str = ""
    hearts: int | None = None
    hearts_on: str = ""
    call: str = ""
    tags: tuple[str, ...] = ()


class Contributor(Document, frozen=True, kw_only=True, tag="contributor"):
    """Somebody who made something: a person, a group or an organisation; the body is the biography.

    Of who has withdrawn there are only digests of `former_ids`.
    """

    name: str = ""
    sort_name: str = ""
    also_credited_as: tuple[str, ...] = ()
    pronouns: str = ""
    avatar: tuple[Media, ...] = ()
    links: tuple[Link, ...] = ()
    former_ids: tuple[str, ...] = ()
    in_memoriam: str = ""
    kind: str = "person"
    members: tuple[str, ...] = ()
    identifiers: dict[str, str] = {}


class Page(Document, frozen=True, kw_only=True, tag="page"):
    """A free page; the archive's own text (content/index.md) is the page with the id ""."""

    menu: int | None = None


AnyDocument = Season | Topic | Episode | Segment | Record | Contributor | Page


# The key of any document across kinds: ("segment", "the-dark/01-storm"); segments carry their episode.
Key = tuple[str, str]


class Person(msgspec.Struct, frozen=True, gc=False):
    """Somebody as credits know them: `key` identifies them, whatever they are called at a place.

    "public" has a page; "plain" is a name without page (not declared, a draft, under embargo);
    "withdrawn" must appear by nothing but the words "a withdrawn contributor": never show its key.
    `sort` is the collation key of the name. `members` (of a group) are keys, transitive ones not included.
    """

    key: str
    name: str
    sort: str = ""
    state: Literal["public", "plain", "withdrawn"] = "public"
    kind: str = "person"
    members: tuple[str, ...] = ()


class Credit(msgspec.Struct, frozen=True, gc=False):
    """Somebody's credit at a place for one reason and role (docs/explanation/credits.md).

    `who` is a `Person.key`; `names` the printed names where they differ. `at` holds milliseconds in the
    medium of `place`. Named: nothing more. Used: `records` are the records shown here that they are named
    on. Source: `records` holds the one record that they are named on and that is nearest to the screen,
    `via` the next record towards the screen, `used` the record shown. `through` are the groups through
    which a member has it, each with those between, outermost first; it is empty in rolls, which show the
    group.
    """

    place: Key
    reason: Literal["named", "used", "source"]
    role: str
    who: str
    names: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    at: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()
    records: tuple[str, ...] = ()
    via: str = ""
    used: str = ""
    through: tuple[str, ...] = ()


class Edge(msgspec.Struct, frozen=True, gc=False):
    """That `child` was made from `source`, both records of the archive; `line` is how it was written."""

    child: str
    source: str
    line: SourceLine


class Cue(msgspec.Struct, frozen=True, gc=False):
    """One caption: from `start` to `end` in milliseconds, its plain `text`, and who speaks."""

    start: int
    end: int
    text: str
    speaker: str = ""


class Notice(msgspec.Struct, frozen=True, gc=False):
    """What is written back into a picture: who made it, its licence by name and address, its page."""

    creator: str = ""
    license: str = ""
    license_url: str = ""
    page: str = ""


class Medium(msgspec.Struct, frozen=True, gc=False):
    """A file that documents refer to, measured: its kind in `byline.read.suffixes`, size in bytes.

    `width` and `height` are pixels as shown (upright); `duration` is that of sound, video or all `frames`
    of an animation, in milliseconds; `alpha` says that one can look through it; `tint` is its colour at
    large, three hexadecimal digits. `clean` says that it can be published as it was sent in, without what
    is private. `cues` are those of captions. `notice` is set while linking.
    """

    file: str
    kind: str
    mime: str
    digest: str
    size: int
    width: int = 0
    height: int = 0
    frames: int = 1
    duration: int | None = None
    alpha: bool = False
    tint: str = ""
    clean: bool = False
    cues: tuple[Cue, ...] = ()
    notice: Notice | None = None


class Output(msgspec.Struct, frozen=True, gc=False):
    """One file to be made: its path in the site, the kind of page that makes it, and of what.

    `number` is the page of a long listing, from 1; `facet` narrows a listing (a letter, a medium's
    operation). `indexed` says that the path is a permalink that belongs in the sitemap.
    """

    path: str
    kind: str
    id: str = ""
    number: int = 1
    facet: str = ""
    indexed: bool = False


class Artifact(msgspec.Struct, frozen=True, gc=False):
    """A made file: where its bytes are, or that the file of the last build is still right.

    `key` is the digest of all that the bytes depend on, `digest` that of the bytes, `named` says who is named
    there (`byline.named`).
    """

    path: str
    key: str
    digest: str
    size: int
    data: bytes | None = None
    named: bytes = b""


# The key, digest and size of a file that a build left.
Kept = tuple[str, str, int]


class Manifest(msgspec.Struct, frozen=True):
    """What a build left in the output: every file, by path."""

    files: dict[str, Kept] = {}


def key_of(document: Document) -> Key:
    """The key of a document."""
    identity = f"{document.episode}/{document.id}" if isinstance(document, Segment) else document.id
    return type(document).__name__.lower(), identity


def field_place(document: Document, *field: str | int, key: bool = False) -> Place:
    """The place of a field of a document, for a problem there."""
    path: FieldPath = tuple(field)
    return Place(document.place.path, document.place.line, path, key)


def credit_place(document: Document, line: CreditLine) -> Place:
    """The place of an entry of `credits`, or of `by` and `suggested_by`, which have one role."""
    role = (line.role,) if line.field == "credits" else ()
    return field_place(document, line.field, *role, line.index)
