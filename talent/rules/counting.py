"""How much of a service counts: Order 67 Art. 7 (2021-02-01), 科学合理确定服务时间.

The article wants the time actually given, and leaves to the office how it is determined. Ways and
breaks are no service. Minutes stay whole and exact; weights and rounding make another number, which
only awards are given by (Art. 10) and which no certificate shows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING

from talent.rules import attendance, hours
from talent.rules.attendance import Terms
from talent.rules.reason import N_, Because, Minutes
from talent.rules.span import DAY, MINUTE, Span, first_moment
from talent.rules.words import Word

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date, tzinfo

ONCE = 100  # percent: a minute counts as a minute


class Direction(Word):
    """How what lies between two whole units is rounded."""

    DOWN = "down", N_("Down")
    HALF_UP = "half_up", N_("To the nearest, the half up")


class Scope(Word):
    """What is rounded."""

    RECORD = "record", N_("Each record")
    TOTAL = "total", N_("The total")


class Cut(StrEnum):
    """Why less counts than the time that somebody was there."""

    BREAKS = N_("%(minutes)s of break do not count.")
    WAY = N_("%(minutes)s on the way do not count: the way is no service.")
    ACTIVITY = N_("Of one activity at most %(most)s count here.")
    DAY = N_(
        "On one day at most %(most)s count here. %(already)s of other activities stand for this "
        "day already."
    )
    NOTHING_LEFT = N_("Nothing is left after breaks and ways.")


class Rule(StrEnum):
    """A profile in words, as a volunteer reads it."""

    EXACT = N_("Counted is the time between sign-in and sign-out, to the minute.")
    PLANNED = N_("What lies before the planned start or after the planned end does not count.")
    GRACE = N_(
        "Up to %(minutes)s before the planned start and after the planned end count if you were "
        "there."
    )
    SHARE = N_("Who was there for less than %(percent)s%% of the planned time gets nothing for it.")
    FORGOTTEN = N_(
        "If nobody signed out within %(minutes)s after the end, the office looks at the record."
    )
    WAY = N_("The way there and back never counts.")
    BREAKS = N_(
        "After each %(after)s of service %(minutes)s of break do not count. Where a project names "
        "its own breaks, those hold instead; who was there for a part has the same part of them."
    )
    PROJECT_BREAKS = N_(
        "Breaks that a project names do not count; who was there for a part has the same part of "
        "them."
    )
    ACTIVITY = N_("Of one activity at most %(most)s count.")
    DAY = N_("On one day at most %(most)s count, over all activities together.")
    REVIEW = N_(
        "Up to %(itself)s on one day count at once. Up to %(office)s the office approves them, "
        "above that the level above the office. More than 24 hours on one day are refused."
    )
    OVERLAP = N_("The same time never counts twice, whoever recorded it.")
    KIND = N_(
        "Only voluntary service gives hours: no meetings, training, internships or duty shifts."
    )
    DUTY = N_(
        "Paid staff give no voluntary service to their office in its working hours, from %(start)s "
        "to %(end)s on working days."
    )
    NIGHT = N_("For stars and awards, time between %(start)s and %(end)s counts as %(percent)s%%.")
    HOLIDAY = N_("For stars and awards, time on public holidays counts as %(percent)s%%.")
    GREATER = N_("On the night of a holiday the greater of the two holds, not both.")
    ROUNDED_RECORD_DOWN = N_(
        "For stars and awards, each record is rounded down in steps of %(unit)s."
    )
    ROUNDED_RECORD_UP = N_(
        "For stars and awards, each record is rounded to the nearest step of %(unit)s, the half up."
    )
    ROUNDED_TOTAL_DOWN = N_("The total is shown rounded down in steps of %(unit)s.")
    ROUNDED_TOTAL_UP = N_(
        "The total is shown rounded to the nearest step of %(unit)s, the half up. A star is "
        "reached by exact minutes."
    )
    CERTIFICATE = N_("Certificates show the exact minutes, without weights and without rounding.")


@dataclass(frozen=True, slots=True)
class Profile:
    """How an office counts on a day. Lengths are minutes; zero switches a rule off."""

    grace: int = 0
    forgotten: int = attendance.FORGOTTEN_AFTER // MINUTE
    share: int = 0  # percent of the planned time below which nothing counts
    self_approved: int = hours.SELF_APPROVED_MINUTES
    office_approved: int = hours.OFFICE_APPROVED_MINUTES
    break_after: int = 0
    break_minutes: int = 0
    activity_most: int = 0
    day_most: int = 0
    unit: int = 0
    direction: Direction = Direction.DOWN
    scope: Scope = Scope.RECORD
    night_from: time = time(22)
    night_to: time = time(6)
    night_percent: int = ONCE
    holiday_percent: int = ONCE

    def terms(self, forgotten: int | None = None) -> Terms:
        """What the law of attendance asks for; a shift may end signing out at its own time."""
        grace = self.grace * MINUTE
        return Terms(
            early_grace=grace,
            late_grace=grace,
            forgotten_after=(self.forgotten if forgotten is None else forgotten) * MINUTE,
            least_share=attendance.share(self.share),
        )

    @property
    def weighs(self) -> bool:
        """Whether any time counts more than once for awards."""
        return self.night_percent != ONCE or self.holiday_percent != ONCE

    @property
    def differs(self) -> bool:
        """Whether awards may count another number than the exact minutes."""
        return self.weighs or bool(self.unit)


PLAIN = Profile()


@dataclass(frozen=True, slots=True)
class Turn:
    """What a project says of its turns: planned minutes, and how many are break and way.

    No word about breaks leaves them to the office.
    """

    planned: int
    breaks: int | None = None
    way: int = 0


@dataclass(frozen=True, slots=True)
class Counted:
    """Minutes for each local day, and why they are less than the time of presence."""

    by_day: tuple[tuple[date, int], ...]
    reasons: tuple[Because, ...] = ()

    @property
    def minutes(self) -> int:
        """Over all days."""
        return sum(minutes for _, minutes in self.by_day)


def counted(by_day: Sequence[tuple[date, int]], turn: Turn, profile: Profile) -> Counted:
    """Art. 7: what is left of a presence without breaks and way, and at most so much of one.

    What is taken out is taken from each day by its part, in whole minutes.
    """
    present = sum(minutes for _, minutes in by_day)
    reasons = []
    pause = breaks(present, turn, profile)
    way = min(_part(turn.way, present, turn.planned), present - pause)
    if pause:
        reasons.append(Because(Cut.BREAKS, {"minutes": Minutes(pause)}))
    if way:
        reasons.append(Because(Cut.WAY, {"minutes": Minutes(way)}))
    left = present - pause - way
    if present and not left:
        reasons.append(Because(Cut.NOTHING_LEFT))
    if profile.activity_most and left > profile.activity_most:
        left = profile.activity_most
        reasons.append(Because(Cut.ACTIVITY, {"most": Minutes(left)}))
    return Counted(tuple(_shared(by_day, left)), tuple(reasons))


def breaks(present: int, turn: Turn, profile: Profile) -> int:
    """The minutes of break: the project's own, by the part of the turn, or the office's rule.

    After each `break_after` minutes of service up to `break_minutes` do not count, so that who
    stays a minute longer never has less.
    """
    if turn.breaks is not None:
        return min(_part(turn.breaks, present, turn.planned), present)
    if not (profile.break_after and profile.break_minutes):
        return 0
    whole, rest = divmod(present, profile.break_after + profile.break_minutes)
    return whole * profile.break_minutes + max(rest - profile.break_after, 0)


def capped(minutes: int, already: int, profile: Profile) -> tuple[int, list[Because]]:
    """What counts of a record beside what stands for the person on that day, with any activity."""
    room = max(profile.day_most - already, 0)
    if not profile.day_most or minutes <= room:
        return minutes, []
    facts = {"most": Minutes(profile.day_most), "already": Minutes(already)}
    return room, [Because(Cut.DAY, facts)]


def recognised(
    minutes: int,
    span: Span,
    day: date,
    *,
    profile: Profile,
    zone: tzinfo,
    holidays: Collection[date] = (),
) -> int:
    """Art. 10: minutes of a record as awards count them: weighted, then rounded, in whole minutes.

    The weight is that of the time between start and end which lies on the record's local day, so
    that breaks, caps and corrections take from night and day by their parts.
    """
    exact = minutes * weight(span, day, profile=profile, zone=zone, holidays=holidays)
    unit = profile.unit if profile.scope is Scope.RECORD else 0
    return rounded(exact, unit, profile.direction)


def weight(
    span: Span, day: date, *, profile: Profile, zone: tzinfo, holidays: Collection[date] = ()
) -> Fraction:
    """How often a minute of the record counts for awards: exactly, never less than its percents.

    On the night of a holiday the greater of the two holds. Night is found by the time it shares
    with the service, so a service that holds a whole night has all of it.
    """
    whole = Span(first_moment(day, zone), first_moment(day + DAY, zone))
    there = span.common(whole)
    by_day = profile.holiday_percent if day in holidays else ONCE
    if there is None or not profile.weighs:
        return Fraction(1)
    dark = sum(
        (part.length for night in nights(day, profile, zone) if (part := there.common(night))),
        timedelta(0),
    )
    tick = timedelta(microseconds=1)
    night, length = dark // tick, there.length // tick
    by_night = max(profile.night_percent, by_day)
    return Fraction(night * by_night + (length - night) * by_day, length * ONCE)


def nights(day: date, profile: Profile, zone: tzinfo) -> list[Span]:
    """The hours of night of a local day: its two ends, or one piece when night is after midnight.

    The clock on the wall says when night is, what elapses says how long: in the night in which
    clocks are put forward it is an hour shorter.
    """
    if profile.night_from == profile.night_to:
        return []
    begins, ends = first_moment(day, zone), first_moment(day + DAY, zone)
    since, until = _clock(day, profile.night_from, zone), _clock(day, profile.night_to, zone)
    edges = [(since, until)]
    if profile.night_to < profile.night_from:
        edges = [(begins, until), (since, ends)]
    inside = [(max(begins, start), min(end, ends)) for start, end in edges]
    return [Span(start, end) for start, end in inside if start < end]


def rounded(minutes: Fraction | int, unit: int, direction: Direction) -> int:
    """Whole units, and whole minutes where there is no unit. Never through a float.

    Exactly the half goes up with `HALF_UP`. Less than nothing is rounded as its opposite.
    """
    if minutes < 0:
        return -rounded(-minutes, unit, direction)
    size = max(unit, 1)
    units = Fraction(minutes) / size
    if direction is Direction.HALF_UP:
        units += Fraction(1, 2)
    return units // 1 * size


def total(minutes: int, profile: Profile) -> int:
    """A sum of recognised minutes as it is shown: rounded once where the total is rounded.

    A star compares the sum itself: who has 99.9 hours has not reached 100 (达到).
    """
    return (
        rounded(minutes, profile.unit, profile.direction)
        if profile.scope is Scope.TOTAL
        else minutes
    )


def refusals_to_exceed(minutes: int, already: int, profile: Profile) -> list[Because]:
    """A correction upwards asks for the office's most of one day, too."""
    return capped(minutes, already, profile)[1]


