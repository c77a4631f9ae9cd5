"""Media and licences for programs: what `index.json` tells of a picture, a sound or another file."""

from collections.abc import Sequence

import msgspec

from byline.pages import elements as el
from byline.pages.here import Here
from byline.pages.media_views import media_of
from byline.values import Document


class LicenseFacts(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A licence: its SPDX id or title, and where its text is; of a work's own also a text without address."""

    name: str
    url: str = ""
    text: str = ""


class MediaFacts(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A picture, sound, video or other file; `alt` is absent where nothing was written.

    `size` is in bytes, `duration` in milliseconds, `width` and `height` in pixels, as far as they are known.
    `poster`, `transcript` and `original` (a picture as it was sent in) are addresses, `captions` those of
    WebVTT files by language.
    """

    kind: str
    url: str = ""
    mime: str = ""
    alt: str | None = None
    caption: str = ""
    credit: str = ""
    license: LicenseFacts | None = None
    size: int = 0
    duration: int | None = None
    width: int = 0
    height: int = 0
    poster: str = ""
    captions: dict[str, str] = {}
    transcript: str = ""
    original: str = ""


def license_facts(link: el.Link | None, texts: Sequence[tuple[str, str]] = ()) -> LicenseFacts | None:
    """A licence, where there is one; `texts` are those of what it names, with their titles."""
    text = "\n\n".join(text for _, text in texts)
    return LicenseFacts(link.text, link.href or "", text) if link else None


def media_facts(afar: Here, document: Document) -> tuple[MediaFacts, ...]:
    """All media of a document that can be shown, by their whole addresses."""
    return tuple([_medium(one) for one in media_of(afar, getattr(document, "media", ()), document)])


def _medium(shown: el.Medium) -> MediaFacts:
    picture = shown.picture  # a rendition: the medium's type and size are those of what was sent in
    return MediaFacts(
        shown.kind,
        shown.href,
        "" if picture else shown.mime,
        shown.alt,
        shown.caption,
        shown.credit,
        license_facts(shown.license),
        0 if picture else shown.size,
        shown.duration,
        picture.width if picture else shown.width,
        picture.height if picture else shown.height,
        shown.poster,
        {track.language: track.href for track in shown.tracks if track.kind == "captions"},
        shown.transcript.href or "" if shown.transcript else "",
        shown.original,
    )
