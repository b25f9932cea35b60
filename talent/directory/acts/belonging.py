"""Where many people belong: offices that know them, and teams."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, exists, insert, not_, select

from talent.clock import today
from talent.db import db
from talent.directory.acts.outcomes import Outcome, Unmeant, trace
from talent.directory.models import ManyKind, PartState
from talent.errors import Refused
from talent.people.models import Person, Registration, Tie
from talent.rules.reason import Because
from talent.rules.teams import LIVE, MemberState, TeamRole
from talent.staffing.models import Appointment
from talent.teams.members import service as members
from talent.teams.models import Team, TeamMember

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import ColumnElement

    from talent.directory.acts.outcomes import By
    from talent.directory.models import ActPart

_P = PartState


def would_change(kind: ManyKind, wish: Mapping[str, Any]) -> ColumnElement[bool]:
    """Those who do not belong there yet."""
    if kind is ManyKind.TIE:
        there = exists().where(Tie.person_id == Person.id, Tie.office_id == wish["office"])
    else:
        there = exists().where(
            TeamMember.person_id == Person.id,
            TeamMember.team_id == wish["team"],
            TeamMember.state.in_(LIVE),
        )
    return not_(there)


def make_known(people: Sequence[Person], by: By) -> dict[int, Outcome]:
    """The office knows them from now on."""
    office = by.wish["office"]
    ids = [person.id for person in people]
    there = select(Tie.person_id).where(Tie.person_id.in_(ids), Tie.office_id == office)
    had = set(db.session.scalars(there))
    new = [person for person in people if person.id not in had]
    if new:
        db.session.execute(insert(Tie), [{"person_id": p.id, "office_id": office} for p in new])
    for person in new:
        trace(person, "known_at", (None, by.act.title), by)
    return {p.id: Outcome(_P.SAME if p.id in had else _P.CHANGED) for p in people}


def make_unknown(
    people: Mapping[int, Person], parts: Sequence[ActPart], by: By
) -> dict[int, Outcome]:
    """The office knows those no more who are not needed there by now."""
    office = by.wish["office"]
    ids = [part.person_id for part in parts if part.person_id in people]
    there = select(Tie.person_id).where(Tie.person_id.in_(ids), Tie.office_id == office)
    known = set(db.session.scalars(there))
    needed = {
        number
        for model in (Registration, Appointment)
        for number in db.session.scalars(
            select(model.person_id).where(model.person_id.in_(ids), model.office_id == office)
        )
    } | {number for number in ids if people[number].home_office_id == office}
    gone = known - needed
    db.session.execute(delete(Tie).where(Tie.person_id.in_(gone), Tie.office_id == office))
    found = {}
    for number in ids:
        why = Unmeant.RELIED_ON if number in needed else Unmeant.CHANGED_SINCE
        found[number] = Outcome(_P.UNDONE) if number in gone else Outcome(_P.KEPT)
        found[number].reasons = [] if number in gone else [Because(why)]
        if number in gone:
            trace(people[number], "known_at", (by.act.title, None), by)
    return found


def join(people: Sequence[Person], by: By) -> dict[int, Outcome]:
    """They become members of the team today."""
    team = db.session.get_one(Team, by.wish["team"])
    live = select(TeamMember.person_id).where(
        TeamMember.team_id == team.id,
        TeamMember.person_id.in_([person.id for person in people]),
        TeamMember.state == MemberState.ACTIVE,
    )
    had, day = set(db.session.scalars(live)), today(team.office.zone, by.now)
    found = {}
    for person in people:
        found[person.id] = Outcome()
        if person.id in had:
            continue
        try:
            row = members.add(
                team, person, role=TeamRole.MEMBER, since=day, actor=by.actor, now=by.now
            )
        except Refused as refusal:
            found[person.id] = Outcome(_P.LEFT_OUT, reasons=list(refusal.reasons))
        else:
            found[person.id] = Outcome(_P.CHANGED, after=[row.id])
    return found


def leave(people: Mapping[int, Person], parts: Sequence[ActPart], by: By) -> dict[int, Outcome]:
    """Those who are still members leave it."""
    ids = [number for part in parts for number in part.after or ()]
    query = select(TeamMember).where(TeamMember.id.in_(ids))
    rows = {row.id: row for row in db.session.scalars(query.order_by(TeamMember.id))}
    found = {}
    for part in parts:
        if part.person_id not in people:
            continue
        row = rows.get((part.after or [0])[0])
        if row is None or row.state is not MemberState.ACTIVE:
            found[part.person_id] = Outcome(_P.KEPT, reasons=[Because(Unmeant.CHANGED_SINCE)])
            continue
        members.end(row, until=today(row.team.office.zone, by.now), actor=by.actor, now=by.now)
        found[part.person_id] = Outcome(_P.UNDONE)
    return found
