"""Real servers on loopback, each with its own settings in a temporary folder."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock, Thread

KEYS = {"AWS_ACCESS_KEY_ID": "fictional-key", "AWS_SECRET_ACCESS_KEY": "fictional-secret-of-a-test"}
BUCKET = "site"


def program(*names: str) -> str | None:
    """A program of the system, or of the environment that runs the tests."""
    beside = str(Path(sys.executable).parent)
    path = os.pathsep.join([os.environ["PATH"], "/usr/sbin", "/usr/local/sbin", beside])
    return next(filter(None, (shutil.which(name, path=path) for name in names)), None)


def free_port() -> int:
    """A port that nobody listens to."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def wait(port: int, process: subprocess.Popen[bytes], seconds: float = 60) -> None:
    """Wait until something answers at a port."""
    until = time.monotonic() + seconds
    while time.monotonic() < until and process.poll() is None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise RuntimeError(f"{process.args!r} does not listen")


@contextmanager
def running(
    command: list[str], port: int, folder: Path, grace: float = 5
) -> Iterator[subprocess.Popen[bytes]]:
    """A server for as long as it is needed; `grace` is how many seconds it has to end by itself."""
    log = (folder / "log").open("wb")
    process = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder)
    try:
        wait(port, process)
        yield process
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(grace)
        process.kill()
        process.wait()
        log.close()


@contextmanager
def s3(folder: Path) -> Iterator[str]:
    """A SeaweedFS server that speaks S3, with one bucket; its address."""
    found = program("weed")
    assert found
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    who = {
        "name": "tests",
        "credentials": [{"accessKey": KEYS["AWS_ACCESS_KEY_ID"], "secretKey": KEYS["AWS_SECRET_ACCESS_KEY"]}],
        "actions": ["Admin", "Read", "Write", "List", "Tagging"],
    }
    anonymous = {"name": "anonymous", "actions": ["Read"]}
    (folder / "s3.json").write_text(json.dumps({"identities": [who, anonymous]}))
    ports = [f"-{name}.port={free_port()}" for name in ("master", "volume", "filer")]
    ports += [f"-{name}.port.grpc={free_port()}" for name in ("master", "volume", "filer", "s3")]
    command = [found, "server", f"-dir={folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-s3", *ports]
    command += [f"-s3.port={port}", f"-s3.config={folder / 's3.json'}", "-volume.max=20"]
    command += ["-master.volumeSizeLimitMB=64", "-master.telemetry=false"]
    command += ["-s3.port.iceberg=0", "-s3.port.lance=0"]
    with running(command, port, folder, grace=0):
        address = f"http://127.0.0.1:{port}"
        _make_bucket(address)
        yield address


def _make_bucket(address: str) -> None:
    """Ask for the bucket until the server is really there."""
    import obstore
    from obstore.store import S3Store

    until = time.monotonic() + 60
    while True:
        try:
            _signed_put(address)
            store = S3Store(
                BUCKET, endpoint=address, region="us-east-1", client_options={"allow_http": True},
                access_key_id=KEYS["AWS_ACCESS_KEY_ID"], secret_access_key=KEYS["AWS_SECRET_ACCESS_KEY"],
                retry_config={"max_retries": 0},
            )  # fmt: skip
            obstore.put(store, "ready", b"yes")
            obstore.delete(store, "ready")
            return
        except Exception:  # a server that is starting refuses in many ways; the last one is raised
            if time.monotonic() > until:
                raise
            time.sleep(0.2)


