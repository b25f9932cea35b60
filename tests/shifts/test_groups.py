"""Signing up others: a family, a class, a team, each by his own rules and in one act."""

from datetime import date

import make
import plan
import pytest
from sqlalchemy import event

from talent.access import Role
from talent.db import db
from talent.messages.models import Message, MessageKind
from talent.people.models import Consent, RegistrationState
from talent.rules.consent import ConsentKind
from talent.seal import blind_index
from talent.shifts.groups.models import Group, GroupKind, GroupMember
from talent.shifts.models import Position, Signup

pytestmark = pytest.mark.usefixtures("clock")


def group(office, contact=None, *members, kind=GroupKind.OTHER):
    """A group of people who have agreed; without a contact the office's."""
    return make.saved(
        Group(
            office_id=office.id, name="桂花班", kind=kind, made_at=make.NOW,
            contact_id=contact.person_id if contact else None,
            members=[
                GroupMember(person_id=p.id, agreed_at=make.NOW, added_at=make.NOW)
                for p in ([contact.person] if contact else []) + list(members)
            ],
        )
    )  # fmt: skip


def child(guardian, office, name="王小明", *, consent=True, **more):
    row = make.person(
        name, at=office, birth_date=date(2012, 5, 1), guardian_id=guardian.person_id, **more
    )
    if consent:
        make.saved(
            Consent(
                person_id=row.id, kind=ConsentKind.GUARDIAN, version="2026-06",
                given_at=make.NOW, given_by="王秀兰", by_guardian=True,
            )
        )  # fmt: skip
    return row


def friends(office, *names):
    return [make.person(name, at=office) for name in names]


def sign_up(browser, shift, chosen, people, *, status=303, way="all", need=None, **more):
    return browser.send(
        f"/shifts/{shift.id}/party?group={chosen}", status=status, way=way,
        need=(need or shift.needs[0]).id, who=[person.id for person in people], **more,
    )  # fmt: skip


def standing(shift):
    db.session.rollback()
    rows = db.session.query(Signup).filter_by(shift_id=shift.id).order_by(Signup.id)
    return {row.person.name: row.state.value for row in rows}


def mailed(kind=MessageKind.SIGNED_UP):
    db.session.rollback()
    messages = db.session.query(Message).filter_by(kind=kind).order_by(Message.id)
    return {m.person.name: m.facts["by"] for m in messages}


# -- a group comes together


def test_a_volunteer_makes_a_group_and_another_joins_by_the_link(browser, office, wang):
    to = (
        browser.sign_in(wang)
        .send("/shifts/groups/new", name="桂花班", kind="class", office=office.id)
        .location
    )
    page = browser.visit(to)
    assert "王秀兰" in page.words
    link = page.said("p", id="link")[0].removeprefix("http://localhost:8000")
    chen = make.volunteer(office, "陈静")
    page = browser.sign_in(chen).visit(link)
    assert "sees whether and why not" in page.words
    assert db.session.query(GroupMember).count() == 1  # looking is not joining
    browser.send(link)
    browser.send(link)
    members = db.session.query(GroupMember).order_by(GroupMember.id)
    assert [m.person.name for m in members] == ["王秀兰", "陈静"]
    assert "桂花班" in browser.visit("/shifts/groups").words


def test_who_is_asked_by_number_is_in_only_after_agreeing(browser, office, wang):
    team = group(office, wang)
    chen = make.volunteer(office, "陈静")
    browser.sign_in(wang).send(
        f"/shifts/groups/{team.id}/members", numbers=chen.person.volunteer_no
    )
    shift = plan.shift(plan.project(office))
    assert "陈静" not in browser.visit(f"/shifts/{shift.id}/party?group={team.id}").words
    sign_up(browser, shift, team.id, [chen.person], status=409)
    assert "You are asked to join" in browser.sign_in(chen).visit("/shifts/groups").words
    browser.send(f"/shifts/groups/{team.id}/agreement")
    sign_up(browser.sign_in(wang), shift, team.id, [chen.person])
    assert standing(shift) == {"陈静": "confirmed"}


def test_who_says_no_or_is_taken_out_is_signed_up_no_more(browser, office, wang):
    chen, zhao = make.volunteer(office, "陈静"), make.volunteer(office, "赵云")
    team = group(office, wang, chen.person, zhao.person)
    browser.sign_in(chen).send(f"/shifts/groups/{team.id}/leaving")
    browser.visit(f"/shifts/groups/{team.id}", status=404)
    browser.sign_in(wang).send(f"/shifts/groups/{team.id}/members/{zhao.person_id}/removal")
    assert [m.person.name for m in db.session.query(GroupMember)] == ["王秀兰"]


