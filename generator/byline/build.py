"""The pipeline on one screen: read, link, plan, make, write."""

import gc
from collections.abc import Sequence
from contextlib import nullcontext
from functools import partial
from hashlib import blake2b
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from byline import (
    below,
    last,
    measures,
    renditions,
    settings,
    standing,
    static,
    templating,
    vocabulary,
    write,
)
from byline.archive import link
from byline.assembly import Checked, Contents, Executor, Job, Linked, gather, here, make_all
from byline.collisions import collisions
from byline.last import Built, Seen, Timings
from byline.make import templates_for
from byline.measures import measure
from byline.media.fonts import faces
from byline.memory import many_values
from byline.pages import registry
from byline.problems import Problem
from byline.read.places import pinpoint
from byline.read.scan import Scan, Walked
from byline.reading import Progress, Reading, Texts, Watch, begin, crew_size, read_settings, silent
from byline.recall import keep, recall
from byline.survey import foreign
from byline.times import moment, today
from byline.values import AnyDocument, Output

# Where more files than this have to be read, nearly all pages will have to be made.
MANY = 500
# What the last build read and linked: freeing it takes as long as reading an edit, and the process ends.
_held: list[Checked] = []


def check(
    root: Path,
    overrides: Sequence[str] = (),
    on: str = "",
    progress: Progress = silent,
    cache: Path | None = None,
    workers: int | None = None,
    verify: bool = False,
    begun: Reading | None = None,
    walked: Walked | None = None,
) -> Checked:
    """Read, link and plan the archive in `root`; every problem of all stages is in the answer.

    The arguments are those of `reading.begin`; `begun` is what it gave, where reading has begun already.
    Where a `cache` knows an archive like the one that was `walked` through, the answer may have only those
    words that have changed.
    """
    templates: templating.Templates | None = None
    if walked and cache:
        configured, said = read_settings(root, overrides)
        if configured:
            templates = templating.load(root, configured.build.theme, configured.archive.language)
            # Processes that are forked before there is much to share share little.
            if crew_size(configured, workers) > 1:
                templates.compile_beside(lambda: _wanted(walked.scan()))
            if parts := recall(root, configured, said, walked, cache, today(on)):
                return plan(root, parts, templates)
    reading = begun or begin(root, overrides, progress, cache, workers, verify, walked)
    configured = reading.settings
    templates = templates or templating.load(root, configured.build.theme, configured.archive.language)
    # It takes one process, and longer than linking; then every process would do it for itself.
    if reading.files > MANY and crew_size(configured, workers) > 1:
        templates.ready()
        templates.compile_beside()
    texts = reading.texts()
    contents = read(root, texts, progress, cache, workers, verify)
    if contents.scan is None:
        return Checked(contents, contents.problems)
    parts = linked(contents, contents.scan, today(on))
    if cache:
        keep(cache, parts, texts.problems)
    return plan(root, parts, templates)


def _wanted(found: Scan) -> list[str]:
    """The templates for pages of the document whose file was changed last."""
    newest = max(found.sources, key=lambda source: found.states[source.path][2], default=None)
    return templates_for(newest.kind) if newest else []


def read(
    root: Path,
    texts: Texts,
    progress: Progress = silent,
    cache: Path | None = None,
    workers: int | None = None,
    verify: bool = False,
    compares: bool = True,
) -> Contents:
    """What stands in an archive's folder: what its files gave, and the media that they refer to.

    A build `compares` it with the last one. The rest is as for `check`.
    """
    configured, found, entries = texts.settings, texts.scan, texts.entries
    words = vocabulary.extend(
        vocabulary.builtin(), configured.roles, configured.kinds, configured.source_kinds
    )
    if found is None:
        return Contents(configured, texts.problems, words)
    watch = Watch()
    documents: list[AnyDocument] = []
    said: list[Problem] = []
    seen: list[bytes] = []
    earlier: dict[str, bytes] = {}
    digests: dict[str, bytes] = {}
    for path, entry in entries.items():  # once: most of the time goes into fetching them from memory
        documents += entry.read.documents
        said += entry.read.problems
        seen.append(entry.alike or entry.digest)
        digests[path] = entry.digest
        if entry.alike:
            earlier[path] = entry.alike
    places = renditions.wanted(documents, configured.archive.picture, found.files)
    asked = configured.media
    crew = crew_size(configured, workers)
    measured = measure(root, tuple(places), found.states, asked, cache, progress, crew, verify)
    media = {path: one.medium for path, one in measured.items() if one.medium}
    watch("probe")
    problems = (
        *texts.problems,
        *found.problems,
        *said,
        *renditions.faults(measured, places, configured.media),
        *renditions.late_captions(documents, media, configured.media),
    )
    alike = b""
    if compares:
        outside = msgspec.msgpack.encode((seen, found.sources, found.bundles, list(found.files)))
        alike = blake2b(outside, digest_size=16).digest()
    if not verify:
        digests |= static.states(root, texts.started)
    return Contents(
        configured,
        problems,
        words,
        found,
        documents,
        media,
        alike,
        digests,
        earlier,
        texts.again,
        texts.started,
        (*texts.stages, *watch.stages),
    )


