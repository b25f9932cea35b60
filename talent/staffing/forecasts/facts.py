"""What is known of the months to come: births, probation, registrations, plans, ages."""

from __future__ import annotations

from collections import defaultdict
from copy import copy
from datetime import date, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, or_, select

from talent.db import db
from talent.people.models import Person
from talent.rules import forecast as law
from talent.rules.forecast import Count, Outlook
from talent.rules.retirement import AgeRule, Retirement, retirement, rule_for
from talent.staffing.facts import Post
from talent.staffing.forecasts.models import PlannedFigure, RetirementAge
from talent.staffing.models import Appointment
from talent.staffing.plans import service as plans
from talent.training.models import SocialWorkRegistration
from talent.training.service import REGISTERED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy import Select

    from talent.rules.forecast import Expected
    from talent.rules.identity import Sex
    from talent.rules.staffing import PopulationKind
    from talent.staffing.board import Board
    from talent.staffing.facts import Held

ONE_DAY = timedelta(days=1)


class Ahead:
    """All that changes the figures of some offices in the months to come, in six questions."""

    def __init__(self, board: Board) -> None:
        self.board, self.today = board, board.days[0]
        tree = board.tree
        here = (
            select(Appointment.person_id)
            .where(
                Appointment.office_id.in_(tree.ids),
                Appointment.starts_on <= board.days[-1],
                or_(Appointment.ends_on.is_(None), Appointment.ends_on > self.today),
            )
            .distinct()
        )
        self.rules = _rules(board)
        self.births, self.unknown = self._births(here)
        self.probation = dict(
            db.session.execute(
                select(Appointment.id, Appointment.probation_until).where(
                    Appointment.office_id.in_(tree.ids), Appointment.probation_until >= self.today
                )
            ).all()
        )
        self.registered = self._registered(here)
        self.planned = plans.open_posts(tree.ids, until=board.days[-1])
        self.figures = _planned_figures(board)
        self._retirements: dict[tuple[int, str, int], Retirement | None] = {}

    def supposing(self, board: Board) -> Ahead:
        """The same months with the other facts of a draft: what is planned stays planned."""
        other = copy(self)
        other.board, other._retirements = board, {}  # noqa: SLF001 - one of its own
        return other

    def expected(self, post: Post, outlook: Outlook) -> Expected:
        """When a post ends, and why."""
        return law.expected_end(
            outlook,
            today=self.today,
            start=post.start,
            end=post.end,
            probation_until=self.probation.get(post.id),
            retirement=self._retirement(post) if post.person_id in self.births else None,
        )

    def posts(self, outlook: Outlook) -> tuple[list[Post], dict[Post, Expected]]:
        """All posts as long as they are held, by an outlook, and why those end that end."""
        found: list[Post] = []
        whys: dict[Post, Expected] = {}
        for post in self.board.staff.posts:
            told = self.expected(post, outlook)
            if told.end is not None and told.end <= post.start:
                continue
            held = post if told.end == post.end else post._replace(end=told.end)
            found.append(held)
            if told.cause:
                whys[held] = told
        return [*found, *self._to_fill(outlook)], whys

    def held(self, outlook: Outlook) -> Mapping[int, list[Held]]:
        """Their credentials; at worst a grade counts only as long as its holder is registered."""
        known = self.board.staff.held
        if outlook is not Outlook.LOW or not self.registered:
            return known
        found = dict(known)
        for person_id, until in self.registered.items():
            if person_id in found:
                end = until + ONE_DAY
                found[person_id] = [
                    one._replace(end=min(one.end or end, end)) if one.grade else one
                    for one in found[person_id]
                ]
        return found

    def counts(self, office_id: int, kind: PopulationKind) -> list[Count]:
        """The figures of an office that are known."""
        rows = self.board.populations.rows.get((office_id, kind), ())
        return [Count(row.as_of, row.number) for row in rows]

    def _to_fill(self, outlook: Outlook) -> Iterator[Post]:
        """Planned posts, as if somebody held them: each is somebody, whom nobody knows yet."""
        number = 0
        for planned in self.planned:
            for _ in range(planned.number):
                number -= 1
                if planned.certainty.counts(outlook):
                    start = max(planned.starts_on, self.today + ONE_DAY)
                    yield Post(
                        *(number, number, planned.office_id, planned.kind, planned.share, start),
                        end=None,
                        on_leave=False,
                        leave_start=None,
                        leave_end=None,
                    )

    def _births(self, here: Select[int]) -> tuple[dict[int, tuple[date, Sex]], int]:
        """Born so that they may retire within the time; and of how many that is not known."""
        youngest = min((rule.age for rule in self.rules), default=None)
        if youngest is None:
            return {}, 0
        latest = law.months_on(self.board.days[-1], -youngest)
        query = select(Person.id, Person.birth_date, Person.sex).where(
            Person.id.in_(here),
            or_(
                Person.birth_date.is_(None),
                Person.sex.is_(None),
                Person.birth_date <= latest,
            ),
        )
        known: dict[int, tuple[date, Sex]] = {}
        unknown = 0
        for person_id, born, sex in db.session.execute(query):
            if born is None or sex is None:
                unknown += 1
            else:
                known[person_id] = (born, sex)
        return known, unknown

    def _registered(self, here: Select[int]) -> dict[int, date]:
        """Until when social workers are registered whose term ends within the time."""
        if not any(one.grade for held in self.board.staff.held.values() for one in held):
            return {}
        last = func.max(SocialWorkRegistration.ends_on)
        query = (
            select(SocialWorkRegistration.person_id, last)
            .where(SocialWorkRegistration.person_id.in_(here), REGISTERED)
            .group_by(SocialWorkRegistration.person_id)
            .having(last.between(self.today, self.board.days[-1]))
        )
        return dict(db.session.execute(query).all())

    def _retirement(self, post: Post) -> Retirement | None:
        key = (post.person_id, post.kind, post.office_id)
        if key not in self._retirements:
            born, sex = self.births[post.person_id]
            rule = rule_for(
                self.rules, born=born, sex=sex, kind=post.kind, scopes=self._scopes(post.office_id)
            )
            self._retirements[key] = retirement(rule, born) if rule else None
        return self._retirements[key]

    def _scopes(self, office_id: int) -> Sequence[int]:
        """The office and all above it, also those that the reader does not see."""
        chain = self.board.tree.above.get(office_id, ())
        above = self.board.tree.offices[chain[0]].ancestor_ids[::-1] if chain else []
        return above if office_id in above else [office_id, *above]


