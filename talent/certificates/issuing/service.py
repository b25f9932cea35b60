"""Issue: gather what is on record, ask the law, freeze it under a number of its own."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import joinedload

from talent import audit
from talent.access import Permission
from talent.audit import Act
from talent.certificates import content as contents
from talent.certificates import number as numbers
from talent.certificates import pdf
from talent.certificates.keys import service as keys
from talent.certificates.models import (
    Certificate,
    CertificateLanguage,
    CertificateLine,
)
from talent.certificates.register import service as register
from talent.certificates.seals import service as seals
from talent.db import db
from talent.errors import NotFound, Refused
from talent.hours import ledger
from talent.hours.models import RecordState, ServiceRecord
from talent.hours.service import names_of
from talent.national import service as national
from talent.offices.models import Office
from talent.offices.service import seen
from talent.people import service as persons
from talent.people.models import Person
from talent.rules import certificates as law
from talent.rules import identity
from talent.rules.reason import N_, Because
from talent.rules.words import Word

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from sqlalchemy import ColumnElement, Select

    from talent.access import Actor


class Unissued(Word):
    """Why a certificate is not issued."""

    UNPRINTABLE = "unprintable", N_("These characters cannot be printed yet: %(characters)s.")
    FAULT = (
        "fault",
        N_("It could not be issued by a fault of this system. Please tell whoever runs it."),
    )


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be certified and shown; without days everything up to today."""

    first: date | None = None
    last: date | None = None
    language: CertificateLanguage = CertificateLanguage.ZH
    office_id: int | None = None  # what this unit recorded; None: all
    document: bool = False
    volunteer_no: bool = False


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Who issues, when, and where a reader verifies."""

    actor: Actor
    now: datetime
    today: date
    verify_at: str  # an address to which a number is added


@dataclass(frozen=True, slots=True)
class Issue:
    """One act of issuing, for one person or many."""

    wish: Wish
    by: Circumstances
    handler: str
    units: Select[int] | None  # None: of all units, for a volunteer's own export
    by_office: bool = False  # and not by the volunteer or the guardian
    batch_id: int | None = None
    once: str | None = None  # of the form; sent again, it is the same certificate

    @property
    def last(self) -> date:
        """The last day that counts."""
        return self.wish.last or self.by.today


def issue_own(wish: Wish, by: Circumstances, once: str | None = None) -> Certificate:
    """A volunteer's own export, at once and without asking (Order 67 Art. 14)."""
    if (person := persons.own_person(by.actor)) is None:
        raise NotFound
    return _only(person, _without_asking(wish, by, contents.SELF), once)


def issue_for_child(
    person: Person, wish: Wish, by: Circumstances, once: str | None = None
) -> Certificate:
    """The same for a child, by the guardian."""
    persons.own_or_ward(by.actor, person.id)
    return _only(person, _without_asking(wish, by, contents.GUARDIAN), once)


def issue_for(
    person: Person, wish: Wish, by: Circumstances, once: str | None = None
) -> Certificate:
    """An office certifies what offices recorded for which the actor may issue."""
    return _only(person, by_office(wish, by), once)


def _without_asking(wish: Wish, by: Circumstances, who: Mapping[str, str]) -> Issue:
    units = select(Office.id).where(Office.id == wish.office_id) if wish.office_id else None
    return Issue(wish, by, who[wish.language.value], units)


def by_office(wish: Wish, by: Circumstances, batch_id: int | None = None) -> Issue:
    """谁记录谁证明: only what offices recorded for which the actor may issue."""
    units = seen(by.actor, Permission.ISSUE_CERTIFICATES)
    if wish.office_id:
        units = units.where(Office.id == wish.office_id)
    account_id = by.actor.account_id
    handler = names_of({account_id}).get(account_id, "")
    return Issue(wish, by, handler, units, by_office=True, batch_id=batch_id)


def _only(person: Person, issue: Issue, once: str | None) -> Certificate:
    """One certificate; the one that there is already when the same form came twice."""
    _hold([person.id])
    act = act_of(once, person.id, issue.wish) if once else None
    sent = select(Certificate).where(Certificate.once == (act or ""))
    if (made := db.session.scalars(sent).one_or_none()) is not None:
        return made
    certificates, left_out = issue_each([person], replace(issue, once=act))
    if left_out:
        raise Refused(left_out[person.id])
    return certificates[0]


def act_of(once: str, *what: object) -> str:
    """By which an act is known again: whoever goes back and changes the form asks for another."""
    return hashlib.sha256(repr((once, *what)).encode()).hexdigest()[:40]


def _hold(ids: Sequence[int]) -> None:
    """No record of theirs changes between the lines and the sum."""
    held = select(Person.id).where(Person.id.in_(ids)).order_by(Person.id)
    db.session.execute(held.with_for_update())


def issue_each(
    people: Sequence[Person], issue: Issue
) -> tuple[list[Certificate], dict[int, list[Because]]]:
    """One for each who can have one; the reasons for those who cannot, by their ids."""
    first, last = issue.wish.first, issue.last
    if reasons := law.period_refusals(first or last, last, today=issue.by.today):
        raise Refused(reasons)
    ids = [person.id for person in people]
    _hold(ids)
    records = _records(ids, issue)
    totals = ledger.minutes(
        by=("person_id",),
        person_id=ids[0] if len(ids) == 1 else None,
        offices=issue.units,
        first=first,
        last=last,
    )
    offices = {record.office_id: record.office for record in records}
    carried = seals.carried(offices, by_office=issue.by_office)
    stood = national.statuses(record.id for record in records)
    made, left_out = [], {}
    for person in people:
        lines = [contents.line_of(r) for r in records if r.person_id == person.id]
        if law.total_minutes(lines) != totals.get(person.id, 0):
            message = f"The records of person {person.id} differ from the ledger."
            raise RuntimeError(message)
        said = _content(issue, person, lines, offices, carried) if lines else None
        said = national.on_certificate(said, stood) if said else None
        if reasons := _refusals(issue, lines, said):
            left_out[person.id] = reasons
        elif said:
            made.append(_written(issue, person, lines, said))
    register.enter(made)
    return made, left_out


