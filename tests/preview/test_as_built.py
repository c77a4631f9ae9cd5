"""What a preview serves is what a build writes, but for one script."""

import random
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from conftest import ROOT, Site
from preview.clean import Clean
from preview.running import Running, preview


def different(running: Running, paths: list[str], bytes_of: Callable[[str], bytes | None]) -> list[str]:
    """Files that a preview serves otherwise than they should be, with their status."""

    def fault(path: str) -> str:
        answer = running.get(path)
        scripted = path.endswith(".html") and not path.endswith("/embed/index.html")
        if scripted != (answer.page != answer.data):
            return f"{path}: script"
        return "" if answer.page == bytes_of(path) and answer.status == 200 else f"{path}: {answer.status}"

    with ThreadPoolExecutor(4) as pool:
        return [text for text in pool.map(fault, paths) if text]


def test_every_page_of_the_example_archive(example: Path, tmp_path: Path) -> None:
    found = (path.relative_to(example).as_posix() for path in example.rglob("*") if path.is_file())
    files = sorted(path for path in found if not path.rpartition("/")[2].startswith(".byline"))
    slow = [path for path in files if path.endswith("card.png")]
    few = {*random.Random(6).sample(slow, 10)}
    paths = [path for path in files if path not in slow or path in few]
    cache = shutil.copytree(example.with_name("cache"), tmp_path / "cache")
    converted = sorted(path for path in (cache / "renditions").rglob("*") if path.is_file())
    for path in random.Random(6).sample(converted, 10):  # these are left for the preview to convert
        path.unlink()
    with preview(ROOT, "--cache", str(cache)) as running:
        assert different(running, paths, lambda path: (example / path).read_bytes()) == []


@pytest.mark.archives
def test_pages_of_a_large_archive(jupiter: Site, tmp_path: Path) -> None:
    root = jupiter.root
    cache = shutil.copytree(jupiter.output.with_name("cache"), tmp_path / "cache")
    with preview(root, "--cache", str(cache)) as running:
        clean = Clean(root)
        assert clean.sound
        one_of_each = {output.kind: output.path for output in clean.checked.outputs}
        paths = [*random.Random(6).sample(sorted(clean.outputs), 200), *one_of_each.values()]
        assert different(running, paths, clean.bytes_of) == []
