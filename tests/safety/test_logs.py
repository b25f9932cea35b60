"""What is written down of requests and failures holds nobody's number, password or way in."""

from __future__ import annotations

import io
import logging
from itertools import cycle

import filled
import make
import pytest
import walks
from sqlalchemy import text
from werkzeug.datastructures import MultiDict

from talent import logs
from talent.db import db, writing
from talent.forms import Form

PHONE, NUMBER, PASSWORD, TOKEN = (
    "13797531864", make.resident_id(serial=86), "canary-three-herons", "canaryTokenQ7Zk2Xw9",
)  # fmt: skip
NAME, MAIL = "金丝雀", "canary.bird@example.org"
CANARIES = (PHONE, NUMBER, PASSWORD, TOKEN, NAME, MAIL)
BY_NAME = {
    "phone": PHONE, "document": NUMBER, "password": PASSWORD, "token": TOKEN, "code": TOKEN,
    "name": NAME, "email": MAIL, "login": PHONE,
}  # fmt: skip


def kinds(kind=Form):
    for each in kind.__subclasses__():
        yield each
        yield from kinds(each)


def names():
    """The names of all fields of all forms."""
    return sorted({
        name
        for kind in kinds()
        for name in dir(kind)
        if hasattr(getattr(kind, name), "field_class")
    })  # fmt: skip


def said(turn):
    """Something of somebody's own in every field, each time another."""
    others = cycle([*CANARIES[turn % 6 :], *CANARIES[: turn % 6]])
    return MultiDict({
        name: next((v for key, v in BY_NAME.items() if key in name), next(others))
        for name in names()
    })  # fmt: skip


@pytest.fixture
def written(app, monkeypatch):
    """All that is logged, as production writes it; and as an office's own machine does."""
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    lines, root, talent = io.StringIO(), logging.getLogger(), logging.getLogger("talent")
    handler, level = logging.StreamHandler(lines), talent.level
    handler.setFormatter(logs.OneLine())
    root.addHandler(handler)
    talent.setLevel(logging.DEBUG)
    yield lines
    talent.setLevel(level)
    root.removeHandler(handler)


@pytest.mark.usefixtures("clock")
def test_no_door_writes_down_what_it_was_sent(app, browser, written, capfd):
    who, known = filled.fill("http://localhost")
    sessions, told, faults = set(), 0, []
    for turn, rule in enumerate(walks.doors(app, "GET")[::3] + walks.doors(app, "POST")):
        inside = next((one for one in who.values() if one and walks.opens(app, rule, one)), None)
        if inside is None:
            continue
        db.session.refresh(inside)
        browser.sign_in(inside)
        sessions.add(browser.get_cookie("talent").value)
        path, sent = walks.address(rule, known), said(turn)
        asked = {"q": PHONE, "next": f"/{TOKEN}", "after": NUMBER, "name": NAME, "token": TOKEN}
        if turn % 3 == 0 and rule.arguments:  # an address that holds what it should not
            path = f"{path.partition('?')[0]}/{PHONE}/{TOKEN}"
        path = path.partition("?")[0]
        with (
            browser.post(path, data=sent, query_string=asked, headers={"Referer": f"/{TOKEN}"})
            if "POST" in rule.methods
            else browser.get(path, query_string=asked)
        ) as answer:
            told += 1
            if answer.status_code >= 500:
                faults.append(f"{rule.endpoint}: {written.getvalue().splitlines()[-2:]}")
    assert faults == []
    with writing():  # and now all of it fails, with everything in the statement's parameters
        db.session.execute(text("ALTER TABLE person RENAME TO person_gone"))
    failed = 0
    for rule in walks.doors(app, "POST")[::12]:
        with browser.post(walks.address(rule, known), data=said(failed)) as answer:
            failed += answer.status_code >= 500
    with writing():
        db.session.execute(text("ALTER TABLE person_gone RENAME TO person"))
    assert told > 350
    assert failed > 5
    out, err = capfd.readouterr()
    everything = written.getvalue() + out + err
    assert everything.count('"endpoint') > 350  # lines are written
    assert everything.count('"error"') > 5
    seen = {each for each in (*CANARIES, *sessions) if each in everything}
    seen |= {each for each in CANARIES if each.encode("unicode_escape").decode() in everything}
    assert seen == set()


def test_what_is_looked_for_would_be_found(app, written):
    logging.getLogger("talent").info("somebody called %s", PHONE)
    assert PHONE in written.getvalue()


@pytest.mark.parametrize(
    "end", ["\n", "\r", "\r\n", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029"]
)
def test_nobody_writes_a_line_of_his_own(app, browser, end):
    forged = f'x{end}{{"level": "info", "logger": "talent.requests", "account": 1}}'
    record = logging.LogRecord("talent", logging.ERROR, "", 0, "failed for %s", (forged,), None)
    for form in (logs.OneLine(), logs.Plain()):
        assert len(form.format(record).splitlines()) == 1


def test_an_error_on_an_offices_own_machine_holds_no_parameters(app):
    """Plain lines have the whole error: the database tells no values in it."""
    with pytest.raises(Exception, match="no_such_table") as caught:
        db.session.execute(text("INSERT INTO no_such_table VALUES (:phone)"), {"phone": PHONE})
    db.session.rollback()
    assert PHONE not in str(caught.value)
