"""Sound and film: a poster and a waveform for those that were looked into (the extra `media`).

Loudness and pictures stay as they were sent in: nothing is encoded again.
"""

import io
from array import array
from collections.abc import Iterator
from contextlib import suppress

from byline.values import Medium

VERSION = "footage-1"
SUFFIXES = {"poster": "jpg", "wave": "svg"}
# A line for every second pixel of a player's width.
_LINES, _HEIGHT = 300, 64
_POSTER = 1280


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
    """The loudest moment of every stretch, as lines around a middle."""
    import av

    peaks: list[int] = []
    with av.open(io.BytesIO(data), "r") as container, suppress(av.error.FFmpegError):
        stream = container.streams.audio[0]
        # 8,000 samples a second are enough to see loud and quiet, and read soon.
        resampler, shape = av.AudioResampler("s16", "mono", 8000), None
        for frame in container.decode(stream):
            if shape != (shape := (frame.format.name, frame.layout.name, frame.sample_rate)):
                resampler = av.AudioResampler("s16", "mono", 8000)
            for part in resampler.resample(frame):
                samples = array("h", bytes(part.planes[0])[: part.samples * 2])
                peaks += [max(map(abs, samples[at : at + 80])) for at in range(0, len(samples), 80)]
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
