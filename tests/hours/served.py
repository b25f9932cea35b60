"""Voluntary service, attended or entered by hand, as the tests of counting make it."""

from datetime import timedelta

import make

from talent.db import db, writing
from talent.hours.models import ServiceRecord
from talent.hours.recording import service
from talent.shifts.models import AttendanceSource


def came(shift, person, minutes, *, late=0, source=AttendanceSource.QR):
    """Somebody who signed up before, and was there for so many minutes."""
    attendance = make.attended(shift, person, came=late, left=late + minutes, source=source)
    with writing():
        attendance.signup.made_at = shift.starts_at - timedelta(days=2)
        attendance.changed_at = attendance.out_at
    return attendance


def recorded(now=make.NOW):
    with writing():
        service.record_attendance(now)
    return db.session.query(ServiceRecord).order_by(ServiceRecord.id).all()


def whys(record):
    return [reason["why"] for reason in record.reasons]


FORM = {
    "activity": "防汛值守",
    "starts_at": "2026-05-29T09:00",  # a Friday
    "ends_at": "2026-05-29T11:30",
    "place": "河堤",
    "content": "巡查河堤",
    "person_in_charge": "李主任",
    "evidence": "签到表第三页，存社区档案柜",
}


def entered(browser, office, person, status=303, **changed):
    fields = {**FORM, "office_id": office.id, "category_id": make.category().id, **changed}
    return browser.send(f"/hours/people/{person.id}/entry", status=status, **fields)
