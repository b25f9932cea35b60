"""The vocabulary of skills, and the times of the week that suit a volunteer."""

from datetime import time

import make
import pytest

from talent.access import Role
from talent.db import db
from talent.people.models import FreeTime, Person, Skill
from talent.rules.free_times import Unfree, Window, refusals

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
