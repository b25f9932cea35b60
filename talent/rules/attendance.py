"""From attendance to time of service: Order 67 Art. 7 (2021-02-01), the time actually given.

Ways and breaks do not count. The windows and limits below are the practice of the platforms, and an
office may set others.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING

from talent.rules.reason import N_, Because
from talent.rules.span import MINUTE, Span, minutes_by_day
from talent.rules.words import Word

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import time, tzinfo

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
    NOBODY_SIGNS = N_("Nobody signs on this shift: who has a place and came has its whole time.")
    IN_IS_ENOUGH = N_("Signing in is enough on this shift. It ends for you at %(end)s.")
    NOT_ASKED = N_("Nothing is asked of you here any more.")
    NO_COMING = N_("Somebody who left came before. Enter when.")
    NO_POINT = N_("Nobody signs in by location here.")
    NO_CONSENT = N_("Signing in by location needs your consent. The other ways need none.")
    TOO_FAR = N_("You are about %(metres)s m away; it works within %(radius)s m of the place.")
    VAGUE = N_("Your device does not know well enough where it is. Use the code, please.")


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
    LATER_THAN_PLANNED = N_("The sign-out was proposed from the colleagues, after the planned end.")
    SAID = N_("The volunteer says: left at %(moment)s.")


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
    estimated: bool = False  # the sign-out was proposed, and confirmed by the volunteer
    said: datetime | None = None  # another sign-out, as the volunteer says
    proposed: datetime | None = None  # by which the time without a sign-out is proposed


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


def share(percent: int) -> Decimal | None:
    """The least share of the planned time, as an office types it; none for zero."""
    return Decimal(percent) / 100 if percent else None


def sign_in_window(shift: Span, opens_before: timedelta = SIGN_IN_OPENS) -> Span:
    """From `opens_before` the start until the end of the shift."""
    return Span(shift.start - opens_before, shift.end)


def refusals_to_sign_in(
    shift: Span,
    visit: Visit,
    now: datetime,
    opens_before: timedelta = SIGN_IN_OPENS,
    *,
    mode: SignMode = SignMode.IN_OUT,
) -> list[Because]:
    """Once, and inside the window. Time before the start counts only as far as a grace goes."""
    if mode is SignMode.AUTOMATIC:
        return [Because(Unattendable.NOBODY_SIGNS)]
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
    *,
    mode: SignMode = SignMode.IN_OUT,
) -> list[Because]:
    """Once, after the sign-in, and before it counts as forgotten."""
    if found := _unsigned(shift, visit, mode):
        return found
    if visit.signed_in is None:
        return [Because(Unattendable.NOT_IN)]
    if visit.signed_out is not None:
        return [Because(Unattendable.ALREADY_OUT, {"since": visit.signed_out})]
    if _utc(now) <= _utc(visit.signed_in):
        return [Because(Unattendable.OUT_NOT_AFTER_IN)]
    if now >= shift.end + forgotten_after:
        return [Because(Unattendable.OVER, {"end": shift.end})]
    return []


def _unsigned(shift: Span, visit: Visit, mode: SignMode) -> list[Because]:
    """What is not signed on this shift."""
    if mode is SignMode.AUTOMATIC:
        return [Because(Unattendable.NOBODY_SIGNS)]
    if mode is SignMode.IN_ONLY and visit.signed_in and not visit.signed_out:
        return [Because(Unattendable.IN_IS_ENOUGH, {"end": shift.end})]
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


def by_itself(shift: Span, visit: Visit, now: datetime, mode: SignMode) -> Visit | None:
    """Art. 7: what counts at the end of the shift without a signature, as the shift is signed.

    Who has a place on an automatic shift gave its planned time, unless the leader wrote down that
    he did not come; who signed in on a shift for signing in only was there until its end.
    """
    if now < shift.end:
        return None
    if mode is SignMode.AUTOMATIC and visit.signed_in is None:
        return Visit(shift.start, shift.end)
    came = visit.signed_in
    if mode is SignMode.IN_ONLY and came is not None and visit.signed_out is None:
        return Visit(came, shift.end) if _utc(came) < shift.end else None
    return None


def on_clock(shift: Span, zone: tzinfo, typed: time) -> datetime:
    """The moment at which a clock at the place shows `typed`, nearest to the shift."""
    first = shift.start.astimezone(zone).date()
    days = (first + timedelta(days=step) for step in (-1, 0, 1, 2))
    moments = [datetime.combine(day, typed, tzinfo=zone) for day in days]
    return min(moments, key=lambda moment: (_away(shift, moment), moment))


def _away(shift: Span, moment: datetime) -> timedelta:
    return max(shift.start - _utc(moment), _utc(moment) - shift.end, timedelta(0))


def on_record(shift: Span, stands: Outcome, now: datetime, *, asked: bool = False) -> bool:
    """Art. 11: what is complete when the shift is over goes on record; then it is corrected there.

    What nobody signed is no record: times from a list on paper may still be entered. Nor is a
    sign-out that was forgotten, as long as the volunteer is asked about it.
    """
    if asked and stands is Outcome.REVIEW:
        return False
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
    late = visit.estimated and signed_out > window.end
    if late:
        reasons.append(Because(Counted.LATER_THAN_PLANNED))
    needed = _least(shift, terms)
    if length < needed and pieces:
        facts = {"minutes": length // MINUTE, "needed": -(-needed // MINUTE)}
        return Credit(stands, reasons=(*reasons, Because(Counted.TOO_SHORT, facts)))
    return Credit(stands, tuple(minutes_by_day(pieces, zone)), tuple(reasons), needs_review=late)


def _proposed(shift: Span, visit: Visit, zone: tzinfo) -> Credit:
    """What is proposed without a sign-out: at most the planned time, whatever the graces."""
    missing = [Because(Counted.MISSING_SIGN_OUT)]
    if visit.said:
        missing.append(Because(Counted.SAID, {"moment": visit.said}))
    pieces: Sequence[Span] = ()
    reasons: list[Because] = []
    until = min(_utc(visit.proposed or shift.end), _utc(shift.end))
    if visit.signed_in is not None and _utc(visit.signed_in) < until:
        pieces, reasons = _counted(Span(visit.signed_in, until), visit.breaks, shift)
    return Credit(
        Outcome.REVIEW,
        tuple(minutes_by_day(pieces, zone)),
        (*missing, *reasons),
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
