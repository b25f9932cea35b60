"""The district of the demonstration: offices, accounts, people, staff, training."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import TYPE_CHECKING

from sqlalchemy import select

from talent.access import SYSTEM, Role
from talent.accounts import service as accounts
from talent.accounts.models import Account
from talent.db import db
from talent.demo import (
    batched,
    cast,
    certified,
    guarded,
    imported,
    joined,
    learned,
    listed,
    measured,
    personal,
    planned,
    renewed,
    staffed,
    weeks,
)
from talent.demo.stage import BEGUN, District
from talent.offices.models import Office, OfficeKind, ServiceCategory
from talent.offices.tree import Particulars as OfficeParticulars
from talent.offices.tree import make_office
from talent.people.particulars import service as people
from talent.people.registrations import service as registrations
from talent.rules.consent import ConsentKind
from talent.rules.identity import DocumentKind, Sex
from talent.rules.social_workers import Grade
from talent.rules.staffing import PopulationKind
from talent.staffing.appointments import service as appointments
from talent.staffing.models import AppointmentKind
from talent.staffing.population import service as population
from talent.staffing.standards import service as standards
from talent.training import service as training
from talent.training.attendance import service as attendance
from talent.training.courses import service as courses
from talent.training.credentials import service as credentials
from talent.training.models import CredentialKind
from talent.training.seats import service as seats
from talent.training.sessions import service as sessions
from talent.training.social_work import service as social_work

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from talent.people.models import Person

    SignIns = list[tuple[str, str, str]]

PASSWORD = "Osmanthus-2026-bridge"  # noqa: S105 - of invented people, printed at every start
VOLUNTEERS = 42  # of each community
ACCOUNTS = (
    (
        "Administrator of the district",
        "管理员",
        "admin@demo.example",
        Role.ADMINISTRATOR,
        "district",
    ),
    ("Manager of the district", "区级主管", "manager@demo.example", Role.MANAGER, "district"),
    (
        "Coordinator of a community",
        "社区协调员",
        "office@demo.example",
        Role.COORDINATOR,
        "community",
    ),
    ("Shift leader", "班次负责人", "leader@demo.example", Role.LEADER, "community"),
    ("Auditor", "审计员", "auditor@demo.example", Role.AUDITOR, "district"),
)
VOLUNTEER = "volunteer@demo.example"


def load(now: datetime) -> SignIns:
    """Make the district in a database without accounts; who signs in, with what and which password.

    The caller opens the door and commits.
    """
    kept = accounts.hashed(PASSWORD)  # before anything is written
    zh, en = cast.DISTRICT
    root = OfficeParticulars(
        kind=OfficeKind.DISTRICT, name_zh=zh, name_en=en, contact_phone="0311-0000000"
    )
    who, login = ACCOUNTS[0][1], ACCOUNTS[0][2]
    first = accounts.set_up(
        office=root, name=who, typed=login, password=PASSWORD, language="zh", now=now - BEGUN
    )
    district = District(Random(20211227), now, first.grants[0].office)  # noqa: S311 - a play
    training.seed_kinds()
    standards.seed_standards(now)
    _offices(district)
    _accounts(district, kept)
    _volunteers(district, kept)
    _staff(district)
    _training(district)
    weeks.play(district)
    certified.play(district)
    batched.play(district, "office@demo.example")
    learned.play(district)
    staffed.play(district, _hired)
    planned.play(district, _hired, "admin@demo.example", "manager@demo.example")
    measured.play(district)
    renewed.play(district)
    personal.play(district, "office@demo.example")
    listed.play(district, "office@demo.example")
    joined.play(district, "manager@demo.example")
    guarded.play(district, VOLUNTEER)
    imported.play(district, "office@demo.example")
    return sign_ins()


def sign_ins() -> SignIns:
    """The same list, as long as the accounts of the demonstration are there."""
    there = set(db.session.scalars(select(Account.email)))
    listed = [(says, login) for says, _, login, _, _ in ACCOUNTS] + [("Volunteer", VOLUNTEER)]
    return [(says, login, PASSWORD) for says, login in listed if login in there]


def _offices(district: District) -> None:
    number = 0

    def below(
        parent: Office, kind: OfficeKind, names: tuple[str, str], households: int | None = None
    ) -> Office:
        nonlocal number
        number += 1
        return make_office(
            parent,
            OfficeParticulars(
                kind=kind, name_zh=names[0], name_en=names[1], division_code=f"130101{number:06d}",
                contact_name="王主任", contact_phone=f"0311-00{number:05d}", households=households,
            ),
            actor=SYSTEM,
            now=district.begun,
        )  # fmt: skip

    for names in cast.STREETS:
        district.streets.append(below(district.root, OfficeKind.STREET, names))
    for index, names in enumerate(cast.COMMUNITIES):
        street = district.streets[index % len(district.streets)]
        households = district.random.randint(900, 3400)
        made = below(street, OfficeKind.COMMUNITY, names, households=households)
        district.communities.append(made)
        residents = households * 27 // 10
        figure = population.Figure(
            PopulationKind.URBAN_RESIDENT, residents, date(district.day.year, 1, 1), "年报"
        )
        population.add_figure(made, figure, actor=SYSTEM, now=district.begun, today=district.day)
    below(district.streets[0], OfficeKind.STATION, cast.STATION)
    below(district.root, OfficeKind.PARTNER, cast.PARTNER)


def _accounts(district: District, kept: str) -> None:
    places = {"district": district.root, "community": district.communities[0]}
    for _, name, login, role, place in ACCOUNTS[1:]:
        account = accounts.make_account(
            name, accounts.Login(email=login), kept, "zh", actor=SYSTEM, now=district.begun
        )
        account.email_proved_at = district.begun
        accounts.give(account, role, places[place], actor=SYSTEM, now=district.begun)


def _stated(
    district: District, name: str, born: date, categories: Sequence[ServiceCategory]
) -> people.Particulars:
    district.made += 1
    random, number = district.random, district.made
    woman = random.random() < 0.6  # noqa: PLR2004 - as it is among volunteers
    stated = people.Particulars(
        name=name,
        document_kind=DocumentKind.RESIDENT_ID,
        document=cast.resident_id(number, born, woman=woman),
        sex=Sex.FEMALE if woman else Sex.MALE,
        born=born,
        area="清河区",
        phone=cast.phone(number),
        email=f"person{number}@demo.example",
        skills=random.choice(cast.SKILLS),
        categories=random.sample(list(categories), 2),
    )
    stated.read()
    return stated


def _volunteers(district: District, kept: str) -> None:
    categories = db.session.scalars(select(ServiceCategory)).all()
    names = iter(cast.names(district.random, VOLUNTEERS * len(district.communities)))
    consents = {ConsentKind.PRIVACY}
    for community in district.communities:
        stated = [
            _stated(
                district, next(names), cast.birth_date(district.random, district.day), categories
            )
            for _ in range(VOLUNTEERS)
        ]
        district.volunteers[community.id] = registrations.enter_all(
            stated, community, consents=consents, actor=SYSTEM, now=district.begun
        )
    person = district.volunteers[district.communities[0].id][0]
    person.email = VOLUNTEER
    account = accounts.make_account(
        person.name, accounts.Login(email=VOLUNTEER), kept, "zh", actor=SYSTEM, now=district.begun
    )
    account.person, account.email_proved_at = person, district.begun
    for community in district.communities[:4]:  # somebody has just applied
        born = cast.birth_date(district.random, district.day, oldest=30)
        registrations.register(
            _stated(district, f"申{district.random.choice(cast.GIVEN)}", born, categories),
            community,
            consents=consents,
            actor=SYSTEM,
            now=district.now - timedelta(days=2),
        )


def _staff(district: District) -> None:
    """Community workers, some of them certified; a few communities fall short."""
    random, day = district.random, district.day
    categories = db.session.scalars(select(ServiceCategory)).all()
    certificate = {kind.code: kind for kind in db.session.scalars(select(CredentialKind)).all()}
    plain = AppointmentKind.FULL_TIME
    for index, community in enumerate(district.communities):
        residents = (community.households or 0) * 27 // 10
        wanted = max(3, round(residents * 18 / 10000) + random.choice((-2, -1, 0, 0, 1)))
        names = [
            f"{random.choice(cast.SURNAMES)}{random.choice(cast.GIVEN)}" for _ in range(wanted)
        ]
        stated = [
            _stated(
                district, name, cast.birth_date(random, day, youngest=24, oldest=58), categories
            )
            for name in names
        ]
        for place, person in enumerate(
            people.add_all(stated, community, actor=SYSTEM, now=district.begun)
        ):
            starts = date(day.year - random.randint(1, 6), random.randint(1, 12), 1)
            kinds = (AppointmentKind.PARTY, AppointmentKind.COMMITTEE) if place == 0 else (plain,)
            ends = date(day.year, 12, 31) if place == wanted - 1 and index % 4 == 0 else None
            for kind in kinds:
                post = "书记、主任" if place == 0 else "社区专职工作者"
                terms = appointments.Terms(
                    kind=kind, starts_on=starts, last_day=ends, post=post, share=Decimal(1)
                )
                appointments.appoint(person, community, terms, actor=SYSTEM, now=district.begun)
            if random.random() < 0.4:  # noqa: PLR2004 - some are certified
                _certify(district, person, certificate["assistant_social_worker"])


def _hired(district: District, office: Office, number: int) -> Sequence[Person]:
    """New people of an office, who are to be appointed."""
    random, day = district.random, district.day
    told = [
        _stated(
            district,
            f"{random.choice(cast.SURNAMES)}{random.choice(cast.GIVEN)}",
            cast.birth_date(random, day, youngest=24, oldest=50),
            list(db.session.scalars(select(ServiceCategory).order_by(ServiceCategory.id))),
        )
        for _ in range(number)
    ]
    return people.add_all(told, office, actor=SYSTEM, now=district.begun) if told else []


def _certify(district: District, person: Person, kind: CredentialKind) -> None:
    random = district.random
    began = district.day - timedelta(days=random.randint(400, 1090))
    stated = credentials.Stated(
        kind=kind, issued_on=began - timedelta(days=90), number=f"QH{district.made:08d}"
    )
    made = credentials.add(person, stated, actor=SYSTEM, now=district.begun)
    credentials.verify(made, actor=SYSTEM, now=district.begun)
    social_work.register(
        person, grade=Grade.ASSISTANT, starts_on=began, number=f"D{district.made:06d}",
        degree_on=None, actor=SYSTEM, now=district.begun,
    )  # fmt: skip


def _training(district: District) -> None:
    """Courses that were held and that come; first aid, which lapses for some of them soon."""
    random, now = district.random, district.now
    kinds = {kind.code: kind for kind in db.session.scalars(select(CredentialKind)).all()}
    first = district.communities[0]
    for name, name_en, content, minutes, months in (
        ("志愿服务入门", "Volunteering, first steps", "志愿精神、服务礼仪、隐私保护", 120, None),
        ("老年人照护基础", "Care of the elderly, basics", "沟通、搀扶、应急", 180, 24),
        (
            "心肺复苏与急救",
            "Resuscitation and first aid",
            "胸外按压、除颤器使用、止血包扎",
            240,
            24,
        ),
    ):
        course = courses.add(
            district.root,
            courses.Syllabus(
                name,
                content,
                minutes,
                name_en=name_en,
                valid_months=months,
                continuing_education=True,
            ),
            actor=SYSTEM,
            now=district.begun,
        )
        for days in (-20, 12):
            begins = (now + timedelta(days=days)).replace(hour=1, minute=0, second=0, microsecond=0)
            ends = begins + timedelta(minutes=minutes)
            plan = sessions.Plan(begins, ends, "社区活动室", 20, "张老师")
            session = sessions.plan(course, first, plan, actor=SYSTEM, now=begins - timedelta(40))
            for person in random.sample(district.volunteers[first.id], 8):
                seat = seats.take_seat(
                    session, person, actor=SYSTEM, now=min(begins - timedelta(days=1), now)
                )
                if days < 0:
                    attendance.mark(seat, attended=True, actor=SYSTEM, now=ends)
    for community in district.communities:
        for person in random.sample(district.volunteers[community.id], 8):
            until = district.day + timedelta(days=random.choice((12, 25, 50, 80, 200, 400, 500)))
            stated = credentials.Stated(
                kind=kinds["first_aid"],
                issued_on=until - timedelta(days=700),
                number=f"JH{district.made:06d}",
                issuer="清河区红十字会",
                valid_until=until,
            )
            made = credentials.add(person, stated, actor=SYSTEM, now=district.begun)
            credentials.verify(made, actor=SYSTEM, now=district.begun)
