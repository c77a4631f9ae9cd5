"""What commands share: options, reports of problems, a line of progress, an archive that is linked."""

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from byline.problems import FORMATS, Located, as_text
from byline.text import in_line

if TYPE_CHECKING:
    from byline.archive import Archive
    from byline.last import Timings
    from byline.stages import Checked

# Beside the archive, unless --cache says otherwise; version control leaves it out.
CACHE_FOLDER = ".byline-cache"
OUTPUT = click.option(
    "--output",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Where the site is written (default: output/).",
)


def _folder(_context: click.Context, _param: click.Parameter, value: Path | None) -> Path | None:
    if value and ":/" in str(value):
        raise click.BadParameter("only build can use a store; this takes a folder")
    return value


CACHE = click.option(
    "--cache",
    type=click.Path(path_type=Path),
    callback=_folder,
    metavar="DIR",
    help="Where is kept what can be used again (default: .byline-cache/).",
)
SET = click.option(
    "--set", "overrides", multiple=True, metavar="KEY=VALUE", help="Override a setting for this run."
)
ON = click.option(
    "--on", default="", metavar="DATE", help="The day that decides embargoes (default: today, UTC)."
)
FORMAT = click.option(
    "--format",
    "form",
    type=click.Choice(list(FORMATS)),
    default="text",
    show_default=True,
    help="How problems are reported.",
)
STRICT = click.option("--strict", is_flag=True, help="Let warnings count as errors.")


class Ended(SystemExit):
    """The end of a command that has left nothing to be done, and very many values in memory."""


def say(text: str) -> None:
    """Print a line in which a host may be repeated."""
    click.echo(in_line(text))


def refusal(refused: Exception) -> click.ClickException:
    """The end of a command that was refused, in words in which a host may be repeated."""
    return click.ClickException(in_line(str(refused)))


def _style(text: str, colour: str) -> str:
    return click.style(text, fg=colour, bold=True)


def counted(number: int, word: str) -> str:
    """A number of things, by the word for one of them."""
    return f"{number:,} {word}{'s' * (number != 1)}"


def report(located: tuple[Located, ...], form: str, strict: bool = False) -> int:
    """Print problems; the exit status that they mean."""
    errors = sum(item.problem.severity == "error" for item in located)
    warnings = len(located) - errors
    if form != "text":
        click.echo(FORMATS[form](located), nl=False)
    else:
        click.echo(as_text(located, _style if sys.stderr.isatty() else None), nl=False, err=True)
        if located:
            both = (errors, "error"), (warnings, "warning")
            click.echo(", ".join(counted(n, word) for n, word in both if n), err=True)
    return 1 if errors or (strict and warnings) else 0


class Progress:
    """A line that says how far long work is, how fast, and how long it will be; at a terminal only."""

    def __init__(self) -> None:
        """Nothing is shown yet."""
        self.shown = 0.0
        self.wanted = sys.stderr.isatty()
        self.stage, self.since = "", 0.0

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Say how far a stage is, ten times a second at most."""
        if not self.wanted or (now := time.monotonic()) - self.shown < 0.1:
            return
        if stage != self.stage:
            self.stage, self.since = stage, now
        self.shown = now
        text = stage
        if total:
            text += f" {done:,} of {total:,}"
        if done and now - self.since > 1:
            rate = done / (now - self.since)
            text += f", {rate:,.0f} a second, {(total - done) / rate:.0f} s left"
        click.echo(f"\r\033[K{text}", nl=False, err=True)

    def clear(self) -> None:
        """Take the line away."""
        if self.shown:
            click.echo("\r\033[K", nl=False, err=True)


def show_timings(timings: "Timings") -> None:
    """Print what a build spent."""
    for stage, seconds in timings.stages:
        click.echo(f"  {stage:<8} {seconds:8.3f} s")
    click.echo(f"{timings.read[0]:,} of {timings.read[1]:,} files read, the others known from the last build")
    click.echo(f"{timings.made[0]:,} of {timings.made[1]:,} outputs made, the others stand")
    for seconds, path in timings.slowest:
        click.echo(f"  {seconds * 1000:8.1f} ms  {path}")


def day(on: str) -> None:
    """Refuse what is no day. Raises BadParameter."""
    from byline.times import parse_date

    if on and (len(on) != 10 or parse_date(on) is None):
        raise click.BadParameter(f"{on} is not a day; write it as 2014-11-02", param_hint="--on")


def linked(directory: Path, overrides: tuple[str, ...], on: str) -> "tuple[Checked, Archive]":
    """All that is known of an archive, and itself, linked; ends with its problems where it cannot be."""
    from byline.asked import Asked
    from byline.checking import check
    from byline.read.places import pinpoint

    day(on)
    checked = check(Asked(directory, overrides, on))
    if checked.archive is None or not checked.sound:
        sys.exit(report(pinpoint(directory, checked.problems), "text"))
    return checked, checked.archive
