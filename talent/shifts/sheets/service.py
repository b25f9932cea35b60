"""The signed sheet: times of everybody keyed in at once, all or nothing, and the picture of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from talent import audit, files
from talent.audit import Act
from talent.db import db
from talent.errors import NotFound, Refused
from talent.offices import service as offices
from talent.rules import attendance as law
from talent.rules.attendance import Unattendable
from talent.rules.reason import Because
from talent.rules.signup import Refusal
from talent.shifts.attendance import service as attendance
from talent.shifts.attendees import service as attendees
from talent.shifts.models import AttendanceSource, Project, Shift, ShiftState
from talent.shifts.places import service as places
from talent.shifts.sheets.models import SignedSheet

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime, time

    from talent.access import Actor, Permission
    from talent.shifts.attendees.service import Attendee


@dataclass(frozen=True, slots=True)
class Line:
    """What stands on the sheet beside a name, as a clock at the place showed it."""

    came: time | None
    left: time | None


Lines = dict[int, Line]  # by the sign-up's id


def open_lines(shift: Shift, now: datetime) -> list[Attendee]:
    """Those whose times may still be written, by name."""
    return [one for one in attendees.roster(shift, now) if not one.against_entry]


def line_of(one: Attendee) -> Line:
    """What is written down already, to the minute."""
    kept, zone = one.attendance, ZoneInfo(one.signup.shift.zone)
    return Line(*(_clock(at, zone) for at in ((kept.in_at, kept.out_at) if kept else (None, None))))


def problems(shift: Shift, lines: Mapping[int, Line], now: datetime) -> dict[int, list[Because]]:
    """What the law has against each line, by the sign-up's id; empty when all of it may stand."""
    found = {id_: _against(shift, line, now) for id_, line in lines.items()}
    return {id_: reasons for id_, reasons in found.items() if reasons}


def key_in(
    shift: Shift, lines: Mapping[int, Line], *, rest_missed: bool, actor: Actor, now: datetime
) -> int:
    """Write every line that says something new; `rest_missed`: who has none did not come.

    All of it or nothing. Returns how many lines were written.
    """
    shift = places.held(shift.id)
    if found := problems(shift, lines, now):
        raise Refused([because for reasons in found.values() for because in reasons])
    written = 0
    for one in open_lines(shift, now):
        line = lines.get(one.signup.id, line_of(one))
        if line == line_of(one) and line.came is not None:
            continue
        if line.came is not None:
            came, left = _moments(shift, line)
            attendance.enter(
                one.signup,
                in_at=came,
                out_at=left,
                actor=actor,
                now=now,
                source=AttendanceSource.SHEET,
            )
        elif rest_missed and not one.against_absence:
            attendance.miss(one.signup, actor=actor, now=now)
        else:
            continue
        written += 1
    return written


def _against(shift: Shift, line: Line, now: datetime) -> list[Because]:
    if line.came is None:
        return [Because(Unattendable.NO_COMING)] if line.left is not None else []
    came, left = _moments(shift, line)
    return law.refusals_to_enter(shift.span, came, left, now)


def _moments(shift: Shift, line: Line) -> tuple[datetime, datetime | None]:
    zone = ZoneInfo(shift.zone)
    assert line.came is not None  # noqa: S101 - asked before
    came = law.on_clock(shift.span, zone, line.came)
    return came, law.on_clock(shift.span, zone, line.left) if line.left is not None else None


def _clock(moment: datetime | None, zone: ZoneInfo) -> time | None:
    return moment.astimezone(zone).time().replace(second=0, microsecond=0) if moment else None


def attach(shift: Shift, name: str, content: bytes, *, actor: Actor, now: datetime) -> SignedSheet:
    """Keep a picture of the sheet as evidence; a draft has had nobody who could sign one."""
    if shift.state is ShiftState.DRAFT:
        raise Refused([Refusal.NOT_PUBLISHED])
    file = files.keep_evidence(name, content, actor=actor, now=now)
    sheet = SignedSheet(shift_id=shift.id, file_id=file.id, made_by=actor.account_id, made_at=now)
    db.session.add(sheet)
    db.session.flush()
    audit.record(
        Act.ATTENDANCE_TAKEN, sheet, actor=actor, now=now, office_id=shift.project.office_id,
        shift=shift.id,
    )  # fmt: skip
    return sheet


def sheets_of(shift_id: int | None) -> Sequence[SignedSheet]:
    """The pictures that were kept of a shift's sheets."""
    query = select(SignedSheet).where(SignedSheet.shift_id == (shift_id or 0))
    return db.session.scalars(
        query.options(joinedload(SignedSheet.file)).order_by(SignedSheet.id)
    ).all()


def visible_sheet(actor: Actor, permission: Permission, sheet_id: int) -> SignedSheet:
    """A picture of a sheet of the actor's offices, or `NotFound`."""
    query = (
        select(SignedSheet)
        .join(SignedSheet.shift)
        .join(Shift.project)
        .where(SignedSheet.id == sheet_id)
        .where(Project.office_id.in_(offices.seen(actor, permission)))
    )
    if (sheet := db.session.scalars(query).one_or_none()) is None:
        raise NotFound
    return sheet
