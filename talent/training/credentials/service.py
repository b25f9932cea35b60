"""Credentials: taken down with evidence, verified by a second person, withdrawn with a reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import aliased, contains_eager, joinedload

from talent import audit, clock
from talent.access import Permission
from talent.audit import Act
from talent.db import db, locked
from talent.errors import NotAllowed, NotFound, Refused
from talent.files import keep_evidence
from talent.i18n import DEFAULT_ZONE, label
from talent.messages import service as messages
from talent.messages.models import MessageKind
from talent.people import service as people
from talent.people.models import Person
from talent.rules import credentials as law
from talent.rules.credentials import CheckResult
from talent.rules.reason import N_, Because
from talent.rules.words import Word
from talent.training.models import Credential, CredentialKind
from talent.training.service import PAGE, VALID

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date, datetime

    from sqlalchemy import ColumnElement

    from talent.access import Actor
    from talent.files import StoredFile


class Standing(Word):
    """Where a credential stands on a day."""

    UNVERIFIED = "unverified", N_("To be verified")
    VALID = "valid", N_("Valid")
    LAPSED = "lapsed", N_("Lapsed")
    WITHDRAWN = "withdrawn", N_("Withdrawn")
    REFUSED = "refused", N_("Not verified")
    FOUND = "found", N_("A record was found")


@dataclass(slots=True)
class Stated:
    """What is stated of a credential, with its paper: a name and its bytes."""

    kind: CredentialKind
    issued_on: date
    number: str | None = None
    issuer: str | None = None
    valid_until: date | None = None
    paper: tuple[str, bytes] | None = None
    result: CheckResult | None = None
    classes: Sequence[str] = ()
    imported: bool = False  # from a file of the office, in which no paper is


def standing(credential: Credential, today: date) -> Standing:
    """In one word."""
    if credential.ended_at is not None:
        return Standing.REFUSED if credential.refused else Standing.WITHDRAWN
    if credential.verified_at is None:
        return Standing.UNVERIFIED
    if credential.result is CheckResult.FOUND:
        return Standing.FOUND
    lapsed = credential.valid_until is not None and credential.valid_until < today
    return Standing.LAPSED if lapsed else Standing.VALID


def credentials(
    actor: Actor,
    *,
    today: date,
    standing: Standing | None = None,
    kind_id: int | None = None,
    after: int = 0,
) -> Sequence[Credential]:
    """Credentials of the people whom the actor's offices know, the newest first; one more."""
    query = (
        select(Credential)
        .join(Credential.person)
        .where(people.visible(actor, Permission.SEE_TRAINING))
        .options(contains_eager(Credential.person))
        .order_by(Credential.id.desc())
        .limit(PAGE + 1)
    )
    if standing:
        query = query.where(_stands(standing, today))
    if kind_id:
        query = query.where(Credential.kind_id == kind_id)
    if after:
        query = query.where(Credential.id < after)
    return db.session.scalars(query).all()


def waiting(actor: Actor, *, after: int = 0) -> Sequence[Credential]:
    """What a second person has to see, the oldest first; a page and one more."""
    query = (
        select(Credential)
        .join(Credential.person)
        .where(people.visible(actor, Permission.SEE_TRAINING), Credential.id > after)
        .where(Credential.verified_at.is_(None), Credential.ended_at.is_(None))
        .options(contains_eager(Credential.person))
        .order_by(Credential.id)
        .limit(PAGE + 1)
    )
    return db.session.scalars(query).all()


def credentials_of(person_id: int) -> Sequence[Credential]:
    """All that one person has ever stated, what counts first."""
    query = (
        select(Credential)
        .join(Credential.kind)
        .where(Credential.person_id == person_id)
        .order_by(
            Credential.ended_at.is_not(None),
            CredentialKind.place,
            Credential.issued_on.desc(),
            Credential.id.desc(),
        )
        .options(contains_eager(Credential.kind))
    )
    return db.session.scalars(query).all()


def visible_credential(actor: Actor, credential_id: int) -> Credential:
    """One's own, or that of a person whom an office of the actor's knows; else `NotFound`."""
    reached = people.visible(actor, Permission.SEE_TRAINING)
    if actor.person_id is not None:
        reached = or_(reached, Credential.person_id == actor.person_id)
    return _one(credential_id, reached)


