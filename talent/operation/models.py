"""Tables of operation: the heartbeat of each worker, and how jobs failed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from talent.db import Model


class WorkerBeat(Model):
    """A worker process. Whoever has not been seen for a while is dead."""

    __tablename__ = "worker_beat"

    id: Mapped[str] = mapped_column(String(80), primary_key=True)  # machine:process:random
    machine: Mapped[str] = mapped_column(String(60))
    version: Mapped[str] = mapped_column(String(40))
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime] = mapped_column(index=True)
    leads: Mapped[bool] = mapped_column(default=False)
    ended_at: Mapped[datetime | None]  # it was told to stop, and did


class JobFailure(Model):
    """That a timed job failed, in few words and without anybody's data."""

    __tablename__ = "job_failure"
    __table_args__ = (Index("ix_job_failure_name", "name", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    at: Mapped[datetime] = mapped_column(index=True)
    said: Mapped[str] = mapped_column(String(300))


class Lead(Model):
    """The one row that says which worker leads on PostgreSQL, and until when unless it goes on.

    The term counts how often the lead was taken: what was begun in an older one is not written.
    """

    __tablename__ = "worker_lead"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    holder: Mapped[str] = mapped_column(String(80))  # machine:process:random
    term: Mapped[int]
    until: Mapped[datetime]  # by the clock of the database
