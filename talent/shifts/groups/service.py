"""Groups: made by a volunteer, whose members agree, or by an office, of people it knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload, selectinload

from talent import audit
from talent.access import Permission
from talent.audit import Act
from talent.db import db, locked
from talent.errors import NotFound, Refused
from talent.offices import service as offices
from talent.people import service as people
from talent.people.models import Person
from talent.rules import identity
from talent.rules.reason import N_, Because
from talent.rules.words import Word
from talent.seal import blind_index
from talent.shifts.groups.models import Group, GroupKind, GroupMember, new_code

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from talent.access import Actor
    from talent.offices.models import Office

MOST_MEMBERS = 200
PAGE = 50


class Ungrouped(Word):
    """Why somebody does not come into a group."""

    NOBODY = "nobody", N_("“%(text)s”: no volunteer has this number.")
    NOT_KNOWN = "not_known", N_("“%(text)s”: nobody whom your offices know is found so.")
    SEVERAL = "several", N_("“%(text)s” is several people's number. Take the volunteer number.")
    NO_PERSON = "no_person", N_("Register as a volunteer first.")
    TOO_MANY = "too_many", N_("A group has at most %(most)s members.")


def offices_for(actor: Actor) -> Sequence[Office]:
    """Where the actor may make a group: he is a volunteer there, or plans shifts there."""
    own = people.active_offices(actor.person_id) if actor.person_id else []
    staffed = offices.offices_of(actor, Permission.PLAN_SHIFTS)
    found = {office.id: office for office in [*own, *staffed]}
    return sorted(found.values(), key=lambda office: office.path)


def plans_for(actor: Actor, office: Office) -> bool:
    """Whether the actor makes groups there as the office."""
    return actor.may(Permission.PLAN_SHIFTS, office.path)


def make(office_id: int, *, name: str, kind: GroupKind, actor: Actor, now: datetime) -> Group:
    """A group. Its maker is its contact and in it, with his children; an office is neither."""
    office = next((each for each in offices_for(actor) if each.id == office_id), None)
    if office is None:
        raise NotFound
    own = None if plans_for(actor, office) else people.own_person(actor)
    group = Group(
        office=office, name=name, kind=kind, contact_id=own.id if own else None,
        made_by=actor.account_id, made_at=now,
    )  # fmt: skip
    db.session.add(group)
    db.session.flush()
    for person in [own, *people.wards_of(own.id)] if own else []:
        _in(group, person, agreed=True, actor=actor, now=now)
    _traced(group, actor, now)
    return group


def _in(group: Group, person: Person, *, agreed: bool, actor: Actor, now: datetime) -> GroupMember:
    """A member once; who was asked and agrees is a member from then on."""
    query = select(GroupMember).where(
        GroupMember.group_id == group.id, GroupMember.person_id == person.id
    )
    member = db.session.scalars(query).one_or_none()
    if member is None:
        member = GroupMember(
            group=group, person=person, agreed_at=None, added_by=actor.account_id, added_at=now
        )
        db.session.add(member)
    if agreed and member.agreed_at is None:
        member.agreed_at = now
    db.session.flush()
    return member


def _traced(group: Group, actor: Actor, now: datetime) -> None:
    audit.record(
        Act.GROUP_CHANGED, group, actor=actor, now=now, office_id=group.office_id,
        members=len(group.members),
    )  # fmt: skip


_WHOLE = (
    joinedload(Group.office),
    joinedload(Group.contact),
    selectinload(Group.members).joinedload(GroupMember.person),
)


def listed(actor: Actor, *, after: int | None = None) -> Sequence[Group]:
    """A page of the groups one is in, was asked into, or plans for as an office; and one more."""
    mine = select(GroupMember.group_id).where(GroupMember.person_id == (actor.person_id or 0))
    seen = offices.seen(actor, Permission.PLAN_SHIFTS)
    theirs = Group.contact_id.is_(None) & Group.office_id.in_(seen)
    query = select(Group).where(or_(Group.id.in_(mine), theirs)).options(*_WHOLE)
    if after:
        query = query.where(Group.id < after)
    return db.session.scalars(query.order_by(Group.id.desc()).limit(PAGE + 1)).all()


def visible_group(actor: Actor, group_id: int) -> Group:
    """A group that one is in, was asked into, or plans for; or `NotFound`."""
    query = select(Group).where(Group.id == group_id).options(*_WHOLE)
    group = db.session.scalars(query).one_or_none()
    if group is None or not (leads(actor, group) or membership(actor, group)):
        raise NotFound
    return group


def led_group(actor: Actor, group_id: int) -> Group:
    """A group for which one signs others up, or `NotFound`."""
    group = visible_group(actor, group_id)
    if not leads(actor, group):
        raise NotFound
    return group


def led(actor: Actor) -> Sequence[Group]:
    """The groups for which one signs others up, by name."""
    seen = offices.seen(actor, Permission.PLAN_SHIFTS)
    theirs = Group.contact_id.is_(None) & Group.office_id.in_(seen)
    mine = Group.contact_id == (actor.person_id or 0)
    query = select(Group).where(or_(mine, theirs)).order_by(Group.name, Group.id).limit(PAGE)
    return db.session.scalars(query).all()


def leads(actor: Actor, group: Group) -> bool:
    """Whether the actor is the contact; of an office's group, whoever plans its shifts."""
    if group.contact_id is None:
        return plans_for(actor, group.office)
    return group.contact_id == actor.person_id


