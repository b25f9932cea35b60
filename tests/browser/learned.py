"""What the pages of training need: a quiz, attempts, materials, a session that is over."""

from datetime import timedelta
from decimal import Decimal

import make

from talent.access import SYSTEM
from talent.db import db, writing
from talent.rules.quizzes import QuestionKind
from talent.training.attempts import service as attempts
from talent.training.attendance import service as attendance
from talent.training.courses import service as courses
from talent.training.evaluations import service as evaluations
from talent.training.importing import service as importing
from talent.training.models import TrainingRecord
from talent.training.quizzes import service as quizzes
from talent.training.seats import service as seats
from talent.training.sessions import service as sessions

ROWS = "题目,选项A,选项B,答案,分值\n先做什么？,确认安全,搬动,A,2\n有问题的题,甲,,A,1\n"
CHOICES = [("确认现场安全", "Make sure it is safe"), ("直接搬动", "Move the person")]


def fill(place, volunteer, course, begun, now):
    """What an address needs, by its name."""
    person, by = volunteer.person, place.administrator.actor
    waiting = make.person("候补的人", at=place.office)
    with writing():
        first = courses.add(
            place.office,
            courses.Syllabus(
                name_zh="志愿服务入门", content="礼仪、隐私", minutes=60, outcome="能独立上岗"
            ),
            actor=SYSTEM, now=now,
        )  # fmt: skip
        courses.ask_for(course, first, actor=SYSTEM, now=now)
        courses.add_material(
            course, "急救手册", link="https://example.org/m", actor=SYSTEM, now=now
        )
        quiz = quizzes.set_terms(
            course, quizzes.Terms(Decimal("66.67"), limit_minutes=30), actor=SYSTEM, now=now
        )
        asked = [
            quizzes.add(
                quiz,
                quizzes.Asked(QuestionKind.SINGLE, text, CHOICES, [0], why_zh="先保证自己安全。"),
                actor=SYSTEM, now=now,
            )
            for text in ("有人晕倒，先做什么？", "发现火情，先做什么？")
        ]  # fmt: skip
        done = attempts.begin(quiz, person, now=now - timedelta(minutes=20))
        attempts.hand_in(done, actor=SYSTEM, now=now - timedelta(minutes=10))
        open_ = attempts.begin(quiz, person, now=now)
        file = importing.keep("题库.csv", ROWS.encode(), actor=by, now=now)
        over = sessions.plan(
            first, place.office,
            sessions.Plan(now - timedelta(hours=30), now - timedelta(hours=28), "二楼教室", 1),
            actor=SYSTEM, now=now - timedelta(days=3),
        )  # fmt: skip
        seat = seats.take_seat(over, person, actor=SYSTEM, now=now - timedelta(days=2))
        seats.wait(over, waiting, actor=SYSTEM, now=now - timedelta(days=2))
        attendance.mark(seat, attended=True, actor=SYSTEM, now=now - timedelta(hours=27))
        evaluations.evaluate(over, person.id, steps=5, said="讲得清楚", now=now)
        record = db.session.query(TrainingRecord).filter_by(seat_id=seat.id).one()
        held = seats.seat_of(begun, person.id)
    return {
        "question_id": asked[0].id,
        "attempt_id": open_.id,
        "place": 1,
        "training.result attempt_id": done.id,
        "training.questions_rows file_id": file.id,
        "seat_id": held.id,
        "training.evaluations session_id": over.id,
        "certificates.attendance record_id": record.id,
    }
