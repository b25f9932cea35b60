"""Roles: who holds which at which office, granting and ending them, inviting staff."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import selectinload

from talent.access import GRANTS, Permission, Role
from talent.accounts.models import Account, Grant
from talent.accounts.resets import INVITATION_HOLDS, invite
from talent.accounts.service import account_by, give, make_invited, read_login
from talent.accounts.sessions import service as sessions
from talent.accounts.signing import indexes_of
from talent.accounts.tries import failures_of, forget_failures
from talent.audit import Act, record
from talent.db import db, locked
from talent.errors import NotAllowed, NotFound, Refused
from talent.offices.service import seen
from talent.people.models import Tie
from talent.rules.reason import N_
from talent.rules.signing_in import exhausted

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement

    from talent.access import Actor
    from talent.offices.models import Office

PAGE = 50
GRANTED = tuple(role for role in Role if role is not Role.VOLUNTEER)  # volunteers register


class NotGranted(StrEnum):
    """Why a role is not given or not taken."""

    HELD = N_("The account holds this role there already.")
    BEYOND = N_("This role may do more at that office than you may yourself.")
    OWN_LAST = N_("This is your own last role as an administrator. Another one has to end it.")
    MAIL_NEEDED = N_("An invitation goes out by mail: write a mail address.")
    UNPROVED = N_(
        "An account with a role has this address, but nobody has proved to read it. "
        "Ask its holder to set a new password by mail first."
    )
    OWN = N_("You cannot close your own account.")


def accounts_of(
    actor: Actor, *, q: str = "", after: int | None = None
) -> tuple[Sequence[Account], int | None]:
    """A page of the accounts that the actor may give roles to, by name; and the key of the next."""
    query = (
        select(Account)
        .where(_visible(actor))
        .options(selectinload(Account.grants).joinedload(Grant.office))
    )
    if q:
        query = query.where(
            or_(Account.name.icontains(q, autoescape=True), Account.email == q.lower())
        )
    if after:
        last = visible_account(actor, after)
        later = (Account.name == last.name) & (Account.id > last.id)
        query = query.where((Account.name > last.name) | later)
    found = db.session.scalars(query.order_by(Account.name, Account.id).limit(PAGE + 1)).all()
    return found[:PAGE], found[PAGE - 1].id if len(found) > PAGE else None


def visible_account(actor: Actor, number: int) -> Account:
    """The account, or `NotFound`, the same for one of other offices."""
    query = select(Account).where(Account.id == number, _visible(actor))
    if (account := db.session.scalars(query).one_or_none()) is None:
        raise NotFound
    return account


def live_grants(actor: Actor, account: Account) -> list[Grant]:
    """The roles of the account that the actor may see: those at his own offices."""
    return [
        grant
        for grant in account.grants
        if grant.ended_at is None and actor.may(Permission.GRANT_ROLES, grant.office.path)
    ]


def grant(account: Account, role: Role, office: Office, *, actor: Actor, now: datetime) -> Grant:
    """Give a role at an office, never one that may do more there than the actor himself."""
    account = locked(Account, account.id)
    if not may_grant(actor, role, office):
        raise Refused([NotGranted.BEYOND])
    held = select(Grant.id).filter_by(
        account_id=account.id, office_id=office.id, role=role, ended_at=None
    )
    if db.session.scalar(held) is not None:
        raise Refused([NotGranted.HELD])
    _end_sessions(account, actor, now)
    return give(account, role, office, actor=actor, now=now)


def may_grant(actor: Actor, role: Role, office: Office) -> bool:
    """Whether the actor administers the office and holds there whatever the role may do."""
    needed = GRANTS[role] | {Permission.GRANT_ROLES}
    return all(actor.may(permission, office.path) for permission in needed)


def end_grant(account: Account, grant_id: int, *, actor: Actor, now: datetime) -> None:
    """End a role. Nobody takes the last key from himself."""
    found = next((g for g in live_grants(actor, account) if g.id == grant_id), None)
    if found is None:
        raise NotFound
    if not may_grant(actor, found.role, found.office):
        raise Refused([NotGranted.BEYOND])
    if account.id == actor.account_id and found.role is Role.ADMINISTRATOR:
        others = [g for g in account.grants if g.ended_at is None and g.id != grant_id]
        if all(g.role is not Role.ADMINISTRATOR for g in others):
            raise Refused([NotGranted.OWN_LAST])
    found.ended_at = now
    _end_sessions(account, actor, now)
    about = {"role": found.role.value, "account": account.id}
    record(Act.ROLE_ENDED, found, actor=actor, now=now, office_id=found.office_id, **about)


def invite_staff(
    *,
    name: str,
    typed: str,
    role: Role,
    office: Office,
    language: str,
    path: str,
    actor: Actor,
    now: datetime,
) -> Account:
    """Give a role to whoever reads that mail address; without an account, one by invitation."""
    login = read_login(typed)
    if not login.email:
        raise Refused([NotGranted.MAIL_NEEDED])
    account = account_by(login) or make_invited(
        name=name, login=login, language=language, actor=actor, now=now
    )
    vouched_for = account.email_proved_at is not None
    if not vouched_for and account.actor.staff:
        raise Refused([NotGranted.UNPROVED])
    grant(account, role, office, actor=actor, now=now)
    if not vouched_for:  # whoever signed up with the address need not be its reader
        account.password_hash = None
        account.epoch += 1
    if account.password_hash is None:
        invite(account, path=path, holds=INVITATION_HOLDS, now=now, invited=True)
    return account


def invite_again(account: Account, *, path: str, now: datetime) -> None:
    """Send a fresh link to somebody who has not set a password yet."""
    if account.password_hash is not None or not account.email:
        raise NotAllowed
    invite(account, path=path, holds=INVITATION_HOLDS, now=now, invited=True)


def close(account: Account, *, actor: Actor, now: datetime) -> None:
    """Let nobody in by this account any more, from the next request on."""
    _whole(account, actor)
    if account.id == actor.account_id:
        raise Refused([NotGranted.OWN])
    account.closed_at = now
    account.epoch += 1
    sessions.end_all(account.id, now=now)
    record(Act.ACCOUNT_CHANGED, account, actor=actor, now=now, closed=True)


def reopen(account: Account, *, actor: Actor, now: datetime) -> None:
    """Let its holder in again."""
    _whole(account, actor)
    account.closed_at = None
    record(Act.ACCOUNT_CHANGED, account, actor=actor, now=now, closed=False)


def is_shut(account: Account, *, now: datetime) -> bool:
    """Whether strangers' wrong tries were so many that only a known device is let in."""
    return any(exhausted(failures_of(index, now=now)) for index in indexes_of(account))


