"""Opening pictures of strangers: whole, upright, within limits; and what is known of one that was measured.

Everything is decoded here once before a page names it, so that what fails fails here, with a reason.
"""

import io
import warnings

import msgspec
from PIL import Image, UnidentifiedImageError

from byline.settings import Limits

FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "AVIF")
# Orientations of EXIF, as cameras write them (CIPA DC-008, 4.6.4), and what puts them upright.
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
ORIENTATION = 0x0112


class Unfit(Exception):
    """Why a file cannot be published: the problem's code, and a reason that continues "FILE: …"."""

    def __init__(self, code: str, reason: str) -> None:
        """Say why."""
        super().__init__(reason)
        self.code, self.reason = code, reason


class Measured(msgspec.Struct, frozen=True):
    """A picture as it will be shown: see `byline.values.Medium`."""

    width: int
    height: int
    frames: int
    duration: int | None
    alpha: bool
    tint: str


def opened(data: bytes, limits: Limits) -> Image.Image:
    """A picture whose header was read, nothing more. Raises Unfit where that or more is too much."""
    # Pillow asks its own limit at every frame, where a small file may grow beyond what its header says.
    Image.MAX_IMAGE_PIXELS = limits.pixels
    try:
        image = Image.open(io.BytesIO(data), formats=FORMATS)
    except UnidentifiedImageError as error:
        raise Unfit("broken-media", "this is no picture, or it is damaged") from error
    pixels = image.width * image.height * frames_of(image)
    if pixels > limits.pixels:
        raise Unfit("media-limit", f"it has {pixels:,} pixels, more than {limits.pixels:,}")
    if frames_of(image) > limits.frames:
        raise Unfit("media-limit", f"it has {frames_of(image):,} frames, more than {limits.frames:,}")
    return image


def frames_of(image: Image.Image) -> int:
    """The frames of an animation; the further pictures that a telephone hides behind a JPEG do not count."""
    return 1 if image.format in ("JPEG", "MPO") else getattr(image, "n_frames", 1)


def orientation_of(image: Image.Image) -> int:
    """How EXIF says that a picture is turned, 1 to 8. What is no orientation counts as none.

    Neither does XMP count, which Pillow would ask too: programs that turned the pixels leave it as it was.
    """
    try:
        if image.format == "PNG":
            image.load()  # what stands behind its pixels is known then
        for name in ("xmp", "XML:com.adobe.xmp"):
            image.info.pop(name, None)
        said = image.getexif().get(ORIENTATION, 1)
        return said if said in _TURNS else 1
    except Exception:  # damaged metadata can raise anything, and a picture is whole without them
        return 1


def upright(image: Image.Image, orientation: int) -> Image.Image:
    """A picture as it is meant to be looked at."""
    return image.transpose(_TURNS[orientation]) if orientation in _TURNS else image


def plain(image: Image.Image) -> Image.Image:
    """The current frame as RGB or RGBA, or as CMYK or L where a profile may still have to tell its colours.

    Where a PNG says a gamma instead, its colours are brought to sRGB's.
    """
    shown, gamma = _in_bytes(image), image.info.get("gamma", 0)
    told = "icc_profile" in image.info or "srgb" in image.info
    if told or gamma <= 0 or abs(gamma * 2.2 - 1) < 0.05:  # the last is nearly sRGB's own
        return shown
    curve = [round(255 * _encoded((value / 255) ** (1 / gamma))) for value in range(256)]
    return shown.point(curve if shown.mode == "L" else [*curve * 3, *range(256)][: 256 * len(shown.mode)])


def _encoded(light: float) -> float:
    """Light as sRGB holds it (IEC 61966-2-1), both from 0 to 1."""
    return 12.92 * light if light <= 0.0031308 else 1.055 * light ** (1 / 2.4) - 0.055


def _in_bytes(image: Image.Image) -> Image.Image:
    """16 bits become 8 by their upper half; Pillow alone would cut at 255."""
    if image.mode.startswith(("I", "F")):
        return image.convert("I").point(lambda value: value / 257).convert("L")
    see_through = image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info
    if see_through:
        return image.convert("RGBA")
    return image if image.mode in ("RGB", "CMYK", "L") else image.convert("RGB")


def measure(data: bytes, limits: Limits) -> Measured:
    """Decode a picture, all its frames, and measure it. Raises Unfit, and MemoryError.

    A JPEG is decoded at an eighth of its size: all its data are read then as well, which is where damage
    shows, in a third of the time.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of damaged metadata
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            return _measure(data, limits)
        except (Unfit, MemoryError):
            raise
        except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
            raise Unfit("media-limit", f"it has more than {limits.pixels:,} pixels") from error
        except Exception as error:  # decoders meet hostile data: whatever they raise, the file is broken
            reason = str(error).partition("\n")[0] or type(error).__name__
            raise Unfit("broken-media", f"this picture is damaged ({reason})") from error


def _measure(data: bytes, limits: Limits) -> Measured:
    with opened(data, limits) as image:
        size = image.size
        frames = frames_of(image)
        if image.format in ("JPEG", "MPO"):
            image.draft("RGB", (1, 1))
        # First of all: asking for the orientation would load it too, and hide what is wrong.
        image.load()
        # From 5 on, a picture is stored on its side.
        width, height = reversed(size) if orientation_of(image) >= 5 else size
        first = plain(image)
        alpha = first.mode == "RGBA" and _lowest(first.getchannel("A")) < 255
        small = first.convert("RGB").resize((1, 1), Image.Resampling.BOX)
        duration = 0
        for number in range(frames):
            image.seek(number)
            image.load()
            duration += round(image.info.get("duration") or 0)
            if frames > 1 and not alpha:
                alpha = (frame := plain(image)).mode == "RGBA" and _lowest(frame.getchannel("A")) < 255
    colour = small.getpixel((0, 0))
    assert isinstance(colour, tuple)
    # Four levels beside black: 125 colours are enough to hold a place for a moment.
    tint = "".join("048cf"[min(4, round(value / 64))] for value in colour)
    return Measured(width, height, frames, duration if frames > 1 else None, alpha, "" if alpha else tint)


def _lowest(channel: Image.Image) -> float:
    low = channel.getextrema()[0]
    assert isinstance(low, (int, float))
    return low
