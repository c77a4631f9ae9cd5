"""[deploy.NAME]: where a site is put: the fields of every kind of host, and what may never be among them."""

import re
from typing import Any

import msgspec

from byline import fields as f
from byline import text as words
from byline.problems import FieldPath


class Deploy(msgspec.Struct, frozen=True):
    """One place that a site is put to: `to` is the kind of host, the rest is what that kind needs."""

    to: str
    path: str = ""
    remote: str = ""
    port: int = 0
    branch: str = ""
    bucket: str = ""
    prefix: str = ""
    region: str = ""
    endpoint: str = ""
    account: str = ""
    server: str = ""
    cdn: str = ""
    redirects: str = "rules"


# What each kind of host must be told, and what it may be told besides.
KINDS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "folder": (("path",), ("server",)),
    "ssh": (("remote",), ("port", "server")),
    "s3": (("bucket",), ("prefix", "region", "endpoint")),
    "r2": (("bucket", "account"), ("prefix", "endpoint")),
    "gcs": (("bucket",), ("prefix", "endpoint")),
    "azure": (("bucket", "account"), ("prefix", "endpoint")),
    "github-pages": (("remote",), ("branch", "prefix")),
    "gitlab-pages": (("remote",), ("branch", "prefix")),
    "netlify": (("remote",), ("branch", "prefix")),
    "cloudflare-pages": (("remote",), ("branch", "prefix")),
    "vercel": (("remote",), ("branch", "prefix")),
}
CDNS = ("cloudflare", "cloudfront", "fastly")

# The names of what must not be shown.
SECRET = re.compile(r"secret|token|passw|credential|sas$|(^|_)(key|auth)($|_)|apikey", re.IGNORECASE)
_ENVIRONMENT = {
    "s3": "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
    "r2": "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
    "gcs": "GOOGLE_APPLICATION_CREDENTIALS",
    "azure": "AZURE_STORAGE_ACCOUNT_KEY or AZURE_STORAGE_SAS_TOKEN",
}


def _plain(reader: f.Reader, path: FieldPath, value: Any) -> Any:
    """A text without anything that ends a line or an argument."""
    read = f.TEXT.read(reader, path, value)
    if read is f.BAD or not read or read.startswith("-"):
        return reader.say(path, "wrong-type", "expected a text here", "write one text, in quotes")
    return read


def _name(reader: f.Reader, path: FieldPath, value: Any) -> Any:
    """A name that a provider of stores has given: it becomes part of an address."""
    read = _plain(reader, path, value)
    if read is f.BAD or re.fullmatch(r"[\w$.-]+", read, re.ASCII):
        return read
    message = f'"{read}" is no name of a store\'s'
    return reader.say(path, "bad-id", message, "letters, digits, full stops and hyphens are possible")


def _prefix(reader: f.Reader, path: FieldPath, value: Any) -> Any:
    """A folder on the host, without slashes at its ends."""
    read = f.TEXT.read(reader, path, value)
    parts = read.strip("/").split("/") if isinstance(read, str) else [".."]
    if any(part in (".", "..") or "\\" in part for part in parts) or (len(parts) > 1 and "" in parts):
        return reader.say(path, "bad-file", "a folder on the host is expected here", "write its path")
    return "/".join(parts)


