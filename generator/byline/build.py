"""Building: what was checked is made and written; if only words have changed, what was linked is recalled."""

import gc
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from byline import ahead, last, measures, renditions, settings, standing, write
from byline.ahead import Ahead
from byline.asked import Asked, Progress
from byline.assembly import Executor, Job, Unable, gather, here, make_all
from byline.checking import MANY, check, check_words
from byline.last import Built, Seen, Timings
from byline.memory import many_values
from byline.read.places import pinpoint
from byline.read.scan import Walked
from byline.reading import Watch, crew_size
from byline.stages import Checked
from byline.survey import foreign, verified

# What the last build read and linked: freeing it takes as long as reading an edit, and the process ends.
_held: list[Checked] = []


def build(
    asked: Asked,
    output: Path | None = None,
    executor: Executor | None = None,
    store: str = "",
    begun: Ahead | None = None,
) -> Built:
    """Build the site of an archive. An error anywhere leaves the output as it was.

    `output` is where to write (None: as the settings say); `executor` does the work elsewhere than in
    processes of this machine; `store` is the address of a second cache, which other machines reach; `begun`
    is what `ahead.begin` gave, where it was called already.
    """
    if asked.cache and store:
        try:
            measures.fetch(asked.cache, store)
        except OSError as error:
            return Built(pinpoint(asked.root, (write.failure(asked.cache, error, "--cache"),)), False)
    with many_values():
        begun = begun or ahead.begin(asked, ahead.look_at(asked, output))
        seen, checked, again = begun.seen, None, 0
        walked = seen.walked if seen else None
        if walked and executor is None:  # else others link the archive again
            checked, again = check_words(asked, begun, walked)
        checked = checked or check(asked, begun, walked, keeps=True, again=again)
    inputs = _inputs(asked.root, checked, seen) if asked.cache else b""
    if executor is None:
        checked = _lightened(checked)
    return make_site(asked, checked, output, executor, store, seen, inputs)


def make_site(
    asked: Asked,
    checked: Checked,
    output: Path | None = None,
    executor: Executor | None = None,
    store: str = "",
    seen: Seen | None = None,
    inputs: bytes | None = None,
) -> Built:
    """Build the site of an archive that was checked.

    `inputs` is what `last.inputs_of` says of it, if that is known; the rest is as for `build`.
    """
    root, cache, progress = asked.root, asked.cache, asked.progress
    target = output if output is not None else root / checked.settings.build.output
    content, reads = checked.settings.build.content, _reads(checked.settings)
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
            maker = executor or here(crew_size(asked, checked.settings))
            again = msgspec.structs.replace(asked, on=job.day, cache=job.shelf, verify=False)
            while (built := _written(job, checked, progress, maker, seen, asked.verify)) is None:
                # Then others have their words, too, and what could not be converted is left out.
                with many_values():
                    known = Ahead(settings=(checked.settings, ()), templates=checked.templates)
                    checked = check(again, known, keeps=True)
                if not checked.sound:
                    return Built(pinpoint(root, checked.problems), False, len(checked.outputs))
                if executor is None:
                    checked = _lightened(checked)
    except (OSError, Unable) as error:
        failed = error.problem if isinstance(error, Unable) else write.failure(target, error)
        return Built(pinpoint(root, (*checked.problems, failed)), False, len(checked.outputs))
    else:
        if built.done:
            last.remember(asked, output, checked.days, content, reads, inputs, target, built)
        return built
    finally:
        gc.unfreeze()


def _lightened(checked: Checked) -> Checked:
    """What was checked, without what it was read from: nobody needs that to make pages here."""
    _held[:] = [checked]
    contents = msgspec.structs.replace(checked.contents, scan=None, documents=())
    return msgspec.structs.replace(checked, contents=contents)


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
    job: Job, checked: Checked, progress: Progress, executor: Executor, seen: Seen | None, verify: bool
) -> Built | None:
    """Make the site of a sound archive; None where it has to be checked again: a file turned out to be too
    much, which is known now, or more has to be made than what was checked has words for. `verify` has every
    file of the last build read.

    Raises OSError where it cannot be written.
    """
    assert checked.archive is not None
    watch = Watch()
    tools = gather(job, checked, verified(job.target) if verify else seen and seen.survey())
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
        if tools.stands:
            standing.remember(tools.stands.made, tools.stands.names, job.shelf, job.target)
    finally:
        stage.discard()
        if tools.stands:
            tools.stands.names.discard()
    watch("write")
    strangers: tuple[str, ...] = ()
    if changed or removed:
        known = seen and seen.strangers()
        right = known and known.digest == tools.digest and not stage.stuck
        strangers = known.files if known and right else foreign(job.target, stage.files, stage.moved)
    located = pinpoint(job.root, checked.problems)
    watch("finish")
    timings = Timings((*checked.stages, *watch.stages), checked.read, (made, total), tuple(slowest))
    used = tools.workshop.templates.used() if len(tools.waiting) < MANY else ()
    return Built(located, True, total, changed, removed, strangers, timings, used)
