"""Looking for substitutes, as the tests of it do."""

import plan

from talent import clock as times
from talent import schedule
from talent.db import db
from talent.messages.models import Message
from talent.rules.signup import SignupState
from talent.shifts.models import Signup
from talent.shifts.substitutes.models import Call, Search


def staffed(office, *people, starts=6, places=None, **more):
    """A shift today: the deadline of a day before has passed."""
    shift = plan.shift(plan.project(office, **more), starts, places=places or len(people) or 1)
    for one in people:
        plan.place(shift, one.person)
    return shift


def stay_away(browser, account, shift, reason="孩子发烧", status=303):
    return browser.sign_in(account).send(
        f"/shifts/{shift.id}/staying-away", status=status, reason=reason
    )


def find(browser, boss, shift, status=303):
    return browser.sign_in(boss).send(
        f"/shifts/{shift.id}/substitutes/search?need={shift.needs[0].id}", status=status
    )


def asked():
    db.session.rollback()
    rows = db.session.query(Call).order_by(Call.id)
    return [(call.person.name, call.state.value) for call in rows]


def call_of(account):
    db.session.rollback()
    query = db.session.query(Call).filter_by(person_id=account.person_id)
    return query.order_by(Call.id.desc()).first()


def answer(browser, account, way, status=303, **fields):
    return browser.sign_in(account).send(
        f"/shifts/calls/{call_of(account).id}/{way}", status=status, **fields
    )


def minute():
    [job] = [job for job in schedule.SCHEDULE if job.name == "shifts.call_substitutes"]
    assert schedule.run(job, times.now())


def search():
    db.session.rollback()
    return db.session.query(Search).order_by(Search.id.desc()).first()


def to_office(kind):
    db.session.rollback()
    return db.session.query(Message).filter_by(kind=kind).order_by(Message.id).all()


def holders(shift):
    db.session.rollback()
    rows = db.session.query(Signup).filter_by(shift_id=shift.id, state=SignupState.CONFIRMED)
    return sorted(row.person.name for row in rows)
