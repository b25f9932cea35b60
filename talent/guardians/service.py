"""One's children: what they may do, what comes next, and the day on which it ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from talent.db import db
from talent.hours import ledger
from talent.messages import service as messages
from talent.messages.models import PRIVATE, Message, MessageKind
from talent.people import service as people
from talent.people.consents import service as consenting
from talent.people.permits import service as permits
from talent.rules import guardianship
from talent.rules.consent import BY_GUARDIAN
from talent.shifts.eligibility import service as eligibility
from talent.shifts.signups import service as signups

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from talent.hours.ledger import Sum
    from talent.people.models import Consent, Person
    from talent.people.permits.models import ActivityConsent
    from talent.rules.consent import ConsentKind
    from talent.rules.reason import Because
    from talent.shifts.models import Signup

MESSAGES = 20


@dataclass(frozen=True, slots=True)
class Booked:
    """A shift to come, and what the law has against it by now."""

    signup: Signup
    reasons: Sequence[Because]


@dataclass(frozen=True, slots=True)
class Child:
    """All that a guardian wants to know of one child."""

    person: Person
    age: int | None
    of_age: date | None
    missing: Sequence[ConsentKind]  # notices that wait for the guardian
    hours: Sum
    coming: Sequence[Booked]
    permits: Sequence[ActivityConsent]  # that stand
    ended: Sequence[ActivityConsent]  # withdrawn or over

    @property
    def limited(self) -> bool:
        """Whether the guardian has ever named kinds of activity."""
        return bool(self.permits or self.ended)


def children(person_id: int, *, today: date, now: datetime) -> list[Child]:
    """Everybody for whom a person speaks."""
    return looks(people.wards_of(person_id), today=today, now=now)


def look(person: Person, *, today: date, now: datetime) -> Child:
    """One child."""
    return looks([person], today=today, now=now)[0]


def looks(persons: Sequence[Person], *, today: date, now: datetime) -> list[Child]:
    """Children, in as many questions for several as for one."""
    ids = [person.id for person in persons]
    given, agreed = permits.given_for(ids), people.consents_among(ids)
    hours, booked = ledger.sums(by=["person_id"], people=ids), _coming(ids, now)
    return [
        Child(
            person,
            people.age_on(person, today),
            guardianship.of_age(person.birth_date) if person.birth_date else None,
            _missing(person, agreed[person.id], today),
            hours.get(person.id, ledger.NOTHING),
            booked[person.id],
            [each for each in given[person.id] if _stands(each, today)],
            [each for each in given[person.id] if not _stands(each, today)],
        )
        for person in persons
    ]


def _missing(person: Person, given: Sequence[Consent], today: date) -> list[ConsentKind]:
    agreed = consenting.standing(given)
    asked = consenting.asked_of(person, today)
    return [kind for kind in asked if kind in BY_GUARDIAN and kind not in agreed]


def _stands(given: ActivityConsent, today: date) -> bool:
    over = given.last_day is not None and given.last_day < today
    return given.withdrawn_at is None and not over


def _coming(person_ids: Sequence[int], now: datetime) -> dict[int, list[Booked]]:
    """Shifts to come, each with the reasons that speak against it since it was booked."""
    booked = signups.coming_of(person_ids, now)
    everything = [one for several in booked.values() for one in several]
    facts = eligibility.facts_of(person_ids, since=now) if everything else {}
    settings = eligibility.settings_for([one.shift for one in everything], now)
    return {
        id_: [
            Booked(
                one,
                eligibility.standing(
                    eligibility.place(one.need, one.shift, settings[one.shift.project.office_id]),
                    one.shift,
                    facts[id_].without(one.shift_id),
                    now,
                ),
            )
            for one in several
        ]
        for id_, several in booked.items()
    }


def told(person: Person) -> Sequence[Message]:
    """The latest messages to a child, without what only the reader's own mail box may hold."""
    query = (
        select(Message)
        .where(Message.person_id == person.id, Message.kind.not_in(PRIVATE))
        .order_by(Message.id.desc())
        .limit(MESSAGES)
    )
    return db.session.scalars(query).all()


def release_grown(today: date, now: datetime) -> int:
    """From the day of coming of age on nobody else speaks for a person; both are told. How many."""
    released = people.release_grown(today, now)
    for person, guardian in released:
        for reader in (person, guardian):
            if reader is not None:
                messages.tell(
                    MessageKind.COMES_OF_AGE,
                    once=f"{person.id}:{reader.id}",
                    now=now,
                    person=reader,
                    facts={"child": person.name, "own": reader is person, "path": "/people/me"},
                )
    return len(released)
