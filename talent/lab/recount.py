"""Recounting: real records under two profiles, by the same functions as recording uses."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from talent.db import db
from talent.hours import ledger
from talent.hours.counting import service as counting
from talent.hours.models import Origin, RecordState, ServiceRecord
from talent.offices import service as offices
from talent.offices.models import Office
from talent.people.models import Registration, RegistrationState
from talent.recognition import service as recognition
from talent.rules import counting as law
from talent.rules import hours, stars
from talent.rules.counting import Profile, Turn
from talent.rules.hours import Approval, Unrecordable
from talent.rules.span import Span
from talent.rules.volunteering import NotVolunteering
from talent.shifts.models import Attendance, Shift, Signup

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date, datetime

    from talent.offices.models import Setting
    from talent.rules.stars import Period

CHUNK = 100  # people at a time
SIDES = ("before", "after")
WAITING = (RecordState.PENDING, RecordState.PENDING_ABOVE)
# Refused for a reason that no profile changes.
FOR_GOOD = frozenset(
    {
        Unrecordable.OVERLAP.value,
        Unrecordable.LONGER_THAN_DAY.value,
        Unrecordable.FUTURE.value,
        NotVolunteering.PAID_DUTY.value,
    }
)


@dataclass(slots=True)
class Side:
    """What one person has under one of the two profiles."""

    minutes: int = 0
    recognised: dict[int, int] = field(default_factory=dict)  # by office
    decided: dict[date, int] = field(default_factory=dict)  # of it what nobody has to decide on
    needs: Counter[Approval] = field(default_factory=Counter)
    counted: dict[date, int] = field(default_factory=dict)  # so far on each day

    @property
    def reviewed(self) -> int:
        """For how many records somebody has to decide."""
        return sum(number for level, number in self.needs.items() if level is not Approval.ITSELF)


@dataclass(frozen=True, slots=True)
class Recounted:
    """One person under both profiles, with the stars that follow."""

    person_id: int
    records: int
    before: Side
    after: Side
    recognised: tuple[int, int]
    scheme_id: int | None
    levels: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Trial:
    """What is tried: which settings an office changes, on the records of which days."""

    office: Office
    changed: Mapping[Setting, Any]
    first: date
    last: date


class Profiles:
    """The profile in force at each office on each day, and the one with the draft's settings."""

    def __init__(self, trial: Trial) -> None:
        below = select(Office).where(Office.path.startswith(trial.office.path, autoescape=True))
        self.offices = {office.id: office for office in db.session.scalars(below)}
        told = offices.told_over(self.offices.values(), first=trial.first, last=trial.last)
        self._parts = {
            id_: [
                (since, (_profile(holding), _profile(_tried(trial, holding))))
                for since, holding in parts
            ]
            for id_, parts in told.items()
        }

    def at(self, office_id: int, day: date) -> tuple[Profile, Profile]:
        """Before and after."""
        parts = self._parts[office_id]
        return next((both for since, both in reversed(parts) if since <= day), parts[0][1])


def _profile(holding: Mapping[Setting, Any]) -> Profile:
    return counting.profile_of({s: getattr(v, "value", v) for s, v in holding.items()})


def _tried(trial: Trial, holding: Mapping[Setting, offices.Told]) -> dict[Setting, Any]:
    """With the draft's values, except where an office below has its own word."""
    return {
        setting: said.value
        if setting not in trial.changed or _own(said, trial.office)
        else trial.changed[setting]
        for setting, said in holding.items()
    }


def _own(said: offices.Told, office: Office) -> bool:
    speaker = said.office
    return speaker is not None and speaker.id != office.id and speaker.path.startswith(office.path)


def recount(trial: Trial, now: datetime) -> Iterator[tuple[int, list[Recounted]]]:
    """Everybody with a record in the days, some at a time; with each lot, how much is done (%).

    Nothing of a lot stays in the session.
    """
    profiles = Profiles(trial)
    reached = Stars(trial, profiles)
    ids = _people(trial, profiles)
    holidays = frozenset(offices.days_off(trial.first, trial.last))
    for begin in range(0, len(ids), CHUNK):
        lot = ids[begin : begin + CHUNK]
        records, homes = _records(lot, trial), _homes(lot, profiles)
        found = []
        for person_id in lot:
            mine = records.get(person_id, [])
            both = _both(mine, profiles, holidays, now)
            scheme_id, levels = reached.of(person_id, homes.get(person_id), both)
            totals = _totals(both, profiles, trial.last)
            found.append(Recounted(person_id, len(mine), *both, totals, scheme_id, levels))
        yield (begin + len(lot)) * 100 // len(ids), found


def _people(trial: Trial, profiles: Profiles) -> list[int]:
    query = (
        select(ServiceRecord.person_id)
        .where(ServiceRecord.office_id.in_(profiles.offices))
        .where(ServiceRecord.day.between(trial.first, trial.last))
        .distinct()
        .order_by(ServiceRecord.person_id)
    )
    return list(db.session.scalars(query))


def _records(ids: Sequence[int], trial: Trial) -> dict[int, list[ServiceRecord]]:
    """All records of these people on the days, with any office: one day is one day."""
    query = (
        select(ServiceRecord)
        .where(ServiceRecord.person_id.in_(ids))
        .where(ServiceRecord.day.between(trial.first, trial.last))
        .options(
            joinedload(ServiceRecord.office),
            joinedload(ServiceRecord.shift),
            joinedload(ServiceRecord.attendance)
            .joinedload(Attendance.signup)
            .joinedload(Signup.shift)
            .joinedload(Shift.project),
        )
        .order_by(ServiceRecord.day, ServiceRecord.id)
    )
    found: dict[int, list[ServiceRecord]] = {}
    for record in db.session.scalars(query):
        found.setdefault(record.person_id, []).append(record)
    return found


