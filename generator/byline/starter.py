"""A new archive: a small one that builds at once and shows an editor where everything goes."""

from collections.abc import Iterator
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path


def make_archive(folder: Path) -> Iterator[str]:
    """Write the files of a new archive into a folder; yields the path of each. Raises OSError."""
    source = resources.files("byline").joinpath("data", "starter")
    for path, file in sorted(_files(source, "")):
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(file.read_bytes())
        yield path


def _files(folder: Traversable, above: str) -> Iterator[tuple[str, Traversable]]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _files(entry, f"{above}{entry.name}/")
        else:
            yield f"{above}{entry.name}", entry
