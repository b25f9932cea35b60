"""Questions about the audit trail, and the file that is taken out of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import and_, func, not_, or_, select

from talent import audit
from talent.access import Permission
from talent.accounts.models import Account, Grant
from talent.audit import Act, AuditEntry
from talent.auditing import service as auditing
from talent.db import db
from talent.errors import NotFound
from talent.i18n import DEFAULT_ZONE, gettext, label, named
from talent.offices import service as offices
from talent.offices.models import Office
from talent.people.models import Registration
from talent.reports.trail.words import worded

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy import ColumnElement

    from talent.access import Actor
    from talent.sheets.writing import Value

PAGE = 50
PIECE = 1000  # acts that are read at once for a file
SEE = Permission.SEE_AUDIT


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which acts are wanted; what is None may be anything."""

    act: Act | None = None
    account_id: int | None = None
    who: str | None = None  # a part of the name
    office_id: int | None = None
    subject: str | None = None  # `person:12`, or `person` for all of them
    first_day: date | None = None
    last_day: date | None = None

    @property
    def query(self) -> dict[str, Any]:
        """As the address of the page says it."""
        said = {
            "act": self.act and self.act.value,
            "account": self.account_id,
            "who": self.who,
            "office": self.office_id,
            "subject": self.subject,
            "from": self.first_day and self.first_day.isoformat(),
            "to": self.last_day and self.last_day.isoformat(),
        }
        return {name: value for name, value in said.items() if value}


@dataclass(frozen=True, slots=True)
class Trace:
    """An act, with the names of who did it and of the office that it concerned."""

    entry: AuditEntry
    account: Account | None
    office: Office | None


def traces(
    actor: Actor, wanted: Wanted, *, before: int | None = None, most: int = PAGE
) -> tuple[Sequence[Trace], int | None]:
    """A page of acts that the actor may see, the newest first, and the key of the next page."""
    query = _named(actor).where(*_conditions(wanted)).order_by(AuditEntry.id.desc())
    query = query.where(AuditEntry.id < before) if before else query
    found = [Trace(*row) for row in db.session.execute(query.limit(most + 1)).all()]
    return found[:most], found[most - 1].entry.id if len(found) > most else None


def trace(actor: Actor, entry_id: int) -> Trace:
    """One act, or `NotFound`."""
    query = _named(actor).where(AuditEntry.id == entry_id)
    if (row := db.session.execute(query).one_or_none()) is None:
        raise NotFound
    return Trace(*row)


def counted(actor: Actor, wanted: Wanted) -> int:
    """How many acts would be in the file."""
    query = select(func.count()).select_from(AuditEntry)
    if wanted.who:
        query = query.outerjoin(Account, Account.id == AuditEntry.account_id)
    return db.session.scalar(query.where(_visible(actor), *_conditions(wanted))) or 0


def take_out(actor: Actor, wanted: Wanted, *, reason: str, kind: str, now: datetime) -> int:
    """Leave a trace that the trail is taken out, and why; up to which act it goes."""
    last = db.session.scalar(select(func.max(AuditEntry.id))) or 0
    chosen = wanted.query | ({"who": "…"} if wanted.who else {})  # a name is no particular
    audit.record(
        Act.TRAIL_EXPORTED, "audit", actor=actor, now=now, office_id=wanted.office_id,
        reason=reason, kind=kind, count=counted(actor, wanted), filter=chosen,
    )  # fmt: skip
    return last


def heads() -> list[str]:
    """The first row of the file."""
    return [
        gettext("Number"), gettext("Place in the chain"), gettext("Time"), gettext("Account"),
        gettext("Who"), gettext("Act"), gettext("On what"), gettext("Office"),
        gettext("Particulars"), gettext("As it is stored"),
    ]  # fmt: skip


def rows(actor: Actor, wanted: Wanted, *, before: int) -> tuple[list[list[Value]], int | None]:
    """The next acts for the file, and the key of those after them."""
    found, following = traces(actor, wanted, before=before, most=PIECE)
    places = auditing.places_of([each.entry.id for each in found])
    return [_row(each, places.get(each.entry.id)) for each in found], following


def _row(each: Trace, place: int | None) -> list[Value]:
    entry = each.entry
    return [
        entry.id,
        place,
        entry.at.isoformat(),
        entry.account_id,
        each.account.name if each.account else "",
        label(entry.act),
        entry.subject,
        named(each.office) if each.office else "",
        "; ".join(f"{name}: {value}" for name, value in worded(entry)),
        json.dumps(entry.facts, ensure_ascii=False, sort_keys=True),
    ]


def _named(actor: Actor) -> Any:
    return (
        select(AuditEntry, Account, Office)
        .outerjoin(Account, Account.id == AuditEntry.account_id)
        .outerjoin(Office, Office.id == AuditEntry.office_id)
        .where(_visible(actor))
    )


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.act:
        found += [AuditEntry.act == wanted.act]
    if wanted.account_id:
        found += [AuditEntry.account_id == wanted.account_id]
    if wanted.who:
        found += [Account.name.contains(wanted.who, autoescape=True)]
    if wanted.office_id:
        found += [AuditEntry.office_id == wanted.office_id]
    if wanted.subject:
        of_kind = AuditEntry.subject.startswith(f"{wanted.subject}:", autoescape=True)
        found += [or_(AuditEntry.subject == wanted.subject, of_kind)]
    if wanted.first_day:
        found += [AuditEntry.at >= _begin(wanted.first_day)]
    if wanted.last_day:
        found += [AuditEntry.at < _begin(wanted.last_day) + timedelta(days=1)]
    return found


def _begin(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(DEFAULT_ZONE))


def _visible(actor: Actor) -> ColumnElement[bool]:
    """What concerned one of the actor's offices; of the rest, what people of these offices did.

    Whoever audits a whole tree sees also what nobody of another tree did: tries of strangers, who
    is of no office yet, work of the system.
    """
    seen = offices.seen(actor, SEE)
    theirs = _by(Grant.office_id.in_(seen), Registration.office_id.in_(seen))
    others = _by(Grant.office_id.not_in(seen), Registration.office_id.not_in(seen))
    root = select(Office.id).where(Office.parent_id.is_(None), Office.id.in_(seen)).exists()
    nobodys = and_(root, or_(AuditEntry.account_id.is_(None), not_(others)))
    return or_(
        AuditEntry.office_id.in_(seen), and_(AuditEntry.office_id.is_(None), or_(theirs, nobodys))
    )


def _by(staff: ColumnElement[bool], volunteers: ColumnElement[bool]) -> ColumnElement[bool]:
    """What accounts did that hold a role, or whose person is registered, at such offices."""
    registered = select(Account.id).join(Registration, Registration.person_id == Account.person_id)
    return or_(
        AuditEntry.account_id.in_(select(Grant.account_id).where(staff)),
        AuditEntry.account_id.in_(registered.where(volunteers)),
    )
