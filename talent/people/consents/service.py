"""Consents to our notices: asked for, given on screen or on paper, and what of them stands."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from talent import audit
from talent.audit import Act
from talent.backup import numbers
from talent.db import db
from talent.people import service as people
from talent.people.models import VERSIONS, Consent
from talent.rules import consent
from talent.rules.consent import BY_GUARDIAN, ConsentKind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import date, datetime

    from talent.access import Actor
    from talent.people.models import Person


def needed(person: Person, day: date) -> set[ConsentKind]:
    """Those without which a person is no volunteer; none while the birth date is missing."""
    return set(consent.needed(person.birth_date, day)) if person.birth_date else set()


def asked_of(person: Person, day: date) -> list[ConsentKind]:
    """The notices a person is asked about today, the free ones last; children have no location."""
    must = consent.needed(person.birth_date, day) if person.birth_date else [ConsentKind.PRIVACY]
    grown = [] if ConsentKind.CHILD in must else [ConsentKind.LOCATION]
    pictured = [ConsentKind.PHOTOGRAPH] if person.photo_id else []
    return [*must, ConsentKind.HONOUR_ROLL, *grown, *pictured]


def standing(given: Iterable[Consent]) -> dict[ConsentKind, Consent]:
    """The consent of each kind that stands in the present version."""
    found = defaultdict(list)
    for each in given:
        if each.withdrawn_at is None and each.version == VERSIONS[each.kind]:
            found[each.kind].append(each)
    return {kind: several[-1] for kind, several in found.items()}


def give(
    person: Person,
    kinds: Iterable[ConsentKind],
    *,
    actor: Actor,
    now: datetime,
    on_paper: bool = False,
    evidence_id: int | None = None,
) -> list[Consent]:
    """Keep a consent to each of the notices, in their present versions."""
    rows = _rows(person, kinds, actor=actor, now=now, on_paper=on_paper, evidence_id=evidence_id)
    given = [Consent(**row) for row in rows]
    db.session.add_all(given)
    for each in given:
        audit.record(Act.CONSENT_GIVEN, person, actor=actor, now=now, kind=each.kind.value)
    return given


def give_on_paper(
    person: Person,
    kinds: Collection[ConsentKind],
    *,
    actor: Actor,
    now: datetime,
    evidence_id: int | None,
) -> None:
    """Keep the consents that were signed since and do not stand yet."""
    fresh = set(kinds) - standing(people.consents_of(person.id)).keys()
    give(person, fresh, actor=actor, now=now, on_paper=True, evidence_id=evidence_id)


def give_all(
    kinds_of: Mapping[Person, Iterable[ConsentKind]],
    *,
    actor: Actor,
    now: datetime,
    evidence_id: int | None,
) -> dict[int, list[dict[str, Any]]]:
    """Keep what many people signed on paper, in one go: by the person's id, what was kept."""
    given = {
        person.id: _rows(
            person, kinds, actor=actor, now=now, on_paper=True, evidence_id=evidence_id
        )
        for person, kinds in kinds_of.items()
    }
    numbers.write(Consent, [row for some in given.values() for row in some])
    for kind in sorted(ConsentKind):
        told = {
            f"person:{person_id}": {"kind": kind.value}
            for person_id, some in given.items()
            if any(row["kind"] is kind for row in some)
        }
        audit.record_all(Act.CONSENT_GIVEN, told, actor=actor, now=now)
    return given


def _rows(
    person: Person,
    kinds: Iterable[ConsentKind],
    *,
    actor: Actor,
    now: datetime,
    on_paper: bool,
    evidence_id: int | None,
) -> list[dict[str, Any]]:
    """What is kept of each consent."""
    speaks = person.guardian_id is not None and actor.person_id == person.guardian_id
    return [
        {
            "person_id": person.id,
            "kind": kind,
            "version": VERSIONS[kind],
            "given_at": now,
            "given_by": (person.guardian_name or "")
            if speaks or kind in BY_GUARDIAN
            else person.name,
            "by_guardian": speaks or kind in BY_GUARDIAN,
            "on_paper": on_paper,
            "evidence_id": evidence_id,
            "account_id": actor.account_id,
        }
        for kind in sorted(kinds)
    ]
