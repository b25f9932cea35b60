"""Registrations: who may apply where, what keeps the office from accepting, and every step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select, tuple_
from sqlalchemy.orm import joinedload

from talent import audit
from talent.audit import Act
from talent.backup import numbers
from talent.clock import today
from talent.db import db, locked
from talent.errors import NotFound, Refused
from talent.offices.models import Office, OfficeKind
from talent.offices.service import seen
from talent.people import service as people
from talent.people.consents import service as consenting
from talent.people.models import (
    VERSIONS,
    Consent,
    Person,
    Registration,
    RegistrationState,
)
from talent.people.particulars import service as particulars
from talent.people.portraits import service as portraits
from talent.people.steps.models import RegistrationStep
from talent.people.steps.service import step
from talent.rules import age, consent
from talent.rules.applications import StepKind
from talent.rules.consent import BY_GUARDIAN, ConsentKind
from talent.rules.reason import N_, Because
from talent.rules.words import Word

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import date, datetime

    from talent.access import Actor, Permission
    from talent.people.particulars.service import Particulars

PAGE = 50
CHUNK = 400  # people asked about at once
JOINED = (OfficeKind.COMMUNITY, OfficeKind.STREET)  # the kinds of office that take volunteers
_S = RegistrationState
# From which states each state is reached; who may take the step, the doors say.
STEPS: dict[RegistrationState, frozenset[RegistrationState]] = {
    _S.APPLIED: frozenset({_S.RETURNED, _S.LEFT}),
    _S.RETURNED: frozenset({_S.APPLIED}),
    _S.ACTIVE: frozenset({_S.APPLIED, _S.PAUSED}),
    _S.PAUSED: frozenset({_S.ACTIVE}),
    _S.LEFT: frozenset({_S.APPLIED, _S.RETURNED, _S.ACTIVE, _S.PAUSED}),
}


WHOSE = ("mine", "free")
_KINDS = {
    _S.APPLIED: StepKind.APPLIED,
    _S.RETURNED: StepKind.RETURNED,
    _S.ACTIVE: StepKind.ACCEPTED,
    _S.PAUSED: StepKind.PAUSED,
    _S.LEFT: StepKind.LEFT,
}


class NoStep(Word):
    """Why a registration does not move."""

    STATE = "state", N_("This registration is “%(state)s” now. Please look at the page again.")
    REASON = "reason", N_("Say why, so that the volunteer knows what to change.")
    PRESENT = "present", N_("There is a registration at this office already.")
    CLOSED = "closed", N_("This office does not register volunteers. Choose another one.")
    NO_BIRTH_DATE = "no_birth_date", N_("The birth date is missing.")


def offices_to_join() -> Sequence[Office]:
    """Where one may register, in the order of the tree."""
    query = select(Office).where(Office.open, Office.kind.in_(JOINED)).order_by(Office.path)
    return db.session.scalars(query).all()


def office_to_join(office_id: int) -> Office:
    """One of them, or a refusal."""
    office = db.session.get(Office, office_id)
    if office is None or not office.open or office.kind not in JOINED:
        raise Refused([NoStep.CLOSED])
    return office


def refusals(
    stated: Particulars, office: Office, *, consents: Collection[ConsentKind], now: datetime
) -> list[Because]:
    """Order 67 Art. 5, PIPL Art. 13 to 17 and 31: what keeps these particulars from applying."""
    day = today(office.zone, now)
    found = refusals_on_paper(stated, office, consents=consents, now=now)
    if stated.born and stated.born <= day:
        found += age.refusals_to_register(
            stated.born,
            day,
            guardian_named=bool(stated.guardian_name and stated.guardian_phone),
            guardian_consents=ConsentKind.GUARDIAN in consents,
            strict_notice_accepted=ConsentKind.CHILD in consents,
        )
    return found


def register(
    stated: Particulars,
    office: Office,
    *,
    consents: Collection[ConsentKind],
    actor: Actor,
    now: datetime,
    ward_of: int | None = None,
    language: str = "zh",
) -> Person:
    """A volunteer, or the guardian of one, applies at an office."""
    stated.read()
    if reasons := refusals(stated, office, consents=consents, now=now):
        raise Refused(reasons)
    person = particulars.add(stated, office, actor=actor, now=now, language=language)
    person.guardian_id = ward_of
    day = today(office.zone, now)
    consenting.give(person, consenting.needed(person, day) & set(consents), actor=actor, now=now)
    apply(person, office, actor=actor, now=now)
    return person


def enter_all(
    all_stated: Sequence[Particulars],
    office: Office,
    *,
    consents: Collection[ConsentKind],
    actor: Actor,
    now: datetime,
    evidence_id: int | None = None,
) -> list[Person]:
    """An office enters volunteers whose signed consent it holds (Order 67 Art. 6).

    Active at once, unless something is still missing: then they wait as applied.
    """
    entered = particulars.add_all(all_stated, office, actor=actor, now=now)
    day = today(office.zone, now)
    given = consenting.give_all(
        {person: consenting.needed(person, day) & set(consents) for person in entered},
        actor=actor, now=now, evidence_id=evidence_id,
    )  # fmt: skip
    active = {"state": RegistrationState.ACTIVE, "decided_at": now, "decided_by": actor.account_id}
    waits = {"state": RegistrationState.APPLIED, "decided_at": None, "decided_by": None}
    made = []
    for person in entered:
        signed = [
            consent.Consent(row["kind"], row["version"], now, row["by_guardian"])
            for row in given[person.id]
        ]
        where = {"person_id": person.id, "office_id": office.id, "applied_at": now}
        made.append(where | (waits if _against(person, day, signed, now) else active))
    numbers.write(Registration, made)
    _trace_all(entered, office, actor=actor, now=now)
    return entered


def write_down(
    stated: Particulars,
    office: Office,
    *,
    consents: Collection[ConsentKind],
    actor: Actor,
    now: datetime,
    evidence_id: int | None = None,
) -> Person:
    """As `enter_all`, of one person and after asking the law."""
    if reasons := refusals_on_paper(stated, office, consents=consents, now=now):
        raise Refused(reasons)
    return enter_all(
        [stated], office, consents=consents, actor=actor, now=now, evidence_id=evidence_id
    )[0]


def refusals_on_paper(
    stated: Particulars, office: Office, *, consents: Collection[ConsentKind], now: datetime
) -> list[Because]:
    """As `refusals`, but a guardian's consent may follow: until then the person is not active."""
    day = today(office.zone, now)
    found = particulars.refusals(stated, day) + particulars.missing_fields(stated)
    if ConsentKind.PRIVACY not in consents:
        found += consent.missing([ConsentKind.PRIVACY], [], VERSIONS, now)
    return found


