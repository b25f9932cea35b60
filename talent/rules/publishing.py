"""Publishing projects and shifts: 条例 Art. 12 and 17 (2017-12-01), GB/T 40143-2021 6.1."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from talent.rules.reason import N_, Because

if TYPE_CHECKING:
    from datetime import date, datetime, tzinfo

    from talent.rules.span import Span


class Unpublishable(StrEnum):
    """What is missing before volunteers may be asked for."""

    PERSON_IN_CHARGE = N_("Name the person in charge.")
    CONTENT = N_("Say what the service consists of.")
    PLACE = N_("Say where it takes place.")
    SIGN_UP_WAY = N_("Say how to sign up.")
    RISKS = N_("Say which risks may arise; if there are none, say so.")
    SAFEGUARDS = N_("Say which protection is offered.")
    POSITIONS = N_("Add at least one position.")
    PLACES = N_("State the number of places of the position “%(position)s”.")
    CONDITIONS = N_(
        "State the conditions of the position “%(position)s”; if there are none, say so."
    )
    LEAST = N_(
        "At least %(least)s are needed for the position “%(position)s”, which has only %(places)s "
        "places."
    )
    LEADER = N_("Nobody leads: ask for at least one place of “%(positions)s”.")
    GATE_CLOSED = N_(
        "The position “%(position)s” asks for “%(thing)s”, which is closed: nobody new can get it."
    )
    POLICY_NUMBER = N_("The service is risky. Enter the number of the accident insurance policy.")
    COVER_DATES = N_("The service is risky. Enter the first and the last day of the insurance.")
    COVER_TURNED = N_(
        "The last day of the insurance, %(last_day)s, is before its first, %(first_day)s."
    )
    NOT_COVERED = N_(
        "The insurance covers %(first_day)s to %(last_day)s, but the shift is on %(day)s."
    )
    OVER = N_("The shift ended on %(end)s. Hours of the past are entered by hand.")


@dataclass(frozen=True, slots=True)
class Position:
    """A position as announced."""

    name: str
    places: int
    conditions: str
    least: int = 0
    leads: bool = False
    closed: tuple[str, ...] = ()  # what it asks for and nobody can get any more


@dataclass(frozen=True, slots=True)
class Insurance:
    """Accident insurance of the volunteers; both days are covered."""

    policy_number: str = ""
    first_day: date | None = None
    last_day: date | None = None


@dataclass(frozen=True, slots=True)
class Announcement:
    """What volunteers read before they sign up."""

    person_in_charge: str
    content: str
    place: str
    sign_up_way: str
    risks: str
    safeguards: str
    positions: tuple[Position, ...]
    leaders: tuple[str, ...] = ()  # the positions of the project that lead a shift
    risky: bool = False
    insurance: Insurance = Insurance()


def missing(announcement: Announcement) -> list[Because]:
    """条例 Art. 12, GB/T 40143 6.1: what a project still lacks before it may be published."""
    stated = {
        Unpublishable.PERSON_IN_CHARGE: announcement.person_in_charge,
        Unpublishable.CONTENT: announcement.content,
        Unpublishable.PLACE: announcement.place,
        Unpublishable.SIGN_UP_WAY: announcement.sign_up_way,
        Unpublishable.RISKS: announcement.risks,
        Unpublishable.SAFEGUARDS: announcement.safeguards,
    }
    found = [Because(field) for field, text in stated.items() if not text.strip()]
    if not announcement.positions:
        found.append(Because(Unpublishable.POSITIONS))
    for position in announcement.positions:
        if position.places < 1:
            found.append(Because(Unpublishable.PLACES, {"position": position.name}))
        if not position.conditions.strip():
            found.append(Because(Unpublishable.CONDITIONS, {"position": position.name}))
    return found + (_insurance_missing(announcement.insurance) if announcement.risky else [])


def unmet(announcement: Announcement) -> list[Because]:
    """GB/T 40143-2021 6.1, conditions that can be met: each least, each gate, and who leads."""
    found = []
    for position in announcement.positions:
        if position.least > position.places:
            told = {"least": position.least, "places": position.places}
            found.append(Because(Unpublishable.LEAST, {"position": position.name, **told}))
        found += [
            Because(Unpublishable.GATE_CLOSED, {"position": position.name, "thing": thing})
            for thing in position.closed
        ]
    if announcement.leaders and not any(
        position.leads and position.places for position in announcement.positions
    ):
        names = "”, “".join(announcement.leaders)
        found.append(Because(Unpublishable.LEADER, {"positions": names}))
    return found


def refusals_to_publish_shift(
    announcement: Announcement,
    shift: Span,
    *,
    zone: tzinfo,
    now: datetime,
) -> list[Because]:
    """条例 Art. 12 and 17: announced completely, possible to meet, insured and not yet over."""
    found = missing(announcement) + unmet(announcement)
    found += uncovered(announcement, shift, zone)
    if shift.end <= now:
        found.append(Because(Unpublishable.OVER, {"end": shift.end}))
    return found


def uncovered(announcement: Announcement, shift: Span, zone: tzinfo) -> list[Because]:
    """条例 Art. 17: a risky service is insured beforehand, on each local day of the shift.

    Dates that are missing are told by `missing`.
    """
    insurance = announcement.insurance
    first_day, last_day = insurance.first_day, insurance.last_day
    if not announcement.risky or first_day is None or last_day is None:
        return []
    return [
        Because(
            Unpublishable.NOT_COVERED,
            {"first_day": first_day, "last_day": last_day, "day": day},
        )
        for day in shift.days(zone)
        if not first_day <= day <= last_day
    ]


def _insurance_missing(insurance: Insurance) -> list[Because]:
    found = []
    if not insurance.policy_number.strip():
        found.append(Because(Unpublishable.POLICY_NUMBER))
    first_day, last_day = insurance.first_day, insurance.last_day
    if first_day is None or last_day is None:
        found.append(Because(Unpublishable.COVER_DATES))
    elif last_day < first_day:
        facts = {"first_day": first_day, "last_day": last_day}
        found.append(Because(Unpublishable.COVER_TURNED, facts))
    return found
