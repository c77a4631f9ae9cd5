"""What PyYAML's marks tell about a front matter: the place of a node, and how it is spelled.

PyYAML reads YAML 1.1, accepts much that is no YAML, and recurses: hand it only what yaml-rs has read.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache
from typing import Any

import yaml

from byline.faults import START, Fault, Path, Place, place_at
from byline.read.yaml import PROPERTY

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# PyYAML ends a line at these, YAML 1.2 does not. They travel as private characters.
_HIDE = str.maketrans("\x85\u2028\u2029", "\U000f0085\U000f2028\U000f2029")
_SHOW = str.maketrans("\U000f0085\U000f2028\U000f2029", "\x85\u2028\u2029")

_INT = re.compile(r"[-+]?[0-9]+\Z")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z")
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)\Z|\.(?:nan|NaN|NAN)\Z")
_CONSTANTS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}


def span(text: str, part: Any) -> Place:
    """The place of a node or a token."""
    start = part.start_mark.index
    return place_at(text, start, part.end_mark.index - start)


@lru_cache(maxsize=1)
def compose(text: str) -> yaml.Node | None:
    """The tree of nodes, or None for an empty text; raises `yaml.YAMLError`.

    The last one is kept, since a document with one odd value often has more.
    """
    node: yaml.Node | None = yaml.compose(text.translate(_HIDE), _Loader)
    return node


def unquoted(text: str) -> Iterator[int]:
    """Where every text without quotes ends."""
    with suppress(yaml.YAMLError):
        # PyYAML takes a tab for a part of a text, and minds some elsewhere; the columns stay the same.
        for token in yaml.scan(text.translate(_HIDE).replace("\t", " "), _Loader):
            if isinstance(token, yaml.ScalarToken) and token.plain:
                yield token.end_mark.index


def walk(text: str, path: Path) -> tuple[yaml.Node | None, yaml.Node | None, bool]:
    """The node at `path` or the nearest above it, the node of its key, and whether it is it."""
    try:
        node = compose(text)
    except yaml.YAMLError:
        try:  # PyYAML minds tabs where YAML 1.2 does not; the columns stay the same
            node = compose(text.replace("\t", " "))
        except yaml.YAMLError:
            return None, None, False
    above: yaml.Node | None = None
    near: yaml.Node | None = None  # the root is near to everything: it tells nobody anything
    for step in path:
        if isinstance(node, yaml.MappingNode) and step == 0:  # a lone value, where there could be a list
            continue
        if isinstance(node, yaml.MappingNode):
            pair = next((pair for pair in node.value if pair[0].value == step), None)
            if pair is None:
                return near, above, False
            above, node = pair
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int):
            if not 0 <= step < len(node.value):
                return near, above, False
            above, node = None, node.value[step]
        else:
            return near, above, False
        near = node
    return node, above, True


def spelled(text: str) -> tuple[Any, Fault | None]:
    """The value of a text by the core schema; a fault for anchors and tags that only yaml-rs accepts."""
    try:
        return resolved(compose(text), set()), None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = (mark.line + 1, mark.column + 1, 1) if mark else START
    hint = "write the repeated part out, or put texts that begin with & or * in quotes"
    return None, Fault("yaml-anchor", "the anchors of this front matter cannot be followed", hint, *place)


def resolved(node: yaml.Node | None, around: set[int]) -> Any:
    """The value of a node by the core schema.

    `around` is the nodes it stands in. Raises `yaml.MarkedYAMLError` for an anchor that contains
    itself (yaml-rs reads it as null) and for a key that is a list or a mapping.
    """
    if isinstance(node, yaml.ScalarNode):
        return _scalar(node)
    if not isinstance(node, yaml.CollectionNode):
        return {}
    if id(node) in around:
        raise yaml.MarkedYAMLError(problem_mark=node.start_mark)
    around.add(id(node))
    value: Any
    if isinstance(node, yaml.MappingNode):
        value = {_key(key): resolved(item, around) for key, item in node.value}
    else:
        value = [resolved(item, around) for item in node.value]
    around.remove(id(node))
    return value


def _key(node: yaml.Node) -> Any:
    if isinstance(node, yaml.ScalarNode):
        return _scalar(node)
    raise yaml.MarkedYAMLError(problem_mark=node.start_mark)


def spelled_as(node: yaml.ScalarNode) -> str:
    """The text of a scalar, before it is taken for a number."""
    text: str = node.value.translate(_SHOW)
    return text


def _scalar(node: yaml.ScalarNode) -> str | int | float | bool | None:
    spelled = spelled_as(node)
    if node.style:  # quoted, or a block of text
        return spelled
    if spelled in _CONSTANTS:
        return _CONSTANTS[spelled]
    if _INT.match(spelled):
        return int(spelled)
    if re.match(r"0o[0-7]+\Z", spelled):
        return int(spelled[2:], 8)
    if re.match(r"0x[0-9a-fA-F]+\Z", spelled):
        return int(spelled[2:], 16)
    if _FLOAT.match(spelled):
        return float(spelled)
    if _NOT_FINITE.match(spelled):
        return float(spelled.replace(".", ""))
    return spelled


def _mappings(root: yaml.Node | None) -> Iterator[yaml.MappingNode]:
    todo, seen = [root], set()
    while todo:
        node = todo.pop()
        if id(node) in seen or not isinstance(node, yaml.CollectionNode):
            continue
        seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            yield node
            todo += [part for pair in reversed(node.value) for part in reversed(pair)]
        else:
            todo += reversed(node.value)


def duplicate(text: str) -> tuple[str, Place]:
    """The name of the first key that is written twice, and the place of the second."""
    try:
        for node in _mappings(compose(text)):
            seen = set()
            for key, _ in node.value:
                name = key.value if isinstance(key, yaml.ScalarNode) else None
                if name in seen:
                    return f'"{name}"', span(text, key)
                seen.add(name)
    except yaml.YAMLError:
        pass  # only PyYAML refuses it; the name cannot be found
    return "a key", START


def odd_key(text: str) -> Place:
    """The first key that is no text."""
    try:
        for node in _mappings(compose(text)):
            for key, _ in node.value:
                if not isinstance(key, yaml.ScalarNode) or not isinstance(_scalar(key), str):
                    return span(text, key)
    except yaml.YAMLError:
        pass  # only PyYAML refuses it; the key cannot be found
    return START


def property_fault(text: str) -> Fault | None:
    """A fault for a tag, or for an anchor that nothing refers to: both swallow words."""
    if not PROPERTY.search(text):
        return None
    anchors: dict[str, Any] = {}
    try:
        for token in yaml.scan(text.translate(_HIDE), _Loader):
            if isinstance(token, yaml.TagToken):
                return Fault(
                    "yaml-tag",
                    "a text cannot begin with !",
                    "put the whole text in quotes (YAML reads it as a tag; "
                    "tags are not used in front matter)",
                    *span(text, token),
                )
            if isinstance(token, yaml.AnchorToken):
                anchors[token.value] = token
            elif isinstance(token, yaml.AliasToken):
                anchors.pop(token.value, None)
    except yaml.YAMLError:
        return None  # what is wrong is said better by the parser
    for name, token in anchors.items():
        return Fault(
            "yaml-anchor",
            "a text cannot begin with &",
            f"put the whole text in quotes (YAML reads &{name} as an anchor; nothing refers to it)",
            *span(text, token),
        )
    return None
