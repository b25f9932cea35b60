"""The vocabulary of skills, and the times of the week that suit a volunteer."""

from datetime import time

import make
import pytest

from talent.access import Role
from talent.db import db, writing
from talent.people.models import FreeTime, Person, Skill
from talent.rules.free_times import Unfree, Window, refusals
from talent.shifts.fitting import service as fitting
from talent.shifts.models import Requirement

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def office(app):
    return make.office()


@pytest.fixture
def admin(browser, office):
    return browser.sign_in(make.account(Role.ADMINISTRATOR, office))


def lines(*given):
    """The lines of the form: weekday, from, to."""
    names = ("weekday", "starts", "ends")
    return {
        f"lines-{i}-{name}": value
        for i, line in enumerate(given)
        for name, value in zip(names, line, strict=True)
    }


def test_a_skill_is_added_renamed_and_closed(admin):
    admin.send("/people/skills/new", name_zh="手语", name_en="Sign language")
    assert "Sign language" in admin.visit("/people/skills").words
    page = admin.send("/people/skills/new", status=422, name_zh="手语")
    assert "There is a skill of this name already." in page.words
    skill = db.session.query(Skill).one()
    admin.send(f"/people/skills/{skill.id}", name_zh="手语翻译")
    db.session.rollback()
    assert (skill.name_zh, skill.open) == ("手语翻译", False)
    assert "Closed" in admin.visit("/people/skills").words


def test_skills_stand_in_a_tree_of_three_levels(admin):
    admin.send("/people/skills/new", name_zh="急救")
    first = db.session.query(Skill).filter_by(name_zh="急救").one()
    admin.send("/people/skills/new", name_zh="儿童急救", parent=first.id)
    second = db.session.query(Skill).filter_by(name_zh="儿童急救").one()
    admin.send("/people/skills/new", name_zh="新生儿急救", parent=second.id)
    third = db.session.query(Skill).filter_by(name_zh="新生儿急救").one()
    page = admin.visit(f"/people/skills/new?under={second.id}")
    chosen = [e for e in page.all("option") if e.get("selected") is not None]
    assert chosen[0].get("value") == str(second.id)
    offered = {e.get("value") for e in page.all("option")}
    assert str(third.id) not in offered  # a fourth level
    refused = admin.send("/people/skills/new", status=422, name_zh="更深", parent=third.id)
    assert refused.all("p", id="parent-error")
    assert "Level 3:" in admin.visit("/people/skills").words


def test_a_skill_moves_and_never_below_itself(admin):
    for name in ("急救", "心肺复苏", "语言"):
        admin.send("/people/skills/new", name_zh=name)
    aid, cpr, tongue = db.session.query(Skill).order_by(Skill.id)
    admin.send(f"/people/skills/{cpr.id}", name_zh="心肺复苏", parent=tongue.id, open="y")
    admin.send(f"/people/skills/{cpr.id}", name_zh="心肺复苏", parent=aid.id, open="y")
    db.session.rollback()
    assert cpr.parent_id == aid.id
    circle = admin.send(f"/people/skills/{aid.id}", status=422, name_zh="急救", parent=cpr.id)
    assert circle.all("p", id="parent-error")
    admin.send(f"/people/skills/{cpr.id}", name_zh="心肺复苏", parent=0, open="y")
    db.session.rollback()
    assert cpr.parent_id is None


def test_whoever_has_a_skill_further_down_may_take_what_asks_for_the_one_above(browser, office):
    above = make.saved(Skill(name_zh="急救"))
    below = make.saved(Skill(name_zh="儿童急救", parent_id=above.id))
    asks, asks_more = make.project(office), make.project(office, name="夏令营")
    shift = make.shift(asks, position=make.position(asks))
    narrow = make.shift(asks_more, position=make.position(asks_more), start=72)
    make.saved(
        Requirement(position_id=shift.needs[0].position_id, skill_id=above.id),
        Requirement(position_id=narrow.needs[0].position_id, skill_id=below.id),
    )
    child, parent, none = (make.volunteer(office, name) for name in ("甲", "乙", "丙"))
    with writing():
        db.session.get(Person, child.person_id).known_skills = [below]
        db.session.get(Person, parent.person_id).known_skills = [above]

    def lacks(account, one):
        words = browser.sign_in(account).visit(f"/shifts/{one.id}").words
        return "急救” is needed." in words

    assert [lacks(a, shift) for a in (child, parent, none)] == [False, False, True]
    assert [lacks(a, narrow) for a in (child, parent, none)] == [False, True, True]
    wish = fitting.wishes_of([child.person_id])[child.person_id]
    assert wish.skills == {above.id, below.id}


