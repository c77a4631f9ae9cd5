"""Second half of linking: every name in a document becomes the thing it names, or a problem.

Pure. People, roles, kinds, records, links in bodies and files beside documents are looked up here; what
cannot be found is reported with the nearest name, all of it in one run.
"""

import posixpath
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any
from unicodedata import normalize

import msgspec

from byline import text as words
from byline.alphabet import name_key
from byline.identify import Library
from byline.mentions import documents, file_beside, full_target, media_of, undescribed, with_files
from byline.numbering import Number, Numbers, numbered, numbering
from byline.persons import NEW_CONTRIBUTOR, everybody, id_today
from byline.problems import Place, Problem, Severity
from byline.settings import Settings
from byline.values import (
    Body,
    CreditLine,
    Document,
    Episode,
    Key,
    Media,
    Person,
    Record,
    Ref,
    Segment,
    Use,
    Work,
    credit_place,
    field_place,
)
from byline.vocabulary import Vocabulary
from byline.wordless import bodies


class References(msgspec.Struct, frozen=True):
    """What documents refer to, looked up.

    `credits` of episodes and segments and `record_credits` name people by their keys; `uses` name
    records that are shown. `suggested` are the people of topics. `numbers` are of all people, in the roles
    of the vocabulary, then others as they are met. `calls` lists the records that answer an episode's call,
    without tombstones; `licenses` are all that documents and media state, as written.
    """

    people: Mapping[str, Person]
    credits: dict[Key, tuple[CreditLine, ...]]
    record_credits: Mapping[str, tuple[CreditLine, ...]]
    suggested: dict[str, tuple[CreditLine, ...]]
    uses: dict[Key, tuple[Use, ...]]
    numbers: Numbers
    calls: dict[str, tuple[str, ...]]
    licenses: frozenset[str]


def resolve(
    settings: Settings, vocabulary: Vocabulary, library: Library, files: Mapping[str, int]
) -> tuple[References, list[list[Number]], tuple[Problem, ...]]:
    """Look up every reference of every shown document; `files` are those that may be referred to.

    Beside them come the numbers of whom each record names, for crediting.
    """
    resolver = _Resolver(settings, vocabulary, library, files)
    credits: dict[Key, tuple[CreditLine, ...]] = {}
    uses: dict[Key, tuple[Use, ...]] = {}
    kinds = vocabulary.segment_kinds
    for id_, episode in library.episodes.items():
        credits[("episode", id_)] = resolver.credit_lines(episode, episode.credits)
        uses[("episode", id_)] = resolver.uses(episode, episode.uses)
        resolver.licenses.add(episode.license)
    for id_, segment in library.segments.items():
        credits[("segment", id_)] = resolver.credit_lines(segment, segment.credits)
        uses[("segment", id_)] = resolver.uses(segment, segment.uses)
        resolver.licenses.add(segment.license)
        resolver.kind(segment, kinds, "segment")
    suggested = {
        id_: resolver.credit_lines(topic, topic.suggested_by) for id_, topic in library.topics.items()
    }
    record_credits = {}
    record_kinds = vocabulary.record_kinds
    calls: dict[str, list[str]] = {}
    # All that is asked of a record is asked at once: with 100,000 of them none is in the processor's cache.
    for id_, record in library.records.items():
        record_credits[id_] = record.credits
        resolver.licenses.add(record.license)
        if record.kind and record.kind not in record_kinds:
            resolver.kind(record, record_kinds, "record")
        if record.call and resolver.call(record):
            calls.setdefault(record.call, []).append(id_)
        if record.media or record.body.refs:  # most name no file and refer to nothing
            resolver.embedded(record)
            resolver.parts(record)
    numbers = numbering(resolver.people, resolver.roles())
    try:  # where all are known, to number them is all there is to do: no line is looked at twice
        given = numbered(numbers, record_credits.values())
    except KeyError:
        record_credits = {
            id_: resolver.credit_lines(record, record.credits) for id_, record in library.records.items()
        }
        numbers = numbering(resolver.people, resolver.roles())
        given = numbered(numbers, record_credits.values())
    others = (one for one in documents(library) if type(one) is not Record)  # these were looked at above
    for document in with_files(others):
        resolver.parts(document)
    references = References(
        resolver.people,
        credits,
        record_credits,
        suggested,
        uses,
        numbers,
        {episode: tuple(ids) for episode, ids in calls.items()},
        frozenset(resolver.licenses),
    )
    return references, given, tuple(resolver.problems)


