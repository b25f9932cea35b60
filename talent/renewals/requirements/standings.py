"""Who has done what a requirement asks, what is open, and which sessions would close it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import exists, literal, select, union_all

from talent import clock
from talent.access import Permission
from talent.db import db
from talent.i18n import DEFAULT_ZONE
from talent.offices.models import Office
from talent.people import service as people
from talent.people.models import Person, Tie
from talent.renewals.requirements import concerning, service
from talent.rules import requirements as law
from talent.rules.reason import N_
from talent.rules.requirements import Period
from talent.rules.words import Word
from talent.training import service as training
from talent.training.models import TrainingRecord
from talent.training.service import PAGE, STANDS, beyond, overlap
from talent.training.social_work import service as social_work

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date, datetime

    from talent.access import Actor
    from talent.renewals.requirements.models import TrainingRequirement
    from talent.training.models import Course, Session


class Shown(Word):
    """Which people of a requirement are listed."""

    OPEN = "open", N_("Still open")
    MET = "met", N_("Done")
    ALL = "all", N_("All")


@dataclass(frozen=True, slots=True)
class Summary:
    """A requirement with how many people it concerns, and of how many something is open."""

    requirement: TrainingRequirement
    concerned: int
    open: int
    in_force: bool

    @property
    def met(self) -> int:
        """Who has done it."""
        return self.concerned - self.open


@dataclass(frozen=True, slots=True)
class Standing:
    """One person and one requirement: what is done, what is open, which sessions would close it."""

    requirement: TrainingRequirement
    person: Person
    standing: law.Standing
    sessions: Sequence[Session]


def summaries(actor: Actor, *, day: date, after: int = 0) -> list[Summary]:
    """Requirements of the actor's offices and of those above, the newest first; one more.

    The people counted are those whom the actor's offices know.
    """
    rows = service.listed(actor, after=after)
    counts = concerning.counts(rows, day, people.visible(actor, Permission.SEE_TRAINING))
    return [
        Summary(row, *counts.get(row.id, (0, 0)), law.in_force(row.asked, day=day)) for row in rows
    ]


def concerned(
    requirement: TrainingRequirement, actor: Actor, *, now: datetime, shown: Shown, after: int = 0
) -> list[Standing]:
    """The people of a requirement whom the actor's offices know, by name; a page and one more."""
    day = clock.today(DEFAULT_ZONE, now)
    query, open_ = concerning.measured(requirement, day)
    query = query.where(people.visible(actor, Permission.SEE_TRAINING))
    if shown is not Shown.ALL:
        query = query.where(open_ if shown is Shown.OPEN else ~open_)
    if after:
        query = query.where(beyond(Person, Person.sort_key, after))
    query = query.order_by(Person.sort_key, Person.id).limit(PAGE + 1)
    found = db.session.scalars(query).all()
    return _standings([(requirement, person) for person in found], now=now)


def of_person(person: Person, *, now: datetime) -> list[Standing]:
    """All that is asked of one person today, and how far it is done."""
    day = clock.today(DEFAULT_ZONE, now)
    rows = service.in_force(day)
    if not rows:
        return []
    mine = [
        select(literal(row.id)).where(
            exists().where(Person.id == person.id, concerning.belongs(row, day))
        )
        for row in rows
    ]
    ids = set(db.session.scalars(union_all(*mine)))
    return _standings([(row, person) for row in rows if row.id in ids], now=now)


def open_people(
    rows: Sequence[TrainingRequirement], *, day: date, under: Office
) -> dict[int, list[law.Standing]]:
    """Of each requirement what would be open on a day, of the people known at or below an office.

    One question for each requirement, and one for all records: for the plan of a year.
    """
    near = exists().where(
        Tie.person_id == Person.id,
        Tie.office_id == Office.id,
        Office.path.startswith(under.path, autoescape=True),
    )
    whom: dict[int, list[int]] = {}
    for row in rows:
        query, open_ = concerning.measured(row, day)
        ids = query.with_only_columns(Person.id).where(open_, near).order_by(Person.id)
        whom[row.id] = list(db.session.scalars(ids))
    everyone = {id_ for ids in whom.values() for id_ in ids}
    learned, terms = _learned(everyone), social_work.terms_on(everyone, day)
    return {
        row.id: [
            law.standing(row.asked, _counting(row, learned[id_]), day=day, term=terms.get(id_))
            for id_ in whom[row.id]
        ]
        for row in rows
    }


def _standings(
    pairs: Sequence[tuple[TrainingRequirement, Person]], *, now: datetime
) -> list[Standing]:
    day = clock.today(DEFAULT_ZONE, now)
    ids = {person.id for _, person in pairs}
    learned, terms = _learned(ids), social_work.terms_on(ids, day)
    reach = training.reach(ids)
    coming = training.coming(now) if pairs else ()
    found = []
    for row, person in pairs:
        standing = law.standing(
            row.asked, _counting(row, learned[person.id]), day=day, term=terms.get(person.id)
        )
        sessions = _closing(row, standing, coming, reach.get(person.id, set()))
        found.append(Standing(row, person, standing, sessions))
    return found


def _closing(
    row: TrainingRequirement,
    standing: law.Standing,
    coming: Sequence[Session],
    reach: Collection[int],
) -> list[Session]:
    """The next sessions that together leave nothing open, as far as there are any."""
    chosen: list[Session] = []
    minutes = 0
    for session in coming:
        if law.Standing(
            standing.window,
            times_open=max(0, standing.times_open - len(chosen)),
            minutes_open=max(0, standing.minutes_open - minutes),
        ).met:
            break
        last = standing.window.last if standing.window else None
        rolling = row.period is Period.MONTHS
        in_time = rolling or (last is not None and _day(session) <= last)
        free = not any(overlap(session, other) for other in chosen)
        if free and in_time and session.office_id in reach and counts_for(row, session.course):
            chosen.append(session)
            minutes += session.course.minutes
    return chosen


def counts_for(row: TrainingRequirement, learned: Course | TrainingRecord) -> bool:
    """Whether a course, or a record of one, counts for a requirement."""
    course_id = learned.course_id if isinstance(learned, TrainingRecord) else learned.id
    if row.course_id not in {None, course_id}:
        return False
    return learned.continuing_education or not row.continuing_education


def _day(session: Session) -> date:
    return clock.today(session.office.zone, session.starts_at)


def _learned(person_ids: Collection[int]) -> dict[int, list[TrainingRecord]]:
    query = select(TrainingRecord).where(TrainingRecord.person_id.in_(person_ids), STANDS)
    found: dict[int, list[TrainingRecord]] = defaultdict(list)
    for record in db.session.scalars(query.order_by(TrainingRecord.id)):
        found[record.person_id].append(record)
    return found


def _counting(row: TrainingRequirement, records: Sequence[TrainingRecord]) -> list[law.Attended]:
    return [
        law.Attended(record.held_on, record.minutes)
        for record in records
        if counts_for(row, record)
    ]
