"""Signing in and out: tries are counted and slowed down, sessions end when they are told to."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import delete, exists, func, select
from sqlalchemy.orm import joinedload

from talent import passwords
from talent.access import NOBODY
from talent.accounts.models import Account, EndedSession, FailedSignIn, Grant
from talent.accounts.service import (
    NoLogin,
    account_by,
    check_password,
    checked_name,
    hashed,
    make_account,
    read_login,
    setup_code,
)
from talent.audit import Act, record
from talent.db import db
from talent.errors import Refused, RefusedAndKept
from talent.people.models import Person, Registration
from talent.rules.reason import N_, Because
from talent.rules.signing_in import (
    FREE_TRIES,
    FREE_TRIES_OF_ADDRESS,
    REMEMBERED,
    left_to_wait,
)
from talent.seal import blind_index

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime, timedelta

    from sqlalchemy.orm import InstrumentedAttribute


class NotIn(StrEnum):
    """Why nobody is signed in."""

    WRONG = N_("The login or the password is not right.")
    CODE = N_("This is not the code that “flask setup --code” prints.")
    SECONDS = N_("There were too many tries. Please try again in %(seconds)s seconds.")
    MINUTES = N_("There were too many tries. Please try again in %(minutes)s minutes.")


class TooManyTries(Refused):
    """Not looked at before the wait is over (429)."""

    def __init__(self, wait: timedelta) -> None:
        self.seconds = max(1, round(wait.total_seconds()))
        minutes = -(-self.seconds // 60)
        if minutes > 1:
            super().__init__([Because(NotIn.MINUTES, {"minutes": minutes})])
        else:
            super().__init__([Because(NotIn.SECONDS, {"seconds": self.seconds})])


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a try comes from. A device that signed in before is known to those accounts."""

    address: str
    device: str | None = None
    known_to: Collection[int] = ()


def sign_up(
    *, name: str, typed: str, password: str, language: str, origin: Origin, now: datetime
) -> Account:
    """A new account without any role. Trying out which addresses are taken is slowed down."""
    login, name = read_login(typed), checked_name(name)
    check_password(password, name, *login.known_to_others)
    index = blind_index("sign-up", origin.address)
    check_tries(index, origin.address, now=now)
    if account_by(login):
        count_failure(index, origin.address, None, now=now)
        raise RefusedAndKept([NoLogin.TAKEN])
    return make_account(name, login, hashed(password), language, actor=NOBODY, now=now)


def check_setup_code(code: str, *, origin: Origin, now: datetime) -> None:
    """Refuse a wrong one; guesses are slowed down."""
    index = blind_index("setup code", "")
    check_tries(index, origin.address, now=now)
    if not hmac.compare_digest(code.encode(), setup_code().encode()):
        count_failure(index, origin.address, None, now=now)
        raise RefusedAndKept([NotIn.CODE])


def sign_in(typed: str, password: str, *, origin: Origin, now: datetime) -> Account:
    """The account, when the password is its own. A try that failed is counted and kept.

    A stranger's tries do not slow down the holder's own device: it is counted apart.
    """
    account = _named(typed)
    number, stored = (account.id, account.password_hash) if account else (None, None)
    if account and not account.is_active:
        stored = None
    index = _login_index(typed, number, origin)
    trusted = number in origin.known_to
    check_tries(index, None if trusted else origin.address, now=now)
    db.session.rollback()  # hashing takes long: hold nothing meanwhile
    fits = passwords.fits(stored, password)
    fresh = passwords.hashed(password) if fits and stored and passwords.outdated(stored) else None
    account = db.session.get(Account, number) if fits and number else None
    if account is None or account.password_hash != stored or not account.is_active:
        count_failure(index, origin.address, number, now=now)
        raise RefusedAndKept([NotIn.WRONG])
    account.password_hash = fresh or stored
    forget_failures(index)
    record(Act.SIGNED_IN, account, actor=account.actor, now=now)
    return account


def check_tries(login_index: str, address: str | None, *, now: datetime) -> None:
    """Refuse to look at a try as long as the wait after the earlier ones lasts."""
    wait = _wait(FailedSignIn.login_index, login_index, FREE_TRIES, now)
    if address is not None:
        index = blind_index("address", address)
        wait = max(wait, _wait(FailedSignIn.address_index, index, FREE_TRIES_OF_ADDRESS, now))
    if wait:
        raise TooManyTries(wait)


def count_failure(login_index: str, address: str, number: int | None, *, now: datetime) -> None:
    """Keep one more try, and drop those that count no more."""
    db.session.execute(delete(FailedSignIn).where(FailedSignIn.at < now - REMEMBERED))
    row = FailedSignIn(
        login_index=login_index, address_index=blind_index("address", address), at=now
    )
    db.session.add(row)
    subject = f"account:{number}" if number else "account"
    record(Act.SIGN_IN_FAILED, subject, actor=NOBODY, now=now)


def forget_failures(login_index: str) -> None:
    """After a success the holder's tries count from nought."""
    db.session.execute(delete(FailedSignIn).where(FailedSignIn.login_index == login_index))


def of_session(number: int, epoch: int, key: str | None) -> Account | None:
    """The account that a session names, with all that it holds; None when the session has ended."""
    query = (
        select(Account)
        .where(Account.id == number, Account.epoch == epoch, Account.closed_at.is_(None))
        .options(
            joinedload(Account.grants).joinedload(Grant.office),
            joinedload(Account.person)
            .selectinload(Person.registrations)
            .joinedload(Registration.office),
        )
    )
    if key:
        query = query.where(~exists().where(EndedSession.digest == _digest(key)))
    return db.session.scalars(query).unique().one_or_none()


def end_session(key: str, *, lifetime: timedelta, now: datetime) -> None:
    """Sign out one session for good, also for whoever copied its cookie."""
    db.session.execute(delete(EndedSession).where(EndedSession.at < now - lifetime))
    if db.session.get(EndedSession, _digest(key)) is None:
        db.session.add(EndedSession(digest=_digest(key), at=now))


def _named(typed: str) -> Account | None:
    try:
        return account_by(read_login(typed))
    except Refused:
        return None


def _login_index(typed: str, number: int | None, origin: Origin) -> str:
    try:
        name = read_login(typed).text
    except Refused:
        name = typed.casefold()
    if number in origin.known_to:
        name += f"\0{origin.device}"
    return blind_index("login", name)


def _wait(column: InstrumentedAttribute[str], index: str, free: int, now: datetime) -> timedelta:
    query = select(func.count(), func.max(FailedSignIn.at)).where(
        column == index, FailedSignIn.at > now - REMEMBERED
    )
    failures, last = db.session.execute(query).one()
    return left_to_wait(failures, last, now, free)


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
