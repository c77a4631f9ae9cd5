"""The process that keeps an archive in memory: it reads again what changed, and answers questions.

It is one plain loop, without threads. While it works on a new state, a forked copy of it (a deputy) answers
in its place, from the last state; so nobody waits for a link. It looks at the files that it is told of; a
while later another copy (a warden) walks the whole folder, in case nobody told of something. Where the
platform cannot fork, it walks the folder each time, and questions wait.
"""

import gc
import os
import select
import signal
import time
import traceback
from contextlib import suppress
from pathlib import Path

import msgspec

from byline.pages.rules import headers
from byline.preview import letters, panel, state
from byline.preview.letters import Answer, Ask, Changed, News, Options, Working
from byline.problems import Located, Problem, Span, as_text
from byline.read.places import pinpoint
from byline.read.scan import Walked
from byline.recheck import Memory
from byline.times import today

# Pages that were well the last time, for when a template fails.
REMEMBERED = 200
LOG = "preview.log"
# The code of a problem that no editor has made.
FAULT = "program-fault"
REMEDY = "what was shown before stays; save again to try again, and please report it with this file"
FORKS = hasattr(os, "fork")
# Seconds after which the whole folder is walked.
LATER = 2.5
# An embargo ends while nothing is saved, too, and no clock goes on while a machine sleeps.
MINUTE = 60.0
# The collector looks for cycles only so often, and never while somebody waits for a page.
COLLECT_EVERY = 50


class Keeper:
    """An archive in memory, and the ways to the server that asks about it."""

    def __init__(self, options: Options, questions: int, answers: int, walked: Walked | None = None) -> None:
        """`questions` and `answers` are file descriptors; `walked` is a walk that was begun before."""
        self.options, self.questions, self.answers = options, questions, answers
        self.memory = Memory(walked=walked)
        self.state: state.State | None = None
        self.good: dict[str, Answer] = {}
        self.failed: dict[str, Located] = {}
        self.day = ""
        self.walk_at: float | None = None
        self.warden: _Warden | None = None

    def serve(self) -> None:
        """Answer until the server is gone."""
        self.follow(Changed())
        while letter := self.next():
            if isinstance(letter, Ask):
                letters.send(self.answers, self.answer(letter))
            elif isinstance(letter, Changed):
                self.follow(letter)

    def next(self) -> letters.ToKeeper | None:
        """The next letter; a warden's finding is one too, and so is another day. None at the end."""
        while True:
            warden = [self.warden.end] if self.warden else []
            wait = max(0.0, self.walk_at - time.monotonic()) if self.walk_at else MINUTE
            ready, _, _ = select.select([self.questions, *warden], [], [], wait)
            if self.day != today(self.options.on):
                return Changed()
            if self.questions in ready:
                return letters.receive(self.questions)
            if self.warden and ready:
                well, self.warden = self.warden.result(), None
                if not well:
                    return Changed()
            elif self.walk_at:
                self.walk_at, self.warden = None, _Warden(self)

    def follow(self, change: Changed) -> None:
        """Make new states until one shows all that has changed."""
        if self.warden is not None:
            self.warden.dismiss()
            self.warden = None
        # At the start somebody may have written something between reading and watching.
        unsure = FORKS and (change.paths or self.state is None)
        self.day = today(self.options.on)
        more: Changed | None = change if FORKS else Changed()
        while more is not None:
            more = self.renew(more)
        self.walk_at = time.monotonic() + LATER if unsure else None

    def renew(self, change: Changed) -> Changed | None:
        """Make a new state; what has changed meanwhile."""
        letters.send(self.answers, Working())
        deputy = _Deputy(self) if self.state is not None and FORKS else None
        again, before = list[Changed](), self.state
        try:
            self.state = state.renew(self.options, self.memory, self.state, change.paths)
            self.failed.clear()
            if self.state.number % COLLECT_EVERY == 0:
                gc.collect()
        except (FileNotFoundError, NotADirectoryError):
            # A file went while it was looked for: that is another change.
            again.append(Changed())
        except Exception as error:  # the last state stays, and the editor goes on
            self.memory = Memory()
            self.state = state.faulty(self.state, self.fault(error))
        if deputy is not None:
            again += deputy.dismiss()
        if self.state is not None:
            letters.send(self.answers, self.news(self.state, before))
        return letters.merged(*again) if again else None

    def news(self, now: state.State, before: state.State | None) -> News:
        """What the server should know of a state that follows another."""
        errors = sum(one.problem.severity == "error" for one in now.located)
        return News(
            state=now.number,
            sound=now.sound,
            shown=now.shown is not None,
            text=as_text(now.located),
            errors=errors,
            warnings=len(now.located) - errors,
            base_path=now.shown.rules.base if now.shown else "/",
            documents=len(now.shown.checked.contents.documents) if now.shown else 0,
            seconds=now.seconds,
            folders=now.folders,
            statics=tuple(sorted({path for path, _ in now.statics ^ before.statics})) if before else (),
        )

    def fault(self, error: Exception) -> Located:
        """A fault of the program itself as a problem; the whole of it goes to a file of the cache."""
        log = Path(self.options.cache) / LOG
        with suppress(OSError):
            log.parent.mkdir(parents=True, exist_ok=True)
            log.write_text("".join(traceback.format_exception(error)), "utf-8")
        path = log.relative_to(self.options.root) if log.is_relative_to(self.options.root) else log
        message = f"Byline itself has failed ({type(error).__name__}: {error})"
        (located,) = pinpoint(
            Path(self.options.root), [Problem(FAULT, message, Span(path.as_posix()), REMEDY)]
        )
        return located

    def answer(self, ask: Ask) -> Answer:
        """The answer to a question; what goes wrong in a page is for its editor to see, never the end."""
        try:
            answer = self._answer(ask)
        except Exception as error:  # costs one answer, not the preview
            self.failed[ask.path] = self.fault(error)
            answer = Answer(0, 500, state=self.state.number if self.state else 0)
        return msgspec.structs.replace(answer, number=ask.number)

    def _answer(self, ask: Ask) -> Answer:
        now = self.state
        if now is None:
            return Answer(0, 503)
        if ask.what in ("page", "digest"):
            answer = self._page(now, ask.path)
            return msgspec.structs.replace(answer, data=b"") if ask.what == "digest" else answer
        located = (*self.failed.values(), *now.located)
        data = panel.ANSWERS[ask.what](self.options, now, located, ask)
        return Answer(0, data=data, state=now.number)

    def _page(self, now: state.State, path: str) -> Answer:
        if now.shown is None:
            return Answer(0, 503, state=now.number)
        status, name = state.find(now.shown, path)
        known = self.good.get(name)
        if known is not None and (known.status, known.state) == (status, now.shown.number):
            answer, problem = known, None  # a window asked for its digest
        else:
            answer, problem = state.page(now.shown, path)
        if problem is not None:
            answer = self._failed(answer, problem)
        else:
            self.failed.pop(answer.path, None)
            if answer.digest:
                self.good.pop(answer.path, None)
                self.good[answer.path] = answer
                if len(self.good) > REMEMBERED:
                    self.good.pop(next(iter(self.good)))
        sent = headers(now.shown.rules, answer.path) if answer.path else {}
        return msgspec.structs.replace(answer, headers=sent, stale=answer.stale or not now.sound)

    def _failed(self, answer: Answer, problem: Problem) -> Answer:
        """The last good page in place of one whose template fails, or nothing but the problem."""
        (self.failed[answer.path],) = pinpoint(Path(self.options.root), (problem,))
        good = self.good.get(answer.path)
        if good is None:
            return answer
        return msgspec.structs.replace(good, state=answer.state, stale=True)


