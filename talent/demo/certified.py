"""Certificates in the demonstration: signed with keys of which the first were replaced."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from flask import current_app
from sqlalchemy import select

from talent.access import SYSTEM
from talent.certificates.issuing import service as issuing
from talent.certificates.issuing.service import Circumstances, Wish
from talent.certificates.keys import service as keys
from talent.clock import today
from talent.db import db
from talent.errors import Refused
from talent.hours.models import RecordState, ServiceRecord
from talent.people.models import Person

if TYPE_CHECKING:
    from datetime import datetime

    from talent.demo.stage import District

SOME = 4  # certificates before the keys were replaced, and as many after
PASSED = timedelta(minutes=10)  # since the keys were replaced


def play(district: District) -> None:
    """The first community certifies, replaces its keys for a new year, and certifies again."""
    office = district.communities[0]
    served = (
        select(ServiceRecord.person_id)
        .where(ServiceRecord.office_id == office.id, ServiceRecord.state == RecordState.APPROVED)
        .group_by(ServiceRecord.person_id)
        .order_by(ServiceRecord.person_id)
        .limit(2 * SOME)
    )
    people = [db.session.get_one(Person, person_id) for person_id in db.session.scalars(served)]
    _certify(district, people[:SOME], district.now)
    keys.replace(office.id, why="年度更换", actor=SYSTEM, now=district.now + PASSED)
    _certify(district, people[SOME:], district.now + PASSED)


def _certify(district: District, people: list[Person], now: datetime) -> None:
    office = district.communities[0]
    verify_at = f"{current_app.config['PUBLIC_URL']}/verify"
    by = Circumstances(SYSTEM, now, today(office.zone, now), verify_at)
    for person in people:
        try:
            issuing.issue_for(person, Wish(office_id=office.id), by)
        except Refused:  # nothing on record by that day
            continue
