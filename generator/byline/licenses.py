"""Licences: what an SPDX expression says, and what it asks of those who use a work.

Ids and the grammar are those of SPDX (specification 2.3, annex D); the list is frozen in
`data/licenses.json`. What a licence asks is known for those that creative works and the code beside
them carry: Creative Commons, the Free Art License, the GNU family, the Open Database License. Of
every other licence nothing is assumed, so that nobody is warned without a reason. All of this is a
courtesy to editors, not legal advice.
"""

import re
from collections import deque
from collections.abc import Collection, Mapping
from functools import cache
from itertools import product
from pathlib import Path

import msgspec

REFERENCE = "LicenseRef-"
_TOKEN = re.compile(r"[()]|[A-Za-z0-9.+-]+")
_OPERATORS = frozenset({"AND", "OR", "WITH"})
# Nobody's licence is longer, or offers more ways to comply; without limits it could fill memory.
_MOST_TOKENS = 100
_MOST_CHOICES = 64

SHARE_ALIKE = re.compile(r"(CC-BY-SA|CC-BY-NC-SA|CC-SA|LAL|ODbL|GFDL|GPL|LGPL|AGPL)-(\d\.\d)(|[-+ ].*)")
_NON_COMMERCIAL = re.compile(r"CC-BY-NC-.*|PolyForm-Noncommercial-.*|NCGL-UK-.*")
_NO_DERIVATIVES = re.compile(r"CC-BY-(NC-)?ND-.*")


class License(msgspec.Struct, frozen=True, gc=False):
    """A licence, or an expression of several.

    `id` is the canonical spelling, or the editor's text where that is no SPDX expression (`known` is
    then False); `url` is "" where there is none to link. `share_alike` names the family that derived
    works must stay in. An unknown licence and a `LicenseRef-` have the traits of one that asks for
    credit only. `choices` is empty for a single licence; of an expression it holds the alternatives,
    each the licences that apply together: the traits are theirs, and the expression itself has none.
    """

    id: str
    url: str = ""
    known: bool = True
    derivatives: bool = True
    share_alike: str | None = None
    commercial: bool = True
    choices: tuple[tuple["License", ...], ...] = ()


Choices = tuple[tuple[License, ...], ...]


class Entry(msgspec.Struct, frozen=True, gc=False):
    """A licence of the SPDX list; `url` is the page that explains it, where SPDX's own is not it."""

    name: str
    url: str = ""
    deprecated: bool = False


class Spdx(msgspec.Struct, frozen=True):
    """The SPDX list: licences by id, ids of exceptions."""

    licenses: dict[str, Entry]
    exceptions: tuple[str, ...]


@cache
def spdx() -> Spdx:
    """The SPDX list that this version of Byline knows."""
    data = (Path(__file__).parent / "data" / "licenses.json").read_bytes()
    return msgspec.json.decode(data, type=Spdx)


@cache
def _ids() -> dict[str, str]:
    """Casefolded id -> the id as it is written now (`GPL-3.0` is now `GPL-3.0-only`)."""
    licenses = spdx().licenses
    return {
        id_.casefold(): successor if entry.deprecated and (successor := _successor(id_)) in licenses else id_
        for id_, entry in licenses.items()
    }


def _successor(id_: str) -> str:
    return f"{id_[:-1]}-or-later" if id_.endswith("+") else f"{id_}-only"


@cache
def _exceptions() -> dict[str, str]:
    return {id_.casefold(): id_ for id_ in spdx().exceptions}


def parse(text: str, declared: Collection[str]) -> License:
    """Read a `license` field: an SPDX expression in any case, or a text that is kept as it is.

    `declared` are the ids of `[licenses.ID]` in byline.toml, written `LicenseRef-ID` in the field.
    """
    text = " ".join(text.split())
    tokens = _TOKEN.findall(text)
    if len(tokens) <= _MOST_TOKENS and not _TOKEN.sub("", text).strip():
        references = {id_.casefold(): id_ for id_ in declared}
        rest = deque(tokens)
        try:
            choices = _either(rest, references)
            if not rest:
                return _license(tokens, references, choices)
        except (LookupError, ValueError):
            pass
    return License(id=text, known=False)


