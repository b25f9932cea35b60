"""Certificates: find, compare with what is on record now, revoke."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import joinedload

from talent import audit
from talent.access import Permission
from talent.audit import Act
from talent.certificates import content as contents
from talent.certificates import number as numbers
from talent.certificates.models import (
    Certificate,
    CertificateKind,
    CertificateLine,
    CertificateStatus,
    RevocationKind,
)
from talent.db import db, locked
from talent.errors import NotFound, Refused
from talent.hours.models import RecordState, ServiceRecord
from talent.offices.service import seen
from talent.people import service as people
from talent.rules import certificates as law
from talent.rules.reason import N_, Because
from talent.rules.words import Word
from talent.training.models import TrainingRecord
from talent.training.service import STANDS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Select

    from talent.access import Actor
    from talent.people.models import Person

PAGE = 50


class Invalid(Word):
    """Why a certificate is not printed or revoked."""

    NOT_VALID = "not_valid", N_("This certificate is not valid any more, so it is not printed.")
    ALTERED = "altered", N_("What this certificate says was changed after it was issued.")
    REVOKED = "revoked", N_("This certificate was revoked already.")


@dataclass(frozen=True, slots=True)
class Standing:
    """What a reader is told, and what changed since it was issued."""

    status: CertificateStatus
    changes: Sequence[Because] = ()


def revoke(
    certificate: Certificate, *, kind: RevocationKind, why: str, actor: Actor, now: datetime
) -> None:
    """Forever: whoever verifies it reads the day and the kind of reason."""
    locked(Certificate, certificate.id)
    if certificate.revoked_at:
        raise Refused([Invalid.REVOKED])
    certificate.revoked_at = now
    certificate.revoked_by = actor.account_id
    certificate.revoked_kind = kind
    certificate.revoked_why = why
    audit.record(
        Act.CERTIFICATE_REVOKED,
        certificate,
        actor=actor,
        now=now,
        office_id=certificate.content["groups"][0]["unit"],
        number=certificate.number,
        kind=kind.value,
    )


def standings(certificates: Iterable[Certificate]) -> dict[int, Standing]:
    """Where each of them stands, by id; one query for all."""
    asked = list(certificates)
    training = [c for c in asked if c.kind is CertificateKind.TRAINING]
    service = [c for c in asked if c.kind is CertificateKind.SERVICE]
    found = _service_now([c.id for c in service]) if service else []
    learned = _training_now(training) if training else []
    return {
        certificate.id: _standing(
            certificate, learned if certificate.kind is CertificateKind.TRAINING else found
        )
        for certificate in asked
    }


def _service_now(certificate_ids: Collection[int]) -> list[law.Line]:
    """The records of service that these certificates list, as they stand."""
    ids = select(CertificateLine.record_id).where(
        CertificateLine.certificate_id.in_(certificate_ids)
    )
    query = select(ServiceRecord).where(
        ServiceRecord.id.in_(ids), ServiceRecord.state == RecordState.APPROVED
    )
    return [contents.line_of(record) for record in db.session.scalars(query)]


def _training_now(certificates: Collection[Certificate]) -> list[law.Line]:
    """The same of training. Where it was and how attendance was taken is as it was certified."""
    said = {line.record: line for c in certificates for line in contents.lines_in(c.content)}
    query = select(TrainingRecord).where(TrainingRecord.id.in_(said), STANDS)
    return [
        contents.of_training(
            record,
            place=said[record.id].place,
            teacher=said[record.id].in_charge,
            source=said[record.id].source,
        )
        for record in db.session.scalars(query)
    ]


def standing(certificate: Certificate) -> Standing:
    """Where it stands now."""
    return standings([certificate])[certificate.id]


def _standing(certificate: Certificate, current: Iterable[law.Line]) -> Standing:
    if certificate.revoked_at:
        return Standing(CertificateStatus.REVOKED)
    if changes := law.changes(contents.lines_in(certificate.content), current):
        return Standing(CertificateStatus.SUPERSEDED, changes)
    return Standing(CertificateStatus.VALID)


def _lines_of(actor: Actor, permission: Permission) -> Select[int]:
    """Certificates with a line of an office for which the permission is held."""
    return select(CertificateLine.certificate_id).where(
        CertificateLine.office_id.in_(seen(actor, permission))
    )


def _foreign_lines(actor: Actor, permission: Permission) -> ColumnElement[bool]:
    """The condition on `Certificate`: it also holds lines of other offices."""
    return exists().where(
        CertificateLine.certificate_id == Certificate.id,
        CertificateLine.office_id.not_in(seen(actor, permission)),
    )


def visible_certificate(actor: Actor, certificate_id: int) -> Certificate:
    """One's own or a child's, or one with a line of an office whose certificates one may see."""
    query = (
        select(Certificate)
        .where(Certificate.id == certificate_id)
        .where(
            or_(
                Certificate.person_id.in_(people.spoken_for(actor)),
                Certificate.id.in_(_lines_of(actor, Permission.SEE_CERTIFICATES)),
            )
        )
        .options(joinedload(Certificate.person))
    )
    if (certificate := db.session.scalars(query).one_or_none()) is None:
        raise NotFound
    return certificate


def sees_all_of(actor: Actor, certificate: Certificate) -> bool:
    """Whether every line is the actor's to see: what other offices recorded is not shown."""
    if actor.person_id in {certificate.person_id, certificate.person.guardian_id} - {None}:
        return True
    foreign = _foreign_lines(actor, Permission.SEE_CERTIFICATES)
    return not db.session.scalar(select(foreign).where(Certificate.id == certificate.id))


