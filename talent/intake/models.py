"""Tables of imports: a file that was handed in, its rows, and what its columns mean."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from talent.db import Model, Sealed, words
from talent.files import StoredFile
from talent.offices.models import Office
from talent.people.models import Person
from talent.rules.reason import N_
from talent.rules.words import Word


class IntakeKind(Word):
    """What the rows of a file are."""

    PEOPLE = "people", N_("People")
    TRAINING = "training", N_("Training records")
    CREDENTIALS = "credentials", N_("Credentials")
    HOURS = "hours", N_("Past hours")


class Way(Word):
    """What becomes of rows about people who are on record, and of those about new ones."""

    BOTH = "both", N_("Update who is on record and add the others")
    ADD = "add", N_("Only add; who is on record stays as it is")
    UPDATE = "update", N_("Only update who is on record")


class IntakeState(Word):
    """How far an import is."""

    MAPPING = "mapping", N_("Columns to be chosen")
    READING = "reading", N_("Rows are looked at")
    LOOKED = "looked", N_("To be confirmed")
    RUNNING = "running", N_("Rows are taken")
    DONE = "done", N_("Done")
    STOPPED = "stopped", N_("Cancelled")
    FAILED = "failed", N_("Stopped")


class RowState(Word):
    """What becomes, or became, of a row."""

    TAKE = "take", N_("will be added")
    UPDATE = "update", N_("will be updated")
    ASK = "ask", N_("needs an answer")
    SAME = "same", N_("unchanged")
    DUPLICATE = "duplicate", N_("already in this file")
    REFUSED = "refused", N_("refused")
    IGNORED = "ignored", N_("ignored")
    ADDED = "added", N_("added")
    UPDATED = "updated", N_("updated")


BUSY = (IntakeState.READING, IntakeState.RUNNING)
WAITING = (RowState.TAKE, RowState.UPDATE)
REJECTED = (RowState.REFUSED, RowState.DUPLICATE, RowState.ASK)


class Intake(Model):
    """A file that somebody handed in for an office. The worker reads it and takes its rows."""

    __tablename__ = "intake"
    __table_args__ = (Index("ix_intake_made_by", "made_by", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    made_by: Mapped[int | None]  # account
    made_at: Mapped[datetime] = mapped_column(index=True)
    kind: Mapped[IntakeKind] = mapped_column(words(IntakeKind))
    way: Mapped[Way] = mapped_column(words(Way), default=Way.BOTH)
    name: Mapped[str] = mapped_column(String(200))  # of the file
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    state: Mapped[IntakeState] = mapped_column(
        words(IntakeState), default=IntakeState.MAPPING, index=True
    )
    sheet: Mapped[str] = mapped_column(String(100), default="")
    first_row: Mapped[int] = mapped_column(default=0)  # of the table, below the headings; from 0
    titles: Mapped[list[str]] = mapped_column(JSON, default=list)
    mapping: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # field: column from 0
    version: Mapped[int] = mapped_column(default=1)  # another one with each choice of columns
    mark: Mapped[int] = mapped_column(default=0)  # the row up to which the present step has come
    counts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # rows by their state
    confirmed_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]  # when the worker was last alive on it
    finished_at: Mapped[datetime | None]
    trouble: Mapped[dict[str, Any] | None] = mapped_column(JSON)  # packed: why it could not go on

    office: Mapped[Office] = relationship()
    file: Mapped[StoredFile | None] = relationship()

    @property
    def busy(self) -> bool:
        """Whether the worker has something to do for it."""
        return self.state in BUSY


class IntakeRow(Model):
    """One row of a file with what becomes of it. It goes with the file, soon."""

    __tablename__ = "intake_row"
    __table_args__ = (
        UniqueConstraint("intake_id", "number"),
        Index("ix_intake_row_state", "intake_id", "state", "number"),
        Index("ix_intake_row_likeness", "intake_id", "likeness"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    intake_id: Mapped[int] = mapped_column(ForeignKey("intake.id"))
    number: Mapped[int]  # as the spreadsheet shows it
    state: Mapped[RowState] = mapped_column(words(RowState))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    likeness: Mapped[str | None] = mapped_column(String(64))  # equal for rows about the same thing
    cells: Mapped[str] = mapped_column(Sealed)  # JSON
    reasons: Mapped[list[Any]] = mapped_column(JSON, default=list)  # packed, with their columns
    changes: Mapped[str | None] = mapped_column(Sealed)  # JSON: field, what it was, what it becomes
    asks: Mapped[list[str]] = mapped_column(JSON, default=list)  # fields the office has to tell
    answers: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)

    person: Mapped[Person | None] = relationship()


class IntakeHeading(Model):
    """What a heading means in the files of an office; without a field, that it is not read."""

    __tablename__ = "intake_heading"
    __table_args__ = (UniqueConstraint("office_id", "kind", "heading"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    kind: Mapped[IntakeKind] = mapped_column(words(IntakeKind))
    heading: Mapped[str] = mapped_column(String(100))  # without what people vary
    field: Mapped[str] = mapped_column(String(30))
    kept_at: Mapped[datetime]
    kept_by: Mapped[int | None]  # account
