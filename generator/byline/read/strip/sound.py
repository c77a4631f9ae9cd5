"""Sound without what is private: what plays stays, frame by frame."""

import re
import struct
import zlib

from byline.read.strip import riff


def wav(data: bytes) -> bytes:
    """RIFF WAVE: the format and the samples."""
    kept = [(name, body) for name, body in riff.chunks(data) if name in (b"fmt ", b"fact", b"data")]
    if {b"fmt ", b"data"} - {name for name, _ in kept} or data[8:12] != b"WAVE":
        raise ValueError("it holds no sound")
    return riff.of(b"WAVE", kept)


# A tag that may stand anywhere in a stream: where files were put one behind the other there are several.
_TAG = re.compile(rb"ID3[\2-\4]\0.[\0-\x7f]{4}(?=[A-Z][A-Z0-9]{2}|\0{3})", re.DOTALL)


def mpeg(data: bytes) -> bytes:
    """MP3 and AAC as they are streamed: frames, without the tags before, between and behind them."""
    start = 0
    while data[start : start + 3] == b"ID3":
        start += _length(data, start)
    while data[start : start + 1] == b"\0":  # padding that some writers forget to count
        start += 1
    found = _untagged(data, _first_frame(data, start))
    if not found:
        raise ValueError("it holds no sound")
    return found


def _length(data: bytes, at: int) -> int:
    """How long the tag is that begins there."""
    size = 0
    for byte in data[at + 6 : at + 10]:
        size = size << 7 | byte & 0x7F
    return 10 + size + (10 if data[at + 5] & 0x10 else 0)


def _untagged(data: bytes, start: int) -> bytes:
    """What is there from `start` on but tags."""
    kept = []
    while start < len(data):
        tag = _TAG.search(data, start)
        stop = end = tag.start() if tag else len(data)
        while (shorter := max(start, _before_tag(data, end))) < end:
            end = shorter
        kept.append(data[start:end])
        start = stop + _length(data, stop) if tag else stop
    return b"".join(kept)


def _first_frame(data: bytes, start: int) -> int:
    """Where sound begins: a tag may stand before it that is not closed where it says."""
    if data[start : start + 4] == b"ADIF":
        return start
    at = data.find(b"\xff", start)
    while 0 <= at < len(data) - 1 and at < start + 65536:
        if data[at + 1] & 0xE0 == 0xE0 and data[at + 1] != 0xFF:
            return at
        at = data.find(b"\xff", at + 1)
    raise ValueError("it holds no sound")


def _before_tag(data: bytes, end: int) -> int:
    if data[end - 128 : end - 125] == b"TAG":
        return end - 128
    if data[end - 32 : end - 24] == b"APETAGEX":
        size = int.from_bytes(data[end - 20 : end - 16], "little")
        return max(0, end - size - (32 if data[end - 9] & 0x80 else 0))
    if data[end - 9 : end] == b"LYRICS200" and data[end - 15 : end - 9].isdigit():
        return max(0, end - 15 - int(data[end - 15 : end - 9]))
    if data[end - 10 : end - 7] == b"3DI":
        size = 0
        for byte in data[end - 4 : end]:
            size = size << 7 | byte & 0x7F
        return max(0, end - 20 - size)
    return end


def flac(data: bytes) -> bytes:
    """FLAC (RFC 9639): stream information, seek points and frames; no tags of other formats around them."""
    at = data.find(b"fLaC", 0, 1 << 20)
    if at < 0 or (at and data[:3] != b"ID3"):
        raise ValueError("it does not begin as its name says")
    at += 4
    kept = []
    last = False
    while not last:
        last, kind = bool(data[at] & 0x80), data[at] & 0x7F
        length = int.from_bytes(data[at + 1 : at + 4], "big")
        if at + 4 + length > len(data):
            raise ValueError("it ends within its header")
        if kind in (0, 3):
            kept.append((kind, data[at + 4 : at + 4 + length]))
        at += 4 + length
    if not kept or kept[0][0] != 0 or len(kept[0][1]) != 34 or data[at : at + 1] != b"\xff":
        raise ValueError("its header is damaged")
    blocks = [
        bytes([kind | (0x80 if number == len(kept) - 1 else 0)]) + len(body).to_bytes(3, "big") + body
        for number, (kind, body) in enumerate(kept)
    ]
    return b"".join([b"fLaC", *blocks, _untagged(data, at)])


