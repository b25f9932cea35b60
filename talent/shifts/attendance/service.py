"""Attendance: signing in and out by the leader's list or the code, walk-ins, what was forgotten."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from talent import audit
from talent.access import SYSTEM
from talent.audit import Act
from talent.db import among, asked, db
from talent.errors import NotFound, Refused
from talent.offices.models import SETTINGS, OfficeRule, Setting
from talent.people.models import Person
from talent.rules import attendance as law
from talent.rules.attendance import Outcome, SignMode, Terms, Unattendable, Visit
from talent.rules.queue import SignAct, Untaken
from talent.rules.reason import Because
from talent.rules.signup import Refusal, SignupState
from talent.shifts.assignments import service as assignments
from talent.shifts.eligibility import service as eligibility
from talent.shifts.models import (
    Attendance,
    AttendanceSource,
    AttendanceState,
    Project,
    Shift,
    ShiftState,
    Signup,
)
from talent.shifts.places import service as places
from talent.shifts.proposals import service as proposals
from talent.shifts.turns.service import IN_LINE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Select

    from talent.access import Actor
    from talent.shifts.eligibility.service import Settings
    from talent.shifts.models import Need

    Against = tuple[list[Because], list[Because], list[Because], list[Because]]

BATCH = 500
_STATE = {
    Outcome.PRESENT: AttendanceState.PRESENT,
    Outcome.LEFT: AttendanceState.LEFT,
    Outcome.REVIEW: AttendanceState.REVIEW,
    Outcome.ABSENT: AttendanceState.ABSENT,
}
WRITTEN = {AttendanceSource.HAND, AttendanceSource.SHEET}  # by somebody who knew better
_OUTCOME = {state: outcome for outcome, state in _STATE.items()}


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


def settings_of(shift: Shift, now: datetime) -> Settings:
    """What the office of a shift has set."""
    return eligibility.settings_for([shift], now)[shift.project.office_id]


def is_running(shift: Shift, now: datetime, told: Settings | None = None) -> bool:
    """Whether people sign in now, so that whoever comes is a walk-in."""
    window = law.sign_in_window(shift.span, _early(shift, told or settings_of(shift, now)))
    return shift.state is ShiftState.PUBLISHED and window.contains(now)


def attendee(one: Signup, now: datetime) -> Attendee:
    """One of them."""
    told = eligibility.settings_for([one.shift], now)[one.shift.project.office_id]
    return _attendee(one, one.shift, told, now)


def attendees(ones: Sequence[Signup], now: datetime) -> list[Attendee]:
    """Several of them, of any shifts, in a constant number of questions."""
    told = eligibility.settings_for([one.shift for one in ones], now)
    return [_attendee(one, one.shift, told[one.shift.project.office_id], now) for one in ones]


def opening_of(shifts: Sequence[Shift], now: datetime) -> dict[int, datetime]:
    """When signing in opens, by shift."""
    told = eligibility.settings_for(shifts, now)
    return {
        each.id: law.sign_in_window(each.span, _early(each, told[each.project.office_id])).start
        for each in shifts
    }


def _attendee(one: Signup, shift: Shift, told: dict[Setting, Any], now: datetime) -> Attendee:
    return Attendee(one, *_against(one, shift, told, now))


def _against(one: Any, shift: Shift, told: dict[Setting, Any], now: datetime) -> Against:
    """What is against signing in, signing out, noting an absence and writing times."""
    visit = _visit(one.attendance)
    closed = _closed(one, shift, now)
    return (
        closed
        or law.refusals_to_sign_in(shift.span, visit, now, _early(shift, told), mode=shift.signed),
        closed
        or law.refusals_to_sign_out(
            shift.span, visit, now, _forgotten(shift, told), mode=shift.signed
        ),
        closed or law.refusals_to_miss(shift.span, visit, now),
        closed,
    )


def _closed(one: Signup, shift: Shift, now: datetime) -> list[Because]:
    if shift.state is ShiftState.CANCELLED:
        return [Because(Refusal.CANCELLED)]
    if one.state is not SignupState.CONFIRMED:
        return [Because(Unattendable.NO_PLACE)]
    stands = _OUTCOME[one.attendance.state] if one.attendance else Outcome.EXPECTED
    settled = not (one.attendance and one.attendance.settles_at) or now >= one.attendance.settles_at
    open_ = proposals.is_open(one.attendance, now)
    on_record = settled and law.on_record(shift.span, stands, now, asked=open_)
    recorded = (shift.state is ShiftState.CLOSED and not open_) or on_record
    return [Because(Unattendable.RECORDED)] if recorded else []


def _visit(kept: Attendance | None) -> Visit:
    return Visit(kept.in_at, kept.out_at) if kept else Visit()


def _early(shift: Shift, told: dict[Setting, Any]) -> timedelta:
    own = shift.early_minutes
    return timedelta(minutes=told[Setting.EARLY_MINUTES] if own is None else own)


def _forgotten(shift: Shift, told: dict[Setting, Any]) -> timedelta:
    """How long after the end one may sign out: from then on the sign-out is forgotten."""
    own = shift.late_minutes
    return timedelta(minutes=told[Setting.FORGOTTEN_MINUTES] if own is None else own)


def arrive(
    one: Signup,
    *,
    source: AttendanceSource,
    actor: Actor,
    now: datetime,
    at: datetime | None = None,
    device: str | None = None,
) -> Attendance:
    """Sign in: now, or at an earlier moment that a device kept. The earliest sign-in holds.

    `device` marks the phone of whoever signs in himself.
    """
    stands = _held(one, now)
    kept, came = one.attendance, at or now
    if kept and kept.in_at and kept.in_at <= came:
        return kept
    if at is None and stands.against_in:
        raise Refused(stands.against_in)
    if at and (refused := _against_kept(one, SignAct.IN, at, stands, now)):
        raise Refused(refused)
    state = kept.state if kept and kept.in_at else AttendanceState.PRESENT
    late = _settles(one, at, now)
    return _write(
        one, actor, now, in_at=came, in_source=source, state=state, in_device=device, **late
    )


def leave(
    one: Signup,
    *,
    source: AttendanceSource,
    actor: Actor,
    now: datetime,
    at: datetime | None = None,
    device: str | None = None,
) -> Attendance:
    """Sign out: now, or at an earlier moment that a device kept. The latest of those holds."""
    stands = _held(one, now)
    kept, went = one.attendance, at or now
    if kept and kept.out_at and (at is None or kept.out_at >= at):
        return kept
    if at is None and stands.against_out:
        raise Refused(stands.against_out)
    if at and (refused := _against_kept(one, SignAct.OUT, at, stands, now)):
        raise Refused(refused)
    late = _settles(one, at, now)
    gone = {"out_at": went, "out_source": source, "out_device": device}
    return _write(one, actor, now, state=AttendanceState.LEFT, **gone, **late)


def _against_kept(
    one: Signup, act: SignAct, at: datetime, stands: Attendee, now: datetime
) -> list[Because]:
    """What the law says of a tap that a device kept: asked for its moment, not for now."""
    if stands.against_entry:
        return stands.against_entry
    if at > now:
        return [Because(Unattendable.FUTURE, {"moment": at})]
    kept, shift = one.attendance, one.shift
    source = kept and (kept.in_source if act is SignAct.IN else kept.out_source)
    if source in WRITTEN:
        return [Because(Untaken.BY_HAND)]
    told = eligibility.settings_for([shift], now)[shift.project.office_id]
    if act is SignAct.IN:
        return law.refusals_to_sign_in(
            shift.span, Visit(), at, _early(shift, told), mode=shift.signed
        )
    visit = Visit(kept.in_at if kept else None)
    return law.refusals_to_sign_out(
        shift.span, visit, at, _forgotten(shift, told), mode=shift.signed
    )


def _settles(one: Signup, at: datetime | None, now: datetime) -> dict[str, datetime]:
    """What devices bring after the end is not final: another one may know an earlier or later."""
    shift = one.shift
    if at is None or now < shift.ends_at:
        return {}
    told = eligibility.settings_for([shift], now)[shift.project.office_id]
    return {"settles_at": shift.ends_at + _forgotten(shift, told)}


def miss(one: Signup, *, actor: Actor, now: datetime) -> Attendance:
    """Did not come. Signing in afterwards puts it right."""
    stands = _held(one, now)
    if stands.against_absence:
        raise Refused(stands.against_absence)
    return _write(one, actor, now, state=AttendanceState.ABSENT)


def depart(
    one: Signup, out_at: datetime, *, source: AttendanceSource, actor: Actor, now: datetime
) -> Attendance:
    """Write the sign-out that was missing. The caller holds the shift and has asked the law."""
    left = AttendanceState.LEFT
    return _write(one, actor, now, out_at=out_at, out_source=source, state=left, settles_at=None)


def enter(
    one: Signup,
    *,
    in_at: datetime,
    out_at: datetime | None,
    actor: Actor,
    now: datetime,
    source: AttendanceSource = AttendanceSource.HAND,
) -> Attendance:
    """The leader writes the times by hand: from a sheet of paper, or instead of wrong ones."""
    _held(one, now)
    shift = one.shift
    refused = _closed(one, shift, now) or law.refusals_to_enter(shift.span, in_at, out_at, now)
    if refused:
        raise Refused(refused)
    kept, by = one.attendance, source
    if counts := law.by_itself(shift.span, Visit(in_at, out_at), now, shift.signed):
        out_at, by = counts.signed_out, AttendanceSource.AUTOMATIC
    stands = law.outcome(shift.span, Visit(in_at, out_at), now, _patience(shift, now))
    _write(
        one,
        actor,
        now,
        in_at=in_at,
        out_at=out_at,
        in_source=kept.in_source if kept and kept.in_at == in_at else source,
        out_source=(kept.out_source if kept and kept.out_at == out_at else by) if out_at else None,
        state=_STATE[stands],
        settles_at=None,
    )
    written = one.attendance
    assert written is not None  # noqa: S101 - just now
    if stands is Outcome.REVIEW:  # what was proposed or said may lie before this sign-in
        if written.said_out_at and written.said_out_at <= in_at:
            written.said_out_at = None
        for name, value in proposals.proposal_for(one, now).items():
            setattr(written, name, value)
    return written


def _patience(shift: Shift, now: datetime) -> Terms:
    """How long a sign-out may be missing: not at all once the list is closed."""
    if shift.state is ShiftState.CLOSED:
        return Terms(forgotten_after=timedelta(0))
    told = eligibility.settings_for([shift], now)[shift.project.office_id]
    return Terms(forgotten_after=_forgotten(shift, told))


def walk_in(
    shift: Shift, need_id: int, person_id: int, *, actor: Actor, now: datetime, reason: str = ""
) -> Signup:
    """Somebody stands at the door: a free place, and signed in at once where people sign."""
    one = assignments.assign(
        shift, need_id, person_id, actor=actor, now=now, reason=reason, walk_in=True
    )
    if shift.signed is not SignMode.AUTOMATIC:
        arrive(one, source=AttendanceSource.WALK_IN, actor=actor, now=now)
    return one


def _held(one: Signup, now: datetime) -> Attendee:
    """What may be done, under the lock of the shift: a leader and a code may come together."""
    places.held(one.shift_id)
    db.session.refresh(one)
    return attendee(one, now)


def _write(one: Signup, actor: Actor, now: datetime, **fields: Any) -> Attendance:
    kept = one.attendance
    before = {} if kept is None else _times(kept)
    if kept is None:
        kept = Attendance(signup=one, state=fields["state"])
        db.session.add(kept)
    for name, value in fields.items():
        setattr(kept, name, value)
    kept.taken_by, kept.changed_at = actor.account_id, now
    db.session.flush()
    audit.record(
        Act.ATTENDANCE_TAKEN, kept, actor=actor, now=now,
        office_id=one.shift.project.office_id, before=before, after=_times(kept),
    )  # fmt: skip
    return kept


def _times(kept: Attendance) -> dict[str, str | None]:
    return {
        "state": kept.state.value,
        "in": kept.in_at.isoformat() if kept.in_at else None,
        "out": kept.out_at.isoformat() if kept.out_at else None,
    }


def shift_of(token: str) -> Shift:
    """The shift whose code was scanned."""
    query = select(Shift).where(Shift.scan_token == token).options(*eligibility.WHOLE)
    if (shift := db.session.scalars(query).one_or_none()) is None:
        raise NotFound
    return shift


def own_attendee(shift: Shift, actor: Actor, now: datetime) -> Attendee | None:
    """The reader on this shift's list, when he has a place."""
    one = places.live(shift.id, actor.person_id or 0)
    if one is None or one.state is not SignupState.CONFIRMED:
        return None
    return attendee(one, now)


