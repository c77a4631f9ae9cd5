"""Noticing that something has changed in an archive's folder: watchfiles, in threads of their own."""

import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from watchfiles import Change, watch

from byline.static import FOLDER

# In milliseconds: how long nothing must happen before a change is told, and how long a burst may last. An
# editor that saves in several steps needs less; half a file would do no harm either.
STEP = 20
BURST = 300
POLL = 1000
# More paths than this are not told one by one.
MANY = 100


class Watcher:
    """Watches the files of a folder, and all that is below some of its folders, until it is stopped."""

    def __init__(self, root: Path, changed: Callable[[list[str]], None], say: Callable[[str], None]) -> None:
        """`changed` and `say` are called from other threads: with paths, none where it may be anything; with
        a sentence where all there is left is to poll.
        """
        self._root, self._changed, self._say = root, changed, say
        self._folders: frozenset[str] = frozenset()
        self._followed: dict[Path, int] = {}
        self._stop, self._ended = threading.Event(), False
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()
        self._polling = False

    def start(self, folders: Iterable[str]) -> None:
        """Begin; folders that do not exist are watched from when they do."""
        self.follow(folders)

    def follow(self, folders: Iterable[str], replaced: Iterable[Path] = ()) -> bool:
        """Watch these folders from now on, as they are now; whether one is another than it was.

        Those in `replaced` are: a new folder may have the number of the one that went.
        """
        with self._lock:
            self._folders = frozenset(folders)
            paths = (self._root, *(self._root / name for name in sorted(self._folders)))
            found = {path: number for path in paths if (number := _number(path))}
            if self._root not in found:
                found = {}  # it may come back, with its number
            same = found == self._followed and found.keys().isdisjoint(replaced)
            self._followed = found
            if self._ended or same or not found:
                return False
            self._stop.set()
            self._stop = threading.Event()
            self._run([self._root], self._stop, False)
            if inside := [path for path in found if path != self._root]:
                self._run(inside, self._stop, True)
            return True

    def stop(self) -> None:
        """End all threads."""
        with self._lock:
            self._ended = True
            self._stop.set()
        for thread in self._threads:
            thread.join()

    def _run(self, paths: list[Path], stop: threading.Event, deep: bool) -> None:
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        self._threads.append(threading.Thread(target=self._watch, args=(paths, stop, deep), daemon=True))
        self._threads[-1].start()

    def _watch(self, paths: list[Path], stop: threading.Event, deep: bool) -> None:
        while not stop.is_set():
            try:
                for changes in watch(
                    *paths,
                    watch_filter=self._matters,
                    debounce=BURST,
                    step=STEP,
                    stop_event=stop,
                    recursive=deep,
                    force_polling=self._polling or None,
                    poll_delay_ms=POLL,
                    raise_interrupt=False,
                    rust_timeout=POLL,
                    yield_on_timeout=not deep,  # a folder that was replaced by another tells nothing
                ):
                    others = [Path(path) for change, path in changes if change != Change.modified]
                    if not deep and self.follow(self._folders, others):
                        self._changed([])
                    elif changes:
                        told = sorted({Path(path).relative_to(self._root).as_posix() for _, path in changes})
                        self._changed(told if len(told) <= MANY else [])
            except FileNotFoundError:
                if deep:
                    return  # a folder went; whoever noticed follows the others
                stop.wait(POLL / 1000)
            except RuntimeError:  # of a file whose name is no text nothing can be told
                stop.wait(POLL / 1000)
                self._changed([])
            except OSError as error:
                if not self._polling:
                    self._polling = True
                    self._say(
                        f"Too many folders to watch them ({error}): looking every second instead. "
                        "On Linux, sysctl fs.inotify.max_user_watches is the limit."
                    )
                stop.wait(POLL / 1000)

    def _matters(self, _change: Change, path: str) -> bool:
        """Hidden files, and copies that editors leave, are no content; of static/ all is published."""
        parts = Path(path).relative_to(self._root).parts
        hidden = path.endswith("~") or any(part.startswith(".") for part in parts)
        return not hidden or parts[:1] == (FOLDER,)


def _number(folder: Path) -> int:
    """What tells a folder from one that takes its place; 0 where there is none."""
    with suppress(OSError):
        if folder.is_dir():
            return folder.stat().st_ino
    return 0
