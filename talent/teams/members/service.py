"""Memberships: who asks, who decides, in which role and how long; what a leader sees."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from talent import audit
from talent.audit import Act
from talent.clock import today
from talent.db import db, locked
from talent.errors import NotFound, Refused
from talent.messages.models import MessageKind
from talent.messages.service import tell
from talent.people import service as people
from talent.people.models import Person
from talent.rules import teams as law
from talent.rules import trees
from talent.rules.identity import normalise
from talent.rules.reason import N_, Because
from talent.rules.teams import LEADING, LIVE, MemberState, TeamRole, Unteamed
from talent.rules.words import Word
from talent.teams import service as teams
from talent.teams.models import Team, TeamMember

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from sqlalchemy import Select

    from talent.access import Actor, Permission

PAGE = 50


class Unproposed(Word):
    """Why a leader does not find somebody."""

    UNKNOWN = "unknown", N_("Nobody with this name and number is on record.")
    CLOSED = "closed", N_("This team takes no new members.")


def visible(
    team: Team, actor: Actor, permission: Permission, *, past: bool = False, after: int = 0
) -> tuple[Sequence[TeamMember], int | None, int]:
    """A page of members whom the actor's offices know, the next key, and how many others are.

    Leaders come first; then those who wait; then by when they came.
    """
    states = (MemberState.ENDED, MemberState.REFUSED) if past else tuple(LIVE)
    every = select(TeamMember).where(TeamMember.team_id == team.id, TeamMember.state.in_(states))
    known = every.join(Person, Person.id == TeamMember.person_id).where(
        people.visible(actor, permission)
    )
    page = known.where(TeamMember.id > after).order_by(TeamMember.id).limit(PAGE + 1)
    rows = db.session.scalars(page.options(joinedload(TeamMember.person))).all()
    others = _count(every) - _count(known)
    return rows[:PAGE], rows[PAGE - 1].id if len(rows) > PAGE else None, others


def _count(query: Select[TeamMember]) -> int:
    return db.session.scalar(select(func.count()).select_from(query.subquery())) or 0


def visible_member(actor: Actor, permission: Permission, member_id: int) -> TeamMember:
    """A membership of a team and a person that the actor's offices know, or `NotFound`."""
    query = (
        select(TeamMember)
        .join(Person, Person.id == TeamMember.person_id)
        .where(
            TeamMember.id == member_id,
            TeamMember.team_id.in_(teams.teams_seen(actor, permission)),
            people.visible(actor, permission),
        )
    )
    if (row := db.session.scalars(query).one_or_none()) is None:
        raise NotFound
    return row


def waiting(actor: Actor, permission: Permission) -> Sequence[TeamMember]:
    """Who waits for an answer of the actor's offices, the longest waiting first."""
    query = (
        select(TeamMember)
        .join(Person, Person.id == TeamMember.person_id)
        .where(
            TeamMember.state == MemberState.ASKED,
            TeamMember.team_id.in_(teams.teams_seen(actor, permission)),
            people.visible(actor, permission),
        )
        .options(joinedload(TeamMember.person), joinedload(TeamMember.team))
        .order_by(TeamMember.id)
        .limit(PAGE)
    )
    return db.session.scalars(query).all()


def memberships_of(person_id: int) -> Sequence[TeamMember]:
    """All memberships of a person, the latest first."""
    query = select(TeamMember).where(TeamMember.person_id == person_id)
    query = query.options(joinedload(TeamMember.team).joinedload(Team.office))
    return db.session.scalars(query.order_by(TeamMember.id.desc())).all()


def own_member(actor: Actor, member_id: int) -> TeamMember:
    """A membership of oneself or of a child of one's own, or `NotFound`."""
    row = db.session.get(TeamMember, member_id)
    if row is None:
        raise NotFound
    people.own_or_ward(actor, row.person_id)
    return row


