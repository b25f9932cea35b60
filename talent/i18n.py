"""Two languages: which one this reader gets, and how days, hours, reasons and words are written."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date
from flask import g, has_app_context, has_request_context
from flask.globals import _cv_app  # a proxy asks for it with each word
from flask_babel import Babel, force_locale, get_locale, get_translations, ngettext
from flask_login import current_user
from htmx_flask import request
from jinja2 import pass_eval_context
from markupsafe import Markup

from talent.rules.reason import Because, Minutes, unpacked

if TYPE_CHECKING:
    from collections.abc import Iterable
    from enum import StrEnum

    from flask import Flask
    from jinja2.nodes import EvalContext

LANGUAGES = {"zh": "zh-CN", "en": "en"}  # catalogue folder: what <html lang> says
DEFAULT_ZONE = "Asia/Shanghai"  # of the country: for what belongs to no office

__all__ = ["force_locale", "gettext", "language", "ngettext"]

# Babel looks for its files each time.
_LOCALES = {name: Locale.parse(name) for name in LANGUAGES}
_DAY = {"zh": "y年M月d日 EEE", "en": "EEE d MMM y"}
_DATE = {"zh": "y年M月d日", "en": "d MMM y"}
_MONTH = {"zh": "y年M月", "en": "MMMM y"}
_SHORT_DAY = {"zh": "M月d日 EEE", "en": "EEE d MMM"}


def init_app(app: Flask) -> None:
    """Choose the language for each request; give the templates their ways of writing."""
    Babel(app, locale_selector=lambda: _LOCALES[_choose()])
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=lambda text: _catalogue().ugettext(text),
        ngettext=lambda one, many, number: _catalogue().ungettext(one, many, number),
        newstyle=True,
    )
    app.jinja_env.globals["_"] = _sentence
    app.jinja_env.filters |= {
        "day": day,
        "date": date_of,
        "short_day": short_day,
        "month": month,
        "leaf": on_leaf,
        "time": time_of_day,
        "moment": moment,
        "hours": hours,
        "sentence": sentence,
        "label": label,
        "named": named,
        "listed": listed,
        "translated": translated,
        "local": lambda moment_: moment_.astimezone(ZoneInfo(zone())).date(),
        "unpacked": lambda kept: [unpacked(each) for each in kept],
    }
    app.jinja_env.globals["html_lang"] = lambda: LANGUAGES[language()]
    app.jinja_env.globals["language"] = language


def _locale() -> Locale | None:
    """The reader's, as `get_locale` finds it, which asks for the context five times over."""
    if (here := _cv_app.get(None)) is None:
        return None
    chosen = here.g.get("_flask_babel")
    found: Locale | None = getattr(chosen, "babel_locale", None) or get_locale()
    return found


def _catalogue() -> Any:
    """The sentences in the reader's language, kept: a page asks for hundreds of them."""
    locale = _locale()
    name = locale.language if locale else ""
    if name not in _catalogues:
        _catalogues[name] = get_translations()
    return _catalogues[name]


_catalogues: dict[str, Any] = {}


def gettext(text: str, /, **facts: Any) -> str:
    """A sentence in the reader's language."""
    said = str(_catalogue().ugettext(text))
    return said % facts if facts else said


@pass_eval_context
def _sentence(context: EvalContext, text: str, /, **facts: Any) -> str:
    """What `_()` says in a template: as Jinja's own, which takes five times as long for it."""
    said = _catalogue().ugettext(text)
    if not context.autoescape:
        return str(said % facts)
    return Markup(said) % facts if facts else Markup(said % facts)  # noqa: S704 - a template's own


def _choose() -> str:
    if not has_request_context():
        return "zh"
    chosen = request.cookies.get("lang") or getattr(current_user, "language", None)
    if chosen in LANGUAGES:
        return str(chosen)
    return request.accept_languages.best_match(LANGUAGES) or "zh"


def language() -> str:
    """`zh` or `en`: the reader's language now."""
    locale = _locale()
    return "en" if locale and locale.language == "en" else "zh"


