"""A built site as one host gets it: its files, the rules in the host's form, compressed copies."""

from collections.abc import Container, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from byline.archive import Archive
from byline.asked import Progress
from byline.deploy import Deploy
from byline.pages import rules as table
from byline.pages.forms import rule_files
from byline.publish import release as r
from byline.publish.compress import SUFFIXES, encoded, packs
from byline.publish.hosts import BY_NAME
from byline.publish.sending import Refused
from byline.values import Manifest, Output


def prefix_of(deploy: Deploy, rules: table.Rules) -> str:
    """The folder below what a host serves in which the site stands."""
    root = BY_NAME[deploy.to].root
    return deploy.prefix or (rules.base.strip("/") if root is None else root)


def assemble(
    output: Path,
    built: Manifest,
    outputs: Sequence[Output],
    rules: table.Rules,
    deploy: Deploy,
    cache: Path,
    report: Progress,
) -> dict[str, r.File]:
    """Every file that a host should hold, by path; "/…" stands at the root of what the host serves.

    What was built for other hosts to read is left out. Raises Refused where something is not installed.
    """
    host = BY_NAME[deploy.to]
    others = {one.path for one in outputs if one.kind == "rules"}

    def told(path: str) -> dict[str, str]:
        return table.metadata(path) if host.metadata else {}

    files = {
        path: r.File(path, digest, size, source=output / path, metadata=told(path))
        for path, (_, digest, size) in built.files.items()
        if path not in others
    }
    for path in files:
        if not path.isprintable():
            raise Refused(f"{path!r} cannot be sent by that name; rename the file in static/")
    if deploy.server:
        files |= encoded(list(files.values()), cache / "encoded", report)
    for path, text in _rule_files(files, rules, deploy):
        files[path] = r.from_bytes(path, text, told(path))
    if _at_root(files, rules, deploy):
        files["/404.html"] = msgspec.structs.replace(files["404.html"], path="/404.html")
    return dict(sorted(files.items()))


def _rule_files(there: Container[str], rules: table.Rules, deploy: Deploy) -> Iterator[tuple[str, bytes]]:
    """The rules in the host's form, by path; what stands in static/ is the editor's own."""
    outside = BY_NAME[deploy.to].depot is None and prefix_of(deploy, rules)
    for name, text in rule_files(deploy, rules).items():
        path = f"/{name}" if outside else name
        if path not in there:
            yield path, text.encode()


def _at_root(there: Container[str], rules: table.Rules, deploy: Deploy) -> bool:
    """Whether the page for what is not found is wanted above the site, too: some hosts look only there."""
    return BY_NAME[deploy.to].root is None and bool(prefix_of(deploy, rules)) and "404.html" in there


def expected(
    sizes: Mapping[str, int], outputs: Sequence[Output], rules: table.Rules, deploy: Deploy
) -> dict[str, str | bytes]:
    """What `assemble` will find, before anything is built: by path the output it is made of, or its bytes."""
    others = {one.path for one in outputs if one.kind == "rules"}
    found: dict[str, str | bytes] = {path: path for path in sizes if path not in others}
    if deploy.server:
        packed = [path for path in found if packs(path, sizes[path])]
        found |= {f"{path}.{suffix}": path for path in packed for suffix in SUFFIXES}
    found |= dict(_rule_files(found, rules, deploy))
    if _at_root(found, rules, deploy):
        found["/404.html"] = "404.html"
    return found


def release(
    archive: Archive, outputs: Sequence[Output], rules: table.Rules, deploy: Deploy, files: dict[str, r.Entry]
) -> r.Release:
    """The record of these files."""
    withdrawn, hidden = table.withdrawn(archive, outputs)
    moved = {old if not old.endswith("/") else f"{old}index.html": new for old, new in rules.moved}
    sends = bool(deploy.server) or BY_NAME[deploy.to].headers
    marks = tuple(sorted(map(r.mark, hidden)))
    return r.Release(0, files, withdrawn, len(hidden), moved, rules.policy if sends else "", marks)
