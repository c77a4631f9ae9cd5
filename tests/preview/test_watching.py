"""What a preview notices by itself."""

import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import write
from preview.edits import SETTINGS, begin
from preview.running import Running, preview, until


@pytest.mark.parametrize("path", [".well-known/security.txt", ".htaccess", "back~", ".hidden/~"])
def test_whatever_is_new_in_static_is_shown(path: str, tmp_path: Path) -> None:
    root = write(begin(tmp_path / "archive"), {"static/plain.txt": "plain"})
    with preview(root) as running:
        assert running.get(path).status == 404
        time.sleep(4)  # what is looked at in any case, shortly after the start, has been looked at
        write(root, {f"static/{path}": "new"})
        until(lambda: running.get(path).data == b"new")


def shows(running: Running, text: str) -> None:
    """Wait until a page holds a text."""
    until(lambda: text.encode() in running.get("about/").data)


def by_a_copy(root: Path) -> None:
    shutil.copytree(root, root.with_name("copy"))
    shutil.rmtree(root)
    root.with_name("copy").rename(root)


def after_a_while(root: Path) -> None:
    shutil.copytree(root, root.with_name("copy"))
    shutil.rmtree(root)
    time.sleep(3)
    root.with_name("copy").rename(root)


def by_its_copy(root: Path) -> None:
    root.rename(root.with_name("old"))
    shutil.copytree(root.with_name("old"), root)


def by_itself(root: Path) -> None:
    shutil.copytree(root, root.with_name("copy"))
    for path in root.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    shutil.copytree(root.with_name("copy"), root, dirs_exist_ok=True)


@pytest.mark.parametrize("replace", [by_a_copy, after_a_while, by_its_copy, by_itself])
def test_an_archive_whose_folder_was_replaced_is_watched_on(
    replace: Callable[[Path], None], tmp_path: Path
) -> None:
    root = begin(tmp_path / "archive")
    with preview(root) as running:
        shows(running, "Lanterns")
        replace(root)
        time.sleep(6)  # what is looked at in any case, shortly after a change, has been looked at
        for number in range(2):
            title, words = f"Lamps {number}", f"Words {number}."
            write(root, {"byline.toml": SETTINGS.replace("Lanterns", title)})
            shows(running, title)
            write(root, {"content/pages/about.md": f"---\ntitle: About\n---\n{words}\n"})
            shows(running, words)
