"""Write docs/reference/ from the tables of the program, so that it says what the program does.

    .venv/bin/python tools/reference.py

Fields, settings, roles, kinds and commands stand in the code; the words about problems in `problems.toml`
beside this file, their examples in `tests/broken/`. A test fails where the pages are not what this writes.
"""

import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from byline import fields as f
from byline import settings as s
from byline.cli import main as command_line
from byline.deploy import DEPLOY, KINDS
from byline.publish.hosts import limits
from byline.publish.plan import size
from byline.read.kinds import COMMON, FILE, MIME, TABLES, TITLED
from byline.read.probe import TYPES
from byline.values import DocumentKind
from byline.vocabulary import Kind, builtin

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "docs" / "reference"
BROKEN = ROOT / "tests" / "broken"
WRITTEN = "<!-- Written by tools/reference.py: change the tables that it reads, not this page. -->\n\n"
Schema = Mapping[str, Any]

PATTERNS = {
    f.DATE.schema["pattern"]: "date",
    f.TIMECODE.schema["pattern"]: "time",
    f.URL.schema["pattern"]: "address",
    f.LANGUAGE.schema["pattern"]: "language",
    f.OWN_ID.schema["pattern"]: "id",
    FILE.schema["pattern"]: "file",
    MIME.schema["pattern"]: "MIME type",
}
# What a kind's documents are, and where they stand.
PLACES: dict[DocumentKind, str] = {
    "season": "`content/seasons/ID.md`. A season needs no file; with one it has words and a poster.",
    "topic": "`content/topics/ID.md`. A topic needs no file; one can give it a title, words and a poster.",
    "episode": "`content/episodes/ID/index.md`: a folder with everything that belongs to the episode.",
    "segment": "`segments/NN-ID.md` in the folder of its episode; `NN` is its place in the running order.",
    "record": "`records/ID.md` in the folder of an episode, or `content/records/ID.md`.",
    "contributor": "`content/contributors/ID.md`. The text below the fields is the biography.",
    "page": "`content/pages/PATH.md`, shown at `/PATH/`. `content/index.md` is the text of the front page.",
}


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |\n" for row in lines)


def code(text: str) -> str:
    """A text as code."""
    return f"`{text}`"


def _something(schema: Schema) -> Schema:
    """A schema without the nothing that stands for a field that is not there."""
    if None in schema.get("enum", ()):
        return {**schema, "enum": schema["enum"][:-1]}
    if {"type": "null"} in schema.get("anyOf", ()):
        ways = schema["anyOf"][:-1]
        return {**schema, "anyOf": ways} if len(ways) > 1 else ways[0]
    kinds = schema.get("type")
    if not isinstance(kinds, list) or "null" not in kinds:
        return schema
    return {**schema, "type": kinds[:-1] if len(kinds) > 2 else kinds[0]}


def spoken(schema: Schema, inner: Mapping[str, str], quote: str = "") -> str:
    """What may be written, in a few words.

    `inner` leads from the shape of a mapping to the place that lists its fields; `quote` stands around
    words in TOML.
    """
    schema = _something(schema)
    if "properties" in schema:
        name = inner.get(shape(schema))
        return f"[fields](#inside-{name})" if name else f"`{{{shape(schema)} = …}}`"
    if "enum" in schema:
        return ", ".join(code(f"{quote}{word}{quote}") for word in schema["enum"])
    if "pattern" in schema:
        return PATTERNS[schema["pattern"]]
    if "anyOf" in schema:
        *ways, last = schema["anyOf"]
        if last.get("items") in (ways[0], {"anyOf": ways}):
            return f"{spoken({'anyOf': ways} if len(ways) > 1 else ways[0], inner, quote)} (or a list)"
        return " or ".join(spoken(one, inner, quote) for one in schema["anyOf"])
    kind = schema.get("type")
    if kind == "object":
        more = schema.get("additionalProperties")
        return f"names, to each: {spoken(more, inner)}" if more else "names with values"
    if kind == "array":
        return f"list of {spoken(schema['items'], inner)}"
    if kind == "integer":
        least, most = schema.get("minimum", -(2**53)), schema.get("maximum", 2**53)
        if least == most:
            return code(str(least))
        if most < 2**53:
            return f"number, {least} to {most}"
        return "number" if least < 0 else "number, 0 or more"
    words = {"boolean": "`true` or `false`", "string": "text"}
    return words[kind] if isinstance(kind, str) else "text" if "boolean" in kind else "word"


