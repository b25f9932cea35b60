"""Tables of evaluations: what was said of a session, and apart from it who said something."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from talent.db import Model


class SessionEvaluation(Model):
    """What somebody said of a session. No name, no moment, and an id that tells no order."""

    __tablename__ = "session_evaluation"
    __table_args__ = (CheckConstraint("steps BETWEEN 1 AND 5", "steps"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("training_session.id"), index=True)
    steps: Mapped[int]
    said: Mapped[str | None] = mapped_column(String(1000))
    shown: Mapped[bool] = mapped_column(default=False)  # enough were said together with it


class SessionEvaluator(Model):
    """Who has evaluated a session, so that nobody does twice. What was said stands elsewhere."""

    __tablename__ = "session_evaluator"

    session_id: Mapped[int] = mapped_column(
        ForeignKey("training_session.id"), primary_key=True, autoincrement=False
    )
    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id"), primary_key=True, autoincrement=False
    )
