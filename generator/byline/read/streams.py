"""What is known of sound and film by looking into them: nothing without the extra `media` (PyAV)."""

import io
from contextlib import suppress
from importlib.util import find_spec
from typing import TYPE_CHECKING

import msgspec

from byline.read.pictures import Unfit

if TYPE_CHECKING:
    from av.audio.stream import AudioStream
    from av.container import InputContainer

# What the first frame of an MP3 holds where somebody has counted its frames.
_COUNTED = (b"Xing", b"Info", b"VBRI")
# In microseconds: what seems longer is not gone through whole, which takes a second for half an hour.
_LONG = 4 * 3600 * 1_000_000


class Streams(msgspec.Struct, frozen=True):
    """Milliseconds, and pixels of a film as shown."""

    duration: int
    width: int = 0
    height: int = 0


def installed() -> bool:
    """Whether sound and film can be looked into."""
    try:
        return find_spec("av") is not None
    except ValueError:  # it was kept from being imported
        return False


def look(data: bytes, kind: str) -> Streams:
    """Duration and size. Raises Unfit where nothing of the kind is in it, or it cannot be decoded."""
    import av

    try:
        with av.open(io.BytesIO(data), "r") as container:
            streams = container.streams.video if kind == "video" else container.streams.audio
            if not streams:
                raise Unfit("broken-media", f"there is no {'film' if kind == 'video' else 'sound'} in it")
            stream = streams[0]
            frame = next(iter(container.decode(stream)))
            length = container.duration or 0
            if not length and stream.duration and stream.time_base:
                length = int(stream.duration * stream.time_base * 1_000_000)
            if not isinstance(frame, av.VideoFrame):
                if length < _LONG and _guessed(container.format.name, data):
                    length = _counted(container, container.streams.audio[0])
                return Streams(length // 1000)
            size = (frame.width, frame.height)
            width, height = reversed(size) if frame.rotation % 180 else size
            return Streams(length // 1000, width, height)
    except (av.error.FFmpegError, StopIteration) as error:
        reason = getattr(error, "strerror", "") or "nothing in it can be decoded"
        raise Unfit("broken-media", f"it cannot be played ({reason})") from error


def _guessed(form: str, data: bytes) -> bool:
    """Whether a length is only that of a file whose bit rate is everywhere that of its beginning."""
    if form == "mp3":
        tag = 0
        if data.startswith(b"ID3"):  # its length is in four bytes of seven bits
            tag = 10 + sum(
                (byte & 127) << shift for byte, shift in zip(data[6:10], (21, 14, 7, 0), strict=True)
            )
        return not any(mark in data[tag : tag + 2048] for mark in _COUNTED)
    return form == "aac"


def _counted(container: "InputContainer", stream: "AudioStream") -> int:
    """The length of all packets that can be read, in microseconds."""
    import av

    total = 0
    container.seek(0)
    with suppress(av.error.FFmpegError):
        for packet in container.demux(stream):
            total += packet.duration or 0
    return int(total * (stream.time_base or 0) * 1_000_000)
