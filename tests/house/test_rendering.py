"""Templates call what they call as Jinja would."""

import pytest
from jinja2 import pass_context, pass_environment, pass_eval_context
from jinja2.runtime import Context

from talent.rendering import Calling

LOOP = "{% for each in (1, 2) %}{{ "


class Callable:
    @pass_context
    def __call__(self, context, *args, **named):
        return context["outer"], args, named


def nothing_left():
    return next(iter(()))


CALLED = {
    "plain": lambda *args, **named: (args, named),
    "context": pass_context(lambda context, *args: (context["each"], context["outer"], args)),
    "escapes": pass_eval_context(lambda context, *args: (context.autoescape, args)),
    "environment": pass_environment(lambda environment, *args: (environment.autoescape, args)),
    "object": Callable(),
    "builtin": dict,
    "method": "a,b".split,
    "empty": nothing_left,
}
SOURCES = {
    "plain": "plain(1, a=each)", "context": "context(each)", "escapes": "escapes('<')",
    "environment": "environment('<')", "object": "object(each, b='&')",
    "builtin": "builtin(a=each)", "method": "method(',')", "empty": "empty()",
    "macro": "m('<b>', b=each)", "macro of a macro": "m(m('<'), each)",
    "no such": "none_such(1)", "too many": "m(1, 2, 3)",
}  # fmt: skip
MACRO = "{% macro m(a, b=0) %}<i>{{ a }}{{ b }}</i>{% endmacro %}"


def said(env, source):
    try:
        return env.from_string(source).render(outer="<o>", **CALLED)
    except Exception as error:  # noqa: BLE001 - which one it is, is compared
        return type(error), str(error)


@pytest.mark.parametrize("name", sorted(SOURCES))
def test_a_call_gives_what_it_gives_without_us(app, name):
    ours = app.jinja_env.overlay()
    assert ours.context_class is Calling
    plain = app.jinja_env.overlay()
    plain.context_class = Context
    source = f"{MACRO}{LOOP}{SOURCES[name]} }}}}{{% endfor %}}"
    assert said(ours, source) == said(plain, source)
