"""Tables of hours: service records, the ledger that only grows, corrections that were asked for."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    DDL,
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    event,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from talent.db import Model, words
from talent.offices.models import Office, ServiceCategory
from talent.people.models import Person
from talent.rules.reason import N_
from talent.rules.words import Word
from talent.shifts.models import Attendance, Shift


class Origin(Word):
    """Where a record comes from. It is shown wherever the record is."""

    ATTENDANCE = "attendance", N_("Sign-in and sign-out")
    LEADER = "leader", N_("Leader's list")
    HAND = "hand", N_("Entered by hand")
    IMPORTED = "imported", N_("Imported")
    AUTOMATIC = "automatic", N_("The planned time: nobody signs on this shift")


class RecordState(Word):
    """Only approved records stand in the ledger."""

    PENDING = "pending", N_("To be approved")
    PENDING_ABOVE = "pending_above", N_("To be approved by the level above")
    APPROVED = "approved", N_("Approved")
    REFUSED = "refused", N_("Refused")


class EntryKind(Word):
    """What an entry of the ledger does."""

    EARNED = "earned", N_("Earned")
    CORRECTED = "corrected", N_("Corrected")
    REVERSED = "reversed", N_("Reversed")


class CorrectionState(Word):
    """Where a volunteer's "this is wrong" stands."""

    ASKED = "asked", N_("Asked")
    ACCEPTED = "accepted", N_("Accepted")
    DECLINED = "declined", N_("Declined")


class ServiceRecord(Model):
    """One person's service on one local day, with the seven fields of Order 67 Art. 7.

    `claimed_minutes` is what attendance or a hand gave; what counts is the sum of its entries.
    """

    __tablename__ = "service_record"
    __table_args__ = (
        UniqueConstraint("attendance_id", "day"),
        CheckConstraint("claimed_minutes >= 0", "claimed"),
        Index("ix_service_record_person_day", "person_id", "day", "id"),
        Index("ix_service_record_office_state", "office_id", "state", "day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))  # the recording unit
    category_id: Mapped[int] = mapped_column(ForeignKey("service_category.id"))
    shift_id: Mapped[int | None] = mapped_column(ForeignKey("shift.id"), index=True)
    attendance_id: Mapped[int | None] = mapped_column(ForeignKey("attendance.id"))
    activity: Mapped[str] = mapped_column(String(150))
    day: Mapped[date]
    place: Mapped[str] = mapped_column(String(200))
    content: Mapped[str] = mapped_column(Text)
    organiser: Mapped[str] = mapped_column(String(150))
    person_in_charge: Mapped[str] = mapped_column(String(50))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    claimed_minutes: Mapped[int]
    minutes: Mapped[int] = mapped_column(default=0)  # the sum of the entries, kept with them
    origin: Mapped[Origin] = mapped_column(words(Origin))
    evidence: Mapped[str | None] = mapped_column(String(500))
    state: Mapped[RecordState] = mapped_column(words(RecordState))
    reasons: Mapped[list[Any]] = mapped_column(JSON, default=list)  # of the law, packed
    answer: Mapped[str | None] = mapped_column(String(500))  # of the office, when it refused
    due_on: Mapped[date]  # Order 67 Art. 11: ten working days after the activity
    entered_by: Mapped[int | None]  # account
    made_at: Mapped[datetime]
    decided_by: Mapped[int | None]
    decided_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship()
    office: Mapped[Office] = relationship()
    category: Mapped[ServiceCategory] = relationship()
    shift: Mapped[Shift | None] = relationship()
    attendance: Mapped[Attendance | None] = relationship()
    corrections: Mapped[list[CorrectionRequest]] = relationship(
        back_populates="record", order_by="CorrectionRequest.id"
    )
    entries: Mapped[list[LedgerEntry]] = relationship(
        back_populates="record", order_by="LedgerEntry.id"
    )


class LedgerEntry(Model):
    """A change of a record's minutes. Nothing in this table is ever changed or removed."""

    __tablename__ = "ledger_entry"
    __table_args__ = (
        Index("ix_ledger_entry_person", "person_id", "office_id"),
        CheckConstraint("minutes <> 0", "moves"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("service_record.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), index=True)
    category_id: Mapped[int] = mapped_column(ForeignKey("service_category.id"))
    day: Mapped[date]
    kind: Mapped[EntryKind] = mapped_column(words(EntryKind))
    minutes: Mapped[int]
    origin: Mapped[Origin] = mapped_column(words(Origin))
    reason: Mapped[str | None] = mapped_column(String(500))
    account_id: Mapped[int | None]  # None: the rules approved it by themselves
    at: Mapped[datetime]

    record: Mapped[ServiceRecord] = relationship(back_populates="entries")


class Tally(Model):
    """The sum of the ledger by person, office, category and year, kept with each entry."""

    __tablename__ = "hour_tally"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), primary_key=True, index=True)
    category_id: Mapped[int] = mapped_column(ForeignKey("service_category.id"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    minutes: Mapped[int] = mapped_column(default=0)


class CorrectionRequest(Model):
    """A volunteer says that a record is wrong (Order 67 Art. 13: 更正)."""

    __tablename__ = "correction_request"

    id: Mapped[int] = mapped_column(primary_key=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("service_record.id"), index=True)
    wrong: Mapped[str] = mapped_column(String(500))
    wished_minutes: Mapped[int | None]
    state: Mapped[CorrectionState] = mapped_column(words(CorrectionState))
    answer: Mapped[str | None] = mapped_column(String(500))
    made_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[int | None]

    record: Mapped[ServiceRecord] = relationship(back_populates="corrections")


# What only grows is kept so by the database itself, on both engines.
_SQLITE = """CREATE TRIGGER ledger_entry_no_{act} BEFORE {act} ON ledger_entry
BEGIN SELECT RAISE(ABORT, 'the ledger only grows'); END"""
_FUNCTION = """CREATE OR REPLACE FUNCTION ledger_only_grows() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the ledger only grows'; END $$"""
_POSTGRESQL = """CREATE TRIGGER ledger_entry_no_change BEFORE UPDATE OR DELETE ON ledger_entry
FOR EACH ROW EXECUTE FUNCTION ledger_only_grows()"""
ONLY_GROWS = {
    "sqlite": [_SQLITE.format(act="update"), _SQLITE.format(act="delete")],
    "postgresql": [_FUNCTION, _POSTGRESQL],
}
for _engine, _statements in ONLY_GROWS.items():
    for _statement in _statements:
        _trigger = DDL(_statement).execute_if(dialect=_engine)  # type: ignore[no-untyped-call]
        event.listen(LedgerEntry.__table__, "after_create", _trigger)
