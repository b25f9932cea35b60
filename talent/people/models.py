"""Tables of people: the person, who speaks for a minor, consents, registrations."""

from __future__ import annotations

from datetime import date, datetime, time

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from talent.db import Base, Model, Sealed, words
from talent.offices.models import Office, ServiceCategory
from talent.pinyin import LONGEST_KEY
from talent.rules.consent import ConsentKind
from talent.rules.free_times import Weekday
from talent.rules.identity import DocumentKind, Sex
from talent.rules.languages import Fluency, Tongue
from talent.rules.reason import N_
from talent.rules.words import Word

# Compared by code points on both engines, so that an index answers what a key begins with.
key_text = String(LONGEST_KEY).with_variant(String(LONGEST_KEY, collation="C"), "postgresql")

# The notices in templates/people/notices/, each in its present version.
VERSIONS = {
    ConsentKind.PRIVACY: "2026-06",
    ConsentKind.GUARDIAN: "2026-06",
    ConsentKind.CHILD: "2026-06",
    ConsentKind.HONOUR_ROLL: "2026-06",
    ConsentKind.LOCATION: "2026-11",
    ConsentKind.PHOTOGRAPH: "2026-11",
}


class RegistrationState(Word):
    """Where a registration as a volunteer stands."""

    APPLIED = "applied", N_("Applied")
    RETURNED = "returned", N_("Returned")
    ACTIVE = "active", N_("Active")
    PAUSED = "paused", N_("Paused")
    LEFT = "left", N_("Left")


person_category = Table(
    "person_category",
    Base.metadata,
    Column("person_id", ForeignKey("person.id"), primary_key=True),
    Column("category_id", ForeignKey("service_category.id"), primary_key=True),
    Index("ix_person_category_category", "category_id", "person_id"),
)


person_skill = Table(
    "person_skill",
    Base.metadata,
    Column("person_id", ForeignKey("person.id"), primary_key=True),
    Column("skill_id", ForeignKey("skill.id"), primary_key=True),
    Index("ix_person_skill_skill", "skill_id", "person_id"),
)


person_area = Table(
    "person_area",
    Base.metadata,
    Column("person_id", ForeignKey("person.id"), primary_key=True),
    Column("office_id", ForeignKey("office.id"), primary_key=True, index=True),
)


class Skill(Model):
    """A skill that positions ask for (技能), in a tree. One in use is closed, not deleted.

    Who has one below meets what asks for the one above.
    """

    __tablename__ = "skill"

    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("skill.id"), index=True)
    name_zh: Mapped[str] = mapped_column(String(50), unique=True)
    name_en: Mapped[str | None] = mapped_column(String(80))
    open: Mapped[bool] = mapped_column(default=True)


