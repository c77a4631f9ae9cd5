"""Any archive in the hands of busy editors: random changes of every kind, in the archive's own files.

Most leave it sound. Who built it and was refused takes the last changes back (`undo`).
"""

import csv
import io
import json
import os
import random
import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import yaml_rs

from byline.builtin import builtin
from byline.media.fonts import BUNDLED

WORDS = "lantern river glass paper moon engine silver letter quiet harbour été 雨 <b>x</b> & *dusk*".split()
PICTURES = (".jpg", ".png", ".webp")
MEDIA = (*PICTURES, ".mp3", ".webm", ".vtt")
KINDS = {
    "contributors": "contributor",
    "records": "record",
    "segments": "segment",
    "episodes": "episode",
    "seasons": "season",
    "topics": "topic",
    "pages": "page",
}
WORK = ("title", "summary", "draft", "publish", "withdrawn", "aliases", "language", "corrections", "extra")
CREDITED = ("credits", "license", "media", "kind")
FIELDS = {
    "record": (
        *(*WORK, *CREDITED, "by", "sources", "sources", "date", "url", "hearts", "hearts_on", "tags"),
        "call",
    ),
    "segment": (*WORK, *CREDITED, "uses", "uses", "order", "starts", "ends"),
    "episode": (
        *(*WORK, *CREDITED, "uses", "uses", "number", "topic", "released", "runtime", "chapters"),
        *("submissions", "invitation", "season", "poster"),
    ),
    "contributor": (
        *("name", "name", "sort_name", "also_credited_as", "pronouns", "links", "former_ids"),
        *("in_memoriam", "group", "members", "identifiers", "avatar", *WORK[1:]),
    ),
    "season": (*WORK, "number", "years", "poster"),
    "topic": (*WORK, "suggested_by", "poster"),
    "page": (*WORK, "menu"),
}


class Doc(NamedTuple):
    """A document: its file, its row there if that is a ledger, its kind and id."""

    path: Path
    row: int | None
    kind: str
    id: str


