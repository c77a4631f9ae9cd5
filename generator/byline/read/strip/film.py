"""Film, and sound kept like it, without what is private: that becomes empty space of the same length."""

import struct
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import accumulate, islice
from operator import itemgetter

_BOXES_KEPT = {
    "": b"ftyp moov mdat moof mfra sidx styp ssix pdin".split(),
    "moov": b"mvhd trak mvex iods".split(),
    "trak": b"tkhd edts tref mdia tapt".split(),
    "mdia": b"mdhd hdlr minf elng".split(),
    "minf": b"vmhd smhd nmhd gmhd hdlr dinf stbl".split(),
    "moof": b"mfhd traf".split(),
    "traf": b"tfhd tfdt trun sdtp sbgp sgpd subs saiz saio senc".split(),
}
# Captions made of text are not among them: drones write there where they were, a line a second.
_TRACKS_KEPT = b"vide", b"soun", b"clcp"
# Covers and previews, kept like film.
_STILLS = b"jpeg", b"mjpa", b"mjpb", b"png "
# Where the name of the program stands in the description of a film (ISO 14496-12, 12.1.3).
_COMPRESSOR = slice(50, 82)

_Stretch = tuple[int, int]


def mp4(data: bytes) -> bytes:
    """ISO 14496-12: boxes of tags, positions and times become free space; so do tracks of measurements.

    Of the data stays what is picture or sound. Some cameras keep their positions between.
    """
    out = bytearray(data)
    names = _clear(out, "", 0, len(out))
    if not {b"moov", b"ftyp"} <= names and not {b"moov", b"mdat"} <= names:
        raise ValueError("it holds no sound and no film")
    kept = _united(_told(out))
    for name, _, body, stop in _boxes(out, 0, len(out)):
        if name == b"mdat":
            _blank_between(out, body, stop, kept)
    return bytes(out)


def _united(stretches: Iterable[_Stretch]) -> list[_Stretch]:
    """Stretches, sorted, none of which meets another."""
    found: list[_Stretch] = []
    for first, last in sorted(stretches):
        if found and first <= found[-1][1]:
            found[-1] = found[-1][0], max(last, found[-1][1])
        else:
            found.append((first, last))
    return found


def _blank_between(data: bytearray, at: int, end: int, kept: list[_Stretch]) -> None:
    """Empty all that is in none of these `_united` stretches."""
    for number in range(bisect_right(kept, at, key=itemgetter(1)), len(kept)):
        first, last = kept[number]
        if first >= end:
            break
        if first > at:
            data[at:first] = bytes(first - at)
        at = min(last, end)
    data[at:end] = bytes(end - at)


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
        if name not in _BOXES_KEPT[inside] or (name == b"trak" and not _is_kept(data, body, stop)):
            _free(data, at, body, stop)
        elif name in (b"mvhd", b"tkhd", b"mdhd"):
            data[body + 4 : body + (20 if data[body] else 12)] = bytes(16 if data[body] else 8)
        elif name == b"hdlr":  # behind what it handles: its name, which is that of a camera or a person
            data[body + 24 : stop] = bytes(max(0, stop - body - 24))
        elif name == b"dinf":  # where the data are: in this file, or under a name on somebody's disk
            for _, _, entry, last in _boxes(data, _find(data, body, stop, b"dref")[0] + 8, stop):
                data[entry + 4 : last] = bytes(max(0, last - entry - 4))
        elif name.decode("latin-1") in _BOXES_KEPT:
            _clear(data, name.decode(), body, stop)
    return names


def _free(data: bytearray, at: int, body: int, stop: int) -> None:
    data[at + 4 : at + 8] = b"free"
    data[body:stop] = bytes(stop - body)


def _find(data: bytearray, start: int, end: int, *path: bytes) -> _Stretch:
    for wanted in path:
        start, end = next(((b, e) for n, _, b, e in _boxes(data, start, end) if n == wanted), (end, end))
    return start, end


def _is_kept(data: bytearray, start: int, end: int) -> bool:
    """Whether a track is picture or sound. What its description says of the program is emptied."""
    at, _ = _find(data, start, end, b"mdia", b"hdlr")
    handler = bytes(data[at + 8 : at + 12])
    if handler == b"vide":
        entries, last = _find(data, start, end, b"mdia", b"minf", b"stbl", b"stsd")
        count = struct.unpack_from(">I", data, entries + 4)[0] if entries < last else 0
        for name, first, _, stop in islice(_boxes(data, entries + 8, last), count):
            if name in _STILLS:
                return False
            if first + _COMPRESSOR.stop <= stop:
                data[first + _COMPRESSOR.start : first + _COMPRESSOR.stop] = bytes(32)
    return handler in _TRACKS_KEPT


