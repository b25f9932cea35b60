"""When a message may be sent: quiet hours and reminders. Practice of the platforms, no regulation.

Hours of the night are those at the place of the shift or of the reader, never of the server.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from talent.rules.signup import SignupState

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import date, tzinfo

REMINDER_LEADS = (timedelta(hours=24), timedelta(hours=2))  # before the start
REMINDED = frozenset({SignupState.CONFIRMED})  # nobody who waits, has withdrawn or was removed

_DAY = timedelta(days=1)
_BEFORE = timedelta(minutes=1)  # how long before the quiet hours a message is brought forward to


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From `start` until just before `end`, every day, across midnight if `end` is the smaller.

    Equal times mean that there are no quiet hours.
    """

    start: time = time(22)
    end: time = time(8)

    def contains(self, wall: time) -> bool:
        """Whether the clock on the wall shows a quiet time."""
        if self.start <= self.end:
            return self.start <= wall < self.end
        return wall >= self.start or wall < self.end


QUIET_HOURS = QuietHours()  # 22:00 to 08:00; an office may set others


@dataclass(frozen=True, slots=True, order=True)
class Reminder:
    """When to remind, and which of the lead times it is."""

    at: datetime
    lead: timedelta


def next_allowed(moment: datetime, zone: tzinfo, quiet: QuietHours = QUIET_HOURS) -> datetime:
    """The moment itself, or the end of the quiet hours that it falls into. In UTC."""
    local = moment.astimezone(zone)
    if not quiet.contains(local.time()):
        return moment.astimezone(UTC)
    day = local.date()
    ends = _moments(day, quiet.end, zone) + _moments(day + _DAY, quiet.end, zone)
    # where the clock skips the end, one of its two readings lies before the gap: still quiet
    heard = [end for end in ends if not quiet.contains(end.astimezone(zone).time())]
    return min(end for end in heard if end > moment)


def last_allowed(moment: datetime, zone: tzinfo, quiet: QuietHours = QUIET_HOURS) -> datetime:
    """The moment itself, or the last minute before the quiet hours that it falls into. In UTC."""
    local = moment.astimezone(zone)
    if not quiet.contains(local.time()):
        return moment.astimezone(UTC)
    day = local.date()
    starts = _moments(day - _DAY, quiet.start, zone) + _moments(day, quiet.start, zone)
    return max(start for start in starts if start <= moment) - _BEFORE


def next_quiet(moment: datetime, zone: tzinfo, quiet: QuietHours = QUIET_HOURS) -> datetime | None:
    """When the quiet hours after `moment` begin, in UTC. None: there are none."""
    if quiet.start == quiet.end:
        return None
    day = moment.astimezone(zone).date()
    begins = _moments(day, quiet.start, zone) + _moments(day + _DAY, quiet.start, zone)
    # where the clock skips the begin, one of its two readings lies before it: not quiet yet
    kept = [begin for begin in begins if quiet.contains(begin.astimezone(zone).time())]
    return min((begin for begin in kept if begin > moment), default=None)


def deferred(
    moment: datetime,
    zone: tzinfo,
    quiet: QuietHours = QUIET_HOURS,
    *,
    before: datetime | None = None,
) -> datetime:
    """When a message that is ready at `moment` goes out: after the quiet hours.

    If that would be at or after `before`, when it is of no more use, it goes out at once.
    """
    allowed = next_allowed(moment, zone, quiet)
    return moment.astimezone(UTC) if before is not None and allowed >= before else allowed


def reminders(
    start: datetime,
    signed_up_at: datetime,
    zone: tzinfo,
    *,
    leads: Collection[timedelta] = REMINDER_LEADS,
    quiet: QuietHours = QUIET_HOURS,
) -> list[Reminder]:
    """The reminders of one sign-up to a shift that begins at `start`, first to last.

    Each lead time before the start gives one. Of the lead times that had passed when the person
    signed up, only the nearest to the start counts, and it is due at once; there is none when the
    shift had begun. A reminder that falls into quiet hours waits for their end; if the shift begins
    before that, it is brought forward to the last minute before them, but not before the sign-up.
    Of two that come to fall on one moment, the one with the shorter lead time is sent.
    """
    start, signed_up_at = start.astimezone(UTC), signed_up_at.astimezone(UTC)
    if signed_up_at >= start:
        return []
    to_come = {lead for lead in leads if start - lead >= signed_up_at}
    passed = set(leads) - to_come
    planned = {lead: start - lead for lead in to_come}
    if passed:
        planned[min(passed)] = signed_up_at
    by_moment = {
        _outside_quiet(planned[lead], start, signed_up_at, zone, quiet): lead
        for lead in sorted(planned, reverse=True)
    }
    return sorted(Reminder(moment, lead) for moment, lead in by_moment.items())


def reminder_due(
    plan: Iterable[Reminder],
    start: datetime,
    now: datetime,
    sent: Collection[timedelta] = (),
) -> Reminder | None:
    """The one reminder to send now, also after a pause of hours: the nearest to the start.

    None once the shift has begun, and none that a nearer one has already replaced.
    """
    if now >= start:
        return None
    nearest_sent = min(sent, default=None)
    due = [
        reminder
        for reminder in plan
        if reminder.at <= now and (nearest_sent is None or reminder.lead < nearest_sent)
    ]
    return min(due, key=lambda reminder: reminder.lead, default=None)


def _moments(day: date, wall: time, zone: tzinfo) -> list[datetime]:
    """When the clock shows `wall` on `day`: twice, where it is set back over that hour."""
    return [datetime.combine(day, wall.replace(fold=fold), zone).astimezone(UTC) for fold in (0, 1)]


def _outside_quiet(
    moment: datetime,
    start: datetime,
    signed_up_at: datetime,
    zone: tzinfo,
    quiet: QuietHours,
) -> datetime:
    allowed = next_allowed(moment, zone, quiet)
    if allowed < start:
        return allowed
    return max(last_allowed(moment, zone, quiet), signed_up_at)
