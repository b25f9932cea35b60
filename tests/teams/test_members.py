"""Members of teams: asked for, accepted, led, and gone; who sees whom."""

from __future__ import annotations

from datetime import timedelta

import make
import pytest
from counting import queries
from teams_made import joined, team

from talent.access import Role
from talent.db import db
from talent.messages import jobs
from talent.messages.models import Message, MessageKind
from talent.rules.teams import MemberState, TeamRole
from talent.teams.models import TeamMember

pytestmark = pytest.mark.usefixtures("clock")
PHONE = "+8613800138000"


@pytest.fixture
def here(app):
    return make.office("春风社区")


@pytest.fixture
def clerk(here):
    return make.account(Role.COORDINATOR, here)


def rows():
    db.session.rollback()
    found = db.session.query(TeamMember).order_by(TeamMember.id)
    return [(r.state.value, r.role.value, r.since, r.until) for r in found]


def test_the_office_looks_for_somebody_and_adds_him(browser, here, clerk):
    row = team(here)
    person = make.person("王小明", at=here, language="en")
    other = make.person("王大明", at=make.office("别处"))
    browser.sign_in(clerk)
    url = f"/teams/{row.id}/members/new"
    page = browser.visit(f"{url}?q=王")
    offered = {e.get("value") for e in page.all("option")}
    assert str(person.id) in offered
    assert str(other.id) not in offered
    added = {"person": person.id, "role": "leader", "since": "2026-05-01"}
    browser.send(f"{url}?q=王", **added)
    assert rows() == [("active", "leader", make.TODAY.replace(month=5), None)]
    assert "王小明" in browser.visit(f"/teams/{row.id}").words
    (message,) = db.session.query(Message)
    assert message.kind is MessageKind.TEAM_MOVED
    assert "You are a member of" in written(message)
    assert "One person found" not in browser.visit(f"{url}?q=王小明").words
    browser.send(f"{url}?q=王", status=422, **added)
    browser.send(f"{url}?q=王", status=422, person=other.id, role="member", since="2026-05-01")


def written(message):
    text = jobs.write(message, make.NOW).mail.get_body(("plain",)).get_content()
    db.session.rollback()
    return text


@pytest.mark.parametrize(
    ("more", "field"),
    [({"since": "2026-06-02"}, "since"), ({"since": ""}, "since"), ({"role": "leader"}, "role")],
)
def test_an_impossible_membership_is_said_beside_the_field(browser, here, clerk, more, field):
    row = team(here)
    joined(row, at=here, role=TeamRole.LEADER)
    person = make.person("王小明", at=here)
    given = {"person": person.id, "role": "member", "since": "2026-05-01", **more}
    page = browser.sign_in(clerk).send(f"/teams/{row.id}/members/new?q=王", status=422, **given)
    assert page.all("p", id=f"{field}-error")
    assert len(rows()) == 1


def test_a_volunteer_asks_the_office_accepts_and_the_volunteer_leaves(browser, here, clerk):
    row, closed = team(here), team(here, "内部队", takes_members=False)
    account = make.volunteer(here)
    browser.sign_in(account)
    words = browser.visit("/teams/mine").words
    assert row.name_zh in words
    assert closed.name_zh not in words
    browser.send(f"/teams/{row.id}/request")
    browser.send(f"/teams/{row.id}/request", status=409)
    browser.send(f"/teams/{closed.id}/request", status=409)
    (member,) = db.session.query(TeamMember)
    browser.sign_in(clerk)
    assert account.name in browser.visit("/teams/").words
    browser.send(f"/teams/members/{member.id}/approval")
    browser.send(f"/teams/members/{member.id}/approval", status=409)
    assert rows() == [("active", "member", make.TODAY, None)]
    browser.sign_in(account)
    assert "Active" in browser.visit("/teams/mine").words
    browser.visit(f"/teams/mine/{row.id}")
    browser.send(f"/teams/members/{member.id}/departure")
    assert rows() == [("ended", "member", make.TODAY, make.TODAY)]
    browser.send(f"/teams/{row.id}/request")  # and may ask again
    assert len(rows()) == 2


