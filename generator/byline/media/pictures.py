"""Pictures: a few widths of each, upright, in sRGB, without metadata."""

import io
from pathlib import Path

from PIL import Image, ImageCms, ImageOps
from PIL import __version__ as pillow

from byline.read.probe import FORMATS
from byline.values import Medium

WIDTHS = (320, 640, 1280)
SUFFIX = "webp"
VERSION = f"pillow-{pillow}-webp-80-4"


def widths(medium: Medium) -> tuple[int, ...]:
    """The widths that a picture is made in, ascending; never wider than the source."""
    smaller = tuple(width for width in WIDTHS if width < medium.width)
    return smaller if len(smaller) == len(WIDTHS) else (*smaller, medium.width)


def resized(path: Path, width: int) -> bytes:
    """WebP of this width in pixels. Raises OSError or ValueError where the source cannot be decoded."""
    with Image.open(path, formats=FORMATS) as source:
        source.draft("RGB", (width, round(source.height * width / source.width)))
        image = ImageOps.exif_transpose(source)
        profile = source.info.get("icc_profile")
    image = _srgb(image, profile)
    height = max(1, round(image.height * width / image.width))
    if image.width != width:
        image = image.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3.0)
    out = io.BytesIO()
    image.save(out, "WEBP", quality=80, method=4)
    return out.getvalue()


def _srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    alpha = "A" in image.getbands() or "transparency" in image.info
    mode = "RGBA" if alpha else "RGB"
    if profile and image.mode in ("RGB", "RGBA", "CMYK", "L"):
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            target = ImageCms.createProfile("sRGB")
            converted = ImageCms.profileToProfile(image, source, target, outputMode=mode)
        except ImageCms.PyCMSError:
            return image.convert(mode)
        return converted if converted is not None else image
    return image.convert(mode)
