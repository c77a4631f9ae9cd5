"""The helpers that views are built with: one `Here` for every page, seen from that page.

A `Here` turns keys, people, media and bodies of the archive into views with final hrefs. It does no I/O.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from contextlib import suppress
from html import escape
from typing import Any, TypeVar, cast
from urllib.parse import quote, urlsplit

import msgspec

from byline import licenses
from byline.archive import Archive
from byline.media import operations, pictures, rendition_path
from byline.media.fonts import Face
from byline.pages import elements as el
from byline.permalinks import permalink
from byline.read.suffixes import TYPES, suffix_of
from byline.resolve import file_beside, full_target
from byline.text import fold
from byline.values import (
    Body,
    CreditLine,
    Document,
    Episode,
    Key,
    Media,
    Medium,
    Output,
    Record,
    Ref,
    Segment,
)
from byline.vocabulary import Kind

MANY_PEOPLE = 3
A = TypeVar("A")


class Frame(msgspec.Struct, frozen=True):
    """What all pages of a build share: the archive, the theme's assets, and the interface's language.

    `styles`, `scripts` and `icon` are paths in the site, `indexed` its permalinks; `say` finds a message in
    the catalogue, `count` one with a number, in one of two forms; `fonts` are those of cards. `memo`
    holds the last answer to each question that the pages of one listing share, `shared` answers that very
    many pages need, `persons` views of people by the page's root. `documents` are all, by kind and id.
    """

    archive: Archive
    documents: Mapping[str, Mapping[str, Document]]
    styles: tuple[str, ...]
    scripts: tuple[str, ...]
    icon: str
    indexed: Sequence[str]
    say: Callable[[str], str]
    count: Callable[[str, str, int], str]
    fonts: tuple[Face, ...] = ()
    memo: dict[str, tuple[str, Any]] = {}
    shared: dict[object, Any] = {}
    persons: dict[str, dict[str, el.Person]] = {}


def by_kind(archive: Archive) -> Mapping[str, Mapping[str, Document]]:
    """All documents that are shown, by kind and id; the home page is the page without id."""
    library = archive.library
    return {
        "season": archive.seasons,
        "topic": archive.topics,
        "episode": library.episodes,
        "segment": library.segments,
        "record": library.records,
        "contributor": library.contributors,
        "page": {**library.pages, "": library.home},
    }


class Here:
    """A page's point of view: where it stands, and how other things look from there."""

    def __init__(self, frame: Frame, output: Output) -> None:
        """Stand on one page."""
        self.frame = frame
        self.archive = frame.archive
        self.output = output
        self.say = frame.say
        self.hosts: set[str] = set()
        settings = self.archive.settings
        depth = output.path.count("/")
        absolute = output.path == "404.html"
        self.root = settings.base_path if absolute else "../" * depth or "./"
        self.files = settings.build.links == "files"
        # Everybody is named on many pages, with the same href on those of the same depth.
        self._persons = frame.persons.setdefault(self.root, {})

    def href(self, path: str) -> str:
        """From this page to a path in the site."""
        if self.files and (path == "" or path.endswith("/")):
            path += "index.html"
        return self.root + path

    def shared(self, question: Hashable, answer: Callable[[], A]) -> A:
        """An answer that very many pages need; questions must be few."""
        known = self.frame.shared.get(question)
        if known is None:
            known = self.frame.shared[question] = answer()
        return cast(A, known)

    def once(self, question: str, about: str, answer: Callable[[], A]) -> A:
        """An answer that the pages of one listing share; forgotten when the next listing asks."""
        known = self.frame.memo.get(question)
        if known is None or known[0] != about:
            known = self.frame.memo[question] = (about, answer())
        return cast(A, known[1])

    def link(self, key: Key) -> el.Link:
        """A document's title, leading to its page where it has one."""
        return el.Link(self.title(key), self.page_href(key), self.language(key))

    def page_href(self, key: Key) -> str | None:
        """The href of a document's page; None where it has none."""
        kind, identity = key
        if kind == "record":
            if identity not in self.archive.paged:
                return None
        elif kind == "contributor":
            person = self.archive.people.get(identity)
            if person is None or person.state != "public":
                return None
        return self.href(permalink(key))

    def title(self, key: Key) -> str:
        """What a document is called; a work without title by its kind."""
        kind, identity = key
        if kind == "contributor":
            person = self.archive.people.get(identity)
            return person.name if person and person.name else self.say("a withdrawn contributor")
        document = self.frame.documents[kind].get(identity)
        if document is None:
            return identity
        if document.title:
            return document.title
        if isinstance(document, (Record, Segment)):
            return self.say(self.kind_of(document).untitled)
        return self.archive.settings.archive.title if kind == "page" and not identity else identity

    def document(self, key: Key) -> Document | None:
        """The document of a key, if it is shown."""
        return self.frame.documents[key[0]].get(key[1])

    def kind_of(self, document: Record | Segment) -> Kind:
        """The kind of a record or segment as the vocabulary knows it."""
        words = self.archive.vocabulary
        if isinstance(document, Record):
            return words.record_kinds.get(document.kind) or words.record_kinds["other"]
        return words.segment_kinds.get(document.kind) or Kind("", "Segment", "Segments", "Untitled segment")

    def language(self, key: Key) -> str:
        """The language of a document's title where it is not the archive's, else ""."""
        document = self.frame.documents[key[0]].get(key[1])
        language = document.language if document else ""
        return "" if language == self.archive.settings.archive.language else language

    # People

    def person(self, key: str, printed: str = "") -> el.Person:
        """Somebody's name, leading to their page; a withdrawn contributor has neither."""
        known = self._persons.get(key)
        if known is None:
            known = self._persons[key] = self._person(key)
        return el.Person(printed, known.href) if printed and not known.withdrawn else known

    def _person(self, key: str) -> el.Person:
        person = self.archive.people[key]
        if person.state == "withdrawn":
            return el.Person("", withdrawn=1)
        href = self.href(permalink(("contributor", key))) if person.state == "public" else None
        return el.Person(person.name, href)

    def people(self, lines: Iterable[CreditLine], most: int = 0) -> tuple[tuple[el.Person, ...], int]:
        """The different people of credit lines, in order; at `most` so many, and how many more."""
        return self.persons(list(dict.fromkeys([line.who for line in lines])), most)

    def persons(self, keys: Sequence[str], most: int = 0) -> tuple[tuple[el.Person, ...], int]:
        """Views of people; several withdrawn ones become one entry that counts them."""
        found = [self.person(key) for key in keys]
        public = [person for person in found if not person.withdrawn]
        shown = public[:most] if most and len(public) > most + 1 else public
        more = len(public) - len(shown)
        if len(public) < len(found):
            shown = [*shown, el.Person("", withdrawn=len(found) - len(public))]
        return tuple(shown), more

    # Media

    def picture(self, file: str, alt: str | None = "", most: int = 0) -> el.Picture | None:
        """A picture of the archive in its widths, at `most` so wide; None where it could not be read."""
        medium = self.archive.media.get(file)
        if medium is None or medium.kind not in ("picture", "drawing"):
            return None
        if medium.kind == "drawing":
            return el.Picture(self._rendition(medium, "copy"), medium.width, medium.height, alt)
        settings = self.archive.settings.media
        made = pictures.widths(medium, settings)
        sizes = [width for width in made if not most or width <= most] or [made[0]]
        *better, last = [
            (
                pictures.MIMES[one],
                tuple(
                    (self._rendition(medium, pictures.operation(one, width, made[-1])), width)
                    for width in sizes
                ),
            )
            for one in pictures.formats(medium, settings)
        ]
        height = max(1, round(medium.height * sizes[-1] / medium.width))
        moving = [one for one in pictures.operations(medium, settings) if one.startswith("anim-")]
        motion = self._rendition(medium, moving[0]) if moving and not most else ""
        sources = last[1]
        return el.Picture(sources[-1][0], sizes[-1], height, alt, sources, tuple(better), motion, medium.tint)

    def _rendition(self, medium: Medium, operation: str) -> str:
        return self.href(rendition_path(medium, operation))

    def media(self, media: Sequence[Media], document: Document) -> tuple[el.Medium, ...]:
        """All media of a document that can be shown."""
        shown = (self.medium(medium, document) for medium in media)
        return tuple(medium for medium in shown if medium is not None)

    def medium(self, media: Media, document: Document) -> el.Medium | None:
        """A medium as it is shown on this page; what was left out has its words at least."""
        if media.url:
            return self._elsewhere(media, document)
        measured = self.archive.media.get(media.file)
        if measured is None:
            words = media.alt or media.caption
            return el.Medium("missing", "", alt=media.alt, caption=media.caption) if words else None
        kind = {"captions": "file", "drawing": "picture"}.get(measured.kind, measured.kind)
        picture = self.picture(media.file, media.alt)
        href = picture.src if picture else self._rendition(measured, "copy")
        made = {one.partition("-")[0]: one for one in operations(measured, self.archive.settings.media)}
        poster = self._poster(media, document)
        return el.Medium(
            kind=kind,
            href=href,
            mime=measured.mime,
            size=measured.size,
            duration=media.duration if measured.duration is None else measured.duration,
            name=media.file.rpartition("/")[2],
            picture=picture,
            poster=poster or (self._rendition(measured, "poster") if "poster" in made else ""),
            width=measured.width or media.width or 0,
            height=measured.height or media.height or 0,
            wave=self._rendition(measured, "wave") if "wave" in made else "",
            original=self._rendition(measured, "original") if "original" in made else "",
            original_size=measured.size if "original" in made else 0,
            **self._words(media, document, href),
        )

    def _elsewhere(self, media: Media, document: Document) -> el.Medium:
        """A medium on another origin, of which is known what was declared."""
        self.hosts.add(origin(media.url))
        kind, mime = TYPES.get(suffix_of(media.url), ("file", ""))
        if media.type:
            mime, kind = media.type, KINDS_BY_TYPE.get(media.type.partition("/")[0], "file")
        width, height = media.width or 0, media.height or 0
        picture = el.Picture(media.url, width, height, media.alt) if kind in ("picture", "drawing") else None
        return el.Medium(
            kind={"captions": "file", "drawing": "picture"}.get(kind, kind),
            href=media.url,
            mime=mime,
            size=media.size or 0,
            duration=media.duration,
            name=urlsplit(media.url).path.rpartition("/")[2],
            picture=picture,
            poster=self._poster(media, document),
            width=width,
            height=height,
            external=True,
            **self._words(media, document, media.url),
        )

    def _words(self, media: Media, document: Document, href: str) -> dict[str, Any]:
        """What is written and said beside a medium."""
        transcript = self.file_link(media.transcript)
        written = transcript is not None or bool(getattr(document, "transcript", ""))
        return {
            "alt": media.alt,
            "caption": media.caption,
            "credit": media.credit,
            "license": self.license(media.license) if media.license else None,
            "tracks": (*self._tracks(media), *self._chapters(media, document)),
            "transcript": transcript,
            "script": None if written else self._script(media, document, href),
        }

    def _poster(self, media: Media, document: Document) -> str:
        posters = [media.poster] if media.poster else [m.file for m in getattr(document, "poster", ())]
        shown = [self.picture(file, most=1600) for file in posters if file]
        return next((picture.src for picture in shown if picture), "")

    def _tracks(self, media: Media) -> tuple[el.Track, ...]:
        links = ((language, self.file_link(file)) for language, file in media.captions)
        return tuple(el.Track(link.href or "", language) for language, link in links if link)

    def _chapters(self, media: Media, document: Document) -> tuple[el.Track, ...]:
        if isinstance(document, Episode) and media is chaptered(self.archive, document):
            path = permalink(("episode", document.id)) + CHAPTERS
            return (el.Track(self.href(path), self.archive.settings.archive.language, "chapters"),)
        return ()

    def _script(self, media: Media, document: Document, href: str) -> el.Script | None:
        """What is said, by the captions in the document's language, else in the archive's, else the first."""
        own = self.archive.settings.archive.language
        files = dict(media.captions)
        language = next(
            (one for one in (document.language, own, *files) if files.get(one) in self.archive.media), ""
        )
        if not language:
            return None
        lines = tuple(
            el.Line(
                el.Moment(cue.start, f"{href}#t={cue.start / 1000:g}"), cue.text, self.speaker(cue.speaker)
            )
            for cue in self.archive.media[files[language]].cues
        )
        return el.Script(lines, "" if language == own else language) if lines else None

    def speaker(self, name: str) -> el.Person | None:
        """Whoever speaks in captions: a contributor by id, name or another printed name, else the name."""
        if not name:
            return None
        known = self.once("speakers", "", lambda: _speakers(self.archive))
        key = known.get(fold(name))
        return self.person(key, name) if key else el.Person(name)

    def file_link(self, file: str) -> el.Link | None:
        """A published file, by its name."""
        medium = self.archive.media.get(file)
        if medium is None:
            return None
        picture = self.picture(file)
        href = picture.src if picture else self._rendition(medium, "copy")
        return el.Link(file.rpartition("/")[2], href)

    def cover(self, document: Document, most: int = 640) -> el.Picture | None:
        """The picture that stands for a document in lists: its poster, avatar or first picture."""
        for field in ("poster", "avatar", "media"):
            for media in getattr(document, field, ()):
                for file in (media.file, media.poster):
                    if file and (picture := self.picture(file, most=most)):
                        return picture
        return None

    def player(self, place: Key) -> str:
        """The href of the medium that a place's timecodes count in; "" where nothing can be played.

        A segment has its own medium, or its episode's clock (rulings 16).
        """
        document = self.document(place)
        for media in getattr(document, "media", ()):
            if not is_played(media):
                continue
            if media.url:
                return str(media.url)
            if media.file in self.archive.media:
                return self._rendition(self.archive.media[media.file], "copy")
        if isinstance(document, Segment):
            return self.player(("episode", document.episode))
        return ""

    def moments(self, place: Key, at: Sequence[int]) -> tuple[el.Moment, ...]:
        """Times at a place, leading to that second of its player."""
        player = self.player(place) if at else ""
        return tuple(el.Moment(ms, f"{player}#t={ms / 1000:g}" if player else "") for ms in at)

    # Licences

    def license(self, text: str) -> el.Link | None:
        """A licence by its name, leading to its text."""
        return self.shared(("license", text), lambda: self._license(text)) if text else None

    def _license(self, text: str) -> el.Link:
        declared = self.archive.settings.licenses
        found = licenses.parse(text, declared)
        own = declared.get(found.id.removeprefix("LicenseRef-"), {}) if "LicenseRef-" in found.id else {}
        return el.Link(own.get("title") or found.id, own.get("url") or found.url or None)

    def license_of(self, document: Document) -> el.Link | None:
        """A work's licence: its own, its episode's, or the archive's."""
        own = getattr(document, "license", "")
        if not own and isinstance(document, Segment):
            episode = self.archive.library.episodes.get(document.episode)
            own = episode.license if episode else ""
        return self.license(own or self.archive.settings.archive.license)

    # Bodies

    def body(self, document: Document, body: Body) -> el.Body:
        """A body with its references looked up; what cannot be found is shown as its text."""
        parts: list[el.Html | el.Embed] = []
        html: list[str] = []
        for part in body.parts:
            if isinstance(part, str):
                html.append(part)
            elif part < 0:
                if self._target(document, body.refs[~part]):
                    html.append("</a>")
            else:
                shown = self._reference(document, body.refs[part])
                if isinstance(shown, str):
                    html.append(shown)
                    continue
                if html:
                    parts.append(el.Html("".join(html)))
                    html = []
                parts.append(shown)
        if html:
            parts.append(el.Html("".join(html)))
        return tuple(parts)

    def _reference(self, document: Document, ref: Ref) -> str | el.Embed:
        if ref.shape in ("block", "inline"):
            return self._embed(document, ref) or escape(ref.text, quote=False)
        href = self._target(document, ref)
        title = ""
        if ref.shape == "title":
            key = (ref.scheme, full_target(document, ref))
            known = ref.scheme != "file" and self.document(key) is not None
            title = escape(self.title(key) if known else ref.target, quote=False)
        if href is None:
            return title
        opening = f'<a href="{escape(href)}">'
        return f"{opening}{title}</a>" if ref.shape == "title" else opening

    def _target(self, document: Document, ref: Ref) -> str | None:
        if ref.scheme == "file":
            link = self.file_link(file_beside(document, ref))
            return link.href if link else None
        key = (ref.scheme, full_target(document, ref))
        found = self.document(key)
        if found is None:
            return None
        href = self.page_href(key)
        fragment = f"#{quote(found.id)}--{quote(ref.fragment)}" if ref.fragment else ""
        return href + fragment if href is not None else None

    def _embed(self, document: Document, ref: Ref) -> el.Embed | None:
        block = ref.shape == "block"
        if ref.scheme == "record":
            record = self.archive.library.records.get(ref.target)
            return self.embed_record(record, block, ref.text) if record else None
        if ref.scheme in ("file", "url"):
            file = file_beside(document, ref) if ref.scheme == "file" else ""
            media = Media(file=file, url="" if file else ref.target, alt=ref.text)
            shown = self.medium(media, document) if file or ref.scheme == "url" else None
            return el.Embed(block, (shown,), alt=ref.text) if shown else None
        return None

    def embed_record(self, record: Record, block: bool, alt: str) -> el.Embed:
        """A record shown in a body, with its credit line."""
        key = ("record", record.id)
        kind = self.say(self.kind_of(record).label)
        if record.withdrawn:
            return el.Embed(block, (), self.link(key), kind, tombstone=True)
        people, _ = self.people(self.archive.record_credits[record.id])
        media = self.media(record.media[:1], record)
        quote_text = "" if media else record.body.plain or record.summary
        license_ = self.license_of(record)
        return el.Embed(block, media, self.link(key), kind, people, license_, quote_text, alt=alt)