def shape(schema: Schema) -> str:
    """What makes two mappings the same: their fields."""
    return ",".join(schema["properties"])


def mappings(schema: Schema) -> Iterator[Schema]:
    """All mappings with named fields inside a schema, outermost first."""
    if "properties" in schema:
        yield schema
        for one in schema["properties"].values():
            yield from mappings(one)
    for one in schema.get("anyOf", ()):
        yield from mappings(one)
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), dict):
            yield from mappings(schema[key])


def field_rows(fields: Iterable[f.Field], inner: Mapping[str, str]) -> list[list[str]]:
    """Rows of fields: name, what may be written, help."""
    return [[code(one.name), spoken(one.type.schema, inner), _must(one.help, one.required)] for one in fields]


def _must(text: str, required: bool) -> str:
    return f"{text} **Required.**" if required else text


def fields_page() -> str:
    """Every field of every kind of document."""
    inner: dict[str, str] = {}
    found: dict[str, Schema] = {}
    owners: dict[str, dict[str, None]] = {}
    for fields in TABLES.values():
        for one in fields:
            for schema in mappings(one.type.schema):
                owners.setdefault(shape(schema), {})[one.name] = None
                found[shape(schema)] = schema
    for shape_, names in owners.items():
        inner[shape_] = next((name for name in names if name in ("media", "credits")), next(iter(names)))
    out = [
        "# Fields\n\n",
        WRITTEN,
        "What stands between the two lines of `---` at the top of a document, or in the columns of a\n"
        "[ledger](../how-to/ledgers.md). Any other name is an error, so that a slip of the pen is not lost.\n"
        "What is your own goes into `extra`.\n\n",
        "## How values are written\n\n",
        table(
            ["", "means", "for example"],
            [
                [
                    "text",
                    "one line; in quotes where it holds `: ` or begins with a sign",
                    '`"The Dark: One"`',
                ],
                ["id", "a to z, 0 to 9, full stop, hyphen, underscore; at most 100", "`last-bus`"],
                ["word", "an id, or a number or label as it is written", "`s01`, `01`, `p01`"],
                ["date", "whole or partial; a time of day may follow", "`2014`, `2014-11`, `2014-11-02`"],
                ["time", "minutes and seconds, in quotes; hours before, fractions behind", '`"1:02:41"`'],
                ["file", "a file beside the document, or in a folder below", "`storm.jpg`"],
                ["address", "a web address in full", "`https://example.org/`"],
                ["language", "a BCP 47 code", "`pt-BR`"],
                ["list", "one value, or several", "`[rain, night]`"],
                [
                    "fields",
                    "named values of their own, each on a line or in braces",
                    '`{who: mio, at: "0:41"}`',
                ],
            ],
        ),
        "\n## Every kind\n\n",
        table(["field", "value", "what it says"], field_rows(COMMON, inner)),
        "\n`title` is required for seasons, episodes and pages. A record or segment without one is called\n"
        "by its kind: “Untitled song”. A ledger's row needs an `id`, and has its Markdown in `body`.\n",
    ]
    for kind, fields in TABLES.items():
        own = [one for one in fields if one not in COMMON]
        out += [f"\n## {kind.capitalize()}\n\n", PLACES[kind], "\n\n"]
        required = " `title` is required." if kind in TITLED else ""
        required = " `name` is required." if kind == "contributor" else required
        out += [table(["field", "value", "what it says"], field_rows(own, inner))]
        out += [f"\nBesides these, the fields of [every kind](#every-kind).{required}\n"]
    for shape_, schema in found.items():
        rows = [
            [code(key), spoken(one, inner), _must(one["description"], key in schema.get("required", ()))]
            for key, one in schema["properties"].items()
        ]
        others = ", ".join(code(name) for name in owners[shape_] if name != inner[shape_])
        also = f"And in {others}.\n\n" if others else ""
        out += [
            f"\n## Inside {code(inner[shape_])}\n\n{also}",
            table(["field", "value", "what it says"], rows),
        ]
    kinds: dict[str, list[str]] = {}
    for suffix, (kind_, _) in TYPES.items():
        kinds.setdefault(kind_, []).append(code(suffix))
    out += [
        "\n## Files\n\n",
        "What a file is, its name says. Pictures are converted (see [settings](settings.md)); of all\n"
        "others, what is private in them is left out.\n\n",
        table(["", "names that end in"], ([kind_, ", ".join(names)] for kind_, names in kinds.items())),
        "\nProgram texts and HTML are published as plain text. Drawings (SVG) are cleaned by the extra "
        "`svg`,\nand left out without it.\n",
    ]
    return "".join(out)


