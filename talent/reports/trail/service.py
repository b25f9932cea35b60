"""Questions about the audit trail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy import and_, or_, select

from talent.access import Permission
from talent.accounts.models import Account, Grant
from talent.audit import AuditEntry
from talent.auditing import service as auditing
from talent.db import db
from talent.i18n import DEFAULT_ZONE
from talent.offices import service as offices
from talent.offices.models import Office
from talent.people.models import Registration

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy import ColumnElement

    from talent.access import Actor
    from talent.audit import Act

PAGE = 50


@dataclass(frozen=True, slots=True)
class Trace:
    """An act, with the names of who did it and of the office that it concerned."""

    entry: AuditEntry
    account: Account | None
    office: Office | None


def traces(
    actor: Actor,
    *,
    act: Act | None = None,
    day: date | None = None,
    account_id: int | None = None,
    before: int | None = None,
) -> tuple[Sequence[Trace], int | None]:
    """A page of acts that the actor may see, the newest first, and the key of the next page."""
    wanted = [_visible(actor)]
    wanted += [AuditEntry.act == act] if act else []
    wanted += [AuditEntry.account_id == account_id] if account_id else []
    wanted += [AuditEntry.id < before] if before else []
    if day:
        begins = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(DEFAULT_ZONE))
        wanted += [AuditEntry.at >= begins, AuditEntry.at < begins + timedelta(days=1)]
    query = (
        select(AuditEntry, Account, Office)
        .outerjoin(Account, Account.id == AuditEntry.account_id)
        .outerjoin(Office, Office.id == AuditEntry.office_id)
        .where(*wanted)
        .order_by(AuditEntry.id.desc())
        .limit(PAGE + 1)
    )
    found = [Trace(*row) for row in db.session.execute(query).all()]
    return found[:PAGE], found[PAGE - 1].entry.id if len(found) > PAGE else None


def _visible(actor: Actor) -> ColumnElement[bool]:
    """What concerned one of the actor's offices; of the rest, what people of these offices did.

    Whoever audits a whole tree sees also what nobody did: tries of strangers, work of the system.
    """
    seen = offices.seen(actor, Permission.SEE_AUDIT)
    staff = select(Grant.account_id).where(Grant.office_id.in_(seen))
    volunteers = (
        select(Account.id)
        .join(Registration, Registration.person_id == Account.person_id)
        .where(Registration.office_id.in_(seen))
    )
    theirs = or_(AuditEntry.account_id.in_(staff), AuditEntry.account_id.in_(volunteers))
    root = select(Office.id).where(Office.parent_id.is_(None), Office.id.in_(seen)).exists()
    return or_(
        AuditEntry.office_id.in_(seen), and_(AuditEntry.office_id.is_(None), or_(theirs, root))
    )
