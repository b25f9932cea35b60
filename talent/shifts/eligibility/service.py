"""The facts that the law asks about people and places, gathered in bulk, and its answers."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from talent.access import Permission
from talent.db import db
from talent.i18n import named
from talent.offices import service as offices
from talent.offices.models import Office, Setting
from talent.people import service as people
from talent.people.agreements import service as agreements
from talent.people.models import Consent, Person, Registration, RegistrationState
from talent.people.permits import service as permits
from talent.rules import age, signup, waiting, workload
from talent.rules.consent import ConsentKind
from talent.rules.signup import Agreement, Candidate, Gate, GateKind, Held, Place, SignupState
from talent.rules.span import Span
from talent.rules.workload import Engagement, Limits
from talent.shifts.models import (
    Attendance,
    AttendanceState,
    Need,
    Position,
    Project,
    Requirement,
    Shift,
    ShiftState,
    Signup,
    TravelTime,
)
from talent.shifts.models import ProjectState as PState
from talent.training import service as training

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import date, datetime

    from sqlalchemy import BindParameter, ColumnElement, Select

    from talent.access import Actor
    from talent.rules.guardianship import Permit
    from talent.rules.reason import Because


class Settings(dict[Setting, Any]):
    """What holds at the office that records a shift, for itself or by one above it.

    Asked of the act of signing up (it opens, closes, can be taken back, how many ahead) is what
    holds today, as in a dictionary; asked of the service (rest, ways, days, weeks, hand-over) is
    what holds on the day of the shift: `limits`.
    """

    def __init__(
        self,
        today: date,
        changes: Sequence[tuple[date, Mapping[Setting, Any]]],
        ways: Mapping[frozenset[str], int],
    ) -> None:
        self.agreement: Agreement | None = None
        super().__init__(max((c for c in changes if c[0] <= today), key=_since)[1])
        self._limits = [
            (
                since,
                Limits(
                    rest=told[Setting.REST_MINUTES],
                    day=told[Setting.DAY_MINUTES],
                    week=told[Setting.WEEK_MINUTES],
                    days_in_row=told[Setting.DAYS_IN_ROW],
                    tolerance=told[Setting.TOLERANCE_MINUTES],
                    travel=told[Setting.TRAVEL_MINUTES],
                    ahead=self[Setting.AHEAD_SHIFTS],
                    ways=ways,
                ),
            )
            for since, told in changes
        ]

    def limits(self, day: date) -> Limits:
        """What is asked of one person who serves on that day."""
        return max((each for each in self._limits if each[0] <= day), key=_since)[1]


def _since(change: tuple[date, Any]) -> date:
    return change[0]


# A shift with all that a page or the law asks about it, in a constant number of questions.
WHOLE = (
    joinedload(Shift.project).joinedload(Project.office),
    joinedload(Shift.project).joinedload(Project.audience),
    joinedload(Shift.project).joinedload(Project.category),
    joinedload(Shift.project).selectinload(Project.requirements),
    selectinload(Shift.needs).joinedload(Need.position).selectinload(Position.requirements),
    selectinload(Shift.needs).selectinload(Need.requirements),
)
SHOWN = (ShiftState.PUBLISHED, ShiftState.CANCELLED, ShiftState.CLOSED)


@dataclass(frozen=True, slots=True)
class Facts:
    """All that the law asks about one person, for any number of shifts."""

    active_at: tuple[str, ...] = ()  # places in the tree of the offices where registered
    born: Any = None
    guardian_consents: bool = False
    held: tuple[Held, ...] = ()
    engaged: Mapping[int, Engagement] = field(default_factory=dict)  # by shift
    live: frozenset[int] = frozenset()  # shifts with a place or waited for
    signed: frozenset[int] = frozenset()  # versions of agreements
    permits: Sequence[Permit] | None = None  # what a guardian named; None: nothing was named

    def without(self, shift_id: int) -> Facts:
        """The same person without the place on one shift."""
        return replace(self, engaged={i: e for i, e in self.engaged.items() if i != shift_id})

    def engaged_too(self, shift: Shift) -> Facts:
        """The same person with a place on one more shift."""
        return replace(self, engaged={**self.engaged, shift.id: _engagement(shift)})


def _engagement(shift: Shift) -> Engagement:
    return Engagement(shift.span, named(shift.project), shift.id, shift.where)


def facts_of(person_ids: Collection[int], *, since: datetime) -> dict[int, Facts]:
    """The facts of many people in nine questions, for shifts that begin at `since` or later.

    Engagements reach back as far as the limits of an office do. Who did not come did not serve.
    """
    wanted = sorted(set(person_ids))
    found: dict[int, dict[str, Any]] = {
        id_: {"active_at": [], "held": [], "engaged": {}, "live": set()} for id_ in wanted
    }
    for id_, born in db.session.execute(
        select(Person.id, Person.birth_date).where(Person.id.in_(wanted))
    ):
        found[id_]["born"] = born
    for id_, path in db.session.execute(
        select(Registration.person_id, Office.path)
        .join(Office, Office.id == Registration.office_id)
        .where(Registration.person_id.in_(wanted), Registration.state == RegistrationState.ACTIVE)
    ):
        found[id_]["active_at"].append(path)
    minors = [id_ for id_, told in found.items() if _minor(told.get("born"), since)]
    for id_, told in _by_guardians(minors).items():
        found[id_] |= told
    for id_, held in training.held_by(wanted).items():
        found[id_]["held"] += held
    for id_, versions in agreements.signed_by(wanted).items():
        found[id_]["signed"] = versions
    for id_, skill_ids in people.skills_of(wanted).items():
        found[id_]["held"] += [Held(GateKind.SKILL, skill_id) for skill_id in sorted(skill_ids)]
    for one in db.session.execute(_engaged(wanted, since - workload.LOOK_BACK)):
        found[one.person_id]["live"].add(one.id)
        if one.state in signup.ENGAGED and one.attended is not AttendanceState.ABSENT:
            span, where = Span(one.starts_at, one.ends_at), one.own_place or one.place
            found[one.person_id]["engaged"][one.id] = Engagement(
                span, named(one), one.id, where, one.state is not SignupState.CONFIRMED
            )
    return {
        id_: Facts(
            **{
                **told,
                "active_at": tuple(told["active_at"]),
                "held": tuple(told["held"]),
                "live": frozenset(told["live"]),
            }
        )
        for id_, told in found.items()
    }


def _minor(born: date | None, since: datetime) -> bool:
    """Whether a guardian may be asked for shifts from then on; a day more, whatever the zone."""
    return born is not None and age.guardian_needed(born, since.date() - timedelta(days=1))


def _by_guardians(minors: Collection[int]) -> dict[int, dict[str, Any]]:
    """For whom a guardian consented, and what was named. Nothing is asked where nobody is young."""
    if not minors:
        return {}
    consenting = select(Consent.person_id).where(
        Consent.person_id.in_(minors),
        Consent.kind == ConsentKind.GUARDIAN,
        Consent.withdrawn_at.is_(None),
    )
    named = permits.permits_of(minors)
    return {
        id_: {"guardian_consents": True, "permits": named.get(id_)}
        for id_ in db.session.scalars(consenting.distinct())
    }


def _engaged(person_ids: Collection[int], since: datetime) -> Select[*tuple[Any, ...]]:
    """Places and turns of people on shifts that end after a moment, a row for each."""
    return (
        select(
            Signup.person_id,
            Signup.state,
            Shift.id,
            Shift.starts_at,
            Shift.ends_at,
            Shift.place.label("own_place"),
            Project.place,
            Project.name.label("name_zh"),
            Project.name_en,
            Attendance.state.label("attended"),
        )
        .join(Shift, Shift.id == Signup.shift_id)
        .join(Project, Project.id == Shift.project_id)
        .outerjoin(Attendance, Attendance.signup_id == Signup.id)
        .where(
            Signup.person_id.in_(person_ids),
            Signup.state.in_(signup.LIVE),
            Shift.ends_at > since,
            Shift.state != ShiftState.CANCELLED,
        )
        .order_by(Shift.starts_at, Shift.id)
    )


def settings_for(shifts: Collection[Shift], now: datetime) -> dict[int, Settings]:
    """What the recording office of each shift has set, by the office's id, in two questions."""
    of = {shift.project.office_id: shift.project.office for shift in shifts}
    if not of:
        return {}
    todays = {id_: now.astimezone(ZoneInfo(office.zone)).date() for id_, office in of.items()}
    days = [*todays.values(), *(shift.day for shift in shifts)]
    told = offices.settings_over(of.values(), first=min(days), last=max(days))
    ways = _ways(of.values())
    found = {id_: Settings(todays[id_], told[id_], ways[id_]) for id_ in of}
    asking = [office for id_, office in of.items() if found[id_][Setting.AGREEMENT] == "on"]
    for id_, row in (agreements.present(asking) if asking else {}).items():
        found[id_].agreement = Agreement(row.id, named(row.office))
    return found


