"""Tables of merging: what files look like, pairs that look alike, merges and their steps."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from talent.db import Model, Sealed, words
from talent.people.models import Person
from talent.rules.reason import N_
from talent.rules.words import Word


class Likeness(Model):
    """By what a file is compared with others: blind indexes, so that no number stands here."""

    __tablename__ = "likeness"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    document: Mapped[str | None] = mapped_column(String(32), index=True)  # of whatever kind
    phone: Mapped[str | None] = mapped_column(String(32), index=True)
    name_born: Mapped[str | None] = mapped_column(String(32), index=True)
    pinyin_born: Mapped[str | None] = mapped_column(String(32), index=True)
    pinyin_tail: Mapped[str | None] = mapped_column(String(32), index=True)


class LikenessMark(Model):
    """Up to which change of which person files were compared; one row."""

    __tablename__ = "likeness_mark"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    until: Mapped[datetime]
    last_id: Mapped[int] = mapped_column(default=0)  # the last file that was changed at that moment


class Pair(Model):
    """Two files that look like one person. Somebody who says 'not the same' is asked no more."""

    __tablename__ = "duplicate_pair"
    __table_args__ = (
        UniqueConstraint("first_person_id", "second_person_id"),
        CheckConstraint("first_person_id < second_person_id", "in_order"),
        Index("ix_duplicate_pair_open", "apart_at", "strength", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    first_person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    second_person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    reasons: Mapped[list[str]] = mapped_column(JSON)  # codes of `Alike`
    strength: Mapped[int]  # of 100
    found_at: Mapped[datetime]
    apart_at: Mapped[datetime | None]
    apart_by: Mapped[int | None]
    apart_why: Mapped[str | None] = mapped_column(String(300))

    first: Mapped[Person] = relationship(foreign_keys=[first_person_id])
    second: Mapped[Person] = relationship(foreign_keys=[second_person_id])


class Merge(Model):
    """Two files became one. The source stays, empty, and points to the target."""

    __tablename__ = "merge"
    __table_args__ = (
        CheckConstraint("source_person_id <> target_person_id", "two_files"),
        Index("ix_merge_source", "source_person_id", "id"),
        Index("ix_merge_target", "target_person_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    source_person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    target_person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    why: Mapped[str] = mapped_column(String(300))
    counts: Mapped[dict[str, Any]] = mapped_column(JSON)  # what followed, and how many
    made_by: Mapped[int | None]
    made_at: Mapped[datetime] = mapped_column(index=True)
    undone_by: Mapped[int | None]
    undone_at: Mapped[datetime | None]
    undone_why: Mapped[str | None] = mapped_column(String(300))
    left: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))  # what was not undone

    source: Mapped[Person] = relationship(foreign_keys=[source_person_id])
    target: Mapped[Person] = relationship(foreign_keys=[target_person_id])


class Deed(Word):
    """What a step of a merge did to one row."""

    MOVED = "moved", N_("Followed to the other file")
    CHANGED = "changed", N_("Changed")
    REMOVED = "removed", N_("United with one of the other file")
    MADE = "made", N_("Made")
    COUNTED = "counted", N_("Counted anew")
    HOURS = "hours", N_("Moved in the ledger of hours")
    BANK = "bank", N_("Moved in the ledger of the time bank")


class MergeStep(Model):
    """One row and what a merge did to it: enough to put it back exactly as it was.

    `mark` is a digest of the row as the merge left it: one that differs was changed since.
    """

    __tablename__ = "merge_step"
    __table_args__ = (UniqueConstraint("merge_id", "place"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    merge_id: Mapped[int] = mapped_column(ForeignKey("merge.id"))
    place: Mapped[int]
    deed: Mapped[Deed] = mapped_column(words(Deed))
    table_name: Mapped[str] = mapped_column(String(60))
    key: Mapped[dict[str, Any]] = mapped_column(JSON)  # of the row, as the merge left it
    before: Mapped[str | None] = mapped_column(Sealed)  # columns as JSON; of a removed row all
    after: Mapped[str | None] = mapped_column(Sealed)
    mark: Mapped[str | None] = mapped_column(String(64))
