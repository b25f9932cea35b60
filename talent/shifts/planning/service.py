"""Shifts of a project: planned, published, changed while people stay on them, called off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import exists, func, or_, select

from talent import audit
from talent.audit import Act
from talent.db import db, locked
from talent.errors import Refused
from talent.messages import service as messages
from talent.messages.models import MessageKind
from talent.rules import changes, planning, publishing, span
from talent.rules.planning import Unplanned
from talent.rules.span import Span
from talent.shifts.eligibility.service import WHOLE
from talent.shifts.models import (
    Attendance,
    Need,
    Project,
    Series,
    Shift,
    ShiftState,
    Signup,
)
from talent.shifts.needs.service import (
    Numbers,
    Wanted,
    as_given,
    needs_for,
    refusals_to_publish,
)
from talent.shifts.places import service as places
from talent.shifts.projects.service import announcement, stamp
from talent.shifts.substitutes.models import Search

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from talent.access import Actor
    from talent.rules.reason import Because

NOBODY = Wanted(0)


def stamp_of(shift: Shift) -> str:
    """The mark of a shift as it stands; places that are taken meanwhile do not change it."""
    wanted = sorted((n.position_id, n.places, n.least, n.reserve) for n in shift.needs)
    return stamp(shift.starts_at, shift.ends_at, shift.place, shift.note, wanted)


def add(
    project: Project,
    *,
    actor: Actor,
    now: datetime,
    starts_at: datetime,
    ends_at: datetime,
    place: str | None = None,
    note: str | None = None,
    wanted: Numbers,
) -> Shift:
    """Plan a shift as a draft."""
    if refused := [
        *refusals_to_ask(wanted),
        *span.refusals(starts_at, ends_at),
    ]:
        raise Refused(refused)
    shift = Shift(
        project=project,
        starts_at=starts_at,
        ends_at=ends_at,
        zone=project.office.zone,
        place=place or project.place,
        note=note,
        state=ShiftState.DRAFT,
        made_at=now,
    )
    shift.needs = needs_for(project, as_given(wanted))
    db.session.add(shift)
    db.session.flush()
    _record(shift, actor, now)
    return shift


def publish(shift: Shift, *, actor: Actor, now: datetime) -> None:
    """Ask for volunteers. A second time changes nothing."""
    locked(Project, shift.project_id)  # nobody closes it meanwhile
    shift = places.held(shift.id)
    if shift.state is ShiftState.PUBLISHED:
        return
    if shift.state is ShiftState.CANCELLED:
        raise Refused([Unplanned.CANCELLED_ALREADY])
    if shift.state is ShiftState.CLOSED:
        raise Refused([Unplanned.CLOSED_ALREADY])
    if refused := refusals_to_publish(shift, now):
        raise Refused(refused)
    shift.state = ShiftState.PUBLISHED
    _record(shift, actor, now)


def publish_drafts(project: Project, *, actor: Actor, now: datetime) -> int:
    """Publish every draft of the project that is still to come, all of them or none."""
    found = drafts_of(project, now)
    for shift in found:
        publish(shift, actor=actor, now=now)
    return len(found)


def drafts_of(project: Project, now: datetime) -> Sequence[Shift]:
    """The drafts of the project that are still to come, in the order in which they are locked."""
    query = (
        select(Shift)
        .where(Shift.project_id == project.id, Shift.state == ShiftState.DRAFT, Shift.ends_at > now)
        .options(*WHOLE)
        .order_by(Shift.id)
    )
    return db.session.scalars(query).all()


def unready(project: Project, now: datetime) -> list[tuple[Shift, list[Because]]]:
    """Each draft that cannot be published yet, with everything that it lacks."""
    found = [(shift, refusals_to_publish(shift, now)) for shift in drafts_of(project, now)]
    return [(shift, reasons) for shift, reasons in found if reasons]


def change(
    shift: Shift,
    *,
    actor: Actor,
    now: datetime,
    starts_at: datetime,
    ends_at: datetime,
    place: str | None = None,
    note: str | None = None,
    wanted: Numbers,
    seen: str | None = None,
) -> None:
    """Change a shift. Who is on it stays, and is told of another time or place."""
    shift = places.held(shift.id)
    if seen is not None and seen != stamp_of(shift):
        raise Refused([Unplanned.CHANGED_MEANWHILE])
    place = place or shift.project.place
    timed = (shift.starts_at, shift.ends_at) != (starts_at, ends_at)
    moved = timed or shift.where != place
    refused = _refusals_to_resize(shift, wanted)
    if timed or shift.state is ShiftState.CANCELLED:
        refused += changes.refusals_to_move(
            starts_at,
            ends_at,
            now,
            cancelled=shift.state is ShiftState.CANCELLED,
            recorded=bool(_attended(shift)),
        )
    if not refused and timed and shift.state is ShiftState.PUBLISHED:
        announced, zone = announcement(shift.project, shift), ZoneInfo(shift.zone)
        refused += publishing.uncovered(announced, Span(starts_at, ends_at), zone)
    if refused:
        raise Refused(refused)
    shift.starts_at, shift.ends_at, shift.place, shift.note = starts_at, ends_at, place, note
    _resize(shift, wanted)
    if shift.state is ShiftState.PUBLISHED:
        if moved:
            shift.version, shift.changed_at = shift.version + 1, now
            _tell(shift, MessageKind.SHIFT_CHANGED, now)
        places.promote([shift], now)
    _record(shift, actor, now)


def refusals_to_ask(wanted: Numbers) -> list[Because]:
    """条例 Art. 12: somebody is asked for, and the least lies within the places."""
    found = planning.refusals_to_plan(sum(one.places for one in wanted.values()))
    for one in wanted.values():
        found += planning.refusals_to_need(one.places, one.least)
    return found


def _refusals_to_resize(shift: Shift, wanted: Numbers) -> list[Because]:
    """A position that nobody ever asked for may go; else there are never fewer than taken."""
    found = refusals_to_ask(wanted)
    for need in shift.needs:
        one = wanted.get(need.position_id, NOBODY)
        if one.places != need.places and (one.places or _ever_asked_for(need)):
            found += changes.refusals_to_resize(one.places, need.taken)
        found += changes.refusals_to_reserve(one.reserve, need.reserved)
    return found


def _resize(shift: Shift, wanted: Numbers) -> None:
    for need in list(shift.needs):
        one = wanted.get(need.position_id, NOBODY)
        if one.places:
            need.places, need.least, need.reserve = one.places, one.least, one.reserve
        else:
            shift.needs.remove(need)
            db.session.delete(need)
    known = {need.position_id for need in shift.needs}
    more = {id_: one for id_, one in wanted.items() if id_ not in known}
    shift.needs += needs_for(shift.project, as_given(more))
    db.session.flush()


def _ever_asked_for(need: Need) -> bool:
    """Somebody was on it or looked for: what is on record of that hangs on it."""
    signed_up = exists().where(Signup.need_id == need.id)
    looked_for = exists().where(Search.need_id == need.id)
    return bool(db.session.scalar(select(or_(signed_up, looked_for))))


def _attended(shift: Shift) -> int:
    query = select(func.count(Attendance.id)).join(Attendance.signup)
    return (
        db.session.scalar(query.where(Signup.shift_id == shift.id, Attendance.in_at.is_not(None)))
        or 0
    )


def call_off(shift: Shift, *, actor: Actor, now: datetime, reason: str) -> bool:
    """Cancel a published shift: everybody on it is told, and what stood on it stays to be seen.

    A draft that nobody saw is removed: then the answer is False.
    """
    shift = places.held(shift.id)
    if shift.state is ShiftState.DRAFT:
        _leave_out(shift)
        for need in shift.needs:
            db.session.delete(need)
        db.session.flush()
        db.session.delete(shift)
        return False
    if shift.state is ShiftState.CANCELLED:
        return True
    if refused := planning.refusals_to_call_off(shift.ends_at, now, signed_in=_attended(shift)):
        raise Refused(refused)
    shift.state, shift.cancel_reason, shift.changed_at = ShiftState.CANCELLED, reason, now
    _leave_out(shift)
    _tell(shift, MessageKind.SHIFT_CANCELLED, now, reason=reason)
    audit.record(
        Act.SHIFT_CANCELLED, shift, actor=actor, now=now, office_id=shift.project.office_id,
        reason=reason,
    )  # fmt: skip
    return True


def _leave_out(shift: Shift) -> None:
    if shift.series_id and shift.series_day:
        locked(Series, shift.series_id).leave_out(shift.series_day)


def _tell(shift: Shift, kind: MessageKind, now: datetime, **more: Any) -> None:
    for one in places.live_of(shift.id):
        messages.drop(MessageKind.SHIFT_REMINDER, str(one.id))
        if kind is MessageKind.SHIFT_CANCELLED:
            messages.drop(MessageKind.PLACE_OFFERED, str(one.id))
        places.tell(kind, one, once=f"{one.id}:{shift.version}", now=now, **more)


def _record(shift: Shift, actor: Actor, now: datetime) -> None:
    audit.record(
        Act.SHIFT_CHANGED, shift, actor=actor, now=now, office_id=shift.project.office_id,
        state=shift.state.value, version=shift.version,
    )  # fmt: skip
