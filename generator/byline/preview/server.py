"""The server of a preview: livereload's, with pages from a keeper and its own ideas of what is safe.

Of livereload it keeps the server's shape and the protocol of its socket; its watcher polls, its handlers
serve folders and accept every origin, so this module puts others in their place.
"""

import asyncio
import ipaddress
import json
import logging
import os
import signal
import socket
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import livereload
import msgspec
from livereload.handlers import LiveReloadHandler
from tornado import web
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.websocket import WebSocketClosedError

from byline.below import is_text
from byline.preview.converting import converted, rendition
from byline.preview.handlers import OWN, Own, Site
from byline.preview.letters import Answer, News, Options, Working
from byline.preview.line import Line, Told
from byline.preview.serving import open_inside
from byline.preview.watch import Watcher
from byline.settings import Limits
from byline.values import Medium

PORTS = 50  # to try
# Renditions that were made stay, up to so many bytes.
KEPT = 64 << 20
_LIMITS = {"max_header_size": 1 << 16, "max_body_size": 1 << 16, "idle_connection_timeout": 60}


class Window(msgspec.Struct):
    """What a browser's window shows: the path of its page, and the digests that the page had."""

    path: str
    digest: str = ""
    plain: str = ""


class Preview(livereload.Server):  # type: ignore[misc]
    """One archive on one address, from start to end."""

    def __init__(self, options: Options, told: Told, line: Line) -> None:
        """`told` hears what a person at the terminal should know; `line` leads to an archive's keeper."""
        super().__init__(watcher=Watcher(Path(options.root), self._changed_outside, told.tell))
        self.options, self.told = options, told
        self.line = line
        self.news: News | None = None
        self.working = True
        self.windows: dict[Socket, Window] = {}
        self.hosts: frozenset[str] = frozenset()
        self.any_address = False
        self.made: dict[str, bytes] = {}
        self.failed: set[tuple[str, Limits]] = set()
        self.end = asyncio.Event()
        self.loop = asyncio.get_running_loop()
        self.server: HTTPServer | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    def get_web_handlers(self, script: bytes) -> list[Any]:
        """What answers which address."""
        own = [(f"{OWN}livereload", Socket), (f"{OWN}(.*)", Own), ("(?s).*", Site)]
        return [(pattern, handler, {"preview": self}) for pattern, handler in own]

    def application(self, port: int, host: str, **_: Any) -> None:
        """Listen at the port, or at the next free one. Raises OSError where there is none."""
        # What a stranger's request lacks is not the editor's business.
        logging.getLogger("tornado.general").setLevel(logging.ERROR)
        app = web.Application(self.get_web_handlers(b""), log_function=lambda _: None)
        self.server = HTTPServer(app, **_LIMITS)
        candidates = range(port, min(port + PORTS, 65536))
        for candidate in candidates:
            try:
                sockets = bind_sockets(candidate, host)
                break
            except OSError:
                if candidate == candidates[-1]:
                    raise
        self.server.add_sockets(sockets)
        self.port = sockets[0].getsockname()[1]
        self.hosts, self.any_address = _names(host)

    async def run(self, host: str, port: int, opens: bool = False) -> None:
        """Serve until somebody ends it; `opens` the browser. Raises OSError where no port is free."""
        for name in (signal.SIGINT, signal.SIGTERM):
            self.loop.add_signal_handler(name, self.end.set)
        try:
            self.application(port, host)
            self.line.listen(self._hear)
            self.watcher.start(("content", "templates", "themes", "static"))
            shown = f"[{host}]" if ":" in host else host
            address = f"http://{shown}:{self.port}/"
            self.told.tell(f"Preview at {address} (Ctrl-C ends it)")
            if opens:
                self.told.launch(address)
            await self.end.wait()
        finally:
            self.watcher.stop()
            await self.line.close()
            if self.server is not None:
                self.server.stop()
                await self.server.close_all_connections()

    def allows(self, host: str) -> bool:
        """Whether a Host header, or the host of an origin, is this server (against DNS rebinding)."""
        name, port = _split(host)
        if port != str(self.port):
            return False
        return name in self.hosts or (self.any_address and _is_address(name))

    def _changed_outside(self, paths: Iterable[str]) -> None:
        self.loop.call_soon_threadsafe(self.line.changed, paths)

    def _hear(self, news: News | Working | None) -> None:
        if news is None:
            self.told.tell("The archive cannot be kept in memory: its process ended again and again.")
            self.end.set()
        elif isinstance(news, Working):
            self.working = True
            self._send(self.windows, {"command": "byline", "working": True})
        else:
            self.news, self.working = news, False
            self.watcher.follow(news.folders)
            task = self.loop.create_task(self._renew(news))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _renew(self, news: News) -> None:
        """Tell every window whether its page has changed."""
        reloaded = 0
        for path in {window.path for window in self.windows.values()}:
            answer = await self.line.ask("digest", path)
            if self.news is not news:
                return  # another state came meanwhile, and asks for itself
            for socket_ in [one for one, window in self.windows.items() if window.path == path]:
                reloaded += self.compare(socket_, answer, news)
        self.told.renewed(news, reloaded)

    def compare(self, window: "Socket", answer: Answer, news: News) -> bool:
        """Tell a window what has changed in its page; whether it must load it again."""
        known = self.windows[window]
        styles = [news.base_path + style for style in answer.styles]
        # Files of static/ keep their names, so a page does not tell that one of them has changed.
        whole = any(not path.endswith(".css") for path in news.statics)
        again = whole or known.plain != answer.plain
        if again:
            window.send_message({"command": "reload", "path": known.path, "liveCSS": True, "whole": whole})
        elif known.digest != answer.digest or news.statics:
            known.digest = answer.digest
            names = [news.base_path + path for path in news.statics]
            window.send_message({"command": "byline", "styles": styles, "renew": names})
        self._send([window], {"command": "byline", "working": False, "stale": int(answer.stale)})
        return again

    def _send(self, windows: Iterable["Socket"], message: dict[str, Any]) -> None:
        for window in list(windows):
            window.send_message(message)

    async def rendition(self, path: str, medium: Medium, operation: str, limits: Limits) -> bytes:
        """The bytes of a rendition; made the first time, while nothing else waits.

        Raises OSError or ValueError, at once where that file was too much for these limits before.
        """
        data = self.made.get(path)
        if data is None:
            if (path, limits) in self.failed:
                raise ValueError(path)
            root, cache = Path(self.options.root), Path(self.options.cache)
            os.close(open_inside(root, medium.file))
            if fault := await converted(root, cache, medium, operation, limits):
                self.failed.add((path, limits))
                raise ValueError(fault)
            data = await asyncio.to_thread(rendition, root, cache, medium, operation, limits)
            self.made[path] = data
            while sum(map(len, self.made.values())) > KEPT:
                self.made.pop(next(iter(self.made)))
        return data


