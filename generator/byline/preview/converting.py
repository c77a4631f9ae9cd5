"""Renditions for a preview: made when they are asked for, by a process that ends with the server."""

import asyncio
import os
import signal
from contextlib import suppress
from pathlib import Path

from byline.settings import Limits
from byline.values import Medium


async def converted(root: Path, cache: Path, medium: Medium, operation: str, limits: Limits) -> str:
    """Make a rendition if there is none yet, in a process that ends with this one; why that failed.

    Raises OSError where that process was ended.
    """
    asked = await asyncio.to_thread(_asked, root, cache, medium, operation, limits)
    if asked is None:
        return ""
    pipe = asyncio.subprocess.PIPE
    # Ctrl-C is for the server, as it is with the keeper.
    process = await asyncio.create_subprocess_exec(*asked[0], stdin=pipe, stdout=pipe, process_group=0)
    try:
        said, _ = await process.communicate(asked[1])
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)  # with the worker that it has
            await process.communicate()
    from byline.renditions import apart_answer

    (fault,) = apart_answer(medium.file, process.returncode or 0, said)
    return fault.message if fault else ""


def _asked(
    root: Path, cache: Path, medium: Medium, operation: str, limits: Limits
) -> tuple[list[str], bytes] | None:
    """The command that makes a rendition, and what it reads; None where there is one.

    The modules for it are not needed for a first page, and the keeper loads them meanwhile.
    """
    from byline import media, renditions, shelf

    if shelf.holds(cache, medium.digest, media.key(medium, operation)):
        return None
    return renditions.apart(root, cache, [(medium, (operation,))], limits)


def rendition(root: Path, cache: Path, medium: Medium, operation: str, limits: Limits) -> bytes:
    """What `make` gives."""
    from byline import make

    return make.rendition(root, cache, medium, operation, limits)
