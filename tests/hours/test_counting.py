"""How hours are counted: what a record comes to, what is refused, and what is said of it."""

from datetime import UTC, date, datetime, timedelta

import make
import pytest
from counting import queries
from served import came, entered, recorded, whys

from talent.access import SYSTEM, Role
from talent.db import db, writing
from talent.hours import ledger
from talent.hours.counting import service as counting
from talent.hours.models import RecordState, ServiceRecord
from talent.hours.transfers import service as transfers
from talent.offices.models import CalendarDay
from talent.rules.volunteering import ActivityKind
from talent.shifts.models import ProjectState

SUNDAY = datetime(2026, 5, 31, 1, 0, tzinfo=UTC)  # nine o'clock in Shanghai
NIGHT = datetime(2026, 5, 30, 13, 0, tzinfo=UTC)  # 21:00 in Shanghai


def test_breaks_and_the_way_do_not_count_and_the_volunteer_reads_why(here, reader, clock):
    office, _, person = here
    project = make.project(office, break_minutes=30, travel_minutes=20)
    came(make.shift(project, start=SUNDAY, hours=4), person, 240)
    (one,) = recorded()
    assert (one.state, one.claimed_minutes, one.minutes) == (RecordState.APPROVED, 190, 190)
    words = reader.visit(f"/hours/{one.id}").words
    assert "30 min of break do not count." in words
    assert "20 min on the way do not count" in words


def test_the_offices_break_holds_where_the_project_says_nothing(here):
    office, project, person = here
    make.let(office, break_after_minutes=120, break_minutes=30)
    came(make.shift(project, start=SUNDAY, hours=3), person, 180)
    assert recorded()[0].minutes == 150


def test_on_one_day_at_most_so_much_counts_over_all_offices(here, reader, clock):
    office, project, person = here
    make.let(office, counted_minutes=240)
    make.record(person, make.office("夏雨社区"), 180, day=SUNDAY.date(), starts_at=SUNDAY)
    came(make.shift(project, start=SUNDAY + timedelta(hours=4), hours=3), person, 180)
    one = recorded()[-1]
    assert (one.claimed_minutes, one.minutes) == (60, 60)
    said = "On one day at most 4 h count here. 3 h of other activities stand for this day already."
    assert said in reader.visit(f"/hours/{one.id}").words


def test_a_day_that_is_full_gives_nothing_more_and_says_so(here):
    office, project, person = here
    make.let(office, counted_minutes=120)
    make.record(person, office, 120, day=SUNDAY.date(), starts_at=SUNDAY)
    came(make.shift(project, start=SUNDAY + timedelta(hours=4), hours=3), person, 180)
    one = recorded()[-1]
    assert (one.state, one.minutes) == (RecordState.REFUSED, 0)
    assert "On one day at most" in whys(one)[-1]


def test_of_one_activity_at_most_so_much_counts_by_hand_too(here, browser, clock):
    office, _, person = here
    make.let(office, activity_minutes=120)
    browser.sign_in(make.account(Role.COORDINATOR, office))
    entered(browser, office, person)
    (one,) = db.session.query(ServiceRecord)
    assert one.claimed_minutes == 120
    assert "Of one activity at most" in whys(one)[0]


def test_weights_count_for_awards_only(here, reader, clock):
    office, project, person = here
    make.let(office, night_percent=150)
    came(make.shift(project, start=NIGHT, hours=3), person, 180)  # 21 to 24, two hours of night
    (one,) = recorded()
    assert (one.minutes, one.recognised_minutes) == (180, 240)
    assert ledger.whole(person_id=person.id).minutes == 180
    page = reader.visit(f"/hours/{one.id}").words
    assert "3 h" in page
    assert "4 h" not in page


def test_a_public_holiday_is_known_by_the_working_calendar(here):
    office, project, person = here
    make.let(office, holiday_percent=200)
    make.saved(CalendarDay(day=date(2026, 5, 31), works=False, name="节日"))
    came(make.shift(project, start=SUNDAY, hours=1), person, 60)
    came(make.shift(project, start=SUNDAY - timedelta(days=1), hours=1), person, 60)
    by_day = {each.day.day: each.recognised_minutes for each in recorded()}
    assert by_day == {31: 120, 30: 60}


