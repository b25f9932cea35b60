"""Who was turned away stands in the trail: the first time in an hour, the tenth, the hundredth.

So nobody fills the trail by asking over and over, and whoever tries one number after another is
seen. What strangers ask for stands in the log of requests alone: there is no end of strangers.
"""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import SQLAlchemyError

from talent.audit import Act, record
from talent.db import writing

if TYPE_CHECKING:
    from datetime import datetime

    from talent.access import Actor

KEPT = 5_000  # accounts of one process
FORBIDDEN = 403
_times: OrderedDict[tuple[int, int, int], int] = OrderedDict()
_lock = threading.Lock()
log = logging.getLogger("talent")


def note(actor: Actor, door: str, status: int, *, now: datetime) -> bool:
    """Count it; whether it was written, in a transaction of its own. Of a 404 the first is not."""
    if actor.account_id is None:
        return False
    times = _count((actor.account_id, status, int(now.timestamp()) // 3600))
    if not _told(times) or (status != FORBIDDEN and times == 1):
        return False
    try:
        with writing():
            facts: dict[str, Any] = {"door": door, "status": status, "times": times}
            record(Act.TURNED_AWAY, "door", actor=actor, now=now, **facts)
    except SQLAlchemyError:  # the answer is the same; the log of requests has it anyhow
        log.warning("that somebody was turned away could not be written down")
        return False
    return True


def forget() -> None:
    """Begin to count anew."""
    with _lock:
        _times.clear()


def _count(of: tuple[int, int, int]) -> int:
    with _lock:
        times = _times.pop(of, 0) + 1
        _times[of] = times
        if len(_times) > KEPT:
            _times.popitem(last=False)
        return times


def _told(times: int) -> bool:
    """Of ten times as many each time."""
    while times % 10 == 0:
        times //= 10
    return times == 1