class Upkeep:
    """Files of an archive in a folder, changed at random from a seed."""

    def __init__(self, root: Path, seed: int) -> None:
        self.root, self.random = root, random.Random(seed)
        self.content = root / "content"
        self._before: dict[Path, bytes | None] = {}
        self._made = 0

    def change(self, most: int = 3) -> str:
        """Make some changes; what they were."""
        self._before.clear()
        names = []
        for _ in range(self.random.randint(1, most)):
            edit = self.random.choice(EDITS)
            names.append(f"{edit.__name__} {edit(self) or ''}".strip())
        return "; ".join(names)

    def undo(self) -> None:
        """Take back the last changes."""
        for path, before in self._before.items():
            if before is None:
                path.unlink(missing_ok=True)
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(before)
        for folder, _, _ in os.walk(self.content, topdown=False):
            if not any(Path(folder).iterdir()):
                Path(folder).rmdir()
        self._before.clear()

    # Words and links of documents.

    def edit_field(self) -> str:
        doc = self._doc()
        name = self.random.choice(FIELDS[doc.kind])
        fields, _ = self._read(doc)
        there = {"invitation": "call", "group": "kind"}.get(name, name)
        if there in fields and there not in ("title", "name", "season") and self.random.random() < 0.5:
            self._put(doc, {there: None})
        else:
            self._put(doc, self._fresh(doc, name))
        return f"{doc.id} {there}"

    def edit_list(self) -> str:
        """Entries of credits, uses, sources and the like are added, changed, removed and put in order."""
        doc, rnd = self._doc("record", "segment", "episode", "contributor"), self.random
        fields, _ = self._read(doc)
        lists = [name for name, value in fields.items() if isinstance(value, list | dict) and value]
        if not lists:
            return "none"
        name = rnd.choice(lists)
        value = json.loads(json.dumps(fields[name], default=str))
        entries = list(value.items()) if isinstance(value, dict) else value
        if rnd.random() < 0.3 and len(entries) > 1:
            entries.pop(rnd.randrange(len(entries)))
        rnd.shuffle(entries)
        if name == "credits":
            entries = [(role, self._recast(who)) for role, who in entries]
        self._put(doc, {name: dict(entries) if isinstance(value, dict) else entries})
        return f"{doc.id} {name}"

    def edit_body(self) -> str:
        doc, rnd = self._doc(), self.random
        _, body = self._read(doc)
        parts = body.split("\n\n")
        other = self._doc("record", "contributor", "page", "episode")
        record = self._doc("record").id
        new = {
            "words": self._words(12),
            "link": f"{self._words(3)} [{self._words(1)}]({other.kind}:{other.id})",
            "bare": f"[]({other.kind}:{other.id})",
            "shown": f"![](record:{record})",
            "heading": f"## {self._words(2)}",
            "table": f"| a | {self._words(1)} |\n|---|---|\n| 1 | ~~2~~ |",
            "note": f"{self._words(3)}[^1]\n\n[^1]: {self._words(2)}",
            "html": f'<div class="x">{self._words(1)}</div>',
            "lost": "[gone](nothing/here.md) \u202eabc",
            "list": f"- {self._words(1)}\n  1. {self._words(2)}",
            "picture": f"![{self._words(1)}]({self._beside(doc)})",
            "elsewhere": f"![{self._words(1)}](https://{rnd.choice('abc')}.example/{self._made}.jpg)",
            "much": "\n\n".join(self._words(30) for _ in range(3)),
        }
        name = rnd.choice(list(new))
        at = rnd.choice([0, len(parts), rnd.randrange(len(parts) + 1)])
        if rnd.random() < 0.3 and len(parts) > 2:
            parts.pop(min(at, len(parts) - 1))
        parts.insert(at, new[name])
        self._put(doc, {}, "\n\n".join(parts))
        return f"{doc.id} {name}"

    def edit_end(self) -> str:
        """Words that no other page shows, sometimes of a call."""
        doc, rnd = self._doc(), self.random
        fields, body = self._read(doc)
        if doc.kind == "episode" and fields.get("call") and rnd.random() < 0.5:
            self._put(doc, {"call": f"{fields['call']} {self._words(3)}"})
            return f"{doc.id} call"
        self._put(doc, {}, f"{body} {self._words(3)}")
        return doc.id

    def edit_quietly(self) -> str:
        """Other bytes, the same size, the same time."""
        doc = self._doc()
        state, data = doc.path.stat(), bytearray(doc.path.read_bytes())
        at = [n for n in range(max(len(data) - 400, 0), len(data)) if 97 <= data[n] <= 122]
        if at:
            place = self.random.choice(at)
            data[place] = 97 + (data[place] - 96) % 26
            self._write(doc.path, bytes(data))
            os.utime(doc.path, ns=(state.st_atime_ns, state.st_mtime_ns))
        return doc.path.name

    # Documents come, go and move.

    def add_document(self) -> str:
        doc, name = self._doc(), self._name()
        fields, body = self._read(doc)
        if doc.row is not None:
            rows = self._rows(doc.path)
            rows.insert(self.random.randrange(len(rows) + 1), {**rows[doc.row], "id": name})
            self._save(doc.path, rows)
        else:
            path = doc.path.parent if doc.path.stem == "index" else doc.path
            if doc.path.stem == "index":
                self._copy(path, path.with_name(name))
                doc = doc._replace(path=path.with_name(name) / "index.md")
            else:
                self._write(path.with_name(f"{name}.md"), doc.path.read_bytes())
                doc = doc._replace(path=path.with_name(f"{name}.md"))
        fresh = doc if doc.row is None else next(one for one in self._docs() if one.id == name)
        self._put(fresh, {"id": None if doc.row is None else name, "aliases": None, "former_ids": None}, body)
        return f"{name} like {fields.get('id', '')}"

    def remove_document(self) -> str:
        doc = self._doc()
        if self.random.random() < 0.8:  # where nobody names it
            texts = [path.read_text("utf-8", "replace") for path in self._texts()]
            for _ in range(20):
                if sum(len(re.findall(rf"\b{re.escape(doc.id)}\b", text)) for text in texts) <= (
                    doc.row is not None
                ):
                    break
                doc = self._doc()
        if doc.row is not None:
            rows = self._rows(doc.path)
            rows.pop(doc.row)
            self._save(doc.path, rows)
        elif doc.path.stem == "index":
            for path in sorted(doc.path.parent.rglob("*")):
                self._remove(path)
        else:
            self._remove(doc.path)
        return doc.id

    def rename_document(self) -> str:
        """Another id, everywhere; sometimes with the old one as a way to it."""
        doc, name = self._doc(), self._name()
        for path in self._texts():
            text = path.read_text("utf-8", "replace")
            new = re.sub(rf"(?<![\w.-]){re.escape(doc.id)}(?![\w.-])", name, text)
            if new != text:
                self._write(path, new.encode())
        if doc.row is None:
            old = doc.path.parent if doc.path.stem == "index" else doc.path
            new_path = old.with_name(name + old.suffix if old.is_file() else name)
            self._move(old, new_path)
        if self.random.random() < 0.5:
            renamed = next((one for one in self._docs() if one.id == name), None)
            if renamed and renamed.kind == "contributor":
                self._put(renamed, {"former_ids": [doc.id]})
        return f"{doc.id} -> {name}"

    def move_document(self) -> str:
        """To another folder of its kind, or into a folder of its own."""
        doc = self._doc("record", "contributor", "page", "episode")
        if doc.row is not None:
            return "row"
        if doc.path.stem != "index" and self.random.random() < 0.5:
            self._move(doc.path, doc.path.with_suffix("") / "index.md")
            return f"{doc.id} into a folder"
        own = doc.path.parent if doc.path.stem == "index" else doc.path
        homes = sorted({one.path.parents[one.path.stem == "index"] for one in self._docs(doc.kind)})
        home = self.random.choice(homes)
        if not (home / own.name).exists() and own not in home.parents:
            self._move(own, home / own.name)
        return f"{doc.id} to {home.name}"

    def move_row(self) -> str:
        """A row changes places with another, or a document becomes one."""
        doc = self._doc()
        if doc.row is not None:
            rows = self._rows(doc.path)
            self.random.shuffle(rows)
            self._save(doc.path, rows)
            return doc.path.name
        if doc.kind != "record" or doc.path.stem == "index" or doc.path.parent.name != "records":
            return "none"
        fields, body = self._read(doc)
        ledger = doc.path.parent.with_suffix(".jsonl")
        rows = self._rows(ledger) if ledger.exists() else []
        self._save(ledger, [*rows, {"id": doc.id, **fields, "body": body}])
        self._remove(doc.path)
        return f"{doc.id} into {ledger.name}"

    # Files beside documents.

    def swap_media(self) -> str:
        """A file takes the bytes of another, sometimes under its own old time, sometimes of the same size."""
        files = self._files(MEDIA)
        if not files:
            return "none"
        one = self.random.choice(files)
        other = self.random.choice([path for path in files if path.suffix == one.suffix])
        state, data = one.stat(), other.read_bytes()
        if self.random.random() < 0.3:
            data = data + bytes(max(0, state.st_size - len(data)))
        self._write(one, data)
        if self.random.random() < 0.6:
            os.utime(one, ns=(state.st_atime_ns, state.st_mtime_ns))
        return f"{other.name} over {one.name}"

    def exchange_media(self) -> str:
        """Two files change their names; their times go with them."""
        files = self._files(PICTURES)
        if len(files) > 1:
            one, other = self.random.sample(files, k=2)
            if one.suffix == other.suffix:
                data, other_data = one.read_bytes(), other.read_bytes()
                state, other_state = one.stat(), other.stat()
                self._write(one, other_data)
                self._write(other, data)
                os.utime(one, ns=(other_state.st_atime_ns, other_state.st_mtime_ns))
                os.utime(other, ns=(state.st_atime_ns, state.st_mtime_ns))
                return f"{one.name} {other.name}"
        return "none"

    def lose_media(self) -> str:
        files = self._files(MEDIA)
        if files and self.random.random() < 0.3:
            gone = self.random.choice(files)
            self._remove(gone)
            return gone.name
        return "none"

    def touch(self) -> str:
        path = self.random.choice(self._files())
        times = self.random.choice([None, (0, 0), (2**31 + 5, 2**31 + 5), (1e9, 1e9)])
        os.utime(path, times)
        return f"{path.name} {times}"

    # Settings, templates, themes and files that are copied.

    def edit_settings(self) -> str:
        rnd, made = self.random, self._settings()
        whom = ["all", "none", {"min_credits": rnd.randint(1, 4)}]
        choices: dict[tuple[str, str], Any] = {
            ("archive", "title"): self._words(2),
            ("archive", "tagline"): self._words(3),
            ("archive", "copyright"): self._words(3),
            ("archive", "language"): rnd.choice(["en", "de", "pt-BR"]),
            ("archive", "license"): rnd.choice(["CC-BY-4.0", "CC0-1.0", "CC-BY-SA-4.0"]),
            ("archive", "contact"): rnd.choice(["me@show.example", "https://show.example/mail"]),
            ("archive", "base_url"): rnd.choice(["https://a.example/", "https://b.example/x/y/"]),
            ("build", "links"): rnd.choice(["files", "folders"]),
            ("build", "theme"): rnd.choice(["marquee", "own", "under"]),
            ("pages", "records"): rnd.choice(["all", "used", "remixed"]),
            ("pages", "per_page"): rnd.choice([10, 20, 60]),
            ("pages", "json"): rnd.choice(["all", "none"]),
            ("pages", "trees"): rnd.choice(["all", "none"]),
            ("pages", "credits_json"): rnd.choice(whom),
            ("pages", "feeds"): rnd.choice(whom),
            ("pages", "badges"): rnd.choice(whom),
            ("pages", "embeds"): rnd.choice(whom),
            ("pages", "cards"): rnd.choice(["none", {"min_credits": rnd.randint(4, 9)}]),
            ("markdown", "raw_html"): rnd.choice(["never", "pages"]),
            ("media", "originals"): rnd.random() < 0.5,
            ("media", "embed_credit"): rnd.random() < 0.3,
            ("media", "formats"): rnd.choice([["webp"], ["jpeg"], ["webp", "jpeg"]]),
            ("media", "widths"): rnd.choice([[200], [100, 200]]),
            ("media", "fonts"): rnd.choice([[], ["fonts/own.ttf"]]),
            ("lineage", "missing"): "warn",
            ("lineage", "cycles"): "warn",
            ("credits", "undeclared_contributors"): rnd.choice(["warn", "error"]),
            ("credits", "undeclared_roles"): rnd.choice(["warn", "error"]),
            ("licenses", "strict"): rnd.random() < 0.2,
            ("menu", self._words(1)): rnd.choice(["https://one.example/", "https://two.example/"]),
            ("roles", "director"): {"label": self._words(1), "group": "music-production"},
            ("roles", f"r{rnd.randint(1, 9)}"): {"label": self._words(2)},
            ("kinds", f"k{rnd.randint(1, 9)}"): {"label": self._words(1), "plural": self._words(1)},
            ("source_kinds", "remix"): {"inverse": self._words(2), "passes_credit": rnd.random() < 0.5},
        }
        table, key = rnd.choice(list(choices))
        section = made.setdefault(table, {})
        if key in section and table != "archive" and rnd.random() < 0.3:
            del section[key]
        else:
            section[key] = choices[table, key]
            if key == "fonts" and choices[table, key]:
                self._write(self.root / "fonts/own.ttf", BUNDLED.read_bytes())
        self._write_settings(made)
        return f"{table}.{key}"

    def reorder_settings(self) -> str:
        made = self._settings()
        table = self.random.choice(list(made))
        for value in (made, made[table]):
            entries = list(value.items())
            self.random.shuffle(entries)
            value.clear()
            value.update(entries)
        self._write_settings(made)
        return table

    def edit_template(self) -> str:
        """A template of the archive's, or of a theme's, that changes a block; or one of the parts."""
        rnd = self.random
        kept = rnd.choice(["templates", "themes/own/templates", "themes/under/templates"])
        standing = sorted((self.root / kept).rglob("*.html"))
        if standing and rnd.random() < 0.4:
            gone = rnd.choice(standing)
            self._remove(gone)
            return f"{gone.name} gone"
        chosen = rnd.choice(sorted(builtin("templates").rglob("*.html")))
        name, text = chosen.relative_to(builtin("templates")).as_posix(), chosen.read_text("utf-8")
        blocks = re.findall(r"\{% block (\w+)", text)
        if "/" in name:
            text = re.sub(r">(?=[^<>{}]*</)", lambda found: f">{self._words(1)}", text, count=2)
        elif blocks:
            level = rnd.choice(["builtin", "theme" if kept == "templates" else "parent"])
            text = f'{{% extends "{level}/{name}" %}}\n{{% block {rnd.choice(blocks)} %}}'
            text += f"<p>{self._words(2)}</p>{{{{ super() }}}}{{% endblock %}}\n"
        self._write(self.root / kept / name, text.encode())
        return f"{kept}/{name}"

    def edit_theme(self) -> str:
        rnd = self.random
        theme = rnd.choice(["own", "under"])
        parent = rnd.choice(["marquee", "under"]) if theme == "own" else "marquee"
        self._write(self.root / f"themes/{theme}/theme.toml", f'name = "x"\nparent = "{parent}"\n'.encode())
        name = rnd.choice([f"{theme}.css", "marquee.css", "more.js", "img/dot.svg"])
        path = self.root / f"themes/{theme}/static/{name}"
        if path.exists() and rnd.random() < 0.4:
            self._remove(path)
        else:
            self._write(path, f"/* {self._words(2)} */ p {{ background: url(img/dot.svg) }}".encode())
        return f"{theme} < {parent}, {name}"

    def edit_static(self) -> str:
        rnd = self.random
        name = rnd.choice(["robots-own.txt", "CNAME", ".well-known/x", "favicon.svg", "favicon.ico", "a/b/c"])
        path = self.root / "static" / name
        if path.exists() and rnd.random() < 0.3:
            self._remove(path)
        elif path.exists() and rnd.random() < 0.5:
            state, data = path.stat(), path.read_bytes()
            self._write(path, data[:-1] + rnd.choice([b"x", b"y"]))
            os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))
        else:
            self._write(path, f"<svg>{self._words(2)}</svg>".encode())
        return name

    # Reading and writing the archive's own spelling.

    def _docs(self, *kinds: str) -> list[Doc]:
        docs = []
        for path in self._texts():
            parts = path.relative_to(self.content).with_suffix("").parts
            if path.suffix == ".md":
                kind = next((KINDS[part] for part in reversed(parts[:-1]) if part in KINDS), "")
                name = path.parent.name if path.stem == "index" else re.sub(r"^\d+-", "", path.stem)
                beside = path.stem != "index" and (path.parent / "index.md").exists()
                if kind and not beside and not (kind == "episode" and path.stem != "index"):
                    docs.append(Doc(path, None, kind, name))
            elif parts[-1] in KINDS:
                rows = self._rows(path)
                docs += [Doc(path, n, KINDS[parts[-1]], row.get("id", "")) for n, row in enumerate(rows)]
        return [doc for doc in docs if not kinds or doc.kind in kinds]

    def _doc(self, *kinds: str) -> Doc:
        """A document, kinds with few as often as those with many."""
        docs = self._docs(*kinds)
        kind = self.random.choice(sorted({doc.kind for doc in docs}))
        return self.random.choice([doc for doc in docs if doc.kind == kind])

    def _texts(self) -> list[Path]:
        return self._files((".md", ".csv", ".jsonl"))

    def _files(self, suffixes: tuple[str, ...] = ()) -> list[Path]:
        return sorted(
            path
            for path in self.content.rglob("*")
            if path.is_file() and (not suffixes or path.suffix in suffixes)
        )

    def _rows(self, path: Path) -> list[dict[str, Any]]:
        text = path.read_text("utf-8")
        if path.suffix == ".jsonl":
            return [json.loads(line) for line in text.split("\n") if line.strip()]
        return list(csv.DictReader(io.StringIO(text)))

    def _save(self, path: Path, rows: list[dict[str, Any]]) -> None:
        if path.suffix == ".jsonl":
            text = "".join(json.dumps(row, ensure_ascii=False, default=str) + "\n" for row in rows)
        else:
            out = io.StringIO()
            names = list(dict.fromkeys(name for row in rows for name in row))
            written = csv.DictWriter(out, names)
            written.writeheader()
            written.writerows({name: _cell(value) for name, value in row.items()} for row in rows)
            text = out.getvalue()
        self._write(path, text.encode())

    def _read(self, doc: Doc) -> tuple[dict[str, Any], str]:
        """The fields of a document, and its body."""
        if doc.row is not None:
            row = self._rows(doc.path)[doc.row]
            body = row.pop("body", "")
            return {name: _value(value) for name, value in row.items() if value}, body
        front, body = _split(doc.path.read_text("utf-8"))
        return (yaml_rs.loads(front) if front.strip() else {}) or {}, body

    def _put(self, doc: Doc, fields: dict[str, Any], body: str | None = None) -> None:
        """Give a document other fields (None: none), and another body."""
        if doc.row is not None:
            rows = self._rows(doc.path)
            row = {**rows[doc.row], **fields, **({} if body is None else {"body": body})}
            rows[doc.row] = {name: value for name, value in row.items() if value is not None}
            self._save(doc.path, rows)
            return
        front, old = _split(doc.path.read_text("utf-8"))
        for name, value in fields.items():
            front = re.sub(rf"(?m)^{name}:.*\n(?:[ \t#-].*\n|\n)*", "", front)
            if value is not None:
                front += f"{name}: {json.dumps(value, ensure_ascii=False, default=str)}\n"
        self._write(doc.path, f"---\n{front}---\n{old if body is None else body}".encode())

    def change_settings(self, new: dict[str, dict[str, Any]]) -> None:
        """Give whole tables of byline.toml."""
        self._write_settings({**self._settings(), **new})

    def _settings(self) -> dict[str, Any]:
        return tomllib.loads((self.root / "byline.toml").read_text("utf-8"))

    def _write_settings(self, made: dict[str, Any]) -> None:
        text = "".join(
            f"[{name}]\n" + "".join(f"{json.dumps(key)} = {_toml(value)}\n" for key, value in table.items())
            for name, table in made.items()
        )
        self._write(self.root / "byline.toml", text.encode())

    def _write(self, path: Path, data: bytes) -> None:
        self._note(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)

    def _remove(self, path: Path) -> None:
        if path.is_file():
            self._note(path)
            path.unlink()

    def _move(self, old: Path, new: Path) -> None:
        """Rename a file or a folder."""
        for path in sorted(old.rglob("*")) if old.is_dir() else [old]:
            if path.is_file():
                self._note(path)
                self._note(new / path.relative_to(old) if path != old else new)
        new.parent.mkdir(parents=True, exist_ok=True)
        old.rename(new)

    def _copy(self, old: Path, new: Path) -> None:
        for path in sorted(old.rglob("*")):
            if path.is_file():
                self._write(new / path.relative_to(old), path.read_bytes())

    def _note(self, path: Path) -> None:
        if path not in self._before:
            self._before[path] = path.read_bytes() if path.exists() else None

    # What is written.

    def _fresh(self, doc: Doc, name: str) -> dict[str, Any]:
        rnd = self.random
        one = self._words(rnd.randint(1, 3))
        at = f"00:{rnd.randint(10, 40)}"
        record, person = self._doc("record").id, self._doc("contributor").id
        picture = next((path.name for path in doc.path.parent.iterdir() if path.suffix in PICTURES), "")
        medium = {"file": picture, "alt": one, "caption": one, "credit": one} if picture else None
        use: Any = rnd.choice([record, {"record": record, "at": at, "as": one}])
        values: dict[str, Callable[[], Any]] = {
            "draft": lambda: True,
            "publish": lambda: rnd.choice(["2026-06-10", "2027-01-01", "2020-01-01"]),
            "withdrawn": lambda: rnd.choice([True, {"on": "2025-01-02", "by": "law", "note": one}]),
            "aliases": lambda: [f"old/{self._name()}"],
            "language": lambda: rnd.choice(["de", "ja", "ar"]),
            "corrections": lambda: [{"on": "2025-03-04", "note": one}],
            "extra": lambda: {"mood": one},
            "credits": lambda: {rnd.choice(["author", "director", "composer"]): self._recast(person)},
            "license": lambda: rnd.choice(["CC-BY-4.0", "CC0-1.0", "CC-BY-ND-4.0", "odd words"]),
            "media": lambda: medium,
            "poster": lambda: medium,
            "avatar": lambda: medium,
            "kind": lambda: rnd.choice(["text", "audio", "code"] if doc.kind == "record" else ["song"]),
            "by": lambda: [person],
            "sources": lambda: [
                *self._list(doc, "sources"),
                rnd.choice(
                    [record, {"record": record, "kind": "sample", "at": at}, {"title": one, "by": one}]
                ),
            ],
            "uses": lambda: [*self._list(doc, "uses"), use],
            "date": lambda: rnd.choice(["2014", "2015-03", "2016-04-05"]),
            "released": lambda: f"2024-0{rnd.randint(1, 9)}-11",
            "url": lambda: "https://first.example/x",
            "hearts": lambda: rnd.randint(0, 500),
            "hearts_on": lambda: "2025-01-01",
            "tags": lambda: [one, "dusk"],
            "call": lambda: rnd.choice(["none", self._doc("episode").id]),
            "order": lambda: rnd.randint(1, 5),
            "starts": lambda: at,
            "ends": lambda: "00:45",
            "number": lambda: str(rnd.randint(1, 30)),
            "runtime": lambda: at,
            "topic": lambda: one,
            "chapters": lambda: [{"title": one, "at": at}],
            "submissions": lambda: rnd.randint(0, 99),
            "season": lambda: rnd.choice([one.id for one in self._docs("season")] or ["s9"]),
            "also_credited_as": lambda: [one],
            "links": lambda: [{"url": "https://own.example/", "label": one, "me": True}],
            "former_ids": lambda: [self._name()],
            "members": lambda: [person],
            "identifiers": lambda: {"orcid": "0000-0002-1825-0097"},
            "suggested_by": lambda: person,
            "menu": lambda: rnd.randint(1, 5),
        }
        if name == "invitation":
            return {"call": self._words(5)}
        if name == "group":
            return {"kind": "group", "members": [person]}
        if name == "by":
            return {"by": [person], "credits": None}
        if name == "credits":
            return {"credits": values["credits"](), **({"by": None} if doc.kind == "record" else {})}
        return {name: values[name]() if name in values else one}

    def _list(self, doc: Doc, name: str) -> list[Any]:
        value = self._read(doc)[0].get(name, [])
        return value if isinstance(value, list) else []

    def _recast(self, who: Any) -> Any:
        """Somebody else, or the same in another part."""
        rnd = self.random
        person = self._doc("contributor").id
        match rnd.randrange(5):
            case 0:
                return person
            case 1 if isinstance(who, str):
                return {"who": who, "as": self._words(1), "at": "00:20", "note": self._words(2)}
            case 2 if isinstance(who, str):
                return [who, person]
            case 3 if isinstance(who, list):
                return rnd.sample(who, k=len(who))
        return who

    def _words(self, count: int) -> str:
        return " ".join(self.random.choices(WORDS, k=count))

    def _beside(self, doc: Doc) -> str:
        """A picture beside a document, or none of that name."""
        files = [one.name for one in sorted(doc.path.parent.iterdir()) if one.suffix in PICTURES]
        return self.random.choice(files) if files else "nothing.png"

    def _name(self) -> str:
        self._made += 1
        return f"new-{self._made}"


