"""What the forms send: read off the pages as a browser would, and out of the views."""

from __future__ import annotations

import re
from pathlib import Path

from pages import Page
from who import WHO

from talent.access import Permission

VIEWS = Path(__file__).parents[2] / "talent"
ASKED = re.compile(
    r"request\.(?:form|values)\.(?:get|getlist)\(\"(\w+)\"[^()]*\bint\b"
    r"|ids\(\[?request\.(?:form|values)\.(?:get|getlist)\(\"(\w+)\""
)
NUMBER = re.compile(r"\d+")


def sender(world, endpoint):
    """Who fills in the form: the volunteer one's own, and of the office who may the most."""
    own = world.policy(endpoint).permission is Permission.SIGNED_IN
    known = ("volunteer", "administrator")
    return next((r for r in (known if own else known[::-1]) if r in WHO[endpoint]), "stranger")


def form(world, rule):
    """The fields of the form of a door, as it is shown: (name, its value, the values to choose)."""
    got = world.ask(sender(world, rule.endpoint), world.path(rule, world.here))
    if got.status_code != 200 or got.mimetype != "text/html":
        return []
    page = Page(got)
    path = world.path(rule, world.here).partition("?")[0]
    forms = [
        each
        for each in page.all("form")
        if each.get("method", "").lower() == "post"
        and (each.get("action") or path).partition("?")[0] == path
    ]
    return [field for each in forms for field in _fields(each)]


def _fields(shown):
    for one in shown.iter("select"):
        options = list(one.iter("option"))
        chosen = [o.get("value", "") for o in options if o.get("selected") is not None]
        values = [o.get("value", "") for o in options]
        yield one.get("name"), (chosen or values or [""])[0], values
    for one in shown.iter("textarea"):
        yield one.get("name"), "".join(one.itertext()).strip() or "一些话", []
    for one in shown.iter("input"):
        kind, value = one.get("type", "text"), one.get("value", "")
        if kind in {"radio", "checkbox"}:
            yield one.get("name"), value if one.get("checked") is not None else None, [value]
        elif kind == "hidden":
            yield one.get("name"), value, [value]
        elif kind not in {"submit", "file"}:
            yield one.get("name"), value or _typed(kind), []


def _typed(kind):
    return {"date": "2026-06-20", "number": "1", "time": "10:00", "email": "a@example.org",
            "datetime-local": "2026-06-20T10:00"}.get(kind, "一些话")  # fmt: skip


def choices(fields):
    """The names of fields of which one chooses a number."""
    return {
        re.sub(r"\d+", "#", name)
        for name, _, values in fields
        if name and any(NUMBER.fullmatch(value or "") for value in values)
    }


def read_by_views():
    """The names of what the views read off a body as a number."""
    files = sorted(VIEWS.rglob("*.py"))
    found = [ASKED.findall(each.read_text(encoding="utf-8")) for each in files]
    return {one or other for names in found for one, other in names}


def sent(fields):
    """What a browser would send."""
    return {name: value for name, value, _ in fields if name and value is not None}
