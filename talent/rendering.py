"""How templates are made and call: as Jinja does it, without what it asks anew at each step.

A page of fifty rows makes a thousand calls and says a hundred sentences, and most of them stand in
the template as they are: each language has templates of its own, in which they are translated once.
"""

from __future__ import annotations

import re
from copy import copy
from types import FunctionType
from typing import TYPE_CHECKING, Any

from flask import g
from flask.templating import Environment as FlaskEnvironment
from flask_wtf.csrf import generate_csrf
from jinja2 import Template, nodes, pass_eval_context
from jinja2.bccache import FileSystemBytecodeCache
from jinja2.compiler import CodeGenerator, Frame
from jinja2.runtime import Context, Macro
from jinja2.visitor import NodeTransformer
from markupsafe import Markup, escape

from talent.i18n import LANGUAGES, language, translated

if TYPE_CHECKING:
    from collections.abc import Iterable, MutableMapping

    from flask import Flask
    from jinja2.environment import TemplateModule

_ESCAPES = pass_eval_context(lambda _context: None).jinja_pass_arg  # type: ignore[attr-defined]


class Page(Template):
    """A template; whoever imports its macros gets the same ones each time.

    What templates know everywhere is the same for all of them. Jinja compares it at each import.
    """

    def _get_default_module(self, _ctx: Context | None = None) -> TemplateModule:
        if self._module is None:
            self._module = self.make_module()
        return self._module


class Calling(Context):
    """A template's context, which knows functions and macros at a glance."""

    def call(self, called: Any, /, *args: Any, **named: Any) -> Any:
        """Call it; what is neither a plain function nor a macro is left to Jinja.

        Jinja looks at each callee anew for four ways of passing the context along.
        """
        asked = None
        if type(called) is FunctionType:
            asked = called.__dict__.get("jinja_pass_arg")
        elif type(called) is Macro:
            asked = _ESCAPES
        else:
            return super().call(called, *args, **named)
        if asked is _ESCAPES:
            args = (self.eval_ctx, *args)
        elif asked is not None:
            return super().call(called, *args, **named)
        named.pop("_loop_vars", None)
        named.pop("_block_vars", None)
        try:
            return called(*args, **named)
        except StopIteration:
            return self.environment.undefined("what was called has nothing more to give")


class Said(NodeTransformer):
    """Puts into a template what it says to every reader of one language."""

    def __init__(self, spoken: str, *, escapes: bool) -> None:
        self._spoken, self._escapes = spoken, escapes

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:  # noqa: N802 - Jinja's name
        """`~` of two constants would forget that a sentence is safe: it is left as it is."""
        for each in node.nodes:
            if not isinstance(each, nodes.Call):
                self.visit(each)
        return node

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802 - Jinja's name
        """A sentence without facts, and which language this is."""
        self.generic_visit(node)
        if not isinstance(node.node, nodes.Name) or node.kwargs or node.dyn_args or node.dyn_kwargs:
            return node
        match node.node.name, node.args:
            case "_", [nodes.Const(value=str(text))]:
                said = translated(text) % {}
                return self._const(Markup(said) if self._escapes else said, node)  # noqa: S704
            case "language", []:
                return self._const(self._spoken, node)
            case "html_lang", []:
                return self._const(LANGUAGES[self._spoken], node)
        return node

    @staticmethod
    def _const(value: str, node: nodes.Node) -> nodes.Node:
        return nodes.Const(value, lineno=node.lineno, environment=node.environment)


def written(value: Any) -> str:
    """What stands on the page for a value: escaped, but made into no safe string of its own.

    Most is safe already, or holds nothing to escape; to find that out is much less than to escape.
    """
    kind = type(value)
    if kind is Markup or (kind is str and not _DANGEROUS(value)):
        return value  # type: ignore[no-any-return]
    return str(value) if kind is int else escape(value)


_DANGEROUS = re.compile("[&<>'\"]").search


class Whole(CodeGenerator):
    """Writes a template that gives what it has to say as one.

    Jinja's gives it piece by piece, and each piece of a row passes through the generators of all
    templates around it: nobody reads a page before it is whole.
    """

    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:  # noqa: N802 - Jinja's name
        """What is written out is written by us."""
        self.writeline("from talent.rendering import written")
        super().visit_Template(node, frame)

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape or finalize.src is not None:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write("written(")

    def blockvisit(self, nodes: Iterable[nodes.Node], frame: Frame) -> None:
        """What stands in a template, or in one of its blocks, is gathered."""
        gathers = frame.parent is None and frame.buffer is None
        if gathers:
            self.buffer(frame)
        super().blockvisit(nodes, frame)
        if gathers:
            self.writeline(f"yield concat({frame.buffer})")


class Environment(FlaskEnvironment):
    """The templates of all languages: which are meant follows from who reads."""

    spoken: str | None = None  # None: of no language yet
    template_class = Page
    context_class = Calling
    code_generator_class = Whole

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """One for all templates; copying Jinja's chain of two took a tenth of a small page."""
        return super().make_globals(d) if d else self.globals

    def _load_template(self, name: str, globals: MutableMapping[str, Any] | None) -> Template:  # noqa: A002 - Jinja's name
        if self.spoken is None:
            return self._in(language())._load_template(name, globals)  # noqa: SLF001
        return super()._load_template(name, globals)

    def _in(self, spoken: str) -> Environment:
        """The templates of a language: everything is shared but what is made of them."""
        made: dict[str, Environment] = self.__dict__.setdefault("_languages", {})
        if spoken not in made:
            own = self.overlay(cache_size=-1)  # all: looking after the oldest takes longer
            own.spoken = spoken
            if isinstance(own.bytecode_cache, FileSystemBytecodeCache):
                own.bytecode_cache = copy(own.bytecode_cache)
                own.bytecode_cache.pattern = f"{spoken}-{own.bytecode_cache.pattern}"
            made[spoken] = own
        return made[spoken]

    def _generate(self, source: nodes.Template, name: str | None, *given: Any, **more: Any) -> str:
        if self.spoken:
            escapes = self.autoescape(name) if callable(self.autoescape) else self.autoescape
            Said(self.spoken, escapes=escapes).visit(source)
        return super()._generate(source, name, *given, **more)


def init_app(app: Flask) -> None:
    """Templates are made so, and name the form's proof without making it anew for each form."""
    app.jinja_env.globals["csrf_token"] = csrf_token
    app.jinja_env.filters["as_id"] = as_id


def as_id(address: str) -> str:
    """An address as a part of the name of an element."""
    for sign in "/?=&.":  # three times as fast as to translate it
        address = address.replace(sign, "-")
    return address


def csrf_token() -> str:
    """The proof that a form is ours: one for all forms of an answer."""
    token: str = g.get("csrf_token") or generate_csrf()
    return token
