"""The JSON Schemas of everything that editors write, and of the facts for programs (draft 2020-12)."""

from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from byline.fields import Field, object_schema
from byline.pages.facts import CreditsFile, schema_of
from byline.pages.work_facts import WorkFile
from byline.read.kinds import TABLES, TITLED
from byline.settings import settings_schema

_DRAFT = "https://json-schema.org/draft/2020-12/schema"


def schemas() -> dict[str, dict[str, Any]]:
    """By name: front matter of every kind, a ledger's row of it (`-row`), `settings`, published files."""
    found: dict[str, dict[str, Any]] = {}
    for kind, fields in TABLES.items():
        required = ["title"] if kind in TITLED else ["name"] if kind == "contributor" else []
        found[kind] = {"$schema": _DRAFT, "title": kind, **_whole(fields, required)}
        row = _whole(fields, ["id", *required])
        body = {"type": ["string", "null"], "description": "The text, in Markdown."}
        row["properties"]["body"] = body
        found[f"{kind}-row"] = {"$schema": _DRAFT, "title": f"{kind} row", **row}
    found["settings"] = settings_schema()
    found["credits.json"] = schema_of(CreditsFile)
    found["work.json"] = schema_of(WorkFile)
    return found


def _whole(fields: Sequence[Field], required: Sequence[str]) -> dict[str, Any]:
    """The schema of a document, in which some fields have to be."""
    return object_schema([replace(one, required=one.required or one.name in required) for one in fields])
