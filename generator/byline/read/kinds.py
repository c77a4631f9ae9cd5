"""The fields of every kind of document (docs/reference/fields.md): one table a kind.

The tables decide what front matter and ledger rows may hold, what the JSON Schemas say, and what the
reference lists. Types that only content has (media, credits, sources …) are defined here.
"""

import re
from typing import Any

import msgspec

from byline import fields as f
from byline import text as words
from byline.problems import FieldPath
from byline.read.credits_cell import parse_credits
from byline.values import (
    Chapter,
    Contributor,
    Correction,
    CreditLine,
    Document,
    DocumentKind,
    Episode,
    Link,
    Media,
    Page,
    Record,
    Season,
    Segment,
    SourceLine,
    Topic,
    Use,
    Withdrawn,
)

_MIME = r"^[a-z]+/[a-z0-9][a-z0-9.+-]*$"
_BY = {"type": ["string", "number"]}


def _credit_entry(reader: f.Reader, path: FieldPath, raw: Any, role: str, index: int) -> Any:
    if isinstance(raw, dict):
        entry = _CREDIT.read(reader, path, raw)
        return entry if entry is f.BAD else CreditLine(role=role, field=str(path[0]), index=index, **entry)
    who = reader.scalar(path, raw)
    if who is None:
        return reader.say(path, "wrong-type", "expected a contributor", "write an id, or {who: id, as: …}")
    return CreditLine(role, words.clean(who.strip()), field=str(path[0]), index=index)


def _credits(reader: f.Reader, path: FieldPath, value: Any) -> Any:
    if reader.cell and isinstance(value, str):
        value, faults = parse_credits(value)
        for fault in faults:
            reader.say(path, fault.code, fault.message, fault.hint)
    if not isinstance(value, dict):
        return reader.say(
            path, "wrong-type", "expected roles with their people", "write for example {author: ID}"
        )
    lines: list[CreditLine] = []
    for role, raw in value.items():
        entries = raw if isinstance(raw, list) else [raw]
        for index, entry in enumerate(entries):
            if entry is not None:
                where = (*path, role, index) if isinstance(raw, list) else (*path, role)
                line = _credit_entry(reader, where, entry, str(role), index)
                lines += [line] if line is not f.BAD else []
    return tuple(lines)


def _people(role: str) -> f.Type:
    """One or many contributors in a fixed role."""

    def read(reader: f.Reader, path: FieldPath, value: Any) -> Any:
        if reader.cell and isinstance(value, str):
            value = [part.strip() for part in value.replace(",", ";").split(";") if part.strip()]
        entries = value if isinstance(value, list) else [value]
        lines = [
            _credit_entry(reader, (*path, at) if isinstance(value, list) else path, raw, role, at)
            for at, raw in enumerate(entries)
        ]
        return tuple(line for line in lines if line is not f.BAD)

    return f.Type(read, CREDITS.schema["additionalProperties"])


def _suggested() -> f.Type:
    """Contributors of an idea, or any credits."""
    idea = _people("idea")

    def read(reader: f.Reader, path: FieldPath, value: Any) -> Any:
        by_role = isinstance(value, dict) and "who" not in value
        return (CREDITS if by_role else idea).read(reader, path, value)

    return f.Type(read, {"anyOf": [idea.schema, CREDITS.schema]})


def _tags() -> f.Type:
    """Tags; a lone text with commas, which is one of them, was most likely meant to be several."""
    plain = f.list_of(f.TEXT)

    def read(reader: f.Reader, path: FieldPath, value: Any) -> Any:
        if isinstance(value, str) and "," in value and not (reader.cell and ";" in value):
            several = [part for part in map(str.strip, value.split(",")) if part]
            if reader.cell:
                several_as = "; ".join(several)
            else:  # right in YAML and in JSON, whatever the words
                several_as = msgspec.json.encode(several).decode().replace('","', '", "')
            hint = f"write {several_as}"
            reader.say(path, "wrong-type", "commas do not part tags: this is one", hint, severity="warning")
        return plain.read(reader, path, value)

    return f.Type(read, plain.schema)


