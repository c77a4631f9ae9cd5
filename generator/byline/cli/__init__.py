"""The command line: the only package that prints or exits. One module a family of commands.

Exit status: 0 clean, 1 problems in content, with a site or its host, 2 wrong use.
"""

import errno
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

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


# What a system says that has no more open files, processes or memory for this program.
_SCARCE = (errno.EMFILE, errno.ENFILE, errno.EAGAIN, errno.ENOMEM)


def run() -> None:
    """The program. It does not free the values of a whole archive: that takes as long as linking them."""
    _settle()
    try:
        main()
    except Ended as ended:
        with suppress(OSError):  # nobody listens any more
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(bool(ended.code))
        raise
    except MemoryError:
        _end("there is not enough memory")
    except OSError as error:
        if error.errno in _SCARCE:
            _end(f"this needs more than the system allows: {error.strerror}")
        if error.filename:  # files are dealt with where they are written: this would be a fault of ours
            raise
        _end(f"cannot write to standard output: {error.strerror}")


def _settle() -> None:
    """Begin as a program expects to, whatever it was started by."""
    if hasattr(signal, "SIGCHLD"):  # where this is ignored, nobody learns that a process of theirs has ended
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    if None in (sys.stdin, sys.stdout, sys.stderr):  # no file of ours is taken for one that was closed
        while (nowhere := os.open(os.devnull, os.O_RDWR)) < 3:
            pass
        os.close(nowhere)
        sys.stdout = sys.stdout or os.fdopen(1, "w")
        sys.stderr = sys.stderr or os.fdopen(2, "w")


def _end(sentence: str) -> NoReturn:
    """End at once, with what is wrong."""
    with suppress(OSError):
        os.write(2, f"{sentence}\n".encode())
    os._exit(1)
