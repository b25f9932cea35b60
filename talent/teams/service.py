"""Teams: which ones an actor may see, who belongs to them, and the tree in which they stand.

Higher features ask `teams_seen`, `members_of` and `tree_of`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, or_, select, tuple_
from sqlalchemy.orm import joinedload

from talent import audit
from talent.audit import Act
from talent.db import db
from talent.errors import NotFound, Refused
from talent.offices.service import seen
from talent.people import service as people
from talent.rules import credit_code, trees
from talent.rules import teams as law
from talent.rules.reason import N_, Because
from talent.rules.teams import LEADING, LIVE, MemberState, TeamKind, TeamRole, TeamStanding
from talent.rules.words import Word
from talent.teams.models import Team, TeamMember

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date, datetime

    from sqlalchemy import Select

    from talent.access import Actor, Permission
    from talent.offices.models import Office
    from talent.people.models import Person

PAGE = 50


class Unkept(Word):
    """Why a team is not written so."""

    CODE_TAKEN = "code_taken", N_("Another team has this code already.")
    PARENT = "parent", N_("The team above is not there any more. Choose another one.")
    MEMBERS = "members", N_("A team that has ended takes no members.")


@dataclass(slots=True)
class Particulars:
    """What is stated of a team."""

    office: Office
    kind: TeamKind
    name_zh: str
    name_en: str | None = None
    purpose: str | None = None
    parent_id: int | None = None
    credit_code: str | None = None
    standing: TeamStanding = TeamStanding.NONE
    standing_since: date | None = None
    standing_no: str | None = None
    contact_name: str | None = None
    contact_phone: str | None = None
    founded_on: date | None = None
    ended_on: date | None = None
    takes_members: bool = True


def teams_seen(actor: Actor, permission: Permission) -> Select[int]:
    """The ids of the teams at home at offices for which the permission is held, as a subquery."""
    return select(Team.id).where(Team.office_id.in_(seen(actor, permission)))


def visible_team(actor: Actor, permission: Permission, team_id: int) -> Team:
    """The team, or `NotFound`."""
    query = select(Team).where(Team.id == team_id, Team.id.in_(teams_seen(actor, permission)))
    if (team := db.session.scalars(query).one_or_none()) is None:
        raise NotFound
    return team


def members_of(team_ids: Collection[int] | Select[int], on: date) -> Select[int]:
    """The ids of the people who are members of one of the teams on a day, as a subquery."""
    return select(TeamMember.person_id).where(
        TeamMember.team_id.in_(team_ids),
        TeamMember.state.in_((MemberState.ACTIVE, MemberState.ENDED)),
        TeamMember.since <= on,
        or_(TeamMember.until.is_(None), TeamMember.until >= on),
    )


def parents() -> dict[int, int | None]:
    """Below which team each one stands."""
    return dict(db.session.execute(select(Team.id, Team.parent_id)).all())


def tree_of(team_ids: Collection[int]) -> frozenset[int]:
    """The teams and all that stand below them."""
    return trees.below(team_ids, parents())


def listed(
    actor: Actor,
    permission: Permission,
    *,
    office_id: int | None = None,
    kind: TeamKind | None = None,
    ended: bool = False,
    after: str = "",
) -> tuple[Sequence[Team], str]:
    """A page of teams by name and the key of the next one."""
    query = select(Team).where(Team.id.in_(teams_seen(actor, permission)))
    query = query.where(Team.ended_on.is_not(None) if ended else Team.ended_on.is_(None))
    if office_id:
        query = query.where(Team.office_id == office_id)
    if kind:
        query = query.where(Team.kind == kind)
    number, _, key = after.partition(":")
    if number.isdecimal() and len(number) < 19:  # noqa: PLR2004 - no larger number is an id
        query = query.where(tuple_(Team.name_zh, Team.id) > tuple_(key, int(number)))
    query = query.order_by(Team.name_zh, Team.id).limit(PAGE + 1)
    rows = db.session.scalars(query.options(joinedload(Team.office), joinedload(Team.parent))).all()
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    return rows[:PAGE], f"{last.id}:{last.name_zh}" if last else ""


def sizes_of(team_ids: Collection[int]) -> dict[int, int]:
    """How many active members each team has."""
    query = select(TeamMember.team_id, func.count()).where(
        TeamMember.team_id.in_(team_ids), TeamMember.state == MemberState.ACTIVE
    )
    found = dict(db.session.execute(query.group_by(TeamMember.team_id)).all())
    return {id_: found.get(id_, 0) for id_ in team_ids}


def leaders_of(team_ids: Collection[int]) -> dict[int, list[TeamMember]]:
    """Who leads each team, the leader before the deputies."""
    query = select(TeamMember).where(
        TeamMember.team_id.in_(team_ids),
        TeamMember.state == MemberState.ACTIVE,
        TeamMember.role.in_(LEADING),
    )
    query = query.options(joinedload(TeamMember.person)).order_by(TeamMember.id)
    found: dict[int, list[TeamMember]] = {id_: [] for id_ in team_ids}
    for row in sorted(db.session.scalars(query), key=lambda row: row.role is not TeamRole.LEADER):
        found[row.team_id].append(row)
    return found


def below(team: Team) -> Sequence[Team]:
    """The teams that stand directly below."""
    query = select(Team).where(Team.parent_id == team.id).order_by(Team.name_zh, Team.id)
    return db.session.scalars(query.options(joinedload(Team.office))).all()


def above_to_choose(actor: Actor, permission: Permission, team: Team | None) -> list[Team]:
    """Below which teams this one, or a new one, may stand."""
    query = select(Team).where(Team.id.in_(teams_seen(actor, permission)), Team.ended_on.is_(None))
    rows = db.session.scalars(query.order_by(Team.name_zh, Team.id)).all()
    above, key = parents(), team.id if team else None
    return [
        row
        for row in rows
        if not trees.refusals_to_place(key, row.id, above, most=trees.TEAM_LEVELS)
    ]


def add(stated: Particulars, *, actor: Actor, now: datetime, today: date) -> Team:
    """One more team."""
    values = _checked(stated, None, today)
    team = Team(**values, made_at=now, changed_at=now)
    db.session.add(team)
    db.session.flush()
    audit.record(
        Act.TEAM_CHANGED, team, actor=actor, now=now, office_id=team.office_id, name=team.name_zh
    )
    return team


def change(team: Team, stated: Particulars, *, actor: Actor, now: datetime, today: date) -> None:
    """Another name, place, standing; a team that ends lets its members go that day."""
    values = _checked(stated, team, today)
    changed = sorted(name for name, value in values.items() if getattr(team, name) != value)
    if not changed:
        return
    for name, value in values.items():
        setattr(team, name, value)
    team.changed_at = now
    if team.ended_on:
        _end_all(team, team.ended_on, now)
    audit.record(
        Act.TEAM_CHANGED, team, actor=actor, now=now, office_id=team.office_id, fields=changed
    )


def _end_all(team: Team, day: date, now: datetime) -> None:
    query = select(TeamMember).where(TeamMember.team_id == team.id, TeamMember.state.in_(LIVE))
    for row in db.session.scalars(query.order_by(TeamMember.id)):
        asked = row.state is MemberState.ASKED
        row.state = MemberState.REFUSED if asked else MemberState.ENDED
        row.until = None if asked else max(day, row.since or day)
        row.decided_at = now


def _checked(stated: Particulars, team: Team | None, today: date) -> dict[str, object]:
    """The columns, or a refusal."""
    code = credit_code.normalise(stated.credit_code) if stated.credit_code else None
    found: list[Because] = credit_code.refusals(code) if code else []
    since = stated.standing_since if stated.standing is not TeamStanding.NONE else None
    found += law.refusals_of_standing(stated.standing, code=code, since=since, today=today)
    if code and not found:
        query = select(Team.id).where(Team.credit_code == code)
        if (other := db.session.scalar(query)) is not None and other != (team and team.id):
            found.append(Because(Unkept.CODE_TAKEN))
    found += _of_place(stated.parent_id, team)
    if stated.ended_on and stated.ended_on > today:
        found.append(Because(law.Unteamed.TO_COME))
    if stated.ended_on and stated.founded_on and stated.ended_on < stated.founded_on:
        found.append(Because(law.Unteamed.TOO_EARLY, {"day": stated.founded_on}))
    if found:
        raise Refused(found)
    return {
        "office_id": stated.office.id,
        "parent_id": stated.parent_id,
        "kind": stated.kind,
        "name_zh": stated.name_zh,
        "name_en": stated.name_en,
        "purpose": stated.purpose,
        "credit_code": code,
        "standing": stated.standing,
        "standing_since": since,
        "standing_no": stated.standing_no if since else None,
        "contact_name": stated.contact_name,
        "contact_phone": stated.contact_phone,
        "founded_on": stated.founded_on,
        "ended_on": stated.ended_on,
        "takes_members": stated.takes_members,
    }


def _of_place(parent_id: int | None, team: Team | None) -> list[Because]:
    above = parents()
    if parent_id is not None and parent_id not in above:
        return [Because(Unkept.PARENT)]
    key = team.id if team else None
    return trees.refusals_to_place(key, parent_id, above, most=trees.TEAM_LEVELS)


def people_by_name(team: Team, actor: Actor, permission: Permission, q: str) -> Sequence[Person]:
    """People whom the actor's offices know and who are no live members yet, to choose one."""
    live = select(TeamMember.person_id).where(
        TeamMember.team_id == team.id, TeamMember.state.in_(LIVE)
    )
    members = set(db.session.scalars(live))
    return [one for one in people.found(actor, permission, q) if one.id not in members]
