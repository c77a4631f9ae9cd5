"""Every kind of host: how it is reached, and what it takes: the place to add a kind."""

import tomllib
from collections.abc import Callable
from functools import cache
from pathlib import Path

import msgspec

from byline.deploy import Deploy
from byline.publish.folder import Folder
from byline.publish.sending import Depot
from byline.publish.ssh import Server
from byline.publish.stores import open_store


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a host takes; 0 where it says nothing. `file` and `bytes` in bytes, `folder` in files."""

    title: str
    files: int = 0
    entries: int = 0
    folder: int = 0
    bytes: int = 0
    file: int = 0
    redirects: int = 0
    redirect_length: int = 0
    source: str = ""


class Host(msgspec.Struct, frozen=True):
    """A kind of host. `depot` opens one that holds files by path; without, it serves a branch of git.

    `root` is where the site stands in what it serves: a folder, or None for that which base_url names.
    `metadata` says that it keeps headers with each file, `headers` that it sends those of its rules, whose
    form is in `pages/forms.py`.
    """

    name: str
    depot: Callable[[Deploy, Path], Depot] | None
    root: str | None = ""
    metadata: bool = False
    headers: bool = False


def _folder(deploy: Deploy, root: Path) -> Depot:
    return Folder(root / deploy.path)


def _server(deploy: Deploy, _root: Path) -> Depot:
    return Server(deploy.remote, deploy.port)


def _store(deploy: Deploy, _root: Path) -> Depot:
    return open_store(deploy)


HOSTS: tuple[Host, ...] = (
    Host("folder", _folder),
    Host("ssh", _server),
    Host("s3", _store, metadata=True),
    Host("r2", _store, metadata=True),
    Host("gcs", _store, metadata=True),
    Host("azure", _store, metadata=True),
    Host("github-pages", None),
    Host("gitlab-pages", None, root="public"),
    Host("netlify", None, root=None, headers=True),
    Host("cloudflare-pages", None, root=None, headers=True),
    Host("vercel", None, root=None, headers=True),
)
BY_NAME = {host.name: host for host in HOSTS}


@cache
def limits() -> dict[str, Limits]:
    """What every kind of host takes."""
    text = (Path(__file__).parent.parent / "data" / "hosts.toml").read_text("utf-8")
    tables = tomllib.loads(text)
    tables.pop("checked")
    return msgspec.convert(tables, dict[str, Limits])
