"""Whether a published site is what it was published as: every file, its headers, its links, nothing else.

What is compared is the record that a publish left beside the site. While a publish is under way, or after it
was cut off, a file may be the old or the new one, and only that.
"""

import http.client
import posixpath
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote, unquote, urljoin, urlsplit

import msgspec

from byline.asked import Progress
from byline.deploy import tells_secret
from byline.fields import is_web_url
from byline.pages.rules import IMMUTABLE, SAFE, content_type, hashed
from byline.permalinks import is_embed
from byline.publish import release as r
from byline.publish.sending import Refused

WORKERS = 8
MOVED = (301, 302, 307, 308)
ENCODINGS = {"gz": "gzip", "br": "br"}
# What browsers and readers of feeds take for the same, by the names that hosts give on their own.
_SAME = {
    **dict.fromkeys(("application/javascript", "application/x-javascript"), "text/javascript"),
    **dict.fromkeys(("text/xml", "application/rss+xml", "application/atom+xml"), "application/xml"),
    "application/feed+json": "application/json",
    "image/vnd.microsoft.icon": "image/x-icon",
    "audio/x-wav": "audio/wav",
    "audio/x-flac": "audio/flac",
    "audio/x-m4a": "audio/mp4",
    "video/x-m4v": "video/mp4",
    "application/font-woff": "font/woff",
    "application/font-woff2": "font/woff2",
}


class Answer(msgspec.Struct, frozen=True):
    """What a host says about one address; headers by lower-case name."""

    status: int
    headers: dict[str, str]
    body: bytes


class Verified(msgspec.Struct, frozen=True):
    """Files looked at, what is wrong with them, and whether a publish has not ended."""

    files: int
    faults: tuple[str, ...]
    pending: bool


def folder(root: Path, report: Progress) -> Verified:
    """Verify a folder. Raises Refused where there is no record in it."""
    try:
        state = r.read_state((root / r.STATE).read_bytes())
    except FileNotFoundError:
        raise Refused(f"{root} holds no record of a publish ({r.STATE})") from None
    except (OSError, ValueError) as error:
        raise Refused(str(error)) from None
    wanted = _wanted(state)
    faults: list[str] = []
    pages: dict[str, bytes] = {}
    for number, (path, entries) in enumerate(wanted.items()):
        report("verify", number, len(wanted))
        try:
            data = (root / path).read_bytes()
        except OSError:
            if None not in entries:
                faults.append(f"{path}: is not there")
            continue
        if not _is_one(data, entries):
            faults.append(f"{path}: is not what was published")
        if path.endswith(".html"):
            pages[path] = data
    faults += _links(pages, lambda path: path in wanted or (root / path).is_file())
    known = {r.STATE, *wanted, *_kept(state), *(state.pending.files if state.pending else ())}
    for file in sorted(root.rglob("*")):
        name = file.relative_to(root).as_posix()
        passing = state.pending is not None and name.startswith(".byline/")
        if file.is_file() and name not in known and not passing:
            faults.append(f"{name}: nobody published this")
    return Verified(len(wanted), tuple(faults), state.pending is not None)


def url(address: str, report: Progress) -> Verified:
    """Verify a site at an address. Raises Refused where it cannot be reached, or holds no record."""
    base = address if address.endswith("/") else address + "/"
    fetch = Fetcher(base)
    told = fetch.whole(r.STATE, r.LARGEST)
    if told.status != 200:
        raise Refused(f"{base}{r.STATE} answers {told.status}; no publish left its record there")
    try:
        state = r.read_state(told.body)
    except ValueError as error:
        raise Refused(str(error)) from None
    wanted = {path: one for path, one in _wanted(state).items() if not path.startswith((".byline/", "_"))}
    release = r.whole(state.current, state.pending) if state.pending else state.current
    faults: list[str] = []
    pages: dict[str, bytes] = {}

    def one(item: tuple[str, set[r.Entry | None]]) -> tuple[str, bytes, list[str]]:
        path, entries = item
        body, found = _look(fetch, base, path, entries, release)
        return path, body, [f"{path}: {text}" for text in found]

    with ThreadPoolExecutor(WORKERS) as pool:
        for number, (path, body, found) in enumerate(pool.map(one, wanted.items())):
            report("verify", number, len(wanted))
            faults += found
            if path.endswith(".html") and body:
                pages[path] = body
    faults += _links(pages, wanted.__contains__)
    missing = fetch("no/such/page-of-this-site/", 0)
    if missing.status != 404 and release.policy:
        faults.append(f"an address without a page answers {missing.status}, not 404")
    return Verified(len(wanted), tuple(faults), state.pending is not None)


