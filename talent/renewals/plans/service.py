"""The training plan of a year: what people will need, what is planned for it, what stays open."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import joinedload, selectinload

from talent import audit
from talent.access import Permission
from talent.audit import Act
from talent.db import db, locked
from talent.errors import NotFound, Refused
from talent.offices.models import Office
from talent.offices.service import seen
from talent.people.models import Person, Tie
from talent.renewals.lapses import service as lapses
from talent.renewals.lapses.service import Subject
from talent.renewals.plans.models import PlanLine, TrainingPlan
from talent.renewals.requirements import service as requirements
from talent.renewals.requirements.standings import counts_for, open_people
from talent.rules import requirements as law
from talent.rules.reason import N_
from talent.rules.requirements import Cover, Demand
from talent.rules.words import Word
from talent.training.models import Course, CredentialKind, Session
from talent.training.service import PAGE
from talent.training.social_work import service as social_work

if TYPE_CHECKING:
    from collections.abc import Sequence

    from talent.access import Actor
    from talent.renewals.requirements.models import TrainingRequirement


class Unplanned(Word):
    """Why a plan is not made."""

    THERE = "there", N_("This office has a plan for this year already.")
    CLOSED = "closed", N_("This course is not held any more.")


class Ground(Word):
    """Why people need training."""

    REQUIREMENT = "requirement", N_("Asked and not done by the end of the year")
    CREDENTIAL = "credential", N_("A credential lapses")
    TRAINING = "training", N_("Training lapses")
    REGISTRATION = "registration", N_("A registration ends and hours are missing")


@dataclass(frozen=True, slots=True)
class Wanted:
    """One line of the demand: why, of what, for how many people, and how far it is covered."""

    ground: Ground
    what: Any  # a requirement, a kind of credential, a course; None: continuing education
    people: int
    in_minutes: bool
    cover: Cover
    courses: Sequence[Course]


@dataclass(frozen=True, slots=True)
class Planned:
    """One line of the plan, with the sessions that stand in the calendar for it."""

    line: PlanLine
    scheduled: int

    @property
    def places(self) -> int:
        """Of all its sessions."""
        return self.line.sessions * self.line.places


@dataclass(frozen=True, slots=True)
class Outlook:
    """A plan against what will be needed."""

    plan: TrainingPlan
    wanted: Sequence[Wanted]
    planned: Sequence[Planned]

    @property
    def minutes(self) -> int:
        """Set aside for all sessions."""
        return sum(one.line.minutes for one in self.planned)

    @property
    def places(self) -> int:
        """Of all sessions."""
        return sum(one.places for one in self.planned)

    @property
    def sessions(self) -> int:
        """How many are planned."""
        return sum(one.line.sessions for one in self.planned)

    @property
    def open(self) -> int:
        """Lines of the demand that the plan does not cover."""
        return sum(one.cover.open > 0 for one in self.wanted)


@dataclass(slots=True)
class Lesson:
    """What is stated of one line."""

    month: int
    sessions: int
    places: int
    minutes: int
    note: str | None = None


def plans(actor: Actor, *, after: int = 0) -> Sequence[TrainingPlan]:
    """Plans of the actor's offices, the newest first; a page and one more."""
    query = (
        select(TrainingPlan)
        .where(TrainingPlan.office_id.in_(seen(actor, Permission.SEE_TRAINING)))
        .options(joinedload(TrainingPlan.office), selectinload(TrainingPlan.lines))
        .order_by(TrainingPlan.id.desc())
        .limit(PAGE + 1)
    )
    if after:
        query = query.where(TrainingPlan.id < after)
    return db.session.scalars(query).all()


def visible(actor: Actor, plan_id: int, permission: Permission) -> TrainingPlan:
    """The plan of an office for which the permission is held, or `NotFound`."""
    query = (
        select(TrainingPlan)
        .where(TrainingPlan.id == plan_id)
        .where(TrainingPlan.office_id.in_(seen(actor, permission)))
        .options(
            joinedload(TrainingPlan.office),
            selectinload(TrainingPlan.lines).joinedload(PlanLine.course),
        )
    )
    if (plan := db.session.scalars(query).one_or_none()) is None:
        raise NotFound
    return plan


def begin(
    office: Office, year: int, *, note: str | None, actor: Actor, now: datetime
) -> TrainingPlan:
    """A new plan; one for each office and year."""
    locked(Office, office.id)
    there = select(TrainingPlan.id).filter_by(office_id=office.id, year=year)
    if db.session.scalar(there) is not None:
        raise Refused([Unplanned.THERE])
    plan = TrainingPlan(
        office_id=office.id, year=year, note=note, made_at=now, account_id=actor.account_id
    )
    db.session.add(plan)
    return _traced(plan, actor, now)


def add_line(
    plan: TrainingPlan, course: Course, stated: Lesson, *, actor: Actor, now: datetime
) -> PlanLine:
    """So many sessions of a course in a month."""
    if not course.open:
        raise Refused([Unplanned.CLOSED])
    line = PlanLine(
        plan_id=plan.id,
        course_id=course.id,
        **{name: getattr(stated, name) for name in Lesson.__slots__},
    )
    db.session.add(line)
    _traced(plan, actor, now)
    return line


def drop_line(plan: TrainingPlan, line_id: int, *, actor: Actor, now: datetime) -> None:
    """It is not planned any more. A second time changes nothing."""
    line = next((each for each in plan.lines if each.id == line_id), None)
    if line is not None:
        plan.lines.remove(line)
        db.session.delete(line)
        _traced(plan, actor, now)


