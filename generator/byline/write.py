"""Writing a site: staged apart, moved into place when all is well, stale files removed last.

Until `commit` nothing in the output has changed. While it runs, every file is the old or the new one;
parts come before the pages that need them, deletions and the manifest last. What the manifest
does not list is not ours and is left alone.
"""

import ctypes
import errno
import os
import shutil
import sys
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec

from byline.problems import Place, Problem
from byline.survey import MANIFEST
from byline.values import Artifact, Kept, Manifest

try:
    import fcntl
except ImportError:  # where there are no such locks
    fcntl = None  # type: ignore[assignment]

STAGING = ".byline-staging"
# Folders of parts, which pages refer to.
PARTS = ("assets", "media")
_NEW = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0)


def refuse(root: Path, content: str, output: Path, cache: Path | None = None) -> Problem | None:
    """Why a folder cannot be the output: it holds the archive or lies in its content, or is not ours, or what
    is kept in the cache, drafts among it, would stand in it.
    """
    try:
        message = _refusal(root, content, output, cache)
    except (OSError, RuntimeError) as error:  # RuntimeError: links that lead to each other
        message = getattr(error, "strerror", "") or "this leads nowhere"
    if not message:
        return None
    return Problem(
        "bad-output", f"cannot write to {output.name}: {message}", Place("--output"), "name another folder"
    )


def _refusal(root: Path, content: str, output: Path, cache: Path | None) -> str:
    target = output.resolve()
    inside = (root / content).resolve()
    sources = [root / name for name in ("templates", "themes", "static")]
    if target == Path(target.anchor) or target in (root.resolve(), *root.resolve().parents):
        return "this folder holds the archive itself"
    if any(target == one.resolve() or one.resolve() in target.parents for one in (inside, *sources)):
        return "this is a folder of the archive's own sources"
    # A cache that leads nowhere is only slower, and `resolve` would raise.
    if cache and target in ((kept := Path(os.path.realpath(cache))), *kept.parents):
        return "the cache lies in this folder, and would be published"
    if output.is_symlink() or (output.exists() and not output.is_dir()):
        return "this is not a folder"
    if output.is_dir() and not (output / MANIFEST).exists() and _foreign(output):
        return "there are files here that Byline did not write"
    return ""


def failure(folder: Path, error: OSError, option: str = "--output") -> Problem:
    """What to say when the output, or the cache, cannot be written: a full disk, no leave to write."""
    reason = error.strerror or type(error).__name__
    message = f"cannot write to {folder.name}: {reason}"
    return Problem("bad-output", message, Place(option), "make room, or name another folder")


def _foreign(output: Path) -> bool:
    return any(not entry.name.startswith(".") for entry in output.iterdir())


@contextmanager
def locked(output: Path, waiting: Callable[[], None]) -> Iterator[None]:
    """Hold a folder, which is made where there is none, against other builds; waits until they are done.

    The folder itself is locked, so that nothing is left of it; the system lets it go when the last process
    that holds it ends, workers whose parent was killed among them. Raises OSError.
    """
    with plain_modes():
        output.mkdir(parents=True, exist_ok=True)
    handle = os.open(output, os.O_RDONLY)
    try:
        if fcntl:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                waiting()
                fcntl.flock(handle, fcntl.LOCK_EX)
            except OSError:
                pass  # a file system without locks
        yield
    finally:
        os.close(handle)


@contextmanager
def plain_modes() -> Iterator[None]:
    """Files that everybody may read, whatever the umask: the same modes on every machine."""
    before = os.umask(0o022)
    try:
        yield
    finally:
        os.umask(before)


