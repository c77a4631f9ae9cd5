"""Media: what a page offers, what is kept and forgotten, what is said and by whom, what is written back."""

import io
import json
import re
import shutil
import struct
import sys
import threading
import zipfile
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo
from pypdf import PdfReader, PdfWriter
from pypdf.annotations import Text
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    PdfObject,
    StreamObject,
    TextStringObject,
)
from selectolax.lexbor import LexborHTMLParser

from byline import measures, shelf
from byline.media import pictures
from byline.read import captions, clean, probe
from byline.settings import Limits
from conftest import Site, build, byline, write


def picture(width: int = 900, height: int = 600, colour: str = "teal", suffix: str = "JPEG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(out, suffix)
    return out.getvalue()


def record(media: str, **files: str | bytes) -> dict[str, str | bytes]:
    return {"content/records/lamp/index.md": f"---\ntitle: Lamp\nmedia: {media}\n---\n", **files}


LAMP = "content/records/lamp/lamp.jpg"
SHOWN = '{file: lamp.jpg, alt: "A lamp"}'


def work(site: Site) -> LexborHTMLParser:
    return LexborHTMLParser(site.page("records/lamp"))


def test_a_picture_comes_in_three_formats_and_never_wider_than_it_is(site: Callable[..., Site]) -> None:
    made = site(record(SHOWN, **{LAMP: picture()}))
    page = work(made)
    sources = page.css(".work picture source")
    assert [node.attributes["type"] for node in sources] == ["image/avif", "image/webp"]
    image = page.css_first(".work img")
    assert image is not None
    sizes = [re.findall(r" (\d+)w", str(node.attributes["srcset"])) for node in (*sources, image)]
    assert sizes == [["400", "800", "900"]] * 3
    assert (image.attributes["width"], image.attributes["height"]) == ("900", "600")
    # Teal is nearest to this one of 125; the stylesheet of tints has all.
    assert image.attributes["class"].split()[1] == "tint-088"
    tints = next(made.output.glob("assets/tints.*.css")).read_text()
    assert len(re.findall(r"^\.tint-[048cf]{3} ", tints, re.MULTILINE)) == 125


@pytest.mark.parametrize(
    ("width", "height", "shown"), [(900, 600, "60rem"), (600, 900, "min(60rem, 57vh)"), (600, 600, "60rem")]
)
def test_of_an_upright_picture_no_more_is_loaded_than_its_height_leaves_room_for(
    width: int, height: int, shown: str, site: Callable[..., Site]
) -> None:
    page = work(site(record(SHOWN, **{LAMP: picture(width, height)})))
    sizes = [one.attributes["sizes"] for one in page.css(".work picture source, .work img")]
    assert len(sizes) > 2
    assert set(sizes) == {f"(min-width: 64rem) {shown}, 100vw"}


def test_formats_widths_and_originals_are_settings(site: Callable[..., Site]) -> None:
    options = '--set media.formats=[\\"webp\\"] --set media.widths=[300] --set media.originals=true'
    made = site(record(SHOWN, **{LAMP: picture()}), options)
    media = sorted(path.suffix for path in (made.output / "media").rglob("*.*"))
    assert media == [".jpg", ".webp"]
    assert "Original" in work(made).css_first(".work figcaption").text()  # type: ignore[union-attr]


@pytest.mark.parametrize("suffix", ["jpg", "png", "webp"])
def test_credits_are_written_back_where_that_is_wanted(suffix: str, site: Callable[..., Site]) -> None:
    mara = {"content/contributors/mara.md": "---\nname: Mara & Söhne\n---\n"}
    lamp = f"---\ntitle: Lamp\nby: mara\nlicense: CC-BY-4.0\nmedia: {{file: lamp.{suffix}, alt: A}}\n---\n"
    source = picture(suffix={"jpg": "JPEG", "png": "PNG", "webp": "WEBP"}[suffix])
    files = {"content/records/lamp/index.md": lamp, f"content/records/lamp/lamp.{suffix}": source, **mara}
    made = site(files, "--set media.embed_credit=true")
    renditions = list((made.output / "media").rglob("*.*"))
    assert len(renditions) == 9
    for path in renditions:
        data = path.read_bytes()
        assert "<rdf:li>Mara &amp; Söhne</rdf:li>".encode() in data
        assert b"https://creativecommons.org/licenses/by/4.0/" in data
        assert b"https://lanterns.example/records/lamp/" in data


def test_nobody_is_credited_for_the_picture_of_another_document(site: Callable[..., Site]) -> None:
    shown = "{file: own.jpg, alt: A}"
    titled = {"seasons": "poster", "topics": "poster", "episodes": "media", "contributors": "avatar"}
    files: dict[str, str | bytes] = {
        "content/records/lamp.md": "---\ntitle: Lamp\nby: mara\n---\n",
        "content/contributors/mara.md": "---\nname: Mara\n---\n",
    }
    for at, (kind, field) in enumerate(titled.items()):
        name = "name" if kind == "contributors" else "title"
        files[f"content/{kind}/lamp/index.md"] = f"---\n{name}: Lamp\n{field}: {shown}\n---\n"
        files[f"content/{kind}/lamp/own.jpg"] = picture(100 + at)
    made = site(files, "--set media.embed_credit=true --set pages.cards=none")
    assert made.status == 0, made.text
    renditions = list((made.output / "media").rglob("*.*"))
    assert {path.parent for path in renditions if b"lanterns.example" in path.read_bytes()}
    assert [path for path in renditions if b"Mara" in path.read_bytes()] == []


def test_a_picture_is_converted_once_in_its_life(site: Callable[..., Site], tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    made = site(record(SHOWN, **{LAMP: picture()}), f"--cache {cache}")
    kept = {path: path.stat().st_mtime_ns for path in (cache / "renditions").rglob("*.*")}
    assert len(kept) == 9
    # Renamed, and built elsewhere: nothing is converted again.
    (made.root / LAMP).rename(made.root / LAMP.replace("lamp.jpg", "other.jpg"))
    write(made.root, record(SHOWN.replace("lamp.jpg", "other.jpg")))
    again = build(made.root, tmp_path / "again", f"--cache {cache}")
    assert again.status == 0
    assert {path: path.stat().st_mtime_ns for path in (cache / "renditions").rglob("*.*")} == kept


def test_a_hurt_cache_is_not_trusted(site: Callable[..., Site], tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    made = site(record(SHOWN, **{LAMP: picture()}), f"--cache {cache}")
    before = {path: path.read_bytes() for path in (made.output / "media").rglob("*.*")}
    for path in [*(cache / "renditions").rglob("*.*"), cache / "media.msgpack"]:
        path.write_bytes(path.read_bytes()[:-9] + b"something")
    shutil.rmtree(made.output)
    again = build(made.root, made.output, f"--cache {cache}")
    assert again.status == 0
    assert {path: path.read_bytes() for path in (made.output / "media").rglob("*.*")} == before


@pytest.mark.parametrize("hurt", [False, True])
def test_the_cache_forgets_what_was_withdrawn(site: Callable[..., Site], tmp_path: Path, hurt: bool) -> None:
    cache = tmp_path / "cache"
    made = site(record(SHOWN, **{LAMP: picture()}), f"--cache {cache}")
    if hurt:  # then nothing tells what the renditions are of
        (cache / "media.msgpack").write_bytes(b"noise")
    write(made.root, {"content/records/lamp/index.md": "---\ntitle: Lamp\nwithdrawn: true\n---\n"})
    assert build(made.root, made.output, f"--cache {cache}").status == 0
    assert not list((cache / "renditions").rglob("*.*"))
    assert not list(made.output.glob("media/*/*"))


def test_the_cache_is_shown_and_pruned(site: Callable[..., Site], tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    made = site(record(SHOWN, **{LAMP: picture()}), f"--cache {cache}")
    text, status = byline(made.root, f"cache --cache {cache}")
    assert status == 0
    assert re.search(r"^renditions .* 9 files of 1 source$", text, re.MULTILINE)
    assert {"documents", "last", "linked", "media", "named", "standing"} < {
        line.split()[0] for line in text.splitlines()
    }
    sizes = sorted(path.stat().st_size for path in (cache / "renditions").rglob("*.*"))
    text, status = byline(made.root, f"cache --cache {cache} prune --max-size {sum(sizes) - 1}")
    assert (status, text.partition(" ")[0]) == (0, "1")
    text, status = byline(made.root, f"cache --cache {cache} prune --max-size 0")
    assert (status, text.partition(" ")[0]) == (0, "8")
    assert not list(cache.rglob("renditions/*"))


def test_who_fills_a_cache_is_not_disturbed_by_who_prunes_it(tmp_path: Path) -> None:
    done = threading.Event()

    def prune() -> int:
        removed = 0
        while not done.is_set():
            removed += shelf.prune(tmp_path, 0)[0]
        return removed

    with ThreadPoolExecutor(2) as others:
        pruning = [others.submit(prune) for _ in range(2)]
        try:
            for number in range(1000):
                shelf.put(tmp_path, f"{number % 3:032x}", "webp-400", b"picture")
        finally:
            done.set()
    assert sum(one.result() for one in pruning) > 0


def test_what_is_broken_leaves_its_words_and_the_rest(site: Callable[..., Site]) -> None:
    media = '[{file: lamp.jpg, alt: "A lamp", caption: "Lit"}, {file: moth.jpg, alt: "A moth"}]'
    made = site(record(media, **{LAMP: picture()[:-300], "content/records/lamp/moth.jpg": picture()}))
    assert made.status == 0
    assert made.text.count("warning[broken-media]") == 1
    page = work(made)
    missing = page.css_first(".work .missing")
    assert missing is not None
    assert missing.text().split() == ["A", "lamp", "Lit"]
    assert len(page.css(".work img")) == 1
    text, status = byline(made.root, "check --set media.broken=error")
    assert status == 1
    assert "error[broken-media]" in text


@pytest.mark.parametrize(
    ("setting", "reason"),
    [("pixels=1000", "pixels"), ("bytes=100", "bytes"), ("frames=2", "frames")],
)
def test_a_file_beyond_a_limit_is_one_problem(setting: str, reason: str, site: Callable[..., Site]) -> None:
    frames = [Image.new("RGB", (90, 60), (shade, 0, 0)) for shade in (10, 90, 200)]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], duration=100)
    media = SHOWN.replace("jpg", "gif")
    files = record(media, **{LAMP.replace("jpg", "gif"): out.getvalue()})
    made = site(files, f"--set media.limits.{setting}")
    assert made.status == 0
    (told,) = re.findall(r"\[media-limit\]: (.*)", made.text)
    assert "more than" in told
    assert reason in told


def test_an_animation_stops_for_those_who_want_no_motion(site: Callable[..., Site]) -> None:
    frames = [Image.new("RGB", (90, 60), (shade, 0, 0)) for shade in (10, 90, 200)]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], duration=[100, 50, 200], loop=0)
    made = site(record(SHOWN.replace("jpg", "gif"), **{LAMP.replace("jpg", "gif"): out.getvalue()}))
    sources = work(made).css(".work source")
    assert [node.attributes.get("media") for node in sources] == [
        *["(prefers-reduced-motion: reduce)"] * 2,
        "(prefers-reduced-motion: no-preference)",
    ]
    href = str(sources[2].attributes["srcset"])
    with Image.open((made.output / "records/lamp" / href).resolve()) as moving:
        times = []
        for number in range(moving.n_frames):  # type: ignore[attr-defined]
            moving.seek(number)
            moving.load()
            times.append(moving.info["duration"])
    assert times == [100, 50, 200]


