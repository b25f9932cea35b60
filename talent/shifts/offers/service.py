"""Shifts as they are offered to a volunteer: cards, each with why or why not."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from talent.access import Permission
from talent.db import db
from talent.errors import NotFound
from talent.offices.models import Setting
from talent.rules import changes
from talent.rules.signup import LIVE, SignupState
from talent.shifts.eligibility import service as eligibility
from talent.shifts.models import Need, Shift, Signup
from talent.shifts.turns.service import IN_LINE

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from talent.access import Actor
    from talent.rules.reason import Because


@dataclass(frozen=True, slots=True)
class Option:
    """One position of a shift, and what keeps this reader from it."""

    need: Need
    waiting: int = 0
    against: list[Because] = field(default_factory=list)
    against_waiting: list[Because] = field(default_factory=list)

    @property
    def may_stand_by(self) -> bool:
        """Whether the reader may come in case somebody cannot: the places are taken."""
        need = self.need
        return not need.free and need.reserve > need.reserved and not self.against_waiting


@dataclass(frozen=True, slots=True)
class Card:
    """A shift as one reader sees it. `turn` is his place on the waiting list, from 1."""

    shift: Shift
    options: list[Option]
    mine: Signup | None = None
    turn: int | None = None
    against_leaving: list[Because] = field(default_factory=list)
    leave_until: datetime | None = None
    asks: bool = False  # whether the reader is a volunteer who could take a place

    @property
    def may(self) -> bool:
        """Whether there is a place for the reader to take or to wait for."""
        return any(not option.against or not option.against_waiting for option in self.options)


def visible_shift(actor: Actor, shift_id: int) -> Shift:
    """The shift with all that belongs to it, or `NotFound`, as for one of another office."""
    query = (
        select(Shift)
        .join(Shift.project)
        .where(Shift.id == shift_id, eligibility.visible(actor))
        .options(*eligibility.WHOLE)
        .execution_options(populate_existing=True)
    )
    if (shift := db.session.scalars(query).one_or_none()) is None:
        raise NotFound
    return shift


def check_visible(actor: Actor, shift_id: int) -> None:
    """`NotFound` for a shift that the actor does not see. Acts read it when it is held."""
    query = select(Shift.id).join(Shift.project)
    if db.session.scalar(query.where(Shift.id == shift_id, eligibility.visible(actor))) is None:
        raise NotFound


def card_of(shift: Shift, actor: Actor, now: datetime) -> Card:
    """One shift as this reader sees it."""
    return cards_of([shift], actor, now)[0]


def cards_of(shifts: Sequence[Shift], actor: Actor, now: datetime) -> list[Card]:
    """Shifts as this reader sees them, in a number of questions that does not grow with them."""
    if not shifts:
        return []
    settings = eligibility.settings_for(shifts, now)
    asks = actor.person_id is not None and actor.may(Permission.TAKE_SHIFTS)
    since = eligibility.span_of(shifts).start
    facts = {}
    mine: dict[int, Signup] = {}
    turns: dict[int, int] = {}
    if actor.person_id is not None:
        facts = eligibility.facts_of([actor.person_id], since=since)
        mine = _mine(actor.person_id, [s.id for s in shifts])
        turns = turns_of(mine.values())
    waiting = waiting_counts([need.id for shift in shifts for need in shift.needs])
    cards = []
    for shift in shifts:
        told = settings[shift.project.office_id]
        options = []
        for need in shift.needs:
            option = Option(need, waiting.get(need.id, 0))
            if asks and actor.person_id is not None:
                found = eligibility.reasons(need, shift, facts[actor.person_id], told, now)
                option = Option(need, option.waiting, found.to_take, found.to_wait)
            options.append(option)
        own = mine.get(shift.id)
        notice = timedelta(minutes=told[Setting.CANCEL_MINUTES])
        cards.append(
            Card(
                shift,
                options,
                own,
                turns.get(own.id) if own else None,
                changes.refusals_to_cancel(
                    own.state, shift.starts_at, now, notice=notice, asked=own.is_asked
                )
                if own
                else [],
                shift.starts_at
                if own and own.is_asked
                else changes.cancel_deadline(shift.starts_at, notice),
                asks,
            )
        )
    return cards


def _mine(person_id: int, shift_ids: Collection[int]) -> dict[int, Signup]:
    query = select(Signup).where(
        Signup.person_id == person_id,
        Signup.shift_id.in_(shift_ids),
        Signup.state.in_(LIVE),
    )
    return {signup.shift_id: signup for signup in db.session.scalars(query)}


def waiting_counts(need_ids: Collection[int]) -> dict[int, int]:
    """How many wait for each position."""
    query = (
        select(Signup.need_id, func.count())
        .where(Signup.need_id.in_(need_ids), Signup.state == SignupState.WAITING)
        .group_by(Signup.need_id)
    )
    return dict(db.session.execute(query).all())


def turns_of(signups: Collection[Signup]) -> dict[int, int]:
    """Where each of these stands among those who wait, or who stand by, from 1; by its id."""
    in_line = [one for one in signups if one.state in IN_LINE]
    if not in_line:
        return {}
    place = func.row_number().over(
        partition_by=(Signup.need_id, Signup.state), order_by=(Signup.queued_at, Signup.id)
    )
    queue = (
        select(Signup.id, place.label("turn"))
        .where(Signup.need_id.in_([s.need_id for s in in_line]), Signup.state.in_(IN_LINE))
        .subquery()
    )
    query = select(queue.c.id, queue.c.turn).where(queue.c.id.in_([s.id for s in in_line]))
    return dict(db.session.execute(query).all())
