"""Texts that try to run as scripts, and an archive that says them wherever an editor can say anything."""

import itertools
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from byline.fields import is_web_url

# What a script that got in calls.
HIT = "alert(1)"
# One a line; signs stand for characters that cannot be seen there.
BUILT_IN = tuple(
    line.replace("{x}", HIT).translate({ord("⏎"): "\n", ord("⇥"): "\t", ord("␁"): "\x01"})
    for line in (Path(__file__).with_name("intruders.txt")).read_text("utf-8").splitlines()
)


def corpus() -> tuple[str, ...]:
    """The lists in the folder that BYLINE_HOSTILE names, where it names one, after the built-in list."""
    root = Path(os.environ.get("BYLINE_HOSTILE") or "/nowhere") / "text"
    found = [*BUILT_IN]
    for file in sorted(root.glob("xss/*")) + sorted(root.glob("strings/*.json")):
        text = file.read_text("utf-8", "replace")
        found += _strings(json.loads(text)) if file.suffix == ".json" else text.splitlines()
    texts = dict.fromkeys(
        re.sub(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff]", "", text).strip() for text in found
    )
    return tuple(text for text in texts if text)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, dict)):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _strings(part)


def hostile_archive(
    texts: tuple[str, ...], people: int = 15, records: int = 120, pages: int = 80
) -> dict[str, str]:
    """The files of an archive that says every text in a field, in a body, and twice in a page with HTML."""
    fields = itertools.cycle(texts)
    one = fields.__next__

    def some(count: int) -> list[str]:
        return [one() for _ in range(count)]

    def address() -> str:
        return next(
            (url for url in (f"https://host.example/{one()}" for _ in range(9)) if is_web_url(url)), ""
        )

    def document(body: str = "", **values: Any) -> str:
        return f"---\n{json.dumps({k: v for k, v in values.items() if v})}\n---\n{body}\n"

    def credits() -> dict[str, Any]:
        who = {"who": "c7", "as": one(), "credited_as": one(), "note": one()}
        return {"author": [who, one()], "own": f"c{len(one()) % people}"}

    def medium() -> list[dict[str, str]]:
        name = next(names)
        return [
            {
                "url": f"https://host.example/{name}",
                "alt": one(),
                "caption": one(),
                "credit": one(),
                "license": one(),
            }
        ]

    names = itertools.cycle(("a.png", "a.mp3", "a.mp4", "a.pdf"))
    bodies = _shared(texts, records)
    files = {"byline.toml": _settings(one)}
    for number in range(people):
        files[f"content/contributors/c{number}.md"] = document(
            "\n\n".join(some(5)),
            name=one(), sort_name=one(), pronouns=one(), also_credited_as=some(2), in_memoriam=one(),
            links=[{"url": url, "label": one(), "me": True} for url in [address()] if url],
            identifiers={"orcid": one(), "wikidata": one()}, extra={"more": one()},
            withdrawn={"note": one()} if number == people - 1 else None,
        )  # fmt: skip
    for number in range(4):
        files[f"content/seasons/s{number}.md"] = document(
            "\n\n".join(some(3)), title=one(), summary=one(), years=one()
        )
        files[f"content/topics/t{number}.md"] = document("\n\n".join(some(3)), title=one(), suggested_by="c3")
    for number in range(8):
        at = f"content/episodes/e{number}"
        files[f"{at}/index.md"] = document(
            "\n\n".join([*some(5), f"![{one()}](record:r{number})"]),
            title=one(), summary=one(), season=f"s{number % 4}", topic=f"t{number % 4}", call=one(),
            media=medium(), license=one(), credits=credits(), chapters=[{"title": one(), "at": "00:01"}],
            uses=[{"record": f"r{20 + number}", "at": "00:02", "as": one()}],
        )  # fmt: skip
        files[f"{at}/segments/one.md"] = document(
            "\n\n".join(some(5)), title=one(), summary=one(), kind="own", starts="00:03", media=medium(),
            credits=credits(), uses=[{"record": f"r{30 + number}", "as": one()}],
        )  # fmt: skip
    for number, body in enumerate(bodies):
        source = {"title": one(), "by": one(), "as": one(), "license": one(), "url": address() or None}
        outside = {key: value for key, value in source.items() if value}
        inside = [{"record": f"r{number - 40}", "as": one(), "kind": "own"}] if number % 50 > 40 else []
        files[f"content/records/r{number}.md"] = document(
            "\n\n".join(body),
            title=one(), summary=one(), tags=some(32), credits=credits(), media=medium(), license=one(),
            sources=[outside, *inside], url=address(), corrections=[{"on": "2024", "note": one()}],
            extra={one(): one()},
            withdrawn={"note": one()} if number == records - 1 else None,
        )  # fmt: skip
    # What is never closed swallows what follows: the second time, everything stands in the other order.
    for number, body in enumerate(_shared(texts, pages) + _shared(texts[::-1], pages)):
        files[f"content/pages/p{number}.md"] = document("\n\n".join(body), title=one(), summary=one())
    return files


def _shared(texts: tuple[str, ...], parts: int) -> list[tuple[str, ...]]:
    size = -(-len(texts) // parts)
    return [tuple(texts[start : start + size]) for start in range(0, len(texts), size)]


def _settings(one: Any) -> str:
    quoted = lambda: json.dumps(one(), ensure_ascii=False)  # noqa: E731
    labels = "\n".join(f"{name} = {quoted()}" for name in ("label", "plural"))
    return f"""
[archive]
title = {quoted()}
tagline = {quoted()}
copyright = {quoted()}
base_url = "https://hostile.example/"
[credits]
undeclared_contributors = "warn"
[markdown]
raw_html = "pages"
[roles.own]
{labels}
person = {quoted()}
group = {quoted()}
[kinds.own]
{labels}
[source_kinds.own]
label = {quoted()}
of = {quoted()}
inverse = {quoted()}
[licenses.Own]
title = {quoted()}
text = {quoted()}
[menu]
{quoted()} = "https://host.example/"
"""
