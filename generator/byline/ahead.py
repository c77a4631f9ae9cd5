"""What is begun before the rest of the program is imported, and goes on beside that in other processes.

Where there was no build before, that is reading (decision 36). Else the templates for a page of the document
that was changed last are compiled: that is often all that is needed (decision 40).
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from byline.asked import Asked
from byline.last import Seen, look
from byline.times import today

if TYPE_CHECKING:
    from pathlib import Path

    from byline.problems import Problem
    from byline.reading import Reading
    from byline.settings import Settings
    from byline.templating import Templates


class Ahead(NamedTuple):
    """What was `seen` of the last build, a reading that was begun, or settings and templates of the site."""

    seen: Seen | None = None
    reading: "Reading | None" = None
    settings: "tuple[Settings | None, tuple[Problem, ...]]" = (None, ())
    templates: "Templates | None" = None


NOTHING = Ahead()


def look_at(asked: Asked, output: "Path | None") -> Seen | None:
    """What is seen of the last build; None where nothing of it is to be trusted, or none is known."""
    if asked.cache is None or asked.verify:
        return None
    return look(asked.root, output, asked.overrides, today(asked.on), asked.cache)


def begin(asked: Asked, seen: Seen | None) -> Ahead:
    """Begin what a build needs where this was `seen` of the last one."""
    from byline import reading

    if seen is None:
        return Ahead(reading=reading.begin(asked))
    configured, said = reading.read_settings(asked.root, asked.overrides)
    if configured is None:
        return Ahead(seen)
    from byline import templating

    templates = templating.load(asked.root, configured.build.theme, configured.archive.language)
    # Processes that are forked before there is much to share share little.
    if reading.crew_size(asked, configured) > 1:
        templates.compile_beside(lambda: _likely(seen, templates))
    return Ahead(seen, None, (configured, said), templates)


def _likely(seen: Seen, templates: "Templates") -> Iterable[str]:
    """The templates for the page of the document whose file was changed last.

    Those that the last build needed, if it made such a page: half of all that it may need are for what few
    pages have.
    """
    found = seen.walked.scan()
    newest = max(found.sources, key=lambda source: found.states[source.path][2], default=None)
    if newest is None or f"{newest.kind}.html" in seen.templates:
        return seen.templates
    return templates.needed(newest.kind)