def _default(value: Any, field: f.Field) -> str:
    if "min_credits" in str(field.type.schema):
        return (
            '`"none"`' if value is None else '`"all"`' if value == 0 else code(f"{{min_credits = {value}}}")
        )
    if isinstance(value, str):
        return code(f'"{value}"') if value else ""
    if isinstance(value, tuple):
        return code(json.dumps(value)) if value else ""
    return "" if isinstance(value, s.Limits) else code(str(value).lower())


def settings_page() -> str:
    """Every setting of byline.toml."""
    tables = {"archive": s.ARCHIVE, "build": s.BUILD, "lineage": s.LINEAGE, "credits": s.CREDITS}
    tables |= {"pages": s.PAGES, "markdown": s.MARKDOWN, "media": s.MEDIA, "media.limits": s.LIMITS}
    tables |= {"podcast": s.PODCAST}
    words = {"roles": s.ROLE, "kinds": s.KIND, "source_kinds": s.SOURCE_KIND, "licenses": s.LICENSE}
    words |= {"deploy": DEPLOY}
    defaults = s.Settings()
    out = [
        "# Settings\n\n",
        WRITTEN,
        "They stand in `byline.toml`, in the archive's folder. Any of them can be said for one run:\n"
        "`byline build --set lineage.missing=warn`. An unknown name or an impossible value is an error.\n",
    ]
    limits = f.Field("media.limits", f.mapping_of(s.LIMITS), "What one file may take.")
    for section in (*s.SECTIONS, limits):
        if section.name in tables:
            made = defaults.media.limits if section is limits else getattr(defaults, section.name)
            rows = [
                [
                    code(one.name),
                    spoken(one.type.schema, {}, '"'),
                    "" if one.required else _default(getattr(made, one.name), one),
                    _must(one.help, one.required),
                ]
                for one in tables[section.name]
            ]
            head = ["setting", "value", "else", "what it says"]
            out += [f"\n## [{section.name}]\n\n{section.help}\n\n", table(head, rows)]
        elif section.name in words:
            out += [f"\n## [{section.name}.ID]\n\n{section.help}\n\n"]
            if section.name == "licenses":
                out += ["`strict` stands in `[licenses]` itself; it is `false` where nothing is said.\n\n"]
            out += [table(["setting", "value", "what it says"], field_rows(words[section.name], {}))]
        else:
            out += [f"\n## [{section.name}]\n\n{section.help}\n\n"]
            out += ['    [menu]\n    "Write to us" = "https://example.org/letters"\n']
    return "".join(out)


