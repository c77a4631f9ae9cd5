"""Why something is on a page: where every value came from, and what the page depends on.

Reads again the few files that it quotes; everything else is asked of the linked archive.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from byline import credits, lineage
from byline.archive import Archive, credits_of, episode_roll, roll_at
from byline.mentions import media_of
from byline.permalinks import permalink
from byline.problems import Place, Problem, Span
from byline.read.places import pinpoint
from byline.text import nearest_id
from byline.times import timecode
from byline.values import (
    Credit,
    CreditLine,
    Document,
    Key,
    Output,
    Segment,
    credit_place,
    field_place,
)

_GROUPS = ("episode", "segment", "record", "contributor", "season", "topic", "page")
_MOST = 20  # reasons at once
_NOWHERE = "in no document of its own"
_QUIET = {"id", "place", "bundle", "body", "call", "extra"}


def find(archive: Archive, outputs: tuple[Output, ...], what: str) -> Key | None:
    """The document that a page's address, `kind:id` or an id names; of several kinds the first."""
    if (output := _page(archive, outputs, what)) and (key := key_of(output)):
        return key
    kind, colon, identity = what.partition(":")
    for one in [kind] if colon else _GROUPS:
        if one in _GROUPS and (identity if colon else what) in _group(archive, one):
            return (one, identity if colon else what)
    return None


def _page(archive: Archive, outputs: tuple[Output, ...], what: str) -> Output | None:
    """The page, or other file, at an address."""
    path = (
        what.removeprefix(archive.settings.archive.base_url).strip("/").removesuffix("index.html").strip("/")
    )
    return next((one for one in outputs if one.path.removesuffix("index.html").strip("/") == path), None)


def of_many(archive: Archive, outputs: tuple[Output, ...], what: str) -> Iterator[str]:
    """Lines that say what is at an address where no document has its page; none where nothing is."""
    if output := _page(archive, outputs, what):
        file = output.kind in ("static", "media")
        yield (output.kind if file else f"{output.kind} {output.id}").strip()
        yield f"  page     {output.path.removesuffix('index.html')}"
        yield f"  written  {output.id if file else _NOWHERE}"


def key_of(output: Output) -> Key | None:
    """The document that a page is about."""
    if output.kind == "home":
        return ("page", "")
    others = {
        "call": "episode",
        "redirect": output.facet,
        "tree": output.facet or "record",
    }
    kind = others.get(output.kind, output.kind.removesuffix("-json"))
    return (kind, output.id) if output.id and kind in _GROUPS else None


def _group(archive: Archive, kind: str) -> dict[str, Document]:
    group: dict[str, Document] = getattr(archive.library, f"{kind}s")
    return {**group, "": archive.library.home} if kind == "page" else group


def document(archive: Archive, key: Key) -> Document:
    """The document of a key. Raises KeyError where there is none."""
    return _group(archive, key[0])[key[1]]


def suggest(archive: Archive, what: str) -> str:
    """The nearest thing to an unknown name, as `kind:id`, or ""."""
    known = {f"{kind}:{id_}": id_ for kind in _GROUPS for id_ in _group(archive, kind)}
    near = nearest_id(what.rpartition(":")[2].strip("/").rpartition("/")[2], list(known.values()))
    return next((name for name, id_ in known.items() if id_ == near), "") if near else ""


def explain(root: Path, archive: Archive, key: Key) -> Iterator[str]:
    """Lines that say what is on the page of a document, why, and from where."""
    about = document(archive, key)
    yield f"{key[0]} {key[1]}".strip()
    page = permalink(key) or "/"
    yield f"  page     {page}" + ("" if _has_page(archive, key) else "  (none: [pages] records)")
    if about.withdrawn:
        yield "  state    withdrawn: a tombstone, without people and without body"
    there = (root / about.place.path).is_file()  # a home page needs no file
    yield f"  written  {_at(root, about.place) if there else _NOWHERE}"
    yield "values"
    yield from _values(root, about)
    yield from _credits(root, archive, key)
    yield from _lineage(archive, key)
    yield "depends on"
    for path in sorted(depends(archive, key)):
        yield f"  {path}"


def _has_page(archive: Archive, key: Key) -> bool:
    return key[0] != "record" or key[1] in archive.paged


def _at(root: Path, place: Place | Span) -> str:
    span = pinpoint(root, (Problem("", "", place),))[0].span
    return f"{span.path}:{span.line}:{span.column}" if span.line else span.path


def _values(root: Path, document: Document) -> Iterator[str]:
    defaults = {field.name: field.default for field in msgspec.structs.fields(document)}
    for name in document.__struct_fields__:
        value = getattr(document, name)
        if name in _QUIET or not value or value == defaults.get(name):
            continue
        many = isinstance(value, (tuple, dict))
        shown = f"{len(value)} entr{'y' if len(value) == 1 else 'ies'}" if many else value
        yield f"  {name:<10} {str(shown)[:60]:<60}  {_at(root, field_place(document, name))}"


