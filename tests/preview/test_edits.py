"""A session of random edits: after each, the preview shows what a clean build would write."""

from pathlib import Path

from preview.edits import Editor, begin
from preview.running import preview
from preview.session import Session


def test_a_short_session_of_random_edits(tmp_path: Path) -> None:
    """`make soak` does the same for five hundred edits."""
    root = begin(tmp_path / "archive")
    with preview(root) as running:
        session = Session(running, root, Editor(root, seed=1))
        for _ in range(40):
            session.step()
    assert session.sound > 10
    assert session.unsound > 2
