"""Addresses that a CDN must forget, in the CDN's own form."""

import json
from collections.abc import Iterable, Iterator
from urllib.parse import quote, urlsplit

# One request of Cloudflare's purge takes so many addresses on every plan.
CLOUDFLARE_MOST = 30
# An invalidation of CloudFront may hold so many paths while it runs.
CLOUDFRONT_MOST = 3_000


def urls(base_url: str, paths: Iterable[str]) -> list[str]:
    """The addresses of files of the site; a page has one with and one without `index.html`."""
    found: dict[str, None] = {}
    for path in sorted(paths):
        if path.startswith(("/", ".byline/")) or path.endswith((".gz", ".br")):
            continue
        address = base_url + quote(path, safe="/~")
        found[address.removesuffix("index.html")] = None
        found[address] = None
    return list(found)


def lines(cdn: str, base_url: str, paths: Iterable[str]) -> Iterator[str]:
    """What to give to the CDN; addresses, one a line, where none is named."""
    found = urls(base_url, paths)
    if cdn == "cloudflare":
        for at in range(0, len(found), CLOUDFLARE_MOST):
            yield json.dumps({"files": found[at : at + CLOUDFLARE_MOST]})
    elif cdn == "cloudfront":
        for at in range(0, len(found), CLOUDFRONT_MOST):
            some = " ".join(f"'{urlsplit(url).path}'" for url in found[at : at + CLOUDFRONT_MOST])
            yield f'aws cloudfront create-invalidation --distribution-id "$DISTRIBUTION" --paths {some}'
    elif cdn == "fastly":
        yield from (f"curl -X PURGE '{url}'" for url in found)
    else:
        yield from found
