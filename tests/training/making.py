"""Courses, sessions and credentials to test with, made through the services."""

import itertools
from datetime import date
from decimal import Decimal

import make

from talent.access import SYSTEM
from talent.db import db, writing
from talent.offices import settings
from talent.offices.models import Setting
from talent.rules.quizzes import QuestionKind
from talent.training import service
from talent.training.courses import service as courses
from talent.training.credentials import service as credentials
from talent.training.credentials.service import Stated
from talent.training.models import CredentialKind, TrainingRecord
from talent.training.quizzes import service as quizzes
from talent.training.records import service as records
from talent.training.records.service import Learned
from talent.training.seats import service as seats
from talent.training.sessions import service as sessions

PDF = b"%PDF-1.7 a scan"
_numbers = itertools.count(1)


def kind(code="first_aid"):
    with writing():
        service.seed_kinds()
    return db.session.query(CredentialKind).filter_by(code=code).one()


def course(office, name="心肺复苏", **more):
    stated = courses.Syllabus(
        name_zh=name,
        content=more.pop("content", "胸外按压，人工呼吸"),
        minutes=more.pop("minutes", 150),
        **more,
    )
    with writing():
        return courses.add(office, stated, actor=SYSTEM, now=make.NOW)


def session(course, office, *, places=20, begins=24, hours=3, place="二楼教室"):
    plan = sessions.Plan(
        starts_at=make.hours_later(begins),
        ends_at=make.hours_later(begins + hours),
        place=place,
        places=places,
    )
    with writing():
        return sessions.plan(course, office, plan, actor=SYSTEM, now=make.NOW)


def seat(session, person, *, now=make.NOW):
    with writing():
        return seats.take_seat(session, person, actor=SYSTEM, now=now, at_the_door=True)


def learned(person, office, *, held_on=date(2026, 5, 1), course=None, **more):
    stated = Learned(
        name=more.pop("name", "消防安全"),
        content="灭火器使用",
        minutes=more.pop("minutes", 120),
        organiser="区消防站",
        held_on=held_on,
        **more,
    )
    with writing():
        return records.enter(person, office, stated, course=course, actor=SYSTEM, now=make.NOW)


def credential(person, code="first_aid", *, verified=True, by=None, **more):
    of = kind(code)
    stated = Stated(
        kind=of,
        number=more.pop("number", of.number_example or f"N{next(_numbers)}"),
        issued_on=more.pop("issued_on", date(2025, 1, 10)),
        valid_until=more.pop("valid_until", date(2026, 12, 31)),
        **more,
    )
    with writing():
        row = credentials.add(person, stated, actor=by.actor if by else SYSTEM, now=make.NOW)
        if verified:
            row.verified_at, row.verified_by = make.NOW, None
    return row


def records_of(person):
    db.session.rollback()
    query = db.session.query(TrainingRecord).filter_by(person_id=person.id)
    return query.order_by(TrainingRecord.id).all()


def parts(session):
    return sessions.parts_of(session)


def part(session, *, begins, hours=3):
    first, last = make.hours_later(begins), make.hours_later(begins + hours)
    with writing():
        return sessions.add_part(session, first, last, actor=SYSTEM, now=make.NOW)


def asks(course, needed):
    with writing():
        return courses.ask_for(course, needed, actor=SYSTEM, now=make.NOW)


def rule(office, name, value):
    setting = Setting(name)
    with writing():
        settings.set_rule(
            office, setting, value, valid_from=make.TODAY, today=make.TODAY, actor=SYSTEM,
            now=make.NOW,
        )  # fmt: skip


def quiz(course, *, mark="80", questions=2, **more):
    terms = quizzes.Terms(pass_per_cent=Decimal(mark), **more)
    with writing():
        made = quizzes.set_terms(course, terms, actor=SYSTEM, now=make.NOW)
        for number in range(questions):
            question(made, f"第{number + 1}题")
    return made


def question(quiz, text, *, kind=QuestionKind.SINGLE, right=(0,), **more):
    asked = quizzes.Asked(
        kind=kind, text_zh=text, options=more.pop("options", [("甲", "A"), ("乙", "B")]),
        right=right, **more,
    )  # fmt: skip
    return quizzes.add(quiz, asked, actor=SYSTEM, now=make.NOW)