DRAWING = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20" onload="alert(1)"><script>alert(1)</script>'
    b'<circle r="9"/><image href="https://elsewhere.example/x.png"/></svg>'
)


def test_drawings_are_cleaned_and_shown_as_images(site: Callable[..., Site]) -> None:
    pytest.importorskip("py_svg_hush", reason="the extra svg is not installed")
    made = site(record('{file: lamp.svg, alt: "A lamp"}', **{LAMP.replace("jpg", "svg"): DRAWING}))
    image = work(made).css_first(".work img")
    assert image is not None
    assert (image.attributes["width"], image.attributes["height"]) == ("40", "20")
    (published,) = (made.output / "media").rglob("*.svg")
    text = published.read_text()
    assert "circle" in text
    assert not re.search("script|onload|alert|elsewhere", text)


def test_drawings_are_left_out_where_nothing_cleans_them(
    site: Callable[..., Site], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "py_svg_hush", None)
    made = site(record('{file: lamp.svg, alt: "A lamp"}', **{LAMP.replace("jpg", "svg"): DRAWING}))
    assert made.status == 0
    assert "byline[svg]" in made.text
    assert not list((made.output / "media").rglob("*.svg"))


WAV = (
    b"RIFF\x64\x1f\0\0WAVEfmt \x10\0\0\0\1\0\1\0\x40\x1f\0\0\x40\x1f\0\0\1\0\x08\0data\x40\x1f\0\0"
    + b"\x80" * 8000
)
VTT = """WEBVTT

00:00.000 --> 00:00.400
<v Mara>Is that Rosa?

00:00.500 --> 00:00.900
<v the-other-rosa>No.</v> <v Nobody Known>&amp; who are you?
"""
CALL = "{file: call.wav, duration: '00:01', captions: {en: call.vtt}}"


