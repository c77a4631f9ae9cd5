"""What of a work is played, and where the parts of an episode begin on its clock."""

from collections.abc import Iterable
from typing import NamedTuple

from byline.archive import Archive
from byline.pages.here import Here
from byline.read.suffixes import TYPES, suffix_of
from byline.values import Episode, Media

# Beside an episode's page: where its parts begin, for its player.
CHAPTERS = "chapters.vtt"


def is_played(media: Media) -> bool:
    """Whether a medium has a clock."""
    if media.type:
        return media.type.startswith(("audio/", "video/"))
    return TYPES.get(suffix_of(media.file or media.url), ("", ""))[0] in ("sound", "video")


def played_of(archive: Archive, media: Iterable[Media]) -> Media | None:
    """The first of some media that can be played."""
    played = (one for one in media if is_played(one) and (one.url or one.file in archive.media))
    return next(played, None)


def chaptered(archive: Archive, episode: Episode) -> Media | None:
    """The medium of an episode whose parts have times, if there are any: the first that is played."""
    segments = (archive.library.segments[key] for key in archive.episode_segments.get(episode.id, ()))
    if not episode.chapters and not any(one.starts is not None and not one.withdrawn for one in segments):
        return None
    return played_of(archive, episode.media)


class Chapter(NamedTuple):
    """Where a part of an episode begins, in milliseconds: a segment by its key, else a named moment."""

    at: int
    title: str
    segment: str = ""


def chapters_of(here: Here, episode: Episode) -> list[Chapter]:
    """The parts of an episode that have times, in order, for its page and for all players.

    Of what begins at one moment it is one: a segment, since it has a page.
    """
    found = {one.at: Chapter(one.at, one.title) for one in reversed(episode.chapters)}
    for key in reversed(here.archive.episode_segments.get(episode.id, ())):
        segment = here.archive.library.segments[key]
        if segment.starts is not None and not segment.withdrawn:
            found[segment.starts] = Chapter(segment.starts, here.title(("segment", key)), key)
    return sorted(found.values())
