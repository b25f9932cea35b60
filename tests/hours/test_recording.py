"""From the list of a shift, or from a hand, to records and the ledger."""

from datetime import timedelta

import make
import pytest
from sqlalchemy import text

from talent.access import SYSTEM, Role
from talent.db import db, writing
from talent.errors import Refused
from talent.hours import ledger
from talent.hours.models import Origin, RecordState, ServiceRecord
from talent.hours.proving import service as proving
from talent.hours.recording import service
from talent.shifts.models import AttendanceSource, AttendanceState, ShiftState


def recorded(now):
    with writing():
        service.record_attendance(now)
    return db.session.query(ServiceRecord).order_by(ServiceRecord.id).all()


def test_three_hours_between_sign_in_and_sign_out_are_approved_by_themselves(here):
    _, project, person = here
    make.attended(make.shift(project, start=-4, hours=3), person, came=-10, left=200)
    (one,) = recorded(make.NOW)
    assert (one.state, one.minutes, one.claimed_minutes) == (RecordState.APPROVED, 180, 180)
    assert ledger.total(person_id=person.id) == 180


def test_a_record_has_the_seven_fields_of_article_7(here):
    office, project, person = here
    make.attended(make.shift(project, start=-4), person, left=60)
    (one,) = recorded(make.NOW)
    assert one.activity == "为老送餐"
    assert one.day == make.TODAY
    assert one.place == "社区食堂"
    assert one.content == "送餐员：给老人送午餐"
    assert one.claimed_minutes == 60
    assert one.organiser == office.name_zh
    assert one.person_in_charge == "李主任"


def test_recording_twice_makes_nothing_twice(here):
    _, project, person = here
    make.attended(make.shift(project, start=-4), person, left=60)
    recorded(make.NOW)
    assert len(recorded(make.NOW)) == 1
    assert ledger.total(person_id=person.id) == 60


def test_a_shift_that_still_runs_is_not_recorded(here):
    _, project, person = here
    make.attended(make.shift(project, start=-1, hours=3), person, left=30)
    assert recorded(make.NOW) == []


def test_a_shift_over_midnight_gives_two_days(here):
    _, project, person = here
    evening = make.NOW - timedelta(hours=15)  # 18:00 in Shanghai on 31 May
    make.attended(make.shift(project, start=evening, hours=8), person, left=480)
    assert [(r.day.day, r.minutes) for r in recorded(make.NOW)] == [(31, 360), (1, 120)]


def test_without_a_sign_out_the_office_has_to_look(here):
    _, project, person = here
    make.attended(make.shift(project, start=-9, hours=3), person)
    (one,) = recorded(make.NOW)
    assert (one.state, one.claimed_minutes, one.minutes) == (RecordState.PENDING, 180, 0)
    assert "Nobody signed out" in one.reasons[0]["why"]
    assert ledger.total(person_id=person.id) == 0


@pytest.mark.parametrize(
    ("before", "state"),
    [
        (300, RecordState.APPROVED),
        (301, RecordState.PENDING),
        (540, RecordState.PENDING),
        (541, RecordState.PENDING_ABOVE),
    ],
)
def test_a_long_day_is_counted_over_all_activities(here, before, state):
    _, project, person = here
    elsewhere = make.office("夏雨社区")
    night = make.NOW - timedelta(hours=9)  # midnight in Shanghai
    make.record(person, elsewhere, before, starts_at=night)
    begins = night + timedelta(hours=10)
    make.attended(make.shift(project, start=begins, hours=3), person, left=180)
    one = recorded(begins + timedelta(hours=4))[-1]
    assert one.state is state


def test_overlapping_service_is_refused_and_says_why(here):
    office, project, person = here
    make.record(person, office, 120, starts_at=make.hours_later(-4))
    make.attended(make.shift(project, start=-3, hours=3), person, left=180)
    one = recorded(make.NOW)[-1]
    assert (one.state, one.minutes) == (RecordState.REFUSED, 0)
    assert "recorded already" in one.reasons[-1]["why"]
    assert ledger.total(person_id=person.id) == 120


def test_service_that_only_touches_is_recorded(here):
    office, project, person = here
    make.record(person, office, 60, starts_at=make.hours_later(-4))
    make.attended(make.shift(project, start=-3, hours=2), person, left=120)
    assert recorded(make.NOW)[-1].state is RecordState.APPROVED


