"""A cache makes builds faster and nothing else: whatever is in it, the site is the same."""

import os
import random
import re
import shutil
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from byline import cache, last, packs, shards, static, templating, wordless
from byline.asked import Asked
from byline.build import build, make_site
from byline.checking import check
from byline.checking import read as read_contents
from byline.problems import Problem
from byline.read.files import read_text
from byline.read.scan import Walked, scan
from byline.reading import begin
from conftest import byline, write

ROOT = Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files that were just written count as old, so that the cache is trusted as it is after a while."""
    monkeypatch.setattr(cache, "FRESH", 0)


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    folder = tmp_path / "archive"
    shutil.copytree(ROOT / "generator/byline/data/starter", folder)
    return folder


def tree(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def checked(data: bytes) -> bytes:
    return packs.checksum(data) + data


def built(archive: Path, output: Path, kept: Path | None) -> dict[str, bytes]:
    assert build(Asked(archive, on="2026-06-01", cache=kept), output).done
    return tree(output)


def test_a_cached_build_is_a_clean_one(archive: Path, tmp_path: Path) -> None:
    kept = tmp_path / "cache"
    first = built(archive, tmp_path / "one", kept)
    assert packed(kept)
    assert built(archive, tmp_path / "two", kept) == first == built(archive, tmp_path / "three", None)


def test_the_order_of_settings_counts(archive: Path, tmp_path: Path) -> None:
    kept, settings = tmp_path / "cache", archive / "byline.toml"
    text = settings.read_text("utf-8")
    one, other = '"One" = "https://one.example/"\n', '"Other" = "https://other.example/"\n'
    settings.write_text(f"{text}\n[menu]\n{one}{other}", "utf-8")
    built(archive, tmp_path / "one", kept)
    settings.write_text(f"{text}\n[menu]\n{other}{one}", "utf-8")
    assert built(archive, tmp_path / "one", kept) == built(archive, tmp_path / "three", None)


def test_a_file_with_the_same_time_and_size_is_read_again(archive: Path, tmp_path: Path) -> None:
    kept, page = tmp_path / "cache", archive / "content/pages/about.md"
    built(archive, tmp_path / "one", kept)
    state = page.stat()
    page.write_bytes(page.read_bytes().replace(b"Who makes", b"Who bakes"))
    os.utime(page, ns=(state.st_atime_ns, state.st_mtime_ns))
    found = built(archive, tmp_path / "two", kept)
    assert b"Who bakes" in found["about/index.html"]
    assert found == built(archive, tmp_path / "three", None)


def test_what_is_no_longer_there_leaves_the_cache(archive: Path, tmp_path: Path) -> None:
    kept, page = tmp_path / "cache", archive / "content/pages/about.md"
    page.write_text("---\ntitle: About\n---\n\nPelargonium", "utf-8")
    built(archive, tmp_path / "one", kept)
    assert b"Pelargonium" in packed(kept)
    page.write_text("---\ntitle: About\nwithdrawn: true\n---\n\nPelargonium", "utf-8")
    built(archive, tmp_path / "one", kept)
    assert b"Pelargonium" not in packed(kept)


@pytest.mark.parametrize("harm", ["another version", "noise"])
def test_what_nobody_can_read_leaves_the_cache(archive: Path, tmp_path: Path, harm: str) -> None:
    """Also where no other file has its share of the cache."""
    kept = tmp_path / "cache"
    taken = {shards.shard_of(path.relative_to(archive).as_posix()) for path in archive.rglob("*")}
    names = (f"content/pages/p{number}.md" for number in range(1000))
    page = archive / next(name for name in names if shards.shard_of(name) not in taken)
    page.write_text("---\ntitle: Gone\n---\n\nPelargonium", "utf-8")
    built(archive, tmp_path / "one", kept)
    assert b"Pelargonium" in packed(kept)
    page.unlink()
    if harm == "noise":
        for file in (kept / shards.FOLDER).iterdir():
            file.write_bytes(file.read_bytes() + b"noise")
    asked = Asked(archive, ("markdown.raw_html=pages",) if harm != "noise" else (), "2026-06-01", kept)
    assert build(asked, tmp_path / "one").done
    assert b"Pelargonium" not in packed(kept)


def packed(kept: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted((kept / shards.FOLDER).iterdir()))


@pytest.mark.parametrize("hurt", ["empty", "cut", "noise", "other version", "folders"])
def test_a_hurt_cache_counts_as_empty(archive: Path, tmp_path: Path, hurt: str) -> None:
    kept = tmp_path / "cache"
    first = built(archive, tmp_path / "one", kept)
    for pack in (kept / shards.FOLDER).iterdir():
        data = pack.read_bytes()
        noise = random.Random(1).randbytes(len(data))
        broken = {
            "empty": b"",
            "cut": data[: len(data) // 2],
            "noise": noise,
            "other version": checked(
                data[len(packs.checksum(b"")) :].replace(cache.code_version().encode(), b"0" * 32)
            ),
        }
        if hurt == "folders":
            pack.unlink()
            pack.mkdir()
        else:
            pack.write_bytes(broken[hurt])
    assert built(archive, tmp_path / "two", kept) == first


@pytest.mark.parametrize("part", ["licenses.py", "data/licenses.json", "data/kinds.toml"])
def test_another_program_trusts_no_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: str) -> None:
    other = tmp_path / "byline"
    shutil.copytree(ROOT / "generator/byline", other)
    monkeypatch.setattr(cache, "__file__", str(other / "cache.py"))
    version = cache.code_version.__wrapped__
    assert version() == cache.code_version()
    (other / part).write_bytes((other / part).read_bytes() + b"\n")
    assert version() != cache.code_version()


def test_every_single_byte_may_be_wrong(archive: Path, tmp_path: Path) -> None:
    kept = tmp_path / "cache"
    first = built(archive, tmp_path / "one", kept)
    rnd = random.Random(7)
    for pack in sorted((kept / shards.FOLDER).iterdir()):
        data = pack.read_bytes()
        at = rnd.randrange(len(data))
        pack.write_bytes(data[:at] + bytes([data[at] ^ 0x41]) + data[at + 1 :])
        assert built(archive, tmp_path / "two", kept) == first


def test_a_file_that_is_not_touched_is_not_read(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, page = tmp_path / "cache", archive / "content/pages/about.md"
    first = built(archive, tmp_path / "one", kept)
    read: list[str] = []
    monkeypatch.setattr(cache, "read_text", lambda root, path: read.append(path) or read_text(root, path))
    assert built(archive, tmp_path / "one", kept) == first
    assert read == []
    page.touch()
    assert built(archive, tmp_path / "one", kept) == first
    assert read == ["content/pages/about.md"]
    assert build(Asked(archive, on="2026-06-01", cache=kept, verify=True), tmp_path / "one").done
    assert len(read) > 8


def test_a_static_file_that_is_not_touched_is_not_read(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(static, "FRESH", 0)
    write(archive, {"static/one.txt": "one", "static/other.txt": "other"})
    kept, page, one = tmp_path / "cache", archive / "content/pages/about.md", archive / "static/one.txt"
    time.sleep(0.02)  # times of files are kept in steps
    built(archive, tmp_path / "one", kept)
    read: list[Path] = []
    taken = Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda path: read.append(path) or taken(path))

    def again(*wanted: str) -> dict[str, bytes]:
        read.clear()
        page.touch()
        site = built(archive, tmp_path / "one", kept)
        assert sorted(path.name for path in read if path.parent == one.parent) == [*wanted]
        return site

    again()
    before = one.stat()
    one.write_text("two")  # of the same size, and of the same time
    os.utime(one, ns=(before.st_atime_ns, before.st_mtime_ns))
    time.sleep(0.02)
    assert again("one.txt")["one.txt"] == b"two"
    (tmp_path / "one/other.txt").write_text("hurt")
    assert again("other.txt")["other.txt"] == b"other"
    monkeypatch.setattr(static, "FRESH", 60_000_000_000)
    assert again("one.txt", "other.txt") == again("one.txt", "other.txt")


def test_a_site_that_was_tampered_with_is_put_right(archive: Path, tmp_path: Path) -> None:
    first = built(archive, tmp_path / "one", tmp_path / "cache")
    for path in (
        "about/index.html",
        "robots.txt",
        next(name for name in first if name.startswith("assets/")),
    ):
        file = tmp_path / "one" / path
        data = file.read_bytes()
        file.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    asked = Asked(archive, on="2026-06-01", cache=tmp_path / "cache", verify=True)
    assert build(asked, tmp_path / "one").changed == 3
    assert tree(tmp_path / "one") == first


def test_a_file_as_new_as_the_last_build_is_read_again(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "FRESH", 2_000_000_000)
    kept = tmp_path / "cache"
    built(archive, tmp_path / "one", kept)
    read: list[str] = []
    monkeypatch.setattr(cache, "read_text", lambda root, path: read.append(path) or read_text(root, path))
    built(archive, tmp_path / "one", kept)
    assert "content/pages/about.md" in read


def test_what_a_build_would_change_is_said_line_by_line(archive: Path, tmp_path: Path) -> None:
    places = f"--output {tmp_path}/one --cache {tmp_path}/cache --on 2026-06-01"
    assert byline(archive, f"build {places}")[1] == 0
    assert byline(archive, f"explain --changed {places}") == ("", 0)
    page = archive / "content/pages/about.md"
    page.write_bytes(page.read_bytes().replace(b"Who makes", b"Who bakes"))
    (tmp_path / "one/robots.txt").unlink()
    said, status = byline(archive, f"explain --changed {places}")
    assert status == 0
    assert "/robots.txt: its file is missing or was changed" in said
    assert re.search(r"^/about/: line \d+: .*Who makes.* → .*Who bakes", said, re.MULTILINE)


def test_what_was_put_right_by_hand_as_well_does_not_change(archive: Path, tmp_path: Path) -> None:
    places = f"--output {tmp_path}/one --cache {tmp_path}/cache --on 2026-06-01"
    assert byline(archive, f"build {places}")[1] == 0
    for file in (archive / "content/pages/about.md", tmp_path / "one/about/index.html"):
        file.write_bytes(file.read_bytes().replace(b"Who makes", b"Who bakes"))
    assert byline(archive, f"explain --changed {places}") == ("", 0)


def test_what_differs_in_a_long_line_is_said(tmp_path: Path) -> None:
    files = {"content/records/lamp.md": f"---\ntitle: Lamp\n---\n{'And on. ' * 60}\n"}
    root, places = write(tmp_path / "archive", files), f"--output {tmp_path}/one --cache {tmp_path}/cache"
    assert byline(root, f"build {places}")[1] == 0
    write(root, {path: text.replace("on. \n", "off.\n") for path, text in files.items()})
    said, _ = byline(root, f"explain --changed {places}")
    assert re.search(r"^/records/lamp/: line \d+: ….*And on\.<.* → ….*And off\.<", said, re.MULTILINE)


def test_words_wait_in_the_cache(archive: Path, tmp_path: Path) -> None:
    kept = tmp_path / "cache"
    for _ in ("read", "known"):
        texts = read_contents(Asked(archive), begin(Asked(archive, cache=kept)).texts()).documents
        bodies = [body for one in texts for body in wordless.bodies(one) if body]
        assert bodies
        assert not any(body.parts for body in bodies)
    read = read_contents(Asked(archive), begin(Asked(archive)).texts()).documents
    whole = [body for one in read for body in wordless.bodies(one) if body]
    assert [wordless.filled(body) for body in bodies] == whole


def test_a_build_shows_what_it_read_whatever_becomes_of_the_cache(archive: Path, tmp_path: Path) -> None:
    kept, page = tmp_path / "cache", archive / "content/pages/about.md"
    first = built(archive, tmp_path / "one", kept)
    asked = Asked(archive, on="2026-06-01", cache=kept)
    checked = check(asked)
    for text in ("Pelargonium", "Something that is longer than all that was there.\n\n" * 100):
        page.write_text(f"---\ntitle: About\n---\n\n{text}", "utf-8")
        built(archive, tmp_path / "other", kept)
    assert make_site(asked, checked, tmp_path / "two").done
    assert tree(tmp_path / "two") == first
    shutil.rmtree(kept / shards.FOLDER)
    assert make_site(asked, checked, tmp_path / "three").done
    assert tree(tmp_path / "three") == first


def test_a_cache_that_cannot_be_written_is_only_slower(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = built(archive, tmp_path / "one", None)
    put, times = packs.put, iter(range(1000))

    def full(file: Path, data: bytes) -> None:
        if next(times) > 2:
            raise OSError(28, "No space left on device")
        put(file, data)

    monkeypatch.setattr(shards, "put", full)
    assert built(archive, tmp_path / "two", tmp_path / "cache") == first
    assert next(times) > 4
    assert built(archive, tmp_path / "three", tmp_path / "cache") == first
    (tmp_path / "file").write_text("in the way")
    assert built(archive, tmp_path / "four", tmp_path / "file") == first


def test_another_build_may_write_the_same_cache(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = built(archive, tmp_path / "one", None)
    put = packs.put

    def overtaken(file: Path, data: bytes) -> None:
        """Write the file of a shard; then another build does, which has found nothing."""
        put(file, data)
        put(file, shards._packed({}, cache.version_of("never")))

    monkeypatch.setattr(shards, "put", overtaken)
    assert built(archive, tmp_path / "two", tmp_path / "cache") == first


@pytest.mark.parametrize("others", [True, False], ids=["others in its shard", "alone"])
@pytest.mark.parametrize("keeps", [True, False], ids=["cache", "no cache"])
def test_a_file_that_ends_its_reader_is_a_problem(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, keeps: bool, others: bool
) -> None:
    page, here, kept = "content/pages/about.md", os.getpid(), tmp_path / "cache" if keeps else None
    monkeypatch.setattr(cache, "CHUNK", 1)
    monkeypatch.setattr(cache, "shard_of", lambda path: len(path) % 2 if others else int(path == page))

    def read(root: Path, path: str) -> tuple[str, Problem | None]:
        if path == page:
            assert os.getpid() != here
            os.kill(os.getpid(), signal.SIGKILL)
        return read_text(root, path)

    monkeypatch.setattr(cache, "read_text", read)
    checked = check(Asked(archive, on="2026-06-01", cache=kept, workers=2))
    assert [(one.code, one.place.path) for one in checked.problems if one.severity == "error"] == [
        ("unreadable-file", page)
    ]
    assert len(checked.contents.documents) > 5
    monkeypatch.setattr(cache, "read_text", read_text)
    assert built(archive, tmp_path / "two", kept) == built(archive, tmp_path / "three", None)


def test_where_few_files_may_be_open_words_are_read_at_once(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = tmp_path / "cache"
    first = built(archive, tmp_path / "one", kept)
    before = len(list(Path("/proc/self/fd").iterdir()))
    monkeypatch.setattr(shards, "open_files", lambda: 4 * shards.SHARDS - 1)
    known = cache.load_all(kept, "never")
    assert known
    assert len(list(Path("/proc/self/fd").iterdir())) == before
    assert not any(b.held for e in known.values() for d in e.read.documents for b in wordless.bodies(d))
    assert built(archive, tmp_path / "two", kept) == first
    monkeypatch.undo()
    assert built(archive, tmp_path / "three", kept) == first


class _Listed(Iterator["os.DirEntry[str]"]):
    """A folder as it was."""

    def __init__(self, path: str | int) -> None:
        with SCANDIR(path) as entries:
            self._entries = iter(list(entries))

    def __next__(self) -> "os.DirEntry[str]":
        return next(self._entries)

    def __enter__(self) -> "_Listed":
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is open any more."""

    def close(self) -> None:
        """The same."""


