"""Film, and sound kept like it, without what is private: that becomes empty space of the same length."""

import struct
from collections.abc import Iterator

_BOXES_KEPT = {
    "": b"ftyp moov mdat moof mfra sidx styp ssix pdin".split(),
    "moov": b"mvhd trak mvex iods".split(),
    "trak": b"tkhd edts tref mdia tapt".split(),
    "mdia": b"mdhd hdlr minf elng".split(),
}
_TRACKS_KEPT = b"vide", b"soun", b"text", b"sbtl", b"subt", b"clcp"


def mp4(data: bytes) -> bytes:
    """ISO 14496-12: boxes of tags, positions and times become free space; so do tracks of measurements."""
    out = bytearray(data)
    names = _clear(out, "", 0, len(out))
    if not {b"moov", b"ftyp"} <= names and not {b"moov", b"mdat"} <= names:
        raise ValueError("it holds no sound and no film")
    return bytes(out)


def _boxes(data: bytearray, at: int, end: int) -> Iterator[tuple[bytes, int, int, int]]:
    """The boxes in a stretch: name, where it begins, where its content begins, where it ends."""
    while at < end:
        if at + 8 > end:
            raise ValueError("its boxes cannot be followed")
        size, name = struct.unpack_from(">I4s", data, at)
        body = at + 8
        if size == 1 and at + 16 <= end:
            size, body = struct.unpack_from(">Q", data, at + 8)[0], at + 16
        stop = end if size == 0 else at + size
        if stop < body or stop > end:
            raise ValueError("its boxes cannot be followed")
        yield name, at, body, stop
        at = stop


def _clear(data: bytearray, inside: str, start: int, end: int) -> set[bytes]:
    names = set()
    for name, at, body, stop in _boxes(data, start, end):
        names.add(name)
        if name not in _BOXES_KEPT[inside]:
            _free(data, at, body, stop)
        elif name in (b"moov", b"mdia"):
            _clear(data, name.decode(), body, stop)
        elif name == b"trak":
            if _handler(data, body, stop) not in _TRACKS_KEPT:
                for first, last in _samples(data, body, stop):
                    data[first:last] = bytes(last - first)
                _free(data, at, body, stop)
            else:
                _clear(data, "trak", body, stop)
        elif name in (b"mvhd", b"tkhd", b"mdhd"):
            data[body + 4 : body + (20 if data[body] else 12)] = bytes(16 if data[body] else 8)
    return names


def _free(data: bytearray, at: int, body: int, stop: int) -> None:
    data[at + 4 : at + 8] = b"free"
    data[body:stop] = bytes(stop - body)


def _find(data: bytearray, start: int, end: int, *path: bytes) -> tuple[int, int]:
    for wanted in path:
        start, end = next(((b, e) for n, _, b, e in _boxes(data, start, end) if n == wanted), (end, end))
    return start, end


def _handler(data: bytearray, start: int, end: int) -> bytes:
    at, _ = _find(data, start, end, b"mdia", b"hdlr")
    return bytes(data[at + 8 : at + 12])


def _samples(data: bytearray, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Where the samples of a track stand: its chunks, as long as the samples in them together."""
    table = _find(data, start, end, b"mdia", b"minf", b"stbl")
    at = {name: _find(data, *table, name)[0] for name in (b"stsz", b"stsc", b"stco", b"co64")}
    same, count = struct.unpack_from(">II", data, at[b"stsz"] + 4)
    sizes = iter([same] * count if same else struct.unpack_from(f">{count}I", data, at[b"stsz"] + 12))
    wide = at[b"stco"] == table[1]
    offsets = at[b"co64"] if wide else at[b"stco"]
    chunks = struct.unpack_from(">I", data, offsets + 4)[0]
    places = struct.unpack_from(f">{chunks}{'Q' if wide else 'I'}", data, offsets + 8)
    runs = struct.unpack_from(">I", data, at[b"stsc"] + 4)[0]
    per = dict(struct.unpack_from(">II", data, at[b"stsc"] + 8 + 12 * run) for run in range(runs))
    samples = 0
    for number, place in enumerate(places, 1):
        samples = per.get(number, samples)
        length = sum(next(sizes, 0) for _ in range(samples))
        if place + length > len(data):
            raise ValueError("its samples cannot be followed")
        yield place, place + length


_SEGMENT, _CLUSTER, _INFO = 0x18538067, 0x1F43B675, 0x1549A966
# Tags, attachments, empty space; title, date, and names of files.
_VOIDED = {0x1254C367, 0x1941A469, 0xEC, 0x7BA9, 0x4461, 0x7384, 0x3C83AB, 0x3E83BB}
_INSIDE = {(0, _SEGMENT), (_SEGMENT, _INFO)}


def webm(data: bytes) -> bytes:
    """Matroska and WebM (RFC 9559): tags, attachments, title and date become empty space."""
    out = bytearray(data)
    if data[:4] != b"\x1a\x45\xdf\xa3":
        raise ValueError("it does not begin as its name says")
    found = _void(out, 0, len(out))
    if not found & {_CLUSTER}:
        raise ValueError("it holds no film")
    return bytes(out)


def _void(out: bytearray, at: int, end: int, inside: int = 0) -> set[int]:
    """Go through elements and those inside segment, information and clusters of unknown size."""
    found: set[int] = set()
    while at < end:
        first = out[at]
        width = 9 - first.bit_length() if first else 9
        name = int.from_bytes(out[at : at + width], "big")
        size_at = at + width
        length = 9 - out[size_at].bit_length() if size_at < end and out[size_at] else 9
        body = size_at + length
        if width > 4 or length > 8 or body > end:
            raise ValueError("its elements cannot be followed")
        size = int.from_bytes(out[size_at:body], "big") & ((1 << 7 * length) - 1)
        stop = end if size == (1 << 7 * length) - 1 else body + size
        if stop > end:
            raise ValueError("it is cut short")
        found.add(name)
        if name in _VOIDED:
            whole = stop - at
            head = b"\xec\x01" + (whole - 9).to_bytes(7, "big") if whole > 8 else bytes([0xEC, 0x7E + whole])
            out[at:stop] = head + bytes(whole - len(head))
        elif (inside, name) in _INSIDE or (inside == _SEGMENT and name == _CLUSTER and stop == end):
            found |= _void(out, body, stop, name)
        at = stop
    return found
