"""What time does to sign-ups: reminders fall due, and people who left free their places."""

from __future__ import annotations

from datetime import time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from talent.access import SYSTEM
from talent.db import db
from talent.i18n import force_locale, gettext
from talent.messages.models import Message, MessageKind
from talent.offices.models import SETTINGS, OfficeRule, Setting
from talent.people.models import Registration, RegistrationState
from talent.rules import quiet
from talent.rules.quiet import QuietHours
from talent.rules.reason import N_
from talent.rules.signup import LIVE
from talent.rules.span import DAY, MINUTE
from talent.shifts.eligibility import service as eligibility
from talent.shifts.models import Need, Project, Shift, ShiftState, Signup
from talent.shifts.places import service as places

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

BATCH = 500
_QUIET = (Setting.QUIET_FROM, Setting.QUIET_TO)
NO_LONGER_ACTIVE = N_("The registration as a volunteer is paused or has ended.")


def release(now: datetime) -> int:
    """Free the places of people who left or were paused, and let others move up. How many."""
    gone = select(Registration.person_id).where(
        Registration.state.in_((RegistrationState.PAUSED, RegistrationState.LEFT))
    )
    query = (
        select(Signup)
        .join(Signup.shift)
        .where(
            Signup.state.in_(LIVE),
            Signup.person_id.in_(gone),
            Shift.state == ShiftState.PUBLISHED,
            Shift.starts_at > now,
        )
        .options(joinedload(Signup.shift).joinedload(Shift.project).joinedload(Project.audience))
        .order_by(Signup.shift_id, Signup.id)
    )
    doubtful = db.session.scalars(query).all()
    facts = eligibility.facts_of([one.person_id for one in doubtful], since=now)
    going = [
        one.id
        for one in doubtful
        if not eligibility.candidate(facts[one.person_id], one.shift).active
    ]
    shifts = [places.held(i) for i in sorted({o.shift_id for o in doubtful if o.id in going})]
    released = 0
    for one in _fresh(going):
        if one.state in LIVE:
            with force_locale(one.person.language):
                places.take_back(one, gettext(NO_LONGER_ACTIVE), actor=SYSTEM, now=now)
            released += 1
    if released:
        places.promote(shifts, now)
    return released


def _fresh(ids: Collection[int]) -> Sequence[Signup]:
    query = select(Signup).where(Signup.id.in_(ids)).order_by(Signup.id)
    return db.session.scalars(query.execution_options(populate_existing=True)).all()


def remind(now: datetime) -> int:
    """Put the reminders that are due into the outbox, once for each sign-up and lead time.

    A shift at another time is another event, so its version belongs to the name.
    """
    horizon = now + _longest_lead() + DAY
    total = after = 0
    while batch := _to_remind(now, horizon, after):
        total += _remind(batch, now)
        after = batch[-1].id
    return total


def _longest_lead() -> timedelta:
    own = select(OfficeRule.value).where(OfficeRule.name == Setting.REMINDER_MINUTES.value)
    leads = [SETTINGS[Setting.REMINDER_MINUTES], *db.session.scalars(own)]
    return timedelta(minutes=max((minutes for lead in leads for minutes in lead), default=0))


def _to_remind(now: datetime, horizon: datetime, after: int) -> Sequence[Signup]:
    query = (
        select(Signup)
        .join(Signup.shift)
        .where(
            Signup.id > after,
            Signup.state.in_(quiet.REMINDED),
            Shift.state == ShiftState.PUBLISHED,
            Shift.starts_at > now,
            Shift.starts_at <= horizon,
        )
        .options(
            joinedload(Signup.shift).joinedload(Shift.project).joinedload(Project.office),
            joinedload(Signup.need).joinedload(Need.position),
            joinedload(Signup.person),
        )
        .order_by(Signup.id)
        .limit(BATCH)
    )
    return db.session.scalars(query).all()


def _remind(batch: Sequence[Signup], now: datetime) -> int:
    settings = eligibility.settings_for([one.shift for one in batch], now)
    plans = {one.id: _plan(one, settings[one.shift.project.office_id]) for one in batch}
    sent = _already([f"{one.id}:{r.lead // MINUTE}" for one in batch for r in plans[one.id]], batch)
    told = 0
    for one in batch:
        start = one.shift.starts_at
        due = quiet.reminder_due(plans[one.id], start, now, sent.get(one.id, set()))
        if due:
            once = f"{one.id}:{due.lead // MINUTE}:{one.shift.version}"
            places.tell(MessageKind.SHIFT_REMINDER, one, once=once, now=now, useless_after=start)
            told += 1
    return told


def _plan(one: Signup, told: eligibility.Settings) -> list[quiet.Reminder]:
    return quiet.reminders(
        one.shift.starts_at,
        one.made_at,
        ZoneInfo(one.shift.zone),
        leads=[timedelta(minutes=minutes) for minutes in told[Setting.REMINDER_MINUTES]],
        quiet=QuietHours(*(time.fromisoformat(told[s]) for s in _QUIET)),
    )


def _already(names: Sequence[str], batch: Sequence[Signup]) -> dict[int, set[timedelta]]:
    """The lead times of which each sign-up was reminded, for the shift as it stands now."""
    version = {str(one.id): one.shift.version for one in batch}
    keys = [
        f"{MessageKind.SHIFT_REMINDER}:{name}:{version[name.partition(':')[0]]}" for name in names
    ]
    found: dict[int, set[timedelta]] = {}
    for once in db.session.scalars(select(Message.once).where(Message.once.in_(keys))):
        _, number, minutes, _ = once.split(":")
        found.setdefault(int(number), set()).add(timedelta(minutes=int(minutes)))
    return found
