"""One table of what a host should do besides handing out files: headers, content types, moved and gone pages.

Every host gets this in a form of its own (`forms.py`); nothing depends on it: pages carry their policy and
refresh themselves where a host can do neither.
"""

import re
from collections.abc import Iterator, Sequence

import msgspec

from byline.archive import Archive
from byline.mentions import documents, media_of, with_files
from byline.pages.beside import formerly, path
from byline.pages.frame import policy
from byline.pages.media_views import origin
from byline.pages.side import redirects
from byline.permalinks import is_embed, permalink
from byline.read.suffixes import TYPES, suffix_of
from byline.values import Output, key_of
from byline.wordless import bodies

IMMUTABLE = "public, max-age=31536000, immutable"
FRESH = "public, max-age=0, must-revalidate"
HASHED = ("assets/", "media/")
# The policy of a header names foreign hosts as long as it has at most so many characters: Cloudflare takes
# 2,000 in a line, with the header's name. Each page's own policy is exact in any case.
LONGEST_POLICY = 1900
SAFE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
}
OPEN = {"Access-Control-Allow-Origin": "*"}

# By the whole name first, else by suffix.
NAMES = {
    "feed.xml": "application/rss+xml; charset=utf-8",
    "podcast.xml": "application/rss+xml; charset=utf-8",
    "atom.xml": "application/atom+xml; charset=utf-8",
    "feed.json": "application/feed+json",
}
SUFFIXES = {
    **{
        suffix: f"{mime}; charset=utf-8" if mime == "text/plain" else mime
        for suffix, (_, mime) in TYPES.items()
    },
    "vtt": "text/vtt; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "htm": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "json": "application/json",
    "xml": "application/xml",
    "svg": "image/svg+xml",
    "ico": "image/x-icon",
    "webmanifest": "application/manifest+json",
    "wasm": "application/wasm",
    "ttf": "font/ttf",
    "otf": "font/otf",
    "woff": "font/woff",
    "woff2": "font/woff2",
}
OTHER = "application/octet-stream"
# A host as a policy can name it: with other characters it could be more than a name in a server's form.
_HOST = re.compile(r"https?://[a-z0-9.:\[\]_-]+")


class Rules(msgspec.Struct, frozen=True):
    """What a host should know: paths are in the site, without a slash before them.

    `base` is the path of `base_url`; `moved` leads old addresses to new ones; `gone` are the addresses of
    withdrawn people; `policy` is the Content-Security-Policy that holds for all pages.
    """

    base: str
    moved: tuple[tuple[str, str], ...]
    gone: tuple[str, ...]
    policy: str


def rules(archive: Archive) -> Rules:
    """The table for an archive."""
    people = archive.library.contributors.values()
    gone = tuple(permalink(("contributor", one.id)) for one in people if one.withdrawn)
    return Rules(archive.settings.base_path, tuple(moved(archive)), gone, _policy(archive))


def moved(archive: Archive) -> Iterator[tuple[str, str]]:
    """Every old address and the one that it leads to: of pages, and of what stood beside a credit page.

    JSON stays at both: programs of other sites read it, which hosts allow for files and not for redirects.
    """
    for alias, key in redirects(archive):
        yield _address(alias), permalink(key)
    for old, id_, file in formerly(archive):
        if not file.endswith(".json"):
            yield path(old, file).removesuffix("index.html"), path(id_, file).removesuffix("index.html")


def withdrawn(archive: Archive, outputs: Sequence[Output]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The pages that say that something was withdrawn, and those that withdrawn documents do not have."""
    made = {output.path for output in outputs}
    gone = [key_of(one) for one in documents(archive.library) if one.withdrawn]
    pages = {f"{permalink(key)}index.html" for key in (*gone, *archive.library.left)}
    return tuple(sorted(pages & made)), tuple(sorted(pages - made))


def content_type(path: str) -> str:
    """The media type of a file of the site, by its name."""
    suffix = suffix_of(path)
    if path.startswith("media/") and TYPES.get(suffix, ("", ""))[1] == "text/plain":
        return "text/plain; charset=utf-8"
    return NAMES.get(path.rpartition("/")[2]) or SUFFIXES.get(suffix, OTHER)


def hashed(path: str) -> bool:
    """Whether a file is named by its content, so that it can be kept for ever."""
    return path.startswith(HASHED)


def metadata(path: str) -> dict[str, str]:
    """What an object store keeps with a file: how it is shown, and for how long it may be kept."""
    return {"Content-Type": content_type(path), "Cache-Control": IMMUTABLE if hashed(path) else FRESH}


def page_policy(rules: Rules, embed: bool = False) -> str:
    """The policy of a page as a header; only there can it say who may frame the page."""
    return f"{rules.policy}; frame-ancestors " + ("*" if embed else "'self'")


def headers(rules: Rules, path: str) -> dict[str, str]:
    """Every header that a file should be sent with."""
    found = {**metadata(path), **SAFE}
    if path.endswith((".html", ".htm")):
        found["Content-Security-Policy"] = page_policy(rules, is_embed(path))
    elif path.endswith((".json", ".svg")):
        found |= OPEN
    return found


def _address(alias: str) -> str:
    return alias if alias.endswith((".html", ".htm")) else f"{alias}/"


def _policy(archive: Archive) -> str:
    """The policy of all pages together, with every host that one of them names."""
    hosts = {host for url in _urls(archive) if _HOST.fullmatch(host := origin(url))}
    exact = policy(hosts)
    return exact if len(exact) <= LONGEST_POLICY else policy(("https:", "http:"))


def _urls(archive: Archive) -> Iterator[str]:
    for document in with_files(documents(archive.library)):
        yield from (medium.url for _, _, medium in media_of(document) if medium.url)
        for body in bodies(document):
            if body.refs:
                yield from (ref.target for ref in body.refs if ref.scheme == "url")
