"""Commands around hosts: plan, publish, verify."""

import sys
from pathlib import Path

import click

from byline.cli.common import (
    CACHE,
    CACHE_FOLDER,
    ON,
    OUTPUT,
    SET,
    Progress,
    counted,
    day,
    refusal,
    report,
    say,
)


@click.command()
@click.option("--deploy", "name", default="", metavar="NAME", help="Only for the place that is called so.")
@OUTPUT
@CACHE
@SET
@ON
@click.pass_obj
def plan(
    directory: Path,
    name: str,
    output: Path | None,
    cache: Path | None,
    overrides: tuple[str, ...],
    on: str,
) -> None:
    """Say how large the site will be, and whether hosts take it, before anything is built or sent.

    With [deploy.NAME] in byline.toml: for those places, and what a publish would change there. Else for all
    kinds of hosts that are known.
    """
    from byline.publish import command
    from byline.publish.sending import Refused

    day(on)
    progress = Progress()
    asked = command.Publishing(directory, name, output, cache or directory / CACHE_FOLDER, overrides, on)
    try:
        told = command.plan_site(asked, progress)
    except Refused as refused:
        raise refusal(refused) from None
    finally:
        progress.clear()
    if isinstance(told, command.Faulty):
        sys.exit(report(told.located, "text") or 1)
    lines, fits = told
    for line in lines:
        say(line)
    sys.exit(0 if fits else 1)


@click.command()
@click.argument("name", required=False)
@click.option("--dry-run", is_flag=True, help="Build, then only say what would be sent and deleted.")
@click.option(
    "--max-deletes",
    type=click.IntRange(0),
    metavar="N",
    help="Refuse to delete more files (default: 100, or a tenth of the site).",
)
@click.option("--rollback", is_flag=True, help="Return to the release before instead of building.")
@click.option(
    "--take-over",
    is_flag=True,
    help="Go on where another publish was cut off, or another tool wrote; mend what is damaged.",
)
@OUTPUT
@CACHE
@SET
@ON
@click.pass_obj
def publish(
    directory: Path,
    name: str | None,
    dry_run: bool,
    max_deletes: int | None,
    rollback: bool,
    take_over: bool,
    output: Path | None,
    cache: Path | None,
    overrides: tuple[str, ...],
    on: str,
) -> None:
    """Build the site and put it on the host that byline.toml calls NAME: only what differs travels.

    NAME may be left out where there is only one [deploy.NAME]. Keys and passwords come from the environment.
    """
    from byline.publish import command
    from byline.publish.sending import Refused

    day(on)
    progress = Progress()
    asked = command.Publishing(
        directory,
        name or "",
        output,
        cache or directory / CACHE_FOLDER,
        overrides,
        on,
        dry_run,
        max_deletes,
        take_over,
    )
    try:
        done = command.roll_back(asked, progress) if rollback else command.publish(asked, progress)
    except Refused as refused:
        progress.clear()
        raise refusal(refused) from None
    finally:
        progress.clear()
    if isinstance(done, command.Faulty):
        sys.exit(report(done.located, "text") or 1)
    for line in command.said(done, asked):
        say(line)


@click.command()
@click.argument("place", metavar="URL-OR-FOLDER")
@click.pass_obj
def verify(directory: Path, place: str) -> None:
    """Look whether a published site is whole: every file unchanged, with its headers, and links that work.

    In a folder also whether anything else is there. What was published, the record beside the site says.
    `byline publish --take-over` sends what is damaged again.
    """
    from byline.publish import verify as verifying
    from byline.publish.sending import Refused

    progress = Progress()
    try:
        if "://" in place:
            done = verifying.url(place, progress)
        else:
            done = verifying.folder(directory / place, progress)
    except Refused as refused:
        raise refusal(refused) from None
    finally:
        progress.clear()
    for fault in done.faults:
        say(fault)
    if done.pending:
        click.echo("A publish there has not ended: files may be old or new.", err=True)
    click.echo(f"{counted(done.files, 'file')}, {counted(len(done.faults), 'fault')}")
    sys.exit(1 if done.faults else 0)
