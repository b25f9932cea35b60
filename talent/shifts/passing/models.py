"""The table of hand-overs: a place on its way from one person to another, and what became of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from talent.db import Model, words
from talent.people.models import Person
from talent.rules.handovers import OPEN, HandoverState
from talent.shifts.models import Shift, Signup

_OPEN = text("state IN ({})".format(", ".join(f"'{state.value}'" for state in sorted(OPEN))))


class Handover(Model):
    """One offer of a place (转让). Until it is done the giver has the place."""

    __tablename__ = "handover"
    __table_args__ = (
        Index(
            "uq_handover_open",
            "signup_id",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        Index("ix_handover_state", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    signup_id: Mapped[int] = mapped_column(ForeignKey("signup.id"), index=True)  # the giver's
    to_all: Mapped[bool] = mapped_column(default=False)
    receiver_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    wanted_id: Mapped[int | None] = mapped_column(ForeignKey("shift.id"))  # a place there in return
    return_id: Mapped[int | None] = mapped_column(ForeignKey("signup.id"))  # the receiver's there
    note: Mapped[str | None] = mapped_column(String(200))
    state: Mapped[HandoverState] = mapped_column(
        words(HandoverState), default=HandoverState.OFFERED
    )
    declined: Mapped[list[int]] = mapped_column(JSON, default=list)  # people who said no
    giver_read: Mapped[bool] = mapped_column(default=False)  # the risks of the place in return
    receiver_read: Mapped[bool] = mapped_column(default=False)  # the risks of the place
    why: Mapped[str | None] = mapped_column(String(300))  # of the office
    made_at: Mapped[datetime]
    answer_by: Mapped[datetime | None]  # of somebody on the waiting list, whose turn it is
    ended_at: Mapped[datetime | None]

    signup: Mapped[Signup] = relationship(foreign_keys=[signup_id])
    receiver: Mapped[Person | None] = relationship()
    wanted: Mapped[Shift | None] = relationship()
    returned: Mapped[Signup | None] = relationship(foreign_keys=[return_id])
