"""Who has the database open is given a moment to go before a restore is refused."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from talent.backup.errors import BadBackup

if TYPE_CHECKING:
    from collections.abc import Callable

MOMENT = 15  # seconds, on a machine that does other things


def waited_for(others: Callable[[], str]) -> None:
    """Come back when `others`, who says who is there, has nobody to name; else `BadBackup`."""
    end = time.monotonic() + MOMENT
    while who := others():
        if time.monotonic() > end:
            message = f"stop the pages and the timed work first: {who}"
            raise BadBackup(message)
        time.sleep(0.1)