def _wanted(state: r.State) -> dict[str, set[r.Entry | None]]:
    """What may stand at every path: one thing, or the old and the new while a publish is under way."""
    wanted: dict[str, set[r.Entry | None]] = {path: {entry} for path, entry in state.current.files.items()}
    for path, entry in (state.pending.files if state.pending else {}).items():
        if entry or path in wanted:  # else it goes, and is of a release before or of a publish cut off
            wanted.setdefault(path, {None}).add(entry)
    return {path: entries for path, entries in sorted(wanted.items()) if not path.startswith("/")}


def _kept(state: r.State) -> Iterator[str]:
    """Hashed files of earlier releases, which stay for a while, and the copies for a way back."""
    for past in state.past:
        for path, entry in past.files.items():
            if r.stays(path):
                yield path
            elif entry:
                yield r.KEPT + r.blob(entry)


def _is_one(data: bytes, entries: set[r.Entry | None]) -> bool:
    digest = r.digest_of(data)
    return any(entry is not None and entry[0] == digest for entry in entries)


def _look(
    fetch: "Fetcher", base: str, path: str, entries: set[r.Entry | None], release: r.Release
) -> tuple[bytes, list[str]]:
    """Ask for one file; its bytes if it is a page, and what is wrong."""
    plain, _, suffix = path.rpartition(".")
    encoding = ENCODINGS.get(suffix, "") if plain in release.files else ""
    name = plain if encoding else path
    asked = name.removesuffix("index.html") if release.policy else name  # a bare bucket knows no folders
    most = max(entry[1] if entry else 0 for entry in entries)
    answer = fetch(asked, most, encoding or "identity")
    if answer.status in MOVED and name in release.moved:
        target = urlsplit(urljoin(base + asked, answer.headers.get("location", ""))).path
        right = urlsplit(base).path + quote(release.moved[name], safe="/~")
        return b"", [] if unquote(target) == unquote(right) else [f"leads to {target}, not to {right}"]
    gone = answer.status == 410 and name in release.withdrawn
    if answer.status in (403, 404) and None in entries:  # a bucket that may not be listed says 403
        return b"", []
    if answer.status != 200 and not gone:
        return b"", [f"answers {answer.status}"]
    faults = []
    if encoding and not gone:
        if answer.headers.get("content-encoding") != encoding:
            return b"", [f"is not handed out ({encoding})"]
        if "accept-encoding" not in answer.headers.get("vary", "").lower():
            faults.append("has no Vary: Accept-Encoding")
    if not (encoding and gone) and not _is_one(answer.body, entries):
        faults.append("is not what was published")
    ruled = bool(release.policy) or any(entry and entry[2] for entry in entries)
    return b"" if encoding else answer.body, faults + _headers(answer, name, release, ruled)


def _is_type(told: str, wanted: str) -> bool:
    """Whether a file is shown as what it is. XML and JSON say themselves how they are written."""
    (mime, _, more), (right, _, charset) = (
        one.lower().replace(" ", "").partition(";") for one in (told, wanted)
    )
    same = _SAME.get(mime, mime) == _SAME.get(right, right)
    return same and (more == charset or more == "charset=utf-8" or not right.startswith("text/"))


def _headers(answer: Answer, path: str, release: r.Release, ruled: bool) -> list[str]:
    """What is wrong with the headers of a file; `ruled`: the host was told for how long it is kept."""
    faults = []
    wanted = content_type(path)
    told = answer.headers.get("content-type", "")
    if not _is_type(told, wanted):
        faults.append(f"has Content-Type {told or 'none'}, not {wanted}")
    life = answer.headers.get("cache-control", "")
    if ruled and hashed(path) and "immutable" not in life:
        faults.append(f"has Cache-Control {life or 'none'}, not {IMMUTABLE}")
    if not hashed(path) and ("immutable" in life or "max-age=31536000" in life):
        faults.append(f"has Cache-Control {life}, which keeps what changes")
    if release.policy:
        for name, value in SAFE.items():
            if answer.headers.get(name.lower()) != value:
                faults.append(f"has no {name}: {value}")
        policy = answer.headers.get("content-security-policy", "")
        if path.endswith(".html") and not policy.startswith(release.policy):
            faults.append("has another Content-Security-Policy")
        if "frame-ancestors" in policy and is_embed(path) != ("frame-ancestors *" in policy):
            faults.append("may be framed by the wrong pages")
    return faults


