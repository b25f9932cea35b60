"""Tables of the lab: drafts of a profile of counting, and whom they would change."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from talent.db import Model, words
from talent.offices.models import Office
from talent.people.models import Person
from talent.recognition.models import StarScheme
from talent.rules.reason import N_
from talent.rules.words import Word


class DraftState(Word):
    """How far a draft is."""

    WAITING = "waiting", N_("Waiting to be computed")
    RUNNING = "running", N_("Being computed")
    READY = "ready", N_("Ready to be looked at")
    FAILED = "failed", N_("Could not be computed")
    IN_FORCE = "in_force", N_("Was put in force")
    DROPPED = "dropped", N_("Thrown away")


OPEN = (DraftState.WAITING, DraftState.RUNNING, DraftState.READY, DraftState.FAILED)
COMPUTING = (DraftState.WAITING, DraftState.RUNNING)


class CountingDraft(Model):
    """Some settings of counting, changed for an office and those below it, that do not hold yet."""

    __tablename__ = "counting_draft"
    __table_args__ = (
        CheckConstraint("last_day >= first_day", "forward"),
        Index("ix_counting_draft_office", "office_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    name: Mapped[str] = mapped_column(String(100))
    note: Mapped[str | None] = mapped_column(String(500))
    changed: Mapped[dict[str, Any]] = mapped_column(JSON)  # values by the code of the setting
    valid_from: Mapped[date]
    first_day: Mapped[date]  # the days whose records it is tried on
    last_day: Mapped[date]
    state: Mapped[DraftState] = mapped_column(
        words(DraftState), default=DraftState.WAITING, index=True
    )
    percent: Mapped[int] = mapped_column(default=0)
    sums: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # of everybody
    made_by: Mapped[int | None]  # account
    made_at: Mapped[datetime]
    seen_at: Mapped[datetime | None]  # when the worker that computes it was last alive
    finished_at: Mapped[datetime | None]
    decided_by: Mapped[int | None]  # who put it in force, or threw it away
    decided_at: Mapped[datetime | None]

    office: Mapped[Office] = relationship()


class DraftLine(Model):
    """One person whose hours, review or stars the draft would change, over all of its days."""

    __tablename__ = "counting_draft_line"
    __table_args__ = (
        UniqueConstraint("draft_id", "person_id"),
        Index("ix_counting_draft_line_size", "draft_id", "size", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    draft_id: Mapped[int] = mapped_column(ForeignKey("counting_draft.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    records: Mapped[int]
    minutes_before: Mapped[int]
    minutes_after: Mapped[int]
    recognised_before: Mapped[int]
    recognised_after: Mapped[int]
    reviewed_before: Mapped[int]  # records for which somebody has to decide
    reviewed_after: Mapped[int]
    scheme_id: Mapped[int | None] = mapped_column(ForeignKey("star_scheme.id"))
    level_before: Mapped[int]  # how many levels of the scheme are reached
    level_after: Mapped[int]
    size: Mapped[int]  # of the change: by it they are sorted

    person: Mapped[Person] = relationship()
    scheme: Mapped[StarScheme | None] = relationship()
