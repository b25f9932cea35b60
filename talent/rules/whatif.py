"""Drafts of staffing: what may be tried, who decides, what becomes of it.

The 2017 Opinion leaves the standard to cities and counties, so the level above sees a draft
before an office acts on it, and answers in words.
"""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING

from talent.rules.reason import N_, Because
from talent.rules.standards import Inverse, PerUnit, Ratio, Share
from talent.rules.words import Word

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from decimal import Decimal

    from talent.rules.standards import Terms


class ChangeKind(Word):
    """What a draft changes."""

    MOVE = "move", N_("Move an appointment to another office")
    ADD = "add", N_("Add posts")
    END = "end", N_("End an appointment")
    STANDARD = "standard", N_("Change the number of a standard")
    MERGE = "merge", N_("Merge two offices")


class DraftState(Word):
    """Where a draft stands."""

    OWN = "own", N_("Draft")
    SHARED = "shared", N_("Shared with the level above")
    AGREED = "agreed", N_("Agreed")
    SENT_BACK = "sent_back", N_("Sent back")
    PLANNED = "planned", N_("Became a plan")
    DROPPED = "dropped", N_("Thrown away")


class SaidKind(Word):
    """What is said of a draft."""

    SHARED = "shared", N_("Shared")
    REMARK = "remark", N_("Remark")
    AGREED = "agreed", N_("Agreed")
    SENT_BACK = "sent_back", N_("Sent back")


EDITABLE = frozenset({DraftState.OWN, DraftState.SENT_BACK})
VISIBLE_ABOVE = frozenset(DraftState) - {DraftState.OWN, DraftState.DROPPED}


class Undrafted(StrEnum):
    """Why a change is not taken, or a draft not shared, answered, planned."""

    CLOSED = N_("This draft is shared or decided, so nothing in it changes any more.")
    NOTHING = N_("Change at least one thing first.")
    NOBODY_ABOVE = N_("There is no office above with which it could be shared.")
    NOT_SHARED = N_("Only a draft that is shared is answered.")
    OWN = N_("Somebody else answers: this draft is yours.")
    WORDS = N_("Say why it is sent back.")
    NOT_AGREED = N_("The level above has not agreed to this draft yet.")
    PLANNED = N_("This draft became a plan already.")
    SAME_OFFICE = N_("The appointment is at this office already.")
    TWICE = N_("The draft moves or ends this appointment already.")
    OVER = N_("The appointment ends on %(last)s, before this.")
    NOT_BEGUN = N_("The appointment begins on %(first)s, after this.")
    BEFORE = N_("A draft begins at its base, %(base)s, at the earliest.")
    ONE_OFFICE = N_("Choose two different offices.")
    OTHER_KIND = N_("Only offices of one kind are merged.")
    ABOVE = N_("One of them lies below the other.")
    MERGED = N_("The draft merges one of them already.")
    BANDS = N_("A standard by size has no single number: set a new standard instead.")
    PERCENT = N_("A share is at most 100 per cent.")


def with_number(terms: Terms | None, number: Decimal) -> Terms | None:
    """The same formula with another number; None where it has no single one.

    Without a standard the number is one for each 10 000, as the plan counts.
    """
    match terms:
        case None:
            return Ratio(number)
        case Inverse():
            return replace(terms, step=number)
        case Ratio() | PerUnit():
            return replace(terms, number=number)
        case Share():
            return replace(terms, percent=number)
        case _:
            return None


def refusals_to_edit(state: DraftState) -> list[Because]:
    """Who shared a draft shows it as it is: nothing changes under the reader's eyes."""
    return [] if state in EDITABLE else [Because(Undrafted.CLOSED)]


def refusals_of_day(starts_on: date, *, base: date) -> list[Because]:
    """A draft stands on the facts of a day and says nothing of the time before it."""
    return [Because(Undrafted.BEFORE, {"base": base})] if starts_on < base else []


def refusals_to_touch(
    *, starts_on: date, first: date, last: date | None, touched: bool
) -> list[Because]:
    """An appointment is moved or ended once, while it holds."""
    found = [Because(Undrafted.TWICE)] if touched else []
    if last is not None and last < starts_on:
        found.append(Because(Undrafted.OVER, {"last": last}))
    if first > starts_on:
        found.append(Because(Undrafted.NOT_BEGUN, {"first": first}))
    return found


def refusals_to_merge(*, same: bool, one_kind: bool, related: bool, merged: bool) -> list[Because]:
    """Two offices of one kind, neither below the other, each merged once."""
    if same:
        return [Because(Undrafted.ONE_OFFICE)]
    checks = (
        (not one_kind, Undrafted.OTHER_KIND),
        (related, Undrafted.ABOVE),
        (merged, Undrafted.MERGED),
    )
    return [Because(why) for wrong, why in checks if wrong]


def refusals_to_share(state: DraftState, *, changes: int, above: bool) -> list[Because]:
    """Something is shared, with somebody."""
    if state not in EDITABLE:
        return [Because(Undrafted.CLOSED)]
    found = [] if changes else [Because(Undrafted.NOTHING)]
    return found if above else [*found, Because(Undrafted.NOBODY_ABOVE)]


def refusals_to_answer(
    state: DraftState, *, own: bool, agreed: bool, words: str | None
) -> list[Because]:
    """The level above agrees, or sends back in words; nobody answers himself."""
    if state is not DraftState.SHARED:
        return [Because(Undrafted.NOT_SHARED)]
    found = [Because(Undrafted.OWN)] if own else []
    return found if agreed or words else [*found, Because(Undrafted.WORDS)]


def refusals_to_plan(state: DraftState, *, changes: int, above: bool) -> list[Because]:
    """What was agreed becomes a plan; whom nobody stands above decides alone."""
    if state is DraftState.PLANNED:
        return [Because(Undrafted.PLANNED)]
    if state is DraftState.DROPPED:
        return [Because(Undrafted.CLOSED)]
    found = [] if changes else [Because(Undrafted.NOTHING)]
    if above and state is not DraftState.AGREED:
        found.append(Because(Undrafted.NOT_AGREED))
    return found


def chain_after(chain: Sequence[int], *, into: Sequence[int], merged: int) -> tuple[int, ...]:
    """At which offices a place counts once one office went into another: nearest first.

    `into` is the chain of the office that stays, itself first.
    """
    if merged not in chain:
        return tuple(chain)
    return (*chain[: list(chain).index(merged)], *into)
