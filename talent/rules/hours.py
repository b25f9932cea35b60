"""Records of service in integer minutes: Order 67 Art. 6, 7, 13 (2021-02-01).

The order names no limit for a day. The levels below are those of the Guangdong platform, counted
over all activities of a person on a local day; an office may set others.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from talent.rules.reason import N_, Because
from talent.rules.words import Word

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping
    from datetime import date

    from talent.rules.span import Span

HOUR_MINUTES = 60
SELF_APPROVED_MINUTES = 8 * HOUR_MINUTES  # a day, that included
OFFICE_APPROVED_MINUTES = 12 * HOUR_MINUTES  # a day, that included
LONGEST_DAY_MINUTES = 24 * HOUR_MINUTES
DISPLAY_UNIT_MINUTES = 6  # a tenth of an hour


class Approval(Word):
    """Who has to approve a record, from the lowest to the highest."""

    ITSELF = "itself", N_("Approved by itself")
    OFFICE = "office", N_("The office")
    LEVEL_ABOVE = "level_above", N_("The level above the office")


_LEVELS = tuple(Approval)


class Unrecordable(StrEnum):
    """Why hours cannot be recorded."""

    ACTIVITY = N_("The name of the activity is missing.")
    DAY = N_("The date is missing.")
    PLACE = N_("The place is missing.")
    CONTENT = N_("The content of the service is missing.")
    MINUTES = N_("The time of service must be more than nothing.")
    ORGANISER = N_("The organising unit is missing.")
    PERSON_IN_CHARGE = N_("The person in charge is missing.")
    EVIDENCE = N_("Hours entered by hand need a note of the evidence.")
    FUTURE = N_("The day %(day)s has not come yet.")
    LONGER_THAN_DAY = N_("With these there would be %(hours)s hours on %(day)s. A day has 24.")
    OVERLAP = N_("From %(start)s to %(end)s hours of this person are recorded already.")


class Unapprovable(StrEnum):
    """Why this person cannot approve these hours."""

    OWN_HOURS = N_("Nobody approves hours of his own.")
    WARD = N_("Nobody approves the hours of a child of his own.")
    DOUBTED = N_("Something was noticed here. Look into it first, and say what you found out.")
    SAME_PERSON = N_("Hours entered by hand are approved by someone other than who entered them.")
    EVIDENCE = N_("Hours entered by hand need a note of the evidence.")
    LEVEL = N_("So many hours on one day are approved by the level above the office.")


class Uncorrectable(StrEnum):
    """Why a record cannot be corrected so."""

    NO_REASON = N_("Say why the record is corrected.")
    UNCHANGED = N_("The record says so already.")
    NEGATIVE = N_("A record cannot be less than nothing.")
    OWN_HOURS = N_("Nobody corrects hours of his own. Report what is wrong instead.")
    WARD = N_("Nobody corrects hours of a child of his own. Report what is wrong instead.")


class Untransferable(StrEnum):
    """Why the hours of one file do not go to another."""

    SAME = N_("These are one and the same file.")
    NO_REASON = N_("Say why the hours go to another file.")


@dataclass(frozen=True, slots=True)
class Deed:
    """The seven fields of Art. 7, and the evidence for hours entered by hand."""

    activity: str
    day: date | None
    place: str
    content: str
    minutes: int
    organiser: str
    person_in_charge: str
    by_hand: bool = False
    evidence: str = ""


def missing_fields(deed: Deed) -> list[Because]:
    """Art. 7: activity, date, place, content, time, organiser, person in charge; and evidence."""
    stated = {
        Unrecordable.ACTIVITY: deed.activity.strip(),
        Unrecordable.DAY: deed.day,
        Unrecordable.PLACE: deed.place.strip(),
        Unrecordable.CONTENT: deed.content.strip(),
        Unrecordable.MINUTES: deed.minutes > 0,
        Unrecordable.ORGANISER: deed.organiser.strip(),
        Unrecordable.PERSON_IN_CHARGE: deed.person_in_charge.strip(),
        Unrecordable.EVIDENCE: not deed.by_hand or deed.evidence.strip(),
    }
    return [Because(field) for field, value in stated.items() if not value]


def refusals_to_record(
    by_day: Mapping[date, int],
    recorded_by_day: Mapping[date, int],
    today: date,
    *,
    span: Span | None = None,
    recorded_spans: Iterable[Span] = (),
) -> list[Because]:
    """Art. 7, time actually given: no day to come, no day of more than 24 h, nothing counted twice.

    `recorded_by_day` holds all activities of the person with any organiser, and `recorded_spans`
    their times. Spans that only touch are allowed. `span` is None when only a length is known.
    """
    found = []
    for day, minutes in sorted(by_day.items()):
        total = minutes + recorded_by_day.get(day, 0)
        if day > today:
            found.append(Because(Unrecordable.FUTURE, {"day": day}))
        if total > LONGEST_DAY_MINUTES:
            found.append(
                Because(Unrecordable.LONGER_THAN_DAY, {"hours": shown(total), "day": day}),
            )
    found += [
        Because(Unrecordable.OVERLAP, {"start": other.start, "end": other.end})
        for other in sorted(recorded_spans)
        if span is not None and other.overlaps(span)
    ]
    return found


def approval_of_day(
    minutes: int,
    *,
    self_approved_minutes: int = SELF_APPROVED_MINUTES,
    office_approved_minutes: int = OFFICE_APPROVED_MINUTES,
) -> Approval:
    """Up to 8 h a day by itself, up to 12 h by the office, above by the level above."""
    if minutes <= self_approved_minutes:
        return Approval.ITSELF
    return Approval.OFFICE if minutes <= office_approved_minutes else Approval.LEVEL_ABOVE


def approval_needed(
    by_day: Mapping[date, int],
    recorded_by_day: Mapping[date, int],
    *,
    by_hand: bool = False,
    needs_review: bool = False,
    self_approved_minutes: int = SELF_APPROVED_MINUTES,
    office_approved_minutes: int = OFFICE_APPROVED_MINUTES,
) -> Approval:
    """The highest level that any of the days asks for, with all that is recorded on it.

    Hours entered by hand, and attendance that needs review, are approved by the office at least.
    """
    levels = [Approval.OFFICE if by_hand or needs_review else Approval.ITSELF]
    levels += [
        approval_of_day(
            minutes + recorded_by_day.get(day, 0),
            self_approved_minutes=self_approved_minutes,
            office_approved_minutes=office_approved_minutes,
        )
        for day, minutes in by_day.items()
    ]
    return max(levels, key=_LEVELS.index)


def refusals_to_approve(
    *,
    needed: Approval,
    at_level: Approval,
    approver: Hashable,
    volunteer: Hashable,
    entered_by: Hashable,
    by_hand: bool,
    evidence: str = "",
    guardian: Hashable = None,
    doubted: bool = False,
) -> list[Because]:
    """Art. 3 and 6, true and accurate: a second pair of eyes, of the right level, on hours by hand.

    The people are compared as persons, not as accounts. What is in doubt is looked into first.
    """
    found = []
    if approver == volunteer:
        found.append(Because(Unapprovable.OWN_HOURS))
    if guardian is not None and approver == guardian:
        found.append(Because(Unapprovable.WARD))
    if doubted:
        found.append(Because(Unapprovable.DOUBTED))
    if by_hand:
        if approver == entered_by:
            found.append(Because(Unapprovable.SAME_PERSON))
        if not evidence.strip():
            found.append(Because(Unapprovable.EVIDENCE))
    if _LEVELS.index(at_level) < _LEVELS.index(needed):
        found.append(Because(Unapprovable.LEVEL))
    return found


def refusals_to_correct(
    minutes: int,
    *,
    to_minutes: int,
    reason: str,
    corrected_by: Hashable,
    volunteer: Hashable,
    guardian: Hashable = None,
    entered_by: Hashable = None,
    needed: Approval = Approval.OFFICE,
    at_level: Approval = Approval.OFFICE,
) -> list[Because]:
    """Art. 13: what is wrong is corrected, with a reason, by someone else, never below nothing.

    What is added is approved by whoever corrects, so he is of the right level for it, and never
    the one who entered it by hand (`entered_by`, None for all other records).
    """
    found = []
    if not reason.strip():
        found.append(Because(Uncorrectable.NO_REASON))
    if to_minutes == minutes:
        found.append(Because(Uncorrectable.UNCHANGED))
    if to_minutes < 0:
        found.append(Because(Uncorrectable.NEGATIVE))
    if corrected_by == volunteer:
        found.append(Because(Uncorrectable.OWN_HOURS))
    if guardian is not None and corrected_by == guardian:
        found.append(Because(Uncorrectable.WARD))
    if to_minutes > minutes:
        if entered_by is not None and corrected_by == entered_by:
            found.append(Because(Unapprovable.SAME_PERSON))
        if _LEVELS.index(at_level) < _LEVELS.index(needed):
            found.append(Because(Unapprovable.LEVEL))
    return found


def refusals_to_transfer(source: Hashable, target: Hashable, *, reason: str) -> list[Because]:
    """Art. 13: two files of one person become one, with a reason; a file does not go to itself."""
    found = []
    if source == target:
        found.append(Because(Untransferable.SAME))
    if not reason.strip():
        found.append(Because(Untransferable.NO_REASON))
    return found


def in_hours(minutes: int, unit_minutes: int = DISPLAY_UNIT_MINUTES) -> Decimal:
    """Art. 7, hours as the unit: minutes cut down to whole units, exactly. Sum first, convert once.

    Less than nothing, as in a correction, is cut towards nothing. Raises ValueError for a unit that
    hundredths of an hour cannot express.
    """
    if unit_minutes < 1 or unit_minutes * 100 % HOUR_MINUTES:
        message = f"{unit_minutes} minutes are not whole hundredths of an hour"
        raise ValueError(message)
    units = abs(minutes) // unit_minutes
    hundredths = units * unit_minutes * 100 // HOUR_MINUTES
    places = next(places for places in (0, 1, 2) if unit_minutes * 10**places % HOUR_MINUTES == 0)
    value = (Decimal(hundredths) / 100).quantize(Decimal(1).scaleb(-places))
    return -value if minutes < 0 and hundredths else value


def shown(minutes: int, unit_minutes: int = DISPLAY_UNIT_MINUTES) -> str:
    """Hours as they are printed, with as many decimals as the unit has: 2.5."""
    return f"{in_hours(minutes, unit_minutes):f}"
