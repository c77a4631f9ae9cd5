"""The least that this stack can cost: the libraries alone, without rules, checks, or anything else.

    python benchmarks/floor.py ARCHIVE OUT

Reads what archive.py wrote for Byline and writes a page for every record, person, episode and season, with
yaml-rs, pyromark, msgspec and Jinja2, in two processes. Nothing is sanitised, checked, paginated, kept for
the next time or taken away; there are no listings, no lineage, no credits but those that were written.
"""

import gc
import os
import re
import socket
import sys
from pathlib import Path
from typing import Any

import jinja2
import msgspec
import pyromark
import yaml_rs
from markupsafe import Markup

BASE, SITE = "https://lantern.example/", "Tin Lantern"
TAG = re.compile("<[^>]*>")
Document = dict[str, Any]


def document(path: Path) -> Document:
    """Front matter, with the body's HTML."""
    _, front, body = path.read_bytes().decode().split("---\n", 2)
    found: Document = yaml_rs.loads(front, parse_datetime=False)  # type: ignore[assignment]
    return {**found, "text": pyromark.html(body)}


def record(path: Path) -> Document:
    found = document(path)
    everybody = list(dict.fromkeys(who for group in found["credits"].values() for who in group))
    folder = path.parent.parent
    found["episode"] = folder.name if folder.parent.name == "episodes" else ""
    return {"id": path.stem, "sources": (), "made": [], **found, "everybody": everybody}


def swap(pipe: socket.socket, first: bool, mine: list[Document]) -> list[Document]:
    """What the other process read."""
    with pipe.makefile("rwb") as file:
        if first:
            file.write(msgspec.msgpack.encode(mine))
            file.flush()
            pipe.shutdown(socket.SHUT_WR)
            return msgspec.msgpack.decode(file.read(), type=list[Document])
        theirs = msgspec.msgpack.decode(file.read(), type=list[Document])
        file.write(msgspec.msgpack.encode(mine))
    pipe.shutdown(socket.SHUT_WR)
    return theirs


def everything(content: Path, pipe: socket.socket, number: int) -> dict[str, dict[str, Document]]:
    """All documents by kind and id; half of the records are read here, half by the other process."""
    paths = sorted([*content.glob("episodes/*/records/*.md"), *content.glob("records/**/*.md")])
    mine = [record(path) for path in paths[number::2]]
    both = sorted([*mine, *swap(pipe, not number, mine)], key=lambda one: (one["date"], one["id"]))
    records = {one["id"]: one for one in both}
    people = {}
    for line in (content / "contributors.jsonl").read_bytes().splitlines():
        one = msgspec.json.decode(line)
        people[one["id"]] = {"title": one["name"], "records": [], "text": pyromark.html(one["body"]), **one}
    for one in both:
        for who in one["everybody"]:
            people[who]["records"].append(one["id"])
        for source in one["sources"]:
            records[source]["made"].append(one["id"])
    seasons = {path.stem: {**document(path), "episodes": []} for path in sorted(content.glob("seasons/*.md"))}
    episodes = {}
    for path in sorted(content.glob("episodes/*/index.md")):
        lines = (path.parent / "segments.jsonl").read_bytes().splitlines()
        segments = [msgspec.json.decode(line) for line in lines]
        episodes[path.parent.name] = {**document(path), "segments": segments}
        seasons[episodes[path.parent.name]["season"]]["episodes"].append(path.parent.name)
    return {"records": records, "people": people, "episodes": episodes, "seasons": seasons}


def main() -> None:
    gc.disable()
    archive, out = Path(sys.argv[1]), Path(sys.argv[2])
    for folder in ("records", "contributors", "episodes", "seasons"):
        (out / folder).mkdir(parents=True)
    loader = jinja2.FileSystemLoader(Path(__file__).with_name("floor"))
    env = jinja2.Environment(loader=loader, autoescape=True, auto_reload=False)
    pipes = socket.socketpair()
    child = os.fork()
    number = int(child == 0)
    everywhere = everything(archive / "content", pipes[number], number)
    env.globals.update(all=everywhere, base=BASE, site=SITE)
    for name, folder, documents in (
        ("record", "records", everywhere["records"]),
        ("person", "contributors", everywhere["people"]),
        ("episode", "episodes", everywhere["episodes"]),
        ("season", "seasons", everywhere["seasons"]),
    ):
        template = env.get_template(f"{name}.html")
        for id_, one in list(documents.items())[number::2]:
            path = f"{folder}/{id_}/"
            plain = TAG.sub("", one["text"])[:200]
            page = template.render({**one, "text": Markup(one["text"]), "plain": plain, "path": path})
            os.mkdir(f"{out}/{path}")  # noqa: PTH102 - a Path would cost as much as the call
            with open(f"{out}/{path}index.html", "wb") as file:  # noqa: PTH123
                file.write(page.encode())
    if child:
        sys.exit(os.waitpid(child, 0)[1])


if __name__ == "__main__":
    main()
