"""Which staffing figures a lapse breaks: the certificate rate, and standards that count papers."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from talent.access import Permission
from talent.db import db
from talent.people.models import Person
from talent.renewals.lapses.service import ONE_DAY
from talent.rules import presence
from talent.rules.outcomes import plain, shown
from talent.rules.staffing import CountMode
from talent.staffing.board import Board
from talent.staffing.models import OFFICIAL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import date

    from talent.access import Actor
    from talent.offices.models import Office
    from talent.staffing.facts import Post
    from talent.staffing.models import Standard
    from talent.staffing.yardsticks import Who, Yardstick

    Shares = dict[int, Decimal]  # of full time, by person

HUNDRED = Decimal(100)
ONE, NONE = Decimal(1), Decimal(0)


@dataclass(frozen=True, slots=True)
class Fallen:
    """One figure of an office before and after, and who is not counted any more.

    Without a standard it is the certificate rate, in per cent; else the number that counts for
    the standard, with what it asks for and whether it is met before and after.
    """

    office: Office
    standard: Standard | None
    before: Decimal
    after: Decimal
    people: Sequence[Any]
    required: Decimal | None = None
    met_before: bool | None = None
    met_after: bool | None = None

    def text(self, figure: Decimal | None) -> str:
        """A figure of it as pages write it: a rate to two places, a number without idle zeros."""
        if figure is None:
            return "—"
        return str(plain(figure)) if self.standard else f"{shown(figure)} %"


def fallen(actor: Actor, *, today: date, until: date) -> list[Fallen]:
    """What falls by papers that end up to a day, everything else as it is today.

    Appointments that end meanwhile take nothing away here: that is the forecast's.
    """
    if not actor.may(Permission.SEE_STAFFING):
        return []
    losses = _Losses(Board(actor, [today], measures=None), today, until + ONE_DAY)
    found = [*losses.rates(), *losses.numbers()]
    ids = {id_ for each in found for id_ in each.people}
    names = {p.id: p for p in db.session.scalars(select(Person).where(Person.id.in_(ids)))}
    return [
        replace(each, people=sorted((names[i] for i in each.people), key=_by_name))
        for each in found
    ]


def _by_name(person: Person) -> tuple[str, int]:
    return person.sort_key, person.id


class _Losses:
    """Who counts today and would not on a later day, only because a paper ends."""

    def __init__(self, board: Board, today: date, after: date) -> None:
        self.board, self.today, self.after = board, today, after
        self._rate: dict[Who, dict[int, Shares]] = {}
        self._number: dict[Who, dict[int, Shares]] = {}

    def rates(self) -> Iterator[Fallen]:
        """The certificate rate of each office whose holders become fewer."""
        for office in self.board.tree.offices.values():
            by = self.board.yardstick(OFFICIAL, office)
            lost = self._certified(by.who).get(office.id) if by else None
            if by is None or not lost:
                continue
            now = self.board.certified(office, by.who)
            left = Decimal(now.holders - len(lost)) / now.heads
            yield Fallen(office, None, (now.rate or NONE) * HUNDRED, left * HUNDRED, list(lost))

    def numbers(self) -> Iterator[Fallen]:
        """What counts for standards that ask for a paper."""
        for measure in self.board.measures:
            for office in self.board.tree.offices.values():
                by = self.board.yardstick(measure, office)
                if by is None or not by.who.holds:
                    continue
                if lost := self._counted(by.who).get(office.id):
                    yield self._number_lost(office, by, lost)

    def _number_lost(self, office: Office, by: Yardstick, lost: Shares) -> Fallen:
        now = self.board.outcome(office, by)
        heads = by.mode is CountMode.HEADCOUNT
        gone = Decimal(len(lost)) if heads else sum((min(s, ONE) for s in lost.values()), NONE)
        left = max(NONE, now.number - gone)
        return Fallen(
            office,
            by.standard,
            now.number,
            left,
            list(lost),
            now.required,
            now.met,
            None if now.owed is None else now.owed.met_by(left),
        )

    def _certified(self, who: Who) -> dict[int, Shares]:
        if who not in self._rate:
            staff = self.board.staff
            self._rate[who] = self._lost(
                who,
                lambda post: (
                    staff.certified_on(post.person_id, self.today)
                    and not staff.certified_on(post.person_id, self.after)
                ),
            )
        return self._rate[who]

    def _counted(self, who: Who) -> dict[int, Shares]:
        if who not in self._number:
            self._number[who] = self._lost(who, lambda post: not self._holds(who, post))
        return self._number[who]

    def _holds(self, who: Who, post: Post) -> bool:
        held = self.board.staff.held.get(post.person_id, ())
        return any(
            presence.within(self.after, [(one.start, one.end)])
            for one in held
            if one.grade in who.grades or one.code in who.credentials
        )

    def _lost(self, who: Who, goes: Callable[[Post], bool]) -> dict[int, Shares]:
        staff, reach = self.board.staff, self.board.tree.reach(who)
        found: dict[int, Shares] = defaultdict(lambda: defaultdict(Decimal))
        for post in staff.posts:
            if post.kind not in who.kinds or not goes(post):
                continue
            if presence.within(self.today, staff.counting(who, post)):
                for office_id in reach.get(post.office_id, ()):
                    found[office_id][post.person_id] += post.share
        return found