def test_no_is_said_with_a_reason_that_the_volunteer_reads(browser, here, clerk):
    row = team(here)
    account = make.volunteer(here)
    browser.sign_in(account).send(f"/teams/{row.id}/request")
    (member,) = db.session.query(TeamMember)
    browser.sign_in(clerk)
    browser.send(f"/teams/members/{member.id}/refusal", status=409)
    browser.send(f"/teams/members/{member.id}/refusal", reason="已满员")
    assert rows() == [("refused", "member", None, None)]
    assert "已满员" in browser.sign_in(account).visit("/teams/mine").words


def test_who_asked_takes_it_back(browser, here):
    row = team(here)
    account = make.volunteer(here)
    browser.sign_in(account).send(f"/teams/{row.id}/request")
    (member,) = db.session.query(TeamMember)
    browser.sign_in(make.volunteer(here, "别人"))
    browser.send(f"/teams/members/{member.id}/departure", status=404)
    browser.sign_in(account).send(f"/teams/members/{member.id}/departure")
    assert rows() == [("refused", "member", None, None)]


def test_a_leader_sees_the_members_with_masked_phones_and_proposes(browser, here, clerk):
    row = team(here)
    leader = make.volunteer(here, "李队长")
    joined(row, person=leader.person, role=TeamRole.LEADER)
    joined(row, person=make.person("队员甲", at=here, phone=PHONE))
    new = make.person("新人", at=here)
    browser.sign_in(leader)
    url = f"/teams/mine/{row.id}"
    words = browser.visit(url).words
    assert "队员甲" in words
    assert "**********8000" in words
    assert PHONE not in words
    unknown = browser.send(url, status=422, name="新人", number="V9999999")
    assert unknown.all("p", id="number-error")
    assert "新人" in unknown.text
    wrong = browser.send(url, status=422, name="旧人", number=new.volunteer_no)
    assert "Nobody with this name and number is on record." in wrong.words
    browser.send(url, name="新人", number=new.volunteer_no.lower())
    again = browser.send(url, status=422, name="新人", number=new.volunteer_no)
    assert again.all("p", id="number-error")
    assert rows()[-1] == ("asked", "member", None, None)
    assert "新人" in browser.sign_in(clerk).visit(f"/teams/{row.id}").words


def test_a_member_sees_the_team_and_no_other_member(browser, here):
    row = team(here)
    joined(row, person=make.person("队员甲", at=here, phone=PHONE))
    account = make.volunteer(here)
    joined(row, person=account.person)
    browser.sign_in(account)
    url = f"/teams/mine/{row.id}"
    assert "队员甲" not in browser.visit(url).words
    browser.send(url, status=200, name="队员甲", number="V1")
    assert len(rows()) == 2
    browser.sign_in(make.volunteer(here, "外人")).visit(url, status=404)


def test_who_leads_the_team_above_leads_those_below(browser, here):
    top = team(here, "总队")
    low = team(here, "小组", parent_id=top.id)
    leader, deputy = make.volunteer(here, "总队长"), make.volunteer(here, "小组长")
    joined(top, person=leader.person, role=TeamRole.LEADER)
    joined(low, person=deputy.person, role=TeamRole.DEPUTY)
    browser.sign_in(leader).visit(f"/teams/mine/{low.id}")
    browser.sign_in(deputy).visit(f"/teams/mine/{low.id}")
    browser.visit(f"/teams/mine/{top.id}", status=404)


