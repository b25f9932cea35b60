"""Teams and social organisations: written, placed in a tree, found, and let end."""

from __future__ import annotations

from datetime import date

import make
import pytest
from counting import queries
from teams_made import joined, team

from talent.access import SYSTEM, Permission, Role
from talent.accounts.models import Account
from talent.db import db
from talent.offices.models import OfficeKind
from talent.rules.teams import MemberState, TeamKind, TeamRole, TeamStanding
from talent.teams import service
from talent.teams.models import Team, TeamMember

pytestmark = pytest.mark.usefixtures("clock")
CODE = "91350100M000100Y43"


@pytest.fixture
def street(app):
    return make.office("东街街道", kind=OfficeKind.STREET)


@pytest.fixture
def here(street):
    return make.office("春风社区", parent=street)


@pytest.fixture
def clerk(browser, here):
    return browser.sign_in(make.account(Role.COORDINATOR, here))


def stated(office, **more):
    return {
        "office": office.id,
        "kind": "volunteers",
        "name_zh": "春风志愿服务队",
        "standing": "none",
        "parent": 0,
        "takes_members": "y",
        **more,
    }


def only():
    db.session.rollback()
    return db.session.query(Team).one()


def test_a_team_is_written_changed_and_shown(clerk, here):
    clerk.send("/teams/new", **stated(here, name_en="Spring team", contact_name="李红"))
    row = only()
    assert (row.office_id, row.kind, row.standing) == (
        here.id, TeamKind.VOLUNTEERS, TeamStanding.NONE,
    )  # fmt: skip
    assert "Spring team" in clerk.visit("/teams/").words
    clerk.send(
        f"/teams/{row.id}/edit",
        **stated(
            here, kind="welfare", name_zh="春风互助会", standing="registered",
            standing_since="2024-03-01", standing_no="社证字1号", credit_code=CODE.lower(),
        ),
    )  # fmt: skip
    row = only()
    assert (row.name_zh, row.credit_code) == ("春风互助会", CODE)
    page = clerk.visit(f"/teams/{row.id}/edit")
    chosen = [e.get("value") for e in page.all("option") if e.get("selected") is not None]
    assert chosen == [str(here.id), "welfare", "0", "registered"]
    words = clerk.visit(f"/teams/{row.id}").words
    assert "Registered with the civil affairs department" in words
    assert "社证字1号" in words


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"standing": "registered", "standing_since": "2024-01-01"}, "credit_code"),
        ({"standing": "on_record"}, "standing_since"),
        ({"credit_code": "91350100M000100Y44"}, "credit_code"),
        ({"name_zh": ""}, "name_zh"),
        ({"parent": 999}, "parent"),
        ({"kind": "gang"}, "kind"),
    ],
)
def test_what_cannot_be_is_said_beside_the_field(clerk, here, more, field):
    page = clerk.send("/teams/new", status=422, **stated(here, **more))
    assert page.all("p", id=f"{field}-error")
    assert db.session.query(Team).count() == 0


def test_a_code_belongs_to_one_team(clerk, here):
    team(here, "甲", credit_code=CODE)
    page = clerk.send("/teams/new", status=422, **stated(here, credit_code=CODE))
    assert "Another team has this code already." in page.words


def test_teams_stand_below_each_other_and_never_in_a_circle(clerk, here):
    top = team(here, "总队")
    middle = team(here, "分队", parent_id=top.id)
    low = team(here, "小组", parent_id=middle.id)
    (choice,) = clerk.visit(f"/teams/{top.id}/edit").all("select", name="parent")
    assert [e.get("value") for e in choice.iter("option")] == ["0"]
    (choice,) = clerk.visit(f"/teams/{low.id}/edit").all("select", name="parent")
    (chosen,) = [e for e in choice.iter("option") if e.get("selected") is not None]
    assert chosen.get("value") == str(middle.id)
    page = clerk.send(f"/teams/{top.id}/edit", status=422, **stated(here, parent=low.id))
    assert page.all("p", id="parent-error")
    assert "分队" in clerk.visit(f"/teams/{top.id}").words
    assert service.tree_of([top.id]) == {top.id, middle.id, low.id}
    assert service.tree_of([middle.id]) == {middle.id, low.id}


