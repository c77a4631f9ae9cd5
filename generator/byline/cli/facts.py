"""Commands that answer questions about an archive: credits, explain, schema."""

import json
from pathlib import Path

import click

from byline.cli.common import CACHE, CACHE_FOLDER, ON, OUTPUT, SET, linked


@click.command()
@click.argument("episode")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "csv", "json", "markdown", "srt"]),
    default="text",
    show_default=True,
    help="Text and Markdown for a description, a table, or SubRip for an end-credit card.",
)
@SET
@ON
@click.pass_obj
def credits(directory: Path, episode: str, form: str, overrides: tuple[str, ...], on: str) -> None:
    """Print the credit roll of EPISODE."""
    from byline import credit_roll, wording
    from byline.text import did_you_mean, nearest_id

    _, archive = linked(directory, overrides, on)
    found = archive.library.episodes.get(episode)
    if found is None or found.withdrawn:
        near = did_you_mean(nearest_id(episode, archive.library.episodes))
        raise click.BadParameter(f"no episode {episode!r}. {near}".strip(), param_hint="EPISODE")
    words = wording.catalogue(archive.settings.archive.language)
    click.echo(credit_roll.FORMATS[form](archive, episode, words), nl=False)


@click.command()
@click.argument("what", required=False, metavar="[PAGE-OR-ID]")
@click.option(
    "--changed", is_flag=True, help="Say instead which pages the next build would write, and what changes."
)
@OUTPUT
@CACHE
@SET
@ON
@click.pass_obj
def explain(
    directory: Path,
    what: str | None,
    changed: bool,
    output: Path | None,
    cache: Path | None,
    overrides: tuple[str, ...],
    on: str,
) -> None:
    """Say why something is on a page: where its values came from, and what it depends on.

    PAGE-OR-ID is a page's address, an id, or kind:id (record:r-1).
    """
    from byline import explain as explaining

    if changed == (what is not None):
        raise click.UsageError("Name a page or an id, or say --changed.")
    checked, archive = linked(directory, overrides, on)
    if what is None:
        from byline.assembly import Job, differences

        target = output or directory / checked.settings.build.output
        kept = cache or directory / CACHE_FOLDER
        job = Job(directory, target, on, kept)
        for page, what_changes in differences(job, checked):
            click.echo(f"/{page.path.removesuffix('index.html')}: {what_changes}")
        return
    outputs = checked.outputs
    key = explaining.find(archive, outputs, what)
    many = explaining.explain(directory, archive, key) if key else explaining.of_many(archive, outputs, what)
    lines = list(many)
    if not lines:
        near = explaining.suggest(archive, what)
        hint = f" Did you mean {near}?" if near else ""
        raise click.BadParameter(f"nothing here is called {what!r}.{hint}", param_hint="PAGE-OR-ID")
    for line in lines:
        click.echo(line)


@click.command()
@click.argument("what", required=False, metavar="[KIND]")
def schema(what: str | None) -> None:
    """Print the JSON Schemas of front matter, ledger rows, byline.toml and published JSON.

    Without KIND all of them, by name; with KIND one: season, topic, episode, segment, record, contributor,
    page, the same with -row for a ledger's row, settings, credits.json (beside a credit page) or
    work.json (index.json beside the page of a record, episode or segment).
    """
    from byline.schema import schemas

    known = schemas()
    if what is not None and what not in known:
        raise click.BadParameter(f"no schema {what!r}; there are {', '.join(known)}", param_hint="KIND")
    click.echo(json.dumps(known[what] if what else known, ensure_ascii=False, indent=2))
