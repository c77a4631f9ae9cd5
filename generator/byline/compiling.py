"""How templates are compiled: Jinja's sandbox, made faster for what pages do most.

A build renders tens of thousands of pages, and a page reads hundreds of fields and writes as many texts.
"""

import marshal
import math
import types
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import lru_cache
from gettext import NullTranslations
from keyword import iskeyword
from pathlib import Path
from typing import Any

import jinja2
import msgspec
from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer
from markupsafe import Markup, escape

from byline.times import parse_date
from byline.wording import catalogue, filters, locale

try:
    # The part of `escape` that is written in C takes 30 ns of 400; a page has sixty texts that no other has.
    from markupsafe import _escape_inner as escaped  # type: ignore[attr-defined]
except ImportError:

    def escaped(text: str) -> str:  # type: ignore[misc]
        """A text as it stands in HTML."""
        return str(escape(text))


View = msgspec.Struct
# What Python's own values have by these names the sandbox may have to keep from a template.
_OWN = frozenset(
    name
    for kind in (
        *(str, Markup, int, float, tuple, list, dict, set, deque, type, range),
        *(types.FunctionType, types.MethodType, types.CodeType, types.FrameType, types.TracebackType),
        *(types.GeneratorType, types.CoroutineType, types.AsyncGeneratorType),
    )
    for name in dir(kind)
)

# What stands before a name that is looked for in fewer folders.
_PREFIXES = ("theme", "parent", "builtin")


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
    """Reads fields right there; the sandbox is asked about what Python's own values have by such a name.

    A page reads hundreds of fields, and calling the sandbox for each was a third of its time. It also
    answers where a template asks whether there is a field, and for everything once a template has read
    what is no field (`SiteEnvironment.wary`). Templates and blocks collect their pieces in
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
            self.write(") is str else written(t_text))")

    def write_commons(self) -> None:
        """What functions know by short names."""
        super().write_commons()
        self.writeline("view, escaped, written = environment.view, environment.escaped, environment.written")

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
        if self._asked or node.attr[0] == "_" or not node.attr.isascii() or iskeyword(node.attr):
            super().visit_Getattr(node, frame)
            return
        if not (self.environment.wary or node.attr in _OWN or isinstance(node.node, nodes.Const)):  # type: ignore[attr-defined]
            self.visit(node.node, frame)
            self.write(f".{node.attr}")
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
        self._around, self.vars, self.exported_vars = around, names, set()
        self.environment, self.eval_ctx = around.environment, around.eval_ctx
        self.globals_keys, self.name = around.globals_keys, template.name
        self.blocks = {name: [block] for name, block in template.blocks.items()} if template.blocks else {}

    @property
    def parent(self) -> dict[str, Any]:  # type: ignore[override]
        """What is known around it."""
        return self._around.get_all()

    def resolve_or_missing(self, key: str) -> Any:
        """What stands for a name."""
        names = self.vars
        return names[key] if key in names else self._around.resolve_or_missing(key)


class SiteEnvironment(ImmutableSandboxedEnvironment):
    """The sandbox, with short ways for what pages do most: fields of views and messages."""

    say: Callable[[str], str]
    parts: dict[str, jinja2.Template]
    known: dict[str, bytes]
    code_generator_class = _Code
    view = type(View)
    escaped = staticmethod(escaped)
    wary = False

    @staticmethod
    def written(value: object) -> str:
        """What a template writes of a value that is no plain text."""
        kind = type(value)
        return value if kind is Markup else str(value) if kind is int else escape(value)  # type: ignore[return-value]

    def _generate(self, source: nodes.Template, *rest: Any, **more: Any) -> str:
        return super()._generate(_Messages(self.say).visit(source), *rest, **more)

    def included(self, name: str, around: Context, names: dict[str, Any]) -> str:
        """What a template is that is included where `names` are known."""
        template = self.parts.get(name)
        if template is None:
            template = self.parts[name] = self.get_template(name)
        return self.concat(template.root_render_func(_Context(template, around, names)))

    def codes(self) -> dict[str, bytes]:
        """All templates, compiled, but for those that another name leads to."""
        found = {}
        for name in self.list_templates(["html"]):
            if name.partition("/")[0] in _PREFIXES:
                continue
            with suppress(Exception):  # what is wrong is said when it is rendered
                source, path, _ = self.loader.get_source(self, name)  # type: ignore[union-attr]
                found[f"{name}\0{path}"] = marshal.dumps(self.compile(source, name, path))
        return found

    def compile(self, source: Any, name: Any = None, filename: Any = None, *rest: Any) -> Any:
        """A template's code, which may be `known`."""
        known = self.known.get(f"{name}\0{filename}")
        return marshal.loads(known) if known else super().compile(source, name, filename, *rest)

    def be_wary(self) -> None:
        """Compile all templates anew, so that they ask the sandbox for whatever may be no field."""
        self.wary = True
        self.known = {}
        self.parts.clear()
        assert self.cache is not None
        self.cache.clear()

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
        """A template's source. Raises TemplateNotFound, or TemplateSyntaxError where it is no text."""
        if template not in self._known:
            raise jinja2.TemplateNotFound(template)
        try:
            return self._known[template] or super().get_source(environment, template)
        except UnicodeDecodeError as error:
            path = next(path for folder in self.searchpath if (path := Path(folder, template)).is_file())
            line = error.object.count(b"\n", 0, error.start) + 1
            message = "this file is not UTF-8"
            raise jinja2.TemplateSyntaxError(message, line, template, str(path)) from error


def _shape(picture: View) -> int:
    """The number of the class that keeps a picture's place: its width to its height, in eighths of an octave.

    24 is a square, 32 twice as wide as high. The stylesheet limits a picture's height by limiting its width,
    since a browser that is told `width: auto` keeps no place for what it has not loaded.
    """
    width, height = picture.width, picture.height  # type: ignore[attr-defined]
    return min(48, max(0, 24 + math.floor(8 * math.log2(width / height))))


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
                            _PREFIXES, (levels[1:], levels[2:] or levels[-1:], levels[-1:]), strict=True
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
    env.filters["shape"] = _shape
    env.filters["ngettext"] = _counted(messages, env.filters["number"])
    env.tests["dated"] = lambda text: parse_date(text) is not None
    env.globals["direction"] = locale(language).text_direction
    env.parts, env.known = {}, {}
    env.say = lambda text: messages.gettext(text) if text else ""
    env.install_gettext_translations(messages, newstyle=True)  # type: ignore[attr-defined]
    return env