def _told(data: bytearray) -> Iterator[_Stretch]:
    """Where the samples of all tracks stand; parts of a film that belong to no track become free space."""
    sizes: dict[int, int] = {}  # of the samples of a track, where a part does not say
    for name, at, body, stop in _boxes(data, 0, len(data)):
        if name == b"moov":
            for inner, _, start, end in _boxes(data, body, stop):
                if inner == b"trak":
                    head, _ = _find(data, start, end, b"tkhd")
                    sizes[struct.unpack_from(">I", data, head + (20 if data[head] else 12))[0]] = 0
                    yield from _samples(data, start, end)
            for inner, _, start, _ in _boxes(data, *_find(data, body, stop, b"mvex")):
                if inner == b"trex" and (track := struct.unpack_from(">I", data, start + 4)[0]) in sizes:
                    sizes[track] = struct.unpack_from(">I", data, start + 16)[0]
        elif name == b"moof":
            yield from _parts(data, at, body, stop, sizes)


def _samples(data: bytearray, start: int, end: int) -> Iterator[_Stretch]:
    """Where the samples of a track stand: its chunks, as long as the samples in them together."""
    table = _find(data, start, end, b"mdia", b"minf", b"stbl")
    at = {
        name: place
        for name in (b"stsz", b"stz2", b"stsc", b"stco", b"co64")
        if (place := (found := _find(data, *table, name))[0]) < found[1]
    }
    offsets, form = (at[b"stco"], "I") if b"stco" in at else (at.get(b"co64", 0), "Q")
    if not offsets or b"stsc" not in at:
        return
    same, ends = _sizes(data, at)
    chunks = struct.unpack_from(">I", data, offsets + 4)[0]
    places = struct.unpack_from(f">{chunks}{form}", data, offsets + 8)
    runs = struct.unpack_from(">I", data, at[b"stsc"] + 4)[0]
    per = dict(struct.unpack_from(">II", data, at[b"stsc"] + 8 + 12 * run) for run in range(runs))
    samples = before = 0
    for number, place in enumerate(places, 1):
        samples = per.get(number, samples)
        after = before + samples
        length = samples * same or ends[min(after, len(ends) - 1)] - ends[min(before, len(ends) - 1)]
        yield place, place + length
        before = after


def _sizes(data: bytearray, at: dict[bytes, int]) -> tuple[int, list[int]]:
    """The size of every sample, where they are the same; else how many bytes the first ones have together."""
    if b"stsz" in at:
        same, count = struct.unpack_from(">II", data, at[b"stsz"] + 4)
        sizes = () if same else struct.unpack_from(f">{count}I", data, at[b"stsz"] + 12)
        return same, [0, *accumulate(sizes)]
    if b"stz2" not in at:
        raise ValueError("its samples cannot be followed")
    width, count = data[at[b"stz2"] + 7], struct.unpack_from(">I", data, at[b"stz2"] + 8)[0]
    first = at[b"stz2"] + 12
    if width == 4:
        sizes = tuple(half for byte in data[first : first + (count + 1) // 2] for half in divmod(byte, 16))
    else:
        sizes = struct.unpack_from(f">{count}{'B' if width == 8 else 'H'}", data, first)
    return 0, [0, *accumulate(sizes)]


def _parts(data: bytearray, at: int, body: int, stop: int, sizes: dict[int, int]) -> Iterator[_Stretch]:
    """Where the samples of one part of a film stand (ISO 14496-12, 8.8)."""
    base = at
    for name, first, start, end in _boxes(data, body, stop):
        if name != b"traf":
            continue
        field, _ = _find(data, start, end, b"tfhd")
        flags, track = struct.unpack_from(">II", data, field)
        field += 8
        if flags & 1:
            base = struct.unpack_from(">Q", data, field)[0]
            field += 8
        elif flags & 0x20000:
            base = at
        field += 4 * (flags & 0xA).bit_count()
        usual = struct.unpack_from(">I", data, field)[0] if flags & 0x10 else sizes.get(track, 0)
        place = base
        for inner, _, run, last in _boxes(data, start, end):
            if inner != b"trun":
                continue
            flags, count = struct.unpack_from(">II", data, run)
            if flags & 1:
                place = base + struct.unpack_from(">i", data, run + 8)[0]
            rows, row = run + 8 + 4 * (flags & 5).bit_count(), (flags & 0xF00).bit_count()
            if rows + 4 * row * count > last:
                raise ValueError("its samples cannot be followed")
            length = usual * count
            if flags & 0x200:
                size = (flags & 0x100).bit_count()
                length = sum(struct.unpack_from(f">{row * count}I", data, rows)[size::row])
            if track in sizes:
                yield place, place + length
            place += length
        base = place
        if track not in sizes:
            _free(data, first, start, end)


_SEGMENT, _CLUSTER, _INFO = 0x18538067, 0x1F43B675, 0x1549A966
_TRACKS, _TRACK = 0x1654AE6B, 0xAE
# Tags, attachments, empty space; title, date, and names of files; the name of a track.
_VOIDED = {0x1254C367, 0x1941A469, 0xEC, 0x7BA9, 0x4461, 0x7384, 0x3C83AB, 0x3E83BB, 0x536E}
_INSIDE = {(0, _SEGMENT), (_SEGMENT, _INFO), (_SEGMENT, _TRACKS), (_TRACKS, _TRACK)}


def webm(data: bytes) -> bytes:
    """Matroska and WebM (RFC 9559): tags, attachments, titles and date become empty space."""
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