class _Deputy:
    """A copy of a keeper that answers in its place, as it was, until it is dismissed."""

    def __init__(self, keeper: Keeper) -> None:
        """Fork it."""
        end, self.leash = os.pipe()
        self.heard, told = os.pipe()
        self.process = os.fork()
        if self.process == 0:
            os.close(self.leash)
            try:
                self._answer(keeper, end, told)
            finally:
                os._exit(0)
        os.close(end)
        os.close(told)

    def _answer(self, keeper: Keeper, end: int, told: int) -> None:
        changed = list[Changed]()
        while True:
            ready, _, _ = select.select([keeper.questions, end], [], [])
            if end in ready:
                break
            letter = letters.receive(keeper.questions)
            if isinstance(letter, Ask):
                letters.send(keeper.answers, keeper.answer(letter))
            elif isinstance(letter, Changed):
                changed.append(letter)
            else:
                os._exit(0)
        if changed:
            letters.send(told, letters.merged(*changed))

    def dismiss(self) -> list[Changed]:
        """Let it finish its sentence; the changes that it was told of."""
        os.close(self.leash)
        letter = letters.receive(self.heard)
        os.close(self.heard)
        os.waitpid(self.process, 0)
        return [letter] if isinstance(letter, Changed) else []


class _Warden:
    """A copy of a keeper that walks the archive's folder, and ends well if it is as the keeper knows it."""

    def __init__(self, keeper: Keeper) -> None:
        """Fork it."""
        self.end, theirs = os.pipe()
        self.process = os.fork()
        if self.process == 0:
            well = False
            try:
                os.nice(10)
                assert keeper.state is not None
                well = state.settled(keeper.options, keeper.memory, keeper.state)
            finally:
                os._exit(0 if well else 1)
        os.close(theirs)

    def result(self) -> bool:
        """Whether all was well; waits for its end."""
        os.close(self.end)
        _, status = os.waitpid(self.process, 0)
        return os.waitstatus_to_exitcode(status) == 0

    def dismiss(self) -> None:
        """End it: what it finds is of no use any more."""
        os.kill(self.process, signal.SIGKILL)
        self.result()