@pytest.mark.parametrize("extra", [True, False])
def test_captions_become_a_transcript_that_names_contributors(
    extra: bool, site: Callable[..., Site], monkeypatch: pytest.MonkeyPatch
) -> None:
    if extra:
        pytest.importorskip("av", reason="the extra media is not installed")
    else:
        monkeypatch.setitem(sys.modules, "av", None)
    made = site(
        {
            "content/records/lamp/index.md": f"---\ntitle: Call\nmedia: {CALL}\n---\n",
            "content/records/lamp/call.wav": WAV,
            "content/records/lamp/call.vtt": VTT,
            "content/contributors/mara.md": "---\nname: Marisela\nalso_credited_as: [MARA]\n---\n",
            "content/contributors/the-other-rosa.md": "---\nname: Rosa\n---\n",
        }
    )
    assert (made.status, made.text.count("warning")) == (0, 0)
    page = work(made)
    lines = [" ".join(node.text().split()) for node in page.css(".script li p")]
    assert lines == ["Mara Is that Rosa?", "the-other-rosa No.", "Nobody Known & who are you?"]
    links = [node.attributes["href"] for node in page.css(".script b a")]
    assert links == ["../../contributors/mara/", "../../contributors/the-other-rosa/"]
    times = [str(node.attributes["href"]) for node in page.css(".script a.at")]
    assert [href.partition("#")[2] for href in times] == ["t=0", "t=0.5", "t=0.5"]
    plays = page.css_first(".plays")
    assert plays is not None
    assert re.fullmatch(r"0:01 call\.wav 8\S* \S*B", " ".join(plays.text().split()))
    assert bool(page.css("img.wave")) == extra


def test_remarks_in_captions_are_not_published(site: Callable[..., Site]) -> None:
    """What browsers show stays, also where an arrow ends a remark. Marked here are lines of remarks."""
    lines = """WEBVTT
|NOTE Secret

00:00.000 --> 00:00.400
NOTE?

|NOTE\tSecret
|Secret

NOTES
00:00.500 --> 00:00.600
NOTE the date

|NOTE Secret --> 9
|Secret

|NOTE
|Secret
00:00.700 --> 00:00.900
Who

|NOTE
|Secret"""
    shown = [line for line in lines.splitlines() if line and line[0] != "|"]
    for end in ("\n", "\r\n", "\r"):
        written = lines.replace("|", "").replace("WEBVTT", "WEBVTT - Secret").replace("\n", end)
        made = site(
            {
                "content/records/lamp/index.md": f"---\ntitle: Call\nmedia: {CALL}\n---\n",
                "content/records/lamp/call.wav": WAV,
                "content/records/lamp/call.vtt": written.encode(),
            }
        )
        assert made.status == 0
        (file,) = made.output.glob("media/*/*.vtt")
        published = file.read_bytes()
        assert [*filter(None, published.decode().splitlines())] == shown
        cues = captions.parse(written)[0]
        assert cues == captions.parse(published.decode())[0]
        assert [cue.text for cue in cues or ()] == ["NOTE?", "NOTE the date", "Who"]
        assert clean.stripped(published, "text/vtt") == published


@pytest.mark.parametrize("tag", [b"", b"ID3\x04\0\0\0\0\x10\0" + bytes(2048)], ids=["bare", "tagged"])
def test_sound_of_no_stated_length_is_counted(tag: bytes, site: Callable[..., Site]) -> None:
    """An MP3 of two bit rates, in which nobody has counted the frames: its beginning tells nothing of it."""
    pytest.importorskip("av", reason="the extra media is not installed")
    quiet = b"\xff\xfb\x10\xc0" + bytes(100)  # 26 milliseconds at 32 kbit/s
    loud = b"\xff\xfb\xd0\xc0" + bytes(831)  # as long, at 256
    made = site(
        {
            "content/records/lamp/index.md": "---\ntitle: Hum\nmedia: hum.mp3\n---\n",
            "content/records/lamp/hum.mp3": tag + 200 * quiet + 200 * loud,
        }
    )
    assert (made.status, made.text.count("warning")) == (0, 0), made.text
    plays = work(made).css_first(".plays")
    assert plays is not None
    assert plays.text().startswith("0:10 ")


