"""The environment of a site's templates: where they are looked for, in which language, with which filters."""

import math
from collections.abc import Callable, Sequence
from functools import lru_cache
from gettext import NullTranslations
from pathlib import Path

import jinja2
import msgspec
from markupsafe import Markup

from byline.below import names
from byline.sandbox import PREFIXES, SiteEnvironment
from byline.text import is_line
from byline.times import parse_date
from byline.wording import catalogue, filters, locale


class _Folders(jinja2.FileSystemLoader):
    """The templates of some folders as they were when this was made.

    They are compiled when they are first needed; the files may then be those of another state of the archive.
    """

    def __init__(self, folders: Sequence[Path]) -> None:
        """Read them all; one that cannot be read says so when it is needed."""
        super().__init__(folders)
        self._known: dict[str, tuple[str, str, Callable[[], bool]] | None] = {}
        unused = jinja2.Environment()
        # Each in its own folder: the loader would follow a link that stands in a nearer one.
        self._at = {name: folder for folder in reversed(folders) for name in filter(is_line, names(folder))}
        for name, folder in sorted(self._at.items()):
            try:
                self._known[name] = jinja2.FileSystemLoader(folder).get_source(unused, name)
            except (OSError, UnicodeDecodeError, jinja2.TemplateNotFound):
                self._known[name] = None

    def list_templates(self) -> list[str]:
        """The names of those that there were."""
        return list(self._known)

    def get_source(
        self, environment: jinja2.Environment, template: str
    ) -> tuple[str, str, Callable[[], bool]]:
        """A template's source. Raises TemplateNotFound, or TemplateSyntaxError where it is no text."""
        if template not in self._known:
            raise jinja2.TemplateNotFound(template)
        try:
            here = jinja2.FileSystemLoader(self._at[template])
            return self._known[template] or here.get_source(environment, template)
        except UnicodeDecodeError as error:
            path = self._at[template] / template
            line = error.object.count(b"\n", 0, error.start) + 1
            message = "this file is not UTF-8"
            raise jinja2.TemplateSyntaxError(message, line, template, str(path)) from error


def _shape(picture: msgspec.Struct) -> int:
    """The number of the class that keeps a picture's place: its width to its height, in eighths of an octave.

    24 is a square, 32 twice as wide as high. The stylesheet limits a picture's height by limiting its width,
    since a browser that is told `width: auto` keeps no place for what it has not loaded.
    """
    width, height = picture.width, picture.height  # type: ignore[attr-defined]
    return min(48, max(0, 24 + math.floor(8 * math.log2(width / height))))


def _within(picture: msgspec.Struct, width: str, high: int) -> str:
    """How wide a picture is shown, for `sizes`: so wide, or as wide as it is where it is `high` vh high.

    Only upright ones are told apart: nothing wider is loaded for them than their height leaves room for.
    """
    wide, tall = picture.width, picture.height  # type: ignore[attr-defined]
    return f"min({width}, {math.ceil(high * wide / tall)}vh)" if 0 < wide < tall else width


def _before(message: str) -> str:
    """What stands in a message before that which is put into it: links and people are templates' business."""
    return message.partition("%(")[0]


def _after(message: str) -> str:
    """What stands in a message after that which is put into it."""
    return message.partition("%(")[2].partition(")s")[2]


def _counted(messages: NullTranslations, number: Callable[[int], str]) -> Callable[..., Markup]:
    """`ngettext` for templates: `%(num)s` is written as the language writes numbers.

    It remembers, since few numbers stand on thousands of pages.
    """

    @lru_cache(maxsize=1 << 14, typed=True)
    def counted(one: str, many: str, num: int, **more: object) -> Markup:
        return Markup(messages.ngettext(one, many, num)) % {"num": number(num), **more}

    return counted


def environment(levels: tuple[Path, ...], language: str) -> SiteEnvironment:
    """`levels` are folders of templates: the archive's, those of the themes, the built-in ones."""
    env = SiteEnvironment(
        loader=jinja2.ChoiceLoader(
            [
                _Folders(levels),
                jinja2.PrefixLoader(
                    {
                        name: _Folders(folders)
                        for name, folders in zip(
                            PREFIXES, (levels[1:], levels[2:] or levels[-1:], levels[-1:]), strict=True
                        )
                    }
                ),
            ]
        ),
        undefined=jinja2.StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
        extensions=["jinja2.ext.i18n"],
    )
    env.policies["ext.i18n.trimmed"] = True
    messages = catalogue(language)
    env.filters.update(filters(language))
    env.filters |= {"shape": _shape, "within": _within}
    env.filters |= {"before": _before, "after": _after}
    # Jinja's own `loop` takes as long as what a short list writes.
    env.filters["numbered"] = lambda items: enumerate(items, 1)
    env.filters["ngettext"] = _counted(messages, env.filters["number"])
    env.tests["dated"] = lambda text: parse_date(text) is not None
    env.globals["range"] = env.counting
    del env.globals["lipsum"], env.filters["random"]  # the same input gives the same bytes
    env.globals["direction"] = locale(language).text_direction
    env.parts, env.known = {}, {}
    env.say = lambda text: messages.gettext(text) if text else ""
    env.install_gettext_translations(messages, newstyle=True)  # type: ignore[attr-defined]
    return env