def linked(contents: Contents, found: Scan, day: str) -> Linked:
    """The archive of what was read, on a day, and its pages."""
    watch = Watch()
    archive, problems = link(
        contents.settings,
        contents.words,
        contents.documents,
        found.bundles,
        found.files,
        contents.media,
        day,
    )
    if contents.settings.media.embed_credit:
        archive = renditions.credited(archive)
    watch("link")
    pages = registry.apart(archive)
    media = tuple(renditions.outputs(archive))
    ends = (when for one in contents.documents if one.publish and (when := moment(one.publish)[:10]) > day)
    until = min(ends, default="9999-99")
    watch("pages")
    return Linked(contents, archive, problems, pages, media, until, tuple(watch.stages))


def plan(
    root: Path,
    parts: Linked,
    templates: templating.Templates | None = None,
    before: Checked | None = None,
) -> Checked:
    """Everything that the site of an archive will hold, and every problem so far.

    `templates` are compiled ones that are still right, `before` an earlier answer with the same places.
    """
    watch, archive, contents = Watch(), parts.archive, parts.contents
    configured, day = contents.settings, archive.day
    templates = templates or templating.load(root, configured.build.theme, configured.archive.language)
    assets = {asset.href: asset for asset in templates.assets()}
    fonts, font_problems = faces(root, configured.media.fonts)
    files, static_problems = static.outputs(root)
    own = {output.path for output in files}
    # What an editor keeps in static/ for a host is read instead of ours.
    pages = (page for page in parts.pages if page.kind != "rules" or page.path not in own)
    apart = (*pages, *(Output(href, "asset") for href in assets), *files, *parts.media)
    if before and before.apart == apart:
        apart, clashes = before.apart, before.clashes
    else:
        clashes = tuple(collisions(archive, apart))
    watch("plan")
    return Checked(
        contents,
        (
            *(*contents.problems, *parts.problems, *below.faults(root), *templates.check()),
            *(*static_problems, *font_problems, *clashes),
        ),
        archive,
        apart,
        templates,
        assets,
        fonts,
        clashes,
        (day, parts.until),
        (contents.again, len(contents.scan.sources) if contents.scan else 0),
        (*contents.stages, *parts.stages, *watch.stages),
        parts.words,
    )


def build(
    root: Path,
    output: Path | None = None,
    overrides: Sequence[str] = (),
    on: str = "",
    progress: Progress = silent,
    cache: Path | None = None,
    workers: int | None = None,
    verify: bool = False,
    executor: Executor | None = None,
    store: str = "",
    seen: Seen | None = None,
    begun: Reading | None = None,
) -> Built:
    """Build the site of the archive in `root`. An error anywhere leaves the output as it was.

    `output` is where to write (None: as the settings say); `executor` does the work elsewhere than in
    processes of this machine; `store` is the address of a second cache, which other machines reach; `seen`
    is what was looked at already. The rest is as for `check`.
    """
    if cache and store:
        try:
            measures.fetch(cache, store)
        except OSError as error:
            return Built(pinpoint(root, (write.failure(cache, error, "--cache"),)), False)
    with many_values():
        walked = seen.walked if seen and executor is None else None  # others link the archive again
        checked = check(root, overrides, on, progress, cache, workers, verify, begun, walked)
    inputs = _inputs(root, checked, seen) if cache else b""
    _held[:] = [checked]
    if executor is None:
        contents = msgspec.structs.replace(checked.contents, scan=None, documents=())
        checked = msgspec.structs.replace(checked, contents=contents)
    return make_site(
        root, checked, output, overrides, progress, cache, workers, executor, store, seen, inputs
    )


