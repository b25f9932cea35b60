"""Who is told of what lies with an office, and who is one and the same person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from talent.access import GRANTS, Actor, Permission, Role
from talent.accounts.models import Account, Grant
from talent.db import db

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from talent.offices.models import Office

    Holders = Mapping[int, Sequence[Account]]

LEADERS = frozenset({Role.LEADER})


def roles_with(permission: Permission) -> frozenset[Role]:
    """The roles that hold a permission."""
    return frozenset(role for role, given in GRANTS.items() if permission in given)


def holders(roles: Iterable[Role]) -> Holders:
    """The open accounts with one of the roles, by the office at which it was given."""
    query = (
        select(Grant.office_id, Account)
        .join(Account, Account.id == Grant.account_id)
        .where(Grant.role.in_(list(roles)), Grant.ended_at.is_(None), Account.closed_at.is_(None))
        .order_by(Account.id)
        .distinct()
    )
    found: dict[int, list[Account]] = {}
    for office_id, account in db.session.execute(query):
        found.setdefault(office_id, []).append(account)
    return found


def of(office: Office, held: Holders) -> Sequence[Account]:
    """Those of the office; where it has none, those of the nearest office above."""
    return _nearest(office.ancestor_ids, held)


def above(office: Office, held: Holders) -> Sequence[Account]:
    """Those of the nearest office above; above the root there is only the root."""
    return _nearest(office.ancestor_ids[:-1] or office.ancestor_ids, held)


def _nearest(line: Sequence[int], held: Holders) -> Sequence[Account]:
    return next((held[each] for each in reversed(line) if each in held), ())


def who(actor: Actor) -> tuple[str, int | None]:
    """A person where there is one, so that two accounts of one person are one."""
    return _who(actor.account_id, actor.person_id)


def who_is(account_id: int) -> tuple[str, int | None]:
    """The same for an account of which only the number is kept."""
    account = db.session.get(Account, account_id)
    return _who(account_id, account.person_id if account else None)


def who_are(account_ids: Iterable[int]) -> dict[int, tuple[str, int | None]]:
    """The same for several accounts, in one question."""
    query = select(Account.id, Account.person_id).where(Account.id.in_(account_ids))
    return {id_: _who(id_, person_id) for id_, person_id in db.session.execute(query)}


def volunteer(person_id: int) -> tuple[str, int | None]:
    """The same for a volunteer."""
    return _who(None, person_id)


def _who(account_id: int | None, person_id: int | None) -> tuple[str, int | None]:
    return ("person", person_id) if person_id else ("account", account_id)
