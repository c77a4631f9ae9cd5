"""How the folder of a site stands: what of its manifest is there, and what is there beside it."""

import os
from collections.abc import Collection
from contextlib import suppress
from hashlib import blake2b, file_digest
from pathlib import Path

import msgspec

from byline.values import Kept, Manifest

MANIFEST = ".byline-manifest.json"
# What is known of a file that is gone or was hurt: it is made again.
FALLEN: Kept = ("", "", 0)


class Survey(msgspec.Struct, frozen=True):
    """What is wrong with the files of the manifest that has this digest; it is empty where there is none.

    Files that have `fallen` are gone, or have another size than they were given. What lies `outside` of the
    folder is not ours, whatever the manifest says.
    """

    digest: bytes = b""
    fallen: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()


class Strangers(msgspec.Struct, frozen=True):
    """The files in an output that are not in the manifest that has this digest."""

    digest: bytes
    files: tuple[str, ...]


def survey(output: Path) -> Survey:
    """How the files stand that the last build left in a folder."""
    return _survey(output, *_read(output))


def verified(output: Path) -> Survey:
    """The same, where every file is read: one that has other bytes than it was given has fallen, too."""
    files, digest = _read(output)
    found = _survey(output, files, digest)
    known = {*found.fallen, *found.outside}
    hurt = [
        path for path, entry in files.items() if path not in known and not _holds(output / path, entry[1])
    ]
    return msgspec.structs.replace(found, fallen=(*found.fallen, *hurt))


def strangers(output: Path) -> Strangers:
    """What stands beside the files that the last build left in a folder."""
    files, digest = _read(output)
    return Strangers(digest, foreign(output, files))


def read_manifest(output: Path) -> Manifest:
    """What the last build left in a folder, as `past` says."""
    return past(output)[0]


def past(output: Path, known: Survey | None = None) -> tuple[Manifest, bytes]:
    """What the last build left in a folder, with its digest; empty where there is none or it cannot be read.

    A file that is gone, or has another size than it was given, has neither key nor digest, so that it is
    made again; nothing outside the folder is in it. `known` is a survey from before, which is made again if
    another build was here since.
    """
    files, digest = _read(output)
    if known is None or known.digest != digest:
        known = _survey(output, files, digest)
    for path in known.fallen:
        files[path] = FALLEN
    for path in known.outside:
        del files[path]
    return Manifest(files), digest


def digest_of(output: Path) -> bytes:
    """The digest of the manifest in a folder; empty where there is none."""
    try:
        return _digest((output / MANIFEST).read_bytes())
    except OSError:
        return b""


def foreign(output: Path, ours: Collection[str], moved: Collection[str] = ()) -> tuple[str, ...]:
    """Files in an output folder that no build wrote, sorted; hidden ones are nobody's business.

    There is nothing to look for in folders that were just `moved` there as a whole.
    """
    found, waiting = [], [""]
    while waiting:
        above = waiting.pop()
        with suppress(OSError), os.scandir(f"{output}/{above}") as entries:
            for entry in entries:
                path = above + entry.name
                if path in ours or path in moved or entry.name[0] == ".":
                    continue
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(f"{path}/")
                elif not entry.is_dir():
                    found.append(path)
    return tuple(sorted(found))


def _read(output: Path) -> tuple[dict[str, Kept], bytes]:
    """The files of the manifest in a folder, and its digest; nothing where it cannot be read."""
    try:
        data = (output / MANIFEST).read_bytes()
        return msgspec.json.decode(data, type=Manifest).files, _digest(data)
    except (OSError, msgspec.DecodeError):
        return {}, b""


def _survey(output: Path, files: dict[str, Kept], digest: bytes) -> Survey:
    outside = [path for path in files if path.startswith("/") or (".." in path and "/../" in f"/{path}/")]
    # Asked by its name in an open folder, a file answers a fifth sooner than by its whole path.
    folder = _opened(output)
    above = "" if folder is not None else f"{output}/"
    fallen = [path for path, entry in files.items() if not _stands(above + path, entry[2], folder)]
    if folder is not None:
        os.close(folder)
    return Survey(digest, tuple(fallen), tuple(outside))


def _opened(folder: Path) -> int | None:
    """A folder, where the platform can be asked for what is in one that is open."""
    try:
        return os.open(folder, os.O_RDONLY) if os.stat in os.supports_dir_fd else None
    except OSError:
        return None


def _stands(path: str, size: int, folder: int | None) -> bool:
    try:
        return os.stat(path, dir_fd=folder, follow_symlinks=False).st_size == size
    except (OSError, ValueError):
        return False


def _holds(file: Path, digest: str) -> bool:
    try:
        with file.open("rb") as stream:
            return file_digest(stream, lambda: blake2b(digest_size=16)).hexdigest() == digest
    except OSError:
        return False


def _digest(data: bytes) -> bytes:
    return blake2b(data, digest_size=16).digest()
