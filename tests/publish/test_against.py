"""Which addresses a published site has where only its sitemap says so, whatever stands in that."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread

import msgspec
import pytest

from byline.publish.release import Release, State, digest_of
from byline.text import clean
from conftest import byline, write

MAPS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
PICTURES = 'xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"'


class Host(ThreadingHTTPServer):
    """A host that hands out texts by their path; one under "*" for every other sitemap."""

    def __init__(self) -> None:
        self.pages: dict[str, str] = {}
        self.type = ""
        self.cut = Event()
        super().__init__(("127.0.0.1", 0), _Handler)
        self.address = f"http://127.0.0.1:{self.server_port}/"


class _Handler(BaseHTTPRequestHandler):
    server: Host

    def do_GET(self) -> None:
        pages = self.server.pages
        text = pages.get(self.path) or (pages.get("*", "") if self.path.endswith(".xml") else "")
        self.send_response(200 if text else 404)
        if self.server.type:
            self.send_header("Content-Type", self.server.type)
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        try:
            self.wfile.write(text.encode())
        except OSError:
            self.server.cut.set()

    def log_message(self, *_: object) -> None:
        return None


@pytest.fixture
def host() -> Iterator[Host]:
    with Host() as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    return write(tmp_path / "archive", {"content/records/lamp.md": "---\ntitle: Lamp\nby: Ada\n---\n"})


def lost(archive: Path, address: str) -> tuple[list[str], int]:
    """The addresses that would be lost, or the last line of what was said; the exit status."""
    text, status = byline(archive, f"check --set credits.undeclared_contributors=warn --against '{address}'")
    found = [line.split('"')[1] for line in text.splitlines() if "error[lost-address]" in line]
    return found or text.splitlines()[-1:], status


def test_the_addresses_of_a_sitemap_are_those_of_its_pages(archive: Path, host: Host) -> None:
    host.pages["/a%20show/sitemap.xml"] = (
        f"<sitemapindex {MAPS}><sitemap><loc>{host.address}a%20show/sitemap.xml</loc></sitemap>"
        f"<sitemap><loc>\n  {host.address}a%20show/one.xml\n</loc></sitemap></sitemapindex>"
    )
    host.pages["/a%20show/one.xml"] = (
        f"<urlset {MAPS} {PICTURES}>"
        f"<url><loc>\n {host.address}a%20show/records/lamp/\n</loc></url>"
        f"<url><loc>{host.address}a%20show/old%20lamp/</loc><image:image>"
        f"<image:loc>{host.address}a%20show/lamp.jpg</image:loc></image:image></url>"
        "<url><loc>http://[nowhere/</loc></url></urlset>"
    )
    assert lost(archive, f"{host.address}a%20show/") == (["/old lamp/"], 1)
    assert lost(archive, f"{host.address}a show/")[1] == 2


@pytest.mark.parametrize(
    "text",
    [
        "<!doctype html><html><body>Not found</body></html>",
        '<?xml version="1.0" encoding="nonsense"?><urlset/>',
        '<!DOCTYPE urlset [<!ENTITY a "b">]><urlset/>',
        "<html/>",
        f"<urlset {MAPS}><url>",
    ],
)
def test_what_is_no_sitemap_is_said(text: str, archive: Path, host: Host) -> None:
    host.pages["*"] = text
    said, status = lost(archive, host.address)
    assert (status, f"sitemap.xml of {host.address} is no sitemap" in said[0]) == (2, True)


def test_sitemaps_have_bounds(archive: Path, host: Host) -> None:
    host.pages["*"] = f"<urlset {MAPS}/>" + " " * (50 << 20)
    said, status = lost(archive, host.address)
    assert (status, "has more than 52,428,800 bytes" in said[0]) == (2, True)
    entries = (f"<sitemap><loc>{host.address}{number}.xml</loc></sitemap>" for number in range(1_000))
    host.pages["/sitemap.xml"] = f"<sitemapindex {MAPS}>{''.join(entries)}</sitemapindex>"
    host.pages["*"] = f"<urlset {MAPS}/>"
    said, status = lost(archive, host.address)
    assert (status, "has more than 1,000 sitemaps" in said[0]) == (2, True)


def test_what_a_host_says_is_printed_without_escapes_and_lines(archive: Path, host: Host) -> None:
    evil = "%1B]52;c;bHM=%07%0A::error::forged%C2%9B2J%E2%80%AE"
    host.pages["/sitemap.xml"] = (
        f"<sitemapindex {MAPS}><sitemap><loc>/{evil}.xml</loc></sitemap></sitemapindex>"
    )
    host.pages["*"] = "nothing"
    said, status = lost(archive, host.address)
    assert (status, " ]52;c;bHM=  ::error::forged 2J .xml of" in said[0], said[0]) == (
        2,
        True,
        clean(said[0]),
    )


def test_headers_of_a_host_are_printed_without_escapes(archive: Path, host: Host) -> None:
    page = b"<!doctype html>"
    state = State("t", current=Release(files={"index.html": (digest_of(page), len(page), "")}))
    host.pages["/.byline/state.json"] = msgspec.json.encode(state).decode()
    host.pages["/index.html"] = page.decode()
    host.type = "text/\x1b[2Jplain\x9b"
    text, status = byline(archive, f"verify '{host.address}'")
    assert (status, "has Content-Type text/ [2Jplain , not" in text, text) == (1, True, clean(text))


def test_of_a_file_no_more_is_read_than_was_published(archive: Path, host: Host) -> None:
    state = State("t", current=Release(files={"index.html": (digest_of(b"page"), 4, "")}))
    host.pages["/.byline/state.json"] = msgspec.json.encode(state).decode()
    host.pages["/index.html"] = "page" * (16 << 20)
    text, status = byline(archive, f"verify '{host.address}'")
    assert (status, "index.html: is not what was published" in text) == (1, True)
    assert host.cut.wait(20)


@pytest.mark.parametrize("address", ["http://[x", "http://host:99999/", "http://host:port/", "http:///x"])
def test_what_is_no_address_is_said(address: str, archive: Path) -> None:
    text, status = byline(archive, f"verify '{address}'")
    assert (status, "is no web address" in text) == (1, True)
    said, status = lost(archive, address)
    assert (status, "is no web address" in said[0]) == (2, True)
    assert "cannot be reached" in byline(archive, "verify http://a..b/")[0]


def test_the_folder_of_a_site_says_what_was_published(archive: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    said, status = lost(archive, str(archive))
    assert (status, "holds neither a record of a publish nor a manifest" in said[0]) == (2, True)
    byline(archive, f"build --set credits.undeclared_contributors=warn --output {site}")
    assert lost(archive, str(site))[1] == 0
    (archive / "content/records/lamp.md").rename(archive / "content/records/moth.md")
    assert "/records/lamp/" in lost(archive, str(site))[0]
    assert lost(archive, str(site)) == lost(archive, str(site / ".byline-manifest.json"))
