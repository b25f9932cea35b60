"""Two full shifts of the demonstration with a line: one gives its places, the other offers them."""

from __future__ import annotations

from contextlib import suppress
from datetime import time, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from talent.access import SYSTEM
from talent.db import db
from talent.errors import Refused
from talent.offices.models import Office, Setting
from talent.offices.settings import set_rule
from talent.people.free_times import service as free_times
from talent.rules.free_times import Window
from talent.rules.signup import SignupState
from talent.shifts.models import Project, Shift
from talent.shifts.places.service import live_of
from talent.shifts.signups import service as signups
from talent.shifts.waiting import service as waiting

if TYPE_CHECKING:
    from collections.abc import Callable

    from talent.access import Actor
    from talent.demo.stage import District
    from talent.people.models import Person
    from talent.shifts.models import Signup

    Acting = Callable[[Person, Office], Actor]

WAITING = 3
AHEAD = timedelta(days=3)


def play(district: District, acting: Acting) -> None:
    """The volunteer of the demonstration is the first in line; somebody else is offered a place."""
    gives, offers = district.communities[:2]
    set_rule(
        offers, Setting.WAITING_MODE, "offer", valid_from=district.day, today=district.day,
        actor=SYSTEM, now=district.now,
    )  # fmt: skip
    volunteer = district.volunteers[gives.id][0]
    mornings = [Window(day, time(8), time(12)) for day in range(5)]
    free_times.change(volunteer, mornings, actor=SYSTEM, now=district.now)
    _line(district, gives, acting, first=volunteer)
    for one in _line(district, offers, acting)[:2]:  # the one who stands by, then the first to wait
        signups.cancel(one.shift_id, actor=acting(one.person, offers), now=district.now)


def _line(
    district: District, office: Office, acting: Acting, first: Person | None = None
) -> list[Signup]:
    """A shift of the office, full, with some who wait and one who stands by; who has a place."""
    query = (
        select(Shift)
        .join(Shift.project)
        .where(Project.office_id == office.id, Shift.starts_at > district.now + AHEAD)
        .order_by(Shift.starts_at, Shift.id)
    )
    shift = next(each for each in db.session.scalars(query) if not each.needs[0].required)
    need, now = shift.needs[0], district.now
    need.reserve = max(need.reserve, 1)
    db.session.flush()
    left = [each for each in reversed(district.volunteers[office.id]) if each is not first]

    def join(act: Callable[..., object], **more: bool) -> object:
        while left:
            with suppress(Refused):  # on another shift then, or too young
                actor = acting(left.pop(), office)
                return act(shift.id, need.id, actor=actor, now=now, risks_read=True, **more)
        return None

    while need.free and join(signups.sign_up):
        pass
    if first:
        left.append(first)
    for _ in range(WAITING):
        join(signups.sign_up, wait=True)
    join(waiting.stand_by)
    return [one for one in live_of(shift.id) if one.state is SignupState.CONFIRMED]
