"""Volunteers beside staff: of each office, of each service, on each shift."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import contains_eager, joinedload

from talent import audit
from talent.access import Permission
from talent.audit import Act
from talent.db import db
from talent.errors import NotFound, Refused
from talent.hours import ledger
from talent.i18n import DEFAULT_ZONE
from talent.indicators.counting import YEAR, Count, people_by_office, served
from talent.indicators.models import Origin, PeopleServed
from talent.offices import service as offices
from talent.offices.models import Office, Setting
from talent.people.models import Registration, RegistrationState
from talent.rules import alongside as law
from talent.rules.alongside import Duty, Sides, Volunteering
from talent.rules.indicators import shown
from talent.rules.reason import N_, Because
from talent.rules.signup import SignupState
from talent.rules.words import Word
from talent.shifts.models import Project, ProjectState, Shift, ShiftState, Signup
from talent.staffing.models import Appointment

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from talent.access import Actor
    from talent.indicators.service import Tree

PAGE = 30
SPAN = timedelta(days=30)  # before and after the day, of the shifts of a service
HELD = (ShiftState.PUBLISHED, ShiftState.CLOSED)
MOST = 1_000_000


class Unserved(Word):
    """Why it is not written how many a service serves."""

    RANGE = "range", N_("Give a whole number from 0 to 1,000,000.")
    TWICE = "twice", N_("There is a figure from this day on already. Choose another day.")


@dataclass(frozen=True, slots=True)
class Line:
    """One office and all below it."""

    office: Office
    depth: int
    told: Volunteering
    missing: Sequence[Office]  # communities without a figure of residents

    @property
    def registered_per_100(self) -> Decimal | None:
        """To two places, as everything that is shown here."""
        return _shown(self.told.registered_per_100)

    @property
    def active_share(self) -> Decimal | None:
        """Of each 100 registered volunteers."""
        return _shown(self.told.active_share)

    @property
    def hours_per_resident(self) -> Decimal | None:
        """Hours for each resident."""
        return _shown(self.told.hours_per_resident)

    @property
    def coverage(self) -> Decimal | None:
        """Of each 100 communities."""
        return _shown(self.told.coverage)


def _shown(figure: Decimal | None) -> Decimal | None:
    return None if figure is None else shown(figure)


def lines(actor: Actor, tree: Tree, office: Office, *, on: date) -> list[Line]:
    """An office and all below it: the 12 months up to a day; who is registered is as of now."""
    residents = Count(actor, tree, [on]).of(Origin.RESIDENTS, on)
    registered = people_by_office(
        tree, Registration, [Registration.state == RegistrationState.ACTIVE]
    )
    active = people_by_office(tree, *served(on))
    minutes = ledger.minutes(
        by=("office_id",), offices=tree.inside, first=on - YEAR + timedelta(days=1), last=on
    )
    of_tree = _up_the_tree(minutes)
    with_service = _with_service(tree, on)
    found = []
    for each in tree.offices:
        if not each.path.startswith(office.path):
            continue
        communities = tree.communities_of(each)
        missing = [one for one in communities if one.id not in residents]
        here = [residents[one.id].number for one in communities if one.id in residents]
        whole: int | None = int(sum(here)) if here and not missing else None
        if whole is None and each.id in residents:
            whole, missing = int(residents[each.id].number), []
        ids = {one.id for one in communities}
        told = Volunteering(
            registered.get(each.id, 0),
            active.get(each.id, 0),
            of_tree.get(each.id, 0),
            law.covered(ids, with_service),
            len(ids),
            whole,
            tuple(one.id for one in missing),
        )
        depth = tree.depth(each) - tree.depth(office)
        found.append(Line(each, depth, told, missing))
    return found


def _up_the_tree(minutes: Mapping[int, int]) -> dict[int, int]:
    """Each office's own minutes, laid at every office above it."""
    rows = db.session.execute(select(Office.id, Office.path))
    places: dict[int, str] = {office_id: path for office_id, path in rows}  # noqa: C416 - typed
    found: dict[int, int] = defaultdict(int)
    for office_id, number in minutes.items():
        for step in places[office_id].strip("/").split("/"):
            found[int(step)] += number
    return found