def membership(actor: Actor, group: Group) -> GroupMember | None:
    """One's own line in the group."""
    own = actor.person_id
    return next((m for m in group.members if own is not None and m.person_id == own), None)


def add(group: Group, typed: str, *, actor: Actor, now: datetime) -> int:
    """Add people by their numbers, one a line; how many. All of them or nobody.

    A contact asks volunteers, who agree themselves; a child of his own is in at once. An office
    adds people whom it knows, by volunteer or phone number.
    """
    group = locked(Group, group.id)  # sent twice, nobody is added twice
    lines = [line.strip() for line in typed.splitlines() if line.strip()]
    office = group.contact_id is None
    found, refused = [], []
    for line in lines[: MOST_MEMBERS + 1]:
        persons = _known(line, actor) if office else _numbered(line)
        if len(persons) == 1:
            found.append(persons[0])
        else:
            missing = Ungrouped.NOT_KNOWN if office else Ungrouped.NOBODY
            refused.append(Because(Ungrouped.SEVERAL if persons else missing, {"text": line[:40]}))
    if len(group.members) + len(found) > MOST_MEMBERS:
        refused.append(Because(Ungrouped.TOO_MANY, {"most": MOST_MEMBERS}))
    if refused:
        raise Refused(refused)
    for person in found:
        agreed = office or person.guardian_id == group.contact_id
        _in(group, person, agreed=agreed, actor=actor, now=now)
    _traced(group, actor, now)
    return len(found)


def _numbered(line: str) -> Sequence[Person]:
    query = select(Person).where(Person.volunteer_no == identity.normalise(line))
    return db.session.scalars(query).all()


def _known(line: str, actor: Actor) -> Sequence[Person]:
    ways = [Person.volunteer_no == identity.normalise(line)]
    if number := people.normal_phone(line):
        ways.append(Person.phone_index == blind_index("phone", number))
    query = select(Person).where(people.visible(actor, Permission.PLAN_SHIFTS), or_(*ways))
    return db.session.scalars(query.order_by(Person.id)).all()


def by_code(code: str) -> Group:
    """The group of a link, or `NotFound`."""
    query = select(Group).where(Group.code == code).options(*_WHOLE)
    if (group := db.session.scalars(query).one_or_none()) is None:
        raise NotFound
    return group


def join(group: Group, *, actor: Actor, now: datetime) -> None:
    """Agree to be signed up with the group: oneself, with one's own account."""
    if (own := people.own_person(actor)) is None:
        raise Refused([Ungrouped.NO_PERSON])
    group = locked(Group, group.id)
    if len(group.members) >= MOST_MEMBERS and membership(actor, group) is None:
        raise Refused([Because(Ungrouped.TOO_MANY, {"most": MOST_MEMBERS})])
    _in(group, own, agreed=True, actor=actor, now=now)
    _traced(group, actor, now)


def leave(group: Group, person_id: int, *, actor: Actor, now: datetime) -> None:
    """Somebody is no longer in the group. Places that he has stay his."""
    for member in [m for m in group.members if m.person_id == person_id]:
        group.members.remove(member)
        db.session.flush()
        _traced(group, actor, now)


def renew(group: Group, *, actor: Actor, now: datetime) -> None:
    """Another link; the one before it leads nowhere."""
    group.code = new_code()
    _traced(group, actor, now)
