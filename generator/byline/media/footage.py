"""Sound and film: a poster and a waveform for those that were looked into (the extra `media`).

Loudness and pictures stay as they were sent in: nothing is encoded again.
"""

import io
import math
from array import array
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

from byline.values import Medium

if TYPE_CHECKING:
    from av.container import InputContainer

VERSION = "footage-2"
SUFFIXES = {"poster": "jpg", "wave": "svg"}
# A line for every second pixel of a player's width.
_LINES, _HEIGHT = 300, 64
_POSTER = 1280
# In microseconds: what is longer is not gone through whole, which would take half a minute for four hours.
_LONG = 1_200_000_000


def operations(medium: Medium) -> Iterator[str]:
    """What is made of sound or film beside the file itself. Only what was looked into has a duration."""
    if medium.kind == "video" and medium.width:
        yield "poster"
    if medium.kind == "sound" and medium.duration:
        yield "wave"


def render(data: bytes, operation: str) -> bytes:
    """The bytes of a poster or a waveform: of as much as can be decoded, which is a first frame at least."""
    return _poster(data) if operation == "poster" else _wave(data)


def _poster(data: bytes) -> bytes:
    """The picture at a tenth of a film, where titles have faded in, as JPEG."""
    import av

    with av.open(io.BytesIO(data), "r") as container:
        frame = next(iter(container.decode(container.streams.video[0])))
        with suppress(av.error.FFmpegError, StopIteration):
            if container.duration and container.duration > 2_000_000:
                container.seek(container.duration // 10)
                frame = next(iter(container.decode(container.streams.video[0])))
        image = frame.to_image().rotate(frame.rotation, expand=True)  # type: ignore[no-untyped-call]
    image.thumbnail((_POSTER, _POSTER))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80, progressive=True, optimize=True)
    return out.getvalue()


def _wave(data: bytes) -> bytes:
    """The loudest moment of every stretch, as lines around a middle; of long sound, of a second of each."""
    import av

    loud = []
    with av.open(io.BytesIO(data), "r") as container:
        length = container.duration or 0
        if length > _LONG:
            for number in range(_LINES):
                with suppress(av.error.FFmpegError):
                    container.seek(length * number // _LINES)
                loud.append(max(_peaks(container, 100), default=0))
        else:
            peaks = list(_peaks(container))
            step = max(1, -(-len(peaks) // _LINES))
            loud = [max(peaks[at : at + step]) for at in range(0, len(peaks), step)]
    most = max(loud, default=0) or 1
    lines = []
    for number, peak in enumerate(loud):
        half = max(1, round(peak / most * (_HEIGHT // 2 - 2)))
        lines.append(f"M{number * 3 + 1.5:g} {_HEIGHT // 2 - half}v{2 * half}")
    # Grey that is seen on light and dark.
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {3 * len(loud)} {_HEIGHT}" '
        f'preserveAspectRatio="none"><path d="{"".join(lines)}" stroke="#8a8378" stroke-width="2"/></svg>\n'
    ).encode()


def _peaks(container: "InputContainer", most: float = math.inf) -> Iterator[int]:
    """The loudest sample of every hundredth of a second from here on, at most so many of them."""
    import av

    resampler, shape, count = None, None, 0
    with suppress(av.error.FFmpegError):
        for frame in container.decode(container.streams.audio[0]):
            # 8,000 samples a second are enough to see loud and quiet, and read soon.
            if resampler is None or shape != (frame.format.name, frame.layout.name, frame.sample_rate):
                shape = (frame.format.name, frame.layout.name, frame.sample_rate)
                resampler = av.AudioResampler("s16", "mono", 8000)
            for part in resampler.resample(frame):
                samples = array("h", bytes(part.planes[0])[: part.samples * 2])
                for at in range(0, len(samples), 80):
                    yield max(map(abs, samples[at : at + 80]))
                    count += 1
            if count >= most:
                return