def _homes(ids: Sequence[int], profiles: Profiles) -> dict[int, int]:
    """The office at which each of them is a volunteer, the first one below the draft's."""
    query = (
        select(Registration.person_id, Registration.office_id)
        .where(Registration.person_id.in_(ids), Registration.state == RegistrationState.ACTIVE)
        .where(Registration.office_id.in_(profiles.offices))
        .order_by(Registration.id.desc())
    )
    return dict(db.session.execute(query).all())


def _both(
    records: Iterable[ServiceRecord],
    profiles: Profiles,
    holidays: frozenset[date],
    now: datetime,
) -> tuple[Side, Side]:
    """One person's records, recounted in the order in which they were made."""
    both = (Side(), Side())
    for record in records:
        if record.office_id not in profiles.offices:
            _stands(record, both)
        elif _countable(record):
            held = profiles.at(record.office_id, record.day)
            for side, profile in zip(both, held, strict=True):
                _count(record, side, profile, holidays, now)
    return both


def _stands(record: ServiceRecord, both: Iterable[Side]) -> None:
    """What another office recorded takes its part of the day, and is not changed."""
    for side in both:
        side.counted[record.day] = side.counted.get(record.day, 0) + _standing(record)


def _standing(record: ServiceRecord) -> int:
    if record.state is RecordState.REFUSED:
        return 0
    return record.minutes if record.state is RecordState.APPROVED else record.claimed_minutes


def _countable(record: ServiceRecord) -> bool:
    """Not what somebody refused, nor what is refused whatever the profile says."""
    if record.state is not RecordState.REFUSED:
        return True
    whys = {reason["why"] for reason in record.reasons or []}
    return record.decided_by is None and not whys & FOR_GOOD


def _count(
    record: ServiceRecord, side: Side, profile: Profile, holidays: frozenset[date], now: datetime
) -> None:
    already = side.counted.get(record.day, 0)
    minutes, looks = _claimed(record, profile, now)
    if not _corrected(record):
        minutes, _ = law.capped(minutes, already, profile)
    side.counted[record.day] = already + minutes
    side.minutes += minutes
    gained = counting.recognised(record, minutes, held=profile, holidays=holidays)
    side.recognised[record.office_id] = side.recognised.get(record.office_id, 0) + gained
    if record.state not in WAITING:  # the ledger has nothing of those either
        side.decided[record.day] = side.decided.get(record.day, 0) + gained
    if minutes or looks:
        needed = hours.approval_needed(
            {record.day: minutes},
            {record.day: already},
            by_hand=record.origin.by_hand,
            needs_review=looks,
            self_approved_minutes=profile.self_approved,
            office_approved_minutes=profile.office_approved,
        )
        side.needs[needed] += 1


def _corrected(record: ServiceRecord) -> bool:
    """Somebody said how much it is: no profile says otherwise."""
    return record.state is RecordState.APPROVED and record.minutes != record.claimed_minutes


def _claimed(record: ServiceRecord, profile: Profile, now: datetime) -> tuple[int, bool]:
    """The minutes of a record before the most of a day, and whether the office has to look."""
    if _corrected(record):
        return record.minutes, False
    if record.attendance is not None:
        found = counting.present(record.attendance, profile, now)
        return found.by_day.get(record.day, 0), found.needs_review
    if record.origin is not Origin.HAND:
        return record.claimed_minutes, False
    whole = Span(record.starts_at, record.ends_at).minutes
    return law.counted([(record.day, whole)], Turn(whole), profile).minutes, False


def _totals(both: tuple[Side, Side], profiles: Profiles, on: date) -> tuple[int, int]:
    """What awards count, as it is shown."""
    before, after = (
        sum(law.total(n, profiles.at(id_, on)[number]) for id_, n in side.recognised.items())
        for number, side in enumerate(both)
    )
    return before, after


class Stars:
    """How many levels of the schemes at a person's office are reached, before and after."""

    def __init__(self, trial: Trial, profiles: Profiles) -> None:
        self._on = trial.last
        schemes = recognition.schemes_at(profiles.offices.values(), on=trial.last)
        self._schemes = {
            id_: [(one.id, one.period, [level.hours for level in one.levels]) for one in found]
            for id_, found in schemes.items()
        }
        self._sums: dict[str, Mapping[int, ledger.Sum]] = {}

    def of(
        self, person_id: int, home: int | None, both: tuple[Side, Side]
    ) -> tuple[int | None, tuple[int, int]]:
        """The scheme in which most changes, and the levels by the exact minutes of its period."""
        found = [
            (scheme_id, self._levels(person_id, stars.period(kind, self._on), thresholds, both))
            for scheme_id, kind, thresholds in self._schemes.get(home or 0, ())
        ]
        return max(found, key=lambda one: abs(one[1][1] - one[1][0]), default=(None, (0, 0)))

    def _levels(
        self, person_id: int, period: Period, thresholds: Sequence[int], both: tuple[Side, Side]
    ) -> tuple[int, int]:
        if period.key not in self._sums:
            self._sums[period.key] = ledger.sums(
                by=("person_id",), first=period.first, last=period.last
            )
        brought = self._sums[period.key].get(person_id, ledger.NOTHING).recognised
        before, after = (
            sum(n for day, n in side.decided.items() if _within(day, period)) for side in both
        )
        return (
            stars.star_level(brought, thresholds),
            stars.star_level(brought + after - before, thresholds),
        )


def _within(day: date, period: Period) -> bool:
    return (period.first is None or day >= period.first) and (
        period.last is None or day <= period.last
    )