def test_a_number_that_is_nobodys_is_named_and_nobody_is_added(browser, office, wang):
    team = group(office, wang)
    chen = make.volunteer(office, "陈静")
    page = browser.sign_in(wang).send(
        f"/shifts/groups/{team.id}/members", status=422,
        numbers=f"{chen.person.volunteer_no}\nV9999999",
    )  # fmt: skip
    assert "“V9999999”: no volunteer has this number." in page.words
    assert chen.person.volunteer_no in page.text  # what was typed stays
    assert db.session.query(GroupMember).count() == 1


def test_an_office_makes_a_class_of_people_it_knows_by_number_or_phone(browser, office):
    people = friends(office, "陈静")
    phone = blind_index("phone", "+8613800138000")
    people.append(make.person("赵云", at=office, phone="+8613800138000", phone_index=phone))
    browser.sign_in(plan.coordinator(office))
    to = browser.send("/shifts/groups/new", name="三班", kind="class", office=office.id).location
    browser.send(f"{to}/members", numbers=f"{people[0].volunteer_no}\n138 0013 8000")
    assert {m.person.name for m in db.session.query(GroupMember)} == {"陈静", "赵云"}
    assert all(m.agreed_at for m in db.session.query(GroupMember))
    stranger = make.person("远人", at=make.office("秋水社区"))
    page = browser.send(f"{to}/members", status=422, numbers=stranger.volunteer_no)
    assert "nobody whom your offices know" in page.words


def test_a_group_is_seen_by_its_members_and_led_by_its_contact_alone(browser, office, wang):
    chen = make.volunteer(office, "陈静")
    team = group(office, wang, chen.person)
    other = make.volunteer(office, "赵云")
    shift = plan.shift(plan.project(office))
    for account, seen, leads in ((other, 404, 404), (chen, 200, 404), (wang, 200, 200)):
        browser.sign_in(account).visit(f"/shifts/groups/{team.id}", status=seen)
        browser.visit(f"/shifts/{shift.id}/party?group={team.id}", status=leads)
        if leads == 404:
            browser.send(f"/shifts/groups/{team.id}/members", status=404, numbers="1")
            browser.send(f"/shifts/groups/{team.id}/link", status=404)
            sign_up(browser, shift, team.id, [chen.person], status=404)
    coordinator = plan.coordinator(make.office("秋水社区"))
    browser.sign_in(coordinator).visit(f"/shifts/groups/{team.id}", status=404)


def test_a_renewed_link_ends_the_one_before(browser, office, wang):
    team = group(office, wang)
    code = team.code
    browser.sign_in(wang).send(f"/shifts/groups/{team.id}/link")
    browser.visit(f"/shifts/groups/join/{code}", status=404)


# -- the group is signed up


def test_everybody_is_signed_up_at_once_and_told_by_whom(browser, office, wang):
    members = friends(office, "陈静", "赵云")
    team = group(office, wang, *members)
    shift = plan.shift(plan.project(office))
    sign_up(browser.sign_in(wang), shift, team.id, [wang.person, *members])
    assert standing(shift) == dict.fromkeys(["王秀兰", "陈静", "赵云"], "confirmed")
    assert {s.group_id for s in db.session.query(Signup)} == {team.id}
    assert {s.made_by for s in db.session.query(Signup)} == {wang.id}
    assert plan.taken(shift) == [3]
    assert mailed() == {"王秀兰": "", "陈静": "王秀兰", "赵云": "王秀兰"}


def test_the_same_twice_changes_nothing(browser, office, wang):
    team = group(office, wang, *(members := friends(office, "陈静")))
    shift = plan.shift(plan.project(office))
    for _ in range(2):
        sign_up(browser.sign_in(wang), shift, team.id, members)
    assert (plan.states(shift), plan.taken(shift)) == ({"confirmed": 1}, [1])
    assert len(mailed()) == 1


def test_every_reason_stands_beside_its_name_before_and_is_enforced_after(browser, office, wang):
    young, paused = friends(office, "陈静", "赵云")
    team = group(office, wang, young, paused)
    db.session.rollback()
    project = plan.project(office, positions=[Position(name="送餐员", minimum_age=60)])
    shift = plan.shift(project)
    page = browser.sign_in(wang).visit(f"/shifts/{shift.id}/party?group={team.id}")
    for person in (young, paused):
        [line] = page.said("li", id=f"person-{person.id}")
        assert "This position is for those of 60 and over" in line
    page = sign_up(browser, shift, team.id, [young, paused], status=409)
    assert "Nobody was signed up" in page.words
    assert "of 60 and over" in page.said("li", id=f"person-{young.id}")[0]
    assert standing(shift) == {}


