"""RIFF, in which WebP and WAVE are kept: chunks with names."""

import struct
from collections.abc import Iterator


def chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The chunks of a file: their names and contents."""
    at = 12
    if data[:4] != b"RIFF":
        raise ValueError("it does not begin as its name says")
    end = min(len(data), 8 + struct.unpack_from("<I", data, 4)[0])
    while at + 8 <= end:
        name, length = struct.unpack_from("<4sI", data, at)
        yield name, data[at + 8 : min(end, at + 8 + length)]
        at += 8 + length + (length & 1)


def of(form: bytes, kept: list[tuple[bytes, bytes]]) -> bytes:
    """A file of some form that holds these chunks."""
    body = form + b"".join(
        name + struct.pack("<I", len(part)) + part + b"\0" * (len(part) & 1) for name, part in kept
    )
    return b"RIFF" + struct.pack("<I", len(body)) + body
