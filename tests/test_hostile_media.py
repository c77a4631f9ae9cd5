"""Real media that broke other programs, all in one archive: nothing crashes, and what is good looks right.

They stand in the folder that BYLINE_HOSTILE names; without it these tests are skipped.
"""

import io
import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from PIL import Image, ImageChops, ImageCms, ImageOps, ImageStat
from selectolax.lexbor import LexborHTMLParser

from byline.settings import Limits
from conftest import SETTINGS

MEDIA = Path(os.environ.get("BYLINE_HOSTILE", "")) / "media"
pytestmark = pytest.mark.skipif(
    "BYLINE_HOSTILE" not in os.environ or not MEDIA.is_dir(), reason="BYLINE_HOSTILE names no such folder"
)


class Built(NamedTuple):
    """The site, its problems, the greatest memory of one of its processes in bytes, and records by file."""

    output: Path
    problems: list[dict[str, Any]]
    status: int
    peak: int
    records: dict[str, str]

    def left_out(self) -> set[str]:
        """The names of the files that could not be published."""
        names = {m[1] for p in self.problems if (m := re.match(r'"(.+?)" cannot', p["message"]))}
        headless = (p["path"] for p in self.problems if p["message"] == "captions begin with WEBVTT")
        return names | {path.rpartition("/")[2] for path in headless}

    def page(self, file: str) -> LexborHTMLParser:
        """The page of the record with this file."""
        return LexborHTMLParser((self._folder(file) / "index.html").read_text("utf-8"))

    def _folder(self, file: str) -> Path:
        return self.output / "records" / self.records[file]

    def rendition(self, file: str, mime: str, width: int = 400) -> Image.Image:
        """One rendition as a browser would take it; "" for what stands in the img element."""
        page = self.page(file)
        node = page.css_first(f'.work picture source[type="{mime}"]' if mime else ".work picture img")
        assert node is not None, file
        sets = node.attributes.get("srcset") or f"{node.attributes['src']} 0w"
        href = min((part.split() for part in sets.split(", ")), key=lambda p: abs(int(p[-1][:-1]) - width))[0]
        return Image.open((self._folder(file) / href).resolve())

    def motion(self, file: str) -> Image.Image:
        """The animation of a picture."""
        node = self.page(file).css_first('.work source[media="(prefers-reduced-motion: no-preference)"]')
        assert node is not None, file
        return Image.open((self._folder(file) / str(node.attributes["srcset"])).resolve())


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    root = tmp_path_factory.mktemp("hostile")
    bundle = root / "content/episodes/all"
    shutil.copytree(MEDIA, bundle / "media", ignore=shutil.ignore_patterns("MANIFEST.md"))
    files = sorted(path.relative_to(bundle / "media").as_posix() for path in (bundle / "media").glob("*/*"))
    records = {file: f"r-{number}" for number, file in enumerate(files)}
    rows = [
        {"id": name, "title": file, "media": {"file": f"media/{file}", "alt": file}}
        for file, name in records.items()
    ]
    (bundle / "records.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    (bundle / "index.md").write_text("---\ntitle: All\n---\n")
    (root / "byline.toml").write_text(f'{SETTINGS}license = "CC-BY-4.0"\n[media]\noriginals = true\n')
    output = root / "site"
    program = [sys.executable, "-c", "from byline.cli import main; main()"]
    command = [*program, "-C", str(root), "build", "--format", "json"]
    with (root / "out").open("wb") as out, (root / "err").open("wb") as err:
        process = subprocess.Popen([*command, "--output", str(output)], stdout=out, stderr=err)
        _, status, usage = os.wait4(process.pid, 0)
    assert (root / "err").read_text() == ""
    problems = json.loads((root / "out").read_text())["problems"]
    return Built(output, problems, os.waitstatus_to_exitcode(status), usage.ru_maxrss * 1024, records)


def test_all_of_it_builds_within_its_bounds(built: Built) -> None:
    assert built.status == 0
    assert built.peak < Limits().memory
    assert {problem["severity"] for problem in built.problems} == {"warning"}


def test_each_broken_file_is_one_problem_with_name_and_reason(built: Built) -> None:
    named = Counter()
    for problem in built.problems:
        if not problem["code"].startswith("captions-"):
            found = re.fullmatch(r'"(.+?)" cannot be shown: (.+)', problem["message"])
            assert found, problem
            named[found[1]] += 1
            assert problem["path"] == "content/episodes/all/records.jsonl"
    assert set(named.values()) == {1}
    broken = {name for folder in ("broken", "bombs") for name in _names(MEDIA / folder)}
    # What decoders and browsers read all the same, since no pixel of it is missing.
    good = {
        "pillow__avif__hopper-missing-pixi.avif",
        "pillow__hopper_zero_comment_subblocks.gif",
        "pillow__icc-after-SOF.jpg",
        "pillow__iss634.webp",
        "pillow__truncated_app14.jpg",
        "pillow__truncated_exif_dpi.jpg",
        "sharp__Crash_test.gif",
        "sharp__big-height.webp",
    }
    assert broken - named.keys() == good


def _names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def test_every_page_names_only_what_is_there(built: Built) -> None:
    left_out = built.left_out()
    for file, name in built.records.items():
        page = built.page(file)
        hrefs = [
            node.attributes.get(attribute) or ""
            for node in page.css(".work [src], .work [srcset], .work a")
            for attribute in ("src", "srcset", "href")
        ]
        paths = [part.split()[0] for href in hrefs for part in href.split(", ") if part]
        assert all((built.output / "records" / name / path.partition("#")[0]).is_file() for path in paths)
        assert bool(page.css(".work .missing")) == (file.rpartition("/")[2] in left_out), file


def difference(one: Image.Image, other: Image.Image) -> float:
    """The mean difference of two pictures of the same size, in steps of 255."""
    grey = Image.new("RGBA", one.size, "grey")
    both = [Image.alpha_composite(grey, image.convert("RGBA")) for image in (one, other)]
    stat = ImageStat.Stat(ImageChops.difference(both[0].convert("RGB"), both[1].convert("RGB")))
    return sum(stat.mean) / 3


def alike(rendition: Image.Image, source: Image.Image, most: float = 6) -> bool:
    """Whether a rendition shows its source, which may be larger."""
    if abs(rendition.width / rendition.height - source.width / source.height) > 0.02:
        return False
    return difference(rendition, source.resize(rendition.size, Image.Resampling.LANCZOS)) < most


UPRIGHT = {
    **{f"recurser__Landscape_{n}.jpg": "recurser__Landscape_1.jpg" for n in range(9)},
    **{f"recurser__Portrait_{n}.jpg": "recurser__Portrait_1.jpg" for n in range(9)},
    **{f"pillow__hopper_orientation_{n}.jpg": "" for n in range(2, 9)},
    **{f"pillow__hopper_orientation_{n}.webp": "" for n in range(2, 9)},
    "sharp__Landscape_9.jpg": "sharp__Landscape_9.jpg",
}


@pytest.mark.parametrize("mime", ["image/avif", "image/webp", ""])
def test_pictures_stand_upright(built: Built, mime: str) -> None:
    hopper = MEDIA / "modern/pillow__hopper.webp"
    for name, upright in UPRIGHT.items():
        with Image.open(MEDIA / "orientation" / upright if upright else hopper) as source:
            rendition = built.rendition(f"orientation/{name}", mime)
            assert alike(rendition, source), name
            wrong = [ImageOps.flip(rendition), ImageOps.mirror(rendition), rendition.rotate(180)]
            assert not any(alike(one, source) for one in wrong), name


def test_originals_still_say_how_they_are_turned(built: Built) -> None:
    for name in ("recurser__Landscape_6.jpg", "pillow__hopper_orientation_8.webp"):
        page = built.page(f"orientation/{name}")
        link = next(node for node in page.css(".work figcaption a") if "Original" in node.text())
        folder = built.output / "records" / built.records[f"orientation/{name}"]
        original = Image.open((folder / str(link.attributes["href"])).resolve())
        with Image.open(MEDIA / "orientation" / name) as source:
            assert original.getexif().get(0x0112) == source.getexif().get(0x0112)
            assert ImageChops.difference(original.convert("RGB"), source.convert("RGB")).getbbox() is None


COLOURS = [
    "pillow__icc_profile.png",
    "pillow__icc_profile_big.jpg",
    "pillow__pil_sample_cmyk.jpg",
    "pillow__tiff_16bit_RGB_target.png",
    "sharp__16-bit-grey-alpha.png",
    "sharp__Channel_digital_image_CMYK_color.jpg",
    "sharp__Channel_digital_image_CMYK_color_no_profile.jpg",
    "sharp__Flag_of_the_Netherlands-16bit.png",
    "sharp__Flag_of_the_Netherlands-alpha.png",
    "sharp__gain-map.jpg",
    "sharp__p3.png",
    "sharp__prophoto.png",
    "sharp__swiss.png",
    "sharp__tbgn2c16.png",
]


def under_its_profile(source: Image.Image) -> Image.Image:
    profile = source.info.get("icc_profile")
    see_through = source.mode in ("P", "LA") or "transparency" in source.info
    image = source.convert("RGBA") if see_through else source
    if profile is None:
        return image
    grey = ImageCms.ImageCmsProfile(io.BytesIO(profile)).profile.xcolor_space == "GRAY"
    image, alpha = (image.convert("L"), image.getchannel("A")) if grey else (image, None)
    mode = "RGBA" if image.mode == "RGBA" else "RGB"
    own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    converted = ImageCms.profileToProfile(image, own, ImageCms.createProfile("sRGB"), outputMode=mode)
    assert converted is not None
    if alpha:
        converted.putalpha(alpha)
    return converted


@pytest.mark.parametrize("name", COLOURS)
def test_colours_are_as_meant(built: Built, name: str) -> None:
    with Image.open(MEDIA / "colour" / name) as source:
        wanted = under_its_profile(source)
        for mime in ("image/avif", "image/webp", ""):
            rendition = built.rendition(f"colour/{name}", mime)
            assert "icc_profile" not in rendition.info
            # A photograph full of small colours loses some of them; none of its colour at large.
            assert alike(rendition, wanted, 12), mime
            small = [image.convert("RGBA").resize((1, 1), 4) for image in (rendition, wanted)]
            assert difference(*small) < 3, mime


def timeline(image: Image.Image, first: int = 0) -> Iterator[tuple[int, int, Image.Image]]:
    """Every frame: when it is shown, for how long, and how it looks."""
    at = 0
    for number in range(first, image.n_frames):  # type: ignore[attr-defined]
        image.seek(number)
        image.load()
        length = round(image.info.get("duration") or 0)
        yield at, length, image.convert("RGBA")
        at += length


def test_animations_keep_frames_and_times(built: Built) -> None:
    left_out = built.left_out()
    seen = 0
    for path in [*sorted((MEDIA / "animated").iterdir()), MEDIA / "broken/pillow__iss634.webp"]:
        with Image.open(path) as source:
            if path.name in left_out or getattr(source, "n_frames", 1) == 1:
                continue
            frames = list(timeline(source, 1 if source.info.get("default_image") else 0))
            loop = source.info.get("loop", 1)
        if len(frames) == 1:
            continue
        made = built.motion(f"{path.parent.name}/{path.name}")
        shown = list(timeline(made))
        if len(shown) == 1:  # all its frames are the same
            assert all(difference(shown[0][2], frame.resize(made.size)) < 8 for _, _, frame in frames)
            continue
        assert made.info.get("loop") == loop, path.name
        assert sum(length for _, length, _ in shown) == sum(length for _, length, _ in frames), path.name
        for at, length, frame in frames:
            if length:
                now = next(image for start, long, image in shown if start <= at < start + long)
                assert difference(now, frame.resize(now.size)) < 10, (path.name, at)
                seen += 1
    assert seen > 300


def test_nothing_private_is_left_in_any_file(built: Built) -> None:
    tool = shutil.which("exiftool")
    if tool is None:
        pytest.skip("exiftool is not installed")
    command = [tool, "-q", "-r", "-a", "-G1", "-ee", "-j", str(built.output)]
    found = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=False).stdout)
    media = [tags for tags in found if "/media/" in tags["SourceFile"]]
    assert len(media) > 1000
    private = re.compile(
        r"(GPS|XMP-.*|IPTC|Photoshop|MakerNotes?|ExifIFD|IFD1|ID3.*|APE|ItemList|UserData|Keys|MPF\d"
        r"|Canon.*|Nikon.*|Sony|Olympus|Pentax|Panasonic|FujiFilm|Kodak|Casio|Samsung|Ricoh|Sanyo|Minolta):.*"
        r"|.*:.*(Serial(?!Type)|GPS|Artist|OwnerName|Comment).*|IFD0:(?!Orientation|ExifByteOrder).*"
    )
    leaks = {
        (tags["SourceFile"].rpartition("/")[2], name): value
        for tags in media
        for name, value in tags.items()
        if private.fullmatch(name) and value != ""
    }
    assert leaks == {}
