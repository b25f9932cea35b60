"""Teams to test with."""

import make

from talent.rules.teams import MemberState, TeamKind, TeamRole, TeamStanding
from talent.teams.models import Team, TeamMember


def team(office, name="春风志愿服务队", **more):
    return make.saved(
        Team(
            office_id=office.id,
            kind=more.pop("kind", TeamKind.VOLUNTEERS),
            name_zh=name,
            standing=more.pop("standing", TeamStanding.NONE),
            takes_members=more.pop("takes_members", True),
            made_at=make.NOW,
            changed_at=make.NOW,
            **more,
        )
    )


def joined(team, *, person=None, at=None, state=MemberState.ACTIVE, role=TeamRole.MEMBER, **more):
    """A member; without a person a new one of the office."""
    who = person or make.person("队员", at=at)
    waits = state is MemberState.ASKED
    return make.saved(
        TeamMember(
            team_id=team.id,
            person_id=who.id,
            role=role,
            state=state,
            since=more.pop("since", None if waits else make.TODAY),
            made_at=make.NOW,
            **more,
        )
    )
