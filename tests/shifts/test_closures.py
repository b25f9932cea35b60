"""Days on which an office is closed: what is cancelled at once, and restored."""

from datetime import date, timedelta

import bulk
import make
import plan
import pytest

from talent.access import Role
from talent.audit import Act, AuditEntry
from talent.db import db, writing
from talent.messages.models import Message, MessageKind, MessageState
from talent.offices.models import CalendarDay
from talent.rules.signup import SignupState
from talent.shifts.models import Shift, ShiftState, Signup

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def day(office, project):
    """A day with two shifts, people on one, a draft, and a shift on the day after."""
    first, second = plan.shift(project, 48, places=1), plan.shift(project, 52)
    plan.place(first, make.person("甲", at=office))
    plan.place(first, make.person("乙", at=office), state=SignupState.WAITING)
    draft = plan.shift(project, 56, state=ShiftState.DRAFT, note="草稿")
    after = plan.shift(project, 72)
    return first, second, draft, after


def test_a_day_is_cancelled_at_once_and_everybody_is_told(boss, office, day, clock):
    clock.move_to(make.NOW + timedelta(minutes=1))
    page = bulk.look(boss, bulk.CLOSE, **bulk.close_fields(office))
    assert "3 shifts" in page.words
    assert "2 messages" in page.words
    assert [s.state.value for s in bulk.shifts()] == [
        "published", "published", "draft", "published",
    ]  # fmt: skip
    bulk.do(boss, bulk.CLOSE, **bulk.close_fields(office))
    assert [s.state.value for s in bulk.shifts()] == ["cancelled", "cancelled", "published"]
    assert bulk.told(MessageKind.SHIFT_CANCELLED) == ["甲", "乙"]
    assert db.session.query(AuditEntry).filter_by(act=Act.BATCH_DONE).count() == 1
    assert "台风" in boss.visit("/shifts/acts").words


def test_what_was_cancelled_is_restored_with_its_people_and_nobody_is_told_twice(
    boss, office, day, clock
):
    clock.move_to(make.NOW + timedelta(minutes=1))
    bulk.do(boss, bulk.CLOSE, **bulk.close_fields(office))
    with writing():  # the mail to 甲 is out, that to 乙 is not
        one = next(
            m for m in db.session.query(Message).order_by(Message.id) if m.person.name == "甲"
        )
        one.state = MessageState.SENT
    bulk.undo(boss)
    assert [s.state.value for s in bulk.shifts()] == [
        "published", "published", "draft", "published",
    ]  # fmt: skip
    assert bulk.shifts()[2].note == "草稿"
    assert plan.states(day[0]) == {"confirmed": 1, "waiting": 1}
    assert bulk.told(MessageKind.SHIFT_RESTORED) == ["甲"]
    assert bulk.told(MessageKind.SHIFT_CANCELLED, MessageState.DROPPED) == ["乙"]
    assert [s.version for s in bulk.shifts()] == [2, 2, 1, 1]
    page = bulk.undo(boss, status=409)
    assert "It was undone already." in page.words


def test_a_restored_shift_can_be_cancelled_once_more_and_is_told_again(boss, office, day, clock):
    for minute in (1, 2):
        clock.move_to(make.NOW + timedelta(minutes=minute))
        bulk.do(boss, bulk.CLOSE, **bulk.close_fields(office))
        with writing():
            db.session.query(Message).update({Message.state: MessageState.SENT})
        if minute == 1:
            bulk.undo(boss)
    assert bulk.told(MessageKind.SHIFT_CANCELLED) == ["甲", "乙", "甲", "乙"]


def test_undo_is_refused_when_somebody_has_another_shift_by_now(boss, office, day, clock):
    clock.move_to(make.NOW + timedelta(minutes=1))
    bulk.do(boss, bulk.CLOSE, **bulk.close_fields(office))
    other = plan.shift(plan.project(office, "别的"), 49)
    one = db.session.query(Shift).filter_by(id=day[0].id).one()
    person = next(s.person for s in plan_signups(one) if s.person.name == "甲")
    plan.place(other, person, at=make.NOW + timedelta(minutes=2))
    page = bulk.undo(boss, status=409)
    assert "People have another shift at that time by now: 1." in page.words
    assert "by now: 1." in boss.visit("/shifts/acts").words


def plan_signups(shift):
    return db.session.query(Signup).filter_by(shift_id=shift.id).order_by(Signup.id).all()


def test_what_has_been_served_already_is_not_cancelled_with_the_day(boss, office, project, clock):
    shift = plan.shift(project, 1)
    plan.attended(plan.place(shift, make.person("甲", at=office)), came=1)
    plan.shift(project, 5)
    clock.move_to(make.NOW + timedelta(hours=2))
    page = bulk.look(boss, bulk.CLOSE, **bulk.close_fields(office, first="2026-06-01"))
    assert "People have signed in already: 1." in page.words
    bulk.do(boss, bulk.CLOSE, **bulk.close_fields(office, first="2026-06-01"))
    assert [s.state.value for s in bulk.shifts()] == ["published", "cancelled"]


def test_a_holiday_is_offered_and_cancelled_with_all_offices_below(browser, office):
    district = make.office("区")
    below = make.office("下级", parent=district)
    boss = browser.sign_in(make.account(Role.MANAGER, district))
    for day in (date(2026, 6, 19), date(2026, 6, 20), date(2026, 6, 21)):
        make.saved(CalendarDay(day=day, works=False, name="端午节"))
    page = boss.visit(bulk.CLOSE)
    assert "端午节" in page.words
    (link,) = [a for a in page.all("a") if (a.text or "") == "端午节"]
    assert "first=2026-06-19&last=2026-06-21" in link.get("href").replace("&amp;", "&")
    project = plan.project(below)
    for hours in (18 * 24, 20 * 24, 22 * 24):
        plan.shift(project, hours)
    fields = bulk.close_fields(district, first="2026-06-19", last="2026-06-21")
    bulk.do(boss, bulk.CLOSE, **fields)
    assert [s.state.value for s in bulk.shifts()] == ["cancelled", "cancelled", "published"]


def test_the_rest_of_a_series_is_cancelled_and_not_made_again(boss, office, project):
    bulk.do(boss, bulk.series_url(project), **bulk.series_fields(project))
    boss.send(f"/shifts/projects/{project.id}/publication")
    shifts = bulk.shifts()
    link = next(
        a.get("href") for a in boss.visit(f"/shifts/{shifts[2].id}").all("a")
        if "series=" in (a.get("href") or "")
    )  # fmt: skip
    page = boss.visit(link)
    fields = {
        f.get("name"): f.get("value") for f in page.all("input") if f.get("name") in
        {"series", "first", "last"}
    } | {"office": office.id, "project": "", "reason": "结束"}  # fmt: skip
    bulk.do(boss, bulk.CLOSE, **fields)
    assert [s.state.value for s in bulk.shifts()] == ["published"] * 2 + ["cancelled"] * 2
    assert bulk.the_series()[0].without == ["2026-06-22", "2026-06-29"]
    bulk.undo(boss)
    assert {s.state.value for s in bulk.shifts()} == {"published"}
    assert bulk.the_series()[0].without == []
