"""The server's line to the keeper: questions go there, answers and news come back.

A keeper that was lost is replaced by another.
"""

import asyncio
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from itertools import count

from byline.preview import letters
from byline.preview.letters import Answer, Ask, Changed, News, Options, Question, Working

# A keeper that ends so often before it has read the archive will not get there.
LIVES = 3


class Told:
    """What is said at the terminal; the command line prints it."""

    def tell(self, text: str) -> None:
        """A sentence."""

    def renewed(self, news: News, reloaded: int) -> None:
        """A new state, and how many windows load their page again."""

    def launch(self, what: str) -> None:
        """Open an address in the browser, or a file in the program that the person writes with."""


class Line:
    """Questions to a keeper, and who waits for the answers."""

    def __init__(self, options: Options) -> None:
        """A line that nobody is at the end of yet."""
        self._options = options
        self._hear: Callable[[News | Working | None], None] = lambda _: None
        self._waiting: dict[int, asyncio.Future[Answer]] = {}
        self._numbers = count(1)
        self._process: asyncio.subprocess.Process | None = None
        self._task: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Start the keeper."""
        # -P: nothing in the folder of an archive is ever imported.
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-P",
            "-m",
            "byline.preview.begin",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            process_group=0,  # Ctrl-C is for the server, which ends it, also before it can say so itself
        )
        self._send(self._options)

    def listen(self, hear: Callable[[News | Working | None], None]) -> None:
        """Hand out what comes: `hear` is told of news; None where there will never be any more."""
        self._hear = hear
        self._task = asyncio.create_task(self._listen())

    async def ask(self, what: Question, path: str = "", about: str = "") -> Answer:
        """The keeper's answer; one with status 503 where it is gone."""
        number = next(self._numbers)
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting[number] = future
        self._send(Ask(number, what, path, about))
        return await future

    def changed(self, paths: Iterable[str]) -> None:
        """Tell the keeper that these paths of the archive have changed; none: it may be anything."""
        self._send(Changed(tuple(paths)))

    async def close(self) -> None:
        """End the keeper, and wait until it has ended."""
        if self._task is not None:
            self._task.cancel()
        if self._process is not None:
            with suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()
        self._give_up()

    def _send(self, letter: letters.ToKeeper) -> None:
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.write(letters.pack(letter))

    async def _listen(self) -> None:
        """Hand out what comes; start another keeper where one ended, and it had come to something."""
        lives = LIVES
        while lives:
            assert self._process is not None
            stream = self._process.stdout
            assert stream is not None
            with suppress(asyncio.IncompleteReadError):
                while True:
                    size = letters.length(await stream.readexactly(letters.HEAD))
                    letter = letters.to_server.decode(await stream.readexactly(size))
                    if isinstance(letter, Answer):
                        if (future := self._waiting.pop(letter.number, None)) and not future.done():
                            future.set_result(letter)
                    else:
                        lives = LIVES if isinstance(letter, News) else lives
                        self._hear(letter)
            await self._process.wait()
            lives -= 1
            if lives:
                await self.open()
            self._give_up()  # also who has asked while there was nobody
        self._hear(None)

    def _give_up(self) -> None:
        for number, future in self._waiting.items():
            if not future.done():
                future.set_result(Answer(number, 503))
        self._waiting.clear()
