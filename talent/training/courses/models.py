"""Tables of what a course asks for beforehand, and of what it is learned from."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from talent.db import Model
from talent.files import StoredFile
from talent.training.models import Course, CredentialKind


class Prerequisite(Model):
    """What must be held validly to take a seat: another course, or a kind of credential."""

    __tablename__ = "course_prerequisite"
    __table_args__ = (
        CheckConstraint("(needed_course_id IS NULL) <> (needed_kind_id IS NULL)", "one_thing"),
        CheckConstraint("course_id <> needed_course_id", "another"),
        UniqueConstraint("course_id", "needed_course_id"),
        UniqueConstraint("course_id", "needed_kind_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"))
    needed_course_id: Mapped[int | None] = mapped_column(ForeignKey("course.id"), index=True)
    needed_kind_id: Mapped[int | None] = mapped_column(ForeignKey("credential_kind.id"))

    needed_course: Mapped[Course | None] = relationship(foreign_keys=[needed_course_id])
    needed_kind: Mapped[CredentialKind | None] = relationship()

    @property
    def thing(self) -> Course | CredentialKind:
        """What is asked for."""
        found = self.needed_course or self.needed_kind
        if found is None:
            raise LookupError(self.id)
        return found


class Material(Model):
    """A file or a link for those who are signed up."""

    __tablename__ = "course_material"
    __table_args__ = (CheckConstraint("(file_id IS NULL) <> (link IS NULL)", "one_thing"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"), index=True)
    title: Mapped[str] = mapped_column(String(150))
    link: Mapped[str | None] = mapped_column(String(500))
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    file: Mapped[StoredFile | None] = relationship()