def _struct(make: Any, fields: tuple[f.Field, ...], short: str = "") -> f.Type:
    """A mapping that becomes a value; a lone scalar fills the field `short`, which names something."""
    table = {field.name: field for field in fields}
    named = f.mapping_of(fields, short)

    def read(reader: f.Reader, path: FieldPath, value: Any) -> Any:
        if isinstance(value, dict):
            values = named.read(reader, path, value)
            return f.BAD if values is f.BAD else make(**values)
        if not short:
            example = ", ".join(f"{name}: …" for name in table)
            hint = f"write {{{example}}}"
            return reader.say(path, "wrong-type", f"expected named values ({', '.join(table)})", hint)
        one = table[short].type.read(reader, path, value)
        return one if one is f.BAD else make(**{table[short].attribute or short: one})

    schema = f.object_schema(fields)
    return f.Type(read, {"anyOf": [table[short].type.schema, schema]} if short else schema)


def _indexed(item: f.Type) -> f.Type:
    """A list whose values know their place in it."""
    plain = f.list_of(item)

    def read(reader: f.Reader, path: FieldPath, value: Any) -> Any:
        if reader.cell and isinstance(value, str):
            value = [part.strip() for part in value.split(";") if part.strip()]
        entries = value if isinstance(value, list) else [value]
        out = []
        for at, raw in enumerate(entries):
            one = item.read(reader, (*path, at) if isinstance(value, list) else path, raw)
            if one is not f.BAD:
                out.append(msgspec.structs.replace(one, index=at))
        return tuple(out)

    return f.Type(read, plain.schema)


def _file(reader: f.Reader, path: FieldPath, value: Any) -> Any:
    name = reader.scalar(path, value)
    if name is None or not name.strip():
        return reader.say(path, "wrong-type", "expected the name of a file")
    name = name.strip()
    if name.startswith(("/", "\\", "~")) or "\\" in name or ".." in name.split("/") or ":" in name:
        return reader.say(
            path,
            "bad-file",
            f'"{name}" leads out of the document\'s folder',
            "put the file beside the document",
        )
    return f"{reader.folder}/{name}" if reader.folder else name


def _file_or_url(reader: f.Reader, path: FieldPath, value: Any) -> Any:
    name = reader.scalar(path, value)
    if name and name.strip().lower().startswith(("http:", "https:")):
        url = f.URL.read(reader, path, value)
        return url if url is f.BAD else Media(url=url)
    file = _file(reader, path, value)
    return file if file is f.BAD else Media(file=file)


def _media(reader: f.Reader, path: FieldPath, value: Any) -> Any:
    if not isinstance(value, dict):
        return _file_or_url(reader, path, value)
    if ("file" in value) == ("url" in value):
        return reader.say(path, "missing-field", "media need either file or url", "write one of the two")
    return _MEDIUM.read(reader, path, value)


def _mime(reader: f.Reader, path: FieldPath, value: Any) -> Any:
    name = reader.scalar(path, value)
    if name is None or not re.fullmatch(_MIME, name):
        return reader.say(path, "wrong-type", "expected a MIME type", "write for example audio/mpeg")
    return name


def _captions(reader: f.Reader, path: FieldPath, value: Any) -> Any:
    if not isinstance(value, dict):
        hint = "write their languages, too: {en: talk.en.vtt}"
        return reader.say(path, "wrong-type", "expected files by language", hint)
    for language in value:
        f.language(reader, (*path, language), language, key=True)
    return tuple(f.mapping_to(FILE).read(reader, path, value).items())


def _withdrawn(reader: f.Reader, path: FieldPath, value: Any) -> Any:
    if reader.cell and isinstance(value, str) and value in ("true", "false"):
        value = value == "true"
    if isinstance(value, bool):
        return Withdrawn() if value else None
    if not isinstance(value, dict):
        hint = "write true, or {on: 2026-03-01, by: contributor, note: …}"
        return reader.say(path, "wrong-type", "expected true, or named values (on, by, note)", hint)
    return _WITHDRAWN.read(reader, path, value)


