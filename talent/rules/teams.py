"""Teams and social organisations: 条例 Art. 6 to 8 (2017-12-01), 社团登记条例 Art. 3 and practice.

A community's social organisation (社区社会组织) is registered with the civil affairs department,
or put on record at the street or community, or neither yet.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from talent.rules.reason import N_, Because
from talent.rules.words import Word

if TYPE_CHECKING:
    from datetime import date


class TeamKind(Word):
    """What a team is."""

    VOLUNTEERS = "volunteers", N_("Volunteer team")
    WELFARE = "welfare", N_("Welfare and charity organisation")
    MUTUAL_AID = "mutual_aid", N_("Mutual-aid organisation")
    CULTURE = "culture", N_("Culture and sports organisation")
    MEDIATION = "mediation", N_("Residents' council or mediation")
    RESCUE = "rescue", N_("Emergency and rescue team")
    PARTNER = "partner", N_("Team of an employer or a school")


SOCIAL_ORGANISATIONS = frozenset(
    {TeamKind.WELFARE, TeamKind.MUTUAL_AID, TeamKind.CULTURE, TeamKind.MEDIATION}
)


class TeamStanding(Word):
    """Whether an authority knows the team."""

    NONE = "none", N_("Neither registered nor on record")
    ON_RECORD = "on_record", N_("On record at the street or community")
    REGISTERED = "registered", N_("Registered with the civil affairs department")


class TeamRole(Word):
    """What a member does in a team."""

    MEMBER = "member", N_("Member")
    DEPUTY = "deputy", N_("Deputy leader")
    LEADER = "leader", N_("Team leader")


LEADING = frozenset({TeamRole.LEADER, TeamRole.DEPUTY})


class MemberState(Word):
    """Where a membership stands."""

    ASKED = "asked", N_("Waiting for the office")
    ACTIVE = "active", N_("Active")
    ENDED = "ended", N_("Ended")
    REFUSED = "refused", N_("Not accepted")


LIVE = frozenset({MemberState.ASKED, MemberState.ACTIVE})


class Unteamed(StrEnum):
    """Why a team or a membership is not written so."""

    CLOSED = N_("This team has ended.")
    MEMBER_ALREADY = N_("This person is a member or has asked to become one.")
    NOT_ASKED = N_("This request was answered already.")
    NOT_ACTIVE = N_("This membership has ended already.")
    TOO_EARLY = N_("The day cannot lie before %(day)s.")
    TO_COME = N_("The day cannot lie in the future.")
    LEADER = N_("The team has a leader already. End or change that role first.")
    CODE_NEEDED = N_("A registered organisation has a unified social credit code.")
    DAY_NEEDED = N_("Say since when it is registered or on record.")
    WHY = N_("Say why, so that the person understands it.")
    SAME_ROLE = N_("The person has this role already.")


def refusals_of_standing(
    standing: TeamStanding, *, code: str | None, since: date | None, today: date
) -> list[Because]:
    """社团登记条例 Art. 3: who is registered has a code; both standings have a first day."""
    if standing is TeamStanding.NONE:
        return []
    found = []
    if standing is TeamStanding.REGISTERED and not code:
        found.append(Because(Unteamed.CODE_NEEDED))
    if since is None:
        found.append(Because(Unteamed.DAY_NEEDED))
    elif since > today:
        found.append(Because(Unteamed.TO_COME))
    return found


def refusals_to_join(*, open_: bool, live: bool) -> list[Because]:
    """Practice: one is a member once, of a team that exists."""
    if not open_:
        return [Because(Unteamed.CLOSED)]
    return [Because(Unteamed.MEMBER_ALREADY)] if live else []


def refusals_to_begin(
    role: TeamRole, *, since: date, today: date, founded: date | None, has_leader: bool
) -> list[Because]:
    """Practice: a membership begins after the team and not in the future; a team has one leader."""
    found = []
    if since > today:
        found.append(Because(Unteamed.TO_COME))
    if founded and since < founded:
        found.append(Because(Unteamed.TOO_EARLY, {"day": founded}))
    if role is TeamRole.LEADER and has_leader:
        found.append(Because(Unteamed.LEADER))
    return found


def refusals_to_end(
    state: MemberState, *, since: date | None, until: date, today: date
) -> list[Because]:
    """Practice: both days belong to the membership, and what has ended stays as it is."""
    if state is not MemberState.ACTIVE:
        return [Because(Unteamed.NOT_ACTIVE)]
    if until > today:
        return [Because(Unteamed.TO_COME)]
    if since and until < since:
        return [Because(Unteamed.TOO_EARLY, {"day": since})]
    return []
