"""Many shifts at once: 条例 Art. 12 and 17 (2017-12-01), and what an office may take back.

A bulk act says first what it will do, and can be undone for a day as long as nobody relied on it.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from talent.rules.reason import N_, Because
from talent.rules.series import Wall
from talent.rules.span import MINUTE, Span

MOST = 400  # shifts of one act
UNDO_WITHIN = timedelta(hours=24)
SHORTEST_MINUTES = 5
LONGEST_DAYS = 31  # of a span that is divided


class Unbulked(StrEnum):
    """Why it cannot be done to many shifts at once."""

    NOTHING = N_("There is nothing to do: no shift fits.")
    TOO_MANY = N_("At most %(most)s shifts at once. These would be %(count)s.")
    TOO_SHORT = N_("A shift lasts at least %(least)s minutes.")
    TOO_LONG = N_("The span is longer than %(most)s days.")
    DOES_NOT_FIT = N_("The span is shorter than one shift.")
    OVERLAP = N_("Shifts overlap by less than their length.")
    FEW_TIMES = N_("Give at least two times, for example 08:00 12:00 18:00 02:00.")
    NOT_A_TIME = N_("“%(text)s” is not a time. Write 08:00, with blanks between the times.")
    SAME_TIME = N_("%(text)s stands there twice in a row.")
    NOT_A_DAY = N_("“%(text)s” is not a day. Write 2026-10-01, with blanks between the days.")
    TURNED = N_("The last day is before the first.")
    CHANGED_MEANWHILE = N_("Something has changed since you looked. This is what it would do now.")


class Notable(StrEnum):
    """What an office should know before it plans these shifts; it is no hindrance."""

    OVERLAP = N_("At the same place: %(project)s, %(start)s to %(end)s.")
    TWICE = N_("The project has a shift at this very time already.")
    HOLIDAY = N_("On a public holiday: %(name)s.")
    PAST = N_("It would begin in the past.")
    CLOCK = N_("The clock changes: it lasts %(minutes)s minutes, not %(shown)s.")
    NO_NEED = N_("It asks for nobody: its positions are gone.")


class Lasting(StrEnum):
    """Why a bulk act cannot be undone."""

    UNDONE = N_("It was undone already.")
    TOO_LATE = N_("It could be undone until %(until)s.")
    SIGNED_UP = N_("People have signed up since: %(count)s.")
    ATTENDED = N_("People have signed in since: %(count)s.")
    PUBLISHED = N_("Shifts were published since: %(count)s.")
    EDITED = N_("Shifts were changed since: %(count)s.")
    ANSWERED = N_("People have answered since: %(count)s.")
    BEGUN = N_("Shifts have begun since: %(count)s.")
    BUSY = N_("People have another shift at that time by now: %(count)s.")
    BUILT_ON = N_("The series was changed again since. Undo the later act first.")


@dataclass(frozen=True, slots=True)
class Since:
    """What has happened to the shifts of an act since, counted."""

    signed_up: int = 0
    attended: int = 0
    published: int = 0
    edited: int = 0
    answered: int = 0
    begun: int = 0
    busy: int = 0
    built_on: int = 0  # later acts on the same series


def refusals_to_undo(
    made_at: datetime, now: datetime, since: Since, *, undone: bool = False
) -> list[Because]:
    """For a day, that second included, and as long as nobody relied on it: each reason is named."""
    if undone:
        return [Because(Lasting.UNDONE)]
    found = []
    if now > made_at + UNDO_WITHIN:
        found.append(Because(Lasting.TOO_LATE, {"until": made_at + UNDO_WITHIN}))
    counted = {
        Lasting.SIGNED_UP: since.signed_up,
        Lasting.ATTENDED: since.attended,
        Lasting.PUBLISHED: since.published,
        Lasting.EDITED: since.edited,
        Lasting.ANSWERED: since.answered,
        Lasting.BEGUN: since.begun,
        Lasting.BUSY: since.busy,
        Lasting.BUILT_ON: since.built_on,
    }
    return found + [Because(why, {"count": count}) for why, count in counted.items() if count]


def refusals_to_do(count: int) -> list[Because]:
    """Something, and no more than a page can show and a person can check."""
    if not count:
        return [Because(Unbulked.NOTHING)]
    if count > MOST:
        return [Because(Unbulked.TOO_MANY, {"most": MOST, "count": count})]
    return []


def refusals_to_divide(span: Span, minutes: int, changeover: int) -> list[Because]:
    """A span of days into shifts that are not seconds, and that follow one another."""
    if minutes < SHORTEST_MINUTES:
        return [Because(Unbulked.TOO_SHORT, {"least": SHORTEST_MINUTES})]
    if minutes + changeover < SHORTEST_MINUTES:
        return [Because(Unbulked.OVERLAP)]
    if span.length > timedelta(days=LONGEST_DAYS):
        return [Because(Unbulked.TOO_LONG, {"most": LONGEST_DAYS})]
    if span.minutes < minutes:
        return [Because(Unbulked.DOES_NOT_FIT)]
    return []


def divided(span: Span, minutes: int, *, changeover: int = 0, even: bool = False) -> list[Span]:
    """Shifts of so many minutes from the start of the span on, in time as it elapses.

    `changeover` lies between two of them; below zero they overlap by it, for a hand-over. What is
    left at the end is too short for one more and stays free, or with `even` all are as long as
    fills the span: their lengths, nearest to the one that was asked for, differ by a minute.
    """
    whole = span.minutes + changeover
    step = minutes + changeover
    number = max(1, round(whole / step) if even else whole // step)
    if not even:
        starts = (span.start + at * step * MINUTE for at in range(number))
        return [Span(start, start + minutes * MINUTE) for start in starts]
    edges = [span.start + MINUTE * (at * whole // number) for at in range(number + 1)]
    return [Span(start, edge - changeover * MINUTE) for start, edge in itertools.pairwise(edges)]


def times_of(text: str) -> tuple[list[time], list[Because]]:
    """The times of a list like `08:00 12:00 18:00 02:00`, and what is wrong with it."""
    times: list[time] = []
    found: list[Because] = []
    for word in text.replace(",", " ").replace("，", " ").replace("：", ":").split():
        hour, colon, minute = word.partition(":")
        fine = colon and hour.isdecimal() and minute.isdecimal() and len(minute) == 2  # noqa: PLR2004
        if not fine or int(hour) > 23 or int(minute) > 59:  # noqa: PLR2004
            found.append(Because(Unbulked.NOT_A_TIME, {"text": word[:20]}))
            continue
        one = time(int(hour), int(minute))
        if times and times[-1] == one:
            found.append(Because(Unbulked.SAME_TIME, {"text": word}))
        times.append(one)
    if len(times) < 2 and not found:  # noqa: PLR2004
        found.append(Because(Unbulked.FEW_TIMES))
    return times, found


def days_in(text: str) -> tuple[list[date], list[Because]]:
    """The days of a list like `2026-10-01 2026-10-02`, and what is wrong with it."""
    days: list[date] = []
    found: list[Because] = []
    for word in text.replace(",", " ").replace("，", " ").replace("、", " ").split():
        try:
            days.append(date.fromisoformat(word))
        except ValueError:
            found.append(Because(Unbulked.NOT_A_DAY, {"text": word[:20]}))
    return days, found


def between(times: list[time]) -> list[tuple[int, Wall]]:
    """The shifts between two changes each: the day after which one begins, and its times.

    A time that is not later than the one before it is on the next day.
    """
    day, made = 0, []
    for start, end in itertools.pairwise(times):
        later = int(end <= start)
        made.append((day, Wall(start, end, later)))
        day += later
    return made
