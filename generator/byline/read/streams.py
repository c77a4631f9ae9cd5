"""What is known of sound and film by looking into them: nothing without the extra `media` (PyAV)."""

import io
from importlib.util import find_spec

import msgspec

from byline.read.pictures import Unfit


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
                return Streams(length // 1000)
            size = (frame.width, frame.height)
            width, height = reversed(size) if frame.rotation % 180 else size
            return Streams(length // 1000, width, height)
    except (av.error.FFmpegError, StopIteration) as error:
        reason = getattr(error, "strerror", "") or "nothing in it can be decoded"
        raise Unfit("broken-media", f"it cannot be played ({reason})") from error