def test_another_role_keeps_the_time_in_the_old_one(browser, here, clerk):
    row = team(here)
    member = joined(row, at=here, since=make.TODAY - timedelta(days=30))
    browser.sign_in(clerk)
    url = f"/teams/members/{member.id}"
    browser.visit(url)
    browser.send(f"{url}/role", role="deputy")
    assert rows() == [
        ("ended", "member", make.TODAY - timedelta(days=30), make.TODAY),
        ("active", "deputy", make.TODAY, None),
    ]
    assert browser.send(f"{url}/role", status=422, role="leader").status == 422
    live = db.session.query(TeamMember).filter_by(state=MemberState.ACTIVE).one()
    browser.send(f"/teams/members/{live.id}/role", role="leader")  # the same day: a slip
    assert rows()[1:] == [("active", "leader", make.TODAY, None)]
    assert "Deputy" not in browser.visit(f"/teams/{row.id}?past=1").words


def test_a_membership_ends_with_a_day_and_stays_in_the_history(browser, here, clerk):
    row = team(here)
    member = joined(row, at=here, since=make.TODAY - timedelta(days=30))
    browser.sign_in(clerk)
    url = f"/teams/members/{member.id}/end"
    assert "future" in browser.send(url, status=422, until="2026-06-02").words
    assert "before" in browser.send(url, status=422, until="2026-05-01").words
    browser.send(url, until="2026-05-31", why="搬家")
    assert rows()[0][3] == make.TODAY - timedelta(days=1)
    assert member.person.name not in browser.visit(f"/teams/{row.id}").words
    words = browser.visit(f"/teams/{row.id}?past=1").words
    assert member.person.name in words
    assert "搬家" in words


def test_who_is_known_elsewhere_only_is_counted_and_not_named(browser, here, clerk):
    row = team(here)
    joined(row, person=make.person("外来人", at=make.office("别处")))
    joined(row, at=here)
    words = browser.sign_in(clerk).visit(f"/teams/{row.id}").words
    assert "外来人" not in words
    assert "One more person is known to another office only." in words


def test_a_membership_of_another_office_answers_nothing(browser, here):
    row = team(here)
    member = joined(row, at=here)
    browser.sign_in(make.account(Role.MANAGER, make.office("别处")))
    url = f"/teams/members/{member.id}"
    browser.visit(url, status=404)
    for act in ("approval", "refusal", "role", "end"):
        browser.send(f"{url}/{act}", status=404, reason="x", role="deputy", until="2026-06-01")
    browser.visit(f"/teams/people/{member.person_id}", status=404)
    assert rows() == [("active", "member", make.TODAY, None)]


def test_the_teams_of_a_person_stand_on_the_page_of_the_person(browser, here, clerk):
    member = joined(team(here), at=here)
    browser.sign_in(clerk)
    assert browser.visit(f"/people/{member.person_id}").all(
        "a", href=f"/teams/people/{member.person_id}"
    )
    panel = browser.visit(f"/teams/people/{member.person_id}")
    assert "春风志愿服务队" in panel.words
    assert panel.all("section", id="panel")


def test_a_guardian_sees_the_teams_of_the_child_and_leaves_for_it(browser, here):
    guardian = make.volunteer(here)
    child = make.person("小明", at=here, guardian_id=guardian.person_id)
    member = joined(team(here, "少年队"), person=child)
    browser.sign_in(guardian)
    assert "少年队" in browser.visit("/teams/mine").words
    browser.send(f"/teams/members/{member.id}/departure")
    assert rows()[0][0] == "ended"


def test_a_longer_list_of_members_asks_no_more_questions(browser, here, clerk):
    row = team(here)
    leader = make.volunteer(here, "李队长")
    joined(row, person=leader.person, role=TeamRole.LEADER)
    pages = {clerk: f"/teams/{row.id}", leader: f"/teams/mine/{row.id}"}

    def asked():
        found = []
        for account, url in pages.items():
            browser.sign_in(account)
            with queries() as sent:
                browser.visit(url)
            found.append(len(sent))
        return found

    before = asked()
    joined(row, at=here)
    joined(row, at=here)
    assert asked() == before
