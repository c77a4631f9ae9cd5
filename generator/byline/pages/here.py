"""The helpers that views are built with: one `Here` for every page, seen from that page.

A `Here` turns keys, people and licences of the archive into views with final hrefs; `media_views` and
`bodies` are made with it. It does no I/O.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from copy import copy
from typing import Any, TypeVar, cast

import msgspec

from byline import licenses
from byline.archive import Archive, license_of
from byline.media.fonts import Face
from byline.pages import elements as el
from byline.permalinks import permalink
from byline.values import CreditLine, Document, Key, Output, Record, Segment
from byline.vocabulary import Kind
from byline.wording import between, date_words, locale

MANY_PEOPLE = 3
# So many views are kept for each root of pages: some documents are named on hundreds of pages.
_MOST_KEPT = 1 << 15
A = TypeVar("A")


class Frame(msgspec.Struct, frozen=True):
    """What all pages of a build share: the archive, the theme's assets, and the interface's language.

    `styles`, `scripts` and `icon` are paths in the site, `indexed` gives its permalinks; `say` finds a
    message in the catalogue, `count` one with a number, in one of two forms; `fonts` are those of cards.
    `memo` holds the last answer to each question that the pages of one listing share, `shared` answers that
    very many pages need, `persons` and `kept` (links among them) views by the page's root. `documents` are
    all, by kind and id.
    """

    archive: Archive
    documents: Mapping[str, Mapping[str, Document]]
    styles: tuple[str, ...]
    scripts: tuple[str, ...]
    icon: str
    indexed: Callable[[], Sequence[str]]
    say: Callable[[str], str]
    count: Callable[[str, str, int], str]
    fonts: tuple[Face, ...] = ()
    memo: dict[str, tuple[str, Any]] = {}
    shared: dict[object, Any] = {}
    persons: dict[str, dict[str, el.Person]] = {}
    kept: dict[str, dict[Key, Any]] = {}


def by_kind(archive: Archive) -> Mapping[str, Mapping[str, Document]]:
    """All documents that are shown, by kind and id; the home page is the page without id."""
    library = archive.library
    return {
        "season": library.seasons,
        "topic": library.topics,
        "episode": library.episodes,
        "segment": library.segments,
        "record": library.records,
        "contributor": library.contributors,
        "page": {**library.pages, "": library.home},
    }


class Here:
    """A page's point of view: where it stands, and how other things look from there."""

    def __init__(self, frame: Frame, output: Output, opens: str = "") -> None:
        """Stand on one page; `opens` is the kind of document whose body it may show."""
        self.frame, self.opens = frame, opens
        self.archive = frame.archive
        self.output = output
        self.say = frame.say
        self.hosts: set[str] = set()
        # Who is named here without the address of their page (decision 44).
        self.named: set[str] = set()
        settings = self.archive.settings
        depth = output.path.count("/")
        absolute = output.path == "404.html"
        self.root = settings.base_path if absolute else "../" * depth or "./"
        self.files = settings.build.links == "files"
        # Everybody is named on many pages, with the same href on those of the same depth.
        self._persons = frame.persons.setdefault(self.root, {})
        self._kept = frame.kept.setdefault(self.root, {})

    def afar(self) -> "Here":
        """The same point of view with whole addresses, for what is read elsewhere."""
        other = copy(self)
        other.root, other.files = self.archive.settings.archive.base_url, False
        other._persons = self.frame.persons.setdefault(other.root, {})
        other._kept = self.frame.kept.setdefault(other.root, {})
        return other

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
        known: el.Link | None = self._kept.get(key)
        return known or self.keep(key, el.Link(self.title(key), self.page_href(key), self.language(key)))

    def kept(self, question: Key) -> Any:
        """What was kept as the answer to a question, on any page of this depth; None if nothing was."""
        return self._kept.get(question)

    def keep(self, question: Key, answer: A) -> A:
        """Keep an answer for a while that is the same on all pages of this depth."""
        if len(self._kept) == _MOST_KEPT:
            self._kept.clear()
        self._kept[question] = answer
        return answer

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
            return person.name if person and person.name else self._gone(1)
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

    def open(self, document: Document) -> None:
        """Raise LookupError unless this is the page that may show the body of a document (decision 32)."""
        if not self.opens or self.document((self.opens, self.output.id)) is not document:
            raise LookupError(f"/{self.output.path} does not say that it shows the body of {document.id!r}")

    def kind_of(self, document: Record | Segment) -> Kind:
        """The kind of a record or segment as the vocabulary knows it."""
        words = self.archive.vocabulary
        if isinstance(document, Record):
            return words.record_kinds.get(document.kind) or words.record_kinds["other"]
        return words.segment_kinds.get(document.kind) or Kind("", "Segment", "Segments", "Untitled segment")

    def language(self, key: Key) -> str:
        """The language of a document's title where it is not the archive's, else ""."""
        document = self.document(key)
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

    def people(self, lines: Sequence[CreditLine], most: int = 0) -> tuple[tuple[el.Person, ...], int]:
        """The different people of credit lines, in order; at `most` so many, and how many more."""
        if len(lines) == 1:  # most are
            return (self.person(lines[0].who),), 0
        return self.persons(dict.fromkeys([line.who for line in lines]), most)

    def persons(self, keys: Iterable[str], most: int = 0) -> tuple[tuple[el.Person, ...], int]:
        """Views of people; several withdrawn ones become one entry that counts them."""
        known, gone = self._persons, 0
        shown: list[el.Person] = []
        for key in keys:
            person = known.get(key) or self.person(key)
            if person.withdrawn:
                gone += 1
            else:
                shown.append(person)
        more = len(shown) - most if most and len(shown) > most + 1 else 0
        if more:
            del shown[most:]
        if gone:
            shown.append(el.Person("", withdrawn=gone))
        return tuple(shown), more

    def day(self, written: str) -> str:
        """A date in words of the archive's language: many things share one."""
        language = self.archive.settings.archive.language
        return self.shared(("date", written), lambda: date_words(written, locale(language)))

    def called(self, person: el.Person) -> str:
        """What somebody is called in plain text."""
        return self._gone(person.withdrawn) if person.withdrawn else person.name

    def _gone(self, number: int) -> str:
        return self.frame.count("a withdrawn contributor", "%(num)s withdrawn contributors", number)

    def several(self, people: Sequence[el.Person], more: int = 0) -> str:
        """People in plain text, and how many more."""
        return self.enough([self.called(person) for person in people], more)

    def enough(self, names: Sequence[str], more: int) -> str:
        """Names one after the other, and how many more there are."""
        rest = [self.frame.count("+%(num)s more", "+%(num)s more", more)] if more > 0 else []
        return self.joined([*names, *rest])

    def joined(self, names: Iterable[str]) -> str:
        """Texts one after the other, with the comma of the archive's language."""
        language = self.archive.settings.archive.language
        comma: str = self.shared("comma", lambda: between(locale(language))[2])
        return comma.join(names)

    # Licences

    def license(self, text: str) -> el.Link | None:
        """A licence by its name, leading to its text."""
        return self.shared(("license", text), lambda: self._license(text)) if text else None

    def _license(self, text: str) -> el.Link:
        name, url = licenses.shown(text, self.archive.settings.licenses)
        return el.Link(name, url or None)

    def license_of(self, document: Document) -> el.Link | None:
        """A work's licence: its own, its episode's, or the archive's."""
        return self.license(license_of(self.archive, document))

    def license_texts(self, document: Document) -> tuple[tuple[str, str], ...]:
        """Titles and texts of what a work's licence names and gives no address for."""
        text, declared = license_of(self.archive, document), self.archive.settings.licenses
        found: tuple[tuple[str, str], ...] = self.shared(
            ("license texts", text), lambda: licenses.texts(text, declared)
        )
        return found


def tombstone(document: Document) -> el.Tombstone | None:
    """What is said of a withdrawn document."""
    gone = document.withdrawn
    return el.Tombstone(gone.on, gone.by, gone.note) if gone else None


def corrections(document: Document) -> tuple[el.Correction, ...]:
    """A document's corrections, as written."""
    return tuple(el.Correction(one.on, one.note) for one in document.corrections)
