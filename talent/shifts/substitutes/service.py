"""The chain that looks for a substitute: begins, asks one after the other, ends.

Every step holds the shift, so that what is asked, answered and taken is decided one by one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, union
from sqlalchemy.orm import joinedload, selectinload

from talent import audit
from talent.access import SYSTEM, Permission
from talent.audit import Act
from talent.db import db
from talent.errors import NotFound, Refused
from talent.messages import service as messages
from talent.messages.models import MessageKind
from talent.offices import service as offices
from talent.offices.models import Setting
from talent.people import service as people
from talent.people.models import Person
from talent.rules import changes, substitutes
from talent.rules.reason import N_
from talent.rules.signup import LIVE, SignupState
from talent.rules.substitutes import REMEMBERED, CallState, SearchEnd
from talent.shifts.candidates import service as candidates
from talent.shifts.eligibility import service as eligibility
from talent.shifts.models import Need, Project, Shift, ShiftState, Signup
from talent.shifts.places import service as places
from talent.shifts.substitutes.models import Call, Search

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from talent.access import Actor

NOT_ASKED_SHOWN = 20


class Unsearchable(StrEnum):
    """Why nobody is looked for."""

    FULL = N_("Every place of this position is taken.")
    NOT_COMING = N_("This shift is not to come.")


@dataclass(frozen=True, slots=True)
class Round:
    """One position of a shift: its searches, and who could not be asked, with why."""

    need: Need
    searches: list[Search]
    not_asked: list[candidates.Found]
    unseen: int  # who could not be asked and is not known to the reader's offices

    @property
    def running(self) -> Search | None:
        """The search that goes on."""
        return next((s for s in self.searches if s.stopped_at is None), None)


def stay_away(shift_id: int, *, reason: str, actor: Actor, now: datetime) -> Signup:
    """Give up one's own place until the start. After the deadline it is marked as late.

    The next in line moves up; if a place stays empty, a substitute is looked for at once, and the
    office is told. A second time changes nothing.
    """
    shift = places.held(shift_id)
    one = places.live(shift_id, actor.person_id or 0)
    if one is None:
        return _left(shift_id, actor.person_id)
    refused = changes.refusals_to_stay_away(one.state, shift.starts_at, now)
    if refused := [*refused, *places.came(one)]:
        raise Refused(refused)
    minutes = offices.setting(shift.project.office, Setting.CANCEL_MINUTES, on=now.date())
    notice = timedelta(minutes=minutes)
    late = one.state is SignupState.CONFIRMED and changes.is_late(shift.starts_at, now, notice)
    places.end(one, SignupState.CANCELLED, actor=actor, now=now)
    one.note, one.late = reason[:300], late
    if one.seated:
        places.tell(MessageKind.GIVEN_UP, one, once=str(one.id), now=now)
    places.promote([shift], now)
    if late:
        _tell_office(
            shift, one.need, MessageKind.LATE_CANCEL, str(one.id), now,
            who=one.person.name, reason=reason, searching=bool(one.need.free),
        )  # fmt: skip
        if one.need.free:
            goal = min(one.need.places, one.need.taken + 1)
            _begin(shift, one.need, goal, why=reason, actor=SYSTEM, now=now)
    return one


def _left(shift_id: int, person_id: int | None) -> Signup:
    query = select(Signup).where(Signup.shift_id == shift_id, Signup.person_id == person_id)
    if (one := db.session.scalars(query.order_by(Signup.id.desc()).limit(1)).first()) is None:
        raise NotFound
    return one


def begin(shift_id: int, need_id: int, *, actor: Actor, now: datetime) -> Search:
    """Look for people until the least is there, or else until it is full. One search at a time."""
    shift = places.held(shift_id)
    need = places.need_of(shift, need_id)
    if found := _running(need.id):
        return found
    if not _takes_place(shift) or now >= shift.starts_at:
        raise Refused([Unsearchable.NOT_COMING])
    if not need.free:
        raise Refused([Unsearchable.FULL])
    goal = need.least if need.short else need.places
    return _begin(shift, need, goal, why=None, actor=actor, now=now)


def _begin(
    shift: Shift, need: Need, goal: int, *, why: str | None, actor: Actor, now: datetime
) -> Search:
    """The shift is held. A search that goes on is made to reach as far."""
    search = _running(need.id)
    if search is None:
        search = Search(
            shift=shift, need=need, goal=goal, why=why, started_by=actor.account_id, started_at=now
        )
        db.session.add(search)
        db.session.flush()
        audit.record(
            Act.SEARCH_STARTED, search, actor=actor, now=now,
            office_id=shift.project.office_id, shift=shift.id, need=need.id, goal=goal,
        )  # fmt: skip
    search.goal = max(search.goal, goal)
    _advance(search, shift, now)
    return search


def _running(need_id: int) -> Search | None:
    query = select(Search).where(Search.need_id == need_id, Search.stopped_at.is_(None))
    return db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def _takes_place(shift: Shift) -> bool:
    return shift.state is ShiftState.PUBLISHED


def running() -> Sequence[int]:
    """The searches that go on, by shift."""
    query = select(Search.id).where(Search.stopped_at.is_(None))
    return db.session.scalars(query.order_by(Search.shift_id, Search.id)).all()


def step(search_id: int, now: datetime) -> None:
    """One step of a search: who did not answer is passed over, the next is asked, or it ends."""
    shift_id = db.session.scalar(select(Search.shift_id).where(Search.id == search_id))
    if shift_id is None:
        raise NotFound
    shift = places.held(shift_id)
    search = db.session.get_one(Search, search_id, populate_existing=True)
    if search.stopped_at is None:
        _advance(search, shift, now)


def _advance(search: Search, shift: Shift, now: datetime) -> None:
    """The shift is held, the search goes on."""
    need = search.need
    calls = _calls(search)
    for call in calls:
        if call.state is CallState.ASKED and call.answer_by <= now:
            _settle(call, CallState.LAPSED)
    ended = substitutes.ended(
        taken=need.taken, goal=search.goal, free=need.free, takes_place=_takes_place(shift),
        start=shift.starts_at, now=now,
    )  # fmt: skip
    if ended:
        _end(search, ended, actor=SYSTEM, now=now)
        return
    asked = sum(call.state is CallState.ASKED for call in calls)
    missing = min(search.goal - need.taken, need.free)
    if (wanted := substitutes.at_once(missing, shift.starts_at, now) - asked) <= 0:
        return
    able = [each.person for each in _found(search, now) if not each.against][:wanted]
    for number, person in enumerate(able, len(calls) + 1):
        _ask(search, person, number, now)
    if not able and not asked:
        _end(search, SearchEnd.NOBODY, actor=SYSTEM, now=now)


def _calls(search: Search) -> Sequence[Call]:
    query = select(Call).where(Call.search_id == search.id).order_by(Call.place)
    return db.session.scalars(query.execution_options(populate_existing=True)).all()


def _found(search: Search, now: datetime) -> list[candidates.Found]:
    return _found_for(search.shift, search.need, now, _not_again(search))


def _found_for(
    shift: Shift, need: Need, now: datetime, without: Iterable[int]
) -> list[candidates.Found]:
    calls = (
        select(func.count(Call.id))
        .where(Call.person_id == Person.id, Call.asked_at > now - REMEMBERED)
        .scalar_subquery()
    )
    return candidates.found(
        shift, need, kind=MessageKind.SUBSTITUTE_WANTED, now=now, without=sorted(without),
        calls=calls,
    )  # fmt: skip


def _not_again(search: Search) -> set[int]:
    """Who is not asked: once is enough, a no holds for the shift, and one call at a time."""
    earlier = (Call.search_id == search.id) | (Call.state == CallState.DECLINED)
    of_shift = (
        select(Call.person_id).join(Call.search).where(Search.shift_id == search.shift_id, earlier)
    )
    busy = select(Call.person_id).where(Call.state == CallState.ASKED)
    stands = select(Signup.person_id).where(
        Signup.shift_id == search.shift_id,
        Signup.state.not_in((SignupState.WAITING, SignupState.RESERVE)),
    )
    return set(db.session.scalars(union(of_shift, busy, stands)))


def _ask(search: Search, person: Person, number: int, now: datetime) -> None:
    shift = search.shift
    told = eligibility.settings_for([shift], now)[shift.project.office_id]
    call = Call(
        search=search,
        person=person,
        place=number,
        state=CallState.ASKED,
        asked_at=now,
        answer_by=substitutes.answer_by(
            now,
            shift.starts_at,
            timedelta(minutes=told[Setting.CALL_MINUTES]),
            ZoneInfo(shift.zone),
            candidates.quiet_hours(told),
        ),
    )
    db.session.add(call)
    db.session.flush()
    messages.tell(
        MessageKind.SUBSTITUTE_WANTED,
        once=str(call.id),
        now=now,
        person=person,
        office_id=shift.project.office_id,
        facts=places.about(
            shift, search.need, path=f"/shifts/calls/{call.id}",
            answer_by_at=call.answer_by.isoformat(),
        ),
        useless_after=call.answer_by,
    )  # fmt: skip


def _settle(call: Call, state: CallState) -> None:
    call.state = state
    messages.drop(MessageKind.SUBSTITUTE_WANTED, str(call.id))


def _end(search: Search, ended: SearchEnd, *, actor: Actor, now: datetime) -> None:
    for call in _calls(search):
        if call.state is CallState.ASKED:
            _settle(call, CallState.STOPPED)
    search.stopped_at, search.ended = now, ended
    audit.record(
        Act.SEARCH_ENDED, search, actor=actor, now=now,
        office_id=search.shift.project.office_id, shift=search.shift_id, ended=ended.value,
    )  # fmt: skip
    if ended is not SearchEnd.STOPPED:
        kind = MessageKind.SEARCH_ENDED
        _tell_office(search.shift, search.need, kind, str(search.id), now, ended=ended.value)


def _tell_office(
    shift: Shift, need: Need, kind: MessageKind, once: str, now: datetime, **more: object
) -> None:
    """Tell those who plan the shifts of the recording office."""
    office = shift.project.office
    for account in candidates.who_plans(office, Permission.PLAN_SHIFTS):
        messages.tell(
            kind,
            once=f"{once}:{account.id}",
            now=now,
            account=account,
            office_id=office.id,
            facts=places.about(shift, need, path=f"/shifts/{shift.id}/substitutes", **more),
            useless_after=shift.ends_at,
        )


def stop(search: Search, *, actor: Actor, now: datetime) -> None:
    """The office needs nobody any more. A second time changes nothing."""
    places.held(search.shift_id)
    db.session.refresh(search)
    if search.stopped_at is None:
        _end(search, SearchEnd.STOPPED, actor=actor, now=now)


def answered(call: Call, state: CallState, *, shift: Shift, actor: Actor, now: datetime) -> None:
    """Who was asked has said yes or no, and the search goes on. The shift is held."""
    _settle(call, state)
    call.answered_at = now
    audit.record(
        Act.CALL_ANSWERED, call, actor=actor, now=now, office_id=shift.project.office_id,
        shift=shift.id, person=call.person_id, answer=state.value,
    )  # fmt: skip
    db.session.flush()
    db.session.refresh(call.search)
    if call.search.stopped_at is None:
        _advance(call.search, shift, now)


def visible_search(actor: Actor, permission: Permission, search_id: int) -> Search:
    """A search of the actor's offices, or `NotFound`."""
    query = (
        select(Search)
        .join(Search.shift)
        .join(Shift.project)
        .where(Search.id == search_id, Project.office_id.in_(offices.seen(actor, permission)))
    )
    if (search := db.session.scalars(query).one_or_none()) is None:
        raise NotFound
    return search


