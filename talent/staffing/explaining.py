"""Why an office is short by so many, against an earlier day: who went and came, and what grew."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import select

from talent.access import Permission
from talent.db import db
from talent.errors import NotFound
from talent.offices.service import visible_office
from talent.people.models import Person
from talent.rules import differences as law
from talent.rules import presence
from talent.rules.differences import Cause
from talent.rules.staffing import CountMode
from talent.staffing.board import Board
from talent.staffing.facts import Post, post_columns
from talent.staffing.models import Appointment

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from talent.access import Actor
    from talent.offices.models import Office
    from talent.rules.outcomes import Outcome
    from talent.rules.reason import Because
    from talent.staffing.facts import FigureRow
    from talent.staffing.yardsticks import Who, Yardstick

FULL_TIME = Decimal(1)
# What brings somebody is what takes another away, the other way round.
TURNED = {
    Cause.ENDED: Cause.BEGAN,
    Cause.MOVED_AWAY: Cause.MOVED_HERE,
    Cause.LEAVE: Cause.BACK,
    Cause.OTHER_POST: Cause.COUNTING_POST,
    Cause.LAPSED: Cause.HOLDS,
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A part with the people behind it."""

    cause: Cause
    amount: Decimal
    people: Sequence[Person] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """An office on two days by one measure, and what lies between."""

    office: Office
    since: date
    on: date
    then: Outcome
    now: Outcome
    by_then: Yardstick
    by_now: Yardstick
    parts: Sequence[Shown]
    figures_then: Sequence[FigureRow]
    figures_now: Sequence[FigureRow]
    offices: Mapping[int, Office]  # by their ids, for the rows

    @property
    def difference(self) -> int | None:
        """How many more are missing now; below zero, fewer."""
        if self.then.shortfall is None or self.now.shortfall is None:
            return None
        return self.now.shortfall - self.then.shortfall

    @property
    def reasons(self) -> list[tuple[date, Because]]:
        """Why it cannot be told, and of which day."""
        told = [(self.since, one) for one in self.then.reasons]
        return told + [(self.on, one) for one in self.now.reasons]


def explain(actor: Actor, office_id: int, *, since: date, on: date, measure: str) -> Explanation:
    """Why the shortfall of an office is what it is, against an earlier day."""
    visible_office(actor, Permission.SEE_STAFFING, office_id)
    board = Board(actor, [since, on], measures=[measure])
    if (office := board.tree.offices.get(office_id)) is None:
        raise NotFound
    first, last = 0, len(board.days) - 1
    by_then = board.yardstick(measure, office, first)
    by_now = board.yardstick(measure, office, last)
    if by_then is None or by_now is None:
        raise NotFound
    then = board.outcome(office, by_then, first)
    now = board.outcome(office, by_now, last)
    between = board.outcome(office, by_then, last)
    changes = _changes(board, office, by_then)
    parts = law.explained(then, between, now, people=changes)
    return Explanation(
        office=office,
        since=since,
        on=on,
        then=then,
        now=now,
        by_then=by_then,
        by_now=by_now,
        parts=_with_people(parts),
        figures_then=board.figures(office, by_then, first),
        figures_now=board.figures(office, by_now, last),
        offices=board.tree.offices,
    )


def _changes(board: Board, office: Office, by: Yardstick) -> dict[Cause, dict[int, Decimal]]:
    """Who counts more or less than on the first day, by cause."""
    weights = [
        {
            person: _weight(posts, by.mode)
            for person, posts in board.staff.counting_at(office.id, by.who, at).items()
        }
        for at in (0, -1)
    ]
    then, now = weights
    changed = {
        person: now.get(person, Decimal(0)) - then.get(person, Decimal(0))
        for person in sorted(then.keys() | now.keys())
        if then.get(person) != now.get(person)
    }
    posts = _posts_of(board, changed)
    found: dict[Cause, dict[int, Decimal]] = defaultdict(dict)
    for person, amount in changed.items():
        if person in then and person in now:
            cause = Cause.SHARE
        elif person in then:
            cause = _cause(board, office, by.who, posts[person], -1)
        else:
            cause = TURNED[_cause(board, office, by.who, posts[person], 0)]
        found[cause][person] = amount
    return found


def _cause(board: Board, office: Office, who: Who, posts: Sequence[Post], at: int) -> Cause:
    """Why somebody does not count at the office on a day."""
    day, tree = board.days[at], board.tree
    reach = tree.reach(who)
    held = [post for post in posts if presence.within(day, [(post.start, post.end)])]
    here = [post for post in held if office.id in reach.get(post.office_id, ())]
    counting = [post for post in here if post.kind in who.kinds]
    if counting:
        at_work = any(
            presence.within(day, post.times(count_on_leave=who.count_on_leave)) for post in counting
        )
        return Cause.LAPSED if at_work else Cause.LEAVE
    if here:
        return Cause.OTHER_POST
    if any(post.kind in who.kinds and tree.above.get(post.office_id) for post in held):
        return Cause.MOVED_AWAY
    return Cause.ENDED


def _weight(posts: Sequence[Post], mode: CountMode) -> Decimal:
    if mode is CountMode.HEADCOUNT:
        return FULL_TIME
    return min(FULL_TIME, sum((post.share for post in posts), Decimal(0)))


def _posts_of(board: Board, people: Sequence[int] | dict[int, Decimal]) -> dict[int, list[Post]]:
    """All appointments of the people whose count changed, of any kind, at the actor's offices."""
    query = post_columns().where(
        Appointment.person_id.in_(list(people)), Appointment.office_id.in_(board.tree.ids)
    )
    found: dict[int, list[Post]] = defaultdict(list)
    for row in db.session.execute(query):
        post = Post(*row)
        found[post.person_id].append(post)
    return found


def _with_people(parts: Sequence[law.Part]) -> list[Shown]:
    ids = {person for part in parts for person in part.people}
    query = select(Person).where(Person.id.in_(ids)).order_by(Person.sort_key, Person.id)
    people = db.session.scalars(query).all()
    return [
        Shown(part.cause, part.amount, [p for p in people if p.id in part.people]) for part in parts
    ]
