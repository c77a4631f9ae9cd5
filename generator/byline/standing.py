"""Which outputs stand as the last build left them, without a look at what they show (decision 32).

A view sees the archive, and of all bodies the one that its page opens. So it is the same where nothing but
words of other bodies has changed. What a site was made from is kept in the cache, beside a digest of its
manifest, so that it is never taken for that of another site.
"""

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path

import msgspec

from byline.cache import code_version
from byline.make import Workshop
from byline.packs import load, save
from byline.pages.registry import BY_NAME
from byline.survey import digest_of
from byline.values import Output

FILE = "standing.msgpack"


class Made(msgspec.Struct, frozen=True):
    """What a site is made from: all but the words of bodies (`state`), and the files that these stand in.

    `digests` are of those files, and of the states of files of static/. `manifest` is the digest of the
    manifest of what was made.
    """

    state: bytes
    digests: Mapping[str, bytes]
    manifest: bytes = b""


def state(place: Workshop, documents: object) -> bytes:
    """A digest of all that outputs are made from: of `documents` what is given, of the rest everything.

    It holds what linking is called with, and all that a frame has beside an archive.
    """
    frame, archive = place.frame, place.frame.archive
    parts = (
        code_version(),
        place.templates.digest(),
        archive.settings,
        archive.day,
        sorted(archive.media.items()),
        (frame.styles, frame.scripts, frame.icon, [face.digest for face in frame.fonts], frame.indexed()),
        documents,
    )
    return _digest(msgspec.msgpack.encode(parts))


def standing(
    place: Workshop, outputs: Sequence[Output], now: Made, folder: Path, manifest: bytes
) -> Collection[str]:
    """The paths of the outputs that stand, by what the cache in `folder` knows of the site of a manifest.

    Renditions stand if they are there: they are named by what they are made from.
    """
    before = load(folder / FILE, Made)
    if before is None or before.manifest != manifest:
        before = Made(b"", {})
    same = before.state == now.state
    changed = {path for path, digest in now.digests.items() if before.digests.get(path) != digest}
    opens = {name: kind.opens for name, kind in BY_NAME.items()} if same else {}
    files, documents = place.past.files, place.frame.documents
    found = set()
    for output in outputs:
        path, kind = output.path, output.kind
        if not files.get(path, ("", "", 0))[1]:
            continue
        opened = opens.get(kind)
        if opened is None:
            kept = kind == "static" and output.id in now.digests and output.id not in changed
            if kept or kind == "media":
                found.add(path)
        elif not opened or documents[opened][output.id].place.path not in changed:
            found.add(path)
    return found


def remember(made: Made, folder: Path, target: Path) -> None:
    """Keep what the site in `target` was made from; a cache that cannot be written is only slower."""
    with suppress(OSError):
        save(folder / FILE, msgspec.structs.replace(made, manifest=digest_of(target)))


def _digest(data: bytes) -> bytes:
    return blake2b(data, digest_size=16).digest()
