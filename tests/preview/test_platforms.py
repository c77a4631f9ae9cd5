"""A preview where the system gives less: few watches, or no fork."""

import subprocess
from pathlib import Path

import pytest

from preview.edits import Editor, begin
from preview.running import preview, until
from preview.session import Session

# In a user namespace of its own a process may have fewer watches than the rest of the system.
FEW_WATCHES = ("unshare", "-Ur", "sh", "-c", 'echo 2 > /proc/sys/user/max_inotify_watches && exec "$@"', "sh")

NO_FORK = """
import os

del os.fork
"""


def test_where_there_are_too_many_folders_to_watch_it_says_so_and_polls(tmp_path: Path) -> None:
    try:
        subprocess.run([*FEW_WATCHES, "true"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no user namespaces here")
    root = begin(tmp_path / "archive")
    with preview(root, through=FEW_WATCHES) as running:
        session = Session(running, root, Editor(root, seed=2))
        for _ in range(4):
            session.step()
        until(lambda: any("looking every second instead" in line for line in running.said))
        assert sum("looking every second instead" in line for line in running.said) == 1


def test_where_there_is_no_fork_edits_are_shown_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(NO_FORK, "utf-8")
    root = begin(tmp_path / "archive")
    with preview(root, PYTHONPATH=str(tmp_path)) as running:
        session = Session(running, root, Editor(root, seed=4))
        for _ in range(8):
            session.step()
            assert len(running.family()) == 2  # nobody else answers meanwhile
