"""What a preview answers, to editors and to strangers; and that it ends when it should."""

import io
import os
import re
import signal
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
from PIL import Image

from byline.preview.serving import open_inside, span
from conftest import write
from preview.running import Running, preview, until

SETTINGS = (
    '[archive]\ntitle = "Lanterns"\nbase_url = "https://lanterns.example/show/"\n'
    '[credits]\nundeclared_contributors = "warn"\n'
)
SOUND = (
    b"RIFF" + struct.pack("<I", 36 + 4000) + b"WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 1, 8000, 8000, 1, 8)
)
SOUND += b"data" + struct.pack("<I", 4000) + bytes(range(250)) * 16
FILES: dict[str, str | bytes] = {
    "byline.toml": SETTINGS,
    "secret.txt": "SECRET_KEY",
    "content/pages/about.md": "---\ntitle: About\naliases: [old/about]\n---\nWords.\n",
    "content/contributors/ada.md": "---\nname: Ada Example\n---\n",
    "content/contributors/gone.md": "---\nname: Gone Example\nwithdrawn: true\n---\n",
    "content/records/hum.md": "---\ntitle: Hum\nby: ada\nmedia: hum.wav\n---\n",
    "content/records/hum.wav": SOUND,
    "content/records/idea.md": "---\ntitle: Idea\ncredits:\n  idea: [ada, Nobody Example]\n---\nWords.\n",
    "content/records/drawn.md": "---\ntitle: Drawn\nby: Else Example\nsources: [idea]\n---\n",
    "content/records/later.md": "---\ntitle: Later\nby: ada\nsources: [idea]\npublish: 2999-01-02\n---\n",
    "content/records/unfinished.md": "---\ntitle: Unfinished\nby: ada\ndraft: true\n---\n",
    "static/words.txt": "plain",
}


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = write(tmp_path_factory.mktemp("serving") / "archive", FILES)
    (root / "static" / "link.txt").symlink_to(root / "secret.txt")
    return root


@pytest.fixture(scope="module")
def running(archive: Path) -> Iterator[Running]:
    with preview(archive, "--drafts") as one:
        yield one


def test_pages_are_where_a_host_would_have_them(running: Running) -> None:
    assert running.base == "/show/"
    assert b"Lanterns" in running.get("").page
    for address, target in [("about", "about/"), ("old/about/", "about/"), ("records/hum", "records/hum/")]:
        moved = running.get(address)
        assert (moved.status, moved.headers["Location"]) == (301, f"/show/{target}")
    assert running.get("", base="/show").headers["Location"] == "/show/"
    missing = running.get("no/such/page")
    assert (missing.status, b'href="/show/' in missing.page) == (404, True)
    assert running.get("elsewhere", base="/").status == 404
    assert running.get("contributors/gone/").status == 410


def test_headers_are_those_of_a_host_but_nothing_is_kept(running: Running) -> None:
    page = running.get("about/").headers
    assert "script-src 'self'" in page["Content-Security-Policy"]
    assert (page["X-Content-Type-Options"], page["Cache-Control"]) == ("nosniff", "no-store")
    assert "Server" not in page
    assert "Etag" not in page
    assert running.get("feed.xml").status in (200, 404)
    types = {"words.txt": "text/plain", "sitemap.xml": "application/xml", "about/": "text/html"}
    for path, mime in types.items():
        assert running.get(path).headers["Content-Type"].startswith(mime)


def test_other_sites_in_the_same_browser_may_not_read_it(running: Running) -> None:
    for path in ("contributors/ada/credits.json", "contributors/ada/badge.svg"):
        answer = running.get(path, Origin="https://evil.example")
        assert (answer.status, "Access-Control-Allow-Origin" in answer.headers) == (200, False)


@pytest.mark.parametrize("head", ['<head lang="en">', "<HEAD>", "<header>", ""])
def test_a_page_with_any_head_or_none_is_followed(head: str, tmp_path: Path) -> None:
    template = f"<!doctype html>\n{head}<title>Mine</title>\n<p>Words."
    root = write(tmp_path / "archive", {**FILES, "templates/home.html": template})
    with preview(root) as one:
        answer = one.get("")
        assert b'<script src="/_byline/preview.js"' in answer.data
        assert answer.page == template.encode()


