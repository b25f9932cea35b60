"""Signing in and out: tries are counted and slowed down, sessions end when they are told to."""

from __future__ import annotations

import hmac
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import String, bindparam, cast, delete, func, literal, literal_column, select, true

from talent import passwords
from talent.access import NOBODY, Actor, Held, Role
from talent.accounts.models import Account, EndedSession, Grant
from talent.accounts.readers import Reader
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
from talent.accounts.sessions import service as sessions
from talent.accounts.sessions.models import AccountSession, Way
from talent.accounts.sessions.service import Sitting
from talent.accounts.tries import forget_failures, reserve, take_back
from talent.audit import Act, record
from talent.db import asked, db, locked
from talent.errors import Refused, RefusedAndKept
from talent.offices.models import Office, OfficeRule, Setting
from talent.people.models import Registration, RegistrationState
from talent.rules.reason import N_
from talent.rules.signing_in import over
from talent.seal import blind_index

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from talent.accounts.tries import Origin


class NotIn(StrEnum):
    """Why nobody is signed in."""

    WRONG = N_("The login or the password is not right.")
    CODE = N_("This is not the code that “flask setup --code” prints.")


def sign_up(
    *, name: str, typed: str, password: str, language: str, origin: Origin, now: datetime
) -> Account:
    """A new account without any role. Trying out which addresses are taken is slowed down."""
    login, name = read_login(typed), checked_name(name)
    check_password(password, name, *login.known_to_others)
    own = reserve(blind_index("sign-up", origin.address), origin.address, now=now)
    kept = hashed(password)  # before the answer is known: both take as long
    if account_by(login):
        _failed(None, now=now)
        raise RefusedAndKept([NoLogin.TAKEN])
    take_back(own)
    return make_account(name, login, kept, language, actor=NOBODY, now=now)


def check_setup_code(code: str, *, origin: Origin, now: datetime) -> None:
    """Refuse a wrong one; guesses are slowed down."""
    index = blind_index("setup code", "")
    reserve(index, origin.address, now=now)
    if not hmac.compare_digest(code.encode(), setup_code().encode()):
        _failed(None, now=now)
        raise RefusedAndKept([NotIn.CODE])
    forget_failures(index)


def sign_in(typed: str, password: str, *, origin: Origin, now: datetime) -> Account:
    """The account, when the password is its own. A try counts as failed until it has succeeded.

    A stranger's tries do not slow down the holder's own device: it is counted apart.
    """
    account = _named(typed)
    number, stored = (account.id, account.password_hash) if account else (None, None)
    if account and not account.is_active:
        stored = None
    index = login_index(typed, number, origin)
    reserve(index, origin.address, known=number in origin.known_to, most=True, now=now)
    fits = passwords.fits(stored, password)  # takes long: nothing is held meanwhile
    fresh = passwords.hashed(password) if fits and stored and passwords.outdated(stored) else None
    account = db.session.get(Account, number) if fits and number else None
    if account is None or account.password_hash != stored or not account.is_active:
        _failed(number, now=now)
        raise RefusedAndKept([NotIn.WRONG])
    account.password_hash = fresh or stored
    if account.phone_index and (present := _phone_index(typed)):
        account.phone_index = present  # it was found by an older key, perhaps
    forget_failures(index)
    return account


def check_password_of(account: Account, password: str, *, now: datetime) -> bool:
    """Whether it is the account's own, whose row is held then. A wrong one counts."""
    number, stored = account.id, account.password_hash
    index = blind_index("own password", str(number))
    reserve(index, None, most=True, now=now)
    fits = passwords.fits(stored, password)
    account = locked(Account, number)
    if not fits or account.password_hash != stored:
        _failed(number, now=now)
        return False
    forget_failures(index)
    return True


def indexes_of(account: Account) -> list[str]:
    """Under which strangers' tries at the logins and the password of an account are counted."""
    logins = [text for text in (account.email, account.phone_index) if text]
    own = blind_index("own password", str(account.id))
    return [*(blind_index("login", text) for text in logins), own]


