"""From files to typed documents: front matter and rows checked, bodies rendered.

Pure: the documents of a file depend on its text, on where it stands, and on one setting.
"""

import posixpath
from collections.abc import Mapping
from functools import partial
from typing import Any

import msgspec

from byline import fields as f
from byline import text as words
from byline.faults import Fault, conflict
from byline.problems import Place, Problem, Severity, Span
from byline.read import front_matter, ledgers, markdown, yaml
from byline.read.headings import prefix_of
from byline.read.kinds import LOOKUP, STRUCTS, TITLED
from byline.read.scan import Source
from byline.values import AnyDocument, Body, Contributor, Document, Page, Record, Segment, SourceLine

_KIND_OF_SUFFIX = {
    **dict.fromkeys("jpg jpeg png gif webp avif svg tif tiff bmp heic".split(), "image"),
    **dict.fromkeys("mp3 ogg oga opus wav flac m4a aac weba".split(), "audio"),
    **dict.fromkeys("mp4 webm mov m4v ogv mkv".split(), "video"),
}


class Read(msgspec.Struct, frozen=True, omit_defaults=True):
    """What one file gave."""

    documents: tuple[AnyDocument, ...] = ()
    problems: tuple[Problem, ...] = ()


def read_source(source: Source, text: str, raw_html: str = "never") -> Read:
    """The documents in the text of a file, with every problem. `raw_html` is the setting of [markdown]."""
    if fault := conflict(text):
        return Read((), (_fault(source, fault),))
    if source.form == "md":
        return _read_markdown(source, text, raw_html)
    return _read_ledger(source, text, raw_html)


def _fault(source: Source, fault: Fault, line: int = 1, severity: Severity = "error") -> Problem:
    span = Span(source.path, line + fault.line - 1, fault.column, fault.length)
    return Problem(fault.code, fault.message, span, fault.hint, severity)


def _read_markdown(source: Source, text: str, raw_html: str) -> Read:
    front = front_matter.split(text)
    fault = front.fault or (
        front_matter.unopened(front.body, LOOKUP[source.kind]) if front.body_line == 1 else None
    )
    if fault:
        return Read((), (_fault(source, fault),))
    values, faults = yaml.load(front.yaml)
    if values is None or faults:
        return Read((), tuple(_fault(source, fault, front.yaml_line) for fault in faults))
    reader = f.Reader(lambda path, _: yaml.spelling(front.yaml, path), folder=posixpath.dirname(source.path))
    place = Place(source.path, front.yaml_line)
    read = _typed(source, values, reader, place, front.body, front.body_line, raw_html)
    more = [_fault(source, fault, front.yaml_line, "warning") for fault in yaml.cut_off(front.yaml)]
    # An empty topic still declares that there is one.
    if not (values or read.problems or front.body.strip()) and source.kind != "topic":
        hint = "write its fields and its text, or delete the file"
        more.append(_empty(source, f"there is nothing in this {source.kind}", hint))
    return Read(read.documents, (*read.problems, *more)) if more else read


def _empty(source: Source, message: str, hint: str) -> Problem:
    return Problem("empty-file", message, Span(source.path, 1, 1, 1), hint, "warning")


