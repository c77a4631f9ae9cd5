"""The pipeline on one screen: read, link, plan, make, write."""

import gc
import os
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from byline import renditions, settings, templating, vocabulary, wording, write
from byline.archive import Archive, link
from byline.cache import code_version, read_all
from byline.executors import cores, each
from byline.make import Workshop, make
from byline.measures import measure
from byline.media.fonts import Face, faces
from byline.pages import registry
from byline.pages.here import Frame
from byline.problems import Located, Place, Problem
from byline.read.places import pinpoint
from byline.read.scan import read_text, scan
from byline.values import (
    Artifact,
    Document,
    Manifest,
    Output,
    field_place,
)

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


def check(
    root: Path,
    overrides: Sequence[str] = (),
    on: str = "",
    progress: Progress = _silent,
    cache: Path | None = None,
    workers: int | None = None,
    verify: bool = False,
) -> Checked:
    """Read, link and plan the archive in `root`; every problem of all stages is in the answer.

    `cache` is a folder to keep documents in, `workers` how many processes read (None: as the settings say),
    `verify` has every file read again.
    """
    text, problem = read_text(root, settings.FILE)
    if problem:
        if not (root / settings.FILE).exists():
            hint = "byline new DIR makes an archive; -C DIR names one"
            message = "there is no byline.toml, so this is no archive"
            problem = Problem("no-settings", message, problem.place, hint)
        return Checked(settings.Settings(), (problem,))
    configured, problems = settings.read_settings(text, overrides)
    if any(one.severity == "error" for one in problems):
        return Checked(configured, problems)
    words = vocabulary.extend(
        vocabulary.builtin(), configured.roles, configured.kinds, configured.source_kinds
    )
    found = scan(root, configured.build.content)
    crew = crew_size(configured, workers)
    raw_html = configured.markdown.raw_html
    read, read_problems = read_all(root, found.sources, found.states, raw_html, cache, progress, crew, verify)
    places = renditions.wanted(read, configured.archive.picture, found.files)
    limits = configured.media.limits
    measured = measure(root, tuple(places), found.states, limits, cache, progress, crew, verify)
    known = {path: one.medium for path, one in measured.items() if one.medium}
    archive, link_problems = link(configured, words, read, found.bundles, found.files, known, today(on))
    if configured.media.embed_credit:
        archive = renditions.credited(archive)
    templates = templating.load(root, configured.build.theme, configured.archive.language)
    assets = {asset.href: asset for asset in templates.assets()}
    fonts, font_problems = faces(root, configured.media.fonts)
    outputs = (*registry.plan(archive), *_files(root, archive, assets))
    problems = (
        *problems,
        *found.problems,
        *read_problems,
        *renditions.faults(measured, places, configured.media),
        *renditions.late_captions(read, known, configured.media),
        *link_problems,
        *templates.check(),
        *font_problems,
        *collisions(archive, outputs),
    )
    return Checked(configured, problems, archive, outputs, templates, assets, fonts)


def crew_size(configured: settings.Settings, workers: int | None) -> int:
    """How many processes do the work: as asked, else as the settings say, else one for every processor."""
    return workers or configured.build.workers or cores()


def build(
    root: Path,
    output: Path | None = None,
    overrides: Sequence[str] = (),
    on: str = "",
    progress: Progress = _silent,
    cache: Path | None = None,
    workers: int | None = None,
    verify: bool = False,
) -> Built:
    """Build the site of the archive in `root`. An error anywhere leaves the output as it was.

    `output` is where to write (None: as the settings say); the rest is as for `check`.
    """
    with _many_values():
        checked = check(root, overrides, on, progress, cache, workers, verify)
    target = output if output is not None else root / checked.settings.build.output
    refused = write.refuse(root, checked.settings.build.content, target) if checked.sound else None
    if not checked.sound or refused:
        problems = (*checked.problems, *((refused,) if refused else ()))
        return Built(pinpoint(root, problems), False, len(checked.outputs))
    try:
        with (
            write.locked(target, lambda: progress("wait for another build", 0, 0)),
            write.plain_modes(),
            nullcontext(cache) if cache else TemporaryDirectory() as shelf,
        ):
            crew = crew_size(checked.settings, workers)
            return _written(root, checked, target, Path(shelf), progress, crew)
    except OSError as error:
        problems = (*checked.problems, write.failure(target, error))
        return Built(pinpoint(root, problems), False, len(checked.outputs))
    finally:
        gc.unfreeze()


def _written(
    root: Path, checked: Checked, target: Path, shelf: Path, progress: Progress, workers: int
) -> Built:
    """Make the site of a sound archive. Raises OSError where it cannot be written."""
    assert checked.archive is not None
    assert checked.templates is not None
    past = write.read_manifest(target)
    frame = _frame(checked.archive, checked.outputs, checked.assets, checked.fonts)
    workshop = Workshop(root, frame, checked.templates, checked.assets, past, shelf)
    stage = write.Stage(target, past)
    total = len(checked.outputs)
    try:
        stage.clear()
        if failed := renditions.make_all(
            root, checked.archive, checked.outputs, past, shelf, workers, progress
        ):
            return Built(pinpoint(root, (*checked.problems, *failed)), False, total)
        if failed := _stage(workshop, checked.outputs, stage, progress, workers):
            return Built(pinpoint(root, (*checked.problems, *failed)), False, total)
        changed, removed = stage.commit()
    finally:
        stage.discard()
    strangers = write.foreign(target, Manifest(stage.files)) if changed or removed else ()
    return Built(pinpoint(root, checked.problems), True, total, changed, removed, strangers)


@contextmanager
def _many_values() -> Iterator[None]:
    """While very many values are made that all stay, the collector only costs: a third of loading.

    Then they are set apart, so that it does not touch them again, here or in workers that share them.
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if collects:
            gc.enable()


def _stage(
    workshop: Workshop, outputs: Sequence[Output], stage: write.Stage, progress: Progress, workers: int
) -> list[Problem]:
    """Make and stage every output; what could not be made. Raises OSError where nothing can be written."""
    code_version()  # once for all workers

    def one(output: Output) -> Artifact | Problem:
        made = make(workshop, output)
        return stage.put(made) if isinstance(made, Artifact) else made

    failed: list[Problem] = []
    for done, (number, made) in enumerate(each(one, outputs, workers=workers)):
        progress("make", done, len(outputs))
        if isinstance(made, Artifact):
            stage.note(made)
        elif isinstance(made, Problem):
            failed.append(made)
        else:
            raise OSError(0, f"the processes that made {outputs[number].path} were ended")
    return failed


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
    yield from renditions.outputs(archive)


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
