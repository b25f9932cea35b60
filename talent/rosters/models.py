"""Tables of roster proposals: what was asked for, and who was proposed for which place."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from talent.db import Model, words
from talent.offices.models import Office
from talent.people.models import Person
from talent.rules.reason import N_
from talent.rules.words import Word
from talent.shifts.models import Need, Project


class ProposalState(Word):
    """How far a proposal is."""

    WAITING = "waiting", N_("Waiting to be computed")
    RUNNING = "running", N_("Being computed")
    READY = "ready", N_("Ready to be looked at")
    FAILED = "failed", N_("Could not be computed")
    DROPPED = "dropped", N_("Put aside")


class RosterProposal(Model):
    """Who could serve where in a range of days (排班建议). Nothing happens until it is taken."""

    __tablename__ = "roster_proposal"
    __table_args__ = (CheckConstraint("last_day >= first_day", "forward"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), index=True)
    project_id: Mapped[int | None] = mapped_column(ForeignKey("project.id"))  # None: all
    first_day: Mapped[date]
    last_day: Mapped[date]
    seconds: Mapped[int]  # at most so long
    state: Mapped[ProposalState] = mapped_column(
        words(ProposalState), default=ProposalState.WAITING, index=True
    )
    percent: Mapped[int] = mapped_column(default=0)
    stopping: Mapped[bool] = mapped_column(default=False)  # somebody does not want to wait longer
    optimised: Mapped[bool] = mapped_column(default=False)  # better than the one-pass roster
    unfilled: Mapped[list[Any]] = mapped_column(JSON, default=list)  # places that stay open, why
    made_by: Mapped[int | None]  # account
    made_at: Mapped[datetime]
    seen_at: Mapped[datetime | None]  # when the worker that computes it was last alive
    finished_at: Mapped[datetime | None]

    office: Mapped[Office] = relationship()
    project: Mapped[Project | None] = relationship()


class ProposedPlace(Model):
    """One person for one place. Taken: `signup_id`; refused by the law since then: `refused`."""

    __tablename__ = "proposed_place"
    __table_args__ = (UniqueConstraint("proposal_id", "need_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("roster_proposal.id"))
    need_id: Mapped[int] = mapped_column(
        ForeignKey("shift_need.id", ondelete="CASCADE"), index=True
    )
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    signup_id: Mapped[int | None] = mapped_column(ForeignKey("signup.id"))
    refused: Mapped[list[Any] | None] = mapped_column(JSON)  # packed reasons

    need: Mapped[Need] = relationship()
    person: Mapped[Person] = relationship()
