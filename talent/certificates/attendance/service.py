"""Certificates of attendance: for one training record of a session that the office held."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import or_, select
from sqlalchemy.orm import contains_eager, joinedload

from talent import audit
from talent.access import Permission
from talent.audit import Act
from talent.certificates import content as contents
from talent.certificates import number as numbers
from talent.certificates import pdf
from talent.certificates import service as certificates
from talent.certificates.issuing.service import Unissued
from talent.certificates.keys import service as keys
from talent.certificates.models import (
    Certificate,
    CertificateKind,
    CertificateLanguage,
    CertificateLine,
    CertificateStatus,
)
from talent.certificates.register import service as register
from talent.certificates.seals import service as seals
from talent.db import db, locked
from talent.errors import NotFound, Refused
from talent.hours.service import names_of
from talent.offices.service import seen
from talent.people import service as people
from talent.people.models import Person
from talent.rules import training as law
from talent.rules.reason import Because
from talent.rules.training import Source
from talent.training.attendance import service as presences
from talent.training.models import Seat, TrainingRecord

if TYPE_CHECKING:
    from collections.abc import Iterable

    from talent.access import Actor
    from talent.certificates.issuing.service import Circumstances
    from talent.rules.certificates import Line
    from talent.training.models import Session

# As certificates of service call it: what the code or the trainer took is system-verified.
SOURCES = {Source.CODE: "attendance", Source.LIST: "leader", Source.PAPER: "sheet"}


@dataclass(frozen=True, slots=True)
class Attended:
    """A training record with the session in which it was earned."""

    record: TrainingRecord
    session: Session | None
    by_office: bool


def attended(actor: Actor, record_id: int) -> Attended:
    """A record of one's own, of a child, or of an office for which the actor may issue."""
    units = seen(actor, Permission.ISSUE_CERTIFICATES)
    own = people.spoken_for(actor)
    query = (
        select(TrainingRecord, TrainingRecord.person_id.in_(own))
        .where(TrainingRecord.id == record_id)
        .where(or_(TrainingRecord.person_id.in_(own), TrainingRecord.office_id.in_(units)))
        .options(
            joinedload(TrainingRecord.person),
            joinedload(TrainingRecord.office),
            joinedload(TrainingRecord.course),
        )
    )
    row = db.session.execute(query).one_or_none()
    if row is None:
        raise NotFound
    record, mine = row
    seat = db.session.get(Seat, record.seat_id) if record.seat_id else None
    return Attended(record, seat.session if seat else None, by_office=not mine)


def refusals(found: Attended) -> list[Because]:
    """Why no certificate is issued: only what the office held itself, and what stands."""
    return law.refusals_to_certify(
        held_here=found.session is not None, stands=found.record.ended_at is None
    )


def of_record(record: TrainingRecord, language: CertificateLanguage) -> Certificate | None:
    """The certificate of this record that is valid already."""
    query = (
        select(Certificate)
        .join(CertificateLine, CertificateLine.certificate_id == Certificate.id)
        .where(CertificateLine.training_record_id == record.id)
        .where(Certificate.language == language, Certificate.revoked_at.is_(None))
        .order_by(Certificate.id.desc())
    )
    found = db.session.scalars(query).all()
    standings = certificates.standings(found)
    valid = (one for one in found if standings[one.id].status is CertificateStatus.VALID)
    return next(valid, None)


def certified(record_ids: Iterable[int]) -> dict[int, int]:
    """The latest certificate of each of these records, by its id; revoked ones are none."""
    query = (
        select(CertificateLine.training_record_id, Certificate.id)
        .join(Certificate, Certificate.id == CertificateLine.certificate_id)
        .where(CertificateLine.training_record_id.in_(list(record_ids)))
        .where(Certificate.revoked_at.is_(None))
        .order_by(Certificate.id)
    )
    return {record_id: number for record_id, number in db.session.execute(query) if record_id}


