"""A built site on loopback, as a static host serves it: content types, ranges, 404.html, a strict policy."""

import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import unquote, urlsplit

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; "
    "font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'"
)
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".jpg": "image/jpeg",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".mp3": "audio/mpeg",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".ttf": "font/ttf",
    ".vtt": "text/vtt; charset=utf-8",
    ".webm": "video/webm",
    ".avif": "image/avif",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
    ".xml": "application/xml",
}
# A page of each kind of the example archive, at its address.
KINDS = {
    "home": "",
    "season": "seasons/s01/",
    "episodes": "episodes/",
    "episode": "episodes/s02e02-the-last-bus/",
    "segment": "episodes/s01e02-wrong-numbers/rosa-calls-back/",
    "records of an episode": "episodes/s01e02-wrong-numbers/records/",
    "record: text": "records/last-bus-ballad/",
    "record: image": "records/rosa-drawn/",
    "record: audio": "records/hold-music/",
    "record: video": "records/bus-loop/",
    "record: idea": "records/umbrella-for-two/",
    "record: code": "records/frame-counter/",
    "record: other": "records/timetable/",
    "record: tombstone": "records/tea-for-nobody/",
    "records": "records/",
    "records, continued": "records/page/2/",
    "contributor": "contributors/ifeoluwa-adebayo/",
    "contributor: in memoriam": "contributors/edmund-farrowby/",
    "contributor: group": "contributors/wednesday-kitchen-choir/",
    "contributor: withdrawn": "contributors/casimir-tolland/",
    "contributors": "contributors/",
    "topic": "topics/repairs/",
    "topics": "topics/",
    "role": "roles/animator/",
    "roles": "roles/",
    "page": "how-we-credit/",
    "redirect": "contributors/ash-of-route-nine/",
    "no page": "no/such/page/",
    "tree of a record": "records/bus-loop/tree/",
    "tree of an episode": "episodes/s02e02-the-last-bus/tree/",
    "lineage": "lineage/",
    "lineage: never remixed": "lineage/never-remixed/",
    "lineage: travelled": "lineage/travelled/",
    "embed": "contributors/ifeoluwa-adebayo/embed/",
}


def chromium() -> str | None:
    """The system's own Chromium, where there is one."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next(filter(None, map(shutil.which, names)), None)


@contextmanager
def serve(folder: Path, base: str, policy: str = POLICY) -> Iterator[str]:
    """Serve a folder below a path of a free port of this machine; the address it has there."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            path = unquote(urlsplit(self.path).path)
            file = folder / path.removeprefix(base)
            if file.is_dir():
                file /= "index.html"
            if path.startswith(base) and file.is_file() and ".." not in file.parts:
                self.answer(200, file)
            else:
                self.answer(404, folder / "404.html")

        def answer(self, status: int, file: Path) -> None:
            data = file.read_bytes() if file.is_file() else b""
            total = len(data)
            wanted = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range") or "")
            if status == 200 and wanted and int(wanted[1]) < total:
                status = 206
                first, last = int(wanted[1]), min(int(wanted[2] or total), total - 1)
                data = data[first : last + 1]
            self.send_response(status)
            if status == 206:
                self.send_header("Content-Range", f"bytes {first}-{last}/{total}")
            self.send_header("Accept-Ranges", "bytes")
            self.send_header("Content-Type", TYPES.get(file.suffix, "application/octet-stream"))
            self.send_header("Content-Length", str(len(data)))
            self.send_header("X-Content-Type-Options", "nosniff")
            if file.parent.name == "assets":  # named by what is in them
                self.send_header("Cache-Control", "max-age=600")
            if policy:
                self.send_header("Content-Security-Policy", policy)
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            if not isinstance(sys.exception(), ConnectionError):  # a player has read as much as it wants
                super().handle_error(request, client_address)  # type: ignore[arg-type]

    server = Server(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}{base}"
    finally:
        server.shutdown()
        server.server_close()
