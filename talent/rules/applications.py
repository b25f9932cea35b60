"""Applications in an office's queue: Order 67 Art. 5 and 6, 条例 Art. 7 and 12 (2017-12-01).

Whoever applies has an answer: an application is taken by one clerk, and every step stays.
"""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from talent.rules.reason import N_, Because
from talent.rules.words import Word

if TYPE_CHECKING:
    from datetime import datetime

LATEST_INTERVIEW = timedelta(days=180)
SHORTEST_MINUTES, LONGEST_MINUTES = 5, 240


class StepKind(Word):
    """What was done with an application."""

    APPLIED = "applied", N_("Applied")
    TAKEN = "taken", N_("Taken by a clerk")
    RELEASED = "released", N_("Put back into the queue")
    REFERRED = "referred", N_("Referred to another office")
    INVITED = "invited", N_("Invited to an interview")
    CALLED_OFF = "called_off", N_("Interview called off")
    HELD = "held", N_("Interview held")
    MISSED = "missed", N_("Did not come to the interview")
    RETURNED = "returned", N_("Returned")
    ACCEPTED = "accepted", N_("Accepted")
    PAUSED = "paused", N_("Paused")
    LEFT = "left", N_("Ended")


class InterviewWay(Word):
    """How an interview is held."""

    IN_PERSON = "in_person", N_("At the office")
    AT_HOME = "at_home", N_("At home")
    PHONE = "phone", N_("By phone")
    VIDEO = "video", N_("By video")


class InterviewState(Word):
    """What became of an interview."""

    PLANNED = "planned", N_("Planned")
    HELD = "held", N_("Held")
    MISSED = "missed", N_("Did not come")
    CALLED_OFF = "called_off", N_("Called off")


class Unqueued(StrEnum):
    """Why a step is not taken with an application."""

    NOT_WAITING = N_("This application does not wait for an answer any more.")
    TAKEN = N_("%(name)s has taken this application. Ask for it to be put back first.")
    NOT_TAKEN = N_("Nobody has taken this application.")
    SAME_OFFICE = N_("The application is at this office already.")
    CLOSED = N_("This office does not register volunteers. Choose another one.")
    REGISTERED_THERE = N_("The person is registered or has applied at that office already.")
    WHY = N_("Say why, so that the other office and the volunteer understand it.")
    PAST = N_("The interview has to be in the future, within half a year.")
    MINUTES = N_("An interview takes from %(least)s to %(most)s minutes.")
    WHERE = N_("Say where it is, or how to reach each other.")
    INTERVIEW_OVER = N_("What became of this interview is on record already.")
    NOT_BEGUN = N_("The interview has not begun yet.")


def refusals_to_take(*, waiting: bool, taker: str | None) -> list[Because]:
    """Practice: one clerk looks after one application. `taker` is who has it, when another."""
    if not waiting:
        return [Because(Unqueued.NOT_WAITING)]
    return [Because(Unqueued.TAKEN, {"name": taker})] if taker else []


def refusals_to_put_back(*, waiting: bool, taken: bool) -> list[Because]:
    """Practice: only what was taken is put back, by whomever: clerks fall ill."""
    if not waiting:
        return [Because(Unqueued.NOT_WAITING)]
    return [] if taken else [Because(Unqueued.NOT_TAKEN)]


def refusals_to_refer(
    *, waiting: bool, same: bool, joinable: bool, registered_there: bool, why: str
) -> list[Because]:
    """条例 Art. 7: one is registered where one serves; the reason goes along."""
    if not waiting:
        return [Because(Unqueued.NOT_WAITING)]
    found = []
    if same:
        found.append(Because(Unqueued.SAME_OFFICE))
    elif not joinable:
        found.append(Because(Unqueued.CLOSED))
    elif registered_there:
        found.append(Because(Unqueued.REGISTERED_THERE))
    if not why.strip():
        found.append(Because(Unqueued.WHY))
    return found


def refusals_to_invite(
    *, waiting: bool, starts_at: datetime, minutes: int, where: str, now: datetime
) -> list[Because]:
    """Practice: an interview is to come, has a length, and one knows where or how."""
    if not waiting:
        return [Because(Unqueued.NOT_WAITING)]
    found = []
    if not now < starts_at <= now + LATEST_INTERVIEW:
        found.append(Because(Unqueued.PAST))
    if not SHORTEST_MINUTES <= minutes <= LONGEST_MINUTES:
        facts = {"least": SHORTEST_MINUTES, "most": LONGEST_MINUTES}
        found.append(Because(Unqueued.MINUTES, facts))
    if not where.strip():
        found.append(Because(Unqueued.WHERE))
    return found


def refusals_to_note(
    state: InterviewState, to: InterviewState, starts_at: datetime, now: datetime
) -> list[Because]:
    """Practice: what became of it is noted once; held or missed only after it began."""
    if state is not InterviewState.PLANNED or to is InterviewState.PLANNED:
        return [Because(Unqueued.INTERVIEW_OVER)]
    if to is not InterviewState.CALLED_OFF and now < starts_at:
        return [Because(Unqueued.NOT_BEGUN)]
    return []
