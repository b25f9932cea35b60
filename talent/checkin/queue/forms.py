"""What a device sends, read with distrust."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from werkzeug.exceptions import BadRequest

from talent.checkin.queue.service import Batch, Tap
from talent.i18n import sentence
from talent.rules.queue import MOST_AT_ONCE, SignAct, Verdict
from talent.rules.reason import unpacked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from werkzeug.wrappers import Request

    from talent.checkin.queue.models import QueuedAct

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")
DEVICE = re.compile(r"[0-9a-z-]{1,36}\Z")
LARGEST = 2**31 - 1
LAST = datetime(2100, 1, 1, tzinfo=UTC).timestamp() * 1000


def read(request: Request) -> Batch:
    """The batch; whatever is not one is a `BadRequest`. Times are milliseconds since 1970, UTC."""
    try:
        sent: Any = request.get_json(silent=True)
        taps = tuple(_tap(each) for each in sent["taps"])
        batch = Batch(_fits(DEVICE, sent["device"]), _moment(sent["now"]), taps)
    except (KeyError, TypeError, ValueError, RecursionError):  # the last: brackets in brackets
        raise BadRequest from None
    if len(taps) > MOST_AT_ONCE:
        raise BadRequest
    return batch


def written(rows: Sequence[QueuedAct]) -> dict[str, Any]:
    """The answer: which taps arrived, and why some of them changed nothing."""
    refused = [
        [row.id, " ".join(sentence(unpacked(each)) for each in row.reasons)]
        for row in rows
        if row.outcome is Verdict.REFUSED
    ]
    return {"done": [row.id for row in rows], "refused": refused}


def _tap(sent: Any) -> Tap:
    return Tap(
        id=_fits(UUID, sent["id"]),
        number=_whole(sent["n"]),
        signup_id=_whole(sent["signup"]),
        act=SignAct(sent["act"]),
        at=_moment(sent["at"]),
    )


def _fits(shape: re.Pattern[str], text: Any) -> str:
    if not isinstance(text, str) or not shape.match(text):
        raise ValueError
    return text


def _whole(number: Any) -> int:
    if type(number) is not int or not 0 <= number <= LARGEST:
        raise ValueError
    return number


def _moment(milliseconds: Any) -> datetime:
    if type(milliseconds) is not int or not 0 < milliseconds < LAST:
        raise ValueError
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