def _rules(board: Board) -> list[AgeRule]:
    above = {id_ for office in board.tree.offices.values() for id_ in office.ancestor_ids}
    query = (
        select(RetirementAge)
        .where(
            or_(
                RetirementAge.office_id.is_(None),
                RetirementAge.office_id.in_(above),
                RetirementAge.office_id.in_(board.tree.ids),
            )
        )
        .order_by(RetirementAge.id)
    )
    return [age_rule(row) for row in db.session.scalars(query)]


def age_rule(row: RetirementAge) -> AgeRule:
    """A row, as the law reads it."""
    return AgeRule(
        row.sex,
        frozenset(row.kinds),
        row.age_months,
        row.valid_from,
        row.valid_to,
        most=row.most_months,
        step=row.step_months,
        early=row.early_months,
        late=row.late_months,
        notice=row.notice_months,
        scope=row.office_id,
    )


def _planned_figures(board: Board) -> dict[tuple[int, PopulationKind], list[Count]]:
    query = (
        select(
            PlannedFigure.office_id, PlannedFigure.kind, PlannedFigure.as_of, PlannedFigure.number
        )
        .where(PlannedFigure.office_id.in_(board.tree.ids), PlannedFigure.as_of > board.days[0])
        .order_by(PlannedFigure.as_of, PlannedFigure.id)
    )
    found: dict[tuple[int, PopulationKind], list[Count]] = defaultdict(list)
    for office_id, kind, as_of, number in db.session.execute(query):
        found[office_id, kind].append(Count(as_of, number))
    return dict(found)