def test_a_volunteer_chooses_from_the_tree_by_whole_names(browser, office):
    above = make.saved(Skill(name_zh="急救", name_en="First aid"))
    make.saved(Skill(name_zh="儿童急救", name_en="With children", parent_id=above.id))
    browser.sign_in(make.volunteer(office))
    assert "First aid › With children" in browser.visit("/people/me/change").words


def test_only_an_administrator_of_the_whole_changes_the_vocabulary(browser, office):
    browser.sign_in(make.account(Role.ADMINISTRATOR, make.office("夏荷社区", parent=office)))
    browser.send("/people/skills/new", status=403, name_zh="手语")
    assert db.session.query(Skill).count() == 0


def test_a_volunteer_ticks_skills_and_keeps_one_that_is_closed(browser, office):
    account = make.volunteer(office)
    old = make.saved(Skill(name_zh="速记", open=False))
    open_, other = make.saved(Skill(name_zh="手语")), make.saved(Skill(name_zh="驾驶"))
    browser.sign_in(account)
    assert "速记" not in browser.visit("/people/me/change").words
    contact = {"area": "春风", "phone": "13800138000", "skills": "修电脑"}
    browser.send("/people/me/change", **contact, known_skills=[open_.id])
    db.session.rollback()
    person = db.session.get(Person, account.person_id)
    assert [s.name_zh for s in person.known_skills] == ["手语"]
    browser.send("/people/me/change", status=422, **contact, known_skills=[old.id])
    browser.send("/people/me/change", **contact, known_skills=[open_.id, other.id])
    words = browser.visit("/people/me").words
    assert "手语" in words
    assert "修电脑" in words


def test_the_times_that_suit_are_kept_and_seen_by_the_office(browser, office):
    account = make.volunteer(office)
    browser.sign_in(account)
    browser.send("/people/me/times", **lines(("5", "09:00", "12:00"), ("0", "18:30", "21:00"),
                                             ("0", "", "")))  # fmt: skip
    rows = db.session.query(FreeTime).order_by(FreeTime.weekday).all()
    assert [(r.weekday, r.starts, r.ends) for r in rows] == [
        (0, time(18, 30), time(21)), (5, time(9), time(12)),
    ]  # fmt: skip
    assert "Saturday 09:00–12:00" in browser.visit("/people/me").words
    browser.send("/people/me/times", **lines(("5", "", ""), ("6", "10:00", "11:00")))
    browser.sign_in(make.account(Role.COORDINATOR, office))
    words = browser.visit(f"/people/{account.person_id}").words
    assert "Sunday 10:00–11:00" in words
    assert "Saturday" not in words


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ([("0", "12:00", "09:00")], "The end must be later than the beginning."),
        ([("0", "09:00", "")], "Give a time, such as 09:00."),
        ([("0", "09:00", "12:00"), ("0", "11:00", "13:00")], "This overlaps another time"),
        ([("0", "nine", "12:00")], "Not a valid time value."),
    ],
)
def test_a_time_that_cannot_be_is_said_beside_its_line(browser, office, typed, said):
    browser.sign_in(make.volunteer(office))
    page = browser.send("/people/me/times", status=422, **lines(*typed))
    assert said in page.words
    assert page.all("input", name="lines-0-starts")[0].get("value") == typed[0][1]
    assert db.session.query(FreeTime).count() == 0


def window(weekday, starts, ends):
    return Window(weekday, time(*starts), time(*ends))


@pytest.mark.parametrize(
    ("other", "refused"),
    [
        (window(0, (12, 0), (13, 0)), []),  # begins where the first ends
        (window(0, (11, 59), (13, 0)), [Unfree.TWICE]),
        (window(0, (10, 0), (11, 0)), [Unfree.TWICE]),
        (window(1, (9, 0), (12, 0)), []),
        (window(1, (9, 0), (9, 0)), [Unfree.BACKWARDS]),
    ],
)
def test_times_of_a_day_do_not_overlap(other, refused):
    both = [window(0, (9, 0), (12, 0)), other]
    assert [b.why for b in refusals(both, 1)] == refused
    assert refusals(both, 0) == []