def revocable_certificate(actor: Actor, certificate_id: int) -> Certificate:
    """One with a line of an office for which the actor may revoke."""
    query = select(Certificate).where(
        Certificate.id == certificate_id,
        Certificate.id.in_(_lines_of(actor, Permission.REVOKE_CERTIFICATES)),
    )
    if (certificate := db.session.scalars(query).one_or_none()) is None:
        raise NotFound
    return certificate


def may_revoke(actor: Actor, certificate_id: int) -> bool:
    """Whether `revocable_certificate` would give it."""
    held = _lines_of(actor, Permission.REVOKE_CERTIFICATES)
    lines = select(CertificateLine.id).where(
        CertificateLine.certificate_id == certificate_id,
        CertificateLine.certificate_id.in_(held),
    )
    return db.session.scalar(select(lines.exists())) or False


def printable(actor: Actor, certificate_id: int) -> Mapping[str, Any]:
    """The content to be printed, of a certificate that is valid and the actor's to read whole."""
    certificate = visible_certificate(actor, certificate_id)
    if not sees_all_of(actor, certificate):
        raise NotFound
    if contents.digest(certificate.content) != certificate.digest:
        raise Refused([Invalid.ALTERED])
    if standing(certificate).status is not CertificateStatus.VALID:
        raise Refused([Invalid.NOT_VALID])
    return certificate.content


def find(typed: str) -> Certificate | None:
    """The certificate with the number that somebody holds in his hand."""
    query = select(Certificate).where(Certificate.number == (numbers.read(typed) or ""))
    found = db.session.scalars(query).one_or_none()
    # What was changed behind our back is not what was issued under that number.
    return found if found and contents.digest(found.content) == found.digest else None


def of_child(person: Person) -> Sequence[Certificate]:
    """The latest certificates of a child, for its guardian."""
    return _latest(select(Certificate).where(Certificate.person_id == person.id), None)


def own(actor: Actor, *, after: int | None = None) -> Sequence[Certificate]:
    """One's own, the latest first, a page and one more; `after` is the last one's id."""
    query = select(Certificate).where(Certificate.person_id == (actor.person_id or 0))
    return _latest(query, after)


def of_person(actor: Actor, person_id: int, *, after: int | None = None) -> Sequence[Certificate]:
    """A person's certificates with lines of the offices the actor may see."""
    query = (
        select(Certificate)
        .where(
            Certificate.person_id == person_id,
            Certificate.id.in_(_lines_of(actor, Permission.SEE_CERTIFICATES)),
        )
        .options(joinedload(Certificate.person))
    )
    return _latest(query, after)


def _latest(query: Select[Certificate], after: int | None) -> Sequence[Certificate]:
    if after is not None:
        query = query.where(Certificate.id < after)
    return db.session.scalars(query.order_by(Certificate.id.desc()).limit(PAGE + 1)).all()
