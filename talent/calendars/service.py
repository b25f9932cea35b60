"""Calendar addresses, and the shifts that a calendar program reads there.

A person's calendar has his own places; that of a project or an office has its shifts and how many
places are taken, and no person at all.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload, selectinload

from talent.calendars.models import CalendarAddress
from talent.db import db
from talent.errors import NotFound
from talent.i18n import force_locale, gettext, named
from talent.ical import Entry
from talent.rules.calendars import sequence
from talent.rules.signup import ENGAGED, SignupState
from talent.shifts.models import Need, Project, Shift, ShiftState, Signup

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Select

KEPT = timedelta(days=60)  # how long what is over or cancelled stays to be seen
MOST = 5000  # events of one calendar, the nearest ones
_SHOWN = (ShiftState.PUBLISHED, ShiftState.CLOSED, ShiftState.CANCELLED)
_WHOLE = (
    joinedload(Shift.project).joinedload(Project.office),
    selectinload(Shift.needs).joinedload(Need.position),
)


def address_of(**owner: int) -> CalendarAddress | None:
    """The address of `person_id=`, `project_id=` or `office_id=`, if there is one."""
    return db.session.scalars(select(CalendarAddress).filter_by(**owner)).one_or_none()


def renew(*, language: str, now: datetime, **owner: int) -> CalendarAddress:
    """A new address; whoever has the old one reads nothing there any more."""
    address = address_of(**owner)
    if address is None:
        address = CalendarAddress(**owner)
    address.token, address.language, address.made_at = secrets.token_urlsafe(32), language, now
    try:
        with db.session.begin_nested():
            db.session.add(address)
    except IntegrityError:  # two clicks at once: the other one's address is as good
        address = db.session.scalars(select(CalendarAddress).filter_by(**owner)).one()
    return address


def end(**owner: int) -> None:
    """No calendar program reads any more."""
    if address := address_of(**owner):
        db.session.delete(address)


def at(token: str) -> CalendarAddress:
    """The address, or `NotFound` as for one that was renewed."""
    query = select(CalendarAddress).where(CalendarAddress.token == token)
    if (address := db.session.scalars(query).one_or_none()) is None:
        raise NotFound
    return address


def name_of(address: CalendarAddress) -> str:
    """What the calendar is called, in the language in which it was asked for."""
    with force_locale(address.language):
        if address.project:
            return named(address.project)
        return named(address.office) if address.office else gettext("My shifts")


def entries_of(address: CalendarAddress, *, host: str, now: datetime) -> list[Entry]:
    """The events of a calendar, as far back as what is over is kept."""
    with force_locale(address.language):
        if address.person_id:
            return [entry_of_place(one, host=host) for one in _places(address.person_id, now=now)]
        return [entry_of_shift(shift, host=host) for shift in _shifts(address, now=now)]


def entry_of_place(one: Signup, *, host: str) -> Entry:
    """A person's place on a shift."""
    gone = one.state not in ENGAGED or one.shift.state is ShiftState.CANCELLED
    changed = [one.made_at, one.ended_at, one.shift.changed_at]
    return _entry(
        one.shift,
        uid=f"signup-{one.id}@{host_name(host)}",
        host=host,
        changed_at=max(moment for moment in changed if moment),
        cancelled=gone,
        tentative=one.state is not SignupState.CONFIRMED,
        title=f"{named(one.shift.project)} · {named(one.need.position)}",
        first=one.state is SignupState.RESERVE and gettext("You stand by for this shift."),
    )


def entry_of_shift(shift: Shift, *, host: str) -> Entry:
    """A shift with its places, and nobody's name."""
    places = [
        gettext(
            "%(position)s: %(taken)s of %(places)s places taken",
            position=named(need.position), taken=need.taken, places=need.places,
        )
        for need in shift.needs
    ]  # fmt: skip
    return _entry(
        shift,
        uid=f"shift-{shift.id}@{host_name(host)}",
        host=host,
        changed_at=shift.changed_at or shift.made_at,
        cancelled=shift.state is ShiftState.CANCELLED,
        title=named(shift.project),
        first="\n".join(places),
    )


def host_name(address: str) -> str:
    """The host in the address at which the app is reached."""
    return address.partition("://")[2].partition("/")[0].partition(":")[0] or "localhost"


def _entry(shift: Shift, *, host: str, title: str, first: Any, **more: Any) -> Entry:
    project = shift.project
    told = [first, shift.note]
    told += [project.bring and gettext("Bring: %(things)s", things=project.bring)]
    told += [gettext("Office: %(office)s", office=named(project.office)), project.contact]
    return Entry(
        starts_at=shift.starts_at,
        ends_at=shift.ends_at,
        summary=title,
        sequence=sequence(shift.version, cancelled=more["cancelled"]),
        location=shift.where,
        description="\n".join(line for line in told if line),
        url=f"{host}/shifts/{shift.id}",
        **more,
    )


def _places(person_id: int, *, now: datetime) -> Sequence[Signup]:
    """What the person holds, and what he held and lost: a calendar must be told that as well."""
    query = (
        select(Signup)
        .join(Signup.shift)
        .where(
            Signup.person_id == person_id,
            Signup.state.in_(ENGAGED) | Signup.seated,
        )
        .options(
            joinedload(Signup.shift).joinedload(Shift.project).joinedload(Project.office),
            joinedload(Signup.need).joinedload(Need.position),
        )
    )
    return db.session.scalars(_near(query, now)).all()


def _shifts(address: CalendarAddress, *, now: datetime) -> Sequence[Shift]:
    query = select(Shift).where(Shift.state.in_(_SHOWN)).join(Shift.project).options(*_WHOLE)
    if address.project_id:
        query = query.where(Project.id == address.project_id)
    else:
        query = query.where(Project.office_id == address.office_id)
    return db.session.scalars(_near(query, now)).all()


def _near(query: Select[Any], now: datetime) -> Select[Any]:
    query = query.where(Shift.ends_at > now - KEPT)
    return query.order_by(Shift.starts_at, Shift.id).limit(MOST)
