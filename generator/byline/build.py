"""The pipeline on one screen: read, link, plan, make, write."""

import os
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from byline import media, settings, templating, vocabulary, wording, write
from byline.archive import Archive, link, reworded
from byline.cache import Known, Stamp, read_all, stamp
from byline.make import Workshop, make
from byline.media.fonts import Face, faces
from byline.pages import registry
from byline.pages.here import Frame
from byline.problems import Located, Place, Problem
from byline.read.places import pinpoint
from byline.read.probe import probe
from byline.read.scan import Scan, read_text, scan
from byline.resolve import bodies, documents, file_beside, media_of
from byline.values import AnyDocument, Artifact, Document, Episode, Manifest, Medium, Output, field_place

Progress = Callable[[str, int, int], None]


class Checked(msgspec.Struct, frozen=True):
    """An archive that was read, linked and planned: all that is known before anything is made."""

    settings: settings.Settings
    problems: tuple[Problem, ...]
    archive: Archive | None = None
    outputs: tuple[Output, ...] = ()
    templates: templating.Templates | None = None
    assets: dict[str, templating.Asset] = {}
    fonts: tuple[Face, ...] = ()

    @property
    def sound(self) -> bool:
        """Whether the site can be made."""
        return not any(problem.severity == "error" for problem in self.problems)


class Built(msgspec.Struct, frozen=True):
    """What a build did: problems with their places, pages and files of the site, what changed."""

    located: tuple[Located, ...]
    done: bool
    outputs: int = 0
    changed: int = 0
    removed: int = 0
    foreign: tuple[str, ...] = ()


def _silent(_stage: str, _done: int, _total: int) -> None:
    return None


def today(on: str = "") -> str:
    """The day of the build in UTC: `on`, else SOURCE_DATE_EPOCH, else the clock."""
    if on:
        return on
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    if re.fullmatch("[0-9]{1,11}", epoch):
        return datetime.fromtimestamp(int(epoch), UTC).strftime("%Y-%m-%d")
    return datetime.now(UTC).strftime("%Y-%m-%d")


class Contents(msgspec.Struct, frozen=True):
    """What stands in an archive's folder: settings, documents and media, and what is wrong with them."""

    settings: settings.Settings
    problems: tuple[Problem, ...]
    words: vocabulary.Vocabulary | None = None
    scan: Scan | None = None
    documents: Sequence[AnyDocument] = ()
    media: Mapping[str, Medium] = {}


class Linked(msgspec.Struct, frozen=True):
    """An archive, what it was linked from and what is wrong in it; its pages as they were planned."""

    contents: Contents
    archive: Archive
    problems: tuple[Problem, ...]
    pages: tuple[Output, ...]


class Memory(msgspec.Struct):
    """What a program that checks an archive again and again knows from the last time (preview).

    `reads` are files as they were read, `media` files as they were measured, `templates` those that were
    compiled: each with what tells whether its file has changed since. `linked` and `collisions` hold for
    what they were found in.
    """

    reads: dict[str, Known] = {}
    media: dict[str, tuple[Stamp, Medium | Problem]] = {}
    templates: tuple[object, templating.Templates] | None = None
    linked: Linked | None = None
    collisions: tuple[tuple[Output, ...], tuple[Problem, ...]] | None = None


def check(
    root: Path,
    overrides: Sequence[str] = (),
    on: str = "",
    progress: Progress = _silent,
    cache: Path | None = None,
) -> Checked:
    """Read, link and plan the archive in `root`; every problem of all stages is in the answer."""
    return plan(root, read(root, overrides, progress, cache), on)


def read(
    root: Path,
    overrides: Sequence[str] = (),
    progress: Progress = _silent,
    cache: Path | None = None,
    memory: Memory | None = None,
) -> Contents:
    """Read the archive in `root`; with a memory only what has changed since."""
    text, problem = read_text(root, settings.FILE)
    if problem:
        if not (root / settings.FILE).exists():
            hint = "byline new DIR makes an archive; -C DIR names one"
            message = "there is no byline.toml, so this is no archive"
            problem = Problem("no-settings", message, problem.place, hint)
        return Contents(settings.Settings(), (problem,))
    configured, problems = settings.read_settings(text, overrides)
    if any(one.severity == "error" for one in problems):
        return Contents(configured, problems)
    words = vocabulary.extend(
        vocabulary.builtin(), configured.roles, configured.kinds, configured.source_kinds
    )
    found = scan(root, configured.build.content)
    reads = memory.reads if memory else None
    documents, read_problems = read_all(
        root, found.sources, configured.markdown.raw_html, cache, progress, reads
    )
    measured, media_problems = _measure(root, found, documents, memory.media if memory else {})
    problems = (*problems, *found.problems, *read_problems, *media_problems)
    return Contents(configured, problems, words, found, documents, measured)