def settle(now: datetime) -> int:
    """After the end: what counts by itself, who forgot to sign out, who never came. How many."""
    held = sorted(set(db.session.scalars(_unsettled(now).with_only_columns(Shift.id))))
    shifts = [places.held(id_) for id_ in held]  # a leader may be writing just now
    if not shifts:
        return 0
    settings = eligibility.settings_for(shifts, now)
    query = (
        _unsettled(now)
        .where(Shift.id.in_(held))
        .options(
            joinedload(Signup.shift).joinedload(Shift.project).joinedload(Project.office),
            joinedload(Signup.attendance),
        )
    )
    settled = 0
    for one in db.session.scalars(query.execution_options(populate_existing=True)):
        patience = _forgotten(one.shift, settings[one.shift.project.office_id])
        settled += _settle(one, now, Terms(forgotten_after=patience))
    return settled


def complete(shift: Shift, *, actor: Actor, now: datetime) -> None:
    """The list is closed: who did not sign did not come, who did not sign out forgot it."""
    query = (
        select(Signup)
        .where(Signup.shift_id == shift.id, Signup.state == SignupState.CONFIRMED)
        .order_by(Signup.id)
        .options(joinedload(Signup.attendance))
        .execution_options(populate_existing=True)
    )
    for one in db.session.scalars(query).all():
        _settle(one, max(now, shift.ends_at), Terms(forgotten_after=timedelta(0)), actor)


