"""Works that a work hangs together with, for programs: what it shows, was made from, and led to."""

from typing import Any

import msgspec

from byline import lineage
from byline.pages.facts import TimeFacts, page_url, time_facts
from byline.pages.here import Here
from byline.pages.media_facts import LicenseFacts, license_facts


class RelatedFacts(msgspec.Struct, frozen=True, gc=False, omit_defaults=True, rename={"part": "as"}):
    """A record that is shown, is a source, or was made from this one; or a work outside (without id). A
    withdrawn one keeps its place."""

    title: str
    id: str = ""
    url: str = ""
    kind: str = ""
    part: str = ""
    at: TimeFacts | None = None
    by: str = ""
    license: LicenseFacts | None = None
    withdrawn: bool = False


def lineage_facts(here: Here, identity: str) -> dict[str, Any]:
    """What a record was made from, what was made from it, and how many are before and after it."""
    whole = here.archive.lineage
    standing = lineage.standing(whole, identity)
    sources = [
        related_facts(here, line.record, line.kind, line.part, line.at)
        for line in lineage.sources(whole, identity)
    ]
    for line in whole.outside.get(identity, ()):
        license_ = license_facts(here.license(line.license))
        at = None if line.at is None else time_facts(line.at)
        sources.append(
            RelatedFacts(line.title or line.record, "", line.url, line.kind, line.part, at, line.by, license_)
        )
    return {
        "sources": tuple(sources),
        "derived": tuple(
            related_facts(here, edge.child, edge.line.kind, edge.line.part, edge.line.at)
            for edge in lineage.edges_below(whole, identity)
        ),
        "before": standing.above,
        "after": standing.below,
    }


def related_facts(here: Here, identity: str, kind: str, part: str, at: int | None) -> RelatedFacts:
    """A record of the archive, and how it hangs together with a work."""
    key = ("record", identity)
    moment = None if at is None else time_facts(at)
    gone = here.archive.library.records[identity].withdrawn is not None
    return RelatedFacts(here.title(key), identity, page_url(here, key), kind, part, moment, withdrawn=gone)
