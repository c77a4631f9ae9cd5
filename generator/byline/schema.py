"""The JSON Schemas of everything that editors write, and of the facts for programs (draft 2020-12)."""

from typing import Any

from byline.fields import object_schema
from byline.pages.facts import credits_schema
from byline.pages.work_facts import work_schema
from byline.read.kinds import TABLES, TITLED
from byline.settings import settings_schema

_DRAFT = "https://json-schema.org/draft/2020-12/schema"


def schemas() -> dict[str, dict[str, Any]]:
    """By name: front matter of every kind, a ledger's row of it (`-row`), `settings`, published files."""
    found: dict[str, dict[str, Any]] = {}
    for kind, fields in TABLES.items():
        schema = {"$schema": _DRAFT, "title": kind, **object_schema(fields)}
        required = ["title"] if kind in TITLED else ["name"] if kind == "contributor" else []
        body = {"type": "string", "description": "The text, in Markdown."}
        found[kind] = {**schema, "required": required} if required else schema
        found[f"{kind}-row"] = {
            **schema,
            "title": f"{kind} row",
            "properties": {**schema["properties"], "body": body},
            "required": ["id", *required],
        }
    found["settings"] = settings_schema()
    found["credits.json"] = credits_schema()
    found["work.json"] = work_schema()
    return found
