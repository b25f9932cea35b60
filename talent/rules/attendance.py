"""From attendance to time of service: Order 67 Art. 7 (2021-02-01), the time actually given.

Ways and breaks do not count. The windows and limits below are the practice of the platforms, and an
office may set others.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING

from talent.rules.reason import N_, Because
from talent.rules.span import MINUTE, Span, minutes_by_day
from talent.rules.words import Word

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import tzinfo
    from decimal import Decimal

SIGN_IN_OPENS = timedelta(minutes=30)  # before the start
FORGOTTEN_AFTER = timedelta(hours=6)  # after the end
NO_GRACE = timedelta(0)


class SignMode(Word):
    """How attendance on a shift is taken."""

    AUTOMATIC = "automatic", N_("Nobody signs: who has a place was there")
    IN_ONLY = "in_only", N_("Signing in only")
    IN_OUT = "in_out", N_("Signing in and out")


class Outcome(Word):
    """How somebody's attendance stands."""

    EXPECTED = "expected", N_("Expected")
    PRESENT = "present", N_("Signed in")
    LEFT = "left", N_("Signed out")
    REVIEW = "review", N_("Sign-out missing")
    ABSENT = "absent", N_("Did not come")


class Unattendable(StrEnum):
    """Why somebody cannot be signed in or out now."""

    TOO_EARLY = N_("Signing in opens at %(opens)s.")
    OVER = N_("This shift ended at %(end)s. The office enters what is missing.")
    ALREADY_IN = N_("Signed in already, at %(since)s.")
    NOT_IN = N_("Sign in first.")
    ALREADY_OUT = N_("Signed out already, at %(since)s.")
    OUT_NOT_AFTER_IN = N_("The sign-out must be later than the sign-in.")
    NOT_BEGUN = N_("The shift begins at %(start)s. Until then nobody is missing.")
    NO_PLACE = N_("Only somebody with a place on the shift signs in and out.")
    RECORDED = N_("The list of this shift is closed. What is wrong is corrected with the hours.")
    FUTURE = N_("%(moment)s has not come yet.")
    OUTSIDE = N_("The shift is from %(start)s to %(end)s. Enter times that lie in it.")


class Counted(StrEnum):
    """Why the time of service is not simply the time between sign-in and sign-out."""

    FROM = N_("Time counts from %(since)s.")
    UNTIL = N_("Time counts until %(until)s.")
    BREAKS = N_("Breaks of %(minutes)s minutes are not counted.")
    OUTSIDE = N_("Sign-in and sign-out lie outside the shift, so there is no time to count.")
    TOO_SHORT = N_(
        "%(minutes)s minutes are less than the %(needed)s that are needed for any to count.",
    )
    MISSING_SIGN_OUT = N_(
        "Nobody signed out. Time until the end of the shift at most is proposed for review.",
    )
    OUT_NOT_AFTER_IN = N_("The sign-out is not later than the sign-in. The office looks into it.")
    NO_SHOW = N_("Nobody signed in.")
    STILL_IN = N_("Not signed out yet.")


@dataclass(frozen=True, slots=True)
class Terms:
    """What an office counts. Below `least_share` of the planned time nothing; None is off."""

    early_grace: timedelta = NO_GRACE
    late_grace: timedelta = NO_GRACE
    forgotten_after: timedelta = FORGOTTEN_AFTER
    least_share: Decimal | None = None


TERMS = Terms()


@dataclass(frozen=True, slots=True)
class Visit:
    """What was written down. None is not written down."""

    signed_in: datetime | None = None
    signed_out: datetime | None = None
    breaks: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Credit:
    """Minutes for each local day, why they are as they are, and whether the office has to look."""

    outcome: Outcome
    by_day: tuple[tuple[date, int], ...] = ()
    reasons: tuple[Because, ...] = ()
    needs_review: bool = False

    @property
    def minutes(self) -> int:
        """The time of service over all days."""
        return sum(minutes for _, minutes in self.by_day)


def sign_in_window(shift: Span, opens_before: timedelta = SIGN_IN_OPENS) -> Span:
    """From `opens_before` the start until the end of the shift."""
    return Span(shift.start - opens_before, shift.end)


def refusals_to_sign_in(
    shift: Span,
    visit: Visit,
    now: datetime,
    opens_before: timedelta = SIGN_IN_OPENS,
) -> list[Because]:
    """Once, and inside the window. Time before the start counts only as far as a grace goes."""
    if visit.signed_in is not None:
        return [Because(Unattendable.ALREADY_IN, {"since": visit.signed_in})]
    window = sign_in_window(shift, opens_before)
    if now < window.start:
        return [Because(Unattendable.TOO_EARLY, {"opens": window.start})]
    if now >= window.end:
        return [Because(Unattendable.OVER, {"end": shift.end})]
    return []


def refusals_to_sign_out(
    shift: Span,
    visit: Visit,
    now: datetime,
    forgotten_after: timedelta = FORGOTTEN_AFTER,
) -> list[Because]:
    """Once, after the sign-in, and before it counts as forgotten."""
    if visit.signed_in is None:
        return [Because(Unattendable.NOT_IN)]
    if visit.signed_out is not None:
        return [Because(Unattendable.ALREADY_OUT, {"since": visit.signed_out})]
    if _utc(now) <= _utc(visit.signed_in):
        return [Because(Unattendable.OUT_NOT_AFTER_IN)]
    if now >= shift.end + forgotten_after:
        return [Because(Unattendable.OVER, {"end": shift.end})]
    return []


