"""Finding documents: which file is what.

A walk asks for names, and for the size, times and number of every file; what is in one is read by those
who need it. Links are not followed: nothing from outside the archive's folder is ever read.
"""

import os
import re
import stat
from collections.abc import Callable, Iterable
from operator import attrgetter
from pathlib import Path
from typing import Literal, NamedTuple

import msgspec

from byline import text as words
from byline.problems import Place, Problem
from byline.read.files import NO_FILE, State, link, nearby, state_of, unreadable
from byline.read.names import FOLDERS, LEDGERS, NEARLY_MD, TABLES, as_ledger, as_md
from byline.values import DocumentKind

Form = Literal["md", "csv", "jsonl"]
_name: Callable[["os.DirEntry[str]"], str] = attrgetter("name")
_PREFIX = re.compile(r"(\d{1,9})-(?=.)")


class Source(msgspec.Struct, frozen=True, gc=False):
    """A file of documents: one in Markdown, or many in a ledger.

    `path` is relative to the archive; `id` is the id that its name gives ("" for ledgers), `order` the
    number before a segment's name; `bundle` the episode bundle's folder that it was found in, or "".
    """

    path: str
    kind: DocumentKind
    form: Form
    id: str = ""
    order: int | None = None
    bundle: str = ""


class Scan(msgspec.Struct, frozen=True):
    """What stands in an archive's folder: documents, and `files` (path to size) that they may refer to.

    `states` are those of all files. `bundles` are folders in `episodes/` without an index.md that hold
    segments, records or ledgers.
    """

    sources: tuple[Source, ...]
    files: dict[str, int]
    bundles: tuple[str, ...]
    problems: tuple[Problem, ...]
    states: dict[str, State] = {}


class Walked(NamedTuple):
    """A walk through the folder `content` that was begun after the moment `started`; `scan` waits for it."""

    started: int
    content: str
    scan: Callable[[], Scan]


class _Walk:
    def __init__(self, root: Path, content: str) -> None:
        self.root, self.content = root, content
        self.sources: list[Source] = []
        self.files: dict[str, int] = {}
        self.states: dict[str, State] = {}
        self.bundles: list[str] = []
        self.problems: list[Problem] = []

    def warn(self, code: str, path: str, message: str, hint: str = "") -> None:
        self.problems.append(Problem(code, message, Place(path), hint, "warning"))

    def entries(self, folder: str) -> tuple[list[str], list[str]]:
        """Names of folders and of regular files, sorted; others are named as problems."""
        folders, files = [], []
        try:
            listed = sorted(os.scandir(f"{self.root}/{folder}"), key=_name)
        except OSError as error:
            self.problems.append(unreadable(folder, error))
            return [], []
        all_plain = words.is_line("".join(map(_name, listed)))
        for entry in listed:
            name = entry.name
            if name[0] in "._":
                continue
            path = f"{folder}/{name}"
            if not all_plain and not words.is_line(name):
                shown = " ".join(words.clean(path).split())
                self.warn(
                    "bad-file", shown, "the name of this file holds characters that cannot be shown",
                    "give it a plain name; it is not read",
                )  # fmt: skip
            elif entry.is_symlink():
                self.problems.append(link(path))
            elif entry.is_dir(follow_symlinks=False):
                folders.append(name)
            elif stat.S_ISREG((found := entry.stat(follow_symlinks=False)).st_mode):
                files.append(name)
                self.files[path] = found.st_size
                self.states[path] = state_of(found)
            else:
                self.warn("not-followed", path, NO_FILE, "take it away")
        return folders, files

    def document(self, path: str, kind: DocumentKind, stem: str, bundle: str) -> None:
        order = None
        if kind == "segment" and (prefix := _PREFIX.match(stem)):
            order, stem = int(prefix[1]), stem[prefix.end() :]
        self.sources.append(Source(path, kind, "md", stem, order, bundle))

    def ledgers(self, folder: str, files: list[str], bundle: str) -> None:
        for name in files:
            stem, dot, ending = name.rpartition(".")
            suffix = dot + ending
            if suffix in LEDGERS and stem in FOLDERS:
                path = f"{folder}/{name}"
                form: Form = "csv" if suffix == ".csv" else "jsonl"
                self.sources.append(Source(path, FOLDERS[stem], form, bundle=bundle))
                self.files.pop(path)

    def kind(self, top: str, kind: DocumentKind, bundle: str = "") -> None:
        """All documents of a kind below a folder, however nested."""
        stack = [top]
        while stack:
            folder = stack.pop()
            folders, files = self.entries(folder)
            name = folder.rpartition("/")[2]
            if folder != top and "index.md" in files:
                stem = folder[len(top) + 1 :] if kind == "page" else name
                self.document(f"{folder}/index.md", kind, stem, bundle)
                self.beside(folder, files, kind)
                if kind == "episode":
                    self.bundle(folder, folders, files)
                else:
                    self.attachments(folder, folders)
                continue
            if folder != top:
                files = self.without_index(folder, files)
            if kind == "episode" and folder != top and self.holds_parts(folders, files):
                self.bundles.append(folder)
                self.bundle(folder, folders, files)
                continue
            for file in files:
                lower = file.lower()
                if lower.endswith(".md"):
                    stem = file[:-3]
                    below = folder[len(top) + 1 :]
                    if kind == "page" and below:
                        stem = f"{below}/{stem}"
                    self.document(f"{folder}/{file}", kind, stem, bundle)
                elif file.endswith(LEDGERS):
                    self.misplaced(folder, file, bundle or self.content, kind)
                elif lower.endswith(NEARLY_MD):
                    self.unread(f"{folder}/{file}", words.did_you_mean(as_md(file)))
            stack.extend(f"{folder}/{name}" for name in reversed(folders))

    def unread(self, path: str, hint: str) -> None:
        """A file or folder with a name that nothing reads, unless a document refers to it."""
        what = "file" if path in self.files else "folder"
        self.warn("unknown-file", path, f"nothing reads this {what}", hint)

    def without_index(self, folder: str, files: list[str]) -> list[str]:
        """The files of a folder but one that was meant to be its index.md, which is named."""
        meant = [name for name in files if name != "index.md" and as_md(name) == "index.md"]
        if not meant or "index.md" in files:
            return files
        for name in meant:
            self.unread(f"{folder}/{name}", words.did_you_mean("index.md"))
        return [name for name in files if name not in meant]

    def beside(self, folder: str, files: list[str], kind: DocumentKind) -> None:
        """Texts beside an index.md, which look like documents and are attached to it."""
        for name in files:
            if name != "index.md" and name.lower().endswith((".md", *NEARLY_MD)):
                place = "into segments/ or records/" if kind == "episode" else "out of this folder"
                self.unread(f"{folder}/{name}", f"move it {place}, or refer to it in a document")

    def misplaced(self, folder: str, file: str, place: str, kind: DocumentKind) -> None:
        """A ledger where none is read, unless a document refers to it; `kind` is what stands around it."""
        stem, dot, suffix = file.rpartition(".")
        right = f"{place}/{stem if stem in FOLDERS else f'{kind}s'}{dot}{suffix}"
        hint = f"move its rows into {right}, or refer to it in a document"
        self.warn("unknown-file", f"{folder}/{file}", "nothing reads this file", hint)

    def holds_parts(self, folders: list[str], files: list[str]) -> bool:
        ledgers = {f"{name}{suffix}" for name in ("segments", "records") for suffix in LEDGERS}
        return bool({"segments", "records"} & set(folders) or ledgers & set(files))

    def bundle(self, folder: str, folders: list[str], files: list[str]) -> None:
        """An episode's bundle: its ledgers, segments and records; all else is attached."""
        self.ledgers(folder, files, folder)
        self.nearly_ledgers(folder, files)
        for name in folders:
            below = f"{folder}/{name}"
            if name in ("segments", "records"):
                self.kind(below, FOLDERS[name], folder)
                continue
            near = words.nearest(name, ("segments", "records"))
            folders_below, files_below = self.entries(below)
            if near or any(file.lower().endswith(".md") for file in files_below):
                hint = words.did_you_mean(near) or "documents stand in segments/ and records/"
                self.unread(below, hint)
            self.attachments(below, folders_below)

    def nearly_ledgers(self, folder: str, files: list[str]) -> None:
        """Tables whose names are nearly those of ledgers."""
        for name in files:
            path = f"{folder}/{name}"
            if name.lower().endswith(TABLES) and path in self.files and (hint := as_ledger(name)):
                self.unread(path, hint)

    def top(self, files: list[str]) -> None:
        """What stands in the content's own folder, beside the ledgers."""
        self.nearly_ledgers(self.content, files)
        for name in self.without_index(self.content, files):
            path, lower = f"{self.content}/{name}", name.lower()
            if name == "index.md":
                self.document(path, "page", "", "")
            elif lower.endswith((".md", *NEARLY_MD)):
                self.unread(path, f"move it into a folder of its kind, such as {self.content}/pages/")
            elif lower.endswith(LEDGERS) and path in self.files and not as_ledger(name):
                self.unread(path, f"known here: {', '.join(f'{one}.csv' for one in FOLDERS)}")

    def attachments(self, folder: str, folders: list[str]) -> None:
        """Note the files below a bundle's folders, which its documents may name."""
        stack = [f"{folder}/{name}" for name in folders]
        while stack:
            below = stack.pop()
            stack.extend(f"{below}/{name}" for name in self.entries(below)[0])


