"""Tables of the designated system: mappings, what was sent in which file, what it answered."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from talent.db import Model, words
from talent.files import StoredFile
from talent.hours.models import ServiceRecord
from talent.offices.models import Office
from talent.rules.reason import N_
from talent.rules.words import Word


class Standing(Word):
    """Where a record stands with the designated system. The first and the last are found."""

    NOT_SENT = "not_sent", N_("Not sent")
    SENT = "sent", N_("Sent, no answer yet")
    ACCEPTED = "accepted", N_("Accepted there")
    REFUSED = "refused", N_("Refused there")
    WITHDRAWN = "withdrawn", N_("Withdrawn there")
    CHANGED = "changed", N_("Corrected since: to be sent again")
    TAKEN_BACK = "taken_back", N_("Taken back here, still entered there")


class NationalMapping(Model):
    """A version of how an office's files look; it holds for the office and all below it."""

    __tablename__ = "national_mapping"
    __table_args__ = (UniqueConstraint("office_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    version: Mapped[int]
    title: Mapped[str] = mapped_column(String(100))
    text: Mapped[str] = mapped_column(Text)
    valid_from: Mapped[date]
    made_by: Mapped[int | None]
    made_at: Mapped[datetime]

    office: Mapped[Office] = relationship()


class NationalBatch(Model):
    """A file that was made for the designated system. Its bytes are kept sealed for a while."""

    __tablename__ = "national_batch"
    __table_args__ = (Index("ix_national_batch_office", "office_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))  # and all below it
    mapping_id: Mapped[int | None] = mapped_column(ForeignKey("national_mapping.id"))
    mapping_name: Mapped[str] = mapped_column(String(150))
    kind: Mapped[str] = mapped_column(String(4))
    first: Mapped[date | None]
    last: Mapped[date | None]
    records: Mapped[int]
    identity: Mapped[bool]  # whole numbers of documents are in it
    reason: Mapped[str | None] = mapped_column(String(300))
    digest: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    made_by: Mapped[int | None]
    made_at: Mapped[datetime]

    office: Mapped[Office] = relationship()
    mapping: Mapped[NationalMapping | None] = relationship()
    file: Mapped[StoredFile | None] = relationship()


class NationalAnswer(Model):
    """An answer of the designated system that was taken over."""

    __tablename__ = "national_answer"

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    digest: Mapped[str] = mapped_column(String(64), index=True)
    accepted: Mapped[int]
    refused: Mapped[int]
    made_by: Mapped[int | None]
    made_at: Mapped[datetime]


class NationalEntry(Model):
    """A record as it was last sent, and what was answered. Without a row it was never sent."""

    __tablename__ = "national_entry"
    __table_args__ = (Index("ix_national_entry_office", "office_id", "standing", "sent_at"),)

    record_id: Mapped[int] = mapped_column(ForeignKey("service_record.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    batch_id: Mapped[int] = mapped_column(ForeignKey("national_batch.id"), index=True)
    standing: Mapped[Standing] = mapped_column(words(Standing))
    sent_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    number: Mapped[str | None] = mapped_column(String(64))  # that the system gave the record
    reason: Mapped[str | None] = mapped_column(String(500))
    # As it was sent: a record that differs from it was corrected since.
    minutes: Mapped[int]
    day: Mapped[date]
    activity: Mapped[str] = mapped_column(String(150))
    place: Mapped[str] = mapped_column(String(200))
    content: Mapped[str] = mapped_column(Text)
    organiser: Mapped[str] = mapped_column(String(150))
    person_in_charge: Mapped[str] = mapped_column(String(50))

    record: Mapped[ServiceRecord] = relationship()
    batch: Mapped[NationalBatch] = relationship()


class NationalEvent(Model):
    """One step of a record: nothing in this table is ever changed."""

    __tablename__ = "national_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("service_record.id"), index=True)
    standing: Mapped[Standing] = mapped_column(words(Standing))
    at: Mapped[datetime]
    account_id: Mapped[int | None]
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("national_batch.id"))
    answer_id: Mapped[int | None] = mapped_column(ForeignKey("national_answer.id"), index=True)
    number: Mapped[str | None] = mapped_column(String(64))
    reason: Mapped[str | None] = mapped_column(String(500))


class NationalVolunteer(Model):
    """The number that the designated system gave a volunteer."""

    __tablename__ = "national_volunteer"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    number: Mapped[str] = mapped_column(String(32))
    said_at: Mapped[datetime]