# Each request asks this and nothing else about who sends it; it is put together once. Whatever else
# stands about the person (his numbers are sealed) is not even read.
_GRANTED = (
    select(Grant.role, Office.id, Office.path, literal(0).label("kind"), Grant.id.label("place"))
    .join(Office, Office.id == Grant.office_id)
    .where(Grant.account_id == bindparam("number"), Grant.ended_at.is_(None))
)
_REGISTERED = (
    select(
        literal(Role.VOLUNTEER, Grant.role.type), Office.id, Office.path, literal(1),
        Registration.id,
    )
    .join(Office, Office.id == Registration.office_id)
    .join(Account, Account.person_id == Registration.person_id)
    .where(
        Account.id == bindparam("number"), Registration.state == RegistrationState.ACTIVE
    )
)  # fmt: skip
_HOLDS = _GRANTED.union_all(_REGISTERED).subquery()
# What offices ever said of a time bank, which the menus ask: path, day and word of each.
BANKS = (
    select(
        func.aggregate_strings(
            Office.path + " " + cast(OfficeRule.valid_from, String)
            + " " + func.coalesce(cast(OfficeRule.value, String), "null"),
            literal_column("';'"),  # type: ignore[arg-type]  # as a value it would be written anew each time
        )
    )
    .join(OfficeRule, OfficeRule.office_id == Office.id)
    .where(OfficeRule.name == Setting.TIME_BANK.value)
    .scalar_subquery()
)  # fmt: skip
_SITS = (
    select(
        Account.id, Account.person_id, Account.name, Account.email, Account.language,
        Account.epoch, *sessions.SITTING,
        BANKS, _HOLDS.c.role, _HOLDS.c.id, _HOLDS.c.path,
    )
    .join(AccountSession, AccountSession.account_id == Account.id)
    .outerjoin(_HOLDS, true())
    .where(
        Account.id == bindparam("number"), Account.epoch == bindparam("epoch"),
        Account.closed_at.is_(None), AccountSession.digest == bindparam("digest"),
        AccountSession.ended_at.is_(None),
    )
    .order_by(_HOLDS.c.kind, _HOLDS.c.place)
)  # fmt: skip


def of_session(
    number: int, epoch: int, key: str, *, now: datetime
) -> tuple[Reader, Sitting] | None:
    """Whom a session names, with all that it holds; None when the session has ended."""
    rows = asked(_SITS, number=number, epoch=epoch, digest=sessions.digest(key))
    if not rows:
        return None
    id_, person_id, name, email, language, epoch, *sat, banks, _, _, _ = rows[0]
    sitting = Sitting(*sat)
    held = dict.fromkeys(Held(*each[-3:]) for each in rows if each[-1] is not None)
    who = Actor(id_, person_id, tuple(held))
    if over(sitting.began_at, sitting.seen_at, now, staff=who.staff):
        return None
    return Reader(id_, person_id, name, email, language, epoch, who, banks), sitting


def note_signed_in(account: Account, way: Way, *, now: datetime) -> None:
    """Leave a trace of who came in, and how."""
    record(Act.SIGNED_IN, account, actor=account.actor, now=now, way=way.value)


def end_session(key: str, *, lifetime: timedelta, now: datetime) -> None:
    """Sign out one session for good, also for whoever copied its cookie."""
    sessions.end_by_key(key, now=now)
    db.session.execute(delete(EndedSession).where(EndedSession.at < now - lifetime))
    if db.session.get(EndedSession, sessions.digest(key)) is None:
        db.session.add(EndedSession(digest=sessions.digest(key), at=now))


def _failed(number: int | None, *, now: datetime) -> None:
    subject = f"account:{number}" if number else "account"
    record(Act.SIGN_IN_FAILED, subject, actor=NOBODY, now=now)


def _phone_index(typed: str) -> str | None:
    try:
        return read_login(typed).phone_index
    except Refused:
        return None


def _named(typed: str) -> Account | None:
    try:
        return account_by(read_login(typed))
    except Refused:
        return None


def login_index(typed: str, number: int | None, origin: Origin) -> str:
    """Under which tries at a login are counted; those of a known device apart."""
    try:
        login = read_login(typed)
        name = login.email or login.phone_index or ""
    except Refused:
        name = typed.casefold()
    if number in origin.known_to:
        name += f"\0{origin.device}"
    return blind_index("login", name)
