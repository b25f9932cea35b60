"""Every door, opened to everybody, with hostile words in every text: what each answer keeps."""

from __future__ import annotations

from collections import defaultdict

import bounds
import filled
import planting
import pytest
import walks
from flask import got_request_exception
from sqlalchemy import func, select

from talent.db import Base, db

WHO = ("stranger", "volunteer", "administrator")


@pytest.fixture
def strict(app, monkeypatch):
    """The app as in production: forms need their token, cookies travel over TLS alone."""
    for name, value in {
        "WTF_CSRF_ENABLED": True,
        "SESSION_COOKIE_SECURE": True,
        "SERVER_NAME": None,
        "PREFERRED_URL_SCHEME": "https",
        "PROPAGATE_EXCEPTIONS": False,
    }.items():
        monkeypatch.setitem(app.config, name, value)
    return app


def rows():
    """How many rows each table has."""
    return {
        table.name: db.session.scalar(select(func.count()).select_from(table))
        for table in Base.metadata.sorted_tables
    }


def enter(browser, account):
    """Come in; over TLS the cookie goes by its full name."""
    browser.delete_cookie("__Host-talent")
    browser.sign_in(account)
    browser.set_cookie("__Host-talent", browser.get_cookie("talent").value)
    browser.delete_cookie("talent")


@pytest.mark.usefixtures("clock")
def test_every_answer_keeps_its_bounds_with_hostile_words_in_every_text(strict, browser):
    who, known = filled.fill("https://localhost")
    planted = planting.plant()
    assert len(planted) > 90
    wrong, faults, met = defaultdict(list), [], 0

    def listen(_app, exception):
        faults.append(exception)

    got_request_exception.connect(listen, strict)
    for role in WHO:
        before = rows()
        for rule in walks.doors(strict, "GET"):
            if not walks.opens(strict, rule, who[role]):
                continue
            if who[role]:
                db.session.refresh(who[role])
                enter(browser, who[role])
            path = walks.address(rule, known)
            with browser.get(path, base_url="https://localhost") as answer:
                met += planting.LITERAL in answer.text if answer.mimetype == "text/html" else 0
                found = [*bounds.faults(answer), *planting.came_through(answer)]
                if answer.status_code >= 500:
                    found.append(f"a fault: {faults.pop()!r}")
            for each in found:
                wrong[each].append(f"{role} {path}")
        if rows() != before:
            wrong["wrote while it read"].append(role)
    assert met > 200
    assert not wrong, "\n".join(f"{what}: {len(at)} {at[:9]}" for what, at in wrong.items())
