"""Acts on stars and medals: apply, grant, refuse, look again, withdraw."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import joinedload

from talent import audit, clock
from talent.access import Permission
from talent.audit import Act
from talent.certificates import number as numbers
from talent.db import db, locked
from talent.errors import NotFound, Refused
from talent.messages.models import MessageKind
from talent.messages.service import tell
from talent.offices import service as offices
from talent.people import service as people
from talent.people.models import Person
from talent.recognition import service as recognition
from talent.recognition.models import (
    ApplicationState,
    StarApplication,
    StarGrant,
    StarLevel,
)
from talent.recognition.service import PAGE
from talent.rules import stars as law
from talent.rules.reason import Because
from talent.rules.stars import Unawarded

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from sqlalchemy import ColumnElement, Select

    from talent.access import Actor
    from talent.offices.models import Office
    from talent.rules.stars import Merit, Period

PREFIX = "XJ"  # 星级, in the place of the letters of a certificate's number


def apply(
    person: Person, level_id: int, period_key: str, *, actor: Actor, now: datetime, today: date
) -> StarApplication:
    """A volunteer, or a guardian for a child, asks for a level that is reached."""
    locked(Person, person.id)
    course, rung = _rung(person, level_id, period_key, today)
    if rung.refusals:
        raise Refused(list(rung.refusals))
    decider = recognition.decider(rung.level, course.office, recognition.line_of([course.office]))
    if decider is None:
        raise Refused([Because(Unawarded.NO_DECIDER)])
    application = StarApplication(
        person_id=person.id,
        level_id=level_id,
        office_id=course.office.id,
        decider_id=decider.id,
        period=course.period.key,
        first_day=course.period.first,
        last_day=course.period.last,
        minutes=course.merit.minutes,
        state=ApplicationState.APPLIED,
        made_at=now,
    )
    db.session.add(application)
    db.session.flush()
    _trace(Act.STAR_APPLIED, application, actor=actor, now=now)
    return application


def _rung(
    person: Person, level_id: int, period_key: str, today: date
) -> tuple[recognition.Course, recognition.Rung]:
    for course in recognition.courses(person, today=today):
        rung = course.rung(level_id)
        if rung and course.period.key == period_key:
            return course, rung
    raise NotFound


def take_back(application: StarApplication, *, actor: Actor, now: datetime) -> None:
    """The volunteer does not want it any more."""
    application = _open(application)
    application.state = ApplicationState.TAKEN_BACK
    application.decided_at, application.decided_by = now, actor.account_id
    _trace(Act.STAR_DECIDED, application, actor=actor, now=now)


def take(application: StarApplication, *, actor: Actor, now: datetime) -> StarGrant:
    """The office that decides says yes. What is on record now is what counts."""
    locked(Person, application.person_id)
    application = _open(application)
    if reasons := refusals_to_take(application, actor=actor):
        raise Refused(reasons)
    today = clock.today(application.decider.zone, now)
    grant = give(
        application.person,
        application.level,
        application.days,
        merit_of(application),
        office=application.office,
        decider=application.decider,
        actor=actor,
        now=now,
        today=today,
        application=application,
    )
    if grant is None:
        raise Refused([Because(Unawarded.HELD)])
    application.state = ApplicationState.GRANTED
    application.decided_at, application.decided_by = now, actor.account_id
    _trace(Act.STAR_DECIDED, application, actor=actor, now=now)
    return grant


def refuse(application: StarApplication, *, why: str, actor: Actor, now: datetime) -> None:
    """The office that decides says no, and why."""
    application = _open(application)
    reasons = refusals_to_decide(application, actor=actor)
    if not why.strip():
        reasons = [*reasons, Because(Unawarded.NO_REASON)]
    if reasons:
        raise Refused(reasons)
    application.state, application.reason = ApplicationState.REFUSED, why
    application.decided_at, application.decided_by = now, actor.account_id
    _trace(Act.STAR_DECIDED, application, actor=actor, now=now)
    tell(
        MessageKind.STAR_REFUSED,
        once=str(application.id),
        now=now,
        person=application.person,
        office_id=application.decider_id,
        facts=_facts(application.level) | {"reason": why},
    )


def refusals_to_decide(application: StarApplication, *, actor: Actor) -> list[Because]:
    """Why this actor does not decide on it."""
    if not actor.may(Permission.DECIDE_STARS, application.decider.path):
        return [Because(Unawarded.NOT_HERE)]
    person = application.person
    return law.refusals_to_decide(
        decider=actor.person_id, volunteer=person.id, guardian=person.guardian_id
    )


def refusals_to_take(application: StarApplication, *, actor: Actor) -> list[Because]:
    """Why it cannot be granted by this actor now."""
    missing = law.missing(
        application.level.hours, merit_of(application), application.level.scheme.condition
    )
    under = application.level.scheme.office.path
    here = any(o.path.startswith(under) for o in people.active_offices(application.person_id))
    left = [] if here else [Because(Unawarded.NOT_ACTIVE)]
    return refusals_to_decide(application, actor=actor) + left + missing


def merit_of(held: StarApplication | StarGrant) -> Merit:
    """What the person brings now in the period that it is about."""
    return recognition.merit(held.person_id, held.days, held.level.scheme.condition)


def give(
    person: Person,
    level: StarLevel,
    period: Period,
    brought: Merit,
    *,
    office: Office,
    decider: Office,
    actor: Actor,
    now: datetime,
    today: date,
    application: StarApplication | None = None,
) -> StarGrant | None:
    """Write the grant and tell the volunteer; None when it was given already. Person is held."""
    given = recognition.grants_of(person.id)
    if any(recognition.holds(each, period) for each in given if each.level_id == level.id):
        return None
    row = _insert(StarGrant).values(
        person_id=person.id,
        level_id=level.id,
        office_id=office.id,
        decider_id=decider.id,
        application_id=application.id if application else None,
        number=PREFIX + numbers.new(today.year)[len(numbers.PREFIX) :],
        period=period.key,
        first_day=period.first,
        last_day=period.last,
        minutes=brought.minutes,
        steps=brought.steps,
        count=brought.count,
        granted_on=today,
        granted_at=now,
        granted_by=actor.account_id,
    )
    once = row.on_conflict_do_nothing().returning(StarGrant)
    grant: StarGrant | None = db.session.scalars(once).one_or_none()
    if grant is None:
        return None
    _trace(Act.STAR_GRANTED, grant, actor=actor, now=now)
    tell(
        MessageKind.STAR_GRANTED,
        once=str(grant.id),
        now=now,
        person=person,
        office_id=decider.id,
        facts=_facts(level) | {"number": grant.number},
    )
    return grant


def keep(grant: StarGrant, *, why: str, actor: Actor, now: datetime) -> None:
    """The office looked at a doubtful grant and lets it stand."""
    grant = locked(StarGrant, grant.id)
    _may_settle(grant, why, actor)
    grant.kept_at, grant.kept_why, grant.kept_by = merit_of(grant).minutes, why, actor.account_id
    grant.doubtful_since = grant.minutes_now = None
    _trace(Act.STAR_KEPT, grant, actor=actor, now=now)


def withdraw(grant: StarGrant, *, why: str, actor: Actor, now: datetime) -> None:
    """It stays on record as withdrawn, with the reason."""
    grant = locked(StarGrant, grant.id)
    _may_settle(grant, why, actor)
    grant.withdrawn_at, grant.withdrawn_by, grant.withdrawn_why = now, actor.account_id, why
    grant.doubtful_since = None
    _trace(Act.STAR_WITHDRAWN, grant, actor=actor, now=now)
    tell(
        MessageKind.STAR_WITHDRAWN,
        once=str(grant.id),
        now=now,
        person=grant.person,
        office_id=grant.decider_id,
        facts=_facts(grant.level) | {"reason": why},
    )


def refusals_to_settle(grant: StarGrant, *, actor: Actor) -> list[Because]:
    """Why this actor neither withdraws nor confirms it."""
    if grant.withdrawn_at is not None:
        return [Because(Unawarded.DECIDED)]
    if not actor.may(Permission.DECIDE_STARS, grant.decider.path):
        return [Because(Unawarded.NOT_HERE)]
    person = grant.person
    return law.refusals_to_decide(
        decider=actor.person_id, volunteer=person.id, guardian=person.guardian_id
    )


def _may_settle(grant: StarGrant, why: str, actor: Actor) -> None:
    reasons = refusals_to_settle(grant, actor=actor)
    if not why.strip():
        reasons = [*reasons, Because(Unawarded.NO_REASON)]
    if reasons:
        raise Refused(reasons)


def _open(application: StarApplication) -> StarApplication:
    held = locked(StarApplication, application.id)
    if held.state is not ApplicationState.APPLIED:
        raise Refused([Because(Unawarded.DECIDED)])
    return held


def _facts(level: StarLevel) -> dict[str, Any]:
    names = {"name_zh": level.name_zh, "name_en": level.name_en}
    return {"level": names, "path": "/recognition/"}


def _trace(act: Act, held: StarApplication | StarGrant, *, actor: Actor, now: datetime) -> None:
    said: dict[str, Any] = {"person": held.person_id, "level": held.level_id}
    if isinstance(held, StarApplication):
        said["state"] = held.state.value
    audit.record(act, held, actor=actor, now=now, office_id=held.decider_id, **said)


def _insert(model: Any) -> Any:
    return {"sqlite": sqlite, "postgresql": postgresql}[db.engine.dialect.name].insert(model)


# ---- what an office sees


def _of(actor: Actor, model: type[StarApplication | StarGrant]) -> ColumnElement[bool]:
    """Those of the actor's volunteers, and those on which his offices decide."""
    mine: Select[int] = offices.seen(actor, Permission.SEE_RECOGNITION)
    return or_(model.office_id.in_(mine), model.decider_id.in_(mine))


