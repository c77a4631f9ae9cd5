"""Where the process of a keeper begins: a copy of it walks the archive while modules are loaded."""

import gc
import os
import signal
import sys
from pathlib import Path

from byline import settings
from byline.aside import aside
from byline.packs import clock
from byline.preview import letters
from byline.preview.letters import Options
from byline.read.files import read_text
from byline.read.scan import Scan, Walked, scan


def _walk(options: Options) -> Walked | None:
    """Begin to walk; None where nothing says which folder it is."""
    root = Path(options.root)
    text, problem = read_text(root, settings.FILE)
    configured = None if problem else settings.read_settings(text, options.overrides)[0]
    if configured is None:
        return None
    content, started = configured.build.content, clock(Path(options.cache))
    return Walked(started, content, aside(lambda: scan(root, content), Scan))


def main() -> None:
    """Keep the archive that the first letter names; letters come and go by the standard streams."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the server ends it
    # Whatever else is printed here goes to the terminal.
    questions, answers = os.dup(0), os.dup(1)
    os.dup2(2, 1)
    gc.disable()
    options = letters.receive(questions)
    if not isinstance(options, Options):
        return
    walked = _walk(options)
    from byline.preview.keeper import Keeper  # takes as long as walking half of 100,000 files

    try:
        Keeper(options, questions, answers, walked).serve()
    except BrokenPipeError:
        sys.exit(0)


if __name__ == "__main__":
    main()
