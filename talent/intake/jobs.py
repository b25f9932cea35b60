"""Timed work of imports: rows are read and taken, and after some days forgotten."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy.exc import OperationalError

from talent import clock
from talent.db import db, writing
from talent.intake import service, working
from talent.intake.models import IntakeState

if TYPE_CHECKING:
    from datetime import datetime

KEPT = timedelta(days=7)
log = logging.getLogger("talent.intake")


def work(now: datetime) -> str:
    """Read and take what was handed in. Each piece is a transaction of its own."""
    done = 0
    while True:
        now = max(now, clock.now())  # the one before took its time
        with writing():
            number = working.claim(now)
        if number is None:
            return f"{done} imports"
        try:
            _work_on(number, now)
        except OperationalError:
            raise  # the database was busy or away: whoever leads then goes on after the lease
        except Exception:
            log.exception("import %s failed", number)
            db.session.rollback()
            with writing():
                working.fail(number, max(now, clock.now()))
        done += 1


def forget(now: datetime) -> str:
    """Rows of files are personal: they go, with the file, after a week."""
    return f"{service.forget(now - KEPT)} forgotten"


def _work_on(number: int, now: datetime) -> None:
    state = working.state_of(number)
    db.session.rollback()
    if state is IntakeState.READING:
        for piece in working.pieces(number):
            with writing():
                goes_on = working.look_at(number, piece, max(now, clock.now()))
            if not goes_on:
                return
        with writing():
            working.looked(number, max(now, clock.now()))
    else:
        _take(number, now)


def _take(number: int, now: datetime) -> None:
    more, alone = True, 0
    while more:
        now = max(now, clock.now())
        try:
            with writing():
                more = working.take(number, now, alone=bool(alone))
            alone = max(alone - 1, 0)
        except OperationalError:
            raise
        except Exception:
            # One of them cannot be taken: find out which, and go on with the others.
            log.exception("a piece of import %s could not be taken", number)
            if alone:
                with writing():
                    working.refuse_next(number, now)
            alone = working.PIECE
