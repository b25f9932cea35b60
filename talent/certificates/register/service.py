"""The register of an office (台账): each certificate under its number of the year."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import case, exists, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import contains_eager, joinedload

from talent.access import Permission
from talent.accounts.models import Account
from talent.certificates import content as contents
from talent.certificates import number as numbers
from talent.certificates.models import (
    Certificate,
    CertificateKind,
    CertificateLine,
    CertificateStatus,
)
from talent.certificates.register.models import RegisterCount, RegisterEntry
from talent.db import db
from talent.hours.models import RecordState, ServiceRecord
from talent.offices.models import Office
from talent.offices.service import seen, visible_office
from talent.people import service as people
from talent.people.models import Person
from talent.training.models import TrainingRecord
from talent.training.service import STANDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from sqlalchemy import ColumnElement, Select

    from talent.access import Actor

PAGE = 50
PIECE = 500  # entries that an export reads at a time
MOST_EXPORTED = 50_000


@dataclass(frozen=True, slots=True)
class Sought:
    """What of the register is looked for; nothing said: everything one may see."""

    q: str = ""  # of a person or a number
    office_id: int | None = None
    below: bool = True  # also the offices below it
    first: date | None = None
    last: date | None = None
    status: CertificateStatus | None = None
    by: str = ""  # "self", or the number of the account that issued
    batch_id: int | None = None
    kind: CertificateKind | None = None


def enter(certificates: Iterable[Certificate]) -> None:
    """Give each its number in the register of every office that recorded something on it.

    The counts are held in the order of offices and years until the transaction ends: so a number
    is given once and none is left out.
    """
    wanted = sorted(
        (
            (group["unit"], certificate.issued_on.year, certificate.id, certificate, group)
            for certificate in certificates
            for group in certificate.content["groups"]
        ),
        key=lambda one: one[:3],
    )
    for office_id, year, _, certificate, group in wanted:
        db.session.add(
            RegisterEntry(
                certificate_id=certificate.id,
                office_id=office_id,
                year=year,
                sequence=_next(office_id, year),
                issued_on=certificate.issued_on,
                minutes=group["total_minutes"],
                verified=group["verified_minutes"],
            )
        )
    db.session.flush()


def _next(office_id: int, year: int) -> int:
    insert: Any = {"sqlite": sqlite, "postgresql": postgresql}[db.engine.dialect.name].insert
    row = insert(RegisterCount).values(office_id=office_id, year=year, number=1)
    counted = row.on_conflict_do_update(
        index_elements=["office_id", "year"],
        set_={"number": RegisterCount.__table__.c.number + 1},
    )
    return int(db.session.execute(counted.returning(RegisterCount.number)).scalar_one())


def _superseded() -> ColumnElement[bool]:
    """On `Certificate`: a record that it counts is gone, or counts or says something else now."""
    line, record = CertificateLine, ServiceRecord
    same = (
        record.id == line.record_id,
        record.state == RecordState.APPROVED,
        record.minutes == line.minutes,
        or_(line.said.is_(None), line.said == contents.wording_now()),
    )
    changed = line.record_id.is_not(None) & ~exists().where(*same)
    learned = (
        TrainingRecord.id == line.training_record_id,
        TrainingRecord.minutes == line.minutes,
        STANDS,
    )
    lost = line.training_record_id.is_not(None) & ~exists().where(*learned)
    return exists().where(line.certificate_id == Certificate.id, or_(changed, lost))


def _of(actor: Actor, sought: Sought, *what: Any) -> Select[Any]:
    query = (
        select(*(what or (RegisterEntry,)))
        .select_from(RegisterEntry)
        .join(RegisterEntry.certificate)
        .join(Certificate.person)
        .where(RegisterEntry.office_id.in_(seen(actor, Permission.SEE_CERTIFICATES)))
    )
    if sought.office_id:
        office = visible_office(actor, Permission.SEE_CERTIFICATES, sought.office_id)
        held = select(Office.id).where(Office.path.startswith(office.path, autoescape=True))
        query = query.where(
            RegisterEntry.office_id.in_(held) if sought.below else RegisterEntry.office == office
        )
    if sought.first:
        query = query.where(RegisterEntry.issued_on >= sought.first)
    if sought.last:
        query = query.where(RegisterEntry.issued_on <= sought.last)
    if sought.kind:
        query = query.where(Certificate.kind == sought.kind)
    if sought.batch_id:
        query = query.where(Certificate.batch_id == sought.batch_id)
    if sought.q:
        begins = numbers.beginning(sought.q)
        by_number = Certificate.number.startswith(begins) if begins else Certificate.id < 0
        query = query.where(or_(by_number, people.matches(sought.q)))
    return query.where(*_by(sought.by), *with_status(sought.status))


def _by(whom: str) -> list[ColumnElement[bool]]:
    own = exists().where(
        Account.id == Certificate.issued_by,
        or_(
            Account.person_id == Certificate.person_id,
            Account.person_id == Person.guardian_id,
        ),
    )
    if whom == "self":
        return [own]
    return [Certificate.issued_by == int(whom), ~own] if whom.isdecimal() else []


def with_status(status: CertificateStatus | None) -> list[ColumnElement[bool]]:
    """The condition on `Certificate`: it stands so now. None: however it stands."""
    revoked = Certificate.revoked_at.is_not(None)
    if status is None:
        return []
    if status is CertificateStatus.REVOKED:
        return [revoked]
    return [~revoked, _superseded() if status is CertificateStatus.SUPERSEDED else ~_superseded()]


def listed(actor: Actor, sought: Sought, *, after: int | None = None) -> Sequence[RegisterEntry]:
    """A page of entries, the latest first, and one more; `after` is the last one's id."""
    return _read(actor, sought, after=after, most=PAGE + 1)


