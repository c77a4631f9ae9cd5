"""A folder that nginx or Caddy serves, with the rules that the publish left beside the site."""

import gzip
import http.client
import http.server
import json
import subprocess
import threading
from functools import partial
from pathlib import Path
from typing import ClassVar
from urllib.parse import quote, urlsplit

import brotli
import pytest

from byline.publish import verify
from publish import servers
from publish.conftest import EDIT, WITHDRAWAL, Show, needs

BASE = "/archive/"
# Old addresses with what means something to servers; a picture at a host with a name beyond ASCII.
FAR = """---
title: Far
by: ada
media: {url: "https://bücher.example/far.png", alt: Far away}
aliases: ["old/$uri {path}", "old/it's; all", old/ü]
---
"""


def ask(address: str, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """One request, as it is, without following anything."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.netloc, timeout=10)
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request("GET", parts.path + path, headers=told)
    answer = connection.getresponse()
    found = {name.lower(): value for name, value in answer.getheaders()}
    body = answer.read()
    connection.close()
    return answer.status, found, body


def silent(_stage: str, _done: int, _total: int) -> None:
    return None


@pytest.mark.parametrize("server", ["nginx", "caddy"])
def test_a_server_does_all_that_the_rules_say(server: str, tmp_path: Path) -> None:
    needs(server)
    site = tmp_path / "www" / "archive"
    show = Show(tmp_path / "show", f'to = "folder"\npath = "{site}"\nserver = "{server}"')
    show.write({**WITHDRAWAL, "content/records/far.md": FAR})
    assert "files new, 0 changed, 0 deleted" in show.publish()
    serve = servers.nginx if server == "nginx" else servers.caddy
    with serve(tmp_path / server, tmp_path / "www", BASE) as address:
        assert verify.url(address, silent).faults == ()
        page = (site / "index.html").read_bytes()
        status, headers, body = ask(address, "", Accept_Encoding="br")
        assert (status, headers["content-encoding"], brotli.decompress(body)) == (200, "br", page)
        status, headers, body = ask(address, "", Accept_Encoding="gzip")
        assert (status, headers["content-encoding"], gzip.decompress(body)) == (200, "gzip", page)
        assert "accept-encoding" in headers["vary"].lower()
        assert "frame-ancestors 'self'" in headers["content-security-policy"]
        assert "img-src 'self' https://xn--bcher-kva.example;" in headers["content-security-policy"]
        far = (site / "records/far/index.html").read_text("utf-8")
        assert "https://xn--bcher-kva.example" in far.partition("Content-Security-Policy")[2][:400]
        assert "frame-ancestors *" in ask(address, "contributors/ada/embed/")[1]["content-security-policy"]
        media = next(path for path in (site / "media").rglob("*.webp")).relative_to(site).as_posix()
        status, headers, body = ask(address, media, Range="bytes=10-19")
        assert (status, body) == (206, (site / media).read_bytes()[10:20])
        assert headers["cache-control"] == "public, max-age=31536000, immutable"
        assert "immutable" not in ask(address, "")[1]["cache-control"]
        status, _, body = ask(address, "nothing/here/")
        assert (status, body) == (404, (site / "404.html").read_bytes())
        odd = [(quote(old), "records/far/") for old in ("old/$uri {path}/", "old/it's; all", "old/ü")]
        for old, new in (
            ("contributors/ada-of-old/", "contributors/ada/"),
            ("2014/lamp", "records/lamp/"),
            *odd,
        ):
            status, headers, _ = ask(address, old)
            assert status == 301
            assert headers["location"].endswith(BASE + new)
        status, _, body = ask(address, "contributors/cleo/")
        assert (status, body) == (410, (site / "contributors/cleo/index.html").read_bytes())
        assert ask(address, "contributors/cleo/feed.xml")[0] == 410
        assert ask(address, "contributors/ada/feed.xml")[1]["content-type"].startswith("application/rss+xml")
        assert ask(address, "contributors/ada/badge.svg")[1]["access-control-allow-origin"] == "*"
        assert ask(address, ".well-known/security.txt")[0] == 200
        assert ask(address, f".byline/{'nginx.conf' if server == 'nginx' else 'Caddyfile'}")[0] == 404
        show.write(EDIT)
        show.publish()
        assert verify.url(address, silent).faults == ()


def test_verify_finds_what_is_wrong(tmp_path: Path) -> None:
    needs("nginx")
    site = tmp_path / "www" / "archive"
    show = Show(tmp_path / "show", f'to = "folder"\npath = "{site}"\nserver = "nginx"')
    show.publish()
    assert show(f"verify {site}")[1] == 0
    (site / "records/lamp/index.html").write_text('<!doctype html><a href="../no-such-record/">lost</a>')
    (site / "records/tune/index.html").unlink()
    (site / "left-over.html").write_text("from another tool")
    with servers.nginx(tmp_path / "nginx", tmp_path / "www", BASE) as address:
        for place in (str(site), address):
            text, status = show(f"verify {place}")
            assert status == 1
            assert "records/lamp/index.html: is not what was published" in text
            assert "records/lamp/index.html: leads to ../no-such-record/, where nothing is" in text
            assert "records/tune/index.html: " in text
            assert ("left-over.html: nobody published this" in text) == (place == str(site))


class _OwnWays(http.server.SimpleHTTPRequestHandler):
    """A host that sends what it likes, as those of pages do: its own names of types, one lifetime for all."""

    extensions_map: ClassVar[dict[str, str]] = {
        ".html": "text/html; charset=utf-8",
        ".css": "text/css; charset=utf-8",
        ".js": "application/javascript; charset=utf-8",
        ".txt": "text/plain; charset=utf-8",
        ".xml": "application/xml",
        ".json": "application/json; charset=utf-8",
        ".svg": "image/svg+xml",
        ".png": "image/png",
        ".woff2": "font/woff2",
    }

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "max-age=600")
        super().end_headers()

    def log_message(self, *said: object) -> None:
        """Nothing."""


def test_verify_takes_a_host_for_what_it_is(tmp_path: Path) -> None:
    site = tmp_path / "www" / "archive"
    show = Show(tmp_path / "show", f'to = "folder"\npath = "{site}"')
    show.publish()
    handler = partial(_OwnWays, directory=tmp_path / "www")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}{BASE}"
        assert verify.url(address, silent).faults == ()
        _OwnWays.extensions_map = {**_OwnWays.extensions_map, ".html": "text/plain", ".css": "text/css"}
        said = {one.partition(": ")[2] for one in verify.url(address, silent).faults}
        server.shutdown()
    assert said == {
        "has Content-Type text/plain, not text/html; charset=utf-8",
        "has Content-Type text/css, not text/css; charset=utf-8",
    }


def test_a_folder_keeps_what_is_not_ours(tmp_path: Path) -> None:
    site = tmp_path / "www"
    site.mkdir()
    (site / "index.html").write_text("somebody's page")
    (site / "notes.txt").write_text("somebody's notes")
    show = Show(tmp_path / "show", f'to = "folder"\npath = "{site}"')
    text, status = show("publish")
    assert status == 1
    assert "files on the host that Byline did not put there, first index.html" in text
    assert sorted(path.name for path in site.iterdir()) == ["index.html", "notes.txt"]
    show.publish("--take-over")
    assert (site / "notes.txt").read_text() == "somebody's notes"
    assert "Lanterns" in (site / "index.html").read_text("utf-8")


@pytest.mark.parametrize("path", [".", "..", "output", "output/deeper", "content", "static/site"])
def test_a_site_is_not_published_into_its_own_archive(path: str, tmp_path: Path) -> None:
    show = Show(tmp_path / "show", f'to = "folder"\npath = "{path}"')
    before = sorted(show.root.rglob("*"))
    text, status = show("publish")
    assert (status, "path = " in text) == (1, True)
    assert [one for one in sorted(show.root.rglob("*")) if ".byline-cache" not in one.parts] == before


def test_deletions_are_capped(tmp_path: Path) -> None:
    show = Show(tmp_path / "show", f'to = "folder"\npath = "{tmp_path / "www"}"')
    show.publish()
    (show.root / "content/records/tune.md").unlink()
    show.write({"content/episodes/first/index.md": "---\ntitle: First light\nuses: [lamp]\n---\n"})
    text, status = show("publish --max-deletes 1")
    assert status == 1
    assert "files would be deleted from the host, more than 1; first " in text
    assert (tmp_path / "www/records/tune/index.html").exists()
    assert "--max-deletes" in text
    show.publish()
    assert not (tmp_path / "www/records/tune").exists()


def test_cloudfront_answers_as_the_rules_say(tmp_path: Path) -> None:
    """The function for viewer requests, run by Node: moved, gone, folders, files."""
    needs("node")
    show = Show(tmp_path / "show", 'to = "s3"\nbucket = "b"')
    show.write(WITHDRAWAL)
    assert show("build")[1] == 0
    rules = show.root / "output" / ".byline"
    asked = ["2014/lamp/", "contributors/cleo/", "records/lamp/", "records/lamp", "index.html", ""]
    program = (
        "const f = new Function(require('fs').readFileSync(process.argv[1], 'utf8') + '; return handler')();"
        "console.log(JSON.stringify(JSON.parse(process.argv[2]).map(uri => f({request: {uri}}))))"
    )
    node = servers.program("node")
    assert node
    command = [node, "-e", program, str(rules / "cloudfront.js"), json.dumps([BASE + one for one in asked])]
    moved, gone, page, folder, file, home = json.loads(subprocess.check_output(command))
    assert (moved["statusCode"], moved["headers"]["location"]["value"]) == (301, f"{BASE}records/lamp/")
    assert gone["statusCode"] == 410
    assert page == {"uri": f"{BASE}records/lamp/index.html"}
    assert (folder["statusCode"], folder["headers"]["location"]["value"]) == (301, f"{BASE}records/lamp/")
    assert file == home == {"uri": f"{BASE}index.html"}
    policy = json.loads((rules / "cloudfront-headers.json").read_text())
    assert "default-src" in policy["SecurityHeadersConfig"]["ContentSecurityPolicy"]["ContentSecurityPolicy"]
