"""Tables of hours: service records, the ledger that only grows, corrections that were asked for."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from talent.db import Model, words
from talent.files import StoredFile
from talent.growing import only_grows
from talent.offices.models import Office, ServiceCategory
from talent.people.models import Person
from talent.rules.corrections import CorrectionState, Step, Wrong
from talent.rules.doubts import DoubtKind
from talent.rules.reason import N_
from talent.rules.words import Word
from talent.shifts.models import Attendance, Shift


class Origin(Word):
    """Where a record comes from. It is shown wherever the record is."""

    ATTENDANCE = "attendance", N_("Sign-in and sign-out")
    LEADER = "leader", N_("Leader's list")
    SHEET = "sheet", N_("Keyed in from a sheet of paper")
    HAND = "hand", N_("By hand")
    IMPORTED = "imported", N_("Imported")
    AUTOMATIC = "automatic", N_("The planned time: nobody signs out on this shift")
    PROPOSED = "proposed", N_("Proposed: the sign-out was missing")

    @property
    def verified(self) -> bool:
        """System-verified: this system took the time, on the spot. All else somebody stated."""
        return self in VERIFIED

    @property
    def by_hand(self) -> bool:
        """Somebody stated it for somebody else: a second person approves it."""
        return self in {Origin.HAND, Origin.IMPORTED}


VERIFIED = frozenset({Origin.ATTENDANCE, Origin.LEADER})


class RecordState(Word):
    """Only approved records stand in the ledger."""

    PENDING = "pending", N_("To be approved")
    PENDING_ABOVE = "pending_above", N_("To be approved by the level above")
    APPROVED = "approved", N_("Approved")
    REFUSED = "refused", N_("Refused")


class Waits(Word):
    """Why a record waits for a decision: the weightiest of its reasons, in this order."""

    LEVEL_ABOVE = "level_above", N_("So long a day is for the level above")
    SECOND_PERSON = "second_person", N_("Entered by hand: a second person approves")
    SIGN_OUT = "sign_out", N_("The sign-out is missing")
    LONG_DAY = "long_day", N_("A long day")
    FLAG = "flag", N_("Something was noticed")
    APPROVAL = "approval", N_("To be approved")


class Verdict(Word):
    """What came of a doubt about a record."""

    RIGHT = "right", N_("The record is right")
    WRONG = "wrong", N_("The record is wrong")


class EntryKind(Word):
    """What an entry of the ledger does."""

    EARNED = "earned", N_("Earned")
    CORRECTED = "corrected", N_("Corrected")
    REVERSED = "reversed", N_("Reversed")
    TRANSFERRED = "transferred", N_("Transferred: two files of one person were merged")


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
        Index("ix_service_record_made", "made_at"),
        Index("ix_service_record_clerk", "entered_by", "made_at"),
        Index("ix_service_record_office_starts", "office_id", "starts_at"),
        Index("ix_service_record_activity", "office_id", "activity", "day"),
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
    recognised_minutes: Mapped[int] = mapped_column(default=0)  # the same, as awards count it
    origin: Mapped[Origin] = mapped_column(words(Origin))
    evidence: Mapped[str | None] = mapped_column(String(500))
    state: Mapped[RecordState] = mapped_column(words(RecordState))
    reasons: Mapped[list[Any]] = mapped_column(JSON, default=list)  # of the law, packed
    waits_for: Mapped[Waits | None] = mapped_column(words(Waits))  # while nobody decided
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
    changes: Mapped[list[RecordChange]] = relationship(
        back_populates="record", order_by="RecordChange.id"
    )
    flags: Mapped[list[RecordFlag]] = relationship(
        back_populates="record", order_by="RecordFlag.id"
    )


class LedgerEntry(Model):
    """A change of a record's minutes. Nothing in this table is ever changed or removed.

    The entries of an office are a chain: `place` counts them from 1, `digest` covers what an entry
    says and the digest of the one before (talent.rules.chain).
    """

    __tablename__ = "ledger_entry"
    __table_args__ = (
        UniqueConstraint("office_id", "place"),
        Index("ix_ledger_entry_person", "person_id", "office_id"),
        Index("ix_ledger_entry_office_day", "office_id", "day"),
        CheckConstraint("minutes <> 0", "moves"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("service_record.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    category_id: Mapped[int] = mapped_column(ForeignKey("service_category.id"))
    day: Mapped[date]
    kind: Mapped[EntryKind] = mapped_column(words(EntryKind))
    minutes: Mapped[int]
    recognised: Mapped[int]  # minutes as awards count them: weighted and rounded
    origin: Mapped[Origin] = mapped_column(words(Origin))
    reason: Mapped[str | None] = mapped_column(String(500))
    evidence: Mapped[str | None] = mapped_column(String(500))
    account_id: Mapped[int | None]  # None: the rules approved it by themselves
    at: Mapped[datetime]
    place: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))

    record: Mapped[ServiceRecord] = relationship(back_populates="entries")


class LedgerChain(Model):
    """How long an office's chain is, and the digest at its end. Held while it grows."""

    __tablename__ = "ledger_chain"

    office_id: Mapped[int] = mapped_column(
        ForeignKey("office.id"), primary_key=True, autoincrement=False
    )
    length: Mapped[int] = mapped_column(default=0)
    digest: Mapped[str] = mapped_column(String(64))


