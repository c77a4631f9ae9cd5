"""What the hosts in byline.toml read beside the site, in the form of each: headers, moved and gone pages."""

from collections.abc import Iterator

from byline.archive import Archive
from byline.pages.forms import rule_files
from byline.pages.here import Here
from byline.pages.kind import PageKind
from byline.pages.rules import rules
from byline.values import Output


def _plan(archive: Archive) -> Iterator[Output]:
    """The files of every place; where two want one in forms of their own, that of the first."""
    deploys = archive.settings.deploy
    if not deploys:
        return
    table = rules(archive)
    planned: dict[str, str] = {}
    for name, deploy in deploys.items():
        for path in rule_files(deploy, table):
            planned.setdefault(path, name)
    yield from (Output(path, "rules", name) for path, name in planned.items())


def _data(here: Here) -> bytes:
    deploy = here.archive.settings.deploy[here.output.id]
    return rule_files(deploy, rules(here.archive))[here.output.path].encode()


KINDS = (PageKind("rules", _plan, data=_data),)