def test_ranges_of_media(running: Running) -> None:
    page = running.get("records/hum/").page.decode()
    path = next(path for path in re.findall(r'(media/[^"#]+)"', page) if path.endswith(".wav"))
    part = running.get(path, Range="bytes=100-199")
    assert (part.status, part.data) == (206, SOUND[100:200])
    assert part.headers["Content-Range"] == f"bytes 100-199/{len(SOUND)}"
    assert part.headers["Content-Type"] == "audio/wav"
    assert running.get(path, Range="bytes=-50").data == SOUND[-50:]
    past = running.get(path, Range=f"bytes={len(SOUND)}-")
    assert (past.status, past.headers["Content-Range"]) == (416, f"bytes */{len(SOUND)}")
    assert running.get(path, Range="bytes=0-9", If_Range='"other"').status == 200
    assert running.get(path).data == SOUND


def test_strangers_get_nothing(running: Running, archive: Path) -> None:
    port = running.host.rpartition(":")[2]
    for name in ("evil.example", f"evil.example:{port}", "127.0.0.1", f"10.0.0.1:{port}", "localhost"):
        assert running.get("", Host=name).status == 421
    assert running.get("", Host=f"localhost:{port}").status == 200
    for path in (
        "../secret.txt",
        "..%2fsecret.txt",
        "link.txt",
        "static/",
        "content/records/idea.md",
        "media/",
    ):
        answer = running.get(path)
        assert answer.status == 404
        assert b"SECRET" not in answer.data
    for origin, status in [("http://evil.example", b"403"), ("http://[", b"403"), (running.host, b"101")]:
        request = (
            f"GET /_byline/livereload HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: {origin}\r\n"
            "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
        )
        with socket.create_connection(("127.0.0.1", int(port))) as stranger:
            stranger.sendall(request.encode())
            assert stranger.recv(12) == b"HTTP/1.1 " + status
    with window(int(port)) as stranger:
        stranger.sendall(frame(b"[" * 60_000))
        assert stranger.recv(1000)[:1] == b"\x88"  # closed
    assert "Traceback" not in "".join(running.said)


def test_a_link_that_takes_the_place_of_a_file_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "outside").write_text("SECRET")
    root = tmp_path / "root"
    (root / "folder").mkdir(parents=True)
    (root / "folder" / "plain").write_text("plain")
    (root / "link").symlink_to(tmp_path / "outside")
    (root / "linked").symlink_to(root / "folder")
    os.mkfifo(root / "pipe")
    os.close(open_inside(root, "folder/plain"))
    for path in ("link", "linked/plain", "pipe", "folder", "../outside", "folder/../../outside", "", "a\0b"):
        with pytest.raises(OSError):  # noqa: PT011 - whichever the system gives
            os.close(open_inside(root, path))


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("bytes=0-0", (0, 1)),
        ("bytes=5-", (5, 10)),
        ("bytes=-3", (7, 10)),
        ("bytes=-30", (0, 10)),
        ("bytes=2-99", (2, 10)),
        ("bytes=3-2", None),
        ("bytes=0-1,3-4", None),
        ("bytes=-", None),
        ("items=0-1", None),
    ],
)
def test_ranges(header: str, found: tuple[int, int] | None) -> None:
    assert span(header, 10) == found
    for past in ("bytes=10-", "bytes=-0"):
        with pytest.raises(LookupError):
            span(past, 10)


def test_drafts_are_shown_and_marked_where_that_is_asked_for(running: Running, archive: Path) -> None:
    assert running.get("records/unfinished/").status == 200
    told = running.own("panel", path="records/later/")
    later = dict.fromkeys(["records/later/", "records/later/tree/"], "2999-01-02")
    assert told["hidden"] == {**later, "records/unfinished/": ""}
    assert told["source"] == "content/records/later.md"
    assert b"records/later/" in running.get("contributors/ada/feed.xml").data
    with preview(archive, "--on", "2999-01-02") as other:
        assert other.get("records/unfinished/").status == 404
        assert other.get("records/later/").status == 200


