"""What is named on which page: another name or title costs the pages that show it (decision 44).

On a page people and works stand with the address of their own page, so what it shows tells what is named
there, and nobody has to note it. Where it depends on the names of other people, too (a listing by name is
cut, a name is looked up), it says so: `ANYBODY`.
"""

import os
import re
import zlib
from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from byline.packs import PASSING
from byline.values import Contributor, Document, Episode, Key, Record, Segment
from byline.wordless import linkage, outside

FILE = "named.rows"
_MANY = 4096  # rows that are written at once
ANYBODY = "*"
# The end of a folder's name, and what may be an id; of a segment that of its episode. All are found, also
# where one is in the next: the site itself may stand in a folder "records".
_ADDRESSES = re.compile(rb"s/(?=([a-z0-9._-]+))")
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
    none. `anew` is the size that they had when all were written."""

    size: int = 0
    sum: int = 0
    anew: int = 0

    @property
    def worn(self) -> bool:
        """Whether half of the rows or more are old."""
        return self.size > 2 * self.anew


class Rows:
    """What is named on which page, written while pages are made: a path, then ids, each before a NUL.

    Of two rows for one path the last holds. A cache that cannot be written is only slower.
    """

    def __init__(self, folder: Path, kept: Kept | None = None) -> None:
        """To stand after those that are `kept` (where most of them are old, after those that are not); else
        instead of what there is."""
        self._folder, self._passing = folder, folder / f"named{PASSING}{os.getpid()}"
        self._before, self._anew = kept or Kept(), kept is None or kept.worn
        self._now = Kept() if self._anew else self._before
        self._rows: list[bytes] = []
        self._stream: BinaryIO | None = None
        self._failed = kept == Kept()

    def add(self, path: str, named: bytes) -> None:
        """What is named on a page, as `on_page` says it."""
        self._rows.append(b"%b\0%b\0" % (path.encode("utf-8", "surrogatepass"), named))
        if len(self._rows) == _MANY:
            self._write()

    def _write(self) -> None:
        """Write what was added."""
        added, self._rows = b"".join(self._rows), []
        if self._failed or not added:
            return
        try:
            if self._stream is None:
                self._stream = self._passing.open("wb")
                if self._anew and self._before.size:
                    known = load(self._folder, self._before)
                    self._failed = known is None
                    rows = [f"{path}\0{ids}\0" for path, ids in (known or {}).items()]
                    added = "".join(rows).encode("utf-8", "surrogatepass") + added
            self._stream.write(added)
        except OSError:
            self._failed = True
        size = self._now.size + len(added)
        self._now = Kept(size, zlib.crc32(added, self._now.sum), size if self._anew else self._now.anew)

    def done(self) -> Kept:
        """Keep all rows: what they are known by, nothing where they could not be written."""
        self._write()
        if self._stream is None:
            return Kept() if self._failed else self._before
        try:
            self._stream.close()
            if self._anew and not self._failed:
                self._passing.replace(self._folder / FILE)
            elif not self._failed:
                with (self._folder / FILE).open("r+b") as file:
                    file.truncate(self._before.size)
                    file.seek(self._before.size)
                    file.write(self._passing.read_bytes())
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


def on_page(shown: bytes, own: str, others: Collection[str], ids: frozenset[bytes]) -> bytes:
    """The ids of what is named on a page that shows this, of all that there are, between spaces.

    `own` is the id of what the page is about, `others` are people named there without an address.
    """
    found = {own.encode(), *ids.intersection(_ADDRESSES.findall(shown))}
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

    Nothing is left out of those that may be hidden: they have no address.
    """
    return [
        linkage(_without(one)) if type(one) in _SHOWN and not _hidden(one) else outside([one])
        for one in documents
    ]


def _without(one: Document) -> Document:
    return msgspec.structs.replace(one, **_SHOWN[type(one)])


def _hidden(one: Document) -> bool:
    return bool(one.draft or one.publish)