def own_team(actor: Actor, team_id: int) -> tuple[Team, bool]:
    """A team to which one belongs, and whether one leads it, or one above it; or `NotFound`."""
    query = select(TeamMember.team_id, TeamMember.role).where(
        TeamMember.person_id == (actor.person_id or 0), TeamMember.state == MemberState.ACTIVE
    )
    mine = dict(db.session.execute(query).all())
    led = {id_ for id_, role in mine.items() if role in LEADING}
    above = teams.parents() if mine else {}
    leads = team_id in above and bool(led & set(trees.line(team_id, above)))
    team = db.session.get(Team, team_id) if leads or team_id in mine else None
    if team is None:
        raise NotFound
    return team, leads


def members_for_leader(team: Team, *, after: int = 0) -> tuple[Sequence[TeamMember], int | None]:
    """The live members, for the leader: a page and the key of the next one."""
    query = select(TeamMember).where(
        TeamMember.team_id == team.id, TeamMember.state.in_(LIVE), TeamMember.id > after
    )
    query = query.options(joinedload(TeamMember.person)).order_by(TeamMember.id).limit(PAGE + 1)
    rows = db.session.scalars(query).all()
    return rows[:PAGE], rows[PAGE - 1].id if len(rows) > PAGE else None


def to_join(person_id: int) -> Sequence[Team]:
    """The teams that take members at the offices of a person, below and above them."""
    live = select(TeamMember.team_id).where(
        TeamMember.person_id == person_id, TeamMember.state.in_(LIVE)
    )
    query = (
        select(Team)
        .where(
            Team.office_id.in_(_around(person_id)),
            Team.ended_on.is_(None),
            Team.takes_members,
            Team.id.not_in(live),
        )
        .options(joinedload(Team.office))
        .order_by(Team.name_zh, Team.id)
    )
    return db.session.scalars(query.limit(PAGE)).all()


def _around(person_id: int) -> set[int]:
    offices = people.active_offices(person_id)
    return {id_ for office in offices for id_ in office.ancestor_ids}


def ask(team: Team, person: Person, *, actor: Actor, now: datetime) -> TeamMember:
    """The person asks to become a member; the office answers. Of other offices' there are none."""
    if team.office_id not in _around(person.id):
        raise NotFound
    if team.id not in {each.id for each in to_join(person.id)}:
        _refuse(law.refusals_to_join(open_=team.ended_on is None, live=_lives(team, person)))
        raise Refused([Unproposed.CLOSED])
    return _write(team, person, state=MemberState.ASKED, actor=actor, now=now)


def propose(team: Team, *, name: str, number: str, actor: Actor, now: datetime) -> TeamMember:
    """A leader names somebody whose number he has been told; the office answers."""
    query = select(Person).where(Person.volunteer_no == normalise(number), Person.name == name)
    person = db.session.scalars(query).one_or_none()
    if person is None:
        raise Refused([Unproposed.UNKNOWN])
    row = _write(team, person, state=MemberState.ASKED, actor=actor, now=now)
    _tell(row, now)
    return row


def add(
    team: Team, person: Person, *, role: TeamRole, since: date, actor: Actor, now: datetime
) -> TeamMember:
    """The office writes down a member, from a day on."""
    _begins(team, role, since, now)
    row = _write(
        team, person, state=MemberState.ACTIVE, role=role, since=since, actor=actor, now=now
    )
    _tell(row, now)
    return row


def accept(row: TeamMember, *, actor: Actor, now: datetime) -> None:
    """The office takes on who asked, from today."""
    row = locked(TeamMember, row.id)
    if row.state is not MemberState.ASKED:
        raise Refused([Because(Unteamed.NOT_ASKED)])
    if row.team.ended_on:
        raise Refused([Because(Unteamed.CLOSED)])
    row.state, row.since = MemberState.ACTIVE, today(row.team.office.zone, now)
    _decided(row, actor=actor, now=now)
    _tell(row, now)


def turn_down(row: TeamMember, *, why: str, actor: Actor, now: datetime) -> None:
    """The office says no, and why; one who asked himself takes it back."""
    row = locked(TeamMember, row.id)
    if row.state is not MemberState.ASKED:
        raise Refused([Because(Unteamed.NOT_ASKED)])
    own = people.speaks_for(actor, row.person)
    if not own and not why.strip():
        raise Refused([Because(Unteamed.WHY)])
    row.state, row.reason = MemberState.REFUSED, why or None
    _decided(row, actor=actor, now=now)
    if not own:
        _tell(row, now)


