"""Work that the worker takes up: one after the other, each in pieces that are committed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.exc import OperationalError

from talent import clock
from talent.db import writing

if TYPE_CHECKING:
    import logging
    from collections.abc import Callable
    from datetime import datetime


def later(now: datetime) -> datetime:
    """The present moment; never one before that in which the work began."""
    return max(now, clock.now())


def one_after_another(
    now: datetime,
    *,
    claim: Callable[[datetime], int | None],
    work: Callable[[int], None],
    fail: Callable[[int, datetime, Exception], None],
    log: logging.Logger,
) -> int:
    """Claim and do what waits until nothing does; what breaks is told to fail. How many.

    A database that is busy or away breaks nothing: whoever leads then goes on after the lease.
    """
    done = 0
    while True:
        with writing():
            number = claim(later(now))
        if number is None:
            return done
        try:
            work(number)
        except OperationalError:
            raise
        except Exception as fault:
            log.exception("number %s could not be done", number)
            with writing():
                fail(number, later(now), fault)
        done += 1


def piece_by_piece(
    now: datetime,
    *,
    size: int,
    take: Callable[[datetime, bool], bool],
    leave_out: Callable[[datetime], None],
    log: logging.Logger,
) -> None:
    """Take piece after piece as long as there are more, each in a transaction of its own.

    A piece that breaks is taken again one by one: the one that cannot be taken is left out, and
    the others go on.
    """
    more, alone = True, 0
    while more:
        try:
            with writing():
                more = take(later(now), bool(alone))
            alone = max(alone - 1, 0)
        except OperationalError:
            raise
        except Exception:
            log.exception("a piece could not be taken")
            if alone:
                with writing():
                    leave_out(later(now))
            alone = size
