"""What the stages of a build give to the next one: what was read, what was linked, what was checked."""

from collections.abc import Collection, Mapping, Sequence
from functools import cached_property

import msgspec

from byline import templating
from byline.archive import Archive
from byline.media.fonts import Face
from byline.pages import registry
from byline.problems import Problem
from byline.read.scan import Scan
from byline.settings import Settings
from byline.values import AnyDocument, Key, Medium, Output
from byline.vocabulary import Vocabulary


class Contents(msgspec.Struct, frozen=True):
    """What stands in an archive's folder, and what is wrong with it; without `scan` it could not be read.

    `alike` is a digest of it but for the words of bodies, empty where it is not known. `digests` are those of
    the texts of files of documents. `earlier` are digests of texts from which these differ in words only.
    `nameless` is a digest as `alike`, but for names and titles, too (`byline.named`). `rows` are digests of
    rows of ledgers, by their places.
    `lost` are ids, by kind, that may stand in files that could not be read whole.
    `statics` are the states of files of static/. `again` counts the files that were read, `started` is the
    moment before any of this was looked at, `stages` are the seconds that each stage took.
    """

    settings: Settings
    problems: tuple[Problem, ...]
    vocabulary: Vocabulary
    scan: Scan | None = None
    documents: Sequence[AnyDocument] = ()
    media: Mapping[str, Medium] = {}
    alike: bytes = b""
    digests: Mapping[str, bytes] = {}
    earlier: Mapping[str, bytes] = {}
    nameless: bytes = b""
    rows: Mapping[str, bytes] = {}
    lost: Mapping[str, Collection[str]] = {}
    statics: Mapping[str, bytes] = {}
    again: int = 0
    started: int = 0
    stages: tuple[tuple[str, float], ...] = ()


class Linked(msgspec.Struct, frozen=True):
    """An archive, what it was linked from, what is wrong in it, and the pages apart from its documents.

    `media` are the renditions that it shows, `until` is the first day on which an embargo ends. `words` has,
    by file, the keys of the documents that have their words (None: all have).
    """

    contents: Contents
    archive: Archive
    problems: tuple[Problem, ...]
    pages: tuple[Output, ...]
    media: tuple[Output, ...] = ()
    until: str = ""
    stages: tuple[tuple[str, float], ...] = ()
    words: Mapping[str, Sequence[Key]] | None = None


class Checked(msgspec.Struct, frozen=True, dict=True):
    """An archive that was read, linked and planned: all that is known before anything is made.

    `apart` are the outputs that are not beside a document, but for sitemaps; `clashes` are those problems
    that are about two outputs at one address.
    `days` are the first day for which it holds and the first on which an embargo ends, `read` the numbers
    of files that were read and of those there are, `stages` the seconds that each stage took. `words` has,
    by file, the keys of the documents that have their words (None: all have).
    """

    contents: Contents
    problems: tuple[Problem, ...]
    archive: Archive | None = None
    apart: tuple[Output, ...] = ()
    templates: templating.Templates | None = None
    assets: dict[str, templating.Asset] = {}
    fonts: tuple[Face, ...] = ()
    clashes: tuple[Problem, ...] = ()
    days: tuple[str, str] = ("", "")
    read: tuple[int, int] = (0, 0)
    stages: tuple[tuple[str, float], ...] = ()
    words: Mapping[str, Sequence[Key]] | None = None

    @property
    def settings(self) -> Settings:
        """The archive's settings."""
        return self.contents.settings

    @cached_property
    def outputs(self) -> tuple[Output, ...]:
        """Everything that the site will hold, listed when it is asked for: a preview never asks."""
        return registry.whole(self.archive, self.apart) if self.archive else ()

    @property
    def sound(self) -> bool:
        """Whether the site can be made."""
        return not any(problem.severity == "error" for problem in self.problems)
