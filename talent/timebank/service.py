"""Questions about time banks: where one is on, its terms, whose an account is, what moved it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from sqlalchemy import and_, exists, false, func, or_, select
from sqlalchemy.orm import joinedload

from talent.access import Permission, Role
from talent.db import db
from talent.errors import NotFound
from talent.offices.models import Office, OfficeRule, Setting, line_of
from talent.offices.service import settings_of
from talent.people.models import Person, Registration, RegistrationState, Tie
from talent.people.service import matches
from talent.rules.timebank import Donations, Terms
from talent.timebank.models import OPEN, BankAccount, BankEntry, BankRequest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement

    from talent.access import Actor

PAGE = 50
ON = "on"


@dataclass(frozen=True, slots=True)
class Banks:
    """What offices ever said of a time bank: from which day on, in the order of the days."""

    words: Mapping[int, Sequence[tuple[date, str | None]]]
    offices: Mapping[int, Office]

    def of(self, office: Office, day: date) -> Office | None:
        """The bank of an office on a day: itself, or the nearest above it that spoke; None: off."""
        return self.at(office.ancestor_ids, day)

    def at(self, line: Sequence[int], day: date) -> Office | None:
        """The same, asked by the ids from the top of the tree down to the office."""
        for speaker in reversed(line):
            if (word := self._word(speaker, day)) is not None:
                return self.offices[speaker] if word == ON else None
        return None

    def on(self, day: date) -> list[Office]:
        """The offices that have a bank of their own on a day."""
        return [self.offices[number] for number in self.words if self._word(number, day) == ON]

    def _word(self, speaker: int, day: date) -> str | None:
        spoken = [word for since, word in self.words.get(speaker, ()) if since <= day]
        return spoken[-1] if spoken else None


@dataclass(frozen=True, slots=True)
class Totals:
    """A bank at a glance, in minutes and accounts."""

    accounts: int
    balance: int
    reserved: int
    pool: int


_SAID = (
    select(OfficeRule.valid_from, OfficeRule.value, Office)
    .join(Office, Office.id == OfficeRule.office_id)
    .where(OfficeRule.name == Setting.TIME_BANK.value)
    .order_by(OfficeRule.valid_from)
)


def banks() -> Banks:
    """All that was ever said; one query."""
    words: dict[int, list[tuple[date, str | None]]] = {}
    offices = {}
    for since, word, office in db.session.execute(_SAID):
        words.setdefault(office.id, []).append((since, word))
        offices[office.id] = office
    return Banks(words, offices)


@lru_cache(maxsize=8)
def heard(said: str) -> Banks:
    """The same as it was read with who asks, for the menus: each office is no more than a path."""
    words: dict[int, list[tuple[date, str | None]]] = {}
    offices = {}
    for path, since, word in sorted(each.split(" ", 2) for each in said.split(";") if each):
        number = line_of(path)[-1]
        words.setdefault(number, []).append((date.fromisoformat(since), json.loads(word)))
        offices[number] = Office(id=number, path=path)
    return Banks(words, offices)


def terms_of(bank: Office, day: date) -> Terms:
    """What the bank's office has set, as the law reads it."""
    told = settings_of(bank, on=day)
    most = told[Setting.BANK_MOST_HOURS]
    return Terms(
        most_minutes=most * 60 if most else None,
        percent=told[Setting.BANK_PERCENT],
        pooled=told[Setting.BANK_EXCESS] == "pool",
        least_age=told[Setting.BANK_SPEND_AGE],
        donations=Donations.of(told[Setting.BANK_DONATIONS]) or Donations.OFF,
    )


def offices_in(bank: Office, known: Banks, day: date) -> list[Office]:
    """The open offices of a bank, in the order of the tree."""
    query = select(Office).where(Office.path.startswith(bank.path, autoescape=True), Office.open)
    found = [
        office
        for office in db.session.scalars(query)
        if (own := known.of(office, day)) and own.id == bank.id
    ]
    return sorted(found, key=lambda office: office.ancestor_ids)


def banks_of(person_id: int, known: Banks, day: date) -> list[Office]:
    """Where a person is a volunteer or has an account, and the bank is on."""
    if not known.on(day):
        return []
    query = (
        select(Office)
        .join(Registration, Registration.office_id == Office.id)
        .where(Registration.person_id == person_id, Registration.state == RegistrationState.ACTIVE)
    )
    found = {bank.id: bank for o in db.session.scalars(query) if (bank := known.of(o, day))}
    held = select(BankAccount.office_id).where(BankAccount.person_id == person_id)
    for number in db.session.scalars(held):
        if (
            (bank := known.offices.get(number))
            and (own := known.of(bank, day))
            and own.id == number
        ):
            found[number] = bank
    return sorted(found.values(), key=lambda bank: bank.ancestor_ids)


def is_mine(actor: Actor, known: Banks, day: date) -> bool:
    """Whether the menu names one's own account: a bank is on where one is a volunteer."""
    if actor.person_id is None or not known.on(day):
        return False
    served = (line_of(held.path) for held in actor.held if held.role is Role.VOLUNTEER)
    if any(known.at(line, day) for line in served):
        return True
    return bool(banks_of(actor.person_id, known, day))


def is_kept(actor: Actor, known: Banks, day: date) -> bool:
    """Whether the menu names the accounts of others: a bank is on for offices of the actor's."""
    return bool(_kept(actor, Permission.SEE_BANK, known.on(day)))