def _records(ids: Sequence[int], issue: Issue) -> Sequence[ServiceRecord]:
    query = select(ServiceRecord).where(
        ServiceRecord.person_id.in_(ids),
        ServiceRecord.state == RecordState.APPROVED,
        ServiceRecord.minutes > 0,  # a record that was taken back stays, with nothing in it
        ServiceRecord.day <= issue.last,
    )
    if issue.wish.first:
        query = query.where(ServiceRecord.day >= issue.wish.first)
    if issue.units is not None:
        query = query.where(ServiceRecord.office_id.in_(issue.units))
    query = query.options(joinedload(ServiceRecord.office))
    return db.session.scalars(query.order_by(ServiceRecord.day, ServiceRecord.id)).all()


def _refusals(
    issue: Issue, lines: Sequence[law.Line], said: Mapping[str, Any] | None
) -> list[Because]:
    if said is None:
        return [Because(law.Refusal.NOTHING_TO_CERTIFY)]
    first = issue.wish.first or lines[0].date
    found = {
        reason.why: reason
        for line in lines
        for reason in law.refusals(line, approved=True, first=first, last=issue.last)
    }
    if lacking := pdf.missing(said):
        characters = " ".join(f"{one} (U+{ord(one):04X})" for one in sorted(lacking))
        found[Unissued.UNPRINTABLE] = Because(Unissued.UNPRINTABLE, {"characters": characters})
    return list(found.values())


def _content(
    issue: Issue,
    person: Person,
    lines: Sequence[law.Line],
    offices: Mapping[Any, Office],
    carried: Mapping[int, Mapping[str, Any]],
) -> dict[str, Any]:
    wish, number = issue.wish, numbers.new(issue.by.today.year)
    document = identity.masked(person.document) if wish.document and person.document else None
    return contents.written(
        lines,
        offices,
        carried,
        number=number,
        issued_on=issue.by.today.isoformat(),
        language=wish.language.value,
        verify_url=f"{issue.by.verify_at}/{number}",
        handler=issue.handler,
        national_system="not_entered",
        person={
            "name": person.name,
            "document": document,
            "volunteer_number": person.volunteer_no if wish.volunteer_no else None,
        },
        period={
            "first": (wish.first or lines[0].date).isoformat(),
            "last": issue.last.isoformat(),
        },
        **keys.frozen(
            [offices[unit].id for unit in law.by_unit(lines)],
            actor=issue.by.actor,
            now=issue.by.now,
        ),
    )


def _written(
    issue: Issue, person: Person, lines: Sequence[law.Line], said: dict[str, Any]
) -> Certificate:
    certificate = Certificate(
        number=said["number"],
        person_id=person.id,
        language=issue.wish.language,
        issued_at=issue.by.now,
        issued_on=issue.by.today,
        period_from=issue.wish.first or lines[0].date,
        period_to=issue.last,
        total_minutes=said["total_minutes"],
        content=said,
        digest=contents.digest(said),
        issued_by=issue.by.actor.account_id,
        batch_id=issue.batch_id,
        once=issue.once,
    )
    certificate.lines = [
        CertificateLine(
            record_id=line.record,
            office_id=line.unit,
            minutes=line.minutes,
            said=contents.wording(line),
        )
        for line in lines
    ]
    db.session.add(certificate)
    db.session.flush()
    audit.record(
        Act.CERTIFICATE_ISSUED,
        certificate,
        actor=issue.by.actor,
        now=issue.by.now,
        office_id=said["groups"][0]["unit"],
        number=certificate.number,
        minutes=certificate.total_minutes,
    )
    return certificate


def issuable_person(actor: Actor, person_id: int) -> Person:
    """Whom an office knows for which the actor may issue, or for whom it recorded service."""
    query = select(Person).where(Person.id == person_id, known(actor))
    if (person := db.session.scalars(query).one_or_none()) is None:
        raise NotFound
    return person


def known(actor: Actor) -> ColumnElement[bool]:
    """The condition on `Person`: one for whom the actor may issue."""
    units = seen(actor, Permission.ISSUE_CERTIFICATES)
    recorded = exists().where(
        ServiceRecord.person_id == Person.id, ServiceRecord.office_id.in_(units)
    )
    return or_(persons.visible(actor, Permission.ISSUE_CERTIFICATES), recorded)


def units_of(person_id: int, actor: Actor | None = None) -> Sequence[Office]:
    """Who recorded approved service of a person; with an actor, for whom he may issue."""
    recorded = select(ServiceRecord.office_id).where(
        ServiceRecord.person_id == person_id,
        ServiceRecord.state == RecordState.APPROVED,
        ServiceRecord.minutes > 0,
    )
    query = select(Office).where(Office.id.in_(recorded))
    if actor is not None:
        query = query.where(Office.id.in_(seen(actor, Permission.ISSUE_CERTIFICATES)))
    return db.session.scalars(query.order_by(Office.id)).all()
