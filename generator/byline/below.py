"""What stands below a folder of an archive that holds no documents: static/, templates/, themes/."""

import os
from contextlib import suppress
from pathlib import Path

from byline import text as words
from byline.builtin import builtin
from byline.problems import Place, Problem
from byline.read.files import NO_FILE, link, unreadable

# Folders with files that pages are made with.
SOURCES = ("templates", "themes")


def below(root: Path, folder: str) -> tuple[tuple[str, ...], tuple[Problem, ...]]:
    """The files below a folder, relative to `root`, in a stable order; and what cannot be one of them.

    Links are not followed, and what git keeps for itself is left out. Nothing is wrong where there is no such
    folder.
    """
    found: list[str] = []
    problems: list[Problem] = []
    waiting = [folder]
    if (root / folder).is_symlink():
        return (), (link(folder),)
    while waiting:
        at = waiting.pop()
        try:
            with os.scandir(f"{root}/{at}") as listed:
                entries = sorted(listed, key=lambda entry: entry.name)
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as error:
            problems.append(unreadable(at, error))
            continue
        folders = []
        for entry in entries:
            if entry.name.casefold() == ".git":  # a checkout's own: there may be keys in it
                continue
            path = f"{at}/{entry.name}"
            if not words.is_line(entry.name):
                shown = " ".join(words.clean(path).split())
                message = "the name of this file holds characters that cannot be shown"
                hint = "give it a plain name; it is not read"
                problems.append(Problem("bad-file", message, Place(shown), hint, "warning"))
            elif entry.is_dir(follow_symlinks=False) and path.count("/") == words.DEEPEST:
                message = f"this is {words.DEEPEST} folders deep; what is in it is not read"
                problems.append(Problem("bad-file", message, Place(path), "move it up", "warning"))
            elif entry.is_dir(follow_symlinks=False):
                folders.append(path)
            elif entry.is_file(follow_symlinks=False):
                found.append(path)
            elif entry.is_symlink():
                problems.append(link(path))
            else:
                problems.append(Problem("not-followed", NO_FILE, Place(path), "take it away", "warning"))
        waiting += reversed(folders)
    return tuple(found), tuple(problems)


def names(top: Path) -> list[str]:
    """The names of all files below a folder, sorted; links are not followed. No folder is too deep.

    Of what ships with the program they are: some installers put links in the place of its files.
    """
    follow = any(top.is_relative_to(builtin(name)) for name in SOURCES)
    found: list[str] = []
    waiting = [""] if follow or not top.is_symlink() else []
    while waiting:
        at = waiting.pop()
        with suppress(OSError), os.scandir(f"{top}/{at}") as listed:
            for entry in listed:
                if entry.is_file(follow_symlinks=follow):
                    found.append(at + entry.name)
                elif entry.name.casefold() == ".git":
                    continue
                elif entry.is_dir(follow_symlinks=False) and at.count("/") < words.DEEPEST - 1:
                    waiting.append(f"{at}{entry.name}/")
    return sorted(found)


def is_text(name: str) -> bool:
    """Whether a name of the file system is Unicode, as addresses are."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def faults(root: Path) -> tuple[Problem, ...]:
    """What cannot be read of the files that pages are made with. Without this a page would be another one."""
    told: list[Problem] = []
    for folder in SOURCES:
        files, problems = below(root, folder)
        told += problems
        for path in files:
            try:
                os.close(os.open(f"{root}/{path}", os.O_RDONLY))
            except FileNotFoundError:
                continue  # it went meanwhile
            except OSError as error:
                told.append(unreadable(path, error))
    return tuple(told)