def test_a_service_over_the_whole_night_is_found_on_both_days(here):
    office, project, person = here
    make.let(office, night_percent=200)
    came(make.shift(project, start=NIGHT, hours=10), person, 600)  # 21:00 to 07:00
    by_day = {each.day.day: (each.claimed_minutes, each) for each in recorded()}
    assert {day: minutes for day, (minutes, _) in by_day.items()} == {30: 180, 31: 420}
    for _, one in by_day.values():
        assert one.state is RecordState.APPROVED
    assert by_day[30][1].recognised_minutes == 60 + 240
    assert by_day[31][1].recognised_minutes == 60 + 720


def test_a_correction_moves_what_awards_count_under_the_rules_of_the_records_day(
    here, browser, clock
):
    office, project, person = here
    make.let(office, night_percent=150, rounding_unit="30", rounding_scope="record")
    came(make.shift(project, start=NIGHT, hours=3), person, 180)
    (one,) = recorded()
    make.let(office, since=make.TODAY, night_percent=300)  # not on the record's day
    browser.sign_in(make.account(Role.COORDINATOR, office))
    corrected(browser, one, 90)
    db.session.expire_all()
    assert (one.minutes, one.recognised_minutes) == (90, 120)
    assert [(e.minutes, e.recognised) for e in one.entries] == [(180, 240), (-90, -120)]
    corrected(browser, one, 0)
    db.session.expire_all()
    assert (one.minutes, one.recognised_minutes) == (0, 0)


def corrected(browser, record, minutes, status=303):
    """Through the form of the office."""
    fields = {"to_minutes": minutes, "reason": "核对签到表"}
    return browser.send(f"/hours/{record.id}/correction", status=status, **fields)


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ({"grace_minutes": 0}, "A day has 24."),
        ({"counted_minutes": 600}, "On one day at most 10 h count here."),
    ],
)
def test_a_correction_upwards_asks_for_the_day_too(here, browser, clock, rules, said):
    office, _, person = here
    make.let(office, **rules)
    first = make.record(person, office, 60, day=SUNDAY.date(), starts_at=SUNDAY)
    make.record(person, office, 540, day=SUNDAY.date(), starts_at=SUNDAY + timedelta(hours=2))
    browser.sign_in(make.account(Role.COORDINATOR, office))
    page = corrected(browser, first, 960, status=422)
    assert said in page.words
    db.session.expire_all()
    assert first.minutes == 60


def test_a_merge_takes_everything_along_and_keeps_a_day_at_24_hours(here):
    office, _, person = here
    copy = make.person("王秀兰", at=office)
    make.record(person, office, 900, day=SUNDAY.date(), starts_at=SUNDAY)
    make.record(copy, office, 600, day=SUNDAY.date(), starts_at=SUNDAY + timedelta(days=1))
    with writing():
        went = transfers.transfer(copy, person, reason="同一人", actor=SYSTEM, now=make.NOW)
    assert went == (0, 1)
    assert ledger.total(person_id=person.id) == 900


@pytest.mark.parametrize("kind", [ActivityKind.MEETING, ActivityKind.TRAINING])
def test_what_is_no_voluntary_service_is_planned_without_hours_and_says_so(
    here, reader, clock, kind
):
    office, _, person = here
    project = make.project(office, kind=kind, name="例会")
    shift = make.shift(project, start=SUNDAY, hours=3)
    came(shift, person, 180)
    assert recorded() == []
    why = "Hours of training" if kind is ActivityKind.TRAINING else "gives no hours"
    assert why in reader.visit("/hours/").words
    reader.sign_in(make.account(Role.COORDINATOR, office))
    assert why in reader.visit(f"/shifts/{shift.id}/roster").words


