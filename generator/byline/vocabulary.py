"""The words of the archive: roles, kinds of records and segments, ways of being made from a source.

The built-in words stand in `data/roles.toml` and `data/kinds.toml`; byline.toml adds to them and
renames them. The order of each mapping is the order in which things are shown.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

_OTHER_GROUP = "misc"
_JOINED = (" of", " with", " by", " from", " to", " in", " on", " after", " for")


class Group(msgspec.Struct, frozen=True, gc=False):
    """A group of roles; `podcast` is its name in Podcasting 2.0's taxonomy, or ""."""

    id: str
    label: str
    podcast: str = ""


class Role(msgspec.Struct, frozen=True, gc=False):
    """What somebody did: `label` stands before names ("Directed by"), `person` is one who did it.

    Where `label` and `person` are the same ("Host"), but for capitals, `plural` is the heading of several
    names.
    `podcast` is the role's name in Podcasting 2.0's taxonomy (in its group's), or "".
    """

    id: str
    label: str
    person: str
    plural: str
    group: str = _OTHER_GROUP
    podcast: str = ""

    def heading(self, several: bool) -> str:
        """What stands before a name, or before several."""
        return self.plural if several and self.label.casefold() == self.person.casefold() else self.label


class Kind(msgspec.Struct, frozen=True, gc=False):
    """A kind of record or segment; `untitled` names one that has no title."""

    id: str
    label: str
    plural: str
    untitled: str


class SourceKind(msgspec.Struct, frozen=True, gc=False):
    """A way of being made from a source: `of` leads from the result to it, `inverse` back.

    Both are written to stand inside a sentence: "remix of", "remixed in".
    """

    id: str
    label: str
    of: str
    inverse: str
    passes_credit: bool = True


class Vocabulary(msgspec.Struct, frozen=True):
    """All words by id, each mapping in the order of the vocabulary."""

    groups: Mapping[str, Group]
    roles: Mapping[str, Role]
    record_kinds: Mapping[str, Kind]
    segment_kinds: Mapping[str, Kind]
    source_kinds: Mapping[str, SourceKind]


@cache
def builtin() -> Vocabulary:
    """The vocabulary that every archive starts from."""
    roles, kinds = _load("roles.toml"), _load("kinds.toml")
    return Vocabulary(
        groups={id_: Group(id=id_, **row) for id_, row in roles["groups"].items()},
        roles={id_: Role(id=id_, **row) for id_, row in roles["roles"].items()},
        record_kinds={id_: Kind(id=id_, **row) for id_, row in kinds["records"].items()},
        segment_kinds={id_: Kind(id=id_, **row) for id_, row in kinds["segments"].items()},
        source_kinds={id_: SourceKind(id=id_, **row) for id_, row in kinds["source_kinds"].items()},
    )


def _load(name: str) -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "data" / name).read_text("utf-8"))


_Tables = Mapping[str, Mapping[str, Any]]


def extend(
    vocabulary: Vocabulary, roles: _Tables, kinds: _Tables, source_kinds: _Tables, language: str = "en"
) -> Vocabulary:
    """Apply the tables `[roles.ID]`, `[kinds.ID]` and `[source_kinds.ID]` of byline.toml.

    A known id is renamed in its place; an unknown one follows the built-in ones, in the order
    written. What a table leaves out is made from the label, and the label from the id: as in English, if
    that is the language, else it is the label. A kind counts for records and segments both. The keys are
    those of `Role`, `Kind` and `SourceKind`.
    """
    words, english = vocabulary, language.partition("-")[0].lower() == "en"
    new_roles = {id_: _role(words.roles.get(id_), id_, row, english) for id_, row in roles.items()}
    new_groups = {role.group: Group(role.group, _title(role.group)) for role in new_roles.values()}
    return Vocabulary(
        groups={**words.groups, **{id_: new_groups[id_] for id_ in new_groups if id_ not in words.groups}},
        roles={**words.roles, **new_roles},
        record_kinds={**words.record_kinds, **_kinds(words.record_kinds, kinds, english)},
        segment_kinds={**words.segment_kinds, **_kinds(words.segment_kinds, kinds, english)},
        source_kinds={
            **words.source_kinds,
            **{
                id_: _source_kind(words.source_kinds.get(id_), id_, row, english)
                for id_, row in source_kinds.items()
            },
        },
    )


def _role(old: Role | None, id_: str, row: Mapping[str, Any], english: bool) -> Role:
    if old and old.label == old.person and "label" in row:
        row = {"person": row["label"], **row}
    own = row.get("label") if not english else ""
    person = row.get("person") or (old.person if old else own or _title(id_))
    group = row.get("group") or (old.group if old else _OTHER_GROUP)
    return Role(
        id=id_,
        label=row.get("label") or (old.label if old else person),
        person=person,
        plural=row.get("plural")
        or (old.plural if old and old.person == person else _plural(person, english)),
        group=group,
        podcast=old.podcast if old and old.group == group else "",
    )


def _plural(word: str, english: bool) -> str:
    return f"{word}s" if english else word


def _kinds(old: Mapping[str, Kind], rows: _Tables, english: bool) -> dict[str, Kind]:
    return {id_: _kind(old.get(id_), id_, row, english) for id_, row in rows.items()}


def _kind(old: Kind | None, id_: str, row: Mapping[str, Any], english: bool) -> Kind:
    label = row.get("label") or (old.label if old else _title(id_))
    untitled = f"Untitled {_inside(label)}" if english else label
    made = old if old and old.label == label else Kind(id_, label, _plural(label, english), untitled)
    return Kind(id_, label, row.get("plural") or made.plural, row.get("untitled") or made.untitled)


def _source_kind(old: SourceKind | None, id_: str, row: Mapping[str, Any], english: bool) -> SourceKind:
    label = row.get("label") or (old.label if old else _title(id_))
    said = _inside(label) if english else label
    of = said if said.endswith(_JOINED) or not english else f"{said} of"
    return SourceKind(
        id=id_,
        label=label,
        of=row.get("of") or (old.of if old and old.label == label else of),
        inverse=row.get("inverse") or (old.inverse if old else "used in" if english else label),
        passes_credit=row.get("passes_credit", old.passes_credit if old else True),
    )


def _title(id_: str) -> str:
    """An id as words: `file-author` is "File author"."""
    words = id_.replace("-", " ").replace("_", " ").replace(".", " ").strip()
    return words[:1].upper() + words[1:]


def _inside(label: str) -> str:
    """A label as it stands inside a sentence; "VHS tape" keeps its capitals."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]
