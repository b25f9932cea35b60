"""By what offices are measured: the terms of the standards in force, and whom they count."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import or_, select

from talent.db import db
from talent.rules import standards as law
from talent.rules.staffing import CountMode, PopulationKind
from talent.rules.standards import Base, StandardKind
from talent.staffing.models import COMMUNITY_WORKERS, OFFICIAL, Standard

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable
    from datetime import date

    from talent.offices.models import Office, OfficeKind, Settlement


@dataclass(frozen=True, slots=True)
class Who:
    """Whose presence counts: kinds of appointment, what they hold, leave, at which offices."""

    kinds: frozenset[str]
    count_on_leave: bool = True
    grades: frozenset[str] = frozenset()
    credentials: frozenset[str] = frozenset()
    for_kind: OfficeKind | None = None
    settlement: Settlement | None = None

    @property
    def holds(self) -> bool:
        """Whether it takes a credential to count."""
        return bool(self.grades or self.credentials)

    @property
    def limited(self) -> bool:
        """Whether only people at some offices count."""
        return self.for_kind is not None or self.settlement is not None

    def fits(self, office: Office) -> bool:
        """Whether an office is one of those that are measured, each by itself."""
        return self.for_kind in {None, office.kind} and self.settlement in {None, office.settlement}


@dataclass(frozen=True, slots=True)
class Yardstick:
    """A standard's terms, or the plan's own way of counting where none holds."""

    who: Who
    standard: Standard | None = None
    terms: law.Terms | None = None
    base: Base = Base.POPULATION
    kind: PopulationKind = PopulationKind.URBAN_RESIDENT
    mode: CountMode = CountMode.HEADCOUNT
    staff: Who | None = None  # whom it is held against, where that is staff

    @classmethod
    def of(cls, row: Standard) -> Yardstick:
        """The terms of a standard."""
        who = Who(
            frozenset(row.kinds),
            row.count_on_leave,
            frozenset(row.grades),
            frozenset(row.credentials),
            row.for_kind,
            row.settlement,
        )
        staff = Who(
            frozenset(row.base_kinds or row.kinds), row.count_on_leave, frozenset(), frozenset(),
            row.for_kind, row.settlement,
        )  # fmt: skip
        base = Base.STAFF if row.kind is StandardKind.SHARE else row.base
        return cls(
            who, row, row.terms, base, row.population_kind, row.count_mode,
            staff if base is Base.STAFF else None,
        )  # fmt: skip

    @property
    def alone(self) -> bool:
        """Whether offices are asked each by itself, and those above are the sum of them."""
        return self.who.limited or (self.terms is not None and not self.terms.pooled)

    @property
    def crowds(self) -> tuple[Who, ...]:
        """All whose number is asked for."""
        return (self.who, self.staff) if self.staff else (self.who,)


PLAN = Yardstick(Who(frozenset(COMMUNITY_WORKERS)))


class Yardsticks:
    """All standards that concern some offices, by measure; what holds where on which day."""

    def __init__(self, offices: Iterable[Office], measures: Iterable[str] | None = None) -> None:
        above = {id_ for office in offices for id_ in office.ancestor_ids}
        query = select(Standard).where(
            or_(Standard.office_id.is_(None), Standard.office_id.in_(above))
        )
        if measures is not None:
            query = query.where(Standard.measure.in_(list(measures)))
        self._rows: dict[str, dict[law.Standard, Yardstick]] = defaultdict(dict)
        for row in db.session.scalars(query.order_by(Standard.id.desc())):
            self._rows[row.measure].setdefault(_lawful(row), Yardstick.of(row))
        self._days: dict[tuple[str, date], dict[Hashable, law.Standard]] = {}

    @property
    def measures(self) -> list[str]:
        """The measures there are, the official one first."""
        return sorted(self._rows, key=lambda measure: (measure != OFFICIAL, measure))

    def on(self, measure: str, office: Office, day: date) -> Yardstick | None:
        """What an office is measured by; the official measure falls back on the plan's counting."""
        if (measure, day) not in self._days:
            self._days[measure, day] = law.by_scope(self._rows[measure], day=day)
        scopes = office.ancestor_ids[::-1]
        if found := law.nearest(self._days[measure, day], scopes):
            return self._rows[measure][found]
        return PLAN if measure == OFFICIAL else None


def _lawful(row: Standard) -> law.Standard:
    return law.Standard(row.terms, row.valid_from, row.valid_to, row.office_id)
