"""Every setting: its default in a type, its help in a table. What byline.toml and `--set` may say.

`read_settings` is pure: text in, settings and problems out. The tables below are also the source of the
JSON Schema and of the reference in the documentation.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import msgspec

from byline import fields as f
from byline import text as words
from byline.deploy import TYPE as DEPLOY_TYPE
from byline.deploy import Deploy, tells_secret
from byline.podcast_categories import INSIDE
from byline.problems import FieldPath, Place, Problem, Span
from byline.toml import load_toml

FILE = "byline.toml"
PLACEHOLDER_URL = "https://archive.example/"
# Names that are written alike in addresses, in folders and in the rules of every host.
_PLAIN_PATH = re.compile(r"(/(?!\.\.?(/|$))[A-Za-z0-9._~-]+)*/?")


class ArchiveSettings(msgspec.Struct, frozen=True):
    """[archive]: what the archive is called and where it lives."""

    title: str = "Untitled archive"
    base_url: str = PLACEHOLDER_URL
    tagline: str = ""
    language: str = "en"
    license: str = ""
    contact: str = ""
    copyright: str = ""
    picture: str = ""
    format: int = 1


class BuildSettings(msgspec.Struct, frozen=True):
    """[build]: where things are read from and written to, and how links are written."""

    content: str = "content"
    output: str = "output"
    theme: str = "marquee"
    links: str = "folders"
    workers: int = 0


class LineageSettings(msgspec.Struct, frozen=True):
    """[lineage]: whether missing sources and cycles stop a build."""

    missing: str = "error"
    cycles: str = "error"


class CreditSettings(msgspec.Struct, frozen=True):
    """[credits]: whether roles and people without a declaration stop a build."""

    undeclared_roles: str = "error"
    undeclared_contributors: str = "error"


class PageSettings(msgspec.Struct, frozen=True):
    """[pages]: which pages are made, and how long a listing's page is.

    What stands beside credit pages is made from so many credits on; None: for nobody.
    """

    records: str = "all"
    per_page: int = 60
    json: str = "all"
    trees: str = "all"
    credits_json: int | None = 0
    feeds: int | None = 1
    cards: int | None = 1
    badges: int | None = 1
    embeds: int | None = 1


class MarkdownSettings(msgspec.Struct, frozen=True):
    """[markdown]: what bodies may hold."""

    raw_html: str = "never"
    links: str = "warn"


class Limits(msgspec.Struct, frozen=True):
    """[media.limits]: what one file may take; memory in bytes, pixels those of all frames."""

    pixels: int = 100_000_000
    bytes: int = 1_000_000_000
    frames: int = 2_000
    seconds: int = 30
    memory: int = 2_000_000_000


class MediaSettings(msgspec.Struct, frozen=True):
    """[media]: what media are made with, how strictly they are read, and what is kept of them."""

    fonts: tuple[str, ...] = ()
    formats: tuple[str, ...] = ("avif", "webp", "jpeg")
    widths: tuple[int, ...] = (400, 800, 1600)
    originals: bool = False
    embed_credit: bool = False
    alt: str = "warn"
    broken: str = "warn"
    cache_size: int = 5_000_000_000
    limits: Limits = Limits()


class PodcastSettings(msgspec.Struct, frozen=True):
    """[podcast]: what directories of podcasts want to know."""

    categories: tuple[str, ...] = ()
    explicit: bool = False


class Settings(msgspec.Struct, frozen=True):
    """All settings of an archive; `roles`, `kinds`, `source_kinds` extend the vocabularies."""

    archive: ArchiveSettings = ArchiveSettings()
    build: BuildSettings = BuildSettings()
    lineage: LineageSettings = LineageSettings()
    credits: CreditSettings = CreditSettings()
    pages: PageSettings = PageSettings()
    markdown: MarkdownSettings = MarkdownSettings()
    media: MediaSettings = MediaSettings()
    podcast: PodcastSettings = PodcastSettings()
    roles: dict[str, dict[str, Any]] = {}
    kinds: dict[str, dict[str, Any]] = {}
    source_kinds: dict[str, dict[str, Any]] = {}
    licenses: dict[str, dict[str, Any]] = {}
    licenses_strict: bool = False
    menu: dict[str, str] = {}
    deploy: dict[str, Deploy] = {}

    @property
    def base_path(self) -> str:
        """The path part of `base_url`, with a slash at both ends."""
        return "/" + self.archive.base_url.split("://", 1)[-1].partition("/")[2]


def _base_url(reader: f.Reader, path: FieldPath, value: Any) -> Any:
    if isinstance(value, str) and tells_secret(value.partition("?")[0]):
        message = '"base_url" holds a login, which must not stand in this file'
        return reader.say(path, "secret-in-settings", message, "take it out: everybody is sent there")
    url = f.URL.read(reader, path, value)
    if url is f.BAD:
        return url
    if "?" in url or "#" in url:
        return reader.say(path, "bad-url", "base_url may not hold ? or #", "end it before that")
    if not _PLAIN_PATH.fullmatch(urlsplit(url).path):
        message = "folders in base_url have plain names: letters from a to z, digits and - . _ ~"
        return reader.say(path, "bad-url", message, "for example https://show.example/archive/")
    return url if url.endswith("/") else url + "/"


def _contact(reader: f.Reader, path: FieldPath, value: Any) -> Any:
    if isinstance(value, str) and (f.is_web_url(value) or f.is_email(value)):
        return value
    return reader.say(
        path, "bad-url", "contact is an e-mail address or a web address", "for example me@show.example"
    )


def _folder(reader: f.Reader, path: FieldPath, value: Any) -> Any:
    """A folder by its path; nothing outside the archive is ever read."""
    parts = value.split("/") if isinstance(value, str) else [""]
    if any(part in ("", ".", "..") or "\\" in part or ":" in part for part in parts):
        return reader.say(
            path, "bad-file", "a folder inside the archive's is expected here", "write its name"
        )
    return value


def _for_whom(reader: f.Reader, path: FieldPath, value: Any) -> Any:
    """From how many credits on something is made: "all" from 0, "none" never."""
    if isinstance(value, dict):
        read = f.mapping_of(_LEAST).read(reader, path, value)
        return read if read is f.BAD else read.get("min_credits", f.BAD)
    read = f.choice("all", "none").read(reader, path, value)
    return read if read is f.BAD else 0 if read == "all" else None


def _some(item: f.Type) -> f.Type:
    """A list with at least one entry, or a lone value."""
    plain = f.list_of(item)

    def read(reader: f.Reader, path: FieldPath, value: Any) -> Any:
        if value == []:
            return reader.say(path, "wrong-type", "at least one is needed here", "or leave the setting out")
        return plain.read(reader, path, value)

    return f.Type(read, plain.schema)


def _read_limits(reader: f.Reader, path: FieldPath, value: Any) -> Any:
    read = f.mapping_of(LIMITS).read(reader, path, value)
    return read if read is f.BAD else Limits(**read)


_STRING = {"type": "string"}
_LEAST = (f.Field("min_credits", f.integer(0), "From how many credits on.", required=True),)
_FOR_WHOM = f.Type(_for_whom, {"anyOf": [{"enum": ["all", "none"]}, f.object_schema(_LEAST)]})
_WHOM = 'Everybody: "all", nobody: "none", from N credits on: {min_credits = N}.'
_SEVERITY = f.choice("error", "warn")

ARCHIVE = (
    f.Field("title", f.TEXT, "The archive's name.", required=True),
    f.Field(
        "base_url",
        f.Type(_base_url, f.URL.schema),
        "The address where the site will live, for example https://show.example/archive/.",
        required=True,
    ),
    f.Field("tagline", f.TEXT, "One sentence under the name."),
    f.Field("language", f.LANGUAGE, "The language of interface and content (BCP 47)."),
    f.Field("license", f.TEXT, "The licence of everything that states no other (SPDX id)."),
    f.Field("contact", f.Type(_contact, _STRING), "Where corrections go: an e-mail or web address."),
    f.Field("copyright", f.TEXT, "The line at the foot of every page."),
    f.Field(
        "picture",
        f.TEXT,
        "The picture shown where a page without one is shared, by its path: content/lantern.jpg.",
    ),
    f.Field("format", f.integer(1, 1), "The content format that is written: 1."),
)
BUILD = (
    f.Field("content", f.Type(_folder, _STRING), "The folder of the content, in the archive's own."),
    f.Field("output", f.TEXT, "The folder that the site is written to."),
    f.Field("theme", f.Type(_folder, _STRING), "The look: a folder of themes/, or a built-in theme."),
    f.Field(
        "links",
        f.choice("folders", "files"),
        'How links are written: "folders" (records/x/) or "files" (records/x/index.html).',
    ),
    f.Field("workers", f.integer(0, 256), "How many processes build the site; 0: one for every processor."),
)
LINEAGE = (
    f.Field("missing", _SEVERITY, "A source that is not in the archive: error, or warn and build."),
    f.Field("cycles", _SEVERITY, "Records made from each other: error, or warn and set an edge aside."),
)
CREDITS = (
    f.Field("undeclared_roles", _SEVERITY, "A role outside the vocabulary: error, or warn and build."),
    f.Field(
        "undeclared_contributors",
        _SEVERITY,
        "A name without a contributor: error, or warn and credit it without a page.",
    ),
)
PAGES = (
    f.Field(
        "records",
        f.choice("all", "remixed", "used"),
        "Which records have a page: all; those made from others or made into others; or those that an "
        "episode uses, with all that they were made from.",
    ),
    f.Field("per_page", f.integer(10, 1000), "How many entries one page of a listing holds."),
    f.Field(
        "json",
        f.choice("all", "none"),
        "Whether index.json, the same facts for programs, stands beside records, episodes and segments.",
    ),
    f.Field(
        "trees",
        f.choice("all", "none"),
        "Whether records and episodes have a page of their remix tree; sources and what was made from a "
        "record are on its own page in any case.",
    ),
    f.Field("credits_json", _FOR_WHOM, f"Who has credits.json beside their credit page. {_WHOM}"),
    f.Field("feeds", _FOR_WHOM, f"Who has feeds of new credits, feed.xml and atom.xml. {_WHOM}"),
    f.Field("cards", _FOR_WHOM, f"Who has card.png, the picture of a shared credit page. {_WHOM}"),
    f.Field("badges", _FOR_WHOM, f"Who has badge.svg, to show on pages of their own. {_WHOM}"),
    f.Field("embeds", _FOR_WHOM, f"Who has embed/, to show a credit page in another, with oEmbed. {_WHOM}"),
)
LIMITS = (
    f.Field("pixels", f.integer(1), "Pixels of a picture, those of all its frames together."),
    f.Field("bytes", f.integer(1), "Bytes of a file."),
    f.Field("frames", f.integer(1), "Frames of an animation."),
    f.Field("seconds", f.integer(1), "Seconds that a file may take to be read, or to be converted."),
    f.Field("memory", f.integer(50_000_000), "Bytes of memory that a file may take while that is done."),
)
MEDIA = (
    f.Field(
        "fonts",
        f.list_of(f.Type(_folder, _STRING)),
        "Fonts for cards, beside the built-in one for Latin, Greek and Cyrillic: files of the archive.",
    ),
    f.Field(
        "formats",
        _some(f.choice("avif", "webp", "jpeg")),
        "What pictures are offered in, best first; one with transparency is PNG where others are JPEG.",
    ),
    f.Field("widths", _some(f.integer(16, 8000)), "The widths of pictures, in pixels."),
    f.Field("originals", f.BOOLEAN, "Whether pictures as they were sent in are published too, stripped."),
    f.Field("embed_credit", f.BOOLEAN, "Whether author, licence and address are written into pictures."),
    f.Field("alt", _SEVERITY, "A picture without alt: warn, or error."),
    f.Field("broken", _SEVERITY, "A file that cannot be read: warn and leave it out, or error."),
    f.Field("cache_size", f.integer(0), "Bytes that converted media may take in the cache."),
    f.Field(
        "limits",
        f.Type(_read_limits, f.object_schema(LIMITS)),
        "What a file may take: pixels, bytes, frames, seconds, memory.",
    ),
)
MARKDOWN = (
    f.Field(
        "raw_html",
        f.choice("never", "pages"),
        'Whether HTML in Markdown counts: "never", or in "pages" (sanitised all the same).',
    ),
    f.Field("links", _SEVERITY, "A link that leads nowhere: warn and show its text, or error."),
)
PODCAST = (
    f.Field(
        "categories",
        f.list_of(f.Type(f.choice(*INSIDE).read, _STRING)),
        "What it is, by the categories of Apple's directory: Visual Arts. Directories want one at least.",
    ),
    f.Field("explicit", f.BOOLEAN, "Whether it is not for children."),
)
ROLE = (
    f.Field("label", f.TEXT, 'What stands before the names: "Directed by".'),
    f.Field("person", f.TEXT, "What one person is called who had the role."),
    f.Field("plural", f.TEXT, "What several are called."),
    f.Field("group", f.TEXT, "The group of roles that it belongs to."),
)
KIND = (
    f.Field("label", f.TEXT, "What one is called."),
    f.Field("plural", f.TEXT, "What several are called."),
    f.Field("untitled", f.TEXT, "What one without a title is called."),
)
SOURCE_KIND = (
    f.Field("label", f.TEXT, "What the result is called."),
    f.Field("of", f.TEXT, 'How it is said on the result: "remix of".'),
    f.Field("inverse", f.TEXT, 'How it is said on the source: "remixed in".'),
    f.Field("passes_credit", f.BOOLEAN, "Whether the people of the source are credited with the result."),
)
LICENSE = (
    f.Field("title", f.TEXT, "The licence's name.", required=True),
    f.Field("url", f.URL, "Where its text is."),
    f.Field("text", f.BLOCK, "Its text, where it has no address."),
)


def _tables(fields: Sequence[f.Field]) -> f.Type:
    one = f.mapping_of(fields)
    empty = {field.name: "" for field in fields if field.required}

    def read(reader: f.Reader, path: FieldPath, value: Any) -> Any:
        if not isinstance(value, dict):
            return reader.say(path, "wrong-type", "expected tables here", f"write [{path[-1]}.ID]")
        out: dict[str, Any] = {}
        for name, raw in value.items():
            fault = words.id_fault(name.lower()) if path[-1] == "licenses" else words.id_fault(name)
            if fault:
                near = words.slug(name)
                hint = f"write [{path[-1]}.{near}]" if near and not words.id_fault(near) else ""
                reader.say((*path, name), "bad-id", fault, hint, key=True)
            else:
                table = one.read(reader, (*path, name), raw)
                if path[-1] == "licenses" and name.lower().startswith("licenseref-"):
                    own = name.partition("-")[2]
                    message = "LicenseRef- stands where a licence is named, and not where it is declared"
                    reader.say((*path, name), "bad-id", message, f"write [licenses.{own}]", key=True)
                    name = own
                # One that is wrong is declared all the same: only itself is told of, not its every use.
                out[name] = empty if table is f.BAD else table
        return out

    return f.Type(read, {"type": "object", "additionalProperties": one.schema})


def _licenses(reader: f.Reader, path: FieldPath, value: Any) -> Any:
    if isinstance(value, dict) and "strict" in value:
        strict = f.BOOLEAN.read(reader, (*path, "strict"), value["strict"])
        value = {name: raw for name, raw in value.items() if name != "strict"}
        return {"": {"strict": strict is True}, **_tables(LICENSE).read(reader, path, value)}
    return _tables(LICENSE).read(reader, path, value)


SECTIONS: tuple[f.Field, ...] = (
    f.Field("archive", f.section_of(ARCHIVE), "What the archive is called and where it lives.", True),
    f.Field("build", f.section_of(BUILD), "Where things are read from and written to."),
    f.Field("lineage", f.section_of(LINEAGE), "Strictness about sources."),
    f.Field("credits", f.section_of(CREDITS), "Strictness about credits."),
    f.Field("pages", f.section_of(PAGES), "Which pages are made."),
    f.Field("markdown", f.section_of(MARKDOWN), "What bodies may hold."),
    f.Field("media", f.section_of(MEDIA), "What media are made with."),
    f.Field("podcast", f.section_of(PODCAST), "What directories of podcasts want to know of podcast.xml."),
    f.Field("roles", _tables(ROLE), "Roles beyond the built-in ones, or new labels for those."),
    f.Field("kinds", _tables(KIND), "Kinds of segments and records beyond the built-in ones."),
    f.Field("source_kinds", _tables(SOURCE_KIND), "Ways of being made from a source."),
    f.Field(
        "licenses",
        f.Type(
            _licenses,
            {
                "type": "object",
                "properties": {"strict": {"type": "boolean"}},
                "additionalProperties": f.object_schema(LICENSE),
            },
        ),
        "What LicenseRef-ID means; strict = true turns warnings about licences into errors.",
    ),
    f.Field("menu", f.mapping_to(f.URL), "Further entries of the navigation: a label and a web address."),
    f.Field("deploy", DEPLOY_TYPE, "Where `byline publish` puts the site; ID is what you call the place."),
)


def settings_schema() -> dict[str, Any]:
    """The JSON Schema of byline.toml."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **f.object_schema(SECTIONS)}