SCANDIR = os.scandir


@pytest.mark.parametrize("goes", ["templates/parts/own.html", "static/own.txt"])
def test_a_file_may_go_while_all_is_looked_at(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, goes: str
) -> None:
    page = "{% extends 'theme/page.html' %}{# include 'parts/own.html' #}"
    write(archive, {"templates/parts/own.html": "", "static/own.txt": "", "templates/page.html": page})
    kept, walked = tmp_path / "cache", Walked(1 << 63, "content", lambda: scan(archive))
    built(archive, tmp_path / "one", kept)

    def listed(path: str | int = ".") -> _Listed:
        """What is in a folder; then a file goes from it before anybody has looked at it."""
        found = _Listed(path)
        if str(path) == str((archive / goes).parent):
            (archive / goes).unlink(missing_ok=True)
        return found

    assert last.inputs_of(archive, walked, ("templates", "static"))
    monkeypatch.setattr(os, "scandir", listed)
    assert last.inputs_of(archive, walked, ("templates", "static")) == b""
    assert not (archive / goes).exists()
    (archive / goes).write_text("")
    text, status = byline(archive, f"build --on 2026-06-01 --output {tmp_path / 'one'} --cache {kept}")
    assert not (archive / goes).exists()
    assert goes in text if status else "files" in text
    monkeypatch.undo()
    assert built(archive, tmp_path / "one", kept) == built(archive, tmp_path / "two", None)


