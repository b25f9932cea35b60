"""Evaluations of a session: given without a name, shown only when enough were given together."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select, update

from talent import clock
from talent.db import db, locked
from talent.errors import NotFound, Refused
from talent.offices.models import Setting
from talent.offices.service import setting
from talent.rules import ratings
from talent.rules import training as law
from talent.training.evaluations.models import SessionEvaluation, SessionEvaluator
from talent.training.models import Seat, SeatState, Session
from talent.training.seats import service as seats

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from decimal import Decimal

    from talent.rules.reason import Because

THERE = (SeatState.ATTENDED, SeatState.PARTLY)


@dataclass(frozen=True, slots=True)
class Said:
    """What is shown of the evaluations of a session."""

    number: int  # given in all
    least: int  # from so many on something is shown
    mean: Decimal | None
    steps: dict[int, int]  # how often each step, of those shown
    words: Sequence[str]


def refusals(session: Session, seat: Seat | None, now: datetime) -> list[Because]:
    """Why this person cannot evaluate the session (now)."""
    return law.refusals_to_evaluate(
        there=seat is not None and seat.state in THERE,
        evaluated=seat is not None and _given(session.id, seat.person_id),
        ended_at=session.ends_at,
        now=now,
    )


def evaluate(
    session: Session, person_id: int, *, steps: int, said: str | None, now: datetime
) -> None:
    """Keep what somebody says apart from who says it. No trace is left of who said what."""
    session = locked(Session, session.id)
    seat = seats.seat_of(session, person_id)
    if seat is None:
        raise NotFound
    if found := refusals(session, seat, now):
        raise Refused(found)
    db.session.add(SessionEvaluator(session_id=session.id, person_id=person_id))
    db.session.add(
        SessionEvaluation(
            id=secrets.token_hex(16), session_id=session.id, steps=steps, said=said, shown=False
        )
    )
    db.session.flush()
    unseen = SessionEvaluation.shown.is_(False), SessionEvaluation.session_id == session.id
    if (db.session.scalar(select(func.count()).where(*unseen)) or 0) >= least(session, now):
        db.session.execute(update(SessionEvaluation).where(*unseen).values(shown=True))


def said_of(session: Session, now: datetime) -> Said:
    """What the office reads: only what enough people said together."""
    mine = SessionEvaluation.session_id == session.id
    number = db.session.scalar(select(func.count()).select_from(SessionEvaluation).where(mine)) or 0
    query = select(SessionEvaluation).where(mine, SessionEvaluation.shown)
    shown = db.session.scalars(query.order_by(SessionEvaluation.id)).all()
    enough = least(session, now)
    return Said(
        number=number,
        least=enough,
        mean=ratings.average(sum(one.steps for one in shown), len(shown), min(enough, len(shown))),
        steps={step: sum(one.steps == step for one in shown) for step in range(5, 0, -1)},
        words=[one.said for one in shown if one.said],
    )


def least(session: Session, now: datetime) -> int:
    """How many must have evaluated before anything is shown, by the office's own word."""
    day = clock.today(session.office.zone, now)
    return max(int(setting(session.office, Setting.RATING_LEAST, on=day)), ratings.LEAST_TOGETHER)


def _given(session_id: int, person_id: int) -> bool:
    return db.session.get(SessionEvaluator, (session_id, person_id)) is not None
