"""The quiz of a course: how it is passed, its questions, and who still lacks it."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from talent import audit
from talent.audit import Act
from talent.db import db, locked
from talent.errors import NotFound, Refused
from talent.rules import quizzes as law
from talent.rules.quizzes import QuestionKind
from talent.training.models import Course
from talent.training.quizzes.models import Attempt, Question, Quiz

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from talent.access import Actor
    from talent.training.models import Session

USUAL_MARK = Decimal(80)
TRUE_FALSE = ({"zh": "对", "en": "True"}, {"zh": "错", "en": "False"})


@dataclass(slots=True)
class Terms:
    """How a quiz is passed."""

    pass_per_cent: Decimal
    number: int | None = None
    attempts: int | None = None
    wait_minutes: int = 0
    limit_minutes: int | None = None
    needed: bool = False


@dataclass(slots=True)
class Asked:
    """What is stated of a question. `options` are pairs of Chinese and English (or None)."""

    kind: QuestionKind
    text_zh: str
    options: list[tuple[str, str | None]] = field(default_factory=list)
    right: Collection[int] = ()
    text_en: str | None = None
    weight: int = 1
    why_zh: str | None = None
    why_en: str | None = None


def quiz_of(course_id: int) -> Quiz | None:
    """The quiz of a course, if it has one."""
    return db.session.scalars(select(Quiz).where(Quiz.course_id == course_id)).one_or_none()


def questions_of(quiz: Quiz) -> Sequence[Question]:
    """The bank: the questions that are drawn from, in the order in which they came."""
    query = select(Question).where(Question.quiz_id == quiz.id, Question.ended_at.is_(None))
    return db.session.scalars(query.order_by(Question.id)).all()


def question_of(course_id: int, question_id: int) -> Question:
    """A question of the bank of this course, or `NotFound`."""
    query = (
        select(Question)
        .join(Quiz, Quiz.id == Question.quiz_id)
        .where(Question.id == question_id, Quiz.course_id == course_id)
        .where(Question.ended_at.is_(None))
    )
    if (found := db.session.scalars(query).one_or_none()) is None:
        raise NotFound
    return found


def lacks(session: Session, person_id: int) -> bool:
    """Whether no record is given yet, since the quiz was not passed since the session began."""
    quiz = quiz_of(session.course_id)
    return quiz is not None and quiz.needed and not passed(quiz, person_id, session.starts_at)


def passed(quiz: Quiz, person_id: int, since: datetime) -> bool:
    """Whether the person passed it in an attempt since then."""
    return any(each.passed for each in attempts_of(quiz, person_id, since))


def attempts_of(quiz: Quiz, person_id: int, since: datetime | None = None) -> Sequence[Attempt]:
    """A person's attempts, the first one first."""
    query = select(Attempt).where(Attempt.quiz_id == quiz.id, Attempt.person_id == person_id)
    if since is not None:
        query = query.where(Attempt.begun_at >= since)
    return db.session.scalars(query.order_by(Attempt.number)).all()


def set_terms(course: Course, terms: Terms, *, actor: Actor, now: datetime) -> Quiz:
    """How the quiz of this course is passed, from the next attempt on."""
    locked(Course, course.id)
    quiz = quiz_of(course.id) or Quiz(course_id=course.id)
    for name in Terms.__slots__:
        setattr(quiz, name, getattr(terms, name))
    db.session.add(quiz)
    _traced(course, actor, now)
    return quiz


def add(quiz: Quiz, asked: Asked, *, actor: Actor, now: datetime) -> Question:
    """A question for the bank."""
    if found := faults(asked):
        raise Refused(found)
    question = Question(
        quiz_id=quiz.id, kind=asked.kind, text_zh=asked.text_zh, text_en=asked.text_en,
        options=_options(asked), weight=asked.weight, why_zh=asked.why_zh, why_en=asked.why_en,
        made_at=now, made_by=actor.account_id,
    )  # fmt: skip
    db.session.add(question)
    _traced(quiz.course, actor, now)
    return question


def change(question: Question, asked: Asked, *, actor: Actor, now: datetime) -> Question:
    """Another one takes its place; attempts that had it keep it as it was."""
    made = add(db.session.get_one(Quiz, question.quiz_id), asked, actor=actor, now=now)
    question.ended_at = now
    db.session.flush()
    return made


def end(question: Question, *, actor: Actor, now: datetime) -> None:
    """It is not drawn any more."""
    question.ended_at = now
    _traced(db.session.get_one(Quiz, question.quiz_id).course, actor, now)


def faults(asked: Asked) -> list[Any]:
    """Why a question is not taken."""
    named = [zh for zh, _ in _texts(asked)]
    return law.faults(asked.kind, named, asked.right, asked.weight)


def _texts(asked: Asked) -> list[tuple[str, str | None]]:
    if asked.kind is QuestionKind.TRUE_FALSE:
        return [(each["zh"], each["en"]) for each in TRUE_FALSE]
    return asked.options


def _options(asked: Asked) -> list[dict[str, Any]]:
    return [
        {"zh": zh, "en": en, "right": place in set(asked.right)}
        for place, (zh, en) in enumerate(_texts(asked))
    ]


def _traced(course: Course, actor: Actor, now: datetime) -> None:
    db.session.flush()
    audit.record(Act.COURSE_CHANGED, course, actor=actor, now=now, office_id=course.office_id)