def test_a_template_that_changes_during_a_build_is_used_by_the_next(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(
        archive, {"templates/page.html": "{% extends 'theme/page.html' %}{% block main %}Old{% endblock %}"}
    )
    kept, load = tmp_path / "cache", templating.load

    def loaded(root: Path, theme: str, language: str) -> templating.Templates:
        found = load(root, theme, language)
        page = archive / "templates/page.html"
        page.write_text(page.read_text().replace("Old", "New"), "utf-8")
        return found

    monkeypatch.setattr(templating, "load", loaded)
    assert b"Old" in built(archive, tmp_path / "one", kept)["about/index.html"]
    monkeypatch.setattr(templating, "load", load)
    assert built(archive, tmp_path / "one", kept) == built(archive, tmp_path / "two", None)


def test_what_other_machines_need_is_left_to_them(archive: Path, tmp_path: Path) -> None:
    """A cluster may be at work for another build of the same cache; after days nobody is."""
    kept = tmp_path / "cache"
    built(archive, tmp_path / "one", kept)
    needed, forgotten, passing = (
        kept / f"{packs.SHARED}aa",
        kept / f"{packs.SHARED}bb",
        kept / "last.msgpack.1",
    )
    for file in (needed, forgotten, passing):
        file.write_bytes(b"")
    os.utime(forgotten, (0, 0))
    (archive / "content/pages/about.md").write_text("---\ntitle: About\n---\nAnother text.\n", "utf-8")
    built(archive, tmp_path / "one", kept)
    assert [file.exists() for file in (needed, forgotten, passing)] == [True, False, False]
