"""Timed work of acts upon many people: what was asked for is done, piece by piece."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from talent.db import writing
from talent.directory.acts import working
from talent.pieces import later, one_after_another

if TYPE_CHECKING:
    from datetime import datetime

log = logging.getLogger("talent.directory")


def work(now: datetime) -> str:
    """Do and undo what is asked for. Each piece is a transaction of its own."""
    done = one_after_another(
        now,
        claim=working.claim,
        work=lambda number: _whole(number, now),
        fail=lambda number, moment, _fault: working.fail(number, moment),
        log=log,
    )
    return f"{done} acts"


def _whole(number: int, now: datetime) -> None:
    more = True
    while more:
        with writing():
            more = working.do_piece(number, later(now))
