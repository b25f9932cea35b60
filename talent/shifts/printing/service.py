"""What is printed of shifts: rosters with names, and sheets on which people sign in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING

from sqlalchemy import select

from talent.db import db
from talent.people.models import Person
from talent.shifts.board import cards
from talent.shifts.models import ShiftState

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from talent.access import Actor
    from talent.shifts.board.cards import Card
    from talent.shifts.board.service import Group
    from talent.shifts.models import Shift, Signup

MOST = 200  # shifts at one time
LINES = 25  # of one page
SPARE = 3  # for those who walk in


@dataclass(frozen=True, slots=True)
class Sheet:
    """One shift on paper: who is expected, by name, and how many lines are left empty."""

    card: Card
    expected: Sequence[Signup]

    @property
    def spare(self) -> int:
        """Empty lines: the rest of the page, and some in any case."""
        return max(LINES - len(self.expected), SPARE)


def sheet(card: Card) -> Sheet:
    """Everybody who has a place, in the order of their names; who stands by signs in as well."""
    chips = [chip for spot in card.spots for chip in (*spot.on, *spot.standing_by)]
    people = [chip.signup for chip in chips]
    return Sheet(card, sorted(people, key=lambda one: (one.person.sort_key, one.person_id)))


def held(groups: Iterable[Group]) -> list[Group]:
    """The rows of a board without what is called off, which nobody needs on paper."""
    kept = []
    for group in groups:
        days = {
            day: left
            for day, cards_ in sorted(group.days.items())
            if (left := [c for c in cards_ if c.shift.state is not ShiftState.CANCELLED])
        }
        if days:
            kept.append(replace(group, days=days))
    return kept


def sheets(groups: Iterable[Group]) -> list[Sheet]:
    """A sheet for each shift, in their order."""
    return [sheet(card) for group in groups for day in group.days.values() for card in day]


def phones(groups: Iterable[Group]) -> dict[int, str]:
    """The phone of each person who has a place, by the person's id."""
    people = {
        chip.signup.person_id
        for group in groups
        for card in chain.from_iterable(group.days.values())
        for spot in card.spots
        for chip in spot.on
    }
    query = select(Person.id, Person.phone).where(Person.id.in_(people), Person.phone.is_not(None))
    return {id_: phone for id_, phone in db.session.execute(query) if phone}


def card_of(shift: Shift, actor: Actor, now: datetime) -> Card:
    """One shift with its people."""
    return cards.of([shift], actor, now)[0]
