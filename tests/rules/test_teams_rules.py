from __future__ import annotations

from datetime import date, timedelta

import pytest

from talent.rules.teams import (
    LIVE,
    MemberState,
    TeamRole,
    TeamStanding,
    Unteamed,
    refusals_of_standing,
    refusals_to_begin,
    refusals_to_end,
    refusals_to_join,
)

TODAY = date(2026, 6, 1)
DAY = timedelta(days=1)
NONE, ON_RECORD, REGISTERED = TeamStanding


def why(found):
    return [because.why for because in found]


@pytest.mark.parametrize(
    ("standing", "code", "since", "refused"),
    [
        (NONE, None, None, []),
        (NONE, None, TODAY + DAY, []),
        (ON_RECORD, None, TODAY, []),
        (ON_RECORD, None, None, [Unteamed.DAY_NEEDED]),
        (ON_RECORD, None, TODAY + DAY, [Unteamed.TO_COME]),
        (REGISTERED, "91350100M000100Y43", TODAY, []),
        (REGISTERED, None, TODAY, [Unteamed.CODE_NEEDED]),
        (REGISTERED, None, None, [Unteamed.CODE_NEEDED, Unteamed.DAY_NEEDED]),
    ],
)
def test_who_is_registered_has_a_code_and_each_standing_a_day(standing, code, since, refused):
    assert why(refusals_of_standing(standing, code=code, since=since, today=TODAY)) == refused


@pytest.mark.parametrize(
    ("open_", "live", "refused"),
    [
        (True, False, []),
        (True, True, [Unteamed.MEMBER_ALREADY]),
        (False, False, [Unteamed.CLOSED]),
        (False, True, [Unteamed.CLOSED]),
    ],
)
def test_one_is_a_member_once_of_a_team_that_exists(open_, live, refused):
    assert why(refusals_to_join(open_=open_, live=live)) == refused


@pytest.mark.parametrize(
    ("role", "since", "founded", "has_leader", "refused"),
    [
        (TeamRole.MEMBER, TODAY, None, True, []),
        (TeamRole.LEADER, TODAY, None, False, []),
        (TeamRole.LEADER, TODAY, None, True, [Unteamed.LEADER]),
        (TeamRole.DEPUTY, TODAY, None, True, []),
        (TeamRole.MEMBER, TODAY + DAY, None, False, [Unteamed.TO_COME]),
        (TeamRole.MEMBER, TODAY, TODAY, False, []),
        (TeamRole.MEMBER, TODAY - DAY, TODAY, False, [Unteamed.TOO_EARLY]),
    ],
)
def test_a_membership_begins_in_the_life_of_the_team(role, since, founded, has_leader, refused):
    found = refusals_to_begin(
        role, since=since, today=TODAY, founded=founded, has_leader=has_leader
    )
    assert why(found) == refused


@pytest.mark.parametrize(
    ("state", "since", "until", "refused"),
    [
        (MemberState.ACTIVE, TODAY, TODAY, []),
        (MemberState.ACTIVE, TODAY, TODAY - DAY, [Unteamed.TOO_EARLY]),
        (MemberState.ACTIVE, TODAY - DAY, TODAY + DAY, [Unteamed.TO_COME]),
        (MemberState.ACTIVE, None, TODAY, []),
        (MemberState.ASKED, None, TODAY, [Unteamed.NOT_ACTIVE]),
        (MemberState.ENDED, TODAY, TODAY, [Unteamed.NOT_ACTIVE]),
    ],
)
def test_a_membership_ends_once_and_not_before_it_began(state, since, until, refused):
    assert why(refusals_to_end(state, since=since, until=until, today=TODAY)) == refused


def test_who_waits_and_who_belongs_are_live():
    assert {MemberState.ASKED, MemberState.ACTIVE} == LIVE
