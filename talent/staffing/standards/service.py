"""Staffing standards: which ones concern an office, written, ended, seeded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from secrets import token_hex
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from talent import audit
from talent.access import SYSTEM
from talent.audit import Act
from talent.db import db
from talent.errors import Refused
from talent.offices.models import OfficeKind
from talent.rules.reason import N_, Because
from talent.rules.social_workers import Grade
from talent.rules.sources import Sure
from talent.rules.staffing import CountMode, Gap, PopulationKind
from talent.rules.standards import Base, StandardKind
from talent.rules.words import Word
from talent.staffing.levels import service as levels
from talent.staffing.models import COMMUNITY_WORKERS, OFFICIAL, AppointmentKind, Standard
from talent.staffing.standards.templates import TEMPLATES, numbers

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from talent.access import Actor
    from talent.offices.models import Office, Settlement
    from talent.rules.standards import Terms
    from talent.staffing.standards.templates import Template

PAGE = 50
PLAN_BEGINS = date(2021, 12, 27)


class Unset(Word):
    """Why a standard is not set."""

    NOBODY = "nobody", N_("Choose at least one kind of appointment that counts.")
    NO_UNIT = "no_unit", N_("Choose what it is for: each community, each street or each district.")
    NO_HOLDING = "no_holding", N_("Choose which grades or credentials the share must hold.")
    NO_STAFF = "no_staff", N_("Choose the staff it is held against.")
    OFFICIAL_RATIO = (
        "official_ratio",
        N_("The plan's indicator is so many for each so many people. Name a measure of its own."),
    )
    URBAN_ONLY = (
        "urban_only",
        N_("Urban or rural is told apart only among communities: choose each community."),
    )


@dataclass(frozen=True, slots=True)
class Counting:
    """Whom a standard counts, and what it holds them against."""

    kinds: Collection[AppointmentKind] = COMMUNITY_WORKERS
    grades: Collection[Grade] = ()
    credentials: Collection[str] = ()
    count_mode: CountMode = CountMode.HEADCOUNT
    count_on_leave: bool = True
    base: Base = Base.POPULATION
    population_kind: PopulationKind = PopulationKind.URBAN_RESIDENT
    base_kinds: Collection[AppointmentKind] = ()
    for_kind: OfficeKind | None = None
    settlement: Settlement | None = None

    def refusals(self, terms: Terms, measure: str) -> list[Because]:
        """Why these cannot be counted by such a standard."""
        found: list[Because] = []
        held_against_people = self.base is Base.POPULATION and terms.kind is not StandardKind.SHARE
        if held_against_people and self.population_kind is PopulationKind.REGISTERED:
            found.append(Because(Gap.NOT_REGISTERED))
        if not self.kinds:
            found.append(Because(Unset.NOBODY))
        if self.base is Base.OFFICES and self.for_kind is None:
            found.append(Because(Unset.NO_UNIT))
        if terms.kind is StandardKind.SHARE and not (self.grades or self.credentials):
            found.append(Because(Unset.NO_HOLDING))
        if self.base is Base.STAFF and terms.kind is not StandardKind.SHARE and not self.base_kinds:
            found.append(Because(Unset.NO_STAFF))
        if measure == OFFICIAL and terms.kind is not StandardKind.RATIO:
            found.append(Because(Unset.OFFICIAL_RATIO))
        if self.settlement and self.for_kind is not OfficeKind.COMMUNITY:
            found.append(Because(Unset.URBAN_ONLY))
        return found

    @property
    def columns(self) -> dict[str, Any]:
        """As a standard keeps them."""
        return {
            "kinds": [kind.value for kind in AppointmentKind if kind in self.kinds],
            "grades": [grade.value for grade in Grade if grade in self.grades],
            "credentials": sorted(self.credentials),
            "count_mode": self.count_mode,
            "count_on_leave": self.count_on_leave,
            "base": self.base,
            "population_kind": self.population_kind,
            "base_kinds": [kind.value for kind in AppointmentKind if kind in self.base_kinds],
            "for_kind": self.for_kind,
            "settlement": self.settlement,
        }


COMMUNITY_WORKERS_COUNTED = Counting()


def listed(actor: Actor, *, after: int | None = None, measure: str = "") -> Sequence[Standard]:
    """A page of the standards that concern the actor's offices, and one more, newest first.

    They are their own, those of the offices above, and those of the whole country; `measure` asks
    for the history of one.
    """
    query = (
        select(Standard)
        .where(levels.concerns(Standard.office_id, actor))
        .options(joinedload(Standard.office))
        .order_by(Standard.id.desc())
        .limit(PAGE + 1)
    )
    if measure:
        query = query.where(Standard.measure == measure)
    if after:
        query = query.where(Standard.id < after)
    return db.session.scalars(query).all()


def add_standard(
    *,
    office: Office | None,
    name_zh: str,
    terms: Terms,
    valid_from: date,
    source: str,
    actor: Actor,
    now: datetime,
    name_en: str | None = None,
    last_day: date | None = None,
    measure: str = OFFICIAL,
    counting: Counting = COMMUNITY_WORKERS_COUNTED,
    template: str | None = None,
    sure: Sure = Sure.OWN,
) -> Standard:
    """Set a standard for an office and all below it; `office=None` for the whole country.

    Those of one measure take each other's place; an empty measure is a new one of its own.
    """
    reasons = [
        *levels.turned(valid_from, last_day),
        *terms.refusals(),
        *counting.refusals(terms, measure),
    ]
    if reasons:
        raise Refused(reasons)
    row = Standard(
        office_id=office.id if office else None,
        name_zh=name_zh,
        name_en=name_en,
        measure=measure or f"own-{token_hex(6)}",
        template=template,
        **numbers(terms),
        **counting.columns,
        valid_from=valid_from,
        valid_to=levels.day_after(last_day),
        source=source,
        sure=sure,
    )
    db.session.add(row)
    db.session.flush()
    facts = {"measure": row.measure, "kind": row.kind.value, "from": valid_from.isoformat()}
    if row.target is not None:
        facts["target"] = f"{row.target:f}"
    audit.record(Act.STANDARD_CHANGED, row, actor=actor, now=now, office_id=row.office_id, **facts)
    return row


def end(row: Standard, *, last_day: date, actor: Actor, now: datetime) -> None:
    """Say on which day it holds for the last time."""
    levels.end(row, last_day)
    facts = {"to": last_day.isoformat()}
    audit.record(Act.STANDARD_CHANGED, row, actor=actor, now=now, office_id=row.office_id, **facts)


def seed_standards(now: datetime) -> None:
    """The standard of the plan, for the whole country; a second call changes nothing."""
    plan = TEMPLATES["plan_18"]
    query = select(Standard.id).where(
        Standard.office_id.is_(None),
        Standard.measure == plan.measure,
        Standard.valid_from == PLAN_BEGINS,
    )
    if db.session.scalar(query.limit(1)) is None:
        add_standard(
            office=None,
            name_zh=plan.name_zh,
            name_en=plan.name_en,
            terms=plan.terms,
            valid_from=PLAN_BEGINS,
            source=plan.source,
            template=plan.code,
            sure=plan.sure,
            actor=SYSTEM,
            now=now,
        )


def counting_of(template: Template) -> Counting:
    """Whom a template counts, and against what."""
    return Counting(
        kinds=template.kinds,
        grades=template.grades,
        base=template.base,
        population_kind=template.population_kind,
        base_kinds=template.base_kinds,
        for_kind=template.for_kind,
        settlement=template.settlement,
    )


def sureness(template: Template | None, terms: Terms, source: str) -> Sure:
    """How sure a standard is: as its template, while numbers and source are the template's."""
    if template and template.terms == terms and template.source == source:
        return template.sure
    return Sure.OWN


def concerning(actor: Actor) -> Sequence[Standard]:
    """All standards that concern the actor's offices, the newest first."""
    mine = levels.concerns(Standard.office_id, actor)
    query = select(Standard).where(mine).order_by(Standard.id.desc())
    return db.session.scalars(query).all()
