"""Signing up several people at once: what the law says of each beforehand, and then together."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from sqlalchemy import select

from talent.access import Held, Role
from talent.db import db
from talent.errors import NotFound, Refused
from talent.people import service as people
from talent.rules.reason import N_, Because
from talent.rules.signup import LIVE, SignupState
from talent.rules.words import Word
from talent.shifts.eligibility import service as eligibility
from talent.shifts.groups import service as groups
from talent.shifts.models import Signup
from talent.shifts.offers import service as offers
from talent.shifts.places import service as places

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from talent.access import Actor
    from talent.people.models import Person
    from talent.shifts.groups.models import Group
    from talent.shifts.models import Need, Shift

FAMILY = "family"


class Way(Word):
    """What happens when not everybody can have a place."""

    ALL = "all", N_("All of them or nobody")
    ABLE = "able", N_("Those who can")
    WAIT = "wait", N_("Those who can; the rest on the waiting list")


class Apart(Word):
    """Why a party cannot come together."""

    TOO_FEW = "too_few", N_("%(asked)s places are asked for, and %(free)s are free.")
    NOBODY = "nobody", N_("Choose who is to be signed up.")
    SOMEBODY = "somebody", N_("Nobody was signed up, because not everybody can be.")


@dataclass(slots=True)
class Line:
    """One of the party: what the law says for each position, by the need's id."""

    person: Person
    own: Signup | None
    against: Mapping[int, list[Because]]
    against_waiting: Mapping[int, list[Because]]
    refused: list[Because] = field(default_factory=list)  # when it was tried

    @property
    def may(self) -> bool:
        """Whether any position is open to this person, for a place or for waiting."""
        return not all(self.against.values()) or not all(self.against_waiting.values())


@dataclass(frozen=True, slots=True)
class Party:
    """Who can be signed up together: a group, or one's own family."""

    persons: Sequence[Person]
    group: Group | None = None


class Divided(Refused):
    """Not everybody can be signed up, and all were asked for; reasons by person."""

    def __init__(self, by_person: Mapping[int, list[Because]], also: list[Because]) -> None:
        self.by_person = by_person
        super().__init__([*also, Because(Apart.SOMEBODY)])


def party(actor: Actor, chosen: str) -> Party:
    """The people behind what was chosen: "family", or the number of a group that one leads."""
    if chosen.isdecimal() and len(chosen) < 10:  # noqa: PLR2004 - no larger number is an id
        group = groups.led_group(actor, int(chosen))
        agreed = [member.person for member in group.members if member.agreed_at]
        return Party(sorted(agreed, key=lambda person: (person.sort_key, person.id)), group)
    if (own := people.own_person(actor)) is None or chosen != FAMILY:
        raise NotFound
    return Party([own, *people.wards_of(own.id)])


def as_family(actor: Actor) -> Actor:
    """The actor, seeing what is offered to his children as well."""
    if actor.person_id is None:
        return actor
    held = [
        Held(Role.VOLUNTEER, office.id, office.path)
        for office in people.offices_of_wards(actor.person_id)
    ]
    return replace(actor, held=(*actor.held, *dict.fromkeys(held)))


def lines(shift: Shift, persons: Sequence[Person], now: datetime) -> list[Line]:
    """Everybody with what the law says, in a number of questions that does not grow."""
    if not persons:
        return []
    ids = [person.id for person in persons]
    facts = eligibility.facts_of(ids, since=shift.starts_at)
    told = eligibility.settings_for([shift], now)[shift.project.office_id]
    query = select(Signup).where(
        Signup.shift_id == shift.id, Signup.person_id.in_(ids), Signup.state.in_(LIVE)
    )
    had = {one.person_id: one for one in db.session.scalars(query)}
    found = []
    for person in persons:
        law = {
            need.id: eligibility.reasons(need, shift, facts[person.id], told, now)
            for need in shift.needs
        }
        found.append(
            Line(
                person,
                had.get(person.id),
                {number: each.to_take for number, each in law.items()},
                {number: each.to_wait for number, each in law.items()},
            )
        )
    return found


def sign_up(
    shift_id: int,
    asked: Mapping[int, int],
    who: Party,
    *,
    way: Way,
    actor: Actor,
    now: datetime,
    risks_read: bool = False,
) -> list[tuple[Person, Signup | None, list[Because]]]:
    """Give places to several, each to the position that is asked for him, in one act.

    The shift is locked once and the people in the order of their ids. For everybody or nobody a
    single reason against one is a refusal of all. Otherwise each has the place or the reasons.
    """
    persons = {person.id: person for person in who.persons if person.id in asked}
    if not persons:
        raise Refused([Apart.NOBODY])
    shift = places.held(shift_id)
    needs = {number: places.need_of(shift, number) for number in {*asked.values()}}
    places.hold_people(persons)
    also = _too_few(asked, needs, shift, persons) if way is Way.ALL else []
    with db.session.begin_nested():  # what a refusal of all has written so far is undone
        outcomes = []
        for number in sorted(persons):
            terms = places.Terms(
                wait=way is Way.WAIT, risks_read=risks_read, by=_by(actor, persons[number], who)
            )
            one, reasons = _taken(
                shift, needs[asked[number]], number, who, actor=actor, now=now, terms=terms
            )
            outcomes.append((persons[number], one, reasons))
        refused = {person.id: reasons for person, _, reasons in outcomes if reasons}
        if refused and (way is Way.ALL or len(refused) == len(outcomes)):
            raise Divided(refused, also)
    return outcomes


def _taken(
    shift: Shift,
    need: Need,
    person_id: int,
    who: Party,
    *,
    actor: Actor,
    now: datetime,
    terms: places.Terms,
) -> tuple[Signup | None, list[Because]]:
    """The place or the reasons; a refusal leaves nothing behind."""
    try:
        with db.session.begin_nested():
            one = places.take(shift, need, person_id, actor=actor, now=now, terms=terms)
            if one.group_id is None and who.group:
                one.group_id = who.group.id
    except Refused as refusal:
        return None, refusal.reasons
    return one, []


def _by(actor: Actor, person: Person, who: Party) -> str:
    """Who signs this person up, as he is told; of an office's group, the office."""
    if who.group and who.group.contact_id is None:
        return who.group.office.name_zh
    own = people.own_person(actor)
    return own.name if own and own.id != person.id else ""


def _too_few(
    asked: Mapping[int, int],
    needs: Mapping[int, Need],
    shift: Shift,
    persons: Collection[int],
) -> list[Because]:
    """More people than places, said once, beside what it means for each."""
    query = select(Signup.person_id).where(
        Signup.shift_id == shift.id,
        Signup.person_id.in_(persons),
        Signup.state == SignupState.CONFIRMED,
    )
    seated = set(db.session.scalars(query))
    found = []
    for need in needs.values():
        wanted = sum(1 for p in persons if asked[p] == need.id and p not in seated)
        if wanted > need.free:
            found.append(Because(Apart.TOO_FEW, {"asked": wanted, "free": need.free}))
    return found


def shift_for(actor: Actor, shift_id: int) -> Shift:
    """A shift that is visible to the actor or offered to one of his children."""
    return offers.visible_shift(as_family(actor), shift_id)
