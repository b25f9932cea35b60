"""Three years of staffing in the demonstration: yearly figures, several standards, one gap."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from dateutil.relativedelta import relativedelta

from talent.access import SYSTEM
from talent.db import db
from talent.rules.staffing import PopulationKind
from talent.staffing import service as staffing
from talent.staffing.appointments import service as appointments
from talent.staffing.models import OFFICIAL, Appointment, AppointmentKind
from talent.staffing.population import service as population
from talent.staffing.standards import service as standards
from talent.staffing.standards.templates import TEMPLATES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from talent.demo.stage import District
    from talent.offices.models import Office
    from talent.people.models import Person

    Hiring = Callable[[District, Office, int], Sequence[Person]]

YEARS = 3
SHORT = 3
GROWTH = 2  # per cent a year
YEAR = relativedelta(years=1)
TAKEN = ("certified_50", "children_director", "shaanxi_2012", "station_2", "elderly_200")


def play(district: District, hired: Hiring) -> None:
    """Earlier figures, standards beside the official one, and an office that is short by three."""
    for community in district.communities:
        _figures(district, community)
    for code in TAKEN:
        _take(district, code)
    _directors(district)
    _station(district, hired)
    _short(district, district.communities[1], hired)


def _figures(district: District, community: Office) -> None:
    """Residents and households of each year: a little fewer than today's."""
    households = community.households or 0
    for back in range(YEARS + 1):
        day = date(district.day.year - back, 1, 1)
        kept = Decimal(100 - GROWTH * back) / 100
        numbers = {PopulationKind.HOUSEHOLDS: households}
        if back:
            numbers[PopulationKind.URBAN_RESIDENT] = households * 27 // 10
        for kind, number in numbers.items():
            figure = population.Figure(kind, int(number * kept), day, "年报")
            population.add_figure(
                community, figure, actor=SYSTEM, now=district.begun, today=district.day
            )


def _take(district: District, code: str) -> None:
    """A template taken into force for the whole district."""
    taken = TEMPLATES[code]
    standards.add_standard(
        office=district.root,
        name_zh=taken.name_zh,
        name_en=taken.name_en,
        terms=taken.terms,
        measure=taken.measure,
        counting=standards.counting_of(taken),
        valid_from=date(district.day.year - 1, 1, 1),
        source="清民发〔2025〕8号",
        template=taken.code,
        actor=SYSTEM,
        now=district.begun,
    )


def _directors(district: District) -> None:
    """Most communities have a children's director: one of their workers besides his other post."""
    for number, community in enumerate(district.communities):
        if number % 5 == 0:
            continue
        holder = _counted(district, community)[0]
        since = max(holder.starts_on, district.day - YEAR)
        terms = _terms(district, AppointmentKind.CHILDREN_DIRECTOR, "儿童主任", since)
        _appoint(district, holder.person, community, terms)


def _station(district: District, hired: Hiring) -> None:
    """The first street has two social workers; a home for the elderly there has none."""
    home = district.streets[0]
    for person in hired(district, home, 2):
        _appoint(district, person, home, _terms(district, AppointmentKind.SOCIAL_WORKER, "社工"))
    figure = population.Figure(
        PopulationKind.HOME_RESIDENTS, 450, date(district.day.year, 1, 1), "养老机构台账"
    )
    community = district.communities[0]
    population.add_figure(community, figure, actor=SYSTEM, now=district.begun, today=district.day)


def _short(district: District, community: Office, hired: Hiring) -> None:
    """One left, one moved next door, and the rest is filled or ended until three are missing."""
    day = district.day
    posts = _counted(district, community)
    moved, left = posts[-1], posts[-2]
    _end(district, moved, day - timedelta(days=60))
    here = _terms(district, AppointmentKind.FULL_TIME, "社区专职工作者", day - timedelta(days=59))
    _appoint(district, moved.person, district.communities[2], here)
    _end(district, left, day - timedelta(days=120))
    for post in posts[1:-2]:
        if _missing(district, community) < SHORT:
            _end(district, post, day - timedelta(days=30))
    lately = replace(here, starts_on=day - timedelta(days=200))
    for person in hired(district, community, max(_missing(district, community) - SHORT, 0)):
        _appoint(district, person, community, lately)


def _missing(district: District, community: Office) -> int:
    """How many people are missing by the official standard."""
    (line, *_) = staffing.report(SYSTEM, on=district.day, measure=OFFICIAL, under=community)
    return (line.measured.shortfall or 0) - (line.measured.surplus or 0)


def _counted(district: District, community: Office) -> list[Appointment]:
    """The posts of today's full-time workers, in their order."""
    query = staffing.in_force(district.day).where(
        Appointment.office_id == community.id, Appointment.kind == AppointmentKind.FULL_TIME
    )
    return list(db.session.scalars(query.order_by(Appointment.id)))


def _terms(
    district: District, kind: AppointmentKind, post: str, since: date | None = None
) -> appointments.Terms:
    return appointments.Terms(kind=kind, starts_on=since or district.day - YEAR, post=post)


def _appoint(district: District, person: Person, office: Office, terms: appointments.Terms) -> None:
    appointments.appoint(person, office, terms, actor=SYSTEM, now=district.begun)


def _end(district: District, post: Appointment, last_day: date) -> None:
    if post.starts_on < last_day:
        appointments.end(post, last_day=last_day, actor=SYSTEM, now=district.begun)