def test_a_team_that_ends_lets_its_members_go(clerk, here):
    row = team(here)
    member, asked = joined(row, at=here), joined(row, at=here, state=MemberState.ASKED)
    clerk.send(f"/teams/{row.id}/edit", **stated(here, ended_on="2026-06-01"))
    db.session.rollback()
    assert (member.state, member.until) == (MemberState.ENDED, make.TODAY)
    assert (asked.state, asked.until) == (MemberState.REFUSED, None)
    assert "春风志愿服务队" not in clerk.visit("/teams/").words
    assert "春风志愿服务队" in clerk.visit("/teams/?ended=1").words
    late = clerk.send(f"/teams/{row.id}/edit", 422, **stated(here, ended_on="2026-06-02"))
    assert "cannot lie in the future" in late.words


def test_an_office_sees_its_own_teams_and_those_below(browser, here, street):
    row, other = team(here, "甲队"), team(make.office("别处"), "乙队")
    browser.sign_in(make.account(Role.AUDITOR, street))
    words = browser.visit("/teams/").words
    assert "甲队" in words
    assert "乙队" not in words
    browser.visit(f"/teams/{row.id}")
    browser.visit(f"/teams/{other.id}", status=404)
    browser.visit("/teams/new", status=403)
    browser.sign_in(make.account(Role.COORDINATOR, here))
    browser.send(f"/teams/{other.id}/edit", status=404, **stated(here))
    browser.send("/teams/new", status=422, **stated(street))


def test_the_list_is_filtered_by_kind_and_office(browser, here, street):
    team(here, "甲队")
    team(street, "乙会", kind=TeamKind.CULTURE)
    browser.sign_in(make.account(Role.COORDINATOR, street))

    def shown(query):
        words = browser.visit(f"/teams/?{query}").words
        return [name for name in ("甲队", "乙会") if name in words]

    assert shown("") == ["甲队", "乙会"]
    assert shown("kind=culture") == ["乙会"]
    assert shown(f"office={here.id}") == ["甲队"]
    assert shown(f"office={here.id}&kind=culture") == []


def test_a_longer_list_asks_no_more_questions_and_goes_on_by_page(clerk, here):
    joined(team(here, "队0"), at=here, role=TeamRole.LEADER)
    with queries() as one:
        clerk.visit("/teams/")
    top = team(here, "队1")
    joined(team(here, "队2", parent_id=top.id), at=here, role=TeamRole.LEADER)
    with queries() as three:
        clerk.visit("/teams/")
    assert len(three) == len(one)
    for number in range(service.PAGE):
        team(here, f"队{number + 100}")
    page = clerk.visit("/teams/")
    following = page.all("a", rel="next")[0].get("href")
    rest = clerk.visit(following)
    first = {e.get("href") for e in page.all("a") if "/teams/" in (e.get("href") or "")}
    more = {e.get("href") for e in rest.all("a") if "/teams/" in (e.get("href") or "")}
    named = {f"/teams/{row.id}" for row in db.session.query(Team)}
    assert (first | more) & named == named


def test_who_belonged_to_a_team_is_known_of_any_day(app, here):
    row = team(here)
    gone = joined(row, at=here, since=date(2026, 2, 1), until=date(2026, 4, 1),
                  state=MemberState.ENDED)  # fmt: skip
    asked = joined(row, at=here, state=MemberState.ASKED)

    def members(day):
        return set(db.session.scalars(service.members_of([row.id], day)))

    assert members(date(2026, 4, 1)) == {gone.person_id}
    assert gone.person_id not in members(date(2026, 4, 2))
    assert asked.person_id not in members(date(2026, 6, 1))


def test_the_teams_that_an_actor_sees_are_a_subquery(app, here):
    row = team(here)
    team(make.office("别处"), "乙队")
    account = db.session.get(Account, make.account(Role.COORDINATOR, here).id)
    seen = service.teams_seen(account.actor, Permission.SEE_PEOPLE)
    assert set(db.session.scalars(seen)) == {row.id}
    assert len(list(db.session.scalars(service.teams_seen(SYSTEM, Permission.SEE_PEOPLE)))) == 2


def test_two_memberships_at_once_are_impossible_in_the_database(app, here):
    row = team(here)
    first = joined(row, at=here)
    with pytest.raises(Exception, match=r"(?i)unique"):
        make.saved(
            TeamMember(
                team_id=row.id, person_id=first.person_id, role=TeamRole.MEMBER,
                state=MemberState.ASKED, made_at=make.NOW,
            )
        )  # fmt: skip