def zone() -> str:
    """The zone in which a page or a letter shows times: that of the office it is about."""
    return str(g.get("zone", DEFAULT_ZONE)) if has_app_context() else DEFAULT_ZONE


def day(value: date | datetime | None) -> str:
    """A day with its weekday."""
    return _written(value, _DAY)


def date_of(value: date | datetime | None) -> str:
    """A day without its weekday: of birth, of issue, of the end of a term."""
    return _written(value, _DATE)


def short_day(value: date | datetime | None) -> str:
    """A day without its year, for lists that are near."""
    return _written(value, _SHORT_DAY)


def month(value: date) -> str:
    """The month of a day, with its year."""
    return _written(value, _MONTH)


def on_leaf(value: date, pattern: str) -> str:
    """A part of a day as a wall calendar writes it: `LLL` is its month, `ccc` its weekday."""
    day = value.date() if isinstance(value, datetime) else value
    return _dated(day, pattern, str(_locale() or "zh"))


def _written(value: date | datetime | None, formats: dict[str, str]) -> str:
    if value is None:
        return "—"
    if isinstance(value, datetime):
        value = value.astimezone(ZoneInfo(zone())).date()
    return _dated(value, formats[language()], str(_locale() or "zh"))


@lru_cache(maxsize=4096)
def _dated(day: date, pattern: str, locale: str) -> str:
    """A day in words. Pages show the same few hundred days, and each takes Babel 30 µs."""
    return str(format_date(day, pattern, locale=locale))


def time_of_day(value: datetime | None, of: str | None = None) -> str:
    """Hours and minutes on a wall clock of the office (`of` names another zone)."""
    if value is None:
        return "—"
    return value.astimezone(ZoneInfo(of or zone())).strftime("%H:%M")


def moment(value: datetime | None, of: str | None = None) -> str:
    """A day and a time."""
    if value is None:
        return "—"
    there = value.astimezone(ZoneInfo(of or zone()))
    day_ = _dated(there.date(), _DATE[language()], str(_locale() or "zh"))
    return f"{day_}{' ' if language() == 'zh' else ', '}{there:%H:%M}"


def hours(minutes: int | None) -> str:
    """Minutes as hours and minutes, exactly: `2 h 30 min`, `2小时30分`. Sums add up as shown."""
    if minutes is None:
        return "—"
    sign, (whole, rest) = "−" if minutes < 0 else "", divmod(abs(minutes), 60)
    if rest == 0:
        return sign + str(gettext("%(hours)s h", hours=whole))
    if whole == 0:
        return sign + str(gettext("%(minutes)s min", minutes=rest))
    return sign + str(gettext("%(hours)s h %(minutes)s min", hours=whole, minutes=f"{rest:02d}"))


def label(word: StrEnum | None) -> str:
    """A word of a closed list, in the reader's language."""
    return "—" if word is None else str(gettext(getattr(word, "label", word.value)))


def translated(text: str) -> str:
    """A sentence that the code holds, in the reader's language: what `_()` does with a variable.

    `_()` calls whatever it is given safe HTML, so it is for what stands in the template itself.
    """
    return str(gettext(text))


def sentence(reason: Because | StrEnum) -> str:
    """A reason of the law, in the reader's language, its facts written as people write them."""
    because = reason if isinstance(reason, Because) else Because(reason)
    text = getattr(because.why, "label", str(because.why))
    return str(gettext(text, **{name: _fact(fact) for name, fact in because.facts.items()}))


def _fact(fact: Any) -> str:
    if isinstance(fact, datetime):
        return moment(fact)
    if isinstance(fact, date):
        return day(fact)
    if isinstance(fact, Decimal):
        return f"{fact:f}"
    if isinstance(fact, Minutes):
        return hours(fact)
    if hasattr(fact, "label"):
        return translated(fact.label)
    return str(fact)


def named(thing: Any) -> str:
    """The name of a thing that has one in each language; English falls back to Chinese."""
    if thing is None:
        return "—"
    return str((language() == "en" and thing.name_en) or thing.name_zh)


def listed(words: Iterable[str]) -> str:
    """Words one after the other, with the comma of the reader's language."""
    return ("、" if language() == "zh" else ", ").join(words)
