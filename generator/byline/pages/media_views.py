"""Media as pages show them: pictures in their widths, players with what is said in them, files to take away.

Each is seen from a `Here`. Media elsewhere add their hosts to it, for the page's policy.
"""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from byline.archive import Archive
from byline.media import operations, pictures, rendition_path
from byline.named import ANYBODY
from byline.pages import elements as el
from byline.pages.chapters import CHAPTERS, chaptered, is_played, played_of
from byline.pages.here import Here
from byline.permalinks import permalink
from byline.read.suffixes import TYPES, suffix_of
from byline.text import fold
from byline.values import Document, Episode, Key, Media, Medium, Segment

# The first half of a MIME type -> a kind of media.
KINDS_BY_TYPE = {"image": "picture", "audio": "sound", "video": "video"}


def picture_of(
    here: Here, file: str, alt: str | None = "", most: int = 0, language: str = ""
) -> el.Picture | None:
    """A picture of the archive in its widths, at `most` so wide; None where it could not be read.

    `language` is that of `alt`.
    """
    medium = here.archive.media.get(file)
    if medium is None or medium.kind not in ("picture", "drawing"):
        return None
    if medium.kind == "drawing":
        return el.Picture(
            _rendition(here, medium, "copy"), medium.width, medium.height, alt, language=language
        )
    settings = here.archive.settings.media
    made = pictures.widths(medium, settings)
    sizes = [width for width in made if not most or width <= most] or [made[0]]
    *better, last = [
        (
            pictures.MIMES[one],
            tuple(
                (_rendition(here, medium, pictures.operation(one, width, made[-1])), width) for width in sizes
            ),
        )
        for one in pictures.formats(medium, settings)
    ]
    height = max(1, round(medium.height * sizes[-1] / medium.width))
    moving = [one for one in pictures.operations(medium, settings) if one.startswith("anim-")]
    motion = _rendition(here, medium, moving[0]) if moving and not most else ""
    sources = last[1]
    return el.Picture(
        sources[-1][0], sizes[-1], height, alt, sources, tuple(better), motion, medium.tint, language
    )


def _rendition(here: Here, medium: Medium, operation: str) -> str:
    return here.href(rendition_path(medium, operation))


def media_of(here: Here, media: Sequence[Media], document: Document) -> tuple[el.Medium, ...]:
    """All media of a document that can be shown."""
    shown = (medium_of(here, medium, document) for medium in media)
    return tuple(medium for medium in shown if medium is not None)


def medium_of(here: Here, media: Media, document: Document) -> el.Medium | None:
    """A medium as it is shown on this page; what was left out has its words at least."""
    if media.url:
        return _elsewhere(here, media, document)
    measured = here.archive.media.get(media.file)
    if measured is None:
        words = media.alt or media.caption
        language = language_of(here, document)
        return (
            el.Medium("missing", "", alt=media.alt, caption=media.caption, language=language)
            if words
            else None
        )
    kind = {"captions": "file", "drawing": "picture"}.get(measured.kind, measured.kind)
    picture = picture_of(here, media.file, media.alt, language=language_of(here, document))
    href = picture.src if picture else _rendition(here, measured, "copy")
    made = {one.partition("-")[0]: one for one in operations(measured, here.archive.settings.media)}
    poster = _poster(here, media, document)
    return el.Medium(
        kind=kind,
        href=href,
        mime=measured.mime,
        size=measured.size,
        duration=media.duration if measured.duration is None else measured.duration,
        name=media.file.rpartition("/")[2],
        picture=picture,
        poster=poster or (_rendition(here, measured, "poster") if "poster" in made else ""),
        width=measured.width or media.width or 0,
        height=measured.height or media.height or 0,
        wave=_rendition(here, measured, "wave") if "wave" in made else "",
        original=_rendition(here, measured, "original") if "original" in made else "",
        original_size=measured.size if "original" in made else 0,
        **_words(here, media, document, href),
    )


def _elsewhere(here: Here, media: Media, document: Document) -> el.Medium:
    """A medium on another origin, of which is known what was declared."""
    kind, mime = _type_elsewhere(media)
    return el.Medium(
        kind=kind,
        href=_asked(here, media.url),
        mime=mime,
        size=media.size or 0,
        duration=media.duration,
        name=urlsplit(media.url).path.rpartition("/")[2],
        picture=_picture_elsewhere(here, media, media.alt, language_of(here, document))
        if kind == "picture"
        else None,
        poster=_poster(here, media, document),
        width=media.width or 0,
        height=media.height or 0,
        external=True,
        **_words(here, media, document, media.url),
    )


def _type_elsewhere(media: Media) -> tuple[str, str]:
    """The kind and the MIME type of a medium on another origin, as declared, else by its name."""
    if media.type:
        return KINDS_BY_TYPE.get(media.type.partition("/")[0], "file"), media.type
    kind, mime = TYPES.get(suffix_of(media.url), ("file", ""))
    return {"captions": "file", "drawing": "picture"}.get(kind, kind), mime


def _picture_elsewhere(here: Here, media: Media, alt: str | None, language: str) -> el.Picture:
    href = _asked(here, media.url)
    return el.Picture(href, media.width or 0, media.height or 0, alt, language=language)


def language_of(here: Here, document: Document) -> str:
    """The language of what is written of a document's media, where it is not the archive's; else ""."""
    return "" if document.language == here.archive.settings.archive.language else document.language


def _asked(here: Here, url: str) -> str:
    """An address that the page asks for something, as its policy has to allow."""
    here.hosts.add(origin(url))
    return url


