"""What the law asks about places, gathered in bulk, and its answers about people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    JSON,
    Date,
    Integer,
    String,
    bindparam,
    cast,
    false,
    literal_column,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import joinedload, selectinload

from talent.access import Permission
from talent.arrays import any_of
from talent.db import among, asked
from talent.i18n import named
from talent.offices import service as offices
from talent.offices.models import Office, OfficeRule, Setting
from talent.people.agreements import service as agreements
from talent.rules import signup, waiting, workload
from talent.rules.signup import Agreement, Candidate, Gate, GateKind, Place
from talent.rules.span import Span
from talent.rules.workload import Limits
from talent.shifts.facts.service import Facts, facts_of
from talent.shifts.models import Need, Position, Project, Requirement, Shift, ShiftState, Signup
from talent.shifts.models import ProjectState as PState
from talent.shifts.ways.models import TravelTime

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import date, datetime

    from sqlalchemy import BindParameter, ColumnElement

    from talent.access import Actor
    from talent.rules.reason import Because

__all__ = ["Facts", "facts_of"]  # whoever asks the law asks here for what it wants to know


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

    @property
    def reach(self) -> timedelta | None:
        """How far around a shift other service matters to any of the limits; None: all of it."""
        reaches = [workload.reach(limits) for _, limits in self._limits]
        return None if None in reaches else max(each for each in reaches if each is not None)

    def limits(self, day: date) -> Limits:
        """What is asked of one person who serves on that day."""
        return max((each for each in self._limits if each[0] <= day), key=_since)[1]


def _since(change: tuple[date, Any]) -> date:
    return change[0]


def near(shifts: Sequence[Shift], told: Iterable[Settings]) -> Span | None:
    """The time in which other service matters to these shifts; None where all of it does."""
    reaches = [settings.reach for settings in told]
    if not shifts or None in reaches:
        return None
    whole, reach = span_of(shifts), max(each for each in reaches if each is not None)
    return Span(whole.start - reach, whole.end + reach)


# A shift with all that a page or the law asks about it, in a constant number of questions.
WHOLE = (
    joinedload(Shift.project).joinedload(Project.office),
    joinedload(Shift.project).joinedload(Project.audience),
    joinedload(Shift.project).joinedload(Project.category),
    joinedload(Shift.project).selectinload(Project.requirements),
    selectinload(Shift.needs).joinedload(Need.position).selectinload(Position.requirements),
    selectinload(Shift.needs).selectinload(Need.requirements),
)
# Who sees which shift: those to whom it is offered, those whose office plans it, and whose own it
# is. A page asks for all (`visible`), a list for one part after the other, an act of what it read
# (`sees`).
_HIDDEN = (ShiftState.DRAFT,)
SHOWN = ~among(Shift.state, _HIDDEN)


# The rules and the ways of the offices that speak, a row for each.
_RULE, _WAY = range(2)
_HOLDS = union_all(
    select(
        literal_column(str(_RULE), Integer).label("kind"),
        OfficeRule.office_id,
        OfficeRule.name,
        OfficeRule.value,
        OfficeRule.valid_from.label("since"),
        cast(null(), String).label("other"),
        cast(null(), Integer).label("minutes"),
    ).where(offices.SPEAKS),
    select(
        literal_column(str(_WAY), Integer),
        TravelTime.office_id,
        TravelTime.place_a,
        cast(null(), JSON),
        cast(null(), Date),
        TravelTime.place_b,
        TravelTime.minutes,
    ).where(any_of(TravelTime.office_id, "offices")),
)


def settings_for(shifts: Collection[Shift], now: datetime) -> dict[int, Settings]:
    """What the recording office of each shift has set, by the office's id, in one question.

    Where an agreement is asked for, one more is asked.
    """
    of = {shift.project.office_id: shift.project.office for shift in shifts}
    if not of:
        return {}
    todays = {id_: now.astimezone(ZoneInfo(office.zone)).date() for id_, office in of.items()}
    days = [*todays.values(), *(shift.day for shift in shifts)]
    lines = {id_: office.ancestor_ids for id_, office in of.items()}
    speakers = sorted({speaker for line in lines.values() for speaker in line})
    rows = asked(_HOLDS, offices=speakers, last=max(days))
    words = [(r.office_id, r.name, r.value, r.since) for r in rows if r.kind == _RULE]
    told = offices.heard(lines, words, min(days))
    ways = _ways(lines, [row for row in rows if row.kind == _WAY])
    found = {id_: Settings(todays[id_], told[id_], ways[id_]) for id_ in of}
    asking = [office for id_, office in of.items() if found[id_][Setting.AGREEMENT] == "on"]
    for id_, row in (agreements.present(asking) if asking else {}).items():
        found[id_].agreement = Agreement(row.id, named(row.office))
    return found


def _ways(
    lines: Mapping[int, Sequence[int]], rows: Sequence[Any]
) -> dict[int, dict[frozenset[str], int]]:
    """The ways that each office knows by itself or from those above it; the nearest one counts."""
    known: dict[int, dict[frozenset[str], int]] = {}
    for way in rows:
        known.setdefault(way.office_id, {})[workload.pair(way.name, way.other)] = way.minutes
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


def standing(where: Place, shift: Shift, facts: Facts, now: datetime) -> list[Because]:
    """What the law has now against somebody who has this place on the shift already."""
    found = signup.person_refusals(where, candidate(facts, shift), now)
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


def offered(actor: Actor, *, told: bool = False) -> ColumnElement[bool]:
    """The condition on `Project` that keeps a query inside what is offered to a volunteer.

    `told`: where he serves is told with each question (`places_of`), and not written into the
    statement, which then is the same for all who serve at as many offices.
    """
    kind = Office.path.type
    places = [
        bindparam(name, None if told else path, kind, unique=not told)
        for name, path in places_of(actor).items()
    ]
    reached = (Office.path.like(at + "%") | at.like(Office.path + "%") for at in places)
    audiences = select(Office.id).where(or_(*reached, false()))
    return ~among(Project.state, [PState.DRAFT]) & Project.audience_id.in_(audiences)


def places_of(actor: Actor) -> dict[str, str]:
    """The places in the tree at which the actor may serve, as a statement names them."""
    return {f"place_{n}": at for n, at in enumerate(actor.paths(Permission.TAKE_SHIFTS))}


def own(person: int | BindParameter[Any]) -> ColumnElement[bool]:
    """The condition on `Shift` that this person has, had or waits for a place there."""
    return Shift.id.in_(select(Signup.shift_id).where(Signup.person_id == person))


def visible(actor: Actor, reader: BindParameter[Any] | None = None) -> ColumnElement[bool]:
    """The condition on `Shift` joined to `Project`: offered, or one's office's, or one's own.

    `reader` stands for the actor's person in a statement that is put together once for many.
    """
    planned = Project.office_id.in_(offices.seen(actor, Permission.SEE_SHIFTS))
    seen = (SHOWN & offered(actor)) | planned
    if actor.person_id is None:
        return seen
    return seen | own(actor.person_id if reader is None else reader)


def sees(actor: Actor, state: ShiftState, project: PState, office: str, audience: str) -> bool:
    """The same of one shift that was read; but not whether it is one's own.

    `office` and `audience` are the places in the tree of those who record it and may see it.
    """
    shown = state not in _HIDDEN and project is not PState.DRAFT
    served = places_of(actor).values()
    planned = actor.paths(Permission.SEE_SHIFTS)
    return (shown and any(reaches(audience, path) for path in served)) or any(
        office.startswith(path) for path in planned
    )


def span_of(shifts: Sequence[Shift]) -> Span:
    """From the first start to the last end."""
    return Span(min(s.starts_at for s in shifts), max(s.ends_at for s in shifts))
