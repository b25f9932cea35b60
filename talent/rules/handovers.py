"""Handing on a place: practice of the platforms within 条例 Art. 15, 16, 22 (2017-12-01).

Whoever takes the place over is asked for all that anybody is asked for; an office may look at it
first, or not have it at all.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from talent.rules.reason import N_, Because
from talent.rules.signup import SignupState
from talent.rules.words import Word

if TYPE_CHECKING:
    from datetime import datetime


class StandIns(Word):
    """What an office says to handing on a place."""

    FREE = "free", N_("As soon as the other person accepts")
    APPROVED = "approved", N_("When the office has approved it")
    OFF = "off", N_("Not at this office")


class HandoverState(Word):
    """Only the first two are open; only one of them moves a place."""

    OFFERED = "offered", N_("Waits for an answer")
    ACCEPTED = "accepted", N_("Accepted, waits for the office")
    DONE = "done", N_("Handed on")
    DECLINED = "declined", N_("Declined")
    WITHDRAWN = "withdrawn", N_("Withdrawn")
    REFUSED = "refused", N_("Not approved by the office")
    VOID = "void", N_("The place was given up meanwhile")
    LAPSED = "lapsed", N_("The shift began before it was done")


OPEN = frozenset({HandoverState.OFFERED, HandoverState.ACCEPTED})


class Unhandable(StrEnum):
    """Why a place is not handed on so."""

    OFF = N_(
        "This office does not have places handed on. Please give yours up, or call the office."
    )
    NO_PLACE = N_("There is no place on this shift to hand on.")
    STARTED = N_("This shift began at %(start)s.")
    OFFERED_ALREADY = N_("This place is being handed on already.")
    NOBODY = N_(
        "Nobody who could take the place is found so. Try another number, or offer it to all."
    )
    OVER = N_("This is no longer offered.")
    NOT_ACCEPTED = N_("Nobody has accepted it yet.")
    WAITING_FIRST = N_("Whoever stands on the waiting list comes first.")
    NOTHING_IN_RETURN = N_("You have no place on the shift that is wanted in return.")


def refusals_to_offer(
    state: SignupState | None,
    start: datetime,
    now: datetime,
    *,
    mode: StandIns,
    offered: bool = False,
) -> list[Because]:
    """A confirmed place is handed on until the start, also after the deadline for cancelling it."""
    if mode is StandIns.OFF:
        return [Because(Unhandable.OFF)]
    if state is not SignupState.CONFIRMED:
        return [Because(Unhandable.NO_PLACE)]
    if now >= start:
        return [Because(Unhandable.STARTED, {"start": start})]
    return [Because(Unhandable.OFFERED_ALREADY)] if offered else []


def refusals_to_answer(
    state: HandoverState,
    giver: SignupState | None,
    start: datetime,
    now: datetime,
    *,
    mode: StandIns,
) -> list[Because]:
    """An offer is accepted while it stands, the giver has the place and the shift is to come."""
    if state is not HandoverState.OFFERED:
        return [Because(Unhandable.OVER)]
    return refusals_to_offer(giver, start, now, mode=mode)


def refusals_to_approve(
    state: HandoverState, giver: SignupState | None, start: datetime, now: datetime
) -> list[Because]:
    """The office approves what was accepted, while the giver has the place, until the start."""
    if state is HandoverState.OFFERED:
        return [Because(Unhandable.NOT_ACCEPTED)]
    if state is not HandoverState.ACCEPTED:
        return [Because(Unhandable.OVER)]
    return refusals_to_offer(giver, start, now, mode=StandIns.APPROVED)


def overtaken(
    state: HandoverState, giver: SignupState | None, start: datetime, now: datetime
) -> HandoverState | None:
    """What becomes of an open hand-over without anybody: void without the place, or lapsed.

    `giver` is None when the shift does not take place.
    """
    if state not in OPEN:
        return None
    if giver is not SignupState.CONFIRMED:
        return HandoverState.VOID
    return HandoverState.LAPSED if now >= start else None
