"""Give what is reached by itself, exactly once; doubt what no longer rests on enough hours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import joinedload

from talent import audit, clock
from talent.access import SYSTEM
from talent.audit import Act
from talent.db import db, locked
from talent.hours.models import EntryKind, LedgerEntry
from talent.offices.models import Office
from talent.people import service as people
from talent.people.models import Person, Registration, RegistrationState
from talent.recognition import service as recognition
from talent.recognition.models import StarGrant, StarLevel, StarScheme
from talent.recognition.stars import service as stars
from talent.rules import stars as law
from talent.rules.stars import Way

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from talent.rules.stars import Condition, Merit, Period

    Due = tuple[int, int, str]


def due(now: datetime) -> list[Due]:
    """Who has reached a level that is given by itself: person, level, key of the period.

    Some of them may be given already by the time they are looked at.
    """
    found: list[Due] = []
    for zone, here in _offices_by_zone().items():
        today = clock.today(zone, now)
        given, spent = _given()
        for scheme, period, office_ids in _automatic(here, today):
            brought = recognition.merits(period, scheme.condition)
            members = _members(office_ids, brought)
            for level in scheme.levels:
                found += [
                    (person_id, level.id, period.key)
                    for person_id in members
                    if level.way is Way.AUTOMATIC
                    and (person_id, level.id, period.key) not in given
                    and law.is_new_period(period, spent.get((person_id, level.id)))
                    and not law.missing(level.hours, brought[person_id], scheme.condition)
                ]
    return sorted(set(found))


def _offices_by_zone() -> dict[str, list[Office]]:
    found: dict[str, list[Office]] = {}
    for office in db.session.scalars(select(Office).where(Office.open).order_by(Office.path)):
        found.setdefault(office.zone, []).append(office)
    return found


def _given() -> tuple[set[Due], dict[tuple[int, int], date]]:
    """What was given or withdrawn once is not given by itself again.

    Of rolling schemes also the last day that counted for a person's level: a period of tomorrow
    has another key and the same hours.
    """
    query = (
        select(StarGrant.person_id, StarGrant.level_id, StarGrant.period, StarGrant.last_day)
        .join(StarGrant.level)
        .where(StarLevel.way == Way.AUTOMATIC)
    )
    rows = db.session.execute(query).all()
    rolling = query.join(StarLevel.scheme).where(StarScheme.period == law.StarPeriod.ROLLING)
    latest = rolling.order_by(StarGrant.last_day)
    spent = {(person, level): last for person, level, _, last in db.session.execute(latest) if last}
    return {(person, level, period) for person, level, period, _ in rows}, spent


def _automatic(
    offices: Sequence[Office], today: date
) -> list[tuple[StarScheme, Period, list[int]]]:
    """Schemes with such a level, in each open period, with the offices at which they hold."""
    found: dict[tuple[int, str], tuple[StarScheme, Period, list[int]]] = {}
    for day in law.open_days(law.StarPeriod.YEAR, today):
        held = recognition.schemes_at(offices, on=day)
        for office in offices:
            for scheme in held[office.id]:
                by_itself = any(level.way is Way.AUTOMATIC for level in scheme.levels)
                if by_itself and day in law.open_days(scheme.period, today):
                    period = law.period(scheme.period, day)
                    empty: tuple[StarScheme, Period, list[int]] = (scheme, period, [])
                    found.setdefault((scheme.id, period.key), empty)[2].append(office.id)
    return list(found.values())


def _members(office_ids: Sequence[int], brought: dict[int, Merit]) -> list[int]:
    """The active volunteers of the offices who brought anything."""
    query = select(Registration.person_id).where(
        Registration.office_id.in_(office_ids), Registration.state == RegistrationState.ACTIVE
    )
    return [number for number in sorted(set(db.session.scalars(query))) if number in brought]


def give(person_id: int, level_id: int, period_key: str, *, now: datetime) -> StarGrant | None:
    """Give one level that is due, if it still is. The person is held, so it happens once."""
    person = locked(Person, person_id)
    for zone in {office.zone for office in people.active_offices(person_id)}:
        today = clock.today(zone, now)
        for course in recognition.courses(person, today=today):
            rung = course.rung(level_id)
            if rung is None or course.period.key != period_key:
                continue
            again = any(
                each.level_id == level_id and recognition.rests_on_days_of(each, course.period)
                for each in recognition.grants_of(person_id)
            )
            if rung.level.way is not Way.AUTOMATIC or rung.missing or rung.grant or again:
                return None
            line = recognition.line_of([course.office])
            return stars.give(
                person,
                rung.level,
                course.period,
                course.merit,
                office=course.office,
                decider=recognition.decider(rung.level, course.office, line) or course.office,
                actor=SYSTEM,
                now=now,
                today=today,
            )
    return None


def doubt(now: datetime) -> int:
    """Mark what no longer rests on enough hours, and unmark what does again. How many moved."""
    moved = 0
    brought: dict[tuple[Period, Condition], dict[int, Merit]] = {}
    for grant in _touched():
        key = (grant.days, law.Condition())
        if key not in brought:
            brought[key] = recognition.merits(*key)
        merit = brought[key].get(grant.person_id, law.Merit(0))
        doubtful = law.is_doubtful(merit.minutes, grant.level.hours, grant.kept_at)
        if doubtful == (grant.doubtful_since is not None):
            if doubtful:
                grant.minutes_now = merit.minutes
            continue
        grant.doubtful_since = now if doubtful else None
        grant.minutes_now = merit.minutes if doubtful else None
        moved += 1
        audit.record(
            Act.STAR_DOUBTED,
            grant,
            actor=SYSTEM,
            now=now,
            office_id=grant.decider_id,
            minutes=merit.minutes,
            doubtful=doubtful,
        )
    return moved


def _touched() -> Sequence[StarGrant]:
    """Those whose person lost minutes after they were given, and those in doubt."""
    lost = exists().where(
        LedgerEntry.person_id == StarGrant.person_id,
        LedgerEntry.at >= StarGrant.granted_at,
        or_(LedgerEntry.recognised < 0, LedgerEntry.kind != EntryKind.EARNED),
    )
    query = (
        select(StarGrant)
        .where(StarGrant.withdrawn_at.is_(None))
        .where(or_(lost, StarGrant.doubtful_since.is_not(None)))
        .options(joinedload(StarGrant.level))
        .order_by(StarGrant.id)
    )
    return db.session.scalars(query).all()
