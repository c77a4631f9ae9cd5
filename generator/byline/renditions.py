"""Media between the stages: which files are wanted and what is wrong with them, and their renditions.

Renditions are made by processes that are held to the limits of `[media.limits]`, a file at a time, and kept
on a shelf, from which `make` takes them.
"""

import os
import posixpath
import subprocess
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from byline import licenses, media, shelf
from byline.archive import Archive, license_of
from byline.asked import Progress
from byline.executors import Lost, each
from byline.measures import digest_of, give_up, lost
from byline.measures import share as share_measures
from byline.mentions import documents, file_beside, media_of, with_files
from byline.permalinks import permalink
from byline.problems import Place, Problem, Severity, Span
from byline.read.probe import Measure, MediaFault
from byline.read.suffixes import TYPES, suffix_of
from byline.settings import FILE, Limits, MediaSettings, Settings
from byline.text import did_you_mean, nearest
from byline.times import timecode
from byline.values import Document, Episode, Key, Manifest, Medium, Notice, Output, field_place
from byline.wordless import bodies

# Durations are known to the second: captions may end that much later.
ROUNDING = 1000
OWN_PICTURE = Place(FILE, 1, ("archive", "picture"))
# A file of an archive with all that is wanted of it.
Task = tuple[Medium, tuple[str, ...]]


def referred(document: Document) -> Iterator[tuple[str, Place]]:
    """The files that a document refers to, in its fields and in its bodies, with the place of each."""
    for field, index, medium in media_of(document):
        place = field_place(document, field, index)
        files = (medium.file, medium.poster, medium.transcript, *(file for _, file in medium.captions))
        yield from ((file, place) for file in files if file)
    if isinstance(document, Episode) and document.transcript:
        yield document.transcript, field_place(document, "transcript")
    for body in bodies(document):
        for ref in body.refs:
            if ref.scheme == "file":
                yield file_beside(document, ref), Place(document.place.path, ref.line, needle=ref.target)


def wanted(read: Iterable[Document], picture: str, files: Mapping[str, int]) -> dict[str, Place]:
    """Every file that is referred to, and where first; `picture` is the archive's own."""
    places: dict[str, Place] = {picture: OWN_PICTURE}
    for document in with_files(read):
        for path, place in referred(document):
            places.setdefault(path, place)
    return {path: places[path] for path in sorted(places.keys() & files.keys())}


def unpictured(settings: Settings, files: Collection[str]) -> Iterator[Problem]:
    """That the archive's own picture is no picture among the `files` of its content, where it is none."""
    name, content = settings.archive.picture, settings.build.content
    if name and not (name in files and _is_picture(name)):
        known = [file for file in files if _is_picture(file)]
        below = f"{content}/{name}"
        near = did_you_mean(below if below in known else nearest(name, known[:2000]))
        hint = near or f'put it into the folder of content, and write "{content}/{posixpath.basename(name)}"'
        yield Problem("missing-file", f'there is no picture "{name}" here', OWN_PICTURE, hint)


def _is_picture(file: str) -> bool:
    return TYPES.get(suffix_of(file), ("",))[0] in ("picture", "drawing")


def faults(
    measured: Mapping[str, Measure], places: Mapping[str, Place], settings: MediaSettings
) -> Iterator[Problem]:
    """What is wrong with files, where they are referred to; with captions, where it stands in them."""
    severity: Severity = "error" if settings.broken == "error" else "warning"
    for path, measure in measured.items():
        name = path.rpartition("/")[2]
        for fault in measure.faults:
            if fault.line:
                span = Span(path, fault.line, fault.column, fault.length)
                related = ((places[path], "referred to here"),)
                yield Problem(fault.code, fault.message, span, fault.hint, severity, related)
            else:
                hint = fault.hint or "replace or leave out this file"
                related = ((Place(path), "the file"),)
                message = f'"{name}" cannot be shown: {fault.message}'
                yield Problem(fault.code, message, places[path], hint, severity, related)