def test_what_others_name_too_is_no_draft(tmp_path: Path) -> None:
    episode = "---\ntitle: Moths\nseason: {}\ntopic: {}\n{}\n---\n"
    root = write(
        tmp_path / "archive",
        {
            "byline.toml": SETTINGS,
            "content/episodes/a/index.md": episode.format("one", "Lamps", "publish: 2999-01-02"),
            "content/episodes/b/index.md": episode.format("one", "Moths", "released: 2014-02-11"),
            "content/episodes/c/index.md": episode.format("two", "Lamps", "draft: true"),
        },
    )
    with preview(root, "--drafts") as one:
        assert one.own("panel", path="")["hidden"] == {
            "seasons/two/": "",
            "topics/lamps/": "2999-01-02",
            "episodes/a/": "2999-01-02",
            "episodes/c/": "",
        }


def test_why_somebody_is_on_a_page(running: Running) -> None:
    for about in ("contributors/ada/", "Nobody Example"):
        (reason,) = running.own("why", path="records/idea/", about=about)
        assert "content/records/idea.md:4:10" in reason or "content/records/idea.md:4:15" in reason
    (source,) = running.own("why", path="records/drawn/", about="contributors/ada/")
    assert source == "Ada Example: idea in record idea: named at content/records/idea.md:4:10"


def test_statistics_name_what_could_be_completed(running: Running) -> None:
    page = running.get("_byline/", base="/").data.decode()
    assert '<a href="/show/records/hum/" dir="auto">Hum</a>' in page  # without a licence


def test_a_taken_port_is_no_hindrance_and_an_end_is_an_end(archive: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with preview(archive, "--port", str(port)) as one:
            assert int(one.host.rpartition(":")[2]) > port
            family = one.family()
            assert len(family) > 1
            one.process.send_signal(signal.SIGINT)
            assert one.process.wait(30) == 0
            until(lambda: not any(Path(f"/proc/{process}").exists() for process in family))


@pytest.mark.parametrize("seconds", [0.0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4])
def test_an_end_is_an_end_also_at_the_beginning(seconds: float, archive: Path) -> None:
    # The module is the first that the command imports, when click has been asked for it.
    code = (
        "import sys; from byline.cli import main; from importlib.abc import MetaPathFinder as Finder\n"
        "class Begun(Finder):\n"
        "    def find_spec(self, name, path, target=None):\n"
        "        if name == 'byline.preview.letters': print(flush=True)\n"
        "sys.meta_path.insert(0, Begun()); main()"
    )
    command = [sys.executable, "-c", code, "-C", str(archive), "preview", "--port", "0"]
    started = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    )
    assert started.stdout
    started.stdout.readline()
    time.sleep(seconds)
    os.killpg(started.pid, signal.SIGINT)  # as a terminal does
    said, _ = started.communicate(timeout=30)
    assert (started.returncode, "Abort" in said, "Traceback" in said) == (0, False, False), said


def test_the_last_port_has_no_next_one(archive: Path) -> None:
    with socket.socket() as taken:
        with suppress(OSError):  # by somebody else
            taken.bind(("127.0.0.1", 65535))
            taken.listen()
        command = [sys.executable, "-c", "from byline.cli import main; main()", "-C", str(archive)]
        done = subprocess.run(
            [*command, "preview", "--port", "65535"], capture_output=True, text=True, check=False
        )
    assert (done.returncode, "cannot listen at 127.0.0.1:65535" in done.stderr) == (2, True)


def test_a_keeper_that_is_killed_is_replaced(archive: Path) -> None:
    with preview(archive) as one:
        for process in one.family()[1:]:
            os.kill(process, signal.SIGKILL)
        until(lambda: one.get("about/").status == 200)


def test_names_that_are_no_text_end_nothing(tmp_path: Path) -> None:
    root = write(tmp_path / "archive", {"byline.toml": SETTINGS, **FILES})
    with preview(root) as one:
        keeper = one.family()[1]
        port = int(one.host.rpartition(":")[2])
        with window(port) as one_window:
            one_window.sendall(frame(b'{"command": "byline", "path": "\\udcff", "state": "0"}'))
            assert one_window.recv(1000)[:1] == b"\x88"  # closed
        for path in ("static/\udcff.txt", "content/pages/\udcff.md", "templates/\udcff.html"):
            try:
                write(root, {path: ""})
            except OSError:
                pytest.skip("this file system has no such names")
        (root / "static/words.txt").write_text("others")
        until(lambda: one.get("words.txt").data == b"others")
        until(lambda: [told["code"] for told in one.own("panel")["problems"]].count("bad-file") == 3)
        state = one.own("panel")["total"], len(one.said)
        (root / "static/words.txt").write_text("plain")  # what was told once is not told again and again
        until(lambda: one.get("words.txt").data == b"plain")
        assert one.own("panel")["total"] == state[0]
        assert one.family()[1] == keeper
    assert "Traceback" not in "".join(one.said)
    assert sum("documents," in line for line in one.said) < 20