def rounding(profile: Profile) -> list[Because]:
    """The rule of rounding in words; none where nothing is rounded."""
    if not profile.unit:
        return []
    why = {
        (Scope.RECORD, Direction.DOWN): Rule.ROUNDED_RECORD_DOWN,
        (Scope.RECORD, Direction.HALF_UP): Rule.ROUNDED_RECORD_UP,
        (Scope.TOTAL, Direction.DOWN): Rule.ROUNDED_TOTAL_DOWN,
        (Scope.TOTAL, Direction.HALF_UP): Rule.ROUNDED_TOTAL_UP,
    }[profile.scope, profile.direction]
    return [Because(why, {"unit": Minutes(profile.unit)})]


def weights(profile: Profile) -> list[Because]:
    """The weights in words."""
    found = []
    if profile.night_percent != ONCE and profile.night_from != profile.night_to:
        facts = {"start": f"{profile.night_from:%H:%M}", "end": f"{profile.night_to:%H:%M}"}
        found.append(Because(Rule.NIGHT, {**facts, "percent": profile.night_percent}))
    if profile.holiday_percent != ONCE:
        found.append(Because(Rule.HOLIDAY, {"percent": profile.holiday_percent}))
    return [*found, Because(Rule.GREATER)] if len(found) > 1 else found


