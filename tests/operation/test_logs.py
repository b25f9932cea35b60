"""One line for each request: who, what, how long, and nobody's data; no sign makes a second one."""

from __future__ import annotations

import json
import logging
import re

import make
import pytest
from flask import abort
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from talent import logs
from talent.access import Permission, Role, allow
from talent.db import db

CANARIES = ("13800138000", "11010519491231002X", "wang@example.org", "王秀兰", "correct-horse")


@pytest.fixture
def lines():
    """What is written, as a machine reads it."""
    written = []

    class Kept(logging.Handler):
        def emit(self, record):
            written.append(self.format(record))

    kept = Kept()
    kept.setFormatter(logs.OneLine())
    log = logging.getLogger("talent")
    level = log.level
    log.addHandler(kept)
    log.setLevel(logging.INFO)
    yield lambda: [json.loads(line) for line in written]
    log.removeHandler(kept)
    log.setLevel(level)


def test_a_request_leaves_one_line_with_its_numbers(app, browser, clock, lines):
    office = make.office()
    account = make.account(Role.COORDINATOR, office)
    answer = browser.sign_in(account).get("/people/?q=13800138000")
    [line] = lines()
    assert answer.status_code == 200
    assert line.pop("ms") > 0
    assert line.pop("queries") > 1
    assert line.pop("at").endswith("+00:00")
    assert line == {
        "level": "info",
        "logger": "talent.requests",
        "request": answer.headers["X-Request-ID"],
        "method": "GET",
        "endpoint": "people.index",
        "status": 200,
        "account": account.id,
        "office": office.id,
    }


def test_what_machines_ask_often_leaves_no_line(browser, lines):
    browser.get("/healthz")
    browser.get("/readyz")
    assert lines() == []


def test_a_number_is_short_and_can_be_read_out(browser):
    numbers = {browser.get("/healthz").headers["X-Request-ID"] for _ in range(20)}
    assert len(numbers) == 20
    assert all(re.fullmatch(r"[2-9A-HJKMNP-TV-Z]{4}-[2-9A-HJKMNP-TV-Z]{4}", n) for n in numbers)


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ("abcdef12-3456", True),
        ("short", False),
        ("x" * 65, False),
        ("forged line 2", False),
        ("abcdefgh\u00e9", False),
        ("-leading-sign", False),
    ],
)
def test_a_proxys_number_is_taken_if_it_is_one(browser, given, taken):
    behind = {"werkzeug.proxy_fix.orig": {"REMOTE_ADDR": "127.0.0.1"}}
    headers = {"X-Request-ID": given}
    answer = browser.get("/healthz", headers=headers, environ_overrides=behind)
    assert (answer.headers["X-Request-ID"] == given) is taken


def test_a_strangers_number_is_not_taken(browser):
    answer = browser.get("/healthz", headers={"X-Request-ID": "abcdef12-3456"})
    assert answer.headers["X-Request-ID"] != "abcdef12-3456"


def test_the_number_stands_on_the_page_that_refuses(app, browser):
    account = make.account(Role.LEADER, make.office())
    page = browser.sign_in(account).visit("/audit", status=403)
    assert f"please name this number: {page.response.headers['X-Request-ID']}" in page.words


def test_no_sign_makes_a_second_line(lines, caplog):
    log = logging.getLogger("talent.test")
    log.warning('a name with\r\n{"forged": 1}\u2028and \x1b[31m colours')
    log.error("failed", exc_info=RuntimeError("first\r\n2026-01-01 forged"))
    assert len(lines()) == 2
    for record in caplog.records:
        assert "\n" not in logs.OneLine().format(record)
        first = logs.Plain().format(record).split("\n")[0]
        assert first.startswith(("WARNING a name with {", "ERROR failed"))
        assert "\x1b" not in first


@pytest.fixture
def broken(app, monkeypatch):
    """A door that fails with somebody's data in its hands, in several ways."""

    @allow(Permission.PUBLIC)
    def fail():
        from htmx_flask import request  # noqa: PLC0415

        given = request.args["q"]
        match request.args["how"]:
            case "value":
                int(given)
            case "key":
                {}[given]
            case "sql":
                db.session.execute(text("SELECT :given FROM no_such_table"), {"given": given})
            case "caused":
                try:
                    int(given)
                except ValueError as error:
                    message = f"the phone of {given} is not one"
                    raise RuntimeError(message) from error
            case _:
                abort(500)

    # the healthy door is replaced: no door can be added to an app that has answered
    monkeypatch.setitem(app.view_functions, "healthz", fail)
    monkeypatch.setattr(logs, "ASKED_OFTEN", frozenset())
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    return "/healthz"


@pytest.mark.parametrize("how", ["value", "key", "sql", "caused", "abort"])
def test_a_failure_is_found_by_its_number_and_tells_nobodys_data(browser, broken, lines, how):
    for canary in CANARIES:
        query = {"q": canary, "how": how}
        page = browser.get(broken, query_string=query, headers={"Accept-Language": "en"})
        assert page.status_code == 500
        found = [line for line in lines() if line["request"] == page.headers["X-Request-ID"]]
        assert [line["level"] for line in found] == ["error", "info"]
        assert found[0]["where"] or how == "abort"
    whole = json.dumps(lines(), ensure_ascii=False)
    assert [canary for canary in CANARIES if canary in whole] == []


def test_an_error_of_a_database_is_kept_without_what_was_sent():
    said = (
        'duplicate key value violates unique constraint "uq_person_phone"\n'
        "DETAIL:  Key (phone)=(13800138000) already exists.\n[SQL: INSERT …]\n[parameters: {…}]"
    )
    assert logs.plain_error(SQLAlchemyError(said)) == (
        "SQLAlchemyError: duplicate key value violates unique constraint …"
    )
    assert logs.plain_error(ValueError("王秀兰 correct-horse\r\nx")) == "ValueError"
    assert logs.plain_error(OSError(28, "No space left on device", "/home/王秀兰")) == (
        "OSError: No space left on device"
    )
