"""Shifts for one volunteer: those to take, the best fit first, and those that are still barred."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from talent.db import db
from talent.i18n import named
from talent.offices.models import Office
from talent.people.free_times.service import times_of
from talent.people.models import Person, Registration, RegistrationState
from talent.people.service import skills_of
from talent.rules import fitting
from talent.rules.fitting import Fit, Job, Step, Wish
from talent.rules.free_times import Window
from talent.rules.remedies import RemedyKind, remedy
from talent.shifts.eligibility import service as eligibility
from talent.shifts.models import Need, Project, ProjectState, Shift, ShiftState, Signup
from talent.shifts.offers import service as offers
from talent.training.sessions import service as sessions

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import date, datetime

    from talent.access import Actor
    from talent.rules.reason import Because
    from talent.rules.remedies import Remedy
    from talent.shifts.offers.service import Card, Option
    from talent.training.models import Session

LOOK_AT = 200  # coming shifts
PAGE = 20


@dataclass(frozen=True, slots=True)
class Suitable:
    """A shift that the reader may take or wait for, and how well it suits him."""

    card: Card
    fit: Fit


@dataclass(frozen=True, slots=True)
class Hurdle:
    """What stands against it, what would make it pass, and where: the next session of a course."""

    because: Because
    remedy: Remedy | None = None
    session: Session | None = None
    seated: bool = False  # the reader has a seat in that session

    @property
    def passes_on(self) -> date | None:
        """The day from which on it stands no longer, as far as that is known."""
        if self.session:
            return self.session.ends_at.astimezone(ZoneInfo(self.session.office.zone)).date()
        if self.remedy is None or self.remedy.kind is not RemedyKind.DATE:
            return None
        when: date | datetime = self.remedy.value  # type: ignore[assignment]
        return when.date() if hasattr(when, "date") else when


@dataclass(frozen=True, slots=True)
class Barred:
    """A shift that the reader may not take yet: its nearest position and all that is against it."""

    card: Card
    option: Option
    fit: Fit
    hurdles: list[Hurdle] = field(default_factory=list)

    @property
    def possible_on(self) -> date | None:
        """The day from which on nothing stands against it, if each reason has its day."""
        days = [hurdle.passes_on for hurdle in self.hurdles]
        known = [day for day in days if day]
        return max(known) if known and len(known) == len(days) else None


@dataclass(frozen=True, slots=True)
class ForMe:
    """Both lists, each in its order."""

    suitable: list[Suitable]
    barred: list[Barred]
    wish: Wish


def for_me(actor: Actor, *, now: datetime) -> ForMe:
    """What the reader may take by how it suits him, and what not yet, in a constant number of asks.

    Of the next shifts that are offered to him; not those that he has or has given up.
    """
    if actor.person_id is None:
        return ForMe([], [], Wish())
    cards = {card.shift.id: card for card in offers.cards_of(_coming(actor, now), actor, now)}
    wish, names = (
        wishes_of([actor.person_id])[actor.person_id],
        steps_of(card.shift for card in cards.values()),
    )
    suitable: dict[int, Suitable] = {}
    barred: dict[int, Barred] = {}
    for id_, card in cards.items():
        fits = [
            (o, fitting.fit(wish, job_of(card.shift, o.need, names), now)) for o in card.options
        ]
        if able := [(o, f) for o, f in fits if not o.against or not o.against_waiting]:
            free = [f for o, f in able if not o.against]
            suitable[id_] = Suitable(card, _best(free or [f for _, f in able]))
        elif fits:
            option, fit = min(fits, key=lambda each: (len(each[0].against_waiting), -each[1].score))
            barred[id_] = Barred(card, option, fit)
    order = _order(suitable.values())
    order.sort(key=lambda id_: not _takeable(suitable[id_].card))
    later = _order(barred.values())
    later.sort(key=lambda id_: len(barred[id_].option.against_waiting))
    return ForMe([suitable[id_] for id_ in order], [barred[id_] for id_ in later], wish)


def hurdles(shown: Sequence[Barred], person_id: int, now: datetime) -> list[Barred]:
    """These shifts with what would make each reason pass."""
    found = [(one, [(b, remedy(b)) for b in one.option.against_waiting]) for one in shown]
    courses = {
        int(way.value)  # type: ignore[arg-type]
        for _, ways in found
        for _, way in ways
        if way and way.kind is RemedyKind.COURSE
    }
    taken = sessions.next_of(person_id, courses, now, seated=True) if courses else {}
    open_ = sessions.next_of(person_id, courses, now, seated=False) if courses else {}
    return [
        Barred(one.card, one.option, one.fit, [_hurdle(b, way, taken, open_) for b, way in ways])
        for one, ways in found
    ]


def _hurdle(
    because: Because,
    way: Remedy | None,
    taken: Mapping[int, Session],
    open_: Mapping[int, Session],
) -> Hurdle:
    if way is None or way.kind is not RemedyKind.COURSE:
        return Hurdle(because, way)
    course = int(way.value)  # type: ignore[arg-type]
    return Hurdle(because, way, taken.get(course) or open_.get(course), course in taken)


def _coming(actor: Actor, now: datetime) -> Sequence[Shift]:
    had = select(Signup.shift_id).where(Signup.person_id == actor.person_id)
    query = (
        select(Shift)
        .join(Shift.project)
        .where(
            eligibility.offered(actor),
            Project.state == ProjectState.OPEN,
            Shift.state == ShiftState.PUBLISHED,
            Shift.starts_at > now,
            Shift.id.not_in(had),  # on it, in its line, or given up
        )
        .options(*eligibility.WHOLE)
        .order_by(Shift.starts_at, Shift.id)
        .limit(LOOK_AT)
    )
    return db.session.scalars(query).all()


def wishes_of(person_ids: Collection[int]) -> dict[int, Wish]:
    """What people gave that a shift can suit, in six questions for all of them."""
    wanted = sorted(set(person_ids))
    query = select(Person).where(Person.id.in_(wanted))
    people = db.session.scalars(
        query.options(selectinload(Person.categories)),
        execution_options={"populate_existing": True},
    ).all()
    skills = skills_of(wanted)
    homes: dict[int, list[tuple[int, ...]]] = {id_: [] for id_ in wanted}
    of = select(Registration).where(
        Registration.person_id.in_(wanted), Registration.state == RegistrationState.ACTIVE
    )
    of = of.options(joinedload(Registration.office)).order_by(Registration.id)
    for row in db.session.scalars(of):
        homes[row.person_id].append(tuple(row.office.ancestor_ids))
    windows: dict[int, list[Window]] = {id_: [] for id_ in wanted}
    for each in times_of(*wanted):
        windows[each.person_id].append(Window(each.weekday, each.starts, each.ends))
    return {
        person.id: Wish(
            windows=tuple(windows[person.id]),
            skills=skills.get(person.id, frozenset()),
            categories=frozenset(category.id for category in person.categories),
            homes=tuple(homes[person.id]),
            area=person.area or "",
        )
        for person in people
    }


def steps_of(shifts: Iterable[Shift]) -> dict[int, Step]:
    """The offices on the ways down the tree to the offices of the shifts, by id."""
    ids = {id_ for shift in shifts for id_ in shift.project.office.ancestor_ids}
    query = select(Office).where(Office.id.in_(ids))
    return {
        office.id: Step(
            office.id, named(office), frozenset(filter(None, (office.name_zh, office.name_en)))
        )
        for office in db.session.scalars(query)
    }


def job_of(shift: Shift, need: Need, steps: Mapping[int, Step]) -> Job:
    """One position of a shift as far as it can suit somebody."""
    return Job(
        span=shift.span,
        zone=ZoneInfo(shift.zone),
        places=need.places,
        free=need.free,
        missing=need.short,
        category=shift.project.category_id,
        skills={each.skill_id: named(each.thing) for each in need.required if each.skill_id},
        way=tuple(steps[id_] for id_ in shift.project.office.ancestor_ids),
    )


def _best(fits: Sequence[Fit]) -> Fit:
    return max(fits, key=lambda fit: fit.score)


def _order(found: Iterable[Suitable | Barred]) -> list[int]:
    return fitting.best_first(
        (each.fit, each.card.shift.starts_at, each.card.shift.id) for each in found
    )


def _takeable(card: Card) -> bool:
    return any(not option.against for option in card.options)