def _settle(one: Signup, now: datetime, terms: Terms, actor: Actor = SYSTEM) -> bool:
    visit, span = _visit(one.attendance), one.shift.span
    if one.attendance and one.attendance.state is not AttendanceState.PRESENT:
        return False
    if counts := law.by_itself(span, visit, now, one.shift.signed):
        source = AttendanceSource.AUTOMATIC
        came = {} if visit.signed_in else {"in_at": counts.signed_in, "in_source": source}
        left = {"out_at": counts.signed_out, "out_source": source}
        _write(one, actor, now, state=AttendanceState.LEFT, **came, **left)
        return True
    stands = law.outcome(span, visit, now, terms)
    if stands not in {Outcome.REVIEW, Outcome.ABSENT}:
        return False
    asked = proposals.proposal_for(one, now) if stands is Outcome.REVIEW else {}
    _write(one, actor, now, state=_STATE[stands], **asked)
    return True


def _unsettled(now: datetime) -> Select[Signup]:
    """Sign-ups of shifts that are over and on which something is still open, the oldest first."""
    mode = func.coalesce(Shift.mode, Project.mode)
    late = (Shift.ends_at <= now - _shortest_patience()) | Shift.late_minutes.is_not(None)
    return (
        select(Signup)
        .join(Signup.shift)
        .join(Shift.project)
        .outerjoin(Signup.attendance)
        .where(
            Signup.state == SignupState.CONFIRMED,
            Shift.state == ShiftState.PUBLISHED,
            Shift.ends_at <= now,
            or_(
                Attendance.id.is_(None) & (late | (mode == SignMode.AUTOMATIC)),
                (Attendance.state == AttendanceState.PRESENT) & (late | (mode == SignMode.IN_ONLY)),
            ),
        )
        .order_by(Shift.ends_at, Signup.id)
        .limit(BATCH)
    )


def _shortest_patience() -> timedelta:
    own = select(OfficeRule.value).where(OfficeRule.name == Setting.FORGOTTEN_MINUTES.value)
    told = [SETTINGS[Setting.FORGOTTEN_MINUTES], *db.session.scalars(own)]
    return timedelta(minutes=min(told))
