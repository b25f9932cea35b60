"""Places on their way in the demonstration: one for whoever takes it, one to approve, one open."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from talent.access import SYSTEM
from talent.db import db
from talent.errors import Refused
from talent.rules.signup import SignupState
from talent.shifts.handovers import service as handovers
from talent.shifts.handovers.service import Wish
from talent.shifts.models import Project, Shift, ShiftState
from talent.shifts.places.service import live_of
from talent.shifts.substitutes import service as substitutes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from talent.access import Actor
    from talent.demo.stage import District
    from talent.offices.models import Office
    from talent.people.models import Person
    from talent.shifts.models import Signup

    Acting = Callable[[Person, Office], Actor]

AHEAD = timedelta(days=4)


def play(district: District, acting: Acting) -> None:
    """At the first community a place for all and one to approve; a search where one is missing."""
    office, now = district.communities[0], district.now
    coming = _coming(office, now + AHEAD)
    if one := next(coming, None):
        actor = acting(one.person, office)
        handovers.offer(one.shift_id, Wish(note="家里有事，拜托了"), actor=actor, now=now)
    if one := next(coming, None):
        _accepted(district, one, office, acting)
    short = (o for each in district.communities for o in _coming(each, now) if o.need.free)
    if one := next(short, None):
        substitutes.begin(one.shift_id, one.need_id, actor=SYSTEM, now=now)


def _coming(office: Office, since: datetime) -> Iterator[Signup]:
    """The first place on each coming shift of the office on which nobody waits."""
    query = (
        select(Shift)
        .join(Shift.project)
        .where(
            Project.office_id == office.id,
            Shift.starts_at > since,
            Shift.state == ShiftState.PUBLISHED,
        )
        .order_by(Shift.starts_at, Shift.id)
    )
    for shift in db.session.scalars(query).all():
        on = live_of(shift.id)
        held = [one for one in on if one.state is SignupState.CONFIRMED]
        if held and len(held) == len(on):
            yield held[0]


def _accepted(district: District, one: Signup, office: Office, acting: Acting) -> None:
    """Handed to the first volunteer whom the law lets take it, who accepts: the office decides."""
    giver, now = acting(one.person, office), district.now
    for person in district.volunteers[office.id]:
        with suppress(Refused):
            offered = handovers.offer(one.shift_id, Wish(person), actor=giver, now=now)
            read = one.shift.project.risky
            handovers.accept(offered.id, actor=acting(person, office), now=now, risks_read=read)
            return
