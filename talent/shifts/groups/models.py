"""Tables of groups: people who come together, and who of them agreed to it."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from talent.db import Model, words
from talent.offices.models import Office
from talent.people.models import Person
from talent.rules.reason import N_
from talent.rules.words import Word


class GroupKind(Word):
    """What holds a group together."""

    FAMILY = "family", N_("Family")
    CLASS = "class", N_("School class")
    COMPANY = "company", N_("Company team")
    OTHER = "other", N_("Another group")


def new_code() -> str:
    """The end of an address that nobody guesses."""
    return secrets.token_urlsafe(16)


class Group(Model):
    """People whom one of them, or an office, signs up together (团队)."""

    __tablename__ = "volunteer_group"

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    kind: Mapped[GroupKind] = mapped_column(words(GroupKind))
    # Who signs the others up; None: the office, which made the group of people it knows.
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    code: Mapped[str] = mapped_column(String(40), unique=True, default=new_code)
    made_by: Mapped[int | None]  # account
    made_at: Mapped[datetime]

    office: Mapped[Office] = relationship()
    contact: Mapped[Person | None] = relationship()
    members: Mapped[list[GroupMember]] = relationship(
        back_populates="group", order_by="GroupMember.id", cascade="all, delete-orphan"
    )


class GroupMember(Model):
    """Somebody in a group; without `agreed_at` only asked to join, and signed up by nobody."""

    __tablename__ = "volunteer_group_member"
    __table_args__ = (UniqueConstraint("group_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("volunteer_group.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    agreed_at: Mapped[datetime | None]
    added_by: Mapped[int | None]  # account
    added_at: Mapped[datetime]

    group: Mapped[Group] = relationship(back_populates="members")
    person: Mapped[Person] = relationship()
