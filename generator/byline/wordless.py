"""Documents without the words of their bodies: what linking sees of them, and what pages of others show.

Both are encoded, so that they differ where values are equal and look different: 1 and true, another order.
"""

from collections.abc import Sequence

import msgspec

from byline.values import NO_BODY, Body, Document, Episode


def bodies(document: Document) -> tuple[Body, ...]:
    """The Markdown of a document."""
    return (document.body, document.call) if isinstance(document, Episode) else (document.body,)


def linkage(document: Document) -> bytes:
    """What linking sees of a document: all but the words of its bodies."""
    refs = [
        (ref.scheme, ref.target, ref.shape, ref.fragment) for body in bodies(document) for ref in body.refs
    ]
    wordless = {"body": NO_BODY, **({"call": NO_BODY} if isinstance(document, Episode) else {})}
    return msgspec.msgpack.encode((msgspec.structs.replace(document, **wordless), refs))


def outside(documents: Sequence[Document]) -> list[tuple[bytes, list[str]]]:
    """What is seen of documents but on their own pages: what linking sees, and how their texts begin."""
    return [(linkage(one), [body.plain for body in bodies(one)]) for one in documents]
