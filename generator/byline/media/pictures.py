"""Pictures: a few widths of each in every format, upright, in sRGB, without metadata but a credit's."""

import io
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from PIL import __version__ as pillow

from byline.media import notice
from byline.settings import Limits, MediaSettings
from byline.values import Medium

if TYPE_CHECKING:
    from PIL import Image

VERSION = f"pillow-{pillow}-2"
# Higher pictures than WebP knows are made narrower (16,383 pixels).
MOST_HEIGHT = 16_000
# An animation is a film without the means of one: wider, it is soon as heavy as a hundred pictures.
MOST_ANIMATED = 800
# Chosen by size and likeness on photographs (decision 20).
_SAVE: dict[str, dict[str, object]] = {
    "avif": {"format": "AVIF", "quality": 55, "speed": 10, "max_threads": 1},
    "webp": {"format": "WEBP", "quality": 75, "method": 2},
    "jpeg": {"format": "JPEG", "quality": 80, "progressive": True, "optimize": True},
    "png": {"format": "PNG"},
}
SUFFIXES = {"avif": "avif", "webp": "webp", "jpeg": "jpg", "png": "png", "anim": "webp"}
MIMES = {"avif": "image/avif", "webp": "image/webp", "jpeg": "image/jpeg", "png": "image/png"}


def widths(medium: Medium, settings: MediaSettings) -> tuple[int, ...]:
    """The widths that a picture is made in, ascending; never wider than the source."""
    most = min(medium.width, max(1, medium.width * MOST_HEIGHT // medium.height))
    wanted = sorted(set(settings.widths))
    smaller = [width for width in wanted if width < most]
    return tuple(smaller) if len(smaller) == len(wanted) else (*smaller, most)


def formats(medium: Medium, settings: MediaSettings) -> tuple[str, ...]:
    """The formats that a picture is made in, best first: JPEG knows no transparency, PNG does."""
    return tuple("png" if one == "jpeg" and medium.alpha else one for one in settings.formats)


def operation(name: str, width: int, widest: int) -> str:
    """`<format>-<width>-<widest>`: all widths are made from the widest, so that too is part of the name.

    An operation alone decides the bytes, whatever else is made of the picture at the same time.
    """
    return f"{name}-{width}-{widest}"


def operations(medium: Medium, settings: MediaSettings) -> Iterator[str]:
    """An operation for every rendition of a picture."""
    sizes = widths(medium, settings)
    yield from (operation(one, width, sizes[-1]) for one in formats(medium, settings) for width in sizes)
    if medium.frames > 1:
        yield f"anim-{min(MOST_ANIMATED, sizes[-1])}"


def render(data: bytes, medium: Medium, wanted: Sequence[str], limits: Limits) -> Iterator[tuple[str, bytes]]:
    """Bytes of the wanted operations. The picture is decoded once."""
    xmp = notice.packet(medium.notice) if medium.notice else b""
    made: dict[int, Image.Image] = {}
    for one in wanted:
        name, *sizes = one.split("-")
        width, widest = int(sizes[0]), int(sizes[-1])
        if name == "anim":
            yield one, _animated(data, width, limits, xmp, medium.alpha)
            continue
        if widest not in made:
            made[widest] = _still(data, medium, widest, limits)
        if width not in made:
            made[width] = _resized(made[widest], width)
        yield one, _saved(made[width], name, xmp)


def _saved(image: "Image.Image", name: str, xmp: bytes) -> bytes:
    out = io.BytesIO()
    written: dict[str, object] = {"xmp": xmp} if xmp and name != "png" else {}
    if xmp and name == "png":
        written = {"pnginfo": notice.png_text(xmp)}
    shown = image.convert("RGB") if name == "jpeg" else image
    # What Pillow does not find here it takes from the source: its profile, its comment.
    shown.info = {}
    shown.save(out, **_SAVE[name], **written)  # type: ignore[arg-type]
    return out.getvalue()


def _still(data: bytes, medium: Medium, width: int, limits: Limits) -> "Image.Image":
    """The first frame, upright and in sRGB, this wide; a JPEG is decoded no larger than it has to be.

    `draft` needs a box of the picture's own aspect, or it takes the smaller side for the larger one.
    """
    from byline.read.pictures import opened

    with opened(data, limits) as source:
        turned = source.width != medium.width
        height = max(1, round(medium.height * width / medium.width))
        source.draft("RGB", (height, width) if turned else (width, height))
        source.load()
        return _converted(source, width)


def _converted(source: "Image.Image", width: int) -> "Image.Image":
    from byline.read.pictures import orientation_of, plain, upright

    profile = source.info.get("icc_profile")
    image = upright(plain(source), orientation_of(source))
    return _srgb(_resized(image, width), profile)


def _resized(image: "Image.Image", width: int) -> "Image.Image":
    if image.width == width:
        return image.copy()
    from PIL.Image import Resampling

    height = max(1, round(image.height * width / image.width))
    return image.resize((width, height), Resampling.LANCZOS, reducing_gap=3.0)


def _srgb(image: "Image.Image", profile: bytes | None) -> "Image.Image":
    """Colours as they are meant: by the picture's own profile; one that is damaged does not count."""
    from PIL import ImageCms

    mode = "RGBA" if image.mode == "RGBA" else "RGB"
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            grey = source.profile.xcolor_space.strip() == "GRAY"
            converted = ImageCms.profileToProfile(
                image.convert("L") if grey else image,
                source,
                ImageCms.createProfile("sRGB"),
                outputMode="RGB" if grey else mode,
            )
        except (ImageCms.PyCMSError, OSError, ValueError):
            return image.convert(mode)
        if converted is not None:
            if grey and mode == "RGBA":
                converted.putalpha(image.getchannel("A"))
            return converted
    return image.convert(mode)


def _animated(data: bytes, width: int, limits: Limits, xmp: bytes, alpha: bool) -> bytes:
    """All frames with their times, as WebP."""
    from byline.read.pictures import frames_of, opened

    frames, times = [], []
    with opened(data, limits) as source:
        loop = source.info.get("loop", 1)
        # A PNG may have a picture for those who know no animation.
        first = 1 if source.info.get("default_image") else 0
        for number in range(first, frames_of(source)):
            source.seek(number)
            source.load()
            times.append(round(source.info.get("duration") or 0))
            frames.append(_converted(source, width))
    out = io.BytesIO()
    frames[0].info = {}
    frames[0].save(
        out, "WEBP", save_all=True, append_images=frames[1:], duration=times, loop=loop,
        # Drawn frames are smaller and exact without loss, filmed ones with it.
        quality=75, method=2, allow_mixed=True, **({"xmp": xmp} if xmp else {}),
    )  # fmt: skip
    made = bytearray(out.getvalue())
    if alpha and made[12:16] == b"VP8X":
        # The encoder forgets to say so where one looks through what no frame covers.
        made[20] |= 0x10
    return bytes(made)
