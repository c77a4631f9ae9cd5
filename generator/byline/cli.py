"""The command line: the only module that prints or exits.

Exit status: 0 clean, 1 problems in content, 2 wrong use.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

import click

from byline import __version__
from byline.problems import FORMATS, Located

# Beside the archive, unless --cache says otherwise; version control leaves it out.
CACHE = ".byline-cache"


def _style(text: str, colour: str) -> str:
    return click.style(text, fg=colour, bold=True)


def _report(located: tuple[Located, ...], form: str, strict: bool = False) -> int:
    """Print problems; the exit status that they mean."""
    errors = sum(item.problem.severity == "error" for item in located)
    warnings = len(located) - errors
    if form != "text":
        click.echo(FORMATS[form](located), nl=False)
    else:
        click.echo(FORMATS["text"](located, _style if sys.stderr.isatty() else None), nl=False, err=True)
        if located:
            counted = [
                f"{n} {word}{'s' * (n != 1)}" for n, word in ((errors, "error"), (warnings, "warning")) if n
            ]
            click.echo(", ".join(counted), err=True)
    return 1 if errors or (strict and warnings) else 0


class _Progress:
    """A line that says how far long work is, at a terminal only."""

    def __init__(self) -> None:
        self.shown = 0.0
        self.wanted = sys.stderr.isatty()

    def __call__(self, stage: str, done: int, total: int) -> None:
        if not self.wanted or (now := time.monotonic()) - self.shown < 0.1:
            return
        self.shown = now
        click.echo(f"\r\033[K{stage} {done:,} of {total:,}", nl=False, err=True)

    def clear(self) -> None:
        if self.shown:
            click.echo("\r\033[K", nl=False, err=True)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "-C",
    "directory",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=Path(),
    metavar="DIR",
    help="The archive's folder, where byline.toml stands (default: here).",
)
@click.version_option(__version__, prog_name="byline")
@click.pass_context
def main(context: click.Context, directory: Path) -> None:
    """Compile an archive of published episodes into a static site: everyone gets their line."""
    context.obj = directory


_SET = click.option(
    "--set", "overrides", multiple=True, metavar="KEY=VALUE", help="Override a setting for this run."
)
_ON = click.option(
    "--on", default="", metavar="DATE", help="The day that decides embargoes (default: today, UTC)."
)
_FORMAT = click.option(
    "--format",
    "form",
    type=click.Choice(list(FORMATS)),
    default="text",
    show_default=True,
    help="How problems are reported.",
)
_STRICT = click.option("--strict", is_flag=True, help="Let warnings count as errors.")


@main.command()
@click.option(
    "--output", type=click.Path(path_type=Path), metavar="DIR", help="Where to write (default: output/)."
)
@click.option(
    "--cache",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Where to keep documents as they were read (default: .byline-cache/).",
)
@_SET
@_ON
@_FORMAT
@_STRICT
@click.pass_obj
def build(
    directory: Path,
    output: Path | None,
    cache: Path | None,
    overrides: tuple[str, ...],
    on: str,
    form: str,
    strict: bool,
) -> None:
    """Build the site. An error leaves the last good site as it was."""
    from byline import build as pipeline

    _day(on)
    started = time.monotonic()
    progress = _Progress()
    built = pipeline.build(directory, output, overrides, on, progress, cache or directory / CACHE)
    progress.clear()
    status = _report(built.located, form, strict)
    for path in built.foreign[:20]:
        click.echo(f"left alone, not ours: {path}", err=True)
    if len(built.foreign) > 20:
        click.echo(f"… and {len(built.foreign) - 20} more files that are not ours", err=True)
    if built.done and form == "text":
        seconds = time.monotonic() - started
        counts = f"{built.outputs:,} files, {built.changed:,} written, {built.removed:,} removed"
        click.echo(f"{counts}, in {seconds:.1f} s")
    sys.exit(status)


@main.command()
@_SET
@_ON
@_FORMAT
@_STRICT
@click.pass_obj
def check(directory: Path, overrides: tuple[str, ...], on: str, form: str, strict: bool) -> None:
    """Report every problem in the archive, and write nothing."""
    from byline import build as pipeline
    from byline.read.places import pinpoint

    _day(on)
    progress = _Progress()
    checked = pipeline.check(directory, overrides, on, progress)
    progress.clear()
    status = _report(pinpoint(directory, checked.problems), form, strict)
    if not checked.problems and form == "text":
        click.echo("No problems.")
    sys.exit(status)


def _day(on: str) -> None:
    from byline.times import parse_date

    if on and (len(on) != 10 or parse_date(on) is None):
        raise click.BadParameter(f"{on} is not a day; write it as 2014-11-02", param_hint="--on")


def _linked(directory: Path, overrides: tuple[str, ...], on: str) -> Any:
    """The archive, linked; ends with its problems where it cannot be."""
    from byline import build as pipeline
    from byline.read.places import pinpoint

    _day(on)
    checked = pipeline.check(directory, overrides, on)
    if checked.archive is None or not checked.sound:
        sys.exit(_report(pinpoint(directory, checked.problems), "text"))
    return checked


@main.command()
@click.argument("episode")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "csv", "json", "markdown", "srt"]),
    default="text",
    show_default=True,
    help="Text and Markdown for a description, a table, or SubRip for an end-credit card.",
)
@_SET
@_ON
@click.pass_obj
def credits(directory: Path, episode: str, form: str, overrides: tuple[str, ...], on: str) -> None:
    """Print the credit roll of EPISODE."""
    from byline import credit_roll, wording
    from byline.text import did_you_mean, nearest_id

    archive = _linked(directory, overrides, on).archive
    found = archive.library.episodes.get(episode)
    if found is None or found.withdrawn:
        near = did_you_mean(nearest_id(episode, archive.library.episodes))
        raise click.BadParameter(f"no episode {episode!r}. {near}".strip(), param_hint="EPISODE")
    say = wording.catalogue(archive.settings.archive.language).gettext
    click.echo(credit_roll.FORMATS[form](archive, episode, say), nl=False)


@main.command()
@click.argument("what", metavar="PAGE-OR-ID")
@_SET
@_ON
@click.pass_obj
def explain(directory: Path, what: str, overrides: tuple[str, ...], on: str) -> None:
    """Say why something is on a page: where its values came from, and what it depends on.

    PAGE-OR-ID is a page's address, an id, or kind:id (record:r-1).
    """
    from byline import explain as explaining

    checked = _linked(directory, overrides, on)
    key = explaining.find(checked.archive, checked.outputs, what)
    if key is None:
        near = explaining.suggest(checked.archive, what)
        hint = f" Did you mean {near}?" if near else ""
        raise click.BadParameter(f"nothing here is called {what!r}.{hint}", param_hint="PAGE-OR-ID")
    for line in explaining.explain(directory, checked.archive, key):
        click.echo(line)


@main.command()
@click.argument("what", required=False, metavar="[KIND]")
def schema(what: str | None) -> None:
    """Print the JSON Schemas of front matter, ledger rows, byline.toml and published JSON.

    Without KIND all of them, by name; with KIND one: season, topic, episode, segment, record, contributor,
    page, the same with -row for a ledger's row, settings, credits.json (beside a credit page) or
    work.json (index.json beside the page of a record, episode or segment).
    """
    from byline.schema import schemas

    known: dict[str, Any] = schemas()
    if what is not None and what not in known:
        raise click.BadParameter(f"no schema {what!r}; there are {', '.join(known)}", param_hint="KIND")
    click.echo(json.dumps(known[what] if what else known, ensure_ascii=False, indent=2))


@main.command()
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
def new(folder: Path) -> None:
    """Make a small archive in DIR that builds at once."""
    from byline.starter import make_archive

    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise click.UsageError(f"{folder} is not an empty folder.")
    for path in make_archive(folder):
        click.echo(f"wrote {path}")
    click.echo(f"\nNow: byline -C {folder} build")
