"""Timed work of batches: what was asked for is issued and printed, piece by piece."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from talent.certificates.batches import service as batches
from talent.certificates.printing import service
from talent.db import db, writing
from talent.pieces import later, one_after_another, piece_by_piece

if TYPE_CHECKING:
    from datetime import datetime

log = logging.getLogger("talent.certificates")


def work(now: datetime) -> str:
    """Issue and print what is asked for. Each piece is a transaction of its own."""
    done = one_after_another(
        now,
        claim=batches.claim,
        work=lambda number: _issue_and_print(number, now),
        fail=lambda number, moment, _fault: service.fail(number, moment),
        log=log,
    )
    return f"{done} batches"


def _issue_and_print(number: int, now: datetime) -> None:
    piece_by_piece(
        now,
        size=batches.PIECE,
        take=lambda moment, alone: batches.issue_piece(number, moment, alone=alone),
        leave_out=lambda moment: batches.leave_out_next(number, moment),
        log=log,
    )
    _print(number, now)


def _print(number: int, now: datetime) -> None:
    while True:
        part, sheets, pictures = service.next_sheets(number)
        db.session.rollback()  # nothing is held while it prints
        if not sheets:
            break
        made = service.printed(sheets, pictures)
        with writing():
            batch_goes_on = service.keep(number, part, sheets, made, later(now))
        if not batch_goes_on:
            return
    with writing():
        service.finish(number, later(now))


def forget(now: datetime) -> str:
    """Printed files are not kept for ever; they can be made again."""
    return f"{service.forget(now)} forgotten"
