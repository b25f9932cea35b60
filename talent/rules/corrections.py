"""Corrections and appeals: Order 67 Art. 13 (2021-02-01), 更正 and 申诉.

The order says that an error or an omission is checked without delay and mended; it names no days.
The office sets them. The appeal to the level above is the house's own rule.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from talent.rules import workdays
from talent.rules.reason import N_, Because
from talent.rules.words import Word

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping
    from datetime import date, datetime

    from talent.rules.span import Span
    from talent.rules.workdays import WorkCalendar

ANSWER_DAYS = 10  # working days
SOON_DAYS = 2  # working days before the last one: who has to answer is told


class Wrong(Word):
    """What somebody says is wrong: an error in a record, or a record that is missing."""

    TIME = "time", N_("The time is wrong")
    DETAILS = "details", N_("Activity, place, content or person in charge is wrong")
    NOT_MINE = "not_mine", N_("This was not me")
    MISSING = "missing", N_("Service is missing")


class CorrectionState(Word):
    """Where a request stands."""

    ASKED = "asked", N_("Asked")
    ACCEPTED = "accepted", N_("Accepted")
    DECLINED = "declined", N_("Declined")
    APPEALED = "appealed", N_("Appealed to the level above")
    GRANTED = "granted", N_("Granted by the level above")
    REJECTED = "rejected", N_("Declined by the level above, final")


class Step(Word):
    """What happened to a request: its course is the list of these."""

    ASKED = "asked", N_("A correction was asked for")
    TAKEN_UP = "taken_up", N_("Taken up by the office")
    ACCEPTED = "accepted", N_("Accepted")
    DECLINED = "declined", N_("Declined")
    APPEALED = "appealed", N_("Appealed to the level above")
    GRANTED = "granted", N_("Granted by the level above")
    REJECTED = "rejected", N_("Declined by the level above, final")
    CORRECTED = "corrected", N_("The record was corrected")
    ENTERED = "entered", N_("Entered by hand; a second person approves it")
    FOUND = "found", N_("Found on record")


OPEN = frozenset({CorrectionState.ASKED, CorrectionState.APPEALED})
DETAILS = ("activity", "place", "content", "person_in_charge")


class Unaskable(Word):
    """Why a request cannot be made so."""

    NO_WORDS = "no_words", N_("Say what is wrong and how you know.")
    NOTHING_WISHED = "nothing_wished", N_("Write what the record should say instead.")
    NO_RECORD = "no_record", N_("Only service that is missing has no record.")
    HAS_RECORD = "has_record", N_("This service is on record. Say what is wrong with the record.")
    NO_ACTIVITY = "no_activity", N_("Choose a shift or write what it was.")
    NO_TIMES = "no_times", N_("Say from when to when.")
    BACKWARDS = "backwards", N_("The end must be later than the beginning.")
    TOO_LONG = "too_long", N_("A day has 24 hours: report each day by itself.")
    FUTURE = "future", N_("This time has not come yet.")
    OPEN = (
        "open",
        N_("You have already said that this record is wrong. The office will answer."),
    )


class Unanswerable(Word):
    """Why a request is not answered so."""

    ANSWERED = "answered", N_("This was answered already.")
    NO_WORDS = "no_words", N_("Say why.")
    OWN = "own", N_("Nobody answers what he asked for himself.")
    NO_REMEDY = "no_remedy", N_("Say what becomes of the record.")
    UNDECIDED = (
        "undecided",
        N_("The record still waits for an approval. Approve or refuse it first."),
    )


class Unappealable(Word):
    """Why there is no appeal."""

    NO_WORDS = "no_words", N_("Say why you do not agree.")
    WAITS = "waits", N_("The office has time until %(day)s to answer.")
    GRANTED = "granted", N_("The office has accepted what you asked for.")
    ALREADY = "already", N_("You have appealed already. The level above will decide.")
    FINAL = "final", N_("The level above has decided. That is final.")


class Undecidable(Word):
    """Why this person does not decide on an appeal."""

    NOT_APPEALED = "not_appealed", N_("Nobody has appealed, or it is decided already.")
    LEVEL = "level", N_("An appeal is decided by the level above the office.")
    SAME_PERSON = "same_person", N_("Who answered first does not decide on the appeal.")


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody asks for. `span` is that of service that is missing."""

    wrong: Wrong
    words: str
    on_record: bool = True
    minutes: int | None = None
    details: Mapping[str, str] = field(default_factory=dict)
    activity: str = ""
    span: Span | None = None


def refusals_to_ask(request: Request, now: datetime, *, is_open: bool = False) -> list[Because]:
    """Art. 13: whoever says that something is wrong or missing says what, and what he knows."""
    found = []
    if not request.words.strip():
        found.append(Because(Unaskable.NO_WORDS))
    if request.wrong is Wrong.MISSING:
        if request.on_record:
            found.append(Because(Unaskable.HAS_RECORD))
        found += _against_missing(request, now)
    elif not request.on_record:
        found.append(Because(Unaskable.NO_RECORD))
    if request.wrong is Wrong.DETAILS and not any(v.strip() for v in request.details.values()):
        found.append(Because(Unaskable.NOTHING_WISHED))
    if is_open:
        found.append(Because(Unaskable.OPEN))
    return found


def _against_missing(request: Request, now: datetime) -> list[Because]:
    found = []
    if not request.activity.strip():
        found.append(Because(Unaskable.NO_ACTIVITY))
    if request.span is None:
        return [*found, Because(Unaskable.NO_TIMES)]
    if request.span.length > timedelta(days=1):
        found.append(Because(Unaskable.TOO_LONG))
    if request.span.end > now:
        found.append(Because(Unaskable.FUTURE))
    return found


