"""Who has a place on a shift, what is written of each, and what may be tapped now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import contains_eager, joinedload

from talent.db import among, asked, db
from talent.offices.models import Setting
from talent.people.models import Person
from talent.rules import attendance as law
from talent.rules.attendance import Outcome, Unattendable, Visit
from talent.rules.reason import Because
from talent.rules.signup import Refusal, SignupState
from talent.shifts.eligibility import service as eligibility
from talent.shifts.models import Attendance, AttendanceState, Shift, ShiftState, Signup
from talent.shifts.places import service as places
from talent.shifts.proposals import service as proposals
from talent.shifts.turns.service import IN_LINE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from talent.access import Actor
    from talent.shifts.eligibility.service import Settings
    from talent.shifts.models import Need

    Against = tuple[list[Because], list[Because], list[Because], list[Because]]

STATE_OF = {
    Outcome.PRESENT: AttendanceState.PRESENT,
    Outcome.LEFT: AttendanceState.LEFT,
    Outcome.REVIEW: AttendanceState.REVIEW,
    Outcome.ABSENT: AttendanceState.ABSENT,
}
OUTCOME_OF = {state: outcome for outcome, state in STATE_OF.items()}


@dataclass(frozen=True, slots=True)
class Attendee:
    """One person on the list, and what may be tapped now; an empty list of reasons means it may."""

    signup: Any  # the sign-up, or the seat of a list
    against_in: list[Because]
    against_out: list[Because]
    against_absence: list[Because]
    against_entry: list[Because]

    @property
    def attendance(self) -> Attendance | None:
        """What is written down."""
        kept: Attendance | None = self.signup.attendance
        return kept


@dataclass(frozen=True, slots=True)
class Named:
    """A person of whom a list shows the name."""

    name: str


@dataclass(frozen=True, slots=True)
class Kept:
    """What is written down of somebody's attendance, as far as the list shows and weighs it."""

    state: AttendanceState
    in_at: datetime | None
    out_at: datetime | None
    said_out_at: datetime | None
    proposed_out_at: datetime | None
    asked_at: datetime | None
    settles_at: datetime | None


@dataclass(frozen=True, slots=True)
class Seat:
    """A place and who has it, named as the sign-up names the same things."""

    id: int
    state: SignupState
    walk_in: bool
    override_reason: str | None
    overridden_reasons: list[Any] | None
    person: Named
    need: Need
    shift: Shift
    attendance: Kept | None


_LISTED = (
    select(
        Signup.id, Signup.state, Signup.walk_in, Signup.override_reason, Signup.overridden_reasons,
        Signup.need_id, Person.name, Attendance.state.label("stands"), Attendance.in_at,
        Attendance.out_at, Attendance.said_out_at, Attendance.proposed_out_at, Attendance.asked_at,
        Attendance.settles_at,
    )
    .join(Signup.person)
    .outerjoin(Signup.attendance)
    .where(
        Signup.shift_id == bindparam("shift"),
        among(Signup.state, (SignupState.CONFIRMED, SignupState.OFFERED, *IN_LINE)),
    )
    .order_by(Person.sort_key, Person.id)
)  # fmt: skip


def roster(shift: Shift, now: datetime, told: Settings | None = None) -> list[Attendee]:
    """Everybody who has a place, by name. Of a person no more is read than the list shows."""
    query = (
        select(Signup)
        .join(Signup.person)
        .where(Signup.shift_id == shift.id, Signup.state == SignupState.CONFIRMED)
        .options(
            contains_eager(Signup.person).load_only(Person.name, Person.sort_key),
            joinedload(Signup.attendance),
        )
        .order_by(Person.sort_key, Person.id)
    )
    told = told or settings_of(shift, now)
    return [_attendee(one, shift, told, now) for one in db.session.scalars(query)]


def listed(shift: Shift, now: datetime, told: Settings) -> tuple[list[Attendee], bool]:
    """Everybody who has a place, by name, and whether anybody is in line for one.

    Columns, and not objects: hundreds stand on a list, and of most the law says the same.
    """
    needs = {need.id: need for need in shift.needs}
    found, waits = [], False
    weighed: dict[Kept | None, Against] = {}
    for row in asked(_LISTED, shift=shift.id):
        if row.state is not SignupState.CONFIRMED:
            waits = True
            continue
        kept = None
        if row.stands:
            kept = Kept(
                row.stands, row.in_at, row.out_at, row.said_out_at, row.proposed_out_at,
                row.asked_at, row.settles_at,
            )  # fmt: skip
        seat = Seat(
            row.id, row.state, row.walk_in, row.override_reason, row.overridden_reasons,
            Named(row.name), needs[row.need_id], shift, kept,
        )  # fmt: skip
        if kept not in weighed:
            weighed[kept] = _against(seat, shift, told, now)
        found.append(Attendee(seat, *weighed[kept]))
    return found, waits


