"""Tables of teams: the team, and who belongs to it from when to when."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from talent.db import Model, words
from talent.offices.models import Office
from talent.people.models import Person
from talent.rules.teams import MemberState, TeamKind, TeamRole, TeamStanding

_LIVE = text("state IN ('asked', 'active')")


class Team(Model):
    """A team or social organisation, at home at an office; it may stand below another one."""

    __tablename__ = "team"

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), index=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"), index=True)
    kind: Mapped[TeamKind] = mapped_column(words(TeamKind))
    name_zh: Mapped[str] = mapped_column(String(100))
    name_en: Mapped[str | None] = mapped_column(String(150))
    purpose: Mapped[str | None] = mapped_column(Text)
    credit_code: Mapped[str | None] = mapped_column(String(18), unique=True)
    standing: Mapped[TeamStanding] = mapped_column(words(TeamStanding), default=TeamStanding.NONE)
    standing_since: Mapped[date | None]
    standing_no: Mapped[str | None] = mapped_column(String(60))  # of the register or the record
    contact_name: Mapped[str | None] = mapped_column(String(50))
    contact_phone: Mapped[str | None] = mapped_column(String(30))
    founded_on: Mapped[date | None]
    ended_on: Mapped[date | None]
    takes_members: Mapped[bool] = mapped_column(default=True)
    made_at: Mapped[datetime]
    changed_at: Mapped[datetime]

    office: Mapped[Office] = relationship()
    parent: Mapped[Team | None] = relationship(remote_side=[id])


class TeamMember(Model):
    """A person in a team in one role, from a day to a day; both belong to it."""

    __tablename__ = "team_member"
    __table_args__ = (
        CheckConstraint("until IS NULL OR until >= since", "forward"),
        Index(
            "uq_team_member_live",
            "team_id",
            "person_id",
            unique=True,
            sqlite_where=_LIVE,
            postgresql_where=_LIVE,
        ),
        Index("ix_team_member_person", "person_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    role: Mapped[TeamRole] = mapped_column(words(TeamRole), default=TeamRole.MEMBER)
    state: Mapped[MemberState] = mapped_column(words(MemberState))
    since: Mapped[date | None]  # None while it waits
    until: Mapped[date | None]
    reason: Mapped[str | None] = mapped_column(String(300))
    made_at: Mapped[datetime]
    made_by: Mapped[int | None]  # the account of the person, a leader or the office
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None]

    team: Mapped[Team] = relationship()
    person: Mapped[Person] = relationship()
