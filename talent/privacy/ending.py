"""Leaving: restricted while records must be kept, then anonymised (PIPL Art. 19 and 47)."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, exists, func, or_, select, update
from sqlalchemy import inspect as shape

from talent import audit
from talent.access import STAFF, SYSTEM
from talent.accounts.models import Account, Grant
from talent.audit import Act
from talent.certificates import content as contents
from talent.certificates.models import Certificate, RevocationKind
from talent.db import Base, db, locked
from talent.files import StoredFile
from talent.hours.models import ServiceRecord
from talent.offices import service as offices
from talent.offices.models import Office, Setting
from talent.people.models import Person, Registration, RegistrationState, Tie
from talent.privacy import walking
from talent.privacy.holdings import ANOTHERS, HOLDINGS, Ends
from talent.privacy.models import Erasure, ErasureOffice
from talent.recognition.models import Award
from talent.rules import privacy as law
from talent.rules.age import birthday
from talent.rules.privacy import Life
from talent.staffing.models import Appointment
from talent.training.models import TrainingRecord

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date

    from sqlalchemy import Column, ColumnElement

    from talent.access import Actor

MOST_AT_ONCE = 200
NAMELESS = "—"
_LIVE = (RegistrationState.APPLIED, RegistrationState.ACTIVE, RegistrationState.PAUSED)
_OF_STAFF = (Grant.ended_at.is_(None), Grant.role.in_(STAFF))
_STAYS = frozenset(
    {"id", "volunteer_no", "sex", "made_at", "changed_at", "language", "anonymised_at"}
    | {"restricted_at", "merged_into_person_id", "home_office_id", "entered_by"}
)


def lives(person_ids: Collection[int], today: date) -> dict[int, Life]:
    """What goes on with many people, in a constant number of questions."""
    traces: dict[int, list[date]] = defaultdict(list)
    registered, employed, in_charge = set(), set(), set()
    for row in db.session.scalars(_of(Registration, person_ids)):
        traces[row.person_id].append((row.decided_at or row.applied_at).date())
        if row.state in _LIVE:
            registered.add(row.person_id)
    for post in db.session.scalars(_of(Appointment, person_ids)):
        if post.ends_on is None or post.ends_on > today:
            employed.add(post.person_id)
        traces[post.person_id].append(post.ends_on or post.starts_on)
    held = select(Account.person_id).join(Grant, Grant.account_id == Account.id)
    held = held.where(Account.person_id.in_(person_ids), *_OF_STAFF)
    in_charge |= {id_ for id_ in db.session.scalars(held) if id_}
    for model, column in (
        (ServiceRecord, ServiceRecord.ends_at), (TrainingRecord, TrainingRecord.held_on),
        (Certificate, Certificate.issued_on), (Award, Award.awarded_on),
    ):  # fmt: skip
        last = select(model.person_id, func.max(column)).where(model.person_id.in_(person_ids))
        for id_, moment in db.session.execute(last.group_by(model.person_id)):
            traces[id_].append(_day(moment))
    return {
        id_: Life(
            id_ in registered, id_ in employed, id_ in in_charge, max(traces[id_], default=None)
        )
        for id_ in person_ids
    }


def _any(model: Any, *wanted: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(model.person_id == Person.id, *wanted)


def _of(model: Any, person_ids: Collection[int]) -> Any:
    return select(model).where(model.person_id.in_(person_ids)).order_by(model.id)


def _day(moment: date | datetime) -> date:
    return moment.date() if hasattr(moment, "date") else moment


def settle(today: date, now: datetime) -> int:
    """Restrict whoever has left, and lift it from whoever came back. How many changed."""
    live = _any(Registration, Registration.state.in_(_LIVE))
    in_force = or_(Appointment.ends_on.is_(None), Appointment.ends_on > today)
    held = select(Grant.id).join(Account, Account.id == Grant.account_id)
    in_charge = held.where(Account.person_id == Person.id, *_OF_STAFF).exists()
    goes_on = live | _any(Appointment, in_force) | in_charge
    past = _any(Registration) | _any(Appointment)
    turned = or_(
        Person.restricted_at.is_(None) & ~goes_on & past,
        Person.restricted_at.is_not(None) & goes_on,
    )
    query = select(Person).where(turned, Person.anonymised_at.is_(None))
    query = query.where(Person.merged_into_person_id.is_(None)).order_by(Person.id)
    people = db.session.scalars(query).all()
    changed = 0
    for start in range(0, len(people), MOST_AT_ONCE):
        piece = people[start : start + MOST_AT_ONCE]
        known = lives([one.id for one in piece], today)
        for person in piece:
            now_restricted = law.restricted(known[person.id])
            if now_restricted != (person.restricted_at is not None):
                person.restricted_at = now if now_restricted else None
                audit.record(
                    Act.DATA_RESTRICTED, person, actor=SYSTEM, now=now, restricted=now_restricted
                )
                changed += 1
    return changed


def due(today: date) -> list[tuple[int, date]]:
    """The people whose data need not be kept any more, with the last day that has a record.

    A piece of them: whoever has to be kept longer stands before nobody else.
    """
    earliest = datetime.combine(birthday(today, -law.LEAST_YEARS), time.max, UTC)
    query = (
        select(Person.id)
        .where(Person.restricted_at.is_not(None), Person.anonymised_at.is_(None))
        .where(Person.restricted_at <= earliest)
        .order_by(Person.id)
    )
    ids = db.session.scalars(query).all()
    last: dict[int, date] = {}
    for start in range(0, len(ids), MOST_AT_ONCE):
        last |= _over(ids[start : start + MOST_AT_ONCE], today)
        if len(last) >= MOST_AT_ONCE:
            break
    return list(last.items())[:MOST_AT_ONCE]


def _over(person_ids: Sequence[int], today: date) -> dict[int, date]:
    """Of these people the ones whose time is over, each with the last day."""
    known, years = lives(person_ids, today), _years_of(person_ids, today)
    return {
        id_: life.last_trace
        for id_, life in known.items()
        if life.last_trace and law.to_erase(life, law.longest(years[id_]), today)
    }


def _years_of(person_ids: Collection[int], today: date) -> dict[int, list[int]]:
    """For how many years the offices that know each person keep records."""
    query = select(Tie.person_id, Office).join(Office, Office.id == Tie.office_id)
    found: dict[int, list[int]] = {id_: [] for id_ in person_ids}
    for id_, office in db.session.execute(query.where(Tie.person_id.in_(person_ids))):
        found[id_].append(offices.setting(office, Setting.RETENTION_YEARS, on=today))
    return found


def anonymise_if_due(person_id: int, last_trace: date, *, today: date, now: datetime) -> bool:
    """Look once more, with the person's row held: somebody may have come back meanwhile."""
    person = locked(Person, person_id)
    life = lives([person_id], today)[person_id]
    if person.anonymised_at or not law.restricted(life) or life.last_trace != last_trace:
        return False
    anonymise(person, last_trace, now=now)
    return True


