"""What a clean build would write, without writing all of it: read, linked and planned anew, page by page."""

from collections.abc import Iterable
from pathlib import Path

from byline import checking
from byline.asked import Asked
from byline.assembly import workshop
from byline.make import make
from byline.reading import begin
from byline.stages import Checked
from byline.templating import Templates, load
from byline.times import today
from byline.values import Artifact, Manifest

# Compiling templates takes longer than all else here: the same files are compiled once.
_compiled: dict[object, Templates] = {}


class Clean:
    """An archive as it stands, as a build without any cache sees it."""

    def __init__(self, root: Path, overrides: tuple[str, ...] = ()) -> None:
        self.checked = _check(root, overrides)
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


def _check(root: Path, overrides: tuple[str, ...]) -> Checked:
    """As `checking.check` does it, with templates of the same bytes."""
    contents = checking.read(Asked(root), begin(Asked(root, overrides)).texts())
    if contents.scan is None:
        return Checked(contents, contents.problems)
    files = [
        (path.as_posix(), path.read_bytes() if path.is_file() else b"")
        for folder in ("templates", "themes")
        for path in sorted((root / folder).rglob("*"))
    ]
    theme, language = contents.settings.build.theme, contents.settings.archive.language
    key = root, theme, language, tuple(files)
    if key not in _compiled:
        _compiled[key] = load(root, theme, language)
    return checking.plan(root, checking.linked(contents, contents.scan, today("")), _compiled[key])
