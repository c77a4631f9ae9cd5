"""Where templates run: Jinja's sandbox, with short ways for what pages do most."""

import marshal
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import cached_property
from operator import attrgetter
from typing import Any

import jinja2
import msgspec
from jinja2 import nodes
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment, safe_range
from jinja2.utils import missing
from markupsafe import Markup, escape

from byline.compiling import Code, Messages

try:
    # The part of `escape` that is written in C takes 30 ns of 400; a page has sixty texts that no other has.
    from markupsafe import _escape_inner as escaped  # type: ignore[attr-defined]
except ImportError:

    def escaped(text: str) -> str:  # type: ignore[misc]
        """A text as it stands in HTML."""
        return str(escape(text))


View = msgspec.Struct
# How far templates may count in one page: loops inside loops would not end, and keep the output locked.
COUNTED = 1_000_000
# What stands before a name that is looked for in fewer folders.
PREFIXES = ("theme", "parent", "builtin")


class _Names(dict[str, Any], Context):
    """What a template knows: names that it is given, and what is known around it.

    Names are found without a step in Python, and most templates are small and are included many times in
    a page: Jinja's own way to make a context, and to look a template up, takes longer than they do.
    """

    __slots__ = ("around", "blocks")
    around: Context
    resolve = dict.__getitem__  # type: ignore[assignment]
    # A method `__getattr__` would slow down every look at other attributes.
    environment = property(attrgetter("around.environment"))
    eval_ctx = property(attrgetter("around.eval_ctx"))
    name = property(attrgetter("around.name"))
    globals_keys = property(attrgetter("around.globals_keys"))

    def __missing__(self, name: str) -> Any:
        """What is known around it."""
        return self.around.resolve(name)

    @property
    def vars(self) -> dict[str, Any]:  # type: ignore[override]
        """What only this template knows."""
        return self

    @property
    def parent(self) -> dict[str, Any]:  # type: ignore[override]
        """What is known around it."""
        return self.around.get_all()

    @property
    def exported_vars(self) -> set[str]:  # type: ignore[override]
        """What it sets is of no use to anybody else."""
        return set()


def _there(names: dict[str, Any]) -> dict[str, Any]:
    """Names without those that have nothing to them."""
    return {name: value for name, value in names.items() if value is not missing}


def _written(value: object) -> str:
    """What a template writes of a value that is no plain text."""
    kind = type(value)
    return value if kind is Markup else str(value) if kind is int else escape(value)  # type: ignore[return-value]


class SiteEnvironment(ImmutableSandboxedEnvironment):
    """The sandbox, with short ways for what pages do most: fields of views and messages."""

    say: Callable[[str], str]
    parts: dict[str, jinja2.Template]
    known: dict[str, bytes]
    code_generator_class = Code
    wary = False
    left = COUNTED

    def commons(self) -> tuple[object, ...]:
        """What functions of templates know by short names, in the order of `COMMONS`."""
        values = (self.undefined, jinja2.Undefined, "".join, type(View), escaped, _written, _there)
        return (*values, self.included, self.filters, self.tests)

    def _generate(self, source: nodes.Template, *rest: Any, **more: Any) -> str:
        return super()._generate(Messages(self.say).visit(source), *rest, **more)

    @cached_property
    def outermost(self) -> Context:
        """What all templates know."""
        return Context(self, self.globals, None, {})

    def included(
        self, name: str, around: Context, names: dict[str, Any] | None, optional: bool = False
    ) -> Iterable[str]:
        """The pieces of a template that is included where `names` are known, or nothing of a page (None)."""
        template = self.parts.get(name)
        if template is None:
            try:
                template = self.parts[name] = self.get_template(name)
            except jinja2.TemplateNotFound:
                if optional:
                    return ()
                raise
        if names is None:
            around, names = self.outermost, {}
        context = _Names(names)
        context.around = around
        context.blocks = {name: [block] for name, block in template.blocks.items()} if template.blocks else {}
        return template.root_render_func(context)

    def page(self, name: str, names: dict[str, Any]) -> str:
        """What a page's template is where `names` are known."""
        self.left = COUNTED
        try:
            return "".join(self.included(name, self.outermost, names))
        except Exception:  # it is raised again there, with the line of the template that it comes from
            del self.outermost  # where texts may be left unescaped by a template that did not come to its end
            self.handle_exception()

    def counting(self, *numbers: int) -> range:
        """`range` in a template."""
        counted = safe_range(*numbers)
        self.left -= len(counted)
        if self.left < 0:
            raise OverflowError(f"range has counted more than {COUNTED:,} in one page: loops inside loops?")
        return counted

    def source(self, name: str) -> tuple[str, str | None]:
        """A template's text, and the path of its file. Raises TemplateNotFound, or TemplateSyntaxError."""
        assert self.loader is not None
        text, path, _ = self.loader.get_source(self, name)
        return text, path

    def codes(self, names: Iterable[str] | None = None) -> dict[str, bytes]:
        """Templates, compiled: those with these names, else all but those that another name leads to.

        What is known already is not in it.
        """
        found = {}
        if names is None:
            every = self.list_templates(["html"])
            names = [name for name in every if name.partition("/")[0] not in PREFIXES]
        for name in names:
            with suppress(Exception):  # what is wrong is said when it is rendered
                source, path = self.source(name)
                prefix, _, rest = name.partition("/")
                called = rest if prefix in PREFIXES else name  # so Jinja does where a prefix leads to it
                if (key := f"{called}\0{path}") not in self.known:
                    found[key] = marshal.dumps(self.compile(source, called, path))
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

    def getattr(self, obj: Any, attribute: str) -> Any:
        """`obj.attribute` in a template."""
        if isinstance(obj, View) and attribute[0] != "_":
            try:
                return getattr(obj, attribute)
            except AttributeError:
                return self.undefined(obj=obj, name=attribute)
        return super().getattr(obj, attribute)