def _loads(model: Any) -> tuple[Any, ...]:
    return (
        joinedload(model.person),
        joinedload(model.level).joinedload(StarLevel.scheme),
        joinedload(model.office),
        joinedload(model.decider),
    )


def applications(
    actor: Actor, *, state: ApplicationState | None = None, after: int | None = None
) -> Sequence[StarApplication]:
    """The applications, those that wait longest first; of the decided ones the latest first."""
    query = select(StarApplication).where(_of(actor, StarApplication))
    query = query.options(*_loads(StarApplication)).limit(PAGE + 1)
    state = state or ApplicationState.APPLIED
    query = query.where(StarApplication.state == state)
    if state is ApplicationState.APPLIED:
        query = query.where(StarApplication.id > (after or 0)).order_by(StarApplication.id)
    else:
        query = query.order_by(StarApplication.id.desc())
        query = query.where(StarApplication.id < after) if after else query
    return db.session.scalars(query).all()


def waiting(actor: Actor) -> int:
    """How many applications and doubtful stars wait for a decision of the actor's offices."""
    mine = offices.seen(actor, Permission.DECIDE_STARS)
    asked = (
        select(func.count())
        .select_from(StarApplication)
        .where(StarApplication.state == ApplicationState.APPLIED)
        .where(StarApplication.decider_id.in_(mine))
    )
    doubtful = (
        select(func.count())
        .select_from(StarGrant)
        .where(StarGrant.doubtful_since.is_not(None), StarGrant.decider_id.in_(mine))
    )
    return sum(db.session.scalar(query) or 0 for query in (asked, doubtful))


