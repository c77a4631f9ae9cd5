"""What editors do to an archive, at random: the archive that a session begins with, and its edits."""

import random
import shutil
from collections.abc import Callable
from pathlib import Path

SETTINGS = (
    '[archive]\ntitle = "Lanterns"\nbase_url = "https://lanterns.example/show/"\nlicense = "CC-BY-4.0"\n'
)
PEOPLE = ("ada", "bo", "cy")


def begin(root: Path) -> Path:
    """A small archive with documents of all kinds."""
    files = {
        "byline.toml": SETTINGS,
        "content/index.md": "---\ntitle: Lanterns\n---\nWelcome.\n",
        "content/pages/about.md": "---\ntitle: About\nmenu: 1\n---\nSee [the lamp](record:r0).\n",
        "content/episodes/dark/index.md": (
            "---\ntitle: The Dark\nseason: one\nreleased: 2014-02-11\ntopic: Night\ncredits:\n  host: ada\n"
            "uses: [r0]\n---\nIt is dark.\n"
        ),
        "content/episodes/dark/segments/01-storm.md": (
            "---\ntitle: Storm\ncredits:\n  author: bo\n---\n![](record:r1)\n"
        ),
        "content/records.csv": "id,title,by,body\nrow,A row,cy,Written in a table.\nrow-2,Another,ada,Too.\n",
    }
    for who in PEOPLE:
        files[f"content/contributors/{who}.md"] = f"---\nname: {who.title()} Example\n---\nLikes lamps.\n"
    for number in range(8):
        sources = f"sources: [r{number - 1}]\n" if number else ""
        who = PEOPLE[number % len(PEOPLE)]
        text = f"---\ntitle: Record {number}\nby: {who}\n{sources}---\nWords.\n"
        files[f"content/records/r{number}.md"] = text
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, "utf-8")
    return root


class Editor:
    """Somebody who edits at random, breaks things, and mends them."""

    def __init__(self, root: Path, seed: int) -> None:
        self.root, self.random = root, random.Random(seed)
        self.number = 0
        self.mend: Callable[[], object] | None = None

    def edit(self) -> str:
        """Do one thing; what it was. What is broken is mended next, more often than not."""
        self.number += 1
        if self.mend and (self.random.random() < 0.7 or not (self.root / "content").exists()):
            self.mend()
            self.mend = None
            return "mend"
        action = self.random.choice(ACTIONS)
        action(self)
        return action.__name__

    def documents(self) -> list[Path]:
        return sorted((self.root / "content").rglob("*.md"))

    def records(self) -> list[Path]:
        return sorted((self.root / "content" / "records").rglob("*.md"))

    def change(self, path: Path, change: Callable[[str], str]) -> str:
        old = path.read_text("utf-8")
        path.write_text(change(old), "utf-8")
        return old

    def break_it(self, path: Path, text: str) -> None:
        """Write something that is wrong; the mending puts back what was there."""
        if self.mend:
            return
        old = path.read_text("utf-8") if path.exists() else None
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        self.mend = lambda: path.write_text(old, "utf-8") if old is not None else path.unlink(missing_ok=True)


def body(editor: Editor) -> None:
    path = editor.random.choice(editor.documents())
    editor.change(path, lambda old: old + f"\nSaid in edit {editor.number}.\n")


def link(editor: Editor) -> None:
    path = editor.random.choice(editor.documents())
    editor.change(path, lambda old: old + f"\nSee [this](record:row), edit {editor.number}.\n")


def title(editor: Editor) -> None:
    path = editor.random.choice(editor.records())
    editor.change(path, lambda old: old.replace("title: ", f"title: {editor.number} ", 1))


def row(editor: Editor) -> None:
    path = editor.root / "content" / "records.csv"
    editor.change(path, lambda old: old + f"made-{editor.number},Made,ada,Row {editor.number}.\n")


def create(editor: Editor) -> None:
    path = editor.root / "content" / "records" / f"new-{editor.number}.md"
    path.write_text("---\ntitle: New\nby: cy\nsources: [row]\n---\nNew.\n", "utf-8")


def delete(editor: Editor) -> None:
    """Only what nothing refers to, so that the site stays sound."""
    new = [path for path in editor.records() if path.stem.startswith("new-")]
    if new and not editor.mend:
        editor.random.choice(new).unlink()


def delete_what_is_needed(editor: Editor) -> None:
    path = next((path for path in editor.records() if path.stem.lower() == "r0"), None)
    if path and not editor.mend:
        old = path.read_text("utf-8")
        path.unlink()
        editor.mend = lambda: path.write_text(old, "utf-8")


