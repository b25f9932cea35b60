"""Tries are counted before they are looked at, in the database that all machines share."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select

from talent.accounts.models import FailedSignIn, TryCount
from talent.db import db, upserting, writing
from talent.errors import Refused
from talent.rules.reason import N_, Because
from talent.rules.signing_in import (
    COUNTED,
    FREE_TRIES,
    FREE_TRIES_OF_ADDRESS,
    REMEMBERED,
    exhausted,
    left_to_wait,
)
from talent.seal import blind_index

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime, timedelta

    from sqlalchemy.orm import InstrumentedAttribute


class NotYet(StrEnum):
    """Why a try is not looked at."""

    SECONDS = N_("There were too many tries. Please try again in %(seconds)s seconds.")
    MINUTES = N_("There were too many tries. Please try again in %(minutes)s minutes.")
    EXHAUSTED = N_(
        "There were too many wrong tries one after the other. Sign in on a device on which you "
        "signed in before, set a new password by mail, or ask your community office."
    )


class TooManyTries(Refused):
    """Not looked at before the wait is over (429)."""

    def __init__(self, wait: timedelta) -> None:
        self.seconds = max(1, round(wait.total_seconds()))
        minutes = -(-self.seconds // 60)
        if minutes > 1:
            super().__init__([Because(NotYet.MINUTES, {"minutes": minutes})])
        else:
            super().__init__([Because(NotYet.SECONDS, {"seconds": self.seconds})])


class Exhausted(Refused):
    """So many tries failed one after the other that none is looked at any more (429)."""

    def __init__(self) -> None:
        super().__init__([NotYet.EXHAUSTED])


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a try comes from. A device that signed in before is known to those accounts."""

    address: str
    device: str | None = None
    known_to: Collection[int] = ()
    browser: str = ""  # what it calls itself


def reserve(
    index: str, address: str | None, *, known: bool = False, most: bool = False, now: datetime
) -> int:
    """Count a try before it is looked at, or refuse to look as long as a wait lasts.

    It is committed at once: of tries sent at the same moment none is looked at uncounted, on
    whichever machine it arrives. What succeeds takes its own try back. A known device does not
    wait for what others at its address did. With `most`, a hundred failures are the end.
    """
    place = blind_index("address", address or index)
    with writing():
        for each in sorted({index, place}):
            _alone(each)
        wait = _wait(FailedSignIn.login_index, index, FREE_TRIES, now)
        if address is not None and not known:
            wait = max(wait, _wait(FailedSignIn.address_index, place, FREE_TRIES_OF_ADDRESS, now))
        if wait:
            raise TooManyTries(wait)
        if most:
            _count(index, now)
        db.session.execute(delete(FailedSignIn).where(FailedSignIn.at < now - REMEMBERED))
        row = FailedSignIn(login_index=index, address_index=place, at=now)
        db.session.add(row)
        db.session.flush()
        return row.id


def take_back(number: int) -> None:
    """A try of a kind that anybody may repeat succeeded: it alone does not count."""
    db.session.execute(delete(FailedSignIn).where(FailedSignIn.id == number))


def failures_of(index: str, *, now: datetime) -> int:
    """How many tries failed one after the other."""
    lately = (TryCount.about == index, TryCount.last_at > now - COUNTED)
    return db.session.scalar(select(TryCount.failures).where(*lately)) or 0


def forget_failures(index: str) -> None:
    """After a success tries of this kind count from nought."""
    db.session.execute(delete(FailedSignIn).where(FailedSignIn.login_index == index))
    db.session.execute(delete(TryCount).where(TryCount.about == index))


def _count(index: str, now: datetime) -> None:
    if exhausted(failures_of(index, now=now)):
        raise Exhausted
    db.session.execute(delete(TryCount).where(TryCount.last_at < now - COUNTED))
    count = upserting(TryCount).values(about=index, failures=1, last_at=now)
    more = {"failures": TryCount.failures + 1, "last_at": now}
    db.session.execute(count.on_conflict_do_update(index_elements=["about"], set_=more))


def _alone(index: str) -> None:
    """Let nobody else count this meanwhile. A write on SQLite is alone anyhow."""
    if db.engine.dialect.name == "postgresql":
        db.session.execute(select(func.pg_advisory_xact_lock(int(index[:15], 16))))


def _wait(column: InstrumentedAttribute[str], index: str, free: int, now: datetime) -> timedelta:
    query = select(func.count(), func.max(FailedSignIn.at)).where(
        column == index, FailedSignIn.at > now - REMEMBERED
    )
    failures, last = db.session.execute(query).one()
    return left_to_wait(failures, last, now, free)