def shown(text: str, declared: Mapping[str, Mapping[str, str]]) -> tuple[str, str]:
    """What a licence is called where it is shown, and the address of its text, "" where it has none.

    A declared one has the title and the address that the archive gave it.
    """
    found = parse(text, declared)
    own = declared.get(found.id.removeprefix(REFERENCE), {}) if REFERENCE in found.id else {}
    return own.get("title") or found.id, own.get("url") or found.url


def texts(text: str, declared: Mapping[str, Mapping[str, str]]) -> tuple[tuple[str, str], ...]:
    """The declared licences of a `license` field that have no address but a text: their titles and texts."""
    ids = [token.removeprefix(REFERENCE) for token in _TOKEN.findall(parse(text, declared).id)]
    own = [declared[id_] for id_ in dict.fromkeys(ids) if id_ in declared]
    return tuple((one["title"], one["text"]) for one in own if one.get("text") and not one.get("url"))


def _either(tokens: deque[str], declared: Mapping[str, str]) -> Choices:
    choices = _both(tokens, declared)
    while tokens and tokens[0].upper() == "OR":
        tokens.popleft()
        choices += _both(tokens, declared)
    return choices


def _both(tokens: deque[str], declared: Mapping[str, str]) -> Choices:
    choices = _part(tokens, declared)
    while tokens and tokens[0].upper() == "AND":
        tokens.popleft()
        choices = tuple(a + b for a, b in product(choices, _part(tokens, declared)))
        if len(choices) > _MOST_CHOICES:
            raise ValueError
    return choices


def _part(tokens: deque[str], declared: Mapping[str, str]) -> Choices:
    token = tokens.popleft()
    if token == "(":
        choices = _either(tokens, declared)
        if tokens.popleft() != ")":
            raise ValueError
        return choices
    single = _single(token, declared)
    if tokens and tokens[0].upper() == "WITH":
        tokens.popleft()
        exception = _exceptions()[tokens.popleft().casefold()]
        single = msgspec.structs.replace(single, id=f"{single.id} WITH {exception}")
    return ((single,),)


def _single(token: str, declared: Mapping[str, str]) -> License:
    """The licence of one id; LookupError where there is none."""
    folded = token.casefold()
    if folded.startswith(REFERENCE.casefold()):
        reference = declared[folded[len(REFERENCE) :]]
        return License(id=REFERENCE + reference)
    id_, later = _ids().get(folded), ""
    if id_ is None:
        if not token.endswith("+"):
            raise LookupError
        id_, later = _ids()[folded[:-1]], "+"
        if id_.endswith("-only"):
            id_, later = f"{id_.removesuffix('only')}or-later", ""
    entry = spdx().licenses[id_]
    family = SHARE_ALIKE.fullmatch(id_)
    return License(
        id=id_ + later,
        url=entry.url or f"https://spdx.org/licenses/{id_}.html",
        derivatives=not _NO_DERIVATIVES.fullmatch(id_),
        share_alike=family[1] if family else None,
        commercial=not _NON_COMMERCIAL.fullmatch(id_),
    )


def _license(tokens: list[str], declared: Mapping[str, str], choices: Choices) -> License:
    if len(choices) == 1 and len(choices[0]) == 1:
        return choices[0][0]
    ids = []
    for token in tokens:
        if token in "()" or token.upper() in _OPERATORS:
            ids.append(token.upper())
        else:
            ids.append(_exceptions().get(token.casefold()) or _single(token, declared).id)
    return License(id=" ".join(ids).replace("( ", "(").replace(" )", ")"), choices=choices)
