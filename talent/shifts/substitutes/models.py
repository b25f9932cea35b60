"""The tables of searches for a substitute: who was asked, in which order, and what they said."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from talent.db import Model, words
from talent.people.models import Person
from talent.rules.substitutes import CallState, SearchEnd
from talent.shifts.models import Need, Shift

_RUNNING = text("stopped_at IS NULL")


class Search(Model):
    """A search for somebody who steps in. There is one at a time for each position of a shift."""

    __tablename__ = "substitute_search"
    __table_args__ = (
        Index(
            "uq_substitute_search_running",
            "need_id",
            unique=True,
            sqlite_where=_RUNNING,
            postgresql_where=_RUNNING,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    shift_id: Mapped[int] = mapped_column(ForeignKey("shift.id"), index=True)
    need_id: Mapped[int] = mapped_column(ForeignKey("shift_need.id"))
    goal: Mapped[int]  # so many places taken, and it is over
    why: Mapped[str | None] = mapped_column(String(300))
    started_by: Mapped[int | None]  # account; None: by itself
    started_at: Mapped[datetime]
    stopped_at: Mapped[datetime | None]
    ended: Mapped[SearchEnd | None] = mapped_column(words(SearchEnd))

    shift: Mapped[Shift] = relationship()
    need: Mapped[Need] = relationship()
    calls: Mapped[list[Call]] = relationship(back_populates="search", order_by="Call.place")


class Call(Model):
    """One person who is asked to step in, once in a search."""

    __tablename__ = "substitute_call"
    __table_args__ = (
        UniqueConstraint("search_id", "person_id"),
        Index("ix_substitute_call_person", "person_id", "asked_at"),
        Index("ix_substitute_call_state", "state", "answer_by"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    search_id: Mapped[int] = mapped_column(ForeignKey("substitute_search.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    place: Mapped[int]  # asked as the first, the second
    state: Mapped[CallState] = mapped_column(words(CallState), default=CallState.ASKED)
    asked_at: Mapped[datetime]
    answer_by: Mapped[datetime]
    answered_at: Mapped[datetime | None]

    search: Mapped[Search] = relationship(back_populates="calls")
    person: Mapped[Person] = relationship()
