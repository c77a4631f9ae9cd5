"""The templates of an archive and its theme, in the language of the site.

A name is looked for in the archive's `templates/`, then in the theme, in the themes that it builds on,
and in the built-in templates. `theme/NAME` starts at the theme, `parent/NAME` at the theme that it
builds on and `builtin/NAME` at the built-in templates, so that an override can extend what it overrides.
A template sees the fields of its view as variables, and nothing else.
"""

import os
import posixpath
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from types import TracebackType

import jinja2
import msgspec
from jinja2 import meta, nodes

from byline.aside import aside
from byline.below import names
from byline.builtin import builtin
from byline.environments import environment
from byline.problems import Place, Problem, Span
from byline.text import did_you_mean, is_line, nearest
from byline.toml import load_toml
from byline.wording import catalogue_file

View = msgspec.Struct
# Tags that refer to other templates, and the texts in them.
_TAG = re.compile(r"{%[-+]?\s*(?:extends|include|import|from)\b(.*?)%}", re.DOTALL)
_QUOTED = re.compile(r""" "([^"]*)" | '([^']*)' """, re.VERBOSE)
_URL = re.compile(r"""url\(\s*(['"]?)(?!data:|[a-z]+://|[/#])([^'")?#]+)""")


class TemplateFault(Exception):
    """A template that cannot be used; `problem` says which, where and why."""

    def __init__(self, problem: Problem) -> None:
        """Keep the problem as the only argument, so that the exception travels between processes."""
        super().__init__(problem)
        self.problem = problem


class Asset(msgspec.Struct, frozen=True):
    """A static file of the theme: its `name` in `static/`, its address by content, its bytes."""

    name: str
    href: str
    data: bytes


