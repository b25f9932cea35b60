"""Timed work of imports: rows are read and taken, and after some days forgotten."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from talent.db import db, writing
from talent.intake import service, working
from talent.intake.models import IntakeState
from talent.pieces import later, one_after_another, piece_by_piece
from talent.sheets.opening import Unreadable

if TYPE_CHECKING:
    from datetime import datetime

KEPT = timedelta(days=7)
log = logging.getLogger("talent.intake")


def work(now: datetime) -> str:
    """Read and take what was handed in. Each piece is a transaction of its own."""
    done = one_after_another(
        now,
        claim=working.claim,
        work=lambda number: _work_on(number, now),
        fail=_fail,
        log=log,
    )
    return f"{done} imports"


def forget(now: datetime) -> str:
    """Rows of files are personal: they go, with the file, after a week."""
    return f"{service.forget(now - KEPT, now=now)} forgotten"


def _fail(number: int, now: datetime, fault: Exception) -> None:
    working.fail(number, now, fault.because if isinstance(fault, Unreadable) else None)


def _work_on(number: int, now: datetime) -> None:
    state = working.state_of(number)
    db.session.rollback()
    if state is IntakeState.READING:
        for piece in working.pieces(number):
            with writing():
                goes_on = working.look_at(number, piece, later(now))
            if not goes_on:
                return
        with writing():
            working.looked(number, later(now))
    else:
        piece_by_piece(
            now,
            size=working.PIECE,
            take=lambda moment, alone: working.take(number, moment, alone=alone),
            leave_out=lambda moment: working.refuse_next(number, moment),
            log=log,
        )
