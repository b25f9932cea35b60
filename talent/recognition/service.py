"""Questions of recognition: which scheme holds where, what a person brought, what is missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from talent.db import db
from talent.hours import ledger
from talent.hours.models import RecordState, ServiceRecord
from talent.offices.models import Office
from talent.people import service as people
from talent.ratings.models import Rating, Side
from talent.recognition.models import (
    ApplicationState,
    Award,
    AwardState,
    Evaluation,
    StarApplication,
    StarGrant,
    StarLevel,
    StarScheme,
)
from talent.rules import stars as law
from talent.rules.stars import Condition, Merit, Period, Quality, StarPeriod, Way

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from sqlalchemy import Select

    from talent.people.models import Person
    from talent.rules.reason import Because

PAGE = 50


@dataclass(frozen=True, slots=True)
class Rung:
    """A level as one person stands to it: what is missing, why it cannot be applied for now."""

    level: StarLevel
    missing: Sequence[Because]
    refusals: Sequence[Because]
    grant: StarGrant | None
    application: StarApplication | None


@dataclass(frozen=True, slots=True)
class Course:
    """A person in one period of one scheme, by way of the office where he is a volunteer."""

    scheme: StarScheme
    period: Period
    office: Office
    merit: Merit
    rungs: Sequence[Rung]

    @property
    def held(self) -> StarLevel | None:
        """The highest level that was given in this period."""
        given = [rung.level for rung in self.rungs if rung.grant]
        return given[-1] if given else None

    @property
    def ahead(self) -> Rung | None:
        """The next level: the lowest that was not given."""
        return next((rung for rung in self.rungs if not rung.grant), None)

    @property
    def near(self) -> list[Rung]:
        """Those that are reached and not given, and the next one."""
        return [r for r in self.rungs if not r.grant and (not r.missing or r is self.ahead)]

    def rung(self, level_id: int) -> Rung | None:
        """The one of a level."""
        return next((rung for rung in self.rungs if rung.level.id == level_id), None)


def schemes_at(offices: Iterable[Office], *, on: date) -> dict[int, list[StarScheme]]:
    """The schemes that hold at each office on a day: its own, else those of the nearest above.

    One question for all of them.
    """
    asked = {office.id: office.ancestor_ids for office in offices}
    query = (
        select(StarScheme)
        .where(StarScheme.office_id.in_({number for line in asked.values() for number in line}))
        .where(StarScheme.first_day <= on)
        .where(or_(StarScheme.last_day.is_(None), StarScheme.last_day >= on))
        .options(selectinload(StarScheme.levels), joinedload(StarScheme.office))
        .order_by(StarScheme.id)
    )
    of: dict[int, list[StarScheme]] = {}
    for scheme in db.session.scalars(query):
        of.setdefault(scheme.office_id, []).append(scheme)
    return {
        number: next((of[each] for each in reversed(line) if each in of), [])
        for number, line in asked.items()
    }


def merits(
    period: Period, condition: Condition, *, person_id: int | None = None
) -> dict[int, Merit]:
    """What each person (or one) brought in a period, by the persons' ids."""
    sums = ledger.sums(by=("person_id",), person_id=person_id, first=period.first, last=period.last)
    steps = _steps(period, condition.quality, person_id)
    return {
        number: Merit(one.recognised, *steps.get(number, (0, 0))) for number, one in sums.items()
    }


def merit(person_id: int, period: Period, condition: Condition) -> Merit:
    """What one person brought."""
    return merits(period, condition, person_id=person_id).get(person_id, Merit(0))


def _steps(period: Period, quality: Quality, person_id: int | None) -> dict[int, tuple[int, int]]:
    """The sum of the steps and how many there are, by person."""
    if quality is Quality.NONE:
        return {}
    given = (_evaluated if quality is Quality.EVALUATIONS else _rated)(period, person_id).subquery()
    query = select(given.c.person_id, func.sum(given.c.step), func.count()).group_by(
        given.c.person_id
    )
    return {number: (int(sum_), int(count)) for number, sum_, count in db.session.execute(query)}


def _evaluated(period: Period, person_id: int | None) -> Select[Any]:
    """What offices said of the service of each."""
    query = select(Evaluation.person_id, Evaluation.id, Evaluation.step)
    return _within(query, Evaluation, period, person_id)


def _rated(period: Period, person_id: int | None) -> Select[Any]:
    """What residents said of the shifts on which each served; of a shift of two days once."""
    query = (
        select(ServiceRecord.person_id, Rating.id, Rating.steps.label("step"))
        .join(Rating, Rating.shift_id == ServiceRecord.shift_id)
        .where(Rating.side == Side.RESIDENT)
        .where(ServiceRecord.state == RecordState.APPROVED, ServiceRecord.minutes > 0)
        .distinct()
    )
    return _within(query, ServiceRecord, period, person_id)


def _within(query: Any, table: Any, period: Period, person_id: int | None) -> Select[Any]:
    if person_id is not None:
        query = query.where(table.person_id == person_id)
    if period.first is not None and period.last is not None:
        query = query.where(table.day.between(period.first, period.last))
    narrowed: Select[Any] = query
    return narrowed


def decider(level: StarLevel, office: Office, line: Mapping[int, Office]) -> Office | None:
    """The office that decides on a level for a volunteer of the office."""
    found = law.deciding(
        [(number, line[number].kind.value) for number in office.ancestor_ids],
        levels_up=level.levels_up,
        kind=level.decider_kind.value if level.decider_kind else None,
    )
    return line[found] if found is not None else None


