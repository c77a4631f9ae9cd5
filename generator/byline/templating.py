"""The templates of an archive and its theme, in the language of the site.

A name is looked for in the archive's `templates/`, then in the theme, in the themes that it builds on,
and in the built-in templates. `theme/NAME` starts at the theme, `parent/NAME` at the theme that it
builds on and `builtin/NAME` at the built-in templates, so that an override can extend what it overrides.
A template sees the fields of its view as variables, and nothing else.
"""

import math
import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import lru_cache
from gettext import NullTranslations
from hashlib import blake2b
from pathlib import Path
from types import TracebackType
from typing import Any

import jinja2
import msgspec
from jinja2 import meta, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer
from markupsafe import Markup, escape

from byline.builtin import builtin
from byline.problems import Place, Problem, Span
from byline.text import did_you_mean, nearest
from byline.times import parse_date
from byline.toml import load_toml
from byline.wording import catalogue, catalogue_file, filters, locale

try:
    # The part of `escape` that is written in C takes 30 ns of 400; a page has sixty texts that no other has.
    from markupsafe import _escape_inner as _escaped  # type: ignore[attr-defined]
except ImportError:

    def _escaped(text: str) -> str:
        return str(escape(text))


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


class _Messages(NodeTransformer):
    """Puts messages that hold no variables into the compiled template: a page has dozens of them.

    Those that count something become filters, which are called without asking the sandbox.
    """

    def __init__(self, say: Callable[[str], str]) -> None:
        """`say` translates."""
        self._say = say

    def visit_Call(self, node: nodes.Call) -> nodes.Node:
        """`_("text")` becomes the text in the site's language, `ngettext(one, many, n)` a filter of `one`."""
        self.generic_visit(node)
        match node:
            case nodes.Call(node=nodes.Name(name="_"), args=[nodes.Const(value=str() as text)], kwargs=[]):
                return nodes.Const(self._say(text), lineno=node.lineno)
            case nodes.Call(node=nodes.Name(name="ngettext"), args=[one, *rest]):
                call = (node.kwargs, node.dyn_args, node.dyn_kwargs)
                return nodes.Filter(one, "ngettext", rest, *call, lineno=node.lineno)
        return node


