"""What episodes state of themselves, beside what is there: how many answered a call, how long one is."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

import msgspec

from byline.identify import Library
from byline.problems import Place, Problem
from byline.resolve import References
from byline.times import timecode
from byline.values import Episode, Key, Segment, credit_place, field_place

# A time in milliseconds, if there is one, and where it is written.
Time = tuple[int | None, Place]


def doubts(
    library: Library, references: References, segments_of: Mapping[str, Sequence[str]]
) -> Iterator[Problem]:
    """Warnings of statements that something in the archive belies; `segments_of` are those of episodes."""
    for id_, episode in library.episodes.items():
        yield from _submissions(episode, len(references.calls.get(id_, ())))
    for id_, episode in library.episodes.items():
        if episode.runtime is None:  # nor has one that was withdrawn
            continue
        times = [_episode_times(episode, references)]
        times += [_segment_times(key, library.segments[key], references) for key in segments_of.get(id_, ())]
        for at, place in chain.from_iterable(times):
            # A runtime may have been rounded to the second.
            if at is not None and at >= episode.runtime + 1000:
                message = f"{timecode(at)} is behind the end of the episode, {timecode(episode.runtime)}"
                hint = f'check it, and the runtime of "{id_}"'
                yield Problem("out-of-range", message, place, hint, "warning")


def _submissions(episode: Episode, answers: int) -> Iterator[Problem]:
    if episode.submissions is not None and episode.submissions < answers:
        message = f'"submissions" says {episode.submissions}, and the archive holds {answers}'
        place, hint = field_place(episode, "submissions"), f"write {answers} or more, or leave it out"
        yield Problem("too-few-submissions", message, place, hint, "warning")


def _episode_times(episode: Episode, references: References) -> Iterator[Time]:
    """The times that an episode itself names, and their places."""
    for index, chapter in enumerate(episode.chapters):
        yield chapter.at, field_place(episode, "chapters", index, "at")
    yield from _named_times(("episode", episode.id), episode, references)


def _segment_times(key: str, segment: Segment, references: References) -> Iterator[Time]:
    """The times at a segment that are on the clock of its episode, and their places."""
    if segment.withdrawn:
        return
    yield segment.starts, field_place(segment, "starts")
    yield segment.ends, field_place(segment, "ends")
    if not segment.media:  # which may have a clock of their own
        yield from _named_times(("segment", key), segment, references)


def _named_times(key: Key, work: Episode | Segment, references: References) -> Iterator[Time]:
    for line in references.credits.get(key, ()):
        place = credit_place(work, line)
        yield line.at, msgspec.structs.replace(place, field=(*place.field, "at"))
    for use in references.uses.get(key, ()):
        yield use.at, field_place(work, "uses", use.index, "at")
