"""The queue of devices: each tap kept once, told again in one order, whenever it arrived."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager

from talent.access import Actor
from talent.checkin.queue.models import QueuedAct
from talent.db import db
from talent.errors import Refused
from talent.rules import queue as law
from talent.rules.queue import SignAct, Untaken, Verdict
from talent.rules.reason import Because, packed
from talent.shifts.attendance import service as attendance
from talent.shifts.attendees import service as attendees
from talent.shifts.models import AttendanceSource, Shift, Signup
from talent.shifts.places import service as places

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement


@dataclass(frozen=True, slots=True)
class Tap:
    """What a device kept."""

    id: str
    number: int
    signup_id: int
    act: SignAct
    at: datetime


@dataclass(frozen=True, slots=True)
class Batch:
    """What a device brings at once, and what its clock says while it does."""

    device: str
    sent_at: datetime
    taps: tuple[Tap, ...]


@dataclass(frozen=True, slots=True)
class Bearer:
    """Who brings it: a leader's account or a kiosk, and of which offices' shifts it may speak."""

    scope: ColumnElement[bool]  # on Project
    account_id: int | None = None
    kiosk_id: int | None = None


def bring(batch: Batch, bearer: Bearer, *, now: datetime) -> list[QueuedAct]:
    """Keep every tap once, and let attendance follow. What is refused is kept with its reason."""
    wanted = {tap.signup_id for tap in batch.taps}
    query = select(Signup).join(Signup.shift).join(Shift.project)
    query = query.where(Signup.id.in_(wanted), bearer.scope)
    mine = {one.id: one for one in db.session.scalars(query)}
    for shift_id in sorted({one.shift_id for one in mine.values()}):
        places.held(shift_id)
    ids = {tap.id for tap in batch.taps}
    known = {
        row.id: row for row in db.session.scalars(select(QueuedAct).where(QueuedAct.id.in_(ids)))
    }
    fresh: dict[str, QueuedAct] = {}
    for tap in batch.taps:
        if tap.id not in known and tap.id not in fresh:
            one = mine.get(tap.signup_id)
            fresh[tap.id] = _kept(tap, batch, one, bearer=bearer, now=now)
    db.session.add_all(fresh.values())
    db.session.flush()
    for signup_id in sorted({row.signup_id for row in fresh.values() if row.signup_id}):
        _settle(mine[signup_id], set(fresh), now)
    return [fresh.get(id_) or known[id_] for id_ in sorted(ids)]


def _kept(
    tap: Tap, batch: Batch, one: Signup | None, *, bearer: Bearer, now: datetime
) -> QueuedAct:
    behind = law.skew(now, batch.sent_at)
    return QueuedAct(
        id=tap.id,
        device=batch.device,
        number=tap.number,
        signup_id=one.id if one else None,
        wanted=tap.signup_id,
        act=tap.act,
        device_at=tap.at,
        at=law.corrected(tap.at, behind, now),
        received_at=now,
        skew_seconds=int(behind.total_seconds()),
        outcome=Verdict.REFUSED,
        reasons=[] if one else [packed(Because(Untaken.NOT_HERE))],
        account_id=bearer.account_id,
        kiosk_id=bearer.kiosk_id,
    )


def _settle(one: Signup, fresh: set[str], now: datetime) -> None:
    """Tell all taps on this sign-up again: what was refused may make sense by now.

    Sign-ins move the beginning back only and sign-outs the end on only, so the outcome is that of
    the taps, not of their order of arrival. What is closed stays as it stood; new taps are listed.
    """
    rows = db.session.scalars(select(QueuedAct).where(QueuedAct.signup_id == one.id)).all()
    closed = attendees.attendee(one, now).against_entry
    against: dict[str, list[Because]] = {}
    for row in sorted(rows, key=lambda r: law.turn(r.act, r.at, r.device, r.number)):
        if closed:
            against[row.id] = closed
            continue
        take = attendance.arrive if row.act is SignAct.IN else attendance.leave
        source = AttendanceSource.KIOSK if row.kiosk_id else AttendanceSource.LEADER
        against[row.id] = []
        try:
            take(one, source=source, actor=Actor(row.account_id), now=now, at=row.at)
        except Refused as refusal:
            against[row.id] = refusal.reasons
    for row in rows:
        if not closed or row.id in fresh:
            row.reasons = [packed(each) for each in against[row.id]]
            row.outcome = Verdict.REFUSED if row.reasons else _verdict(one, row)


def _verdict(one: Signup, row: QueuedAct) -> Verdict:
    kept = one.attendance
    stands = kept and (kept.in_at if row.act is SignAct.IN else kept.out_at)
    return Verdict.TAKEN if stands == row.at else Verdict.KNOWN


def of_shift(shift: Shift) -> Sequence[QueuedAct]:
    """All taps on a shift, by time."""
    query = (
        select(QueuedAct)
        .join(QueuedAct.signup)
        .join(Signup.person)
        .where(Signup.shift_id == shift.id)
        .options(contains_eager(QueuedAct.signup).contains_eager(Signup.person))
        .order_by(QueuedAct.at, QueuedAct.device, QueuedAct.number)
    )
    return db.session.scalars(query).all()


def too_many(kiosk_id: int, now: datetime) -> bool:
    """Whether a kiosk brought more within the hour than people could tap."""
    query = select(func.count()).where(
        QueuedAct.kiosk_id == kiosk_id, QueuedAct.received_at > now - timedelta(hours=1)
    )
    return (db.session.scalar(query) or 0) >= law.MOST_IN_AN_HOUR
