"""What a guardian agrees to for a minor: 条例 Art. 15 (2017-12-01), PIPL Art. 15 and 31.

The consent to registering covers every activity, until the guardian names what it covers: from then
on only what is named may be done, until something is named for every kind and time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum
from typing import TYPE_CHECKING

from talent.rules import age
from talent.rules.reason import N_, Because

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Sequence
    from datetime import tzinfo

    from talent.rules.span import Span

WEEK = frozenset(range(7))


class Withheld(StrEnum):
    """Why the guardian's consent does not reach a shift."""

    KIND = N_("The guardian has agreed to other kinds of activity, not to this one.")
    DAYS = N_("The guardian has not agreed to this kind of activity on %(day)s.")
    HOURS = N_("The guardian has agreed to this kind of activity from %(starts)s to %(ends)s only.")


class Unclear(StrEnum):
    """Why a consent cannot be given so."""

    BACKWARDS = N_("The last day is before the first.")
    OVER = N_("The last day is over already.")
    NO_DAY = N_("Choose at least one day of the week.")
    NO_TIME = N_("The end of the time is not after its beginning.")
    OF_AGE = N_("From %(from_day)s on, of age, nobody else gives consent.")


@dataclass(frozen=True, slots=True)
class Permit:
    """Consent to a kind of activity; `kind` None is every kind. Days count, both ends too.

    `starts` and `ends` are on the clock of the place; None is the whole day.
    """

    kind: Hashable | None
    first_day: date
    last_day: date | None = None
    weekdays: frozenset[int] = WEEK  # 0 is Monday
    starts: time | None = None
    ends: time | None = None

    def on(self, day: date) -> bool:
        """Whether it covers a day."""
        begun = self.first_day <= day and (self.last_day is None or day <= self.last_day)
        return begun and day.weekday() in self.weekdays

    def at(self, start: time, end: time | None) -> bool:
        """Whether it covers a time of a day; without `end` it lasts until the day is over."""
        if self.starts is not None and start < self.starts:
            return False
        return self.ends is None or (end is not None and end <= self.ends)


def refusals(
    permits: Sequence[Permit] | None, *, kind: Hashable | None, span: Span, zone: tzinfo
) -> list[Because]:
    """条例 Art. 15: what keeps a minor from a shift although the guardian agreed to registering.

    `permits` are those that stand now; None: the guardian has named nothing. Every local day of
    the shift is covered, each by one permit for its days and hours.
    """
    if permits is None:
        return []
    fitting = [permit for permit in permits if permit.kind in {None, kind}]
    if not fitting:
        return [Because(Withheld.KIND)]
    for day, start, end in _days(span, zone):
        of_day = [permit for permit in fitting if permit.on(day)]
        if not of_day:
            return [Because(Withheld.DAYS, {"day": day})]
        if not any(permit.at(start, end) for permit in of_day):
            widest = max(of_day, key=_length)
            return [Because(Withheld.HOURS, {"starts": _from(widest), "ends": _until(widest)})]
    return []


def refusals_to_permit(permit: Permit, *, born: date | None, today: date) -> list[Because]:
    """What is wrong with a consent that is about to be given."""
    found = []
    if permit.last_day is not None:
        if permit.last_day < permit.first_day:
            found.append(Because(Unclear.BACKWARDS))
        elif permit.last_day < today:
            found.append(Because(Unclear.OVER))
    if not permit.weekdays:
        found.append(Because(Unclear.NO_DAY))
    if permit.starts is not None and permit.ends is not None and permit.ends <= permit.starts:
        found.append(Because(Unclear.NO_TIME))
    if born is not None and not age.guardian_needed(born, max(today, permit.first_day)):
        found.append(Because(Unclear.OF_AGE, {"from_day": of_age(born)}))
    return found


def of_age(born: date) -> date:
    """PIPL Art. 31 and the rules for registered volunteers: the first day without a guardian."""
    return age.birthday(born, age.GUARDIAN_BELOW_YEARS)


def _days(span: Span, zone: tzinfo) -> Iterator[tuple[date, time, time | None]]:
    """Each local day of a shift, with the time of day at which it is entered and left."""
    start, end = span.start.astimezone(zone), span.end.astimezone(zone)
    for day in span.days(zone):
        first = start.time() if day == start.date() else time()
        yield day, first, end.time() if day == end.date() else None


def _length(permit: Permit) -> int:
    start, end = permit.starts or time(), permit.ends
    until = 24 * 60 if end is None else end.hour * 60 + end.minute
    return until - start.hour * 60 - start.minute


def _from(permit: Permit) -> str:
    return f"{permit.starts or time():%H:%M}"


def _until(permit: Permit) -> str:
    return f"{permit.ends:%H:%M}" if permit.ends else "24:00"