def late_captions(
    read: Iterable[Document], media_by_file: Mapping[str, Medium], settings: MediaSettings
) -> Iterator[Problem]:
    """Captions that go on after their medium has ended, where its duration is known."""
    if not any(medium.cues for medium in media_by_file.values()):
        return
    severity: Severity = "error" if settings.broken == "error" else "warning"
    for document in read:
        for field, index, one in media_of(document):
            measured = media_by_file.get(one.file)
            length = measured.duration if measured and measured.duration is not None else one.duration
            for _, file in one.captions if length is not None else ():
                captions = media_by_file.get(file)
                last = max((cue.end for cue in captions.cues), default=0) if captions else 0
                if length is not None and last > length + ROUNDING:
                    name, until = file.rpartition("/")[2], timecode(last)
                    message = f'"{name}" goes on to {until}, and the medium ends at {timecode(length)}'
                    place = field_place(document, field, index)
                    yield Problem("captions-time", message, place, "check the times of its end", severity)


def outputs(archive: Archive) -> Iterator[Output]:
    """All renditions of all files that shown documents refer to; the same bytes under one name once."""
    shown = {path for document in with_files(documents(archive.library)) for path, _ in referred(document)}
    shown.add(archive.settings.archive.picture)
    made: dict[str, Output] = {}
    for file in sorted(shown & archive.media.keys()):
        medium = archive.media[file]
        for operation in media.operations(medium, archive.settings.media):
            address = media.rendition_path(medium, operation)
            made.setdefault(address, Output(address, "media", file, facet=operation))
    yield from made.values()


def make_all(
    archive: Archive,
    planned: Iterable[Output],
    past: Manifest,
    cache: Path,
    store: str,
    convert: Callable[[Sequence[Task], MediaSettings], Iterator[tuple[int, MediaFault | None]]],
    progress: Progress,
) -> bool:
    """Put on the shelf what neither the last build's output nor the shelf has; whether all could be made.

    `convert` makes renditions and puts them there, `store` may have them already. What could not be made is
    known to `measure` from now on. Raises OSError where the cache cannot be written.
    """
    outputs = list(planned)
    tasks = list(_tasks(archive.media, outputs, past, cache))
    settings = archive.settings.media
    if store:
        share_measures(cache, store)
        there = shelf.sources(store, {medium.digest for medium in archive.media.values()})
        shelf.fetch(cache, store, names([task for task in tasks if task[0].digest in there]))
        tasks = list(_tasks(archive.media, outputs, past, cache))
    failed: dict[tuple[str, str], MediaFault] = {}
    for done, (number, fault) in enumerate(convert(tasks, settings)):
        progress("convert", done, len(tasks))
        if fault:
            medium = tasks[number][0]
            failed[medium.file, medium.digest] = fault
    if failed:
        give_up(cache, settings, failed)
    if tasks:
        shelf.prune(cache, settings.cache_size)
    return not failed


def names(tasks: Iterable[Task]) -> list[shelf.Name]:
    """What renditions are called on the shelf."""
    return [(medium.digest, media.key(medium, one)) for medium, operations in tasks for one in operations]


def convert(
    root: Path, cache: Path, tasks: Sequence[Task], limits: Limits, workers: int
) -> Iterator[tuple[int, MediaFault | None]]:
    """Make renditions and put them on the shelf; by the number of a task, why that failed if it did.

    Every file has a process that is held to the limits. Raises OSError where nothing can be kept.
    """
    if tasks:  # loaded once, and not by every worker within its bounds
        from byline.read import clean, pictures, svg  # noqa: F401
    made = each(
        lambda task: _make(root, cache, task, limits),
        tasks,
        workers=workers,
        chunk=1,
        seconds=limits.seconds,
        memory=limits.memory,
    )
    for number, answer in made:
        yield number, lost(answer, limits, "converted") if isinstance(answer, Lost) else answer


def convert_apart(root: Path, cache: Path, tasks: Sequence[Task], limits: Limits) -> list[MediaFault | None]:
    """The same, for a process that has threads or may have no children: a new one does it. Raises OSError."""
    command, asked = apart(root, cache, tasks, limits)
    done = subprocess.run(command, input=asked, stdout=subprocess.PIPE, check=False)
    return apart_answer(tasks[0][0].file, done.returncode, done.stdout)


