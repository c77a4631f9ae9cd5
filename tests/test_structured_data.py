"""Structured data and descriptions: what search engines and link previews are told of every page."""

import json
from collections.abc import Callable
from typing import Any

from selectolax.lexbor import LexborHTMLParser as HTMLParser

from conftest import Site


def told(html: str) -> Any:
    """The JSON-LD of a page; None where there is none."""
    scripts = HTMLParser(html).css('script[type="application/ld+json"]')
    assert len(scripts) < 2
    return json.loads(scripts[0].text()) if scripts else None


def test_an_episode_names_everybody_who_is_named_in_its_segments_once(site: Callable[..., Site]) -> None:
    made = site(
        {
            "content/contributors.jsonl": '{"id": "oona", "name": "Oona"}\n{"id": "wick", "name": "Wick"}\n'
            '{"id": "mina", "name": "Mina"}\n{"id": "gone", "name": "Vanished", "withdrawn": true}\n',
            "content/records/spark.md": "---\ntitle: Spark\nby: mina\n---\n",
            "content/episodes/e1/index.md": "---\ntitle: One\ncredits: {host: [oona, gone]}\n---\n",
            "content/episodes/e1/segments.jsonl": '{"id": "a", "credits": {"host": "oona", "performer": '
            '[{"who": "wick", "as": "A moth"}, {"who": "wick", "as": "A lamp"}]}, "uses": ["spark"]}\n'
            '{"id": "b", "credits": {"performer": ["wick", "gone"]}}\n',
        }
    )
    assert made.status == 0, made.text
    roles = told(made.page("episodes/e1"))["contributor"]
    assert [(one["roleName"], one["contributor"]["name"]) for one in roles] == [
        ("Host", "Oona"),
        ("Performer", "Wick"),
    ]
