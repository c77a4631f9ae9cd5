"""Outputs that stand in each other's way. Pure."""

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from functools import cache

from byline.archive import Archive
from byline.pages.here import by_kind
from byline.pages.registry import beside, owners, whole
from byline.permalinks import FOLDERS
from byline.problems import Place, Problem
from byline.values import Key, Output, field_place


def collisions(archive: Archive, apart: Sequence[Output]) -> list[Problem]:
    """Outputs that would be the same file, or a file where another needs a folder, on any file system.

    `apart` are those that are not beside a document. What is beside documents is made of their ids, and never
    in its own way: so all of it is only looked at where something is wrong.
    """
    names = _all_folded([output.path for output in apart])
    files = set(names)
    well = len(files) == len(names) and files.isdisjoint(_folders(names))
    paths = cache(lambda key: [output.path for output in beside(archive, key[0], (key[1],))])
    if well and not any(_meets(archive, name, paths) for name in names):
        return []
    outputs = whole(archive, apart)
    return _clashes(archive, outputs, _all_folded([output.path for output in outputs]))


def _meets(archive: Archive, path: str, paths: Callable[[Key], Sequence[str]]) -> bool:
    """Whether an output is in the way of a sitemap, or of something that is beside a document (`paths`)."""
    if path in FOLDERS.values() or path.startswith("sitemap"):
        return True
    others = (one for key in owners(archive, path) for one in paths(key))
    return any(f"{path}/".startswith(f"{one}/") or one.startswith(f"{path}/") for one in others)


def _clashes(archive: Archive, outputs: Sequence[Output], names: Sequence[str]) -> list[Problem]:
    problems = []
    taken: dict[str, Output] = {}
    folders: dict[str, Output] = {}

    def clash(message: str, one: Output, other: Output) -> Problem:
        place, beside = _cause(archive, one), _cause(archive, other)
        hint = "change an alias, an id or the name of a file"
        return Problem("path-collision", message, place, hint, related=((beside, "the other one"),))

    for output, folded in zip(outputs, names, strict=True):
        first = taken.setdefault(folded, output)
        if first is not output:
            shown = output.path.removesuffix("index.html")
            problems.append(clash(f'two things want the address "/{shown}"', output, first))
        parts = folded.split("/")
        for at in range(1, len(parts)):
            folders.setdefault("/".join(parts[:at]), output)
    for folded, output in taken.items():
        if folded in folders:
            message = f'"/{output.path}" is the address of a file and of a folder'
            problems.append(clash(message, output, folders[folded]))
    return problems


def _all_folded(paths: list[str]) -> list[str]:
    """All paths as file systems compare them; where none of them is written otherwise, these very ones."""
    text = "".join(paths)
    return paths if text.isascii() and text == text.lower() else [_folded(path) for path in paths]


def _folded(path: str) -> str:
    """A path as file systems compare it that tell neither case nor forms of Unicode apart."""
    return path.lower() if path.isascii() else unicodedata.normalize("NFC", path).casefold()


def _folders(paths: Iterable[str]) -> set[str]:
    """All folders that paths are in."""
    found: set[str] = set()
    for path in paths:
        folder = path.rpartition("/")[0]
        while folder and folder not in found:
            found.add(folder)
            folder = folder.rpartition("/")[0]
    return found


def _cause(archive: Archive, output: Output) -> Place:
    """What an editor wrote that an output is made for: a document, an alias, or a file."""
    if output.kind == "static":
        return Place(output.id)
    kind, field = (output.facet, "aliases") if output.kind == "redirect" else (output.kind, "id")
    id_ = "" if kind == "home" else output.id
    document = by_kind(archive).get("page" if kind == "home" else kind, {}).get(id_)
    return field_place(document, field) if document else Place(output.path)
