"""The work of an act upon many people: piece by piece, by whoever holds it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import or_, select, update

from talent.accounts.models import Account
from talent.db import db, locked
from talent.directory.acts import kinds
from talent.directory.acts.kinds import permission_of
from talent.directory.acts.outcomes import By, Outcome, Unmeant
from talent.directory.models import ActPart, ManyAct, ManyState, PartState
from talent.directory.parts import known
from talent.directory.search import NAMED
from talent.offices.models import Office
from talent.offices.service import seen
from talent.people.models import Person
from talent.rules.reason import Because, packed
from talent.teams.models import Team
from talent.teams.service import teams_seen

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from talent.access import Actor

PIECE = 200  # people in one transaction of the worker
LEASE = timedelta(minutes=2)  # a worker that was silent so long is dead
_S, _P = ManyState, PartState


def claim(now: datetime) -> int | None:
    """The next act for this worker alone; also one whose worker died."""
    gone = or_(ManyAct.seen_at.is_(None), ManyAct.seen_at < now - LEASE)
    free = ManyAct.state.in_((_S.WAITING, _S.WORKING, _S.UNDOING)) & gone
    query = select(ManyAct.id).where(free).order_by(ManyAct.id).limit(1)
    if (number := db.session.scalar(query)) is None:
        return None
    taken = update(ManyAct).where(ManyAct.id == number, free).values(seen_at=now)
    return db.session.scalar(
        taken.returning(ManyAct.id), execution_options={"synchronize_session": False}
    )


def do_piece(act_id: int, now: datetime, *, most: int | None = None) -> bool:
    """Go on with the next people; whether there are more. One transaction, with the act held."""
    act = locked(ManyAct, act_id)
    if not act.busy:
        return False
    act.seen_at = now
    if (actor := _still_may(act)) is None:
        act.state, act.finished_at = _S.STOPPED, now
        return False
    return go_on(act, actor, now, most or PIECE)


def fail(act_id: int, now: datetime) -> None:
    """Something in it cannot be done, by a fault of ours."""
    act = locked(ManyAct, act_id)
    if act.busy:
        act.state, act.finished_at = _S.STOPPED, now


def go_on(act: ManyAct, actor: Actor, now: datetime, most: int) -> bool:
    """Do or undo it to the next people; whether there are more."""
    undoing = act.state is _S.UNDOING
    parts = _next(act, _P.CHANGED if undoing else _P.WAITING, most)
    act.state = _S.UNDOING if undoing else _S.WORKING
    by, people = By(actor, now, act), _held(parts, act, actor)
    some = list(people.values())
    outcomes = kinds.undo(people, parts, by) if undoing else kinds.do(some, by)
    out = _P.KEPT if undoing else _P.LEFT_OUT
    for part in parts:
        gone = Outcome(out, reasons=[Because(Unmeant.GONE)])
        _write(part, outcomes.get(part.person_id, gone), now, undoing=undoing)
    if more := len(parts) == most:
        return more
    act.state, act.finished_at = _S.UNDONE if undoing else _S.DONE, now
    return False


def _write(part: ActPart, outcome: Outcome, now: datetime, *, undoing: bool) -> None:
    part.state = outcome.state
    part.reasons = [packed(each) for each in outcome.reasons] or None
    if not undoing:
        part.before, part.after = outcome.before, outcome.after
        part.done_at = now


def _next(act: ManyAct, state: PartState, most: int) -> Sequence[ActPart]:
    query = select(ActPart).where(ActPart.act_id == act.id, ActPart.state == state)
    query = query.order_by(ActPart.person_id).limit(most)
    return db.session.scalars(query.execution_options(populate_existing=True)).all()


def _held(parts: Sequence[ActPart], act: ManyAct, actor: Actor) -> dict[int, Person]:
    """The people whom the actor may still do this to, held in the order of their ids."""
    visible = known(actor, permission_of(act.kind)).of(Person.id)
    query = (
        select(Person)
        .where(Person.id.in_([part.person_id for part in parts]), NAMED, visible)
        .order_by(Person.id)
        .with_for_update(of=Person)
        .execution_options(populate_existing=True)
    )
    return {person.id: person for person in db.session.scalars(query)}


def _still_may(act: ManyAct) -> Actor | None:
    """Who asked, if he may still: rights that were taken away end what waits."""
    by = act.undone_by if act.state is _S.UNDOING else act.made_by
    account = db.session.get(Account, by or 0)
    if account is None or not account.is_active:
        return None
    actor = account.actor
    return actor if may_still(act, actor) else None


def may_still(act: ManyAct, actor: Actor) -> bool:
    """Whether the right is held for what the act is about: its office, its team."""
    permission, (office, team) = permission_of(act.kind), map(act.wish.get, ("office", "team"))
    if office:
        return db.session.scalar(seen(actor, permission).where(Office.id == office)) is not None
    if team:
        return db.session.scalar(teams_seen(actor, permission).where(Team.id == team)) is not None
    return actor.may(permission)
