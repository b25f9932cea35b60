"""Staff on paid duty get no voluntary hours for it, by whichever way."""

from datetime import UTC, date, datetime
from decimal import Decimal

import make
import pytest
from served import came, entered, recorded, whys

from talent.access import Role
from talent.db import db
from talent.hours.models import RecordState, ServiceRecord
from talent.offices.models import CalendarDay
from talent.staffing.models import Appointment, AppointmentKind


def staff(person, office, *, share="1", since=make.LONG_AGO, **more):
    """A post of the person at an office."""
    return make.saved(
        Appointment(
            person_id=person.id, office_id=office.id, kind=AppointmentKind.FULL_TIME,
            share=Decimal(share), starts_on=since, **more,
        )
    )  # fmt: skip


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
