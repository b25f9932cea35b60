"""Personal information and its end: PIPL (2021-11-01), GB/T 40143-2021 5.2.2, Order 67 Art. 10."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from talent.rules.age import birthday
from talent.rules.reason import N_, Because
from talent.rules.words import Word

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

LEAST_YEARS = 10  # GB/T 40143-2021 5.2.2
ANSWER_WORKDAYS = 15  # practice; the law says "in time" (PIPL Art. 50)


class Wish(Word):
    """What a person may ask of whoever keeps the data (PIPL Art. 44 to 48)."""

    CORRECT = "correct", N_("Put something right")
    EXPLAIN = "explain", N_("Explain what is done with my data")
    ERASE = "erase", N_("Erase something")


class Standing(Word):
    """Where such a request stands."""

    ASKED = "asked", N_("Waits for an answer")
    DONE = "done", N_("Done")
    REFUSED = "refused", N_("Refused, with the reason")


class Unasked(StrEnum):
    """Why a request or its answer is not taken."""

    NOTHING_SAID = N_("Say in a few words what it is about.")
    ANSWERED = N_("This request has been answered already.")
    OWN = N_("Nobody answers his own request.")
    NO_REASON = N_("A reason is needed, since it is kept who took which data out and why.")


@dataclass(frozen=True, slots=True)
class Life:
    """What still goes on with a person, and the last day of which anything is recorded."""

    registered: bool = False
    employed: bool = False
    in_charge: bool = False  # holds a role in the office's work
    last_trace: date | None = None


def restricted(life: Life) -> bool:
    """PIPL Art. 47: who has left, whose data must still be kept, is not processed otherwise.

    Somebody of whom nothing is recorded has not left: the office has only just typed him in.
    """
    goes_on = life.registered or life.employed or life.in_charge
    return life.last_trace is not None and not goes_on


def kept_until(last_trace: date, years: int) -> date:
    """GB/T 40143-2021 5.2.2: the first day on which the records need not be kept any more."""
    return birthday(last_trace, max(years, LEAST_YEARS))


def to_erase(life: Life, years: int, today: date) -> bool:
    """PIPL Art. 19 and 47: kept no longer than it must be."""
    return (
        restricted(life)
        and life.last_trace is not None
        and kept_until(life.last_trace, years) <= today
    )


def longest(years: Iterable[int]) -> int:
    """Several offices know one person: the one that keeps records longest decides."""
    return max(years, default=LEAST_YEARS)


def refusals_to_ask(said: str) -> list[Because]:
    """PIPL Art. 50: a request is about something."""
    return [] if said.strip() else [Because(Unasked.NOTHING_SAID)]


def refusals_to_answer(standing: Standing, *, own: bool, said: str) -> list[Because]:
    """PIPL Art. 50: answered once, by somebody else, and with the reason."""
    if standing is not Standing.ASKED:
        return [Because(Unasked.ANSWERED)]
    found = [Because(Unasked.OWN)] if own else []
    return found if said.strip() else [*found, Because(Unasked.NOTHING_SAID)]


def refusals_to_take(reason: str) -> list[Because]:
    """PIPL Art. 51: whoever takes out another one's data says why."""
    return [] if reason.strip() else [Because(Unasked.NO_REASON)]
