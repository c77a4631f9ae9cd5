"""Which addresses a published site has, and which of them a new build would lose."""

import re
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree

import msgspec

from byline.archive import Archive
from byline.mentions import documents
from byline.permalinks import permalink
from byline.problems import Place, Problem
from byline.publish import release as r
from byline.publish.sending import Refused
from byline.publish.verify import Fetcher
from byline.survey import MANIFEST
from byline.text import digest
from byline.values import Manifest, Output, key_of

# Further pages of listings, whose content moves: no permalinks. Assets and media are named by content.
_PASSING = re.compile(r"(^|/)(page/\d+|letter/[^/]+|by/[^/]+/[^/]+)/|^(assets|media)/|^[._]|/\.|\.(gz|br)$")
_SITEMAPS = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
_ENTRIES = {f"{_SITEMAPS}urlset": f"{_SITEMAPS}url", f"{_SITEMAPS}sitemapindex": f"{_SITEMAPS}sitemap"}
# What one sitemap may take (sitemaps.org), and how many of them are asked for.
_LARGEST = 50 << 20
_MOST = 1_000


def published(source: str) -> set[str]:
    """The addresses of a published site, from its URL, its folder or a manifest's file. Raises Refused."""
    if "://" not in source:
        file = Path(source)
        if file.is_dir():
            records = [one for one in (file / r.STATE, file / MANIFEST) if one.is_file()]
            if not records:
                raise Refused(f"{source} holds neither a record of a publish nor a manifest")
            file = records[0]
        try:
            data = file.read_bytes()
        except OSError as error:
            raise Refused(f"{source} cannot be read: {error.strerror}") from None
        return _addresses(_manifest(data, source))
    fetch = Fetcher(source if source.endswith("/") else source + "/")
    record = fetch.whole(r.STATE, r.LARGEST)
    if record.status == 200:
        return _addresses(_manifest(record.body, source))
    base = unquote(urlsplit(source).path).rstrip("/") + "/"
    waiting, asked, found = ["sitemap.xml"], set[str](), set[str]()
    while waiting:
        if (name := waiting.pop()) in asked:
            continue
        asked.add(name)
        if len(asked) > _MOST:
            raise Refused(f"{source} has more than {_MOST:,} sitemaps")
        answer = fetch.whole(name, _LARGEST)
        if answer.status != 200:
            raise Refused(f"{source} has neither a record of a publish nor a sitemap")
        paths, lead_on = _sitemap(answer.body, f"{name} of {source}")
        for path in paths:
            own = path.removeprefix(base).removeprefix("/")
            waiting.append(own) if lead_on else found.add(_file(own))
    return found


def _manifest(data: bytes, source: str) -> Iterable[str]:
    try:
        if data.startswith(b'{"token"'):
            return r.read_state(data).current.files
        return msgspec.json.decode(data, type=Manifest).files
    except (ValueError, msgspec.DecodeError):
        raise Refused(f"{source} is no manifest of a site") from None


def _sitemap(data: bytes, name: str) -> tuple[list[str], bool]:
    """The paths that a sitemap names, and whether sitemaps are there. Raises Refused where it is none."""
    entry = None
    if b"<!DOCTYPE" not in data and b"<!ENTITY" not in data:
        with suppress(ElementTree.ParseError, LookupError, ValueError):  # the latter two: its encoding
            root = ElementTree.fromstring(data)
            entry = _ENTRIES.get(root.tag)
    if entry is None:
        raise Refused(f"{name} is no sitemap (sitemaps.org)")
    paths = []
    for node in root.iterfind(f"{entry}/{_SITEMAPS}loc"):
        with suppress(ValueError):  # what is no address cannot be lost
            paths.append(unquote(urlsplit((node.text or "").strip()).path))
    return paths, entry == f"{_SITEMAPS}sitemap"


def _file(address: str) -> str:
    return address + "index.html" if address == "" or address.endswith("/") else address


def _addresses(paths: Iterable[str]) -> set[str]:
    return {path for path in paths if not _PASSING.search(path)}


def lost(source: str, archive: Archive, outputs: Iterable[Output]) -> tuple[Problem, ...]:
    """The addresses of a published site that a new one would not have, as problems. Raises Refused.

    What stood beside a document that is withdrawn now is meant to be gone, and so is what led there. Facts
    for programs cannot lead on: they go with a page that does, which leads to those of today.
    """
    kinds = {output.path: output.kind for output in outputs}
    now = kinds.keys() | {
        f"{path.removesuffix('html')}json" for path, kind in kinds.items() if kind == "redirect"
    }
    withdrawn = [one for one in documents(archive.library) if one.withdrawn]
    addresses = map(permalink, (*map(key_of, withdrawn), *archive.library.left))
    gone = tuple(filter(None, addresses))  # the front page has none of its own, and all begin like it
    led = {*archive.library.led, *(alias for one in withdrawn for alias in one.aliases)}
    missing = (
        path
        for path in published(source) - now
        if not (gone and path.startswith(gone))
        and digest(path.removesuffix("/index.html")) not in led
        and not _of_nobody(archive, path)
    )
    hint = "give its path as one of the aliases of the document that answers for it now"
    return tuple(
        Problem("lost-address", f'"/{path}" was published, and would be lost', Place(source), hint)
        for path in sorted(path.removesuffix("index.html") for path in missing)
    )


def _of_nobody(archive: Archive, path: str) -> bool:
    """Whether an address is that of somebody who has withdrawn, or was by a former id, or is below it."""
    folder, _, rest = path.partition("/")
    who = rest.partition("/")[0] if folder == "contributors" else ""
    person = archive.people.get(who) or archive.people.get(archive.library.former.get(digest(who), ""))
    return person is not None and person.state == "withdrawn"