def visible_application(actor: Actor, application_id: int) -> StarApplication:
    """One of them, or `NotFound`."""
    query = select(StarApplication).where(
        StarApplication.id == application_id, _of(actor, StarApplication)
    )
    found = db.session.scalars(query.options(*_loads(StarApplication))).one_or_none()
    if found is None:
        raise NotFound
    return found


def own_application(application_id: int, persons: Select[int]) -> StarApplication:
    """One's own or a child's, or `NotFound`."""
    query = select(StarApplication).where(
        StarApplication.id == application_id, StarApplication.person_id.in_(persons)
    )
    if (found := db.session.scalars(query).one_or_none()) is None:
        raise NotFound
    return found


def granted(
    actor: Actor, *, doubtful: bool = False, after: int | None = None
) -> Sequence[StarGrant]:
    """The levels that were given, the latest first; of the doubtful ones the oldest first."""
    query = select(StarGrant).where(_of(actor, StarGrant)).options(*_loads(StarGrant))
    if doubtful:
        query = query.where(StarGrant.doubtful_since.is_not(None), StarGrant.id > (after or 0))
        query = query.order_by(StarGrant.id)
    else:
        query = query.order_by(StarGrant.id.desc())
        query = query.where(StarGrant.id < after) if after else query
    return db.session.scalars(query.limit(PAGE + 1)).all()


def visible_grant(actor: Actor, grant_id: int, persons: Select[int]) -> StarGrant:
    """One's own or a child's, or one that an office of the actor's sees."""
    query = select(StarGrant).where(
        StarGrant.id == grant_id, or_(StarGrant.person_id.in_(persons), _of(actor, StarGrant))
    )
    found = db.session.scalars(query.options(*_loads(StarGrant))).one_or_none()
    if found is None:
        raise NotFound
    return found
