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
from conftest import SETTINGS, once

MEDIA = Path(os.environ.get("BYLINE_HOSTILE", "")) / "media"
pytestmark = pytest.mark.skipif(
    "BYLINE_HOSTILE" not in os.environ or not MEDIA.is_dir(), reason="BYLINE_HOSTILE names no such folder"
)

# One width of each and no side files: enough to see all that can go wrong with a file.
FEW = """license = "CC-BY-4.0"
[pages]
records = "all"
json = "none"
credits_json = "none"
feeds = "none"
cards = "none"
badges = "none"
embeds = "none"
trees = "none"
[media]
originals = true
widths = [400]
"""


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

    def renditions(self, file: str) -> dict[str, Image.Image]:
        """The stills that a browser may take, by type; "" for what stands in the img element."""
        page = self.page(file)
        nodes = [node for node in page.css(".work picture source") if "prefers" not in str(node.html)]
        nodes = nodes or page.css('.work picture source[media="(prefers-reduced-motion: reduce)"]')
        hrefs = {str(node.attributes["type"]): str(node.attributes["srcset"]).split()[0] for node in nodes}
        image = page.css_first(".work picture img")
        assert image is not None, file
        hrefs[""] = str(image.attributes["src"])
        return {mime: Image.open((self._folder(file) / href).resolve()) for mime, href in hrefs.items()}

    def motion(self, file: str) -> Image.Image:
        """The animation of a picture."""
        node = self.page(file).css_first('.work source[media="(prefers-reduced-motion: no-preference)"]')
        assert node is not None, file
        return Image.open((self._folder(file) / str(node.attributes["srcset"])).resolve())


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The site, made once, however many processes share these tests."""
    return once(tmp_path_factory, "hostile-media", _built)


def _built(root: Path) -> Built:
    bundle = root / "content/episodes/all"
    shutil.copytree(MEDIA, bundle / "media", ignore=shutil.ignore_patterns("MANIFEST.md"))
    files = sorted(path.relative_to(bundle / "media").as_posix() for path in (bundle / "media").glob("*/*"))
    records = {file: f"r-{number}" for number, file in enumerate(files)}
    rows = [
        {"id": name, "title": name, "media": {"file": f"media/{file}", "alt": name}}
        for file, name in records.items()
    ]
    (bundle / "records.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    (bundle / "index.md").write_text("---\ntitle: All\n---\n")
    (root / "byline.toml").write_text(SETTINGS + FEW)
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


def test_pictures_stand_upright(built: Built) -> None:
    hopper = MEDIA / "modern/pillow__hopper.webp"
    for name, upright in UPRIGHT.items():
        with Image.open(MEDIA / "orientation" / upright if upright else hopper) as source:
            source.draft("RGB", (400, 400))
            for mime, rendition in built.renditions(f"orientation/{name}").items():
                assert alike(rendition, source), (name, mime)
                wrong = [ImageOps.flip(rendition), ImageOps.mirror(rendition), rendition.rotate(180)]
                assert not any(alike(one, source) for one in wrong), (name, mime)


def test_originals_still_say_how_they_are_turned(built: Built) -> None:
    for name in ("recurser__Landscape_6.jpg", "pillow__hopper_orientation_8.webp"):
        page = built.page(f"orientation/{name}")
        link = next(node for node in page.css(".work figcaption a") if "Original" in node.text())
        folder = built.output / "records" / built.records[f"orientation/{name}"]
        original = Image.open((folder / str(link.attributes["href"])).resolve())
        with Image.open(MEDIA / "orientation" / name) as source:
            assert original.getexif().get(0x0112) == source.getexif().get(0x0112)
            assert ImageChops.difference(original.convert("RGB"), source.convert("RGB")).getbbox() is None


# Drawn so that all of its colours vanish where two of its lines become one.
VANISHING = "sharp__gamma_dalai_lama_gray.jpg"
# Ten by ten pixels of noise, too little to be compared with loss.
NOISE = "pillow__xmp_tags_orientation_exiftool.png"
# PNGs without a profile whose samples are light itself.
LINEAR = ("sharp__tbgn2c16.png", "sharp__bggn4a16.png")


def under_its_profile(source: Image.Image) -> Image.Image:
    profile = source.info.get("icc_profile")
    see_through = source.mode in ("P", "LA") or "transparency" in source.info
    image = source.convert("RGBA") if see_through else source
    try:
        own = ImageCms.ImageCmsProfile(io.BytesIO(profile or b""))
    except OSError:  # there is none, or it is damaged
        return image
    grey = own.profile.xcolor_space.strip() == "GRAY"
    image, alpha = (image.convert("L"), image.getchannel("A")) if grey else (image, None)
    mode = "RGBA" if image.mode == "RGBA" else "RGB"
    converted = ImageCms.profileToProfile(image, own, ImageCms.createProfile("sRGB"), outputMode=mode)
    assert converted is not None
    if alpha:
        converted.putalpha(alpha)
    return converted


def meant(path: Path) -> Image.Image:
    """How a picture is meant to look, by its own orientation, profile or gamma."""
    with Image.open(path) as source:
        if source.mode in ("RGB", "CMYK", "L"):
            source.thumbnail((800, 800))
        source.load()
        source.info.pop("xmp", None)
        source.info.pop("XML:com.adobe.xmp", None)
        try:
            upright = ImageOps.exif_transpose(source)
        except (SyntaxError, TypeError, ValueError):
            upright = source.copy()
        shown = under_its_profile(upright)
    if path.name in LINEAR:
        curve = [round(255 * (1.055 * (n / 255) ** (1 / 2.4) - 0.055)) if n else 0 for n in range(256)]
        shown = shown.convert("RGBA").point([*curve * 3, *range(256)])
    return shown


def test_every_good_picture_looks_as_it_is_meant(built: Built) -> None:
    left_out = built.left_out()
    seen = Counter[str]()
    for file in built.records:
        folder, _, name = file.partition("/")
        suffix = name.rpartition(".")[2].lower()
        good = name not in left_out and name != VANISHING
        if good and suffix in ("jpg", "jpeg", "png", "apng", "gif", "webp", "avif"):
            wanted = meant(MEDIA / file)
            for mime, rendition in built.renditions(file).items():
                assert "icc_profile" not in rendition.info
                if name == NOISE and mime:
                    continue
                # A photograph full of small colours loses some of them; none of its colour at large.
                assert alike(rendition, wanted, 12), (file, mime)
                small = [image.convert("RGBA").resize((1, 1), 4) for image in (rendition, wanted)]
                assert difference(*small) < 3.1, (file, mime)
            seen[folder] += 1
    assert seen["colour"] == 22
    assert seen.total() > 190


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


PRIVATE = re.compile(
    r"(GPS|XMP-(?!atom).*|IPTC|Photoshop|MakerNotes?|ExifIFD|IFD1|ID3.*|APE|ItemList|UserData|Keys|MPF\d"
    r"|Canon.*|Nikon.*|Sony|Olympus|Pentax|Panasonic|FujiFilm|Kodak|Casio|Samsung|Ricoh|Sanyo|Minolta):.*"
    r"|(?!JSON).*:.*(Serial(?!Type)|GPS|Artist|OwnerName|Comment).*|IFD0:(?!Orientation|ExifByteOrder).*"
    r"|PDF:(Author|Creator|Producer|Title|Keywords|Subject|\w+Date)"
)


def tags(tool: str, folder: Path, *options: str) -> dict[str, dict[str, Any]]:
    """What an outside tool finds in every file of a folder, by path."""
    command = [tool, "-q", "-r.", "-ext", "*", "-a", "-G1", "-j", *options, str(folder)]
    found = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=False).stdout)
    return {one["SourceFile"]: one for one in found}


def test_nothing_private_is_left_in_any_file(built: Built) -> None:
    tool = shutil.which("exiftool")
    if tool is None:
        pytest.skip("exiftool is not installed")
    published = tags(tool, built.output, "-ee")
    files = [path for path in built.output.rglob("*") if path.is_file()]
    assert published.keys() == {str(path) for path in files}
    leaks = {
        (path.rpartition("/")[2], name): value
        for path, found in published.items()
        for name, value in found.items()
        if PRIVATE.fullmatch(name) and value != ""
    }
    assert leaks == {}
    # And the very words of the sources are in no file, wherever a tool would not look for them.
    secrets = {
        value
        for found in tags(tool, MEDIA).values()
        for name, value in found.items()
        if re.search("Serial(?!Type)|GPSPosition|Artist|OwnerName|XMP-(?!.*ICCProfile)", name)
        if isinstance(value, str) and len(value.strip()) >= 8
    }
    assert len(secrets) > 50
    words = re.compile("|".join(map(re.escape, secrets)).encode() + b"|xmpmeta|ns.adobe.com/xap")
    assert not {path.name: found for path in files if (found := words.findall(path.read_bytes()))}
