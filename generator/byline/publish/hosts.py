"""Every kind of host: how it is reached, the form of its rules, what it takes: the place to add a kind."""

import tomllib
from collections.abc import Callable
from functools import cache
from pathlib import Path

import msgspec

from byline.deploy import Deploy
from byline.publish import forms
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

    `form` writes its rules. `root` is where the site stands in what it serves: a folder, or None for that
    which base_url names. `metadata` says that it keeps headers with each file, `headers` that it sends
    those of the rules.
    """

    name: str
    depot: Callable[[Deploy, Path], Depot] | None
    form: forms.Form
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
    Host("folder", _folder, forms.nothing),
    Host("ssh", _server, forms.nothing),
    Host("s3", _store, forms.cloudfront, metadata=True),
    Host("r2", _store, forms.nothing, metadata=True),
    Host("gcs", _store, forms.nothing, metadata=True),
    Host("azure", _store, forms.nothing, metadata=True),
    Host("github-pages", None, forms.github_pages),
    Host("gitlab-pages", None, forms.gitlab_pages, root="public"),
    Host("netlify", None, forms.netlify, root=None, headers=True),
    Host("cloudflare-pages", None, forms.cloudflare_pages, root=None, headers=True),
    Host("vercel", None, forms.vercel, root=None, headers=True),
)
BY_NAME = {host.name: host for host in HOSTS}
# What serves a folder or a server's files.
SERVERS: dict[str, forms.Form] = {"nginx": forms.nginx, "caddy": forms.caddy, "": forms.nothing}


@cache
def limits() -> dict[str, Limits]:
    """What every kind of host takes."""
    text = (Path(__file__).parent.parent / "data" / "hosts.toml").read_text("utf-8")
    tables = tomllib.loads(text)
    tables.pop("checked")
    return msgspec.convert(tables, dict[str, Limits])
