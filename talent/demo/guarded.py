"""A child of the demonstration's volunteer, and what the guardian has agreed to."""

from __future__ import annotations

from datetime import time, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from talent.access import SYSTEM
from talent.accounts.models import Account
from talent.db import db
from talent.people.models import RegistrationState
from talent.people.particulars.service import Particulars
from talent.people.permits import service as permits
from talent.people.registrations import service as registrations
from talent.rules.consent import ConsentKind
from talent.rules.guardianship import Permit
from talent.rules.identity import DocumentKind, Sex

if TYPE_CHECKING:
    from talent.demo.stage import District

CONSENTS = {ConsentKind.PRIVACY, ConsentKind.GUARDIAN}
WEEKEND = frozenset({5, 6})


def play(district: District, login: str) -> None:
    """A daughter of fifteen: culture at any time, children's classes at weekends until six."""
    account = db.session.scalars(select(Account).where(Account.email == login)).one()
    office = district.communities[0]
    parent = district.volunteers[office.id][0]  # whose account it is
    then = district.now - timedelta(days=10)
    kinds = {kind.code: kind for kind in permits.kinds()}
    stated = Particulars(
        name="欧阳小雨",
        document_kind=DocumentKind.PASSPORT,
        document="E87660001",
        sex=Sex.FEMALE,
        born=district.day.replace(day=1) - timedelta(days=15 * 365 + 100),
        area=parent.area or "",
        phone="+8613900008766",
        skills="画画",
        categories=[kinds["culture"], kinds["child"]],
        guardian_name=parent.name,
        guardian_phone=parent.phone,
        guardian_relation="母亲",
    )
    child = registrations.register(
        stated, office, consents=CONSENTS, actor=account.actor, now=then, ward_of=parent.id
    )
    (registration,) = child.registrations
    day_after = then + timedelta(days=1)
    registrations.move(registration, RegistrationState.ACTIVE, actor=SYSTEM, now=day_after)
    first = day_after.date()
    given = [
        Permit(kinds["culture"].id, first),
        Permit(
            kinds["child"].id,
            first,
            last_day=first + timedelta(days=180),
            weekdays=WEEKEND,
            starts=time(9),
            ends=time(18),
        ),
    ]
    permits.give(
        child, given, by=parent.name, actor=account.actor, today=first,
        now=day_after,
    )  # fmt: skip