@pytest.mark.parametrize("stated", ["episode", "medium"])
def test_a_transcript_that_is_captions_is_read_on_the_page(stated: str, site: Callable[..., Site]) -> None:
    own = "" if stated == "episode" else ", transcript: call.vtt"
    media = f"{{file: call.wav, captions: {{de: call.vtt, en: other.vtt}}{own}}}"
    of_all = "transcript: call.vtt\n" if stated == "episode" else ""
    made = site(
        {
            "content/episodes/one/index.md": f"---\ntitle: One\n{of_all}media: [{media}, more.wav]\n---\n",
            "content/episodes/one/call.wav": WAV,
            "content/episodes/one/more.wav": WAV,
            "content/episodes/one/call.vtt": VTT,
            "content/episodes/one/other.vtt": VTT.replace("Rosa", "Lia"),
        }
    )
    assert made.status == 0
    page = LexborHTMLParser(made.page("episodes/one"))
    (script,) = page.css(".script")
    assert [node.attributes.get("lang") for node in script.css("ol")] == ["de"]
    lines = [" ".join(node.text().split()) for node in script.css("li p")]
    assert lines[0] == "Mara Is that Rosa?"
    (file,) = script.css("a[download]")
    assert file.text() == "call.vtt"
    assert page.body is not None
    assert page.body.text().count("Transcript") == 1


@pytest.mark.parametrize("stated", ["episode", "medium"])
def test_a_transcript_of_another_format_is_linked(stated: str, site: Callable[..., Site]) -> None:
    own = "" if stated == "episode" else ", transcript: call.txt"
    media = f"{{file: call.wav, captions: {{en: call.vtt}}{own}}}"
    of_all = "transcript: call.txt\n" if stated == "episode" else ""
    made = site(
        {
            "content/episodes/one/index.md": f"---\ntitle: One\n{of_all}media: {media}\n---\n",
            "content/episodes/one/call.wav": WAV,
            "content/episodes/one/call.vtt": VTT,
            "content/episodes/one/call.txt": "Is that Rosa?",
        }
    )
    assert made.status == 0
    page = LexborHTMLParser(made.page("episodes/one"))
    assert not page.css(".script")
    links = [node.text() for node in page.css("a") if str(node.attributes["href"]).endswith("/call.txt")]
    assert links == ["Transcript"]


def test_media_elsewhere_are_shown_as_they_were_declared(site: Callable[..., Site]) -> None:
    declared = "type: video/mp4, size: 1234567, duration: '01:02', width: 640, height: 360"
    media = f"{{url: 'https://media.example/play?id=7', {declared}}}"
    page = work(site(record(media)))
    video = page.css_first(".work video")
    assert video is not None
    assert (video.attributes["width"], video.attributes["height"]) == ("640", "360")
    source = page.css_first(".work video source")
    assert source is not None
    assert source.attributes["type"] == "video/mp4"
    plays = page.css_first(".plays")
    assert plays is not None
    assert "1:02" in plays.text()
    assert "1.2" in plays.text()


def test_pictures_elsewhere_stand_wherever_a_picture_would(site: Callable[..., Site]) -> None:
    made = site(
        {
            "content/contributors/mara.md": "---\nname: Mara\navatar: https://faces.example/mara?size=9\n---\n",
            "content/seasons/one.md": "---\ntitle: One\nposter: https://posters.example/one.webp\n---\n",
            "content/episodes/a/index.md": "---\ntitle: A\nposter: https://posters.example/a.png\n"
            "media: https://films.example/a.mp4\nuses: [b, c]\ncredits: {host: mara}\n---\n",
            "content/records/b.md": "---\nmedia: {url: https://pictures.example/b.jpg}\nby: mara\n---\n",
            "content/records/c.md": "---\nmedia: https://sounds.example/c.mp3\nby: mara\nsources: [b]\n---\n",
        }
    )
    assert made.status == 0
    mara, one = "https://faces.example/mara?size=9", "https://posters.example/one.webp"
    a, b, none = "https://posters.example/a.png", "https://pictures.example/b.jpg", ""
    for address, shared, shown in (
        ("contributors/mara", mara, {mara, b}),
        ("contributors", none, {mara}),
        ("contributors/mara/embed", none, {mara}),
        ("seasons/one", one, {one}),
        ("episodes", none, {a}),
        ("episodes/a", a, {a, b}),
        ("records/b", b, {a, b}),
        ("records/c", none, {a, b}),
        ("records/c/tree", none, {b}),
    ):
        page = LexborHTMLParser(made.page(address))
        found = {str(node.attributes["src"]) for node in page.css("img")}
        found |= {str(node.attributes["poster"]) for node in page.css("video")}
        assert found == shown, address
        policy = page.css_first("meta[http-equiv='Content-Security-Policy']")
        assert policy is not None
        asked = str(policy.attributes["content"]).partition("img-src ")[2].partition(";")[0].split()
        assert {f"https://{urlsplit(url).netloc}" for url in shown} <= set(asked), address
        images = [node.attributes["content"] for node in page.css("meta[property='og:image']")]
        card = "https://lanterns.example/contributors/mara/card.png"
        assert images == ([card] if shared == mara else [shared] if shared else []), address


def test_what_is_to_be_seen_is_said_where_a_page_is_shared(site: Callable[..., Site]) -> None:
    lamp = "{file: lamp.jpg, alt: A lamp in a window.}"
    made = site(
        {
            "content/records/lamp/index.md": f"---\ntitle: Lamp\nmedia: {lamp}\n---\n",
            "content/records/lamp/lamp.jpg": picture(),
            "content/topics/lamp.md": f"---\ntitle: Lamp\nposter: {lamp}\n---\n",
            "content/topics/lamp.jpg": picture(),
            "content/contributors/mara/index.md": f"---\nname: Mara\navatar: {lamp}\n---\n",
            "content/contributors/mara/lamp.jpg": picture(),
        },
        "--set pages.cards=none",
    )
    assert made.status == 0
    for address in ("records/lamp", "topics/lamp", "contributors/mara"):
        page = LexborHTMLParser(made.page(address))
        said = [node.attributes["content"] for node in page.css("meta[property='og:image:alt']")]
        assert said == ["A lamp in a window."], address
        assert {node.attributes["alt"] for node in page.css("main img")} == {"A lamp in a window."}, address
    cards = LexborHTMLParser(made.page("contributors")).css("main img")
    assert {node.attributes["alt"] for node in cards} == {""}