def read_settings(text: str, overrides: Sequence[str] = ()) -> tuple[Settings | None, tuple[Problem, ...]]:
    """Settings from the text of byline.toml and `KEY=VALUE` overrides, with every problem in both.

    Problems in byline.toml point into it; those of an override name it. What is wrong has its default; None
    where the text is no TOML.
    """
    raw, faults = load_toml(text)
    problems = [
        Problem(fault.code, fault.message, Span(FILE, fault.line, fault.column, fault.length), fault.hint)
        for fault in faults
    ]
    if problems:
        return None, tuple(problems)
    checked, issues = _check(raw)
    problems += [_problem(issue) for issue in issues]
    for override in overrides:
        merged = _overridden(raw, override)
        if merged is None:
            problems.append(
                Problem(
                    "bad-override",
                    f'"--set {override}" is not of the form section.key=value',
                    Place("--set"),
                    "write for example --set lineage.missing=warn",
                )
            )
            continue
        checked, issues_now = _check(merged)
        new = [issue for issue in issues_now if issue not in issues]
        if new:
            shown = override.partition("=")[0] if new[0].code == "secret-in-settings" else override
            problems += [
                Problem(new[0].code, f"--set {shown}: {new[0].message}", Place("--set"), new[0].hint)
            ]
        else:
            raw = merged
    return _build(checked), tuple(problems)


def _check(raw: Mapping[str, Any]) -> tuple[dict[str, Any], list[f.Issue]]:
    reader = f.Reader()
    checked = f.read_fields(reader, (), raw, {field.name: field for field in SECTIONS})
    return checked, reader.issues


def _problem(issue: f.Issue) -> Problem:
    place = Place(FILE, 1, issue.path, issue.key)
    return Problem(issue.code, issue.message, place, issue.hint, issue.severity)


def _overridden(raw: Mapping[str, Any], override: str) -> dict[str, Any] | None:
    key, equals, text = override.partition("=")
    names = key.strip().split(".")
    if not equals or len(names) < 2 or not all(names):
        return None
    try:
        value = tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        value = text
    merged: dict[str, Any] = dict(raw)
    inner = merged
    for name in names[:-1]:
        below = inner.get(name, {})
        inner[name] = dict(below) if isinstance(below, dict) else {}
        inner = inner[name]
    inner[names[-1]] = value
    return merged


def _build(checked: dict[str, Any]) -> Settings:
    licenses = dict(checked.get("licenses", {}))
    strict = licenses.pop("", {}).get("strict", False)
    return msgspec.convert({**checked, "licenses": licenses, "licenses_strict": strict}, Settings)
