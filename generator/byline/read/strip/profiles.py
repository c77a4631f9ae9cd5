"""Colour profiles without what tells which device they are of."""

import struct

# Make, model and serial number; what calibrating programs say of a screen, its measurement and its day.
_OF_DEVICES = (b"mmod", b"dmnd", b"dmdd", b"meta", b"targ", b"calt")
# Readers of profiles refuse more tags.
_MOST = 100
_TABLE = 132


def icc(profile: bytes) -> bytes:
    """ICC.1, 7: a profile in which nothing has moved, so that colours stay; what is none stays as it is."""
    if len(profile) < _TABLE or profile[36:40] != b"acsp":
        return profile
    count = min(struct.unpack_from(">I", profile, 128)[0], _MOST, (len(profile) - _TABLE) // 12)
    tags = list(struct.iter_unpack(">4sII", profile[_TABLE : _TABLE + 12 * count]))
    kept = [tag for tag in tags if tag[0] not in _OF_DEVICES]
    if len(kept) == count:
        return profile
    out = bytearray(profile)
    for name, at, size in tags:
        if name in _OF_DEVICES:
            out[at : at + size] = bytes(len(out[at : at + size]))
    for _, at, size in kept:  # tags may share what they say
        out[at : at + size] = profile[at : at + size]
    out[:_TABLE] = profile[:128] + struct.pack(">I", len(kept))
    out[48:56] = bytes(8)  # make and model
    out[84:100] = bytes(16)  # a digest of the profile
    out[_TABLE : _TABLE + 12 * count] = b"".join(struct.pack(">4sII", *tag) for tag in kept).ljust(
        12 * count, b"\0"
    )
    return bytes(out)