def attendee(one: Signup, now: datetime) -> Attendee:
    """One of them."""
    told = settings_of(one.shift, now)
    return _attendee(one, one.shift, told, now)


def of_signups(ones: Sequence[Signup], now: datetime) -> list[Attendee]:
    """Several of them, of any shifts, in a constant number of questions."""
    told = eligibility.settings_for([one.shift for one in ones], now)
    return [_attendee(one, one.shift, told[one.shift.project.office_id], now) for one in ones]


def own_attendee(shift: Shift, actor: Actor, now: datetime) -> Attendee | None:
    """The reader on this shift's list, when he has a place."""
    one = places.live(shift.id, actor.person_id or 0)
    if one is None or one.state is not SignupState.CONFIRMED:
        return None
    return attendee(one, now)


def settings_of(shift: Shift, now: datetime) -> Settings:
    """What the office of a shift has set."""
    return eligibility.settings_for([shift], now)[shift.project.office_id]


def is_running(shift: Shift, now: datetime, told: Settings | None = None) -> bool:
    """Whether people sign in now, so that whoever comes is a walk-in."""
    window = law.sign_in_window(shift.span, early(shift, told or settings_of(shift, now)))
    return shift.state is ShiftState.PUBLISHED and window.contains(now)


def opening_of(shifts: Sequence[Shift], now: datetime) -> dict[int, datetime]:
    """When signing in opens, by shift."""
    told = eligibility.settings_for(shifts, now)
    return {
        each.id: law.sign_in_window(each.span, early(each, told[each.project.office_id])).start
        for each in shifts
    }


def _attendee(one: Signup, shift: Shift, told: dict[Setting, Any], now: datetime) -> Attendee:
    return Attendee(one, *_against(one, shift, told, now))


def _against(one: Any, shift: Shift, told: dict[Setting, Any], now: datetime) -> Against:
    """What is against signing in, signing out, noting an absence and writing times."""
    visit = visit_of(one.attendance)
    closed = against_any(one, shift, now)
    return (
        closed
        or law.refusals_to_sign_in(shift.span, visit, now, early(shift, told), mode=shift.signed),
        closed
        or law.refusals_to_sign_out(shift.span, visit, now, late(shift, told), mode=shift.signed),
        closed or law.refusals_to_miss(shift.span, visit, now),
        closed,
    )


def against_any(one: Any, shift: Shift, now: datetime) -> list[Because]:
    """What is against writing anything of somebody: no place, cancelled, or on record."""
    if shift.state is ShiftState.CANCELLED:
        return [Because(Refusal.CANCELLED)]
    if one.state is not SignupState.CONFIRMED:
        return [Because(Unattendable.NO_PLACE)]
    stands = OUTCOME_OF[one.attendance.state] if one.attendance else Outcome.EXPECTED
    settled = not (one.attendance and one.attendance.settles_at) or now >= one.attendance.settles_at
    open_ = proposals.is_open(one.attendance, now)
    on_record = settled and law.on_record(shift.span, stands, now, asked=open_)
    recorded = (shift.state is ShiftState.CLOSED and not open_) or on_record
    return [Because(Unattendable.RECORDED)] if recorded else []


def visit_of(kept: Attendance | None) -> Visit:
    """What is written, as the law takes it."""
    return Visit(kept.in_at, kept.out_at) if kept else Visit()


def early(shift: Shift, told: dict[Setting, Any]) -> timedelta:
    """How long before the beginning one may sign in."""
    own = shift.early_minutes
    return timedelta(minutes=told[Setting.EARLY_MINUTES] if own is None else own)


def late(shift: Shift, told: dict[Setting, Any]) -> timedelta:
    """How long after the end one may sign out: from then on the sign-out is forgotten."""
    own = shift.late_minutes
    return timedelta(minutes=told[Setting.FORGOTTEN_MINUTES] if own is None else own)
