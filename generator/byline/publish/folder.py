"""A folder of this machine, or one that is mounted here: what a web server serves."""

import os
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from byline.measures import digest_of
from byline.publish.release import STATE, File, token_of
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
            if (again or not self._at(target).exists()) and file.is_file() and not file.is_symlink():
                self._write(target, file)

    def remove(self, paths: Sequence[str]) -> None:
        """Delete files, and folders that this empties."""
        folders = set()
        for path in paths:
            self._at(path).unlink(missing_ok=True)
            folders.add(self._at(path).parent)
        for folder in sorted(folders, key=lambda one: len(one.parts), reverse=True):
            while folder != self.root and folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()
                folder = folder.parent

    def present(self, paths: Sequence[str]) -> set[str]:
        """Which of these files are there."""
        return {path for path in paths if self._at(path).is_file()}

    def wrong(self, files: Sequence[File]) -> list[str]:
        """Read back: the files whose bytes are others."""
        return [file.path for file in files if digest_of(self._at(file.path)) != file.digest]

    def digests(self, paths: Sequence[str]) -> dict[str, str]:
        """The digests of these files, of those that are there."""
        return {path: digest for path in paths if (digest := digest_of(self._at(path)))}
