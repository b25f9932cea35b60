"""Appointments of people to offices: asked for, written, ended."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import or_, select, tuple_
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import contains_eager, joinedload

from talent import audit
from talent.access import Permission
from talent.audit import Act
from talent.db import db
from talent.errors import NotFound, Refused
from talent.offices.models import Office, OfficeKind
from talent.offices.service import offices_of, seen
from talent.people import service as people
from talent.people.models import Person
from talent.rules.reason import N_, Because
from talent.rules.words import Word
from talent.staffing.models import Appointment, AppointmentKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

    from talent.access import Actor

PAGE = 50
ONE_DAY = timedelta(days=1)
THOUSANDTH = Decimal("0.001")
_KEY_PARTS = 3


class Unappointed(Word):
    """Why an appointment is not written."""

    TURNED = "turned", N_("The last day, %(last)s, is before the first day, %(first)s.")
    TWICE = "twice", N_("This appointment is on record already, from the same day.")
    SAME_POST = (
        "same_post",
        N_("This person holds the same post at this office from %(first)s on."),
    )
    PROBATION = "probation", N_("The probation ends before the appointment begins.")
    LEAVE = "leave", N_("The leave ends on %(last)s, before it begins on %(first)s.")


@dataclass(frozen=True, slots=True)
class Terms:
    """What an appointment says. `last_day` is the last on which it holds; None: no end yet."""

    kind: AppointmentKind
    starts_on: date
    last_day: date | None = None
    post: str | None = None
    share: Decimal = Decimal(1)  # of full time
    on_leave: bool = False
    probation_until: date | None = None
    leave_from: date | None = None  # None: from the first day of the appointment
    leave_until: date | None = None  # its last day; None: no end is known

    @property
    def ends_on(self) -> date | None:
        """The first day on which it no longer holds."""
        return self.last_day and self.last_day + ONE_DAY


def terms_of(row: Appointment) -> Terms:
    """What is on record."""
    return Terms(
        kind=row.kind,
        starts_on=row.starts_on,
        last_day=row.ends_on and row.ends_on - ONE_DAY,
        post=row.post,
        share=row.share,
        on_leave=row.on_leave,
        probation_until=row.probation_until,
        leave_from=row.leave_starts_on,
        leave_until=row.leave_ends_on and row.leave_ends_on - ONE_DAY,
    )


def listed(
    actor: Actor,
    *,
    office: Office | None = None,
    kind: AppointmentKind | None = None,
    on: date | None = None,
    after: str = "",
) -> Sequence[Appointment]:
    """A page of appointments by office and name, and one more; `on`: those that hold that day.

    An office stands for itself and all below it.
    """
    query = (
        select(Appointment)
        .join(Appointment.office)
        .join(Appointment.person)
        .where(Appointment.office_id.in_(seen(actor, Permission.SEE_STAFFING)))
        .options(contains_eager(Appointment.office), contains_eager(Appointment.person))
        .order_by(Appointment.office_id, Person.sort_key, Appointment.id)
        .limit(PAGE + 1)
    )
    if office:
        query = query.where(Office.path.startswith(office.path, autoescape=True))
    if kind:
        query = query.where(Appointment.kind == kind)
    if on:
        open_ = or_(Appointment.ends_on.is_(None), Appointment.ends_on > on)
        query = query.where(Appointment.starts_on <= on, open_)
    parts = after.split(":", _KEY_PARTS - 1)
    if len(parts) == _KEY_PARTS and parts[0].isdecimal() and parts[1].isdecimal():
        keys = tuple_(Appointment.office_id, Person.sort_key, Appointment.id)
        query = query.where(keys > tuple_(int(parts[0]), parts[2], int(parts[1])))
    return db.session.scalars(query).all()


def key(row: Appointment) -> str:
    """Where the next page begins."""
    return f"{row.office_id}:{row.id}:{row.person.sort_key}"


def of_person(actor: Actor, person_id: int) -> Sequence[Appointment]:
    """What one person holds and held at the actor's offices, the latest first."""
    query = (
        select(Appointment)
        .join(Appointment.office)
        .where(Appointment.person_id == person_id)
        .where(Appointment.office_id.in_(seen(actor, Permission.SEE_STAFFING)))
        .options(contains_eager(Appointment.office))
        .order_by(Appointment.starts_on.desc(), Appointment.id.desc())
    )
    return db.session.scalars(query).all()


def held_at(office: Office, *, on: date) -> Sequence[Appointment]:
    """What is held at one office on a day, by the names of the people."""
    query = (
        select(Appointment)
        .join(Appointment.person)
        .where(
            Appointment.office_id == office.id,
            Appointment.starts_on <= on,
            or_(Appointment.ends_on.is_(None), Appointment.ends_on > on),
        )
        .options(contains_eager(Appointment.person))
        .order_by(Person.sort_key, Appointment.id)
    )
    return db.session.scalars(query).all()


def editable(actor: Actor, appointment_id: int) -> Appointment:
    """An appointment that the actor may change, or `NotFound`."""
    query = (
        select(Appointment)
        .join(Appointment.office)
        .join(Appointment.person)
        .where(Appointment.id == appointment_id)
        .where(Appointment.office_id.in_(seen(actor, Permission.EDIT_STAFFING)))
        .options(contains_eager(Appointment.office), contains_eager(Appointment.person))
    )
    if (found := db.session.scalars(query).one_or_none()) is None:
        raise NotFound
    return found


