"""Sound without what is private: what plays stays, frame by frame."""

import struct
import zlib

from byline.read.strip import riff


def wav(data: bytes) -> bytes:
    """RIFF WAVE: the format and the samples."""
    kept = [(name, body) for name, body in riff.chunks(data) if name in (b"fmt ", b"fact", b"data")]
    if {b"fmt ", b"data"} - {name for name, _ in kept} or data[8:12] != b"WAVE":
        raise ValueError("it holds no sound")
    return riff.of(b"WAVE", kept)


def mpeg(data: bytes) -> bytes:
    """MP3 and AAC as they are streamed: from the first frame to the tags after the last one."""
    start = 0
    while data[start : start + 3] == b"ID3":
        size = 0
        for byte in data[start + 6 : start + 10]:
            size = size << 7 | byte & 0x7F
        start += 10 + size + (10 if data[start + 5] & 0x10 else 0)
    while data[start : start + 1] == b"\0":  # padding that some writers forget to count
        start += 1
    start = _first_frame(data, start)
    end = len(data)
    while (shorter := _before_tag(data, end)) < end:
        end = shorter
    if start >= end:
        raise ValueError("it holds no sound")
    return data[start:end]


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
    """FLAC (RFC 9639): stream information, seek points and frames."""
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
    return b"".join([b"fLaC", *blocks, data[at:]])


# How the packet of comments begins, how long that is, and how many bytes close the packet.
_OGG_COMMENTS = ((b"\x03vorbis", 7, 1), (b"OpusTags", 8, 0), (b"\x81theora", 7, 0))
_MIRROR = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


def ogg(data: bytes) -> bytes:
    """Ogg (RFC 3533): comments become blanks of the same length, so that every page keeps its place."""
    out = bytearray(data)
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
        for length in lacing if packets.get(serial, 3) < 3 else b"":
            pieces[serial].append((at, start, start + length))
            start += length
            if length < 255:
                if _blank_comments(out, pieces[serial]):
                    stale |= {(page, _ogg_end(data, page)) for page, _, _ in pieces[serial]}
                packets[serial], pieces[serial] = packets[serial] + 1, []
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


def _blank_comments(out: bytearray, pieces: list[tuple[int, int, int]]) -> bool:
    packet = b"".join(out[start:end] for _, start, end in pieces)
    for begins, header, closing in _OGG_COMMENTS:
        if packet.startswith(begins):
            room = len(packet) - header - 8 - closing
            if room < 0:
                raise ValueError("its comments are damaged")
            blank = packet[:header] + struct.pack("<I", room) + b" " * room + bytes(4) + b"\1" * closing
            for _, start, end in pieces:
                out[start:end], blank = blank[: end - start], blank[end - start :]
            return True
    return False
