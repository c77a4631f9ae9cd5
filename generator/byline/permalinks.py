"""Permalinks: from a document's kind and id alone to its address (docs/explanation/permanence.md)."""

from byline.values import Key

FOLDERS = {
    "season": "seasons",
    "topic": "topics",
    "episode": "episodes",
    "segment": "episodes",
    "record": "records",
    "contributor": "contributors",
    "role": "roles",
}
# The first steps of addresses that a free page may not take.
TOP_LEVEL = frozenset({*FOLDERS.values(), "search", "assets", "media", "schema", "lineage", "static"})


def permalink(key: Key) -> str:
    """The address of a document below the site's root: "records/r-1/"; "" for the archive itself."""
    kind, identity = key
    if kind == "page":
        return f"{identity}/" if identity else ""
    return f"{FOLDERS[kind]}/{identity}/"


def keys(path: str) -> list[Key]:
    """The documents that there may be whose folders a path leads to or into."""
    folder, *steps = path.split("/")
    kinds = [kind for kind, one in FOLDERS.items() if one == folder and steps]
    return [(kind, "/".join(steps[:2]) if kind == "segment" else steps[0]) for kind in kinds]


def tree_link(key: Key) -> str:
    """The address of the tree page of a record or an episode."""
    return permalink(key) + "tree/"


def is_embed(path: str) -> bool:
    """Whether a page is made to be shown inside other sites."""
    return path.startswith("contributors/") and path.endswith("/embed/index.html")