def line_of(offices: Iterable[Office]) -> dict[int, Office]:
    """These offices and all above them, by their ids."""
    numbers = {number for office in offices for number in office.ancestor_ids}
    query = select(Office).where(Office.id.in_(numbers))
    return {office.id: office for office in db.session.scalars(query)}


def periods_at(
    offices: Sequence[Office], *, today: date
) -> list[tuple[StarScheme, Period, Office]]:
    """Each scheme in each open period, once, with the first of the offices at which it holds."""
    found: dict[tuple[int, str], tuple[StarScheme, Period, Office]] = {}
    for day in law.open_days(StarPeriod.YEAR, today):
        held = schemes_at(offices, on=day)
        for office in offices:
            for scheme in held[office.id]:
                if day in law.open_days(scheme.period, today):
                    period = law.period(scheme.period, day)
                    found.setdefault((scheme.id, period.key), (scheme, period, office))
    return list(found.values())


@dataclass(frozen=True, slots=True)
class Standing:
    """A person as a volunteer: where, which levels were given to him and which he asked for."""

    offices: Sequence[Office]
    grants: Sequence[StarGrant]
    applications: Sequence[StarApplication]


def standing_of(person: Person) -> Standing:
    """All of it, as pages show it."""
    return Standing(
        people.active_offices(person.id), grants_of(person.id), applications_of(person.id)
    )


def courses(person: Person, *, today: date, standing: Standing | None = None) -> list[Course]:
    """Where a person stands in each scheme that holds at the offices where he is a volunteer.

    The present periods first; of the year before only what something came of.
    """
    stands = standing or standing_of(person)
    active, grants = stands.offices, stands.grants
    applied = [a for a in stands.applications if a.state is ApplicationState.APPLIED]
    line = line_of(active)
    found = []
    for scheme, period, office in periods_at(active, today=today):
        brought = merit(person.id, period, scheme.condition)
        past = period.last is not None and period.last < today
        if past and not brought.minutes:
            continue
        rungs = [
            _rung(
                level, period, brought, (grants, applied), decided_by=decider(level, office, line)
            )
            for level in scheme.levels
        ]
        found.append(Course(scheme, period, office, brought, rungs))
    return found


def _rung(
    level: StarLevel,
    period: Period,
    brought: Merit,
    course: tuple[Sequence[StarGrant], Sequence[StarApplication]],
    *,
    decided_by: Office | None,
) -> Rung:
    grants, applied = course
    mine = [grant for grant in grants if grant.level_id == level.id]
    held = next((grant for grant in mine if holds(grant, period)), None)
    open_ = next((each for each in applied if each.level_id == level.id), None)
    # What was withdrawn once is not given by itself again, so it may be asked for.
    again = any(rests_on_days_of(grant, period) for grant in mine if grant.withdrawn_at)
    condition = level.scheme.condition
    return Rung(
        level,
        law.missing(level.hours, brought, condition),
        law.refusals_to_apply(
            level.hours,
            brought,
            condition,
            way=Way.APPLICATION if again else level.way,
            active=True,
            held=held is not None,
            applied=open_ is not None,
            decided_by=decided_by and decided_by.id,
        ),
        held,
        open_,
    )


def holds(grant: StarGrant, period: Period) -> bool:
    """Whether a grant stands in the way of another one of its level in a period."""
    return grant.withdrawn_at is None and rests_on_days_of(grant, period)


def rests_on_days_of(grant: StarGrant, period: Period) -> bool:
    """Whether a grant, withdrawn or not, used hours of this period of its scheme."""
    if grant.period == period.key:
        return True
    rolling = grant.level.scheme.period is StarPeriod.ROLLING
    return rolling and not law.is_new_period(period, grant.last_day)


def grants_of(person_id: int) -> Sequence[StarGrant]:
    """All levels that were ever given to a person, withdrawn ones too, the latest first."""
    query = (
        select(StarGrant)
        .where(StarGrant.person_id == person_id)
        .options(
            joinedload(StarGrant.level).joinedload(StarLevel.scheme),
            joinedload(StarGrant.decider),
        )
        .order_by(StarGrant.id.desc())
    )
    return db.session.scalars(query).all()


def applications_of(person_id: int) -> Sequence[StarApplication]:
    """All applications of a person, the latest first."""
    query = (
        select(StarApplication)
        .where(StarApplication.person_id == person_id)
        .options(
            joinedload(StarApplication.level).joinedload(StarLevel.scheme),
            joinedload(StarApplication.decider),
        )
        .order_by(StarApplication.id.desc())
    )
    return db.session.scalars(query).all()


def awards_of(person_id: int) -> Sequence[Award]:
    """The awards of a person that count, the latest first."""
    query = (
        select(Award)
        .where(Award.person_id == person_id, Award.state == AwardState.STANDS)
        .order_by(Award.awarded_on.desc(), Award.id.desc())
    )
    return db.session.scalars(query).all()


def evaluations_of(person_id: int, *, after: int | None = None) -> Sequence[Evaluation]:
    """What offices said of a person's service, the latest first, a page and one more."""
    query = (
        select(Evaluation)
        .where(Evaluation.person_id == person_id)
        .options(joinedload(Evaluation.record))
        .order_by(Evaluation.id.desc())
        .limit(PAGE + 1)
    )
    if after:
        query = query.where(Evaluation.id < after)
    return db.session.scalars(query).all()
