"""Which outputs stand as the last build left them, without a look at what they show (decision 32).

A view sees the archive, and of all bodies the one that its page opens. So it is the same where nothing but
words of other bodies has changed. What a site was made from is kept in the cache, beside a digest of its
manifest, so that it is never taken for that of another site.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path

import msgspec

from byline.cache import code_version
from byline.make import Workshop
from byline.packs import load, save
from byline.pages.registry import BY_NAME, beside
from byline.survey import FALLEN, digest_of
from byline.values import Kept, Key, Output

FILE = "standing.msgpack"


class Made(msgspec.Struct, frozen=True):
    """What a site is made from: all but the words of bodies (`state`), and the files that these stand in.

    `digests` are of those files, `statics` are the states of files of static/. `manifest` is the digest of
    the manifest of what was made.
    """

    state: bytes
    digests: Mapping[str, bytes]
    statics: Mapping[str, bytes] = {}
    manifest: bytes = b""


def state(place: Workshop, contents: object) -> bytes:
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
) -> tuple[dict[str, Kept], list[Output]] | None:
    """Files that stand, by what the cache in `folder` knows of the site of a manifest; outputs to be made.

    `whole` lists all outputs, and is only asked where others may be wanted than there were; `apart` are those
    that are not beside documents. Renditions stand if they are there: they are named by what they are made
    from. Where only some documents have their `words`, by files, the answer is None if others are needed.
    """
    before = load(folder / FILE, Made)
    if before is None or before.manifest != manifest:
        before = Made(b"", {})
    same = before.state == now.state
    changed = {path for path, digest in now.digests.items() if before.digests.get(path) != digest}
    opens = {name: kind.opens for name, kind in BY_NAME.items()} if same else {}
    files, documents = place.past.files, place.frame.documents

    def stands(output: Output) -> bool:
        opened = opens.get(output.kind)
        if not files.get(output.path, FALLEN)[1]:
            return False
        if opened is None:
            known = output.id in now.statics and before.statics.get(output.id) == now.statics[output.id]
            return output.kind == "media" or (output.kind == "static" and known)
        return not opened or documents[opened][output.id].place.path not in changed

    if same and FALLEN not in files.values():
        if words is None:
            edited = [
                (kind, id_)
                for kind, group in documents.items()
                for id_, one in group.items()
                if one.place.path in changed
            ]
        elif changed <= words.keys():
            edited = [key for path in sorted(changed) for key in words[path]]
        else:
            return None
        near = (output for kind, id_ in edited for output in beside(place.frame.archive, kind, (id_,)))
        return dict(files), [output for output in (*near, *apart) if not stands(output)]
    if words is not None:
        return None
    outputs = whole()
    kept = {output.path: files[output.path] for output in outputs if stands(output)}
    return kept, [output for output in outputs if output.path not in kept]


def remember(made: Made, folder: Path, target: Path) -> None:
    """Keep what the site in `target` was made from; a cache that cannot be written is only slower."""
    with suppress(OSError):
        save(folder / FILE, msgspec.structs.replace(made, manifest=digest_of(target)))


def _digest(data: bytes) -> bytes:
    return blake2b(data, digest_size=16).digest()
