"""The day of a shift, as the tests of it go through it."""

import make

from talent.db import db, writing
from talent.hours.models import ServiceRecord
from talent.hours.recording import service as recording
from talent.shifts import jobs
from talent.shifts.models import Attendance


def set_(row, **fields):
    with writing():
        kept = db.session.get(type(row), row.id)
        for name, value in fields.items():
            setattr(kept, name, value)


def at(clock, hours):
    """Let it be so many hours later, and the timed work done."""
    clock.move_to(make.hours_later(hours))
    with writing():
        jobs.settle_attendance(make.hours_later(hours))
    with writing():
        recording.record_attendance(make.hours_later(hours))


def taken(one):
    db.session.rollback()
    return db.session.query(Attendance).filter_by(signup_id=one.id).one_or_none()


def records():
    db.session.rollback()
    return db.session.query(ServiceRecord).order_by(ServiceRecord.id).all()
