"""Every door, opened to everybody, with hostile words in every text: what each answer keeps."""

from __future__ import annotations

import shutil
from collections import Counter, defaultdict
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import bounds
import filled
import planting
import pytest
import scene
import walks
from flask import got_request_exception
from markupsafe import escape
from sqlalchemy import func, select

from talent import clock
from talent.access import Role
from talent.audit import Act, AuditEntry
from talent.certificates.checking.models import FileCheck
from talent.db import Base, db
from talent.messages import jobs
from talent.offices.models import Office

# Whoever differs most sees all of their doors; of the others each sees another third, or what a
# newcomer does not see.
ALL, BEYOND, THIRDS = "all", "beyond the newcomer", 3
WHO = {"stranger": ALL, "volunteer": ALL, "administrator": ALL, "leader": BEYOND,
       "auditor": BEYOND, "newcomer": 0, "coordinator": 1, "manager": 2}  # fmt: skip


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
    """How many rows each table has, but what is counted of those who look: guesses, refusals."""
    counted = {
        table.name: db.session.scalar(select(func.count()).select_from(table))
        for table in Base.metadata.sorted_tables
        if table is not FileCheck.__table__
    }
    away = select(func.count(AuditEntry.id)).where(AuditEntry.act == Act.TURNED_AWAY)
    counted["audit_entry"] -= db.session.scalar(away)
    return counted


def letters(app):
    """Every letter that waits, sent off; and what is wrong with it."""
    folder = Path(app.config["MAIL_FOLDER"])
    shutil.rmtree(folder, ignore_errors=True)
    jobs.deliver(clock.now())
    sent = sorted(folder.rglob("*.eml"))
    assert len(sent) > 5
    assert decoded(sent)
    wrong = defaultdict(list)
    for file in sent:
        for each in planting.of_letter(file.read_bytes()):
            wrong[each].append(file.name)
    shutil.rmtree(folder, ignore_errors=True)
    return wrong


def decoded(sent):
    """Whether the hostile words arrived in any letter, as words."""
    mails = [message_from_bytes(each.read_bytes(), policy=default) for each in sent]
    return any(planting.LITERAL in mail.get_body(["plain"]).get_content() for mail in mails)


def enter(browser, account):
    """Come in; over TLS the cookie goes by its full name."""
    browser.delete_cookie("__Host-talent")
    browser.sign_in(account)
    browser.set_cookie("__Host-talent", browser.get_cookie("talent").value)
    browser.delete_cookie("talent")


def opening(app, part, account, newcomer):
    """The doors that somebody looks through."""
    for number, rule in enumerate(walks.doors(app, "GET")):
        mine = part in {ALL, BEYOND} or number % THIRDS == part
        known = part == BEYOND and walks.opens(app, rule, newcomer)
        if mine and not known and walks.opens(app, rule, account):
            yield rule


@pytest.mark.usefixtures("clock")
def test_every_answer_keeps_its_bounds_with_hostile_words_in_every_text(strict, browser):
    who, known = filled.fill("https://localhost")
    office = db.session.get(Office, known["office_id"])
    for role in (Role.LEADER, Role.AUDITOR):
        who[role.value] = scene.account(role, office)
    planted = planting.plant()
    assert len(planted) > 90
    wrong, faults, met, opened = defaultdict(list), [], 0, Counter()

    def listen(_app, exception):
        faults.append(exception)

    got_request_exception.connect(listen, strict)
    for role, part in WHO.items():
        if who[role]:
            enter(browser, who[role])
        before = rows()
        for rule in opening(strict, part, who[role], who["newcomer"]):
            path = walks.address(rule, known)
            with browser.get(path, base_url="https://localhost") as answer:
                met += answer.mimetype == "text/html" and planting.LITERAL in answer.text
                found = [*bounds.faults(answer), *planting.came_through(answer)]
                found += [f"a fault: {faults.pop()!r}"] if answer.status_code >= 500 else []
            opened[role] += answer.status_code == 200
            for each in found:
                wrong[each].append(f"{role} {path}")
        after = rows()
        for name in sorted(name for name in before if before[name] != after[name]):
            wrong[f"wrote into {name} while it read"].append(role)
        if who[role]:  # whoever came in is in to the end
            answer = browser.get("/account/", base_url="https://localhost")
            assert answer.status_code == 200, role
    wrong.update(letters(strict))
    assert met > 200
    assert opened["leader"] > 20
    assert opened["auditor"] > 100
    assert not wrong, "\n".join(f"{what}: {len(at)} {at[:9]}" for what, at in wrong.items())


def test_what_is_looked_for_in_a_body_would_be_found(app):
    def told(body, kind):
        return planting.came_through(app.response_class(body, mimetype=kind))

    assert told(f"<p>{planting.PLANTED}</p>", "text/html")
    assert told("<p>b x49</p>", "text/html")
    assert told('<a href="javascript:x">', "text/html")
    assert told('<a href="//evil.example">', "text/html")
    assert told("name\r\n=1+1\r\n", "text/csv")
    assert not told("name\r\n'=1+1\r\n-5\r\n", "text/csv")
    assert not told(f'<p title="{escape(planting.PLANTED)}">{escape("<b x")}</p>', "text/html")
