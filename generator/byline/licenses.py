"""Licences: what an SPDX expression says, the id an editor meant, and conflicts along a lineage.

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

_REFERENCE = "LicenseRef-"
_TOKEN = re.compile(r"[()]|[A-Za-z0-9.+-]+")
_OPERATORS = frozenset({"AND", "OR", "WITH"})
# Nobody's licence is longer, or offers more ways to comply; without limits it could fill memory.
_MOST_TOKENS = 100
_MOST_CHOICES = 64

_SHARE_ALIKE = re.compile(r"(CC-BY-SA|CC-BY-NC-SA|CC-SA|LAL|ODbL|GFDL|GPL|LGPL|AGPL)-(\d\.\d)(|[-+ ].*)")
_NON_COMMERCIAL = re.compile(r"CC-BY-NC-.*|PolyForm-Noncommercial-.*|NCGL-UK-.*")
_NO_DERIVATIVES = re.compile(r"CC-BY-(NC-)?ND-.*")
_NO_ATTRIBUTION = re.compile(r"CC0-.*|CC-PD.*|CC-SA-.*|0BSD|MIT-0|Unlicense|WTFPL")

_LATEST = 99.0
# Share-alike family, its versions from and to; the other family that its derivatives may also be
# under, and that one's versions from and to. Creative Commons, "Compatible Licenses": BY-SA 4.0 and
# the Free Art License 1.3 both ways, BY-SA 4.0 to GPL 3 (not "or later") one way. LGPL 2.1, section 3;
# LGPL 3, section 2; GPL 3, section 13.
_ALSO = (
    ("CC-BY-SA", 4.0, _LATEST, "LAL", 1.3, 1.3),
    ("CC-BY-SA", 4.0, _LATEST, "GPL", 3.0, 3.0),
    ("LAL", 1.3, _LATEST, "CC-BY-SA", 4.0, _LATEST),
    ("LGPL", 2.0, 2.1, "GPL", 2.0, _LATEST),
    ("LGPL", 3.0, _LATEST, "GPL", 3.0, _LATEST),
    ("LGPL", 2.0, _LATEST, "AGPL", 3.0, _LATEST),
    ("GPL", 3.0, _LATEST, "AGPL", 3.0, _LATEST),
)


class License(msgspec.Struct, frozen=True, gc=False):
    """A licence, or an expression of several.

    `id` is the canonical spelling, or the editor's text where that is no SPDX expression (`known` is
    then False); `url` is "" where there is none to link. `share_alike` names the family that derived
    works must stay in. An unknown licence and a `LicenseRef-` have the traits of one that asks for
    credit only. `choices` is empty for a single licence; of an expression it holds the alternatives,
    each the licences that apply together, and the traits are the best that an alternative offers.
    """

    id: str
    title: str
    url: str = ""
    known: bool = True
    derivatives: bool = True
    share_alike: str | None = None
    commercial: bool = True
    attribution: bool = True
    choices: tuple[tuple["License", ...], ...] = ()


_Choices = tuple[tuple[License, ...], ...]


class Conflict(msgspec.Struct, frozen=True, gc=False, order=True):
    """What a derived work's licence breaks: a code, the source's licence, the derived work's or ""."""

    code: str
    source: str
    derived: str


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
    if tokens and len(tokens) <= _MOST_TOKENS and not _TOKEN.sub("", text).strip():
        references = {id_.casefold(): id_ for id_ in declared}
        rest = deque(tokens)
        try:
            choices = _either(rest, references)
            if not rest:
                return _license(tokens, references, choices)
        except (LookupError, ValueError):
            pass
    return License(id=text, title=text, known=False)


def _either(tokens: deque[str], declared: Mapping[str, str]) -> _Choices:
    choices = _both(tokens, declared)
    while tokens and tokens[0].upper() == "OR":
        tokens.popleft()
        choices += _both(tokens, declared)
    return choices


def _both(tokens: deque[str], declared: Mapping[str, str]) -> _Choices:
    choices = _part(tokens, declared)
    while tokens and tokens[0].upper() == "AND":
        tokens.popleft()
        choices = tuple(a + b for a, b in product(choices, _part(tokens, declared)))
        if len(choices) > _MOST_CHOICES:
            raise ValueError
    return choices


def _part(tokens: deque[str], declared: Mapping[str, str]) -> _Choices:
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
        single = msgspec.structs.replace(
            single, id=f"{single.id} WITH {exception}", title=f"{single.title} with {exception}"
        )
    return ((single,),)


def _single(token: str, declared: Mapping[str, str]) -> License:
    """The licence of one id; LookupError where there is none."""
    folded = token.casefold()
    if folded.startswith(_REFERENCE.casefold()):
        reference = declared[folded[len(_REFERENCE) :]]
        return License(id=_REFERENCE + reference, title=reference)
    id_, later = _ids().get(folded), ""
    if id_ is None:
        if not token.endswith("+"):
            raise LookupError
        id_, later = _ids()[folded[:-1]], "+"
        if id_.endswith("-only"):
            id_, later = f"{id_.removesuffix('only')}or-later", ""
    entry = spdx().licenses[id_]
    family = _SHARE_ALIKE.fullmatch(id_)
    return License(
        id=id_ + later,
        title=entry.name + (" or later" if later else ""),
        url=entry.url or f"https://spdx.org/licenses/{id_}.html",
        derivatives=not _NO_DERIVATIVES.fullmatch(id_),
        share_alike=family[1] if family else None,
        commercial=not _NON_COMMERCIAL.fullmatch(id_),
        attribution=not _NO_ATTRIBUTION.fullmatch(id_),
    )