def plan(root: Path, contents: Contents, on: str = "", memory: Memory | None = None) -> Checked:
    """Link what was read and plan the site; every problem so far is in the answer."""
    configured, memory = contents.settings, memory or Memory()
    if contents.scan is None:
        return Checked(configured, contents.problems)
    before = memory.linked
    linked = memory.linked = (before and _reworded(before, contents, today(on))) or _link(contents, today(on))
    archive = linked.archive
    templates = _templates(root, configured, memory)
    assets = {asset.href: asset for asset in templates.assets()}
    fonts, font_problems = faces(root, configured.media.fonts)
    outputs = (*linked.pages, *_files(root, archive, assets))
    if memory.collisions is None or memory.collisions[0] != outputs:
        memory.collisions = outputs, tuple(collisions(archive, outputs))
    outputs, clashes = memory.collisions
    problems = (*contents.problems, *linked.problems, *templates.check(), *font_problems, *clashes)
    return Checked(configured, problems, archive, outputs, templates, assets, fonts)


def _link(contents: Contents, day: str) -> Linked:
    found, words = contents.scan, contents.words
    assert found is not None
    assert words is not None
    archive, problems = link(
        contents.settings,
        words,
        contents.documents,
        found.bundles,
        found.files,
        contents.media,
        day,
    )
    return Linked(contents, archive, problems, registry.plan(archive))


def _reworded(before: Linked, contents: Contents, day: str) -> Linked | None:
    """The last archive with new words, where only words have changed since, in files without problems."""
    old, new = before.contents.scan, contents.scan
    same = (
        old is not None
        and new is not None
        and before.archive.day == day
        and before.contents.settings == contents.settings
        and (old.sources, old.bundles, old.files.keys()) == (new.sources, new.bundles, new.files.keys())
        and before.contents.media == contents.media
        and len(before.contents.documents) == len(contents.documents)
    )
    if not same:
        return None
    pairs = zip(before.contents.documents, contents.documents, strict=True)
    changed = [(one, other) for one, other in pairs if one is not other and one != other]
    faulty = {problem.place.path for problem in before.problems}
    if any(document.place.path in faulty for document, _ in changed):
        return None
    archive = reworded(before.archive, changed)
    return Linked(contents, archive, before.problems, before.pages) if archive else None


def workshop(root: Path, checked: Checked, past: Manifest | None = None) -> Workshop:
    """What makes the outputs of an archive that is sound."""
    assert checked.archive is not None
    assert checked.templates is not None
    frame = _frame(checked.archive, checked.outputs, checked.assets, checked.fonts)
    return Workshop(root, frame, checked.templates, checked.assets, past or Manifest())


def build(
    root: Path,
    output: Path | None = None,
    overrides: Sequence[str] = (),
    on: str = "",
    progress: Progress = _silent,
    cache: Path | None = None,
) -> Built:
    """Build the site of the archive in `root`. An error anywhere leaves the output as it was.

    `output` is where to write (None: as the settings say), `cache` a folder to keep documents in.
    """
    checked = check(root, overrides, on, progress, cache)
    target = output if output is not None else root / checked.settings.build.output
    refused = write.refuse(root, checked.settings.build.content, target) if checked.sound else None
    problems = (*checked.problems, *((refused,) if refused else ()))
    if not checked.sound or refused:
        return Built(pinpoint(root, problems), False, len(checked.outputs))
    past = write.read_manifest(target)
    stage = write.Stage(target, past)
    try:
        failed = _stage(workshop(root, checked, past), checked.outputs, stage, progress)
        changed, removed = (0, 0) if failed else stage.commit()
    except OSError as error:
        failed = [write.failure(target, error)]
    if failed:
        stage.discard()
        return Built(pinpoint(root, (*problems, *failed)), False, len(checked.outputs))
    strangers = write.foreign(target, write.read_manifest(target)) if changed or removed else ()
    return Built(pinpoint(root, problems), True, len(checked.outputs), changed, removed, strangers)


def _stage(
    place: Workshop, outputs: Sequence[Output], stage: write.Stage, progress: Progress
) -> list[Problem]:
    """Make and stage every output; what could not be made. Raises OSError where nothing can be written."""
    failed: list[Problem] = []
    stage.clear()
    for number, made in enumerate(make(place, outputs)):
        progress("make", number, len(outputs))
        if isinstance(made, Artifact):
            stage.add(made)
        else:
            failed.append(made)
    return failed


def _measure(
    root: Path,
    found: Scan,
    documents: Iterable[AnyDocument],
    memory: dict[str, tuple[Stamp, Medium | Problem]],
) -> tuple[dict[str, Medium], list[Problem]]:
    """Every file that a document refers to, measured; again only where it has changed."""
    measured: dict[str, Medium] = {}
    problems: list[Problem] = []
    for path in sorted({path for document in documents for path in referred(document)} & found.files.keys()):
        at = stamp(root / path)
        known = memory.get(path)
        if not (at and known and known[0] == at):
            known = memory[path] = at, probe(root, path, found.files[path])
        medium = known[1]
        if isinstance(medium, Medium):
            measured[path] = medium
        else:
            problems.append(medium)
    return measured, problems


