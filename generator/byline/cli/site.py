"""Commands that make a site: new, build, check."""

import re
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from shlex import quote

import click

from byline.cli.common import (
    CACHE_FOLDER,
    FORMAT,
    ON,
    OUTPUT,
    SET,
    STRICT,
    Ended,
    Progress,
    day,
    report,
    show_timings,
)
from byline.text import in_line

WORKERS = click.option(
    "--workers",
    type=click.IntRange(1, 256),
    metavar="N",
    help="How many processes do the work (default: [build] workers, else one for every processor).",
)
VERIFY = click.option(
    "--verify",
    is_flag=True,
    help="Read every file again, and trust no times: for a disk that was tampered with.",
)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
def new(folder: Path) -> None:
    """Make a small archive in DIR that builds at once."""
    from byline.starter import make_archive

    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise click.UsageError(f"{folder} is not an empty folder.")
        paths = list(make_archive(folder))
    except OSError as error:
        raise click.UsageError(f"cannot write to {folder}: {error.strerror}") from None
    for path in paths:
        click.echo(f"wrote {path}")
    click.echo(f"\nNow: byline -C {quote(str(folder))} build")


@click.command()
@OUTPUT
@click.option(
    "--cache",
    metavar="DIR-OR-URL",
    help="Where is kept what can be used again (default: .byline-cache/); s3://BUCKET/FOLDER, gs:// or az:// "
    "to have it there too, for other machines.",
)
@WORKERS
@VERIFY
@click.option(
    "--executor",
    "where",
    type=click.Choice(["processes", "dask"]),
    default="processes",
    show_default=True,
    help="Where pages and renditions are made: in processes here, or on a Dask cluster.",
)
@click.option("--scheduler", metavar="ADDRESS", help="The cluster's scheduler, for example tcp://host:8786.")
@click.option("--timings", is_flag=True, help="Say what each stage took, what the cache held, what was slow.")
@click.option(
    "--links",
    type=click.Choice(["folders", "files"]),
    help="How links are written; files for a copy that is opened from a disk.",
)
@SET
@ON
@FORMAT
@STRICT
@click.pass_obj
def build(
    directory: Path,
    output: Path | None,
    cache: str | None,
    workers: int | None,
    verify: bool,
    timings: bool,
    where: str,
    scheduler: str | None,
    links: str | None,
    overrides: tuple[str, ...],
    on: str,
    form: str,
    strict: bool,
) -> None:
    """Build the site. An error leaves the last good site as it was."""
    from byline import ahead
    from byline.asked import Asked
    from byline.memory import many_values

    day(on)
    if (where == "dask") != (scheduler is not None):
        raise click.UsageError("--executor dask and --scheduler ADDRESS belong together.")
    if scheduler is not None and not re.fullmatch(r"((tcp|tls|ws|wss)://)?[^/\s]+:\d+", scheduler):
        message = f"{scheduler} is no address; write tcp://HOST:PORT"
        raise click.BadParameter(message, param_hint="--scheduler")
    if where == "dask" and find_spec("distributed") is None:
        raise click.UsageError("Install the extra for clusters: pip install 'byline[distributed]'.")
    if links:
        overrides = (*overrides, f"build.links={links}")
    started = time.monotonic()
    store = cache if cache and "://" in cache else ""
    kept = Path(cache) if cache and not store else directory / CACHE_FOLDER
    if store:
        _store(store)
    progress = Progress()
    asked = Asked(directory, overrides, on, kept, workers, verify, progress)
    with many_values():
        seen = ahead.look_at(asked, output)
    # What a store has is not known from here.
    built = None if timings or store or seen is None else seen.again
    executor = None
    if built is None:
        with many_values():
            begun = ahead.begin(asked, seen)
            from byline.build import build as make

        if where == "dask":
            from byline.cluster import cluster

            executor = cluster(str(scheduler), progress)
        built = make(asked, output, executor, store, begun)
        progress.clear()
    status = report(built.located, form, strict)
    for path in built.foreign[:20]:
        click.echo(f"left alone, not ours: {path}", err=True)
    if len(built.foreign) > 20:
        click.echo(f"… and {len(built.foreign) - 20} more files that are not ours", err=True)
    if built.done and form == "text":
        seconds = time.monotonic() - started
        counts = f"{built.outputs:,} files, {built.changed:,} written, {built.removed:,} removed"
        click.echo(f"{counts}, in {seconds:.1f} s")
    if timings:
        show_timings(built.timings)
    if executor is None:
        raise Ended(status)
    sys.exit(status)


def _store(address: str) -> None:
    """Refuse what is no store, or cannot be reached from here. Raises UsageError."""
    from byline.objects import addressed

    if addressed(address) is None:
        raise click.BadParameter(f"{address} is no store; write s3://BUCKET/FOLDER", param_hint="--cache")
    if find_spec("obstore") is None:
        raise click.UsageError("Install the extra for object stores: pip install 'byline[publish]'.")


@click.command()
@click.option(
    "--against",
    default="",
    metavar="URL-OR-FOLDER",
    help="Also list every address of a published site that a build would lose.",
)
@SET
@ON
@FORMAT
@STRICT
@click.pass_obj
def check(
    directory: Path, against: str, overrides: tuple[str, ...], on: str, form: str, strict: bool
) -> None:
    """Report every problem in the archive, and write nothing."""
    from byline import ahead
    from byline.asked import Asked
    from byline.memory import many_values

    day(on)
    progress = Progress()
    asked = Asked(directory, overrides, on, progress=progress)
    with many_values():
        begun = ahead.begin(asked, None)
        from byline import checking
        from byline.read.places import pinpoint

        checked = checking.check(asked, begun)
    progress.clear()
    problems = checked.problems
    if against and checked.archive is not None:
        from byline.publish.against import lost
        from byline.publish.sending import Refused

        try:
            problems += lost(against, checked.archive, checked.outputs)
        except Refused as refused:
            raise click.BadParameter(in_line(str(refused)), param_hint="--against") from None
    status = report(pinpoint(directory, problems), form, strict)
    if not problems and form == "text":
        click.echo("No problems.")
    sys.exit(status)
