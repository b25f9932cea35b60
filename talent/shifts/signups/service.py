"""Sign-ups of volunteers: taking a place or waiting for one, giving it up, looking back."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from talent import seal
from talent.access import Actor
from talent.db import db
from talent.errors import NotFound, Refused
from talent.messages.models import MessageKind
from talent.offices import service as offices
from talent.offices.models import Setting
from talent.rules import changes
from talent.rules.changes import Uncancellable
from talent.rules.signup import LIVE, Refusal, SignupState
from talent.shifts.models import Need, Project, Shift, Signup
from talent.shifts.places import service as places
from talent.shifts.seating import service as seating

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from talent.access import Permission

PAGE = 20
ANSWER = "shifts.answer"  # as the mail about a moved shift signs it
_SHOWN = (
    joinedload(Signup.shift).joinedload(Shift.project).joinedload(Project.office),
    joinedload(Signup.need).joinedload(Need.position),
    joinedload(Signup.attendance),
)


def sign_up(
    shift_id: int,
    need_id: int,
    *,
    actor: Actor,
    now: datetime,
    wait: bool = False,
    risks_read: bool = False,
) -> SignupState:
    """Take a place, or with `wait` join the waiting list. A second time changes nothing."""
    if actor.person_id is None:
        raise Refused([Refusal.NOT_ACTIVE])
    if not wait:
        state = seating.sit(shift_id, need_id, actor=actor, now=now, risks_read=risks_read)
        if state is not None:
            return state
    shift = places.held(shift_id)
    if found := places.live(shift_id, actor.person_id):
        return found.state
    need = places.need_of(shift, need_id)
    terms = places.Terms(wait=wait, risks_read=risks_read)
    return places.take(shift, need, actor.person_id, actor=actor, now=now, terms=terms).state


def cancel(shift_id: int, *, actor: Actor, now: datetime) -> Signup:
    """Give up one's own place or turn, until the office's deadline. The next in line moves up."""
    return _end(shift_id, actor.person_id or 0, actor=actor, now=now)


def give_up(signup_id: int, *, actor: Actor, now: datetime) -> Signup:
    """The same for a child of one's own, or for somebody whom one has signed up with a group."""
    one = db.session.get(Signup, signup_id)
    if one is None or not _answers_for(actor, one):
        raise NotFound
    return _end(one.shift_id, one.person_id, actor=actor, now=now)


def _answers_for(actor: Actor, one: Signup) -> bool:
    own = actor.person_id is not None and actor.person_id in {
        one.person_id,
        one.person.guardian_id,
    }
    signed_up = one.group_id is not None and one.made_by == actor.account_id
    return own or (signed_up and actor.account_id is not None)


def _end(shift_id: int, person_id: int, *, actor: Actor, now: datetime) -> Signup:
    shift = places.held(shift_id)
    one = places.live(shift_id, person_id)
    if one is None:
        return _last(shift_id, person_id)
    minutes = offices.setting(shift.project.office, Setting.CANCEL_MINUTES, on=now.date())
    refused = changes.refusals_to_cancel(
        one.state,
        shift.starts_at,
        now,
        notice=timedelta(minutes=minutes),
        asked=one.is_asked,
    )
    if refused := [*refused, *places.came(one)]:
        raise Refused(refused)
    places.end(one, SignupState.CANCELLED, actor=actor, now=now)
    if one.seated:
        places.tell(MessageKind.GIVEN_UP, one, once=str(one.id), now=now)
    places.promote([shift], now)
    return one


def keep(shift_id: int, person_id: int) -> Signup:
    """Say that the place suits at its new time too. A second time changes nothing."""
    shift = places.held(shift_id)
    one = places.live(shift_id, person_id)
    if one is None:
        raise Refused([Uncancellable.NOT_LIVE])
    one.agreed_version = shift.version
    return one


def answered(one: Signup, *, keep_it: bool, now: datetime) -> Signup:
    """Keep the place or give it up by a link, which is about this sign-up and no later one."""
    if one.state in LIVE:
        if keep_it:
            return keep(one.shift_id, one.person_id)
        return cancel(one.shift_id, actor=Actor(person_id=one.person_id), now=now)
    if keep_it:
        raise Refused([Uncancellable.NOT_LIVE])
    return one


def read_answer_token(token: str) -> Signup:
    """The sign-up that is asked about, or `NotFound`: also when the shift was moved once more."""
    signup_id, version = seal.signed(ANSWER, token) or (0, 0)
    one = db.session.get(Signup, signup_id)
    if one is None or one.shift.version != version:
        raise NotFound
    return one


def _last(shift_id: int, person_id: int | None) -> Signup:
    """What became of a sign-up that is no longer live: a second click is told the same."""
    query = select(Signup).where(Signup.shift_id == shift_id, Signup.person_id == person_id)
    if (one := db.session.scalars(query.order_by(Signup.id.desc()).limit(1)).first()) is None:
        raise NotFound
    return one


def coming(person_id: int, now: datetime) -> Sequence[Signup]:
    """A person's live sign-ups for what is not over, by time; cancelled shifts are among them."""
    return coming_of([person_id], now)[person_id]


def coming_of(person_ids: Collection[int], now: datetime) -> dict[int, list[Signup]]:
    """The same of many people."""
    query = (
        select(Signup)
        .join(Signup.shift)
        .where(Signup.person_id.in_(person_ids), Signup.state.in_(LIVE), Shift.ends_at > now)
        .options(*_SHOWN)
        .order_by(Shift.starts_at, Shift.id)
    )
    found: dict[int, list[Signup]] = {id_: [] for id_ in person_ids}
    for signup in db.session.scalars(query):
        found[signup.person_id].append(signup)
    return found


def past(person_id: int, now: datetime, *, after: int | None = None) -> Sequence[Signup]:
    """A page of a person's places on shifts that are over, the last first, and one more."""
    query = (
        select(Signup)
        .join(Signup.shift)
        .where(
            Signup.person_id == person_id,
            Signup.state == SignupState.CONFIRMED,
            Shift.ends_at <= now,
        )
        .options(*_SHOWN)
        .order_by(Shift.starts_at.desc(), Signup.id.desc())
        .limit(PAGE + 1)
    )
    return db.session.scalars(_before(query, after)).all()


def sign_ups_of(
    person_id: int, actor: Actor, permission: Permission, *, after: int | None = None
) -> Sequence[Signup]:
    """A page of a person's sign-ups of any state on shifts of the actor's offices, and one more."""
    query = (
        select(Signup)
        .join(Signup.shift)
        .join(Shift.project)
        .where(
            Signup.person_id == person_id, Project.office_id.in_(offices.seen(actor, permission))
        )
        .options(*_SHOWN)
        .order_by(Shift.starts_at.desc(), Signup.id.desc())
        .limit(PAGE + 1)
    )
    return db.session.scalars(_before(query, after)).all()


def _before(query: Any, after: int | None) -> Any:
    if not after:
        return query
    last = (
        select(Shift.starts_at)
        .join(Signup, Signup.shift_id == Shift.id)
        .where(Signup.id == after)
        .scalar_subquery()
    )
    earlier = (Shift.starts_at == last) & (Signup.id < after)
    return query.where((Shift.starts_at < last) | earlier)
