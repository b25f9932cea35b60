"""Somebody cannot come: late after the deadline, and the office is told."""

from datetime import timedelta

import make
import plan
import pytest
from calling import holders, search, staffed, stay_away, to_office

from talent.db import db
from talent.messages.jobs import write
from talent.messages.models import MessageKind
from talent.rules.signup import SignupState
from talent.shifts.models import Signup

pytestmark = pytest.mark.usefixtures("clock")

SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)


@pytest.fixture
def boss(office):
    return plan.coordinator(office)


@pytest.mark.parametrize(("after", "late"), [(-SECOND, False), (0 * SECOND, False), (SECOND, True)])
def test_late_is_after_the_second_of_the_deadline(browser, office, wang, boss, clock, after, late):
    shift = staffed(office, wang, starts=48)
    clock.move_to(shift.starts_at - 24 * HOUR + after)
    stay_away(browser, wang, shift)
    [one] = db.session.query(Signup).filter_by(shift_id=shift.id)
    assert (one.state, one.late, one.note) == (SignupState.CANCELLED, late, "孩子发烧")
    assert len(to_office(MessageKind.LATE_CANCEL)) == late
    assert (search() is not None) == late


def test_after_the_deadline_the_card_leads_to_the_reason_instead_of_the_telephone(
    browser, office, wang
):
    shift = staffed(office, wang)
    page = browser.sign_in(wang).visit(f"/shifts/{shift.id}")
    assert "I cannot come" in page.words
    assert "Hand on my place" in page.words
    assert "Give up my place" not in page.words
    browser.send(f"/shifts/{shift.id}/cancellation", status=409)
    assert "Please fill in this field." in stay_away(browser, wang, shift, "", 422).words
    assert holders(shift) == ["王秀兰"]


def test_the_office_is_told_who_cannot_come_and_why_and_sees_it_with_the_shift(
    browser, office, wang, boss
):
    shift = staffed(office, wang)
    for _ in range(2):
        stay_away(browser, wang, shift)
    [message] = to_office(MessageKind.LATE_CANCEL)
    assert message.account_id == boss.id
    mail = write(message, make.NOW).mail
    text = mail.get_body(("plain",)).get_content()
    assert "王秀兰" in text
    assert "孩子发烧" in text
    page = browser.sign_in(boss).visit(f"/shifts/{shift.id}/substitutes").words
    assert "王秀兰" in page
    assert "孩子发烧" in page
    panel = browser.visit(f"/shifts/person/{wang.person_id}").words
    assert "Given up late" in panel
    assert f"/shifts/{shift.id}/substitutes" in browser.visit(f"/shifts/{shift.id}/roster").text


def test_the_office_above_is_told_where_nobody_plans_below(browser, wang, office):
    district = make.office("区", kind=office.kind)
    below = make.office("社区", parent=district)
    above, elsewhere = plan.coordinator(district), plan.coordinator(office)
    volunteer = make.volunteer(below)
    stay_away(browser, volunteer, staffed(below, volunteer))
    told = [m.account_id for m in to_office(MessageKind.LATE_CANCEL)]
    assert told == [above.id]
    assert elsewhere.id not in told


def test_who_waits_moves_up_and_nobody_is_looked_for(browser, office, wang, boss):
    shift = staffed(office, wang)
    plan.place(shift, make.person("甲", at=office), state=SignupState.WAITING)
    stay_away(browser, wang, shift)
    assert holders(shift) == ["甲"]
    assert search() is None
    assert to_office(MessageKind.LATE_CANCEL)[0].facts["searching"] is False


def test_once_the_shift_has_begun_absence_is_a_matter_of_attendance(browser, office, wang, clock):
    shift = staffed(office, wang)
    clock.move_to(shift.starts_at)
    assert "This shift began at" in stay_away(browser, wang, shift, status=422).words
    assert holders(shift) == ["王秀兰"]