def let_in(account: Account, *, actor: Actor, now: datetime) -> None:
    """Forget the wrong tries: the holder may try again from anywhere."""
    _whole(account, actor)
    for index in indexes_of(account):
        forget_failures(index)
    record(Act.TRIES_FORGOTTEN, account, actor=actor, now=now)


def may_close(actor: Actor, account: Account) -> bool:
    """Whether everything that the account holds lies within the actor's offices."""
    return account.id != actor.account_id and all(
        actor.may(Permission.GRANT_ROLES, held.path) for held in account.actor.held
    )


def _end_sessions(account: Account, actor: Actor, now: datetime) -> None:
    """Who may do other things now signs in anew, with a new session; who acts stays signed in."""
    if account.id != actor.account_id:
        sessions.end_all(account.id, now=now)


def _whole(account: Account, actor: Actor) -> None:
    if not all(actor.may(Permission.GRANT_ROLES, held.path) for held in account.actor.held):
        raise NotAllowed


def _visible(actor: Actor) -> ColumnElement[bool]:
    """Accounts with a role at one of the actor's offices, or of a person whom one knows."""
    mine = seen(actor, Permission.GRANT_ROLES)
    granted = exists().where(
        Grant.account_id == Account.id, Grant.ended_at.is_(None), Grant.office_id.in_(mine)
    )
    tied = exists().where(Tie.person_id == Account.person_id, Tie.office_id.in_(mine))
    return or_(granted, tied)
