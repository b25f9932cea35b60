"""Ages of retirement and planned population figures: asked for, written, ended, seeded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from talent import audit
from talent.access import SYSTEM, Permission
from talent.audit import Act
from talent.db import db
from talent.errors import NotFound, Refused
from talent.offices.service import seen
from talent.rules.identity import Sex
from talent.rules.reason import N_, Because
from talent.rules.sources import Sure
from talent.staffing.forecasts.models import PlannedFigure, RetirementAge
from talent.staffing.levels import service as levels
from talent.staffing.models import AppointmentKind

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from talent.access import Actor
    from talent.offices.models import Office
    from talent.rules.staffing import PopulationKind

PAGE = 50
ONE_DAY = timedelta(days=1)
MOST = 2_000_000_000  # more than the whole country has

DECISION = date(2025, 1, 1)
DECISION_SOURCE = "关于实施渐进式延迟法定退休年龄的决定（2024年9月13日）"
BEFORE_SOURCE = "国发〔1978〕104号"
BEFORE = date(1978, 6, 2)
# Who is treated as a cadre (干部), so that women go at 55 and not at 50. Each place checks it.
CADRES = (
    AppointmentKind.PARTY,
    AppointmentKind.COMMITTEE,
    AppointmentKind.SOCIAL_WORKER,
    AppointmentKind.SUPERVISOR,
    AppointmentKind.CHILDREN_SUPERVISOR,
)
WORKERS = tuple(kind for kind in AppointmentKind if kind not in CADRES)


class Unaged(StrEnum):
    """Why an age of retirement, or a planned figure, is not written."""

    TURNED = N_("The last day is before the first.")
    NO_KIND = N_("Choose at least one kind of appointment.")
    LOWER = N_("The age to which it is raised is below the age itself.")
    NOT_AHEAD = N_("A planned figure is of a day to come.")
    TWICE = N_("A figure of this kind is planned for this office and day already.")


@dataclass(frozen=True, slots=True)
class Terms:
    """An age of retirement, as it is written down; months throughout."""

    sex: Sex
    kinds: Collection[AppointmentKind]
    age_months: int
    valid_from: date
    most_months: int
    step_months: int = 0
    early_months: int = 0
    late_months: int = 0
    notice_months: int = 0
    last_day: date | None = None
    source: str = ""
    sure: Sure = Sure.OWN

    @property
    def columns(self) -> dict[str, Any]:
        """As a row keeps them."""
        return {
            "sex": self.sex,
            "kinds": [kind.value for kind in AppointmentKind if kind in self.kinds],
            "age_months": self.age_months,
            "most_months": self.most_months,
            "step_months": self.step_months,
            "early_months": self.early_months,
            "late_months": self.late_months,
            "notice_months": self.notice_months,
            "valid_from": self.valid_from,
            "valid_to": levels.day_after(self.last_day),
            "source": self.source,
            "sure": self.sure,
        }


def terms_of(row: RetirementAge) -> Terms:
    """What a row says."""
    return Terms(
        sex=row.sex,
        kinds=[AppointmentKind(kind) for kind in row.kinds],
        age_months=row.age_months,
        most_months=row.most_months,
        step_months=row.step_months,
        early_months=row.early_months,
        late_months=row.late_months,
        notice_months=row.notice_months,
        valid_from=row.valid_from,
        last_day=row.last_day,
        source=row.source,
        sure=row.sure,
    )


def listed(actor: Actor, *, after: int | None = None) -> Sequence[RetirementAge]:
    """A page of the ages that concern the actor's offices, newest first, and one more."""
    query = (
        select(RetirementAge)
        .where(levels.concerns(RetirementAge.office_id, actor))
        .options(joinedload(RetirementAge.office))
        .order_by(RetirementAge.id.desc())
        .limit(PAGE + 1)
    )
    if after:
        query = query.where(RetirementAge.id < after)
    return db.session.scalars(query).all()


def add_age(office: Office | None, terms: Terms, *, actor: Actor, now: datetime) -> RetirementAge:
    """Write down an age for an office and all below it; None: for the whole country."""
    _check(terms)
    row = RetirementAge(office_id=office.id if office else None, **terms.columns)
    db.session.add(row)
    db.session.flush()
    _trace(row, actor=actor, now=now)
    return row