def _ways(of: Iterable[Office]) -> dict[int, dict[frozenset[str], int]]:
    """The ways that each office knows by itself or from those above it; the nearest one counts."""
    lines = {office.id: office.ancestor_ids for office in of}
    speakers = {speaker for line in lines.values() for speaker in line}
    known: dict[int, dict[frozenset[str], int]] = {}
    for way in db.session.scalars(select(TravelTime).where(TravelTime.office_id.in_(speakers))):
        ends = workload.pair(way.place_a, way.place_b)
        known.setdefault(way.office_id, {})[ends] = way.minutes
    return {
        id_: {ends: minutes for step in line for ends, minutes in known.get(step, {}).items()}
        for id_, line in lines.items()
    }


def candidate(facts: Facts, shift: Shift) -> Candidate:
    """The person as far as this shift is concerned."""
    return Candidate(
        born=facts.born,
        active=any(reaches(shift.project.audience.path, path) for path in facts.active_at),
        already=shift.id in facts.live,
        guardian_consents=facts.guardian_consents,
        held=facts.held,
        engagements=tuple(e for id_, e in facts.engaged.items() if id_ != shift.id),
        signed=facts.signed,
        permits=facts.permits,
    )


def place(need: Need, shift: Shift, settings: Settings) -> Place:
    """One position on a shift as far as the law is concerned."""
    ahead, closes = settings[Setting.OPENS_DAYS], settings[Setting.CLOSES_MINUTES]
    return Place(
        span=shift.span,
        zone=ZoneInfo(shift.zone),
        places=need.places,
        taken=need.taken,
        published=shift.state is ShiftState.PUBLISHED and shift.project.state is PState.OPEN,
        cancelled=shift.state is ShiftState.CANCELLED,
        opens_at=shift.starts_at - timedelta(days=ahead) if ahead else None,
        closes_at=shift.starts_at - timedelta(minutes=closes) if closes else None,
        least_years=need.least_years,
        gates=tuple(
            Gate(kind_of(each), each.thing.id, named(each.thing)) for each in need.required
        ),
        where=shift.where,
        limits=settings.limits(shift.day),
        agreement=settings.agreement,
        category=shift.project.category_id,
    )


