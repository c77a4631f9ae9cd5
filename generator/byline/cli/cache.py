"""Commands about the cache: what it holds, and making it smaller."""

import re
import sys
from pathlib import Path

import click

from byline.cli.common import CACHE, CACHE_FOLDER, counted, report

_UNITS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12}


def _size(context: click.Context, param: click.Parameter, value: str | None) -> int | None:
    """A number of bytes, written as 500000, 500 kB, 20 MB or 1.5 GB."""
    if value is None:
        return None
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([kmgt]?)b?", value.strip().lower())
    if not found:
        raise click.BadParameter(f"{value} is no size; write for example 500MB")
    return int(float(found[1]) * _UNITS[found[2]])


@click.group("cache", invoke_without_command=True)
@CACHE
@click.pass_context
def kept(context: click.Context, cache: Path | None) -> None:
    """Show what the cache holds: documents as they were read, media as they were measured and converted."""
    directory: Path = context.obj
    context.obj = (directory, cache or directory / CACHE_FOLDER)
    if context.invoked_subcommand is None:
        _show(context.obj[1])


def _show(folder: Path) -> None:
    from byline import shelf

    parts: dict[str, list[int]] = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.parent != folder:
            parts.setdefault(path.relative_to(folder).parts[0], []).append(path.stat().st_size)
        elif path.is_file() and path.suffix in {".msgpack", ".rows"}:
            parts.setdefault(path.name.partition(".")[0], []).append(path.stat().st_size)
    if not parts:
        click.echo("The cache is empty.")
    for name, sizes in sorted(parts.items()):
        made_from = len(list((folder / name).glob("*/*"))) if name == shelf.FOLDER else 0
        sources = f" of {counted(made_from, 'source')}" if made_from else ""
        click.echo(f"{name:<12}{sum(sizes) / 1e6:>10,.1f} MB  {counted(len(sizes), 'file')}{sources}")


@kept.command()
@click.option(
    "--max-size",
    callback=_size,
    metavar="SIZE",
    help="What converted media may take, as 500MB (default: [media] cache_size).",
)
@click.pass_obj
def prune(where: tuple[Path, Path], max_size: int | None) -> None:
    """Remove converted media that were not of use for longest, until the rest is small enough."""
    from byline import settings, shelf
    from byline.read.files import read_text
    from byline.read.places import pinpoint

    directory, folder = where
    if max_size is None:
        text, problem = read_text(directory, settings.FILE)
        configured, problems = settings.read_settings(text)
        if problem or configured is None or any(one.severity == "error" for one in problems):
            report(pinpoint(directory, (problem,) if problem else problems), "text")
            sys.exit(1)
        max_size = configured.media.cache_size
    removed, freed = shelf.prune(folder, max_size)
    click.echo(f"{counted(removed, 'file')} removed, {freed / 1e6:,.1f} MB")
