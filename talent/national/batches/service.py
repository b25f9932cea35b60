"""Make a file of records for the designated system: look, make, send, take away."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, delete, func, insert, or_, select

from talent import audit, files
from talent.access import Permission
from talent.audit import Act
from talent.db import db
from talent.errors import NotAllowed, NotFound, Refused
from talent.files import StoredFile
from talent.hours.models import ServiceRecord
from talent.national import service
from talent.national.batches import rows
from talent.national.mappings import service as mappings
from talent.national.models import NationalBatch, NationalEntry, NationalEvent, Standing
from talent.offices.models import Office
from talent.rules import national as law
from talent.rules.reason import N_
from talent.rules.words import Word
from talent.sheets.streaming import stream_csv, stream_xlsx

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date, datetime

    from talent.access import Actor
    from talent.national.mappings.service import Held
    from talent.rules.national import Value
    from talent.rules.reason import Because

MOST = 50_000  # records in one file; what is beyond stays open for the next
MOST_LOOKED_AT = 4 * MOST  # so many are asked whether they lack something
SHOWN = 100  # records that lack something, of which the page tells
KEPT = timedelta(days=30)
MEDIA_TYPE = "application/vnd.talent.national"
_CHUNK = 500


class Unsent(Word):
    """Why no file is made, or given out."""

    NOTHING = "nothing", N_("There is nothing to send.")
    CHANGED = "changed", N_("Records have changed in the meantime. Look at them once more.")
    NO_REASON = "no_reason", N_("Say why the file needs whole identity numbers.")
    GONE = "gone", N_("The file was kept for 30 days and is gone. Ask for these records again.")


@dataclass(frozen=True, slots=True)
class Choice:
    """Which records: of an office and all below it, of days, and whether once more."""

    office: Office
    first: date | None = None
    last: date | None = None
    again: bool = False  # also what was sent already and is as it was


@dataclass(frozen=True, slots=True)
class Lacking:
    """A record that does not leave, and why."""

    record_id: int
    person_id: int
    name: str
    activity: str
    day: date
    lacks: Sequence[Because]


@dataclass(slots=True)
class Made:
    """What a file would hold: how many records, how they stood, and what lacks."""

    held: Held
    content: bytes = b""
    ready: dict[int, dict[str, Any]] = field(default_factory=dict)  # by record, as it is sent
    standings: dict[Standing, int] = field(default_factory=dict)
    lacking: list[Lacking] = field(default_factory=list)
    lacking_in_all: int = 0
    more: bool = False


def _wanted(choice: Choice) -> Any:
    """The records of a choice with their entries."""
    units = select(Office.id).where(service.below(choice.office))
    refused = NationalEntry.standing == Standing.REFUSED
    asked = or_(service.to_be_sent(), and_(service.stands(), refused))
    query = (
        select(ServiceRecord, NationalEntry.standing)
        .outerjoin(NationalEntry, NationalEntry.record_id == ServiceRecord.id)
        .where(ServiceRecord.office_id.in_(units))
        .where(service.stands() if choice.again else asked)
        .order_by(ServiceRecord.day, ServiceRecord.id)
    )
    if choice.first:
        query = query.where(ServiceRecord.day >= choice.first)
    return query.where(ServiceRecord.day <= choice.last) if choice.last else query


def _chunks(choice: Choice) -> Iterator[Sequence[Any]]:
    """The records, the oldest first, some at a time, so that any number of them has room."""
    in_order = _wanted(choice).with_only_columns(ServiceRecord.id).limit(MOST_LOOKED_AT)
    ids = db.session.scalars(in_order).all()
    for start in range(0, len(ids), _CHUNK):
        some = ids[start : start + _CHUNK]
        query = _wanted(choice).where(ServiceRecord.id.in_(some))
        yield (found := db.session.execute(query).all())
        for record, _ in found:
            db.session.expunge(record)


def look(choice: Choice, *, today: date) -> Made:
    """What a file would hold and what lacks; nothing is made, no number is opened."""
    made = Made(_held(choice, today))
    for _ in _rows(choice, made, rows.Numbers.COUNTED):
        pass
    return made


def make(choice: Choice, *, identity: bool, today: date) -> Made:
    """The same with the file itself, before anything is locked."""
    made = Made(_held(choice, today))
    lines = _rows(choice, made, rows.Numbers.WHOLE if identity else rows.Numbers.MASKED)
    titles = [column.title for column in made.held.mapping.columns]
    if made.held.mapping.kind == "csv":
        made.content = stream_csv(titles, lines)
    else:
        made.content = stream_xlsx(made.held.mapping.sheet, titles, lines)
    return made


def _held(choice: Choice, today: date) -> Held:
    units = db.session.scalars(select(Office).where(service.below(choice.office)))
    return mappings.held_by_all(units, on=today)


def _rows(choice: Choice, made: Made, numbers: rows.Numbers) -> Iterator[list[Value]]:
    taken = 0
    for chunk in _chunks(choice):
        facts = rows.facts_of([record for record, _ in chunk], numbers)
        for record, standing in chunk:
            if taken == MOST:
                made.more = True
                return
            row, lacks = law.filled(made.held.mapping, facts[record.id])
            if lacks:
                made.lacking_in_all += 1
                if len(made.lacking) < SHOWN:
                    made.lacking.append(_lacking(record, facts[record.id], lacks))
                continue
            taken += 1
            stood = standing or Standing.NOT_SENT
            stood = Standing.CHANGED if stood in {Standing.SENT, Standing.ACCEPTED} else stood
            made.standings[stood] = made.standings.get(stood, 0) + 1
            made.ready[record.id] = service.as_sent(record) | {
                "person_id": record.person_id,
                "office_id": record.office_id,
            }
            yield row


def _lacking(record: ServiceRecord, facts: dict[Any, Any], lacks: Sequence[Because]) -> Lacking:
    name = facts[law.Source.NAME]
    return Lacking(record.id, record.person_id, name, record.activity, record.day, lacks)


def send(
    choice: Choice, made: Made, *, identity: bool, reason: str, actor: Actor, now: datetime
) -> NationalBatch:
    """Keep the file, and from now on its records are sent. Refused when one of them changed."""
    if identity and not actor.may(Permission.SEE_IDENTITY, choice.office.path):
        raise NotAllowed
    if identity and not reason.strip():
        raise Refused([Unsent.NO_REASON])
    if not made.ready:
        raise Refused([Unsent.NOTHING])
    _hold(choice)
    if _moved(choice, made):
        raise Refused([Unsent.CHANGED])
    batch = NationalBatch(
        office_id=choice.office.id,
        mapping_id=made.held.version.id if made.held.version else None,
        mapping_name=made.held.name[:150],
        kind=made.held.mapping.kind,
        first=choice.first,
        last=choice.last,
        records=len(made.ready),
        identity=identity,
        reason=reason.strip() or None,
        digest=hashlib.sha256(made.content).hexdigest(),
        size=len(made.content),
        made_by=actor.account_id,
        made_at=now,
    )
    batch.file = _kept(made.content, batch, actor=actor, now=now)
    db.session.add(batch)
    db.session.flush()
    _mark(batch, made, actor=actor, now=now)
    audit.record(
        Act.NATIONAL_SENT,
        batch,
        actor=actor,
        now=now,
        office_id=choice.office.id,
        records=batch.records,
        identity=identity,
        reason=batch.reason,
        digest=batch.digest[:16],
    )
    return batch


def _hold(choice: Choice) -> None:
    """Of two who send the same records at once, the second waits and then finds them sent."""
    query = select(Office.id).where(service.below(choice.office)).order_by(Office.id)
    db.session.execute(query.with_for_update(key_share=True)).all()


def _moved(choice: Choice, made: Made) -> bool:
    """Whether a record that was written into the file is not what it was, or not wanted now."""
    columns = [getattr(ServiceRecord, name) for name in next(iter(made.ready.values()))]
    query = _wanted(choice).with_only_columns(ServiceRecord.id, *columns).order_by(None)
    now = {}
    for id_, *values in db.session.execute(query):
        if (was := made.ready.get(id_)) is not None:
            now[id_] = dict(zip(was, values, strict=True)) == was
    return len(now) != len(made.ready) or not all(now.values())


def _mark(batch: NationalBatch, made: Made, *, actor: Actor, now: datetime) -> None:
    ids = list(made.ready)
    for start in range(0, len(ids), _CHUNK):
        some = ids[start : start + _CHUNK]
        known = select(NationalEntry.record_id, NationalEntry.number)
        numbers = dict(db.session.execute(known.where(NationalEntry.record_id.in_(some))).all())
        db.session.execute(delete(NationalEntry).where(NationalEntry.record_id.in_(some)))
        sent = {"batch_id": batch.id, "standing": Standing.SENT}
        entries = [
            made.ready[id_] | sent | {"record_id": id_, "sent_at": now, "number": numbers.get(id_)}
            for id_ in some
        ]
        db.session.execute(insert(NationalEntry), entries)
        events = [
            sent | {"record_id": id_, "at": now, "account_id": actor.account_id} for id_ in some
        ]
        db.session.execute(insert(NationalEvent), events)


def _kept(content: bytes, batch: NationalBatch, *, actor: Actor, now: datetime) -> StoredFile:
    """Sealed: a file for the designated system is full of numbers."""
    name = f"records-{now:%Y%m%d}-{batch.digest[:8]}.{batch.kind}"
    return files.keep_sealed(name, content, media_type=MEDIA_TYPE, actor=actor, now=now)


def take(batch: NationalBatch, *, actor: Actor, now: datetime) -> bytes:
    """The bytes of the file. Who took it, and when, is kept."""
    if not actor.may(Permission.REVIEW_HOURS, batch.office.path):
        raise NotFound
    if batch.identity and not actor.may(Permission.SEE_IDENTITY, batch.office.path):
        raise NotAllowed
    if batch.file is None:
        raise Refused([Unsent.GONE])
    audit.record(
        Act.NATIONAL_TAKEN,
        batch,
        actor=actor,
        now=now,
        office_id=batch.office_id,
        identity=batch.identity,
        reason=batch.reason,
    )
    return files.unsealed(batch.file)


def standings_in(batch: NationalBatch) -> dict[Standing, int]:
    """What became of the records whose last file this is."""
    query = (
        select(NationalEntry.standing, func.count())
        .where(NationalEntry.batch_id == batch.id)
        .group_by(NationalEntry.standing)
    )
    return dict(db.session.execute(query).all())


def forget_files(now: datetime) -> int:
    """After a month the bytes go; who sent what, and its digest, stay. How many."""
    old = select(NationalBatch).join(NationalBatch.file).where(StoredFile.at < now - KEPT)
    gone = db.session.scalars(old).all()
    for batch in gone:
        file, batch.file = batch.file, None
        db.session.flush()
        db.session.delete(file)
    return len(gone)
