"""Accounts: how one is named at the door, found and made; the first one of all."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from talent import passwords
from talent.access import SYSTEM, Role
from talent.accounts.models import Account, Grant
from talent.audit import CALLED, Act, record
from talent.db import db
from talent.errors import NotFound, Refused
from talent.offices.calendar import seed_calendar
from talent.offices.categories import seed_categories
from talent.offices.tree import make_office
from talent.rules.names import normalise as tidy_name
from talent.rules.names import refusals as name_refusals
from talent.rules.reason import N_
from talent.rules.signing_in import LEAST
from talent.rules.signing_in import refusals as password_refusals
from talent.seal import blind_index, blind_indexes
from talent.sheets.cells import Unusable, narrow, phone

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from talent.access import Actor
    from talent.offices.models import Office
    from talent.offices.tree import Particulars

_IDENTITY_NUMBER = re.compile(r"[0-9]{17}[0-9Xx]")
_FIRST_ACCOUNT = 7_301_846  # the number of the lock that PostgreSQL holds for a first account


class NoLogin(StrEnum):
    """Why a text is no way in."""

    IDENTITY = N_("An identity number is never a login. Use a mail address or a phone number.")
    UNREADABLE = N_("This is neither a mail address nor a phone number.")
    TAKEN = N_(
        "This cannot be used for a new account. If it is yours, sign in or set a new password."
    )


@dataclass(frozen=True, slots=True)
class Login:
    """How somebody names an account: a mail address in small letters, or a phone like +8613…."""

    email: str | None = None
    phone: str | None = None

    @property
    def text(self) -> str:
        """The one that was given."""
        return self.email or self.phone or ""

    @property
    def phone_index(self) -> str | None:
        """By which a phone number is found; the number itself is not kept with an account."""
        return blind_index("phone", self.phone) if self.phone else None

    @property
    def known_to_others(self) -> tuple[str, ...]:
        """What a password must not consist of."""
        local = (self.email or "").partition("@")[0]
        national = (self.phone or "").removeprefix("+86")
        return tuple(part for part in (self.email, local, self.phone, national) if part)


def read_login(typed: str) -> Login:
    """The mail address or phone number that was meant; anything else is refused."""
    given = narrow(typed).strip()
    if _IDENTITY_NUMBER.fullmatch(re.sub(r"[\s-]", "", given)):
        raise Refused([NoLogin.IDENTITY])
    if "@" in given:
        try:
            found = validate_email(given, check_deliverability=False, test_environment=True)
        except EmailNotValidError:
            raise Refused([NoLogin.UNREADABLE]) from None
        return Login(email=found.normalized.lower())
    try:
        return Login(phone=phone(given))
    except Unusable:
        raise Refused([NoLogin.UNREADABLE]) from None


def account_by(login: Login) -> Account | None:
    """The account of a login."""
    if login.email:
        return db.session.scalars(select(Account).filter_by(email=login.email)).one_or_none()
    ways = blind_indexes("phone", login.phone or "")  # the present key's first
    found = db.session.scalars(select(Account).where(Account.phone_index.in_(ways))).all()
    return min(found, key=lambda one: ways.index(one.phone_index or ""), default=None)


def by_id(number: int) -> Account | None:
    """The account of this number."""
    return db.session.get(Account, number)


def called(account_ids: Collection[int]) -> dict[int, str]:
    """What accounts are called, by their ids."""
    query = select(Account.id, Account.name).where(Account.id.in_(account_ids))
    return dict(db.session.execute(query).all())


CALLED.append(called)


def exists_any() -> bool:
    """Whether anybody can sign in at all; before that the first-start page is open."""
    return db.session.scalar(select(Account.id).limit(1)) is not None


def setup_code() -> str:
    """What the first start asks for in production; `flask setup --code` prints it."""
    return blind_index("setup", "first start")[:12]


def set_up(
    *, office: Particulars, name: str, typed: str, password: str, language: str, now: datetime
) -> Account:
    """The root office and its first administrator, once: `NotFound` when an account exists."""
    login, name = read_login(typed), checked_name(name)
    check_password(password, name, office.name_zh, *login.known_to_others)
    kept = hashed(password)
    _alone()
    if exists_any():
        raise NotFound
    root = make_office(None, office, actor=SYSTEM, now=now)
    account = make_account(name, login, kept, language, actor=SYSTEM, now=now)
    account.email_proved_at = now if login.email else None  # who runs the server vouches for it
    give(account, Role.ADMINISTRATOR, root, actor=SYSTEM, now=now)
    seed_categories()
    seed_calendar([now.year, now.year + 1], actor=SYSTEM, now=now)
    return account


def make_account(
    name: str, login: Login, kept: str | None, language: str, *, actor: Actor, now: datetime
) -> Account:
    """A new account, with the text that is kept of its password or without one yet."""
    account = Account(
        name=name,
        email=login.email,
        phone_index=login.phone_index,
        password_hash=kept,
        language=language,
        made_at=now,
    )
    db.session.add(account)
    try:
        db.session.flush()
    except IntegrityError:  # somebody else was quicker
        db.session.rollback()
        raise Refused([NoLogin.TAKEN]) from None
    record(Act.ACCOUNT_MADE, account, actor=actor, now=now)
    return account


def make_invited(*, name: str, login: Login, language: str, actor: Actor, now: datetime) -> Account:
    """An account whose holder sets the password by an invitation."""
    return make_account(checked_name(name), login, None, language, actor=actor, now=now)


def give(account: Account, role: Role, office: Office, *, actor: Actor, now: datetime) -> Grant:
    """Write down a role at an office. Whether the actor may is asked in `grants`."""
    grant = Grant(
        account=account, office=office, role=role, granted_at=now, granted_by=actor.account_id
    )
    db.session.add(grant)
    db.session.flush()
    about = {"role": role.value, "account": account.id}
    record(Act.ROLE_GRANTED, grant, actor=actor, now=now, office_id=office.id, **about)
    return grant


def change_account(account: Account, *, name: str, language: str) -> None:
    """What the holder of an account is called here, and in which language it is written to."""
    account.name, account.language = checked_name(name), language


def checked_name(typed: str) -> str:
    """The name as it is kept, or the reasons why it is none."""
    name = tidy_name(typed)
    if found := name_refusals(name):
        raise Refused(found)
    return name


def check_password(password: str, *known: str) -> None:
    """Refuse a weak one."""
    if found := password_refusals(password, known, passwords.common(LEAST)):
        raise Refused(found)


def hashed(password: str) -> str:
    """Hash while nothing is held: on SQLite a write holds the whole file."""
    db.session.rollback()
    return passwords.hashed(password)


def _alone() -> None:
    """Let nobody else make a first account meanwhile. A write on SQLite is alone anyhow."""
    if db.engine.dialect.name == "postgresql":
        db.session.execute(select(func.pg_advisory_xact_lock(_FIRST_ACCOUNT)))
