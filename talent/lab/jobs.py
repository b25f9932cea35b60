"""Timed work of the lab: drafts are computed, one after the other, and nobody waits for them."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from talent.db import writing
from talent.lab import service
from talent.lab.recount import recount
from talent.pieces import later, one_after_another

if TYPE_CHECKING:
    from datetime import datetime

    from talent.lab.recount import Recounted

log = logging.getLogger("talent.lab")


def compute(now: datetime) -> str:
    """Compute what waits. Opens its own doors, and holds none while it counts."""
    done = one_after_another(
        now,
        claim=service.claim,
        work=lambda number: _compute(number, now),
        fail=lambda number, _moment, _fault: service.fail(number),
        log=log,
    )
    return f"{done} computed"


def _compute(number: int, now: datetime) -> None:
    everybody: list[Recounted] = []
    for percent, found in recount(service.trial(number), now):
        everybody += found
        with writing():
            if not service.go_on(number, min(percent, 99), later(now)):
                return  # thrown away, or changed and waiting again
    with writing():
        service.finish(number, everybody, later(now))
