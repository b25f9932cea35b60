"""What other features ask about training and credentials, of many people at once."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from talent.access import Permission
from talent.db import db
from talent.offices.models import Office
from talent.offices.service import seen
from talent.people.models import Tie
from talent.rules.credentials import CheckResult
from talent.rules.signup import GateKind, Held
from talent.training.first_kinds import KINDS
from talent.training.models import (
    Course,
    Credential,
    CredentialKind,
    Session,
    SocialWorkRegistration,
    TrainingRecord,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Select

    from talent.access import Actor

    People = Collection[int] | Select[int]

PAGE = 30
MOST_COMING = 200
# What counts: verified by a second person, not withdrawn; of a check, that nothing was found.
VALID = and_(
    Credential.verified_at.is_not(None),
    Credential.ended_at.is_(None),
    or_(Credential.result.is_(None), Credential.result == CheckResult.CLEAR),
)
# Outside training waits for a second person too.
STANDS = and_(TrainingRecord.ended_at.is_(None), TrainingRecord.waits.is_(False))

# A registration as a social worker too.
REGISTERED = and_(
    SocialWorkRegistration.verified_at.is_not(None), SocialWorkRegistration.ended_at.is_(None)
)


def seed_kinds() -> int:
    """Write the kinds of credentials that are missing; what an office changed stays. How many.

    One that was written before kinds had a source takes over what ships of it.
    """
    query = select(CredentialKind).order_by(CredentialKind.id)
    known = {kind.code: kind for kind in db.session.scalars(query)}
    new = 0
    for place, shipped in enumerate(KINDS, 1):
        kind = known.get(shipped["code"])
        if kind is not None and kind.source is not None:
            continue
        new += kind is None
        if kind is None:
            kind = CredentialKind(place=place)
            db.session.add(kind)
        for name, value in shipped.items():
            setattr(kind, name, value)
    db.session.flush()
    return new


def kinds(*, open_only: bool = False) -> Sequence[CredentialKind]:
    """Every kind of credential, in its order; those that are taken down now."""
    query = select(CredentialKind).order_by(CredentialKind.place, CredentialKind.id)
    if open_only:
        query = query.where(CredentialKind.open, CredentialKind.registered.is_(False))
    return db.session.scalars(query).all()


def credentials_of(
    person_ids: People, kind_ids: Collection[int] | None = None
) -> dict[int, list[Held]]:
    """What counts of each person's credentials, as signing up asks for it; `key` is the kind."""
    query = select(
        Credential.person_id, Credential.kind_id, Credential.issued_on, Credential.valid_until
    ).where(Credential.person_id.in_(person_ids), VALID)
    if kind_ids is not None:
        query = query.where(Credential.kind_id.in_(kind_ids))
    return _held(GateKind.CREDENTIAL, query)


def trainings_of(
    person_ids: People, course_ids: Collection[int] | None = None
) -> dict[int, list[Held]]:
    """What each person learned in courses, as signing up asks for it; `key` is the course."""
    query = select(
        TrainingRecord.person_id,
        TrainingRecord.course_id,
        TrainingRecord.held_on,
        TrainingRecord.valid_until,
    ).where(TrainingRecord.person_id.in_(person_ids), STANDS)
    query = query.where(
        TrainingRecord.course_id.is_not(None)
        if course_ids is None
        else TrainingRecord.course_id.in_(course_ids)
    )
    return _held(GateKind.TRAINING, query)


def held_by(person_ids: People) -> dict[int, list[Held]]:
    """Credentials and courses of each person, in two questions."""
    found = credentials_of(person_ids)
    for person_id, held in trainings_of(person_ids).items():
        found.setdefault(person_id, []).extend(held)
    return found


def reach(person_ids: People) -> dict[int, set[int]]:
    """Of each person the offices whose sessions are for him: those that know him, and above."""
    query = select(Tie.person_id, Office.path).join(Office, Office.id == Tie.office_id)
    found: dict[int, set[int]] = defaultdict(set)
    for person_id, path in db.session.execute(query.where(Tie.person_id.in_(person_ids))):
        found[person_id].update(int(step) for step in path.split("/") if step)
    return dict(found)


def coming(
    now: datetime,
    *,
    course_ids: Collection[int] | None = None,
    continuing: bool = False,
    also: Collection[int] = (),
) -> Sequence[Session]:
    """Sessions that begin later and have a place, the next one first: of some courses, or all.

    `continuing`: of those that count as continuing education; `also`: these, if they are full.
    """
    query = (
        select(Session)
        .join(Session.course)
        .where(Session.starts_at > now, Session.cancelled_at.is_(None))
        .where(or_(Session.taken < Session.places, Session.id.in_(also)))
        .order_by(Session.starts_at, Session.id)
        .options(contains_eager(Session.course), joinedload(Session.office))
        .limit(MOST_COMING)
    )
    if continuing:
        query = query.where(Course.continuing_education)
    if course_ids is not None:
        query = query.where(Session.course_id.in_(course_ids))
    return db.session.scalars(query).all()


def overlap(one: Session, other: Session) -> bool:
    """Whether nobody can sit in both."""
    return one.starts_at < other.ends_at and other.starts_at < one.ends_at


def bookable(actor: Actor) -> set[int]:
    """The offices to whose sessions the actor may sign somebody up."""
    return set(db.session.scalars(seen(actor, Permission.EDIT_TRAINING)))


def beyond(model: Any, column: Any, after: int, *, falling: bool = False) -> ColumnElement[bool]:
    """The condition that continues a list, ordered by a column and the id, behind a row."""
    edge = select(column).where(model.id == after).correlate(None).scalar_subquery()
    if falling:
        return or_(column < edge, and_(column == edge, model.id < after))
    return or_(column > edge, and_(column == edge, model.id > after))


def _held(kind: GateKind, query: Select[*tuple[Any, ...]]) -> dict[int, list[Held]]:
    found: dict[int, list[Held]] = defaultdict(list)
    for person_id, key, first, last in db.session.execute(query):
        found[person_id].append(Held(kind, key, first, last))
    return dict(found)