def test_all_or_nobody_is_refused_as_a_whole_when_one_cannot(browser, office, wang):
    fine = make.person("陈静", at=office)
    paused = make.person("赵云", at=office, state=RegistrationState.PAUSED)
    team = group(office, wang, fine, paused)
    shift = plan.shift(plan.project(office))
    page = sign_up(browser.sign_in(wang), shift, team.id, [fine, paused], status=409)
    assert "Only an active volunteer" in page.said("li", id=f"person-{paused.id}")[0]
    assert "Has a place" not in page.words
    assert (standing(shift), plan.taken(shift), mailed()) == ({}, [0], {})
    sign_up(browser, shift, team.id, [fine, paused], way="able")
    assert standing(shift) == {"陈静": "confirmed"}


@pytest.mark.parametrize(
    ("way", "status", "expected"),
    [
        ("all", 409, {}),
        ("able", 303, {"confirmed": 2}),
        ("wait", 303, {"confirmed": 2, "waiting": 1}),
    ],
)
def test_never_more_than_the_free_places(browser, office, wang, way, status, expected):
    members = friends(office, "陈静", "赵云", "钱二")
    team = group(office, wang, *members)
    shift = plan.shift(plan.project(office), places=2)
    page = sign_up(browser.sign_in(wang), shift, team.id, members, way=way, status=status)
    if status == 409:
        assert "3 places are asked for, and 2 are free." in page.words
    assert plan.states(shift) == expected
    assert plan.taken(shift) == [expected.get("confirmed", 0)]


def test_each_may_have_a_position_of_his_own(browser, office, wang):
    chen, zhao = friends(office, "陈静", "赵云")
    team = group(office, wang, chen, zhao)
    shift = plan.shift(plan.project(office, positions=("送餐员", "司机")), places=(1, 1))
    more = {f"need-{zhao.id}": shift.needs[1].id}
    sign_up(browser.sign_in(wang), shift, team.id, [chen, zhao], **more)
    assert plan.taken(shift) == [1, 1]


def test_risks_are_confirmed_by_who_signs_others_up(browser, office, wang):
    team = group(office, wang, *(members := friends(office, "陈静")))
    shift = plan.shift(plan.project(office, risky=True, risks="上下楼梯"))
    page = sign_up(browser.sign_in(wang), shift, team.id, members, status=409)
    assert "Please confirm that you have read the risks" in page.words
    sign_up(browser, shift, team.id, members, risks_read="1")
    assert standing(shift) == {"陈静": "confirmed"}


def test_nobody_chosen_and_a_foreign_person_are_refused(browser, office, wang):
    team = group(office, wang)
    shift = plan.shift(plan.project(office))
    page = sign_up(browser.sign_in(wang), shift, team.id, [], status=409)
    assert "Choose who is to be signed up." in page.words
    sign_up(browser, shift, team.id, friends(office, "陈静"), status=409)
    assert standing(shift) == {}


def test_an_office_signs_its_class_up(browser, office):
    members = friends(office, "陈静", "赵云")
    team = group(office, None, *members)
    shift = plan.shift(plan.project(office))
    sign_up(browser.sign_in(plan.coordinator(office)), shift, team.id, members)
    assert plan.states(shift) == {"confirmed": 2}
    assert set(mailed().values()) == {"春风社区"}
    other = plan.coordinator(make.office("秋水社区"))
    browser.sign_in(other).visit(f"/shifts/{shift.id}/party?group={team.id}", status=404)


def test_the_contact_and_the_member_can_give_up_the_place_and_nobody_else(browser, office, wang):
    chen, zhao = make.volunteer(office, "陈静"), make.volunteer(office, "赵云")
    team = group(office, wang, chen.person, zhao.person)
    shift = plan.shift(plan.project(office))
    sign_up(browser.sign_in(wang), shift, team.id, [chen.person, zhao.person])
    numbers = {s.person.name: s.id for s in db.session.query(Signup)}
    browser.sign_in(make.volunteer(office, "钱二"))
    browser.send(f"/shifts/signups/{numbers['陈静']}/giving-up", status=404)
    browser.sign_in(wang).send(f"/shifts/signups/{numbers['陈静']}/giving-up")
    browser.sign_in(zhao).send(f"/shifts/{shift.id}/cancellation")
    assert standing(shift) == dict.fromkeys(["陈静", "赵云"], "cancelled")
    alone = plan.place(shift, chen.person)
    browser.sign_in(wang).send(f"/shifts/signups/{alone.id}/giving-up", status=404)