def described(profile: Profile, duty: tuple[time, time] | None = None) -> list[Because]:
    """Art. 7 and 19: all that a volunteer has to know of how the hours of an office are counted.

    `duty` is when its paid staff are on duty, where it has said so.
    """
    grace = Because(Rule.GRACE, {"minutes": Minutes(profile.grace)})
    found = [Because(Rule.EXACT), grace if profile.grace else Because(Rule.PLANNED)]
    if profile.share:
        found.append(Because(Rule.SHARE, {"percent": profile.share}))
    found.append(Because(Rule.FORGOTTEN, {"minutes": Minutes(profile.forgotten)}))
    found.append(Because(Rule.WAY))
    if profile.break_after and profile.break_minutes:
        facts = {
            "after": Minutes(profile.break_after),
            "minutes": Minutes(profile.break_minutes),
        }
        found.append(Because(Rule.BREAKS, facts))
    else:
        found.append(Because(Rule.PROJECT_BREAKS))
    if profile.activity_most:
        found.append(Because(Rule.ACTIVITY, {"most": Minutes(profile.activity_most)}))
    if profile.day_most:
        found.append(Because(Rule.DAY, {"most": Minutes(profile.day_most)}))
    limits = {
        "itself": Minutes(profile.self_approved),
        "office": Minutes(profile.office_approved),
    }
    found += [Because(Rule.REVIEW, limits), Because(Rule.OVERLAP), Because(Rule.KIND)]
    if duty and duty[0] < duty[1]:
        hours_ = {"start": f"{duty[0]:%H:%M}", "end": f"{duty[1]:%H:%M}"}
        found.append(Because(Rule.DUTY, hours_))
    return [*found, *weights(profile), *rounding(profile), Because(Rule.CERTIFICATE)]


def _part(minutes: int, present: int, planned: int) -> int:
    """Of what a whole turn has, the part that falls on a presence; started minutes do not count."""
    return minutes if present >= planned else minutes * present // planned


def _shared(by_day: Sequence[tuple[date, int]], left: int) -> list[tuple[date, int]]:
    """What is left, on the days by their parts; the days add up to it. None falls away."""
    present = sum(minutes for _, minutes in by_day)
    shares, gone, given = [], 0, 0
    for day, minutes in by_day:
        gone += minutes
        upto = gone * left // present if present else 0
        shares.append((day, upto - given))
        given = upto
    return shares


def _clock(day: date, typed: time, zone: tzinfo) -> datetime:
    return datetime.combine(day, typed, zone).astimezone(UTC)