class _Links(HTMLParser):
    """The addresses in a page, and its ids."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.ids: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if value is None:
                continue
            if name == "id":
                self.ids.add(value)
            elif name in ("href", "src", "poster"):
                self.found.append(value)
            elif name == "srcset":
                self.found += [part.split()[0] for part in value.split(",") if part.split()]
            elif name == "content" and (led := re.match(r"\d+; *url=(.+)", value)):
                self.found.append(led[1])


def _read(data: bytes) -> _Links:
    links = _Links()
    links.feed(data.decode("utf-8", "replace"))
    return links


def _targets(path: str, links: _Links) -> Iterator[tuple[str, str, str]]:
    """Of every relative link the file that it leads to, its fragment, and itself."""
    for link in dict.fromkeys(links.found):
        parts = urlsplit(link)
        if parts.scheme or parts.netloc or link.startswith("/"):  # a whole path, as in 404.html
            continue
        target = path
        if parts.path:
            target = posixpath.normpath(posixpath.join(posixpath.dirname(path), unquote(parts.path)))
            if parts.path.endswith(("/", ".")):
                target = "index.html" if target == "." else f"{target}/index.html"
        yield "" if target.startswith("..") else target, unquote(parts.fragment), link


def _links(pages: Mapping[str, bytes], there: Callable[[str], bool]) -> list[str]:
    """Links between pages of the site that lead nowhere."""
    read = {path: _read(data) for path, data in pages.items()}
    faults = []
    for path, links in read.items():
        for target, fragment, link in _targets(path, links):
            if not target or not there(target):
                faults.append(f"{path}: leads to {link}, where nothing is")
            elif fragment and "=" not in fragment and target in read and fragment not in read[target].ids:
                faults.append(f"{path}: leads to {link}, where no such id is")
    return faults


class Fetcher:
    """Asks one host, over a connection for each thread."""

    def __init__(self, base: str) -> None:
        """Nothing is asked yet. Raises Refused where the address is none, or would tell a secret."""
        if tells_secret(base):
            raise Refused("give the address without user, password and question mark: nobody logs in there")
        if not is_web_url(base):
            raise Refused(f"{base} is no web address")
        self.parts, self.mine = (parts := urlsplit(base)), threading.local()
        self.path = quote(parts.path, safe="/%~!$&'()*+,;=:@")  # beyond ASCII only
        secure = parts.scheme == "https"
        self.kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection

    def __call__(self, path: str, most: int, encoding: str = "identity") -> Answer:
        """The answer for a path of the site; of one that has more than so many bytes, one byte more.

        Raises Refused where the host cannot be reached.
        """
        for _ in range(2):  # a kept connection may have been closed meanwhile
            try:
                if not hasattr(self.mine, "connection"):
                    self.mine.connection = self.kind(self.parts.netloc, timeout=30)
                headers = {"Accept-Encoding": encoding, "User-Agent": "byline"}
                self.mine.connection.request("GET", self.path + quote(path, safe="/~"), headers=headers)
                answer = self.mine.connection.getresponse()
                told = {name.lower(): value for name, value in answer.getheaders()}
                body = answer.read(most + 1)
                if len(body) > most:  # the rest of it is on the connection
                    self.mine.__dict__.pop("connection").close()
                return Answer(answer.status, told, body)
            except (OSError, UnicodeError, http.client.HTTPException) as error:  # Unicode: of names of hosts
                problem = error
                self.mine.__dict__.pop("connection", None)
        raise Refused(f"{self.parts.netloc} cannot be reached: {problem}")

    def whole(self, path: str, most: int) -> Answer:
        """The answer for a path of the site. Raises Refused also where it has more than so many bytes."""
        answer = self(path, most)
        if len(answer.body) > most:
            raise Refused(f"{path} of {self.parts.netloc} has more than {most:,} bytes")
        return answer
