"""A folder of this machine, or one that is mounted here: what a web server serves."""

import os
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from byline.measures import digest_of
from byline.publish.release import KEPT, STATE, File, token_of
from byline.publish.sending import Overtaken, Refused
from byline.write import plain_modes

# A lock is held for an instant; one that is older was left by somebody who was killed.
STALE = 60.0
# How the names of files begin that are being written.
NEW = "new-"


class Folder:
    """A depot in a folder: every file is written apart and moved into its place."""

    def __init__(self, root: Path) -> None:
        """Nothing is touched yet."""
        self.root = root

    def _at(self, path: str) -> Path:
        return self.root / path

    def read(self) -> tuple[bytes, str]:
        """The record, and its token."""
        try:
            data = self._at(STATE).read_bytes()
        except FileNotFoundError:
            return b"", ""
        return data, token_of(data)

    def version(self) -> str:
        """The token of the record now."""
        return self.read()[1]

    def write(self, record: bytes, version: str) -> str:
        """Replace the record of a version. Raises Overtaken."""
        with plain_modes():
            self._at(STATE).parent.mkdir(parents=True, exist_ok=True)
        with self._locked():
            if self.version() != version:
                raise Overtaken
            for left in self._at(STATE).parent.glob(f"{NEW}*"):  # by a publish that was killed
                left.unlink(missing_ok=True)
            if not version:
                shutil.rmtree(self._at(KEPT), ignore_errors=True)
            self._write(STATE, record)
        return token_of(record)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        lock = self._at(STATE).with_name("lock")
        for _ in range(100):
            try:
                lock.mkdir()
                break
            except FileExistsError:
                try:
                    if time.time() - lock.stat().st_mtime > STALE:
                        lock.rmdir()
                except OSError:
                    pass
                time.sleep(0.05)
        else:
            raise Refused("another publish holds the lock of that folder; try again in a minute")
        try:
            yield
        finally:
            lock.rmdir()

    def _write(self, path: str, data: bytes | Path) -> None:
        target = self._at(path)
        with plain_modes():
            target.parent.mkdir(parents=True, exist_ok=True)
        if target.is_dir() and not target.is_symlink():  # with no file in it, or it would be in the way
            for folder in [*sorted(target.rglob("*"), reverse=True), target]:
                folder.rmdir()
        temporary = self._at(STATE).with_name(f"{NEW}{os.getpid()}")
        try:
            if isinstance(data, Path):
                shutil.copyfile(data, temporary)
            else:
                temporary.write_bytes(data)
            temporary.chmod(0o644)
            temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)

    def put(self, files: Sequence[File], done: Callable[[int], None]) -> None:
        """Copy files into their places, one after the other."""
        for number, file in enumerate(files, 1):
            self._write(file.path, file.source or file.data)
            done(number)

    def copy(self, pairs: Sequence[tuple[str, str]], *, again: bool) -> None:
        """Copy inside the folder. A link is nothing of ours, and would be followed with our rights."""
        for source, target in pairs:
            file = self._at(source)
            if (again or not self._at(target).exists()) and self._is_there(source) and not file.is_symlink():
                self._write(target, file)

    def remove(self, paths: Sequence[str]) -> None:
        """Delete files and links, and folders that this empties."""
        folders = set()
        for path in paths:
            file = self._at(path)
            if self._link_above(path) is None and (file.is_symlink() or not file.is_dir()):
                with suppress(FileNotFoundError, NotADirectoryError):
                    file.unlink()
                folders.add(file.parent)
        for folder in sorted(folders, key=lambda one: len(one.parts), reverse=True):
            while folder != self.root and folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()
                folder = folder.parent

    def _link_above(self, path: str) -> str | None:
        """The link through which a path leads out of what is ours."""
        return next((folder for folder in _folders(path) if self._at(folder).is_symlink()), None)

    def in_the_way(self, coming: Sequence[str], going: Sequence[str]) -> dict[str, str]:
        """What has to go before files can come, or go."""
        found: dict[str, str] = {}
        for path in (*coming, *going):
            if link := self._link_above(path):
                found.setdefault(link, path)
        for path in coming:
            if (target := self._at(path)).is_dir() and not target.is_symlink():
                inside = (one for one in target.rglob("*") if one.is_symlink() or not one.is_dir())
                found |= {one.relative_to(self.root).as_posix(): path for one in inside}
            for folder in _folders(path):
                if os.path.lexists(self._at(folder)) and not self._at(folder).is_dir():
                    found.setdefault(folder, path)
        return found

    def present(self, paths: Sequence[str]) -> set[str]:
        """Which of these files are there."""
        return {path for path in paths if self._is_there(path)}

    def _is_there(self, path: str) -> bool:
        return self._at(path).is_file() and self._link_above(path) is None

    def wrong(self, files: Sequence[File]) -> list[str]:
        """Read back: the files whose bytes are others."""
        there = self.digests([file.path for file in files])
        return [file.path for file in files if there.get(file.path) != file.digest]

    def digests(self, paths: Sequence[str]) -> dict[str, str]:
        """The digests of these files, of those that are there."""
        return {path: digest_of(self._at(path)) for path in paths if self._is_there(path)}


def _folders(path: str) -> Iterator[str]:
    """The folders above a path, the nearest first."""
    while path := path.rpartition("/")[0]:
        yield path