def _words(here: Here, media: Media, document: Document, href: str) -> dict[str, Any]:
    """What is written and said beside a medium."""
    script = _script(here, media, document, href)
    return {
        "alt": media.alt,
        "caption": media.caption,
        "credit": media.credit,
        "license": here.license(media.license) if media.license else None,
        "tracks": (*_tracks(here, media), *_chapters(here, media, document)),
        "transcript": None if script and script.file else file_link(here, media.transcript),
        "script": script,
        "language": language_of(here, document),
    }


def _poster(here: Here, media: Media, document: Document) -> str:
    posters = (Media(file=media.poster),) if media.poster else getattr(document, "poster", ())
    for one in posters:
        if one.url:
            return _asked(here, one.url)
        if picture := picture_of(here, one.file, most=1600):
            return picture.src
    return ""


def _tracks(here: Here, media: Media) -> tuple[el.Track, ...]:
    links = ((language, file_link(here, file)) for language, file in media.captions)
    return tuple(el.Track(link.href or "", language) for language, link in links if link)


def _chapters(here: Here, media: Media, document: Document) -> tuple[el.Track, ...]:
    if isinstance(document, Episode) and media is chaptered(here.archive, document):
        path = permalink(("episode", document.id)) + CHAPTERS
        return (el.Track(here.href(path), here.archive.settings.archive.language, "chapters"),)
    return ()


def _script(here: Here, media: Media, document: Document, href: str) -> el.Script | None:
    """What is said, by a transcript in WebVTT; where none is stated, by captions.

    By those in the document's language, else in the archive's, else the first.
    """
    own = here.archive.settings.archive.language
    files = dict(media.captions)
    file = media.transcript or _transcript(media, document)
    stated = file_link(here, file)
    if stated:
        language = next((one for one in files if files[one] == file), document.language or own)
    else:
        languages = (document.language, own, *files)
        language = next((one for one in languages if files.get(one) in here.archive.media), "")
        file = files.get(language, "")
    if not file:
        return None
    lines = tuple(
        el.Line(el.Moment(cue.start, play_at(href, cue.start)), cue.text, _speaker(here, cue.speaker))
        for cue in here.archive.media[file].cues
    )
    return el.Script(lines, "" if language == own else language, stated) if lines else None


def _transcript(media: Media, document: Document) -> str:
    """The transcript of an episode, which is that of its first medium that is played; else ""."""
    if isinstance(document, Episode) and media is next(filter(is_played, document.media), None):
        return document.transcript
    return ""


def _speaker(here: Here, name: str) -> el.Person | None:
    """Whoever speaks in captions: a contributor by id, name or another printed name, else the name."""
    if not name:
        return None
    here.named.add(ANYBODY)
    known = here.once("speakers", "", lambda: _speakers(here.archive))
    key = known.get(fold(name))
    return here.person(key, name) if key else el.Person(name)


def file_link(here: Here, file: str) -> el.Link | None:
    """A published file, by its name."""
    medium = here.archive.media.get(file)
    if medium is None:
        return None
    picture = picture_of(here, file)
    href = picture.src if picture else _rendition(here, medium, "copy")
    return el.Link(file.rpartition("/")[2], href)


def cover_of(here: Here, document: Document, most: int = 640, described: bool = False) -> el.Picture | None:
    """The picture that stands for a document: its poster, avatar or first picture.

    It is `described` on the document's own page; in lists it is decoration beside a title.
    """
    for field in ("poster", "avatar", "media"):
        for media in getattr(document, field, ()):
            alt = media.alt if described else ""
            language = language_of(here, document) if alt else ""
            if media.url and (field != "media" or _type_elsewhere(media)[0] == "picture"):
                return _picture_elsewhere(here, media, alt, language)
            for file in (media.file, media.poster):
                if file and (picture := picture_of(here, file, alt, most, language)):
                    return picture
    return None


def player_of(here: Here, place: Key) -> str:
    """The href of the medium that a place's timecodes count in; "" where nothing can be played.

    A segment has its own medium, or its episode's clock.
    """
    document = here.document(place)
    if media := played_of(here.archive, getattr(document, "media", ())):
        return media.url or _rendition(here, here.archive.media[media.file], "copy")
    if isinstance(document, Segment):
        return player_of(here, ("episode", document.episode))
    return ""


def moments_of(here: Here, place: Key, at: Sequence[int]) -> tuple[el.Moment, ...]:
    """Times at a place, leading to that second of its player."""
    player = player_of(here, place) if at else ""
    return tuple(el.Moment(ms, play_at(player, ms)) for ms in at)


def play_at(player: str, ms: int) -> str:
    """The href that plays a medium from a time on; "" where nothing can be played."""
    seconds, rest = divmod(ms, 1000)  # not as a float, which is shown with six digits
    return f"{player}#t={seconds}{f'.{rest:03}'.rstrip('0') if rest else ''}" if player else ""


def _speakers(archive: Archive) -> dict[str, str]:
    """Contributors by everything that captions may call them. A name that several have is nobody's."""
    found: dict[str, str] = {}
    for key, document in archive.library.contributors.items():
        for name in {fold(one) for one in (key, document.name, *document.also_credited_as) if one}:
            found[name] = "" if name in found else key
    found.update((fold(key), key) for key in archive.library.contributors)
    return found


def origin(url: str) -> str:
    """A host as policies name it: in ASCII, as browsers ask for it."""
    parts = urlsplit(url)
    host = parts.netloc.lower().rpartition("@")[2]
    with suppress(UnicodeError):
        host = host.encode("idna").decode()
    return f"{parts.scheme.lower()}://{host}"
