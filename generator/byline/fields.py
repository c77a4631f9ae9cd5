"""Typed fields: how a written value becomes a value, what is said when it cannot, and its JSON Schema.

Front matter, ledger rows and byline.toml are checked by the same few types, so that they report alike.
A type's `read` gets a `Reader`, the path of the value and the raw value, and answers the value, or
`BAD` after it has reported why.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec

from byline import text as words
from byline import times
from byline.problems import FieldPath, Severity

_NO_URL = re.compile(r'[\s<>"`\\]')
# No host holds these, and some of them would mean something in the page's policy, where hosts are listed.
_NO_HOST = re.compile(r"[!-,/;-@\[-^`{-~]")

# BCP 47: a language, its script, region and variants, extensions, what is private; or all is private.
_LANGUAGE = (
    "[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8})*(-[a-wy-zA-WY-Z0-9](-[a-zA-Z0-9]{2,8})+)*(-[xX](-[a-zA-Z0-9]{1,8})+)?"
    "|[xX](-[a-zA-Z0-9]{1,8})+"
)


class _Bad:
    """The answer of a type that has reported a problem."""


BAD: Final = _Bad()


class Issue(msgspec.Struct, frozen=True):
    """A problem in a value, by its path: the caller knows the file."""

    path: FieldPath
    code: str
    message: str
    hint: str = ""
    key: bool = False
    severity: Severity = "error"


class Reader:
    """Collects the issues of one document or settings file.

    `cell` says that values come from a CSV row, where everything is text; `spelling` finds a scalar as
    it was written, by its path and what it was read as, since parsers turn `01` and `1.10` into numbers;
    `folder` is where the files stand that the values name. `meant` are fields that something unknown is
    probably meant to be: nobody is told that they are missing, too.
    """

    def __init__(
        self,
        spelling: Callable[[FieldPath, object], str | None] = lambda _path, _value: None,
        *,
        cell: bool = False,
        folder: str = "",
        meant: Collection[str] = (),
    ) -> None:
        """Start with no issues."""
        self.issues: list[Issue] = []
        self.meant = set(meant)
        self.cell = cell
        self.folder = folder
        self.spelling = spelling

    def say(
        self,
        path: FieldPath,
        code: str,
        message: str,
        hint: str = "",
        *,
        key: bool = False,
        severity: Severity = "error",
    ) -> Any:
        """Report, and answer BAD."""
        self.issues.append(Issue(path, code, message, hint, key, severity))
        return BAD

    def scalar(self, path: FieldPath, value: Any) -> str | None:
        """A scalar as it was spelled; None for mappings and lists."""
        if isinstance(value, str):
            return value
        if isinstance(value, (bool, int, float)):
            spelled = self.spelling(path, value)
            return spelled if spelled is not None else str(value).lower()
        return None


class Type(msgspec.Struct, frozen=True):
    """How one kind of value is read, and its JSON Schema."""

    read: Callable[[Reader, FieldPath, Any], Any]
    schema: Mapping[str, Any]


class Field(msgspec.Struct, frozen=True):
    """A named field: its type, what it is for, and the attribute it fills where the name differs."""

    name: str
    type: Type
    help: str
    required: bool = False
    attribute: str = ""


def mapping_of(fields: Sequence[Field], naming: str = "") -> Type:
    """A mapping with these fields and no others; read as a dict by attribute, BAD with any error in it.

    One that has the field `naming` is read without what is wrong, so that what it names is looked up, too.
    """
    section = section_of(fields)

    def read(reader: Reader, path: FieldPath, value: Any) -> Any:
        before = len(reader.issues)
        values = section.read(reader, path, value)
        faulty = any(issue.severity == "error" for issue in reader.issues[before:])
        return BAD if faulty and (values is BAD or naming not in values) else values

    return Type(read, section.schema)


def section_of(fields: Sequence[Field]) -> Type:
    """A mapping with these fields and no others; read as a dict by attribute, without what is wrong."""
    table = {field.name: field for field in fields}

    def read(reader: Reader, path: FieldPath, value: Any) -> Any:
        if not isinstance(value, dict):
            return reader.say(path, "wrong-type", f"expected named values ({', '.join(list(table)[:4])} …)")
        return read_fields(reader, path, value, table)

    return Type(read, object_schema(fields))


def read_fields(
    reader: Reader, path: FieldPath, value: Mapping[Any, Any], table: Mapping[str, Field]
) -> dict[str, Any]:
    """Check every value of a mapping; unknown names are reported with the nearest known one."""
    out: dict[str, Any] = {}
    meant = reader.meant if not path else set[str]()
    for name, raw in value.items():
        field = table.get(name)
        if field is None:
            near = words.nearest(str(name), table)
            reader.say((*path, name), "unknown-field", *unknown(str(name), near, table), key=True)
            meant.add(near)
        elif raw is not None:
            read = field.type.read(reader, (*path, name), raw)
            if read is not BAD:
                out[field.attribute or name] = read
    for field in table.values():
        if field.required and value.get(field.name) is None and field.name not in meant:
            reader.say(path, "missing-field", f'"{field.name}" is missing', f"{field.name}: {field.help}")
    return out


def unknown(name: str, near: str, known: Iterable[str]) -> tuple[str, str]:
    """What is said of a field that does not exist, and the hint: the nearest one, else all that do."""
    return f'unknown field "{name}"', words.did_you_mean(near) or "known here: " + ", ".join(known)


def object_schema(fields: Sequence[Field]) -> dict[str, Any]:
    """The JSON Schema of a mapping with these fields."""
    required = [field.name for field in fields if field.required]
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {f.name: {**_with_nothing(f), "description": f.help} for f in fields},
        "additionalProperties": False,
    }
    return {**schema, "required": required} if required else schema


def _with_nothing(field: Field) -> Mapping[str, Any]:
    """The schema of a field: a name without a value is as if it were not there, where it need not be."""
    schema = field.type.schema
    nothing = {"type": "null"}
    if field.required or nothing in schema.get("anyOf", ()):
        return schema
    if "enum" in schema:
        return {**schema, "enum": [*schema["enum"], None]}
    if "anyOf" in schema:
        return {**schema, "anyOf": [*schema["anyOf"], nothing]}
    kinds = schema["type"]
    return {**schema, "type": [*([kinds] if isinstance(kinds, str) else kinds), "null"]}


def _text(reader: Reader, path: FieldPath, value: Any) -> Any:
    spelled = reader.scalar(path, value)
    if spelled is None:
        return reader.say(path, "wrong-type", "expected a text here", "write one text, in quotes")
    if words.is_plain(spelled):
        return spelled.strip()
    cleaned = words.clean(spelled.replace("\n", " ").replace("\t", " ")).strip()
    if words.INVISIBLE.search(spelled.replace("\n", " ").replace("\r", " ")):
        reader.say(
            path,
            "invisible-characters",
            "characters that cannot be seen were left out",
            "type this text again without them",
            severity="warning",
        )
    return cleaned


def _block(reader: Reader, path: FieldPath, value: Any) -> Any:
    spelled = reader.scalar(path, value)
    if spelled is None:
        return reader.say(path, "wrong-type", "expected a text here")
    return spelled


def _boolean(reader: Reader, path: FieldPath, value: Any) -> Any:
    if isinstance(value, bool):
        return value
    if reader.cell and value in ("true", "false"):
        return value == "true"
    return reader.say(path, "wrong-type", "expected true or false", "write true or false")


def integer(minimum: int = -(2**53), maximum: int = 2**53) -> Type:
    """A whole number within bounds."""

    def read(reader: Reader, path: FieldPath, value: Any) -> Any:
        if reader.cell and isinstance(value, str):
            sign = value[:1] == "-"
            digits = value[sign:]
            value = int(value) if digits.isascii() and digits.isdigit() and len(digits) < 17 else value
        if isinstance(value, bool) or not isinstance(value, int):
            return reader.say(path, "wrong-type", "expected a whole number", "for example 12")
        if not minimum <= value <= maximum:
            limit = f"at least {minimum}" if value < minimum else f"at most {maximum}"
            return reader.say(path, "out-of-range", f"{value} is out of range: {limit}")
        return value

    return Type(read, {"type": "integer", "minimum": minimum, "maximum": maximum})


def _unquoted(spelled: str | None, hint: str) -> str:
    """The hint, where it is not the quotation marks of a typographer that are wrong."""
    curly = spelled is not None and spelled.strip()[:1] in tuple("“”„‘’‚«»")
    return "take away these quotation marks, or write straight ones" if curly else hint


def _date(reader: Reader, path: FieldPath, value: Any) -> Any:
    spelled = reader.scalar(path, value)
    date = times.parse_date(spelled.strip()) if spelled else None
    if date is None and spelled and (whole := spelled.strip().removesuffix("-00").removesuffix("-00")):
        date = times.parse_date(whole)
        if date is not None:
            message = f"{spelled} has no such day: it is taken as {date}"
            reader.say(path, "bad-date", message, f"write {date}", severity="warning")
    if date is None:
        return reader.say(
            path,
            "bad-date",
            "this is no date" if spelled is None else f'"{spelled}" is no date',
            _unquoted(spelled, "write 2014, 2014-11, 2014-11-02 or 2014-11-02T10:00:00Z"),
        )
    return date


def _timecode(reader: Reader, path: FieldPath, value: Any) -> Any:
    spelled = reader.scalar(path, value)
    milliseconds = times.parse_timecode(spelled.strip()) if spelled else None
    if milliseconds is None:
        return reader.say(
            path,
            "bad-timecode",
            "this is no time" if spelled is None else f'"{spelled}" is no time',
            _unquoted(spelled, "write mm:ss, h:mm:ss or PT22M"),
        )
    return milliseconds


def _identifier(reader: Reader, path: FieldPath, value: Any) -> Any:
    spelled = reader.scalar(path, value)
    if spelled is None:
        return reader.say(path, "wrong-type", "expected an id", "write the id of one document")
    return spelled.strip()


def _own_id(reader: Reader, path: FieldPath, value: Any) -> Any:
    spelled = reader.scalar(path, value)
    fault = words.id_fault(spelled) if spelled is not None else "an id is one word"
    if fault:
        near = words.slug(spelled or "")
        hint = f"write id: {near}" if near and not words.id_fault(near) else "choose another id"
        return reader.say(path, "bad-id", fault, hint)
    return spelled


def _former_id(reader: Reader, path: FieldPath, value: Any) -> Any:
    spelled = (reader.scalar(path, value) or "").strip()
    if fault := words.id_fault(spelled):
        hint = "old addresses of another form are aliases: write aliases: [/people/NAME/]"
        return reader.say(path, "bad-id", f'"{spelled}" was never an id: {fault}', hint)
    return spelled


def is_web_url(text: str) -> bool:
    """Whether a text is a usable http or https address."""
    if _NO_URL.search(text) or words.INVISIBLE.search(text):
        return False
    try:
        parts = urlsplit(text)
        host = parts.hostname or ""
        return (
            parts.scheme.lower() in ("http", "https")
            and host.strip(".") != ""
            and not _NO_HOST.search(host)
            and parts.port != 0
        )
    except ValueError:
        return False


def _url(reader: Reader, path: FieldPath, value: Any) -> Any:
    spelled = reader.scalar(path, value)
    if spelled is None or not is_web_url(spelled.strip()):
        return reader.say(
            path,
            "bad-url",
            "this is no web address" if spelled is None else f'"{spelled}" is no web address',
            _unquoted(spelled, "write https://… in full, without spaces"),
        )
    return spelled.strip()


def is_email(text: str) -> bool:
    """Whether a text looks like an e-mail address that a link can carry."""
    return re.fullmatch(r"[\w.+-]+@[\w-]+(\.[\w-]+)+", text, re.ASCII) is not None


def language(reader: Reader, path: FieldPath, value: Any, *, key: bool = False) -> Any:
    """The code of a language, which may also be a name in a mapping (a `key`)."""
    spelled = reader.scalar(path, value)
    if spelled is None or not re.fullmatch(_LANGUAGE, spelled):
        message = "this is no language" if spelled is None else f'"{spelled}" is no code of a language'
        return reader.say(path, "bad-language", message, "write a code such as en, pt-BR or zh-Hant", key=key)
    return spelled


def _free_mapping(reader: Reader, path: FieldPath, value: Any) -> Any:
    if not isinstance(value, dict):
        return reader.say(path, "wrong-type", "expected named values")
    return value


TEXT = Type(_text, {"type": ["string", "number", "boolean"]})
BLOCK = Type(_block, {"type": "string"})
BOOLEAN = Type(_boolean, {"type": "boolean"})
DATE = Type(
    _date,
    {"type": ["string", "integer"], "pattern": r"^\d{4}(-\d{2}(-\d{2}([T ].+)?)?)?$"},
)
TIMECODE = Type(
    _timecode,
    {"type": "string", "pattern": r"^((\d{1,3}:)?\d{1,3}:\d{2}(\.\d{1,3})?|PT[0-9.HMS]+)$"},
)
_ID_SCHEMA = {"type": ["string", "number"], "pattern": f"^{words.ID.pattern}$"}
FORMER_ID = Type(_former_id, _ID_SCHEMA)
IDENTIFIER = Type(_identifier, {"type": ["string", "number"]})
OWN_ID = Type(_own_id, _ID_SCHEMA)
URL = Type(_url, {"type": "string", "pattern": "^https?://"})
LANGUAGE = Type(language, {"type": "string", "pattern": f"^({_LANGUAGE})$"})
FREE_MAPPING = Type(_free_mapping, {"type": "object"})


def choice(*names: str) -> Type:
    """One of a few words."""

    def read(reader: Reader, path: FieldPath, value: Any) -> Any:
        spelled = reader.scalar(path, value)
        if spelled not in names:
            hint = words.did_you_mean(words.nearest(spelled or "", names))
            hint = hint or "one of " + ", ".join(names)
            message = "one word is expected here" if spelled is None else f'"{spelled}" is not possible here'
            return reader.say(path, "bad-choice", message, hint)
        return spelled

    return Type(read, {"enum": list(names)})


def list_of(item: Type) -> Type:
    """A list; a lone value counts as a list of one; `;` separates items in a cell."""

    def read(reader: Reader, path: FieldPath, value: Any) -> Any:
        if reader.cell and isinstance(value, str):
            value = [part.strip() for part in value.split(";") if part.strip()]
        if not isinstance(value, list):
            one = item.read(reader, path, value)
            return BAD if one is BAD else (one,)
        items = [item.read(reader, (*path, at), raw) for at, raw in enumerate(value)]
        return tuple(one for one in items if one is not BAD)

    return Type(read, {"anyOf": [item.schema, {"type": "array", "items": item.schema}]})


def mapping_to(item: Type) -> Type:
    """A mapping from any name to values of one type."""

    def read(reader: Reader, path: FieldPath, value: Any) -> Any:
        if not isinstance(value, dict):
            return reader.say(path, "wrong-type", "expected named values")
        pairs = {str(n): item.read(reader, (*path, n), raw) for n, raw in value.items()}
        return {name: one for name, one in pairs.items() if one is not BAD}

    return Type(read, {"type": "object", "additionalProperties": item.schema})
