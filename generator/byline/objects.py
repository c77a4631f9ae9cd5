"""Object stores: Amazon S3 and all that speak as it does, Google Cloud Storage, Azure Blob Storage.

For what is published, and for a cache that several machines reach. Keys come from the environment or the
platform's own chain; nothing here sees them.
"""

import os
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from typing import Any, TypeVar

from byline.deploy import Deploy

T = TypeVar("T")
R = TypeVar("R")
# Requests under way at the same time.
REQUESTS = 16
_KINDS = {"s3": "s3", "gs": "gcs", "az": "azure"}
_ADDRESS = re.compile(rf"({'|'.join(_KINDS)})://([\w.-]+)(?:/([\w./-]*))?", re.ASCII)


def opened(deploy: Deploy) -> Any:
    """The store that settings name. Raises OSError where it cannot be opened."""
    try:
        import obstore.store as stores
    except ModuleNotFoundError:
        raise OSError(0, 'object stores need more: pip install "byline[publish]"') from None
    options: dict[str, Any] = {"client_options": {"allow_http": deploy.endpoint.startswith("http://")}}
    if deploy.endpoint:
        options["base_url" if deploy.to == "gcs" else "endpoint"] = deploy.endpoint
    if deploy.prefix:
        options["prefix"] = deploy.prefix
    try:
        if deploy.to == "gcs":
            return stores.GCSStore(deploy.bucket, **options)
        if deploy.to == "azure":
            if deploy.account:
                options["account_name"] = deploy.account
            return stores.AzureStore(deploy.bucket, **options)
        if deploy.to == "r2":
            options.setdefault("endpoint", f"https://{deploy.account}.r2.cloudflarestorage.com")
        options["region"] = deploy.region or "auto" if deploy.to == "r2" else deploy.region or "us-east-1"
        return stores.S3Store(deploy.bucket, **options)
    except Exception as error:
        raise OSError(0, words(error)) from None


def words(error: Exception) -> str:
    """What a store said: its status and its word for it.

    Not the rest of its answer, in which some say again what they were asked; nor the question mark of an
    address and what follows, which may be a key.
    """
    first = str(error).partition("\n")[0]
    head, told, answer = first.partition("status code: ")
    code = re.search(r"<Code>(\w+)</Code>", answer)
    status = answer.partition(":")[0] + (f" ({code[1]})" if code else "")
    return re.sub(r"\?\S*", "?…", head) + told + status


def several(work: Callable[[T], R], items: Sequence[T]) -> Iterator[R]:
    """The results of requests, in order, several of which are under way at the same time."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(REQUESTS) as pool:
        yield from pool.map(work, items)


def addressed(address: str) -> Deploy | None:
    """The store at s3://BUCKET/FOLDER, gs://… or az://…; None where that is no such address.

    S3's other servers, and its regions, are named in the environment, where all its tools look for them.
    """
    found = _ADDRESS.fullmatch(address)
    if found is None:
        return None
    kind, bucket, folder = found.groups()
    endpoint = os.environ.get("AWS_ENDPOINT_URL", "") if kind == "s3" else ""
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION", "")
    prefix = (folder or "").strip("/")
    return Deploy(_KINDS[kind], bucket=bucket, prefix=prefix, region=region, endpoint=endpoint)


def get(address: str, path: str) -> bytes | None:
    """The bytes of an object; None where there is none. Raises OSError."""
    import obstore

    with _plain(address) as store:
        try:
            return bytes(obstore.get(store, path).bytes())
        except FileNotFoundError:
            return None


def put(address: str, path: str, data: bytes) -> None:
    """Write an object, whole or not at all. Raises OSError."""
    import obstore

    with _plain(address) as store:
        obstore.put(store, path, data)


def delete(address: str, paths: Sequence[str]) -> None:
    """Delete objects, if they are there. Raises OSError."""
    import obstore

    with _plain(address) as store:
        for path in paths:
            with suppress(FileNotFoundError):
                obstore.delete(store, path)


def listed(address: str, folder: str = "") -> tuple[list[str], list[str]]:
    """The names of folders and of objects right in a folder. Raises OSError."""
    import obstore

    with _plain(address) as store:
        found: Any = obstore.list_with_delimiter(store, folder or None)
    folders = [one.rstrip("/").rpartition("/")[2] for one in found["common_prefixes"]]
    return folders, [one["path"].rpartition("/")[2] for one in found["objects"]]


@cache
def _store(address: str) -> Any:
    deploy = addressed(address)
    if deploy is None:
        raise OSError(0, f"{address} is no address of a store")
    return opened(deploy)


@contextmanager
def _plain(address: str) -> Iterator[Any]:
    """A store, whose errors are OSErrors."""
    try:
        yield _store(address)
    except Exception as error:
        raise OSError(0, f"{address}: {words(error)}") from None
