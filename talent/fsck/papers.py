"""Certificates (I6, I8): what they certify was on record, and each can be found and read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import aliased

from talent.certificates import content as contents
from talent.certificates import number as numbers
from talent.certificates.models import Certificate, CertificateKind, CertificateLine
from talent.certificates.register.models import RegisterCount, RegisterEntry
from talent.db import db
from talent.fsck.finding import AT_ONCE, Check, lines
from talent.hours.models import LedgerEntry, ServiceRecord
from talent.people.models import Person

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import ScalarSelect

    from talent.fsck.finding import Moment

_SERVICE = Certificate.kind == CertificateKind.SERVICE


def _twice(_moment: Moment) -> Iterator[str]:
    query = (
        select(
            CertificateLine.certificate_id.label("certificate"),
            CertificateLine.record_id.label("record"),
            CertificateLine.training_record_id.label("training"),
        )
        .group_by(
            CertificateLine.certificate_id,
            CertificateLine.record_id,
            CertificateLine.training_record_id,
        )
        .having(func.count() > 1)
        .order_by(CertificateLine.certificate_id)
    )
    yield from lines(query)


def _added_up(_moment: Moment) -> Iterator[str]:
    total = func.coalesce(func.sum(CertificateLine.minutes), 0)
    query = (
        select(Certificate.id.label("certificate"), Certificate.total_minutes.label("says"),
               total.label("lines"))
        .outerjoin(CertificateLine, CertificateLine.certificate_id == Certificate.id)
        .group_by(Certificate.id, Certificate.total_minutes)
        .having(or_(total != Certificate.total_minutes, func.count(CertificateLine.id) == 0))
        .order_by(Certificate.id)
    )  # fmt: skip
    yield from lines(query)


def _as_it_stood(_moment: Moment) -> Iterator[str]:
    """The minutes of a line are those that the ledger had when the certificate was issued.

    Of what was written in that very moment, any part may have come before, from the first on.
    """
    last = aliased(LedgerEntry)
    so_far = (
        select(func.sum(LedgerEntry.minutes))
        .where(LedgerEntry.record_id == last.record_id, LedgerEntry.id <= last.id)
        .correlate(last)
        .scalar_subquery()
    )
    in_between = (
        select(last.id)
        .where(last.record_id == CertificateLine.record_id, last.at == Certificate.issued_at)
        .where(so_far == CertificateLine.minutes)
        .correlate(CertificateLine, Certificate)
        .exists()
    )

    def had(*, until: bool) -> ScalarSelect[int]:
        at, issued = LedgerEntry.at, Certificate.issued_at
        query = select(func.coalesce(func.sum(LedgerEntry.minutes), 0)).where(
            LedgerEntry.record_id == CertificateLine.record_id,
            at <= issued if until else at < issued,
        )
        return query.correlate(CertificateLine, Certificate).scalar_subquery()

    query = (
        select(Certificate.id.label("certificate"), CertificateLine.record_id.label("record"),
               CertificateLine.minutes.label("certifies"), had(until=True).label("ledger"))
        .join(Certificate, Certificate.id == CertificateLine.certificate_id)
        .where(_SERVICE, CertificateLine.minutes != had(until=True),
               CertificateLine.minutes != had(until=False), ~in_between)
        .order_by(CertificateLine.id)
    )  # fmt: skip
    yield from lines(query)


def _of_the_person(_moment: Moment) -> Iterator[str]:
    """A certificate and the records on it are of one person, or of files that were joined."""
    of, said = Person.__table__.alias(), Person.__table__.alias()
    mine = func.coalesce(of.c.merged_into_person_id, of.c.id)
    whose = func.coalesce(said.c.merged_into_person_id, said.c.id)
    query = (
        select(Certificate.id.label("certificate"), ServiceRecord.id.label("record"))
        .join(CertificateLine, CertificateLine.certificate_id == Certificate.id)
        .join(ServiceRecord, ServiceRecord.id == CertificateLine.record_id)
        .join(of, of.c.id == ServiceRecord.person_id)
        .join(said, said.c.id == Certificate.person_id)
        .where(mine != whose)
        .order_by(Certificate.id)
    )
    yield from lines(query)


def _readable(_moment: Moment) -> Iterator[str]:
    """The number can be typed in, and the content is the one whose digest was kept."""
    columns = (Certificate.id, Certificate.number, Certificate.content, Certificate.digest)
    query = select(*columns).order_by(Certificate.id)
    for id_, number, content, digest in db.session.execute(
        query, execution_options={"yield_per": AT_ONCE}
    ):
        if numbers.read(number) != number:
            yield f"certificate {id_}, number {number}"
        if contents.digest(content) != digest:
            yield f"certificate {id_}, says something else than when it was issued"


def _registered(_moment: Moment) -> Iterator[str]:
    """Every office that recorded something on a certificate has it in its register."""
    there = select(1).where(
        RegisterEntry.certificate_id == CertificateLine.certificate_id,
        RegisterEntry.office_id == CertificateLine.office_id,
    )
    query = select(
        CertificateLine.certificate_id.label("certificate"),
        CertificateLine.office_id.label("not in the register of office"),
    )
    query = query.where(~there.correlate(CertificateLine).exists()).distinct()
    yield from lines(query.order_by(CertificateLine.certificate_id, CertificateLine.office_id))


def _numbered(_moment: Moment) -> Iterator[str]:
    """The numbers of an office's year are 1, 2, 3 and so on, as many as were counted."""
    entries: Any = (
        select(
            RegisterEntry.office_id,
            RegisterEntry.year,
            func.count().label("number"),
            func.min(RegisterEntry.sequence).label("first"),
            func.max(RegisterEntry.sequence).label("last"),
        )
        .group_by(RegisterEntry.office_id, RegisterEntry.year)
        .subquery()
    )
    counted = func.coalesce(RegisterCount.number, 0)
    query = (
        select(entries.c.office_id.label("office"), entries.c.year, entries.c.number,
               entries.c.last, counted.label("counted"))
        .outerjoin(RegisterCount, (RegisterCount.office_id == entries.c.office_id)
                   & (RegisterCount.year == entries.c.year))
        .where(or_(entries.c.first != 1, entries.c.last != entries.c.number,
                   counted != entries.c.number))
        .order_by(entries.c.office_id, entries.c.year)
    )  # fmt: skip
    yield from lines(query)


CHECKS = (
    Check("I6", "no certificate counts a record twice", _twice),
    Check("I6", "every certificate is the sum of its lines", _added_up),
    Check("I6", "what was certified stood in the ledger then", _as_it_stood),
    Check("I6", "certificates are of the person who served", _of_the_person),
    Check("I8", "every certificate can be found by its number and says what it said", _readable),
    Check("I8", "every certificate stands in the registers of its offices", _registered),
    Check("I8", "registers count from 1 and leave nothing out", _numbered),
)