def test_all_players_have_the_chapters_that_the_page_shows(site: Callable[..., Site]) -> None:
    made = site(
        {
            "content/episodes/one/index.md": "---\ntitle: One\nruntime: '02:00'\nmedia: call.wav\n"
            "chapters: [{title: End, at: '01:40'}, {title: Hum, at: '0:30'}, "
            "{title: Again, at: '0:10'}]\n---\n",
            "content/episodes/one/call.wav": WAV,
            "content/episodes/one/segments/01-a.md": "---\ntitle: A\nstarts: '00:10'\nends: '00:20'\n---\n",
            "content/episodes/one/segments/02-b.md": "---\ntitle: B\nstarts: '01:10'\n---\n",
        }
    )
    assert made.status == 0, made.text
    wanted = [(10, "A"), (30, "Hum"), (70, "B"), (100, "End")]
    cues, _ = captions.parse((made.output / "episodes/one/chapters.vtt").read_text("utf-8"))
    assert [(cue.start // 1000, cue.text) for cue in cues or ()] == wanted
    told = json.loads((made.output / "episodes/one/chapters.json").read_bytes())["chapters"]
    assert [(one["startTime"], one["title"]) for one in told] == wanted
    shown = LexborHTMLParser(made.page("episodes/one")).css(".chapters li")
    assert [one.css("p")[1].text() for one in shown] == [title for _, title in wanted]


def test_an_episode_has_its_parts_as_chapters(site: Callable[..., Site]) -> None:
    made = site(
        {
            "content/episodes/one/index.md": "---\ntitle: One\nruntime: '02:00'\nmedia: call.wav\n---\n",
            "content/episodes/one/call.wav": WAV,
            "content/episodes/one/segments/01-a.md": "---\ntitle: A --> <b>\nstarts: '00:00'\n---\n",
            "content/episodes/one/segments/02-b.md": "---\ntitle: B\nstarts: '01:10'\n---\n",
        }
    )
    assert made.status == 0
    cues, faults = captions.parse((made.output / "episodes/one/chapters.vtt").read_text("utf-8"))
    assert not faults
    assert cues is not None
    assert [(cue.start, cue.end, cue.text) for cue in cues] == [
        (0, 70_000, "A --> <b>"),
        (70_000, 120_000, "B"),
    ]
    assert 'kind="chapters" src="../../episodes/one/chapters.vtt"' in made.page("episodes/one")


def box(name: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I4s", len(body) + 8, name) + body


def table(name: bytes, *numbers: int) -> bytes:
    return box(name, struct.pack(f">{len(numbers) + 1}I", 0, *numbers))


def track(identity: int, kind: bytes, *tables: bytes, entry: bytes = b"avc1") -> bytes:
    """A track whose describer, program and place of data all say who made it."""
    described = box(entry, bytes(42), b"\x0bMara Secret".ljust(32, b"\0"), bytes(4))
    disk = box(b"dref", struct.pack(">II", 0, 1), box(b"alis", bytes(4), b"Mara Secret"))
    stbl = box(b"stbl", box(b"stsd", struct.pack(">II", 0, 1), described), *tables)
    return box(
        b"trak",
        box(b"tkhd", struct.pack(">5I", 0, 0, 0, identity, 0)),
        box(b"mdia", box(b"hdlr", bytes(8), kind, bytes(12), b"Mara Secret\0"),
            box(b"minf", box(b"dinf", disk), stbl)),
    )  # fmt: skip


def test_a_film_loses_its_places_and_measurements() -> None:
    """An mp4 as a telephone makes it: a place, XMP, and a track that says where it was every second."""
    secret = b"+52.5163+013.3777/"
    telemetry = b"GPSLATLON" * 4

    def whole(offset: int) -> bytes:
        def stood(at: int, size: int, count: int) -> tuple[bytes, bytes, bytes]:
            return table(b"stsz", size, count), table(b"stsc", 1, 1, count, 1), table(b"stco", 1, at)

        place = box(b"udta", box(b"\xa9xyz", struct.pack(">HH", len(secret), 0), secret))
        moov = box(
            b"moov",
            box(b"mvhd", b"\0\0\0\0\xd5\xd5\xd5\xd5\xd6\xd6\xd6\xd6", bytes(88)),
            track(1, b"vide", *stood(offset - 6, 3, 2)),
            track(2, b"meta", *stood(offset, 9, 2)),
            track(3, b"sbtl", *stood(offset + 18, 9, 1)),
            track(4, b"vide", *stood(offset + 36, 7, 1), entry=b"jpeg"),
            place,
        )
        start = (
            box(b"ftyp", b"mp42\0\0\0\0mp42") + moov + box(b"uuid", b"\xbe\x7a\xcf\xcb" * 4, b"<x:xmpmeta>")
        )
        return start + box(b"mdat", b"pixels", telemetry, b"preview")

    data = whole(len(whole(100)) - len(telemetry + b"preview"))
    published = clean.stripped(data, "video/mp4")
    assert len(published) == len(data)
    assert b"pixels" in published
    for private in (secret, b"GPSLATLON", b"xmpmeta", b"\xd5\xd5\xd5\xd5", b"Mara Secret", b"preview"):
        assert private in data
        assert private not in published


def test_of_a_film_in_parts_only_pictures_and_sound_stay() -> None:
    """As it is recorded in parts: with defaults, with sizes of its own, and a track of measurements."""

    def extends(number: int) -> bytes:
        return table(b"trex", number, 1, 0, 3, 0)

    tables = table(b"stsz", 0, 0), table(b"stsc", 0), table(b"stco", 0)
    moov = box(
        b"moov", track(1, b"vide", *tables), track(2, b"meta", *tables), box(b"mvex", extends(1), extends(2))
    )

    def part(offset: int) -> bytes:
        runs = [
            (1, box(b"trun", struct.pack(">IIi", 1, 2, offset))),
            (2, box(b"trun", struct.pack(">II4I", 0x300, 2, 0, 4, 0, 5))),
            (1, box(b"trun", struct.pack(">II4I", 0x300, 2, 0, 4, 0, 5))),
        ]
        trafs = [
            box(b"traf", box(b"tfhd", struct.pack(">II", 0, number)), run, box(b"udta", b"Mara Secret"))
            for number, run in runs
        ]
        return box(b"moof", box(b"mfhd", bytes(8)), *trafs)

    data = box(b"ftyp", b"iso6\0\0\0\0") + moov
    for _ in range(2):
        data += part(len(part(0)) + 8) + box(b"mdat", b"pixels", b"GPSLATLON", b"laterones", b"freeGPS ")
    published = clean.stripped(data, "video/mp4")
    assert len(published) == len(data)
    assert published.count(b"pixels") == published.count(b"laterones") == 2
    for private in (b"GPS", b"Mara Secret"):
        assert private in data
        assert private not in published


def test_a_webm_loses_the_names_of_its_tracks() -> None:
    def element(name: str, *parts: bytes) -> bytes:
        body = b"".join(parts)
        return bytes.fromhex(name) + (0x4000 | len(body)).to_bytes(2, "big") + body

    name = element("536e", b"Mara Secret")
    tracks = element("1654ae6b", element("ae", element("d7", b"\1"), name))
    data = element("1a45dfa3") + element("18538067", tracks, element("1f43b675", b"\xe7\x81\0"))
    published = clean.stripped(data, "video/webm")
    assert published == data.replace(
        name, b"\xec\x01" + (len(name) - 9).to_bytes(7, "big") + bytes(len(name) - 9)
    )


def ogg(*packets: bytes) -> bytes:
    """Every packet on a page of its own; their checksums are none."""
    pages = b""
    for number, packet in enumerate(packets):
        lacing = bytes([255] * (len(packet) // 255) + [len(packet) % 255])
        head = struct.pack("<4sBBqIIIB", b"OggS", 0, 2 if not number else 0, 0, 7, number, 0, len(lacing))
        pages += head + lacing + packet
    return pages


COMMENTS = struct.pack("<I", 4) + b"Mine" + struct.pack("<II", 1, 18) + b"ARTIST=Mara Secret"


@pytest.mark.parametrize(
    "packets",
    [
        [b"Speex   " + bytes(72), COMMENTS, b"sound", b"sound"],
        [b"OVP80\1\1\0" + bytes(18), b"OVP80\2 " + COMMENTS, b"film"],
        [b"\x7fFLAC\1\0\0\3fLaC\0\0\0\x22" + bytes(34), b"\4\0\0" + bytes([len(COMMENTS)]) + COMMENTS,
         b"\3\0\0\x12" + b"seekpoints" * 2, b"\x86\0\0\x0bMara Secret", b"\xff\xf8sound"],
    ],
)  # fmt: skip
def test_ogg_loses_its_comments_whatever_is_in_it(packets: list[bytes]) -> None:
    published = clean.stripped(ogg(*packets), "audio/ogg")
    assert len(published) == len(ogg(*packets))
    assert b"Secret" not in published
    for kept in packets[0], *[packet for packet in packets[1:] if b"Mara" not in packet]:
        assert kept in published


def test_ogg_that_nobody_knows_is_not_published() -> None:
    with pytest.raises(ValueError, match="not known"):
        clean.stripped(ogg(b"Unheard of", COMMENTS), "audio/ogg")


ID3 = b"ID3\4\0\0\0\0\0\x16TPE1\0\0\0\x0b\0\0\0Mara Secret"
AT_END = b"TAG" + b"Mara Secret".ljust(125, b"\0")
APE = b"Mara Secret" + struct.pack("<8s4I8x", b"APETAGEX", 2000, 11 + 32, 1, 0)


def test_tags_are_taken_out_wherever_they_stand() -> None:
    """Files that were put one behind the other have them in the middle; some programs write at the end."""
    frames = b"\xff\xfb\x90\x64" + bytes(range(200)), b"\xff\xfb\x90\x65" + bytes(range(199, -1, -1))
    data = ID3 + frames[0] + APE + AT_END + ID3 + frames[1] + ID3
    for mime in ("audio/mpeg", "audio/aac"):
        assert clean.stripped(data, mime) == frames[0] + frames[1]
    flac = b"fLaC\x80\0\0\x22" + bytes(34) + b"\xff\xf8" + bytes(300)
    assert clean.stripped(ID3 + flac + APE + AT_END, "audio/flac") == flac
    assert clean.stripped(flac + ID3, "audio/flac") == flac


def test_a_jpeg_loses_the_preview_in_its_first_segment() -> None:
    whole = picture(20, 20)
    assert whole[2:6] == b"\xff\xe0\0\x10"
    small = b"Mara Secret."
    with_preview = whole[:4] + b"\0\x1c" + whole[6:18] + b"\2\2" + small + whole[20:]
    assert clean.stripped(with_preview, "image/jpeg") == clean.stripped(whole, "image/jpeg") == whole


@pytest.mark.parametrize("path", sorted(Path(__file__).parents[1].glob("content/**/*.webm"))[:2])
def test_cutting_a_film_anywhere_is_never_a_crash(path: Path) -> None:
    data = path.read_bytes()
    for cut in range(0, 2000, 7):
        found = probe.probe(data[:cut], "x.webm", Limits())
        assert found.medium is None
        assert found.faults[0].code == "broken-media"


def test_a_picture_that_takes_too_much_memory_is_one_problem(site: Callable[..., Site]) -> None:
    out = io.BytesIO()
    Image.new("RGBA", (8000, 5000), (1, 2, 3, 100)).save(out, "PNG", compress_level=1)
    files = record('{file: lamp.png, alt: ""}', **{LAMP.replace("jpg", "png"): out.getvalue()})
    made = site(files, "--set media.limits.memory=60000000")
    assert (made.status, made.text.count("[media-limit]")) == (0, 1)
    assert "more than 60,000,000 bytes of memory" in made.text


@pytest.mark.parametrize("stage", ["probe", "render"])
def test_what_takes_too_much_is_left_out_and_not_tried_again(
    stage: str, site: Callable[..., Site], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = tmp_path / "tries"
    true_probe, true_render = measures.probe, pictures.render

    def swells(data: bytes) -> None:
        if data == huge:
            with tries.open("a") as file:
                file.write("x")
            raise MemoryError

    def probing(data: bytes, path: str, limits: Limits) -> probe.Measure:
        swells(data)
        return true_probe(data, path, limits)

    def rendering(data: bytes, *rest: Any) -> Iterator[tuple[str, bytes]]:
        swells(data)
        yield from true_render(data, *rest)

    if stage == "probe":
        monkeypatch.setattr(measures, "probe", probing)
    else:
        monkeypatch.setattr(pictures, "render", rendering)
    huge = picture(colour="red")
    media = "[{file: lamp.jpg, alt: Lamp}, {file: moth.jpg, alt: Moth}]"
    files = record(media, **{LAMP: huge, "content/records/lamp/moth.jpg": picture()})
    options = f"--cache {tmp_path / 'cache'}"
    made = site(files, options)
    for again in (made, build(made.root, made.output, options), build(made.root, tmp_path / "b", options)):
        assert again.status == 0, again.text
        assert again.text.count("warning[media-limit]") == 1
        assert '"lamp.jpg" cannot be shown: it takes more than 2,000,000,000 bytes' in again.text
        assert [node.attributes["alt"] for node in work(again).css(".work img")] == ["Moth"]
    assert tries.read_text() == "x"
    build(made.root, made.output, f"{options} --verify")
    assert tries.read_text() == "xx"


def test_encoders_that_give_up_stop_nothing(
    site: Callable[..., Site], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def rendering(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(pictures, "render", rendering)
    made = site(record(SHOWN, **{LAMP: picture()}))
    assert (made.status, made.text.count("cannot be converted (ZeroDivisionError)")) == (0, 1)
    text, status = byline(made.root, f"build --set media.broken=error --cache {tmp_path / 'other'}")
    assert (status, text.count("error[broken-media]")) == (1, 1)


def test_a_very_long_picture_is_converted(site: Callable[..., Site]) -> None:
    made = site(record(SHOWN, **{LAMP: picture(9000, 2)}))
    assert made.status == 0
    assert work(made).css_first(".work img") is not None


def test_a_png_that_states_a_gamma_is_shown_by_it(site: Callable[..., Site]) -> None:
    out = io.BytesIO()
    info = PngInfo()
    info.add(b"gAMA", struct.pack(">I", 100_000))
    Image.new("RGBA", (9, 9), (55, 0, 255, 128)).save(out, "PNG", pnginfo=info)
    name = LAMP.replace("jpg", "png")
    made = site(record(SHOWN.replace("jpg", "png"), **{name: out.getvalue()}))
    (published,) = made.output.glob("media/*/*.png")
    # Light of 55/255 is 128 in sRGB.
    assert Image.open(published).getpixel((4, 4)) == (128, 0, 255, 128)


def photograph() -> bytes:
    """A JPEG that says who made it."""
    exif = Image.Exif()
    exif[0x013B] = "Mara Secret"
    out = io.BytesIO()
    Image.new("RGB", (20, 20), "teal").save(out, "JPEG", exif=exif)
    return out.getvalue()


def test_a_pdf_keeps_its_pages_and_not_its_makers() -> None:
    writer = PdfWriter()
    page = writer.add_blank_page(200, 100)
    note = Text(text="Brighter", rect=(9, 9, 20, 20))
    note[NameObject("/T")] = TextStringObject("Mara Secret")
    writer.add_annotation(page, note)
    writer.add_metadata({"/Author": "Mara Secret", "/Title": "Plan of Secret Street"})
    writer.xmp_metadata = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>Mara Secret</x:xmpmeta>"
    writer.add_attachment("Secret.txt", b"Secret")
    inside = StreamObject()
    inside._data = photograph()
    inside.update({NameObject("/Filter"): NameObject("/DCTDecode")})
    page[NameObject("/Own")] = writer._add_object(inside)
    out = io.BytesIO()
    writer.write(out)
    assert out.getvalue().count(b"Secret") > 5
    published = clean.stripped(out.getvalue(), "application/pdf")
    assert b"Secret" not in published
    assert clean.stripped(out.getvalue(), "application/pdf") == published
    (page,) = PdfReader(io.BytesIO(published)).pages
    assert page.mediabox.width == 200
    assert page["/Annots"][0].get_object()["/Contents"] == "Brighter"  # type: ignore[index]
    writer.encrypt("word")
    locked = io.BytesIO()
    writer.write(locked)
    for broken, reason in ((locked.getvalue(), "password"), (b"%PDF-1.7 nothing", "ended")):
        with pytest.raises(ValueError, match=reason):
            clean.stripped(broken, "application/pdf")


def test_a_pdf_keeps_nothing_in_what_stands_inside_something_else() -> None:
    """Programs write dictionaries into dictionaries and lists; what acts, signs or previews goes too."""

    def text(words: str) -> TextStringObject:
        return TextStringObject(words)

    def of(**entries: PdfObject) -> DictionaryObject:
        return DictionaryObject({NameObject(f"/{key}"): value for key, value in entries.items()})

    writer = PdfWriter()
    page = writer.add_blank_page(200, 100)
    packed, preview, attached = StreamObject(), StreamObject(), StreamObject()
    packed._data, preview._data, attached._data = zlib.compress(photograph()), b"Secret", b"Secret"
    filters = ArrayObject([NameObject("/FlateDecode"), NameObject("/DCTDecode")])
    packed[NameObject("/Filter")] = writer._add_object(filters)
    act = of(S=NameObject("/JavaScript"), JS=text("Secret()"))
    box = ArrayObject([NumberObject(9)] * 4)
    bounds = ArrayObject([text("Secret"), text("Secret")])
    place = of(Subtype=NameObject("/GEO"), GPTS=bounds, GCS=of(WKT=text("Secret")))
    entries = of(
        VP=ArrayObject([of(BBox=box, Name=text("Secret"), Measure=place)]),
        LGIDict=of(Projection=text("Secret")),
        Own=of(Measure=place, PtData=of(XPTS=bounds)),
        Resources=of(XObject=of(Im=writer._add_object(packed)), Properties=of(M=of(Metadata=text("Secret")))),
        Thumb=writer._add_object(preview),
        Annots=ArrayObject(
            [of(Subtype=NameObject("/Text"), Rect=box, T=text("Secret"), Contents=text("Dim"), A=act)]
        ),
    )
    page.update(entries)
    file = of(F=text("/home/Secret"), EF=of(F=writer._add_object(attached)))
    names = of(
        EmbeddedFiles=of(Names=ArrayObject([text("Secret"), file])), JavaScript=of(Names=ArrayObject([act]))
    )
    signature = of(ByteRange=box, Name=text("Secret"), Contents=text("Secret"), Location=text("Secret"))
    writer.root_object.update(
        of(Names=names, OpenAction=act, AcroForm=of(Fields=ArrayObject([of(V=signature)])))
    )
    out = io.BytesIO()
    writer.write(out)
    published = clean.stripped(out.getvalue(), "application/pdf")
    assert b"Secret" not in published
    (page,) = PdfReader(io.BytesIO(published)).pages
    assert page["/Annots"][0]["/Contents"] == "Dim"  # type: ignore[index]
    photo = page["/Resources"]["/XObject"]["/Im"]  # type: ignore[index]
    assert b"Secret" not in photo._data
    assert Image.open(io.BytesIO(photo._data)).size == (20, 20)


def archived(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.comment = b"By Mara Secret"
        for name, data in files.items():
            archive.writestr(name.replace("_", "."), data)
    return out.getvalue()


def test_what_is_in_an_archive_is_cleaned_too() -> None:
    kept = {"notes_txt": b"Words", "photo_jpg": photograph(), "more_zip": archived(photo_jpg=photograph())}
    published = clean.stripped(archived(**kept), "application/zip")
    assert clean.stripped(published, "application/zip") == published
    with zipfile.ZipFile(io.BytesIO(published)) as archive:
        assert archive.comment == b""
        assert archive.read("notes.txt") == b"Words"
        photo = archive.read("photo.jpg")
        assert b"Secret" in kept["photo_jpg"]
        assert b"Secret" not in photo
        with zipfile.ZipFile(io.BytesIO(archive.read("more.zip"))) as more:
            assert more.read("photo.jpg") == photo
    for name, reason in (("raw_heic", "JPEG or PNG"), ("photo_jpg", "photo.jpg"), ("more_zip", "opened")):
        with pytest.raises(ValueError, match=reason):
            clean.stripped(archived(**{name: b"\xff\xd8\xff\xe0"}), "application/zip")


def of_a_device(padding: int = 0) -> tuple[bytes, bytes]:
    """A colour profile that says whose screen it is of, and what it says of that."""
    plain = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    count = struct.unpack_from(">I", plain, 128)[0]
    told = {b"mmod": b"SERIAL-77", b"dmdd": b"Ada's screen", b"meta": b"EDID" + b"\1" * padding}
    moved = 12 * len(told)
    table = [
        (name, at + moved, size)
        for name, at, size in struct.iter_unpack(">4sII", plain[132 : 132 + 12 * count])
    ]
    data = plain[132 + 12 * count :]
    for number, (name, said) in enumerate(told.items()):
        table.insert(3 * number, (name, 132 + moved + 12 * count + len(data), len(said)))
        data += said
    packed = b"".join(struct.pack(">4sII", *tag) for tag in table)
    profile = plain[:48] + b"ADASHERS" + plain[56:128] + struct.pack(">I", len(table)) + packed + data
    return struct.pack(">I", len(profile)) + profile[4:], plain


@pytest.mark.parametrize("suffix", ["jpeg", "png", "webp"])
def test_the_colours_of_an_original_do_not_tell_whose_device_it_is_of(suffix: str) -> None:
    profile, plain = of_a_device(200_000)  # a JPEG holds that in four parts
    out = io.BytesIO()
    Image.linear_gradient("L").convert("RGB").save(out, suffix, icc_profile=profile)
    published = clean.stripped(out.getvalue(), f"image/{suffix}")
    with Image.open(io.BytesIO(published)) as shown, Image.open(io.BytesIO(out.getvalue())) as given:
        assert shown.tobytes() == given.tobytes()
        assert given.info["icc_profile"] == profile
        kept = shown.info["icc_profile"]
    for word in (b"SERIAL", b"Ada", b"EDID", b"ADASHERS", b"mmod", b"dmdd", b"meta"):
        assert word not in kept
    to = ImageCms.createProfile("LAB")
    image = Image.radial_gradient("L").convert("RGB")
    lab = [
        ImageCms.applyTransform(
            image, ImageCms.buildTransform(ImageCms.ImageCmsProfile(io.BytesIO(one)), to, "RGB", "LAB")
        )
        for one in (kept, plain)
    ]
    assert lab[0].tobytes() == lab[1].tobytes()
    assert clean.stripped(published, f"image/{suffix}") == published


@pytest.mark.parametrize(
    ("beginning", "said"),
    [
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "it is a picture in HEIC | save it as JPEG or PNG"),
        (b"\0\0\0\x1cftypmif1\0\0\0\0mif1miafheic", "it is a picture in HEIC | save it as JPEG or PNG"),
        (b"\0\0\0\x1cftypavif\0\0\0\0mif1miafavif", "damaged"),
        (b"II*\0\x08\0\0\0", "it is a picture in TIFF | save it as JPEG or PNG"),
        (b"BM\x46\0\0\0\0\0\0\0\x36", "it is a picture in BMP | save it as JPEG or PNG"),
        (b"\n<!DOCTYPE html><title>Sign in</title>", "it is a web page | save the file itself"),
        (b"version https://git-lfs.github.com/spec/v1\n", "it is only a pointer of Git LFS | let Git fetch"),
        (b"", "it is empty | save it again"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "damaged"),
    ],
)
def test_a_file_under_a_false_name_is_called_what_it_is(
    beginning: bytes, said: str, site: Callable[..., Site]
) -> None:
    made = site(record(SHOWN, **{LAMP: beginning}))
    message, _, hint = said.partition(" | ")
    (told,) = re.findall(r"\[broken-media\]: (.*)\n.*\n(.*)\n", made.text)
    assert message in told[0], made.text
    assert hint in told[1], made.text
