"""Groups: choose people, issue for all of them in one act, keep whom it left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import exists, select, tuple_
from sqlalchemy.orm import contains_eager

from talent.access import Permission
from talent.certificates.issuing import service as issuing
from talent.certificates.models import Certificate, CertificateGroup, CertificateLine
from talent.db import db
from talent.errors import NotFound, Refused
from talent.hours import ledger
from talent.offices.models import Office
from talent.offices.service import seen, visible_office
from talent.people.models import Person, Tie
from talent.rules.reason import N_, Because, packed, unpacked
from talent.rules.signup import SignupState
from talent.rules.words import Word
from talent.shifts.models import Project, Shift, Signup

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from talent.access import Actor
    from talent.certificates.issuing.service import Circumstances, Wish

AT_ONCE = 200  # certificates in one act


class Unchosen(Word):
    """Why nothing is issued for these people."""

    NOBODY = "nobody", N_("Choose at least one person.")
    TOO_MANY = "too_many", N_("At most %(most)s certificates are issued at once.")


@dataclass(frozen=True, slots=True)
class Candidates:
    """People to choose from, what could be certified for each, and where the next page begins."""

    people: Sequence[Person]
    minutes: Mapping[int, int]
    after: str | None


def candidates(
    actor: Actor,
    *,
    office_id: int | None = None,
    shift_id: int | None = None,
    project_id: int | None = None,
    after: str = "",
) -> Candidates:
    """People of an office and those below it, or with a place on a shift or in a project."""
    units = seen(actor, Permission.ISSUE_CERTIFICATES)
    query = select(Person)
    if shift_id or project_id:
        placed = (
            select(Signup.person_id)
            .join(Signup.shift)
            .join(Shift.project)
            .where(Project.office_id.in_(units), Signup.state == SignupState.CONFIRMED)
            .where(Signup.shift_id == shift_id if shift_id else Shift.project_id == project_id)
        )
        query = query.where(Person.id.in_(placed))
    else:
        office = visible_office(actor, Permission.ISSUE_CERTIFICATES, office_id or 0)
        below = units.where(Office.path.startswith(office.path, autoescape=True))
        tied = select(Tie.person_id).where(Tie.office_id.in_(below))
        query = query.where(Person.id.in_(tied))
    number, _, key = after.partition(":")
    if number.isdecimal() and len(number) < 19:  # noqa: PLR2004 - no larger number is an id
        query = query.where(tuple_(Person.sort_key, Person.id) > tuple_(key, int(number)))
    query = query.order_by(Person.sort_key, Person.id).limit(AT_ONCE + 1)
    people = db.session.scalars(query).all()
    last = people[AT_ONCE - 1] if len(people) > AT_ONCE else None
    return Candidates(
        people[:AT_ONCE],
        ledger.minutes(by=("person_id",), offices=units) if people else {},
        f"{last.id}:{last.sort_key}" if last else None,
    )


def issue(people: Sequence[Person], wish: Wish, by: Circumstances) -> CertificateGroup:
    """One certificate for each. Who has nothing to certify is left out, with the reason."""
    if not people:
        raise Refused([Unchosen.NOBODY])
    if len(people) > AT_ONCE:
        raise Refused([Because(Unchosen.TOO_MANY, {"most": AT_ONCE})])
    group = CertificateGroup(made_by=by.actor.account_id, made_at=by.now)
    db.session.add(group)
    db.session.flush()
    _, left_out = issuing.issue_each(people, issuing.by_office(wish, by, group.id))
    group.left_out = [
        {"person": person_id, "reasons": [packed(reason) for reason in reasons]}
        for person_id, reasons in left_out.items()
    ]
    return group


def own_group(actor: Actor, group_id: int) -> CertificateGroup:
    """What one issued in one act, or `NotFound`."""
    group = db.session.get(CertificateGroup, group_id)
    if group is None or actor.account_id is None or group.made_by != actor.account_id:
        raise NotFound
    return group


def certificates_of(group: CertificateGroup, actor: Actor) -> Sequence[Certificate]:
    """Those of the group, as far as the actor may still issue for every unit on them."""
    foreign = exists().where(
        CertificateLine.certificate_id == Certificate.id,
        CertificateLine.office_id.not_in(seen(actor, Permission.ISSUE_CERTIFICATES)),
    )
    query = (
        select(Certificate)
        .join(Certificate.person)
        .where(Certificate.group_id == group.id, ~foreign)
        .options(contains_eager(Certificate.person))
        .order_by(Person.sort_key, Certificate.id)
    )
    return db.session.scalars(query).all()


def left_out(group: CertificateGroup) -> list[tuple[Person, list[Because]]]:
    """Who got none, and why."""
    reasons = {each["person"]: each["reasons"] for each in group.left_out}
    query = select(Person).where(Person.id.in_(reasons)).order_by(Person.sort_key, Person.id)
    return [
        (person, [unpacked(kept) for kept in reasons[person.id]])
        for person in db.session.scalars(query)
    ]
