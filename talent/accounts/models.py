"""Tables of accounts: the way in, roles, what was tried and failed, resets."""

from __future__ import annotations

from datetime import datetime

from flask_login import UserMixin
from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from talent.access import Actor, Held, Role
from talent.db import Model, words
from talent.offices.models import Office
from talent.people.models import Person, RegistrationState


class Account(UserMixin, Model):
    """A way in, by mail address or phone. `epoch` grows when every session must end."""

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), unique=True)
    email: Mapped[str | None] = mapped_column(String(254), unique=True)  # in small letters
    email_proved_at: Mapped[datetime | None]  # when a link that went there was used
    phone_index: Mapped[str | None] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(50))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(5), default="zh")
    epoch: Mapped[int] = mapped_column(default=1)
    made_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]

    person: Mapped[Person | None] = relationship()
    grants: Mapped[list[Grant]] = relationship(back_populates="account", order_by="Grant.id")

    banks = True  # what a `Reader` knows of time banks is still to be asked

    @property
    def account(self) -> Account:
        """Named as a `Reader` names it: who has just come in, or become a person, sends on."""
        return self

    @property
    def actor(self) -> Actor:
        """What this account holds now."""
        granted = [(g.role, g.office) for g in self.grants if g.ended_at is None]
        registrations = self.person.registrations if self.person else ()
        # Who is registered as an active volunteer holds that role there, without a grant.
        granted += [
            (Role.VOLUNTEER, r.office) for r in registrations if r.state is RegistrationState.ACTIVE
        ]
        held = dict.fromkeys(Held(role, office.id, office.path) for role, office in granted)
        return Actor(account_id=self.id, person_id=self.person_id, held=tuple(held))

    @property
    def is_active(self) -> bool:
        """A closed account is signed out at its next request."""
        return self.closed_at is None

    def get_id(self) -> str:
        """What a session remembers: it ends with the epoch."""
        return f"{self.id}.{self.epoch}"


class Grant(Model):
    """A role at an office and for all below it."""

    __tablename__ = "role_grant"
    __table_args__ = (
        Index(
            "uq_role_grant_live",
            "account_id",
            "office_id",
            "role",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), index=True)
    role: Mapped[Role] = mapped_column(words(Role))
    granted_at: Mapped[datetime]
    granted_by: Mapped[int | None]
    ended_at: Mapped[datetime | None]

    account: Mapped[Account] = relationship(back_populates="grants")
    office: Mapped[Office] = relationship()


class FailedSignIn(Model):
    """A sign-in that failed: counted by login and by address, both only as blind indexes."""

    __tablename__ = "failed_sign_in"
    __table_args__ = (
        Index("ix_failed_sign_in_login", "login_index", "at"),
        Index("ix_failed_sign_in_address", "address_index", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    login_index: Mapped[str] = mapped_column(String(64))
    address_index: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]


class TryCount(Model):
    """How many tries of a kind failed one after the other; a success ends it."""

    __tablename__ = "try_count"

    about: Mapped[str] = mapped_column(String(64), primary_key=True)  # a blind index
    failures: Mapped[int]
    last_at: Mapped[datetime] = mapped_column(index=True)


class EndedSession(Model):
    """A session that was signed out, for a version that keeps no list of sessions."""

    __tablename__ = "ended_session"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)


class Invitation(Model):
    """A single-use way to set a password. Only a digest of the token is kept."""

    __tablename__ = "invitation"

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