def begin(person: Person, office: Office, *, actor: Actor, now: datetime) -> Registration:
    """Register a person whom the office knows: active when nothing is missing, else applied."""
    registration = apply(person, office, actor=actor, now=now)
    given = people.consents_of(person.id)
    if not reasons_against(registration, given, now=now):
        move(registration, RegistrationState.ACTIVE, actor=actor, now=now)
    return registration


def apply(person: Person, office: Office, *, actor: Actor, now: datetime) -> Registration:
    """Ask to be registered: for the first time, after a return, or after having left."""
    query = select(Registration).where(
        Registration.person_id == person.id, Registration.office_id == office.id
    )
    registration = db.session.scalars(query).one_or_none()
    if registration is not None:
        if RegistrationState.APPLIED not in _steps(registration):
            raise Refused([NoStep.PRESENT])
        move(registration, RegistrationState.APPLIED, actor=actor, now=now)
        return registration
    registration = Registration(
        person=person, office=office, state=RegistrationState.APPLIED, applied_at=now
    )
    db.session.add(registration)
    people.tie(person, office)
    db.session.flush()
    _trace(registration, actor=actor, now=now)
    return registration


def move(
    registration: Registration,
    to: RegistrationState,
    *,
    actor: Actor,
    now: datetime,
    reason: str = "",
) -> None:
    """One step. A return says why; nothing is accepted while something is missing."""
    office_id = registration.office_id
    registration = locked(Registration, registration.id)
    if registration.office_id != office_id:  # it was referred while one waited for it
        raise NotFound
    if to not in _steps(registration):
        raise Refused([Because(NoStep.STATE, {"state": registration.state})])
    if to is RegistrationState.RETURNED and not reason:
        raise Refused([NoStep.REASON])
    if to is RegistrationState.ACTIVE:
        given = people.consents_of(registration.person_id)
        if reasons := reasons_against(registration, given, now=now):
            raise Refused(reasons)
    registration.state = to
    registration.reason = reason or None
    registration.taken_by = registration.taken_at = None
    if to is RegistrationState.APPLIED:
        registration.applied_at = now
        registration.decided_at = registration.decided_by = None
    else:
        registration.decided_at, registration.decided_by = now, actor.account_id
    _trace(registration, actor=actor, now=now)


def reasons_against(
    registration: Registration, given: Iterable[Consent], *, now: datetime
) -> list[Because]:
    """What keeps the office from accepting: a missing field, a missing consent of today."""
    day = today(registration.office.zone, now)
    return _against(registration.person, day, people.lawful(given), now)


def _against(
    person: Person, day: date, given: Iterable[consent.Consent], now: datetime
) -> list[Because]:
    if person.birth_date is None:
        return [Because(NoStep.NO_BIRTH_DATE)]
    found = consent.missing(consent.needed(person.birth_date, day), given, VERSIONS, now)
    named = person.guardian_name and person.guardian_phone
    if age.guardian_needed(person.birth_date, day) and not named:
        found.insert(0, Because(age.Minority.GUARDIAN_UNNAMED))
    return found