def _alias(reader: f.Reader, path: FieldPath, value: Any) -> Any:
    alias = reader.scalar(path, value)
    parts = alias.strip("/").split("/") if alias else [""]
    if len(parts) > words.DEEPEST or any(
        part in ("", ".", "..")
        or words.is_device(part)
        or part.casefold() == ".git"  # which git leaves out of a branch, and says nothing
        or words.clean(part) != part
        or set(part) & set('?#\\:*"<>|%\t\n')
        for part in parts
    ):
        return reader.say(
            path,
            "bad-alias",
            f'"{alias}" cannot be an address of this site',
            "write the old path: /2014/storm/",
        )
    return "/".join(parts)


FILE = f.Type(_file, {"type": "string", "pattern": r"^[^/\\~:][^\\:]*$"})
MIME = f.Type(_mime, {"type": "string", "pattern": _MIME})
_CREDIT_FIELDS = (
    f.Field("who", f.IDENTIFIER, "The contributor's id.", required=True),
    f.Field("as", f.TEXT, "The character or the part they had.", attribute="part"),
    f.Field("credited_as", f.TEXT, "The name as it was printed, where it is another."),
    f.Field("at", f.TIMECODE, "When they are seen or heard: a timecode in the medium, else in the episode."),
    f.Field("note", f.TEXT, "A remark that is shown with the credit."),
)
_CREDIT = f.mapping_of(_CREDIT_FIELDS, "who")
_CREDIT_SCHEMA = {"anyOf": [_BY, _CREDIT.schema]}
CREDITS = f.Type(
    _credits,
    {
        "type": "object",
        "additionalProperties": {
            "anyOf": [_BY, _CREDIT.schema, {"type": "array", "items": _CREDIT_SCHEMA}, {"type": "null"}]
        },
    },
)
_MEDIUM = _struct(
    Media,
    (
        f.Field("file", FILE, "A file beside the document."),
        f.Field("url", f.URL, "A file elsewhere, by its https address; browsers ask that host for it."),
        f.Field("alt", f.TEXT, 'What is to be seen, for those who cannot see it; "" for decoration.'),
        f.Field("caption", f.TEXT, "A line under it."),
        f.Field("poster", FILE, "The picture shown before a video plays."),
        f.Field(
            "captions",
            f.Type(
                _captions,
                {"type": "object", "propertyNames": f.LANGUAGE.schema, "additionalProperties": FILE.schema},
            ),
            "Captions: WebVTT files by language, {en: talk.en.vtt}.",
        ),
        f.Field("transcript", FILE, "A file with all that is said."),
        f.Field("credit", f.TEXT, "Who made it, where that is nobody of the archive."),
        f.Field("license", f.TEXT, "Its licence, where it differs from the document's."),
        f.Field("type", MIME, "Its MIME type, audio/mpeg."),
        f.Field("size", f.integer(0), "Its size in bytes, where the file is elsewhere."),
        f.Field("duration", f.TIMECODE, "How long it plays."),
        f.Field("width", f.integer(1), "Its width in pixels, where the file is elsewhere."),
        f.Field("height", f.integer(1), "Its height in pixels, where the file is elsewhere."),
    ),
)
MEDIA = f.list_of(f.Type(_media, {"anyOf": [FILE.schema, f.URL.schema, _MEDIUM.schema]}))
_WITHDRAWN = _struct(
    Withdrawn,
    (
        f.Field("on", f.DATE, "When it was withdrawn."),
        f.Field("by", f.choice("contributor", "editors", "law"), "Who withdrew it."),
        f.Field("note", f.TEXT, "What may be said about it; the page shows this."),
    ),
)
WITHDRAWN = f.Type(_withdrawn, {"anyOf": [{"type": "boolean"}, _WITHDRAWN.schema]})
CORRECTION = _struct(
    Correction,
    (
        f.Field("on", f.DATE, "When it was put right.", required=True),
        f.Field("note", f.TEXT, "What was put right.", required=True),
    ),
)
SOURCE = _struct(
    SourceLine,
    (
        f.Field("record", f.IDENTIFIER, "The record it was made from."),
        f.Field("kind", f.IDENTIFIER, "How: remix (where nothing is said), sample, translation …"),
        f.Field("as", f.TEXT, "What was taken: the melody.", attribute="part"),
        f.Field("at", f.TIMECODE, "When, in the source's medium."),
        f.Field("title", f.TEXT, "Instead of record: the title of a work outside the archive."),
        f.Field("by", f.TEXT, "Who made the work outside the archive."),
        f.Field("url", f.URL, "The web address of the work outside the archive."),
        f.Field("license", f.TEXT, "The licence of the work outside the archive."),
    ),
    short="record",
)
USE = _struct(
    Use,
    (
        f.Field("record", f.IDENTIFIER, "The record that is shown.", required=True),
        f.Field("at", f.TIMECODE, "When it is seen or heard."),
        f.Field("as", f.TEXT, "What is seen or heard of it: the chorus.", attribute="part"),
    ),
    short="record",
)
LINK = _struct(
    Link,
    (
        f.Field("url", f.URL, "The address.", required=True),
        f.Field("label", f.TEXT, "What the link says."),
        f.Field("me", f.BOOLEAN, "Whether that page is theirs and links back here."),
    ),
    short="url",
)
CHAPTER = _struct(
    Chapter,
    (
        f.Field("title", f.TEXT, "What begins here.", required=True),
        f.Field("at", f.TIMECODE, "When.", required=True),
    ),
)
IDENTIFIERS = f.mapping_of(
    [f.Field(name, f.TEXT, f"Their identifier at {where}.") for name, where in
     (("orcid", "ORCID"), ("isni", "ISNI"), ("wikidata", "Wikidata"), ("musicbrainz", "MusicBrainz"),
      ("imdb", "IMDb"))]
)  # fmt: skip