class Stage:
    """A site in the making: `put` every artifact, name it in `files`, then `commit` once, or `discard`.

    `moved` are folders that `commit` put into the output as a whole, so that nothing else can be in them.
    Where it `stuck` something stands in the place of a stale file.
    """

    def __init__(self, output: Path, past: Manifest) -> None:
        """Nothing is written yet."""
        self.output, self.past = output, past
        self.folder = output / STAGING
        self.files: dict[str, Kept] = {}
        self.moved: set[str] = set()
        self.stuck = False
        # Folders of the stage, and whether something stands there in the output; below nothing is nothing.
        self._folders = {"": True}

    def clear(self) -> None:
        """Make room apart from the output; what a killed build left there goes. Raises OSError."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir()

    def put(self, artifact: Artifact) -> None:
        """Stage the bytes of an artifact unless its file has them; in any process. Raises OSError."""
        known = self.past.files.get(artifact.path)
        if artifact.data is None or (known is not None and known[1] == artifact.digest):
            return
        path = artifact.path
        if path.startswith("/") or ".." in path.split("/"):
            raise OSError(errno.EINVAL, f"{path} lies outside of it")
        if self._make_folder(path.rpartition("/")[0]):
            self._make_way(path)
        # A quarter sooner than by `open`, which looks at what it has opened.
        handle = os.open(f"{self.folder}/{path}", _NEW, 0o666)
        try:
            rest = memoryview(artifact.data)
            while rest:
                rest = rest[os.write(handle, rest) :]
        finally:
            os.close(handle)

    def _make_folder(self, path: str) -> bool:
        """A folder of the stage, and those around it, which another process may have made.

        Whether something stands in its place in the output.
        """
        stands = self._folders.get(path)
        if stands is None:
            stands = self._make_folder(path.rpartition("/")[0]) and os.path.lexists(f"{self.output}/{path}")
            if stands:
                self._make_way(path, folder=True)
            with suppress(FileExistsError):
                os.mkdir(f"{self.folder}/{path}")  # noqa: PTH102, sooner than by a path
            self._folders[path] = stands
        return stands

    def _make_way(self, path: str, folder: bool = False) -> None:
        """Raise OSError where something stands in the place of a file, or folder, that no build wrote."""
        standing, strange = self.output / path, path
        holds = standing.is_dir() and not standing.is_symlink()
        ours = path in self.past.files and (folder or not holds)
        if ours or not os.path.lexists(standing):
            return
        if holds:
            below = standing.rglob("*") if not folder else ()
            names = (one.relative_to(self.output).as_posix() for one in below if not one.is_dir())
            strange = next((name for name in names if name not in self.past.files), "")
        if strange:
            raise OSError(errno.EEXIST, f"{strange} is in the way, and no build wrote it")

    def commit(self) -> tuple[int, int]:
        """Move everything into place; the numbers of files that changed and that were removed."""
        past = self.past.files
        stale = [path for path in past if path not in self.files]
        # Until all is done a file that is about to change may be the old or the new one.
        changing = {path: ("", "", 0) for path, entry in self.files.items() if entry != past.get(path)}
        changed = sum(path not in past or past[path][1] != self.files[path][1] for path in changing)
        if not changing and not stale:
            self.discard()
            return 0, 0
        soon = self._written("soon", Manifest({**past, **changing}))
        paths = sorted(self.files)
        if paths != list(self.files):
            self.files = {path: self.files[path] for path in paths}
        done = self._written("done", Manifest(self.files))
        _settle(self.output)
        soon.replace(self.output / MANIFEST)
        _settle(self.output)
        for part in PARTS:
            if (self.folder / part).is_dir():
                _merge(self.folder / part, self.output / part)
        self.moved = _merge(self.folder, self.output)
        self.stuck = not _remove(self.output, stale, self.files)
        _settle(self.output)
        done.replace(self.output / MANIFEST)
        return changed, len(stale)

    def discard(self) -> None:
        """Leave the output as it was."""
        shutil.rmtree(self.folder, ignore_errors=True)
        for name in ("soon", "done"):
            with suppress(OSError):
                (self.output / f"{MANIFEST}.{name}").unlink(missing_ok=True)

    def _written(self, name: str, manifest: Manifest) -> Path:
        """A manifest beside the one that it is to replace, when the disk is known to have room for it."""
        file = self.output / f"{MANIFEST}.{name}"
        file.write_bytes(msgspec.json.encode(manifest))
        return file


def _settle(folder: Path) -> None:
    """Wait until a disk has all that was written to it, so that a loss of power cannot change the order.

    Raises OSError where it could not take all.
    """
    if not hasattr(os, "sync"):
        return
    if sys.platform != "linux":
        os.sync()
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        if ctypes.CDLL(None, use_errno=True).syncfs(handle):
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))
    finally:
        os.close(handle)


def _merge(source: Path, target: Path) -> set[str]:
    """Move a staged folder onto the output: a new folder by one rename, an old one entry by entry.

    The names of new folders right below the target.
    """
    if not os.path.lexists(target):
        source.rename(target)
        return set()
    moved = set()
    stack = [(source, target)]
    while stack:
        staged, standing = stack.pop()
        for entry in sorted(os.scandir(staged), key=lambda one: one.name):
            path = standing / entry.name
            if entry.is_dir(follow_symlinks=False):
                if path.is_dir() and not path.is_symlink():
                    stack.append((staged / entry.name, path))
                    continue
                if os.path.lexists(path):
                    path.unlink()
                if standing == target:
                    moved.add(entry.name)
            elif path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            Path(entry.path).replace(path)
    shutil.rmtree(source)
    return moved


def _remove(output: Path, stale: Collection[str], kept: Collection[str]) -> bool:
    """Delete stale files of ours, and folders that this empties; whether all are gone."""
    folders: set[Path] = set()
    gone = True
    for path in stale:
        file = output / path
        if any(parent in kept for parent in _parents(path)):
            continue
        try:
            file.unlink(missing_ok=True)
        except (NotADirectoryError, IsADirectoryError, PermissionError):
            gone = False
            continue
        folders.add(file.parent)
    for folder in sorted(folders, key=lambda one: len(one.parts), reverse=True):
        while folder != output:
            try:
                folder.rmdir()
            except OSError:
                break
            folder = folder.parent
    return gone


def _parents(path: str) -> Iterator[str]:
    while "/" in path:
        path = path.rpartition("/")[0]
        yield path