def move(editor: Editor) -> None:
    path = editor.random.choice(editor.records())
    target = editor.root / "content" / "records" / f"folder-{editor.number % 3}" / path.name
    if not target.exists() and not editor.mend:
        target.parent.mkdir(exist_ok=True)
        path.rename(target)


def case(editor: Editor) -> None:
    """A name by case only, which is no id any more."""
    path = editor.random.choice(editor.records())
    other = path.with_name(path.name.swapcase().replace(".MD", ".md"))
    if not editor.mend:
        path.rename(other)
        editor.mend = lambda: other.rename(path)


def draft(editor: Editor) -> None:
    new = [path for path in editor.records() if path.stem.startswith("new-")]
    if new:
        flag = "draft: true\n"
        change = lambda old: old.replace(flag, "") if flag in old else old.replace("---\n", f"---\n{flag}", 1)  # noqa: E731
        editor.change(editor.random.choice(new), change)


def embargo(editor: Editor) -> None:
    new = [path for path in editor.records() if path.stem.startswith("new-")]
    if new:
        day = editor.random.choice(["2999-01-01", "2001-01-01"])
        line = lambda old: "\n".join(one for one in old.split("\n") if not one.startswith("publish:"))  # noqa: E731
        editor.change(
            editor.random.choice(new), lambda old: line(old).replace("---\n", f"---\npublish: {day}\n", 1)
        )


def withdraw(editor: Editor) -> None:
    path = editor.random.choice(editor.records())
    flag = "withdrawn: true\n"
    editor.change(
        path, lambda old: old.replace(flag, "") if flag in old else old.replace("---\n", f"---\n{flag}", 1)
    )


def half_saved(editor: Editor) -> None:
    editor.break_it(editor.random.choice(editor.documents()), "")


def broken(editor: Editor) -> None:
    editor.break_it(editor.random.choice(editor.documents()), "---\ntitle: [\n---\n")


def template(editor: Editor) -> None:
    path = editor.root / "templates" / "page.html"
    path.parent.mkdir(exist_ok=True)
    path.write_text(
        '{% extends "builtin/page.html" %}\n{% block title %}Page ' + str(editor.number) + "{% endblock %}\n",
        "utf-8",
    )


def template_gone(editor: Editor) -> None:
    shutil.rmtree(editor.root / "templates", ignore_errors=True)


def template_broken(editor: Editor) -> None:
    editor.break_it(editor.root / "templates" / "home.html", "{% block %}")


def theme(editor: Editor) -> None:
    folder = editor.root / "themes" / "marquee"
    (folder / "static").mkdir(parents=True, exist_ok=True)
    (folder / "theme.toml").write_text('title = "Mine"\n', "utf-8")
    (folder / "static" / "mine.css").write_text(f"p {{ margin: {editor.number}px }}\n", "utf-8")


def theme_gone(editor: Editor) -> None:
    shutil.rmtree(editor.root / "themes", ignore_errors=True)


def static(editor: Editor) -> None:
    path = editor.root / "static" / "words" / f"{editor.number % 3}.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{editor.number}\n", "utf-8")


def static_gone(editor: Editor) -> None:
    shutil.rmtree(editor.root / "static", ignore_errors=True)


def settings(editor: Editor) -> None:
    path = editor.root / "byline.toml"
    base = editor.random.choice(["https://lanterns.example/show/", "https://lanterns.example/other/"])
    path.write_text(
        SETTINGS.replace("Lanterns", f"Lanterns {editor.number}").replace(
            "https://lanterns.example/show/", base
        ),
        "utf-8",
    )


def settings_broken(editor: Editor) -> None:
    editor.break_it(editor.root / "byline.toml", "[archive\n")


def content_elsewhere(editor: Editor) -> None:
    """The whole folder goes, as version control does it, and comes back."""
    if not editor.mend:
        content, other = editor.root / "content", editor.root / ".elsewhere"
        content.rename(other)
        editor.mend = lambda: other.rename(content)


ACTIONS: tuple[Callable[[Editor], None], ...] = (
    body,
    body,
    body,
    link,
    title,
    row,
    create,
    create,
    delete,
    delete_what_is_needed,
    move,
    case,
    draft,
    embargo,
    withdraw,
    half_saved,
    broken,
    template,
    template_gone,
    template_broken,
    theme,
    theme_gone,
    static,
    static_gone,
    settings,
    settings_broken,
    content_elsewhere,
)
