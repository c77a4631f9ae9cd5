"""Commands that make a site: new, build, check."""

import sys
import time
from pathlib import Path

import click

from byline.cli.common import FORMAT, ON, SET, STRICT, Progress, day, report

# Beside the archive, unless --cache says otherwise; version control leaves it out.
CACHE = ".byline-cache"
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

    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise click.UsageError(f"{folder} is not an empty folder.")
    for path in make_archive(folder):
        click.echo(f"wrote {path}")
    click.echo(f"\nNow: byline -C {folder} build")


@click.command()
@click.option(
    "--output", type=click.Path(path_type=Path), metavar="DIR", help="Where to write (default: output/)."
)
@click.option(
    "--cache",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Where to keep documents as they were read (default: .byline-cache/).",
)
@WORKERS
@VERIFY
@SET
@ON
@FORMAT
@STRICT
@click.pass_obj
def build(
    directory: Path,
    output: Path | None,
    cache: Path | None,
    workers: int | None,
    verify: bool,
    overrides: tuple[str, ...],
    on: str,
    form: str,
    strict: bool,
) -> None:
    """Build the site. An error leaves the last good site as it was."""
    from byline import build as pipeline

    day(on)
    started = time.monotonic()
    progress = Progress()
    kept = cache or directory / CACHE
    built = pipeline.build(directory, output, overrides, on, progress, kept, workers, verify)
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
    sys.exit(status)


@click.command()
@SET
@ON
@FORMAT
@STRICT
@click.pass_obj
def check(directory: Path, overrides: tuple[str, ...], on: str, form: str, strict: bool) -> None:
    """Report every problem in the archive, and write nothing."""
    from byline import build as pipeline
    from byline.read.places import pinpoint

    day(on)
    progress = Progress()
    checked = pipeline.check(directory, overrides, on, progress)
    progress.clear()
    status = report(pinpoint(directory, checked.problems), form, strict)
    if not checked.problems and form == "text":
        click.echo("No problems.")
    sys.exit(status)
