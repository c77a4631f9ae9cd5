"""The table of rules in each host's own form: what it reads, as texts by file name.

Files under `.byline/` are for the editor of a server's configuration and are not part of the site; the others
are read by the host itself, at the root of what it serves.
"""

import json
import re
from collections.abc import Callable, Mapping
from urllib.parse import quote

import msgspec

from byline.deploy import Deploy
from byline.pages import rules as r

# A function of CloudFront holds at most so much (Amazon's quota for functions).
CLOUDFRONT_MOST = 10_240


def _quoted(text: str) -> str:
    """A path inside quotes of nginx or Caddy: nothing in it can end them, or is a variable."""
    return '"' + quote(text, safe="/._-~") + '"'


def _literal(text: str) -> str:
    """A path as nginx compares it, which is after decoding."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def nginx(rules: r.Rules) -> dict[str, str]:
    """Directives for a `server` block whose `root` leads, with the path of base_url, to the site."""
    base = rules.base

    def headers(found: Mapping[str, str]) -> str:
        return "".join(f'    add_header {name} "{value}" always;\n' for name, value in found.items())

    def location(match: str, found: Mapping[str, str]) -> str:
        return f"location {match} {{\n{headers(found)}}}\n"

    page = {
        **r.SAFE,
        "Cache-Control": r.FRESH,
        "Content-Security-Policy": r.page_policy(rules),
    }
    embed = {**page, "Content-Security-Policy": r.page_policy(rules, embed=True)}
    data = {**r.SAFE, "Cache-Control": r.FRESH, **r.OPEN}
    fixed = {**r.SAFE, "Cache-Control": r.IMMUTABLE}
    by_type: dict[str, list[str]] = {}
    for suffix, mime in r.SUFFIXES.items():
        by_type.setdefault(mime.partition(";")[0], []).append(suffix)
    types = "".join(f"    {mime} {' '.join(names)};\n" for mime, names in by_type.items())
    texts = " ".join(sorted({m.partition(";")[0] for m in r.SUFFIXES.values() if "charset" in m}))
    out = [
        f"# For a server block whose root, followed by {base}, is the folder of the site.\n",
        f"types {{\n{types}}}\ndefault_type {r.OTHER};\ncharset utf-8;\n",
        f"charset_types {texts.replace('text/html ', '')} application/rss+xml application/atom+xml;\n",
        "gzip_static on;\ngzip_vary on;\n",
        f"error_page 404 {base}404.html;\n",
        location(base, page),
        location(f"^~ {base}assets/", fixed),
        location(f"^~ {base}media/", fixed),
        location(f"~ ^{base}contributors/[^/]+/embed/", embed),
        f"location ^~ {base}.byline/ {{\n    return 404;\n}}\n",
        f"location = {base}.byline/state.json {{\n    default_type application/json;\n}}\n",
    ]
    for name, mime in r.NAMES.items():
        inside = "    types { }\n" + f'    default_type "{mime.partition(";")[0]}";\n'
        escaped = name.replace(".", r"\.")
        out.append(f"location ~ ^{base}(.*/)?{escaped}$ {{\n{inside}{headers(data)}}}\n")
    # The first pattern that matches counts, so that whole names come before endings.
    out.append(location(rf"~ ^{base}.*\.(json|svg)$", data))
    for old, new in rules.moved:
        go = f"    return 301 {_quoted(base + new)};\n"
        out.append(f"location = {_literal(base + old)} {{\n{go}}}\n")
        if old.endswith("/"):
            out.append(f"location = {_literal(base + old[:-1])} {{\n{go}}}\n")
    for gone in rules.gone:
        shown = f"{base}{gone}index.html"
        out.append(f"location ^~ {base}{gone} {{\n    error_page 410 {shown};\n    return 410;\n}}\n")
        out.append(location(f"= {shown}", page))
    return {
        ".byline/nginx.conf": "".join(out),
        ".byline/nginx-brotli.conf": "# Needs the module ngx_brotli.\nbrotli_static on;\n",
    }


def caddy(rules: r.Rules) -> dict[str, str]:
    """Directives for a site block of a Caddyfile whose `root` leads, with base_url's path, to the site."""
    base = rules.base

    def headers(match: str, found: Mapping[str, str]) -> str:
        lines = "".join(f'    {name} "{value}"\n' for name, value in found.items())
        return f"header {match} {{\n{lines}}}\n"

    special = " ".join(f"*/{name}" for name in r.NAMES)
    by_type: dict[str, list[str]] = {}
    for suffix, mime in r.SUFFIXES.items():
        by_type.setdefault(mime, []).append(f"*.{suffix}")
    types: list[str] = []
    for number, (mime, names) in enumerate(by_type.items()):
        types.append(f"@type{number} {{\n    path {' '.join(names)}\n    not path {special}\n}}\n")
        types.append(f'header @type{number} Content-Type "{mime}"\n')
    for number, (name, mime) in enumerate(r.NAMES.items()):
        types.append(f'@name{number} path */{name}\nheader @name{number} Content-Type "{mime}"\n')
    types.append(f'@page path */\nheader @page Content-Type "{r.SUFFIXES["html"]}"\n')
    out = [
        f"# For a site block whose root, followed by {base}, is the folder of the site.\n",
        f"@pages not path {base}assets/* {base}media/* *.json *.svg {base}contributors/*/embed/*\n",
        f"@embeds path {base}contributors/*/embed/*\n",
        f"@fixed path {base}assets/* {base}media/*\n",
        f"@fresh not path {base}assets/* {base}media/*\n",
        "@data path *.json *.svg\n",
        headers("@pages", {"Content-Security-Policy": r.page_policy(rules)}),
        headers("@embeds", {"Content-Security-Policy": r.page_policy(rules, embed=True)}),
        headers("*", r.SAFE),
        headers("@fresh", {"Cache-Control": r.FRESH}),
        headers("@fixed", {"Cache-Control": r.IMMUTABLE}),
        headers("@data", r.OPEN),
    ]
    out += [
        *types,
        f"@hidden {{\n    path {base}.byline/*\n    not path {base}.byline/state.json\n}}\n",
        'error @hidden "" 404\n',
    ]
    for old, new in rules.moved:
        both = [old, old[:-1]] if old.endswith("/") else [old]
        # Braces would be those of a variable, however they are written; "?" is any character.
        olds = [re.sub("[{}]", "?", _literal(base + one)) for one in both]
        out += [f"redir {one} {_quoted(base + new)} 301\n" for one in olds]
    if rules.gone:
        out.append(f"@gone path {' '.join(f'{base}{gone}*' for gone in rules.gone)}\n")
        out.append('error @gone "" 410\n')
    out += [
        "handle_errors {\n    @was expression {err.status_code} == 410\n",
        f'    header >Content-Type "{r.SUFFIXES["html"]}"\n',
        "    handle @was {\n        try_files {path}index.html {path}/index.html\n",
        "        file_server\n    }\n",
        f"    handle {{\n        rewrite * {base}404.html\n        file_server\n    }}\n}}\n",
        "file_server {\n    precompressed br gzip\n}\n",
    ]
    return {".byline/Caddyfile": "".join(out)}