class Templates:
    """Templates as they were when `load` read them; they are compiled when they are first needed.

    Only `check` and `assets` look into folders again.
    """

    def __init__(self, root: Path, themes: tuple[Path, ...], language: str, problems: list[Problem]) -> None:
        """`themes` are the theme's folder and those of the themes it builds on, nearest first."""
        self._root, self._themes, self._faults = root, themes, tuple(problems)
        site = root / "templates"
        self._levels = (site, *(theme / "templates" for theme in themes), builtin("templates"))
        self._env = environment(self._levels, language)
        self._closures: dict[str, str] = {}
        self._codes: Callable[[], dict[str, bytes]] = dict
        messages = catalogue_file(language)
        self._language = language.encode() + (messages.read_bytes() if messages else b"")

    def render(self, kind: str, view: View) -> str:
        """The page of a view. Raises TemplateFault."""
        try:
            try:
                return self._render(kind, view)
            except AttributeError:
                # It reads what is no field: of a mapping in `extra`, or of something that is not there.
                self._env.be_wary()
                return self._render(kind, view)
        except Exception as error:  # whatever a template does wrong is its author's to hear, with its place
            raise TemplateFault(self._problem(error, f"{kind}.html")) from error

    def _render(self, kind: str, view: View) -> str:
        return self._env.page(f"{kind}.html", msgspec.structs.asdict(view))

    def compile_beside(self, names: Callable[[], Iterable[str]] | None = None) -> None:
        """Begin to compile them, or those with these names, in another process, which `ready` waits for."""
        self._codes = aside(lambda: self._env.codes(names() if names else None), dict[str, bytes])

    def used(self) -> tuple[str, ...]:
        """The names of those that this process has used."""
        return tuple(sorted(name for _, name in self._env.cache or ()))

    def needed(self, kind: str) -> Iterable[str]:
        """The names of all that the template of a kind may refer to."""
        return self._closure(f"{kind}.html")

    def ready(self) -> None:
        """Take what another process has compiled, if one does: before others are forked that need it."""
        self._env.known.update(self._codes())
        self._codes = dict

    def closure(self, kind: str) -> str:
        """Digest of all that decides how a kind's views are written: templates and messages.

        Holds the template and all that it extends, includes or imports.
        """
        if kind not in self._closures:
            digest = blake2b(self._language, digest_size=16)
            for name, source in sorted(self._closure(f"{kind}.html").items()):
                digest.update(f"\0{name}\0{source}".encode())
            self._closures[kind] = digest.hexdigest()
        return self._closures[kind]

    def _closure(self, first: str) -> dict[str, str]:
        """A template and all that it may refer to, name to source, by what its tags look like.

        That is sooner known than by parsing. Where a name leads nowhere, rendering will say so.
        """
        found: dict[str, str] = {}
        waiting = [first]
        while waiting:
            name = waiting.pop()
            if name in found:
                continue
            with suppress(jinja2.TemplateNotFound):
                found[name], _ = self._env.source(name)
                waiting += _quoted(found[name])
        return found

    def digest(self) -> bytes:
        """Digest of all templates and messages, by every name, as they were when they were loaded."""
        digest = blake2b(self._language, digest_size=16)
        for name in self._env.list_templates():
            with suppress(jinja2.TemplateError, OSError):  # what is no text is no template
                source = self._env.source(name)[0].encode()
                digest.update(b"\0%b\0%d " % (name.encode(), len(source)) + source)
        return digest.digest()

    def check(self) -> tuple[Problem, ...]:
        """Everything wrong with theme and templates that can be known before a page is made."""
        problems = list(self._faults)
        # Built-in templates have tests: only what an archive or a theme overrides is read here.
        for name in sorted({name for level in self._levels[:-1] for name in names(level)}):
            if not name.endswith(".html") or not is_line(name):
                continue
            try:
                self._check(name)
            except TemplateFault as fault:
                if fault.problem not in problems:
                    problems.append(fault.problem)
            except OSError:
                pass  # `below.faults` tells
        return tuple(problems)

    def assets(self) -> tuple[Asset, ...]:
        """The static files of the theme over those that it builds on; parents' files first, then by name.

        Style sheets refer to other files of `static/` by their plain names; here by their addresses.
        """
        found: dict[str, bytes] = {}
        for theme in reversed(self._themes):
            folder = theme / "static"
            for name in names(folder):
                if not posixpath.basename(name).startswith(".") and is_line(name):
                    with suppress(OSError):  # `below.faults` tells
                        found[name] = (folder / name).read_bytes()
        hrefs = {name: _address(name, data) for name, data in found.items() if not name.endswith(".css")}
        assets = []
        for name, data in found.items():
            if name.endswith(".css"):
                data = _readdress(name, data.decode("utf-8", "replace"), hrefs).encode()
            assets.append(Asset(name, hrefs.get(name) or _address(name, data), data))
        return tuple(assets)

    def _check(self, first: str) -> None:
        """Raise TemplateFault where something is wrong with a template, or with one that it refers to."""
        seen: set[str] = set()
        waiting = [first]
        while waiting:
            name = waiting.pop()
            if name in seen:
                continue
            seen.add(name)
            try:
                source, path = self._env.source(name)
                references = list(_references(self._env.parse(source, name, path)))
            except jinja2.TemplateError as error:
                raise TemplateFault(self._problem(error, name)) from error
            except RecursionError:
                raise TemplateFault(self._at("template-syntax", "it is nested too deeply", path, 0)) from None
            known = {*_quoted(source)}  # what decides when a page is stale: no name is written with escapes
            for line, referred in references:
                if referred is None or referred not in known:
                    message = "the name of an included template must be written out"
                    raise TemplateFault(self._at("computed-include", message, path, line))
                try:
                    self._env.source(referred)
                except jinja2.TemplateNotFound:
                    hint = did_you_mean(nearest(referred, self._env.list_templates()))
                    message = f'no template "{referred}"'
                    raise TemplateFault(self._at("unknown-template", message, path, line, hint)) from None
                except jinja2.TemplateSyntaxError:
                    pass  # told in its own turn
                waiting.append(referred)

    def _problem(self, error: Exception, name: str) -> Problem:
        """What an exception of Jinja, or of an expression in a template, says to its author."""
        if isinstance(error, jinja2.TemplateSyntaxError):
            return self._at("template-syntax", error.message or "", error.filename, error.lineno)
        if isinstance(error, jinja2.TemplateNotFound):
            return self._at("unknown-template", f'no template "{error.name}"', name, 0)
        path, line = self._last_place(error.__traceback__) or (name, 0)
        return self._at("template-error", str(error) or type(error).__name__, path, line)

    def _last_place(self, trace: TracebackType | None) -> tuple[str, int] | None:
        """The innermost line of a template on a traceback (Jinja gives frames their templates' names)."""
        place = None
        while trace is not None:
            path = trace.tb_frame.f_code.co_filename
            if any(Path(path).is_relative_to(level) for level in self._levels):
                place = path, trace.tb_lineno
            trace = trace.tb_next
        return place

    def _at(self, code: str, message: str, path: str | None, line: int, hint: str = "") -> Problem:
        written = Path(path or "")
        if written.is_relative_to(self._root):
            written = written.relative_to(self._root)
        elif written.is_relative_to(above := self._levels[-1].parent):
            written = written.relative_to(above)
        return Problem(code, message, Span(written.as_posix(), line), hint)