def end(row: TeamMember, *, until: date, why: str = "", actor: Actor, now: datetime) -> None:
    """The membership ends with a day, which belongs to it."""
    row = locked(TeamMember, row.id)
    day = today(row.team.office.zone, now)
    _refuse(law.refusals_to_end(row.state, since=row.since, until=until, today=day))
    row.state, row.until, row.reason = MemberState.ENDED, until, why or None
    _decided(row, actor=actor, now=now)
    if not people.speaks_for(actor, row.person):
        _tell(row, now)


def give_role(row: TeamMember, role: TeamRole, *, actor: Actor, now: datetime) -> TeamMember:
    """From today on another role; the time in the old one stays on record."""
    row = locked(TeamMember, row.id)
    if row.state is not MemberState.ACTIVE:
        raise Refused([Because(Unteamed.NOT_ACTIVE)])
    if row.role is role:
        raise Refused([Because(Unteamed.SAME_ROLE)])
    day = today(row.team.office.zone, now)
    _begins(row.team, role, day, now)
    if row.since == day:  # a slip of the pen, not a change
        row.role = role
        _trace(row, actor=actor, now=now)
        return row
    row.state, row.until = MemberState.ENDED, day
    _decided(row, actor=actor, now=now)
    db.session.flush()
    return _write(
        row.team, row.person, state=MemberState.ACTIVE, role=role, since=day, actor=actor, now=now
    )


def _begins(team: Team, role: TeamRole, since: date, now: datetime) -> None:
    leads = select(TeamMember.id).where(
        TeamMember.team_id == team.id,
        TeamMember.state == MemberState.ACTIVE,
        TeamMember.role == TeamRole.LEADER,
    )
    _refuse(
        law.refusals_to_begin(
            role,
            since=since,
            today=today(team.office.zone, now),
            founded=team.founded_on,
            has_leader=db.session.scalar(leads.limit(1)) is not None,
        )
    )


def _lives(team: Team, person: Person) -> bool:
    live = select(TeamMember.id).where(
        TeamMember.team_id == team.id,
        TeamMember.person_id == person.id,
        TeamMember.state.in_(LIVE),
    )
    return db.session.scalar(live) is not None


def _write(
    team: Team,
    person: Person,
    *,
    state: MemberState,
    role: TeamRole = TeamRole.MEMBER,
    since: date | None = None,
    actor: Actor,
    now: datetime,
) -> TeamMember:
    _refuse(law.refusals_to_join(open_=team.ended_on is None, live=_lives(team, person)))
    row = TeamMember(
        team=team,
        person=person,
        role=role,
        state=state,
        since=since,
        made_at=now,
        made_by=actor.account_id,
    )
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError:  # asked twice in the same moment
        raise Refused([Because(Unteamed.MEMBER_ALREADY)]) from None
    _trace(row, actor=actor, now=now)
    return row


def _decided(row: TeamMember, *, actor: Actor, now: datetime) -> None:
    row.decided_at, row.decided_by = now, actor.account_id
    _trace(row, actor=actor, now=now)


def _trace(row: TeamMember, *, actor: Actor, now: datetime) -> None:
    audit.record(
        Act.TEAM_MEMBER_MOVED, row, actor=actor, now=now, office_id=row.team.office_id,
        team=row.team_id, person=row.person_id, state=row.state.value, role=row.role.value,
    )  # fmt: skip


def _tell(row: TeamMember, now: datetime) -> None:
    facts = {
        "team": {"name_zh": row.team.name_zh, "name_en": row.team.name_en},
        "state": row.state.value,
        "reason": row.reason,
        "path": "/teams/mine",
    }
    tell(
        MessageKind.TEAM_MOVED,
        once=f"{row.id}:{row.state.value}",
        now=now,
        person=row.person,
        office_id=row.team.office_id,
        facts=facts,
    )


def _refuse(found: list[Because]) -> None:
    if found:
        raise Refused(found)
