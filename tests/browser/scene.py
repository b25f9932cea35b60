"""Offices and people for the browser: a district with one community, and who works there."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import make
from visitor import PASSWORD

from talent import clock, passwords
from talent.access import Role
from talent.db import db, writing
from talent.offices.models import OfficeKind, ServiceCategory
from talent.people.models import Consent, Person, Tie
from talent.pinyin import sort_key
from talent.rules.consent import ConsentKind
from talent.rules.identity import DocumentKind
from talent.rules.staffing import PopulationKind
from talent.shifts.models import Need, Position, Project, ProjectState, Shift, ShiftState
from talent.staffing.forecasts import ages
from talent.staffing.models import Appointment, AppointmentKind, Population
from talent.staffing.standards import service as standards

ZONE = "Asia/Shanghai"


def today():
    return clock.today(ZONE)


def at(days, hour):
    """A moment on the wall clock of the place, so many days from today."""
    return datetime.combine(today() + timedelta(days), time(hour), ZoneInfo(ZONE))


def account(role, office, **more):
    """An account that can come in through the sign-in page."""
    return make.account(role, office, password_hash=passwords.hashed(PASSWORD), **more)


def place():
    """The offices, those who work there, what there is to do, and the figures of the manager."""
    now = clock.now()
    district = make.office("东湖区", kind=OfficeKind.DISTRICT, name_en="East Lake District")
    street = make.office(
        "梨园街道", parent=district, kind=OfficeKind.STREET, name_en="Pear Garden Street"
    )
    office = make.office("春风社区", parent=street, name_en="Spring Breeze")
    with writing():
        standards.seed_standards(now)
        ages.seed_ages(now)
        for code, name_zh, name_en in (
            ("elderly", "为老服务", "Elderly care"),
            ("children", "儿童关爱", "Child care"),
        ):
            if not db.session.query(ServiceCategory).filter_by(code=code).count():
                db.session.add(ServiceCategory(code=code, name_zh=name_zh, name_en=name_en))
    return SimpleNamespace(
        district=district,
        street=street,
        office=office,
        coordinator=account(Role.COORDINATOR, office, name="周敏"),
        leader=account(Role.LEADER, office, name="陈立"),
        manager=account(Role.MANAGER, district, name="何静"),
        administrator=account(Role.ADMINISTRATOR, district, name="管理员"),
        project=project(office, now),
    )


def project(office, now):
    category = db.session.query(ServiceCategory).filter_by(code="elderly").one()
    return make.saved(
        Project(
            office_id=office.id, audience_id=office.id, category_id=category.id,
            name="长者食堂送餐", name_en="Meals for neighbours",
            content="给行动不便的老人送午餐。", place="社区食堂",
            person_in_charge="李主任", contact="027-8123 4567", bring="水杯",
            risks="上下楼梯", safeguards="两人一组",
            state=ProjectState.OPEN, made_at=now,
            positions=[Position(name="送餐员", name_en="Meal carrier")],
        )
    )  # fmt: skip


def volunteer(office):
    """An active volunteer who is the guardian of a child, and can come in."""
    person = make.person(
        "王秀兰", at=office, document_kind=DocumentKind.RESIDENT_ID,
        document=make.resident_id(serial=_next_serial()),
        phone="+8613912345678", area="春风社区", skills="急救",
    )  # fmt: skip
    now = clock.now()
    child = make.person("王小明", at=office, birth_date=date(2014, 5, 1), guardian_id=person.id)
    make.saved(
        *[
            Consent(
                person_id=each.id, kind=ConsentKind.PRIVACY, version="2026-06", given_at=now,
                given_by="王秀兰",
            )
            for each in (person, child)
        ]
    )  # fmt: skip
    return account(None, None, person=person)


def _next_serial():
    return db.session.query(Person).filter(Person.document.is_not(None)).count() + 1


def shift(project, start, *, hours=3, places=5, state=ShiftState.PUBLISHED, **more):
    return make.saved(
        Shift(
            project_id=project.id, starts_at=start, ends_at=start + timedelta(hours=hours),
            state=state, made_at=clock.now(),
            needs=[Need(position_id=project.positions[0].id, places=places)], **more,
        )
    )  # fmt: skip


def staff(office, names=("赵一", "钱二", "孙三"), residents=5000):
    """Community workers of the office and how many people live there."""
    now = clock.now()
    with writing():
        for number, name in enumerate(names):
            row = Person(
                name=name, sort_key=sort_key(name), volunteer_no=f"S{office.id:03d}{number:04d}",
                made_at=now, changed_at=now,
            )  # fmt: skip
            db.session.add(row)
            db.session.flush()
            db.session.add(Tie(person_id=row.id, office_id=office.id))
            db.session.add(
                Appointment(
                    person_id=row.id, office_id=office.id, kind=AppointmentKind.FULL_TIME,
                    starts_on=date(2020, 1, 1),
                )
            )  # fmt: skip
        db.session.add(
            Population(
                office_id=office.id, kind=PopulationKind.URBAN_RESIDENT, number=residents,
                as_of=date(2025, 11, 1), source="人口抽样调查", made_at=now,
            )
        )  # fmt: skip