def _license(tokens: list[str], declared: Mapping[str, str], choices: _Choices) -> License:
    if len(choices) == 1 and len(choices[0]) == 1:
        return choices[0][0]
    ids, titles = [], []
    for token in tokens:
        if token in "()" or token.upper() in _OPERATORS:
            ids.append(token.upper())
            titles.append(token.lower())
        elif exception := _exceptions().get(token.casefold()):
            ids.append(exception)
            titles.append(exception)
        else:
            single = _single(token, declared)
            ids.append(single.id)
            titles.append(single.title)
    families = [[one.share_alike for one in choice if one.share_alike] for choice in choices]
    return License(
        id=_join(ids),
        title=_join(titles),
        derivatives=any(all(one.derivatives for one in choice) for choice in choices),
        share_alike=families[0][0] if all(families) else None,
        commercial=any(all(one.commercial for one in choice) for choice in choices),
        attribution=all(any(one.attribution for one in choice) for choice in choices),
        choices=choices,
    )


def _join(words: list[str]) -> str:
    return " ".join(words).replace("( ", "(").replace(" )", ")")


def conflicts(source: License | None, derived: License | None) -> tuple[Conflict, ...]:
    """What the licence of a work breaks of the licence of one that it was made from.

    `None` is a work that states no licence, itself or by inheritance. Codes: `no-derivatives`,
    `share-alike`, `non-commercial`, and `no-license` (the source states none, the derived work does).
    Of a source under alternatives the best for the derived work counts; of one under several licences
    at once, each; whoever takes the derived work may choose any alternative it offers, so all must
    fit. A licence that is a mere text, or `LicenseRef-`, is never said to forbid or allow anything.
    """
    if source is None:
        return (Conflict("no-license", "", derived.id),) if derived else ()
    choices = source.choices or ((source,),)
    return min((_broken(choice, derived) for choice in choices), key=len)


def _broken(sources: tuple[License, ...], derived: License | None) -> tuple[Conflict, ...]:
    ours = derived.id if derived else ""
    found = ((_breach(source, derived), source.id) for source in sources)
    return tuple(sorted({Conflict(code, theirs, ours) for code, theirs in found if code}))


def _breach(source: License, derived: License | None) -> str:
    """The code of what one licence of a source finds broken, or "". The gravest alone is named."""
    if not source.derivatives:
        return "no-derivatives"
    offers: _Choices = () if derived is None else derived.choices or ((derived,),)
    if derived is None or derived.known:
        shared = all(any(_may_become(source, one) for one in offer) for offer in offers)
        if source.share_alike and not (offers and shared):
            return "share-alike"
    if not source.commercial and any(all(map(_allows_commerce, offer)) for offer in offers):
        return "non-commercial"
    return ""


def _allows_commerce(license_: License) -> bool:
    return license_.commercial and license_.known and not license_.id.startswith(_REFERENCE)


def _versions(license_: License) -> tuple[str, float, float] | None:
    """Share-alike family, lowest and highest version that the licence may be read as."""
    found = _SHARE_ALIKE.fullmatch(license_.id)
    if not found:
        return None
    family, version = found[1], float(found[2])
    later = found[3].startswith("+") or "or-later" in found[3]
    return family, version, _LATEST if later else version


def _may_become(source: License, derived: License) -> bool:
    """Whether what is made from a share-alike work may be under this single licence."""
    was, is_ = _versions(source), _versions(derived)
    if was is None or is_ is None:
        return was is None
    family, lowest, highest = was
    # From 2.0 on, BY-SA and BY-NC-SA let derived works (not copies) move to a later version.
    upgrade = family in ("CC-BY-SA", "CC-BY-NC-SA") and lowest >= 2.0
    ways = [(family, lowest, _LATEST if upgrade else highest)]
    ways += [
        (other, low, high)
        for name, first, last, other, low, high in _ALSO
        if name == family and lowest <= last and highest >= first
    ]
    return any(is_[0] == name and low <= is_[1] and is_[2] <= high for name, low, high in ways)


def explain(conflict: Conflict, source: str, derived: str) -> tuple[str, str]:
    """A conflict in words, for editors: what is wrong, and what to do. Takes the two works' names."""
    theirs, ours = conflict.source, conflict.derived or "no licence"
    remove = f"or take {source} out of the sources of {derived}"
    match conflict.code:
        case "no-derivatives":
            return (
                f"{derived} is made from {source}, whose licence ({theirs}) forbids derived works",
                f"ask its author for another licence and write that in {source}, {remove}",
            )
        case "share-alike":
            return (
                f"{derived} ({ours}) is made from {source} ({theirs}), "
                f"and must be under the same licence or a compatible one",
                f'write "license: {theirs}" in {derived}, {remove}',
            )
        case "non-commercial":
            return (
                f"{derived} ({ours}) allows commercial use, but {source} ({theirs}) does not",
                f"give {derived} a licence that keeps to non-commercial use, {remove}",
            )
        case _:
            return (
                f"{derived} ({ours}) is made from {source}, which states no licence",
                f'write the licence of {source} as "license: …" there, or ask its author for one',
            )
