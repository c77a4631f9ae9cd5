"""What is on a host, what should be, and the steps from one to the other: values and pure functions.

The host keeps a record of its own, `.byline/state.json`: the files of the release that is shown, how the
releases before it differ from that, and, while a publish is under way, where it is going.
"""

import hashlib
import re
import secrets
from collections.abc import Collection, Iterable, Iterator, Mapping, Set
from pathlib import Path

import msgspec

from byline import text as words
from byline.pages.rules import hashed

STATE = ".byline/state.json"
# A million files and the releases before are known in half of it.
LARGEST = 512 << 20
KEPT = ".byline/kept/"
# Files that are named by what they hold stay for so many releases, for pages that somebody still has open.
RELEASES = 3
_NAMED = re.compile(r"assets/.+\.[0-9a-f]{12}(\.[^/]+)?|media/[0-9a-f]{16}/.+")
TOKEN_LENGTH = 32

# Digest of the bytes, their number, and the digest of what the host keeps beside them ("" for nothing).
Entry = tuple[str, int, str]


class File(msgspec.Struct, frozen=True):
    """One file to be on the host: where its bytes are, and what an object store is told with them."""

    path: str
    digest: str
    size: int
    source: Path | None = None
    data: bytes = b""
    metadata: dict[str, str] = {}

    @property
    def entry(self) -> Entry:
        """How the record of the host knows it."""
        told = repr(sorted(self.metadata.items())).encode() if self.metadata else b""
        return (self.digest, self.size, hashlib.blake2b(told, digest_size=4).hexdigest() if told else "")

    def read(self) -> bytes:
        """Its bytes. Raises OSError."""
        return self.source.read_bytes() if self.source else self.data


def from_bytes(path: str, data: bytes, metadata: dict[str, str] | None = None) -> File:
    """A file that exists nowhere yet."""
    return File(path, digest_of(data), len(data), data=data, metadata=metadata or {})


def digest_of(data: bytes) -> str:
    """The digest of bytes, as in the manifest of a build."""
    return hashlib.blake2b(data, digest_size=16).hexdigest()


class Release(msgspec.Struct, frozen=True):
    """All files of a published site. `withdrawn` are its pages that say so, `hidden` counts those without.

    `marks` are digests of the addresses of these: not to be read, but told from others. `moved` leads from
    pages that only refresh to where they lead; `policy` is the one of pages, where the host sends headers.
    """

    number: int = 0
    files: dict[str, Entry] = {}
    withdrawn: tuple[str, ...] = ()
    hidden: int = 0
    moved: dict[str, str] = {}
    policy: str = ""
    marks: tuple[str, ...] = ()


class Past(msgspec.Struct, frozen=True):
    """A release as it differs from the one that is shown; None for a file that it did not have."""

    number: int
    files: dict[str, Entry | None]
    withdrawn: tuple[str, ...] = ()
    hidden: int = 0
    moved: dict[str, str] = {}
    policy: str = ""
    marks: tuple[str, ...] = ()


class State(msgspec.Struct, frozen=True):
    """The record of a host. `token` comes first: it tells one record from the next.

    `by` is whoever publishes right now, `pending` where to; `erased` says that releases were deleted
    because something was withdrawn.
    """

    token: str
    format: int = 1
    by: str = ""
    erased: bool = False
    current: Release = Release()
    pending: Past | None = None
    past: tuple[Past, ...] = ()


class _Form(msgspec.Struct, frozen=True):
    """What tells how the rest of a record is to be read."""

    format: int = 1


def read_state(data: bytes) -> State:
    """A record as it was read; an empty one where there is none. Raises ValueError.

    Whoever can write on the host can write a record. Files are deleted and copied by what it says.
    """
    if not data:
        return State("")
    told, anew = f"the record on the host ({STATE})", "delete it there, then publish with --take-over"
    try:
        if msgspec.json.decode(data, type=_Form).format != 1:
            raise ValueError(f"{told} was written by a newer Byline; publish with that")
        state = msgspec.json.decode(data, type=State)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{told} cannot be read: {error}; {anew}") from None
    if not all(_may_be_ours(path, entry) for path, entry in named(state)):
        raise ValueError(f"{told} names files that can be none of a site; {anew}")
    return state


def named(state: State) -> Iterator[tuple[str, Entry | None]]:
    """All files that a record names."""
    yield from state.current.files.items()
    for other in (*state.past, *filter(None, [state.pending])):
        yield from other.files.items()


