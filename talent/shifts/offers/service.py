"""Shifts as they are offered to a volunteer: a page of cards, each with why or why not."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy import func, or_, select

from talent.access import Permission
from talent.db import db
from talent.errors import NotFound
from talent.offices.models import Office, Setting
from talent.rules import changes
from talent.rules.signup import LIVE, SignupState
from talent.rules.span import DAY, first_moment
from talent.shifts.eligibility import service as eligibility
from talent.shifts.models import Need, Project, Shift, ShiftState, Signup
from talent.shifts.turns.service import IN_LINE

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date, datetime

    from sqlalchemy import Select

    from talent.access import Actor
    from talent.rules.reason import Because

PAGE = 20
LOOK_AHEAD = 200  # how many are looked at to fill a page of "those I may take"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a volunteer is looking for."""

    day: date | None = None
    place: str = ""
    category_id: int | None = None
    office_id: int | None = None
    mine_to_take: bool = False
    after: int | None = None

    def __bool__(self) -> bool:
        """Whether anything narrows the list."""
        return bool(
            self.day or self.place or self.category_id or self.office_id or self.mine_to_take
        )


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


def offers(
    actor: Actor, wanted: Wanted, *, zone: str, now: datetime
) -> tuple[list[Card], int | None]:
    """A page of coming shifts by time, and the shift after which the next page begins."""
    # By the first start among what is not over the past is passed by, and not read through; that
    # it is no bare column makes SQLite look for it among what is not over, and not from the start.
    start = func.coalesce(Shift.starts_at, Shift.ends_at)
    first = select(func.min(start)).where(Shift.ends_at > now).scalar_subquery()
    query = _narrowed(wanted, zone).where(eligibility.visible(actor), Shift.ends_at > now)
    query = query.where(Shift.starts_at >= first)
    shown = ShiftState.CANCELLED if wanted.mine_to_take else ShiftState.CLOSED
    query = query.where(Shift.state != shown)
    looked_at = LOOK_AHEAD if wanted.mine_to_take else PAGE
    shifts = db.session.scalars(
        query.options(*eligibility.WHOLE).order_by(Shift.starts_at, Shift.id).limit(looked_at + 1)
    ).all()
    cards = cards_of(shifts[:looked_at], actor, now)
    if not wanted.mine_to_take:
        return cards, shifts[PAGE - 1].id if len(shifts) > PAGE else None
    fitting = [card for card in cards if card.may]
    if len(fitting) > PAGE:
        return fitting[:PAGE], fitting[PAGE - 1].shift.id
    return fitting, shifts[looked_at - 1].id if len(shifts) > looked_at else None


def _narrowed(wanted: Wanted, zone: str) -> Select[Shift]:
    query = select(Shift).join(Shift.project)
    if wanted.day:
        place = ZoneInfo(zone)
        query = query.where(
            Shift.starts_at < first_moment(wanted.day + DAY, place),
            Shift.ends_at > first_moment(wanted.day, place),
        )
    if wanted.place:
        texts = (Shift.place, Project.place, Project.name, Project.name_en)
        query = query.where(
            or_(*(func.lower(t).contains(wanted.place.lower(), autoescape=True) for t in texts))
        )
    if wanted.category_id:
        query = query.where(Project.category_id == wanted.category_id)
    if wanted.office_id:
        step = select(Office.path).where(Office.id == wanted.office_id).scalar_subquery()
        query = query.where(
            Project.office_id.in_(
                select(Office.id).where(func.substr(Office.path, 1, func.length(step)) == step)
            )
        )
    if wanted.after:
        last = select(Shift.starts_at).where(Shift.id == wanted.after).scalar_subquery()
        later = (Shift.starts_at == last) & (Shift.id > wanted.after)
        query = query.where((Shift.starts_at > last) | later)
    return query


def offering_offices(actor: Actor, now: datetime) -> Sequence[Office]:
    """The offices that have coming shifts which the reader may see."""
    query = (
        select(Office)
        .where(
            Office.id.in_(
                select(Project.office_id)
                .join(Shift, Shift.project_id == Project.id)
                .where(eligibility.visible(actor), Shift.ends_at > now)
            )
        )
        .order_by(Office.path)
    )
    return db.session.scalars(query).all()


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
