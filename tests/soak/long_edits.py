"""Hundreds of edits: the incremental build is the clean one after each.

SEED chooses others, STEPS how many, ARCHIVE another archive to edit a copy of.
"""

import os
import shutil
from pathlib import Path

import pytest

from conftest import ROOT
from editing import Archive, unhurried
from properties.test_incremental import differences
from sides import Sides, busy
from upkeep import Upkeep

SEED = int(os.environ.get("SEED", "1"))
STEPS = int(os.environ.get("STEPS", "50"))
EDITED = Path(os.environ.get("ARCHIVE", ROOT))


@pytest.fixture(autouse=True)
def old(monkeypatch: pytest.MonkeyPatch) -> None:
    """The cache is trusted as it is after a while."""
    unhurried(monkeypatch)


@pytest.mark.parametrize("seed", range(SEED, SEED + 10))
def test_fifty_edits(tmp_path: Path, seed: int) -> None:
    differences(Archive(tmp_path / "archive", seed), tmp_path, 50, seed)


@pytest.mark.parametrize("seed", range(SEED, SEED + 10))
def test_busy_editors(tmp_path: Path, seed: int) -> None:
    shutil.copytree(EDITED / "content", tmp_path / "archive/content")
    shutil.copy(EDITED / "byline.toml", tmp_path / "archive")
    editors = Upkeep(tmp_path / "archive", seed)
    editors.change_settings({"media": {"formats": ["webp"], "widths": [200]}})
    sides = Sides(tmp_path / "archive", tmp_path / "work", seed)
    sound, refused, found = busy(editors.change, editors.undo, sides, STEPS, 0.25)
    print(f"{sound} sound builds, {refused} refused by both sides")
    assert found == []
    assert sound > STEPS * 0.7
