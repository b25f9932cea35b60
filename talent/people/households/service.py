"""Households: joined, left for another one, and shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from talent.audit import Act
from talent.db import db
from talent.people.history import service as history
from talent.people.households.models import Household, HouseholdMember

if TYPE_CHECKING:
    from datetime import datetime

    from talent.access import Actor
    from talent.offices.models import Office
    from talent.people.models import Person


def of(person_id: int) -> HouseholdMember | None:
    """The household of a person, and what he is in it."""
    query = select(HouseholdMember).where(HouseholdMember.person_id == person_id)
    return db.session.scalars(query.options(joinedload(HouseholdMember.household))).one_or_none()


def join(
    person: Person,
    office: Office,
    *,
    number: str,
    relation: str,
    head: bool,
    actor: Actor,
    now: datetime,
) -> bool:
    """From now on the person belongs to this household; whether that is a change."""
    query = select(Household).where(Household.office_id == office.id, Household.number == number)
    household = db.session.scalars(query).one_or_none()
    if household is None:
        household = Household(office_id=office.id, number=number)
        db.session.add(household)
        db.session.flush()
    member = of(person.id)
    was = _told(member)
    if member is None:
        member = HouseholdMember(person_id=person.id)
        db.session.add(member)
    member.household, member.relation, member.head = household, relation, head
    became = _told(member)
    told = {"household": (was, became)}
    history.keep(Act.PERSON_CHANGED, person, told, actor=actor, now=now, office_id=office.id)
    return was != became


def _told(member: HouseholdMember | None) -> str | None:
    if member is None:
        return None
    return " ".join(filter(None, (member.household.number, member.relation)))
