"""An archive under edit: random changes that an editor might make, each leaving something that builds."""

import json
import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

SETTINGS = """[archive]
title = "{title}"
base_url = "https://lanterns.example/"
license = "CC-BY-4.0"
[pages]
per_page = 10
records = "{records}"
[lineage]
missing = "warn"
cycles = "warn"
[credits]
undeclared_contributors = "warn"
"""
WORDS = "lantern river glass paper moon engine silver letter quiet harbour".split()
ROLES = "editor illustrator composer photographer".split()


def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files that were just written count as old: what is known of them is trusted as after a while."""
    for module in ("cache", "last", "measures", "recall", "static"):
        monkeypatch.setattr(f"byline.{module}.FRESH", 0)


class Archive:
    """Files of an archive in a folder, changed at random from a seed."""

    def __init__(self, root: Path, seed: int) -> None:
        self.root, self.random = root, random.Random(seed)
        self.settings = {"title": "Lanterns", "records": "all"}
        self.records: dict[str, dict[str, str]] = {}
        self.added = 0
        self.people = {f"c{n}": f"Person {n}" for n in range(7)}
        self._write("byline.toml", SETTINGS.format(**self.settings))
        self._write("content/index.md", "Welcome to [r1](record:r1).\n")
        self._write(
            "content/pages/about.md", "---\ntitle: About\nmenu: 1\n---\nOf [Person](contributor:c1).\n"
        )
        for who in self.people:
            self.rename_person(who)
        self.listed = {f"l{n}": {"name": f"Somebody {n}", "body": self._words(30)} for n in range(14)}
        self.edit_listed()
        for _ in range(14):
            self.add_record()
        for episode in ("dawn", "dusk"):
            self.edit_episode(episode)

    def change(self) -> str:
        """Make one to three changes; what they were."""
        edits: list[Callable[[], object]] = [
            *[self.rename_person] * 3,
            *[self.edit_listed] * 3,
            self.withdraw_person,
            self.add_record,
            self.remove_record,
            self.edit_record,
            self.edit_record,
            self.edit_record,
            *[self.edit_end] * 6,
            self.edit_episode,
            self.edit_quietly,
            self.touch,
            self.edit_settings,
            self.edit_template,
            self.edit_static,
            self.edit_page,
            self.edit_ledger,
        ]
        chosen = self.random.choices(edits, k=self.random.randint(1, 3))
        for edit in chosen:
            edit()
        return ", ".join(getattr(edit, "__name__", "") for edit in chosen)

    def rename_person(self, who: str = "") -> None:
        who = who or self.random.choice(list(self.people))
        self.people[who] = f"{self._words(2).title()} {who}"
        members = "kind: group\nmembers: [c1, c2]\n" if who == "c0" else ""
        bio = self._words(6) if self.random.random() < 0.3 else f"Lives by the harbour, as {who}."
        more = self.random.choice(
            [
                *("", "", f"sort_name: {self._words(1)}\n", f"also_credited_as: {self._words(2)}\n"),
                f"former_ids: old-{who}\n",
            ]
        )
        text = f"---\nname: {self.people[who]}\n{more}{members}---\n{bio}\n"
        self._write(f"content/contributors/{who}.md", text)

    def edit_listed(self) -> None:
        """Somebody in the ledger of people has another name, or another text."""
        one = self.random.choice(list(self.listed.values()))
        which = self.random.choice(["name", "name", "body", "pronouns"])
        one[which] = self._words(30 if which == "body" else 2).title()
        rows = "".join(json.dumps({"id": id_, **one}) + "\n" for id_, one in self.listed.items())
        self._write("content/contributors.jsonl", rows)

    def withdraw_person(self) -> None:
        who = self.random.choice(list(self.people))
        more = self.random.choice(["", "draft: true\n", f"former_ids: old-{who}\n"])
        text = f"---\nname: {self.people[who]}\nwithdrawn: true\n{more}---\n"
        self._write(f"content/contributors/{who}.md", text)

    def add_record(self) -> None:
        self.added += 1
        self.edit_record(f"r{self.added}")

    def remove_record(self) -> None:
        gone = self.random.choice(list(self.records))
        if len(self.records) > 6 and gone != "r1":  # the home page names it
            del self.records[gone]
            (self.root / f"content/records/{gone}.md").unlink()
            for which, record in self.records.items():
                record["body"] = record["body"].replace(f"record:{gone})", "record:r1)")
                self._write_record(which)
            self.edit_episode("dawn")
            self.edit_episode("dusk")

    def edit_record(self, which: str = "") -> None:
        """One of its fields becomes another; a new one gets all."""
        rnd = self.random
        which = which or rnd.choice(list(self.records))
        others = [*self.records, which]
        linked, shown = rnd.choice(others), rnd.choice(others)
        before = [f"old-{who}" for who in self.people]
        fresh = {
            "title": self._words(3).capitalize(),
            "credits": f"{{{rnd.choice(ROLES)}: {rnd.choice([*self.people, *before, 'nobody'])}}}",
            "by": f"[{', '.join(rnd.sample([*self.people, *self.listed], k=rnd.randint(1, 2)))}]",
            "sources": f"[{', '.join(rnd.sample(others, k=rnd.randint(0, min(3, len(others)))))}]",
            "date": f"2024-0{rnd.randint(1, 9)}-11",
            "state": rnd.choice(["draft: true", "withdrawn: true", "publish: 2026-06-15"]),
            "body": f"{self._words(20)} [it](record:{linked})\n\n![it](record:{shown})",
        }
        record = self.records.setdefault(which, {**fresh, "state": ""})
        field = rnd.choice(list(fresh))
        record[field] = "" if field == "state" and record["state"] else fresh[field]
        self._write_record(which)

    def edit_end(self) -> None:
        """Words at the end of a text, which no other page shows once it is long."""
        files = sorted((self.root / "content").rglob("*.md"))
        path = self.random.choice([file for file in files if "withdrawn" not in file.read_text("utf-8")])
        with path.open("a", encoding="utf-8") as file:
            file.write(f"{self._words(40)}\n")

    def _write_record(self, which: str) -> None:
        record = self.records[which]
        fields = "".join(
            f"{name}: {record[name]}\n" for name in ("title", "credits", "by", "sources", "date")
        )
        text = f"---\n{fields}kind: text\n{record['state']}\n---\n{record['body']}\n"
        self._write(f"content/records/{which}.md", text)

    def edit_episode(self, which: str = "") -> None:
        which = which or self.random.choice(["dawn", "dusk"])
        folder = f"content/episodes/{which}"
        self._write(
            f"{folder}/index.md",
            f"---\ntitle: {self._words(2).title()}\nseason: s{self.random.randint(1, 2)}\nnumber: 1\n"
            f"released: 2025-01-0{self.random.randint(1, 9)}\ncredits:\n  host: c3\n---\n{self._words(9)}\n",
        )
        for old in (self.root / folder).glob("segments/*"):
            old.unlink()
        for part in range(self.random.randint(1, 3)):
            uses = "".join(f"  - {one}\n" for one in self.random.sample(list(self.records), k=2))
            self._write(
                f"{folder}/segments/{part}-part{part}.md",
                f"---\ntitle: {self._words(1)}\nuses:\n{uses}---\n{self._words(5)}\n",
            )

    def edit_quietly(self) -> None:
        """Other bytes, the same size, the same time."""
        path = self.root / f"content/contributors/{self.random.choice(list(self.people))}.md"
        before, text = path.stat(), path.read_text()
        if not text.endswith("---\n"):
            path.write_text(text[:-2] + self.random.choice("abcdef") + text[-1:])
            os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))

    def touch(self) -> None:
        (self.root / "byline.toml").touch()
        for path in self.random.sample(sorted((self.root / "content/records").iterdir()), k=1):
            path.touch()

    def edit_settings(self) -> None:
        self.settings["title"] = self._words(1).title()
        self.settings["records"] = self.random.choice(["all", "used", "remixed"])
        self._write("byline.toml", SETTINGS.format(**self.settings))

    def edit_template(self) -> None:
        path = self.root / "templates/record.html"
        if path.exists():
            shutil.rmtree(path.parent)
        else:
            own = '{% extends "theme/record.html" %}{% block work %}WORD {{ super() }}{% endblock %}'
            self._write("templates/record.html", own.replace("WORD", self._words(1)))

    def edit_static(self) -> None:
        path = self.root / "static/robots-own.txt"
        if path.exists() and self.random.random() < 0.5:
            path.unlink()
        else:
            self._write("static/robots-own.txt", self._words(2))

    def edit_page(self) -> None:
        menu = self.random.choice(["menu: 1\n", ""])
        text = f"---\ntitle: {self._words(1)}\n{menu}---\n## {self._words(2)}\n\n{self._words(5)}\n"
        self._write("content/pages/about.md", text)

    def edit_ledger(self) -> None:
        rows = "".join(f"t{n},{self._words(2)},c{n}\n" for n in range(self.random.randint(0, 5)))
        self._write("content/records.csv", f"id,title,by\n{rows}")

    def _words(self, count: int) -> str:
        return " ".join(self.random.choices(WORDS, k=count))

    def _write(self, path: str, text: str) -> None:
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")


def hurt(folder: Path, rnd: random.Random) -> None:
    """Damage a file of a cache, or of a site."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name[0] != ".")
    path = rnd.choice(files)
    match rnd.randrange(3):
        case 0:
            path.unlink()
        case 1:
            path.write_bytes(path.read_bytes()[:-7])
        case 2:
            path.write_bytes(path.read_bytes() + b"noise")


def tree(folder: Path) -> dict[str, bytes]:
    """All files of a folder."""
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
