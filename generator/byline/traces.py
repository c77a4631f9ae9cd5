"""What every page was made from: what it asked of the archive, noted by the archive itself.

Nobody records a dependency, so nobody forgets one. A page whose questions would all be answered as they were
is neither viewed nor opened. Everything that is asked by a key (a record, a person, a place) counts
as that key, whatever was asked; going through all of something counts as all of it. What is asked
without a key (settings, a title that is in no mapping) counts for every page.

A saved trace holds digests of keys, never the keys: what was withdrawn is not in it.
"""

from array import array
from collections.abc import Collection, Iterator, Mapping, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any

import msgspec

from byline.archive import Archive
from byline.credits import Credits
from byline.identify import Library
from byline.lineage import Lineage
from byline.packs import load, save
from byline.resolve import References
from byline.values import Output

FILE = "traces.msgpack"
_PARTS = (Library, Lineage, Credits, References)
_WIDTH = 8  # bytes of a digest
# What is asked for something that is not there: another answer once anything new is there.
_ABSENT = 0
# What a page stands for that asked more than this: a list of everything changes with almost anything.
_ANYTHING = 1
_MANY = 500
_FIRST = 2
_encode = msgspec.msgpack.Encoder(order="deterministic").encode

Entry = tuple[str, str, int]


class _Page(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What a page was, its entry in the manifest, and the numbers of all that it asked for."""

    what: str
    entry: Entry
    asked: bytes


class _Saved(msgspec.Struct, frozen=True, gc=False):
    """The pages of a build. `names` and `digests` are those of keys and of their answers, by number."""

    common: bytes = b""
    names: bytes = b""
    digests: bytes = b""
    pages: dict[str, _Page] = {}


class _Mapping(Mapping[Any, Any]):
    """A mapping that notes what it is asked."""

    def __init__(self, name: str, inner: Mapping[Any, Any], asked: set[object]) -> None:
        self._name, self._inner, self._asked = name, inner, asked

    def __getitem__(self, key: Any) -> Any:
        self._asked.add(key)
        return self._inner[key]

    def get(self, key: Any, default: Any = None) -> Any:
        self._asked.add(key)
        return self._inner.get(key, default)

    def __contains__(self, key: Any) -> bool:
        self._asked.add(key)
        return key in self._inner

    def __iter__(self) -> Iterator[Any]:
        self._asked.add(f"\0keys {self._name}")
        return iter(self._inner)

    def __len__(self) -> int:
        self._asked.add(f"\0number {self._name}")
        return len(self._inner)

    def values(self) -> Any:
        self._asked.add(f"\0all {self._name}")
        return self._inner.values()

    def items(self) -> Any:
        self._asked.add(f"\0all {self._name}")
        return self._inner.items()


class _Collection(Collection[Any]):
    """A set that notes what it is asked."""

    def __init__(self, name: str, inner: Collection[Any], asked: set[object]) -> None:
        self._name, self._inner, self._asked = name, inner, asked

    def __contains__(self, key: Any) -> bool:
        self._asked.add(key)
        return key in self._inner

    def __iter__(self) -> Iterator[Any]:
        self._asked.add(f"\0keys {self._name}")
        return iter(self._inner)

    def __len__(self) -> int:
        self._asked.add(f"\0number {self._name}")
        return len(self._inner)


class _Sequence(Sequence[Any]):
    """A sequence that notes that it is asked."""

    def __init__(self, name: str, inner: Sequence[Any], asked: set[object]) -> None:
        self._name, self._inner, self._asked = name, inner, asked

    def __getitem__(self, at: Any) -> Any:
        self._asked.add(f"\0keys {self._name}")
        return self._inner[at]

    def __len__(self) -> int:
        self._asked.add(f"\0number {self._name}")
        return len(self._inner)


class Traces:
    """The traces of the last build, compared with an archive; those of this build, as they are made.

    `archive` and `indexed` are to be asked in place of those given; they note into `asked`.
    """

    def __init__(self, folder: Path, archive: Archive, indexed: Sequence[str], common: bytes) -> None:
        """Compare. `common` is a digest of all else that pages depend on."""
        self.asked: set[object] = set()
        self._folder = folder
        self._answers: dict[object, bytes] = {}
        rest: list[Any] = []
        self.archive = self._traced("", archive, rest)
        self.indexed = _Sequence("indexed", indexed, self.asked)
        self._count("indexed", indexed, ())
        common = _digest(common + _encode(rest))
        saved = load(folder / FILE, _Saved) or _Saved()
        self.all_changed = saved.common not in (b"", common)
        if saved.common != common:
            saved = _Saved(common)
        self._numbers, self._names, digests, self.changed = self._compared(saved)
        self._saved = _Saved(common, b"", digests, saved.pages)
        self._pages: dict[str, _Page] = {}

    def stands(self, output: Output, entry: Entry | None) -> bool:
        """Whether a page with this entry in the manifest would be made as it is; it is kept if so."""
        page = self._saved.pages.get(output.path)
        if page is None or page.entry != entry or page.what != _what(output):
            return False
        if not self.changed.isdisjoint(array("I", page.asked)):
            return False
        self._pages[output.path] = page
        return True

    def why(self, output: Output, entry: Entry | None) -> list[object]:
        """Why a page does not stand: the keys whose answers changed, or texts where it is not for those."""
        page = self._saved.pages.get(output.path)
        if page is None:
            return ["the program, a template, the theme or a setting" if self.all_changed else "it is new"]
        if page.entry != entry:
            return ["its file is missing or was changed"]
        if page.what != _what(output):
            return ["its address was another page's"]
        wanted = set(array("I", page.asked)) & self.changed
        special = {_ABSENT: "something new", _ANYTHING: "it lists everything"}
        return [special[at] for at in sorted(wanted & special.keys())] + [
            key for key, number in self._numbers.items() if number in wanted
        ]

    def taken(self) -> bytes:
        """What has been asked since the last time."""
        few = len(self.asked) <= _MANY
        numbers = sorted({self._numbers.get(key, _ABSENT) for key in self.asked}) if few else [_ANYTHING]
        self.asked.clear()
        return array("I", numbers).tobytes()

    def state(self) -> bytes:
        """A digest of all answers of the archive, and of all else that pages depend on."""
        return _digest(self._saved.common + self._names + self._saved.digests)

    def note(self, output: Output, entry: Entry, asked: bytes) -> None:
        """A page was made."""
        self._pages[output.path] = _Page(_what(output), entry, asked)

    def save(self) -> None:
        """Keep what was noted for the next build; a cache that cannot be written is only slower."""
        saved = msgspec.structs.replace(self._saved, names=self._names, pages=self._pages)
        try:
            save(self._folder / FILE, saved)
        except OSError:
            return

    def _traced(self, name: str, value: Any, rest: list[Any]) -> Any:
        """A value that notes; what cannot is a part of `rest`."""
        if isinstance(value, (Archive, *_PARTS)):
            inner = {
                field: self._traced(f"{name}.{field}", getattr(value, field), rest)
                for field in value.__struct_fields__
            }
            return type(value)(**inner)
        if isinstance(value, Mapping):
            self._count(name, value, value.values())
            return _Mapping(name, value, self.asked)
        if isinstance(value, frozenset):
            self._count(name, sorted(value), ())
            return _Collection(name, value, self.asked)
        if isinstance(value, tuple) and value and all(isinstance(one, Mapping) for one in value):
            return tuple(self._traced(f"{name}.{at}", one, rest) for at, one in enumerate(value))
        rest.append(value)
        return value

    def _count(self, name: str, keys: Collection[Any], values: Collection[Any]) -> None:
        """Add up the digests of all answers that a mapping or a set can give."""
        answers, mark = self._answers, name.encode()
        everything = blake2b(digest_size=_WIDTH)
        found = [_digest(_encode(value)) for value in values] or [b"1"] * len(keys)
        for key, digest in zip(keys, found, strict=True):
            answers[key] = answers.get(key, b"") + mark + digest
            everything.update(digest)
        listed = _digest(_encode(list(keys)))
        answers[f"\0keys {name}"] = listed
        answers[f"\0number {name}"] = _digest(str(len(keys)).encode())
        answers[f"\0all {name}"] = _digest(listed + everything.digest())

    def _compared(self, saved: _Saved) -> tuple[dict[object, int], bytes, bytes, set[int]]:
        """Numbers of all keys (those they had, if any), names and digests by number, what has changed."""
        known = {name: at for at, name in enumerate(_cut(saved.names), _FIRST)}
        before = _cut(saved.digests)
        if len(known) > 2 * len(self._answers):
            known, before = {}, []  # more are gone than are left
            saved.pages.clear()
        numbers: dict[object, int] = {}
        now = [bytes(_WIDTH)] * len(known)
        added = False
        for key, answer in self._answers.items():
            name = _digest(repr(key).encode("utf-8", "surrogatepass"))
            number = known.get(name)
            if number is None:
                added = True
                number = known[name] = len(known) + _FIRST
                now.append(b"")
            numbers[key] = number
            now[number - _FIRST] = _digest(answer)
        pairs = zip(before, now, strict=False)
        changed = {number for number, (old, new) in enumerate(pairs, _FIRST) if old != new}
        if added:
            changed.add(_ABSENT)
        if changed:
            changed.add(_ANYTHING)
        return numbers, b"".join(known), b"".join(now), changed


def _what(output: Output) -> str:
    return f"{output.kind}\0{output.id}\0{output.number}\0{output.facet}\0{output.indexed}"


def _digest(data: bytes) -> bytes:
    return blake2b(data, digest_size=_WIDTH).digest()


def _cut(digests: bytes) -> list[bytes]:
    return [digests[at : at + _WIDTH] for at in range(0, len(digests), _WIDTH)]
