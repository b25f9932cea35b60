"""Bulk acts through the browser: looked at first, then done as they were shown."""

from __future__ import annotations

from datetime import timedelta

from talent.db import db
from talent.messages.models import Message
from talent.shifts.batches.models import Batch
from talent.shifts.models import Series, Shift

CLOSE, COPY = "/shifts/closures/new", "/shifts/copying"


def stamp(page):
    """The mark of what is shown, or nothing when it cannot be done."""
    found = page.all("button", name="agreed")
    return found[0].get("value") if found else None


def look(boss, url, status=200, **fields):
    return boss.send(url, status=status, **fields)


def do(boss, url, **fields):
    """Look, then do what was shown."""
    page = look(boss, url, **fields)
    return boss.send(url, agreed=stamp(page), **fields)


def series_fields(project, **more):
    """A series on Mondays, nine to twelve, four times."""
    (position,) = project.positions[:1]
    given = {
        "first_day": "2026-06-08", "starts": "09:00", "ends": "12:00", "rhythm": "weekly",
        "every": 1, "count": 4, "place": "社区食堂", "note": "带水杯",
        f"places_{position.id}": 3, f"least_{position.id}": 1, f"reserve_{position.id}": 1,
    }  # fmt: skip
    return {name: value for name, value in (given | more).items() if value is not None}


def series_url(project):
    return f"/shifts/projects/{project.id}/series/new"


def shifts():
    db.session.rollback()
    return db.session.query(Shift).order_by(Shift.starts_at, Shift.id).all()


def days():
    return [str(shift.day) for shift in shifts()]


def last_act():
    db.session.rollback()
    return db.session.query(Batch).order_by(Batch.id.desc()).first()


def undo(boss, status=303):
    return boss.send(f"/shifts/acts/{last_act().id}/undoing", status=status)


def the_series():
    db.session.rollback()
    return db.session.query(Series).order_by(Series.id).all()


def local(shifts):
    """From when to when, on the wall clock of Shanghai."""
    eight = timedelta(hours=8)
    return [f"{s.starts_at + eight:%d %H:%M}-{s.ends_at + eight:%d %H:%M}" for s in shifts]


def told(kind, state=None):
    db.session.rollback()
    query = db.session.query(Message).filter_by(kind=kind).order_by(Message.id)
    return [m.person.name for m in query if state is None or m.state is state]


def split_fields(project, **more):
    key = project.positions[0].id
    given = {
        "way": "pieces", "starts_at": "2026-06-08T08:00", "ends_at": "2026-06-08T14:00",
        "minutes": 120, "changeover": 0, "place": "礼堂", f"places_{key}": 2,
    }  # fmt: skip
    return given | more


def split_url(project):
    return f"/shifts/projects/{project.id}/split"


def copy_fields(office, project=None, **more):
    given = {
        "office": office.id, "project": project.id if project else "", "extent": "day",
        "day": "2026-06-03", "targets": "2026-06-10 2026-06-17",
    }  # fmt: skip
    return given | more


def close_fields(office, **more):
    return {
        "office": office.id, "project": "", "first": "2026-06-03", "last": "", "reason": "台风",
    } | more  # fmt: skip
