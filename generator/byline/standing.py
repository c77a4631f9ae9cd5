"""Which outputs stand as the last build left them, without a look at what they show (decisions 32, 44).

A view sees the archive, and of all bodies the one that its page opens. So it is the same where nothing but
words of other bodies has changed, and names of people whom it does not name. What a site was made from is
kept in the cache, beside a digest of its manifest, so that it is never taken for that of another site.
"""

from collections.abc import Callable, Mapping, Sequence
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
from byline.survey import FALLEN, digest_of
from byline.values import Kept, Key, Output

FILE = "standing.msgpack"


class Made(msgspec.Struct, frozen=True):
    """What a site is made from: all but the words of bodies (`state`), and the files that these stand in.

    `digests` are of those files, `statics` are the states of files of static/. `nameless` is as `state`, but
    for what `facts` has of contributors, and for which outputs there are; `rows` say who is named where
    (`byline.named`). `manifest` is the digest of the manifest of what was made.
    """

    state: bytes
    digests: Mapping[str, bytes]
    statics: Mapping[str, bytes] = {}
    nameless: bytes = b""
    facts: Mapping[str, bytes] = {}
    rows: named.Kept = named.Kept()
    manifest: bytes = b""


class Stands(NamedTuple):
    """Files that stand, outputs that do not, what the site is made from when these are made, and where to
    write who is named there."""

    files: dict[str, Kept]
    waiting: Sequence[Output]
    made: Made
    rows: named.Rows


def state(place: Workshop, *contents: object) -> bytes:
    """A digest of all that outputs are made from: of documents and files what is given, else everything.

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
        contents,
    )
    return _digest(msgspec.msgpack.encode(parts))


def standing(
    place: Workshop,
    apart: Sequence[Output],
    whole: Callable[[], Sequence[Output]],
    now: Made,
    folder: Path,
    manifest: bytes,
    words: Mapping[str, Sequence[Key]] | None = None,
) -> Stands | None:
    """What stands, by what the cache in `folder` knows of the site of a manifest.

    `whole` lists all outputs, and is only asked where others may be wanted than there were; `apart` are those
    that are not beside documents. Renditions stand if they are there: they are named by what they are made
    from. Where only some documents have their `words`, by files, the answer is None if others are needed.
    """
    before = load(folder / FILE, Made)
    if before is None or before.manifest != manifest:
        before = Made(b"", {})
    files, documents = place.past.files, place.frame.documents
    complete, same = FALLEN not in files.values(), before.state == now.state
    changed = {path for path, digest in now.digests.items() if before.digests.get(path) != digest}
    known = before.facts.get
    others = {id_ for id_, facts in now.facts.items() if not facts or known(id_) != facts} | {named.ANYBODY}
    rows = None
    if complete and not same and before.nameless == now.nameless:
        rows = named.load(folder, before.rows)
    opens = {name: kind.opens for name, kind in BY_NAME.items()} if same or rows else {}

    def stands(output: Output) -> bool:
        opened = opens.get(output.kind)
        if not files.get(output.path, FALLEN)[1]:
            return False
        if opened is None:
            same_file = output.id in now.statics and before.statics.get(output.id) == now.statics[output.id]
            return output.kind == "media" or (output.kind == "static" and same_file)
        if rows and not (output.path in rows and others.isdisjoint(rows[output.path].split(" "))):
            return False
        if not opened or (rows and opened == "contributor"):  # the words of people are among their facts
            return True
        return documents[opened][output.id].place.path not in changed

    if same and complete:
        if words is None:
            edited = [
                (kind, id_)
                for kind, group in documents.items()
                for id_, one in group.items()
                if one.place.path in changed
            ]
        elif changed <= words.keys():
            edited = [key for path in sorted(changed) for key in words[path]]
            people = named.facts([documents[kind][id_] for kind, id_ in edited if kind == "contributor"])
            now = msgspec.structs.replace(now, nameless=before.nameless, facts={**before.facts, **people})
        else:
            return None
        near = (output for kind, id_ in edited for output in beside(place.frame.archive, kind, (id_,)))
        waiting = [output for output in (*near, *apart) if not stands(output)]
        return Stands(dict(files), waiting, now, named.Rows(folder, before.rows))
    if words is not None:
        return None
    outputs = whole()
    kept = {output.path: files[output.path] for output in outputs if stands(output)}
    waiting = [output for output in outputs if output.path not in kept]
    worn = rows and before.rows.size > 2 * sum([len(path) + len(ids) for path, ids in rows.items()])
    return Stands(
        kept, waiting, now, named.Rows(folder, before.rows if opens else None, rows if worn else None)
    )


def remember(made: Made, rows: named.Rows, folder: Path, target: Path) -> None:
    """Keep what the site in `target` was made from; a cache that cannot be written is only slower."""
    with suppress(OSError):
        now = msgspec.structs.replace(made, rows=rows.done(), manifest=digest_of(target))
        save(folder / FILE, now)


def _digest(data: bytes) -> bytes:
    return blake2b(data, digest_size=16).digest()
