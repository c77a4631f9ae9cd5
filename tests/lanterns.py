"""A small archive with a body of every kind, which is edited and built again and again."""

import shutil
from collections.abc import Callable
from pathlib import Path

from PIL import Image

from byline import write
from byline.asked import Asked
from byline.build import build
from byline.last import Built
from editing import tree

LONG = "It is long past midnight, and nobody has seen the ferry since the lights went out. " * 4
SETTINGS = """[archive]
title = "Lanterns"
base_url = "https://lanterns.example/"
license = "CC-BY-4.0"
[pages]
per_page = 10
credits_json = "all"
feeds = "all"
badges = "all"
embeds = "all"
[deploy.pages]
to = "netlify"
remote = "git@git.example:lanterns.git"
"""
FILES = {
    "byline.toml": SETTINGS,
    "content/index.md": f"---\ntitle: Lanterns\n---\n{LONG}\n",
    "content/pages/about.md": f"---\ntitle: About\nmenu: 1\n---\n{LONG}\n",
    "content/seasons/one.md": f"---\ntitle: One\n---\n{LONG}\n",
    "content/topics/night.md": f"---\ntitle: Night\n---\n{LONG}\n",
    "content/episodes/dark/index.md": (
        f"---\ntitle: Dark\nseason: one\ntopic: night\nreleased: 2014-02-11\nuses: [r0]\n"
        f"media: [https://lanterns.example/dark.mp3]\ncall: {LONG}\ncredits:\n  host: ada\n---\n{LONG}\n"
    ),
    "content/episodes/dark/segments/01-storm.md": f"---\ntitle: Storm\nstarts: 1:00\n---\n{LONG}\n",
    "content/contributors/ada.md": f"---\nname: Ada Example\n---\n{LONG}\n",
    "content/records/r0.md": f"---\ntitle: First\nby: ada\ncall: dark\n---\n{LONG}\n",
    "content/records/r1.md": f"---\ntitle: Second\nby: ada\nsources: [r0]\ncall: dark\n---\n{LONG}\n",
    "content/records.jsonl": f'{{"id": "row", "title": "A row", "by": "ada", "body": "{LONG}"}}\n',
}
# Every file of documents, with the pages on which its bodies are, and the same facts for programs.
SHOWN = {
    "content/index.md": {"index.html"},
    "content/pages/about.md": {"about/index.html"},
    "content/seasons/one.md": {"seasons/one/index.html"},
    "content/topics/night.md": {"topics/night/index.html"},
    "content/episodes/dark/index.md": {"episodes/dark/index.html", "episodes/dark/index.json"},
    "content/episodes/dark/segments/01-storm.md": {
        "episodes/dark/storm/index.html",
        "episodes/dark/storm/index.json",
    },
    "content/contributors/ada.md": {"contributors/ada/index.html", "contributors/ada/credits.json"},
    "content/records/r0.md": {"records/r0/index.html", "records/r0/index.json"},
    "content/records.jsonl": {"records/row/index.html", "records/row/index.json"},
}


class Site:
    """An archive that is built again and again, with a cache."""

    def __init__(self, folder: Path) -> None:
        self.root, self.output, self.cache = folder / "archive", folder / "site", folder / "cache"
        for path, text in FILES.items():
            (self.root / path).parent.mkdir(parents=True, exist_ok=True)
            (self.root / path).write_text(text, "utf-8")
        Image.new("RGB", (40, 30), "navy").save(self.root / "content/records/navy.png")

    def build(self) -> Built:
        built = build(Asked(self.root, on="2026-01-01", cache=self.cache, workers=1), self.output)
        assert built.done, built.located
        return built

    def made(self) -> set[str]:
        """Build; what was written."""
        before = tree(self.output)
        self.build()
        after = tree(self.output)
        changed = {path for path in before.keys() | after if before.get(path) != after.get(path)}
        return changed - {write.MANIFEST}

    def edit(self, path: str, change: Callable[[str], str]) -> None:
        file = self.root / path
        before = file.read_text("utf-8") if file.exists() else ""
        after = change(before)
        assert after != before
        if after:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(after, "utf-8")
        else:
            file.unlink()

    def same(self) -> None:
        """The site is what a build with nothing makes, to the byte, the manifest too."""
        clean = self.root.parent / "clean"
        shutil.rmtree(clean, ignore_errors=True)
        assert build(Asked(self.root, on="2026-01-01", workers=1), clean).done
        found, wanted = tree(self.output), tree(clean)
        assert [path for path in found.keys() | wanted if found.get(path) != wanted.get(path)] == []


def at_the_end(text: str) -> str:
    if text.endswith('"}\n'):
        return text[:-3] + ' One more."}\n'
    return text + "One more.\n"
