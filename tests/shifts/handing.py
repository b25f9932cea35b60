"""Handing a place on, as the tests of it do."""

import plan

from talent import schedule
from talent.db import db
from talent.messages.models import Message
from talent.rules.signup import SignupState
from talent.shifts.models import Signup
from talent.shifts.passing.models import Handover


def hand_on(browser, account, shift, to=None, status=303, **fields):
    """Offer the account's place: to one person by number, or to all."""
    number = getattr(getattr(to, "person", to), "volunteer_no", to)
    whom = {"whom": "number", "number": number} if to else {"whom": "all"}
    return browser.sign_in(account).send(
        f"/shifts/{shift.id}/handover", status=status, **whom, **fields
    )


def handover():
    db.session.rollback()
    return db.session.query(Handover).order_by(Handover.id.desc()).first()


def answer(browser, account, way, status=303, **fields):
    return browser.sign_in(account).send(
        f"/shifts/handovers/{handover().id}/{way}", status=status, **fields
    )


def holders(shift):
    db.session.rollback()
    rows = db.session.query(Signup).filter_by(shift_id=shift.id, state=SignupState.CONFIRMED)
    return sorted(row.person.name for row in rows)


def told(kind):
    db.session.rollback()
    rows = db.session.query(Message).filter_by(kind=kind).order_by(Message.id)
    return [(m.person.name if m.person else "office", m.facts.get("outcome")) for m in rows]


def settle():
    [job] = [job for job in schedule.SCHEDULE if job.name == "shifts.settle_handovers"]
    assert schedule.run(job, schedule.clock.now())


def full(office, *people, starts=48, places=None):
    shift = plan.shift(plan.project(office), starts, places=places or len(people))
    for one in people:
        plan.place(shift, one.person)
    return shift