def headers_file(rules: r.Rules) -> dict[str, str]:
    """`_headers` of Netlify and Cloudflare Pages.

    All rules that match a path are added up there, so that no header may be in two of them: who may frame a
    page is left open, since embedded pages must differ. Pages are fresh without a rule on both hosts.
    """
    base = rules.base
    groups = {
        f"{base}*": {**r.SAFE, "Content-Security-Policy": rules.policy},
        f"{base}assets/*": {"Cache-Control": r.IMMUTABLE},
        f"{base}media/*": {"Cache-Control": r.IMMUTABLE},
        f"{base}contributors/:id/credits.json": r.OPEN,
        f"{base}contributors/:id/oembed.json": r.OPEN,
        f"{base}contributors/:id/badge.svg": r.OPEN,
        f"{base}records/:id/index.json": r.OPEN,
        f"{base}episodes/:id/index.json": r.OPEN,
        f"{base}episodes/:id/:segment/index.json": r.OPEN,
        f"{base}episodes/:id/chapters.json": r.OPEN,
        f"{base}feed.json": r.OPEN,
        f"{base}schema/*": r.OPEN,
    }
    lines: list[str] = []
    for path, found in groups.items():
        lines += [f"{path}\n", *(f"  {name}: {value}\n" for name, value in found.items())]
    return {"_headers": "".join(lines)}


def _redirects(rules: r.Rules, status: str) -> dict[str, str]:
    base = rules.base
    lines = [
        f"{quote(base + old, safe='/._-~')} {quote(base + new, safe='/._-~')} {status}\n"
        for old, new in rules.moved
    ]
    return {"_redirects": "".join(lines)} if lines else {}


def netlify(rules: r.Rules) -> dict[str, str]:
    """`_headers` and `_redirects`; a rule goes before the page that refreshes with an exclamation mark."""
    return headers_file(rules) | _redirects(rules, "301!")


def cloudflare_pages(rules: r.Rules) -> dict[str, str]:
    """`_headers` and `_redirects`."""
    return headers_file(rules) | _redirects(rules, "301")