def kind_of(required: Requirement) -> GateKind:
    """Whether a credential, a training or a skill is asked for."""
    if required.credential_kind_id:
        return GateKind.CREDENTIAL
    return GateKind.TRAINING if required.course_id else GateKind.SKILL


def reasons(need: Need, shift: Shift, facts: Facts, settings: Settings, now: datetime) -> Reasons:
    """Why this person may not take a place now, and why not even wait for one."""
    found = signup.refusals(place(need, shift, settings), candidate(facts, shift), now)
    return Reasons(found, waiting.in_line(found), signup.in_person(found), signup.on_call(found))


def standing(
    need: Need, shift: Shift, facts: Facts, settings: Settings, now: datetime
) -> list[Because]:
    """What the law has now against somebody who is on the shift already."""
    where, who = place(need, shift, settings), candidate(facts, shift)
    found = signup.person_refusals(where, who, now)
    return [because for because in found if because.why != workload.Overload.AHEAD]


@dataclass(frozen=True, slots=True)
class Reasons:
    """The law's answers; an empty list means yes."""

    to_take: list[Because]
    to_wait: list[Because]
    to_walk_in: list[Because]
    to_step_in: list[Because]


def reaches(audience: str, registered: str) -> bool:
    """A project is for the volunteers of its audience's office, of those below and above it."""
    return registered.startswith(audience) or audience.startswith(registered)


def offered(actor: Actor) -> ColumnElement[bool]:
    """The condition on `Project` that keeps a query inside what is offered to a volunteer."""
    paths = actor.paths(Permission.TAKE_SHIFTS)
    above = {int(step) for path in paths for step in path.strip("/").split("/") if step}
    below = offices.seen(actor, Permission.TAKE_SHIFTS)
    return Project.audience_id.in_(above) | Project.audience_id.in_(below)


def visible(actor: Actor, reader: BindParameter[Any] | None = None) -> ColumnElement[bool]:
    """The condition on `Shift` joined to `Project`: offered, or one's office's, or one's own.

    `reader` stands for the actor's person in a statement that is put together once for many.
    """
    own = offices.seen(actor, Permission.SEE_SHIFTS)
    shown = Shift.state.in_(SHOWN) & (Project.state != PState.DRAFT) & offered(actor)
    told = shown | Project.office_id.in_(own)
    if actor.person_id is None:
        return told
    person = actor.person_id if reader is None else reader
    return told | Shift.id.in_(select(Signup.shift_id).where(Signup.person_id == person))


def span_of(shifts: Sequence[Shift]) -> Span:
    """From the first start to the last end."""
    return Span(min(s.starts_at for s in shifts), max(s.ends_at for s in shifts))