def change_age(row: RetirementAge, terms: Terms, *, actor: Actor, now: datetime) -> None:
    """Write what is otherwise. Who changes a row answers for it: it is the office's own word."""
    if terms == terms_of(row):
        return
    _check(terms)
    for name, value in terms.columns.items():
        setattr(row, name, value)
    row.sure = Sure.OWN
    _trace(row, actor=actor, now=now)


def seed_ages(now: datetime) -> None:
    """The ages of the decision of 2024 and those before it; a second call changes nothing."""
    if db.session.scalar(
        select(RetirementAge.id).where(RetirementAge.office_id.is_(None)).limit(1)
    ):
        return
    both = tuple(AppointmentKind)
    for sex, kinds, age, most, step in (
        (Sex.MALE, both, 60, 63, 4),
        (Sex.FEMALE, CADRES, 55, 58, 4),
        (Sex.FEMALE, WORKERS, 50, 55, 2),
    ):
        add_age(
            None,
            Terms(
                sex, kinds, age * 12, BEFORE, age * 12,
                last_day=DECISION - ONE_DAY, source=BEFORE_SOURCE, sure=Sure.REMEMBERED,
            ),
            actor=SYSTEM,
            now=now,
        )  # fmt: skip
        add_age(
            None,
            Terms(
                sex, kinds, age * 12, DECISION, most * 12, step,
                early_months=36, late_months=36, notice_months=3,
                source=DECISION_SOURCE, sure=Sure.REMEMBERED,
            ),
            actor=SYSTEM,
            now=now,
        )  # fmt: skip


def planned_figures(actor: Actor, *, after: int | None = None) -> Sequence[PlannedFigure]:
    """A page of the planned figures that the actor may see, newest first, and one more."""
    query = (
        select(PlannedFigure)
        .where(PlannedFigure.office_id.in_(seen(actor, Permission.SEE_STAFFING)))
        .options(joinedload(PlannedFigure.office))
        .order_by(PlannedFigure.id.desc())
        .limit(PAGE + 1)
    )
    if after:
        query = query.where(PlannedFigure.id < after)
    return db.session.scalars(query).all()


def plan_figure(
    office: Office,
    *,
    kind: PopulationKind,
    number: int,
    as_of: date,
    source: str,
    actor: Actor,
    now: datetime,
    today: date,
) -> PlannedFigure:
    """Write down how many people are expected on a day to come, and who says so."""
    if as_of <= today:
        raise Refused([Unaged.NOT_AHEAD])
    row = PlannedFigure(
        office_id=office.id, kind=kind, number=number, as_of=as_of, source=source, made_at=now
    )
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError:
        raise Refused([Unaged.TWICE]) from None
    facts = {"planned": number, "as_of": as_of.isoformat(), "kind": kind.value}
    audit.record(Act.POPULATION_CHANGED, row, actor=actor, now=now, office_id=office.id, **facts)
    return row


def drop_figure(actor: Actor, figure_id: int, *, now: datetime) -> None:
    """A planned figure is not expected any more, or `NotFound`."""
    query = select(PlannedFigure).where(
        PlannedFigure.id == figure_id,
        PlannedFigure.office_id.in_(seen(actor, Permission.EDIT_STAFFING)),
    )
    if (row := db.session.scalars(query).one_or_none()) is None:
        raise NotFound
    facts = {"dropped": row.number, "as_of": row.as_of.isoformat(), "kind": row.kind.value}
    audit.record(
        Act.POPULATION_CHANGED, row, actor=actor, now=now, office_id=row.office_id, **facts
    )
    db.session.delete(row)


def _check(terms: Terms) -> None:
    checks = (
        (terms.last_day is not None and terms.last_day < terms.valid_from, Unaged.TURNED),
        (not terms.kinds, Unaged.NO_KIND),
        (terms.most_months < terms.age_months, Unaged.LOWER),
    )
    if reasons := [Because(why) for wrong, why in checks if wrong]:
        raise Refused(reasons)


def _trace(row: RetirementAge, *, actor: Actor, now: datetime) -> None:
    facts = {"sex": row.sex.value, "months": row.age_months, "from": row.valid_from.isoformat()}
    audit.record(Act.AGE_CHANGED, row, actor=actor, now=now, office_id=row.office_id, **facts)