COMMON = (
    f.Field("id", f.OWN_ID, "The permanent id, which gives the address; else the name of file or folder."),
    f.Field("title", f.TEXT, "What it is called."),
    f.Field("summary", f.TEXT, "One or two sentences for lists and previews."),
    f.Field("draft", f.BOOLEAN, "true keeps it out of the site, whatever the date."),
    f.Field("publish", f.DATE, "Kept out of the site before this day."),
    f.Field("aliases", f.list_of(f.Type(_alias, {"type": "string"})), "Old addresses that lead here."),
    f.Field("withdrawn", WITHDRAWN, "Taken back: true, or {on, by, note}. Nothing else is shown."),
    f.Field("language", f.LANGUAGE, "Its language (BCP 47), where it is not the archive's."),
    f.Field("corrections", f.list_of(CORRECTION), "What was put right since publication: {on, note}."),
    f.Field("extra", f.FREE_MAPPING, "Anything of your own, handed to templates as `extra`."),
)
_POSTER = f.Field("poster", MEDIA, "A picture that stands for it.")
_CREDITS = f.Field("credits", CREDITS, "Who made it: people by role, in the order of the credits.")
_LICENSE = f.Field("license", f.TEXT, "Its licence (SPDX id), where it is not inherited.")
_MEDIA = f.Field("media", MEDIA, "Pictures, sound, video or files.")
_USES = f.Field("uses", _indexed(USE), "The records that are seen or heard in it.")
TABLES: dict[DocumentKind, tuple[f.Field, ...]] = {
    "season": (
        *COMMON,
        f.Field("number", f.IDENTIFIER, "Its number, which gives its place."),
        f.Field("years", f.TEXT, "The years it was made in, as they are shown: 2023–2024."),
        _POSTER,
    ),
    "topic": (*COMMON, f.Field("suggested_by", _suggested(), "Who suggested it."), _POSTER),
    "episode": (
        *COMMON,
        f.Field("season", f.IDENTIFIER, "The season's id."),
        f.Field("number", f.IDENTIFIER, "A number, or a short label such as p01."),
        f.Field("topic", f.TEXT, "What it is about: a topic's id, or a text."),
        f.Field("released", f.DATE, "When it was released."),
        f.Field("runtime", f.TIMECODE, "How long it is."),
        f.Field("call", f.BLOCK, "The invitation that went out, in Markdown."),
        f.Field("submissions", f.integer(0), "How many answers came in, also those not in the archive."),
        _MEDIA,
        _POSTER,
        f.Field("transcript", FILE, "A file with all that is said."),
        f.Field("chapters", f.list_of(CHAPTER), "Named moments, where segments are not enough: {title, at}."),
        _CREDITS,
        _USES,
        _LICENSE,
        f.Field("kind", f.IDENTIFIER, "What kind of episode it is."),
    ),
    "segment": (
        *COMMON,
        f.Field("kind", f.IDENTIFIER, "What it is: documentary, song, sketch …"),
        f.Field("order", f.integer(), "Its place in the running order; else the number of its file."),
        f.Field("starts", f.TIMECODE, "When it starts in the episode."),
        f.Field("ends", f.TIMECODE, "When it ends."),
        _MEDIA,
        _POSTER,
        _CREDITS,
        _USES,
        _LICENSE,
    ),
    "record": (
        *COMMON,
        f.Field("kind", f.IDENTIFIER, "What it is: text, image, audio … Absent: what its media are."),
        f.Field("by", _people("author"), "Who made it: short for credits: {author: …}."),
        _CREDITS,
        f.Field("sources", _indexed(SOURCE), "What it was made from: records, or works outside the archive."),
        f.Field("date", f.DATE, "When it was made, as exactly as known: 2014, 2014-11 or 2014-11-02."),
        _LICENSE,
        _MEDIA,
        f.Field("url", f.URL, "Where it was first published."),
        f.Field("hearts", f.integer(0), "How many hearts it had; never used for order."),
        f.Field("hearts_on", f.DATE, "The day that hearts were counted; without it they are not shown."),
        f.Field("call", f.IDENTIFIER, "The episode whose call it answered (else its folder's), or none."),
        f.Field("tags", _tags(), "Words to find it by."),
    ),
    "contributor": (
        *COMMON,
        f.Field("name", f.TEXT, "How they want to be called."),
        f.Field("sort_name", f.TEXT, "The name as it is sorted: Quinta, Marisela de la."),
        f.Field("also_credited_as", f.list_of(f.TEXT), "Other names that they were printed under."),
        f.Field("pronouns", f.TEXT, "How one speaks of them: she/her."),
        f.Field("avatar", MEDIA, "A picture of them, or one that they chose."),
        f.Field("links", f.list_of(LINK), "Their pages elsewhere: addresses, or {url, label, me}."),
        f.Field("former_ids", f.list_of(f.FORMER_ID), "Ids that they had before: old addresses lead here."),
        f.Field("in_memoriam", f.TEXT, "A date, a year or a text, for somebody who has died."),
        f.Field("kind", f.choice("person", "group", "organisation"), "What they are. Absent: person."),
        f.Field("members", f.list_of(f.IDENTIFIER), "The ids of a group's members, who get its credits too."),
        f.Field("identifiers", IDENTIFIERS, "Identifiers of public registers."),
    ),
    "page": (*COMMON, f.Field("menu", f.integer(), "Its place in the navigation; absent: not there.")),
}  # fmt: skip

STRUCTS: dict[DocumentKind, type[Document]] = {
    "season": Season,
    "topic": Topic,
    "episode": Episode,
    "segment": Segment,
    "record": Record,
    "contributor": Contributor,
    "page": Page,
}
LOOKUP = {kind: {field.name: field for field in table} for kind, table in TABLES.items()}
TITLED = ("season", "episode", "page")
