"""Questions about the designated system: where each record stands, which ones are open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, case, func, or_, select, tuple_
from sqlalchemy.orm import joinedload, selectinload

from talent.access import Permission
from talent.db import db
from talent.errors import NotFound
from talent.hours.models import RecordState, ServiceRecord
from talent.national.models import (
    NationalBatch,
    NationalEntry,
    NationalEvent,
    NationalMapping,
    Standing,
)
from talent.offices import service as offices
from talent.offices.models import Office
from talent.rules import national as law
from talent.rules.reason import N_
from talent.rules.words import Word

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Select

    from talent.access import Actor
    from talent.rules.national import Entered

PAGE = 50
PATIENCE_DAYS = 10  # after which a file without an answer is worth a question
_CHUNK = 500
_AS_SENT = ("minutes", "day", "activity", "place", "content", "organiser", "person_in_charge")
_ON_PAPER = {
    Standing.SENT: "sent",
    Standing.ACCEPTED: "accepted",
    Standing.REFUSED: "refused",
}
_THERE = (Standing.SENT, Standing.ACCEPTED)


class Listed(Word):
    """The lists of records, by what is to be done."""

    OPEN = "open", N_("To be sent")
    REFUSED = "refused", N_("Refused there")
    UNANSWERED = "unanswered", N_("Without an answer")
    TAKEN_BACK = "taken-back", N_("To be withdrawn there")
    ACCEPTED = "accepted", N_("Accepted there")


@dataclass(frozen=True, slots=True)
class Line:
    """A record and what was last sent of it."""

    record: ServiceRecord
    entry: NationalEntry | None
    standing: Standing


def stands() -> ColumnElement[bool]:
    """The condition on `ServiceRecord`: approved time, which has to be entered."""
    return and_(ServiceRecord.state == RecordState.APPROVED, ServiceRecord.minutes > 0)


def changed() -> ColumnElement[bool]:
    """The condition on a record and its entry: it is not what was sent any more."""
    return or_(*(getattr(ServiceRecord, name) != getattr(NationalEntry, name) for name in _AS_SENT))


def to_be_sent() -> ColumnElement[bool]:
    """The condition on a record, outer joined with its entry: never sent, or corrected since."""
    again = and_(NationalEntry.standing.in_(_THERE), changed())
    gone = NationalEntry.standing == Standing.WITHDRAWN
    return and_(stands(), or_(NationalEntry.record_id.is_(None), again, gone))


def as_sent(record: Any) -> dict[str, Any]:
    """What is kept of a record when it is sent."""
    return {name: getattr(record, name) for name in _AS_SENT}


def _standing() -> ColumnElement[Any]:
    there = NationalEntry.standing.in_(_THERE)
    return case(
        (NationalEntry.record_id.is_(None), Standing.NOT_SENT.value),
        (and_(there, ~stands()), Standing.TAKEN_BACK.value),
        (and_(there, changed()), Standing.CHANGED.value),
        else_=NationalEntry.standing,
    )


def _of_list(which: Listed, *, now: datetime, days: int) -> ColumnElement[bool]:
    return {
        Listed.OPEN: to_be_sent(),
        Listed.REFUSED: and_(stands(), NationalEntry.standing == Standing.REFUSED),
        Listed.UNANSWERED: and_(
            stands(),
            NationalEntry.standing == Standing.SENT,
            NationalEntry.sent_at <= now - timedelta(days=days),
        ),
        Listed.TAKEN_BACK: and_(NationalEntry.standing.in_(_THERE), ~stands()),
        Listed.ACCEPTED: and_(stands(), NationalEntry.standing == Standing.ACCEPTED, ~changed()),
    }[which]


def _scope(actor: Actor, office: Office | None) -> ColumnElement[bool]:
    units = offices.seen(actor, Permission.SEE_HOURS)
    if office:
        units = units.where(below(office))
    return ServiceRecord.office_id.in_(units)


def below(office: Office) -> ColumnElement[bool]:
    """The condition on `Office`: this one and all below it."""
    return Office.path.startswith(office.path, autoescape=True)


def counts(
    actor: Actor, *, now: datetime, days: int = PATIENCE_DAYS, office: Office | None = None
) -> dict[Listed, int]:
    """How many records stand in each list; one query."""
    sums = [
        func.coalesce(func.sum(case((_of_list(which, now=now, days=days), 1), else_=0)), 0)
        for which in Listed
    ]
    query = (
        select(*sums)
        .select_from(ServiceRecord)
        .outerjoin(NationalEntry, NationalEntry.record_id == ServiceRecord.id)
        .where(_scope(actor, office))
        .where(or_(stands(), NationalEntry.record_id.is_not(None)))
    )
    return dict(zip(Listed, map(int, db.session.execute(query).one()), strict=True))


def listed(
    actor: Actor,
    which: Listed,
    *,
    now: datetime,
    days: int = PATIENCE_DAYS,
    office: Office | None = None,
    after: str = "",
) -> Sequence[Line]:
    """One list, the oldest day first, a page and one more; `after` is the last one's key."""
    query = (
        _lines()
        .where(_scope(actor, office), _of_list(which, now=now, days=days))
        .order_by(ServiceRecord.day, ServiceRecord.id)
        .limit(PAGE + 1)
    )
    if key := _key(after):
        query = query.where(tuple_(ServiceRecord.day, ServiceRecord.id) > tuple_(*key))
    return _read(query)


