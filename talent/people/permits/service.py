"""A guardian's consents to kinds of activity: asked in bulk, given and withdrawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from talent import audit
from talent.audit import Act
from talent.db import db
from talent.errors import NotFound, Refused
from talent.offices.models import ServiceCategory
from talent.people.permits.models import ActivityConsent
from talent.rules import guardianship as law

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date, datetime

    from talent.access import Actor
    from talent.people.models import Person
    from talent.rules.guardianship import Permit
    from talent.rules.reason import Because


def permits_of(person_ids: Collection[int]) -> dict[int, list[Permit]]:
    """What stands for each for whom anything was ever named; who is not in it, has no limits."""
    query = select(ActivityConsent).where(ActivityConsent.person_id.in_(person_ids))
    found: dict[int, list[Permit]] = {}
    for row in db.session.scalars(query.order_by(ActivityConsent.id)):
        named = found.setdefault(row.person_id, [])
        if row.withdrawn_at is None:  # PIPL Art. 15
            named.append(row.permit)
    return found


def given_for(person_ids: Collection[int]) -> dict[int, list[ActivityConsent]]:
    """All that was ever given for each of these people, the latest first."""
    query = select(ActivityConsent).where(ActivityConsent.person_id.in_(person_ids))
    query = query.options(joinedload(ActivityConsent.category))
    found: dict[int, list[ActivityConsent]] = {id_: [] for id_ in person_ids}
    for row in db.session.scalars(query.order_by(ActivityConsent.id.desc())):
        found[row.person_id].append(row)
    return found


def kinds() -> Sequence[ServiceCategory]:
    """The kinds of activity that can be named."""
    query = select(ServiceCategory).order_by(ServiceCategory.place, ServiceCategory.id)
    return db.session.scalars(query).all()


def give(
    person: Person,
    permits: Sequence[Permit],
    *,
    by: str,
    on_paper: bool = False,
    actor: Actor,
    today: date,
    now: datetime,
) -> None:
    """Name kinds of activity, each with its days and hours. What stood before goes on."""
    found: dict[str, Because] = {}
    for permit in permits:
        for because in law.refusals_to_permit(permit, born=person.birth_date, today=today):
            found.setdefault(because.why, because)
    if found:
        raise Refused(list(found.values()))
    for permit in permits:
        db.session.add(
            ActivityConsent(
                person_id=person.id,
                guardian_person_id=person.guardian_id,
                category_id=permit.kind,
                first_day=permit.first_day,
                last_day=permit.last_day,
                weekdays="".join(str(day) for day in sorted(permit.weekdays)),
                starts=permit.starts,
                ends=permit.ends,
                given_at=now,
                given_by=by,
                on_paper=on_paper,
                account_id=actor.account_id,
            )
        )
    audit.record(Act.CONSENT_GIVEN, person, actor=actor, now=now, consent="activities")


def withdraw(person: Person, consent_id: int, *, actor: Actor, now: datetime) -> None:
    """PIPL Art. 15: as easily as it was given. A second time changes nothing."""
    row = db.session.get(ActivityConsent, consent_id)
    if row is None or row.person_id != person.id:
        raise NotFound
    if row.withdrawn_at is None:
        row.withdrawn_at = now
        audit.record(Act.CONSENT_WITHDRAWN, person, actor=actor, now=now, consent="activities")
