"""What is made on a cluster is what is made here, also when one of its machines is lost."""

import io
import json
import os
import random
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import NamedTuple
from urllib.parse import urlsplit

import pytest
from PIL import Image

from conftest import byline, write
from editing import Archive, tree
from publish import servers
from publish.conftest import needs


class Cluster(NamedTuple):
    """The address of a scheduler, and the ids of two workers and of the scheduler."""

    address: str
    workers: list[int]
    scheduler: int


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Callable[..., Cluster]]:
    """Starts a scheduler and two workers, or others, on loopback; the second has a nanny, as is usual."""
    folder, address = tmp_path / "dask", tmp_path / "scheduler.json"
    folder.mkdir()
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder}
    common = f"--host 127.0.0.1 --no-dashboard --scheduler-file {address}"
    worker = f"-m distributed.cli.dask_worker --nthreads 1 --local-directory {folder} {common}"
    started = []

    def start(workers: Sequence[str] = (f"{worker} --no-nanny", worker)) -> Cluster:
        environment = {**os.environ, "DASK_DISTRIBUTED__SCHEDULER__WORKER_TTL": "30s"}
        for words in (f"-m distributed.cli.dask_scheduler --port 0 {common}", *workers):
            command = [sys.executable, *shlex.split(words.format(common=common))]
            started.append(subprocess.Popen(command, env=environment, **quiet))  # type: ignore[call-overload]
        while not address.exists() or not address.read_text():
            assert [one.poll() for one in started] == [None] * len(started), "it ended at once"
            time.sleep(0.05)
        pids = [one.pid for one in started]
        return Cluster(json.loads(address.read_text())["address"], pids[1:], pids[0])

    try:
        yield start
    finally:
        for one in started:
            one.kill()
            one.wait()


def test_a_cluster_gives_the_same_bytes(tmp_path: Path, cluster: Callable[..., Cluster]) -> None:
    address, workers, _ = cluster()
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
    said, _ = build.communicate(timeout=600)
    assert build.returncode == 0, said
    assert tree(tmp_path / "lost") == built("here", "--on 2026-06-01") == built("far", on)


def test_a_scheduler_that_is_lost_is_said(tmp_path: Path, cluster: Callable[..., Cluster]) -> None:
    """The site is as it was."""
    address, _, scheduler = cluster()
    root, cache = Archive(tmp_path / "archive", 5).root, tmp_path / "cache"
    places = f"--output {tmp_path / 'site'} --cache {cache}"
    build = started(root, f"{places} --executor dask --scheduler {address}")
    while not list(cache.glob("archive.msgpack.*")):
        assert build.poll() is None, build.communicate()[0]
        time.sleep(0.01)
    os.kill(scheduler, signal.SIGKILL)
    said, _ = build.communicate(timeout=600)
    assert build.returncode == 1
    assert f"error[no-cluster]: the scheduler at {address} was lost" in said
    assert "Traceback" not in said
    assert tree(tmp_path / "site") == {}
    assert not list(cache.glob("archive.msgpack.*"))


PICTURES = 10
ON = "--on 2026-06-01 --set media.limits.memory=60000000"


def picture(seed: int, width: int = 480, height: int = 320) -> bytes:
    out, across, down = io.BytesIO(), width // 8, height // 8
    blocks = random.Random(seed).randbytes(3 * across * down)
    Image.frombytes("RGB", (across, down), blocks).resize((width, height)).save(out, "JPEG", quality=80)
    return out.getvalue()


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """An archive of pictures, one of which needs more memory to be converted than it may have."""
    files: dict[str, str | bytes] = {}
    for number in range(PICTURES):
        large = number == PICTURES - 1
        files[f"content/records/r{number}/p{number}.jpg"] = (
            picture(number, 4000, 3000) if large else picture(number)
        )
        head = f'title: "{number}"\nby: cleo\nmedia: {{file: p{number}.jpg, alt: ""}}'
        files[f"content/records/r{number}/index.md"] = f"---\n{head}\n---\n"
    files["content/contributors/cleo.md"] = "---\nname: Cleo Fictional\n---\n"
    return write(tmp_path / "archive", files)


