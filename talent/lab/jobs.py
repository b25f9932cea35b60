"""Timed work of the lab: drafts are computed, one after the other, and nobody waits for them."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from talent import clock
from talent.db import db, writing
from talent.lab import service
from talent.lab.recount import recount

if TYPE_CHECKING:
    from datetime import datetime

    from talent.lab.recount import Recounted

log = logging.getLogger("talent.lab")


def compute(now: datetime) -> str:
    """Compute what waits. Opens its own doors, and holds none while it counts."""
    done = 0
    while True:
        now = max(now, clock.now())  # the one before took its time
        with writing():
            number = service.claim(now)
        if number is None:
            return f"{done} computed"
        try:
            _compute(number, now)
        except Exception:
            log.exception("counting draft %s failed", number)
            db.session.rollback()
            with writing():
                service.fail(number)
        done += 1


def _compute(number: int, now: datetime) -> None:
    everybody: list[Recounted] = []
    for percent, found in recount(service.trial(number), now):
        everybody += found
        with writing():
            if not service.go_on(number, min(percent, 99), max(now, clock.now())):
                return  # thrown away, or changed and waiting again
    with writing():
        service.finish(number, everybody, max(now, clock.now()))
