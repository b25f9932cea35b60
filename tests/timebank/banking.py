"""A bank that is on, in the fewest words."""

from __future__ import annotations

import make

from talent import clock
from talent.db import db, writing
from talent.hours import ledger as hours
from talent.hours.models import EntryKind, ServiceRecord
from talent.timebank import jobs
from talent.timebank.models import BankAccount


def turn_on(office, day=make.TODAY, **terms):
    return make.let(office, since=day, time_bank="on", **terms)


def credit():
    """The job that each minute follows the hours."""
    return jobs.credit(clock.now())


def served(person, office, minutes=120, **more):
    """A record of service, credited."""
    record = make.record(person, office, minutes, **more)
    credit()
    return record


def correct(record, minutes):
    """The record is corrected by so many minutes, and the bank follows."""
    with writing():
        row = db.session.get(ServiceRecord, record.id)
        hours.add(row, EntryKind.CORRECTED, minutes, account_id=None, at=make.NOW)
    credit()


def account(person, bank):
    """The person's account, as it is in the database; with no person the pool."""
    db.session.rollback()
    number = person.id if person else None
    return db.session.query(BankAccount).filter_by(office_id=bank.id, person_id=number).one()


def balance(person, bank):
    return account(person, bank).balance
