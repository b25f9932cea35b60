"""Acts upon many people: who is meant and what would change, the act itself, and its undo."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, literal, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import contains_eager

from talent import audit
from talent.audit import Act
from talent.db import db, locked
from talent.directory import parts, search
from talent.directory.acts import kinds
from talent.directory.acts.kinds import UNDOABLE, permission_of
from talent.directory.acts.working import go_on, may_still
from talent.directory.models import ActPart, ManyAct, ManyState, PartState
from talent.errors import NotFound, Refused
from talent.people.models import Person
from talent.rules import bulk
from talent.rules.reason import N_, Because, unpacked
from talent.rules.words import Word

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import date, datetime

    from sqlalchemy import Select

    from talent.access import Actor
    from talent.directory.filters import Wanted
    from talent.directory.models import ManyKind

AT_ONCE = 300  # people of an act that is done while somebody waits for it
SAMPLE = 10  # people who are shown before
PAGE = 50
_S, _P = ManyState, PartState


class Undone(Word):
    """Why an act is not done, or not undone."""

    NOBODY = "nobody", N_("Choose at least one person.")
    CHANGED = "changed", N_(
        "These are not the people whom you were shown: somebody came or went meanwhile. "
        "Please look again."
    )  # fmt: skip
    SENT = "sent", N_("A message that was sent cannot be called back.")
    BUSY = "busy", N_("It is not finished yet.")


@dataclass(frozen=True, slots=True)
class Meant:
    """Who is meant: those who were ticked, or all whom filters show."""

    wanted: Wanted
    ticked: Collection[int] | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """What an act would do: to how many, what changes, who comes first, and who is missing."""

    number: int
    mark: str  # these people and no others
    changes: int
    first: Sequence[Person]
    missing: int  # ticked, and not known to an office for which the permission is held


@dataclass(frozen=True, slots=True)
class Tally:
    """How many people of an act stand where."""

    of: Mapping[PartState, int]

    @property
    def number(self) -> int:
        """All of them."""
        return sum(self.of.values())

    @property
    def percent(self) -> int:
        """Of those of whom something is decided."""
        waits = self.of.get(_P.WAITING, 0)
        return 100 * (self.number - waits) // self.number if self.number else 100


def preview(
    kind: ManyKind, wish: Mapping[str, Any], meant: Meant, *, actor: Actor, today: date
) -> Preview:
    """What it would do, as things are now."""
    ids = _meant(kind, meant, actor, today)
    number, total = _marked(ids)
    first = search.in_order(ids.with_only_columns(Person), meant.wanted.order)
    changing = search.counted(ids.where(kinds.would_change(kind, wish, actor)))
    ticked = len(set(meant.ticked)) if meant.ticked is not None else number
    shown = db.session.scalars(first.limit(SAMPLE)).all()
    return Preview(number, f"{number}:{total}", changing, shown, ticked - number)


def confirm(
    kind: ManyKind,
    wish: Mapping[str, Any],
    meant: Meant,
    *,
    title: str,
    seen: str,
    once: str,
    actor: Actor,
    now: datetime,
    today: date,
) -> ManyAct:
    """Freeze who is meant, and do it: at once to some hundreds, by the worker to more."""
    key = hashlib.sha256(f"{actor.account_id}:{once}".encode()).hexdigest()
    asked = select(ManyAct).where(ManyAct.once == key)
    if once and (act := db.session.scalars(asked).one_or_none()):
        return act
    ids = _meant(kind, meant, actor, today)
    number, total = _marked(ids)
    if not number:
        raise Refused([Undone.NOBODY])
    if f"{number}:{total}" != seen:
        raise Refused([Undone.CHANGED])
    act = ManyAct(
        made_by=actor.account_id,
        made_at=now,
        once=key if once else None,
        kind=kind,
        wish=dict(wish),
        title=title[:200],
        number=number,
        state=_S.WAITING,
    )
    try:
        with db.session.begin_nested():
            db.session.add(act)
    except IntegrityError:  # the same form came twice at once
        return db.session.scalars(asked).one()
    state = literal(_P.WAITING, ActPart.__table__.c.state.type)
    rows = ids.with_only_columns(literal(act.id), Person.id, state)
    db.session.execute(insert(ActPart).from_select(["act_id", "person_id", "state"], rows))
    audit.record(
        Act.MANY_CHANGED,
        act,
        actor=actor,
        now=now,
        kind=kind.value,
        people=number,
        wish=_told(wish),
    )
    if number <= AT_ONCE:
        go_on(act, actor, now, AT_ONCE)
    return act


def _told(wish: Mapping[str, Any]) -> dict[str, Any]:
    """What the act is to do, for the trail; the words of a message stand in the message."""
    return {name: value for name, value in wish.items() if name != "text"}


def _meant(kind: ManyKind, meant: Meant, actor: Actor, today: date) -> Select[int]:
    permission = permission_of(kind)
    if meant.ticked is None:
        return search.everybody(actor, permission, meant.wanted, today=today)
    known = parts.known(actor, permission).of(Person.id)
    return select(Person.id).where(Person.id.in_(meant.ticked), search.NAMED, known)


def _marked(ids: Select[int]) -> tuple[int, int]:
    """How many, and the sum of their numbers: nobody is exchanged for another without a word."""
    each = ids.subquery()
    row = db.session.execute(select(func.count(), func.sum(each.c.id)).select_from(each)).one()
    return row[0], int(row[1] or 0)


def own_act(actor: Actor, act_id: int) -> ManyAct:
    """What one did oneself, or `NotFound`."""
    act = db.session.get(ManyAct, act_id)
    if act is None or actor.account_id is None or act.made_by != actor.account_id:
        raise NotFound
    return act


def recent(actor: Actor, *, after: int | None = None) -> tuple[Sequence[ManyAct], int | None]:
    """A page of one's own acts, the newest first, and the next key."""
    query = select(ManyAct).where(ManyAct.made_by == (actor.account_id or 0))
    if after is not None:
        query = query.where(ManyAct.id < after)
    rows = db.session.scalars(query.order_by(ManyAct.id.desc()).limit(PAGE + 1)).all()
    return rows[:PAGE], rows[PAGE - 1].id if len(rows) > PAGE else None


