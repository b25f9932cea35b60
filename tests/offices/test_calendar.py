"""The work calendar: public holidays, days that make up for them, both corrected by hand."""

from datetime import date, timedelta

import make
import pytest

from talent.access import SYSTEM, Role
from talent.db import db, writing
from talent.offices import service
from talent.offices.calendar import days_of, seed_calendar
from talent.offices.models import CalendarDay, OfficeKind
from talent.rules.workdays import WorkCalendar, due_date


@pytest.fixture
def street(app):
    return make.office("清河街道", kind=OfficeKind.STREET)


@pytest.fixture
def community(street):
    return make.office("春风社区", parent=street)


@pytest.fixture
def manager(street, browser):
    account = make.account(Role.MANAGER, street)
    browser.sign_in(account)
    return account


def seed(*years):
    with writing():
        return seed_calendar(years, actor=SYSTEM, now=make.NOW)


def calendar():
    return WorkCalendar(*service.working_calendar())


def worked(first, last):
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return [day for day in days if calendar().is_workday(day)]


# From the notice of the State Council's office for the year.
@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (date(2025, 10, 1), date(2025, 10, 8), []),
        (date(2025, 9, 28), date(2025, 9, 28), [date(2025, 9, 28)]),
        (date(2025, 10, 11), date(2025, 10, 12), [date(2025, 10, 11)]),
        (date(2025, 1, 28), date(2025, 2, 4), []),
        (date(2025, 1, 26), date(2025, 1, 26), [date(2025, 1, 26)]),
        (date(2025, 5, 1), date(2025, 5, 5), []),
        (date(2025, 4, 27), date(2025, 4, 27), [date(2025, 4, 27)]),
    ],
)
def test_the_days_of_2025_are_those_that_were_announced(app, first, last, expected):
    seed(2025)
    assert worked(first, last) == expected


def test_a_deadline_counts_them(app):
    seed(2025)
    # 28, 29, 30 September, 9 to 11 and 13 to 16 October.
    assert due_date(date(2025, 9, 26), calendar()) == date(2025, 10, 16)


def test_filling_twice_adds_nothing_and_leaves_what_was_edited(app):
    first = seed(2025)
    with writing():
        db.session.get(CalendarDay, date(2025, 10, 8)).works = True
    again = seed(2025)
    assert (first.added > 20, again.added) == (True, 0)
    assert calendar().is_workday(date(2025, 10, 8))


def test_a_year_whose_make_up_days_nobody_knows_is_named(app):
    assert seed(2025, 2040).without_make_up_days == (2040,)


def test_the_command_fills_years(app, clock):
    told = app.test_cli_runner().invoke(args=["calendar", "2025", "2040"])
    assert told.exit_code == 0
    assert "2040: the make-up days are not known yet" in told.stderr
    assert len(days_of(2025)) > 20


def test_a_manager_fills_a_year_on_the_page(clock, browser, manager):
    assert "Nothing is entered for 2025" in browser.visit("/offices/calendar?year=2025").words
    page = browser.send("/offices/calendar/fill", year=2025)
    assert page.location == "/offices/calendar?year=2025"
    page = browser.visit(page.location)
    assert "Wed 1 Oct 2025" in page.words
    assert "days were added." in page.words


def test_a_day_is_added_changed_and_removed(clock, browser, manager):
    browser.send("/offices/calendar/day", day="2026-07-06", works="0", name="停电")
    assert not calendar().is_workday(date(2026, 7, 6))
    page = browser.visit("/offices/calendar/day?day=2026-07-06")
    assert page.all("input", name="name")[0].get("value") == "停电"
    checked = [
        e.get("value") for e in page.all("input", name="works") if e.get("checked") is not None
    ]
    assert checked == ["0"]
    browser.send("/offices/calendar/day", day="2026-07-06", works="1", name="来电")
    assert calendar().is_workday(date(2026, 7, 6))
    browser.send("/offices/calendar/day/remove?day=2026-07-06")
    assert days_of(2026) == []
    browser.send("/offices/calendar/day/remove?day=2026-07-06", 404)


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [("day", "someday", "Please choose a day."), ("name", "", "Please fill in this field.")],
)
def test_a_day_without_date_or_name_is_refused(browser, manager, field, typed, sentence):
    given = {"day": "2026-07-06", "works": "0", "name": "停电"} | {field: typed}
    page = browser.send("/offices/calendar/day", 422, **given)
    assert sentence in " ".join(page.said("p", id=f"{field}-error"))
    assert days_of(2026) == []


def test_the_calendar_belongs_to_those_at_the_root(clock, browser, community):
    browser.sign_in(make.account(Role.ADMINISTRATOR, community))
    page = browser.visit("/offices/calendar")
    assert "Add a day" not in page.words
    browser.visit("/offices/calendar/day", 403)
    browser.send("/offices/calendar/day", 403, day="2026-07-06", works="0", name="停电")
    browser.send("/offices/calendar/fill", 403, year=2025)
    browser.send("/offices/calendar/day/remove?day=2026-07-06", 403)
    assert days_of(2025) == days_of(2026) == []


@pytest.mark.parametrize("year", ["1999", "2100", "x", ""])
def test_a_year_beyond_the_calendar_is_not_filled(browser, manager, year):
    browser.send("/offices/calendar/fill", 404, year=year)
    browser.visit(f"/offices/calendar?year={year}")
