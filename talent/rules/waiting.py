"""The waiting list of a shift: practice of the platforms within 条例 Art. 15, 16 (2017-12-01)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from talent.rules import quiet, signup
from talent.rules.reason import N_, Because

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable
    from datetime import tzinfo

    from talent.rules.quiet import QuietHours
    from talent.rules.signup import Candidate, Place

LAST_ANSWER = timedelta(hours=1)  # before the start: nobody is waited for any longer
SHORTEST_OFFER = timedelta(minutes=30)  # of waking time: less is no time to answer


class Unanswerable(StrEnum):
    """Why an offered place cannot be accepted or given back."""

    NONE = N_("No place is kept for you on this shift.")
    LAPSED = N_("The place was kept until %(until)s. It went to the next in line.")
    NO_RESERVE = N_("Enough people stand by for this position already.")


def refusals_to_wait(place: Place, candidate: Candidate, now: datetime) -> list[Because]:
    """As for a place, but a full shift is no reason: that is what the waiting list is for."""
    return in_line(signup.refusals(place, candidate, now))


def in_line(found: Iterable[Because]) -> list[Because]:
    """What of it stands against waiting for a place."""
    return [because for because in found if because.why != signup.Refusal.FULL]


@dataclass(frozen=True, slots=True)
class Promotion:
    """Who moves up from the waiting list, and why others who stood before them do not."""

    promoted: tuple[Hashable, ...]
    passed_over: tuple[tuple[Hashable, tuple[Because, ...]], ...]


def promotion(
    place: Place,
    waiting: Iterable[tuple[Hashable, Candidate]],
    now: datetime,
) -> Promotion:
    """The first of the waiting, in their order, who may still take a free place.

    The window for signing up does not matter any more, but nobody is moved into a shift that has
    begun, was cancelled or is not published. As many are promoted as there are free places.
    """
    promoted: list[Hashable] = []
    passed_over = []
    if now < place.span.start and not signup.shift_refusals(place):
        for key, candidate in waiting:
            if len(promoted) >= place.free:
                break
            if found := signup.person_refusals(place, candidate, now):
                passed_over.append((key, tuple(found)))
            else:
                promoted.append(key)
    return Promotion(tuple(promoted), tuple(passed_over))


def seating(
    place: Place,
    reserve: Iterable[tuple[Hashable, Candidate]],
    waiting: Iterable[tuple[Hashable, Candidate]],
    now: datetime,
) -> tuple[Promotion, Promotion]:
    """Who stands by comes first, then the waiting list, each in its order.

    Who stands by has agreed beforehand; who waits may have made other plans and may be asked.
    """
    first = promotion(place, reserve, now)
    left = replace(place, taken=place.taken + len(first.promoted))
    return first, promotion(left, waiting, now)


def accept_by(
    now: datetime,
    start: datetime,
    zone: tzinfo,
    quiet_hours: QuietHours,
    length: timedelta,
) -> datetime | None:
    """Until just before when a place that becomes free `now` is kept for an answer. In UTC.

    Quiet hours do not count: the clock of the offer stands still in them. It never ends in them,
    and never later than an hour before the start. Where that leaves less than half an hour of
    waking time (or than `length`, if that is shorter) there is nothing to wait for: None, and the
    place is given at once, as everybody on a waiting list has said that he would come.
    """
    latest = quiet.last_allowed(start - LAST_ANSWER, zone, quiet_hours)
    if not length:
        return None
    if _awake(now, min(length, SHORTEST_OFFER), zone, quiet_hours, latest) is None:
        return None
    return _awake(now, length, zone, quiet_hours, latest) or latest


def shortened(answer_by: datetime, now: datetime, start: datetime) -> datetime:
    """The end of an open offer, after the shift moved: still an hour before its start.

    Who is overtaken by that has half an hour more, but not beyond the start.
    """
    latest = max(start - LAST_ANSWER, min(now + SHORTEST_OFFER, start))
    return min(answer_by, latest).astimezone(UTC)


def has_lapsed(answer_by: datetime | None, start: datetime, now: datetime) -> bool:
    """An answer counts until just before the moment that was said, and before the start."""
    return now >= start or (answer_by is not None and now >= answer_by)


def refusals_to_answer(
    answer_by: datetime | None, start: datetime, now: datetime, *, offered: bool
) -> list[Because]:
    """Practice: who was offered a place answers in time, else the next one is asked."""
    if not offered:
        return [Because(Unanswerable.NONE)]
    if has_lapsed(answer_by, start, now):
        return [Because(Unanswerable.LAPSED, {"until": min(answer_by or start, start)})]
    return []


def refusals_to_stand_by(found: Iterable[Because], *, reserve_free: int) -> list[Because]:
    """As for waiting, and only as many stand by as the position asks for."""
    if reserve_free > 0:
        return list(found)
    return [*found, Because(Unanswerable.NO_RESERVE)]


def _awake(
    moment: datetime, length: timedelta, zone: tzinfo, hours: QuietHours, latest: datetime
) -> datetime | None:
    """`length` of waking time after `moment`, or None if that is later than `latest`."""
    at, left = quiet.next_allowed(moment, zone, hours), length
    while at <= latest:
        sleep = quiet.next_quiet(at, zone, hours)
        if sleep is None or at + left <= sleep:
            return at + left if at + left <= latest else None
        at, left = quiet.next_allowed(sleep, zone, hours), left - (sleep - at)
    return None