def vercel(rules: r.Rules) -> dict[str, str]:
    """`vercel.json`: headers and redirects; the last matching header counts."""
    base = rules.base

    def pairs(found: Mapping[str, str]) -> list[dict[str, str]]:
        return [{"key": name, "value": value} for name, value in found.items()]

    groups = [
        (f"{base}(.*)", {**r.SAFE, "Content-Security-Policy": r.page_policy(rules)}),
        (
            f"{base}contributors/([^/]+)/embed/(.*)",
            {"Content-Security-Policy": r.page_policy(rules, embed=True)},
        ),
        (f"{base}assets/(.*)", {"Cache-Control": r.IMMUTABLE}),
        (f"{base}media/(.*)", {"Cache-Control": r.IMMUTABLE}),
        (f"{base}(.*)\\.json", r.OPEN),
        (f"{base}(.*)\\.svg", r.OPEN),
    ]
    document = {
        "trailingSlash": True,
        "headers": [{"source": source, "headers": pairs(found)} for source, found in groups],
        "redirects": [
            {
                "source": quote(base + old, safe="/._-~"),
                "destination": quote(base + new, safe="/._-~"),
                "statusCode": 301,
            }
            for old, new in rules.moved
        ],
    }
    return {"vercel.json": json.dumps(document, indent=1) + "\n"}


def github_pages(_rules: r.Rules) -> dict[str, str]:
    """An empty `.nojekyll`: files are served as they are, those with an underscore too."""
    return {".nojekyll": ""}


def gitlab_pages(_rules: r.Rules) -> dict[str, str]:
    """A pipeline of one job that publishes the folder `public`.

    GitLab lets a file win over a rule for its address, so that `_redirects` would do nothing here.
    """
    job = 'pages:\n  script: ["true"]\n  artifacts:\n    paths: [public]\n'
    return {".gitlab-ci.yml": job}


def cloudfront(rules: r.Rules) -> dict[str, str]:
    """A function for viewer requests, and a policy for response headers, before a bucket."""
    base = rules.base
    # Room is scarce, and what stood beside a credit page stands at both addresses.
    moved = {base + old: base + new for old, new in rules.moved if new.endswith("/")}
    gone = {base + path: 1 for path in rules.gone}

    def function(moved: Mapping[str, str]) -> str:
        return (
            "// A CloudFront function for viewer requests: moved and gone pages, index.html of folders.\n"
            f"var moved = {json.dumps(moved)};\nvar gone = {json.dumps(gone)};\n"
            "function handler(event) {\n"
            "  var request = event.request, uri = request.uri;\n"
            "  if (moved[uri]) return {statusCode: 301, statusDescription: 'Moved Permanently',\n"
            "    headers: {location: {value: encodeURI(moved[uri])}}};\n"
            "  if (gone[uri]) return {statusCode: 410, statusDescription: 'Gone'};\n"
            "  if (uri.endsWith('/')) request.uri += 'index.html';\n"
            "  else if (uri.lastIndexOf('.') < uri.lastIndexOf('/'))\n"
            "    return {statusCode: 301, statusDescription: 'Moved Permanently',\n"
            "      headers: {location: {value: uri + '/'}}};\n"
            "  return request;\n}\n"
        )

    code = function(moved)
    if len(code.encode()) > CLOUDFRONT_MOST:  # old addresses still have their pages that refresh
        code = function({})
    policy = {
        "Name": "byline",
        "SecurityHeadersConfig": {
            "ContentTypeOptions": {"Override": True},
            "ReferrerPolicy": {"Override": True, "ReferrerPolicy": r.SAFE["Referrer-Policy"]},
            "ContentSecurityPolicy": {"Override": True, "ContentSecurityPolicy": rules.policy},
        },
    }
    return {
        ".byline/cloudfront.js": code,
        ".byline/cloudfront-headers.json": json.dumps(policy, indent=1) + "\n",
    }


def nothing(_rules: r.Rules) -> dict[str, str]:
    """For hosts that read no rules."""
    return {}


Form = Callable[[r.Rules], dict[str, str]]
FORMS: dict[str, Form] = {
    "folder": nothing,
    "ssh": nothing,
    "s3": cloudfront,
    "r2": nothing,
    "gcs": nothing,
    "azure": nothing,
    "github-pages": github_pages,
    "gitlab-pages": gitlab_pages,
    "netlify": netlify,
    "cloudflare-pages": cloudflare_pages,
    "vercel": vercel,
}
# What serves a folder or a server's files.
SERVERS: dict[str, Form] = {"nginx": nginx, "caddy": caddy}


def rule_files(deploy: Deploy, rules: r.Rules) -> dict[str, str]:
    """The rules in the form of a place, by file name."""
    if deploy.redirects == "pages":
        rules = msgspec.structs.replace(rules, moved=())
    return (SERVERS[deploy.server] if deploy.server else FORMS[deploy.to])(rules)
