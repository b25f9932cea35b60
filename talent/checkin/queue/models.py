"""The table of taps that devices kept and brought."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from talent.db import Model, words
from talent.rules.queue import SignAct, Verdict, is_off
from talent.shifts.models import Signup


class QueuedAct(Model):
    """One tap on one device (离线签到). It stays as it was brought, whatever became of it."""

    __tablename__ = "queued_act"
    __table_args__ = (Index("ix_queued_act_kiosk_received", "kiosk_id", "received_at"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)  # given by the device
    device: Mapped[str] = mapped_column(String(40))
    number: Mapped[int]  # the device's own count
    signup_id: Mapped[int | None] = mapped_column(ForeignKey("signup.id"), index=True)
    wanted: Mapped[int]  # the sign-up that the device named, ours or not
    act: Mapped[SignAct] = mapped_column(words(SignAct))
    device_at: Mapped[datetime]  # by the device's clock
    at: Mapped[datetime]  # by ours
    received_at: Mapped[datetime]
    skew_seconds: Mapped[int] = mapped_column(
        BigInteger
    )  # how far the device's clock was behind ours
    outcome: Mapped[Verdict] = mapped_column(words(Verdict))
    reasons: Mapped[list[Any]] = mapped_column(JSON, default=list)  # packed
    account_id: Mapped[int | None]
    kiosk_id: Mapped[int | None] = mapped_column(ForeignKey("kiosk.id"))

    signup: Mapped[Signup | None] = relationship()

    @property
    def skew(self) -> timedelta:
        """How far the device's clock was behind ours."""
        return timedelta(seconds=self.skew_seconds)

    @property
    def off(self) -> bool:
        """Whether its clock was off by more than five minutes."""
        return is_off(self.skew)
