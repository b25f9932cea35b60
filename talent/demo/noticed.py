"""What is noticed in the demonstration: the same times for six, and hours of one who never came."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy import select

from talent.access import Role
from talent.accounts.models import Account, Grant
from talent.db import db
from talent.errors import Refused
from talent.hours.recording import service as recording
from talent.rules.hours import Deed
from talent.rules.span import MINUTE, Span
from talent.shifts.models import Attendance, AttendanceState, Project, Shift, Signup

if TYPE_CHECKING:
    from talent.access import Actor
    from talent.demo.stage import District
    from talent.people.models import Person

SAME = 6


def play(district: District) -> None:
    """At the first community, entered by the office above it, so that the community looks."""
    office = district.communities[0]
    above = (
        select(Account)
        .join(Account.grants)
        .where(Grant.role == Role.ADMINISTRATOR, Grant.office_id == district.root.id)
    )
    if (account := db.session.scalars(above.order_by(Account.id)).first()) is None:
        return
    noon = district.now.astimezone(ZoneInfo(office.zone)).replace(
        hour=12, minute=0, second=0, microsecond=0
    )
    cleaning = Span(noon - timedelta(days=2), noon - timedelta(days=2) + 150 * MINUTE)
    found = 0
    for person in district.volunteers[office.id]:
        found += _enter(district, person, "社区大扫除", cleaning, account.actor)
        if found == SAME:
            break
    missed = (
        select(Signup)
        .join(Signup.attendance)
        .join(Signup.shift)
        .join(Shift.project)
        .where(Project.office_id == office.id, Attendance.state == AttendanceState.ABSENT)
        .order_by(Shift.starts_at.desc(), Signup.id)
    )
    for one in db.session.scalars(missed.limit(SAME)).all():
        title, span = one.shift.project.name, one.shift.span
        if _enter(district, one.person, title, span, account.actor):
            break


def _enter(district: District, person: Person, activity: str, span: Span, actor: Actor) -> bool:
    office = district.communities[0]
    deed = Deed(
        activity=activity,
        day=span.start.astimezone(ZoneInfo(office.zone)).date(),
        place=f"{office.name_zh}广场",
        content="清扫道路，清理小广告。",
        minutes=span.minutes,
        organiser=office.name_zh,
        person_in_charge="李主任",
        by_hand=True,
        evidence="领队微信发来的名单",
    )
    try:
        with db.session.begin_nested():
            recording.enter(
                person=person, office=office, deed=deed, category_id=_category(office.id),
                span=span, actor=actor, now=district.now - timedelta(hours=1),
            )  # fmt: skip
    except Refused:  # was on a shift then
        return False
    return True


def _category(office_id: int) -> int:
    query = select(Project.category_id).where(Project.office_id == office_id)
    return db.session.scalars(query.order_by(Project.id).limit(1)).one()
