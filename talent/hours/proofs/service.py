"""What the nightly checks of the ledger found: asked by office, and told when it is bad."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from talent.access import Actor, Permission, Role
from talent.db import db
from talent.hours import staff
from talent.hours.models import LedgerChain, LedgerProof
from talent.hours.proving import service as proving
from talent.messages import service as messages
from talent.messages.models import MessageKind
from talent.offices import service as offices
from talent.offices.models import Office

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

PAGE = 50
FRESH = timedelta(days=3)  # what a check found longer ago was told then
_ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})


def checked(actor: Actor, *, after: int = 0) -> list[tuple[Office, LedgerProof | None]]:
    """Offices with a ledger, and the last check of each: a page and one more."""
    query = (
        select(Office)
        .join(LedgerChain, LedgerChain.office_id == Office.id)
        .where(Office.id > after, offices.within(actor, Permission.SEE_HOURS))
        .order_by(Office.id)
        .limit(PAGE + 1)
    )
    found = db.session.scalars(query).all()
    last = proving.last_of([office.id for office in found])
    return [(office, last.get(office.id)) for office in found]


def proofs_of(office_id: int, *, before: int | None = None) -> Sequence[LedgerProof]:
    """The checks of an office's ledger, the latest first, a page and one more."""
    query = select(LedgerProof).where(LedgerProof.office_id == office_id)
    query = query.where(LedgerProof.id < before) if before else query
    return db.session.scalars(query.order_by(LedgerProof.id.desc()).limit(PAGE + 1)).all()


def tell_faults(now: datetime) -> int:
    """Tell the administrators of faults in a ledger: once for each set of them, not each night."""
    newest = select(func.max(LedgerProof.id)).group_by(LedgerProof.office_id)
    query = select(LedgerProof).where(LedgerProof.id.in_(newest), LedgerProof.at > now - FRESH)
    proofs = db.session.scalars(query.order_by(LedgerProof.id))
    found = [proof for proof in proofs if proof.faults]
    units = {
        office.id: office
        for office in db.session.scalars(
            select(Office).where(Office.id.in_([p.office_id for p in found]))
        )
    }
    held = staff.holders(_ADMINISTRATORS) if found else {}
    told = 0
    for proof in found:
        same = hashlib.sha256(json.dumps(proof.faults, sort_keys=True).encode()).hexdigest()[:16]
        for account in staff.of(units[proof.office_id], held):
            message = messages.tell(
                MessageKind.LEDGER_FAULTS,
                once=f"{proof.office_id}:{same}:{account.id}",
                now=now,
                account=account,
                office_id=proof.office_id,
                facts={
                    "count": len(proof.faults),
                    "path": f"/hours/ledger/{proof.office_id}",
                },
            )
            told += message is not None
    return told
