"""Roster proposals: asked for, computed from the facts of the day, taken or put aside."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import joinedload

from talent import audit, clock
from talent.access import Permission
from talent.audit import Act
from talent.db import db, locked, take_first
from talent.errors import NotFound, Refused
from talent.i18n import named
from talent.offices import service as offices
from talent.offices.models import Office, Setting
from talent.people.models import (
    FreeTime,
    Person,
    Registration,
    RegistrationState,
    person_category,
)
from talent.rosters.models import ProposalState, ProposedPlace, RosterProposal
from talent.rules import rosters as law
from talent.rules import waiting
from talent.rules.reason import Because, packed
from talent.rules.rosters import Proposed, Seat, Unfilled, Unproposable, Volunteer
from talent.rules.signup import HOLDING, SignupState
from talent.rules.span import DAY, first_moment
from talent.rules.workload import LOOK_BACK
from talent.shifts.candidates import service as candidates
from talent.shifts.eligibility import service as eligibility
from talent.shifts.models import Need, Project, Shift, ShiftState, Signup
from talent.shifts.places import service as places

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import date, datetime

    from talent.access import Actor

PAGE = 20
MOST_VOLUNTEERS = 2000
LIKES_TIME, LIKES_KIND, LIKES_NEAR = 60, 25, 15  # together law.MOST_LIKED
LEASE = timedelta(seconds=90)  # a worker that was not seen so long is gone


def visible(actor: Actor, proposal_id: int) -> RosterProposal:
    """A proposal of an office that the actor plans for, or `NotFound`."""
    query = (
        select(RosterProposal)
        .where(
            RosterProposal.id == proposal_id,
            RosterProposal.office_id.in_(offices.seen(actor, Permission.PLAN_SHIFTS)),
        )
        .options(joinedload(RosterProposal.office), joinedload(RosterProposal.project))
        .execution_options(populate_existing=True)
    )
    if (found := db.session.scalars(query).one_or_none()) is None:
        raise NotFound
    return found


def recent(actor: Actor, *, after: int | None = None) -> Sequence[RosterProposal]:
    """A page of proposals, the newest first, and one more."""
    query = (
        select(RosterProposal)
        .where(
            RosterProposal.office_id.in_(offices.seen(actor, Permission.PLAN_SHIFTS)),
            RosterProposal.state != ProposalState.DROPPED,
        )
        .options(joinedload(RosterProposal.office), joinedload(RosterProposal.project))
        .order_by(RosterProposal.id.desc())
        .limit(PAGE + 1)
    )
    if after:
        query = query.where(RosterProposal.id < after)
    return db.session.scalars(query).all()


def ask(
    office: Office,
    *,
    first_day: date,
    last_day: date,
    seconds: int,
    actor: Actor,
    now: datetime,
    project_id: int | None = None,
) -> RosterProposal:
    """Ask for a proposal. The worker computes it; nobody waits for it in a request."""
    if refused := law.refusals_to_ask(first_day, last_day, clock.today(office.zone, now)):
        raise Refused(refused)
    proposal = RosterProposal(
        office_id=office.id, project_id=project_id, first_day=first_day, last_day=last_day,
        seconds=seconds, made_by=actor.account_id, made_at=now,
    )  # fmt: skip
    db.session.add(proposal)
    db.session.flush()
    return proposal


def stop(proposal: RosterProposal) -> None:
    """Do not compute any longer: the best that was found so far is shown."""
    proposal = locked(RosterProposal, proposal.id)
    if proposal.state in {ProposalState.WAITING, ProposalState.RUNNING}:
        proposal.stopping = True


def drop(proposal: RosterProposal) -> None:
    """Put it aside: nothing of it is taken, and whoever was asked already stays asked."""
    proposal = locked(RosterProposal, proposal.id)
    proposal.state, proposal.stopping = ProposalState.DROPPED, True


def claim(now: datetime) -> int | None:
    """The next one to compute, for this worker alone; also one whose worker died."""
    gone = or_(RosterProposal.seen_at.is_(None), RosterProposal.seen_at < now - LEASE)
    free = or_(
        RosterProposal.state == ProposalState.WAITING,
        (RosterProposal.state == ProposalState.RUNNING) & gone,
    )
    return take_first(RosterProposal, free, state=ProposalState.RUNNING, seen_at=now, percent=0)


def go_on(proposal_id: int, percent: int, now: datetime) -> bool:
    """Say how far it is; whether somebody still waits for it."""
    mine = (
        update(RosterProposal)
        .where(RosterProposal.id == proposal_id, RosterProposal.state == ProposalState.RUNNING)
        .values(percent=percent, seen_at=now)
        .returning(RosterProposal.stopping)
    )
    stopping = db.session.scalar(mine, execution_options={"synchronize_session": False})
    return stopping is False


def facts(proposal_id: int, now: datetime) -> tuple[list[Seat], list[Volunteer]]:
    """The free places and the people of a proposal, in a number of questions that does not grow."""
    proposal = db.session.get_one(RosterProposal, proposal_id)
    shifts = _shifts(proposal, now)
    if not shifts:
        return [], []
    settings = eligibility.settings_for(shifts, now)
    seats = []
    for shift in shifts:
        for need in shift.needs:
            if need.free:
                at = eligibility.place(need, shift, settings[shift.project.office_id])
                engagement = replace(at.engagement, title=named(shift.project), key=shift.id)
                seats.append(Seat(need.id, shift.id, at, engagement, need.free, need.short))
    return seats, _volunteers(proposal, shifts, now)


def _shifts(proposal: RosterProposal, now: datetime) -> Sequence[Shift]:
    zone = ZoneInfo(proposal.office.zone)
    query = (
        select(Shift)
        .join(Shift.project)
        .join(Office, Office.id == Project.office_id)
        .where(
            Office.path.startswith(proposal.office.path, autoescape=True),
            Shift.state == ShiftState.PUBLISHED,
            Shift.starts_at >= max(first_moment(proposal.first_day, zone), now),
            Shift.starts_at < first_moment(proposal.last_day + DAY, zone),
        )
        .options(*eligibility.WHOLE)
        .order_by(Shift.starts_at, Shift.id)
        .execution_options(populate_existing=True)
    )
    if proposal.project_id:
        query = query.where(Shift.project_id == proposal.project_id)
    return db.session.scalars(query).all()


def _volunteers(
    proposal: RosterProposal, shifts: Sequence[Shift], now: datetime
) -> list[Volunteer]:
    """The active volunteers of the office and of those below it."""
    query = (
        select(Person.id)
        .join(Registration, Registration.person_id == Person.id)
        .join(Office, Office.id == Registration.office_id)
        .where(
            Registration.state == RegistrationState.ACTIVE,
            Office.path.startswith(proposal.office.path, autoescape=True),
        )
        .distinct()
        .order_by(Person.id)
        .limit(MOST_VOLUNTEERS)
    )
    ids = db.session.scalars(query).all()
    known = eligibility.facts_of(ids, since=min(now, shifts[0].starts_at) - LOOK_BACK)
    likes = _likes(ids, shifts)
    wanted = {shift.id for shift in shifts}
    made = []
    for id_ in ids:
        person = known[id_]
        open_to = {
            shift.id
            for shift in shifts
            if shift.id not in person.live and eligibility.candidate(person, shift).active
        }
        candidate = replace(
            eligibility.candidate(person, shifts[0]), engagements=tuple(person.engaged.values())
        )
        load = len(wanted & set(person.engaged))
        made.append(Volunteer(id_, candidate, frozenset(open_to), likes.get(id_, {}), load))
    return made


def _likes(ids: Collection[int], shifts: Sequence[Shift]) -> dict[int, dict[int, int]]:
    """How well each place suits each person: times that were given, kinds of service, nearness."""
    free: dict[int, list[FreeTime]] = {}
    for each in db.session.scalars(select(FreeTime).where(FreeTime.person_id.in_(ids))):
        free.setdefault(each.person_id, []).append(each)
    kinds: dict[int, set[int]] = {}
    for id_, kind in db.session.execute(
        select(person_category).where(person_category.c.person_id.in_(ids))
    ):
        kinds.setdefault(id_, set()).add(kind)
    near: dict[int, set[int]] = {}
    for id_, office_id in db.session.execute(
        select(Registration.person_id, Registration.office_id).where(
            Registration.person_id.in_(ids), Registration.state == RegistrationState.ACTIVE
        )
    ):
        near.setdefault(id_, set()).add(office_id)
    found: dict[int, dict[int, int]] = {}
    for shift in shifts:
        zone = ZoneInfo(shift.zone)
        begins, ends = shift.starts_at.astimezone(zone), shift.ends_at.astimezone(zone)
        until = ends.time() if ends.date() == begins.date() else time.max
        for id_ in ids:
            times = any(
                one.weekday == begins.weekday()
                and one.starts <= begins.time()
                and until <= one.ends
                for one in free.get(id_, ())
            )
            liked = LIKES_TIME * times
            liked += LIKES_KIND * (shift.project.category_id in kinds.get(id_, ()))
            liked += LIKES_NEAR * (shift.project.office_id in near.get(id_, ()))
            if liked:
                found.setdefault(id_, {}).update(dict.fromkeys((n.id for n in shift.needs), liked))
    return found


def finish(
    proposal_id: int,
    found: Iterable[Proposed],
    unfilled: Iterable[Unfilled],
    *,
    optimised: bool,
    now: datetime,
) -> None:
    """Keep what was computed, with why each other place stays open."""
    proposal = locked(RosterProposal, proposal_id)
    if proposal.state is not ProposalState.RUNNING:
        return
    db.session.add_all(
        ProposedPlace(proposal_id=proposal_id, need_id=one.seat, person_id=one.volunteer)
        for one in found
    )
    proposal.unfilled = [
        {
            "need": each.seat, "open": each.open, "missing": each.missing,
            "why": [[packed(because), people] for because, people in each.why[:4]],
        }
        for each in unfilled
    ]  # fmt: skip
    proposal.state, proposal.percent, proposal.optimised = ProposalState.READY, 100, optimised
    proposal.finished_at = now


def fail(proposal_id: int, now: datetime) -> None:
    """It could not be computed; the log says why."""
    proposal = locked(RosterProposal, proposal_id)
    if proposal.state is ProposalState.RUNNING:
        proposal.state, proposal.finished_at = ProposalState.FAILED, now


def shifts_of(proposal: RosterProposal, *, after: int | None = None) -> Sequence[Shift]:
    """A page of the shifts about which the proposal says something, by time, and one more."""
    about = {each["need"] for each in proposal.unfilled}
    told = select(ProposedPlace.need_id).where(ProposedPlace.proposal_id == proposal.id)
    with_word = select(Need.shift_id).where(Need.id.in_(about) | Need.id.in_(told))
    query = (
        select(Shift)
        .where(Shift.id.in_(with_word))
        .options(*eligibility.WHOLE)
        .order_by(Shift.starts_at, Shift.id)
        .limit(PAGE + 1)
    )
    if after:
        last = select(Shift.starts_at).where(Shift.id == after).scalar_subquery()
        query = query.where(
            (Shift.starts_at > last) | ((Shift.starts_at == last) & (Shift.id > after))
        )
    return db.session.scalars(query).all()


def proposed(
    proposal: RosterProposal, needs: Collection[int] | None = None
) -> dict[int, list[ProposedPlace]]:
    """Who is proposed, by need, in the order of their names."""
    query = (
        select(ProposedPlace)
        .join(ProposedPlace.person)
        .where(ProposedPlace.proposal_id == proposal.id)
        .options(joinedload(ProposedPlace.person))
        .order_by(Person.sort_key, Person.id)
    )
    if needs is not None:
        query = query.where(ProposedPlace.need_id.in_(needs))
    found: dict[int, list[ProposedPlace]] = {}
    for each in db.session.scalars(query):
        found.setdefault(each.need_id, []).append(each)
    return found


def seated(needs: Collection[int]) -> dict[int, list[Signup]]:
    """Who has a place today, or is asked whether he wants it, by need."""
    query = (
        select(Signup)
        .join(Signup.person)
        .where(Signup.need_id.in_(needs), Signup.state.in_(HOLDING))
        .options(joinedload(Signup.person))
        .order_by(Person.sort_key, Person.id)
    )
    found: dict[int, list[Signup]] = {}
    for one in db.session.scalars(query):
        found.setdefault(one.need_id, []).append(one)
    return found


def number(proposal: RosterProposal) -> int:
    """How many places it fills."""
    query = select(func.count()).where(ProposedPlace.proposal_id == proposal.id)
    return db.session.scalar(query) or 0


def take(
    proposal: RosterProposal, chosen: Collection[int] | None, *, actor: Actor, now: datetime
) -> tuple[int, int]:
    """Ask the people of all proposed places (None) or of those chosen; how many, how many not.

    Each gets the place offered and answers. The law is asked again: what has changed meanwhile
    keeps its reasons with the proposed place, and the others are asked all the same.
    """
    proposal = locked(RosterProposal, proposal.id)
    if proposal.state is not ProposalState.READY:
        raise Refused([Because(Unproposable.NOT_READY, {"state": proposal.state.label})])
    query = (
        select(ProposedPlace)
        .join(ProposedPlace.need)
        .where(ProposedPlace.proposal_id == proposal.id, ProposedPlace.signup_id.is_(None))
        .options(joinedload(ProposedPlace.need))
        .order_by(Need.shift_id, ProposedPlace.person_id, ProposedPlace.id)
    )
    if chosen is not None:
        query = query.where(ProposedPlace.id.in_(chosen))
    wanted = db.session.scalars(query).all()
    if not wanted:
        raise Refused([Unproposable.NOBODY])
    shifts = {id_: places.held(id_) for id_ in sorted({one.need.shift_id for one in wanted})}
    places.hold_people(one.person_id for one in wanted)
    settings = eligibility.settings_for(list(shifts.values()), now)
    asked = 0
    for one in wanted:
        shift = shifts[one.need.shift_id]
        until = _answer_by(shift, settings[shift.project.office_id], now)
        terms = places.Terms(state=SignupState.OFFERED, answer_by=until)
        try:
            place = places.take(shift, one.need, one.person_id, actor=actor, now=now, terms=terms)
        except Refused as refusal:
            one.refused = [packed(because) for because in refusal.reasons]
        else:
            one.signup_id, one.refused = place.id, None
            asked += 1
    audit.record(
        Act.ROSTER_TAKEN, proposal, actor=actor, now=now, office_id=proposal.office_id, asked=asked,
    )  # fmt: skip
    return asked, len(wanted) - asked


def _answer_by(shift: Shift, told: eligibility.Settings, now: datetime) -> datetime:
    length = timedelta(minutes=told[Setting.OFFER_MINUTES])
    quiet = candidates.quiet_hours(told)
    until = waiting.accept_by(now, shift.starts_at, ZoneInfo(shift.zone), quiet, length)
    return until or shift.starts_at
