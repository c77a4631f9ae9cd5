"""Documents without the words of their bodies: what linking sees of them, and what pages of others show.

Both are encoded, so that they differ where values are equal and look different: 1 and true, another order.

The words themselves may be held in a file of the cache (decision 39): a page reads those that it opens.
"""

from collections.abc import Callable, Sequence
from typing import TypeVar

import msgspec

from byline.values import NO_BODY, Body, Document, Episode

D = TypeVar("D", bound=Document)
_PARTS = msgspec.msgpack.Decoder(tuple[str | int, ...])


def bodies(document: Document) -> tuple[Body, ...]:
    """The Markdown of a document."""
    return (document.body, document.call) if isinstance(document, Episode) else (document.body,)


def with_bodies(document: D, change: Callable[[Body], Body]) -> D:
    """A document with each of its bodies changed."""
    call = {"call": change(document.call)} if isinstance(document, Episode) else {}
    return msgspec.structs.replace(document, body=change(document.body), **call)


def packed_parts(body: Body) -> bytes:
    """The parts of a body, encoded, wherever they are. Raises OSError where their file cannot be read."""
    if body.held is None:
        return msgspec.msgpack.encode(body.parts)
    return body.held.file.read(body.held.at, body.held.size)


def parts_of(body: Body) -> tuple[str | int, ...]:
    """The parts of a body, wherever they are. Raises OSError where their file has lost them."""
    if body.held is None:
        return body.parts
    try:
        return _PARTS.decode(packed_parts(body))
    except msgspec.DecodeError as error:
        raise OSError(0, "the cache was changed while it was in use") from error


def filled(body: Body) -> Body:
    """A body with its parts in it. Raises OSError where their file has lost them."""
    return msgspec.structs.replace(body, parts=parts_of(body), held=None)


def linkage(document: Document) -> bytes:
    """What linking sees of a document: all but the words of its bodies."""
    refs = [
        (ref.scheme, ref.target, ref.shape, ref.fragment, ref.text)
        for body in bodies(document)
        for ref in body.refs
    ]
    return msgspec.msgpack.encode((with_bodies(document, lambda _: NO_BODY), refs))


def outside(documents: Sequence[Document]) -> list[tuple[bytes, list[str]]]:
    """What is seen of documents but on their own pages: what linking sees, and how their texts begin."""
    return [(linkage(one), [body.plain for body in bodies(one)]) for one in documents]
