"""Who hears of a draft: those above it when it is shared, its owner when it is answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from talent.access import GRANTS, Permission
from talent.accounts.models import Account, Grant
from talent.db import db
from talent.messages import service as messages
from talent.messages.models import MessageKind
from talent.rules.whatif import SaidKind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from talent.access import Actor
    from talent.staffing.drafts.models import Draft, Said


def tell(draft: Draft, said: Said, *, actor: Actor, now: datetime) -> int:
    """Tell those whom it concerns, and never who said it himself."""
    shared = said.kind is SaidKind.SHARED
    readers = _above(draft) if shared else _owner(draft)
    told = 0
    for account in readers:
        if account.id == actor.account_id:
            continue
        message = messages.tell(
            MessageKind.DRAFT_SHARED if shared else MessageKind.DRAFT_ANSWERED,
            once=f"{said.id}:{account.id}",
            now=now,
            account=account,
            office_id=draft.office_id,
            facts=_facts(draft, said),
        )
        told += message is not None
    return told


def _above(draft: Draft) -> Sequence[Account]:
    """Who can answer: the open accounts of the nearest office above that has any."""
    roles = [role for role, given in GRANTS.items() if Permission.EDIT_STAFFING in given]
    line = draft.office.ancestor_ids[:-1]
    query = (
        select(Grant.office_id, Account)
        .join(Account, Account.id == Grant.account_id)
        .where(Grant.office_id.in_(line), Grant.role.in_(roles))
        .where(Grant.ended_at.is_(None), Account.closed_at.is_(None))
        .order_by(Account.id)
        .distinct()
    )
    found: dict[int, list[Account]] = {}
    for office_id, account in db.session.execute(query):
        found.setdefault(office_id, []).append(account)
    return next((found[each] for each in reversed(line) if each in found), [])


def _owner(draft: Draft) -> Sequence[Account]:
    query = select(Account).where(Account.id == draft.account_id, Account.closed_at.is_(None))
    return db.session.scalars(query).all()


def _facts(draft: Draft, said: Said) -> dict[str, Any]:
    speaker = db.session.get(Account, said.said_by or 0)
    return {
        "event": said.kind.value,
        "draft": draft.name,
        "unit": {"name_zh": draft.office.name_zh, "name_en": draft.office.name_en},
        "speaker": speaker.name if speaker else "",
        "words": said.words or "",
        "path": f"/staffing/drafts/{draft.id}",
    }
