"""The office's answer to a bad rating, and who is told when there is none in time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from talent import audit, clock
from talent.access import GRANTS, Permission
from talent.accounts.models import Account, Grant
from talent.audit import Act
from talent.db import db, locked
from talent.errors import Refused
from talent.messages.models import MessageKind
from talent.messages.service import tell
from talent.ratings.models import Rating
from talent.rules import ratings as law
from talent.rules.ratings import Unanswered

if TYPE_CHECKING:
    from datetime import datetime

    from talent.access import Actor
    from talent.offices.models import Office


def refusals(rating: Rating, actor: Actor) -> list[Unanswered]:
    """Why the actor does not answer this."""
    if rating.answered_at is not None:
        return [Unanswered.ANSWERED]
    own = rating.person_id is not None and rating.person_id == actor.person_id
    return [Unanswered.OWN] if own else []


def answer(rating: Rating, done: str, *, actor: Actor, now: datetime) -> None:
    """Say what was done. A volunteer is told; a resident reads it by his link."""
    rating = locked(Rating, rating.id)
    if against := refusals(rating, actor):
        raise Refused(against)
    rating.answer, rating.answered_at, rating.answered_by = done, now, actor.account_id
    audit.record(Act.RATING_ANSWERED, rating, actor=actor, now=now, office_id=rating.office_id)
    if rating.person is None:
        return
    project = rating.project
    tell(
        MessageKind.RATING_ANSWERED,
        once=str(rating.id),
        now=now,
        person=rating.person,
        office_id=rating.office_id,
        facts={
            "project": {"name_zh": project.name, "name_en": project.name_en},
            "answer": done,
            "path": "/ratings/mine",
        },
    )


def remind_overdue(now: datetime) -> int:
    """Tell the level above, once for each, what an office has not answered in time."""
    query = (
        select(Rating)
        .where(
            Rating.due_on.is_not(None),
            Rating.answered_at.is_(None),
            Rating.told_above_at.is_(None),
        )
        .options(joinedload(Rating.office))
        .order_by(Rating.office_id, Rating.id)
    )
    late: dict[int, list[Rating]] = {}
    for rating in db.session.scalars(query):
        if law.is_overdue(rating.due_on, clock.today(rating.office.zone, now), answered=False):
            late.setdefault(rating.office_id, []).append(rating)
    if not late:
        return 0
    answering = _answering()
    told = 0
    for found in late.values():
        told += _tell_above(found, answering, now)
        for rating in found:
            rating.told_above_at = now
    return told


def _tell_above(found: list[Rating], answering: dict[int, list[Account]], now: datetime) -> int:
    office = found[0].office
    told = 0
    for account in _above(office, answering):
        message = tell(
            MessageKind.RATINGS_OVERDUE,
            once=f"{found[-1].id}:{account.id}",
            now=now,
            account=account,
            office_id=office.id,
            facts={
                "count": len(found),
                "of": {"name_zh": office.name_zh, "name_en": office.name_en},
                "path": "/ratings/?part=overdue",
            },
        )
        told += message is not None
    return told


def _above(office: Office, answering: dict[int, list[Account]]) -> list[Account]:
    """Who answers ratings at the nearest office above; where nobody does, at the office itself."""
    *above, own = office.ancestor_ids
    return next((answering[i] for i in (*reversed(above), own) if i in answering), [])


def _answering() -> dict[int, list[Account]]:
    """The open accounts that answer ratings, by the office at which they were given the role."""
    roles = [role for role, given in GRANTS.items() if Permission.ANSWER_RATINGS in given]
    query = (
        select(Grant.office_id, Account)
        .join(Account, Account.id == Grant.account_id)
        .where(Grant.role.in_(roles), Grant.ended_at.is_(None), Account.closed_at.is_(None))
        .order_by(Account.id)
        .distinct()
    )
    found: dict[int, list[Account]] = {}
    for office_id, account in db.session.execute(query):
        found.setdefault(office_id, []).append(account)
    return found
