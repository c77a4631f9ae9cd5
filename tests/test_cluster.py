"""Pages made on a cluster are those made here, also when one of its machines is lost."""

import json
import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from conftest import byline
from editing import Archive, tree


@pytest.fixture
def scheduler(tmp_path: Path) -> Iterator[tuple[str, list[int]]]:
    """A scheduler and two workers, each a process of its own on loopback: the address, the workers' ids."""
    folder, address = tmp_path / "dask", tmp_path / "scheduler.json"
    folder.mkdir()
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder}
    environment = {**os.environ, "DASK_DISTRIBUTED__SCHEDULER__WORKER_TTL": "30s"}

    def dask(words: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "distributed.cli." + words.split()[0], *shlex.split(words)[1:]]
        return subprocess.Popen(command, env=environment, **quiet)  # type: ignore[call-overload,no-any-return]

    common = f"--host 127.0.0.1 --no-dashboard --scheduler-file {address}"
    started = [dask(f"dask_scheduler --port 0 {common}")]
    started += [dask(f"dask_worker --no-nanny --nthreads 1 {common}") for _ in range(2)]
    try:
        while not address.exists() or not address.read_text():
            time.sleep(0.05)
        yield json.loads(address.read_text())["address"], [one.pid for one in started[1:]]
    finally:
        for one in started:
            one.kill()
            one.wait()


def test_a_cluster_gives_the_same_bytes(tmp_path: Path, scheduler: tuple[str, list[int]]) -> None:
    address, workers = scheduler
    archive = Archive(tmp_path / "archive", 5)
    on = f"--executor dask --scheduler {address} --on 2026-06-01"

    def built(name: str, options: str) -> dict[str, bytes]:
        text, status = byline(
            archive.root, f"build --output {tmp_path / name} --cache {tmp_path}/c-{name} {options}"
        )
        assert status == 0, text
        return tree(tmp_path / name)

    assert built("far", on) == built("here", "--on 2026-06-01")
    archive.edit_record()
    archive.rename_person("c1")
    program = str(Path(sys.executable).with_name("byline"))
    places = ["--output", str(tmp_path / "lost"), "--cache", str(tmp_path / "c-lost")]
    command = [program, "-C", str(archive.root), "build", *places, *on.split()]
    build = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    while not (tmp_path / "lost/.byline-staging").exists() or not any(
        (tmp_path / "lost/.byline-staging").iterdir()
    ):
        assert build.poll() is None, build.communicate()[0]
        time.sleep(0.01)
    os.kill(workers[0], signal.SIGKILL)
    said, _ = build.communicate(timeout=120)
    assert build.returncode == 0, said
    assert tree(tmp_path / "lost") == built("here", "--on 2026-06-01") == built("far", on)


def test_no_scheduler_is_said(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "archive", 5)
    text, status = byline(archive.root, "build --executor dask")
    assert (status, "belong together" in text) == (2, True)
    text, status = byline(archive.root, "build --executor dask --scheduler tcp://127.0.0.1:9")
    assert (status, "no scheduler answers at tcp://127.0.0.1:9" in text) == (1, True)