def editable_credential(actor: Actor, credential_id: int) -> Credential:
    """That of a person whom an office knows for which the actor edits training."""
    return _one(credential_id, people.visible(actor, Permission.EDIT_TRAINING))


def paper_of(actor: Actor, credential_id: int) -> StoredFile:
    """The evidence, for its holder and the offices that know him."""
    file = visible_credential(actor, credential_id).file
    if file is None:
        raise NotFound
    return file


def add(person: Person, stated: Stated, *, actor: Actor, now: datetime) -> Credential:
    """Take a credential down. It counts when a second person has verified it."""
    kind = stated.kind
    until = law.holds_until(
        stated.issued_on,
        stated=stated.valid_until,
        lapses=kind.lapses,
        months=kind.months,
        recheck=kind.recheck_months,
    )
    found = law.refusals_to_take_down(
        _asked(kind, without_paper=actor.system or stated.imported),
        number=stated.number,
        has_paper=stated.paper is not None,
        result=stated.result or (CheckResult.CLEAR if actor.system else None),
        classes=kind.classes if actor.system else stated.classes,
    )
    found += law.refusals_to_state(
        issued=stated.issued_on,
        last=until,
        lapses=kind.lapses,
        today=clock.today(DEFAULT_ZONE, now),
    )
    locked(Person, person.id)  # the same paper is not taken down twice at once
    if not found and _known(person, stated, until):
        found = [Because(law.Unverifiable.HELD_ALREADY)]
    if found:
        raise Refused(found)
    file = keep_evidence(*stated.paper, actor=actor, now=now) if stated.paper else None
    credential = Credential(
        person_id=person.id,
        kind_id=kind.id,
        number=law.written_number(stated.number) if stated.number else None,
        issuer=stated.issuer or kind.issuer,
        issued_on=stated.issued_on,
        valid_until=until,
        recheck_on=law.recheck_due(stated.issued_on, kind.recheck_months),
        result=stated.result if kind.is_check else None,
        classes=[each for each in kind.classes if each in stated.classes],
        file_id=file.id if file else None,
        entered_by=actor.account_id,
        made_at=now,
    )
    db.session.add(credential)
    db.session.flush()
    audit.record(Act.CREDENTIAL_CHANGED, credential, actor=actor, now=now)
    return credential


def refusals_to_verify(credential: Credential, actor: Actor) -> list[Because]:
    """Why the actor cannot verify it: for the page, and for the act itself."""
    return law.refusals_to_verify(
        ended=credential.ended_at is not None,
        verified=credential.verified_at is not None,
        entered_it=credential.entered_by is not None and credential.entered_by == actor.account_id,
        own=people.speaks_for(actor, credential.person),
    )


def verify(credential: Credential, *, actor: Actor, now: datetime) -> None:
    """A second person has seen it. From now on it counts; what a check found ends earlier ones."""
    locked(Person, credential.person_id)  # two checks of one person are seen one after the other
    credential = locked(Credential, credential.id)
    if found := refusals_to_verify(credential, actor) or _refusals_since(credential):
        raise Refused(found)
    credential.verified_at, credential.verified_by = now, actor.account_id
    if credential.result is CheckResult.FOUND:
        end_outdated(credential.person_id, actor=actor, now=now)
    audit.record(Act.CREDENTIAL_VERIFIED, credential, actor=actor, now=now)


def _refusals_since(credential: Credential) -> list[Because]:
    """Why a check does not count that was made before another one found something."""
    if credential.result is not CheckResult.CLEAR:
        return []
    counts = credential in outdated([credential.person_id])
    return [Because(law.Unverifiable.FOUND_SINCE)] if counts else []


def outdated(person_ids: Collection[int]) -> Sequence[Credential]:
    """One person's clear checks since which one of their kind has found something.

    Several files are looked at as one: so they are when they are joined.
    """
    found = aliased(Credential)
    since = exists().where(
        found.person_id.in_(person_ids),
        found.kind_id == Credential.kind_id,
        found.result == CheckResult.FOUND,
        found.verified_at.is_not(None),
        found.ended_at.is_(None),
        found.issued_on >= Credential.issued_on,
    )
    query = select(Credential).where(
        Credential.person_id.in_(person_ids),
        Credential.result == CheckResult.CLEAR,
        Credential.ended_at.is_(None),
        since,
    )
    return db.session.scalars(query.order_by(Credential.id)).all()


