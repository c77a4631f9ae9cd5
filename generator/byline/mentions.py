"""What documents mention of files and of each other: media, files beside them, targets of links.

Pure.
"""

import posixpath
from collections.abc import Iterable, Iterator

from byline.identify import Library
from byline.read.suffixes import TYPES, suffix_of
from byline.values import (
    Contributor,
    Document,
    Episode,
    Media,
    Page,
    Record,
    Ref,
    Season,
    Segment,
    Topic,
)


def documents(library: Library) -> Iterator[Document]:
    """Every document that is shown, kind by kind in canonical order."""
    yield library.home
    for group in (
        library.seasons,
        library.topics,
        library.episodes,
        library.segments,
        library.records,
        library.contributors,
        library.pages,
    ):
        yield from group.values()


_MEDIA_FIELDS: dict[type, tuple[str, ...]] = {
    Season: ("poster",),
    Topic: ("poster",),
    Episode: ("media", "poster"),
    Segment: ("media", "poster"),
    Record: ("media",),
    Contributor: ("avatar",),
    Page: (),
}


def with_files(documents: Iterable[Document]) -> Iterator[Document]:
    """Documents that may name files or addresses: most do not, and to look is quicker than to list."""
    for document in documents:
        fields = _MEDIA_FIELDS[type(document)]
        if document.body.refs or isinstance(document, Episode):
            yield document
            continue
        for field in fields:
            if getattr(document, field):
                yield document
                break


def media_of(document: Document) -> list[tuple[str, int, Media]]:
    """Every medium that a document names in its fields, with the field's name and its place in it."""
    found: list[tuple[str, int, Media]] = []
    for field in _MEDIA_FIELDS[type(document)]:
        if media := getattr(document, field):
            found += [(field, index, medium) for index, medium in enumerate(media)]
    return found


def undescribed(medium: Media) -> bool:
    """Whether this is a picture of which nothing says what is to be seen, nor that it is decoration.

    Pictures in Markdown always say one of both: an empty text is that of a decoration, as in HTML.
    """
    kind, _ = TYPES.get(suffix_of(medium.file or medium.url), ("", ""))
    return medium.alt is None and kind in ("picture", "drawing")


def file_beside(document: Document, ref: Ref) -> str:
    """The path in the archive of a file that a body names; "" where it leads out of the folder."""
    folder = posixpath.dirname(document.place.path)
    path = posixpath.normpath(posixpath.join(folder, ref.target))
    return path if path.startswith(folder + "/") else ""


def full_target(document: Document, ref: Ref) -> str:
    """The id that a link names; a segment of the same episode needs no prefix."""
    if ref.scheme != "segment" or "/" in ref.target:
        return ref.target.strip("/") if ref.scheme == "page" else ref.target
    episode = document.id if isinstance(document, Episode) else getattr(document, "episode", "")
    return f"{episode}/{ref.target}" if episode else ref.target
