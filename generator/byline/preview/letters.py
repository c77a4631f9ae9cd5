"""What the server of a preview and the keeper of its archive say to each other, and how it travels."""

import os
import struct
from typing import Literal

import msgspec

from byline.settings import Limits
from byline.values import Medium

_LENGTH = struct.Struct(">I")


class Options(msgspec.Struct, frozen=True, tag="options"):
    """What is shown: the archive in the folder `root`, with overridden settings, as of a day, with drafts."""

    root: str
    cache: str
    overrides: tuple[str, ...] = ()
    on: str = ""
    drafts: bool = False


Question = Literal["page", "digest", "panel", "why", "statistics"]


class Ask(msgspec.Struct, frozen=True, tag="ask"):
    """A question: a page's bytes or its digest only, what the panel shows of it, why somebody is on it."""

    number: int
    what: Question
    path: str = ""
    about: str = ""


class Changed(msgspec.Struct, frozen=True, tag="changed"):
    """Something in the archive's folder has changed: these paths, or whatever it may be."""

    paths: tuple[str, ...] = ()


class Answer(msgspec.Struct, frozen=True, tag="answer"):
    """The answer to a question.

    `path` is the output that was found, `data` its bytes or those of what was asked, `state` the archive's
    state that it shows. Bytes that are a file's are named by `file`, those that take long to make by
    `medium`, `operation` and `limits`. `digest` is that of a page, `plain` the digest of all of it but the
    names of its style sheets. `headers` are those that a host would send. `stale` says that because of an
    error this is not the page of the newest state.
    """

    number: int
    status: int = 200
    path: str = ""
    data: bytes = b""
    state: int = 0
    file: str = ""
    medium: Medium | None = None
    operation: str = ""
    limits: Limits = Limits()
    location: str = ""
    digest: str = ""
    plain: str = ""
    styles: tuple[str, ...] = ()
    headers: dict[str, str] = {}
    stale: bool = False


class News(msgspec.Struct, frozen=True, tag="news"):
    """The archive has a new state: its number, whether it is sound and whether anything can be shown.

    `text` and the counts are of its problems; `documents` counts what the site shows, `seconds` is what the
    state took to make. `folders` of the archive are to be watched; `statics` are files of static/ that have
    changed, by their path in the site.
    """

    state: int
    sound: bool
    shown: bool
    text: str
    errors: int
    warnings: int
    base_path: str
    documents: int
    seconds: float
    folders: tuple[str, ...]
    statics: tuple[str, ...]


class Working(msgspec.Struct, frozen=True, tag="working"):
    """A new state is being made."""


ToKeeper = Options | Ask | Changed
ToServer = Answer | News | Working

_encode = msgspec.msgpack.Encoder().encode
to_keeper = msgspec.msgpack.Decoder(ToKeeper)
to_server = msgspec.msgpack.Decoder(ToServer)
HEAD = _LENGTH.size


def pack(letter: ToKeeper | ToServer) -> bytes:
    """A letter as it travels: its length, then its bytes."""
    data = _encode(letter)
    return _LENGTH.pack(len(data)) + data


def length(head: bytes) -> int:
    """How many bytes follow a head."""
    return int(_LENGTH.unpack(head)[0])


def merged(*all_of: Changed) -> Changed:
    """All these changes as one."""
    if not all(one.paths for one in all_of):
        return Changed()
    return Changed(tuple(sorted({path for one in all_of for path in one.paths})))


def receive(stream: int) -> ToKeeper | None:
    """The next letter to a keeper from a file descriptor, not a byte more; None at the end."""
    head = _exactly(stream, HEAD)
    data = _exactly(stream, length(head)) if head else b""
    return to_keeper.decode(data) if data else None


def _exactly(stream: int, size: int) -> bytes:
    parts = []
    while size and (part := os.read(stream, size)):
        parts.append(part)
        size -= len(part)
    return b"" if size else b"".join(parts)


def send(stream: int, letter: ToKeeper | ToServer) -> None:
    """Send a letter. Raises OSError where nobody is there any more."""
    data = memoryview(pack(letter))
    while data:
        data = data[os.write(stream, data) :]
