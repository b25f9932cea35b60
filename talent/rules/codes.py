"""Codes at the door: Order 67 Art. 7 (2021-02-01), the time actually given, on the spot.

The code on the leader's phone changes: a picture of it is worth nothing to who is not there.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from talent.rules.reason import N_, Because

if TYPE_CHECKING:
    from datetime import datetime

CHANGES_EVERY = timedelta(seconds=30)
WINDOWS_BEFORE = 1  # taken besides the present one: reading and loading take their time
SCAN_HOLDS = timedelta(minutes=5)  # long enough to sign in on the way
LENGTH = 10  # characters of 5 bits


class Uncoded(StrEnum):
    """Why somebody cannot sign in by himself."""

    NEEDED = N_("Scan the code that the shift leader's phone shows now. It changes all the time.")
    EXPIRED = N_("This code has expired. Scan the one that the shift leader's phone shows now.")
    SCAN_OLD = N_("You scanned the code more than %(minutes)s minutes ago. Please scan it again.")


def window(moment: datetime) -> int:
    """The number of the window in which a moment lies; windows touch, each has its first moment."""
    return int(moment.timestamp() // CHANGES_EVERY.total_seconds())


def code(secret: bytes, number: int) -> str:
    """The code of a window: only who knows the secret can make it (HMAC-SHA256)."""
    digest = hmac.new(secret, str(number).encode(), hashlib.sha256).digest()
    return base64.b32encode(digest).decode().lower()[:LENGTH]


def fits(secret: bytes, shown: str, now: datetime) -> bool:
    """The code of the present window or of the one before. All are compared, in constant time."""
    number = window(now)
    asked = [code(secret, number - back) for back in range(WINDOWS_BEFORE + 1)]
    fitting = [hmac.compare_digest(each.encode(), shown.encode()) for each in asked]
    return any(fitting)


def holds(scanned_at: datetime, now: datetime, used_at: datetime | None = None) -> bool:
    """Whether a scan is still worth something: a few minutes, once, and never one of the future."""
    fresh = timedelta(0) <= now - scanned_at < SCAN_HOLDS
    return fresh and (used_at is None or scanned_at > used_at)


def refusals_of_scan(
    scanned_at: datetime | None, now: datetime, used_at: datetime | None = None
) -> list[Because]:
    """Where the changing code is asked for: a scan on the spot, a few minutes ago at most.

    Who signed in with it at `used_at` scans another one to sign out.
    """
    if scanned_at is None or (holds(scanned_at, now) and not holds(scanned_at, now, used_at)):
        return [Because(Uncoded.NEEDED)]
    if not holds(scanned_at, now):
        return [Because(Uncoded.SCAN_OLD, {"minutes": SCAN_HOLDS // timedelta(minutes=1)})]
    return []
