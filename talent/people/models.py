"""Tables of people: the person, who speaks for a minor, consents, registrations."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Column, ForeignKey, Index, String, Table, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from talent.db import Base, Model, Sealed, words
from talent.offices.models import Office, ServiceCategory
from talent.rules.identity import DocumentKind, Sex
from talent.rules.reason import N_
from talent.rules.words import Word


class RegistrationState(Word):
    """Where a registration as a volunteer stands."""

    APPLIED = "applied", N_("Applied")
    RETURNED = "returned", N_("Returned")
    ACTIVE = "active", N_("Active")
    PAUSED = "paused", N_("Paused")
    LEFT = "left", N_("Left")


class ConsentKind(Word):
    """What a consent is to."""

    PRIVACY = "privacy", N_("Privacy notice")
    GUARDIAN = "guardian", N_("Guardian's consent")
    CHILD = "child", N_("Notice for children under 14")
    HONOUR_ROLL = "honour_roll", N_("Appearing on the honour roll")


person_category = Table(
    "person_category",
    Base.metadata,
    Column("person_id", ForeignKey("person.id"), primary_key=True),
    Column("category_id", ForeignKey("service_category.id"), primary_key=True),
)


class Person(Model):
    """A human being, once. Numbers are sealed; blind indexes find them (Order 67 Art. 5)."""

    __tablename__ = "person"
    __table_args__ = (
        UniqueConstraint("document_kind", "document_index"),
        Index("ix_person_sort", "sort_key", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    volunteer_no: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[str] = mapped_column(String(50))
    sort_key: Mapped[str] = mapped_column(
        String(200)
    )  # pinyin with tones as numbers, then the name
    sex: Mapped[Sex | None] = mapped_column(words(Sex))
    birth_date: Mapped[date | None]
    document_kind: Mapped[DocumentKind | None] = mapped_column(words(DocumentKind))
    document: Mapped[str | None] = mapped_column(Sealed)
    document_index: Mapped[str | None] = mapped_column(String(64))
    phone: Mapped[str | None] = mapped_column(Sealed)
    phone_index: Mapped[str | None] = mapped_column(String(64), index=True)
    phone_tail_index: Mapped[str | None] = mapped_column(String(64), index=True)
    email: Mapped[str | None] = mapped_column(String(254))
    area_id: Mapped[int | None] = mapped_column(ForeignKey("office.id"), index=True)
    area_text: Mapped[str | None] = mapped_column(String(100))
    skills: Mapped[str | None] = mapped_column(Text)
    guardian_name: Mapped[str | None] = mapped_column(String(50))
    guardian_phone: Mapped[str | None] = mapped_column(Sealed)
    guardian_relation: Mapped[str | None] = mapped_column(String(20))
    language: Mapped[str] = mapped_column(String(5), default="zh")
    made_at: Mapped[datetime]
    changed_at: Mapped[datetime]

    area: Mapped[Office | None] = relationship()
    categories: Mapped[list[ServiceCategory]] = relationship(
        secondary=person_category,
        order_by=ServiceCategory.place,
    )
    registrations: Mapped[list[Registration]] = relationship(back_populates="person")
    consents: Mapped[list[Consent]] = relationship(order_by="Consent.id")


class Tie(Model):
    """An office knows a person: registered there, appointed there, or entered by it."""

    __tablename__ = "person_office"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), primary_key=True, index=True)


class NameKey(Model):
    """A way in which a name may be typed: the name, its pinyin in full and its initials, small."""

    __tablename__ = "name_key"
    __table_args__ = (Index("ix_name_key_text", "text", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    text: Mapped[str] = mapped_column(String(200))


class Registration(Model):
    """A person as a volunteer of an office."""

    __tablename__ = "registration"
    __table_args__ = (
        UniqueConstraint("person_id", "office_id"),
        Index("ix_registration_office_state", "office_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    state: Mapped[RegistrationState] = mapped_column(words(RegistrationState))
    reason: Mapped[str | None] = mapped_column(String(500))
    applied_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None]

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
    given_by: Mapped[str] = mapped_column(String(100))  # the person, a guardian, an office on paper
    withdrawn_at: Mapped[datetime | None]
