"""A full shift, those who wait for it or stand by, and what becomes of them."""

from datetime import timedelta

import make
import plan

from talent.db import db
from talent.messages.models import Message, MessageState
from talent.rules.signup import SignupState
from talent.shifts.models import Signup


def full(office, *names, starts=48, reserve=0, state=SignupState.WAITING, **more):
    """A shift whose one place is 王秀兰's; the others wait, in this order. Accounts by name."""
    shift = plan.shift(plan.project(office), starts, places=1, reserve=reserve, **more)
    accounts = {"王秀兰": make.volunteer(office)}
    plan.place(shift, accounts["王秀兰"].person)
    for number, name in enumerate(names):
        accounts[name] = make.volunteer(office, name)
        later = make.NOW + timedelta(seconds=number)
        plan.place(shift, accounts[name].person, state=state, at=later)
    return shift, accounts


def told(kind):
    db.session.rollback()
    query = db.session.query(Message).filter(
        Message.kind == kind, Message.state != MessageState.DROPPED
    )
    return [m.person.name for m in query.order_by(Message.id)]


def of(shift, name):
    """The sign-up of this name as it is now."""
    db.session.rollback()
    rows = db.session.query(Signup).filter_by(shift_id=shift.id).order_by(Signup.id.desc())
    return next(row for row in rows if row.person.name == name)


def stands(shift, *names):
    return [of(shift, name).state.value for name in names]


def give_up(browser, shift, account):
    return browser.sign_in(account).send(f"/shifts/{shift.id}/cancellation", htmx=True, status=200)