def make_site(
    root: Path,
    checked: Checked,
    output: Path | None = None,
    overrides: Sequence[str] = (),
    progress: Progress = silent,
    cache: Path | None = None,
    workers: int | None = None,
    executor: Executor | None = None,
    store: str = "",
    seen: Seen | None = None,
    inputs: bytes | None = None,
) -> Built:
    """Build the site of an archive that was checked. `inputs` is what `last.inputs_of` says of it, if that is
    known; the rest is as for `build`.
    """
    target = output if output is not None else root / checked.settings.build.output
    content = checked.settings.build.content
    refused = write.refuse(root, content, target, cache) if checked.sound else None
    if not checked.sound or refused:
        problems = (*checked.problems, *((refused,) if refused else ()))
        return Built(pinpoint(root, problems), False, len(checked.outputs))
    inputs = _inputs(root, checked, seen) if cache and inputs is None else inputs or b""
    if seen and seen.target != target.absolute():
        seen = None
    try:
        with (
            write.locked(target, lambda: progress("wait for another build", 0, 0)),
            write.plain_modes(),
            nullcontext(cache) if cache else TemporaryDirectory() as shelf,
        ):
            job = Job(root, target, checked.days[0], Path(shelf), store)
            executor = executor or here(crew_size(checked.settings, workers))
            while (built := _written(job, checked, progress, executor, seen)) is None:
                # What could not be converted is left out then, as what cannot be read is.
                with many_values():
                    checked = check(root, overrides, job.day, progress, job.shelf, workers)
                if not checked.sound:
                    return Built(pinpoint(root, checked.problems), False, len(checked.outputs))
    except OSError as error:
        problems = (*checked.problems, write.failure(target, error))
        return Built(pinpoint(root, problems), False, len(checked.outputs))
    else:
        if built.done and cache:
            content, reads = checked.settings.build.content, _reads(checked.settings)
            last.remember(output, overrides, checked.days, cache, content, reads, inputs, target, built)
        return built
    finally:
        gc.unfreeze()


def _reads(configured: settings.Settings) -> tuple[str, ...]:
    """What a build reads in the folder of an archive, beside content."""
    return (settings.FILE, "templates", "themes", "static", *configured.media.fonts)


def _inputs(root: Path, checked: Checked, seen: Seen | None) -> bytes:
    """What `last.inputs_of` says of all that an archive was read from; nobody looks twice."""
    contents, reads = checked.contents, _reads(checked.settings)
    found, started = contents.scan, contents.started
    if seen and (seen.walked.started, seen.reads) == (started, reads):
        return seen.inputs
    if found is None:
        return b""
    return last.inputs_of(root, Walked(started, contents.settings.build.content, lambda: found), reads)


def _written(
    job: Job, checked: Checked, progress: Progress, executor: Executor, seen: Seen | None
) -> Built | None:
    """Make the site of a sound archive; None where it has to be checked again: a file turned out to be too
    much, which is known now, or more has to be made than what was checked has words for.

    Raises OSError where it cannot be written.
    """
    assert checked.archive is not None
    watch = Watch()
    tools = gather(job, checked, seen and seen.survey())
    if tools is None:
        return None
    if len(tools.waiting) > MANY:  # processes that are forked now would copy what was read
        _held.clear()
    watch("compare")
    stage = tools.stage
    try:
        stage.clear()
        past = tools.workshop.past
        try:
            convert = partial(executor.convert, job)
            converted = renditions.make_all(
                checked.archive, tools.waiting, past, job.shelf, job.store, convert, progress
            )
        except OSError as error:
            problems = (*checked.problems, write.failure(job.shelf, error, "--cache"))
            return Built(pinpoint(job.root, problems), False, len(checked.outputs))
        if not converted:
            return None
        watch("convert")
        failed, made, slowest = make_all(job, tools, progress, executor.make)
        watch("make")
        if failed:
            problems = (*checked.problems, *failed)
            return Built(pinpoint(job.root, problems), False, len(checked.outputs))
        total = len(stage.files)
        changed, removed = stage.commit()
        if tools.made:
            standing.remember(tools.made, job.shelf, job.target)
    finally:
        stage.discard()
    watch("write")
    strangers: tuple[str, ...] = ()
    if changed or removed:
        known = seen and seen.strangers()
        right = known and known.digest == tools.digest and not stage.stuck
        strangers = known.files if known and right else foreign(job.target, stage.files, stage.moved)
    located = pinpoint(job.root, checked.problems)
    watch("finish")
    timings = Timings((*checked.stages, *watch.stages), checked.read, (made, total), tuple(slowest))
    return Built(located, True, total, changed, removed, strangers, timings)
