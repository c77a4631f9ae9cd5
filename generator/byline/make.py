"""Making outputs: view, key, bytes; skipped where the last build's file is still right.

A page's key is the digest of all that its bytes depend on: the view, the templates, and the code. Media
and assets are named by content already.
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path

import msgspec

from byline import media, named, shelf
from byline.cache import code_version
from byline.pages.here import Frame, Here
from byline.pages.registry import BY_NAME
from byline.problems import Place, Problem
from byline.settings import Limits
from byline.templating import Asset, TemplateFault, Templates
from byline.values import Artifact, Manifest, Medium, Output

# Kinds of page that share a template.
TEMPLATES = {"call": "records", "role": "contributors"}


class Workshop(msgspec.Struct, frozen=True):
    """What making needs: the archive's folder, the frame of all pages, templates, assets, past, shelf."""

    root: Path
    frame: Frame
    templates: Templates
    assets: Mapping[str, Asset]
    past: Manifest
    shelf: Path


def make(workshop: Workshop, output: Output) -> Artifact | Problem:
    """An output, or the problem that keeps it from being made."""
    try:
        return _one(workshop, output)
    except TemplateFault as fault:
        return fault.problem
    except (OSError, ValueError, SyntaxError) as error:
        if output.kind not in ("media", "static"):
            raise
        what = "read" if output.kind == "static" else "converted"
        message = f"this file cannot be {what}: {error}".replace(f"{workshop.root}/", "")
        return Problem("broken-media", message, Place(output.id), "replace or leave out this file")


def _one(workshop: Workshop, output: Output) -> Artifact:
    if output.kind == "media":
        archive = workshop.frame.archive
        medium, limits = archive.media[output.id], archive.settings.media.limits
        data = rendition(workshop.root, workshop.shelf, medium, output.facet, limits)
        return _artifact(output, output.path, data)
    if output.kind == "asset":
        return _artifact(output, output.path, workshop.assets[output.path].data)
    if output.kind == "static":
        data = (workshop.root / output.id).read_bytes()
        return _artifact(output, "static", data)
    kind = BY_NAME[output.kind]
    here = Here(workshop.frame, output, kind.opens)
    if kind.view is None:
        data = kind.data(here) if kind.data else b""
        return _artifact(output, "data", data, _named(here, data))
    view = kind.view(here)
    template = TEMPLATES.get(kind.name, kind.name)
    closure = "" if kind.draw else workshop.templates.closure(template)
    encoded = msgspec.msgpack.encode(view)
    those = _named(here, encoded)
    seed = hashlib.blake2b(encoded, digest_size=16)
    seed.update(f"{template} {closure} {code_version()}".encode())
    key = seed.hexdigest()
    known = workshop.past.files.get(output.path)
    if known and known[0] == key and known[1]:
        return Artifact(output.path, *known, named=those)
    if kind.draw:
        return _artifact(output, key, kind.draw(here, view), those)
    return _artifact(output, key, workshop.templates.render(template, view).encode(), those)


def _named(here: Here, shown: bytes) -> bytes:
    library = here.archive.library
    ids = here.shared(
        "ids",
        lambda: frozenset(map(str.encode, [*library.records, *library.contributors, *library.episodes])),
    )
    return named.on_page(shown, here.output.id, here.named, ids)


def rendition(root: Path, kept: Path, medium: Medium, operation: str, limits: Limits) -> bytes:
    """The bytes of a rendition, from the shelf `kept`; made again where the one there was hurt.

    Raises OSError or ValueError where the source cannot be decoded.
    """
    data = shelf.take(kept, medium.digest, media.key(medium, operation))
    if data is not None:
        return data
    source = (root / medium.file).read_bytes()
    if hashlib.blake2b(source, digest_size=16).hexdigest() != medium.digest:
        raise ValueError("it was changed during the build")
    return dict(media.render(source, medium, (operation,), limits))[operation]


def _artifact(output: Output, key: str, data: bytes, named: bytes = b"") -> Artifact:
    digest = hashlib.blake2b(data, digest_size=16).hexdigest()
    return Artifact(output.path, key, digest, len(data), data, named)
