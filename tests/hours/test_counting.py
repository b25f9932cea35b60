"""How hours are counted: what a record comes to, what is refused, and what is said of it."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import make
import pytest
from counting import queries
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from talent.access import SYSTEM, Actor, Held, Role
from talent.db import db, writing
from talent.errors import Refused
from talent.hours import ledger
from talent.hours.counting import service as counting
from talent.hours.models import LedgerEntry, OfficeTally, RecordState, ServiceRecord, Tally
from talent.hours.recording import service
from talent.hours.review import service as review
from talent.hours.transfers import service as transfers
from talent.offices.models import CalendarDay, OfficeRule
from talent.rules.volunteering import ActivityKind
from talent.shifts.models import AttendanceSource, ProjectState
from talent.staffing.models import Appointment, AppointmentKind

SUNDAY = datetime(2026, 5, 31, 1, 0, tzinfo=UTC)  # nine o'clock in Shanghai
NIGHT = datetime(2026, 5, 30, 13, 0, tzinfo=UTC)  # 21:00 in Shanghai


def came(shift, person, minutes, *, late=0, source=AttendanceSource.QR):
    """Somebody who signed up before, and was there for so many minutes."""
    attendance = make.attended(shift, person, came=late, left=late + minutes, source=source)
    with writing():
        attendance.signup.made_at = shift.starts_at - timedelta(days=2)
        attendance.changed_at = attendance.out_at
    return attendance


def recorded(now=make.NOW):
    with writing():
        service.record_attendance(now)
    return db.session.query(ServiceRecord).order_by(ServiceRecord.id).all()


def whys(record):
    return [reason["why"] for reason in record.reasons]


@pytest.fixture
def here(app):
    office = make.office()
    return office, make.project(office), make.person(at=office)


@pytest.fixture
def reader(here, browser, clock):
    """The volunteer's own browser."""
    _, _, person = here
    return browser.sign_in(make.account(Role.VOLUNTEER, here[0], person=person))


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


FORM = {
    "activity": "防汛值守",
    "starts_at": "2026-05-29T09:00",  # a Friday
    "ends_at": "2026-05-29T11:30",
    "place": "河堤",
    "content": "巡查河堤",
    "person_in_charge": "李主任",
    "evidence": "签到表第三页，存社区档案柜",
}


def entered(browser, office, person, status=303, **changed):
    fields = {**FORM, "office_id": office.id, "category_id": make.category().id, **changed}
    return browser.send(f"/hours/people/{person.id}/entry", status=status, **fields)


def staff(person, office, *, share="1", since=make.LONG_AGO, **more):
    """A post of the person at an office."""
    return make.saved(
        Appointment(
            person_id=person.id, office_id=office.id, kind=AppointmentKind.FULL_TIME,
            share=Decimal(share), starts_on=since, **more,
        )
    )  # fmt: skip


@pytest.fixture
def clerk(here, browser, clock):
    return browser.sign_in(make.account(Role.COORDINATOR, here[0]))


def test_staff_on_paid_duty_are_refused_by_hand_whoever_enters_it(here, clerk, clock):
    office, _, person = here
    staff(person, office)
    page = entered(clerk, office, person, status=422)
    assert "this person is on paid duty. Voluntary service lies outside it." in page.words
    assert "29 May 2026" in page.words
    entered(clerk, office, person, status=422, override="1")  # there is no such door
    clerk.sign_in(make.account(Role.MANAGER, office))
    entered(clerk, office, person, status=422)
    assert db.session.query(ServiceRecord).count() == 0


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({}, 422),
        ({"starts_at": "2026-05-29T17:00", "ends_at": "2026-05-29T19:00"}, 303),  # touches
        ({"starts_at": "2026-05-29T16:59", "ends_at": "2026-05-29T19:00"}, 422),
        ({"starts_at": "2026-05-29T07:00", "ends_at": "2026-05-29T20:00"}, 422),  # spans all of it
        ({"starts_at": "2026-05-30T09:00", "ends_at": "2026-05-30T11:00"}, 303),  # a Saturday
        ({"starts_at": "2026-05-31T09:00", "ends_at": "2026-05-31T11:00"}, 422),  # that is worked
        ({"starts_at": "2026-05-28T09:00", "ends_at": "2026-05-28T11:00"}, 303),  # a day off
    ],
)
def test_paid_duty_is_the_working_hours_of_the_working_days(here, clerk, clock, changed, status):
    office, _, person = here
    staff(person, office)
    make.saved(
        CalendarDay(day=date(2026, 5, 28), works=False, name="节日"),
        CalendarDay(day=date(2026, 5, 31), works=True, name="调休"),
    )
    entered(clerk, office, person, status=status, **changed)


@pytest.mark.parametrize(
    "post",
    [
        {"ends_on": date(2026, 5, 29)},
        {"since": date(2026, 5, 30)},
        {"on_leave": True},
        {"on_leave": True, "leave_starts_on": date(2026, 5, 29)},
        {"on_leave": True, "leave_ends_on": date(2026, 5, 30)},
    ],
)
def test_who_holds_no_post_that_day_is_no_staff(here, clerk, clock, post):
    office, _, person = here
    staff(person, office, **post)
    entered(clerk, office, person)


