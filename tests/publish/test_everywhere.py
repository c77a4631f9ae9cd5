"""The same life of a site on every kind of host: publish, edit, roll back, withdraw; and no secret is told.

S3, R2, SSH and git are real servers. Google's store is one that answers as its documentation says; so is
Azure's, unless `azurite-blob` is installed.
"""

import base64
import hashlib
import hmac
import subprocess
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from email.utils import formatdate
from pathlib import Path

import pytest

from byline.deploy import KINDS
from publish import clouds, servers
from publish.conftest import EDIT, SETTINGS, WITHDRAWAL, Show, in_branch, in_folder, needs

BRANCHES = {
    "github-pages": "",
    "gitlab-pages": "public/",
    "netlify": "archive/",
    "cloudflare-pages": "archive/",
    "vercel": "archive/",
}
# What nobody may see; the account key is the one that Azurite knows, which its documentation publishes.
AZURITE = "devstoreaccount1"
AZURITE_KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
Files = Callable[[], dict[str, bytes]]


def service_account(folder: Path) -> str:
    """The key of a service account that nobody has."""
    import json

    keygen = servers.program("ssh-keygen")
    assert keygen
    command = [keygen, "-q", "-t", "rsa", "-b", "2048", "-m", "PEM", "-N", "", "-f", str(folder / "google")]
    subprocess.run(command, check=True)
    key = (folder / "google").read_text()
    who = {"client_email": "tests@project.invalid", "private_key": key, "private_key_id": "fictional-id-1"}
    return json.dumps(who)


@pytest.fixture
def azure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, Files]]:
    """Settings of a place at Azure's store, or at what stands for it; what it holds."""
    found = servers.program("azurite-blob")
    account = AZURITE if found else clouds.ACCOUNT
    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT_KEY", AZURITE_KEY)
    (tmp_path / "azure").mkdir()
    with ExitStack() as stack:
        if found:
            port = servers.free_port()
            command = [found, "--blobPort", str(port), "--skipApiVersionCheck", "--disableTelemetry"]
            stack.enter_context(servers.running(command, port, tmp_path / "azure"))
            date, version = formatdate(usegmt=True), "2021-08-06"
            heads = f"x-ms-date:{date}\nx-ms-version:{version}"
            text = f"PUT{chr(10) * 12}{heads}\n/{account}/{account}/site\nrestype:container"
            key = hmac.new(base64.b64decode(AZURITE_KEY), text.encode(), hashlib.sha256).digest()
            address = f"http://127.0.0.1:{port}/{account}/site?restype=container"
            request = urllib.request.Request(address, method="PUT", headers={"x-ms-date": date})
            request.add_header("x-ms-version", version)
            request.add_header("Authorization", f"SharedKey {account}:{base64.b64encode(key).decode()}")
            urllib.request.urlopen(request).close()
        else:
            port, _ = stack.enter_context(clouds.serving(clouds.Azure))
        endpoint = f"http://127.0.0.1:{port}/{account}"
        settings = f'bucket = "site"\nprefix = "p"\naccount = "{account}"\nendpoint = "{endpoint}"'

        def held() -> dict[str, bytes]:
            import obstore
            from obstore.store import AzureStore

            options = {"account_name": account, "endpoint": endpoint, "prefix": "p"}
            return in_store(obstore, AzureStore("site", client_options={"allow_http": True}, **options))

        yield settings, held


def in_store(obstore: object, store: object) -> dict[str, bytes]:
    """Every object of a store."""
    paths = [meta["path"] for chunk in obstore.list(store) for meta in chunk]  # type: ignore[attr-defined]
    return {path: bytes(obstore.get(store, path).bytes()) for path in paths}  # type: ignore[attr-defined]