def window(port: int) -> socket.socket:
    """What a browser's window has: a socket to the preview."""
    connection = socket.create_connection(("127.0.0.1", port))
    connection.sendall(UPGRADE.replace("PORT", str(port)).encode())
    assert connection.recv(1000).startswith(b"HTTP/1.1 101")
    return connection


def frame(message: bytes) -> bytes:
    """A message as a browser sends it."""
    size = len(message)
    length = bytes([0x80 | size]) if size < 126 else struct.pack(">BH", 0xFE, size)
    return b"\x81" + length + bytes(4) + message


def test_windows_that_close_while_they_are_told_something_are_nobodys_fault(tmp_path: Path) -> None:
    root = write(tmp_path / "archive", {"byline.toml": SETTINGS, **FILES})
    now = struct.pack("ii", 1, 0)
    with preview(root) as one:
        for number in range(20):
            write(root, {"content/pages/about.md": f"---\ntitle: About\n---\nWords {number}.\n"})
            for _ in range(10):
                with window(int(one.host.rpartition(":")[2])) as closing:
                    closing.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, now)
                    closing.sendall(frame(b'{"command": "byline", "path": "about/", "state": "0"}'))
        until(lambda: b"Words 19." in one.get("about/").data)
    assert "Traceback" not in "".join(one.said)


UPGRADE = (
    "GET /_byline/livereload HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nOrigin: http://127.0.0.1:PORT\r\n"
    "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
)


FAULT = """
import pathlib
from byline.preview import state

well = state.renew

def renew(options, *rest):
    if pathlib.Path(options.root, "fault").exists():
        raise {error}
    return well(options, *rest)

state.renew = renew
"""


@pytest.mark.parametrize(
    "error",
    ['KeyError("nobody thought of this")', 'PermissionError(13, "nobody thought of this", "content")'],
)
def test_a_fault_of_the_program_is_a_sentence_and_the_next_save_tries_again(
    error: str, tmp_path: Path
) -> None:
    (tmp_path / "sitecustomize.py").write_text(FAULT.replace("{error}", error), "utf-8")
    root = write(tmp_path / "archive", {"byline.toml": SETTINGS, "content/index.md": "---\n---\nWords.\n"})
    with preview(root, PYTHONPATH=str(tmp_path)) as one:
        assert one.own("panel")["sound"]
        (root / "fault").touch()
        until(lambda: not one.own("panel")["sound"])
        (told,) = one.own("panel")["problems"]
        assert (told["code"], told["path"]) == ("program-fault", ".byline-cache/preview.log")
        assert error.partition("(")[0] in told["message"]
        assert "nobody thought of this" in (root / told["path"]).read_text("utf-8")
        assert b"Words." in one.get("").page
        (root / "fault").unlink()
        (root / "content" / "index.md").write_text("---\n---\nOther words.\n", "utf-8")
        until(lambda: b"Other words." in one.get("").page)
        assert one.own("panel")["sound"]
        until(lambda: any("No problems any more" in line for line in one.said))
    assert "Traceback" not in "".join(one.said)


CLOCK = """
import pathlib
from byline import times

times.today = lambda on="": on or pathlib.Path(__file__).with_name("day").read_text()
"""


def test_an_embargo_ends_while_nothing_is_saved(tmp_path: Path) -> None:
    write(tmp_path, {"sitecustomize.py": CLOCK, "day": "2999-01-01"})
    root = write(tmp_path / "archive", FILES)
    with preview(root, PYTHONPATH=f"{tmp_path}:{os.environ.get('PYTHONPATH', '')}") as one:
        assert one.get("records/later/").status == 404
        time.sleep(4)  # what is looked at in any case, shortly after the start, has been looked at
        write(tmp_path, {"day": "2999-01-02"})
        until(lambda: one.get("records/later/").status == 200)