def key_of(line: Line) -> str:
    """By which the next page begins."""
    return f"{line.record.day.isoformat()}:{line.record.id}"


def _key(after: str) -> tuple[date, int] | None:
    day, _, number = after.partition(":")
    try:
        return date.fromisoformat(day), int(number[:18])
    except ValueError:
        return None


def line_of(record: ServiceRecord) -> Line:
    """Where one record stands."""
    return _read(_lines().where(ServiceRecord.id == record.id))[0]


def _lines() -> Select[Any]:
    return (
        select(ServiceRecord, NationalEntry, _standing())
        .outerjoin(NationalEntry, NationalEntry.record_id == ServiceRecord.id)
        .options(
            joinedload(ServiceRecord.person),
            joinedload(ServiceRecord.office),
            joinedload(NationalEntry.batch),
        )
    )


def _read(query: Select[Any]) -> list[Line]:
    return [
        Line(record, entry, Standing(standing))
        for record, entry, standing in db.session.execute(query)
    ]


def history(record_id: int) -> Sequence[NationalEvent]:
    """Every step of a record with the designated system, the first one first."""
    query = select(NationalEvent).where(NationalEvent.record_id == record_id)
    return db.session.scalars(query.order_by(NationalEvent.id)).all()


def statuses(record_ids: Iterable[int]) -> dict[int, Standing]:
    """Where each record stands now, by its id."""
    found: dict[int, Standing] = {}
    ids = list(record_ids)
    for start in range(0, len(ids), _CHUNK):
        query = (
            select(ServiceRecord.id, _standing())
            .outerjoin(NationalEntry, NationalEntry.record_id == ServiceRecord.id)
            .where(ServiceRecord.id.in_(ids[start : start + _CHUNK]))
        )
        found |= {id_: Standing(standing) for id_, standing in db.session.execute(query)}
    return found


def entered(standings: Mapping[int, Standing]) -> Entered:
    """What a certificate of these records says of them all (Order 67 Art. 4)."""
    return law.entered(each is Standing.ACCEPTED for each in standings.values())


def on_certificate(said: dict[str, Any], standings: Mapping[int, Standing]) -> dict[str, Any]:
    """What a certificate says, with where each of its lines stands and what that makes in all.

    When nothing of it was ever sent, the whole says so once and not each line again.
    """
    ids = [line["record"] for group in said["groups"] for line in group["lines"]]
    own = {id_: standings[id_] for id_ in ids}
    told = {id_: _ON_PAPER.get(standing, "none") for id_, standing in own.items()}
    if set(told.values()) == {"none"}:
        told = {}
    groups = [
        group
        | {
            "lines": [
                line | ({"national": told[line["record"]]} if told else {})
                for line in group["lines"]
            ]
        }
        for group in said["groups"]
    ]
    return said | {"groups": groups, "national_system": entered(own).value}


def visible_batch(actor: Actor, batch_id: int) -> NationalBatch:
    """The file, if the actor sees the hours of its office; else it does not exist for him."""
    query = (
        select(NationalBatch)
        .where(NationalBatch.id == batch_id)
        .where(NationalBatch.office_id.in_(offices.seen(actor, Permission.SEE_HOURS)))
        .options(joinedload(NationalBatch.office), joinedload(NationalBatch.mapping))
    )
    if (batch := db.session.scalars(query).one_or_none()) is None:
        raise NotFound
    return batch


def batches(actor: Actor, *, after: int | None = None) -> Sequence[NationalBatch]:
    """The files of one's offices, the latest first, a page and one more."""
    query = (
        select(NationalBatch)
        .where(NationalBatch.office_id.in_(offices.seen(actor, Permission.SEE_HOURS)))
        .options(
            joinedload(NationalBatch.office),
            selectinload(NationalBatch.mapping).joinedload(NationalMapping.office),
        )
        .order_by(NationalBatch.id.desc())
        .limit(PAGE + 1)
    )
    if after is not None:
        query = query.where(NationalBatch.id < after)
    return db.session.scalars(query).all()
