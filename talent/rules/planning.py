"""Planning projects and shifts: 条例 Art. 12 and 13 (2017-12-01), and the practice of offices."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from talent.rules.reason import N_, Because

if TYPE_CHECKING:
    from datetime import datetime


class Unplanned(StrEnum):
    """Why a plan cannot be made or changed so."""

    PROJECT_NOT_OPEN = N_("Open the project first: it is a draft, or it is closed.")
    SHIFTS_TO_COME = N_("Published shifts are still to come: %(count)s. Call them off first.")
    POSITION_USED = N_("Shifts ask for this position already, so it stays.")
    NO_PLACES = N_("Ask for at least one place.")
    LEAST = N_("At least %(least)s are needed, but there are only %(places)s places.")
    HALF_PLACED = N_("Give latitude, longitude and distance together, or none of them.")
    CHANGED_MEANWHILE = N_(
        "Somebody else changed this meanwhile. Compare with what is saved now, and send it again.",
    )
    CANCELLED_ALREADY = N_("This shift was cancelled.")
    CLOSED_ALREADY = N_("The list of this shift is closed: it was published before.")
    OVER = N_("This shift ended at %(end)s. It cannot be called off any more.")
    ATTENDED = N_(
        "People have signed in already: %(count)s. The shift cannot be called off any more."
    )


def refusals_to_close(shifts_to_come: int) -> list[Because]:
    """A project is closed when nothing is promised any more."""
    if shifts_to_come:
        return [Because(Unplanned.SHIFTS_TO_COME, {"count": shifts_to_come})]
    return []


def refusals_to_plan(places: int) -> list[Because]:
    """条例 Art. 12: how many are wanted is announced."""
    return [] if places else [Because(Unplanned.NO_PLACES)]


def refusals_to_need(places: int, least: int) -> list[Because]:
    """GB/T 40143-2021 6.1, as many as the service takes: the least lies within the places."""
    if least > places:
        return [Because(Unplanned.LEAST, {"least": least, "places": places})]
    return []


def refusals_to_locate(*parts: object) -> list[Because]:
    """PIPL Art. 6, no more than is needed: a point is whole, with a distance, or it is not kept."""
    given = [part is not None for part in parts]
    return [Because(Unplanned.HALF_PLACED)] if any(given) and not all(given) else []


def refusals_to_call_off(
    end: datetime,
    now: datetime,
    *,
    cancelled: bool = False,
    signed_in: int = 0,
) -> list[Because]:
    """A shift that has begun to be served is not undone: what was given is on record."""
    if cancelled:
        return [Because(Unplanned.CANCELLED_ALREADY)]
    found = [Because(Unplanned.OVER, {"end": end})] if now >= end else []
    if signed_in:
        found.append(Because(Unplanned.ATTENDED, {"count": signed_in}))
    return found