def refusals_to_enter(
    shift: Span,
    signed_in: datetime,
    signed_out: datetime | None,
    now: datetime,
) -> list[Because]:
    """Times from paper, or a sign-out that was forgotten: past, in order, and in the shift."""
    times = [signed_in] if signed_out is None else [signed_in, signed_out]
    found = [Because(Unattendable.FUTURE, {"moment": time}) for time in times if time > now]
    if signed_out and _utc(signed_out) <= _utc(signed_in):
        found.append(Because(Unattendable.OUT_NOT_AFTER_IN))
    if signed_in >= shift.end or (signed_out and signed_out <= shift.start):
        found.append(Because(Unattendable.OUTSIDE, {"start": shift.start, "end": shift.end}))
    return found


def refusals_to_miss(shift: Span, visit: Visit, now: datetime) -> list[Because]:
    """Who did not come is missing from the start on, unless he signed in."""
    if visit.signed_in is not None:
        return [Because(Unattendable.ALREADY_IN, {"since": visit.signed_in})]
    return [Because(Unattendable.NOT_BEGUN, {"start": shift.start})] if now < shift.start else []


def on_record(shift: Span, stands: Outcome, now: datetime) -> bool:
    """Art. 11: what is complete when the shift is over goes on record; then it is corrected there.

    What nobody signed is no record: times from a list on paper may still be entered.
    """
    return now >= shift.end and stands in {Outcome.LEFT, Outcome.REVIEW}


def outcome(shift: Span, visit: Visit, now: datetime, terms: Terms = TERMS) -> Outcome:
    """How it stands now.

    Until `forgotten_after` the end a list on paper may still be entered; from that moment on, no
    sign-in is a no-show and no sign-out is a missing one.
    """
    settled = now >= shift.end + terms.forgotten_after
    if visit.signed_in is None:
        return Outcome.ABSENT if settled else Outcome.EXPECTED
    if visit.signed_out is None:
        return Outcome.REVIEW if settled else Outcome.PRESENT
    return Outcome.LEFT


def credited(
    shift: Span,
    visit: Visit,
    now: datetime,
    zone: tzinfo,
    terms: Terms = TERMS,
) -> Credit:
    """Art. 7: the time between sign-in and sign-out, less breaks, inside the shift and its graces.

    Without a sign-out the time until the planned end is proposed and reviewed. Less than the least
    share of the planned time gives nothing, exactly that share gives all of it.
    """
    stands = outcome(shift, visit, now, terms)
    if visit.signed_in is None:
        missed = stands is Outcome.ABSENT
        return Credit(stands, reasons=(Because(Counted.NO_SHOW),) if missed else ())
    if stands is Outcome.PRESENT:
        return Credit(stands, reasons=(Because(Counted.STILL_IN),))
    if stands is Outcome.REVIEW:
        return _proposed(shift, visit, zone)
    signed_out = visit.signed_out or now
    if _utc(signed_out) <= _utc(visit.signed_in):
        return Credit(stands, reasons=(Because(Counted.OUT_NOT_AFTER_IN),), needs_review=True)
    window = Span(shift.start - terms.early_grace, shift.end + terms.late_grace)
    pieces, reasons = _counted(Span(visit.signed_in, signed_out), visit.breaks, window)
    length = sum((piece.length for piece in pieces), timedelta(0))
    needed = _least(shift, terms)
    if length < needed and pieces:
        facts = {"minutes": length // MINUTE, "needed": -(-needed // MINUTE)}
        return Credit(stands, reasons=(*reasons, Because(Counted.TOO_SHORT, facts)))
    return Credit(stands, tuple(minutes_by_day(pieces, zone)), tuple(reasons))


def _proposed(shift: Span, visit: Visit, zone: tzinfo) -> Credit:
    """What is proposed without a sign-out: at most the planned time, whatever the graces."""
    missing = Because(Counted.MISSING_SIGN_OUT)
    pieces: Sequence[Span] = ()
    reasons: list[Because] = []
    if visit.signed_in is not None and _utc(visit.signed_in) < shift.end:
        pieces, reasons = _counted(Span(visit.signed_in, shift.end), visit.breaks, shift)
    return Credit(
        Outcome.REVIEW,
        tuple(minutes_by_day(pieces, zone)),
        (missing, *reasons),
        needs_review=True,
    )


def _counted(
    present: Span,
    breaks: Iterable[Span],
    window: Span,
) -> tuple[list[Span], list[Because]]:
    """The pieces of `present` that count, and why the rest does not."""
    bounded = present.common(window)
    if bounded is None:
        return [], [Because(Counted.OUTSIDE)]
    reasons = []
    if bounded.start > present.start:
        reasons.append(Because(Counted.FROM, {"since": bounded.start}))
    if bounded.end < present.end:
        reasons.append(Because(Counted.UNTIL, {"until": bounded.end}))
    pieces = [bounded]
    for pause in breaks:
        pieces = [left for piece in pieces for left in piece.without(pause)]
    paused = bounded.length - sum((piece.length for piece in pieces), timedelta(0))
    if paused:
        reasons.append(Because(Counted.BREAKS, {"minutes": -(-paused // MINUTE)}))
    return pieces, reasons


def _least(shift: Span, terms: Terms) -> timedelta:
    if terms.least_share is None:
        return timedelta(0)
    share = Fraction(terms.least_share)
    return timedelta(microseconds=-(-(share * (shift.length // timedelta(microseconds=1))) // 1))


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)
