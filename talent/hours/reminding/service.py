"""What was forgotten: who is reminded of it, in which order, and what offices leave lying."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import exists, func, select
from sqlalchemy.orm import joinedload, selectinload

from talent import clock
from talent.access import Actor, Permission
from talent.db import db
from talent.hours import staff
from talent.hours.corrections import outbox
from talent.hours.models import CorrectionRequest, ServiceRecord
from talent.hours.service import PENDING
from talent.i18n import DEFAULT_ZONE
from talent.messages import service as messages
from talent.messages.models import MessageKind
from talent.offices import service as offices
from talent.offices.models import Office, Setting
from talent.rules import corrections as law
from talent.rules.corrections import OPEN, Rung
from talent.rules.signup import SignupState
from talent.rules.workdays import WorkCalendar
from talent.shifts.models import Attendance, Project, Shift, ShiftState, Signup

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime

    from sqlalchemy import Select

    from talent.accounts.models import Account

PAGE = 50
LOOK_BACK = timedelta(days=60)  # older lists belong to a time before this was asked of anybody
LOOK_AHEAD = timedelta(days=30)  # over any holiday there are two working days in so many
_TERMS = {
    Rung.LEADER: Setting.CLOSE_LEADER_DAYS,
    Rung.OFFICE: Setting.CLOSE_OFFICE_DAYS,
    Rung.ABOVE: Setting.CLOSE_ABOVE_DAYS,
}


@dataclass(frozen=True, slots=True)
class Lying:
    """What lies with an office although it was reminded, and since which day the oldest does."""

    office: Office
    records: int
    requests: int
    lists: int
    since: date

    @property
    def number(self) -> int:
        """All of it."""
        return self.records + self.requests + self.lists


def remind_requests(now: datetime) -> int:
    """Tell of requests whose term ends soon or has ended: the office, then also above and below."""
    query = (
        select(CorrectionRequest)
        .where(CorrectionRequest.state.in_(OPEN))
        .where(CorrectionRequest.due_on <= (now + LOOK_AHEAD).date())
        .options(
            joinedload(CorrectionRequest.office),
            joinedload(CorrectionRequest.person),
            joinedload(CorrectionRequest.record),
            selectinload(CorrectionRequest.steps),
        )
        .order_by(CorrectionRequest.id)
    )
    calendar = WorkCalendar(*offices.working_calendar())
    readers = {
        "reviewers": staff.holders(staff.roles_with(Permission.REVIEW_HOURS)),
        "level_above": staff.holders(staff.roles_with(Permission.REVIEW_LONG_DAYS)),
    }
    told = 0
    for request in db.session.scalars(query).all():
        today = clock.today(request.office.zone, now)
        if law.is_overdue(request.state, request.due_on, today):
            told += outbox.office(request, outbox.Event.OVERDUE, now=now, **readers)
            told += outbox.volunteer(request, outbox.Event.OVERDUE, now=now)
        elif law.is_due_soon(request.state, request.due_on, today, calendar):
            told += outbox.office(request, outbox.Event.DUE, now=now, **readers)
    return told


def remind_lists(now: datetime) -> int:
    """Tell of shifts that are over and whose list stands open: the leader, the office, above."""
    shifts = db.session.scalars(_open_lists(now).options(joinedload(Shift.project))).all()
    units = {shift.project.office for shift in shifts}
    given = offices.settings_by_office(units, on=now.date())
    missing = _without_sign_out([shift.id for shift in shifts])
    held = {
        Rung.LEADER: staff.holders(staff.LEADERS),
        Rung.OFFICE: staff.holders(staff.roles_with(Permission.REVIEW_HOURS)),
        Rung.ABOVE: staff.holders(staff.roles_with(Permission.REVIEW_LONG_DAYS)),
    }
    told = 0
    for shift in shifts:
        office = shift.project.office
        for rung in _rungs(shift, now, given[office.id]):
            find = staff.above if rung is Rung.ABOVE else staff.of
            for account in find(office, held[rung]):
                told += _tell_open(shift, rung, account, missing[shift.id], now)
    return told


def _open_lists(now: datetime) -> Select[Shift]:
    """Shifts that are over, on which somebody had a place, and that nobody closed."""
    somebody = exists().where(Signup.shift_id == Shift.id, Signup.state == SignupState.CONFIRMED)
    return (
        select(Shift)
        .join(Shift.project)
        .where(Shift.state == ShiftState.PUBLISHED, somebody)
        .where(Shift.ends_at > now - LOOK_BACK, Shift.ends_at <= now)
        .order_by(Shift.ends_at, Shift.id)
    )


def _rungs(shift: Shift, now: datetime, given: Mapping[Setting, Any]) -> list[Rung]:
    days = {rung: timedelta(days=given[name]) for rung, name in _TERMS.items()}
    return law.rungs(
        shift.ends_at, now, leader=days[Rung.LEADER], office=days[Rung.OFFICE],
        above=days[Rung.ABOVE],
    )  # fmt: skip


def _without_sign_out(shift_ids: Sequence[int]) -> Counter[int]:
    query = (
        select(Signup.shift_id, func.count())
        .join(Attendance, Attendance.signup_id == Signup.id)
        .where(Signup.shift_id.in_(shift_ids))
        .where(Attendance.in_at.is_not(None), Attendance.out_at.is_(None))
        .group_by(Signup.shift_id)
    )
    return Counter(dict(db.session.execute(query).all()))


def _tell_open(shift: Shift, rung: Rung, account: Account, missing: int, now: datetime) -> bool:
    message = messages.tell(
        MessageKind.LIST_OPEN,
        once=f"{shift.id}:{rung}:{account.id}",
        now=now,
        account=account,
        office_id=shift.project.office_id,
        facts={
            "rung": rung.value,
            "activity": shift.project.name,
            "starts_at": shift.starts_at.isoformat(),
            "missing": missing,
            "path": f"/shifts/{shift.id}/roster",
        },
    )
    return message is not None


def lying(now: datetime, scope: Select[int] | None = None) -> list[Lying]:
    """What lies with each office of the scope, in the order of the tree; all in four queries."""
    records: Counter[int] = Counter()
    requests: Counter[int] = Counter()
    lists: Counter[int] = Counter()
    since: dict[int, date] = {}
    known: dict[int, Office] = {}

    def count(counter: Counter[int], office: Office, day: date, number: int) -> None:
        known[office.id] = office
        counter[office.id] += number
        since[office.id] = min(day, since.get(office.id, day))

    for office, day, number in _by_day(ServiceRecord, ServiceRecord.state.in_(PENDING), scope):
        if law.goes_up(day, clock.today(office.zone, now)):
            count(records, office, day, number)
    of_requests = _by_day(CorrectionRequest, CorrectionRequest.state.in_(OPEN), scope)
    for office, day, number in of_requests:
        if day < clock.today(office.zone, now):
            count(requests, office, day, number)
    for shift in _left_open(now, scope):
        count(lists, shift.project.office, shift.last_day, 1)
    found = sorted(known.values(), key=lambda office: office.ancestor_ids)
    return [
        Lying(each, records[each.id], requests[each.id], lists[each.id], since[each.id])
        for each in found
    ]


def _by_day(table: Any, stands: Any, scope: Select[int] | None) -> Iterable[Any]:
    query = (
        select(Office, table.due_on, func.count(table.id))
        .join(table, table.office_id == Office.id)
        .where(stands)
        .group_by(Office.id, table.due_on)
    )
    if scope is not None:
        query = query.where(Office.id.in_(scope))
    return db.session.execute(query).all()


def _left_open(now: datetime, scope: Select[int] | None) -> list[Shift]:
    query = _open_lists(now).options(joinedload(Shift.project).joinedload(Project.office))
    if scope is not None:
        query = query.where(Project.office_id.in_(scope))
    shifts = db.session.scalars(query).all()
    given = offices.settings_by_office({s.project.office for s in shifts}, on=now.date())
    return [s for s in shifts if Rung.ABOVE in _rungs(s, now, given[s.project.office_id])]


def seen_lying(actor: Actor, *, now: datetime, after: int | None = None) -> list[Lying]:
    """The same for the offices that the actor may see: a page of them, and one more."""
    found = lying(now, offices.seen(actor, Permission.SEE_HOURS))
    numbers = [each.office.id for each in found]
    first = numbers.index(after) + 1 if after in numbers else 0
    return found[first : first + PAGE + 1]


def tell_lying(now: datetime) -> int:
    """Tell the level above, once a week, what the offices below leave lying."""
    held = staff.holders(staff.roles_with(Permission.REVIEW_LONG_DAYS))
    of_reader: dict[int, list[Lying]] = {}
    readers: dict[int, Account] = {}
    for each in lying(now):
        for account in staff.above(each.office, held):
            readers[account.id] = account
            of_reader.setdefault(account.id, []).append(each)
    year, week, _ = clock.today(DEFAULT_ZONE, now).isocalendar()
    told = 0
    for number, account in readers.items():
        found = of_reader[number]
        message = messages.tell(
            MessageKind.LEFT_LYING,
            once=f"{number}:{year}-{week}",
            now=now,
            account=account,
            office_id=found[0].office.parent_id or found[0].office.id,
            facts={
                "offices": len(found),
                "records": sum(each.records for each in found),
                "requests": sum(each.requests for each in found),
                "lists": sum(each.lists for each in found),
                "path": "/hours/review/lying",
            },
        )
        told += message is not None
    return told
