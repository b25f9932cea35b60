"""A bank that is on, in the fewest words."""

from __future__ import annotations

import make

from talent import clock
from talent.db import db, writing
from talent.hours import ledger as hours
from talent.hours.models import EntryKind, ServiceRecord
from talent.offices.models import OfficeRule, Setting
from talent.timebank import jobs
from talent.timebank.models import BankAccount


def let(office, day=make.TODAY, **values):
    """Let values hold at the office from a day on, by the names of the settings."""
    rows = [
        OfficeRule(
            office_id=office.id, name=Setting(name).value, value=value,
            valid_from=day, set_at=make.NOW,
        )
        for name, value in values.items()
    ]  # fmt: skip
    return make.saved(*rows)


def turn_on(office, day=make.TODAY, **terms):
    return let(office, day, time_bank="on", **terms)


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