def _with_service(tree: Tree, on: date) -> set[int]:
    """The communities that held a shift of their own in the 12 months, or whose station did."""
    first, last = (_midnight(day) for day in (on - YEAR + timedelta(days=1), on + timedelta(1)))
    query = (
        select(Project.office_id)
        .join(Shift, Shift.project_id == Project.id)
        .where(Project.office_id.in_(tree.inside), Shift.state.in_(HELD))
        .where(Shift.starts_at >= first, Shift.starts_at < last)
        .distinct()
    )
    return {tree.home[id_] for id_ in db.session.scalars(query) if id_ in tree.home}


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(DEFAULT_ZONE)).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class OnShift:
    """One shift: who is there on either side, for how many, and what is lacking."""

    shift: Shift
    found: Sides
    served: int | None
    reasons: Sequence[Because] = ()


@dataclass(frozen=True, slots=True)
class Service:
    """One project in the weeks around a day."""

    project: Project
    shifts: Sequence[OnShift]
    served: PeopleServed | None

    @property
    def workers(self) -> int:
        """Places of workers on all shifts."""
        return sum(len(each.found.workers) for each in self.shifts)

    @property
    def volunteers(self) -> int:
        """Places of volunteers on all shifts."""
        return sum(len(each.found.volunteers) for each in self.shifts)

    @property
    def ratio(self) -> Decimal | None:
        """Volunteers for each worker over all shifts: of the sums, never of the ratios."""
        return shown(Decimal(self.volunteers) / self.workers) if self.workers else None

    @property
    def short(self) -> int:
        """How many shifts lack somebody."""
        return sum(bool(each.reasons) for each in self.shifts)


def services(
    actor: Actor, office: Office, *, now: datetime, after: int | None = None
) -> list[Service]:
    """A page of the services of an office and all below it, and one more."""
    query = (
        select(Project)
        .join(Project.office)
        .where(Project.office_id.in_(offices.seen(actor, Permission.SEE_STAFFING)))
        .where(Office.path.startswith(office.path, autoescape=True))
        .where(Project.state == ProjectState.OPEN)
        .options(contains_eager(Project.office))
        .order_by(Project.id)
        .limit(PAGE + 1)
    )
    if after:
        query = query.where(Project.id > after)
    return _of_projects(db.session.scalars(query).all(), now)


def service(actor: Actor, project_id: int, *, now: datetime) -> Service:
    """One service with its shifts around now, or `NotFound`."""
    return _of_projects([project(actor, Permission.SEE_STAFFING, project_id)], now)[0]


def project(actor: Actor, permission: Permission, project_id: int) -> Project:
    """A project of an office for which the permission is held, or `NotFound`."""
    query = (
        select(Project)
        .where(Project.id == project_id, Project.office_id.in_(offices.seen(actor, permission)))
        .options(joinedload(Project.office))
    )
    if (found := db.session.scalars(query).one_or_none()) is None:
        raise NotFound
    return found


def _of_projects(projects: Sequence[Project], now: datetime) -> list[Service]:
    """Everything in a few questions, however many projects and shifts there are."""
    ids = [each.id for each in projects]
    query = (
        select(Shift)
        .where(Shift.project_id.in_(ids), Shift.state.in_(HELD))
        .where(Shift.starts_at >= now - SPAN, Shift.starts_at < now + SPAN)
        .order_by(Shift.starts_at, Shift.id)
    )
    shifts: dict[int, list[Shift]] = defaultdict(list)
    for row in db.session.scalars(query):
        shifts[row.project_id].append(row)
    confirmed = _confirmed([row.id for rows in shifts.values() for row in rows])
    duties = _duties({person for people in confirmed.values() for person in people})
    stated: dict[int, list[PeopleServed]] = defaultdict(list)
    rows = select(PeopleServed).where(PeopleServed.project_id.in_(ids))
    for one in db.session.scalars(rows.order_by(PeopleServed.valid_from)):
        stated[one.project_id].append(one)
    at = {each.office.id: each.office for each in projects}
    asked = offices.settings_by_office(list(at.values()), on=now.date())
    found = []
    for each in projects:
        rules = asked[each.office_id]
        here = [
            _on_shift(shift, each, _Known(confirmed[shift.id], duties, stated[each.id], rules))
            for shift in shifts[each.id]
        ]
        found.append(Service(each, here, stated[each.id][-1] if stated[each.id] else None))
    return found


