"""One session: edit, then compare what the preview shows with what a clean build makes."""

import random
import time
from pathlib import Path

from preview.clean import Clean
from preview.edits import Editor
from preview.running import Running, until

URLS = 20


class Session:
    """A preview that runs, an editor, and what was last well."""

    def __init__(self, running: Running, root: Path, editor: Editor) -> None:
        self.running, self.root, self.editor = running, root, editor
        self.random = random.Random(0)
        self.clean = self.good = Clean(root)
        self.sound = self.unsound = 0
        self.done: list[str] = []

    def step(self) -> None:
        """One edit and what must then be true, as soon as the preview has seen it."""
        before = self.good
        self.done.append(self.editor.edit())
        # What is looked at may be the same before and after: then nothing says that the edit was seen.
        time.sleep(0.3)
        self.clean = Clean(self.root)
        if self.clean.sound:
            self.good = self.clean
            self.sound += 1
        else:
            self.unsound += 1
        known = sorted({*before.outputs, *self.good.outputs} - {"404.html"})
        gone = sorted(before.outputs.keys() - self.good.outputs.keys())
        paths = [*self.random.sample(known, min(URLS, len(known))), *gone[:5]]
        wanted = self.good.files(paths)
        faults: list[str] = []

        def settled() -> bool:
            faults[:] = [fault for path in paths if (fault := self.fault(path, wanted[path]))]
            told = self.running.own("panel", path="")
            if told["sound"] != self.clean.sound:
                faults.append(f"sound is {told['sound']}: {told['problems']}")
            return not faults

        try:
            until(settled)
        except AssertionError:
            raise AssertionError(f"after {self.done[-5:]}: {faults}") from None

    def fault(self, path: str, wanted: bytes | None) -> str:
        """What is wrong with a file as it is served; nothing should be where there is none."""
        answer = self.running.get(path, base=self.good.checked.settings.base_path)
        if answer.status != (404 if wanted is None else 200):
            return f"{path}: {answer.status}"
        if wanted is None or answer.page == wanted:
            return ""
        at = next(
            (at for at, two in enumerate(zip(answer.page, wanted, strict=False)) if two[0] != two[1]), 0
        )
        return f"{path}: {answer.page[at : at + 80]!r} for {wanted[at : at + 80]!r}"
