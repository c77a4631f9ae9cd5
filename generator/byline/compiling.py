"""What templates are compiled to: Jinja's code, made faster for what pages do most.

A build renders tens of thousands of pages, and a page reads hundreds of fields and writes as many texts. The
names that this code uses are those of `byline.sandbox`.
"""

import types
from collections import deque
from collections.abc import Callable, Iterable
from keyword import iskeyword
from typing import Any

from jinja2 import nodes
from jinja2.compiler import CodeGenerator, DependencyFinderVisitor, Frame
from jinja2.idtracking import VAR_LOAD_PARAMETER, VAR_LOAD_RESOLVE
from jinja2.visitor import NodeTransformer
from markupsafe import Markup

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

# Short names that all functions of templates know (`SiteEnvironment.commons`).
COMMONS = "undefined, cond_expr_undefined, concat, view, escaped, written, there, included, filters, tests"


class Messages(NodeTransformer):
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


class Code(CodeGenerator):
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
        if outermost and frame.toplevel and self.extends_so_far:
            self.writeline(f"yield concat({frame.buffer})")
        elif outermost:
            self.writeline(
                f"return (concat({frame.buffer}),)" if frame.toplevel else f"return {frame.buffer}"
            )

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

    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:
        """A module, in which all functions know the same short names."""
        self.writeline(f"{COMMONS} = environment.commons()")
        super().visit_Template(node, frame)

    def write_commons(self) -> None:
        """Nothing more stands where a function begins."""

    def get_resolve_func(self) -> str:
        """What finds a name."""
        return f"{self.get_context_ref()}.resolve"

    def pull_dependencies(self, nodes: Iterable[nodes.Node]) -> None:
        """Filters and tests are found where they are called; Jinja's own way says what there is none of."""
        found, known = DependencyFinderVisitor(), self.environment
        for node in nodes:
            found.visit(node)
        if found.filters <= known.filters.keys() and found.tests <= known.tests.keys():
            self.filters.update({name: f"filters[{name!r}]" for name in found.filters})
            self.tests.update({name: f"tests[{name!r}]" for name in found.tests})
        else:
            super().pull_dependencies(nodes)

    def visit_Name(self, node: nodes.Name, frame: Frame) -> None:
        """A name that was looked up where a function begins is known to be there."""
        load = frame.symbols.find_load(frame.symbols.ref(node.name))
        if node.ctx == "load" and load is not None and load[0] == VAR_LOAD_RESOLVE:
            self.write(frame.symbols.ref(node.name))
        else:
            super().visit_Name(node, frame)

    def visit_Block(self, node: nodes.Block, frame: Frame) -> None:
        """A block stands where it is, unless another template is extended."""
        if frame.toplevel and self.has_known_extends:
            return
        level = int(bool(frame.toplevel and self.extends_so_far))
        if level:
            self.writeline("if parent_template is None:")
            self.indent()
        if node.required:
            self.writeline(f"if len(context.blocks[{node.name!r}]) < 2:", node)
            message = f"Required block {node.name!r} not found"
            self.writeline(f"    raise TemplateRuntimeError({message!r})", node)
        context = self.derive_context(frame) if node.scoped else self.get_context_ref()
        self.writeline(f"{frame.buffer}.extend(context.blocks[{node.name!r}][0]({context}))", node)
        self.outdent(level)

    def visit_Include(self, node: nodes.Include, frame: Frame) -> None:
        """A template inside another, which sees what is known there."""
        self.writeline(f"{frame.buffer}.extend(included(", node)
        self.visit(node.template, frame)
        self.write(f", context, {self._known(frame) if node.with_context else None}, {node.ignore_missing}))")

    def _known(self, frame: Frame) -> str:
        """The names that are known at a place. One of `set` may have nothing to it yet."""
        names, targets = self.dump_local_context(frame), frame.symbols.dump_stores().values()
        sure = all(frame.symbols.find_load(one)[0] == VAR_LOAD_PARAMETER for one in targets)  # type: ignore[index]
        return names if sure else f"there({names})"

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
