"""A shift by its link: taken from a phone, by those who register on the way as well."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from talent import audit
from talent.access import SYSTEM
from talent.audit import Act
from talent.db import db
from talent.errors import Refused
from talent.i18n import force_locale, gettext, sentence
from talent.messages.models import MessageKind
from talent.offices.models import Office
from talent.people import service as people
from talent.people.models import Person, Registration, RegistrationState
from talent.people.registrations.service import offices_to_join
from talent.rules import signup
from talent.rules.reason import N_
from talent.rules.signup import LIVE, SignupState
from talent.rules.words import Word
from talent.shifts.eligibility import service as eligibility
from talent.shifts.models import Shift, Signup
from talent.shifts.offers.service import Option, waiting_counts
from talent.shifts.places import service as places

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from talent.access import Actor


class Uninvited(Word):
    """Why a link leads nowhere, or no further."""

    GONE = (
        "gone",
        N_("This link is not valid any more. Please ask whoever gave it to you for a new one."),
    )


NOT_ACCEPTED = N_("The registration as a volunteer was not accepted.")
TOO_LATE = N_("The registration as a volunteer was not decided in time.")


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody for whom the reader may take a place: himself, or a child of his."""

    person: Person
    options: list[Option]
    own: Signup | None
    applied: bool  # waits for the office, which keeps the place meanwhile
    active: bool

    @property
    def registered(self) -> bool:
        """Whether there is a registration that this shift can be taken with."""
        return self.active or self.applied


def by_token(token: str) -> Shift | None:
    """The shift of a link that holds."""
    query = select(Shift).where(Shift.invite_token == token).options(*eligibility.WHOLE)
    return db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def invite(shift: Shift, *, actor: Actor, now: datetime) -> None:
    """A link of its own; the one before it ends."""
    shift = places.held(shift.id)
    shift.invite_token = secrets.token_urlsafe(16)
    _traced(shift, actor, now, "made")


def withdraw(shift: Shift, *, actor: Actor, now: datetime) -> None:
    """From now on the link leads nowhere. Who came by it keeps the place."""
    shift = places.held(shift.id)
    if shift.invite_token:
        shift.invite_token = None
        _traced(shift, actor, now, "withdrawn")


def _traced(shift: Shift, actor: Actor, now: datetime, what: str) -> None:
    audit.record(
        Act.INVITATION_CHANGED, shift, actor=actor, now=now,
        office_id=shift.project.office_id, invitation=what,
    )  # fmt: skip


def who_came(shift: Shift) -> Sequence[Signup]:
    """Everybody who took a place or a turn by the link, the first one first."""
    query = (
        select(Signup)
        .where(Signup.shift_id == shift.id, Signup.invited)
        .options(
            joinedload(Signup.person)
            .selectinload(Person.registrations)
            .joinedload(Registration.office)
        )
        .order_by(Signup.id)
    )
    return db.session.scalars(query).all()


def office_for(shift: Shift) -> Office | None:
    """Where a newcomer had best register: with the audience, else with the nearest of it."""
    audience = shift.project.audience
    reaching = [o for o in offices_to_join() if eligibility.reaches(audience.path, o.path)]
    same = [o for o in reaching if o.id in {audience.id, shift.project.office_id}]
    return next(iter(same or reaching), None)


def guests(shift: Shift, actor: Actor, now: datetime) -> list[Guest]:
    """For whom the reader may take a place, and what the law says of each."""
    if (own := people.own_person(actor)) is None:
        return []
    persons = [own, *people.wards_of(own.id)]
    ids = [person.id for person in persons]
    facts = eligibility.facts_of(ids, since=shift.starts_at)
    applied = _applied(ids)
    told = eligibility.settings_for([shift], now)[shift.project.office_id]
    waits = waiting_counts([need.id for need in shift.needs])
    query = select(Signup).where(
        Signup.shift_id == shift.id, Signup.person_id.in_(ids), Signup.state.in_(LIVE)
    )
    had = {one.person_id: one for one in db.session.scalars(query)}
    found = []
    for person in persons:
        active = eligibility.candidate(facts[person.id], shift).active
        hopes = not active and _reaching(shift, applied.get(person.id, ()))
        options = []
        for need in shift.needs:
            law = eligibility.reasons(need, shift, facts[person.id], told, now)
            to_take, to_wait = law.to_take, law.to_wait
            if hopes:
                to_take = signup.refusals_to_newcomer(to_take)
                to_wait = signup.refusals_to_newcomer(to_wait)
            options.append(Option(need, waits.get(need.id, 0), to_take, to_wait))
        found.append(Guest(person, options, had.get(person.id), hopes, active))
    return found


