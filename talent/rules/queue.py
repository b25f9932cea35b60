"""Taps that a device kept while it had no network: Order 67 Art. 7 (2021-02-01), the time given.

docs/decisions/offline.md says how they become attendance, whatever their order of arrival.
"""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from talent.rules.reason import N_
from talent.rules.words import Word

if TYPE_CHECKING:
    from datetime import datetime

CLOCK_OFF = timedelta(minutes=5)
MOST_AT_ONCE = 200  # taps
MOST_IN_AN_HOUR = 2000  # taps of one device


class SignAct(Word):
    """What was tapped."""

    IN = "in", N_("Sign-in")
    OUT = "out", N_("Sign-out")


class Verdict(Word):
    """What became of a tap."""

    TAKEN = "taken", N_("Taken")
    KNOWN = "known", N_("Known already")
    REFUSED = "refused", N_("Could not be taken")


class Untaken(StrEnum):
    """Why a tap is kept and changes nothing."""

    NOT_HERE = N_("This tap belongs to no list that this device may take.")
    BY_HAND = N_("The times were written by hand meanwhile, and these stand.")


def skew(received_at: datetime, sent_at: datetime) -> timedelta:
    """How far the device's clock is behind ours, in whole seconds; ahead of ours is negative."""
    return timedelta(seconds=round((received_at - sent_at).total_seconds()))


def is_off(behind: timedelta) -> bool:
    """More than five minutes, either way."""
    return abs(behind) > CLOCK_OFF


def corrected(device_at: datetime, behind: timedelta, received_at: datetime) -> datetime:
    """The moment of a tap by our clock; the rounding of the skew puts nothing into the future."""
    at = device_at + behind
    return min(at, received_at) if at - received_at <= timedelta(seconds=1) else at


def turn(act: SignAct, at: datetime, device: str, number: int) -> tuple[int, datetime, str, int]:
    """The order in which taps are told again: sign-ins first, by time; it names no arrival."""
    return int(act is SignAct.OUT), at, device, number
