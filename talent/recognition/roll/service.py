"""The honour roll of an office (光荣榜): PIPL Art. 25, only with a consent of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import aliased, contains_eager

from talent import clock
from talent.db import db
from talent.errors import NotFound
from talent.offices import service as offices
from talent.offices.models import Office, Setting
from talent.people.models import VERSIONS, Consent, Person, Registration, RegistrationState
from talent.people.service import lawful
from talent.recognition.models import StarGrant, StarLevel
from talent.recognition.service import PAGE
from talent.rules import age
from talent.rules.certificates import masked_name
from talent.rules.consent import ConsentKind, refusals_to_publish

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the roll: nothing by which a stranger could find the person."""

    name: str  # most of it hidden
    grant: StarGrant


def shown_office(office_id: int, *, now: datetime) -> Office:
    """An office that has turned its roll on, or `NotFound`."""
    office = db.session.get(Office, office_id)
    if office is None or not is_on(office, now=now):
        raise NotFound
    return office


def is_on(office: Office, *, now: datetime) -> bool:
    """Whether the office has a public roll today."""
    return bool(turned_on([office], now=now))


def turned_on(several: Sequence[Office], *, now: datetime) -> list[Office]:
    """Those of these offices that have a public roll today, in one question."""
    if not several:
        return []
    told = offices.settings_by_office(several, on=clock.today(several[0].zone, now))
    return [office for office in several if told[office.id][Setting.HONOUR_ROLL] == "on"]


def lines(office: Office, *, now: datetime, after: int | None = None) -> tuple[list[Line], int]:
    """A page of the roll, the latest first, and the key of the next page (0: none).

    For each person and period the highest level, of the office's active volunteers who agreed.
    """
    today = clock.today(office.zone, now)
    agreed = (
        exists()
        .where(Consent.person_id == Person.id, Consent.kind == ConsentKind.HONOUR_ROLL)
        .where(Consent.version == VERSIONS[ConsentKind.HONOUR_ROLL])
        .where(Consent.withdrawn_at.is_(None))
        .where(
            or_(
                Consent.by_guardian,
                Person.birth_date <= age.latest_birth(today, age.GUARDIAN_BELOW_YEARS),
            )
        )
    )
    here = exists().where(
        Registration.person_id == Person.id,
        Registration.office_id == office.id,
        Registration.state == RegistrationState.ACTIVE,
    )
    query = (
        select(StarGrant)
        .join(StarGrant.person)
        .join(StarGrant.level)
        .where(StarGrant.withdrawn_at.is_(None), StarGrant.doubtful_since.is_(None))
        .where(here, agreed, ~_outdone())
        .options(
            contains_eager(StarGrant.person).selectinload(Person.consents),
            contains_eager(StarGrant.level).joinedload(StarLevel.scheme),
        )
        .order_by(StarGrant.id.desc())
        .limit(PAGE + 1)
    )
    if after:
        query = query.where(StarGrant.id < after)
    found: Sequence[StarGrant] = db.session.scalars(query).all()
    shown = [
        Line(masked_name(grant.person.name), grant)
        for grant in found[:PAGE]
        if may_be_named(grant.person, now=now, zone=office.zone)
    ]
    return shown, found[PAGE - 1].id if len(found) > PAGE else 0


def _outdone() -> ColumnElement[bool]:
    """The condition on a grant: a higher level of its scheme was given in the same period."""
    other, level = aliased(StarGrant), aliased(StarLevel)
    return (
        exists()
        .where(other.person_id == StarGrant.person_id, other.period == StarGrant.period)
        .where(other.withdrawn_at.is_(None), other.doubtful_since.is_(None))
        .where(level.id == other.level_id, level.scheme_id == StarLevel.scheme_id)
        .where(level.place > StarLevel.place)
    )


def may_be_named(person: Person, *, now: datetime, zone: str) -> bool:
    """Whether the person, or the guardian of a minor, agreed to it and has not taken it back."""
    return not refusals_to_publish(
        person.birth_date, lawful(person.consents), VERSIONS, now=now, today=clock.today(zone, now)
    )