def _credits(root: Path, archive: Archive, key: Key) -> Iterator[str]:
    found = _credits_of(archive, key)
    if found:
        yield "credits"
    for credit in found:
        yield f"  {_why(root, archive, credit)}"


def why(root: Path, archive: Archive, key: Key | None, about: Key | str) -> list[str]:
    """Why somebody is on the page of a document, or why the page of a contributor names a work, in lines.

    `about` is a contributor, a work, or the name of somebody without a page. Where they have no credit right
    there, these are their credits beside it, else anywhere: a page may show people of other works.
    """

    def meant(credit: Credit) -> bool:
        if isinstance(about, str):
            return about in (archive.people[credit.who].name, *credit.names)
        return about in (("contributor", credit.who), credit.place) or (
            about[0] == "record" and about[1] in credit.records
        )

    found = [credit for credit in _credits_of(archive, key) if meant(credit)] if key else []
    if not found and isinstance(about, tuple):
        anywhere = credits_of(archive, about[1])
        found = [credit for credit in anywhere if credit.place in _beside(archive, key)] or list(anywhere)
    return [_why(root, archive, credit) for credit in found[:_MOST]]


def _beside(archive: Archive, key: Key | None) -> set[Key]:
    """What a record was made from and into, and where it is shown."""
    if key is None or key[0] != "record":
        return set()
    above = {("record", line.record) for line in lineage.sources(archive.lineage, key[1])}
    below = {("record", archive.lineage.names[at]) for at in lineage.derived(archive.lineage, key[1])}
    return above | below | {place for place, _ in archive.used_in.get(key[1], ())}


def _credits_of(archive: Archive, key: Key) -> Sequence[Credit]:
    if key[0] == "contributor":
        return credits_of(archive, key[1])
    if key[0] == "episode":
        return episode_roll(archive, key[1])
    return roll_at(archive, key)


def _why(root: Path, archive: Archive, credit: Credit) -> str:
    person = archive.people[credit.who]
    name = "a withdrawn contributor" if person.state == "withdrawn" else person.name
    place = f"{credit.place[0]} {credit.place[1]}"
    at = "".join(f" at {timecode(ms)}" for ms in credit.at)
    through = f", through {' > '.join(credit.through)}" if credit.through else ""
    head = f"{name}: {credit.role} in {place}{at}{through}"
    named_on = ("record", credit.records[0]) if credit.records else credit.place
    where = _line_of(root, archive, named_on, credit.role, (credit.who, *credit.through))
    if credit.reason == "named":
        return f"{head}: named at {where}"
    chain = credits.path(archive.credits, credit)
    shown = " → ".join(chain) if chain else ", ".join(credit.records)
    return f"{head}: {shown} is shown there; named at {where}"


def _line_of(root: Path, archive: Archive, place: Key, role: str, who: tuple[str, ...]) -> str:
    """Where a person, or the group that they have a credit through, is named."""
    work = document(archive, place)
    lines: tuple[CreditLine, ...] = getattr(work, "credits", ())
    for line in lines:
        if line.role == role and (line.who in who or f"~{line.who}" in who):
            return _at(root, credit_place(work, line))
    return _at(root, work.place)


def _lineage(archive: Archive, key: Key) -> Iterator[str]:
    if key[0] != "record":
        return
    standing = lineage.standing(archive.lineage, key[1])
    yield "lineage"
    for edge in lineage.edges_above(archive.lineage, key[1]):
        yield f"  made from {edge.source} ({edge.line.kind})"
    for edge in lineage.edges_below(archive.lineage, key[1]):
        yield f"  made into {edge.child} ({edge.line.kind})"
    yield f"  {standing.above} above it, {standing.below} below it"
    for place, _ in archive.used_in.get(key[1], ()):
        yield f"  shown in {place[0]} {place[1]}"


def depends(archive: Archive, key: Key) -> set[str]:
    """The files whose change may change the page: of everything that it names or shows."""
    kind, identity = key
    keys: set[Key] = {key}
    found = list(credits_of(archive, identity)) if kind == "contributor" else []
    found += roll_at(archive, key)
    if kind == "episode":
        found += episode_roll(archive, identity)
        keys |= {("segment", part) for part in archive.episode_segments.get(identity, ())}
    for credit in found:
        keys.add(credit.place)
        keys |= {("record", id_) for id_ in (*credit.records, *credits.path(archive.credits, credit))}
        if archive.people[credit.who].state == "public":
            keys.add(("contributor", credit.who))
    keys |= _beside(archive, key)
    keys |= {("record", use.record) for use in archive.uses.get(key, ())}
    files = {"byline.toml"}
    for one in keys:
        document = _group(archive, one[0]).get(one[1])
        if document is None:
            continue
        files.add(document.place.path)
        files |= {medium.file for _, _, medium in media_of(document) if medium.file}
        if isinstance(document, Segment):
            files.add(archive.library.episodes[document.episode].place.path)
    return files