@pytest.mark.parametrize(
    ("source", "origin", "state"),
    [
        (AttendanceSource.QR, Origin.ATTENDANCE, RecordState.APPROVED),
        (AttendanceSource.LEADER, Origin.LEADER, RecordState.APPROVED),
        (AttendanceSource.HAND, Origin.HAND, RecordState.PENDING),
    ],
)
def test_the_source_stays_with_the_record(here, source, origin, state):
    _, project, person = here
    make.attended(make.shift(project, start=-4), person, left=60, source=source)
    (one,) = recorded(make.NOW)
    assert (one.origin, one.state) == (origin, state)


def test_closing_the_list_marks_who_never_came_and_who_never_left(here, browser, clock):
    office, project, present = here
    shift = make.shift(project, start=-4, hours=3)
    make.attended(shift, present, left=180)
    missing = make.signup(shift, make.person("张三", at=office))
    stayed = make.attended(shift, make.person("李四", at=office))
    with writing():
        stayed.state = AttendanceState.PRESENT
    browser.sign_in(make.account(Role.LEADER, office))
    browser.send(f"/hours/shifts/{shift.id}/closing")
    assert db.session.get(type(shift), shift.id).state is ShiftState.CLOSED
    assert missing.attendance.state is AttendanceState.ABSENT
    assert stayed.state is AttendanceState.REVIEW
    assert db.session.query(ServiceRecord).count() == 2


def test_a_list_is_not_closed_before_the_end_nor_twice(here):
    _, project, _ = here
    shift = make.shift(project, start=-1, hours=3)
    with writing(), pytest.raises(Refused):
        service.close_shift(shift, actor=SYSTEM, now=make.NOW)
    with writing():
        service.close_shift(shift, actor=SYSTEM, now=make.hours_later(3))
    with writing(), pytest.raises(Refused):
        service.close_shift(shift, actor=SYSTEM, now=make.hours_later(3))


def test_a_shift_of_another_office_cannot_be_closed(here, browser, clock):
    _, project, _ = here
    shift = make.shift(project, start=-4)
    browser.sign_in(make.account(Role.LEADER, make.office("别处")))
    browser.send(f"/hours/shifts/{shift.id}/closing", status=404)


def test_tallies_and_entries_say_the_same(here):
    office, _, person = here
    for minutes in (50, 50, 50):
        make.record(person, office, minutes, starts_at=make.hours_later(minutes))
    assert proving.reconcile() == []
    assert ledger.total(person_id=person.id) == 150
    assert ledger.total(person_id=person.id, first=make.TODAY, last=make.TODAY) == 150
    with writing():
        db.session.execute(text("UPDATE hour_tally SET minutes = minutes + 1"))
    assert len(proving.reconcile()) == 1


FORM = {
    "activity": "防汛值守",
    "starts_at": "2026-05-30T09:00",
    "ends_at": "2026-05-30T11:30",
    "place": "河堤",
    "content": "巡查河堤",
    "person_in_charge": "李主任",
    "evidence": "签到表第三页，存社区档案柜",
}


def entered(browser, office, person, **changed):
    fields = {**FORM, "office_id": office.id, "category_id": make.category().id, **changed}
    status = fields.pop("status", 303)
    return browser.send(f"/hours/people/{person.id}/entry", status=status, **fields)


def test_hours_by_hand_wait_for_a_second_person(here, browser, clock):
    office, _, person = here
    clerk = make.account(Role.COORDINATOR, office)
    entered(browser.sign_in(clerk), office, person)
    one = db.session.query(ServiceRecord).one()
    assert (one.origin, one.state, one.claimed_minutes) == (Origin.HAND, RecordState.PENDING, 150)
    assert browser.send(f"/hours/{one.id}/approval", status=409).words.count("someone other") == 1
    browser.sign_in(make.account(Role.COORDINATOR, office))
    browser.send(f"/hours/{one.id}/approval")
    assert ledger.total(person_id=person.id) == 150


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"evidence": ""}, "Please fill in this field."),
        ({"ends_at": "2026-05-30T09:00"}, "The end must be later than the beginning."),
        ({"starts_at": "2026-07-01T09:00", "ends_at": "2026-07-01T10:00"}, "has not come yet"),
        ({"starts_at": "2026-05-29T23:00"}, "go past midnight"),
    ],
)
def test_hours_by_hand_that_are_not_possible_are_refused_beside_the_form(
    here, browser, clock, changed, said
):
    office, _, person = here
    browser.sign_in(make.account(Role.COORDINATOR, office))
    page = entered(browser, office, person, **changed, status=422)
    assert said in page.words
    assert page.all("input", name="activity")[0].get("value") == "防汛值守"
    assert db.session.query(ServiceRecord).count() == 0