def roles_page() -> str:
    """The built-in vocabulary of roles."""
    vocabulary = builtin()
    out = [
        "# Roles\n\n",
        WRITTEN,
        "Their order is the order of credits that are not written by hand. Declare others, or rename these,\n"
        "in [`[roles.ID]`](settings.md#rolesid). The last column is the name in the Podcast Taxonomy, for\n"
        "those that have one.\n",
    ]
    for group in vocabulary.groups.values():
        rows = [
            [code(role.id), role.label, role.person, role.plural, role.podcast]
            for role in vocabulary.roles.values()
            if role.group == group.id
        ]
        out += [f"\n## {group.label}\n\n", f"Group `{group.id}`.\n\n"]
        out += [table(["role", "before names", "one", "several", "podcasts"], rows)]
    return "".join(out)


def kinds_page() -> str:
    """The built-in kinds of records and segments, and of sources."""
    vocabulary = builtin()

    def rows(kinds: Mapping[str, Kind]) -> Iterator[list[str]]:
        return ([code(one.id), one.label, one.plural, one.untitled] for one in kinds.values())

    head = ["kind", "one", "several", "without a title"]
    return "".join(
        [
            "# Kinds\n\n",
            WRITTEN,
            "Declare others, or rename these, in [`[kinds.ID]`](settings.md#kindsid) (for records and\n"
            "segments both) and [`[source_kinds.ID]`](settings.md#source_kindsid).\n",
            "\n## Kinds of records\n\n",
            table(head, rows(vocabulary.record_kinds)),
            "\n## Kinds of segments\n\n",
            table(head, rows(vocabulary.segment_kinds)),
            "\n## Kinds of sources\n\n",
            "How a record was made from another. All of these pass credit on. `inspiration` is left out\n"
            "when licences are checked.\n\n",
            table(
                ["kind", "called", "on the result", "on the source"],
                ([code(o.id), o.label, o.of, o.inverse] for o in vocabulary.source_kinds.values()),
            ),
        ]
    )


def _options(command: click.Command) -> str:
    rows = []
    for one in command.params:
        if isinstance(one, click.Option):
            shown = ", ".join(one.opts)
            value = "" if one.is_flag else one.metavar or ", ".join(getattr(one.type, "choices", ()))
            default = f" Else `{one.default}`." if one.show_default else ""
            rows.append([code(shown), value and code(value), (one.help or "") + default])
    return table(["option", "value", "what it does"], rows) if rows else ""


def commands_page() -> str:
    """Every command and option."""
    context = click.Context(command_line, info_name="byline")
    out = [
        "# Command line\n\n",
        WRITTEN,
        f"{command_line.help}\n\n    {_usage(command_line, context)}\n\n",
        _options(command_line),
        "\n`python -m byline` is the same program.\n",
        "\nThe status of a command is 0 where all is well, 1 where the content has errors (or warnings,\n"
        "with `--strict`), or a site cannot be written, sent to its host or found whole there, 2 where the\n"
        "command itself was wrong. `SOURCE_DATE_EPOCH` stands in for today where `--on` says nothing.\n",
        "\nA shell completes commands and options where its profile says so (in zsh `zsh_source`):\n\n"
        '    eval "$(_BYLINE_COMPLETE=bash_source byline)"\n',
    ]
    for command, inner in _commands(command_line, context):
        text = "\n\n".join(" ".join(part.split()) for part in (command.help or "").split("\n\n"))
        options = _options(command)
        out += [
            f"\n## {inner.command_path}\n\n{text}\n\n    {_usage(command, inner)}\n",
            options and f"\n{options}",
        ]
    return "".join(out)


def _commands(group: click.Group, context: click.Context) -> Iterator[tuple[click.Command, click.Context]]:
    """Every command of a group, each before its own."""
    for name, command in sorted(group.commands.items()):
        inner = click.Context(command, info_name=name, parent=context)
        yield command, inner
        if isinstance(command, click.Group):
            yield from _commands(command, inner)


def _usage(command: click.Command, context: click.Context) -> str:
    return " ".join(["byline", *context.command_path.split()[1:], *command.collect_usage_pieces(context)])