def visible_registration(actor: Actor, permission: Permission, number: int) -> Registration:
    """A registration at an office for which the permission is held, or `NotFound`."""
    query = select(Registration).where(
        Registration.id == number, Registration.office_id.in_(seen(actor, permission))
    )
    if (found := db.session.scalars(query).one_or_none()) is None:
        raise NotFound
    return found


def own_registration(actor: Actor, number: int) -> Registration:
    """A registration of oneself or of a child of one's own, or `NotFound`."""
    registration = db.session.get(Registration, number)
    if registration is None:
        raise NotFound
    people.own_or_ward(actor, registration.person_id)
    return registration


def waiting(
    actor: Actor,
    permission: Permission,
    *,
    office_id: int | None = None,
    whose: str = "",
    after: str = "",
) -> tuple[Sequence[Registration], str | None]:
    """Those who applied at the actor's offices, the longest waiting first, and the next key.

    `whose` is "mine" for what the actor took, "free" for what nobody took, else everything.
    """
    query = select(Registration).where(
        Registration.state == RegistrationState.APPLIED,
        Registration.office_id.in_(seen(actor, permission)),
    )
    if office_id:
        query = query.where(Registration.office_id == office_id)
    if whose in WHOSE:
        taken = None if whose == "free" else actor.account_id or 0
        query = query.where(Registration.taken_by.is_not_distinct_from(taken))
    if after.isdecimal() and len(after) < 19:  # noqa: PLR2004 - no larger number is an id
        key = select(Registration.applied_at, Registration.id).where(Registration.id == int(after))
        if row := db.session.execute(key).one_or_none():
            query = query.where(tuple_(Registration.applied_at, Registration.id) > tuple_(*row))
    query = query.order_by(Registration.applied_at, Registration.id).limit(PAGE + 1)
    loads = (
        joinedload(Registration.office),
        joinedload(Registration.person).selectinload(Person.consents),
        joinedload(Registration.person).selectinload(Person.categories),
    )
    rows = db.session.scalars(query.options(*loads)).all()
    return rows[:PAGE], str(rows[PAGE - 1].id) if len(rows) > PAGE else None


def withdraw(person: Person, kind: ConsentKind, *, actor: Actor, now: datetime) -> None:
    """PIPL Art. 15: at any time, as easily as given. What rested on the consent ends or rests."""
    if kind in (ConsentKind.PHOTOGRAPH, ConsentKind.PRIVACY):
        portraits.remove(person, actor=actor, now=now)
    standing = [c for c in people.consents_of(person.id) if c.kind is kind and not c.withdrawn_at]
    if not standing:
        return
    for given in standing:
        given.withdrawn_at = now
    audit.record(Act.CONSENT_WITHDRAWN, person, actor=actor, now=now, kind=kind.value)
    ends = {ConsentKind.PRIVACY: RegistrationState.LEFT}
    ends |= dict.fromkeys(BY_GUARDIAN, RegistrationState.PAUSED)
    to = ends.get(kind)
    for registration in people.registrations_of(person.id):
        if to and to in _steps(registration):
            move(registration, to, actor=actor, now=now)


def _steps(registration: Registration) -> set[RegistrationState]:
    return {to for to, sources in STEPS.items() if registration.state in sources}


def _trace_all(entered: Sequence[Person], office: Office, *, actor: Actor, now: datetime) -> None:
    """The same of all who were just entered at an office."""
    made: list[Any] = []
    ids = [person.id for person in entered]
    columns = (Registration.id, Registration.person_id, Registration.state)
    for start in range(0, len(ids), CHUNK):
        some = Registration.person_id.in_(ids[start : start + CHUNK])
        query = select(*columns).where(some, Registration.office_id == office.id)
        made += db.session.execute(query.order_by(Registration.id))
    told = {
        f"registration:{row.id}": {"state": row.state.value, "person": row.person_id}
        for row in made
    }
    audit.record_all(Act.REGISTRATION_MOVED, told, actor=actor, now=now, office_id=office.id)
    steps = [
        {
            "registration_id": row.id,
            "person_id": row.person_id,
            "office_id": office.id,
            "kind": _KINDS[row.state],
            "at": now,
            "account_id": actor.account_id,
        }
        for row in made
    ]
    numbers.write(RegistrationStep, steps)


def _trace(registration: Registration, *, actor: Actor, now: datetime) -> None:
    facts = {"state": registration.state.value, "person": registration.person_id}
    office_id = registration.office_id
    audit.record(
        Act.REGISTRATION_MOVED, registration, actor=actor, now=now, office_id=office_id, **facts
    )
    kind, note = _KINDS[registration.state], registration.reason or ""
    step(registration, kind, actor=actor, now=now, note=note)
