"""What can be asked, described for schemathesis: all doors as forms, and those that speak JSON."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from crawl import ENDS
from werkzeug.routing import IntegerConverter

if TYPE_CHECKING:
    from crawl import Form
    from werkzeug.routing import Map

HEAD = {"openapi": "3.0.3", "info": {"title": "doors", "version": "1"}}
TAP = {
    "type": "object", "required": ["id", "n", "signup", "act", "at"],
    "properties": {
        "id": {"type": "string", "pattern": "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"},
        "n": {"type": "integer", "minimum": 0, "maximum": 2147483647},
        "signup": {"type": "integer", "minimum": 0, "maximum": 2147483647},
        "act": {"type": "string", "enum": ["in", "out"]},
        "at": {"type": "integer", "minimum": 1, "maximum": 4102444799999},
    },
}  # fmt: skip
BATCH = {
    "type": "object", "required": ["device", "now", "taps"],
    "properties": {
        "device": {"type": "string", "pattern": "^[0-9a-z-]{1,36}$"},
        "now": {"type": "integer", "minimum": 1, "maximum": 4102444799999},
        "taps": {"type": "array", "maxItems": 200, "items": TAP},
    },
}  # fmt: skip
ANSWER = {
    "type": "object", "required": ["done", "refused"],
    "properties": {
        "done": {"type": "array", "items": {"type": "string"}},
        "refused": {"type": "array", "items": {"type": "array"}},
    },
}  # fmt: skip


def doors(rules: Map, forms: list[Form], token: str, few: int = 1) -> dict[str, Any]:
    """Every door that asks or writes, with numbers and words for what its address names."""
    fields: dict[str, set[str]] = {}
    adapter = rules.bind("127.0.0.1")
    for form in forms:
        rule, _ = adapter.match(urlsplit(form.action).path, method=form.method, return_rule=True)
        fields.setdefault(rule.rule, set()).update(name for name, _ in form.fields)
    paths: dict[str, Any] = {}
    for rule in rules.iter_rules():
        if rule.rule.startswith(ENDS) or "static" in rule.rule:
            continue
        path = re.sub(r"<(?:[^:<>]+:)?(\w+)>", r"{\1}", rule.rule)
        named = [
            {"name": name, "in": "path", "required": True, "schema": _shape(kind)}
            for name, kind in rule._converters.items()
        ]
        for method in sorted({"GET", "POST"} & set(rule.methods or ())):
            act: dict[str, Any] = {"parameters": [*named], "responses": {"default": _said("any")}}
            if method == "POST":
                if rule.endpoint.startswith("accounts.") and rule.endpoint not in PUBLIC:
                    continue
                act["requestBody"] = _form(sorted(fields.get(rule.rule, ())), token)
            else:
                act["parameters"] += [
                    {"name": name, "in": "query", "schema": {"type": "string"}}
                    for name in ("after", "day", "q", "office", "next", "state", "kind")
                ]
            paths.setdefault(path, {})[method.lower()] = act
    return HEAD | {"paths": paths}


PUBLIC = {"accounts.forgot", "accounts.sign_up", "accounts.reset", "accounts.second_step"}


def json_doors() -> dict[str, Any]:
    """The doors that programs of ours speak to, with all that they may answer."""
    token = {"type": "object", "required": ["token"], "properties": {"token": {"type": "string"}}}
    keys = {
        "type": "object", "required": ["as_of", "keys"],
        "properties": {"as_of": {"type": "string"}, "keys": {"type": "array"}},
    }  # fmt: skip
    closed = {code: _said("html") for code in ("303", "400", "401", "403", "404", "429")}
    paths = {
        "/checkin/queue": {
            "get": _act({"200": _json(token), **closed}, inside=True),
            "post": _act(
                {"200": _json(ANSWER), **closed, "409": _said("html"), "413": _said("html")},
                inside=True, body=BATCH,
            ),
        },
        "/checkin/kiosk/queue": {
            "get": _act({"200": _json(token), **closed}),
            "post": _act({"200": _json(ANSWER), **closed, "413": _said("html")}, body=BATCH),
        },
        "/verify/offline/keys": {"get": _act({"200": _json(keys)})},
    }  # fmt: skip
    session = {"session": {"type": "apiKey", "in": "cookie", "name": "talent"}}
    return HEAD | {"paths": paths, "components": {"securitySchemes": session}}


def canary() -> dict[str, Any]:
    """Two doors of the canary: one falls over odd numbers, one asks for no key."""
    number = {
        "type": "object",
        "required": ["number"],
        "properties": {"number": {"type": "integer"}},
    }
    paths = {
        "/api/halves": {
            "post": _act({"200": _json({"type": "object"}), "400": _json({})}, body=number)
        },
        "/api/secret": {"get": _act({"200": _json({}), "401": _said("html")}, inside=True)},
    }
    session = {"session": {"type": "apiKey", "in": "cookie", "name": "talent"}}
    return HEAD | {"paths": paths, "components": {"securitySchemes": session}}


def _act(answers, *, inside=False, body=None) -> dict[str, Any]:
    act: dict[str, Any] = {"responses": answers}
    if inside:
        act["security"] = [{"session": []}]
    if body:
        act["requestBody"] = {"required": True, "content": {"application/json": {"schema": body}}}
    return act


def _said(kind: str) -> dict[str, Any]:
    content = {"html": {"text/html": {}}}.get(kind)
    return {"description": kind} | ({"content": content} if content else {})


def _json(schema) -> dict[str, Any]:
    return {"description": "JSON", "content": {"application/json": {"schema": schema}}}


def _shape(kind) -> dict[str, Any]:
    if isinstance(kind, IntegerConverter):
        return {"type": "integer", "minimum": 1, "maximum": 60}
    return {"type": "string", "minLength": 1}


def _form(names: list[str], token: str) -> dict[str, Any]:
    held = {name: {"type": "string"} for name in names if name not in {"csrf_token", "form_key"}}
    held["csrf_token"] = {"type": "string", "enum": [token]}
    schema = {"type": "object", "properties": held, "required": sorted(held)}
    return {"required": True, "content": {"application/x-www-form-urlencoded": {"schema": schema}}}
