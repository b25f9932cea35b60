"""Looking ahead in the demonstration: one office will fall below, drafts, a post to fill."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import select

from talent.access import SYSTEM, Actor
from talent.accounts.models import Account
from talent.db import db
from talent.rules.forecast import Certainty, months_on
from talent.rules.staffing import PopulationKind
from talent.rules.whatif import ChangeKind
from talent.staffing import service as staffing
from talent.staffing.appointments import service as appointments
from talent.staffing.drafts import moving
from talent.staffing.drafts import service as drafts
from talent.staffing.drafts.service import Wanted
from talent.staffing.forecasts import ages
from talent.staffing.models import OFFICIAL, Appointment, AppointmentKind
from talent.staffing.plans import service as plans
from talent.staffing.plans.service import Wish

if TYPE_CHECKING:
    from talent.demo.staffed import Hiring
    from talent.demo.stage import District
    from talent.offices.models import Office

AHEAD = 5  # months until appointments end
MORE = 300  # people who move in
SPARED = 2


def play(district: District, hired: Hiring, administrator: str, manager: str) -> None:
    """Ages of retirement, ends that are known, people who move in, two drafts and an open post."""
    ages.seed_ages(district.begun)
    falling = district.communities[0]
    _ends(district, falling)
    _moving_in(district, district.communities[3])
    _spare(district, district.communities[5], hired)
    _shared(district, _actor(administrator), falling)
    _planned(district, _actor(manager))


def _ends(district: District, office: Office) -> None:
    """So many appointments end on one day that the office falls below its standard then."""
    (line, *_) = staffing.report(SYSTEM, on=district.day, measure=OFFICIAL, under=office)
    query = staffing.in_force(district.day).where(
        Appointment.office_id == office.id, Appointment.kind == AppointmentKind.FULL_TIME
    )
    posts = list(db.session.scalars(query.order_by(Appointment.id)))
    last = months_on(district.day.replace(day=1), AHEAD) - timedelta(days=1)
    for post in posts[-((line.measured.surplus or 0) + 2) :]:
        appointments.end(post, last_day=last, actor=SYSTEM, now=district.begun)


def _spare(district: District, office: Office, hired: Hiring) -> None:
    """An office has two people more than it needs."""
    (line, *_) = staffing.report(SYSTEM, on=district.day, measure=OFFICIAL, under=office)
    measured = line.measured
    more = (measured.shortfall or 0) - (measured.surplus or 0) + SPARED
    since = district.day - timedelta(days=300)
    terms = appointments.Terms(AppointmentKind.FULL_TIME, since, post="社区专职工作者")
    for person in hired(district, office, max(0, more)):
        appointments.appoint(person, office, terms, actor=SYSTEM, now=district.begun)


def _moving_in(district: District, office: Office) -> None:
    """A new estate next year."""
    (line, *_) = staffing.report(SYSTEM, on=district.day, measure=OFFICIAL, under=office)
    ages.plan_figure(
        office,
        kind=PopulationKind.URBAN_RESIDENT,
        number=int(line.population or 0) + MORE,
        as_of=date(district.day.year + 1, 7, 1),
        source="新建小区交付计划",
        actor=SYSTEM,
        now=district.begun,
        today=district.day,
    )


def _shared(district: District, who: Actor, falling: Office) -> None:
    """A draft for a street, shared with the district."""
    street = district.streets[0]
    day = months_on(district.day, AHEAD)
    draft = drafts.make(
        street,
        name="明年补员方案",
        measure=OFFICIAL,
        note="任职到期后补齐人员。",
        today=district.day,
        actor=who,
        now=district.now,
    )
    for kind in (AppointmentKind.FULL_TIME, AppointmentKind.GRID):
        wanted = Wanted(
            ChangeKind.ADD,
            day,
            office=falling,
            appointment_kind=kind,
            share=Decimal(1),
            number=1,
        )
        drafts.add(draft, wanted, now=district.now)
    drafts.share(draft, "请区里审阅。", actor=who, now=district.now)


def _planned(district: District, who: Actor) -> None:
    """What the fewest moves would be as a draft, and posts that are to be filled."""
    found = moving.proposed(SYSTEM, district.root, measure=OFFICIAL, today=district.day)
    if found.steps:
        moving.take_over(
            district.root,
            found,
            name="余缺调剂",
            measure=OFFICIAL,
            today=district.day,
            actor=who,
            now=district.now,
        )
    wish = Wish(
        AppointmentKind.FULL_TIME,
        2,
        months_on(district.day, 3),
        Certainty.LIKELY,
        note="区里统一招考",
    )
    plans.plan_post(district.communities[1], wish, actor=who, now=district.now)


def _actor(login: str) -> Actor:
    return db.session.scalars(select(Account).where(Account.email == login)).one().actor
