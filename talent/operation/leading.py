"""Which worker leads: on SQLite whoever holds a file, on PostgreSQL whoever holds a lease.

A lease ends by itself, so a worker that was killed, whose machine is gone or that stands frozen
keeps nobody waiting. When it wakes, nothing that it had begun is written: each of its transactions
asks, before it is committed, whether its term still lasts.
"""

from __future__ import annotations

import logging
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout
from sqlalchemy import DateTime, event, func, or_, select, text, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from talent.db import db, upserting
from talent.operation.models import Lead

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask

# The lock by which the release before leads. Where one of its workers still runs, it goes first, so
# that a new version is rolled out, and back, with one leader. To be dropped with the next release.
BEFORE = 0x7A1E27
_NO_OLD_ONE_LEADS = text(
    "NOT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted"
    " AND objsubid = 1 AND classid = 0 AND objid = :key AND database ="
    " (SELECT oid FROM pg_database WHERE datname = current_database()))"
).bindparams(key=BEFORE)
# What the last leader had begun and no more comes back to would hold its rows for ever.
_END_WHAT_IT_BEGAN = text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity JOIN worker_lead"
    " ON application_name = left(holder, :name) AND datname = current_database()"
    " WHERE until <= timezone('UTC', clock_timestamp()) AND holder NOT IN (:worker, '')"
)
_now = func.timezone("UTC", func.clock_timestamp(), type_=DateTime)
_term: ContextVar[int | None] = ContextVar("term", default=None)
NAME = 63  # bytes that PostgreSQL keeps of the name of a connection
log = logging.getLogger("talent.schedule")


class LeadLost(RuntimeError):
    """Somebody else leads meanwhile: what was about to be written is not."""


@dataclass(frozen=True, slots=True)
class Held:
    """The lead, as long as it is held. What a file gives ends with its process and has no term."""

    app: Flask
    term: int | None = None

    def still(self) -> bool:
        """Whether it is still held; on PostgreSQL the lease begins anew."""
        if self.term is None:
            return True
        mine = update(Lead).where(Lead.term == self.term, _NO_OLD_ONE_LEADS)
        try:
            with self.app.app_context(), db.engine.begin() as connection:
                held = connection.execute(mine.values(until=_end(self.app))).rowcount == 1
        except SQLAlchemyError:
            held = False
        if not held:
            log.warning("the lead was lost")
        return held

    @contextmanager
    def fenced(self) -> Iterator[None]:
        """Nothing is committed within that was not written in this term."""
        token = _term.set(self.term)
        try:
            yield
        finally:
            _term.reset(token)


@contextmanager
def leading(app: Flask, worker: str) -> Iterator[Held | None]:
    """Take the lead, if it is free, and give it back at the end."""
    sqlite = app.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite")
    with _file(app) if sqlite else _lease(app, worker) as held:
        yield held


def sign_connections(app: Flask, worker: str) -> None:
    """Let the server know whose connections these are, so that others can end them."""
    with app.app_context():
        if db.engine.dialect.name == "postgresql":
            signed = {"application_name": worker[:NAME]}
            event.listen(db.engine, "do_connect", lambda *told: told[-1].update(signed))


@contextmanager
def _file(app: Flask) -> Iterator[Held | None]:
    lock = FileLock(app.config["TALENT_HOME"] / "worker.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        yield None
        return
    try:
        yield Held(app)
    finally:
        lock.release()


@contextmanager
def _lease(app: Flask, worker: str) -> Iterator[Held | None]:
    try:
        term = _taken(app, worker)
    except SQLAlchemyError:
        log.warning("the database cannot be reached")
        term = None
    if term is None:
        yield None
        return
    try:
        yield Held(app, term)
    finally:
        given_back = update(Lead).where(Lead.term == term).values(until=_now, holder="")
        with suppress(SQLAlchemyError), app.app_context(), db.engine.begin() as connection:
            connection.execute(given_back)


def _taken(app: Flask, worker: str) -> int | None:
    """The new term, where the last one has ended or was this worker's own."""
    with app.app_context(), db.engine.begin() as connection:
        if not connection.scalar(select(_NO_OLD_ONE_LEADS)):
            return None
        connection.execute(_END_WHAT_IT_BEGAN, {"worker": worker, "name": NAME})
        row = upserting(Lead).values(id=1, holder=worker, term=1, until=_end(app))
        taken = row.on_conflict_do_update(
            index_elements=["id"],
            set_={"holder": worker, "term": Lead.term + 1, "until": row.excluded.until},
            where=or_(Lead.until <= _now, Lead.holder == worker),
        )
        term: int | None = connection.scalar(taken.returning(Lead.term))
        return term


def _end(app: Flask) -> object:
    return _now + timedelta(seconds=app.config["WORKER_LEASE"])


@event.listens_for(Session, "before_commit")
def _only_in_my_term(session: Session) -> None:
    """The row is held until the commit, so that nobody takes the lead in between."""
    if (term := _term.get()) is None or session.in_nested_transaction():
        return
    query = select(Lead.id).where(Lead.term == term).with_for_update(read=True)
    if session.execute(query).one_or_none() is None:
        raise LeadLost