class Socket(LiveReloadHandler):  # type: ignore[misc]
    """A window's socket: LiveReload's protocol 7, and commands named "byline" for our own script."""

    def initialize(self, preview: Preview) -> None:
        """`preview` is whose handler this is."""
        self.preview = preview

    def prepare(self) -> None:
        """Refuse names that are not this server's, and origins that are no addresses."""
        if not self.preview.allows(self.request.headers.get("Host", "")):
            raise web.HTTPError(421)
        try:
            urlsplit(self.request.headers.get("Origin", ""))
        except ValueError:
            raise web.HTTPError(403) from None

    def check_origin(self, origin: str) -> bool:
        """Only pages of this server may listen."""
        return self.preview.allows(urlsplit(origin).netloc)

    def send_message(self, message: dict[str, Any]) -> None:
        """Tell the window something, if it is still there: windows are closed at any moment."""
        with suppress(WebSocketClosedError):
            sent = asyncio.ensure_future(self.write_message(message))
            sent.add_done_callback(lambda sent: sent.cancelled() or sent.exception())

    def on_message(self, message: str | bytes) -> None:
        """LiveReload's greeting; what a window shows; that its editor wants to write."""
        try:
            said = json.loads(message)
            command = said["command"]
        except (ValueError, TypeError, KeyError, RecursionError):
            self.close()
            return
        if command == "hello":
            super().on_message(message)
        elif command == "byline":
            texts = [str(said.get(name, "")) for name in ("path", "digest", "plain")]
            if not is_text("".join(texts)):
                self.close()
                return
            window = self.preview.windows[self] = Window(*texts)
            self.preview.loop.create_task(self._greet(window, str(said.get("state", ""))))
        elif command == "edit" and self in self.preview.windows:
            self.preview.loop.create_task(self._edit(self.preview.windows[self]))

    def on_close(self) -> None:
        """Forget the window."""
        self.preview.windows.pop(self, None)

    async def _greet(self, window: Window, state: str) -> None:
        """Something may have changed between the page and its socket."""
        preview, news = self.preview, self.preview.news
        if preview.working:
            self.send_message({"command": "byline", "working": True})
        elif news is not None and state != str(news.state):
            answer = await preview.line.ask("digest", window.path)
            if self in preview.windows:
                preview.compare(self, answer, news)

    async def _edit(self, window: Window) -> None:
        """Open the file of the page, if the window is on this machine."""
        address = ipaddress.ip_address(self.request.remote_ip or "0.0.0.0")
        answer = await self.preview.line.ask("panel", window.path)
        source = json.loads(answer.data or b"{}").get("source", "")
        root = Path(self.preview.options.root)
        if source and address.is_loopback:
            with suppress(OSError):  # it has gone
                os.close(open_inside(root, source))
                self.preview.told.launch(str(root / source))


def _names(host: str) -> tuple[frozenset[str], bool]:
    """The names that a server on a host goes by, and whether any address is one of them."""
    if host == "localhost" or (_is_address(host) and ipaddress.ip_address(host).is_loopback):
        return frozenset({"localhost", "127.0.0.1", "::1", host}), False
    names = {host, "localhost", "127.0.0.1", "::1", socket.gethostname(), f"{socket.gethostname()}.local"}
    return frozenset(name.lower() for name in names), True


def _split(host: str) -> tuple[str, str]:
    """Name and port of a Host header; port 80 is not written."""
    name, _, port = host.rpartition(":") if not host.endswith("]") and ":" in host else (host, "", "80")
    return name.strip("[]").lower(), port


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
