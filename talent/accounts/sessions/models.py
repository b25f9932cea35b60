"""The table of sessions."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from talent.db import Model, words
from talent.rules.reason import N_
from talent.rules.words import Word


class Way(Word):
    """How somebody came in."""

    PASSWORD = "password", N_("Password")
    APP = "app", N_("Password and a code of the app")
    RECOVERY = "recovery", N_("Password and a recovery code")
    PASSKEY = "passkey", N_("Passkey")


class AccountSession(Model):
    """Somebody signed in on one device. Only a digest of what the cookie holds is kept."""

    __tablename__ = "account_session"
    __table_args__ = (Index("ix_account_session_account", "account_id", "ended_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    device: Mapped[str] = mapped_column(String(80))  # what the browser calls itself, in short
    way: Mapped[Way] = mapped_column(words(Way))
    began_at: Mapped[datetime]
    seen_at: Mapped[datetime] = mapped_column(index=True)  # some minutes old at most
    proved_at: Mapped[datetime]  # when it was last shown who sits there
    ended_at: Mapped[datetime | None]