def rounds(shift: Shift, actor: Actor, now: datetime) -> tuple[list[Round], set[int]]:
    """The positions of a shift with their searches; who was not asked is told of those running.

    With them, of all those people, the ones whom the reader's offices know by name.
    """
    query = (
        select(Search)
        .where(Search.shift_id == shift.id)
        .options(selectinload(Search.calls).joinedload(Call.person))
        .order_by(Search.id.desc())
    )
    searches = db.session.scalars(query).all()
    unable = {s.need_id: _unable(s, now) for s in searches if s.stopped_at is None}
    people_ = {call.person_id for s in searches for call in s.calls}
    people_ |= {each.person.id for some in unable.values() for each in some}
    known = _known(actor, people_)
    listed = []
    for need in shift.needs:
        own, some = [s for s in searches if s.need_id == need.id], unable.get(need.id, [])
        shown = [each for each in some if each.person.id in known]
        listed.append(Round(need, own, shown[:NOT_ASKED_SHOWN], len(some) - len(shown)))
    return listed, known


def _unable(search: Search, now: datetime) -> list[candidates.Found]:
    return [each for each in _found(search, now) if each.against]


def _known(actor: Actor, person_ids: Iterable[int]) -> set[int]:
    query = select(Person.id).where(
        Person.id.in_(sorted(set(person_ids))), people.visible(actor, Permission.SEE_PEOPLE)
    )
    return set(db.session.scalars(query))


def late(shift_id: int) -> Sequence[Signup]:
    """Who gave up a place on the shift after the deadline, the last first."""
    query = (
        select(Signup)
        .where(Signup.shift_id == shift_id, Signup.late.is_(True), Signup.state.not_in(LIVE))
        .options(joinedload(Signup.person), joinedload(Signup.need).joinedload(Need.position))
        .order_by(Signup.ended_at.desc(), Signup.id.desc())
    )
    return db.session.scalars(query).all()
