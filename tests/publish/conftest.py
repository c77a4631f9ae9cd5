"""A small archive to publish, and the servers that it is published to."""

import io
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from posixpath import dirname, join, normpath
from urllib.parse import unquote, urlsplit

import pytest
from PIL import Image

from conftest import byline, write
from publish import servers

PROGRAM = [sys.executable, "-c", "from byline.cli import main; main()"]
SETTINGS = """[archive]
title = "Lanterns"
base_url = "https://lanterns.test/archive/"

[build]
workers = 1
"""


def picture(shade: int) -> bytes:
    """A picture of 400 pixels."""
    out = io.BytesIO()
    Image.linear_gradient("L").resize((400, 300)).point(lambda value: (value + shade) % 256).save(out, "PNG")
    return out.getvalue()


CONTENT: dict[str, str | bytes] = {
    "content/index.md": "---\ntitle: Lanterns\n---\nEveryone brought a light.\n",
    "content/contributors/ada.md": "---\nname: Ada Fictional\nformer_ids: [ada-of-old]\n---\n",
    "content/contributors/ben.md": "---\nname: Ben Invented\n---\n",
    "content/contributors/cleo.md": "---\nname: Cleo Leaving\n---\n",
    "content/records/lamp.md": (
        "---\ntitle: Lamp\nkind: image\nby: ada\nmedia: lamp.png\naliases: [2014/lamp]\n---\n"
    ),
    "content/records/lamp.png": picture(0),
    "content/records/tune.md": "---\ntitle: Tune\nby: cleo\nmedia: tune.mp3\n---\nHummed twice.\n",
    "content/records/tune.mp3": b"not really a sound" * 100,
    "content/episodes/first/index.md": (
        "---\ntitle: First light\nreleased: 2014-11-02\ncredits: {host: [ben]}\nuses: [lamp, tune]\n---\n"
        "Good evening.\n"
    ),
    "static/.well-known/security.txt": "Contact: mailto:hello@example.org\n",
}
EDIT: dict[str, str | bytes] = {
    "content/episodes/first/index.md": str(CONTENT["content/episodes/first/index.md"])
    + "\nAnd good night.\n",
    "content/records/lamp.png": picture(60),
}
WITHDRAWAL: dict[str, str | bytes] = {
    "content/contributors/cleo.md": "---\nname: Cleo Leaving\nwithdrawn: true\n---\n",
    "content/records/tune.md": "---\ntitle: Tune\nby: cleo\nmedia: tune.mp3\nwithdrawn: true\n---\n",
}


class Show:
    """An archive with one place to publish to."""

    def __init__(self, root: Path, deploy: str) -> None:
        """Write the archive."""
        self.root = root
        self.settings = SETTINGS + f"\n[deploy.host]\n{deploy}\n"
        self.write({"byline.toml": self.settings, **CONTENT})

    def write(self, files: dict[str, str | bytes]) -> None:
        """Change files of the archive."""
        write(self.root, files)

    def deploy(self, text: str) -> None:
        """Publish to somewhere else from now on."""
        self.write({"byline.toml": SETTINGS + f"\n[deploy.host]\n{text}\n"})

    def __call__(self, arguments: str) -> tuple[str, int]:
        """Run a command."""
        return byline(self.root, arguments)

    def publish(self, options: str = "") -> str:
        """Publish; what was said."""
        text, status = self(f"publish {options}")
        assert status == 0, text
        return text


def in_folder(root: Path) -> dict[str, bytes]:
    """Every file of a folder."""
    found = (path for path in root.rglob("*") if path.is_file())
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in found}


def in_branch(remote: Path, branch: str, prefix: str) -> dict[str, bytes]:
    """Every file of a branch, by its path in the site."""
    listed = subprocess.run(["git", "ls-tree", "-rz", branch], cwd=remote, capture_output=True, check=True)
    rows = [line.split("\t", 1) for line in listed.stdout.decode().split("\0") if line]
    names = "".join(f"{told.split()[2]}\n" for told, _ in rows)
    command = ["git", "cat-file", "--batch"]
    told = subprocess.run(command, cwd=remote, input=names.encode(), capture_output=True, check=True).stdout
    files = {}
    for _, path in rows:
        head, _, told = told.partition(b"\n")
        size = int(head.split()[2])
        files[path.removeprefix(prefix)], told = told[:size], told[size + 1 :]
    return files


def targets(page: str, text: str) -> Iterator[str]:
    """The files of the site that a page leads to or shows."""
    links = re.findall(r'(?:(?:href|src|poster)="|; *url=)([^"]+)"', text)
    links += [one.split()[0] for many in re.findall(r'srcset="([^"]+)"', text) for one in many.split(",")]
    for link in links:
        parts = urlsplit(unescape(link))
        if parts.path and not (parts.scheme or parts.netloc or parts.path.startswith("/")):
            path = normpath(join(dirname(page), unquote(parts.path)))
            yield normpath(f"{path}/index.html") if parts.path.endswith(("/", ".")) else path


def visited(files: dict[str, bytes]) -> list[str]:
    """What a visitor would find broken who comes in by the front page and follows every link."""
    waiting = ["index.html"] if "index.html" in files else []
    seen = set(waiting)
    broken = []
    while waiting:
        page = waiting.pop()
        for target in targets(page, files[page].decode()):
            if target not in files:
                broken.append(f"{page} → {target}")
            elif target not in seen and target.endswith(".html"):
                seen.add(target)
                waiting.append(target)
    return broken


def needs(*names: str) -> None:
    """Skip a test where a program is not installed."""
    for name in names:
        if servers.program(name) is None:
            pytest.skip(f"no {name} on this machine")
        if name == "nginx" and not servers.MODULE.exists():
            pytest.skip("an nginx on this machine that has no module for brotli")


@pytest.fixture(scope="session")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An S3 server; the address of its one bucket's server."""
    needs("weed")
    os.environ.update(servers.KEYS)
    with servers.s3(tmp_path_factory.mktemp("s3")) as address:
        yield address


@pytest.fixture(scope="session")
def sshd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """An SSH server; its port."""
    needs("sshd", "ssh", "rsync")
    with servers.sshd(tmp_path_factory.mktemp("ssh")) as (port, client):
        os.environ["RSYNC_RSH"] = client
        yield port
