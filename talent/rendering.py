"""How templates call functions and macros: as Jinja does it, without what it asks before each call.

A page of fifty rows makes a thousand calls. Jinja looks at each anew for four ways of passing the
context along, which takes it longer than most of what is called.
"""

from __future__ import annotations

from types import FunctionType
from typing import TYPE_CHECKING, Any

from flask import g
from flask_wtf.csrf import generate_csrf
from jinja2 import pass_eval_context
from jinja2.runtime import Context, Macro

if TYPE_CHECKING:
    from flask import Flask

_ESCAPES = pass_eval_context(lambda _context: None).jinja_pass_arg  # type: ignore[attr-defined]


class Names(set[str]):
    """What templates know everywhere. Each import takes those of the template that it reads away.

    Python does that name by name where they are no plain set, which is half of an import.
    """

    def __sub__(self, others: Any) -> set[str]:
        return self.difference(others)


class Calling(Context):
    """A template's context, which knows functions and macros at a glance."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.globals_keys = Names(self.globals_keys)

    def call(self, called: Any, /, *args: Any, **named: Any) -> Any:
        """Call it; what is neither a plain function nor a macro is left to Jinja."""
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


def init_app(app: Flask) -> None:
    """Templates call so, and name the form's proof without making it anew for each form."""
    app.jinja_env.context_class = Calling
    app.jinja_env.globals["csrf_token"] = csrf_token
    app.jinja_env.filters["as_id"] = as_id


def as_id(address: str) -> str:
    """An address as a part of the name of an element."""
    return address.translate(_DASHES)


_DASHES = str.maketrans("/?=&", "----")


def csrf_token() -> str:
    """The proof that a form is ours: one for all forms of an answer."""
    token: str = g.get("csrf_token") or generate_csrf()
    return token
