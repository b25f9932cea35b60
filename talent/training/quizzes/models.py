"""Tables of quizzes: the quiz of a course, its questions, and each attempt at it."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Numeric, String, Text
from sqlalchemy import UniqueConstraint as Unique
from sqlalchemy.orm import Mapped, mapped_column, relationship

from talent.db import Model, words
from talent.people.models import Person
from talent.rules.quizzes import Marked, QuestionKind
from talent.training.models import Course


class Quiz(Model):
    """How a course is examined."""

    __tablename__ = "quiz"
    __table_args__ = (
        CheckConstraint("pass_per_cent > 0 AND pass_per_cent <= 100", "mark"),
        CheckConstraint("attempts IS NULL OR attempts > 0", "attempts"),
        CheckConstraint("number IS NULL OR number > 0", "number"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"), unique=True)
    number: Mapped[int | None]  # of questions drawn; None: all of them
    pass_per_cent: Mapped[Decimal] = mapped_column(Numeric(5, 2))
    attempts: Mapped[int | None]  # None: as many as one likes
    wait_minutes: Mapped[int] = mapped_column(default=0)
    limit_minutes: Mapped[int | None]
    needed: Mapped[bool] = mapped_column(default=False)  # no record without it

    course: Mapped[Course] = relationship()


class Question(Model):
    """A question of the bank. What is changed is a new one, so that old attempts keep theirs."""

    __tablename__ = "quiz_question"
    __table_args__ = (Index("ix_quiz_question_quiz", "quiz_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    quiz_id: Mapped[int] = mapped_column(ForeignKey("quiz.id"))
    kind: Mapped[QuestionKind] = mapped_column(words(QuestionKind))
    text_zh: Mapped[str] = mapped_column(Text)
    text_en: Mapped[str | None] = mapped_column(Text)
    options: Mapped[list[dict[str, Any]]] = mapped_column(JSON)  # zh, en, right
    weight: Mapped[int] = mapped_column(default=1)
    why_zh: Mapped[str | None] = mapped_column(Text)
    why_en: Mapped[str | None] = mapped_column(Text)
    made_at: Mapped[datetime]
    made_by: Mapped[int | None]
    ended_at: Mapped[datetime | None]  # not drawn any more

    @property
    def right(self) -> frozenset[int]:
        """The places of the right options."""
        return frozenset(place for place, each in enumerate(self.options) if each["right"])

    @property
    def marked(self) -> Marked:
        """As the law sees it."""
        return Marked(self.weight, self.right)


class Attempt(Model):
    """One try at a quiz: what was drawn, what was answered, what it came to."""

    __tablename__ = "quiz_attempt"
    __table_args__ = (Unique("quiz_id", "person_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    quiz_id: Mapped[int] = mapped_column(ForeignKey("quiz.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    number: Mapped[int]  # 1, 2, 3, … of the person
    seed: Mapped[str] = mapped_column(String(32))
    questions: Mapped[list[int]] = mapped_column(JSON)
    answers: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    begun_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    # As the quiz asked when this was begun; None: begun before that was kept.
    pass_per_cent: Mapped[Decimal | None] = mapped_column(Numeric(5, 2))
    ended_at: Mapped[datetime | None] = mapped_column(index=True)
    points: Mapped[int | None]
    most: Mapped[int | None]
    passed: Mapped[bool | None]

    quiz: Mapped[Quiz] = relationship()
    person: Mapped[Person] = relationship()