def scan(root: Path, content: str = "content") -> Scan:
    """Everything that stands in an archive's folder, in a stable order.

    `root` is the folder of byline.toml, `content` the folder of the content in it.
    """
    walk = _Walk(root, content)
    if (root / content).is_symlink() or not (root / content).is_dir():
        hint = nearby(root, content) or "byline new DIR makes an archive"
        problem = Problem("no-content", f'there is no folder "{content}" here', Place(content), hint)
        return Scan((), {}, (), (problem,))
    folders, files = walk.entries(content)
    walk.ledgers(content, files, "")
    walk.top(files)
    for folder in folders:
        if folder in FOLDERS and folder != "segments":
            walk.kind(f"{content}/{folder}", FOLDERS[folder])
        elif folder == "segments":
            walk.unread(
                f"{content}/{folder}", f"move it into the folder of its episode: {content}/episodes/ID/"
            )
        else:
            kinds = [name for name in FOLDERS if name != "segments"]
            hint = words.did_you_mean(words.nearest(folder, kinds))
            walk.unread(f"{content}/{folder}", hint or f"known here: {', '.join(kinds)}")
    return Scan(tuple(walk.sources), walk.files, tuple(walk.bundles), tuple(walk.problems), walk.states)


def rescan(root: Path, content: str, before: Scan, paths: Iterable[str]) -> Scan | None:
    """The scan of a folder in which only these paths may have changed since `before`; None where it must be
    walked again, since files have come or gone.
    """
    states, files = before.states.copy(), before.files.copy()
    for path in paths:
        if path != content and not path.startswith(f"{content}/"):
            continue
        try:
            found = (root / path).lstat()
        except OSError:
            if path in states or path == content:
                return None
            continue  # a file that an editor needed for a moment
        if path not in states or not stat.S_ISREG(found.st_mode):
            return None
        states[path] = state_of(found)
        if path in files:
            files[path] = found.st_size
    return msgspec.structs.replace(before, states=states, files=files)
