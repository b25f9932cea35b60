"""Training: 条例 Art. 16 (2017-12-01) asks for it, Order 67 Art. 8 (2021-02-01) has it recorded.

What the law leaves open follows the practice of the platforms: a seat is held by one person, and
what an office did not run itself it enters by hand.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from talent.rules.reason import N_, Because

if TYPE_CHECKING:
    from datetime import date, datetime


class Refusal(StrEnum):
    """Why a seat is not given or given back, and why training is not recorded."""

    CANCELLED = N_("This session was cancelled.")
    BEGUN = N_("This session began at %(start)s.")
    OVER = N_("This session ended at %(end)s.")
    ALREADY = N_("This person is already signed up for this session.")
    FULL = N_("Every place in this session is taken.")
    NOT_YET = N_("Attendance is taken from %(day)s on.")
    NOT_SIGNED_UP = N_("This person is not signed up any more.")
    TOO_FEW = N_("%(taken)s people are signed up already. There cannot be fewer places.")
    TURNED = N_("The end must be after the beginning.")
    IN_FUTURE = N_("This day is still to come.")
    NO_TIME = N_("The learning time must be at least one minute.")
    ENDS_BEFORE = N_("The last day of validity is before the day of the training.")


def refusals_to_take(
    *,
    start: datetime,
    end: datetime,
    cancelled: bool,
    free: int,
    already: bool,
    now: datetime,
    at_the_door: bool = False,
) -> list[Because]:
    """Why a seat cannot be taken now. `at_the_door` is the office's word: until the end."""
    if cancelled:
        return [Because(Refusal.CANCELLED)]
    found = []
    if now >= end:
        found.append(Because(Refusal.OVER, {"end": end}))
    elif now >= start and not at_the_door:
        found.append(Because(Refusal.BEGUN, {"start": start}))
    if already:
        found.append(Because(Refusal.ALREADY))
    elif free <= 0:
        found.append(Because(Refusal.FULL))
    return found


def refusals_to_give_back(*, start: datetime, live: bool, now: datetime) -> list[Because]:
    """Why a seat cannot be given back: only before the session, and only while it is held."""
    if not live:
        return [Because(Refusal.NOT_SIGNED_UP)]
    return [Because(Refusal.BEGUN, {"start": start})] if now >= start else []


def refusals_to_mark(*, first_day: date, cancelled: bool, live: bool, today: date) -> list[Because]:
    """Why attendance cannot be taken: it is true only from the day of the session on (Art. 8)."""
    if cancelled:
        return [Because(Refusal.CANCELLED)]
    if not live:
        return [Because(Refusal.NOT_SIGNED_UP)]
    return [Because(Refusal.NOT_YET, {"day": first_day})] if today < first_day else []


def refusals_to_plan(
    *, start: datetime, end: datetime, places: int, taken: int = 0
) -> list[Because]:
    """Why a session cannot be planned so: it goes forward, and nobody loses a seat."""
    found = [] if end > start else [Because(Refusal.TURNED)]
    return found + ([Because(Refusal.TOO_FEW, {"taken": taken})] if places < taken else [])


def refusals_to_record(
    *, held_on: date, minutes: int, valid_until: date | None, today: date
) -> list[Because]:
    """Order 67 Art. 8: what was learned, how long and when. It has taken place, and took time."""
    found = []
    if held_on > today:
        found.append(Because(Refusal.IN_FUTURE))
    if minutes < 1:
        found.append(Because(Refusal.NO_TIME))
    if valid_until is not None and valid_until < held_on:
        found.append(Because(Refusal.ENDS_BEFORE))
    return found