def test_the_kind_of_a_project_is_chosen_on_its_form(here, browser, clock):
    office, _, _ = here
    project = make.project(office, state=ProjectState.DRAFT)
    browser.sign_in(make.account(Role.COORDINATOR, office))
    form = {
        "name": "例会", "office_id": office.id, "audience_id": office.id,
        "category_id": project.category_id, "content": "开会", "place": "会议室",
        "person_in_charge": "李主任", "kind": "meeting", "break_minutes": "15",
        "travel_minutes": "10",
    }  # fmt: skip
    browser.send(f"/shifts/projects/{project.id}/edit", **form)
    db.session.expire_all()
    assert (project.kind, project.break_minutes, project.travel_minutes) == (
        ActivityKind.MEETING,
        15,
        10,
    )
    page = browser.send(
        f"/shifts/projects/{project.id}/edit", 422, **form | {"break_minutes": "-1"}
    )
    assert "Give a number from 0 to 1440." in page.words


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("meeting", "is not voluntary service and gives no hours"),
        ("internship", "is not voluntary service and gives no hours"),
        ("training", "recorded as training"),
    ],
)
def test_by_hand_too_only_voluntary_service_is_entered(here, clerk, clock, kind, said):
    office, _, person = here
    page = entered(clerk, office, person, status=422, kind=kind)
    assert said in page.words
    assert db.session.query(ServiceRecord).count() == 0


def test_another_rule_leaves_the_records_of_days_before_as_they_are(here):
    office, project, person = here
    came(make.shift(project, start=SUNDAY, hours=3), person, 180)
    recorded()
    make.let(office, since=make.TODAY, counted_minutes=60, holiday_percent=300)
    assert counting.profile(office, on=SUNDAY.date()).day_most == 0
    (one,) = recorded()
    assert (one.minutes, one.recognised_minutes) == (180, 180)


def test_how_hours_are_counted_stands_in_words(here, reader, clock):
    office, _, _ = here
    make.let(office, night_percent=150, rounding_unit="30", counted_minutes=480, share_percent=60)
    page = reader.visit("/hours/counting/")
    assert "Counted is the time between sign-in and sign-out, to the minute." in page.words
    assert "less than 60% of the planned time" in page.words
    assert "time between 22:00 and 06:00 counts as 150%" in page.words
    assert "On one day at most 8 h count, over all activities together." in page.words
    assert "Certificates show the exact minutes" in page.words
    assert "in its working hours, from 09:00 to 17:00 on working days" in page.words
    one = reader.visit(f"/hours/counting/{office.id}")
    assert "Profiles that held" not in one.words
    reader.visit(f"/hours/counting/{make.office('别处').id}", 404)


def test_staff_see_each_profile_that_held_and_the_one_to_come(here, browser, clock):
    office, _, _ = here
    make.let(office, since=date(2026, 3, 1), grace_minutes=15)
    make.let(office, since=date(2026, 4, 1), grace_minutes=30, share_percent=50)
    make.let(office, since=date(2026, 7, 1), share_percent=60)
    make.let(office, since=date(2026, 4, 15), cancel_minutes=10)  # no rule of counting
    browser.sign_in(make.account(Role.COORDINATOR, office))
    page = browser.visit(f"/hours/counting/{office.id}")
    held = page.said("th", scope="row")
    assert held == ["1 Apr 2026", "1 Mar 2026", "At first"]
    assert "From 1 Jul 2026 on" in page.words
    assert "The usual values" in page.words


def test_where_awards_count_another_number_it_stands_beside_the_exact_one(here, reader, clock):
    office, project, person = here
    make.let(office, rounding_unit="30")
    came(make.shift(project, start=SUNDAY, hours=3), person, 175)
    recorded()
    words = reader.visit("/hours/").words
    assert "2 h 55 min → 2 h 30 min" in words
    assert "The total is shown rounded down in steps of 30 min." in words


def test_the_same_pages_stand_in_chinese(here, reader, clock):
    office, _, _ = here
    make.let(office, night_percent=150)
    reader.speak("zh")
    assert "时长如何计算" in reader.visit("/hours/counting/").words


def test_recording_asks_no_more_for_several_offices_rules_than_for_none(here, app, reader, clock):
    office, _, _ = here
    with queries() as few:
        reader.visit("/hours/counting/")
    for number in range(3):
        make.let(office, since=make.LONG_AGO + timedelta(days=number), grace_minutes=number)
    with queries() as many:
        reader.visit("/hours/counting/")
    assert len(many) == len(few)
