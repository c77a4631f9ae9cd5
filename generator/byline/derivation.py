"""What may be made from what: conflicts of licences along a lineage, a courtesy to editors."""

import msgspec

from byline.licenses import REFERENCE, SHARE_ALIKE, Choices, License

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


class Conflict(msgspec.Struct, frozen=True, gc=False, order=True):
    """What a derived work's licence breaks: a code, the source's licence, the derived work's or ""."""

    code: str
    source: str
    derived: str


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
    offers: Choices = () if derived is None else derived.choices or ((derived,),)
    if derived is None or derived.known:
        shared = all(any(_may_become(source, one) for one in offer) for offer in offers)
        if source.share_alike and not (offers and shared):
            return "share-alike"
    if not source.commercial and any(all(map(_allows_commerce, offer)) for offer in offers):
        return "non-commercial"
    return ""


def _allows_commerce(license_: License) -> bool:
    return license_.commercial and license_.known and not license_.id.startswith(REFERENCE)


def _versions(license_: License) -> tuple[str, float, float] | None:
    """Share-alike family, lowest and highest version that the licence may be read as."""
    found = SHARE_ALIKE.fullmatch(license_.id)
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