@pytest.fixture
def places(
    s3: str, sshd: int, azure: tuple[str, Files], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[dict[str, tuple[str, Files]]]:
    """A place of each kind: its settings, and what it holds."""
    import obstore
    from obstore.store import S3Store

    needs("git")
    monkeypatch.setenv("GOOGLE_SERVICE_ACCOUNT_KEY", service_account(tmp_path))
    found: dict[str, tuple[str, Files]] = {"azure": azure}
    folder, www = tmp_path / "folder", tmp_path / "www"
    found["folder"] = (f'path = "{folder}"', lambda: in_folder(folder))
    found["ssh"] = (f'remote = "root@127.0.0.1:{www}"\nport = {sshd}', lambda: in_folder(www))
    for name in ("s3", "r2"):
        prefix = f"{tmp_path.name}-{name}"
        options = {"endpoint": s3, "region": "us-east-1", "client_options": {"allow_http": True}}
        store = S3Store(servers.BUCKET, prefix=prefix, **options)  # type: ignore[call-overload]
        who = '\naccount = "fictional"' if name == "r2" else ""
        settings = f'bucket = "{servers.BUCKET}"\nprefix = "{prefix}"\nendpoint = "{s3}"{who}'
        found[name] = (settings, lambda store=store: in_store(obstore, store))  # type: ignore[misc]
    for name, prefix in BRANCHES.items():
        remote = tmp_path / f"{name}.git"
        subprocess.run(["git", "init", "--quiet", "--bare", str(remote)], check=True)
        found[name] = (
            f'remote = "{remote}"',
            lambda remote=remote, prefix=prefix: in_branch(remote, "gh-pages", prefix),  # type: ignore[misc]
        )
    with clouds.serving(clouds.Google) as (port, objects):
        found["gcs"] = (
            f'bucket = "site"\nprefix = "p"\nendpoint = "http://127.0.0.1:{port}"',
            lambda: {path.removeprefix("p/"): one.data for path, one in objects.items()},
        )
        assert found.keys() == KINDS.keys()
        yield found


def site(files: dict[str, bytes]) -> dict[str, bytes]:
    """What visitors see."""
    return {path: data for path, data in files.items() if not path.startswith(".byline/")}


def test_every_kind_of_host_can_go_back_and_forgets(
    places: dict[str, tuple[str, Files]], tmp_path: Path
) -> None:
    show = Show(tmp_path / "show", 'to = "folder"\npath = "../unused"')
    tables = "".join(f'[deploy.{name}]\nto = "{name}"\n{told}\n' for name, (told, _) in places.items())
    show.write({"byline.toml": SETTINGS + tables})
    looks = {name: look for name, (_, look) in places.items()}
    for name in looks:
        assert ", 0 changed, 0 deleted" in show.publish(name)
    first = {name: site(look()) for name, look in looks.items()}
    pages = {path for path in first["folder"] if path.endswith(".html")}
    for name, files in first.items():
        assert pages <= files.keys(), name
        assert {path: files[path] for path in pages} == {path: first["folder"][path] for path in pages}
    show.write(EDIT)
    for name in looks:
        show.publish(name)
    for name, look in looks.items():
        second = site(look())
        assert second["episodes/first/index.html"] != first[name]["episodes/first/index.html"]
        assert {path for path in first[name] if path.startswith("media/")} <= second.keys(), name
        show.publish(f"{name} --rollback")
        back = site(look())
        assert {path: back[path] for path in first[name]} == first[name], name
    show.write(WITHDRAWAL)
    for name in looks:
        assert "earlier releases are deleted" in show.publish(name)
    for name, look in looks.items():
        told = look()
        assert not any(b"Cleo" in data or b"not really a sound" in data for data in told.values()), name
        assert not any(path.startswith(".byline/kept/") for path in told), name
        text, status = show(f"publish {name} --rollback")
        assert (status, "something was withdrawn since" in text) == (1, True), name
        if name in BRANCHES:
            refs = ["git", "for-each-ref", "--format=%(refname)"]
            left = subprocess.run(refs, cwd=tmp_path / f"{name}.git", capture_output=True, check=True)
            assert left.stdout.decode().split() == ["refs/heads/gh-pages"]


def test_no_secret_is_ever_said_or_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every host refuses, and says again what it was told: nothing of it reaches the terminal or a file."""
    needs("git", "ssh")
    account = service_account(tmp_path)
    secrets = {
        "AWS_ACCESS_KEY_ID": "fictional-id-of-nobody",
        "AWS_SECRET_ACCESS_KEY": "fictional-secret-key-2",
        "AWS_SESSION_TOKEN": "fictional-session-token-3",
        "AZURE_STORAGE_SAS_TOKEN": "sv=2021-08-06&sig=fictional%2Bsignature",
        "GOOGLE_SERVICE_ACCOUNT_KEY": account,
        "SSHPASS": "fictional-password-of-ssh",
    }
    for name, value in secrets.items():
        monkeypatch.setenv(name, value)
    with clouds.serving(clouds.Refusing) as (port, _):
        login = f"http://robot:fictional-password-4@127.0.0.1:{port}/"
        monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
        monkeypatch.setenv("GIT_CONFIG_KEY_0", f"url.{login}.insteadOf")
        monkeypatch.setenv("GIT_CONFIG_VALUE_0", "https://git.invalid/")
        told = {
            "ssh": f'remote = "root@127.0.0.1:/nowhere"\nport = {servers.free_port()}',
            "s3": f'bucket = "b"\nendpoint = "http://127.0.0.1:{port}"',
            "r2": f'bucket = "b"\naccount = "a"\nendpoint = "http://127.0.0.1:{port}"',
            "gcs": f'bucket = "b"\nendpoint = "http://127.0.0.1:{port}"',
            "azure": f'bucket = "b"\naccount = "a"\nendpoint = "http://127.0.0.1:{port}/a"',
            **dict.fromkeys(BRANCHES, 'remote = "https://git.invalid/site.git"'),
        }
        assert {"folder", *told} == KINDS.keys()
        tables = "".join(f'[deploy.{name}]\nto = "{name}"\n{settings}\n' for name, settings in told.items())
        show = Show(tmp_path / "show", 'to = "folder"\npath = "../unused"')
        show.write({"byline.toml": SETTINGS + tables})
        said = show("plan")[0]
        for address in (
            f"http://me:fictional-password-5@127.0.0.1:{port}/",
            f"http://fictional-password-5@127.0.0.1:{port}/",
            f"http://127.0.0.1:{port}/?sig=fictional-password-5",
            "ftp://me:fictional-password-5@[/",
        ):
            for command in ("verify", "check --against"):
                text, status = show(f"{command} {address}")
                assert (status > 0, "give the address without user" in text) == (True, True)
                said += text
        assert show("verify http://[/")[0] == "Error: http://[/ is no web address\n"
        for name in told:
            text, status = show(f"publish {name}")
            assert status == 1, name
            assert "Error: " in text, name
            said += text
    key = account.split("-----")[2].replace("\\n", "")[:40]
    shown = [*secrets.values(), "fictional%2Bsignature", "fictional+signature", "fictional-password-4", key]
    shown += ["fictional-password-5"]
    shown += ["Bearer", "robot:"]
    kept = b"".join(in_folder(show.root).values())
    for secret in shown:
        assert secret not in said
        assert secret.encode() not in kept
