"""Addresses in templates: as Flask writes them, without asking its map of routes for each row.

A page of fifty rows names a hundred addresses, and Flask's own `url_for` looks each up anew, which
is a fifth of the page. What an endpoint's address is made of is known as soon as the routes are.
"""

from __future__ import annotations

import re
from string import ascii_letters, digits
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from flask import current_app, url_for
from htmx_flask import request

if TYPE_CHECKING:
    from flask import Flask

    Plan = tuple[str, frozenset[str]] | None

PIECE = re.compile(r"<(?:int:)?(\w+)>")
OF_PATH, OF_QUERY = "!$&'()*+,/:;=@", "!$'()*,/:;?@"  # what Werkzeug leaves as it is
_LEFT = frozenset(ascii_letters + digits + "_.-~" + OF_QUERY)
_IN_QUERY = {n: chr(n) if chr(n) in _LEFT else f"%{n:02X}" for n in range(128)} | {ord(" "): "+"}


def init_app(app: Flask) -> None:
    """Templates write addresses so."""
    app.jinja_env.globals["url_for"] = address


def address(endpoint: str, /, **values: Any) -> str:
    """The path of an endpoint; what is no part of it goes behind the question mark."""
    plans: dict[str, Plan] = current_app.extensions.setdefault("talent_addresses", {})
    if endpoint not in plans:
        plans[endpoint] = _plan(endpoint)
    plan = plans[endpoint]
    if plan is None or not plan[1] <= values.keys() or not request:
        return url_for(endpoint, **values)
    form, parts = plan
    path, rest = {}, {}
    for name, value in values.items():
        if name in parts:
            path[name] = value if type(value) is int else quote(str(value), safe=OF_PATH)
        elif name.startswith("_"):  # of the address as a whole
            return url_for(endpoint, **values)
        elif value is not None:
            rest[name] = value
    more = f"?{_query(rest)}" if rest else ""
    return f"{request.root_path}{form.format_map(path)}{more}"


def _query(values: dict[str, Any]) -> str:
    """As `urlencode` writes it, which looks at each sign of each value by itself."""
    told = {name: str(value) for name, value in values.items() if type(value) in {int, str}}
    if len(told) < len(values) or not "".join((*told, *told.values())).isascii():
        return urlencode(values, doseq=True, safe=OF_QUERY)
    return "&".join(
        f"{name.translate(_IN_QUERY)}={value.translate(_IN_QUERY)}" for name, value in told.items()
    )


def _plan(endpoint: str) -> Plan:
    """What an address looks like and needs; None where Flask has to choose or to check."""
    if endpoint.startswith("."):  # which one that is depends on where one is
        return None
    rules = list(current_app.url_map.iter_rules(endpoint))
    if len({rule.rule for rule in rules}) != 1 or rules[0].defaults:
        return None
    form = PIECE.sub(r"{\1}", rules[0].rule)
    return None if "<" in form else (form, frozenset(rules[0].arguments))
