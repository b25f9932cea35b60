"""How a calendar program knows which of two notices of one event is newer: RFC 5545 3.8.7.4."""

from __future__ import annotations


def sequence(version: int, *, cancelled: bool) -> int:
    """The SEQUENCE of an event: larger at each change of time or place, and when it is cancelled.

    `version` is that of the shift, from 1. A shift that takes place again after all has a newer
    version, and so a larger number than its cancellation had.
    """
    return 2 * (version - 1) + int(cancelled)