def _templates(root: Path, configured: settings.Settings, memory: Memory) -> templating.Templates:
    """The templates; those that were compiled the last time where no file of theirs has changed."""
    theme, language = configured.build.theme, configured.archive.language
    files = sorted(path for name in ("templates", "themes") for path in (root / name).rglob("*"))
    known = theme, language, [(path, stamp(path)) for path in files]
    young = any(not at for _, at in known[2])
    if memory.templates is None or young or memory.templates[0] != known:
        memory.templates = known, templating.load(root, theme, language)
    return memory.templates[1]


def referred(document: Document) -> Iterator[str]:
    """The files that a document refers to, in its fields and in its bodies."""
    for _, medium in media_of(document):
        yield from (medium.file, medium.poster, medium.transcript, *(file for _, file in medium.captions))
    if isinstance(document, Episode):
        yield document.transcript
    for body in bodies(document):
        yield from (file_beside(document, ref) for ref in body.refs if ref.scheme == "file")


def _files(root: Path, archive: Archive, assets: Iterable[str]) -> Iterator[Output]:
    """The outputs that are files already: the theme's, those of static/, and renditions of media."""
    yield from (Output(href, "asset") for href in assets)
    static = root / "static"
    if static.is_dir() and not static.is_symlink():
        for folder, folders, files in os.walk(static):
            folders.sort()
            for name in sorted(files):
                path = Path(folder) / name
                if not path.is_symlink() and path.is_file():
                    yield Output(
                        path.relative_to(static).as_posix(), "static", path.relative_to(root).as_posix()
                    )
    wanted = {path for document in documents(archive.library) for path in referred(document)}
    wanted.add(archive.settings.archive.picture)
    made: dict[str, Output] = {}
    for file in sorted(wanted & archive.media.keys()):
        for address, operation in media.renditions(archive.media[file]):
            made.setdefault(address, Output(address, "media", file, facet=operation))
    yield from made.values()


def _frame(
    archive: Archive, outputs: Sequence[Output], assets: Iterable[str], fonts: tuple[Face, ...]
) -> Frame:
    language = archive.settings.archive.language
    catalogue, number = wording.catalogue(language), wording.filters(language)["number"]
    icons = [o.path for o in outputs if o.kind == "static" and o.path in ("favicon.svg", "favicon.ico")]
    icons += [href for href in assets if "/favicon." in href or "/icon." in href]
    return Frame(
        archive=archive,
        styles=tuple(href for href in assets if href.endswith(".css")),
        scripts=tuple(href for href in assets if href.endswith(".js")),
        icon=sorted(icons[:2])[-1] if icons else "",
        indexed=registry.indexed(outputs),
        say=lambda text: catalogue.gettext(text) if text else "",
        count=lambda one, many, n: catalogue.ngettext(one, many, n) % {"n": number(n), "num": number(n)},
        fonts=fonts,
    )


def collisions(archive: Archive, outputs: Sequence[Output]) -> list[Problem]:
    """Outputs that would be the same file, or a file where another needs a folder, on any file system."""
    problems = []
    taken: dict[str, Output] = {}
    folders: dict[str, Output] = {}

    def clash(message: str, one: Output, other: Output) -> Problem:
        place, beside = _cause(archive, one), _cause(archive, other)
        hint = "change an alias, an id or the name of a file"
        return Problem("path-collision", message, place, hint, related=((beside, "the other one"),))

    for output in outputs:
        folded = unicodedata.normalize("NFC", output.path).casefold()
        first = taken.setdefault(folded, output)
        if first is not output:
            shown = output.path.removesuffix("index.html")
            problems.append(clash(f'two things want the address "/{shown}"', output, first))
        parts = folded.split("/")
        for at in range(1, len(parts)):
            folders.setdefault("/".join(parts[:at]), output)
    for folded, output in taken.items():
        if folded in folders:
            message = f'"/{output.path}" is the address of a file and of a folder'
            problems.append(clash(message, output, folders[folded]))
    return problems


def _cause(archive: Archive, output: Output) -> Place:
    """What an editor wrote that an output is made for: a document, an alias, or a file."""
    if output.kind == "static":
        return Place(output.id)
    kind, field = (output.facet, "aliases") if output.kind == "redirect" else (output.kind, "id")
    library = archive.library
    groups: dict[str, Mapping[str, Document]] = {
        "season": library.seasons,
        "topic": library.topics,
        "episode": library.episodes,
        "segment": library.segments,
        "record": library.records,
        "contributor": library.contributors,
        "page": library.pages,
    }
    document = library.home if kind == "home" else groups.get(kind, {}).get(output.id)
    return field_place(document, field) if document else Place(output.path)
