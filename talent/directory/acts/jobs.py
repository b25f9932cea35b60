"""Timed work of acts upon many people: what was asked for is done, piece by piece."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from sqlalchemy.exc import OperationalError

from talent import clock
from talent.db import writing
from talent.directory.acts import working

if TYPE_CHECKING:
    from datetime import datetime

log = logging.getLogger("talent.directory")


def work(now: datetime) -> str:
    """Do and undo what is asked for. Each piece is a transaction of its own."""
    done = 0
    while True:
        now = max(now, clock.now())  # the one before took its time
        with writing():
            number = working.claim(now)
        if number is None:
            return f"{done} acts"
        try:
            _whole(number, now)
        except OperationalError:
            raise  # the database was busy or away: whoever leads then goes on after the lease
        except Exception:
            log.exception("act %s upon many people failed", number)
            with writing():
                working.fail(number, max(now, clock.now()))
        done += 1


def _whole(number: int, now: datetime) -> None:
    more = True
    while more:
        with writing():
            more = working.do_piece(number, max(now, clock.now()))