@pytest.mark.parametrize(
    "leave", [{"leave_starts_on": date(2026, 5, 30)}, {"leave_ends_on": date(2026, 5, 29)}]
)
def test_who_is_on_leave_on_another_day_is_on_duty(here, clerk, clock, leave):
    office, _, person = here
    staff(person, office, on_leave=True, **leave)
    entered(clerk, office, person, status=422)


def test_an_office_without_working_hours_has_not_said_when_duty_is(here, clerk, clock):
    office, _, person = here
    make.let(office, duty_from="09:00", duty_to="09:00")
    staff(person, office)
    entered(clerk, office, person)


def test_attendance_of_staff_on_duty_makes_no_hours_and_says_why(here, reader, clock):
    office, project, person = here
    staff(person, office)
    friday = datetime(2026, 5, 29, 1, 0, tzinfo=UTC)
    came(make.shift(project, start=friday, hours=3), person, 180)
    (one,) = recorded()
    assert (one.state, one.minutes) == (RecordState.REFUSED, 0)
    assert "on paid duty" in reader.visit(f"/hours/{one.id}").words


@pytest.mark.parametrize("elsewhere", [True, False])
def test_whose_duty_is_not_known_for_sure_waits_for_the_office(here, elsewhere):
    office, project, person = here
    staff(person, make.office("别处") if elsewhere else office, share="1" if elsewhere else "0.5")
    friday = datetime(2026, 5, 29, 1, 0, tzinfo=UTC)
    came(make.shift(project, start=friday, hours=3), person, 180)
    (one,) = recorded()
    assert (one.state, one.claimed_minutes) == (RecordState.PENDING, 180)
    assert any("may be on paid duty" in why for why in whys(one))


def test_staff_of_the_street_are_staff_in_its_communities(app, browser, clock):
    street = make.office("清河街道")
    office = make.office(parent=street)
    person = make.person(at=office)
    staff(person, street)
    browser.sign_in(make.account(Role.COORDINATOR, office))
    entered(browser, office, person, status=422)


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


deeds = st.lists(
    st.one_of(
        st.tuples(st.just("came"), st.integers(0, 20), st.integers(1, 600)),
        st.tuples(st.just("correct"), st.integers(0, 9), st.integers(0, 700)),
        st.tuples(
            st.just("rule"),
            st.sampled_from(
                [
                    ("counted_minutes", 300),
                    ("counted_minutes", 0),
                    ("activity_minutes", 200),
                    ("night_percent", 150),
                    ("holiday_percent", 250),
                    ("rounding_unit", "15"),
                    ("rounding_scope", "record"),
                    ("rounding_direction", "half_up"),
                    ("break_after_minutes", 120),
                    ("break_minutes", 20),
                ]
            ),
            st.integers(0, 20),
        ),
        st.tuples(st.just("merge"), st.just(0), st.just(0)),
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deeds)
def test_whatever_happens_a_record_is_the_sum_of_its_entries_and_the_tallies_agree(app, history):
    office = make.office(f"第{make.office().id}社区")
    project = make.project(office)
    person, copy = make.person(at=office), make.person(at=office)
    boss = make.account(Role.MANAGER, office)
    actor = Actor(boss.id, None, (Held(Role.MANAGER, office.id, office.path),))
    for deed, one, two in history:
        if deed == "came":
            begins = NIGHT - timedelta(days=one)
            who = copy if two % 2 else person
            came(make.shift(project, start=begins, hours=10), who, two)
            recorded()
        elif deed == "rule":
            name, value = one
            since = NIGHT.date() - timedelta(days=two)
            found = db.session.query(OfficeRule).filter_by(
                office_id=office.id, name=name, valid_from=since
            )
            if found.count() == 0:
                make.let(office, since=since, **{name: value})
        elif deed == "correct":
            _correct(office, one, two, actor)
        else:
            with writing():
                transfers.transfer(copy, person, reason="同一人", actor=SYSTEM, now=make.NOW)
        _agree(office)


def _correct(office, number, minutes, actor):
    rows = (
        db.session.query(ServiceRecord)
        .filter_by(office_id=office.id, state=RecordState.APPROVED)
        .order_by(ServiceRecord.id)
        .all()
    )
    if rows:
        try:
            with writing():
                review.correct(
                    db.session.get(ServiceRecord, rows[number % len(rows)].id),
                    to_minutes=minutes, reason="核对", actor=actor, now=make.NOW,
                )  # fmt: skip
        except Refused:
            db.session.rollback()


def _agree(office):
    db.session.expire_all()
    records = db.session.query(ServiceRecord).filter_by(office_id=office.id).all()
    sums = [0, 0]
    for record in records:
        assert record.minutes == sum(entry.minutes for entry in record.entries)
        assert record.recognised_minutes == sum(entry.recognised for entry in record.entries)
        assert record.minutes >= 0
        assert record.recognised_minutes >= 0
        sums = [sums[0] + record.minutes, sums[1] + record.recognised_minutes]
    for table in (Tally, OfficeTally, LedgerEntry):
        rows = db.session.query(table).filter_by(office_id=office.id).all()
        assert [sum(r.minutes for r in rows), sum(r.recognised for r in rows)] == sums
