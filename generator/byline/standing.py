"""Which outputs stand as the last build left them, without a look at what they show (decisions 32, 44).

A view sees the archive, and of all bodies the one that its page opens. So it is the same where nothing but
words of other bodies has changed, and names and titles of what it does not name. What a site was made from is
kept in the cache, beside a digest of its manifest, so that it is never taken for that of another site.
"""

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

import msgspec

from byline import named
from byline.cache import code_version
from byline.make import Workshop
from byline.packs import load, save
from byline.pages.registry import BY_NAME, beside
from byline.shards import row_of
from byline.stages import Checked
from byline.survey import FALLEN, digest_of
from byline.values import Document, Kept, Key, Output

FILE = "standing.msgpack"
Documents = Mapping[str, Mapping[str, Document]]


class Made(msgspec.Struct, frozen=True):
    """What a site is made from: all but the words of bodies (`state`), and the files that these stand in.

    `digests` are of those files, `rows` of rows of ledgers by their places, `statics` are the states of files
    of static/. `nameless` is as `state`, but for names and titles, and for which pages there are; `names`
    tells what is named where (`byline.named`). `manifest` is the digest of the manifest of what was made.
    """

    state: bytes
    digests: Mapping[str, bytes]
    statics: Mapping[str, bytes] = {}
    nameless: bytes = b""
    rows: Mapping[str, bytes] = {}
    names: named.Kept = named.Kept()
    manifest: bytes = b""


class Stands(NamedTuple):
    """Files that stand, outputs that do not, what the site is made from when these are made, and where to
    write what is named there."""

    files: dict[str, Kept]
    waiting: Sequence[Output]
    made: Made
    names: named.Rows


def around(place: Workshop) -> bytes:
    """A digest of all that outputs are made from beside documents and files.

    It holds what linking is called with, and all that a frame has beside an archive.
    """
    frame, archive = place.frame, place.frame.archive
    parts = (
        code_version(),
        place.templates.digest(),
        archive.settings,
        archive.day,
        sorted(archive.media.items()),
        (frame.styles, frame.scripts, frame.icon, [face.digest for face in frame.fonts]),
    )
    return _digest(msgspec.msgpack.encode(parts))


def state(around: bytes, *contents: object) -> bytes:
    """A digest of all that outputs are made from: what is `around` them, and these contents."""
    return _digest(around + msgspec.msgpack.encode(contents))


def standing(place: Workshop, checked: Checked, now: Made, folder: Path, manifest: bytes) -> Stands | None:
    """What stands, by what the cache in `folder` knows of the site of a manifest.

    All outputs are only listed where others may be wanted than there were. Renditions stand if they are
    there: they are named by what they are made from. Where only some documents have their words, the answer
    is None if others are needed.
    """
    before = load(folder / FILE, Made)
    if before is None or before.manifest != manifest:
        before = Made(b"", {})
    archive, files, words = place.frame.archive, place.past.files, checked.words
    complete, same = FALLEN not in files.values(), before.state == now.state
    changed = {path for path, digest in now.digests.items() if before.digests.get(path) != digest}
    if words is not None:
        if not (same and complete and changed <= words.keys()):
            return None
        now = msgspec.structs.replace(now, nameless=before.nameless, rows={**before.rows, **now.rows})
    edited: set[Key] = set()
    pages = None
    if same or (complete and before.nameless == now.nameless):
        edited = _edited(place.frame.documents, changed, words, before, now)
        # A record without a page has no address.
        if not same and all(kind != "record" or id_ in archive.paged for kind, id_ in edited):
            pages = named.load(folder, before.names)
    marks = named.marks(edited)
    opens = {name: kind.opens for name, kind in BY_NAME.items()} if same or pages else {}

    def stands(output: Output) -> bool:
        if not files.get(output.path, FALLEN)[1]:
            return False
        opened = opens.get(output.kind)
        if opened is None:
            known = output.id in now.statics and before.statics.get(output.id) == now.statics[output.id]
            return output.kind == "media" or (output.kind == "static" and known)
        if pages and not (output.path in pages and marks.isdisjoint(pages[output.path].split(" "))):
            return False
        return not opened or (opened, output.id) not in edited

    if same and complete:
        near = (output for kind, id_ in sorted(edited) for output in beside(archive, kind, (id_,)))
        waiting = [output for output in (*near, *checked.apart) if not stands(output)]
        return Stands(dict(files), waiting, now, named.Rows(folder, before.names))
    kept = {output.path: files[output.path] for output in checked.outputs if stands(output)}
    waiting = [output for output in checked.outputs if output.path not in kept]
    return Stands(kept, waiting, now, named.Rows(folder, before.names if opens else None))


def remember(made: Made, names: named.Rows, folder: Path, target: Path) -> None:
    """Keep what the site in `target` was made from; a cache that cannot be written is only slower."""
    with suppress(OSError):
        now = msgspec.structs.replace(made, names=names.done(), manifest=digest_of(target))
        save(folder / FILE, now)


def _edited(
    documents: Documents,
    changed: Collection[str],
    words: Mapping[str, Sequence[Key]] | None,
    before: Made,
    now: Made,
) -> set[Key]:
    """The documents that are others in files that have changed: of a ledger many rows are as they were."""
    some = _keys(documents, changed) if words is None else words
    keys = [key for path in changed for key in some[path]]
    return {key for key in keys if not _as_before(documents[key[0]][key[1]], before, now)}


def _keys(documents: Documents, changed: Collection[str]) -> Mapping[str, Sequence[Key]]:
    """Documents that stand in files that have changed, by these."""
    found: dict[str, list[Key]] = {path: [] for path in changed}
    for kind, group in documents.items():
        for id_, one in group.items():
            if one.place.path in found:
                found[one.place.path].append((kind, id_))
    return found


def _as_before(one: Document, before: Made, now: Made) -> bool:
    """Whether a document is a row of a ledger that is known to be the same."""
    known = before.rows.get(row_of(one))
    return known is not None and known == now.rows.get(row_of(one))


def _digest(data: bytes) -> bytes:
    return blake2b(data, digest_size=16).digest()
