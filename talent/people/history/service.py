"""The history of a person: acts from the audit trail, with what stood in each field before."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import or_, select

from talent import audit
from talent.audit import AuditEntry
from talent.db import db
from talent.offices.models import Office
from talent.people.history.models import PersonChange
from talent.people.models import Registration
from talent.rules.identity import masked
from talent.rules.reason import N_
from talent.rules.words import Word

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from talent.access import Actor
    from talent.audit import Act
    from talent.people.models import Person

PAGE = 30
HIDDEN = 4  # signs at the end of a phone number that stay
PHONES = frozenset({"phone", "guardian_phone", "emergency_phone"})
LONGEST = 500
OF_WORDS = frozenset({"sex", "document_kind", "photograph"})  # their values are our own words
# What the fields are called where their changes are shown.
FIELDS = {
    "name": N_("Name"),
    "sex": N_("Sex"),
    "birth_date": N_("Birth date"),
    "document_kind": N_("Kind of document"),
    "document": N_("Number of the document"),
    "phone": N_("Phone"),
    "email": N_("Mail address"),
    "area": N_("Area of residence"),
    "skills": N_("Other skills"),
    "known_skills": N_("Skills that shifts ask for"),
    "categories": N_("Kinds of service"),
    "free_times": N_("Times that suit"),
    "guardian_name": N_("Name of the guardian"),
    "guardian_phone": N_("Phone of the guardian"),
    "guardian_relation": N_("Relation of the guardian"),
    "guardian": N_("Guardian"),
    "spoken": N_("Languages"),
    "areas": N_("Areas to serve in"),
    "home_office": N_("Main office"),
    "emergency_name": N_("Contact for emergencies"),
    "emergency_phone": N_("Phone of the contact"),
    "emergency_relation": N_("Relation of the contact"),
    "photograph": N_("Photograph"),
    "language": N_("Language of messages"),
    "known_at": N_("Known to the office"),
    "household": N_("Household"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """One field before and after, as it is shown."""

    field: str
    was: str | None
    became: str | None


@dataclass(slots=True)
class Event:
    """One act on a person: who did it, when, at which office, and what it changed."""

    entry: AuditEntry
    by: str | None
    office: Office | None
    changes: list[Change] = field(default_factory=list)

    @property
    def fields(self) -> list[str]:
        """The fields that were changed before their values were kept."""
        return [] if self.changes else list(self.entry.facts.get("fields", []))


def keep(
    act: Act,
    person: Person,
    values: Mapping[str, tuple[Any, Any]],
    *,
    actor: Actor,
    now: datetime,
    office_id: int | None = None,
    **facts: Any,
) -> None:
    """Leave a trace of the act with what each field was and became; nothing when nothing changed.

    The trace itself names the fields and none of their values.
    """
    changed = {name: pair for name, pair in values.items() if pair[0] != pair[1]}
    if not changed:
        return
    entry = audit.record(
        act, person, actor=actor, now=now, office_id=office_id, fields=sorted(changed), **facts
    )
    db.session.add_all(
        PersonChange(
            person_id=person.id,
            entry=entry,
            field=name,
            was=_kept(name, was),
            became=_kept(name, became),
            at=now,
            account_id=actor.account_id,
        )
        for name, (was, became) in sorted(changed.items())
    )


def mask(number: str | None) -> str:
    """A phone number of which only the end is shown."""
    return f"{'*' * (len(number) - HIDDEN)}{number[-HIDDEN:]}" if number else ""


def of(person: Person, *, before: int | None = None) -> tuple[list[Event], int | None]:
    """A page of what was done with what is on record of a person, the latest first; the next key.

    In five questions, however many events there are.
    """
    numbers = db.session.scalars(
        select(Registration.id).where(Registration.person_id == person.id).order_by(Registration.id)
    ).all()
    subjects = [f"person:{person.id}", *(f"registration:{number}" for number in numbers)]
    mine = select(PersonChange.audit_id).where(PersonChange.person_id == person.id)
    query = select(AuditEntry).where(or_(AuditEntry.subject.in_(subjects), AuditEntry.id.in_(mine)))
    if before is not None:
        query = query.where(AuditEntry.id < before)
    rows = db.session.scalars(query.order_by(AuditEntry.id.desc()).limit(PAGE + 1)).all()
    events = _told(rows[:PAGE], person.id)
    return events, rows[PAGE - 1].id if len(rows) > PAGE else None


def _told(entries: Sequence[AuditEntry], person_id: int) -> list[Event]:
    names = audit.called(entry.account_id for entry in entries)
    ids = {entry.office_id for entry in entries if entry.office_id}
    offices = {o.id: o for o in db.session.scalars(select(Office).where(Office.id.in_(ids)))}
    events = {
        entry.id: Event(entry, names.get(entry.account_id or 0), offices.get(entry.office_id or 0))
        for entry in entries
    }
    query = select(PersonChange).where(
        PersonChange.person_id == person_id, PersonChange.audit_id.in_(events)
    )
    for row in db.session.scalars(query.order_by(PersonChange.id)):
        events[row.audit_id].changes.append(Change(row.field, row.was, row.became))
    return list(events.values())


def _kept(name: str, value: Any) -> str | None:
    """A value as a reader understands it; of a number only what may be shown."""
    if value is None or value in ("", []):
        return None
    if name == "document":
        return masked(str(value))
    if name in PHONES:
        return mask(str(value))
    text = value.label if isinstance(value, Word) else value
    return ("、".join(map(str, text)) if isinstance(text, list) else str(text))[:LONGEST]
