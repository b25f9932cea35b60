"""From surplus to shortfall: who may move, and the fewest moves that help most."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import TYPE_CHECKING, cast

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from talent.access import Permission
from talent.db import db
from talent.offices.service import offices_of, visible_office
from talent.rules import moves as law
from talent.rules.presence import within as within_times
from talent.rules.staffing import CountMode
from talent.rules.standards import Base
from talent.rules.whatif import ChangeKind
from talent.staffing.board import Board
from talent.staffing.drafts import service as drafts
from talent.staffing.drafts.service import Wanted
from talent.staffing.facts import THOUSAND
from talent.staffing.models import Appointment, AppointmentKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date, datetime

    from talent.access import Actor
    from talent.offices.models import Office
    from talent.rules.outcomes import Outcome
    from talent.staffing.drafts.models import Draft
    from talent.staffing.facts import Post
    from talent.staffing.yardsticks import Who, Yardstick

# Elected by the residents of their community, or by its members of the party.
ELECTED = frozenset({AppointmentKind.PARTY, AppointmentKind.COMMITTEE})
HEAD = 1_000


@dataclass(frozen=True, slots=True)
class Step:
    """One of the moves, with names."""

    appointment: Appointment
    source: Office
    target: Office
    near: bool  # within the same street


@dataclass(frozen=True, slots=True)
class Proposed:
    """The moves, and what is missing before and after them, in people."""

    steps: Sequence[Step]
    missing: Mapping[int, tuple[Decimal, Decimal]]  # by office
    offices: Mapping[int, Office]
    spared: int  # offices that have more than asked for
    proved: bool
    open: bool  # whether the standard can be met by moving people at all

    @property
    def remains(self) -> Decimal:
        """How many are missing still."""
        return sum((after for _, after in self.missing.values()), Decimal(0))


def proposed(actor: Actor, under: Office, *, measure: str, today: date) -> Proposed:
    """The fewest moves between the offices below one of the actor's."""
    board = Board(actor, [today], measures=[measure], under=under)
    groups: dict[tuple[Who, CountMode], list[law.Place]] = defaultdict(list)
    movable = True
    for office, by, outcome in _measured(board, measure):
        if by.base is Base.STAFF:
            movable = False
        elif outcome.owed is not None:
            groups[by.who, by.mode].append(_place(office, outcome))
    steps: list[law.Move] = []
    missing: dict[int, tuple[Decimal, Decimal]] = {}
    posts: dict[int, Post] = {}
    proved, spared = True, 0
    for (who, mode), places in groups.items():
        movers = dict(_movers(board, who, places, today))
        posts |= movers
        found = law.proposal(
            places,
            [law.Mover(post.id, post.office_id, _weight(post, mode)) for post in movers.values()],
        )
        steps += found.moves
        proved = proved and found.proved
        spared += sum(place.spare > 0 for place in places)
        for place in places:
            if place.lacks:
                after = found.missing.get(place.place, place.lacks)
                key = cast("int", place.place)
                missing[key] = (Decimal(place.lacks) / HEAD, Decimal(after) / HEAD)
    rows = _appointments(move.person for move in steps)
    offices = board.tree.offices
    return Proposed(
        [
            Step(
                rows[move.person],
                offices[cast("int", move.source)],
                offices[cast("int", move.target)],
                move.near,
            )
            for move in steps
        ],
        missing,
        offices,
        spared,
        proved,
        movable,
    )


def take_over(
    under: Office, found: Proposed, *, name: str, measure: str, today: date, actor: Actor,
    now: datetime,
) -> Draft:  # fmt: skip
    """Make a draft of a proposal."""
    draft = drafts.make(under, name=name, measure=measure, today=today, actor=actor, now=now)
    for step in found.steps:
        wanted = Wanted(ChangeKind.MOVE, today, appointment=step.appointment, office=step.target)
        drafts.add(draft, wanted, now=now)
    return draft


def places_to_look(actor: Actor) -> list[Office]:
    """The offices with others below them, within which people may be moved."""
    found = [o for o in offices_of(actor, Permission.EDIT_STAFFING) if o.open]
    parents = {office.parent_id for office in found}
    return [office for office in found if office.id in parents]


def _measured(board: Board, measure: str) -> Iterator[tuple[Office, Yardstick, Outcome]]:
    """The lowest offices that are measured."""
    for office in board.tree.offices.values():
        by = board.yardstick(measure, office)
        if by is not None and by.terms is not None and board.cells(office, by, 0) == [office]:
            yield office, by, board.outcome(office, by)


def _place(office: Office, outcome: Outcome) -> law.Place:
    """What an office can spare and what it lacks, in thousandths; heads are whole."""
    if outcome.mode is CountMode.HEADCOUNT:
        spare, lacks = (outcome.surplus or 0) * HEAD, (outcome.shortfall or 0) * HEAD
    else:
        more = (outcome.number - (outcome.required or 0)) * THOUSAND
        spare = max(0, int(more.to_integral_value(ROUND_FLOOR)))
        lacks = max(0, int((-more).to_integral_value(ROUND_CEILING)))
    return law.Place(office.id, office.parent_id, spare, lacks)


def _movers(
    board: Board, who: Who, places: Iterable[law.Place], today: date
) -> Iterator[tuple[int, Post]]:
    """Who may move: with one post that counts, not elected, not on leave; the latest first."""
    givers = {place.place for place in places if place.spare}
    held: dict[int, list[Post]] = defaultdict(list)
    for post in board.staff.posts:
        if post.start <= today and (post.end is None or today < post.end):
            held[post.person_id].append(post)
    found = [
        own[0]
        for own in held.values()
        if len(own) == 1
        and own[0].office_id in givers
        and own[0].kind in who.kinds - ELECTED
        and not own[0].on_leave
        and within_times(today, board.staff.counting(who, own[0]))
    ]
    for post in sorted(found, key=lambda one: (-one.start.toordinal(), one.id)):
        yield post.id, post


def _weight(post: Post, mode: CountMode) -> int:
    return HEAD if mode is CountMode.HEADCOUNT else int(post.share * THOUSAND)


def _appointments(ids: Iterable[object]) -> dict[object, Appointment]:
    query = (
        select(Appointment)
        .where(Appointment.id.in_(list(ids)))
        .options(joinedload(Appointment.person), joinedload(Appointment.office))
    )
    return {row.id: row for row in db.session.scalars(query)}


def within(actor: Actor, office_id: int) -> Office:
    """The office below which people may be moved by the actor, or `NotFound`."""
    return visible_office(actor, Permission.EDIT_STAFFING, office_id)
