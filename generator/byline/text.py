"""Small pure functions on text: cleaning, slugs, folding, nearest names."""

import hashlib
import re
import unicodedata
from collections.abc import Collection, Iterable

# Characters that change how the text around them is shown, or that show nothing: controls,
# bidirectional embeddings, overrides and isolates, zero-width marks, Unicode tags (UTR 36, 2.5).
# Joiners (U+200C, U+200D) stay: Persian and emoji need them. Direction marks (U+200E/F) are harmless.
INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u2028\u2029\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\uffff"
    "\U000e0000-\U000e007f\ud800-\udfff]"
)

# Characters of a description.
OPENING = 200

# Folders inside each other that a site may have: removing many more of them is beyond Python.
DEEPEST = 100

_NO_SLUG = re.compile(r"[^a-z0-9]+")
ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}")
_DEVICE = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?")
# Words that stand in URLs below a page, and files that stand beside one.
RESERVED = frozenset(
    "page letter index tree records embed feed by credits media "
    "index.html index.json chapters.json credits.json feed.xml atom.xml feed.json podcast.xml oembed.json "
    "card.png badge.svg sitemap.xml robots.txt 404.html humans.txt _headers _redirects favicon.ico".split()
)


def clean(text: str) -> str:
    """The text without characters that hide or reorder what is around them."""
    return text if is_plain(text) else INVISIBLE.sub("", text)


def in_line(text: str) -> str:
    """A text in which nothing that was quoted can move a terminal's cursor or break a line."""
    return text if text.isprintable() else "".join(c if c.isprintable() else " " for c in text)


def line_feeds(text: str) -> str:
    """The text with plain line feeds, however its lines end."""
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def is_plain(text: str) -> bool:
    """Whether a text is one line of ASCII, as most are, in which nothing is invisible: that is soon known."""
    return text.isascii() and text.isprintable()


def is_line(text: str) -> bool:
    """Whether a text is one line in which nothing is invisible."""
    return is_plain(text) or not (INVISIBLE.search(text) or "\n" in text or "\t" in text)


def opening(text: str) -> str:
    """The beginning of a line, with whole words and … where it goes on."""
    if len(text) <= OPENING:
        return text
    head = text[:OPENING]
    return (head.rpartition(" ")[0] if " " in head else head) + "…"


def is_device(name: str) -> bool:
    """Whether a file of this name is a device on Windows, whatever its suffix."""
    return _DEVICE.fullmatch(name.casefold()) is not None


def id_fault(text: str) -> str:
    """Why a text cannot be an id, in words; "" where it can."""
    if text in RESERVED:
        return f'"{text}" is a word that addresses of pages need'
    if is_device(text):
        return f'"{text}" is the name of a device on Windows'
    if text.endswith("."):
        return "an id may not end in a full stop"
    if not ID.fullmatch(text):
        return "an id is made of a-z, 0-9, full stops, hyphens and underscores, 100 at most"
    return ""


def slug(text: str) -> str:
    """The frozen ASCII rule by which texts become ids: never change it, URLs depend on it.

    Decompose, drop marks, fold case, keep a-z and 0-9, join the rest by single hyphens; may be "".
    """
    if text.isascii():
        return _NO_SLUG.sub("-", text.lower()).strip("-")[:100].rstrip("-")
    decomposed = unicodedata.normalize("NFKD", text)
    plain = "".join(char for char in decomposed if not unicodedata.combining(char)).casefold()
    return _NO_SLUG.sub("-", plain).strip("-")[:100].rstrip("-")


def fold(text: str) -> str:
    """For comparing names whatever their case or Unicode form."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


def nearest(name: str, names: Iterable[str], cutoff: float = 0.6) -> str:
    """The most similar of a few names (fields, options), whatever their case; or ""."""
    import difflib

    folded = {one.casefold(): one for one in names}
    found = difflib.get_close_matches(name.casefold(), list(folded), n=1, cutoff=cutoff)
    return folded[found[0]] if found else ""


def nearest_id(name: str, ids: Collection[str]) -> str:
    """The most similar of many ids, or ""; ties go to the smallest. Milliseconds for 50,000 ids."""
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    folded = name.casefold()
    limit = max(1, len(folded) // 3)
    found = process.extract(folded, list(ids), scorer=OSA.distance, score_cutoff=limit, limit=5)
    best = min(((distance, choice) for choice, distance, _ in found), default=(0, ""))
    return best[1]


def apart(name: str, in_table: bool) -> str:
    """The hint for several ids that were written as one name, with commas between them; else ""."""
    ids = [part.strip() for part in name.split(",")]
    if len(ids) < 2 or any(map(id_fault, ids)):
        return ""
    return (
        f"separate them by semicolons: {'; '.join(ids)}" if in_table else f"write a list: [{', '.join(ids)}]"
    )


def digest(text: str) -> str:
    """What a text is known by where it must not be read."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def did_you_mean(name: str) -> str:
    """A hint that proposes a name, or ""."""
    return f'did you mean "{name}"?' if name else ""
