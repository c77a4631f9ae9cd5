"""The process that keeps an archive in memory: it reads again what changed, and answers questions.

It is one plain loop, without threads. While it works on a new state, a forked copy of it answers in its
place, from the last state; so nobody waits for a link. Where the platform cannot fork, they wait.
"""

import gc
import os
import select
import signal
import sys
import traceback
from pathlib import Path

import msgspec

from byline.pages.rules import headers
from byline.preview import letters, panel, state
from byline.preview.letters import Answer, Ask, Changed, News, Options, Working
from byline.problems import Located, Problem, as_text
from byline.read.places import pinpoint
from byline.recheck import Memory

# Pages that were well the last time, for when a template fails.
REMEMBERED = 200
# The collector looks for cycles only so often, and never while somebody waits for a page.
COLLECT_EVERY = 50


class Keeper:
    """An archive in memory, and the ways to the server that asks about it."""

    def __init__(self, options: Options, questions: int, answers: int) -> None:
        """`questions` and `answers` are file descriptors."""
        self.options, self.questions, self.answers = options, questions, answers
        self.memory = Memory()
        self.state: state.State | None = None
        self.good: dict[str, Answer] = {}
        self.failed: dict[str, Located] = {}

    def serve(self) -> None:
        """Answer until the server is gone."""
        self.renew()
        while letter := letters.receive(self.questions):
            if isinstance(letter, Ask):
                letters.send(self.answers, self.answer(letter))
            elif isinstance(letter, Changed):
                while self.renew():
                    pass

    def renew(self) -> bool:
        """Make a new state; whether the archive has changed again meanwhile."""
        letters.send(self.answers, Working())
        deputy = _Deputy(self) if self.state is not None and hasattr(os, "fork") else None
        again, before = False, self.state
        try:
            self.state = state.renew(self.options, self.memory, self.state)
            self.failed.clear()
            if self.state.number % COLLECT_EVERY == 0:
                gc.collect()
        except OSError:
            # A file went while it was looked for: that is another change.
            again = True
        except Exception:  # a fault of ours: the last state stays, and the editor goes on
            traceback.print_exc()
        if deputy is not None:
            again = deputy.dismiss() or again
        if self.state is not None:
            letters.send(self.answers, self.news(self.state, before))
        return again

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
            outputs=len(now.shown.outputs) if now.shown else 0,
            seconds=now.seconds,
            folders=now.folders,
            statics=tuple(sorted({path for path, _ in now.statics ^ before.statics})) if before else (),
        )

    def answer(self, ask: Ask) -> Answer:
        """The answer to a question; what goes wrong in a page is for its editor to see, never the end."""
        try:
            answer = self._answer(ask)
        except Exception:  # a fault of ours costs one answer, not the preview
            traceback.print_exc()
            answer = Answer(0, 500)
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
        answer, problem = state.page(now.shown, path)
        if problem is not None:
            return self._failed(answer, problem)
        self.failed.pop(answer.path, None)
        if answer.digest:
            self.good.pop(answer.path, None)
            self.good[answer.path] = answer
            if len(self.good) > REMEMBERED:
                self.good.pop(next(iter(self.good)))
        sent = headers(now.shown.rules, answer.path) if answer.path else {}
        return msgspec.structs.replace(answer, headers=sent, stale=not now.sound)

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
        self.process = os.fork()
        if self.process == 0:
            os.close(self.leash)
            try:
                self._answer(keeper, end)
            finally:
                os._exit(0)
        os.close(end)

    def _answer(self, keeper: Keeper, end: int) -> None:
        changed = False
        while True:
            ready, _, _ = select.select([keeper.questions, end], [], [])
            if end in ready:
                os._exit(1 if changed else 0)
            letter = letters.receive(keeper.questions)
            if isinstance(letter, Ask):
                letters.send(keeper.answers, keeper.answer(letter))
            elif isinstance(letter, Changed):
                changed = True
            else:
                os._exit(0)

    def dismiss(self) -> bool:
        """Let it finish its sentence; whether it was told of changes."""
        os.close(self.leash)
        _, status = os.waitpid(self.process, 0)
        return os.waitstatus_to_exitcode(status) == 1


def main() -> None:
    """Keep the archive that the first letter names; letters come and go by the standard streams."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the server ends it
    # Whatever else is printed here goes to the terminal.
    questions, answers = os.dup(0), os.dup(1)
    os.dup2(2, 1)
    gc.disable()
    options = letters.receive(questions)
    if isinstance(options, Options):
        try:
            Keeper(options, questions, answers).serve()
        except BrokenPipeError:
            sys.exit(0)


if __name__ == "__main__":
    main()
