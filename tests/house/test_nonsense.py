"""Nonsense sent to every door of planning and taking is answered, never a fault."""

from __future__ import annotations

import itertools

import filled
import pytest
from pages import Page

from talent.db import db

NONSENSE = (
    "x" * 70_000, "a\x00b", "😀\u202e", "0001-01-01", "9999-12-31T23:59", "-1", "1e9", "9" * 30,
    "2026-02-30", "25:99", "nan", "²", "[]", "//evil.example",
)  # fmt: skip
EVERYWHERE = (
    "need", "person", "reason", "risks_read", "group", "who", "way", "next", "at", "note",
    "digest", "out", "in", "signup", "answer", "agreed",
)  # fmt: skip


def doors(app, known):
    """Each address that takes a post, with its real numbers."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        if "POST" in rule.methods and rule.rule.startswith(("/shifts/", "/rosters/")):
            words = {
                name: filled._word(rule.endpoint, name, known)
                or (1 if f"int:{name}>" in rule.rule else "none-such")
                for name in rule.arguments
            }
            path = rule.build(words, append_unknown=False)[1]
            yield path + filled.QUERY.get(rule.endpoint, "").format(**known), "GET" in rule.methods


def fields(browser, path, *, shown):
    """The names of what a form asks for, or of what any door may ask for."""
    answer = browser.get(path) if shown else None
    if answer is None or answer.status_code != 200 or answer.mimetype != "text/html":
        return EVERYWHERE
    return {*EVERYWHERE, *(name for name in Page(answer).fields() if name)}


@pytest.mark.usefixtures("clock")
def test_nonsense_is_answered_at_every_door(app, browser):
    who, known = filled.fill("http://localhost")
    wrong, turn = [], itertools.cycle(NONSENSE)
    for role in ("volunteer", "coordinator"):
        for path, shown in list(doors(app, known)):
            db.session.refresh(who[role])
            browser.sign_in(who[role])
            names = fields(browser, path, shown=shown)
            for sent in ({}, dict.fromkeys(names, next(turn))):
                answer = browser.post(path, data=sent)
                elsewhere = (answer.location or "").startswith(("//", "http"))
                if answer.status_code >= 500 or elsewhere:
                    wrong.append((role, path, sent, answer.status_code, answer.location))
    assert wrong == []