def end_outdated(person_id: int, *, actor: Actor, now: datetime) -> None:
    """End the clear checks since which one of their kind has found something."""
    for earlier in outdated([person_id]):
        earlier.ended_at, earlier.ended_why = now, label(CheckResult.FOUND)
        audit.record(Act.CREDENTIAL_CHANGED, earlier, actor=actor, now=now, withdrawn=True)


def refuse(credential: Credential, *, why: str, actor: Actor, now: datetime) -> None:
    """The second person does not verify it; the holder is told why and can hand in another."""
    credential = locked(Credential, credential.id)
    if found := refusals_to_verify(credential, actor):
        raise Refused(found)
    credential.refused, credential.ended_at, credential.ended_why = True, now, why
    audit.record(Act.CREDENTIAL_CHANGED, credential, actor=actor, now=now, refused=True)
    tell_refused(credential.person, named_by(credential.kind), str(credential.id), why, now=now)


def may_withdraw(credential: Credential, actor: Actor) -> bool:
    """An office whose training the actor edits; the holder, as long as nobody has verified it."""
    own = credential.person_id == actor.person_id and credential.verified_at is None
    if own or not actor.may(Permission.EDIT_TRAINING):
        return own
    query = select(Person.id).where(
        Person.id == credential.person_id, people.visible(actor, Permission.EDIT_TRAINING)
    )
    return db.session.scalar(query) is not None


def withdraw(credential: Credential, *, why: str, actor: Actor, now: datetime) -> None:
    """It counts no more; why, stays on record."""
    credential = locked(Credential, credential.id)
    if not may_withdraw(credential, actor):
        raise NotAllowed
    if credential.ended_at:
        raise Refused([law.Unverifiable.WITHDRAWN])
    credential.ended_at, credential.ended_why = now, why
    audit.record(Act.CREDENTIAL_CHANGED, credential, actor=actor, now=now, withdrawn=True)


def named_by(kind: CredentialKind) -> dict[str, str | None]:
    """The two names of a kind, as a message carries them."""
    return {"name_zh": kind.name_zh, "name_en": kind.name_en}


def tell_refused(
    person: Person, what: dict[str, str | None], key: str, why: str, *, now: datetime
) -> None:
    """What was handed in does not count, and why."""
    messages.tell(
        MessageKind.PAPER_REFUSED,
        once=f"{key}:{now.isoformat()}",
        now=now,
        person=person,
        facts={"what": what, "why": why, "path": "/training/mine"},
    )


def _asked(kind: CredentialKind, *, without_paper: bool) -> law.Kind:
    return law.Kind(
        lapses=kind.lapses,
        mask=kind.number_mask,
        example=kind.number_example or "",
        evidence=kind.evidence and not without_paper,
        is_check=kind.is_check,
        classes=tuple(kind.classes),
        registered=kind.registered,
    )


def _one(credential_id: int, condition: ColumnElement[bool]) -> Credential:
    query = (
        select(Credential)
        .join(Credential.person)
        .where(Credential.id == credential_id, condition)
        .options(contains_eager(Credential.person), joinedload(Credential.file))
    )
    if (credential := db.session.scalars(query).one_or_none()) is None:
        raise NotFound
    return credential


def _known(person: Person, stated: Stated, until: date | None) -> bool:
    query = select(Credential.id).where(
        Credential.person_id == person.id,
        Credential.kind_id == stated.kind.id,
        Credential.issued_on == stated.issued_on,
        Credential.number.is_not_distinct_from(
            law.written_number(stated.number) if stated.number else None
        ),
        Credential.valid_until.is_not_distinct_from(until),
        Credential.ended_at.is_(None),
    )
    return db.session.scalar(query.limit(1)) is not None


def _stands(standing: Standing, today: date) -> ColumnElement[bool]:
    lasting = or_(Credential.valid_until.is_(None), Credential.valid_until >= today)
    if standing in {Standing.WITHDRAWN, Standing.REFUSED}:
        return and_(
            Credential.ended_at.is_not(None),
            Credential.refused.is_(standing is Standing.REFUSED),
        )
    if standing is Standing.FOUND:
        return and_(Credential.result == CheckResult.FOUND, Credential.ended_at.is_(None))
    if standing is Standing.UNVERIFIED:
        return and_(Credential.verified_at.is_(None), Credential.ended_at.is_(None))
    return and_(VALID, lasting if standing is Standing.VALID else Credential.valid_until < today)
