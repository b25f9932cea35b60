"""What the clients find: an office with shifts, people with sessions, records of hours."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import make
import plan
from itsdangerous import URLSafeTimedSerializer
from pages import Browser
from races import in_hours

from talent.access import Role
from talent.db import db
from talent.hours.models import RecordState
from talent.rules.attendance import SignMode
from talent.staffing.standards.service import seed_standards

CLIENTS, PEOPLE, SHIFTS, PLACES = 16, 3, 8, 5  # people of one client, places of one shift
STAFF = 4  # of the clients
MANY, FEW = 30, 6  # people whom one of the staff signs in, records to decide on
SECRET = "0" * 40
FAMILY = "王李张刘陈杨黄赵吴周徐孙马朱胡郭"


def build(app, *, seed, quick):
    """Fill the database; what a client has to know."""
    size = FEW if quick else MANY
    app.test_client_class = Browser
    office = make.office()
    with make.writing():
        seed_standards(make.NOW)
    project = plan.project(office, mode=SignMode.IN_OUT)
    shifts = [plan.shift(project, in_hours(72 + 6 * n), places=PLACES) for n in range(SHIFTS)]
    clients = [
        _staff(app, office, project, number, size)
        if number >= CLIENTS - STAFF
        else {"people": [_volunteer(app, office, number) for _ in range(PEOPLE)]}
        for number in range(CLIENTS)
    ]
    signer = URLSafeTimedSerializer(app.config["SECRET_KEY"], salt="wtf-csrf-token")
    of_staff = clients[-STAFF:]  # who may meet at the same record
    found = {
        "seed": seed, "office": office.id, "category": make.category().id,
        "project": project.id, "position": project.positions[0].id, "clients": clients,
        "shifts": [{"id": each.id, "need": each.needs[0].id} for each in shifts],
        "token": signer.dumps(SECRET),
        **{name: [id_ for each in of_staff for id_ in each.pop(name)]
           for name in ("pending", "records")},
    }  # fmt: skip
    db.session.remove()
    return found


def _volunteer(app, office, number):
    account = make.volunteer(office, FAMILY[number % len(FAMILY)] + "秀兰")
    return {"id": account.person_id, "cookie": _cookie(app, account)}


def _staff(app, office, project, number, size):
    """One of the office: a shift that goes on now with people on it, and records of others."""
    boss = make.account(Role.COORDINATOR, office)
    served = [make.person("赵六", at=office) for _ in range(size)]
    today = plan.shift(project, in_hours(-0.2), hours=8, places=size)
    there = [plan.place(today, make.person("孙七", at=office)).id for _ in range(size)]
    day = (datetime.now(UTC) - timedelta(days=60)).date()
    pending, records = (
        [make.record(person, office, 60, day=day - timedelta(days=back), state=state).id
         for person in served]
        for back, state in ((0, RecordState.PENDING), (1, RecordState.APPROVED))
    )  # fmt: skip
    return {
        "boss": _cookie(app, boss),
        "served": [person.id for person in served],
        "signups": there,
        "pending": pending,
        "records": records,
        "documents": [
            make.resident_id(date(1960 + number, 1 + n % 12, 1 + n % 28), serial=n % 400)
            for n in range(50 * size)
        ],
    }  # fmt: skip


def _cookie(app, account):
    """A session of the account, past the sign-in page, whose forms carry a token that is known."""
    browser = app.test_client().sign_in(account)
    with browser.session_transaction() as session:
        session["csrf_token"] = SECRET
    return browser.get_cookie("talent").value
