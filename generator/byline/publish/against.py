"""Which addresses a published site has, and which of them a new build would lose."""

import re
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree

import msgspec

from byline.archive import Archive
from byline.mentions import documents
from byline.pages.rules import key_of
from byline.permalinks import permalink
from byline.problems import Place, Problem
from byline.publish import release as r
from byline.publish.sending import Refused
from byline.publish.verify import Fetcher
from byline.text import digest
from byline.values import Manifest, Output

# Further pages of listings, whose content moves: no permalinks. Assets and media are named by content.
_PASSING = re.compile(r"(^|/)(page/\d+|letter/[^/]+|by/[^/]+/[^/]+)/|^(assets|media)/|^[._]|/\.|\.(gz|br)$")


def published(source: str) -> set[str]:
    """The addresses of a published site, from its URL or from a manifest's file. Raises Refused."""
    if "://" not in source:
        try:
            data = Path(source).read_bytes()
        except OSError as error:
            raise Refused(f"{source} cannot be read: {error.strerror}") from None
        return _addresses(_manifest(data, source))
    fetch = Fetcher(source if source.endswith("/") else source + "/")
    record = fetch(r.STATE)
    if record.status == 200:
        return _addresses(_manifest(record.body, source))
    waiting, found = ["sitemap.xml"], set[str]()
    while waiting:
        answer = fetch(waiting.pop())
        if answer.status != 200:
            raise Refused(f"{source} has neither a record of a publish nor a sitemap")
        for place, leads_on in _sitemap(answer.body):
            path = unquote(urlsplit(place).path)
            own = path.removeprefix(urlsplit(source).path.rstrip("/") + "/").removeprefix("/")
            waiting.append(own) if leads_on else found.add(_file(own))
    return found


def _manifest(data: bytes, source: str) -> Iterable[str]:
    try:
        if data.startswith(b'{"token"'):
            return r.read_state(data).current.files
        return msgspec.json.decode(data, type=Manifest).files
    except (ValueError, msgspec.DecodeError):
        raise Refused(f"{source} is no manifest of a site") from None


def _sitemap(data: bytes) -> Iterable[tuple[str, bool]]:
    """The places of a sitemap, or of an index of sitemaps."""
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise Refused("the sitemap is not one of ours")
    root = ElementTree.fromstring(data)
    leads_on = root.tag.endswith("sitemapindex")
    return [(node.text or "", leads_on) for node in root.iter() if node.tag.endswith("}loc")]


def _file(address: str) -> str:
    return address + "index.html" if address == "" or address.endswith("/") else address


def _addresses(paths: Iterable[str]) -> set[str]:
    return {path for path in paths if not _PASSING.search(path)}


def lost(source: str, archive: Archive, outputs: Iterable[Output]) -> tuple[Problem, ...]:
    """The addresses of a published site that a new one would not have, as problems. Raises Refused.

    What stood beside a document that is withdrawn now is meant to be gone, and so is what led there.
    """
    now = {output.path for output in outputs}
    withdrawn = [one for one in documents(archive.library) if one.withdrawn]
    gone = tuple(permalink(key_of(one)) for one in withdrawn)
    led = {alias for one in withdrawn for alias in one.aliases}
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
