"""How much work each worker of an office did in a month, and the sheet it is written on."""

from __future__ import annotations

import calendar
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from dateutil.relativedelta import relativedelta
from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from talent import audit
from talent.audit import Act
from talent.db import db
from talent.errors import Refused
from talent.indicators.ceilings import service as ceilings
from talent.indicators.models import CaseCount, WorkKind
from talent.people.models import Person
from talent.rules import caseload as law
from talent.rules.reason import N_, Because
from talent.rules.words import Word
from talent.staffing.models import Appointment

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime

    from talent.access import Actor
    from talent.offices.models import Office


MOST = 100_000  # of one kind for one worker: more is a slip
MONTHS = 12
MONTH = relativedelta(months=1)


class Uncounted(Word):
    """Why counts are not written."""

    LATER = "later", N_("%(month)s has not begun yet.")
    RANGE = "range", N_("Give a whole number from 0 to 100,000.")


def last_of(month: date) -> date:
    """The last day of a month."""
    return month.replace(day=calendar.monthrange(month.year, month.month)[1])


def workers_in(offices: Iterable[int], month: date) -> dict[int, dict[int, Decimal]]:
    """By office, who was appointed there on any day of the month, with the share of full time."""
    last = last_of(month)
    query = (
        select(Appointment.office_id, Appointment.person_id, Appointment.share)
        .where(Appointment.office_id.in_(list(offices)), Appointment.starts_on <= last)
        .where(or_(Appointment.ends_on.is_(None), Appointment.ends_on > month))
    )
    found: dict[int, dict[int, Decimal]] = defaultdict(dict)
    for office_id, person_id, share in db.session.execute(query):
        before = found[office_id].get(person_id, Decimal(0))
        found[office_id][person_id] = min(law.WHOLE, before + share)
    return found


def counts(offices: Iterable[int], first: date, last: date) -> Sequence[CaseCount]:
    """What these offices wrote down of a span of months, both included, with its people."""
    query = (
        select(CaseCount)
        .where(CaseCount.office_id.in_(list(offices)))
        .where(CaseCount.month >= first, CaseCount.month <= last)
        .options(joinedload(CaseCount.person), joinedload(CaseCount.office))
        .order_by(CaseCount.month, CaseCount.id)
    )
    return db.session.scalars(query).all()


@dataclass(frozen=True, slots=True)
class Grid:
    """The sheet of an office and month: its workers, the kinds, and what is written."""

    office: Office
    month: date
    people: Sequence[Person]
    kinds: Sequence[WorkKind]
    written: Mapping[tuple[int, int], int]  # by person and kind
    before: Mapping[tuple[int, int], int]  # of the month before


def grid(actor: Actor, office: Office, month: date, *, chosen: Sequence[int] = ()) -> Grid:
    """Who worked there in the month, and the kinds that the office counts or has chosen."""
    rows = counts([office.id], month - MONTHS * MONTH, month)
    at_work = set(workers_in([office.id], month).get(office.id, {}))
    at_work |= {row.person_id for row in rows if row.month == month}
    query = select(Person).where(Person.id.in_(at_work)).order_by(Person.sort_key, Person.id)
    used = {row.kind_id for row in rows} | set(chosen)
    offered = ceilings.kinds(actor)
    shown = [kind for kind in offered if kind.id in used] or list(offered[:1])
    return Grid(
        office,
        month,
        db.session.scalars(query).all(),
        shown,
        {(row.person_id, row.kind_id): row.number for row in rows if row.month == month},
        {(row.person_id, row.kind_id): row.number for row in rows if row.month == month - MONTH},
    )


def enter(
    sheet: Grid,
    numbers: Mapping[tuple[int, int], int | None],
    *,
    actor: Actor,
    now: datetime,
    today: date,
) -> int:
    """Write the counts of a month; None takes a count away. How many are other than before."""
    if sheet.month > today:
        raise Refused([Because(Uncounted.LATER, {"month": sheet.month})])
    if any(number is not None and not 0 <= number <= MOST for number in numbers.values()):
        raise Refused([Uncounted.RANGE])
    query = select(CaseCount).where(
        CaseCount.office_id == sheet.office.id, CaseCount.month == sheet.month
    )
    there = {(row.person_id, row.kind_id): row for row in db.session.scalars(query)}
    changed: list[list[int | None]] = []
    for key, number in numbers.items():
        row = there.get(key)
        if (row.number if row else None) == number:
            continue
        changed.append([*key, row.number if row else None, number])
        if row is None:
            db.session.add(
                CaseCount(
                    person_id=key[0], kind_id=key[1], office_id=sheet.office.id,
                    month=sheet.month, number=number, made_by=actor.account_id, made_at=now,
                )
            )  # fmt: skip
        elif number is None:
            db.session.delete(row)
        else:
            row.number, row.made_by, row.made_at = number, actor.account_id, now
    db.session.flush()
    if changed:
        audit.record(
            Act.CASES_COUNTED, sheet.office, actor=actor, now=now, office_id=sheet.office.id,
            month=sheet.month.isoformat(), changed=changed,
        )  # fmt: skip
    return len(changed)
