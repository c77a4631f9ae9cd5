"""What an editor may want to complete: facts that are no errors, gathered over the whole archive. Pure."""

import unicodedata
from collections.abc import Iterable, Iterator

import msgspec

from byline.archive import Archive
from byline.lineage import derived
from byline.mentions import documents, media_of, undescribed
from byline.permalinks import permalink
from byline.read.suffixes import TYPES, suffix_of
from byline.values import Document, Work, key_of

# Letters that look like others, in case-folded and decomposed text: Cyrillic, Greek, and Latin with strokes
# (after Unicode's confusables.txt; Cyrillic letters also stand for what their capitals look like).
_CYRILLIC = "а a в b е e з 3 к k м m н h о o р p с c т t у y х x ѕ s і i ј j ԁ d ԛ q ԝ w һ h ѵ v ӏ l"
_GREEK = "α a β b γ y ε e η n ι i κ k ν v ο o ρ p τ t υ u χ x ω w"
_LATIN = "đ d ħ h ı i ł l ø o ŧ t 0 o 1 l"
_PAIRS = f"{_CYRILLIC} {_GREEK} {_LATIN}".split()
_LOOKALIKES = str.maketrans(dict(zip(_PAIRS[::2], _PAIRS[1::2], strict=True)))


class Finding(msgspec.Struct, frozen=True):
    """One thing to look at: what it is called, the page that shows it ("" for none), and its file."""

    text: str
    page: str
    path: str


class Statistics(msgspec.Struct, frozen=True):
    """What could be completed, by kind; `alike` are groups of contributors who may be one person."""

    without_alt: tuple[Finding, ...]
    without_license: tuple[Finding, ...]
    without_credit: tuple[Finding, ...]
    without_role: tuple[Finding, ...]
    alike: tuple[tuple[Finding, ...], ...]
    never_used: tuple[Finding, ...]
    unused_media: tuple[Finding, ...]


def statistics(archive: Archive, referred: Iterable[str], files: Iterable[str]) -> Statistics:
    """Everything worth a look. `files` are all that stand in content/, `referred` those that are used."""
    shown = [document for document in documents(archive.library) if not document.withdrawn]
    return Statistics(
        without_alt=tuple(_without_alt(archive, shown)),
        without_license=tuple(_without_license(archive)),
        without_credit=tuple(_without_credit(archive, shown)),
        without_role=tuple(_without_role(archive, shown)),
        alike=tuple(_alike(archive)),
        never_used=tuple(
            _finding(archive, record)
            for id_, record in archive.library.records.items()
            if id_ not in archive.used_in and not derived(archive.lineage, id_) and not record.withdrawn
        ),
        unused_media=tuple(
            Finding(file.rpartition("/")[2], "", file)
            for file in sorted(set(files) - set(referred))
            if suffix_of(file) in TYPES and suffix_of(file) != "md"
        ),
    )


def sounds_like(name: str) -> str:
    """What is left of a name without case, marks, punctuation and letters that only look different."""
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", name).casefold())
    letters = "".join(char for char in decomposed if char.isalnum())
    return letters.translate(_LOOKALIKES) or name


def _finding(archive: Archive, document: Document, text: str = "") -> Finding:
    key = key_of(document)
    paged = key[0] != "record" or key[1] in archive.paged
    name = getattr(document, "name", "") or document.title or key[1] or archive.settings.archive.title
    return Finding(f"{name}: {text}" if text else name, permalink(key) if paged else "", document.place.path)


def _without_alt(archive: Archive, shown: Iterable[Document]) -> Iterator[Finding]:
    """Pictures that nobody described, as `byline check` names them."""
    for document in shown:
        for _, _, medium in media_of(document):
            if undescribed(medium):
                yield _finding(archive, document, (medium.file or medium.url).rpartition("/")[2])


def _without_license(archive: Archive) -> Iterator[Finding]:
    """Records that nobody may use, as far as anybody knows."""
    if archive.settings.archive.license:
        return
    for record in archive.library.records.values():
        if not record.license and not record.withdrawn:
            yield _finding(archive, record)


def _without_credit(archive: Archive, shown: Iterable[Document]) -> Iterator[Finding]:
    """Works that name nobody."""
    for document in shown:
        if isinstance(document, Work) and not document.credits:
            yield _finding(archive, document)


def _without_role(archive: Archive, shown: Iterable[Document]) -> Iterator[Finding]:
    """Credits in a role that no vocabulary knows, where such roles may pass."""
    roles = archive.vocabulary.roles
    for document in shown:
        if isinstance(document, Work):
            unknown = dict.fromkeys(line.role for line in document.credits if line.role not in roles)
            if unknown:
                yield _finding(archive, document, ", ".join(unknown))


def _alike(archive: Archive) -> Iterator[tuple[Finding, ...]]:
    """People whose names, or names that they were printed with, differ in nothing that one hears."""
    groups: dict[str, dict[str, None]] = {}
    for key, person in archive.people.items():
        if person.state == "withdrawn":
            continue
        contributor = archive.library.contributors.get(key)
        names = {person.name, *(contributor.also_credited_as if contributor else ())}
        for name in names:
            groups.setdefault(sounds_like(name), {})[key] = None
    seen = set()
    for keys in groups.values():
        if len(keys) > 1 and tuple(keys) not in seen:
            seen.add(tuple(keys))
            yield tuple(_person(archive, key) for key in keys)


def _person(archive: Archive, key: str) -> Finding:
    contributor = archive.library.contributors.get(key)
    return _finding(archive, contributor) if contributor else Finding(archive.people[key].name, "", "")