# The first half of a MIME type -> a kind of media.
KINDS_BY_TYPE = {"image": "picture", "audio": "sound", "video": "video"}
# Beside an episode's page: where its parts begin, for its player.
CHAPTERS = "chapters.vtt"


def is_played(media: Media) -> bool:
    """Whether a medium has a clock."""
    if media.type:
        return media.type.startswith(("audio/", "video/"))
    return TYPES.get(suffix_of(media.file or media.url), ("", ""))[0] in ("sound", "video")


def chaptered(archive: Archive, episode: Episode) -> Media | None:
    """The medium of an episode whose parts have times, if there are any: the first that is played."""
    segments = (archive.library.segments[key] for key in archive.episode_segments.get(episode.id, ()))
    if not episode.chapters and not any(one.starts is not None and not one.withdrawn for one in segments):
        return None
    played = (one for one in episode.media if is_played(one) and (one.url or one.file in archive.media))
    return next(played, None)


def _speakers(archive: Archive) -> dict[str, str]:
    """Contributors by everything that captions may call them. A name that several have is nobody's."""
    found: dict[str, str] = {}
    for key, document in archive.library.contributors.items():
        for name in {fold(one) for one in (key, document.name, *document.also_credited_as) if one}:
            found[name] = "" if name in found else key
    found.update((fold(key), key) for key in archive.library.contributors)
    return found


def origin(url: str) -> str:
    """A host as policies name it: in ASCII, as browsers ask for it."""
    parts = urlsplit(url)
    host = parts.netloc.lower().rpartition("@")[2]
    with suppress(UnicodeError):
        host = host.encode("idna").decode()
    return f"{parts.scheme.lower()}://{host}"


def tombstone(document: Document) -> el.Tombstone | None:
    """What is said of a withdrawn document."""
    gone = document.withdrawn
    return el.Tombstone(gone.on, gone.by, gone.note) if gone else None


def corrections(document: Document) -> tuple[el.Correction, ...]:
    """A document's corrections, as written."""
    return tuple(el.Correction(one.on, one.note) for one in document.corrections)