def _read(actor: Actor, sought: Sought, *, after: int | None, most: int) -> Sequence[RegisterEntry]:
    query = _of(actor, sought).options(
        joinedload(RegisterEntry.office),
        contains_eager(RegisterEntry.certificate).contains_eager(Certificate.person),
    )
    if after is not None:
        query = query.where(RegisterEntry.id < after)
    return db.session.scalars(query.order_by(RegisterEntry.id.desc()).limit(most)).all()


def counted(actor: Actor, sought: Sought) -> tuple[int, int]:
    """How many entries are found, and the minutes of service on them: training is none."""
    served = case((Certificate.kind == CertificateKind.SERVICE, RegisterEntry.minutes), else_=0)
    query = _of(actor, sought, func.count(), func.coalesce(func.sum(served), 0))
    number, minutes = db.session.execute(query).one()
    return int(number), int(minutes)


def all_of(actor: Actor, sought: Sought) -> Iterator[Sequence[RegisterEntry]]:
    """Everything that is found, the latest first, in pieces; at most `MOST_EXPORTED` entries."""
    after: int | None = None
    for _ in range(MOST_EXPORTED // PIECE):
        found = _read(actor, sought, after=after, most=PIECE)
        if found:
            yield found
            after = found[-1].id
        if len(found) < PIECE:
            return


def issuers(actor: Actor) -> list[tuple[int, str]]:
    """The accounts that issued what stands in the registers one may see, by name."""
    issued = (
        select(Certificate.issued_by)
        .join(RegisterEntry, RegisterEntry.certificate_id == Certificate.id)
        .where(RegisterEntry.office_id.in_(seen(actor, Permission.SEE_CERTIFICATES)))
    )
    query = (
        select(Account.id, Account.name)
        .join(Person, Person.id == Account.person_id, isouter=True)
        .where(Account.id.in_(issued), Account.grants.any())
        .order_by(Account.name, Account.id)
    )
    return [(number, name) for number, name in db.session.execute(query)]
