"""Tables of the directory: columns and saved filters of an account, and acts upon many people."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from talent.db import Model, words
from talent.people.models import Person
from talent.rules.reason import N_
from talent.rules.words import Word


class ListChoice(Model):
    """How an account wants the list of people."""

    __tablename__ = "people_list_choice"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    columns: Mapped[list[str]] = mapped_column(JSON, default=list)


class SavedFilter(Model):
    """An account's own name for filters of the list; with an office, it is shared there."""

    __tablename__ = "people_filter"
    __table_args__ = (UniqueConstraint("account_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    office_id: Mapped[int | None] = mapped_column(ForeignKey("office.id"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    query: Mapped[str] = mapped_column(String(1000))  # of the address
    made_at: Mapped[datetime]


class ManyKind(Word):
    """What may be done to many people at once."""

    GIVE_SKILL = "give_skill", N_("Give a skill")
    TAKE_SKILL = "take_skill", N_("Take a skill away")
    GIVE_CATEGORY = "give_category", N_("Add to a kind of service")
    TAKE_CATEGORY = "take_category", N_("Take out of a kind of service")
    PAUSE = "pause", N_("Pause the registration")
    RESUME = "resume", N_("Let the registration go on")
    TIE = "tie", N_("Make known at another office")
    JOIN_TEAM = "join_team", N_("Add to a team")
    SET_LANGUAGE = "set_language", N_("Set the language of messages")
    SEND = "send", N_("Send a message")


class ManyState(Word):
    """How far an act upon many people is."""

    WAITING = "waiting", N_("Waiting for the worker")
    WORKING = "working", N_("At work")
    DONE = "done", N_("Done")
    UNDOING = "undoing", N_("Being undone")
    UNDONE = "undone", N_("Undone")
    STOPPED = "stopped", N_("Stopped")


class PartState(Word):
    """What became of one person of such an act."""

    WAITING = "waiting", N_("Waiting")
    CHANGED = "changed", N_("Changed")
    SAME = "same", N_("It was so already")
    LEFT_OUT = "left_out", N_("Left out")
    UNDONE = "undone", N_("Undone")
    KEPT = "kept", N_("Not undone")


class ManyAct(Model):
    """One act upon many people. Who they are is frozen when it is confirmed."""

    __tablename__ = "people_act"

    id: Mapped[int] = mapped_column(primary_key=True)
    made_by: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    made_at: Mapped[datetime]
    # A hidden field of the form: sent twice, it is one act.
    once: Mapped[str | None] = mapped_column(String(64), unique=True)
    kind: Mapped[ManyKind] = mapped_column(words(ManyKind))
    wish: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    title: Mapped[str] = mapped_column(String(200))  # the skill, the office, the subject
    number: Mapped[int]
    state: Mapped[ManyState] = mapped_column(
        words(ManyState), default=ManyState.WAITING, index=True
    )
    seen_at: Mapped[datetime | None]  # when the worker was last alive on it
    finished_at: Mapped[datetime | None]
    undone_by: Mapped[int | None]
    undone_at: Mapped[datetime | None]

    @property
    def busy(self) -> bool:
        """Whether the worker has something to do for it."""
        return self.state in {ManyState.WAITING, ManyState.WORKING, ManyState.UNDOING}


class ActPart(Model):
    """One person of an act: what was there before, and what was put there."""

    __tablename__ = "people_act_part"
    __table_args__ = (
        UniqueConstraint("act_id", "person_id"),
        Index("ix_people_act_part_state", "act_id", "state", "person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    act_id: Mapped[int] = mapped_column(ForeignKey("people_act.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    state: Mapped[PartState] = mapped_column(words(PartState), default=PartState.WAITING)
    before: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))
    after: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))
    reasons: Mapped[list[Any] | None] = mapped_column(
        JSON(none_as_null=True)
    )  # why it was left out, packed
    done_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship()
