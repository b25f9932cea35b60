"""Steps of applications: one is kept with every act, all are read again; interviews to come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from talent.db import db
from talent.people.steps.models import Interview, RegistrationStep
from talent.rules.applications import InterviewState, StepKind

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from talent.access import Actor
    from talent.offices.models import Office
    from talent.people.models import Registration


def step(
    registration: Registration,
    kind: StepKind,
    *,
    actor: Actor,
    now: datetime,
    note: str = "",
    to: Office | None = None,
) -> None:
    """Keep one step of an application, at the office where it is."""
    db.session.add(
        RegistrationStep(
            registration_id=registration.id,
            person_id=registration.person_id,
            office_id=registration.office_id,
            to_office=to,
            kind=kind,
            note=note or None,
            at=now,
            account_id=actor.account_id,
        )
    )


def steps_of(registration_ids: Collection[int]) -> dict[int, list[RegistrationStep]]:
    """Every step of the applications, the first one first, in one question."""
    query = select(RegistrationStep).where(RegistrationStep.registration_id.in_(registration_ids))
    query = query.options(
        joinedload(RegistrationStep.office), joinedload(RegistrationStep.to_office)
    )
    found: dict[int, list[RegistrationStep]] = {id_: [] for id_ in registration_ids}
    for row in db.session.scalars(query.order_by(RegistrationStep.id)):
        found[row.registration_id].append(row)
    return found


def referrals_to_tell(since: datetime) -> Sequence[RegistrationStep]:
    """Applications that went to another office since, likewise."""
    query = select(RegistrationStep).where(
        RegistrationStep.kind == StepKind.REFERRED, RegistrationStep.at > since
    )
    loads = (
        joinedload(RegistrationStep.person),
        joinedload(RegistrationStep.office),
        joinedload(RegistrationStep.to_office),
    )
    return db.session.scalars(query.options(*loads).order_by(RegistrationStep.id)).all()


def interviews_of(registration_ids: Collection[int]) -> dict[int, list[Interview]]:
    """The interviews of the applications, the first one first."""
    query = select(Interview).where(Interview.registration_id.in_(registration_ids))
    found: dict[int, list[Interview]] = {id_: [] for id_ in registration_ids}
    for row in db.session.scalars(query.order_by(Interview.starts_at, Interview.id)):
        found[row.registration_id].append(row)
    return found


def own_interviews(person_ids: Collection[int], *, now: datetime) -> Sequence[Interview]:
    """The interviews to which people are invited, those to come."""
    query = select(Interview).where(
        Interview.person_id.in_(person_ids),
        Interview.state == InterviewState.PLANNED,
        Interview.ends_at > now,
    )
    query = query.options(joinedload(Interview.office)).order_by(Interview.starts_at, Interview.id)
    return db.session.scalars(query).all()