def test_a_template_that_fails_leaves_the_last_good_page_as_a_host_would_send_it(tmp_path: Path) -> None:
    root = write(tmp_path / "archive", {"byline.toml": SETTINGS, "content/index.md": "---\n---\nWords.\n"})
    with preview(root) as one:
        good = one.get("")
        write(root, {"templates/home.html": "{{ page.no_such_thing.at_all }}"})
        until(lambda: one.own("panel", path="")["problems"] or one.get("").data != good.data)
        stale = one.get("")
        assert (stale.page, stale.status) == (good.page, 200)
        assert stale.headers["Content-Security-Policy"] == good.headers["Content-Security-Policy"]
        assert stale.headers["Content-Type"] == good.headers["Content-Type"]
        assert b'data-stale="1"' in stale.data


def with_lamp(picture: Image.Image) -> dict[str, str | bytes]:
    """The archive, and a record that is a photograph."""
    photo = io.BytesIO()
    picture.save(photo, "JPEG", quality=60)
    lamp = '---\ntitle: Lamp\nby: ada\nmedia: {file: lamp.jpg, alt: "a lamp"}\n---\n'
    return {**FILES, "content/records/lamp.md": lamp, "content/records/lamp.jpg": photo.getvalue()}


def test_a_picture_that_is_too_much_for_a_build_is_too_much_for_a_preview(tmp_path: Path) -> None:
    files = with_lamp(Image.effect_noise((6000, 5000), 60).convert("RGB"))
    root = write(tmp_path / "archive", files)
    write(root, {"byline.toml": SETTINGS + "[media.limits]\nmemory = 80_000_000\n"})
    with preview(root) as one:
        page = one.get("records/lamp/").data.decode()
        large = re.findall(r"\.\./\.\./(media/[^ \"]+\.avif) 1600w", page)
        small = re.findall(r"\.\./\.\./(media/[^ \"]+\.jpg) 400w", page)
        assert [one.get(path).status for path in (*large, *large, *small)] == [404, 404, 200]
        assert one.get("records/lamp/").status == 200
        write(root, {"byline.toml": SETTINGS})
        until(lambda: one.get(*large).status == 200)


def test_a_picture_that_cannot_be_kept_is_a_sentence(tmp_path: Path) -> None:
    files = with_lamp(Image.new("RGB", (600, 500)))
    root = write(tmp_path / "archive", {**files, ".byline-cache/renditions": "in the way"})
    with preview(root) as one:
        page = one.get("records/lamp/").data.decode()
        small = re.search(r"\.\./\.\./(media/[^ \"]+\.jpg) 400w", page)
        assert small
        assert one.get(small[1]).status == 404
        until(lambda: any("lamp.jpg: renditions cannot be kept in" in line for line in one.said))
    assert "Traceback" not in "".join(one.said)


def test_an_end_is_an_end_also_while_pictures_are_converted(tmp_path: Path) -> None:
    files = with_lamp(Image.effect_noise((6000, 5000), 60).convert("RGB"))
    root = write(tmp_path / "archive", files)
    with preview(root, through=("setsid",)) as one, ThreadPoolExecutor() as windows:
        paths = re.findall(r"\.\./\.\./(media/[^ \"]+\.avif)", one.get("records/lamp/").data.decode())
        waiting = [windows.submit(one.get, path) for path in paths]
        until(lambda: len(one.family()) > 2 + len(paths))
        os.killpg(one.process.pid, signal.SIGINT)  # as a terminal does
        started = time.monotonic()
        assert one.process.wait(30) == 0
        assert all(window.exception() for window in waiting)
        assert time.monotonic() - started < 5
    assert "Traceback" not in "".join(one.said)


def test_the_terminal_counts_in_words_that_fit(tmp_path: Path) -> None:
    root = write(tmp_path / "archive", {"content/records/lamp.md": "---\ntitle: Lamp\nby: nobody\n---\n"})
    with preview(root) as one:
        until(lambda: any(line.startswith("0 documents, 1 error, 0 warnings, in ") for line in one.said))