class _Resolver:
    def __init__(
        self, settings: Settings, vocabulary: Vocabulary, library: Library, files: Mapping[str, int]
    ) -> None:
        self.settings, self.vocabulary, self.library, self.files = settings, vocabulary, library, files
        self.people, self.problems = everybody(library)
        self.undeclared: dict[str, None] = {}
        self.licenses: set[str] = set()
        self.near: dict[tuple[str, str], str] = {}

    def say(
        self,
        code: str,
        message: str,
        place: Place,
        hint: str = "",
        severity: Severity = "error",
        unknown: str = "",
    ) -> None:
        self.problems.append(Problem(code, message, place, hint, severity, unknown=unknown))

    def nearest(self, kind: str, name: str, ids: Mapping[str, Any]) -> str:
        """The hint for an unknown id: asked once for every name, since an archive may miss one often."""
        if (kind, name) not in self.near:
            if kind == "segment" and (elsewhere := _of_episodes(name, ids)):
                self.near[kind, name] = f"write {' or '.join(elsewhere)}"
                return self.near[kind, name]
            near = words.nearest_id(name, ids)
            if not near and kind == "contributor":
                near = self.names.get(words.fold(name), "")
            where = f" ({ids[near].place.path})" if near and hasattr(ids[near], "place") else ""
            self.near[kind, name] = words.did_you_mean(near) + where
        return self.near[kind, name]

    @cached_property
    def names(self) -> dict[str, str]:
        """Ids of contributors by their names, which somebody may write instead."""
        found: dict[str, str] = {}
        for id_, one in self.library.contributors.items():
            for name in (one.name, *one.also_credited_as):
                found.setdefault(words.fold(name), id_)
        return found

    @cached_property
    def labels(self) -> dict[str, str]:
        """Ids of roles by what they are called on pages."""
        roles = self.vocabulary.roles.items()
        return {
            words.fold(text): id_ for id_, role in roles for text in (role.plural, role.person, role.label)
        }

    def roles(self) -> tuple[str, ...]:
        """All roles: those of the vocabulary, then others as credits name them first."""
        return (*self.vocabulary.roles, *self.undeclared)

    def credit_lines(self, document: Document, lines: tuple[CreditLine, ...]) -> tuple[CreditLine, ...]:
        """The lines with people by key; those of unknown people are reported and left out."""
        people, roles = self.people, self.vocabulary.roles
        for line in lines:
            if line.who not in people or line.role not in roles:
                break
        else:
            return lines
        out = []
        for line in lines:
            if line.role not in roles:
                self.undeclared[line.role] = None
            if line.field == "credits":
                self._role(document, line)
            key = self._person(document, line)
            if key:
                out.append(line if key == line.who else msgspec.structs.replace(line, who=key))
        return tuple(out)

    def _role(self, document: Document, line: CreditLine) -> None:
        if line.role in self.vocabulary.roles:
            return
        warn = self.settings.credits.undeclared_roles == "warn" and not words.id_fault(line.role)
        near = words.nearest_id(line.role, self.vocabulary.roles) or self.labels.get(
            words.fold(line.role), ""
        )
        hint = (
            words.did_you_mean(near) or f"declare it in byline.toml: [roles.{words.slug(line.role) or 'id'}]"
        )
        place = field_place(document, "credits", line.role, key=True)
        self.say("unknown-role", f'unknown role "{line.role}"', place, hint, "warning" if warn else "error")

    def _person(self, document: Document, line: CreditLine) -> str:
        if line.who in self.people:
            return line.who
        place = credit_place(document, line)
        if now := id_today(self.library, line.who, place, self.problems):
            return now
        if self.settings.credits.undeclared_contributors == "warn" and line.who:
            key = "~" + line.who
            self.people.setdefault(key, Person(key, line.who, name_key(line.who), "plain"))
            hint = self.nearest("contributor", line.who, self.library.contributors) or NEW_CONTRIBUTOR
            self.say(
                "unknown-contributor", f'"{line.who}" is credited without a page', place, hint, "warning"
            )
            return key
        hint = words.apart(line.who, in_table=False)
        hint = hint or self.nearest("contributor", line.who, self.library.contributors) or NEW_CONTRIBUTOR
        self.say("unknown-contributor", f'no contributor "{line.who}"', place, hint, unknown=line.who)
        return ""

    def uses(self, document: Work, uses: tuple[Use, ...]) -> tuple[Use, ...]:
        """The records that an episode or segment shows: those of its field, then of its body, each once."""
        out: dict[str, Use] = {}
        for use in uses:
            place = field_place(document, "uses", use.index)
            if self._known("record", use.record, place) and use.record not in out:
                out[use.record] = use
            elif use.record in out:
                self.say("doubled-use", f'"{use.record}" stands here twice', place, "keep one", "warning")
        for ref in document.body.refs:
            shown = ref.scheme == "record" and ref.shape in ("block", "inline")
            if shown and ref.target in self.library.records and ref.target not in out:
                out[ref.target] = Use(ref.target, index=-1)
        return tuple(out.values())

    def _known(self, kind: str, name: str, place: Place, severity: Severity = "error") -> bool:
        """Whether a document is shown; hidden ones are named by `check`, unknown ones are problems."""
        groups: dict[str, Mapping[str, Any]] = {
            "record": self.library.records,
            "episode": self.library.episodes,
            "segment": self.library.segments,
            "contributor": self.library.contributors,
            "season": self.library.seasons,
            "topic": self.library.topics,
            "page": self.library.pages,
        }
        if name in groups[kind]:
            return True
        if name in self.library.hidden[kind]:
            message = f'the {kind} "{name}" is not published yet; it is left out here until then'
            self.say("hidden-reference", message, place, "nothing to do, if that is meant", "warning")
            return False
        now = id_today(self.library, name, place, self.problems) if kind == "contributor" else ""
        if now:
            return self._known(kind, now, place, severity)
        hint = words.apart(name, place.path.endswith(".csv")) or self.nearest(kind, name, groups[kind])
        self.say(f"unknown-{kind}", f'no {kind} "{name}"', place, hint, severity, name)
        return False

    def kind(self, document: Segment | Record, known: Mapping[str, Any], what: str) -> None:
        """The kind of a segment or record."""
        kind = document.kind
        if kind and kind not in known:
            near = words.did_you_mean(words.nearest(kind, known))
            hint = near or f"declare it in byline.toml: [kinds.{words.slug(kind) or 'id'}]"
            self.say("unknown-kind", f'unknown kind of {what} "{kind}"', field_place(document, "kind"), hint)

    def call(self, record: Record) -> bool:
        """Whether a record is shown as an answer to the episode that it names."""
        call, library = record.call, self.library
        if call in library.episodes:
            return not (record.withdrawn or library.episodes[call].withdrawn)
        if call != "none" and call not in library.hidden["episode"]:
            self._known("episode", call, field_place(record, "call"))
        return False

    def embedded(self, record: Record) -> None:
        """What a record shows of others: it was made from that."""
        for ref in record.body.refs:
            shown = ref.scheme == "record" and ref.shape in ("block", "inline")
            if not shown or ref.target not in self.library.records:
                continue
            if all(line.record != ref.target for line in record.sources):
                message = f'"{ref.target}" is shown here and is not among the sources'
                place = Place(record.place.path, ref.line, needle=f"record:{ref.target}")
                hint = f"add {ref.target} to sources, if this was made from it"
                self.say("embed-not-source", message, place, hint, "warning")

    def parts(self, document: Document) -> None:
        """The files and bodies of a document."""
        self.files_of(document)
        for body in bodies(document):
            if body.refs:
                self.body(document, body)

    def body(self, document: Document, body: Body) -> None:
        """The links and embedded things of a body."""
        for ref in body.refs:
            if ref.scheme == "url":
                continue
            place = Place(document.place.path, ref.line, needle=ref.target)
            if ref.scheme == "file":
                path = file_beside(document, ref)
                if path not in self.files:
                    self._missing_link(document, ref, path, place)
            else:
                self._known(ref.scheme, full_target(document, ref), place)

    def _missing_link(self, document: Document, ref: Ref, path: str, place: Place) -> None:
        strict = self.settings.markdown.links == "error"
        near = self._near_file(document.place.path, posixpath.basename(ref.target))
        hint = near or "put the file beside the document; documents are linked as record:ID, page:PATH …"
        hint = f"write https://{ref.target}" if ref.target.lower().startswith("www.") else hint
        what = f'there is no file "{words.clean(ref.target)}" here'
        what = what if path else f'"{words.clean(ref.target)}" leads out of the document\'s folder'
        self.say("missing-file", what, place, hint, "error" if strict else "warning")

    def _near_file(self, beside: str, name: str) -> str:
        folder = posixpath.dirname(beside) + "/"
        names = [p[len(folder) :] for p in self.files if p.startswith(folder) and not p.endswith(".md")]
        if alike := next((one for one in names if normalize("NFC", one) == normalize("NFC", name)), ""):
            return f'"{alike}" looks the same and is made of other characters: rename it to "{name}"'
        return words.did_you_mean(words.nearest(name, names[:2000]))

    def files_of(self, document: Document) -> None:
        """The files that a document's fields name."""
        for field, index, medium in media_of(document):
            for name in ("file", "poster", "transcript"):
                self._file(document, getattr(medium, name), field, index, name)
            for language, path in medium.captions:
                self._file(document, path, field, index, "captions", language)
            self._alt(medium, field_place(document, field, index))
            self.licenses.add(medium.license)
        if isinstance(document, Episode):
            self._file(document, document.transcript, "transcript")

    def _alt(self, medium: Media, place: Place) -> None:
        if undescribed(medium) and (medium.url or medium.file in self.files):
            name = posixpath.basename(medium.file or medium.url)
            hint = 'write {file: …, alt: what is to be seen}, or alt: "" for decoration'
            severity: Severity = "error" if self.settings.media.alt == "error" else "warning"
            self.say("missing-alt", f'nothing says what is to be seen in "{name}"', place, hint, severity)

    def _file(self, document: Document, path: str, *field: str | int) -> None:
        if path and path not in self.files:
            name = posixpath.basename(path)
            place = field_place(document, *field)
            hint = self._near_file(document.place.path, name) or "put it beside the document"
            self.say("missing-file", f'there is no file "{name}" here', place, hint)


def _of_episodes(segment: str, ids: Iterable[str]) -> list[str]:
    """How links name the segments of this very name in other episodes: a few of them."""
    end = f"/{segment.rpartition('/')[2]}"
    return [f"segment:{id_}" for id_ in ids if id_.endswith(end)][:3]
