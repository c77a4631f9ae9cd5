"""Licences of an archive: every spelling known, every edge of the lineage allowed.

Pure. All findings are warnings that name both records; `[licenses] strict` makes them errors.
"""

from collections.abc import Collection, Iterator
from functools import cache

from byline import derivation, licenses
from byline import text as words
from byline.identify import Library
from byline.lineage import Lineage
from byline.mentions import documents, media_of
from byline.problems import Place, Problem, Severity
from byline.settings import Settings
from byline.values import Document, Record, SourceLine, Work, field_place

# Being moved by a work makes no derived work in any licence's sense.
FREE_KINDS = frozenset({"inspiration"})


def check_rights(
    settings: Settings, library: Library, lineage: Lineage, texts: Collection[str]
) -> tuple[Problem, ...]:
    """Unknown spellings of licences, and licences along the edges that do not go together.

    `texts` are all that documents state.
    """
    severity: Severity = "error" if settings.licenses_strict else "warning"
    return (*_spellings(settings, library, texts, severity), *_edges(settings, library, lineage, severity))


def _spellings(
    settings: Settings, library: Library, texts: Collection[str], severity: Severity
) -> Iterator[Problem]:
    @cache
    def hint_for(text: str) -> str | None:
        if licenses.parse(text, settings.licenses).known:
            return None
        from byline.license_names import nearest  # loads the list of names, for unknown ones only

        near = nearest(text, settings.licenses)
        own = text.partition("-")[2] if text.lower().startswith("licenseref-") else ""
        own = own if own and not words.id_fault(own.lower()) else "ID"
        return (
            words.did_you_mean(near or "") or f"write an SPDX id, or declare [licenses.{own}] in byline.toml"
        )

    def unknown(text: str, hint: str, place: Place) -> Problem:
        return Problem("unknown-license", f'"{text}" is no licence known here', place, hint, severity)

    own = settings.archive.license
    if own and (hint := hint_for(own)) is not None:
        yield unknown(own, hint, Place("byline.toml", 1, ("archive", "license")))
    if all(hint_for(text) is None for text in texts if text):  # nearly always
        return
    for document in documents(library):
        for text, field in _stated(document):
            if (hint := hint_for(text)) is not None:
                yield unknown(text, hint, field_place(document, *field))


def _stated(document: Document) -> Iterator[tuple[str, tuple[str | int, ...]]]:
    """The licences that a document states, with their fields."""
    if isinstance(document, Work) and document.license:
        yield document.license, ("license",)
    for field, index, medium in media_of(document):
        if medium.license:
            yield medium.license, (field, index, "license")
    if isinstance(document, Record):
        for line in document.sources:
            if line.license:
                yield line.license, ("sources", line.index, "license")


def _edges(settings: Settings, library: Library, lineage: Lineage, severity: Severity) -> Iterator[Problem]:
    @cache
    def conflicts(source: str, derived: str) -> tuple[derivation.Conflict, ...]:
        theirs = licenses.parse(source, settings.licenses) if source else None
        return derivation.conflicts(theirs, licenses.parse(derived, settings.licenses) if derived else None)

    records = list(library.records.values())
    stated = [record.license or settings.archive.license for record in records]
    unstated: set[int] = set()
    for child, sources in enumerate(lineage.above):
        if not sources or child in lineage.gone:
            continue
        for nth, source in enumerate(sources):
            for conflict in conflicts(stated[source], stated[child]):
                line = lineage.lines[child][nth]
                if source in lineage.gone or line.kind in FREE_KINDS:
                    continue
                if conflict.code == "no-license":
                    if source in unstated:
                        continue
                    unstated.add(source)
                there = (records[source].place, "the source")
                yield _conflict(records[child], records[source].id, line, conflict, severity, there)
    for id_, lines in lineage.outside.items():
        record = library.records[id_]
        for line in lines:
            if line.license and line.kind not in FREE_KINDS:
                for conflict in conflicts(line.license, record.license or settings.archive.license):
                    yield _conflict(record, line.title, line, conflict, severity)


def _conflict(
    child: Record,
    source: str,
    line: SourceLine,
    conflict: derivation.Conflict,
    severity: Severity,
    *there: tuple[Place, str],
) -> Problem:
    """A conflict with a source by its id, or by the title that it has outside the archive."""
    message, hint = derivation.explain(conflict, f'"{source}"', f'"{child.id}"')
    place = field_place(child, "sources", line.index)
    return Problem(f"license-{conflict.code}", message, place, hint, severity, there)