def _quoted(source: str) -> list[str]:
    """What stands in quotes in the tags of a template that may refer to others."""
    return [one or other for tag in _TAG.findall(source) for one, other in _QUOTED.findall(tag)]


def _references(tree: nodes.Template) -> Iterator[tuple[int, str | None]]:
    """Line and name of all templates that one refers to; the name is None where it is computed."""
    for node in tree.find_all((nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport)):
        single = nodes.Template([node], lineno=node.lineno)
        for name in meta.find_referenced_templates(single):
            yield node.lineno, name


def _address(name: str, data: bytes) -> str:
    """assets/NAME.HASH.EXT: a new address for every content, which may be kept for ever."""
    path = Path(name)
    digest = blake2b(data, digest_size=6).hexdigest()
    return f"assets/{path.with_suffix('').as_posix()}.{digest}{path.suffix}"


def _readdress(name: str, css: str, hrefs: dict[str, str]) -> str:
    """A style sheet with the addresses of the files that it refers to."""
    folder = Path(name).parent
    up = "../" * len(folder.parts)

    def address(match: re.Match[str]) -> str:
        target = posixpath.normpath((folder / match[2].strip()).as_posix())
        if target not in hrefs:
            return match[0]
        return f"url({match[1]}{up}{hrefs[target].removeprefix('assets/')}"

    return _URL.sub(address, css)


def load(root: Path, theme: str, language: str) -> Templates:
    """The templates of the archive in `root` with a theme, in a language (BCP 47).

    What is wrong with the theme is told by `Templates.check`; the built-in templates stand in for it.
    """
    problems: list[Problem] = []
    folders: list[Path] = []
    name, place = theme, Place("byline.toml", 1, ("build", "theme"))
    while name:
        choices = [folder / name for folder in (root / "themes", builtin("themes"))]
        # `Path.is_file` raises where a folder cannot be looked into.
        folder = next((choice for choice in choices if os.path.isfile(choice / "theme.toml")), None)  # noqa: PTH113
        if folder is None or Path(name).name != name:
            known = {path.parent.name for at in choices for path in at.parent.glob("*/theme.toml")}
            hint = did_you_mean(nearest(name, known)) or f"themes are: {', '.join(sorted(known))}"
            problems.append(Problem("unknown-theme", f'no theme "{name}"', place, hint))
            break
        if folder in folders:
            problems.append(Problem("unknown-theme", f'theme "{name}" builds on itself', place))
            break
        folders.append(folder)
        place = Place(f"themes/{name}/theme.toml", 1, ("parent",))
        try:
            table, faults = load_toml((folder / "theme.toml").read_text("utf-8", "replace"))
        except OSError:
            break  # `below.faults` tells
        problems += [
            Problem(one.code, one.message, Span(place.path, one.line, one.column, one.length), one.hint)
            for one in faults
        ]
        name = str(table.get("parent", ""))
    return Templates(root, tuple(folders), language, problems)