def anonymise(person: Person, last_trace: date, *, now: datetime) -> Erasure:
    """Take the name from everything that stays, and delete the rest; leave a report of numbers."""
    counts: dict[str, list[int]] = {}
    tables = [name for name in walking.tables() if name != Person.__tablename__]
    _forget_certificates(person, now)
    files = [id_ for name in tables for id_ in _files(name, person.id)]
    if person.photo_id:
        files.append(person.photo_id)
    for name in tables:
        if HOLDINGS[name].emptied:
            counts[name] = [0, _empty(name, person.id)]
    removed = [name for name in reversed(tables) if HOLDINGS[name].ends is Ends.REMOVED]
    for name in removed:
        table = Base.metadata.tables[name]
        rows = walking.rows_of(name, person.id, ANOTHERS)
        if number := _number(delete(table).where(rows)):
            counts[name] = [number, 0]
    _close_accounts(person.id, now)
    _empty_person(person, now)
    db.session.flush()
    db.session.execute(delete(StoredFile).where(StoredFile.id.in_(files)))
    known = db.session.scalars(select(Tie.office_id).where(Tie.person_id == person.id)).all()
    report = Erasure(
        person_id=person.id,
        last_trace=last_trace,
        at=now,
        counts={name: each for name, each in sorted(counts.items()) if any(each)},
        offices=[ErasureOffice(office_id=id_) for id_ in sorted(known)],
    )
    db.session.add(report)
    audit.record(Act.DATA_ANONYMISED, person, actor=SYSTEM, now=now)
    db.session.expire_all()
    return report


def _files(name: str, person_id: int) -> list[int]:
    table = Base.metadata.tables[name]
    rows = walking.rows_of(name, person_id, ANOTHERS)
    return [
        id_
        for column in HOLDINGS[name].files
        for id_ in db.session.scalars(
            select(table.c[column]).where(rows, table.c[column].is_not(None))
        )
    ]


def _empty(name: str, person_id: int) -> int:
    table = Base.metadata.tables[name]
    values = {column: _nothing(table.c[column]) for column in HOLDINGS[name].emptied}
    rows = walking.rows_of(name, person_id, ANOTHERS)
    return _number(update(table).where(rows).values(values))


def _number(statement: Any) -> int:
    """Run it; how many rows it reached."""
    result: Any = db.session.execute(statement)
    return int(result.rowcount)


def _nothing(column: Column[Any]) -> Any:
    return None if column.nullable else NAMELESS


def _close_accounts(person_id: int, now: datetime) -> None:
    for account in db.session.scalars(select(Account).where(Account.person_id == person_id)):
        account.name, account.email, account.phone_index = NAMELESS, None, None
        account.password_hash, account.email_proved_at = None, None
        account.closed_at, account.epoch = account.closed_at or now, account.epoch + 1


def _empty_person(person: Person, now: datetime) -> None:
    for column in shape(Person).columns:
        if column.name in _STAYS:
            continue
        setattr(person, column.name, None if column.nullable else NAMELESS)
    person.sort_key = ""
    person.anonymised_at, person.changed_at = now, now


def _forget_certificates(person: Person, now: datetime) -> None:
    """What a certificate says of the person goes; its number answers that it was erased."""
    query = select(Certificate).where(Certificate.person_id == person.id)
    for one in db.session.scalars(query.order_by(Certificate.id)):
        said = one.content | {"person": dict.fromkeys(one.content["person"]) | {"name": NAMELESS}}
        one.content, one.digest = said, contents.digest(said)
        one.revoked_why = None
        if one.revoked_at is None:
            one.revoked_at, one.revoked_kind = now, RevocationKind.ERASED


def reports(actor: Actor, permission: Any) -> Sequence[Erasure]:
    """The latest anonymised files of the actor's offices."""
    seen = offices.seen(actor, permission)
    query = select(Erasure).where(
        Erasure.id.in_(select(ErasureOffice.erasure_id).where(ErasureOffice.office_id.in_(seen)))
    )
    return db.session.scalars(query.order_by(Erasure.id.desc()).limit(MOST_AT_ONCE)).all()
