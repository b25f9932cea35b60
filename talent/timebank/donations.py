"""Donations: from one account to another of the same bank, or to its common pool."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import exists, or_, select

from talent import audit, clock, seal
from talent.access import NOBODY
from talent.accounts.tries import reserve, take_back
from talent.audit import Act
from talent.db import db
from talent.errors import NotFound, Refused, RefusedAndKept
from talent.people.models import Person, Registration, RegistrationState
from talent.rules import identity
from talent.rules import timebank as law
from talent.rules.timebank import Ungiven
from talent.seal import blind_index
from talent.timebank import ledger, service
from talent.timebank.models import BankAccount, BankDonation, BankKind

if TYPE_CHECKING:
    from datetime import datetime

    from talent.access import Actor
    from talent.offices.models import Office

PURPOSE = "timebank.donation"


@dataclass(frozen=True, slots=True)
class Wish:
    """What the reader is about to donate, as the check page shows it. No receiver: the pool."""

    giver_id: int  # person
    bank_id: int
    receiver_id: int | None  # person
    minutes: int
    note: str | None
    once: str

    @property
    def token(self) -> str:
        """The wish as the end of the address of the check page."""
        return seal.sign(
            PURPOSE,
            [self.giver_id, self.bank_id, self.receiver_id, self.minutes, self.note, self.once],
        )


def wish(
    person: Person,
    bank: Office,
    *,
    typed: str | None,
    minutes: int,
    note: str | None,
    address: str,
    now: datetime,
) -> Wish:
    """Check what was typed, before anything is moved. Trying out numbers is slowed down."""
    receiver = _receiver(bank, typed, person, address, now) if typed is not None else None
    if receiver is not None and receiver.id == person.id:
        raise Refused([Ungiven.SELF])
    _refuse(person.id, bank, receiver.id if receiver else None, minutes, now)
    once = secrets.token_urlsafe(16)
    return Wish(person.id, bank.id, receiver.id if receiver else None, minutes, note, once)


def wished(token: str, giver_id: int) -> Wish:
    """The wish again, or `NotFound` when the address is not one of this giver's."""
    found: list[Any] | None = seal.signed(PURPOSE, token)
    if found is None or found[0] != giver_id:
        raise NotFound
    return Wish(*found)


def donate(
    person: Person, bank: Office, wish: Wish, *, actor: Actor, now: datetime
) -> BankDonation | None:
    """Move the minutes. The same page sent twice moves them once; None says that it was."""
    giver = ledger.open_account(bank.id, person.id, now=now)
    receiver = (
        ledger.open_account(bank.id, wish.receiver_id, now=now)
        if wish.receiver_id
        else ledger.open_pool(bank.id, now=now)
    )
    held = ledger.hold([giver, receiver])
    if db.session.scalar(select(BankDonation.id).where(BankDonation.once == wish.once)):
        return None
    _refuse(person.id, bank, wish.receiver_id, wish.minutes, now)
    donation = BankDonation(
        giver_id=giver, receiver_id=receiver, minutes=wish.minutes,
        note=wish.note, once=wish.once, made_at=now,
    )  # fmt: skip
    db.session.add(donation)
    db.session.flush()
    made: dict[str, Any] = {"at": now, "made_by": actor.account_id, "donation_id": donation.id}
    ledger.write(held[giver], BankKind.DONATED, -wish.minutes, **made)
    ledger.write(held[receiver], BankKind.RECEIVED, wish.minutes, **made)
    audit.record(
        Act.BANK_DONATED, donation, actor=actor, now=now, office_id=bank.id, minutes=wish.minutes
    )
    return donation


def _refuse(
    person_id: int, bank: Office, receiver_id: int | None, minutes: int, now: datetime
) -> None:
    own = service.account_of(bank.id, person_id)
    other = service.account_of(bank.id, receiver_id)
    against = law.refusals_to_donate(
        minutes,
        own.holding if own else law.Holding(),
        service.terms_of(bank, clock.today(bank.zone, now)),
        to_pool=receiver_id is None,
        receiver_balance=other.balance if other else 0,
    )
    if against:
        raise Refused(against)


def _receiver(bank: Office, typed: str, giver: Person, address: str, now: datetime) -> Person:
    """Who has this number in the bank; one of another bank is nobody."""
    index = blind_index("timebank.donation", str(giver.id))
    own = reserve(index, address, now=now)
    query = select(Person).where(
        Person.volunteer_no == identity.normalise(typed),
        or_(
            exists().where(BankAccount.person_id == Person.id, BankAccount.office_id == bank.id),
            exists().where(
                Registration.person_id == Person.id,
                Registration.state == RegistrationState.ACTIVE,
                Registration.office_id.in_(_offices(bank, now)),
            ),
        ),
    )
    if (found := db.session.scalars(query).one_or_none()) is None:
        audit.record(Act.SIGN_IN_FAILED, "account", actor=NOBODY, now=now)
        raise RefusedAndKept([Ungiven.UNKNOWN])
    take_back(own)
    return found


def _offices(bank: Office, now: datetime) -> list[int]:
    day = clock.today(bank.zone, now)
    return [office.id for office in service.offices_in(bank, service.banks(), day)]