class Person(Model):
    """A human being, once. Numbers are sealed; blind indexes find them (Order 67 Art. 5)."""

    __tablename__ = "person"
    __table_args__ = (
        UniqueConstraint("document_kind", "document_index"),
        Index("ix_person_sort", "sort_key", "id"),
        Index("ix_person_birth_date", "birth_date"),
        Index("ix_person_changed_at", "changed_at", "id"),
        Index(
            "ix_person_guarded",
            "id",
            sqlite_where=text("guardian_name IS NOT NULL"),
            postgresql_where=text("guardian_name IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    volunteer_no: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[str] = mapped_column(String(50))
    sort_key: Mapped[str] = mapped_column(key_text)  # pinyin with tones as numbers, then the name
    sex: Mapped[Sex | None] = mapped_column(words(Sex))
    birth_date: Mapped[date | None]
    document_kind: Mapped[DocumentKind | None] = mapped_column(words(DocumentKind))
    document: Mapped[str | None] = mapped_column(Sealed)
    document_index: Mapped[str | None] = mapped_column(String(64))
    phone: Mapped[str | None] = mapped_column(Sealed)
    phone_index: Mapped[str | None] = mapped_column(String(64), index=True)
    phone_tail_index: Mapped[str | None] = mapped_column(String(64), index=True)
    email: Mapped[str | None] = mapped_column(String(254))
    area: Mapped[str | None] = mapped_column(String(100))  # where the person lives, roughly
    skills: Mapped[str | None] = mapped_column(Text)  # in words; None: not asked; empty: none
    guardian_name: Mapped[str | None] = mapped_column(String(50))
    guardian_phone: Mapped[str | None] = mapped_column(Sealed)
    guardian_relation: Mapped[str | None] = mapped_column(String(20))
    guardian_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    emergency_name: Mapped[str | None] = mapped_column(String(50))
    emergency_phone: Mapped[str | None] = mapped_column(Sealed)
    emergency_relation: Mapped[str | None] = mapped_column(String(20))
    photo_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    home_office_id: Mapped[int | None] = mapped_column(ForeignKey("office.id"))  # the main one
    # A second file of the same person was emptied into that one.
    restricted_at: Mapped[datetime | None]  # has left: kept, and used for nothing else
    anonymised_at: Mapped[datetime | None]
    merged_into_person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    entered_by: Mapped[int | None]  # the account that typed it in (Order 67 Art. 6)
    language: Mapped[str] = mapped_column(String(5), default="zh")
    made_at: Mapped[datetime]
    changed_at: Mapped[datetime]

    categories: Mapped[list[ServiceCategory]] = relationship(
        secondary=person_category,
        order_by=(ServiceCategory.place, ServiceCategory.id),
    )
    known_skills: Mapped[list[Skill]] = relationship(secondary=person_skill, order_by=Skill.id)
    areas: Mapped[list[Office]] = relationship(secondary=person_area, order_by=Office.path)
    spoken: Mapped[list[SpokenLanguage]] = relationship(order_by="SpokenLanguage.id")
    home: Mapped[Office | None] = relationship(foreign_keys=[home_office_id])
    registrations: Mapped[list[Registration]] = relationship(
        back_populates="person", order_by="Registration.id"
    )
    consents: Mapped[list[Consent]] = relationship(order_by="Consent.id")


class SpokenLanguage(Model):
    """A language, dialect or sign language that a person has, and how well."""

    __tablename__ = "person_language"
    __table_args__ = (
        UniqueConstraint("person_id", "tongue"),
        Index("ix_person_language_tongue", "tongue", "person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    tongue: Mapped[Tongue] = mapped_column(words(Tongue))
    fluency: Mapped[Fluency] = mapped_column(words(Fluency))


class FreeTime(Model):
    """A time of the week at which a person is glad to serve, on the clock of the office."""

    __tablename__ = "free_time"
    __table_args__ = (
        UniqueConstraint("person_id", "weekday", "starts"),
        CheckConstraint("ends > starts AND weekday BETWEEN 0 AND 6", "forward"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    weekday: Mapped[int]  # 0 is Monday
    starts: Mapped[time]
    ends: Mapped[time]  # 23:59 is the end of the day

    @property
    def day(self) -> Weekday:
        """The day of the week, which has a name in each language."""
        return Weekday(str(self.weekday))


class Tie(Model):
    """An office knows a person: registered there, appointed there, or entered by it."""

    __tablename__ = "person_office"
    __table_args__ = (Index("ix_person_office_office", "office_id", "person_id"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), primary_key=True)


class NameKey(Model):
    """A way in which a name may be typed: the name, its pinyin in full and its initials, small.

    What thousands of names begin with is read in their order by way of its first sign.
    """

    __tablename__ = "name_key"
    __table_args__ = (
        Index("ix_name_key_text", "text", "person_id"),
        Index("ix_name_key_head", "head", "sort_key", "person_id", "text"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    text: Mapped[str] = mapped_column(key_text)
    head: Mapped[str] = mapped_column(String(1))  # the first sign of the text
    sort_key: Mapped[str] = mapped_column(key_text)  # the person's


class Registration(Model):
    """A person as a volunteer of an office."""

    __tablename__ = "registration"
    __table_args__ = (
        UniqueConstraint("person_id", "office_id"),
        Index("ix_registration_office_state", "office_id", "state"),
        Index("ix_registration_applied_at", "applied_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    state: Mapped[RegistrationState] = mapped_column(words(RegistrationState))
    reason: Mapped[str | None] = mapped_column(String(500))
    applied_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None]
    taken_by: Mapped[int | None]  # the account of the clerk who looks after an application
    taken_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(back_populates="registrations")
    office: Mapped[Office] = relationship()


class Consent(Model):
    """A consent, with the version of the words and the moment. Withdrawing it keeps the row."""

    __tablename__ = "consent"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[ConsentKind] = mapped_column(words(ConsentKind))
    version: Mapped[str] = mapped_column(String(20))
    given_at: Mapped[datetime]
    given_by: Mapped[str] = mapped_column(String(100))  # the name of the person or the guardian
    by_guardian: Mapped[bool] = mapped_column(default=False)
    on_paper: Mapped[bool] = mapped_column(default=False)  # an office holds the signed sheet
    evidence_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    account_id: Mapped[int | None]  # who recorded it
    withdrawn_at: Mapped[datetime | None]


class ClaimState(Word):
    """Whether an account is the one of the person who is on record already."""

    OPEN = "open", N_("Waiting for an answer")
    CONFIRMED = "confirmed", N_("Confirmed by the office")
    REFUSED = "refused", N_("Refused by the office")
    TAKEN = "taken", N_("Taken over")


class Claim(Model):
    """'This may be you': an account says that a person on record is its own, or its child.

    Proved by a letter to the address on record, or by the office that knows the person.
    """

    __tablename__ = "claim"
    __table_args__ = (UniqueConstraint("person_id", "account_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    account_id: Mapped[int] = mapped_column(index=True)
    account_name: Mapped[str] = mapped_column(String(50))
    state: Mapped[ClaimState] = mapped_column(words(ClaimState), default=ClaimState.OPEN)
    reason: Mapped[str | None] = mapped_column(String(500))
    made_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None]

    person: Mapped[Person] = relationship()