def _may_be_ours(path: str, entry: Entry | None) -> bool:
    """Whether a path stays in the site (after a slash: in the branch), and copies are named as ours."""
    steps = path.removeprefix("/").split("/")
    inside = words.is_line(path) and not {"", ".", ".."} & {*steps}
    if entry is None or not inside:
        return inside
    return entry[1] >= 0 and not {*entry[0], *entry[2]} - {*"0123456789abcdef"}


def sign(state: State) -> bytes:
    """A record to be written, with a token of its own."""
    token = secrets.token_hex(TOKEN_LENGTH // 2)
    return msgspec.json.encode(msgspec.structs.replace(state, token=token))


def token_of(data: bytes) -> str:
    """The token at the head of a written record; "" where there is none."""
    return data[len(b'{"token":"') :][:TOKEN_LENGTH].decode("ascii", "replace")


def stays(path: str) -> bool:
    """Whether a file is named by what it holds; what an editor has put into these folders may be not."""
    return _NAMED.fullmatch(path) is not None


def differing(shown: Release, other: Release) -> Past:
    """`other` as it differs from `shown`."""
    files: dict[str, Entry | None] = {
        path: entry for path, entry in other.files.items() if shown.files.get(path) != entry
    }
    files |= dict.fromkeys(shown.files.keys() - other.files.keys())
    return Past(other.number, files, other.withdrawn, other.hidden, other.moved, other.policy, other.marks)


def whole(shown: Release, past: Past) -> Release:
    """A release from its difference."""
    files = {path: entry for path, entry in shown.files.items() if path not in past.files}
    files |= {path: entry for path, entry in past.files.items() if entry}
    files = dict(sorted(files.items()))
    return Release(past.number, files, past.withdrawn, past.hidden, past.moved, past.policy, past.marks)


PHASES = 5


def phase(path: str, new: bool) -> int:
    """When a file travels: what pages need, data, new pages and feeds, changed pages, changed feeds.

    New pages go before those that lead to them, the front page last, so that links are whole at any moment.
    """
    name = path.rpartition("/")[2]
    if hashed(path):
        return 0
    plain = path.removesuffix(".gz").removesuffix(".br")
    if plain.endswith((".html", ".htm")):
        return 2 if new and plain != "index.html" else 3
    led = name.startswith(("feed.", "atom.", "podcast.", "sitemap", "robots."))
    return (2 if new else 4) if led else 1


class Steps(msgspec.Struct, frozen=True):
    """What is to be done: files to put, by phase; copies to keep (from, to); paths to remove.

    What `doubtful` paths hold nobody knows, since publishes were cut off.
    """

    put: tuple[tuple[str, ...], ...]
    keep: tuple[tuple[str, str], ...]
    removed: tuple[str, ...]
    dropped: tuple[str, ...]
    past: tuple[Past, ...]
    withdrawal: bool = False
    doubtful: tuple[str, ...] = ()

    @property
    def puts(self) -> int:
        """How many files travel."""
        return sum(map(len, self.put))

    def counted(self, before: Release) -> tuple[int, int, int]:
        """How many files are new after a release, how many changed, and how many are deleted."""
        new = sum(path not in before.files for paths in self.put for path in paths)
        return new, self.puts - new, sum(1 for _ in _going(self))


def steps(state: State, release: Release, keep: int = RELEASES - 1, damaged: Set[str] = frozenset()) -> Steps:
    """From what a host holds to a release; so many of those before are kept, and what is damaged goes again.

    A withdrawal keeps no release but the new one, so that nothing can bring back what was taken away. Where
    a publish was cut off, nobody knows what its paths hold, so that all of them count as changed; nor whether
    the oldest release is still whole.
    """
    current = state.current
    before = [current, *(whole(current, past) for past in state.past)] if current.files else []
    cut = None
    if state.pending:
        cut = steps(msgspec.structs.replace(state, pending=None), whole(current, state.pending))
    taken = bool(before) and _takes(current, release)
    taken = taken or (cut is not None and cut.withdrawal)
    whole_still = before[: RELEASES - 1] if cut else before
    kept = [] if taken else [one for one in whole_still if one.files != release.files][:keep]
    old_blobs = _blobs(current, before[1:])
    copies = {*old_blobs}
    doubtful: set[str] = set()
    if cut and state.pending:
        doubtful = {*state.pending.files, *_going(cut)}
        copies |= {blob(current.files[p]) for p in doubtful if p in current.files and not stays(p)}
    changed = [
        path
        for path, entry in release.files.items()
        if path in doubtful | damaged or (current.files.get(path) != entry and not _has(before, path, entry))
    ]
    phases = {path: phase(path, path not in current.files) for path in changed}
    by_phase = tuple(tuple(sorted(p for p in changed if phases[p] == number)) for number in range(PHASES))
    blobs = _blobs(release, kept)
    copied = tuple(
        (path, KEPT + blob)
        for blob, path in sorted(blobs.items())
        if blob not in old_blobs and path in current.files
    )
    held = {*current.files, *(p for one in before for p in one.files if stays(p)), *doubtful}
    wanted = set(release.files) | {p for one in kept for p in one.files if stays(p)}
    gone = held - wanted
    removed = tuple(sorted(path for path in gone if not stays(path)))
    dropped = tuple(sorted(path for path in gone if stays(path)))
    dropped += tuple(sorted(KEPT + blob for blob in copies - blobs.keys()))
    past = tuple(differing(release, one) for one in kept)
    return Steps(by_phase, copied, removed, dropped, past, taken, tuple(sorted(doubtful)))


def _going(steps: Steps) -> Iterator[str]:
    """The files of the site that are removed."""
    return (path for path in (*steps.removed, *steps.dropped) if not path.startswith(KEPT))


def underway(state: State, release: Release, steps: Steps) -> Past:
    """Where a publish is going, with all that it and those that were cut off before it may leave behind.

    So whoever goes on from here knows of the files of every one of them, and what any of them withdrew.
    """
    pending = differing(state.current, release)
    touched = {path: release.files.get(path) for path in (*steps.doubtful, *_going(steps))}
    marks = set(pending.marks)
    if state.pending:
        marks |= {*state.pending.marks, *map(mark, state.pending.withdrawn)}
    return msgspec.structs.replace(pending, files=pending.files | touched, marks=tuple(sorted(marks)))


def mark(page: str) -> str:
    """What stands for the page of a withdrawn document that has none: its address would say too much."""
    return digest_of(page.encode())[:16]


def _takes(current: Release, release: Release) -> bool:
    """Whether a release withdraws what the one before did not."""
    now = {*map(mark, release.withdrawn), *release.marks}
    if len(current.marks) == current.hidden:
        return bool(now - {*map(mark, current.withdrawn), *current.marks})
    # A record of before there were marks: it can be told what had a page, and counted what had none.
    shown = {*current.files, *release.withdrawn} - {*current.withdrawn}
    return release.hidden > current.hidden or any(mark(path) in now for path in shown)


def ours(state: State) -> set[str]:
    """The paths at which something of ours may stand, also of a publish cut off."""
    known = {*state.current.files, *(state.pending.files if state.pending else ())}
    return known | {path for past in state.past for path in past.files if stays(path)}


def _has(releases: Iterable[Release], path: str, entry: Entry) -> bool:
    """Whether a file that stays is still there as it is wanted; releases with the newest first."""
    there = next((one.files[path] for one in releases if path in one.files), None)
    return stays(path) and there == entry


def staying(state: State, paths: Collection[str], keep: int = RELEASES - 1) -> dict[str, int]:
    """Sizes of the files that stay from the last releases when one of these paths comes."""
    current = state.current
    before = [current, *(whole(current, past) for past in state.past)][:keep]
    files = {path: entry[1] for one in before for path, entry in one.files.items()}
    return {path: size for path, size in files.items() if stays(path) and path not in paths}


def blob(entry: Entry) -> str:
    """The name under which the host keeps the bytes of an earlier release."""
    return f"{entry[0]}{entry[2]}"


def _blobs(shown: Release, kept: Iterable[Release]) -> dict[str, str]:
    """What earlier releases hold that is not at its place any more: names of copies, and a path of each."""
    found: dict[str, str] = {}
    for one in kept:
        for path, entry in one.files.items():
            if not stays(path) and shown.files.get(path) != entry:
                found.setdefault(blob(entry), path)
    return found


def sources(state: State, release: Release) -> Mapping[str, str]:
    """For a return to a release: where on the host each of its changed files is kept."""
    return {
        path: KEPT + blob(entry)
        for path, entry in release.files.items()
        if not stays(path) and state.current.files.get(path) != entry
    }
