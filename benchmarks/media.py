"""How many photographs a second become renditions, beside a plain Pillow loop, libvips and Hugo.

    .venv/bin/python benchmarks/media.py [--count 200] [--cores 2] [--few] [--patience TIMES]

Photographs of 12 megapixels are made from noise of several sizes over gradients, so that they compress as
photographs do. Everybody makes AVIF, WebP and JPEG of 400, 800 and 1600 pixels from the same files, in the
same run, one after the other. `vipsthumbnail` (libvips) and `hugo` take part where they are installed; Hugo
knows no AVIF, so it stands beside a build that makes WebP and JPEG only. Ratios are to the build with the
same formats, by the clock and by the seconds of all processors. --few leaves out all with AVIF. Who takes
more than --patience times as long as that build is ended: its ratio is at least that. HUGO names another
Hugo than that on PATH.
"""

import argparse
import io
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from PIL import Image, ImageOps

WIDTHS = (400, 800, 1600)
SAVE = {
    "avif": {"format": "AVIF", "quality": 55, "speed": 10, "max_threads": 1},
    "webp": {"format": "WEBP", "quality": 75, "method": 2},
    "jpg": {"format": "JPEG", "quality": 80, "progressive": True, "optimize": True},
}


def photograph(seed: int, width: int = 4000, height: int = 3000) -> bytes:
    """A JPEG of 12 megapixels that looks like nothing and weighs as much as a photograph."""
    dice = random.Random(seed)
    bands = []
    for _ in range(3):
        band = Image.linear_gradient("L").rotate(dice.choice((0, 90, 180, 270))).resize((width, height))
        for cells, share in ((8, 0.6), (40, 0.5), (200, 0.35), (1000, 0.12)):
            noise = Image.effect_noise((cells, cells * height // width), 90)
            band = Image.blend(band, noise.resize((width, height), Image.Resampling.BICUBIC), share)
        bands.append(band)
    out = io.BytesIO()
    Image.merge("RGB", bands).save(out, "JPEG", quality=88)
    return out.getvalue()


def archive(root: Path, count: int) -> list[Path]:
    """An archive with so many records, each with a photograph. Four are drawn; others differ in a comment."""
    folder = root / "content" / "records"
    drawn = [photograph(seed) for seed in range(4)]
    files = []
    for number in range(count):
        bundle = folder / f"photo-{number:03}"
        bundle.mkdir(parents=True)
        comment = b"\xff\xfe\x00\x06" + number.to_bytes(4, "big")
        data = drawn[number % len(drawn)]
        (bundle / "photo.jpg").write_bytes(data[:2] + comment + data[2:])
        (bundle / "index.md").write_text('---\nmedia: {file: photo.jpg, alt: ""}\n---\n')
        files.append(bundle / "photo.jpg")
    (root / "byline.toml").write_text(
        '[archive]\ntitle = "Photographs"\nbase_url = "https://lanterns.example/"\n'
    )
    return files


def byline(root: Path, cores: int, name: str, formats: str = '["avif", "webp", "jpeg"]') -> None:
    """A build: reading, measuring, converting, writing; from nothing, unless the name was built before."""
    program = [sys.executable, "-c", "from byline.cli import main; main()", "-C", str(root), "build"]
    places = ["--output", str(root / name), "--cache", str(root / f"{name}.cache")]
    options = ["--workers", str(cores), "--set", f"media.formats={formats}"]
    subprocess.run([*program, *places, *options], check=True, stdout=subprocess.DEVNULL)


def plain(files: list[Path], out: Path) -> None:
    """What one writes first: open, turn, resize and save, one picture after the other."""
    for number, file in enumerate(files):
        with Image.open(file) as source:
            image = ImageOps.exif_transpose(source).convert("RGB")
        for width in WIDTHS:
            small = image.resize((width, image.height * width // image.width), Image.Resampling.LANCZOS)
            for suffix, options in SAVE.items():
                small.save(out / f"{number}-{width}.{suffix}", **options)  # type: ignore[arg-type]


def vips(files: list[Path], out: Path, cores: int) -> None:
    """`vipsthumbnail` for every width and format, as many at once as there are cores."""
    formats = {"avif": "[Q=55,effort=0,strip]", "webp": "[Q=75,effort=2,strip]", "jpg": "[Q=80,strip]"}
    environment = {**os.environ, "VIPS_CONCURRENCY": "1"}

    def one(job: tuple[int, Path]) -> None:
        for width in WIDTHS:
            for suffix, options in formats.items():
                target = f"{out}/{job[0]}-{width}.{suffix}{options}"
                command = ["vipsthumbnail", str(job[1]), "--size", f"{width}x", "-o", target]
                subprocess.run(command, check=True, env=environment, stderr=subprocess.DEVNULL)

    with ThreadPoolExecutor(cores) as crew:
        list(crew.map(one, enumerate(files)))


def hugo(files: list[Path], out: Path, seconds: float | None) -> bool:
    """Hugo's image processing: the same widths in both formats that it writes; whether it came to its end."""
    (out / "layouts" / "_default").mkdir(parents=True)
    for number, file in enumerate(files):  # a page each: Hugo makes pages side by side
        bundle = out / "content" / str(number)
        bundle.mkdir(parents=True)
        (bundle / "index.md").write_text("---\n---\n")
        os.link(file, bundle / "photo.jpg")
    calls = "".join(
        f'{{{{ (.Resize "{width}x {form} q{quality}").RelPermalink }}}}'
        for width in WIDTHS
        for form, quality in (("webp", 75), ("jpg", 80))
    )
    page = f'{{{{ with .Resources.GetMatch "photo.jpg" }}}}{calls}{{{{ end }}}}'
    (out / "layouts" / "_default" / "single.html").write_text(page)
    settings = (
        'baseURL = "https://lanterns.example/"\ntimeout = "3600s"\ndisableKinds = ["taxonomy", "section"]\n'
    )
    for name in ("hugo.toml", "config.toml"):  # the second is what older ones read
        (out / name).write_text(settings)
    program = os.environ.get("HUGO", "hugo")
    command = [program, "--quiet", "--source", str(out), "--destination", str(out / "site")]
    try:
        subprocess.run(command, check=True, timeout=seconds)
    except subprocess.TimeoutExpired:
        return False
    return True


def timed(work: Callable[[], object]) -> tuple[float, float, bool]:
    """Seconds by the clock, and of all processors; whether it came to its end."""
    started, before = time.perf_counter(), cpu()
    ended = work() is not False
    return time.perf_counter() - started, cpu() - before, ended


def cpu() -> float:
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in used)


def main() -> None:
    asked = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    asked.add_argument("--count", type=int, default=200)
    asked.add_argument("--cores", type=int, default=os.cpu_count() or 1)
    asked.add_argument("--few", action="store_true", help="leave out all with AVIF")
    asked.add_argument("--patience", type=float, help="end Hugo after so many times our time")
    wanted = asked.parse_args()
    took: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        made = root / "archive"
        files = archive(made, wanted.count)
        places = {name: root / name for name in ("plain", "vips", "hugo")}
        for place in places.values():
            place.mkdir()
        all_formats: dict[str, Callable[[], object]] = {
            "byline": lambda: byline(made, wanted.cores, "site"),
            "byline, again": lambda: byline(made, wanted.cores, "site"),
            "plain Pillow loop": lambda: plain(files, places["plain"]),
        }
        if shutil.which("vipsthumbnail"):
            all_formats["vipsthumbnail"] = lambda: vips(files, places["vips"], wanted.cores)
        without_avif: dict[str, Callable[[], object]] = {}
        if os.environ.get("HUGO") or shutil.which("hugo"):
            without_avif["byline, no AVIF"] = lambda: byline(made, wanted.cores, "few", '["webp", "jpeg"]')
            without_avif["hugo, no AVIF"] = lambda: hugo(
                files, places["hugo"], wanted.patience and wanted.patience * took["byline, no AVIF"]
            )
        print(f"{'':<20}{'clock s':>10}{'CPU s':>10}{'photographs/s':>15}{'ratio, clock':>14}{'CPU':>7}")
        for contest in (without_avif,) if wanted.few else (all_formats, without_avif):
            first = (0.0, 0.0)
            for name, work in contest.items():
                seconds, used, ended = timed(work)
                took[name] = seconds
                first = first if any(first) else (seconds, used)
                ratios = f"{seconds / first[0]:>14.2f}{used / first[1]:>7.2f}"
                print(
                    f"{name:<20}{seconds:>10.1f}{used:>10.1f}{wanted.count / seconds:>15.2f}{ratios}"
                    + ("" if ended else "  and was ended"),
                    flush=True,
                )


if __name__ == "__main__":
    main()
