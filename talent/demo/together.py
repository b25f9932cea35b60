"""People who come together in the demonstration: a volunteer's group, a class, an open link."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from talent.access import SYSTEM
from talent.db import db
from talent.shifts.groups import service as groups
from talent.shifts.groups.models import GroupKind
from talent.shifts.invitations import service as invitations
from talent.shifts.models import Project, Shift, ShiftState

if TYPE_CHECKING:
    from collections.abc import Callable

    from talent.access import Actor
    from talent.demo.stage import District
    from talent.offices.models import Office
    from talent.people.models import Person

    Acting = Callable[[Person, Office], Actor]


def play(district: District, acting: Acting) -> None:
    """At the first community; the one who was asked last has not agreed yet."""
    office, now = district.communities[0], district.now
    contact, *others = district.volunteers[office.id][:12]
    first = acting(contact, office)
    group = groups.make(office.id, name="桂花巷邻里组", kind=GroupKind.OTHER, actor=first, now=now)
    asked = "\n".join(person.volunteer_no for person in others[:3])
    groups.add(group, asked, actor=first, now=now)
    for person in others[:2]:
        groups.join(group, actor=acting(person, office), now=now)
    class_ = groups.make(
        office.id, name="清河中学高一3班", kind=GroupKind.CLASS, actor=SYSTEM, now=now
    )
    known = "\n".join(person.volunteer_no for person in others[3:])
    groups.add(class_, known, actor=SYSTEM, now=now)
    query = (
        select(Shift)
        .join(Shift.project)
        .where(
            Project.office_id == office.id,
            Shift.starts_at > now,
            Shift.state == ShiftState.PUBLISHED,
        )
        .order_by(Shift.starts_at, Shift.id)
        .limit(1)
    )
    for shift in db.session.scalars(query):
        invitations.invite(shift, actor=SYSTEM, now=now)