def _read_ledger(source: Source, text: str, raw_html: str) -> Read:
    rows, faults = ledgers.rows("csv" if source.form == "csv" else "jsonl", text)
    problems = [_fault(source, fault) for fault in faults]
    documents: list[AnyDocument] = []
    folder, is_json = posixpath.dirname(source.path), source.form == "jsonl"
    # What is wrong with a column is said once, and not in every row.
    unknown = _unknown_columns(source, text, problems) if (rows or not faults) and not is_json else {}
    if "id" in unknown.values():
        return Read((), tuple(problems))
    for row in rows:
        values = dict(row.values)
        for name in unknown:
            values.pop(name, None)
        body = values.pop("body", "")
        spelling = partial(ledgers.spelling, text, row.line)
        reader = (
            f.Reader(spelling, folder=folder)
            if is_json
            else f.Reader(cell=True, folder=folder, meant=unknown.values())
        )
        place = Place(source.path, row.line)
        if not isinstance(body, str):
            reader.say(("body",), "wrong-type", "expected a text here", "write the Markdown as one text")
            body = ""
        if values.get("id") in (None, ""):
            reader.say(
                (), "missing-field", "a row needs an id", f"id: the permanent id of this {source.kind}"
            )
        read = _typed(source, values, reader, place, body, row.line, raw_html)
        documents += read.documents
        problems += read.problems
    if not (rows or problems):
        first = "a first row that names the columns, and " if not (is_json or text.strip()) else ""
        hint = f"write {first}a row for every {source.kind}, or delete the file"
        problems.append(_empty(source, "there are no rows in this ledger", hint))
    return Read(tuple(documents), tuple(problems))


def _unknown_columns(source: Source, text: str, problems: list[Problem]) -> dict[str, str]:
    """Columns of a table that no field fills, with the fields that they are probably meant to be, or ""; one
    for the id, where there is none.
    """
    names, fields = ledgers.columns(text), LOOKUP[source.kind]
    if not names:
        return {}
    near = {name: words.nearest(name, fields) for name in names if name not in fields and name != "body"}
    for name, meant in near.items():
        message, hint = f.unknown(name, meant, fields)
        place = Place(source.path, 1, (name,), key=True)
        problems.append(Problem("unknown-field", message, place, hint))
    if "id" not in names and "id" not in near.values():
        hint = f"every {source.kind} needs one: its permanent id"
        problems.append(Problem("missing-field", 'there is no column "id"', Place(source.path, 1), hint))
        near[""] = "id"
    return near


def _typed(
    source: Source,
    raw: Mapping[str, Any],
    reader: f.Reader,
    place: Place,
    body: str,
    body_line: int,
    raw_html: str,
) -> Read:
    """One document from its raw values; none where it has an error that leaves it without identity."""
    kind = source.kind
    in_episode = _episode_of_row(source, raw)
    if in_episode:
        raw = {**raw, "id": in_episode[1]}
    values = f.read_fields(reader, (), raw, LOOKUP[kind])
    if "id" not in values and "id" not in raw:
        values["id"] = _id_by_name(source, reader)
    problems: list[Problem] = []
    identity = values.get("id")
    if identity is not None:
        html_allowed = raw_html == "pages" and kind == "page"
        prefix = prefix_of(identity)
        values["body"] = _body(place.path, body, body_line, prefix, html_allowed, problems)
        if "call" in values and kind == "episode":
            line = place.line
            values["call"] = _body(place.path, values["call"], line, f"{prefix}--call", False, problems)
        _complete(source, values, raw, reader, in_episode)
    problems += [
        Problem(
            issue.code,
            issue.message,
            Place(place.path, place.line, issue.path, issue.key),
            issue.hint,
            issue.severity,
        )
        for issue in reader.issues
    ]
    if identity is None:
        return Read((), tuple(problems))
    document = STRUCTS[kind](place=place, bundle=source.bundle, **values)
    return Read((_emptied(document),), tuple(problems))  # type: ignore[arg-type]


def _episode_of_row(source: Source, raw: Mapping[str, Any]) -> tuple[str, str] | None:
    """A segment's row outside a bundle names its episode: `episode-id/segment-id`."""
    identity = raw.get("id")
    if source.kind == "segment" and not source.bundle and isinstance(identity, str) and "/" in identity:
        episode, _, segment = identity.partition("/")
        return episode, segment
    return None


def _id_by_name(source: Source, reader: f.Reader) -> str | None:
    if source.form != "md":
        return None
    if source.kind == "page" and source.id == "":
        return ""
    for part in source.id.split("/") if source.kind == "page" else [source.id]:
        fault = words.id_fault(part)
        if fault:
            near = words.slug(part)
            hint = (
                f"write id: {near}" if near and not words.id_fault(near) else "write an id: into the document"
            )
            reader.say((), "bad-id", f'the name "{part}" gives no id: {fault}', hint)
            return None
    return source.id