def employers(actor: Actor) -> list[Office]:
    """The offices to which the actor may appoint; a partner organisation employs its own."""
    found = offices_of(actor, Permission.EDIT_STAFFING)
    return [office for office in found if office.open and office.kind is not OfficeKind.PARTNER]


def appoint(
    person: Person, office: Office, terms: Terms, *, actor: Actor, now: datetime
) -> Appointment:
    """Write an appointment; from now on the office knows the person."""
    _check(person.id, office.id, terms)
    row = Appointment(person_id=person.id, office_id=office.id, **_columns(terms))
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError:
        raise Refused([Unappointed.TWICE]) from None
    people.tie(person, office)
    audit.record(
        Act.APPOINTMENT_CHANGED, row, actor=actor, now=now, office_id=office.id, **_facts(terms)
    )
    return row


def change(row: Appointment, terms: Terms, *, actor: Actor, now: datetime) -> None:
    """Write what changed, with what stood before."""
    before = terms_of(row)
    if before == terms:
        return
    _check(row.person_id, row.office_id, terms, but=row.id)
    try:
        with db.session.begin_nested():
            for name, value in _columns(terms).items():
                setattr(row, name, value)
    except IntegrityError:
        raise Refused([Unappointed.TWICE]) from None
    facts = _facts(terms) | {"before": _facts(before)}
    audit.record(
        Act.APPOINTMENT_CHANGED, row, actor=actor, now=now, office_id=row.office_id, **facts
    )


def end(row: Appointment, *, last_day: date, actor: Actor, now: datetime) -> None:
    """Say on which day it holds for the last time."""
    change(row, replace(terms_of(row), last_day=last_day), actor=actor, now=now)


def refusals(terms: Terms, others: Iterable[Terms]) -> list[Because]:
    """Nobody holds one post twice at a time; many posts at once are common.

    `others` are the appointments of the same person to the same office.
    """
    if terms.last_day and terms.last_day < terms.starts_on:
        facts = {"last": terms.last_day, "first": terms.starts_on}
        return [Because(Unappointed.TURNED, facts)]
    if terms.probation_until and terms.probation_until < terms.starts_on:
        return [Because(Unappointed.PROBATION)]
    if terms.leave_from and terms.leave_until and terms.leave_until < terms.leave_from:
        facts = {"last": terms.leave_until, "first": terms.leave_from}
        return [Because(Unappointed.LEAVE, facts)]
    for other in others:
        if other.kind is not terms.kind:
            continue
        if other.starts_on == terms.starts_on:
            return [Because(Unappointed.TWICE)]
        apart = (other.ends_on and other.ends_on <= terms.starts_on) or (
            terms.ends_on and terms.ends_on <= other.starts_on
        )
        if not apart and (other.post or "") == (terms.post or ""):
            return [Because(Unappointed.SAME_POST, {"first": other.starts_on})]
    return []


def clashing(one: int, other: int) -> list[Appointment]:
    """Posts of one file that its person would hold twice at a time with those of the other."""
    query = select(Appointment).where(Appointment.person_id.in_([one, other]))
    query = query.options(joinedload(Appointment.office)).order_by(Appointment.id)
    rows = db.session.scalars(query).all()
    beside: dict[int, list[Terms]] = {}
    for row in rows:
        if row.person_id == other:
            beside.setdefault(row.office_id, []).append(terms_of(row))
    return [
        row
        for row in rows
        if row.person_id == one
        and any(
            because.why is Unappointed.SAME_POST
            for because in refusals(terms_of(row), beside.get(row.office_id, ()))
        )
    ]


def _check(person_id: int, office_id: int, terms: Terms, but: int | None = None) -> None:
    query = select(Appointment).where(
        Appointment.person_id == person_id,
        Appointment.office_id == office_id,
        Appointment.id != (but or 0),
    )
    if reasons := refusals(terms, map(terms_of, db.session.scalars(query))):
        raise Refused(reasons)


def _columns(terms: Terms) -> dict[str, object]:
    return {
        "kind": terms.kind,
        "post": terms.post,
        "share": terms.share.quantize(THOUSANDTH),
        "starts_on": terms.starts_on,
        "ends_on": terms.ends_on,
        "probation_until": terms.probation_until,
        "on_leave": terms.on_leave,
        "leave_starts_on": terms.leave_from if terms.on_leave else None,
        "leave_ends_on": terms.leave_until + ONE_DAY
        if terms.on_leave and terms.leave_until
        else None,
    }


def _facts(terms: Terms) -> dict[str, object]:
    """What the trace keeps: words and days, nothing of the person."""
    return {
        "kind": terms.kind.value,
        "from": terms.starts_on.isoformat(),
        "to": terms.last_day.isoformat() if terms.last_day else None,
        "share": f"{terms.share:f}",
        "on_leave": terms.on_leave,
        "probation": terms.probation_until.isoformat() if terms.probation_until else None,
        "leave_from": terms.leave_from.isoformat() if terms.leave_from else None,
        "leave_to": terms.leave_until.isoformat() if terms.leave_until else None,
    }
