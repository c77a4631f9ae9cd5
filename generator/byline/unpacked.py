"""Values that are unpacked when somebody asks for them, and words that nobody may ask for (decision 43)."""

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

import msgspec

from byline.packs import File

V = TypeVar("V")
Rows = dict[str, msgspec.Raw]


class Packed(Mapping[str, V]):
    """Values by id, each unpacked when it is first asked for."""

    def __init__(self, kind: Any, rows: Rows) -> None:
        """Rows hold values of a kind; what is `known` stands in their place."""
        self._rows, self.known = rows, dict[str, V]()
        self._decode = msgspec.msgpack.Decoder(kind, dec_hook=unheld).decode

    def __getitem__(self, key: str) -> V:
        """The value of an id. Raises KeyError."""
        value = self.known.get(key)
        if value is None:
            value = self.known[key] = self._decode(self._rows[key])
        return value

    def __contains__(self, key: object) -> bool:
        """Whether there is a value; none is unpacked for that."""
        return key in self._rows

    def __iter__(self) -> Iterator[str]:
        """All ids, in the order in which they were packed."""
        return iter(self._rows)

    def __len__(self) -> int:
        """How many there are."""
        return len(self._rows)


class _Unheld(File):
    """Where the words of other documents would be: nobody may ask for them (decision 32)."""

    def __init__(self) -> None:
        """No file is open."""

    def __del__(self) -> None:
        """None is closed."""

    def read(self, at: int, size: int) -> bytes:
        """Raise LookupError."""
        raise LookupError("words of a document were asked for that has not changed")


_NOWHERE = _Unheld()


def unheld(_kind: type, _value: object) -> File:
    """For a decoder: the file of words that nobody may ask for."""
    return _NOWHERE