def issue(
    found: Attended, language: CertificateLanguage, by: Circumstances, *, volunteer_no: bool = False
) -> Certificate:
    """Certify what was attended; asked for again, it is the same certificate."""
    record = locked(TrainingRecord, found.record.id)
    if reasons := refusals(found):
        raise Refused(reasons)
    if made := of_record(record, language):
        return made
    line = _line(found)
    said = _content(found, line, language, by, volunteer_no=volunteer_no)
    if lacking := pdf.missing(said):
        characters = " ".join(f"{one} (U+{ord(one):04X})" for one in sorted(lacking))
        raise Refused([Because(Unissued.UNPRINTABLE, {"characters": characters})])
    certificate = Certificate(
        number=said["number"], kind=CertificateKind.TRAINING, person_id=record.person_id,
        language=language, issued_at=by.now, issued_on=by.today, period_from=record.held_on,
        period_to=record.held_on, total_minutes=line.minutes, content=said,
        digest=contents.digest(said), issued_by=by.actor.account_id,
    )  # fmt: skip
    certificate.lines = [
        CertificateLine(
            training_record_id=record.id, office_id=record.office_id, minutes=line.minutes,
            said=contents.wording(line),
        )
    ]  # fmt: skip
    db.session.add(certificate)
    db.session.flush()
    register.enter([certificate])
    audit.record(
        Act.CERTIFICATE_ISSUED, certificate, actor=by.actor, now=by.now,
        office_id=record.office_id, number=certificate.number, minutes=certificate.total_minutes,
        kind=certificate.kind.value,
    )  # fmt: skip
    return certificate


def of_session(actor: Actor, session: Session) -> list[Attended]:
    """Who earned a record in a session, by name, at offices for which the actor may issue."""
    own = set(db.session.scalars(people.spoken_for(actor)))
    query = (
        select(TrainingRecord)
        .join(Seat, Seat.id == TrainingRecord.seat_id)
        .join(TrainingRecord.person)
        .where(Seat.session_id == session.id, TrainingRecord.ended_at.is_(None))
        .where(TrainingRecord.office_id.in_(seen(actor, Permission.ISSUE_CERTIFICATES)))
        .options(
            contains_eager(TrainingRecord.person),
            joinedload(TrainingRecord.office),
            joinedload(TrainingRecord.course),
        )
        .order_by(Person.sort_key, TrainingRecord.id)
    )
    return [
        Attended(record, session, by_office=record.person_id not in own)
        for record in db.session.scalars(query)
    ]


def issue_session(
    session: Session, language: CertificateLanguage, by: Circumstances, *, volunteer_no: bool
) -> tuple[list[Certificate], dict[int, list[Because]]]:
    """Certify everybody; who has one keeps it. Those who cannot have one, by their records."""
    made, left_out = [], {}
    for found in of_session(by.actor, session):
        try:
            made.append(issue(found, language, by, volunteer_no=volunteer_no))
        except Refused as refusal:
            left_out[found.record.id] = refusal.reasons
    return made, left_out


def _line(found: Attended) -> Line:
    record, session = found.record, found.session
    known = presences.sources_of([record.seat_id] if record.seat_id else [])
    sources = known.get(record.seat_id or 0, set())
    source = next(
        (s for s in (Source.PAPER, Source.LIST, Source.CODE) if s in sources), Source.LIST
    )
    return contents.of_training(
        record,
        place=session.place if session else "",
        teacher=session.teacher if session else None,
        source=SOURCES[source],
    )


def _content(
    found: Attended,
    line: Line,
    language: CertificateLanguage,
    by: Circumstances,
    *,
    volunteer_no: bool,
) -> dict[str, Any]:
    record, number = found.record, numbers.new(by.today.year)
    account_id = by.actor.account_id
    handler = (
        names_of({account_id}).get(account_id, "")
        if found.by_office
        else contents.SELF[language.value]
    )
    course = record.course
    return contents.written(
        [line],
        {record.office_id: record.office},
        seals.carried([record.office_id], by_office=found.by_office),
        kind=CertificateKind.TRAINING.value,
        number=number,
        issued_on=by.today.isoformat(),
        language=language.value,
        verify_url=f"{by.verify_at}/{number}",
        handler=handler,
        national_system="not_entered",
        person={
            "name": record.person.name,
            "document": None,
            "volunteer_number": record.person.volunteer_no if volunteer_no else None,
        },
        period={"first": record.held_on.isoformat(), "last": record.held_on.isoformat()},
        training={
            "name_zh": record.name,
            "name_en": course.name_en if course else None,
            "outcome": course.outcome if course else None,
            "kind": course.kind.value if course else None,
            "valid_until": record.valid_until.isoformat() if record.valid_until else None,
            "continuing_education": record.continuing_education,
        },
        **keys.frozen([record.office_id], actor=by.actor, now=by.now),
    )
