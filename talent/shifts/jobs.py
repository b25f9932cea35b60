"""Timed work of shifts: each is called with the time inside a door of its own."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from talent.db import writing
from talent.errors import Refused
from talent.shifts.followup import service as followup
from talent.shifts.handovers import service as handovers
from talent.shifts.importing import service as importing
from talent.shifts.invitations import service as invitations
from talent.shifts.settling import service as settling
from talent.shifts.substitutes import service as substitutes
from talent.shifts.waiting import service as waiting

if TYPE_CHECKING:
    from datetime import datetime

KEPT = timedelta(days=1)


def remind(now: datetime) -> str:
    """Reminders of shifts, by sign-up and lead time."""
    return f"{followup.remind(now)} reminded"


def settle_attendance(now: datetime) -> str:
    """Sign-outs that were forgotten go to review; who never came is written down as absent."""
    return f"{settling.settle(now)} settled"


def release(now: datetime) -> str:
    """Places of people who left or were paused are freed, and the waiting move up."""
    return f"{followup.release(now)} released"


def forget_lists(now: datetime) -> str:
    """Delete lists of people that were looked at and never confirmed."""
    return f"{importing.forget_lists(now - KEPT)} forgotten"


def settle_newcomers(now: datetime) -> str:
    """Who came by a link and is registered by now has the place; who is not loses it."""
    return f"{invitations.settle(now)} settled"


def pass_on_offers(now: datetime) -> str:
    """Offered places that nobody took in time go to the next in line."""
    return f"{waiting.pass_on(now)} passed on"


def fill_places(now: datetime) -> str:
    """Free places go to those in line who could not take them before."""
    return f"{waiting.retry(now)} moved up"


def settle_handovers(now: datetime) -> str:
    """Hand-overs that time has overtaken end; the waiting list has its turn. Each by itself."""
    with writing():
        found = list(handovers.due(now))
    for handover_id in found:
        with suppress(Refused), writing():
            handovers.settle(handover_id, now)
    return f"{len(found)} looked at"


def call_substitutes(now: datetime) -> str:
    """Searches for substitutes go on: who did not answer is passed over. Each by itself."""
    with writing():
        found = list(substitutes.running())
    for search_id in found:
        with writing():
            substitutes.step(search_id, now)
    return f"{len(found)} go on"
