"""Codes of people: made, renewed, read by a leader."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from talent import audit, seal
from talent.access import Permission
from talent.audit import Act
from talent.checkin import service as day
from talent.checkin.codes.models import PersonCode
from talent.db import db
from talent.errors import NotFound
from talent.offices import service as offices
from talent.people import service as people
from talent.shifts.attendees import service as attendees
from talent.shifts.models import Project, Shift, Signup

if TYPE_CHECKING:
    from datetime import datetime

    from talent.access import Actor
    from talent.people.models import Person
    from talent.shifts.attendees.service import Attendee

PURPOSE = "code of a person"


@dataclass(frozen=True, slots=True)
class Found:
    """Whose code it is, where a place is held today, and which shifts run that could take one."""

    person: Person
    attendees: list[Attendee]
    running: list[Shift]


def own_code(person_id: int) -> str:
    """The code that holds now."""
    renewed = db.session.get(PersonCode, person_id)
    return seal.sign(PURPOSE, [person_id, renewed.number if renewed else 0])


def renew(person_id: int, *, actor: Actor, now: datetime) -> None:
    """Another code: whoever took a picture of the old one has nothing."""
    renewed = db.session.get(PersonCode, person_id, with_for_update=True)
    if renewed is None:
        renewed = PersonCode(person_id=person_id, number=0)
        db.session.add(renewed)
    renewed.number += 1
    renewed.renewed_at = now
    audit.record(Act.CODE_RENEWED, f"person:{person_id}", actor=actor, now=now)


def found(code: str, *, actor: Actor, now: datetime) -> Found:
    """What a leader sees of the person whose code was scanned."""
    person = _person_of(code, actor)
    here = Project.office_id.in_(offices.seen(actor, Permission.LEAD_SHIFTS))
    shifts = day.shifts_today(here, now=now)
    seats = day.seats(Signup.person_id == person.id, shifts=shifts)
    held = {one.shift_id for one in seats}
    running = [each for each in shifts if each.id not in held and attendees.is_running(each, now)]
    return Found(person, attendees.of_signups(seats, now), running)


def seat(code: str, signup_id: int, *, actor: Actor, now: datetime) -> Signup:
    """The person's place on one of today's shifts, or `NotFound`."""
    held = [each.signup for each in found(code, actor=actor, now=now).attendees]
    one: Signup | None = next((each for each in held if each.id == signup_id), None)
    if one is None:
        raise NotFound
    return one


def _person_of(code: str, actor: Actor) -> Person:
    """Only a code that holds, and only of somebody whom the leader's offices know."""
    person_id, number = seal.signed(PURPOSE, code) or (0, 0)
    renewed = db.session.get(PersonCode, person_id)
    if number != (renewed.number if renewed else 0):
        raise NotFound
    return people.visible_person(actor, Permission.LEAD_SHIFTS, person_id)
