"""Pictures without what is private; only originals that are published need it."""

import struct
import zlib

from byline.read.strip import riff
from byline.read.strip.profiles import icc

_ORIENTED = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0%c\0\0\0\0\0\0"


def exif_of(orientation: int) -> bytes:
    """EXIF that says how a picture is turned, and nothing else."""
    return _ORIENTED % orientation


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
            return b"".join([*_without_device(out), b"\xff\xd9"])
        end = at + 2 + struct.unpack_from(">H", data, at + 2)[0]
        body = data[at + 4 : end]
        known = (0xE2, _PROFILE), (0xEE, b"Adobe")
        private = 0xE0 <= marker <= 0xEF or marker == 0xFE
        if marker == 0xE0 and body.startswith(b"JFIF\0"):  # behind these fields a preview may stand
            out.append(b"\xff\xe0\0\x10" + body[:12].ljust(14, b"\0"))
        elif not private or any(marker == m and body.startswith(start) for m, start in known):
            out.append(data[at:end])
        at = end
        if marker == 0xDA:
            while not (data[at] == 0xFF and data[at + 1] != 0 and not 0xD0 <= data[at + 1] <= 0xD7):
                at = data.index(b"\xff", at + 1)
            out.append(data[end:at])


_PROFILE = b"ICC_PROFILE\0"


def _without_device(segments: list[bytes]) -> list[bytes]:
    """Segments of a JPEG, in which a profile stands in numbered parts."""
    head = 4 + len(_PROFILE) + 2
    parts = [at for at, one in enumerate(segments) if one[:2] == b"\xff\xe2" and len(one) >= head]
    parts.sort(key=lambda at: segments[at][head - 2])
    profile = icc(b"".join(segments[at][head:] for at in parts))
    start = 0
    for at in parts:
        end = start + len(segments[at]) - head
        segments[at] = segments[at][:head] + profile[start:end]
        start = end
    return segments


def _iccp(body: bytes) -> bytes:
    """The chunk of a PNG in which its profile is packed, with a name; what is damaged stays as it is."""
    _, _, packed = body.partition(b"\0")
    try:
        profile = zlib.decompressobj().decompress(packed[1:], _LARGEST)
    except zlib.error:
        return body
    if len(profile) == _LARGEST:
        raise ValueError("its colour profile is too large")
    cleaned = icc(profile)
    return body if cleaned == profile else b"icc\0\0" + zlib.compress(cleaned)


# Bytes of a profile; those of printers have two millions.
_LARGEST = 16 << 20
_PNG_KEPT = b"IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP cICP sBIT bKGD pHYs acTL fcTL fdAT".split()


def png(data: bytes, orientation: int = 1) -> bytes:
    """PNG 3rd edition: keep what decides pixels, colours and animation."""
    out = [data[:8]]
    at = 8
    while at < len(data):
        length, name = struct.unpack_from(">I4s", data, at)
        if name == b"iCCP":
            body = name + _iccp(data[at + 8 : at + 8 + length])
            out.append(struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body)))
        elif name in _PNG_KEPT:
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
    chunks = (one for one in riff.chunks(data) if one[0] in _WEBP_KEPT)
    kept = [(name, icc(body) if name == b"ICCP" else body) for name, body in chunks]
    exif = exif_of(orientation) if orientation > 1 else b""
    if kept and kept[0][0] == b"VP8X":
        flags = kept[0][1][0] & ~0x0C | (0x08 if exif else 0)
        kept[0] = (b"VP8X", bytes([flags]) + kept[0][1][1:])
        kept += [(b"EXIF", exif)] if exif else []
    return riff.of(b"WEBP", kept)


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
