"""Writing a site: staged apart, moved into place when all is well, stale files removed last.

Until `commit` nothing in the output has changed. While it runs, every file is the old or the new one;
parts come before the pages that need them, deletions and the manifest last (rulings 24). What the manifest
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
from byline.values import Artifact, Kept, Manifest

try:
    import fcntl
except ImportError:  # where there are no such locks
    fcntl = None  # type: ignore[assignment]

MANIFEST = ".byline-manifest.json"
STAGING = ".byline-staging"
# Folders of parts, which pages refer to.
PARTS = ("assets", "media")


def read_manifest(output: Path) -> Manifest:
    """What the last build left in a folder; empty where there is none or it cannot be read.

    A file that is gone, or has another size than it was given, has neither key nor digest, so that it is
    made again. Whatever the manifest says, nothing outside the folder is ours.
    """
    try:
        manifest = msgspec.json.decode((output / MANIFEST).read_bytes(), type=Manifest)
    except (OSError, msgspec.DecodeError):
        return Manifest()
    return Manifest(
        {
            path: entry if _stands(f"{output}/{path}", entry[2]) else ("", "", 0)
            for path, entry in manifest.files.items()
            if not path.startswith("/") and ".." not in path.split("/")
        }
    )


def _stands(path: str, size: int) -> bool:
    try:
        return os.lstat(path).st_size == size
    except (OSError, ValueError):
        return False


def refuse(root: Path, content: str, output: Path) -> Problem | None:
    """Why a folder cannot be the output: it holds the archive or lies in its content, or is not ours."""
    target = output.resolve()
    inside = (root / content).resolve()
    sources = [root / name for name in ("templates", "themes", "static")]
    if target == Path(target.anchor) or target in (root.resolve(), *root.resolve().parents):
        message = "this folder holds the archive itself"
    elif any(target == one.resolve() or one.resolve() in target.parents for one in (inside, *sources)):
        message = "this is a folder of the archive's own sources"
    elif output.is_symlink() or (output.exists() and not output.is_dir()):
        message = "this is not a folder"
    elif output.is_dir() and not (output / MANIFEST).exists() and _foreign(output):
        message = "there are files here that Byline did not write"
    else:
        return None
    return Problem(
        "bad-output", f"cannot write to {output.name}: {message}", Place("--output"), "name another folder"
    )


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
    """A site in the making: `put` every artifact, name it in `files`, then `commit` once, or `discard`."""

    def __init__(self, output: Path, past: Manifest) -> None:
        """Nothing is written yet."""
        self.output, self.past = output, past
        self.folder = output / STAGING
        self.files: dict[str, Kept] = {}
        self._folders: set[str] = set()

    def clear(self) -> None:
        """Make room apart from the output; what a killed build left there goes. Raises OSError."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir()

    def put(self, artifact: Artifact) -> None:
        """Stage the bytes of an artifact unless its file has them; in any process. Raises OSError."""
        known = self.past.files.get(artifact.path)
        if artifact.data is None or (known is not None and known[1] == artifact.digest):
            return
        self._make_way(artifact.path)
        self._make_folder(artifact.path.rpartition("/")[0])
        with open(f"{self.folder}/{artifact.path}", "wb") as file:  # noqa: PTH123, sooner than by a path
            file.write(artifact.data)

    def _make_folder(self, path: str) -> None:
        """A folder of the stage, and those around it, which another process may have made."""
        if not path or path in self._folders:
            return
        self._make_folder(path.rpartition("/")[0])
        self._make_way(path, folder=True)
        with suppress(FileExistsError):
            os.mkdir(f"{self.folder}/{path}")  # noqa: PTH102, sooner than by a path
        self._folders.add(path)

    def _make_way(self, path: str, folder: bool = False) -> None:
        """Raise OSError where something stands in the place of a file, or folder, that no build wrote."""
        if path.startswith("/") or ".." in path.split("/"):
            raise OSError(errno.EINVAL, f"{path} lies outside of it")
        if path in self.past.files or not os.path.lexists(f"{self.output}/{path}"):
            return
        standing, strange = self.output / path, path
        if standing.is_dir() and not standing.is_symlink():
            below = standing.rglob("*") if not folder else ()
            names = (one.relative_to(self.output).as_posix() for one in below if not one.is_dir())
            strange = next((name for name in names if name not in self.past.files), "")
        if strange:
            raise OSError(errno.EEXIST, f"{strange} is in the way, and no build wrote it")

    def commit(self) -> tuple[int, int]:
        """Move everything into place; the numbers of files that changed and that were removed."""
        stale = [path for path in self.past.files if path not in self.files]
        # Until all is done a file that is about to change may be the old or the new one.
        changing = {
            path: ("", "", 0) for path, entry in self.files.items() if entry != self.past.files.get(path)
        }
        pending = {**self.past.files, **changing}
        changed = sum(len(files) for _, _, files in os.walk(self.folder))
        if not changed and not stale and self.files == self.past.files:
            self.discard()
            return 0, 0
        soon = self._written("soon", Manifest(pending))
        done = self._written("done", Manifest(dict(sorted(self.files.items()))))
        _settle(self.output)
        soon.replace(self.output / MANIFEST)
        _settle(self.output)
        for part in PARTS:
            if (self.folder / part).is_dir():
                _merge(self.folder / part, self.output / part)
        _merge(self.folder, self.output)
        _remove(self.output, stale, self.files)
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


def _merge(source: Path, target: Path) -> None:
    """Move a staged folder onto the output: a new folder by one rename, an old one entry by entry."""
    if not os.path.lexists(target):
        source.rename(target)
        return
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
            elif path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            Path(entry.path).replace(path)
    shutil.rmtree(source)


def _remove(output: Path, stale: Collection[str], kept: Collection[str]) -> None:
    """Delete stale files of ours, and folders that this empties."""
    folders: set[Path] = set()
    for path in stale:
        file = output / path
        if any(parent in kept for parent in _parents(path)):
            continue
        try:
            file.unlink(missing_ok=True)
        except (NotADirectoryError, IsADirectoryError, PermissionError):
            continue
        folders.add(file.parent)
    for folder in sorted(folders, key=lambda one: len(one.parts), reverse=True):
        while folder != output:
            try:
                folder.rmdir()
            except OSError:
                break
            folder = folder.parent


def _parents(path: str) -> Iterator[str]:
    while "/" in path:
        path = path.rpartition("/")[0]
        yield path


def foreign(output: Path, manifest: Manifest) -> tuple[str, ...]:
    """Files in an output folder that no build wrote, sorted; hidden ones are nobody's business."""
    found, waiting = [], [""]
    while waiting:
        above = waiting.pop()
        with suppress(OSError), os.scandir(f"{output}/{above}") as entries:
            for entry in entries:
                path = above + entry.name
                if path in manifest.files or entry.name[0] == ".":
                    continue
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(f"{path}/")
                elif not entry.is_dir():
                    found.append(path)
    return tuple(sorted(found))
