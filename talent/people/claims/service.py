"""Claims: an account asks for a person on record; a letter or the office proves that it may."""

from __future__ import annotations

import hmac
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from talent import audit
from talent.audit import Act
from talent.db import db, locked, one
from talent.errors import NotFound, Refused
from talent.people import service as people
from talent.people.models import Claim, ClaimState, Person
from talent.rules import age
from talent.rules.reason import N_
from talent.rules.words import Word
from talent.seal import blind_index

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from talent.access import Actor, Permission

LASTS = timedelta(days=7)
OPEN_AT_MOST = 5  # claims of one account: more are no slip of the pen
_CODE = 40  # characters of a code, 160 bits


class Unclaimed(Word):
    """Why a claim does not go on."""

    TOO_MANY = "too_many", N_("Too many open requests. Please ask your community office.")
    OVER = "over", N_("This request was answered already, or it is older than 7 days.")
    OTHER_ACCOUNT = "other_account", N_("Sign in with the account that asked for this.")
    NOT_A_CHILD = (
        "not_a_child",
        N_("This account belongs to somebody else already. Only a child can be added to it."),
    )


def ask(person_id: int, *, name: str, actor: Actor, now: datetime) -> Claim:
    """Open a claim; asking again renews the one that is there."""
    person = one(Person, person_id)
    query = select(Claim).where(Claim.person_id == person.id, Claim.account_id == actor.account_id)
    claim = db.session.scalars(query).one_or_none()
    if claim is None:
        _refuse_too_many(actor)
        claim = Claim(person=person, account_id=actor.account_id, account_name=name, made_at=now)
        db.session.add(claim)
    elif claim.state is not ClaimState.TAKEN:
        claim.state, claim.made_at = ClaimState.OPEN, now
        claim.reason = claim.decided_at = claim.decided_by = None
    db.session.flush()
    return claim


def code_of(claim: Claim) -> str:
    """What the letter to the address on record carries. It changes when the claim is renewed."""
    return blind_index("claim", f"{claim.id} {claim.made_at.isoformat()}")[:_CODE]


def to_tell(since: datetime) -> Sequence[Claim]:
    """Open claims on persons with an address, for whoever sends the letters."""
    query = select(Claim).join(Claim.person).options(joinedload(Claim.person))
    query = query.where(
        Claim.state == ClaimState.OPEN, Claim.made_at > since, Person.email.is_not(None)
    )
    return db.session.scalars(query.order_by(Claim.id)).all()


def own_claim(actor: Actor, claim_id: int) -> Claim:
    """A claim of this account, or `NotFound`."""
    claim = db.session.get(Claim, claim_id)
    if claim is None or claim.account_id != actor.account_id:
        raise NotFound
    return claim


def own_claims(actor: Actor) -> Sequence[Claim]:
    """What this account asked for and has not yet taken over."""
    query = select(Claim).where(
        Claim.account_id == actor.account_id, Claim.state != ClaimState.TAKEN
    )
    return db.session.scalars(query.order_by(Claim.id)).all()


def open_claims(person: Person) -> Sequence[Claim]:
    """What the office is asked about a person."""
    query = select(Claim).where(Claim.person_id == person.id, Claim.state == ClaimState.OPEN)
    return db.session.scalars(query.order_by(Claim.id)).all()


def waiting(actor: Actor, permission: Permission) -> Sequence[Claim]:
    """The open claims on people whom the actor's offices know, the oldest first."""
    query = select(Claim).join(Claim.person).options(joinedload(Claim.person))
    query = query.where(Claim.state == ClaimState.OPEN, people.visible(actor, permission))
    return db.session.scalars(query.order_by(Claim.id).limit(people.PAGE)).all()


def visible_claim(actor: Actor, permission: Permission, claim_id: int) -> Claim:
    """A claim on a person whom the actor's offices know, or `NotFound`."""
    claim = one(Claim, claim_id)
    people.visible_person(actor, permission, claim.person_id)
    return claim


def decide(claim: Claim, to: ClaimState, *, actor: Actor, now: datetime, reason: str = "") -> None:
    """The office knows the person and says whether the account is the person's own."""
    claim = locked(Claim, claim.id)
    if claim.state is not ClaimState.OPEN:
        raise Refused([Unclaimed.OVER])
    claim.state, claim.reason = to, reason or None
    claim.decided_at, claim.decided_by = now, actor.account_id
    audit.record(
        Act.PERSON_CLAIMED, claim.person, actor=actor, now=now, state=to.value, claim=claim.id
    )


def by_code(actor: Actor, claim_id: int, code: str, *, now: datetime) -> Claim:
    """The open claim to which a letter's code belongs, for the account that asked."""
    claim = one(Claim, claim_id)
    if not hmac.compare_digest(code.encode(), code_of(claim).encode()):
        raise NotFound
    if claim.account_id != actor.account_id:
        raise Refused([Unclaimed.OTHER_ACCOUNT])
    if claim.state is not ClaimState.OPEN or now - claim.made_at > LASTS:
        raise Refused([Unclaimed.OVER])
    return claim


def take(claim: Claim, *, actor: Actor, now: datetime, today: date) -> Person | None:
    """End a proved claim. The person becomes the account's own: give it back to be linked.

    None when the account has its own person: then the child is added to that person's children.
    """
    claim = locked(Claim, claim.id)
    person = claim.person
    if actor.person_id:
        born = person.birth_date
        if born is None or not age.guardian_needed(born, today):
            raise Refused([Unclaimed.NOT_A_CHILD])
        person.guardian_id = actor.person_id
    claim.state = ClaimState.TAKEN
    audit.record(
        Act.PERSON_CLAIMED, person, actor=actor, now=now, state=claim.state.value, claim=claim.id
    )
    return None if actor.person_id else person


def _refuse_too_many(actor: Actor) -> None:
    query = select(func.count(Claim.id)).where(
        Claim.account_id == actor.account_id, Claim.state == ClaimState.OPEN
    )
    if (db.session.scalar(query) or 0) >= OPEN_AT_MOST:
        raise Refused([Unclaimed.TOO_MANY])
