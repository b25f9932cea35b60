"""Templates call what they call as Jinja would."""

from decimal import Decimal
from enum import StrEnum

import pytest
from jinja2 import DictLoader, Undefined, pass_context, pass_environment, pass_eval_context
from jinja2.compiler import CodeGenerator
from jinja2.runtime import Context
from markupsafe import Markup, escape

from talent.i18n import force_locale
from talent.rendering import Calling, written

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


SENTENCES = {
    "alone": '{{ _("Sign out") }}', "joined": '{{ _("Sign out") ~ "<b>" ~ each }}',
    "in a list": '{{ [_("Sign out"), each] | join("<") }}', "added": '{{ _("Sign out") + "<" }}',
    "filtered": '{{ _("Sign out") | upper | length }}', "as a fact": '{{ {"a": _("Sign out")}.a }}',
    "in a call": '{{ m(_("Sign out"), b=_("50 %% of it")) }}', "a variable": "{{ _(each) }}",
    "with facts": '{{ _("In %(year)s", year="<") }}', "which": "{{ language() }} {{ html_lang() }}",
    "chosen": '{{ _("Sign out") if language() == "zh" else _("Menu") }}',
    "set": '{% set said = _("Sign out") %}{{ said ~ "<" }}',
}  # fmt: skip


@pytest.mark.parametrize("spoken", ["zh", "en"])
@pytest.mark.parametrize("name", sorted(SENTENCES))
def test_a_template_of_one_language_says_what_it_would_look_up(app, name, spoken):
    both = []
    with app.test_request_context("/"), force_locale(spoken):
        for language in (None, spoken):
            env = app.jinja_env.overlay()
            env.spoken = language
            source = f"{MACRO}{SENTENCES[name]}"
            for file in ("page.html", "letter.txt"):
                code = env.compile(source, name=file)
                made = env.template_class.from_code(env, code, env.globals)
                both.append(made.render(each="<&>"))
    assert both[:2] == both[2:]


def test_each_reader_gets_the_templates_of_his_language(app):
    said = []
    for spoken in ("zh", "en", "zh"):
        with force_locale(spoken):
            said.append(str(app.jinja_env.get_template("ui/components.html").environment.spoken))
    assert said == ["zh", "en", "zh"]


class Word(StrEnum):
    LESS = "<"


class Shown:
    def __html__(self):
        return "<b>"


TEXTS = ["plain", "", "<a>", "a&b", "'", '"', "为老", Markup("<b>"), Word.LESS, Shown()]
OTHERS = [7, -1, True, None, 1.5, ["<"], Decimal("1.50"), Undefined(name="none")]


def test_a_value_is_written_as_it_is_escaped():
    for value in (*TEXTS, *OTHERS):
        assert str(written(value)) == str(escape(value))


FRAMED = {
    "base.html": "<t>{% block title %}{{ self.head() }}{% endblock %}</t>"
    "{% block head %}-{% endblock %}{% for n in each %}"
    "{% block row scoped %}[{{ n }}]{% endblock %}{% else %}none{% endfor %}",
    "page.html": "{% extends 'base.html' %}{% import 'macros.html' as m %}lost"
    "{% block head %}{{ super() }}{% include 'part.html' %}{% endblock %}"
    "{% block row %}{{ super() }}{% call(x) m.twice(n) %}<{{ x }}>{% endcall %}{% endblock %}",
    "part.html": "{% set whole %}{% for n in each recursive %}{{ n }}{% if n == 1 %}"
    "{{ loop([7]) }}{% endif %}{% endfor %}{% endset %}{{ whole }}"
    "{% filter upper %}a<b{% endfilter %}",
    "macros.html": "{% macro twice(x) %}{{ caller(x) }}{{ caller(x) }}{% endmacro %}",
    "alone.html": "{% include ['none.html', 'part.html'] ignore missing without context %}.",
}  # fmt: skip


@pytest.mark.parametrize("name", ["page.html", "base.html", "part.html", "alone.html"])
@pytest.mark.parametrize("each", [(), (1, 2)])
def test_a_template_that_is_given_as_a_whole_says_what_it_says_in_pieces(app, name, each):
    said = []
    for generator in (app.jinja_env.code_generator_class, CodeGenerator):
        env = app.jinja_env.overlay(loader=DictLoader(FRAMED))
        env.spoken, env.code_generator_class = "en", generator
        env.globals = env.globals | {"each": ()}
        page = env.get_template(name)
        said.append((page.render(each=each), len(list(page.generate(each=each)))))
    assert said[0][0] == said[1][0]
    assert said[0][1] <= 2