def due_date(asked_on: date, calendar: WorkCalendar, workdays_: int = ANSWER_DAYS) -> date:
    """Art. 13, without delay: the last day of the office's own term, in working days."""
    return workdays.after(asked_on, workdays_, calendar)


def is_overdue(state: CorrectionState, due_on: date, today: date) -> bool:
    """Art. 13: nobody has answered, and the term has passed."""
    return state in OPEN and due_on < today


def is_due_soon(state: CorrectionState, due_on: date, today: date, calendar: WorkCalendar) -> bool:
    """So few working days are left that who has to answer is told."""
    if state not in OPEN or due_on < today:
        return False
    return due_on <= workdays.after(today, SOON_DAYS, calendar)


def refusals_to_answer(
    state: CorrectionState,
    *,
    words: str,
    answers: Hashable,
    volunteer: Hashable,
) -> list[Because]:
    """Art. 13: it is checked, and answered once and in words, by someone else."""
    found = []
    if state is not CorrectionState.ASKED:
        found.append(Because(Unanswerable.ANSWERED))
    return found + _words_of_another(words, answers, volunteer)


def refusals_to_appeal(
    state: CorrectionState, *, words: str, due_on: date, today: date
) -> list[Because]:
    """Against a refusal, or when the office is silent beyond its own term; once."""
    why = {
        CorrectionState.ACCEPTED: Unappealable.GRANTED,
        CorrectionState.APPEALED: Unappealable.ALREADY,
        CorrectionState.GRANTED: Unappealable.FINAL,
        CorrectionState.REJECTED: Unappealable.FINAL,
    }.get(state)
    found = [Because(why)] if why else []
    if state is CorrectionState.ASKED and not is_overdue(state, due_on, today):
        found.append(Because(Unappealable.WAITS, {"day": due_on}))
    if not words.strip():
        found.append(Because(Unappealable.NO_WORDS))
    return found


def may_appeal(state: CorrectionState, *, due_on: date, today: date) -> bool:
    """Whether an appeal is open now."""
    return not refusals_to_appeal(state, words="-", due_on=due_on, today=today)


def refusals_to_decide(
    state: CorrectionState,
    *,
    words: str,
    above: bool,
    decides: Hashable,
    answered: Hashable,
    volunteer: Hashable,
) -> list[Because]:
    """An appeal is decided by the level above, by another person than the first, and not his own.

    The three are compared as persons, not as accounts. At the root of the tree its own level is
    the one above, so there the second of these is what keeps the two apart.
    """
    found = []
    if state is not CorrectionState.APPEALED:
        found.append(Because(Undecidable.NOT_APPEALED))
    if not above:
        found.append(Because(Undecidable.LEVEL))
    if answered is not None and decides == answered:
        found.append(Because(Undecidable.SAME_PERSON))
    return found + _words_of_another(words, decides, volunteer)


def _words_of_another(words: str, answers: Hashable, volunteer: Hashable) -> list[Because]:
    found = []
    if answers == volunteer:
        found.append(Because(Unanswerable.OWN))
    if not words.strip():
        found.append(Because(Unanswerable.NO_WORDS))
    return found


class Rung(StrEnum):
    """Who is reminded of a list that nobody closed, from the lowest."""

    LEADER = "leader"
    OFFICE = "office"
    ABOVE = "above"


def rungs(
    ended_at: datetime, now: datetime, *, leader: timedelta, office: timedelta, above: timedelta
) -> list[Rung]:
    """Whose turn has come: the leader's first, then the office's, then the level's above it.

    Nought is never.
    """
    terms = {Rung.LEADER: leader, Rung.OFFICE: office, Rung.ABOVE: above}
    return [rung for rung, term in terms.items() if term and now - ended_at >= term]


def goes_up(due_on: date, today: date) -> bool:
    """A week after the office was told of what is overdue, the level above is told as well."""
    return due_on + timedelta(weeks=1) < today


class Unchangeable(Word):
    """Why the words of a record are not changed so."""

    NO_REASON = "no_reason", N_("Say why.")
    UNCHANGED = "unchanged", N_("The record says so already.")
    EMPTY = "empty", N_("A record of service names activity, place, content and person in charge.")
    OWN = "own", N_("Nobody corrects hours of his own. Report what is wrong instead.")
    WARD = (
        "ward",
        N_("Nobody corrects hours of a child of his own. Report what is wrong instead."),
    )


def changes(old: Mapping[str, str], new: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """What a record says before and after, of the fields that become different."""
    return {
        name: (old[name], new[name].strip())
        for name in DETAILS
        if name in new and new[name].strip() != old[name]
    }


def refusals_to_change(
    old: Mapping[str, str],
    new: Mapping[str, str],
    *,
    reason: str,
    changed_by: Hashable,
    volunteer: Hashable,
    guardian: Hashable = None,
) -> list[Because]:
    """Art. 7 and 13: no field becomes empty, something changes, with a reason, by someone else."""
    found = []
    if not reason.strip():
        found.append(Because(Unchangeable.NO_REASON))
    changed = changes(old, new)
    if not changed:
        found.append(Because(Unchangeable.UNCHANGED))
    if any(not after for _, after in changed.values()):
        found.append(Because(Unchangeable.EMPTY))
    if changed_by == volunteer:
        found.append(Because(Unchangeable.OWN))
    if guardian is not None and changed_by == guardian:
        found.append(Because(Unchangeable.WARD))
    return found
