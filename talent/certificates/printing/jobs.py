"""Timed work of batches: what was asked for is issued and printed, piece by piece."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from sqlalchemy.exc import OperationalError

from talent import clock
from talent.certificates.batches import service as batches
from talent.certificates.printing import service
from talent.db import db, writing

if TYPE_CHECKING:
    from datetime import datetime

log = logging.getLogger("talent.certificates")


def work(now: datetime) -> str:
    """Issue and print what is asked for. Each piece is a transaction of its own."""
    done = 0
    while True:
        now = max(now, clock.now())  # the one before took its time
        with writing():
            number = batches.claim(now)
        if number is None:
            return f"{done} batches"
        try:
            _issue(number, now)
            _print(number, now)
        except OperationalError:
            raise  # the database was busy or away: whoever leads then goes on after the lease
        except Exception:
            log.exception("batch %s of certificates failed", number)
            with writing():
                service.fail(number, max(now, clock.now()))
        done += 1


def _issue(number: int, now: datetime) -> None:
    more, alone = True, 0
    while more:
        now = max(now, clock.now())
        try:
            with writing():
                more = batches.issue_piece(number, now, alone=bool(alone))
            alone = max(alone - 1, 0)
        except OperationalError:
            raise
        except Exception:
            # One of them cannot be issued: find out which, and go on with the others.
            log.exception("a piece of batch %s could not be issued", number)
            if alone:
                with writing():
                    batches.leave_out_next(number, now)
            alone = batches.PIECE


def _print(number: int, now: datetime) -> None:
    while True:
        part, sheets, pictures = service.next_sheets(number)
        db.session.rollback()  # nothing is held while it prints
        if not sheets:
            break
        made = service.printed(sheets, pictures)
        with writing():
            batch_goes_on = service.keep(number, part, sheets, made, max(now, clock.now()))
        if not batch_goes_on:
            return
    with writing():
        service.finish(number, max(now, clock.now()))


def forget(now: datetime) -> str:
    """Printed files are not kept for ever; they can be made again."""
    return f"{service.forget(now)} forgotten"