class _Code(CodeGenerator):
    """Reads fields of views right there; the sandbox is asked about everything else.

    A page reads hundreds of fields, and calling the sandbox for each was a third of its time. It also
    answers where a template asks whether there is a field. Templates and blocks collect their pieces in
    lists: where every piece was yielded through all that are around it, a page took a tenth longer.
    """

    _asked = False

    def blockvisit(self, nodes: Iterable[nodes.Node], frame: Frame) -> None:
        """A template, a block, or a part of them."""
        outermost = frame.buffer is None
        if outermost:
            self.buffer(frame)
        super().blockvisit(nodes, frame)
        if outermost:
            self.writeline(f"yield concat({frame.buffer})")

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape or finalize.src is not None:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write("(escaped(t_text) if type(t_text := ")

    def _output_child_post(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape or finalize.src is not None:
            super()._output_child_post(node, frame, finalize)
        else:
            self.write(") is str else escape(t_text))")

    def write_commons(self) -> None:
        """What functions know by short names."""
        super().write_commons()
        self.writeline("view, escaped = environment.view, environment.escaped")

    def visit_Include(self, node: nodes.Include, frame: Frame) -> None:
        """A template inside another, which sees what is known there."""
        if not isinstance(node.template, nodes.Const) or not node.with_context or node.ignore_missing:
            super().visit_Include(node, frame)
            return
        self.start_write(frame, node)
        self.write("environment.included(")
        self.visit(node.template, frame)
        self.write(f", context, {self.dump_local_context(frame)})")
        self.end_write(frame)

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:
        """`view.field` in a template."""
        if self._asked or node.attr[0] == "_":
            super().visit_Getattr(node, frame)
            return
        if node.attr == "index" and isinstance(node.node, nodes.Name) and node.node.name == "loop":
            self.visit(node.node, frame)
            self.write(".index")
            return
        self.write(f"(t_view.{node.attr} if type(type(t_view := ")
        self.visit(node.node, frame)
        self.write(f")) is view else environment.getattr(t_view, {node.attr!r}))")

    def visit_Test(self, node: nodes.Test, frame: Frame) -> None:
        """`view.field is defined` in a template."""
        before, self._asked = self._asked, self._asked or node.name in ("defined", "undefined")
        super().visit_Test(node, frame)
        self._asked = before

    def visit_Filter(self, node: nodes.Filter, frame: Frame) -> None:
        """`view.field|default("")` in a template."""
        before, self._asked = self._asked, self._asked or node.name in ("default", "d")
        super().visit_Filter(node, frame)
        self._asked = before


class _Context(Context):
    """What an included template knows: what is known around it, and `names`.

    Most are small and are included many times in a page: Jinja's own way to make a context, and to look
    a template up, takes longer than they do.
    """

    def __init__(self, template: jinja2.Template, around: Context, names: dict[str, Any]) -> None:
        """Only `template`'s own blocks are its own."""
        self.__dict__.update(around.__dict__)
        self.parent = {**around.get_all(), **names}
        self.vars, self.exported_vars = {}, set()
        self.name = template.name
        self.blocks = {name: [block] for name, block in template.blocks.items()}


class _Environment(ImmutableSandboxedEnvironment):
    """The sandbox, with short ways for what pages do most: fields of views and messages."""

    say: Callable[[str], str]
    parts: dict[str, jinja2.Template]
    code_generator_class = _Code
    view = type(View)
    escaped = staticmethod(_escaped)

    def _generate(self, source: nodes.Template, *rest: Any, **more: Any) -> str:
        return super()._generate(_Messages(self.say).visit(source), *rest, **more)

    def included(self, name: str, around: Context, names: dict[str, Any]) -> str:
        """What a template is that is included where `names` are known."""
        template = self.parts.get(name)
        if template is None:
            template = self.parts[name] = self.get_template(name)
        return self.concat(template.root_render_func(_Context(template, around, names)))

    def make_globals(self, d: Any) -> dict[str, Any]:
        """What every template knows: a plain mapping, of which a page's context is made faster."""
        return {**self.globals, **(d or {})}

    def getattr(self, obj: Any, attribute: str) -> Any:
        """`obj.attribute` in a template."""
        if isinstance(obj, View) and attribute[0] != "_":
            try:
                return getattr(obj, attribute)
            except AttributeError:
                return self.undefined(obj=obj, name=attribute)
        return super().getattr(obj, attribute)


class _Folders(jinja2.FileSystemLoader):
    """The templates of some folders as they were when this was made.

    They are compiled when they are first needed; the files may then be those of another state of the archive.
    """

    def __init__(self, folders: Sequence[Path]) -> None:
        """Read them all; one that cannot be read says so when it is needed."""
        super().__init__(folders)
        self._known: dict[str, tuple[str, str, Callable[[], bool]] | None] = {}
        for name in self.list_templates():
            try:
                self._known[name] = super().get_source(jinja2.Environment(), name)
            except (OSError, UnicodeDecodeError, jinja2.TemplateNotFound):
                self._known[name] = None

    def get_source(
        self, environment: jinja2.Environment, template: str
    ) -> tuple[str, str, Callable[[], bool]]:
        """A template's source. Raises TemplateNotFound."""
        if template not in self._known:
            raise jinja2.TemplateNotFound(template)
        return self._known[template] or super().get_source(environment, template)


def _shape(picture: View) -> int:
    """The number of the class that keeps a picture's place: its width to its height, in eighths of an octave.

    24 is a square, 32 twice as wide as high. The stylesheet limits a picture's height by limiting its width,
    since a browser that is told `width: auto` keeps no place for what it has not loaded.
    """
    width, height = picture.width, picture.height  # type: ignore[attr-defined]
    return min(48, max(0, 24 + math.floor(8 * math.log2(width / height))))


def _counted(messages: NullTranslations) -> Callable[..., Markup]:
    """`ngettext` for templates, which remembers: few numbers stand on thousands of pages."""

    @lru_cache(maxsize=1 << 14, typed=True)
    def counted(one: str, many: str, num: int, **more: object) -> Markup:
        return Markup(messages.ngettext(one, many, num)) % {"num": num, **more}

    return counted


def _environment(levels: tuple[Path, ...], language: str) -> _Environment:
    """`levels` are folders of templates: the archive's, those of the themes, the built-in ones."""
    env = _Environment(
        loader=jinja2.ChoiceLoader(
            [
                _Folders(levels),
                jinja2.PrefixLoader(
                    {
                        "theme": _Folders(levels[1:]),
                        "parent": _Folders(levels[2:] or levels[-1:]),
                        "builtin": _Folders(levels[-1:]),
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
    env.filters["shape"] = _shape
    env.filters["ngettext"] = _counted(messages)
    env.tests["dated"] = lambda text: parse_date(text) is not None
    env.globals["direction"] = locale(language).text_direction
    env.parts = {}
    env.say = lambda text: messages.gettext(text) if text else ""
    env.install_gettext_translations(messages, newstyle=True)  # type: ignore[attr-defined]
    return env


class Templates:
    """Compiled templates; made by `load`. Pure but for reading template files when first needed."""

    def __init__(self, root: Path, themes: tuple[Path, ...], language: str, problems: list[Problem]) -> None:
        """`themes` are the theme's folder and those of the themes it builds on, nearest first."""
        self._root, self._themes, self._faults = root, themes, tuple(problems)
        site = root / "templates"
        self._levels = (site, *(theme / "templates" for theme in themes), builtin("templates"))
        self._env = _environment(self._levels, language)
        self._compiled: dict[str, jinja2.Template] = {}
        self._closures: dict[str, str] = {}
        messages = catalogue_file(language)
        self._language = language.encode() + (messages.read_bytes() if messages else b"")

    def render(self, kind: str, view: View) -> str:
        """The page of a view. Raises TemplateFault."""
        try:
            template = self._compiled.get(kind)
            if template is None:
                template = self._compiled[kind] = self._env.get_template(f"{kind}.html")
            return template.render(msgspec.structs.asdict(view))
        except Exception as error:  # whatever a template does wrong is its author's to hear, with its place
            raise TemplateFault(self._problem(error, f"{kind}.html")) from error

    def say(self, text: str) -> str:
        """A word of the vocabulary, or another English text of the program, in the site's language."""
        return self._env.say(text)

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
                found[name] = self._env.loader.get_source(self._env, name)[0]  # type: ignore[union-attr]
                for tag in _TAG.findall(found[name]):
                    waiting += [one or other for one, other in _QUOTED.findall(tag)]
        return found

    def digest(self) -> bytes:
        """Digest of all templates and messages there are."""
        digest = blake2b(self._language, digest_size=16)
        for level in self._levels:
            for path in sorted(level.rglob("*.html")):
                digest.update(f"\0{path.relative_to(level)}\0".encode() + path.read_bytes())
        return digest.digest()

    def check(self) -> tuple[Problem, ...]:
        """Everything wrong with theme and templates that can be known before a page is made."""
        problems = list(self._faults)
        # Built-in templates have tests: only what an archive or a theme overrides is read here.
        for name in jinja2.FileSystemLoader(self._levels[:-1]).list_templates():
            if not name.endswith(".html"):
                continue
            try:
                self._sources(name)
            except TemplateFault as fault:
                if fault.problem not in problems:
                    problems.append(fault.problem)
        return tuple(problems)

    def assets(self) -> tuple[Asset, ...]:
        """The static files of the theme over those that it builds on; parents' files first, then by name.

        Style sheets refer to other files of `static/` by their plain names; here by their addresses.
        """
        found: dict[str, bytes] = {}
        for theme in reversed(self._themes):
            folder = theme / "static"
            for path in sorted(folder.rglob("*")):
                if path.is_file() and not path.name.startswith("."):
                    found[path.relative_to(folder).as_posix()] = path.read_bytes()
        hrefs = {name: _address(name, data) for name, data in found.items() if not name.endswith(".css")}
        assets = []
        for name, data in found.items():
            if name.endswith(".css"):
                data = _readdress(name, data.decode("utf-8", "replace"), hrefs).encode()
            assets.append(Asset(name, hrefs.get(name) or _address(name, data), data))
        return tuple(assets)

    def _sources(self, first: str) -> dict[str, str]:
        """A template and all that it refers to: name to source."""
        found: dict[str, str] = {}
        waiting = [first]
        while waiting:
            name = waiting.pop()
            if name in found:
                continue
            try:
                found[name], path, _ = self._env.loader.get_source(self._env, name)  # type: ignore[union-attr]
                tree = self._env.parse(found[name], name, path)
            except jinja2.TemplateError as error:
                raise TemplateFault(self._problem(error, name)) from error
            for line, referred in _references(tree):
                if referred is None:
                    message = "the name of an included template must be written out"
                    raise TemplateFault(self._at("computed-include", message, path, line))
                try:
                    self._env.loader.get_source(self._env, referred)  # type: ignore[union-attr]
                except jinja2.TemplateNotFound:
                    hint = did_you_mean(nearest(referred, self._env.list_templates()))
                    message = f'no template "{referred}"'
                    raise TemplateFault(self._at("unknown-template", message, path, line, hint)) from None
                waiting.append(referred)
        return found

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
        folder = next((choice for choice in choices if (choice / "theme.toml").is_file()), None)
        if folder is None:
            known = {path.parent.name for at in choices for path in at.parent.glob("*/theme.toml")}
            hint = did_you_mean(nearest(name, known)) or f"themes are: {', '.join(sorted(known))}"
            problems.append(Problem("unknown-theme", f'no theme "{name}"', place, hint))
            break
        if folder in folders:
            problems.append(Problem("unknown-theme", f'theme "{name}" builds on itself', place))
            break
        folders.append(folder)
        place = Place(f"themes/{name}/theme.toml", 1, ("parent",))
        table, faults = load_toml((folder / "theme.toml").read_text("utf-8", "replace"))
        problems += [
            Problem(one.code, one.message, Span(place.path, one.line, one.column, one.length), one.hint)
            for one in faults
        ]
        name = str(table.get("parent", ""))
    return Templates(root, tuple(folders), language, problems)
