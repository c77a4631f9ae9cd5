"""The SPDX id that an editor meant by another spelling: "CC BY 4.0", "GPL v3", "MIT License"."""

import re
from collections.abc import Collection, Mapping
from functools import cache

from rapidfuzz import fuzz, process

from byline.licenses import spdx

_WORD = re.compile(r"[a-z]+?(?=v\.?\s*\d)|[a-z]+|\d+(?:\.\d+)*|\+")
_NOISE = frozenset("a the this is by under v ver version license licence licensed licenced gnu".split())
_CUTOFF = 82  # per cent of likeness; below it a proposal would be a guess

# The words of Creative Commons' names, run together; the longer before what they begin with.
_CC_WORDS: Mapping[str, str] = {
    "creativecommons": "CC", "cc": "CC", "attribution": "BY", "by": "BY",
    "noncommercial": "NC", "noncomm": "NC", "nc": "NC",
    "noderivativeworks": "ND", "noderivatives": "ND", "noderivs": "ND", "nd": "ND",
    "sharealike": "SA", "sa": "SA",
    "australia": "AU", "austria": "AT", "germany": "DE", "france": "FR", "japan": "JP",
    "netherlands": "NL", "unitedstates": "US", "igo": "IGO", "at": "AT", "au": "AU",
    "de": "DE", "fr": "FR", "jp": "JP", "nl": "NL", "uk": "UK", "us": "US",
    "international": "", "intl": "", "unported": "", "generic": "", "public": "",
    "licensed": "", "license": "", "licence": "", "under": "", "version": "", "orlater": "",
    "the": "", "v": "", "a": "",
}  # fmt: skip
_CC_WORD = re.compile("|".join(_CC_WORDS))
_CC_ELEMENTS = ("BY", "NC", "ND", "SA")
_CC_URL = re.compile(r"creativecommons\.org/((?:licenses|publicdomain)/[a-z-]+/[\d.]+/(?:[a-z]{2,3}/)?)")

_GNU = re.compile(r"(agpl|lgpl|gpl|gfdl)(?: ([\d.]+))?( only| \+| (?:or|and) (?:any )?(?:later|newer))?")
_GNU_NAMES = (
    ("affero general public", "agpl"), ("affero gpl", "agpl"),
    ("lesser general public", "lgpl"), ("library general public", "lgpl"), ("lesser gpl", "lgpl"),
    ("general public", "gpl"), ("free documentation", "gfdl"),
)  # fmt: skip
_GNU_LATEST = {"agpl": "3.0", "lgpl": "3.0", "gpl": "3.0", "gfdl": "1.3"}

# Customary names that neither an id nor a title is like, as `_key` writes them.
_ALIASES: Mapping[str, str] = {
    "public domain": "CC-PDM-1.0", "pd": "CC-PDM-1.0", "public domain mark": "CC-PDM-1.0",
    "pdm": "CC-PDM-1.0", "no known copyright": "CC-PDM-1.0", "cc pdm": "CC-PDM-1.0",
    "public domain dedication": "CC0-1.0", "no rights reserved": "CC0-1.0", "zero": "CC0-1.0",
    "cc zero": "CC0-1.0", "cc 0": "CC0-1.0", "cc 0 1": "CC0-1.0", "creative commons zero": "CC0-1.0",
    "creative commons 0": "CC0-1.0", "cco": "CC0-1.0", "cc 0 1 universal": "CC0-1.0",
    "expat": "MIT", "apache": "Apache-2.0", "asl 2": "Apache-2.0",
    "bsd": "BSD-3-Clause", "new bsd": "BSD-3-Clause", "modified bsd": "BSD-3-Clause",
    "bsd 3": "BSD-3-Clause", "3 clause bsd": "BSD-3-Clause", "simplified bsd": "BSD-2-Clause",
    "freebsd": "BSD-2-Clause", "bsd 2": "BSD-2-Clause", "2 clause bsd": "BSD-2-Clause",
    "free art": "LAL-1.3", "art libre": "LAL-1.3", "lal": "LAL-1.3", "fal": "LAL-1.3",
    "free art 1.3": "LAL-1.3", "mpl": "MPL-2.0", "mozilla public": "MPL-2.0", "ofl": "OFL-1.1",
    "open font": "OFL-1.1", "sil open font": "OFL-1.1", "odbl": "ODbL-1.0",
    "open database": "ODbL-1.0", "eupl": "EUPL-1.2", "artistic": "Artistic-2.0",
}  # fmt: skip


