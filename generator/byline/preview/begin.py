"""Where the process of a keeper begins: a copy of it walks the archive while modules are loaded."""

import gc
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from byline import settings
from byline.executors import aside
from byline.preview import letters
from byline.preview.letters import Options
from byline.read.scan import Scan, read_text, scan


def _walk(options: Options) -> Callable[[], Scan] | None:
    """Begin to walk; what is given back waits for the scan. None where nothing says which folder it is."""
    root = Path(options.root)
    text, problem = read_text(root, settings.FILE)
    configured = None if problem else settings.read_settings(text, options.overrides)[0]
    if configured is None:
        return None
    content = configured.build.content
    return aside(lambda: scan(root, content), Scan)


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
