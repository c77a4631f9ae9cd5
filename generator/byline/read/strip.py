"""Files without what their makers did not mean to publish: positions, serial numbers, names, previews.

Nothing is decoded: pictures, sound and film stay as they are, bit for bit. A file whose structure cannot be
followed to its end is refused, since what cannot be followed may hide anything.
"""

import struct
import zlib
from collections.abc import Iterator

_ORIENTED = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0%c\0\0\0\0\0\0"


def exif_of(orientation: int) -> bytes:
    """EXIF that says how a picture is turned, and nothing else."""
    return _ORIENTED % orientation


# Pictures (only where originals are published)


def jpeg(data: bytes, orientation: int = 1) -> bytes:
    """ISO 10918-1: keep tables, frames, scans, JFIF, Adobe's colours and ICC; drop all after the end."""
    out = [b"\xff\xd8"]
    if orientation > 1:
        body = b"Exif\0\0" + exif_of(orientation)
        out.append(b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body)
    at = 2
    while True:
        if data[at : at + 1] != b"\xff":
            raise ValueError("its segments cannot be followed")
        while data[at + 1 : at + 2] == b"\xff":
            at += 1
        marker = data[at + 1]
        if marker == 0xD9:
            return b"".join([*out, b"\xff\xd9"])
        end = at + 2 + struct.unpack_from(">H", data, at + 2)[0]
        body = data[at + 4 : end]
        known = (0xE0, b"JFIF\0"), (0xE2, b"ICC_PROFILE\0"), (0xEE, b"Adobe")
        private = 0xE0 <= marker <= 0xEF or marker == 0xFE
        if not private or any(marker == m and body.startswith(start) for m, start in known):
            out.append(data[at:end])
        at = end
        if marker == 0xDA:
            while not (data[at] == 0xFF and data[at + 1] != 0 and not 0xD0 <= data[at + 1] <= 0xD7):
                at = data.index(b"\xff", at + 1)
            out.append(data[end:at])


_PNG_KEPT = b"IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP cICP sBIT bKGD pHYs acTL fcTL fdAT".split()


def png(data: bytes, orientation: int = 1) -> bytes:
    """PNG 3rd edition: keep what decides pixels, colours and animation."""
    out = [data[:8]]
    at = 8
    while at < len(data):
        length, name = struct.unpack_from(">I4s", data, at)
        if name in _PNG_KEPT:
            out.append(data[at : at + 12 + length])
        if name == b"IHDR" and orientation > 1:
            body = b"eXIf" + exif_of(orientation)
            out.append(struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body)))
        at += 12 + length
        if name == b"IEND":
            return b"".join(out)
    raise ValueError("its end is missing")


def webp(data: bytes, orientation: int = 1) -> bytes:
    """WebP container: keep pictures, alpha, animation and ICC."""
    kept = [(name, body) for name, body in _riff(data) if name in _WEBP_KEPT]
    exif = exif_of(orientation) if orientation > 1 else b""
    if kept and kept[0][0] == b"VP8X":
        flags = kept[0][1][0] & ~0x0C | (0x08 if exif else 0)
        kept[0] = (b"VP8X", bytes([flags]) + kept[0][1][1:])
        kept += [(b"EXIF", exif)] if exif else []
    return _riff_of(b"WEBP", kept)


_WEBP_KEPT = b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF", b"ICCP"


def gif(data: bytes) -> bytes:
    """GIF 89a: drop comments and all application extensions but the one that loops."""
    at = 13 + (3 << (data[10] & 7) + 1 if data[10] & 0x80 else 0)
    out = [data[:at]]
    while True:
        start, kind = at, data[at]
        if kind == 0x3B:
            return b"".join([*out, b";"])
        if kind == 0x2C:
            at += 10 + (3 << (data[at + 9] & 7) + 1 if data[at + 9] & 0x80 else 0) + 1
        elif kind == 0x21:
            at += 2
        else:
            raise ValueError("its blocks cannot be followed")
        while data[at]:
            at += 1 + data[at]
        at += 1
        label = data[start + 1] if kind == 0x21 else 0
        if label in (0, 0xF9) or data[start + 3 : start + 14] == b"NETSCAPE2.0":
            out.append(data[start:at])


# Sound and film


def _riff(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 12
    if data[:4] != b"RIFF":
        raise ValueError("it does not begin as its name says")
    end = min(len(data), 8 + struct.unpack_from("<I", data, 4)[0])
    while at + 8 <= end:
        name, length = struct.unpack_from("<4sI", data, at)
        yield name, data[at + 8 : min(end, at + 8 + length)]
        at += 8 + length + (length & 1)


def _riff_of(form: bytes, chunks: list[tuple[bytes, bytes]]) -> bytes:
    body = form + b"".join(
        name + struct.pack("<I", len(part)) + part + b"\0" * (len(part) & 1) for name, part in chunks
    )
    return b"RIFF" + struct.pack("<I", len(body)) + body


def wav(data: bytes) -> bytes:
    """RIFF WAVE: the format and the samples."""
    kept = [(name, body) for name, body in _riff(data) if name in (b"fmt ", b"fact", b"data")]
    if {b"fmt ", b"data"} - {name for name, _ in kept} or data[8:12] != b"WAVE":
        raise ValueError("it holds no sound")
    return _riff_of(b"WAVE", kept)


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
