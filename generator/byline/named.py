"""What is named on which page: another name or title costs the pages that show it (decision 44).

On a page people and works stand with the address of their own page, so what it shows tells what is named
there, and nobody has to note it. Where it depends on the names of other people, too (a listing by name is
cut, a name is looked up), it says so: `ANYBODY`.
"""

import os
import re
import zlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from byline.packs import PASSING
from byline.values import Contributor, Document, Episode, Key, Record, Segment
from byline.wordless import linkage, outside

FILE = "named.rows"
ANYBODY = "*"
# The end of a folder's name, and an id; of a segment that of its episode.
_ADDRESSES = re.compile(rb"s/([a-z0-9._-]+)")
_TITLES: dict[str, Any] = {"title": "", "summary": ""}
# What pages show of a document, and is no matter of linking but for the place of people in the alphabet.
_SHOWN: dict[type, dict[str, Any]] = {
    Contributor: {
        "name": "",
        "sort_name": "",
        "also_credited_as": (),
        "pronouns": "",
        "links": (),
        "identifiers": {},
        "in_memoriam": "",
        "summary": "",
    },
    Record: _TITLES,
    Segment: _TITLES,
    Episode: _TITLES,
}


class Kept(msgspec.Struct, frozen=True):
    """By what rows that were kept are known: their size in bytes and their checksum; nothing where there are
    none."""

    size: int = 0
    sum: int = 0


class Rows:
    """What is named on which page, written while pages are made: a path, then ids, each before a NUL.

    Of two rows for one path the last holds. A cache that cannot be written is only slower.
    """

    def __init__(
        self, folder: Path, kept: Kept | None = None, known: Mapping[str, str] | None = None
    ) -> None:
        """To stand after rows that are `kept`, or in their place, after those that are `known`."""
        self._file, self._passing = folder / FILE, folder / f"named{PASSING}{os.getpid()}"
        self._before, self._known = kept or Kept(), known or {}
        self._after = kept is not None and known is None
        self._now = self._before if self._after else Kept()
        self._stream: BinaryIO | None = None
        self._failed = self._after and self._before == Kept()

    def add(self, path: str, named: bytes) -> None:
        """What is named on a page, as `on_page` says it."""
        if self._failed:
            return
        try:
            if self._stream is None:
                self._stream = self._passing.open("wb")
                for one, those in self._known.items():
                    self._write(one, those.encode())
            self._write(path, named)
        except OSError:
            self._failed = True

    def _write(self, path: str, named: bytes) -> None:
        assert self._stream is not None
        row = b"%b\0%b\0" % (path.encode("utf-8", "surrogatepass"), named)
        self._stream.write(row)
        self._now = Kept(self._now.size + len(row), zlib.crc32(row, self._now.sum))

    def done(self) -> Kept:
        """Keep all rows: what they are known by, nothing where they could not be written."""
        if self._stream is None:
            return Kept() if self._failed else self._before
        try:
            self._stream.close()
            if self._after and not self._failed:
                with self._file.open("r+b") as file:
                    file.truncate(self._before.size)
                    file.seek(self._before.size)
                    file.write(self._passing.read_bytes())
            elif not self._failed:
                self._passing.replace(self._file)
        except OSError:
            self._failed = True
        self.discard()
        return Kept() if self._failed else self._now

    def discard(self) -> None:
        """Leave what is kept as it is."""
        if self._stream is not None:
            with suppress(OSError):
                self._stream.close()
            with suppress(OSError):
                self._passing.unlink(missing_ok=True)
            self._stream = None


def load(folder: Path, kept: Kept) -> dict[str, str] | None:
    """What is named on which page, by path; None where that is not known."""
    try:
        with (folder / FILE).open("rb") as file:
            data = file.read(kept.size)
    except OSError:
        return None
    if not data or len(data) < kept.size or zlib.crc32(data) != kept.sum:
        return None
    parts = data.decode("utf-8", "surrogatepass").split("\0")
    return dict(zip(parts[:-1:2], parts[1::2], strict=True))


def on_page(shown: bytes, own: str, others: Collection[str]) -> bytes:
    """The ids of what is named on a page that shows this, between spaces.

    `own` is the id of what the page is about, `others` are people named there without an address.
    """
    found = {own.encode(), *_ADDRESSES.findall(shown)}
    if others:
        found.update([one.encode() for one in others])
    return b" ".join(found)


def marks(keys: Iterable[Key]) -> set[str]:
    """The ids, one of which is on every page that shows something of these documents."""
    found: set[str] = set()
    for kind, id_ in keys:
        found |= {id_, ANYBODY} if kind == "contributor" else {id_.partition("/")[0]}
    return found


def nameless(documents: Sequence[Document]) -> list[object]:
    """What other pages show of documents (`wordless.outside`) but for titles, names, and how texts begin.

    Nothing is left out of those that may be hidden or are withdrawn: they have no address.
    """
    return [
        linkage(_without(one)) if type(one) in _SHOWN and not _hidden(one) else outside([one])
        for one in documents
    ]


def _without(one: Document) -> Document:
    return msgspec.structs.replace(one, **_SHOWN[type(one)])


def _hidden(one: Document) -> bool:
    return bool(one.draft or one.publish or one.withdrawn)
