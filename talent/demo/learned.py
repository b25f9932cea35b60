"""Training of the demonstration: a quiz, a session today with its code, one that is over."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from flask import current_app
from sqlalchemy import select

from talent.access import SYSTEM
from talent.certificates.attendance import service as certificates
from talent.certificates.issuing.service import Circumstances
from talent.certificates.models import CertificateLanguage
from talent.db import db
from talent.rules.quizzes import QuestionKind
from talent.rules.training import Kind, Source
from talent.training.attempts import service as attempts
from talent.training.attendance import service as attendance
from talent.training.courses import service as courses
from talent.training.evaluations import service as evaluations
from talent.training.models import Course, CredentialKind, TrainingRecord
from talent.training.quizzes import service as quizzes
from talent.training.quizzes.service import Asked
from talent.training.seats import service as seats
from talent.training.sessions import service as sessions

if TYPE_CHECKING:
    from datetime import datetime

    from talent.demo.stage import District
    from talent.people.models import Person
    from talent.training.models import Session
    from talent.training.quizzes.models import Quiz

HOUR = timedelta(hours=1)
QUESTIONS = (
    Asked(
        QuestionKind.SINGLE, "发现有人晕倒，首先做什么？",
        [("确认现场安全", "Make sure the place is safe"), ("直接搬动伤者", "Move the person"),
         ("喂水", "Give water")],
        [0], "Somebody has fainted. What comes first?", 2, "先保证自己和现场安全，再施救。",
    ),
    Asked(
        QuestionKind.MULTIPLE, "哪些情况应当呼叫120？",
        [("呼吸停止", "No breathing"), ("大量出血", "Heavy bleeding"), ("轻微擦伤", "A scratch")],
        [0, 1], "When is 120 called?", 2, "危及生命的情况立即呼叫。",
    ),
    Asked(
        QuestionKind.TRUE_FALSE, "培训学时计入志愿服务时间。", [], [1],
        "Hours of training count as service.", 1, "培训单独记录，不计入志愿服务时间。",
    ),
)  # fmt: skip
SAID = ("讲得清楚，实操时间充足。", "希望多一些模型。", None, "案例很实用。", None, "节奏合适。")


def play(district: District) -> None:
    """The course of first aid grows a quiz; one session was held, one is held today."""
    course = _course(district)
    quiz = _quiz(course, district)
    people = district.volunteers[district.communities[0].id]
    _over(course, quiz, people[:9], district)
    _today(course, people[9:16], district)


def _course(district: District) -> Course:
    by_name = {course.name_zh: course for course in db.session.scalars(select(Course))}
    course, first = by_name["心肺复苏与急救"], by_name["志愿服务入门"]
    more = courses.Syllabus(
        course.name_zh, course.content, course.minutes, "Resuscitation and first aid",
        valid_months=24, continuing_education=True, kind=Kind.SAFETY,
        outcome="能独立对成人做心肺复苏，会用自动体外除颤器，会止血包扎",
    )  # fmt: skip
    courses.change(course, more, actor=SYSTEM, now=district.begun)
    courses.add_material(
        course, "急救手册（示例链接）", link="https://example.org/first-aid", actor=SYSTEM,
        now=district.begun,
    )  # fmt: skip
    advanced = courses.add(
        district.root,
        courses.Syllabus(
            "急救提高班", "创伤处置、群体事件协同", 360, "Advanced first aid", valid_months=24,
            kind=Kind.PROFESSIONAL, outcome="能在群体活动中担任急救骨干", least_share=90,
        ),
        actor=SYSTEM, now=district.begun,
    )  # fmt: skip
    courses.ask_for(advanced, course, actor=SYSTEM, now=district.begun)
    kind = select(CredentialKind).where(CredentialKind.code == "first_aid")
    courses.ask_for(advanced, db.session.scalars(kind).one(), actor=SYSTEM, now=district.begun)
    courses.ask_for(course, first, actor=SYSTEM, now=district.now)
    return course


def _quiz(course: Course, district: District) -> Quiz:
    terms = quizzes.Terms(Decimal(60), attempts=3, wait_minutes=30, limit_minutes=20)
    quiz = quizzes.set_terms(course, terms, actor=SYSTEM, now=district.begun)
    for asked in QUESTIONS:
        quizzes.add(quiz, asked, actor=SYSTEM, now=district.begun)
    return quiz


def _ready(person: Person, district: District) -> None:
    """Whoever is to sit in it has attended the first course, or the law would refuse him."""
    first = db.session.scalars(select(Course).where(Course.name_zh == "志愿服务入门")).one()
    held = select(TrainingRecord.id).where(
        TrainingRecord.course_id == first.id, TrainingRecord.person_id == person.id
    )
    if db.session.scalars(held.limit(1)).one_or_none() is None:
        begins = district.begun + timedelta(days=5)
        session = sessions.plan(
            first, district.communities[0],
            sessions.Plan(begins, begins + 2 * HOUR, "社区活动室", 1, "王老师"),
            actor=SYSTEM, now=district.begun,
        )  # fmt: skip
        seat = seats.take_seat(session, person, actor=SYSTEM, now=district.begun)
        attendance.mark(seat, attended=True, actor=SYSTEM, now=begins + 2 * HOUR)


def _over(course: Course, quiz: Quiz, people: list[Person], district: District) -> None:
    """Two halves of a day; who missed one attended in part. Evaluated, certified for one."""
    now = district.now
    begins = (now - timedelta(days=4)).replace(hour=1, minute=0, second=0, microsecond=0)
    session = _planned(course, begins, 2 * HOUR, district, asked_at=begins - timedelta(days=10))
    sessions.add_part(
        session, begins + 5 * HOUR, begins + 7 * HOUR, actor=SYSTEM, now=begins - timedelta(days=9)
    )
    taken = []
    for person in people:
        _ready(person, district)
        taken.append(seats.take_seat(session, person, actor=SYSTEM, now=begins - timedelta(days=5)))
    first, second = sessions.parts_of(session)
    there = {(seat.id, part.id) for seat in taken[:-2] for part in (first, second)}
    there.add((taken[-2].id, first.id))
    attendance.keep_list(session, there, source=Source.PAPER, actor=SYSTEM, now=begins + 8 * HOUR)
    for place, seat in enumerate(taken[:6]):
        evaluations.evaluate(
            session, seat.person_id, steps=5 if place % 3 else 4, said=SAID[place],
            now=now - timedelta(days=3),
        )  # fmt: skip
    attempt = attempts.begin(quiz, people[0], now=begins + 8 * HOUR)
    for shown in attempts.shown(attempt):
        attempts.answer(attempt, shown.place, shown.question.right, now=begins + 8 * HOUR)
    attempts.hand_in(attempt, actor=SYSTEM, now=begins + 8 * HOUR)
    record = select(TrainingRecord).where(TrainingRecord.seat_id == taken[0].id)
    verify_at = f"{current_app.config['PUBLIC_URL']}/verify"
    certificates.issue(
        certificates.attended(SYSTEM, db.session.scalars(record).one().id),
        CertificateLanguage.BOTH,
        Circumstances(SYSTEM, now, district.day, verify_at),
    )


def _today(course: Course, people: list[Person], district: District) -> None:
    """One that runs now: its code can be shown; it is full, and somebody waits."""
    begins = district.now - HOUR / 2
    session = _planned(
        course, begins, 4 * HOUR, district, asked_at=begins - timedelta(days=7),
        places=len(people) - 1,
    )  # fmt: skip
    before = begins - timedelta(days=2)
    for person in people:
        _ready(person, district)
    for person in people[:-1]:
        seats.take_seat(session, person, actor=SYSTEM, now=before)
    seats.wait(session, people[-1], actor=SYSTEM, now=before)


def _planned(
    course: Course,
    begins: datetime,
    lasts: timedelta,
    district: District,
    *,
    asked_at: datetime,
    places: int = 20,
) -> Session:
    plan = sessions.Plan(begins, begins + lasts, "社区活动室二楼", places, "张老师")
    return sessions.plan(course, district.communities[0], plan, actor=SYSTEM, now=asked_at)
