"""Files that were made twice in the demonstration: a pair to look at, and one that was joined."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from talent.access import SYSTEM
from talent.accounts.models import Account
from talent.db import db
from talent.merging import finding, service
from talent.merging.plan import Wish
from talent.people.particulars.service import Particulars
from talent.people.registrations import service as registrations
from talent.rules.consent import ConsentKind
from talent.rules.identity import DocumentKind

if TYPE_CHECKING:
    from talent.demo.stage import District
    from talent.people.models import Person

WHY = "护照登记过一次，身份证又登记了一次，已核对两份证件"


def play(district: District, login: str) -> None:
    """Two volunteers of the first community were written down by their passports as well."""
    account = db.session.scalars(select(Account).where(Account.email == login)).one()
    office, then = district.communities[0], district.now - timedelta(days=3)
    twice = district.volunteers[office.id][20:22]
    copies = registrations.enter_all(
        [_again(person, number) for number, person in enumerate(twice, 1)],
        office,
        consents={ConsentKind.PRIVACY},
        actor=SYSTEM,
        now=then,
    )
    actor, wish, target = account.actor, Wish(), twice[1]
    seen = service.outlook(copies[1], target, wish, actor=actor, now=then, why=WHY).mark
    service.join(
        copies[1], target, wish,
        why=WHY, seen=seen, papers_seen=True, actor=actor, now=then,
    )  # fmt: skip
    finding.compare_anew([twice[0].id, copies[0].id], then)


def _again(person: Person, number: int) -> Particulars:
    stated = Particulars(
        name=person.name,
        document_kind=DocumentKind.PASSPORT,
        document=f"E{87650000 + number}",
        sex=person.sex,
        born=person.birth_date,
        area=person.area or "",
        phone=person.phone,
        email=person.email,
        skills=person.skills,
        categories=list(person.categories),
    )
    stated.read()
    return stated