def started(root: Path, options: str) -> subprocess.Popen[str]:
    """A build in a process of its own."""
    command = [str(Path(sys.executable).with_name("byline")), "-C", str(root), "build", *shlex.split(options)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def ended(build: subprocess.Popen[str]) -> list[str]:
    """What a build said, but for the line with its time, when it is done."""
    said, _ = build.communicate(timeout=600)
    assert build.returncode == 0, said
    return said.splitlines()[:-1]


def test_workers_convert_into_a_shared_folder(
    tmp_path: Path, pictures: Path, cluster: Callable[..., Cluster]
) -> None:
    address, workers, _ = cluster()
    here = ended(started(pictures, f"{ON} --output {tmp_path}/here --cache {tmp_path}/own"))
    assert "p9.jpg" in "".join(here)
    far = f"{ON} --output {tmp_path}/far --cache {tmp_path}/shared --executor dask --scheduler {address}"
    build = started(pictures, far)
    while not (tmp_path / "shared/renditions").exists():
        assert build.poll() is None, build.communicate()[0]
        time.sleep(0.02)
    children = Path(f"/proc/{build.pid}/task/{build.pid}/children")
    if children.exists():
        assert children.read_text() == "", "no process of this machine converts beside the workers"
    os.kill(workers[0], signal.SIGKILL)
    assert ended(build) == here
    assert tree(tmp_path / "far") == tree(tmp_path / "here")
    assert not list((tmp_path / "shared").glob("archive*"))
    assert ended(started(pictures, far)) == here, "what was too much is known"


class Line(servers.Proxy):
    """A way to a store on which the first line of every request is noted."""

    def __init__(self, address: str) -> None:
        self.asked: list[str] = []
        super().__init__(int(urlsplit(address).port or 0), lambda _number: None)

    def _pass(self, source: socket.socket, target: socket.socket, asks: bool) -> None:
        class Noted:
            """A socket whose bytes are looked at."""

            def __init__(self, line: Line) -> None:
                self.line = line

            def recv(self, size: int) -> bytes:
                data = source.recv(size)
                if data.startswith((b"GET ", b"PUT ", b"DELETE ")):
                    self.line.asked.append(data.partition(b" HTTP")[0].decode())
                return data

            def shutdown(self, how: int) -> None:
                source.shutdown(how)

        super()._pass(Noted(self) if asks else source, target, asks)  # type: ignore[arg-type]

    def put(self, prefix: str) -> list[str]:
        """What was put below a prefix."""
        return [one for one in self.asked if one.startswith(f"PUT /{servers.BUCKET}/{prefix}")]


def test_workers_convert_into_a_store(
    tmp_path: Path, pictures: Path, cluster: Callable[..., Cluster], monkeypatch: pytest.MonkeyPatch
) -> None:
    needs("weed")
    import obstore
    from obstore.store import S3Store

    for name, value in servers.KEYS.items():
        monkeypatch.setenv(name, value)
    with servers.s3(tmp_path / "s3") as address:
        monkeypatch.setenv("AWS_ENDPOINT_URL", address)
        told = {"endpoint": address, "region": "us-east-1", "client_options": {"allow_http": True}}
        store = S3Store(servers.BUCKET, prefix="show", **told)

        def held() -> dict[str, bytes]:
            paths = [meta["path"] for chunk in obstore.list(store) for meta in chunk]
            return {path: bytes(obstore.get(store, path).bytes()) for path in paths}

        scheduler, workers, _ = cluster()
        ours = Line(address)
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{ours.port}")
        options = f"{ON} --cache s3://{servers.BUCKET}/show --output {tmp_path}/far"
        far = f"--executor dask --scheduler {scheduler} {options}"
        build = started(pictures, far)
        while not any(path.startswith("renditions/") for path in held()):
            assert build.poll() is None, build.communicate()[0]
        os.kill(workers[0], signal.SIGKILL)
        said = ended(build)

        def alone() -> dict[str, bytes]:
            """The site as one machine makes it."""
            again = f"{ON} --output {tmp_path}/here --cache {tmp_path}/own"
            assert ended(started(pictures, again)) == said
            return tree(tmp_path / "here")

        assert tree(tmp_path / "far") == alone()
        assert ours.put("show/renditions/") == [], "workers have put them there"
        full = held()
        assert sum(path.startswith("renditions/") for path in full) > 3 * (PICTURES - 1)
        assert not any(path.startswith("archive") for path in full)

        # What is withdrawn leaves no trace; what was hurt is made again; what is not ours stays.
        shutil.rmtree(pictures / "content/records/r0")
        write(pictures, {"content/contributors/cleo.md": "---\nname: Cleo Fictional\nwithdrawn: true\n---\n"})
        hurt = sorted(path for path in full if path.startswith("renditions/"))[-1]
        strange = {"ours.txt": b"of others", "renditions/mine/file": b"too"}
        for path, data in {hurt: b"noise" * 9, "archive.msgpack.00": b"left by a kill", **strange}.items():
            obstore.put(store, path, data)
        shutil.rmtree(pictures / ".byline-cache")
        shutil.rmtree(tmp_path / "far")
        assert ended(started(pictures, options)) == said
        assert tree(tmp_path / "far") == alone()
        assert ours.put("show/renditions/") == [f"PUT /{servers.BUCKET}/show/{hurt}"]
        left = held()
        assert {path: left[path] for path in strange} == strange
        gone = full.keys() - left.keys()
        assert len({path.split("/")[1] for path in gone}) == 1
        assert left.keys() - full.keys() == strange.keys()
        assert left[hurt] == full[hurt]
        assert not any(word in data for data in left.values() for word in (b"Cleo", b"p0.jpg"))
        ours.close()


def test_a_store_that_is_not_there_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = Archive(tmp_path / "archive", 5)
    text, status = byline(archive.root, "build --cache ftp://host/folder")
    assert (status, "is no store" in text) == (2, True)
    text, status = byline(archive.root, "cache --cache s3://bucket/folder")
    assert (status, "only build can use a store" in text) == (2, True)


def test_no_scheduler_is_said(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "archive", 5)
    text, status = byline(archive.root, "build --executor dask")
    assert (status, "belong together" in text) == (2, True)
    for address in ("localhost", "tcp://localhost", "ftp://localhost:9", "''"):
        text, status = byline(archive.root, f"build --executor dask --scheduler {address}")
        assert (status, "write tcp://HOST:PORT" in text) == (2, True)
    for address in ("tcp://127.0.0.1:9", "tls://127.0.0.1:9"):
        text, status = byline(archive.root, f"build --executor dask --scheduler {address}")
        assert (status, f"--scheduler: error[no-cluster]: no scheduler answers at {address}\n" in text) == (
            1,
            True,
        )


@pytest.mark.parametrize("greeting", [b"SSH-2.0-OpenSSH_9.2\r\n", b"HTTP/1.1 400 Bad Request\r\n\r\n", b""])
def test_another_server_is_no_scheduler(
    greeting: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("byline.cluster.ANSWER", 0.5)
    archive = Archive(tmp_path / "archive", 5)
    kept = []  # what says nothing does not end either
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            with suppress(OSError):
                while kept.append(server.accept()[0]) is None:
                    kept[-1].sendall(greeting)

        Thread(target=answer, daemon=True).start()
        address = f"tcp://127.0.0.1:{server.getsockname()[1]}"
        text, status = byline(archive.root, f"build --executor dask --scheduler {address}")
    assert (status, f"--scheduler: error[no-cluster]: no scheduler answers at {address}\n" in text) == (
        1,
        True,
    )


def test_a_scheduler_without_workers_is_said(
    tmp_path: Path, cluster: Callable[..., Cluster], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("byline.cluster.COMING", 1.0)
    address, _, _ = cluster(())
    archive = Archive(tmp_path / "archive", 5)
    text, status = byline(archive.root, f"build --executor dask --scheduler {address}")
    said = f"--scheduler: error[no-cluster]: the scheduler at {address} has no workers\n"
    assert (status, said in text, f"`dask worker {address}`\n" in text) == (1, True, True)


def test_workers_that_are_all_lost_are_said(
    tmp_path: Path, cluster: Callable[..., Cluster], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker ends itself at its first page, and nobody comes in its place."""
    monkeypatch.setattr("byline.cluster.COMING", 1.0)
    code = "import os; from byline import cluster; cluster._make = lambda *_: os._exit(1)"
    worker = f'-c "{code}; from distributed.cli.dask_worker import main; main()" --no-nanny {{common}}'
    address, _, _ = cluster((worker,))
    archive = Archive(tmp_path / "archive", 5)
    text, status = byline(archive.root, f"build --executor dask --scheduler {address}")
    said = f"--scheduler: error[no-cluster]: the scheduler at {address} has no workers\n"
    assert (status, said in text) == (1, True), text
    assert "index.html" not in tree(archive.root / "output")


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("import sys; sys.modules['byline'] = None", "cannot run this program: ModuleNotFoundError"),
        (
            "from byline import standing; standing.state = lambda *_: b''",
            "a worker has another archive or another version of the program",
        ),
        ("from byline import packs; packs.unpacked = lambda *_: None", "does not find in the cache what"),
    ],
)
def test_a_worker_that_cannot_help_is_said(
    code: str, words: str, tmp_path: Path, cluster: Callable[..., Cluster]
) -> None:
    worker = f'-c "{code}; from distributed.cli.dask_worker import main; main()" --no-nanny {{common}}'
    address, _, _ = cluster((worker,))
    archive = Archive(tmp_path / "archive", 5)
    text, status = byline(archive.root, f"build --executor dask --scheduler {address}")
    said = text.partition("--scheduler: error[no-cluster]: ")[2].partition("\n")[0]
    assert (status, words in said) == (1, True), text
    assert "index.html" not in tree(archive.root / "output")