def nearest(text: str, declared: Collection[str]) -> str | None:
    """The id that a licence's unknown spelling most likely means, or None; the same every time.

    `declared` are the ids of `[licenses.ID]` in byline.toml. Where a name lacks a version, the latest
    is proposed; a proposal is for an editor to judge, never to be applied silently.
    """
    own = {_key(id_): f"LicenseRef-{id_}" for id_ in sorted(declared, reverse=True)}
    key = _key(text).removeprefix("licenseref ")
    return own.get(key) or (
        _of_url(text)
        if "://" in text or "creativecommons.org" in text.casefold()
        else _ALIASES.get(key)
        or _names().get(key)
        or _creative_commons(text)
        or _of_gnu(key)
        or _similar(key, own if "licenseref" in text.casefold() else {**_names(), **own})
    )


def _key(text: str) -> str:
    """A name without case, punctuation, noise and the `.0` of versions."""
    words = (_shorten(word) for word in _WORD.findall(text.casefold()))
    return " ".join(dict.fromkeys(word for word in words if word not in _NOISE))


def _shorten(word: str) -> str:
    return word.removesuffix(".0") if word[0].isdigit() else word


@cache
def _names() -> dict[str, str]:
    """Key of every current id and title -> id; ids win over titles, then the smaller id."""
    current = sorted(id_ for id_, entry in spdx().licenses.items() if not entry.deprecated)
    names: dict[str, str] = {}
    for id_ in current:
        names.setdefault(_key(id_), id_)
    for id_ in current:
        names.setdefault(_key(spdx().licenses[id_].name), id_)
    return names


def _of_url(url: str) -> str | None:
    address = url.casefold().removesuffix("legalcode").rstrip("/") + "/"
    if found := _CC_URL.search(address):
        licenses = spdx().licenses
        page = f"https://creativecommons.org/{found[1]}"
        return next((id_ for id_ in licenses if licenses[id_].url == page), None)
    return _names().get(_key(address.rstrip("/").rpartition("/")[2].removesuffix(".html")))


def _creative_commons(text: str) -> str | None:
    letters = "".join(re.findall("[a-z]", text.casefold()))
    words = _CC_WORD.findall(letters)
    if "".join(words) != letters:
        return None
    said = [_CC_WORDS[word] for word in words if _CC_WORDS[word]]
    elements = [element for element in _CC_ELEMENTS if element in said]
    numbers = re.findall(r"\d(?:\.\d)?", text)
    if not elements or not ("CC" in said or len(elements) > 1 or numbers):
        return None
    if "BY" not in elements:
        elements.insert(0, "BY")
    stem = "CC-" + "-".join(elements)
    version = (numbers[0] if "." in numbers[0] else f"{numbers[0]}.0") if numbers else "4.0"
    port = next((word for word in said if word not in ("CC", *_CC_ELEMENTS)), "")
    wanted = (f"{stem}-{version}-{port}", f"{stem}-{version}", f"{stem}-4.0")
    return next((id_ for id_ in wanted if id_ in spdx().licenses), None)


def _of_gnu(key: str) -> str | None:
    for name, short in _GNU_NAMES:
        key = key.replace(name, short)
    found = _GNU.fullmatch(key)
    if not found:
        return None
    family, version, extent = found.groups()
    or_later = extent not in (None, " only") or version is None
    number = _GNU_LATEST[family] if version is None else version
    number = number if "." in number else f"{number}.0"
    id_ = f"{family.upper()}-{number}-{'or-later' if or_later else 'only'}"
    return id_ if id_ in spdx().licenses else None


def _similar(key: str, names: Mapping[str, str]) -> str | None:
    found = process.extract(key, list(names), scorer=fuzz.ratio, score_cutoff=_CUTOFF, limit=20)
    return min(((-score, names[name]) for name, score, _ in found), default=(0.0, None))[1]
