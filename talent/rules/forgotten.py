"""Sign-outs that were forgotten: Order 67 Art. 7 (2021-02-01), proposed, and confirmed or not."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import TYPE_CHECKING

from talent.rules.attendance import Unattendable
from talent.rules.reason import Because

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from talent.rules.span import Span

ANSWER_WITHIN = timedelta(hours=72)  # to a proposed sign-out; then the office looks into it


def proposed_sign_out(
    shift: Span, signed_in: datetime, colleagues: Iterable[datetime]
) -> datetime | None:
    """Art. 7, for a sign-out that was forgotten: when the colleagues left, else the planned end.

    Of the sign-outs after this sign-in the one in the middle, of two the earlier.
    """
    outs = sorted(_utc(out) for out in colleagues if _utc(out) > _utc(signed_in))
    proposed = outs[(len(outs) - 1) // 2] if outs else _utc(shift.end)
    return proposed if proposed > _utc(signed_in) else None


def is_asked(asked_at: datetime | None, said: datetime | None, now: datetime) -> bool:
    """Whether the volunteer may still say if the proposed sign-out is right."""
    return asked_at is not None and said is None and now < asked_at + ANSWER_WITHIN


def refusals_to_say(signed_in: datetime, said: datetime, now: datetime) -> list[Because]:
    """Another sign-out that a volunteer states: later than the sign-in, and past."""
    found = []
    if _utc(said) <= _utc(signed_in):
        found.append(Because(Unattendable.OUT_NOT_AFTER_IN))
    if said > now:
        found.append(Because(Unattendable.FUTURE, {"moment": said}))
    return found


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)
