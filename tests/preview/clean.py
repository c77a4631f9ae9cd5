"""What a clean build would write, without writing all of it: read, linked and planned anew, page by page."""

from collections.abc import Iterable
from pathlib import Path

from byline import build
from byline.assembly import workshop
from byline.make import make
from byline.values import Artifact, Manifest


class Clean:
    """An archive as it stands, as a build without any cache sees it."""

    def __init__(self, root: Path, overrides: tuple[str, ...] = ()) -> None:
        self.checked = build.check(root, overrides)
        self.outputs = {output.path: output for output in self.checked.outputs}
        self.sound = self.checked.sound
        self._workshop = workshop(root, self.checked, Manifest(), root / "no-shelf") if self.sound else None

    def bytes_of(self, path: str) -> bytes | None:
        """A file's bytes; None where it cannot be made."""
        assert self._workshop is not None
        made = make(self._workshop, self.outputs[path])
        return made.data if isinstance(made, Artifact) else None

    def files(self, paths: Iterable[str]) -> dict[str, bytes | None]:
        """The bytes of these files, None for those that do not exist."""
        return {path: self.bytes_of(path) if path in self.outputs else None for path in paths}