def _body(path: str, text: str, line: int, prefix: str, raw_html: bool, problems: list[Problem]) -> Body:
    body, issues = markdown.render(text, first_line=line, prefix=prefix, raw_html=raw_html)
    one_line = path.endswith(".jsonl")  # a row is one line, however many its text has
    if one_line and body.refs:
        refs = tuple(msgspec.structs.replace(ref, line=line) for ref in body.refs)
        body = msgspec.structs.replace(body, refs=refs)
    problems += [
        Problem(
            issue.code,
            issue.message,
            Place(path, line if one_line else issue.line, needle=issue.needle),
            issue.hint,
            issue.severity,
        )
        for issue in issues
    ]
    return body


def _complete(
    source: Source,
    values: dict[str, Any],
    raw: Mapping[str, Any],
    reader: f.Reader,
    in_episode: tuple[str, str] | None,
) -> None:
    """Rules that look at several fields at once, and defaults that come from other places."""
    kind = source.kind
    if kind in TITLED and values["id"] != "":
        _needed("title", f"what this {kind} is called", values, raw, reader)
    if kind == "contributor" and not values.get("withdrawn"):  # whose name may be taken out of the file
        _needed("name", "how they want to be called", values, raw, reader)
    if kind == "segment":
        if source.order is not None:
            values.setdefault("order", source.order)
        if in_episode:
            values["episode"] = in_episode[0]
    if kind == "record":
        by = values.pop("by", ())
        credits = values.get("credits", ())
        if by and any(line.role == "author" for line in credits):
            reader.say(
                ("by",), "by-beside-author", "both by and credits.author say who made it", "keep one of them"
            )
        values["credits"] = (*by, *credits)
        values.setdefault("kind", _kind_by_media(values))
    if "starts" in values and "ends" in values and values["ends"] < values["starts"]:
        reader.say(("ends",), "out-of-range", "it ends before it starts", "check both timecodes")


def _needed(
    name: str, what: str, values: Mapping[str, Any], raw: Mapping[str, Any], reader: f.Reader
) -> None:
    """Report a text that is missing or empty, unless it was read and something else was wrong with it."""
    if not values.get(name) and (name in values or raw.get(name) is None) and name not in reader.meant:
        missing = "empty" if name in raw else "missing"
        path = (name,) if name in raw else ()
        reader.say(path, "missing-field", f'"{name}" is {missing}', f"{name}: {what}")


def _kind_by_media(values: Mapping[str, Any]) -> str:
    for medium in values.get("media", ()):
        suffix = (medium.file or medium.url).rpartition(".")[2].lower()
        return _KIND_OF_SUFFIX.get(suffix, "other")
    return "text"


def _emptied(document: Document) -> Document:
    """A withdrawn document keeps what a tombstone shows and its edges, nothing else.

    What it was called before may be what nobody should read: digests tell as well that it was this one.
    """
    if document.withdrawn is None:
        return document
    keep: dict[str, Any] = {
        "id": document.id,
        "place": document.place,
        "bundle": document.bundle,
        "draft": document.draft,
        "publish": document.publish,
        "aliases": tuple(map(words.digest, document.aliases)),
        "withdrawn": document.withdrawn,
    }
    if isinstance(document, Record):
        sources = tuple(
            SourceLine(record=line.record, kind=line.kind, index=line.index)
            for line in document.sources
            if line.record
        )
        return Record(title=document.title, kind=document.kind, sources=sources, call=document.call, **keep)
    if isinstance(document, Segment):
        return Segment(
            title=document.title,
            episode=document.episode,
            order=document.order,
            starts=document.starts,
            **keep,
        )
    if isinstance(document, Contributor):
        return Contributor(former_ids=tuple(map(words.digest, document.former_ids)), **keep)
    if isinstance(document, Page):
        return Page(title=document.title, **keep)
    return type(document)(title=document.title, **keep)
