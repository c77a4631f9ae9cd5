"""A build killed at any moment leaves files that are old or new, and the next build is right."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from editing import Archive, tree

SEED = int(os.environ.get("SEED", "1"))
KILLS = int(os.environ.get("KILLS", "200"))


def test_kills(tmp_path: Path) -> None:
    rnd = random.Random(SEED)
    archive = Archive(tmp_path / "archive", SEED)
    site, cache = tmp_path / "site", tmp_path / "cache"

    def command(output: Path, kept: Path) -> list[str]:
        program = str(Path(sys.executable).with_name("byline"))
        places = ["--output", str(output), "--cache", str(kept)]
        return [program, "-C", str(archive.root), "build", "--on", "2026-06-01", "--workers", "2", *places]

    def run(output: Path, kept: Path) -> float:
        begun = time.monotonic()
        done = subprocess.run(command(output, kept), capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return time.monotonic() - begun

    run(site, cache)
    for number in range(KILLS):
        old = tree(site)
        shutil.rmtree(tmp_path / "before", ignore_errors=True)
        shutil.copytree(archive.root, tmp_path / "before")
        if rnd.random() < 0.5:
            archive.edit_end()
        else:
            archive.edit_record()
            archive.rename_person()
        shutil.rmtree(tmp_path / "clean", ignore_errors=True)
        seconds = run(tmp_path / "clean", tmp_path / "none")
        shutil.rmtree(tmp_path / "none")
        new = tree(tmp_path / "clean")
        build = subprocess.Popen(
            command(site, cache),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        time.sleep(rnd.uniform(0.2, 1.0) * seconds)
        if rnd.random() < 0.5:
            build.kill()  # its workers end by themselves
        else:
            os.killpg(build.pid, signal.SIGKILL)
        build.wait()
        for path, data in tree(site).items():
            if not path.startswith("."):
                assert data in (old.get(path), new.get(path)), (number, path)
        if rnd.random() < 0.5:
            shutil.rmtree(archive.root)  # what was edited is taken back
            shutil.copytree(tmp_path / "before", archive.root)
            new = old
        run(site, cache)
        assert tree(site) == new, number