EDITS: tuple[Callable[[Upkeep], str], ...] = (
    *(Upkeep.edit_field,) * 5,
    *(Upkeep.edit_list,) * 4,
    *(Upkeep.edit_body,) * 3,
    *(Upkeep.edit_end,) * 2,
    Upkeep.edit_quietly,
    Upkeep.add_document,
    Upkeep.remove_document,
    Upkeep.rename_document,
    Upkeep.move_document,
    Upkeep.move_row,
    Upkeep.swap_media,
    Upkeep.exchange_media,
    Upkeep.lose_media,
    Upkeep.touch,
    *(Upkeep.edit_settings,) * 3,
    Upkeep.reorder_settings,
    Upkeep.edit_template,
    Upkeep.edit_theme,
    Upkeep.edit_static,
)


def _split(text: str) -> tuple[str, str]:
    """Front matter and body."""
    found = re.match(r"---[ \t]*\n(.*?)^---[ \t]*(?:\n|\Z)", text, re.DOTALL | re.MULTILINE)
    return (found[1], text[found.end() :]) if found else ("", text)


def _cell(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else str(value)


def _value(cell: Any) -> Any:
    if isinstance(cell, str) and cell[:1] in ("[", "{"):
        try:
            return json.loads(cell)
        except ValueError:
            return cell
    return cell


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {_toml(one)}" for key, one in value.items()) + "}"
    return json.dumps(value, ensure_ascii=False)