class LedgerProof(Model):
    """What the nightly check of an office's ledger found; an empty list of faults is the proof.

    The end of the chain stands here too: a ledger that was cut and chained anew does not hold
    the digest of an earlier night any more.
    """

    __tablename__ = "ledger_proof"
    __table_args__ = (Index("ix_ledger_proof_office", "office_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    at: Mapped[datetime]
    length: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    faults: Mapped[list[Any]] = mapped_column(JSON, default=list)  # of the law, packed


class Tally(Model):
    """The sum of the ledger by person, office, category and year, kept with each entry."""

    __tablename__ = "hour_tally"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), primary_key=True, index=True)
    category_id: Mapped[int] = mapped_column(ForeignKey("service_category.id"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    minutes: Mapped[int] = mapped_column(default=0)
    verified: Mapped[int] = mapped_column(default=0)
    recognised: Mapped[int] = mapped_column(default=0)


class OfficeTally(Model):
    """The same by office, category and year, so that a year costs the same with any number."""

    __tablename__ = "office_tally"

    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), primary_key=True)
    category_id: Mapped[int] = mapped_column(ForeignKey("service_category.id"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    minutes: Mapped[int] = mapped_column(default=0)
    verified: Mapped[int] = mapped_column(default=0)
    recognised: Mapped[int] = mapped_column(default=0)


class CorrectionRequest(Model):
    """Somebody says that a record is wrong, or that one is missing (Order 67 Art. 13: 更正).

    What became of it is the list of its steps; the columns hold where it stands now.
    """

    __tablename__ = "correction_request"
    __table_args__ = (
        Index("ix_correction_request_office", "office_id", "state", "due_on"),
        Index("ix_correction_request_person", "person_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    record_id: Mapped[int | None] = mapped_column(ForeignKey("service_record.id"), index=True)
    kind: Mapped[Wrong] = mapped_column(words(Wrong), default=Wrong.TIME)
    wrong: Mapped[str] = mapped_column(String(500))
    evidence: Mapped[str | None] = mapped_column(String(500))
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    wished_minutes: Mapped[int | None]
    wished: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # fields and their words
    shift_id: Mapped[int | None] = mapped_column(ForeignKey("shift.id"))  # of missing service
    activity: Mapped[str | None] = mapped_column(String(150))
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    state: Mapped[CorrectionState] = mapped_column(words(CorrectionState))
    due_on: Mapped[date]  # the last day for whoever has to answer now
    made_by: Mapped[int | None]  # account
    by_office: Mapped[bool] = mapped_column(default=False)  # written down for one who came
    made_at: Mapped[datetime]
    answer: Mapped[str | None] = mapped_column(String(500))
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[int | None]

    person: Mapped[Person] = relationship()
    office: Mapped[Office] = relationship()
    record: Mapped[ServiceRecord | None] = relationship(back_populates="corrections")
    file: Mapped[StoredFile | None] = relationship()
    shift: Mapped[Shift | None] = relationship()
    steps: Mapped[list[CorrectionStep]] = relationship(
        back_populates="request", order_by="CorrectionStep.id"
    )


class CorrectionStep(Model):
    """One step of a request's course. Nothing in this table is ever changed or removed."""

    __tablename__ = "correction_step"

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("correction_request.id"), index=True)
    kind: Mapped[Step] = mapped_column(words(Step))
    said: Mapped[str | None] = mapped_column(String(500))
    old_minutes: Mapped[int | None]
    new_minutes: Mapped[int | None]
    due_on: Mapped[date | None]  # by when the next step has to come
    record_id: Mapped[int | None] = mapped_column(ForeignKey("service_record.id"))
    account_id: Mapped[int | None]
    by_office: Mapped[bool] = mapped_column(default=True)
    at: Mapped[datetime]

    request: Mapped[CorrectionRequest] = relationship(back_populates="steps")


class RecordChange(Model):
    """What a record said before, and what it says since. Never changed or removed either."""

    __tablename__ = "record_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("service_record.id"), index=True)
    field: Mapped[str] = mapped_column(String(30))
    old: Mapped[str] = mapped_column(Text)
    new: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(String(500))
    account_id: Mapped[int | None]
    at: Mapped[datetime]

    record: Mapped[ServiceRecord] = relationship(back_populates="changes")


class RecordFlag(Model):
    """A doubt about a record (疑点), with what was seen; open until somebody says what it is."""

    __tablename__ = "record_flag"
    __table_args__ = (
        UniqueConstraint("record_id", "kind"),
        Index("ix_record_flag_settled", "settled_at", "record_id"),
        CheckConstraint(
            "(settled_at IS NULL) = (verdict IS NULL) AND (settled_at IS NULL) = (finding IS NULL)",
            "settled",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("service_record.id"))
    kind: Mapped[DoubtKind] = mapped_column(words(DoubtKind))
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)  # what was seen: a reason, packed
    raised_at: Mapped[datetime]
    verdict: Mapped[Verdict | None] = mapped_column(words(Verdict))
    finding: Mapped[str | None] = mapped_column(String(500))
    settled_by: Mapped[int | None]  # account
    settled_at: Mapped[datetime | None]

    record: Mapped[ServiceRecord] = relationship(back_populates="flags")


class DoubtWatch(Model):
    """Up to which moment records were looked at for what only many of them show; one row."""

    __tablename__ = "doubt_watch"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    until: Mapped[datetime]


only_grows(LedgerEntry, ("office_id", "place"))
only_grows(CorrectionStep)
only_grows(RecordChange)