def _signed_put(address: str) -> None:
    """Create the bucket: one request, signed by the rules of AWS's Signature Version 4."""
    import datetime
    import hashlib
    import hmac

    now = datetime.datetime.now(datetime.UTC)
    stamp, day = now.strftime("%Y%m%dT%H%M%SZ"), now.strftime("%Y%m%d")
    host = address.removeprefix("http://")
    nothing = hashlib.sha256(b"").hexdigest()
    names = "host;x-amz-content-sha256;x-amz-date"
    heads = f"host:{host}\nx-amz-content-sha256:{nothing}\nx-amz-date:{stamp}\n"
    asked = f"PUT\n/{BUCKET}\n\n{heads}\n{names}\n{nothing}"
    scope = f"{day}/us-east-1/s3/aws4_request"
    text = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{hashlib.sha256(asked.encode()).hexdigest()}"
    key = b"AWS4" + KEYS["AWS_SECRET_ACCESS_KEY"].encode()
    for part in (day, "us-east-1", "s3", "aws4_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    signature = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
    told = f"AWS4-HMAC-SHA256 Credential={KEYS['AWS_ACCESS_KEY_ID']}/{scope}, SignedHeaders={names}, "
    request = urllib.request.Request(f"{address}/{BUCKET}", method="PUT")
    request.add_header("x-amz-date", stamp)
    request.add_header("x-amz-content-sha256", nothing)
    request.add_header("Authorization", told + f"Signature={signature}")
    with suppress(urllib.error.HTTPError):  # it is there already
        urllib.request.urlopen(request, timeout=5).close()


@contextmanager
def sshd(folder: Path) -> Iterator[tuple[int, str]]:
    """An OpenSSH server with a key of its own; its port, and the command that reaches it."""
    found, keygen = program("sshd"), program("ssh-keygen")
    assert found
    assert keygen
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("host", "user"):
        subprocess.run([keygen, "-q", "-t", "ed25519", "-N", "", "-f", folder / name], check=True)
    shutil.copy(folder / "user.pub", folder / "allowed")
    port = free_port()
    lines = [
        f"Port {port}", "ListenAddress 127.0.0.1", f"HostKey {folder / 'host'}", "StrictModes no",
        "UsePAM no", f"SetEnv HOME={folder}",
        f"PidFile {folder / 'pid'}", f"AuthorizedKeysFile {folder / 'allowed'}", "PasswordAuthentication no",
        "PermitRootLogin yes", "MaxStartups 100", "LogLevel ERROR",
    ]  # fmt: skip
    (folder / "sshd_config").write_text("\n".join(lines) + "\n")
    with suppress(OSError):  # where sshd leaves its rights
        Path("/run/sshd").mkdir(exist_ok=True)
    command = [found, "-D", "-e", "-f", str(folder / "sshd_config")]
    client = (
        f"ssh -F none -i {folder / 'user'} -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null "
        "-o LogLevel=ERROR -o BatchMode=yes"
    )
    with running(command, port, folder):
        yield port, client


MODULE = Path("/usr/lib/nginx/modules/ngx_http_brotli_static_module.so")


@contextmanager
def nginx(folder: Path, root: Path, base: str) -> Iterator[str]:
    """An nginx that serves a root with the rules that a publish left there; the site's address."""
    found = program("nginx")
    assert found
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    rules = root / base.strip("/") / ".byline"
    names = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    (folder / "nginx.conf").write_text(
        f"load_module {MODULE};\n{'user root;' if os.geteuid() == 0 else ''}\n"
        f"daemon off;\nworker_processes 1;\npid {folder}/pid;\nerror_log {folder}/error.log;\nevents {{ }}\n"
        f"http {{\n access_log off;\n {''.join(f'{one}_temp_path {folder}/{one}; ' for one in names)}\n"
        f" server {{\n  listen 127.0.0.1:{port};\n  root {root};\n"
        f"  include {rules}/nginx.conf;\n  include {rules}/nginx-brotli.conf;\n }}\n}}\n"
    )
    with running([found, "-e", str(folder / "error.log"), "-c", str(folder / "nginx.conf")], port, folder):
        yield f"http://127.0.0.1:{port}{base}"


@contextmanager
def caddy(folder: Path, root: Path, base: str) -> Iterator[str]:
    """A Caddy that serves a root with the rules that a publish left there; the site's address."""
    found = program("caddy")
    assert found
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    (folder / "Caddyfile").write_text(
        "{\n admin off\n auto_https off\n}\n"
        f"http://127.0.0.1:{port} {{\n root * {root}\n import {root}{base}.byline/Caddyfile\n}}\n"
    )
    with running([found, "run", "--config", str(folder / "Caddyfile")], port, folder):
        yield f"http://127.0.0.1:{port}{base}"


@contextmanager
def git(folder: Path) -> Iterator[int]:
    """A git server of all repositories in a folder, which takes pushes; its port."""
    found = program("git")
    assert found
    port = free_port()
    command = [found, "daemon", "--reuseaddr", "--listen=127.0.0.1", f"--port={port}", "--export-all"]
    command += ["--enable=receive-pack", f"--base-path={folder}", str(folder)]
    with running(command, port, folder):
        yield port


class Proxy:
    """Passes bytes on to a server, and counts what the client asks; calls somebody at every request.

    Over HTTP a request is one that begins with a method; else it is a piece of bytes.
    """

    def __init__(self, target: int, on_request: Callable[[int], None], http: bool = True) -> None:
        self.target, self.on_request, self.http = target, on_request, http
        self.requests = 0
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = int(self.server.getsockname()[1])
        Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self.server.accept()
            except OSError:
                return
            Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, suppress(OSError), socket.create_connection(("127.0.0.1", self.target)) as server:
            Thread(target=self._pass, args=(server, client, False), daemon=True).start()
            self._pass(client, server, True)

    def _pass(self, source: socket.socket, target: socket.socket, asks: bool) -> None:
        methods = (b"GET ", b"PUT ", b"HEAD ", b"POST ", b"DELETE ")
        with suppress(OSError):
            while data := source.recv(65536):
                if asks and (not self.http or data.startswith(methods)):
                    self.requests += 1
                    self.on_request(self.requests)
                target.sendall(data)
        for one in (source, target):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Listen no more."""
        self.server.close()


class Cutter(Proxy):
    """Passes so many bytes on to a server, in both directions together; then all connections are cut."""

    def __init__(self, target: int, most: int, on_cut: Callable[[], None] = lambda: None) -> None:
        self.left, self.passed, self.on_cut = most, 0, on_cut
        self.lock = Lock()
        super().__init__(target, lambda _number: None, http=False)

    def _pass(self, source: socket.socket, target: socket.socket, asks: bool) -> None:
        with suppress(OSError):
            while data := source.recv(4096):
                with self.lock:
                    whole = len(data) <= self.left
                    data = data[: self.left]
                    self.left -= len(data)
                    self.passed += len(data)
                target.sendall(data)
                if not whole:
                    self.on_cut()
                    break
        for one in (source, target):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)


def kill(process: subprocess.Popen[bytes]) -> None:
    """End a process at once, with everything that it started."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
