"""Timed work of rosters: proposals that somebody asked for are computed, one after the other."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from talent import clock
from talent.db import db, writing
from talent.pieces import later, one_after_another
from talent.rosters import service, solver
from talent.rosters.models import RosterProposal
from talent.rules import rosters as rules

if TYPE_CHECKING:
    from datetime import datetime

    from talent.rosters.solver import Progress

log = logging.getLogger("talent.rosters")


def compute(now: datetime) -> str:
    """Compute what is asked for. Opens its own doors, and holds none while it thinks."""
    done = one_after_another(
        now,
        claim=service.claim,
        work=lambda number: _compute(number, later(now)),
        fail=lambda number, moment, _fault: service.fail(number, moment),
        log=log,
    )
    return f"{done} computed"


def _compute(number: int, now: datetime) -> None:
    seats, volunteers = service.facts(number, now)
    seconds = db.session.get_one(RosterProposal, number).seconds
    db.session.rollback()

    def told(progress: Progress) -> bool:
        with writing():
            return service.go_on(number, progress.percent, clock.now())

    found, optimised = solver.propose(seats, volunteers, now=now, seconds=seconds, told=told)
    unfilled = rules.unfilled(found, seats, volunteers, now)
    with writing():
        service.finish(number, found, unfilled, optimised=optimised, now=clock.now())
