"""What the demonstration's plan is measured by: stated figures, targets, cases, people served."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from random import Random
from typing import TYPE_CHECKING

from dateutil.relativedelta import relativedelta
from sqlalchemy import select

from talent.access import SYSTEM
from talent.db import db
from talent.indicators.alongside import service as alongside
from talent.indicators.alongside.service import NewServed
from talent.indicators.ceilings import service as ceilings
from talent.indicators.ceilings.service import NewCeiling
from talent.indicators.counts import service as counts
from talent.indicators.definitions import service as definitions
from talent.indicators.definitions.service import NewTarget
from talent.indicators.models import Indicator, WorkKind
from talent.indicators.plan import CAPS, EXAMPLES
from talent.indicators.stated import service as stated
from talent.indicators.stated.service import Sheet
from talent.offices.models import Office
from talent.people.models import Person
from talent.rules.signup import SignupState
from talent.rules.sources import Sure
from talent.shifts.models import Project, ProjectState, Shift, ShiftState, Signup
from talent.staffing.appointments import service as appointments
from talent.staffing.models import Appointment, AppointmentKind

if TYPE_CHECKING:
    from talent.demo.stage import District

YEARS = 3
MONTHS = 4  # of counted cases, this one among them
_MONTH = relativedelta(months=1)


def play(district: District) -> None:
    """Every community but the last has stated its figures; the first ones count their cases."""
    random = Random(2021)  # noqa: S311 - a play
    definitions.seed_indicators(district.begun)
    ceilings.seed_work()
    for community in district.communities[:-1]:
        for back in range(YEARS, 0, -1):
            _state(district, community, date(district.day.year - back, 12, 31), back, random)
    _targets(district)
    _ceilings(district)
    for community in district.communities[:3]:
        _count(district, community, random)
    _served(district, random)


def _state(district: District, community: Office, day: date, back: int, random: Random) -> None:
    """A facility that grows from year to year; not every community has one with self-service."""
    quantities = {each.code: each for each in stated.asked_of(SYSTEM, community)}
    households = community.households or 0
    share = random.choice((26, 29, 31, 33, 38)) - 2 * back
    area = Decimal(households * share) / 100
    told = {
        "with_facility": Decimal(1),
        "facility_area": area.quantize(Decimal(1)),
        "activity_area": (area * random.choice((55, 58, 61, 64)) / 100).quantize(Decimal(1)),
        "self_service": Decimal(random.random() < 1 - back / 10),
        "volunteer_site": Decimal(random.random() < 1 - back / 5),
        "new_service_area": Decimal(0),
        "new_floor_area": Decimal(0),
    }
    if community is district.communities[0]:
        told |= {"new_service_area": Decimal(5_200), "new_floor_area": Decimal(48_000)}
    numbers = {quantities[code].id: number for code, number in told.items() if code in quantities}
    sheet = Sheet(day, f"{day.year}年社区年报", numbers)
    stated.state(community, sheet, actor=SYSTEM, now=district.begun, today=district.day)


def _targets(district: District) -> None:
    """The district took over what some provinces ask for."""
    rows = {row.code: row for row in db.session.scalars(select(Indicator))}
    for code in ("hunan_sites", "hubei_certificates", "participation_13"):
        one = next(each for each in EXAMPLES if each.code == code)
        target = NewTarget(
            one.level, date(district.day.year - 1, 1, 1), None, "区“十四五”社区服务规划", Sure.OWN
        )
        definitions.set_target(
            rows[one.indicator], district.root, target, actor=SYSTEM, now=district.begun
        )


def _ceilings(district: District) -> None:
    """Ceilings of a scheme for families, and the district's own for cases and households."""
    kinds = {row.code: row for row in db.session.scalars(select(WorkKind))}
    first = date(district.day.year - 1, 1, 1)
    own = [(kinds["cases"], 25), (kinds["households"], 500)]
    given = [(kind, NewCeiling(Decimal(most), None, None, first, None, "区民政局", Sure.OWN))
             for kind, most in own]  # fmt: skip
    given += [
        (
            kinds[cap.kind],
            NewCeiling(
                cap.most, kinds[cap.beside] if cap.beside else None, cap.beside_most,
                first, None, cap.source, cap.sure,
            ),
        )
        for cap in CAPS
        if cap.code.startswith("cwla")
    ]  # fmt: skip
    for kind, ceiling in given:
        ceilings.set_ceiling(kind, district.root, ceiling, actor=SYSTEM, now=district.begun)


def _count(district: District, community: Office, random: Random) -> None:
    """Households and cases of each worker; one of them has too many."""
    kinds = {row.code: row.id for row in db.session.scalars(select(WorkKind))}
    chosen = [kinds["households"], kinds["cases"]]
    this = district.day.replace(day=1)
    for back in range(MONTHS - 1, -1, -1):
        sheet = counts.grid(SYSTEM, community, this - back * _MONTH, chosen=chosen)
        numbers: dict[tuple[int, int], int | None] = {}
        for place, person in enumerate(sheet.people):
            numbers[person.id, kinds["households"]] = random.randint(280, 480)
            if place % 2 == 0:
                numbers[person.id, kinds["cases"]] = random.randint(8, 29)
        counts.enter(sheet, numbers, actor=SYSTEM, now=district.now, today=district.day)


def _served(district: District, random: Random) -> None:
    """How many a service serves, of the first communities' projects; somebody from staff helps."""
    ids = [community.id for community in district.communities[:3]]
    query = select(Project).where(Project.office_id.in_(ids), Project.state == ProjectState.OPEN)
    for project in db.session.scalars(query.order_by(Project.id)).all():
        told = NewServed(
            random.randint(12, 40), None, 12, date(district.day.year, 1, 1), "服务对象名单"
        )
        alongside.state(project, told, actor=SYSTEM, now=district.begun)
        _staffed(district, project)


def _staffed(district: District, project: Project) -> None:
    """Who has a place on the next shift was appointed as a part-time assistant this month."""
    coming = (
        select(Signup)
        .join(Shift, Shift.id == Signup.shift_id)
        .where(Shift.project_id == project.id, Shift.starts_at > district.now)
        .where(Shift.state == ShiftState.PUBLISHED, Signup.state == SignupState.CONFIRMED)
        .order_by(Shift.starts_at, Signup.id)
        .limit(1)
    )
    if signup := db.session.scalars(coming).one_or_none():
        terms = appointments.Terms(
            kind=AppointmentKind.OTHER, starts_on=district.day, last_day=None,
            post="兼职助理", share=Decimal("0.5"),
        )  # fmt: skip
        person = db.session.get_one(Person, signup.person_id)
        held = select(Appointment.id).where(Appointment.person_id == person.id)
        if db.session.scalar(held.limit(1)) is None:
            office = db.session.get_one(Office, project.office_id)
            appointments.appoint(person, office, terms, actor=SYSTEM, now=district.now)
