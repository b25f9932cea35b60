"""People who could step in for a place: looked for in bulk, asked by the law, put in order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, exists, func, literal, or_, select

from talent.access import GRANTS
from talent.accounts.models import Account, Grant
from talent.db import db
from talent.messages.models import MessageKind, Stopped, Trouble
from talent.offices.models import Office, Setting
from talent.people.models import (
    Person,
    Registration,
    RegistrationState,
)
from talent.rules.fitting import fit as suits
from talent.rules.quiet import QuietHours
from talent.rules.reason import Because
from talent.rules.signup import LIVE, Refusal, SignupState
from talent.rules.substitutes import Able, Turn, fit, order
from talent.shifts.eligibility import service as eligibility
from talent.shifts.fitting import service as fitting
from talent.shifts.models import Need, Shift, Signup

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from talent.access import Permission

LOOK_AT = 200  # so many are looked at for one place: who served there first, then the least asked
_LOOK_BACK = timedelta(days=2)  # engagements of so long before count as rest
_TURNS = {SignupState.RESERVE: Turn.RESERVE, SignupState.WAITING: Turn.WAITING}


@dataclass(frozen=True, slots=True)
class Found:
    """Somebody who was looked at. Without reasons against it he can be asked."""

    person: Person
    against: list[Because]


def found(
    shift: Shift,
    need: Need,
    *,
    kind: MessageKind,
    now: datetime,
    without: Collection[int] = (),
    calls: ColumnElement[int] | None = None,
    replacing: bool = False,
) -> list[Found]:
    """The people looked at: first those who can be asked, in order, then the others with why not.

    `without` are left out, as is who does not want messages of this kind; `calls` counts, for a
    `Person`, how often somebody was asked; `replacing` somebody, no free place is looked for.
    """
    asked = calls if calls is not None else literal(0)
    rows = db.session.execute(_pool(shift, kind, without, asked)).all()
    people = {person.id: person for person, _, _ in rows}
    facts = eligibility.facts_of(people, since=shift.starts_at - _LOOK_BACK)
    told = eligibility.settings_for([shift], now)[shift.project.office_id]
    live = _live(shift.id, people)
    fits = _fits(shift, need, {person.id: bool(served) for person, served, _ in rows}, now)
    able, unable = [], []
    for person, _, times in rows:
        against = eligibility.reasons(need, shift, facts[person.id], told, now).to_step_in
        mine = live.get(person.id)
        if mine and mine.state in _TURNS:
            against = [b for b in against if b.why != Refusal.ALREADY]
        if replacing:
            against = [b for b in against if b.why != Refusal.FULL]
        if not person.email:
            against = [*against, Because(Trouble.NO_ADDRESS)]
        if against:
            unable.append(Found(person, against))
            continue
        rest = [e.span.rest_to(shift.span) for e in facts[person.id].engaged.values()]
        able.append(
            Able(
                person.id,
                _TURNS.get(mine.state, Turn.OTHERS) if mine else Turn.OTHERS,
                mine.queued_at if mine else None,
                fits[person.id],
                min(rest, default=_LOOK_BACK),
                times,
            )
        )
    return [Found(people[key], []) for key in order(able)] + unable


def _pool(
    shift: Shift, kind: MessageKind, without: Collection[int], asked: ColumnElement[int]
) -> Any:
    """Active volunteers whom the project reaches, the most promising so many, by one question."""
    audience = shift.project.audience
    reached = select(Office.id).where(
        or_(
            func.substr(Office.path, 1, len(audience.path)) == audience.path,
            Office.id.in_([int(step) for step in audience.path.strip("/").split("/")]),
        )
    )
    here = select(Signup.id).where(
        Signup.person_id == Person.id, Signup.shift_id == shift.id, Signup.state.in_(LIVE)
    )
    served = (
        exists()
        .where(
            Signup.person_id == Person.id,
            Signup.state == SignupState.CONFIRMED,
            Signup.shift_id == Shift.id,
            Shift.project_id == shift.project_id,
            Shift.id != shift.id,
        )
        .label("served")
    )
    times = asked.label("times")
    return (
        select(Person, served, times)
        .where(
            exists().where(
                Registration.person_id == Person.id,
                Registration.state == RegistrationState.ACTIVE,
                Registration.office_id.in_(reached),
            ),
            Person.id.not_in(without),
            ~exists().where(Stopped.person_id == Person.id, Stopped.kind == kind),
        )
        .order_by(here.exists().desc(), served.desc(), times, Person.email.is_(None), Person.id)
        .limit(LOOK_AT)
    )


def _live(shift_id: int, person_ids: Collection[int]) -> dict[int, Signup]:
    query = select(Signup).where(
        Signup.shift_id == shift_id, Signup.person_id.in_(person_ids), Signup.state.in_(LIVE)
    )
    return {one.person_id: one for one in db.session.scalars(query)}


def _fits(shift: Shift, need: Need, served: Mapping[int, bool], now: datetime) -> dict[int, int]:
    """How well the position suits each of them."""
    job = fitting.job_of(shift, need, fitting.steps_of([shift]))
    return {
        id_: fit(suits(wish, job, now).score, served=served[id_])
        for id_, wish in fitting.wishes_of(served).items()
    }


def quiet_hours(settings: eligibility.Settings) -> QuietHours:
    """The hours in which an office leaves people alone."""
    edges = (Setting.QUIET_FROM, Setting.QUIET_TO)
    return QuietHours(*(time.fromisoformat(settings[edge]) for edge in edges))


def who_plans(office: Office, permission: Permission) -> Sequence[Account]:
    """The open accounts that hold a permission where it was granted nearest to the office."""
    roles = [role for role, given in GRANTS.items() if permission in given]
    query = (
        select(Grant.office_id, Account)
        .join(Account, Account.id == Grant.account_id)
        .where(
            Grant.office_id.in_(office.ancestor_ids),
            Grant.role.in_(roles),
            Grant.ended_at.is_(None),
            Account.closed_at.is_(None),
        )
        .order_by(Account.id)
        .distinct()
    )
    holders: dict[int, list[Account]] = {}
    for office_id, account in db.session.execute(query):
        holders.setdefault(office_id, []).append(account)
    nearest = next((i for i in reversed(office.ancestor_ids) if i in holders), None)
    return holders[nearest] if nearest is not None else []
