"""A real preview of an archive, in processes of its own, asked over loopback."""

import json
import os
import re
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

SCRIPT = re.compile(rb'\n<script src="/_byline/preview\.js"[^>]*></script>', re.DOTALL)


class Answer(NamedTuple):
    """What a request gave."""

    status: int
    headers: dict[str, str]
    data: bytes

    @property
    def page(self) -> bytes:
        """The bytes without the preview's script."""
        return SCRIPT.sub(b"", self.data, count=1)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


OPENER = urllib.request.build_opener(_NoRedirect)


class Running:
    """A preview that runs: its address with the archive's path, its process, and what it said."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.said: list[str] = []
        assert process.stdout is not None
        while not (found := re.search(r"http://[^/\s]+", line := process.stdout.readline())):
            assert line, self.said
            self.said.append(line)
        self.host = found[0]
        threading.Thread(target=self._listen, daemon=True).start()
        self.base = self.get("", base="/").headers.get("Location", "/")

    def _listen(self) -> None:
        assert self.process.stdout is not None
        self.said += iter(self.process.stdout.readline, "")

    def get(self, path: str, base: str | None = None, **headers: str) -> Answer:
        """Ask for a path below the archive's."""
        url = f"{self.host}{self.base if base is None else base}{quote(path, safe='/?=&%+')}"
        request = urllib.request.Request(url, headers={k.replace("_", "-"): v for k, v in headers.items()})
        try:
            with OPENER.open(request, timeout=30) as answer:
                return Answer(answer.status, dict(answer.headers), answer.read())
        except urllib.error.HTTPError as error:
            return Answer(error.code, dict(error.headers), error.read())

    def own(self, what: str, **values: str) -> Any:
        """What the panel is told."""
        return json.loads(self.get(f"_byline/{what}?{urlencode(values)}", base="/").data)

    def family(self) -> list[int]:
        """All processes of the preview."""
        found, waiting = [], [self.process.pid]
        while waiting:
            one = waiting.pop()
            found.append(one)
            for path in Path(f"/proc/{one}/task").glob("*/children"):
                with suppress(FileNotFoundError, ProcessLookupError):  # it ended in between
                    waiting += [int(child) for child in path.read_text().split()]
        return found


@contextmanager
def preview(root: Path, *options: str, through: Sequence[str] = (), **environment: str) -> Iterator[Running]:
    """Preview an archive until the end of the block; `through` is a command that runs the command line."""
    command = [
        *through,
        sys.executable,
        "-c",
        "from byline.cli import main; main()",
        "-C",
        str(root),
        "preview",
    ]
    process = subprocess.Popen(
        [*command, "--port", "0", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, **environment},
    )
    try:
        yield Running(process)
    finally:
        process.terminate()
        process.wait(30)


def until(condition: Callable[[], object], seconds: float = 30) -> None:
    """Wait until something holds; fails where it never does."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "this never came true"
        time.sleep(0.02)
