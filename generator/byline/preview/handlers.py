"""What answers which request: the archive's pages and files, and what the panel asks for."""

import os
import re
from contextlib import suppress
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

from tornado import web
from tornado.iostream import StreamClosedError

from byline.permalinks import is_embed
from byline.preview.letters import Answer, Question
from byline.preview.serving import STATIC, open_inside, span

if TYPE_CHECKING:
    from byline.preview.server import Preview

OWN = "/_byline/"
# What is asked of the keeper, by the address of the answer.
_ASKED: dict[str, Question] = {"": "statistics", "panel": "panel", "why": "why"}
_CSS = "text/css; charset=utf-8"
OWN_FILES = {"preview.js": "text/javascript; charset=utf-8", "preview.css": _CSS, "pages.css": _CSS}
OWN_POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'"
# A template may leave it out.
_HEAD = re.compile(rb"<head(?:\s[^>]*)?>", re.IGNORECASE)
CHUNK = 1 << 18
# Larger media are handed out as they are: they would not fit among the renditions that are kept.
LARGE = 32 << 20


class Guard(web.RequestHandler):
    """What all answers have in common: for this host only, and never kept."""

    def initialize(self, preview: "Preview") -> None:
        """`preview` is whose handler this is."""
        self.preview = preview

    def set_default_headers(self) -> None:
        """No version of a server, nothing sniffed, nothing kept."""
        self.clear_header("Server")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Cache-Control", "no-store")

    def prepare(self) -> None:
        """Refuse names that are not this server's."""
        hosts = self.request.headers.get_list("Host")
        if len(hosts) != 1 or not self.preview.allows(hosts[0]):
            raise web.HTTPError(421)

    def compute_etag(self) -> None:
        """Nothing is ever answered with "not modified"."""

    def write_error(self, status_code: int, **more: Any) -> None:
        """A status and its name; never more."""
        error = more.get("exc_info", (None, None))[1]
        if status_code == 416 and isinstance(error, web.HTTPError):
            self.set_header("Content-Range", str(error.log_message))
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.set_header("Content-Security-Policy", "default-src 'none'")
        self.finish(f"{status_code} {self._reason}\n")

    def send(self, data: bytes) -> None:
        """Bytes, or the range of them that was asked for."""
        start, stop = self.range(len(data))
        self.finish(data[start:stop])

    def range(self, size: int) -> tuple[int, int]:
        """The bytes that were asked for; sets status and headers. Ends with 416 where there are none."""
        self.set_header("Accept-Ranges", "bytes")
        header = self.request.headers.get("Range", "")
        # Nothing that is sent here has a validator, so an If-Range never holds.
        if not header or "If-Range" in self.request.headers or self.get_status() != 200:
            return 0, size
        try:
            found = span(header, size)
        except LookupError:
            raise web.HTTPError(416, f"bytes */{size}") from None
        if found is None:
            return 0, size
        self.set_status(206)
        self.set_header("Content-Range", f"bytes {found[0]}-{found[1] - 1}/{size}")
        return found


class Site(Guard):
    """The archive's pages and files, below the path of its base_url."""

    async def get(self) -> None:
        """Answer a request as a static host would."""
        preview = self.preview
        path = _decoded(self.request.path)
        base = preview.news.base_path if preview.news else None
        if base is None:
            # The first state tells where the archive is.
            await preview.line.ask("digest")
            base = preview.news.base_path if preview.news else "/"
        if path in ("/", base.rstrip("/")) and path != base:
            self.redirect(base, permanent=False)
            return
        if path is None or not path.startswith(base):
            path = f"{base}?"  # no address
        answer = await preview.line.ask("page", path.removeprefix(base))
        if answer.status == 301:
            self.set_status(301)
            self.set_header("Location", base + quote(answer.location))
            return
        await self._give(answer, path.removeprefix(base))

    head = get

    async def _give(self, answer: Answer, path: str) -> None:
        for name, value in answer.headers.items():
            # No other site may read drafts here.
            if name not in ("Cache-Control", "Access-Control-Allow-Origin"):
                self.set_header(name, value)
        self.set_status(answer.status)
        if answer.file:
            await self._file(answer.file)
        elif answer.medium is not None and answer.medium.size > LARGE:
            await self._file(answer.medium.file)
        elif answer.medium is not None:
            try:
                made = self.preview.rendition(answer.path, answer.medium, answer.operation, answer.limits)
                self.send(await made)
            except (OSError, ValueError, SyntaxError):
                raise web.HTTPError(404) from None
        elif answer.data:
            page = answer.headers["Content-Type"].startswith("text/html") and not is_embed(answer.path)
            self.send(_with_script(answer, path) if page else answer.data)
        else:
            self.set_header("Content-Type", "text/html; charset=utf-8")
            self.set_header("Content-Security-Policy", OWN_POLICY)
            self.send(_with_script(Answer(0, answer.status, data=_EMPTY, state=answer.state), path))

    async def _file(self, path: str) -> None:
        """A file of the archive, in pieces, as fast as they are taken."""
        try:
            file = open_inside(Path(self.preview.options.root), path)
        except OSError:
            raise web.HTTPError(404) from None
        with os.fdopen(file, "rb") as stream:
            start, stop = self.range(os.fstat(file).st_size)
            self.set_header("Content-Length", str(stop - start))
            if self.request.method == "HEAD":
                return
            stream.seek(start)
            # A player closes as soon as it has enough.
            with suppress(StreamClosedError):
                while start < stop and (data := stream.read(min(CHUNK, stop - start))):
                    self.write(data)
                    await self.flush()
                    start += len(data)


class Own(Guard):
    """The preview's own files, and what the panel asks for."""

    async def get(self, name: str) -> None:
        """A file of the panel, an answer to it, or the page of statistics."""
        self.set_header("Content-Security-Policy", OWN_POLICY)
        line = self.preview.line
        if name in _ASKED:
            path, about = self.get_argument("path", ""), self.get_argument("about", "")
            answer = await line.ask(_ASKED[name], path, about)
            self.set_status(answer.status if answer.data or answer.status != 200 else 503)
            kind = "application/json" if name else "text/html"
            self.set_header("Content-Type", f"{kind}; charset=utf-8")
            self.finish(answer.data)
        elif name in OWN_FILES:
            self.set_header("Content-Type", OWN_FILES[name])
            self.finish((STATIC / name).read_bytes())
        else:
            raise web.HTTPError(404)

    head = get


_EMPTY = (
    b'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
    b'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    b'<title>Byline</title>\n<link rel="stylesheet" href="/_byline/pages.css">\n</head>\n'
    b"<body data-byline-empty></body>\n</html>\n"
)


def _with_script(answer: Answer, path: str) -> bytes:
    """A page with the script of the preview, the only thing that a build does not write."""
    facts = {
        "path": path,
        "state": answer.state,
        "digest": answer.digest,
        "plain": answer.plain,
        "stale": int(answer.stale),
    }
    data = "".join(f' data-{name}="{escape(str(value))}"' for name, value in facts.items())
    script = f'<script src="{OWN}preview.js"{data} defer></script>\n'.encode()
    head = _HEAD.search(answer.data)
    at = head.end() if head else len(answer.data)
    return answer.data[:at] + b"\n" + script.rstrip() + answer.data[at:]


def _decoded(address: str) -> str | None:
    """The path that an address means; None where it means none."""
    try:
        return unquote(address, errors="strict")
    except UnicodeDecodeError:
        return None
