"""The command line: the only package that prints or exits. One module a family of commands.

Exit status: 0 clean, 1 problems in content, 2 wrong use.
"""

import os
import sys
from contextlib import suppress
from pathlib import Path

import click

from byline import __version__
from byline.cli import cache, facts, hosting, preview, site
from byline.cli.common import Ended


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


for _command in (
    site.new,
    site.build,
    site.check,
    facts.credits,
    facts.explain,
    facts.schema,
    cache.kept,
    hosting.plan,
    hosting.publish,
    preview.preview,
    hosting.verify,
):
    main.add_command(_command)


def run() -> None:
    """The program. It does not free the values of a whole archive: that takes as long as linking them."""
    try:
        main()
    except Ended as ended:
        with suppress(OSError):  # nobody listens any more
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(bool(ended.code))
        raise
    except OSError as error:
        if error.filename:  # files are dealt with where they are written: this would be a fault of ours
            raise
        with suppress(OSError):
            click.echo(f"cannot write to standard output: {error.strerror}", err=True)
        os._exit(1)