# How a stream begins; how its packet of comments begins, and how many bytes close that.
_OGG_STREAMS = {
    b"\x01vorbis": (b"\x03vorbis", 1),
    b"OpusHead": (b"OpusTags", 0),
    b"\x80theora": (b"\x81theora", 0),
    b"OVP80": (b"OVP80\2 ", 0),
    b"Speex   ": (b"", 0),
    b"\x7fFLAC": (b"\x04", 0),
    b"fishead": (b"fishead", 0),  # which others there are, and nothing more
}
_MIRROR = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


def ogg(data: bytes) -> bytes:
    """Ogg (RFC 3533): comments become blanks of the same length, so that every page keeps its place."""
    out = bytearray(data)
    streams: dict[bytes, bytes] = {}  # stream -> how it begins, as long as there may be comments in it
    packets: dict[bytes, int] = {}  # stream -> packets that are complete
    pieces: dict[bytes, list[tuple[int, int, int]]] = {}  # stream -> page and span of parts of a packet
    stale: set[tuple[int, int]] = set()
    at = 0
    while at < len(data):
        lacing = data[at + 27 : at + 27 + data[at + 26]] if at + 27 <= len(data) else b""
        serial, start = data[at + 14 : at + 18], at + 27 + len(lacing)
        end = start + sum(lacing)
        if data[at : at + 4] != b"OggS" or (end > len(data) and not packets.get(serial)):
            raise ValueError("its pages cannot be followed")
        if data[at + 5] & 2:  # a stream begins
            packets[serial], pieces[serial] = 0, []
            streams[serial] = next((one for one in _OGG_STREAMS if data.startswith(one, start)), b"")
            if not streams[serial]:
                raise ValueError("what is in it is not known")
        for length in lacing if serial in streams else b"":
            pieces[serial].append((at, start, start + length))
            start += length
            if length < 255:
                packet = b"".join(out[first:last] for _, first, last in pieces[serial])
                blank = _without_comments(packet, streams[serial]) if packets[serial] else None
                if blank is not None:
                    for page, first, last in pieces[serial]:
                        out[first:last], blank = blank[: last - first], blank[last - first :]
                        stale.add((page, _ogg_end(data, page)))
                packets[serial], pieces[serial] = packets[serial] + 1, []
                # Only FLAC has any number of packets before its sound.
                more = packet[:1] != b"\xff" if streams[serial] == b"\x7fFLAC" else packets[serial] < 2
                if not more:
                    del streams[serial]
                    break
        at = end
    for at, end in stale:
        out[at + 22 : at + 26] = bytes(4)
        out[at + 22 : at + 26] = _ogg_sum(bytes(out[at:end]))
    return bytes(out)


def _ogg_end(data: bytes, at: int) -> int:
    count = data[at + 26]
    return at + 27 + count + sum(data[at + 27 : at + 27 + count])


def _ogg_sum(page: bytes) -> bytes:
    """The checksum of a page: zlib's polynomial, with the bits of bytes and result the other way round."""
    crc = zlib.crc32(page.translate(_MIRROR), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return int(f"{crc:032b}"[::-1], 2).to_bytes(4, "little")


def _without_comments(packet: bytes, stream: bytes) -> bytes | None:
    """A packet of a stream's head without comments; None where there are none in it."""
    begins, closing = _OGG_STREAMS[stream]
    header = len(begins)
    if stream == b"\x7fFLAC":
        if not packet or packet[0] == 0xFF or packet[0] & 0x7F not in (2, 4, 5, 6):
            return None
        if packet[0] & 0x7F != 4:  # a cover, or what a program keeps for itself: padding from now on
            return bytes([packet[0] & 0x80 | 1]) + packet[1:4] + bytes(len(packet) - 4)
        header = 4
    elif not packet.startswith(begins):
        return None
    room = len(packet) - header - 8 - closing
    if room < 0:
        raise ValueError("its comments are damaged")
    return packet[:header] + struct.pack("<I", room) + b" " * room + bytes(4) + b"\1" * closing
