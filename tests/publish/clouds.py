"""Stores on loopback that answer as Google's and Azure's documentation says, to what publishing asks of them.

They keep objects in memory and know as much as that needs: put, get, head, list, copy, delete, conditions.
"""

import hashlib
import re
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import RLock, Thread
from typing import NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

ACCOUNT = "fictionalaccount"


class Object(NamedTuple):
    """What a store holds at a path. `number` is one more than that of any object before."""

    data: bytes
    headers: dict[str, str]
    number: int

    @property
    def tag(self) -> str:
        """A tag that Azure would give changes with every write; Google's is MD5."""
        return f'"{hashlib.md5(self.data).hexdigest()}"'


class Cloud(BaseHTTPRequestHandler, ABC):
    """One request; a subclass says how its store words things."""

    protocol_version = "HTTP/1.1"
    objects: dict[str, Object]
    lock: RLock

    @abstractmethod
    def tag(self, one: Object) -> str:
        """The tag of an object."""

    @abstractmethod
    def allowed(self) -> bool:
        """Whether whoever asks has said who they are."""

    @abstractmethod
    def holds(self, one: Object | None) -> bool:
        """Whether the conditions of the request hold for what is there."""

    @abstractmethod
    def copied(self) -> str:
        """What a request to copy copies; "" for none."""

    @abstractmethod
    def kept(self) -> dict[str, str]:
        """The headers that are kept with an object."""

    @abstractmethod
    def listed(self, prefix: str) -> str:
        """The objects below a prefix."""

    def _path(self, address: str) -> str:
        path = unquote(urlsplit(address).path).removeprefix(f"/{ACCOUNT}")
        return path.removeprefix("/site").lstrip("/")

    def _asked(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}

    def _answer(self, status: int, data: bytes = b"", **told: str) -> None:
        self.send_response(status)
        for name, value in told.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def handle_any(self) -> None:
        """Answer."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        with self.lock:
            self._handle(self._path(self.path), body)

    do_GET = do_HEAD = do_PUT = do_DELETE = do_POST = handle_any

    def _handle(self, path: str, body: bytes) -> None:
        there = self.objects.get(path)
        source = self.objects.get(self.copied())
        if not self.allowed():
            self._answer(403)
        elif self.command == "POST":
            self._batch(body.decode())
        elif not path:
            self._answer(200, self.listed(self._asked().get("prefix", "")).encode(), Content_Type="text/xml")
        elif self.command == "PUT" and not self.holds(there):
            self._answer(412)
        elif self.copied() and source is None:
            self._answer(404)
        elif self.command == "PUT":
            number = max((one.number for one in self.objects.values()), default=0) + 1
            made = source._replace(number=number) if source else Object(body, self.kept(), number)
            self.objects[path] = made
            self._told(202 if source and ACCOUNT in self.path else 201, made)
        elif there is None:
            self._answer(404)
        elif self.command == "DELETE":
            del self.objects[path]
            self._answer(202)
        else:
            self._told(200, there, there.data)

    def _batch(self, body: str) -> None:
        """Delete several: a request in every part, an answer in every part (Azure's Blob Batch)."""
        parts = []
        for number, path in enumerate(re.findall(r"^DELETE (\S+) HTTP", body, re.MULTILINE)):
            found = self.objects.pop(self._path(path), None)
            head = f"--batch\r\nContent-Type: application/http\r\nContent-ID: {number}\r\n\r\n"
            parts.append(f"{head}HTTP/1.1 {'202 Accepted' if found else '404 Not Found'}\r\n\r\n\r\n")
        data = f"{''.join(parts)}--batch--\r\n".encode()
        self._answer(202, data, Content_Type="multipart/mixed; boundary=batch")

    def _told(self, status: int, one: Object, data: bytes = b"") -> None:
        """Answer with what is known of an object."""
        told = {
            "ETag": self.tag(one),
            "Last-Modified": formatdate(usegmt=True),
            "x-goog-generation": str(one.number),
            "x-ms-copy-status": "success",
        }
        self._answer(status, data, **one.headers, **told)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is logged."""


class Google(Cloud):
    """Google's XML API."""

    def tag(self, one: Object) -> str:
        return one.tag

    def allowed(self) -> bool:
        return self.headers.get("Authorization", "").startswith("Bearer ")

    def holds(self, one: Object | None) -> bool:
        wanted = self.headers.get("x-goog-if-generation-match")
        return wanted is None or wanted == str(one.number if one else 0)

    def copied(self) -> str:
        return unquote(self.headers.get("x-goog-copy-source", "")).removeprefix("site/")

    def kept(self) -> dict[str, str]:
        return {
            name: self.headers[name] for name in ("Content-Type", "Cache-Control") if name in self.headers
        }

    def listed(self, prefix: str) -> str:
        rows = (
            f"<Contents><Key>{escape(path)}</Key><Size>{len(one.data)}</Size><ETag>{escape(one.tag)}</ETag>"
            "<LastModified>2014-11-02T00:00:00.000Z</LastModified></Contents>"
            for path, one in sorted(self.objects.items())
            if path.startswith(prefix)
        )
        return f"<ListBucketResult>{''.join(rows)}</ListBucketResult>"


class Azure(Cloud):
    """Azure's Blob service."""

    def tag(self, one: Object) -> str:
        return f'"0x{one.number:X}"'

    def allowed(self) -> bool:
        return self.headers.get("Authorization", "").startswith(f"SharedKey {ACCOUNT}:")

    def holds(self, one: Object | None) -> bool:
        tag = self.tag(one) if one else None
        refused = self.headers.get("If-None-Match") == "*" and one is not None
        return not refused and self.headers.get("If-Match", tag) == tag

    def copied(self) -> str:
        source = urlsplit(self.headers.get("x-ms-copy-source", "")).path
        return unquote(source).removeprefix(f"/{ACCOUNT}/site/")

    def kept(self) -> dict[str, str]:
        assert self.headers["x-ms-blob-type"] == "BlockBlob"
        names = {"Content-Type": "x-ms-blob-content-type", "Cache-Control": "x-ms-blob-cache-control"}
        plain = {n: self.headers[n] for n in names if n in self.headers}
        return plain | {n: self.headers[told] for n, told in names.items() if told in self.headers}

    def listed(self, prefix: str) -> str:
        rows = (
            f"<Blob><Name>{escape(path)}</Name><Properties><Content-Length>{len(one.data)}</Content-Length>"
            f"<Etag>{escape(self.tag(one))}</Etag><Last-Modified>{formatdate(usegmt=True)}</Last-Modified>"
            "<Content-Type>text/plain</Content-Type></Properties></Blob>"
            for path, one in sorted(self.objects.items())
            if path.startswith(prefix)
        )
        return f"<EnumerationResults><Blobs>{''.join(rows)}</Blobs><NextMarker/></EnumerationResults>"


class Refusing(BaseHTTPRequestHandler):
    """Refuses everything, and says again all that it was told, as some hosts do."""

    protocol_version = "HTTP/1.1"

    def refuse(self) -> None:
        """Answer 403."""
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        data = f"{self.path} {dict(self.headers)}".encode()
        self.send_response(403)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    do_GET = do_HEAD = do_PUT = do_DELETE = do_POST = refuse

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is logged."""


@contextmanager
def serving(kind: type[BaseHTTPRequestHandler]) -> Iterator[tuple[int, dict[str, Object]]]:
    """A server of a kind; its port, and what it holds."""
    objects: dict[str, Object] = {}
    handler = type("Handler", (kind,), {"objects": objects, "lock": RLock()})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_port, objects
    finally:
        server.shutdown()
        server.server_close()
