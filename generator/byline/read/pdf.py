"""PDF without what its makers did not mean to publish: who made it, when, with what, and attachments."""

import io
import logging
from typing import Any

from byline.read.strip import pictures

# In any dictionary of a document: XMP, what programs keep for themselves, times, attached files, previews of
# pages; where on Earth a map is; and what acts when somebody opens it.
_PRIVATE = (
    *("/Metadata", "/PieceInfo", "/LastModified", "/AF", "/EmbeddedFiles", "/Thumb"),
    *("/Measure", "/PtData", "/LGIDict"),
    *("/JavaScript", "/AA"),
)
# Of a note: whose it is, and when it was written. A field of a form is called by the first.
_OF_NOTES = ("/T", "/M", "/CreationDate", "/NM")
# Of a signature, which holds for other bytes than are published: who gave it, where, when and why.
_OF_SIGNATURES = ("/Name", "/Location", "/Reason", "/ContactInfo", "/M", "/Contents", "/Cert", "/Prop_Build")
# What a link may not do.
_ACTS = ("/JavaScript", "/Launch", "/SubmitForm", "/ImportData")


def cleaned(data: bytes) -> bytes:
    """A PDF as it looks, without information about its making and without attachments; photographs too.

    Neither is there left what acts by itself.

    Raises ValueError where it cannot be read, which a password is enough for.
    """
    from pypdf import PdfReader, PdfWriter
    from pypdf.generic import ArrayObject, DictionaryObject

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted:
            raise ValueError("it is locked with a password")
        writer = PdfWriter(clone_from=reader)
        # Of what is there, much stands in a dictionary or a list that is inside another one.
        waiting: list[Any] = list(writer._objects)
        while waiting:
            thing = waiting.pop()
            if isinstance(thing, ArrayObject):
                waiting += list.__iter__(thing)
            elif isinstance(thing, DictionaryObject):
                _clear(thing)
                waiting += dict.values(thing)
        # What nothing refers to any more is left behind where all that is referred to is copied once more.
        out, last = io.BytesIO(), io.BytesIO()
        writer.write(out)
        copied = PdfWriter(clone_from=PdfReader(out))
        copied.metadata, copied.pdf_header = None, reader.pdf_header
        copied.write(last)
        return last.getvalue()
    except (ValueError, MemoryError):
        raise
    except Exception as error:  # its reader meets hostile data, and raises whatever comes
        raise ValueError(str(error).partition("\n")[0] or type(error).__name__) from error


def _clear(thing: Any) -> None:
    """Take what is private, and what acts, out of one dictionary or stream."""
    from pypdf.filters import decode_stream_data
    from pypdf.generic import NameObject, NullObject, StreamObject

    if "/EF" in thing or ("/S" in thing and thing["/S"] in _ACTS):
        thing.clear()  # an attached file has a name, and an action a target
    note = "/Rect" in thing and not ("/Subtype" in thing and thing["/Subtype"] == "/Widget")
    signature = "/ByteRange" in thing
    views = ("/VP",) if "/Type" in thing and thing["/Type"] == "/Page" else ()  # parts of a map, by name
    for key in (*_PRIVATE, *views, *(_OF_NOTES if note else ()), *(_OF_SIGNATURES if signature else ())):
        thing.pop(NameObject(key), None)
    if not isinstance(thing, StreamObject):
        return
    filters: Any = thing.get("/Filter", NullObject()).get_object()
    steps = [one.get_object() for one in filters] if isinstance(filters, list) else [filters]
    if steps[-1:] == ["/DCTDecode"]:
        # What else a photograph is packed with is taken off.
        thing._data = pictures.jpeg(decode_stream_data(thing) if len(steps) > 1 else thing._data)
        thing[NameObject("/Filter")] = NameObject("/DCTDecode")
        if len(steps) > 1:
            thing.pop(NameObject("/DecodeParms"), None)
