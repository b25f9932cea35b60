"""The demonstration: an invented district, made through the services, so that it is legal."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    SignIns = list[tuple[str, str, str]]


def load(now: datetime) -> SignIns:
    """Make the district in a database without accounts; who signs in, with what and which password.

    The caller opens the door and commits.
    """
    del now
    return []


def sign_ins() -> SignIns:
    """The same list, as long as the accounts of the demonstration are there."""
    return []
