"""Five hundred edits: the incremental build is the clean one after each. SEED chooses others."""

import os
from pathlib import Path

import pytest

from editing import Archive
from properties.test_incremental import differences

SEED = int(os.environ.get("SEED", "1"))


@pytest.mark.parametrize("seed", range(SEED, SEED + 10))
def test_fifty_edits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    for module in ("byline.cache.FRESH", "byline.last.FRESH"):
        monkeypatch.setattr(module, 0)
    differences(Archive(tmp_path / "archive", seed), tmp_path, 50, seed)