def codes() -> set[str]:
    """Every code of a problem: each has a case in tests/broken."""
    return {path.name.partition(".")[0] for path in BROKEN.iterdir()}


def groups() -> list[dict[str, Any]]:
    """The words about problems: groups with a title, a text, and `problems` by code."""
    return tomllib.loads((Path(__file__).parent / "problems.toml").read_text("utf-8"))["group"]


def problems_page() -> str:
    """Every problem with cause and remedy, and an example of what is shown."""
    out = [
        "# Problems\n\n",
        WRITTEN,
        "Every problem has a code, in brackets behind “error” or “warning”. An error keeps the site as it\n"
        "was; a warning does not. `--strict` lets warnings count as errors.\n",
    ]
    for group in groups():
        out += [f"\n## {group['title']}\n"]
        for name, words in group["problems"].items():
            cause, remedy = (" ".join(words[key].split()) for key in ("cause", "remedy"))
            out += [f"\n### {name}\n\n{cause}\n\n**Remedy:** {remedy}\n\n", _example(name)]
    return "".join(out)


def _example(name: str) -> str:
    """The first problem of this code among the broken archives, as the terminal shows it."""
    for case in sorted(path for path in BROKEN.iterdir() if path.name.partition(".")[0] == name):
        lines = (case / "expected.txt").read_text("utf-8").splitlines()
        start = next((at for at, line in enumerate(lines) if f"[{name}]" in line), None)
        if start is not None:
            end = start + 1
            while end < len(lines) and lines[end].startswith("  "):
                end += 1
            shown = (re.sub("[^\\w\\s!-~«-»–—‘-”…→^�]", "·", line) for line in lines[start:end])
            return "".join(f"    {line}\n" for line in shown)
    return ""


def hosts_page() -> str:
    """Every kind of host: what it must be told, what it takes."""
    toml = (ROOT / "generator" / "byline" / "data" / "hosts.toml").read_text("utf-8")
    rows = []
    for name, (needed, possible) in KINDS.items():
        told = [*(f"**{code(one)}**" for one in needed), *map(code, possible)]
        rows.append([code(name), limits()[name].title, ", ".join(told)])
    taken = []
    for name, one in limits().items():
        found = [
            one.files and f"{one.files:,} files",
            one.entries and f"{one.entries:,} files and folders",
            one.folder and f"{one.folder:,} entries in a folder",
            one.bytes and f"{size(one.bytes)} in all",
            one.file and f"files of {size(one.file)}",
            one.redirects and f"{one.redirects:,} redirects",
            one.redirect_length and f"redirects of {one.redirect_length:,} characters",
        ]
        if any(found):
            taken.append([code(name), ", ".join(text for text in found if text), f"<{one.source}>"])
    return "".join(
        [
            "# Hosts\n\n",
            WRITTEN,
            "The kinds of hosts that `to` in [`[deploy.ID]`](settings.md#deployid) names, and the settings\n"
            "of each; those in bold are needed. `cdn` and `redirects` may stand everywhere.\n\n",
            table(["`to`", "what it is", "settings"], rows),
            "\n## What they take\n\n",
            f"As their documentation said on {tomllib.loads(toml)['checked']}, on their smallest plans.\n"
            "`byline plan` compares. Other hosts have no such limits that we know of.\n\n",
            table(["`to`", "takes", "source"], taken),
        ]
    )


PAGES = {
    "fields.md": fields_page,
    "settings.md": settings_page,
    "roles.md": roles_page,
    "kinds.md": kinds_page,
    "command-line.md": commands_page,
    "hosts.md": hosts_page,
    "problems.md": problems_page,
}


def main() -> None:
    """Write all pages."""
    FOLDER.mkdir(exist_ok=True)
    for name, page in PAGES.items():
        (FOLDER / name).write_text(page(), "utf-8")


if __name__ == "__main__":
    main()
