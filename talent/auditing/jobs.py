"""Timed work of the proof: acts are linked each minute, and the chain is checked each night."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from talent import clock
from talent.auditing import service
from talent.db import writing
from talent.i18n import DEFAULT_ZONE

if TYPE_CHECKING:
    from datetime import datetime

PIECES = 100  # a run ends after so many, so that the worker can be stopped
log = logging.getLogger("talent.auditing")


def link(now: datetime) -> str:
    """Link the acts that are not linked yet. Each piece is a transaction of its own."""
    linked = after = 0
    for _ in range(PIECES):
        with writing():
            number, after = service.link_piece(now, after)
        linked += number
        if number < service.PIECE:
            break
    return f"{linked} linked"


def prove(now: datetime) -> str:
    """Check the chain once a day; its end goes into the log, and with it out of the database."""
    with writing():
        last = service.last_proof()
        today = clock.today(DEFAULT_ZONE, now)
        if last and clock.today(DEFAULT_ZONE, last.at) >= today:
            return "checked today"
    with writing():
        proof = service.prove(now)
        said = f"{proof.length} checked, {len(proof.faults)} faults"
        log.info("the audit trail ends at %s:%s, %s", proof.length, proof.digest, said)
    return said