def tallies(acts: Sequence[ManyAct]) -> dict[int, Tally]:
    """How far each is; one question for all."""
    query = (
        select(ActPart.act_id, ActPart.state, func.count())
        .where(ActPart.act_id.in_([act.id for act in acts]))
        .group_by(ActPart.act_id, ActPart.state)
    )
    found: dict[int, dict[PartState, int]] = {act.id: {} for act in acts}
    for act_id, state, number in db.session.execute(query):
        found[act_id][state] = number
    return {number: Tally(of) for number, of in found.items()}


def told(
    act: ManyAct, actor: Actor, *, after: int = 0
) -> tuple[list[tuple[ActPart, list[Because]]], int | None]:
    """Those with a reason, as far as one may still see them, and the next key."""
    known = parts.known(actor, permission_of(act.kind)).of(ActPart.person_id)
    odd = ActPart.state.in_((_P.LEFT_OUT, _P.KEPT))
    query = (
        select(ActPart)
        .join(ActPart.person)
        .where(ActPart.act_id == act.id, ActPart.person_id > after, odd, known)
        .options(contains_eager(ActPart.person))
        .order_by(ActPart.person_id)
        .limit(PAGE + 1)
    )
    rows = db.session.scalars(query).all()
    found = [(part, [unpacked(kept) for kept in part.reasons or ()]) for part in rows[:PAGE]]
    return found, rows[PAGE - 1].person_id if len(rows) > PAGE else None


def refusals_to_undo(act: ManyAct, now: datetime) -> list[Because]:
    """For a day, once, and nothing that was said."""
    if act.kind not in UNDOABLE:
        return [Because(Undone.SENT)]
    if act.busy:
        return [Because(Undone.BUSY)]
    undone = act.state is _S.UNDONE
    return bulk.refusals_to_undo(act.made_at, now, bulk.Since(), undone=undone)


def undo(act: ManyAct, *, actor: Actor, now: datetime) -> None:
    """Take back what is still as the act left it, at once or by the worker."""
    act = locked(ManyAct, act.id)
    if not may_still(act, actor):
        raise NotFound
    if reasons := refusals_to_undo(act, now):
        raise Refused(reasons)
    act.state, act.seen_at, act.finished_at = _S.UNDOING, None, None
    act.undone_by, act.undone_at = actor.account_id, now
    audit.record(Act.MANY_UNDONE, act, actor=actor, now=now, kind=act.kind.value, people=act.number)
    db.session.flush()
    if act.number <= AT_ONCE:
        go_on(act, actor, now, AT_ONCE)


def stop(act: ManyAct, now: datetime) -> None:
    """Go no further. What is done stays, and can be undone."""
    act = locked(ManyAct, act.id)
    if act.state in {_S.WAITING, _S.WORKING}:
        act.state, act.finished_at = _S.STOPPED, now
