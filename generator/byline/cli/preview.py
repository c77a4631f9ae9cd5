"""The command that shows an archive while it is written."""

import sys
from contextlib import suppress
from pathlib import Path

import click

from byline.cli.common import CACHE, CACHE_FOLDER, ON, SET, counted, day


@click.command()
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="Where to listen; others can see it then."
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    metavar="N",
    default=8000,
    show_default=True,
    help="The port; if it is taken, the next free one.",
)
@click.option("--open", "opens", is_flag=True, help="Open the browser.")
@click.option("--drafts", is_flag=True, help="Show drafts and documents under embargo too, marked.")
@CACHE
@SET
@ON
@click.pass_obj
def preview(
    directory: Path,
    host: str,
    port: int,
    opens: bool,
    drafts: bool,
    cache: Path | None,
    overrides: tuple[str, ...],
    on: str,
) -> None:
    """Show the archive in the browser, and every change at once. Nothing is written."""
    with suppress(KeyboardInterrupt):  # so it ends, be it that it has hardly begun
        import asyncio

        from byline.below import is_text
        from byline.preview.letters import News, Options
        from byline.preview.line import Line, Told

        day(on)

        class Terminal(Told):
            """Says what happens, and problems whenever they are others."""

            text = ""

            def tell(self, text: str) -> None:
                click.echo(text)

            def renewed(self, news: News, reloaded: int) -> None:
                if news.text != self.text:
                    click.echo(news.text or "No problems any more.\n", nl=False, err=True)
                self.text = news.text
                both = f"{counted(news.errors, 'error')}, {counted(news.warnings, 'warning')}"
                counts = both if news.text else "no problems"
                windows = f", {reloaded} reloaded" if reloaded else ""
                documents = counted(news.documents, "document")
                click.echo(f"{documents}, {counts}, in {news.seconds:.2f} s{windows}")

            def launch(self, what: str) -> None:
                click.launch(what)

        kept = (cache or directory / CACHE_FOLDER).resolve()
        if not is_text(f"{directory.resolve()} {kept}"):
            raise click.UsageError(
                "The path of the archive, or of its cache, is no text: give folders plain names."
            )
        options = Options(str(directory.resolve()), str(kept), overrides, on, drafts)

        async def run() -> None:
            line = Line(options)
            await line.open()  # the archive is read while the server's libraries are loaded
            from byline.preview.server import Preview

            await Preview(options, Terminal(), line).run(host, port, opens)

        try:
            asyncio.run(run())
        except OSError as error:
            click.echo(f"cannot listen at {host}:{port}: {error.strerror or error}", err=True)
            sys.exit(2)
