"""A depot in an object store (`byline.objects`)."""

import hashlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from byline import objects
from byline.deploy import Deploy
from byline.publish.release import KEPT, STATE, File, digest_of
from byline.publish.sending import Overtaken, Refused

# From so many files on, a listing of everything is quicker than a question about each.
LISTED = 200
# Larger files travel in parts, read from the disk; the tag of such a file is not its MD5.
PARTS = 5 << 20


def open_store(deploy: Deploy) -> "Store":
    """The store that settings name. Raises Refused where it cannot be opened."""
    try:
        return Store(objects.opened(deploy))
    except OSError as error:
        raise Refused(error.strerror) from None


class Store:
    """A depot in a bucket. Files keep their media type and their life in caches as metadata."""

    def __init__(self, store: Any) -> None:
        """Nothing is asked yet."""
        import obstore

        self.api: Any = obstore
        self.store = store
        self.tags: dict[str, str] = {}

    def read(self) -> tuple[bytes, str]:
        """The record, and the tag that the store gives it."""
        try:
            found = self.api.get(self.store, STATE)
            return bytes(found.bytes()), _version(found.meta)
        except FileNotFoundError:
            return b"", ""

    def version(self) -> str:
        """The tag of the record now."""
        try:
            return _version(self.api.head(self.store, STATE))
        except FileNotFoundError:
            return ""

    def write(self, record: bytes, version: str) -> str:
        """Replace the record if it is still of a version, by the store's own condition. Raises Overtaken."""
        tag, _, number = version.partition("\n")
        known = {name: value for name, value in (("e_tag", tag), ("version", number)) if value}
        mode: Any = known if version else "create"
        told = {"Content-Type": "application/json", "Cache-Control": "no-store"}
        try:
            written = _version(self.api.put(self.store, STATE, record, mode=mode, attributes=told))
        except (self.api.exceptions.PreconditionError, self.api.exceptions.AlreadyExistsError):
            raise Overtaken from None
        if not version:
            self.remove([meta["path"] for chunk in self.api.list(self.store, KEPT) for meta in chunk])
        return written

    def put(self, files: Sequence[File], done: Callable[[int], None]) -> None:
        """Send files, several at a time; large ones in parts."""

        def one(file: File) -> None:
            body: Any = file.source if file.size > PARTS else file.read()
            tag = _tag(self.api.put(self.store, file.path, body, attributes=file.metadata))
            if file.size > PARTS or tag == _md5(body):
                self.tags[file.path] = tag

        for number, _ in enumerate(objects.several(one, files), 1):
            done(number)

    def copy(self, pairs: Sequence[tuple[str, str]], *, again: bool) -> None:
        """Copy inside the store, metadata included."""
        there = set() if again else self.present([target for _, target in pairs])

        def one(pair: tuple[str, str]) -> None:
            if pair[1] not in there:
                with suppress(FileNotFoundError):
                    self.api.copy(self.store, *pair)

        for _ in objects.several(one, pairs):
            pass

    def remove(self, paths: Sequence[str]) -> None:
        """Delete files."""

        def one(path: str) -> None:
            with suppress(FileNotFoundError):
                self.api.delete(self.store, path)

        for _ in objects.several(one, paths):
            pass

    def present(self, paths: Sequence[str]) -> set[str]:
        """Which of these files are there."""
        return set(self._found(paths))

    def in_the_way(self, coming: Sequence[str], going: Sequence[str]) -> dict[str, str]:
        """Nothing: a store knows no folders."""
        return {}

    def _found(self, paths: Sequence[str]) -> dict[str, Any]:
        """What the store says of these files, of those that are there."""
        if len(paths) < LISTED:

            def ask(path: str) -> Any:
                try:
                    return self.api.head(self.store, path)
                except FileNotFoundError:
                    return None

            return {path: meta for path, meta in zip(paths, objects.several(ask, paths), strict=True) if meta}
        wanted = set(paths)
        prefix = KEPT if all(path.startswith(KEPT) for path in paths) else None
        listed = (meta for chunk in self.api.list(self.store, prefix, chunk_size=1000) for meta in chunk)
        return {meta["path"]: meta for meta in listed if meta["path"] in wanted}

    def wrong(self, files: Sequence[File]) -> list[str]:
        """Read back: by size and tag, which is MD5 in most stores; else by the bytes themselves."""
        found = self._found([file.path for file in files])

        def differs(file: File) -> bool:
            meta = found.get(file.path)
            if meta is None or meta["size"] != file.size:
                return True
            if (tag := _tag(meta)) and tag == self.tags.get(file.path):
                return False
            data = file.read()
            return tag != _md5(data) and bytes(self.api.get(self.store, file.path).bytes()) != data

        return [file.path for file, bad in zip(files, objects.several(differs, files), strict=True) if bad]

    def digests(self, paths: Sequence[str]) -> dict[str, str]:
        """The digests of these files, of those that are there, from their bytes."""

        def ask(path: str) -> str:
            try:
                return digest_of(bytes(self.api.get(self.store, path).bytes()))
            except FileNotFoundError:
                return ""

        return {path: one for path, one in zip(paths, objects.several(ask, paths), strict=True) if one}


def _md5(data: bytes) -> str:
    return hashlib.md5(data, usedforsecurity=False).hexdigest()


def _tag(meta: Any) -> str:
    return str(meta.get("e_tag") or "").strip('"')


def _version(meta: Any) -> str:
    return f"{meta.get('e_tag') or ''}\n{meta.get('version') or ''}"
