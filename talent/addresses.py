"""Addresses in templates: as Flask writes them, without asking its map of routes for each row.

A page of fifty rows names a hundred addresses, and Flask's own `url_for` looks each up anew, which
is a fifth of the page. What an endpoint's address is made of is known as soon as the routes are.
"""

from __future__ import annotations

import re
from string import ascii_letters, digits
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, quote_plus, urlencode

from flask import current_app, url_for
from flask.globals import _cv_request  # a proxy asks for it with each word

if TYPE_CHECKING:
    from flask import Flask

    Plan = tuple[str, frozenset[str]] | None

PIECE = re.compile(r"<(?:int:)?(\w+)>")
OF_PATH, OF_QUERY = "!$&'()*+,/:;=@", "!$'()*,/:;?@"  # what Werkzeug leaves as it is
_LEFT = frozenset(ascii_letters + digits + "_.-~" + OF_QUERY)
_IN_QUERY = {chr(n): f"%{n:02X}" for n in range(128) if chr(n) not in _LEFT} | {" ": "+"}
_SIGN = re.compile(f"[{re.escape(''.join(_IN_QUERY))}]")


def init_app(app: Flask) -> None:
    """Templates write addresses so."""
    app.jinja_env.globals["url_for"] = address


def address(endpoint: str, /, **values: Any) -> str:
    """The path of an endpoint; what is no part of it goes behind the question mark."""
    here = _cv_request.get(None)
    if here is None:
        return url_for(endpoint, **values)
    plans: dict[str, Plan] = here.app.extensions.setdefault("talent_addresses", {})
    if endpoint not in plans:
        plans[endpoint] = _plan(endpoint)
    plan = plans[endpoint]
    if plan is None or not plan[1] <= values.keys():
        return url_for(endpoint, **values)
    form, parts = plan
    path, rest = {}, []
    for name, value in values.items():
        if name in parts:
            path[name] = value if type(value) is int else quote(str(value), safe=OF_PATH)
        elif name.startswith("_"):  # of the address as a whole
            return url_for(endpoint, **values)
        elif value is not None:
            rest.append(_said(name, value))
    query = "&".join(filter(None, rest))  # a list may hold nothing
    return f"{here.request.root_path}{form.format_map(path)}{'?' * bool(query)}{query}"


def _said(name: str, value: Any) -> str:
    """A name and what it says, as `urlencode` writes them: it looks at each sign by itself."""
    if type(value) is int:
        return f"{_quoted(name)}={value}"
    if type(value) is str:
        return f"{_quoted(name)}={_quoted(value)}"
    return urlencode({name: value}, doseq=True, safe=OF_QUERY)


def _quoted(text: str) -> str:
    if not text.isascii():
        return quote_plus(text, safe=OF_QUERY)
    return _SIGN.sub(lambda found: _IN_QUERY[found[0]], text)


def _plan(endpoint: str) -> Plan:
    """What an address looks like and needs; None where Flask has to choose or to check."""
    if endpoint.startswith("."):  # which one that is depends on where one is
        return None
    rules = list(current_app.url_map.iter_rules(endpoint))
    if len({rule.rule for rule in rules}) != 1 or rules[0].defaults:
        return None
    form = PIECE.sub(r"{\1}", rules[0].rule)
    return None if "<" in form else (form, frozenset(rules[0].arguments))