def test_a_group_of_twelve_is_looked_at_in_as_many_questions_as_one_of_three(browser, office, wang):
    shift = plan.shift(plan.project(office), places=20)
    small = group(office, wang, *friends(office, "陈静", "赵云"))
    large = group(office, wang, *friends(office, *("甲乙丙丁戊己庚辛壬癸子")))
    browser.sign_in(wang)

    counts = []
    for team in (small, large):
        asked = []

        def listen(*told, asked=asked):
            asked.append(told[2].startswith("SELECT"))

        event.listen(db.engine, "before_cursor_execute", listen)
        browser.visit(f"/shifts/{shift.id}/party?group={team.id}")
        event.remove(db.engine, "before_cursor_execute", listen)
        counts.append(sum(asked))
    assert counts[0] == counts[1]


# -- families


def test_a_guardian_signs_up_a_child_sees_its_shifts_and_cancels(browser, office, wang):
    ming = child(wang, office)
    shift = plan.shift(plan.project(office))
    sign_up(browser.sign_in(wang), shift, "family", [ming, wang.person])
    assert standing(shift) == {"王小明": "confirmed", "王秀兰": "confirmed"}
    assert mailed()["王小明"] == "王秀兰"
    page = browser.visit("/shifts/children")
    assert "Meals for neighbours" in page.said("section", id=f"child-{ming.id}")[0]
    one = db.session.query(Signup).filter_by(person_id=ming.id).one()
    browser.send(f"/shifts/signups/{one.id}/giving-up?next=/shifts/children")
    assert standing(shift)["王小明"] == "cancelled"


def test_a_guardian_who_is_no_volunteer_finds_what_is_offered_to_the_child(browser, office):
    guardian = make.account(None, None, person=make.person("王秀兰"))
    ming = child(guardian, office)
    shift = plan.shift(plan.project(office))
    page = browser.sign_in(guardian).visit("/shifts/children")
    assert f"/shifts/{shift.id}/party?group=family" in page.text
    sign_up(browser, shift, "family", [ming])
    assert standing(shift) == {"王小明": "confirmed"}
    browser.visit(f"/shifts/{plan.shift(plan.project(make.office('秋水社区'))).id}/party", 404)


def test_a_child_without_the_guardians_consent_is_refused(browser, office, wang):
    ming = child(wang, office, consent=False)
    shift = plan.shift(plan.project(office))
    page = sign_up(browser.sign_in(wang), shift, "family", [ming], status=409)
    assert "Under 18 the consent of the guardian is needed." in page.words
    assert standing(shift) == {}


def test_somebody_elses_child_is_not_found(browser, office, wang):
    ming = child(make.volunteer(office, "陈静"), office)
    shift = plan.shift(plan.project(office))
    one = plan.place(shift, ming)
    browser.sign_in(wang)
    browser.send(f"/shifts/signups/{one.id}/giving-up", status=404)
    browser.visit(f"/hours/children/{ming.id}", status=404)
    browser.visit(f"/certificates/children/{ming.id}", status=404)


def test_children_come_into_their_guardians_group_at_once(browser, office, wang):
    child(wang, office)
    browser.sign_in(wang).send("/shifts/groups/new", name="我们家", kind="family", office=office.id)
    assert {m.person.name for m in db.session.query(GroupMember)} == {"王秀兰", "王小明"}
    assert all(m.agreed_at for m in db.session.query(GroupMember))


def test_a_guardian_sees_the_hours_and_exports_the_certificate_of_a_child(browser, office, wang):
    ming = child(wang, office)
    record = make.record(ming, office, 125)
    page = browser.sign_in(wang).visit(f"/hours/children/{ming.id}")
    assert "2 h 05 min" in page.words
    browser.visit(f"/hours/{record.id}")
    to = browser.send(f"/certificates/children/{ming.id}", language="en", office_id=0).location
    page = browser.visit(to)
    assert "王小明" in page.words
    assert browser.get(f"{to}/pdf").mimetype == "application/pdf"
    browser.sign_in(make.volunteer(office, "陈静")).visit(to, status=404)


def test_the_shift_leads_to_signing_up_several(browser, office, wang):
    shift = plan.shift(plan.project(office))
    page = browser.sign_in(wang).visit(f"/shifts/{shift.id}")
    assert f"/shifts/{shift.id}/party" in page.text
    assert "No group yet" in browser.visit(f"/shifts/{shift.id}/party").words
    group(office, wang)
    assert "桂花班" in browser.visit(f"/shifts/{shift.id}/party").words


def test_only_a_volunteer_or_an_office_makes_a_group(browser, office):
    nobody = make.account()
    page = browser.sign_in(nobody).visit("/shifts/groups/new")
    assert "Register as a volunteer" in page.words
    browser.send("/shifts/groups/new", status=422, name="x", kind="other", office=office.id)
    browser.sign_in(make.account(Role.LEADER, office)).visit("/shifts/groups")
    assert db.session.query(Group).count() == 0