_STRING = {"type": "string"}
_PLAIN = f.Type(_plain, _STRING)
_NAME = f.Type(_name, _STRING)
DEPLOY = (
    f.Field("to", f.choice(*KINDS), "The kind of host.", required=True),
    f.Field("path", _PLAIN, "folder: where it is; a relative path starts at the archive."),
    f.Field("remote", _PLAIN, "ssh: USER@HOST:/PATH. The Pages hosts: the address of the git repository."),
    f.Field("port", f.integer(1, 65535), "ssh: the port, where it is not 22."),
    f.Field("branch", _PLAIN, 'The Pages hosts: the branch that is served, else "gh-pages".'),
    f.Field("bucket", _NAME, "Object stores: the bucket (Azure: the container)."),
    f.Field("prefix", f.Type(_prefix, _STRING), "A folder in the bucket or branch."),
    f.Field("region", _NAME, "s3: the region."),
    f.Field("endpoint", f.URL, "Object stores: the address of another server than the provider's own."),
    f.Field("account", _NAME, "r2, azure: the account's id or name."),
    f.Field("server", f.choice("nginx", "caddy"), "folder, ssh: what serves the files."),
    f.Field("cdn", f.choice(*CDNS), "The CDN in front, for the form of addresses to purge."),
    f.Field(
        "redirects",
        f.choice("rules", "pages"),
        'How old addresses lead to new ones: "rules" of the host, or only the "pages" that refresh.',
    ),
)
_ONE = f.mapping_of(DEPLOY)
SCHEMA = {"type": "object", "additionalProperties": _ONE.schema}


def _read(reader: f.Reader, path: FieldPath, value: Any) -> Any:
    if not isinstance(value, dict):
        return reader.say(path, "wrong-type", "expected tables here", "write [deploy.NAME]")
    out: dict[str, Deploy] = {}
    for name, raw in value.items():
        here = (*path, name)
        if not isinstance(raw, dict):
            reader.say(here, "wrong-type", "the settings of a place stand in a table", "write [deploy.NAME]")
        elif fault := words.id_fault(name):
            reader.say(here, "bad-id", fault, key=True)
        elif secret := _secret(raw):
            told = f" ({_ENVIRONMENT[raw['to']]})" if raw.get("to") in _ENVIRONMENT else ""
            hint = f"take it out, and change it if others saw it; it belongs into the environment{told}"
            message = f'"{secret}" looks like a secret, which must not stand in this file'
            reader.say((*here, secret), "secret-in-settings", message, hint)
        elif (table := _ONE.read(reader, here, raw)) is not f.BAD and _fits(reader, here, table):
            out[name] = Deploy(**table)
    return out


def _secret(raw: dict[str, Any]) -> str:
    """The first field that looks like a secret, by its name or by what an address holds."""
    for name, value in raw.items():
        if SECRET.search(name) or (isinstance(value, str) and tells_secret(value)):
            return name
    return ""


def tells_secret(address: str) -> bool:
    """Whether an address says who may come in: by a login, or after a question mark.

    To SSH a name alone is no secret.
    """
    scheme, found, rest = address.partition("://")
    if not found:
        return re.match(r"[^/:@]+:[^/@]+@[^/:]+:", address) is not None
    login, known, _ = re.split(r"[/?#]", rest, maxsplit=1)[0].rpartition("@")
    return "?" in rest or (bool(known) and (":" in login or "ssh" not in scheme.lower()))


def _fits(reader: f.Reader, path: FieldPath, table: dict[str, Any]) -> bool:
    """Whether a kind of host is told all that it needs, and nothing that it has no use for."""
    needed, possible = KINDS[table["to"]]
    known = ("to", *needed, *possible, "cdn", "redirects")
    fits = True
    for name in table:
        if name not in known:
            message = f'{table["to"]} has no "{name}"'
            reader.say((*path, name), "unknown-field", message, f"known here: {', '.join(known)}", key=True)
            fits = False
    place = "path" if table["to"] == "folder" else "remote"
    spelled = str(table.get(place, ""))
    if (spelled.partition(":")[2] if table["to"] == "ssh" else spelled).startswith("~"):
        hint = "write the whole path; by SSH, HOST:www begins in the home folder"
        reader.say((*path, place), "bad-file", '"~" means no folder here', hint)
        fits = False
    for field in DEPLOY:
        if field.name in needed and field.name not in table:
            hint = f"{field.name}: {field.help}"
            reader.say(path, "missing-field", f'"{field.name}" is missing', hint)
            fits = False
    return fits


TYPE = f.Type(_read, SCHEMA)
