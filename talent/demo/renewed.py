"""What lapses in the demonstration and what it breaks; what is asked; the plan of the year."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import select

from talent.access import SYSTEM, Role
from talent.accounts.models import Account, Grant
from talent.db import db
from talent.renewals.plans import service as plans
from talent.renewals.plans.service import Lesson
from talent.renewals.requirements import service as requirements
from talent.renewals.requirements.service import Asking
from talent.rules.requirements import Period, Whom
from talent.rules.signup import HOLDING
from talent.rules.social_workers import Grade
from talent.rules.staffing import PopulationKind
from talent.rules.standards import Share
from talent.shifts.models import Project, Shift, ShiftState, Signup
from talent.shifts.projects import service as projects
from talent.staffing import service as staffing
from talent.staffing.models import Appointment, AppointmentKind
from talent.staffing.standards import service as standards
from talent.staffing.standards.service import Counting
from talent.training.credentials import service as credentials
from talent.training.kinds import service as kinds
from talent.training.models import Course, CredentialKind, SocialWorkRegistration
from talent.training.records import service as records
from talent.training.records.service import Learned, Paper
from talent.training.social_work import service as social_work

if TYPE_CHECKING:
    from talent.access import Actor
    from talent.demo.stage import District
    from talent.offices.models import Office
    from talent.people.models import Person

DAY = timedelta(days=1)
SCAN = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 420 298]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>endobj\n4 0 obj<</Length 58>>stream\nBT /F 22 Tf 60 180 Td (Certificate of training) Tj ET\nendstream endobj\n5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\ntrailer<</Root 1 0 R>>\n"  # noqa: E501
RULES = "清民发〔2026〕3号"
BOOKED = 4


def play(district: District) -> None:
    """At the first community and above it."""
    courses_ = {c.name_zh: c for c in db.session.scalars(select(Course).order_by(Course.id))}
    _renewing(district, courses_["心肺复苏与急救"])
    _gate_after_booking(district)
    _post_certificates(district)
    _asked(district, courses_)
    _waiting(district)
    _plan(district, district.root, courses_)
    _plan(district, district.communities[0], courses_)


def _kind(code: str) -> CredentialKind:
    query = select(CredentialKind).where(CredentialKind.code == code)
    return db.session.scalars(query).one()


def _renewing(district: District, course: Course) -> None:
    """First aid is renewed by the course in it."""
    kind = kinds.one(_kind("first_aid").id)
    stated = kinds.Described(**{n: getattr(kind, n) for n in kinds.Described.__slots__})
    kinds.change(kind, stated, [course], actor=SYSTEM, now=district.now)


def _gate_after_booking(district: District) -> None:
    """A position asks for first aid when people are booked: for some of them it ends too early."""
    office, kind = district.communities[0], _kind("first_aid")
    query = (
        select(Signup)
        .join(Signup.shift)
        .join(Shift.project)
        .where(Project.office_id == office.id, Shift.state == ShiftState.PUBLISHED)
        .where(Shift.starts_at > district.now + 5 * DAY, Signup.state.in_(HOLDING))
        .order_by(Shift.starts_at, Signup.id)
    )
    booked = db.session.scalars(query).all()
    if not booked:
        return
    position = booked[0].need.position
    people: dict[int, Person] = {
        one.person_id: one.person for one in booked if one.need.position_id == position.id
    }
    for turn, person in enumerate(list(people.values())[:BOOKED]):
        _hold(district, person, kind, district.day + timedelta(days=3 + 40 * (turn % 2)))
    projects.change_position(
        position, actor=SYSTEM, now=district.now, credential_kind_ids=[kind.id]
    )


def _hold(district: District, person: Person, kind: CredentialKind, until: date) -> None:
    stated = credentials.Stated(
        kind=kind,
        issued_on=until - timedelta(days=730),
        number=f"JH{person.id:06d}",
        issuer="清河区红十字会",
        valid_until=until,
    )
    made = credentials.add(person, stated, actor=SYSTEM, now=district.begun)
    credentials.verify(made, actor=SYSTEM, now=district.begun)


def _post_certificates(district: District) -> None:
    """A certificate of the district for its workers, which lapses; most must hold it."""
    kind = kinds.add(
        kinds.Described(
            "社区工作者上岗证",
            "Post certificate of community workers",
            issuer="清河区民政局",
            months=36,
            renew_months=3,
            renewal_zh="参加区级复训并考核合格。",
            renewal_en="Attend the district's refresher and pass its test.",
            number_mask="QH9{6}",
            number_example="QH000123",
            source=RULES,
        ),
        [],
        actor=SYSTEM,
        now=district.begun,
    )
    office = district.communities[0]
    query = staffing.in_force(district.day).where(
        Appointment.office_id == office.id, Appointment.kind == AppointmentKind.FULL_TIME
    )
    posts = db.session.scalars(query.order_by(Appointment.id)).all()
    for turn, post in enumerate(posts):
        stated = credentials.Stated(
            kind=kind,
            issued_on=district.day - timedelta(days=1000),
            number=f"QH{post.person_id:06d}",
            valid_until=district.day + timedelta(days=30 if turn < len(posts) // 3 else 600),
        )
        made = credentials.add(post.person, stated, actor=SYSTEM, now=district.begun)
        credentials.verify(made, actor=SYSTEM, now=district.begun)
    standards.add_standard(
        office=office,
        name_zh="社区工作者持上岗证比例",
        name_en="Community workers with the post certificate",
        terms=Share(Decimal(80)),
        measure="post_certificate",
        counting=Counting(
            kinds=[AppointmentKind.FULL_TIME],
            credentials=[kind.code],
            base_kinds=[AppointmentKind.FULL_TIME],
            population_kind=PopulationKind.URBAN_RESIDENT,
        ),
        valid_from=date(district.day.year, 1, 1),
        source=RULES,
        actor=SYSTEM,
        now=district.begun,
    )


def _asked(district: District, taught: dict[str, Course]) -> None:
    """What the district asks of volunteers and staff, and the community of its leaders on top."""
    first = date(district.day.year, 1, 1)
    for office, stated in (
        (
            district.root,
            Asking(
                "新志愿者入门培训", Whom.VOLUNTEER, Period.MONTHS, first, RULES,
                name_en="Introduction for volunteers", times=1, months=36,
                course_id=taught["志愿服务入门"].id,
            ),
        ),
        (
            district.root,
            Asking(
                "社区工作者年度培训", Whom.STAFF, Period.YEAR, first, RULES,
                name_en="Yearly training of community workers", times=1, minutes=8 * 60,
                appointment_kinds=[AppointmentKind.FULL_TIME.value],
            ),
        ),
        (
            district.communities[0],
            Asking(
                "班次领队急救复训", Whom.LEADER, Period.MONTHS, first, "春风社区服务站规定",
                name_en="First aid refresher for shift leaders", times=1, months=24,
                course_id=taught["心肺复苏与急救"].id,
            ),
        ),
    ):  # fmt: skip
        requirements.add(office, stated, actor=SYSTEM, now=district.begun)


def _waiting(district: District) -> None:
    """A licence, a course held elsewhere and a registration that nobody has looked at yet."""
    office, now = district.communities[0], district.now
    one, other = district.volunteers[office.id][:2]
    clerk = _clerk(district) or SYSTEM
    licence = credentials.Stated(
        kind=_kind("driving"),
        issued_on=district.day - timedelta(days=900),
        valid_until=district.day + timedelta(days=900),
        number="130112345678",
        classes=["C1"],
        paper=("驾驶证.pdf", SCAN),
    )
    credentials.add(one, licence, actor=clerk, now=now - DAY)
    learned = Learned(
        "消防安全讲座", "灭火器使用、疏散", 120, "清河区消防救援大队",
        district.day - timedelta(days=20),
    )  # fmt: skip
    records.enter(
        other, office, learned, course=None, actor=clerk, now=now - DAY,
        paper=Paper("结业证明.pdf", SCAN),
    )  # fmt: skip
    registered = select(SocialWorkRegistration.person_id)
    at_work = select(Appointment).where(
        Appointment.office_id == office.id, Appointment.person_id.not_in(registered)
    )
    post = db.session.scalars(at_work.order_by(Appointment.id).limit(1)).one()
    social_work.register(
        post.person, grade=Grade.ASSISTANT, starts_on=district.day - timedelta(days=30),
        number="D2026001", degree_on=None, actor=clerk, now=now - DAY,
    )  # fmt: skip


def _clerk(district: District) -> Actor | None:
    query = (
        select(Account)
        .join(Account.grants)
        .where(Grant.office_id == district.root.id, Grant.role == Role.MANAGER)
        .order_by(Account.id)
    )
    found = db.session.scalars(query).first()
    return found.actor if found else None


def _plan(district: District, office: Office, taught: dict[str, Course]) -> None:
    """Some of what will be needed is planned; the rest stays open."""
    plan = plans.begin(
        office, district.day.year, note="按需求和到期情况编制。", actor=SYSTEM, now=district.begun
    )
    for name, month, sessions, places in (
        ("志愿服务入门", 3, 2, 20),
        ("心肺复苏与急救", 9, 1, 12),
    ):
        lesson = Lesson(month, sessions, places, minutes=sessions * 6 * 60)
        plans.add_line(plan, taught[name], lesson, actor=SYSTEM, now=district.begun)