def outlook(plan: TrainingPlan) -> Outlook:
    """What the people at and below the office will need in the year, and what covers it."""
    first, last = date(plan.year, 1, 1), date(plan.year, 12, 31)
    courses = _taught(plan)
    rough = [
        *_asked(plan.office, courses, first, last),
        *_credentials(plan.office, first, last),
        *_trainings(plan.office, courses, first, last),
        *_registrations(plan.office, courses, first, last),
    ]
    places: Counter[int] = Counter()
    for line in plan.lines:
        places[line.course_id] += line.sessions * line.places
    demands = [
        Demand(str(at), needed, frozenset(c.id for c in taught), in_minutes)
        for at, (_, _, _, needed, in_minutes, taught) in enumerate(rough)
    ]
    covers = law.allocated(demands, places, {c.id: c.minutes for c in courses.values()})
    wanted = [
        Wanted(ground, what, number, in_minutes, covers[str(at)], taught)
        for at, (ground, what, number, _, in_minutes, taught) in enumerate(rough)
    ]
    return Outlook(plan, wanted, _planned(plan))


_Rough = tuple[Ground, Any, int, int, bool, list[Course]]


def _taught(plan: TrainingPlan) -> dict[int, Course]:
    """Courses that the office or one below can hold, and those in the plan."""
    query = select(Course).where(
        or_(
            Course.office_id.in_(plan.office.ancestor_ids) & Course.open,
            Course.id.in_([line.course_id for line in plan.lines]),
        )
    )
    return {c.id: c for c in db.session.scalars(query.order_by(Course.id))}


def _asked(office: Office, courses: dict[int, Course], first: date, last: date) -> list[_Rough]:
    rows = requirements.in_year(office, first=first, last=last)
    open_ = open_people(rows, day=last, under=office)
    found = []
    for row in rows:
        if standings := open_[row.id]:
            taught = [c for c in courses.values() if counts_for(row, c)]
            needed, in_minutes = _need(row, standings)
            found.append((Ground.REQUIREMENT, row, len(standings), needed, in_minutes, taught))
    return found


def _need(row: TrainingRequirement, standings: Sequence[law.Standing]) -> tuple[int, bool]:
    """Places, where a course or a number of times is asked for; else minutes."""
    if row.course_id and row.course:
        minutes = row.course.minutes
        return sum(law.sessions_needed(each, minutes) for each in standings), False
    if row.minutes:
        return sum(each.minutes_open for each in standings), True
    return sum(each.times_open for each in standings), False


def _near(office: Office) -> Any:
    return exists().where(
        Tie.person_id == Person.id,
        Tie.office_id == Office.id,
        Office.path.startswith(office.path, autoescape=True),
    )


def _credentials(office: Office, first: date, last: date) -> list[_Rough]:
    """Kinds that a course renews; the others are renewed elsewhere and ask for no place here."""
    query = lapses.ending(Subject.CREDENTIALS, first, last).where(_near(office))
    held: dict[CredentialKind, int] = defaultdict(int)
    for row in db.session.scalars(query):
        held[row.kind] += 1
    return [
        (Ground.CREDENTIAL, kind, number, number, False, list(kind.courses))
        for kind, number in sorted(held.items(), key=lambda pair: pair[0].place)
        if kind.courses
    ]


def _trainings(office: Office, courses: dict[int, Course], first: date, last: date) -> list[_Rough]:
    query = lapses.ending(Subject.TRAININGS, first, last).where(_near(office))
    number = Counter(row.course_id for row in db.session.scalars(query))
    return [
        (Ground.TRAINING, courses[id_], number[id_], number[id_], False, [courses[id_]])
        for id_ in sorted(id_ for id_ in number if id_ in courses)
    ]


def _registrations(
    office: Office, courses: dict[int, Course], first: date, last: date
) -> list[_Rough]:
    query = lapses.ending(Subject.REGISTRATIONS, first, last).where(_near(office))
    rows = db.session.scalars(query).all()
    missing = social_work.missing_minutes(rows, social_work.held_to())
    gaps = [minutes for minutes in missing.values() if minutes]
    if not gaps:
        return []
    taught = [c for c in courses.values() if c.continuing_education]
    return [(Ground.REGISTRATION, None, len(gaps), sum(gaps), True, taught)]


def _planned(plan: TrainingPlan) -> list[Planned]:
    """Sessions of the course in the month, at the office or below it."""
    zone = ZoneInfo(plan.office.zone)
    query = (
        select(Session.course_id, Session.starts_at)
        .join(Session.office)
        .where(Session.course_id.in_([line.course_id for line in plan.lines]))
        .where(Session.cancelled_at.is_(None))
        .where(Office.path.startswith(plan.office.path, autoescape=True))
        .where(Session.starts_at >= datetime(plan.year, 1, 1, tzinfo=zone))
        .where(Session.starts_at < datetime(plan.year + 1, 1, 1, tzinfo=zone))
    )
    number = Counter(
        (course_id, starts.astimezone(zone).month)
        for course_id, starts in db.session.execute(query)
    )
    return [Planned(line, number[line.course_id, line.month]) for line in plan.lines]


def _traced(plan: TrainingPlan, actor: Actor, now: datetime) -> TrainingPlan:
    db.session.flush()
    audit.record(
        Act.PLAN_CHANGED, plan, actor=actor, now=now, office_id=plan.office_id, year=plan.year
    )
    return plan
