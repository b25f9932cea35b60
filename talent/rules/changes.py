"""Changing what was agreed: 条例 Art. 22 (2017-12-01) for volunteers, practice for shifts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import StrEnum

from talent.rules import span
from talent.rules.reason import N_, Because
from talent.rules.signup import LIVE, SignupState

CANCEL_NOTICE = timedelta(hours=12)  # before the start; an office may set another


class Uncancellable(StrEnum):
    """Why a sign-up can no longer be withdrawn."""

    NOT_LIVE = N_("There is no sign-up to withdraw.")
    STARTED = N_("This shift began at %(start)s.")
    TOO_LATE = N_(
        "Withdrawing was possible until %(deadline)s. Now please say why you cannot come."
    )


class Unchangeable(StrEnum):
    """Why a shift cannot be changed so."""

    NO_PLACES = N_("A shift has at least one place.")
    BELOW_TAKEN = N_("%(taken)s places are taken. There cannot be fewer.")
    BELOW_RESERVED = N_("%(reserved)s people stand by. The reserve cannot be smaller.")
    CANCELLED = N_("This shift was cancelled.")
    BEGUN = N_("The shift began at %(start)s. How attendance is taken on it stays.")
    RECORDED = N_("Hours of this shift are recorded already, so its time stays.")
    OVER = N_("The new end, %(end)s, has passed already.")


def cancel_deadline(start: datetime, notice: timedelta = CANCEL_NOTICE) -> datetime:
    """条例 Art. 22, who cannot come says so in time: the last second to do it oneself."""
    return start.astimezone(UTC) - notice


def refusals_to_cancel(
    state: SignupState,
    start: datetime,
    now: datetime,
    *,
    notice: timedelta = CANCEL_NOTICE,
    by_office: bool = False,
    asked: bool = False,
) -> list[Because]:
    """条例 Art. 22: until the deadline, that second included; who only waits, until the start.

    The office may release a place until the start; after it, absence is a matter of attendance.
    Who is asked whether another time or place suits may say no until the start as well.
    """
    if state not in LIVE:
        return [Because(Uncancellable.NOT_LIVE)]
    if now >= start:
        return [Because(Uncancellable.STARTED, {"start": start})]
    deadline = cancel_deadline(start, notice)
    if now > deadline and state is SignupState.CONFIRMED and not (by_office or asked):
        return [Because(Uncancellable.TOO_LATE, {"deadline": deadline})]
    return []


def is_late(start: datetime, now: datetime, notice: timedelta = CANCEL_NOTICE) -> bool:
    """条例 Art. 22, who cannot come says so in time: late is after the second of the deadline."""
    return now > cancel_deadline(start, notice)


def refusals_to_stay_away(state: SignupState, start: datetime, now: datetime) -> list[Because]:
    """条例 Art. 22: who cannot come says so until the start; it is kept when it was late."""
    return refusals_to_cancel(state, start, now, by_office=True)


def is_asked(state: SignupState, agreed: int, version: int) -> bool:
    """条例 Art. 22: who engaged for another time or place keeps or gives up what it has become.

    Who is kept a place for an answer is asked that anyway.
    """
    return state in (SignupState.CONFIRMED, SignupState.RESERVE) and agreed < version


def refusals_to_resize(places: int, taken: int) -> list[Because]:
    """A shift shrinks to the places that are taken and never below: nobody is thrown out."""
    if places < 1:
        return [Because(Unchangeable.NO_PLACES)]
    if places < taken:
        return [Because(Unchangeable.BELOW_TAKEN, {"taken": taken})]
    return []


def refusals_to_reserve(reserve: int, reserved: int) -> list[Because]:
    """A reserve shrinks to those who stand by and never below: nobody is sent away unasked."""
    if reserve < reserved:
        return [Because(Unchangeable.BELOW_RESERVED, {"reserved": reserved})]
    return []


def refusals_to_sign_otherwise(start: datetime, now: datetime) -> list[Because]:
    """Order 67 Art. 7, the time actually given: how it is taken is known before it begins."""
    return [Because(Unchangeable.BEGUN, {"start": start})] if now >= start else []


def refusals_to_move(
    start: datetime,
    end: datetime,
    now: datetime,
    *,
    cancelled: bool = False,
    recorded: bool = False,
) -> list[Because]:
    """A new time for a shift: people stay and are told, so it is neither over nor on record."""
    found = []
    if cancelled:
        found.append(Because(Unchangeable.CANCELLED))
    if recorded:
        found.append(Because(Unchangeable.RECORDED))
    found += span.refusals(start, end)
    if end <= now:
        found.append(Because(Unchangeable.OVER, {"end": end}))
    return found