def take(
    shift: Shift,
    need_id: int,
    person_id: int,
    *,
    actor: Actor,
    now: datetime,
    wait: bool = False,
    risks_read: bool = False,
) -> Signup:
    """A place by the link. Who has only applied is kept one until the office has decided."""
    person = people.own_or_ward(actor, person_id)
    token = shift.invite_token
    shift = places.held(shift.id)
    if shift.invite_token != token:
        raise Refused([Uninvited.GONE])
    if found := places.live(shift.id, person.id):
        return found
    facts = eligibility.facts_of([person.id], since=shift.starts_at)[person.id]
    applied = _reaching(shift, _applied([person.id]).get(person.id, ()))
    newcomer = applied and not eligibility.candidate(facts, shift).active
    own = people.own_person(actor)
    terms = places.Terms(
        state=SignupState.OFFERED if newcomer else SignupState.CONFIRMED,
        wait=wait,
        risks_read=risks_read,
        answer_by=signup.kept_until(shift.starts_at, now) if newcomer else None,
        newcomer=newcomer,
        by=own.name if own and own.id != person.id else "",
    )
    need = places.need_of(shift, need_id)
    one = places.take(shift, need, person.id, actor=actor, now=now, terms=terms)
    one.invited = True
    if one.state is SignupState.OFFERED:
        places.tell(MessageKind.PLACE_KEPT, one, once=str(one.id), now=now, until_at=_iso(one))
    return one


def _iso(one: Signup) -> str | None:
    return one.answer_by.isoformat() if one.answer_by else None


def settle(now: datetime) -> int:
    """Newcomers whose registration is decided have their place, or lose it. How many."""
    query = (
        select(Signup)
        .where(Signup.state == SignupState.OFFERED, Signup.newcomer)
        .options(selectinload(Signup.shift).options(*eligibility.WHOLE))
        .order_by(Signup.shift_id, Signup.person_id)
    )
    kept = db.session.scalars(query).all()
    ids = [one.person_id for one in kept]
    facts = eligibility.facts_of(ids, since=now) if ids else {}
    applied = _applied(ids)
    decided = [
        one
        for one in kept
        if _over(one, now)
        or eligibility.candidate(facts[one.person_id], one.shift).active
        or not _reaching(one.shift, applied.get(one.person_id, ()))
    ]
    for shift_id in sorted({one.shift_id for one in decided}):
        shift = places.held(shift_id)
        mine = [one for one in decided if one.shift_id == shift_id]
        places.hold_people(one.person_id for one in mine)
        for one in mine:
            db.session.refresh(one)
            if one.state is SignupState.OFFERED and one.newcomer:
                active = eligibility.candidate(facts[one.person_id], shift).active
                _settle(shift, one, active=active, now=now)
        places.promote([shift], now)
    return len(decided)


def _settle(shift: Shift, one: Signup, *, active: bool, now: datetime) -> None:
    """Everything that a place needs is asked again, but for the time in which one signs up."""
    with force_locale(one.person.language):
        why = gettext(TOO_LATE) if _over(one, now) else gettext(NOT_ACCEPTED)
        if active and not _over(one, now):
            try:
                with db.session.begin_nested():
                    terms = places.Terms()
                    need = places.need_of(shift, one.need_id)
                    places.take(shift, need, one.person_id, actor=SYSTEM, now=now, terms=terms)
            except Refused as refusal:
                why = " ".join(sentence(reason) for reason in refusal.reasons)
                db.session.refresh(one)
            else:
                return
        places.take_back(one, why[:300], actor=SYSTEM, now=now)


def _over(one: Signup, now: datetime) -> bool:
    return now >= one.shift.starts_at or bool(one.answer_by and now >= one.answer_by)


def _applied(person_ids: Collection[int]) -> Mapping[int, list[str]]:
    """The places in the tree of the offices at which each has applied."""
    query = (
        select(Registration.person_id, Office.path)
        .join(Registration.office)
        .where(
            Registration.person_id.in_(person_ids),
            Registration.state == RegistrationState.APPLIED,
        )
    )
    found: dict[int, list[str]] = {}
    for person_id, path in db.session.execute(query):
        found.setdefault(person_id, []).append(path)
    return found


def _reaching(shift: Shift, paths: Collection[str]) -> bool:
    return any(eligibility.reaches(shift.project.audience.path, path) for path in paths)