@dataclass(frozen=True, slots=True)
class _Known:
    """What was read for a shift: who has a place, who is appointed where, what is asked."""

    confirmed: Sequence[int]
    duties: Mapping[int, Sequence[Duty]]
    stated: Sequence[PeopleServed]
    rules: Mapping[Setting, int]


def _on_shift(shift: Shift, project_: Project, known: _Known) -> OnShift:
    theirs = [duty for person in known.confirmed for duty in known.duties.get(person, ())]
    sides = law.sides(known.confirmed, theirs, path=project_.office.path, day=shift.day)
    holds = [one for one in known.stated if one.valid_from <= shift.day]
    told = holds[-1] if holds else None
    reasons = law.too_few(
        told.number if told else None,
        sides,
        for_worker=(told and told.for_worker) or known.rules[Setting.SERVED_PER_WORKER],
        for_volunteer=(told and told.for_volunteer) or known.rules[Setting.SERVED_PER_VOLUNTEER],
    )
    return OnShift(shift, sides, told.number if told else None, reasons)


def _confirmed(shift_ids: Sequence[int]) -> dict[int, list[int]]:
    query = select(Signup.shift_id, Signup.person_id).where(
        Signup.shift_id.in_(shift_ids), Signup.state == SignupState.CONFIRMED
    )
    found: dict[int, list[int]] = defaultdict(list)
    for shift_id, person_id in db.session.execute(query):
        found[shift_id].append(person_id)
    return found


def _duties(people: set[int]) -> dict[int, list[Duty]]:
    query = (
        select(Appointment.person_id, Office.path, Appointment.starts_on, Appointment.ends_on)
        .join(Office, Office.id == Appointment.office_id)
        .where(Appointment.person_id.in_(people))
    )
    found: dict[int, list[Duty]] = defaultdict(list)
    for person_id, path, start, end in db.session.execute(query):
        found[person_id].append(Duty(person_id, path, start, end))
    return found


@dataclass(frozen=True, slots=True)
class NewServed:
    """So many people are served on one shift, from a day on."""

    number: int
    for_worker: int | None
    for_volunteer: int | None
    valid_from: date
    source: str


def stated_of(project_: Project) -> Sequence[PeopleServed]:
    """What was stated of a project, the latest first."""
    query = select(PeopleServed).where(PeopleServed.project_id == project_.id)
    return db.session.scalars(query.order_by(PeopleServed.valid_from.desc())).all()


def state(project_: Project, stated: NewServed, *, actor: Actor, now: datetime) -> PeopleServed:
    """Say how many people one shift of a project serves from a day on."""
    if not 0 <= stated.number <= MOST:
        raise Refused([Unserved.RANGE])
    row = PeopleServed(
        project_id=project_.id, number=stated.number, for_worker=stated.for_worker,
        for_volunteer=stated.for_volunteer, valid_from=stated.valid_from, source=stated.source,
        made_by=actor.account_id, made_at=now,
    )  # fmt: skip
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError:
        raise Refused([Unserved.TWICE]) from None
    facts = {"number": stated.number, "from": stated.valid_from.isoformat()}
    audit.record(
        Act.SERVED_STATED, project_, actor=actor, now=now, office_id=project_.office_id, **facts
    )
    return row
