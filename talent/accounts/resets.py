"""Passwords set anew: forgotten, given by an invitation, changed; logins and sessions likewise."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import func, select, update

from talent.access import NOBODY
from talent.accounts.factors.service import Change, tell_change
from talent.accounts.models import Account, Invitation
from talent.accounts.service import (
    Login,
    NoLogin,
    account_by,
    check_password,
    hashed,
    read_login,
)
from talent.accounts.sessions import service as sessions
from talent.accounts.signing import check_password_of, indexes_of
from talent.accounts.tries import forget_failures, reserve
from talent.audit import Act, record
from talent.db import db, locked
from talent.errors import Refused, RefusedAndKept
from talent.messages.models import MessageKind
from talent.messages.service import tell
from talent.rules.reason import N_
from talent.seal import blind_index

if TYPE_CHECKING:
    from datetime import datetime

    from talent.access import Actor

RESET_HOLDS = timedelta(minutes=60)
INVITATION_HOLDS = timedelta(days=7)
RESETS_AN_HOUR = 5  # of one account: a mailbox is not filled by a stranger


class NotSet(StrEnum):
    """Why a password stays as it is."""

    LINK_OVER = N_("This link was used before or is too old. Ask for a new one.")
    OLD_WRONG = N_("This is not your present password.")


def ask_reset(typed: str, *, path: str, now: datetime) -> None:
    """Send a link to the holder of the mail address. Nobody is told whether there is one.

    Without a holder as much is written, so that the time does not tell it either.
    """
    try:
        login = read_login(typed)
    except Refused:
        login = Login()
    account = account_by(login) if login.email else None
    if account and account.is_active and _asked_lately(account, now) < RESETS_AN_HOUR:
        invite(account, path=path, holds=RESET_HOLDS, now=now)
        record(Act.RESET_ASKED, account, actor=account.actor, now=now)
    else:
        record(Act.RESET_ASKED, "account", actor=NOBODY, now=now)


def invite(
    account: Account, *, path: str, holds: timedelta, now: datetime, invited: bool = False
) -> None:
    """Put a link to set a password into the outbox. What is kept here cannot open it."""
    token = secrets.token_urlsafe(32)
    invitation = Invitation(
        digest=_digest(token), account_id=account.id, made_at=now, expires_at=now + holds
    )
    db.session.add(invitation)
    db.session.flush()
    tell(
        MessageKind.PASSWORD_RESET,
        once=str(invitation.id),
        now=now,
        account=account,
        facts={
            "path": path,
            "until_at": invitation.expires_at.isoformat(),
            "invited": invited,
        },
        useless_after=invitation.expires_at,
        secret=token,
    )


def open_invitation(token: str, *, now: datetime) -> Invitation:
    """The invitation that a link opens; refused when it was used or is too old."""
    found = db.session.scalars(select(Invitation).filter_by(digest=_digest(token))).one_or_none()
    if found is None or found.account_id is None or not _is_open(found, now):
        raise Refused([NotSet.LINK_OVER])
    return found


def set_password(token: str, password: str, *, now: datetime) -> Account:
    """Use the link. Every session ends, every other link is void, old tries are forgotten."""
    invitation = open_invitation(token, now=now)
    account = db.session.get_one(Account, invitation.account_id)
    _check(account, password)
    number, invitation_id = account.id, invitation.id
    kept = hashed(password)
    if not _is_open(locked(Invitation, invitation_id), now):
        raise Refused([NotSet.LINK_OVER])
    account = locked(Account, number)
    if not account.is_active:
        raise Refused([NotSet.LINK_OVER])
    _keep(account, kept, now=now)
    account.email_proved_at = account.email_proved_at or now
    for index in indexes_of(account):
        forget_failures(index)
    return account


def change_password(account: Account, old: str, password: str, *, now: datetime) -> Account:
    """Change one's own password, knowing the present one. Every other session ends."""
    number = account.id
    _check(account, password)
    kept = hashed(password)  # before the row is held
    if not check_password_of(account, old, now=now):
        raise RefusedAndKept([NotSet.OLD_WRONG])
    account = locked(Account, number)
    _keep(account, kept, now=now)
    return account


def change_login(account: Account, old: str, typed: str, *, now: datetime) -> Account:
    """Another mail address or phone number for one's own account, knowing its password.

    The address that was known until now is told. Every other session ends.
    """
    login, number = read_login(typed), account.id
    asked = blind_index("change of login", str(number))
    reserve(asked, None, now=now)  # trying out which addresses are taken is slowed down
    if not check_password_of(account, old, now=now):
        raise RefusedAndKept([NotSet.OLD_WRONG])
    account = locked(Account, number)
    holder = account_by(login)
    if holder and holder.id != number:
        raise RefusedAndKept([NoLogin.TAKEN])
    forget_failures(asked)
    if holder:
        return account  # it is known by this already
    tell(
        MessageKind.LOGIN_CHANGED,
        once=f"{number}:{account.epoch}",
        now=now,
        account=account,
        facts={"changed_at": now.isoformat(), "path": "/account/"},
    )
    if login.email:
        account.email, account.email_proved_at = login.email, None
    else:
        account.phone_index = login.phone_index
    _end_sessions(account, now)
    _void_links(account, now)
    record(Act.ACCOUNT_CHANGED, account, actor=account.actor, now=now, login=True)
    return account


def end_all_sessions(account: Account, *, actor: Actor, now: datetime) -> None:
    """Sign out everywhere."""
    account = locked(Account, account.id)
    _end_sessions(account, now)
    record(Act.SIGNED_OUT_EVERYWHERE, account, actor=actor, now=now)


def _keep(account: Account, kept: str, *, now: datetime) -> None:
    changed = account.password_hash is not None  # and not set by an invitation
    account.password_hash = kept
    _end_sessions(account, now)
    _void_links(account, now)
    record(Act.PASSWORD_CHANGED, account, actor=account.actor, now=now)
    if changed:
        tell_change(account, Change.PASSWORD, now=now)


def _end_sessions(account: Account, now: datetime) -> None:
    account.epoch += 1
    sessions.end_all(account.id, now=now)


def _void_links(account: Account, now: datetime) -> None:
    others = update(Invitation).where(
        Invitation.account_id == account.id, Invitation.used_at.is_(None)
    )
    db.session.execute(others.values(used_at=now))


def _check(account: Account, password: str) -> None:
    held = [grant.office.name_zh for grant in account.grants if grant.ended_at is None]
    check_password(password, account.name, *Login(email=account.email).known_to_others, *held)


def _is_open(invitation: Invitation, now: datetime) -> bool:
    return invitation.used_at is None and now < invitation.expires_at


def _asked_lately(account: Account, now: datetime) -> int:
    query = select(func.count()).where(
        Invitation.account_id == account.id, Invitation.made_at > now - timedelta(hours=1)
    )
    return db.session.scalar(query) or 0


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
