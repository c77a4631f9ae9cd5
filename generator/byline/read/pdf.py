"""PDF without what its makers did not mean to publish: who made it, when, with what, and attachments."""

import io
import logging
from typing import Any

from byline.read.strip import pictures

# In any dictionary of a document: XMP, what programs keep for themselves, times, and attached files.
_PRIVATE = ("/Metadata", "/PieceInfo", "/LastModified", "/AF", "/EmbeddedFiles", "/EF")
# Of a note: whose it is, and when it was written. A field of a form is called by the first.
_OF_NOTES = ("/T", "/M", "/CreationDate", "/NM")


def cleaned(data: bytes) -> bytes:
    """A PDF as it looks, without information about its making and without attachments; photographs too.

    Raises ValueError where it cannot be read, which a password is enough for.
    """
    from pypdf import PdfReader, PdfWriter
    from pypdf.generic import DictionaryObject, NameObject, StreamObject

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted:
            raise ValueError("it is locked with a password")
        writer = PdfWriter(clone_from=reader)
        for number in range(len(writer._objects)):
            thing: Any = writer._objects[number]
            if not isinstance(thing, DictionaryObject):
                continue
            note = "/Rect" in thing and thing.get("/Subtype") != "/Widget"
            for key in (*_PRIVATE, *(_OF_NOTES if note else ())):
                thing.pop(NameObject(key), None)
            if isinstance(thing, StreamObject) and thing.get("/Filter") in ("/DCTDecode", ["/DCTDecode"]):
                thing._data = pictures.jpeg(thing._data)
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
