"""Awards: recorded, verified by a second person, withdrawn (Order 67 Art. 9)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload, undefer

from talent import audit
from talent.access import Permission
from talent.audit import Act
from talent.db import db, locked
from talent.errors import NotFound, Refused
from talent.files import StoredFile, keep_evidence
from talent.offices import service as offices
from talent.recognition.models import Award, AwardState
from talent.recognition.service import PAGE
from talent.rules import stars as law
from talent.rules.reason import Because
from talent.rules.stars import Unawarded

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from sqlalchemy import Select

    from talent.access import Actor
    from talent.offices.models import Office
    from talent.people.models import Person
    from talent.rules.stars import Rank


def add(
    person: Person,
    office: Office,
    *,
    name: str,
    awarded_on: date,
    unit: str,
    rank: Rank,
    evidence: tuple[str, bytes] | None,
    actor: Actor,
    now: datetime,
    today: date,
) -> Award:
    """Put an award on record; evidence is a file's name and bytes."""
    if reasons := law.refusals_to_record(
        rank,
        day=awarded_on,
        today=today,
        by_office=unit.strip() in {office.name_zh, office.name_en},
        evidence=evidence is not None,
        recorder=actor.person_id,
        volunteer=person.id,
        guardian=person.guardian_id,
    ):
        raise Refused(reasons)
    file = keep_evidence(*evidence, actor=actor, now=now) if evidence else None
    unverified = law.needs_verification(rank)
    award = Award(
        person_id=person.id,
        office_id=office.id,
        name=name,
        awarded_on=awarded_on,
        unit=unit,
        rank=rank,
        evidence_id=file.id if file else None,
        state=AwardState.UNVERIFIED if unverified else AwardState.STANDS,
        made_at=now,
        account_id=actor.account_id,
    )
    db.session.add(award)
    db.session.flush()
    _trace(award, actor=actor, now=now)
    return award


def verify(award: Award, *, actor: Actor, now: datetime) -> None:
    """A second person has looked at the evidence."""
    award = locked(Award, award.id)
    if reasons := refusals_to_verify(award, actor=actor):
        raise Refused(reasons)
    award.state = AwardState.STANDS
    award.verified_at, award.verified_by = now, actor.account_id
    _trace(award, actor=actor, now=now)


def refusals_to_verify(award: Award, *, actor: Actor) -> list[Because]:
    """Why this actor cannot verify it."""
    return law.refusals_to_verify(
        award.rank,
        verified=award.state is not AwardState.UNVERIFIED,
        account=actor.account_id,
        recorded_by=award.account_id,
        verifier=actor.person_id,
        volunteer=award.person_id,
        guardian=award.person.guardian_id,
    )


def withdraw(award: Award, *, why: str, actor: Actor, now: datetime) -> None:
    """It stays on record as withdrawn, with the reason."""
    award = locked(Award, award.id)
    if award.state is AwardState.WITHDRAWN:
        raise Refused([Because(Unawarded.DECIDED)])
    if reasons := law.refusals_to_decide(
        decider=actor.person_id, volunteer=award.person_id, guardian=award.person.guardian_id
    ):
        raise Refused(reasons)
    if not why.strip():
        raise Refused([Because(Unawarded.NO_REASON)])
    award.state, award.withdrawn_why = AwardState.WITHDRAWN, why
    award.withdrawn_at, award.withdrawn_by = now, actor.account_id
    _trace(award, actor=actor, now=now)


def listed(actor: Actor, *, unverified: bool = False, after: int | None = None) -> Sequence[Award]:
    """The awards that the actor's offices keep, the latest first, a page and one more."""
    query = (
        _mine(actor, Permission.SEE_RECOGNITION)
        .options(joinedload(Award.person), joinedload(Award.office))
        .order_by(Award.id.desc())
        .limit(PAGE + 1)
    )
    if unverified:
        query = query.where(Award.state == AwardState.UNVERIFIED)
    if after:
        query = query.where(Award.id < after)
    return db.session.scalars(query).all()


def of_person(actor: Actor, person_id: int) -> Sequence[Award]:
    """The awards of a person: those that count, and those that the actor's offices keep."""
    mine = Award.office_id.in_(offices.seen(actor, Permission.SEE_RECOGNITION))
    query = (
        select(Award)
        .where(Award.person_id == person_id, or_(Award.state == AwardState.STANDS, mine))
        .order_by(Award.awarded_on.desc(), Award.id.desc())
    )
    return db.session.scalars(query).all()


def kept(actor: Actor, award_id: int, permission: Permission) -> Award:
    """An award that an office of the actor's keeps, or `NotFound`."""
    query = _mine(actor, permission).where(Award.id == award_id)
    found = db.session.scalars(
        query.options(joinedload(Award.person), joinedload(Award.office))
    ).one_or_none()
    if found is None:
        raise NotFound
    return found


def evidence_of(award: Award) -> StoredFile:
    """The file, with its bytes."""
    query = select(StoredFile).where(StoredFile.id == award.evidence_id)
    found = db.session.scalars(query.options(undefer(StoredFile.content))).one_or_none()
    if found is None:
        raise NotFound
    return found


def _mine(actor: Actor, permission: Permission) -> Select[Award]:
    return select(Award).where(Award.office_id.in_(offices.seen(actor, permission)))


def _trace(award: Award, *, actor: Actor, now: datetime) -> None:
    audit.record(
        Act.AWARD_CHANGED,
        award,
        actor=actor,
        now=now,
        office_id=award.office_id,
        person=award.person_id,
        state=award.state.value,
    )
