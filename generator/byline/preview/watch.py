"""Noticing that something has changed in an archive's folder: watchfiles, in threads of their own."""

import threading
from collections.abc import Callable, Iterable
from pathlib import Path

from watchfiles import Change, watch

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
        self._followed: list[tuple[Path, int]] = []
        self._stop, self._inner = threading.Event(), threading.Event()
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()
        self._polling = False

    def start(self, folders: Iterable[str]) -> None:
        """Begin; folders that do not exist are watched from when they do."""
        self.follow(folders)
        self._run([self._root], self._stop, False)

    def follow(self, folders: Iterable[str]) -> None:
        """Watch these folders from now on, as they are now: one may be another than it was."""
        with self._lock:
            self._folders = frozenset(folders)
            found = [self._root / name for name in sorted(self._folders) if (self._root / name).is_dir()]
            followed = [(folder, folder.stat().st_ino) for folder in found]
            if followed == self._followed:
                return
            self._followed = followed
            self._inner.set()
            self._inner = threading.Event()
            if found:
                self._run(found, self._inner, True)

    def stop(self) -> None:
        """End all threads."""
        self._stop.set()
        self._inner.set()
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
                ):
                    if not deep:
                        self.follow(self._folders)
                    told = sorted({Path(path).relative_to(self._root).as_posix() for _, path in changes})
                    self._changed(told if len(told) <= MANY else [])
            except FileNotFoundError:
                return  # a folder went; whoever noticed follows the others
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
        """Hidden files, and copies that editors leave, are no content."""
        parts = Path(path).relative_to(self._root).parts
        return not path.endswith("~") and not any(part.startswith(".") for part in parts)
