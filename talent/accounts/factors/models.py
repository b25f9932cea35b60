"""Tables of what is asked beside a password."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from talent.db import Model, Sealed


class CodeApp(Model):
    """An app that shows codes: one for each account, written when its first code was right."""

    __tablename__ = "code_app"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), unique=True)
    secret: Mapped[str] = mapped_column(Sealed)
    made_at: Mapped[datetime]
    used_at: Mapped[datetime]
    last_step: Mapped[int] = mapped_column(BigInteger)  # no code of this step or before works


class RecoveryCode(Model):
    """One of ten that stand in for the app. The digit in front of a code is its place."""

    __tablename__ = "recovery_code"
    __table_args__ = (UniqueConstraint("account_id", "place"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    place: Mapped[int]
    secret: Mapped[str] = mapped_column(String(200))  # hashed as a password is
    made_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Passkey(Model):
    """A key on a device of the holder (WebAuthn), of which we have the public half."""

    __tablename__ = "passkey"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    token: Mapped[str] = mapped_column(Text, unique=True)  # the credential's id, base64url
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    uses: Mapped[int] = mapped_column(BigInteger)  # as the device counts; 0 where it does not
    handle: Mapped[str] = mapped_column(String(64))  # by which the device knows the account
    name: Mapped[str] = mapped_column(String(50))
    made_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class SpentChallenge(Model):
    """A challenge that a passkey has answered: no second answer to it counts."""

    __tablename__ = "spent_challenge"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)


class FactorRemoval(Model):
    """An administrator's factor is to be taken away: a second administrator has to agree."""

    __tablename__ = "factor_removal"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    why: Mapped[str] = mapped_column(String(200))
    asked_by: Mapped[int]  # account
    asked_at: Mapped[datetime]
    settled_by: Mapped[int | None]  # account
    settled_at: Mapped[datetime | None]