def apart(root: Path, cache: Path, tasks: Sequence[Task], limits: Limits) -> tuple[list[str], bytes]:
    """The command that makes renditions in a process of its own, and what it reads."""
    asked = msgspec.msgpack.encode((str(root), str(cache), tasks, limits))
    return [sys.executable, "-P", "-m", __name__], asked


def apart_answer(file: str, status: int, said: bytes) -> list[MediaFault | None]:
    """What that process said in the end, `file` being the first. Raises OSError where it was ended."""
    if status:
        raise OSError(0, f"what converted {file} was ended ({status})")
    return msgspec.msgpack.decode(said, type=list[MediaFault | None])


def _convert_here() -> None:
    """What that process does, as long as somebody waits for it."""
    parent = os.getppid()
    kinds = tuple[str, str, list[Task], Limits]
    root, cache, tasks, limits = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=kinds)
    faults: list[MediaFault | None] = [None] * len(tasks)
    try:
        for number, fault in convert(Path(root), Path(cache), tasks, limits, workers=1):
            faults[number] = fault
            if os.getppid() != parent:
                return
    except OSError as error:
        sys.exit(f"{tasks[0][0].file}: renditions cannot be kept in {cache}: {error.strerror or error}")
    sys.stdout.buffer.write(msgspec.msgpack.encode(faults))


def _tasks(
    measured: Mapping[str, Medium], planned: Iterable[Output], past: Manifest, cache: Path
) -> Iterator[Task]:
    by_file: dict[str, list[str]] = {}
    for output in planned:
        if output.kind == "media" and not past.files.get(output.path, ("", "", 0))[1]:
            medium = measured[output.id]
            if not shelf.holds(cache, medium.digest, media.key(medium, output.facet)):
                by_file.setdefault(output.id, []).append(output.facet)
    for file, operations in by_file.items():
        yield measured[file], tuple(operations)


def _make(root: Path, cache: Path, task: Task, limits: Limits) -> MediaFault | None:
    """Make renditions of one file; why that failed, if it did. Raises OSError where nothing can be kept.

    What was changed since it was measured is left to `make`, which says so.
    """
    medium, operations = task
    if digest_of(root / medium.file) != medium.digest:
        return None
    data = (root / medium.file).read_bytes()
    try:
        made = list(media.render(data, medium, operations, limits))
    except MemoryError:
        raise
    except Exception as error:  # encoders meet hostile data too
        reason = str(error).partition("\n")[0] or type(error).__name__
        return MediaFault("broken-media", f"it cannot be converted ({reason})")
    for operation, rendition in made:
        shelf.put(cache, medium.digest, media.key(medium, operation), rendition)
    return None


def credited(archive: Archive) -> Archive:
    """The archive with what is to be written into each picture (`[media] embed_credit`).

    Where several documents show one, the first says it.
    """
    notices: dict[str, Notice] = {}
    for key, document in _keyed(archive):
        for _, _, one in media_of(document):
            for file in (one.file, one.poster):
                if file in archive.media and file not in notices:
                    notices[file] = _notice(archive, document, key, one.credit, one.license)
    named = {
        path: msgspec.structs.replace(medium, notice=notices.get(path))
        if medium.kind == "picture"
        else medium
        for path, medium in archive.media.items()
    }
    return msgspec.structs.replace(archive, media=named)


def _keyed(archive: Archive) -> Iterator[tuple[Key, Document]]:
    for kind in ("record", "segment", "episode", "contributor", "season", "topic"):
        group: Mapping[str, Document] = getattr(archive.library, f"{kind}s")
        yield from (((kind, identity), document) for identity, document in group.items())


def _notice(archive: Archive, document: Document, key: Key, credit: str, own: str) -> Notice:
    kind, identity = key
    lines = archive.record_credits[identity] if kind == "record" else archive.work_credits.get(key, ())
    people = [archive.people[line.who] for line in lines]
    names = list(dict.fromkeys(person.name for person in people if person.state != "withdrawn"))
    text = own or license_of(archive, document)
    license_, url = licenses.shown(text, archive.settings.licenses) if text else ("", "")
    return Notice(
        creator=credit or ", ".join(names),
        license=license_,
        license_url=url,
        page=archive.settings.archive.base_url + permalink(key),
    )


if __name__ == "__main__":
    _convert_here()
