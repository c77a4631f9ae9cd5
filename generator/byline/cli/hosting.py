"""Commands around hosts: plan, publish, verify."""

import sys
from pathlib import Path

import click

from byline.cli.common import ON, SET, Progress, day, report
from byline.cli.site import CACHE

OUTPUT = click.option(
    "--output",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Where the site is built (default: output/).",
)
CACHE_OPTION = click.option(
    "--cache",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Where to keep what makes the next time quicker (default: .byline-cache/).",
)


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
    "--take-over", is_flag=True, help="Go on where another publish was cut off, or another tool wrote."
)
@OUTPUT
@CACHE_OPTION
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
    asked = command.Asked(
        directory,
        name or "",
        output,
        cache or directory / CACHE,
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
        raise click.ClickException(str(refused)) from None
    finally:
        progress.clear()
    if isinstance(done, command.Faulty):
        sys.exit(report(done.located, "text") or 1)
    for line in command.said(done, asked):
        click.echo(line)