def own_bank(actor: Actor, known: Banks, *, bank_id: int | None, day: date) -> Office:
    """The reader's own bank: the one that is asked for, or the first. Off: `NotFound`."""
    if actor.person_id is None:
        raise NotFound
    mine = banks_of(actor.person_id, known, day)
    if bank_id is not None:
        mine = [bank for bank in mine if bank.id == bank_id]
    if not mine:
        raise NotFound
    return mine[0]


def account_of(bank_id: int, person_id: int | None) -> BankAccount | None:
    """A person's account with a bank, or with no person the pool, when there is one."""
    query = select(BankAccount).where(
        BankAccount.office_id == bank_id,
        BankAccount.person_id.is_(None)
        if person_id is None
        else BankAccount.person_id == person_id,
    )
    return db.session.scalars(query).one_or_none()


def guardian_of(account: BankAccount) -> int | None:
    """Who speaks for the person of an account; None for an adult and for the pool."""
    return account.person.guardian_id if account.person else None


def kept_banks(actor: Actor, permission: Permission, day: date) -> list[Office]:
    """The banks that are on and of which the actor sees something. None of them: `NotFound`."""
    found = _kept(actor, permission, banks().on(day))
    if not found:
        raise NotFound
    return found


def _kept(actor: Actor, permission: Permission, on: Sequence[Office]) -> list[Office]:
    paths = actor.paths(permission)
    return [
        bank
        for bank in on
        if any(bank.path.startswith(path) or path.startswith(bank.path) for path in paths)
    ]


def visible(actor: Actor, permission: Permission, day: date) -> ColumnElement[bool]:
    """The condition on `BankAccount`: of a bank that is on, whole or the people of one's offices.

    The pool is seen by those alone who hold the permission at the bank itself.
    """
    paths = actor.paths(permission)
    ways: list[ColumnElement[bool]] = []
    for bank in _kept(actor, permission, banks().on(day)):
        of_bank = BankAccount.office_id == bank.id
        if any(bank.path.startswith(path) for path in paths):
            ways.append(of_bank)
            continue
        below = [path for path in paths if path.startswith(bank.path)]
        inside = or_(*(Office.path.startswith(path, autoescape=True) for path in below))
        known = exists().where(
            Tie.person_id == BankAccount.person_id, Tie.office_id == Office.id, inside
        )
        ways.append(and_(of_bank, known))
    return or_(*ways, false())


def visible_account(
    actor: Actor, permission: Permission, account_id: int, day: date
) -> BankAccount:
    """A person's account, or `NotFound`."""
    query = select(BankAccount).where(
        BankAccount.id == account_id,
        BankAccount.person_id.is_not(None),
        visible(actor, permission, day),
    )
    loads = (joinedload(BankAccount.person), joinedload(BankAccount.office))
    if (account := db.session.scalars(query.options(*loads)).one_or_none()) is None:
        raise NotFound
    return account


def accounts(actor: Actor, day: date, *, q: str = "", after: int = 0) -> Sequence[BankAccount]:
    """The accounts of people whom the actor may see, a page and one more."""
    query = (
        select(BankAccount)
        .where(BankAccount.id > after, BankAccount.person_id.is_not(None))
        .where(visible(actor, Permission.SEE_BANK, day))
        .options(joinedload(BankAccount.person), joinedload(BankAccount.office))
        .order_by(BankAccount.id)
        .limit(PAGE + 1)
    )
    if q:
        query = query.join(Person, Person.id == BankAccount.person_id).where(matches(q))
    return db.session.scalars(query).all()


def totals(actor: Actor, day: date) -> Totals:
    """The sums of what the actor may see; the pool apart."""
    mine = visible(actor, Permission.SEE_BANK, day)
    person = BankAccount.person_id.is_not(None)
    row = db.session.execute(
        select(
            func.count(BankAccount.id),
            func.sum(BankAccount.balance),
            func.sum(BankAccount.reserved),
        ).where(mine, person)
    ).one()
    pool = db.session.scalar(select(func.sum(BankAccount.balance)).where(mine, ~person))
    return Totals(row[0], int(row[1] or 0), int(row[2] or 0), int(pool or 0))


def entries(
    account_id: int,
    *,
    before: int | None = None,
    first: datetime | None = None,
    last: datetime | None = None,
    limit: int | None = PAGE + 1,
) -> Sequence[BankEntry]:
    """What moved an account, the latest first, a page and one more."""
    query = (
        select(BankEntry)
        .where(BankEntry.account_id == account_id)
        .options(joinedload(BankEntry.record), joinedload(BankEntry.request))
        .order_by(BankEntry.id.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(BankEntry.id < before)
    if first is not None:
        query = query.where(BankEntry.at >= first)
    if last is not None:
        query = query.where(BankEntry.at < last)
    return db.session.scalars(query).all()


def balance_at(account_id: int, moment: datetime) -> int:
    """The sum of all entries before a moment."""
    query = select(func.sum(BankEntry.minutes)).where(
        BankEntry.account_id == account_id, BankEntry.at < moment
    )
    return int(db.session.scalar(query) or 0)


def requests_of(account_id: int) -> Sequence[BankRequest]:
    """The latest requests of an account, the open ones first."""
    query = (
        select(BankRequest)
        .where(BankRequest.account_id == account_id)
        .options(joinedload(BankRequest.office))
        .order_by(BankRequest.state.in_(OPEN).desc(), BankRequest.id.desc())
        .limit(PAGE)
    )
    return db.session.scalars(query).all()
